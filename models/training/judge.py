"""A small network that looks at a cutting of a page and gives one answer, and how it is taught.

What is asked, of which cuttings, is said by strikes.py and rings.py. Cuttings are pictures of a few rows and any
width, ink light on black.
"""
import argparse
import math
import pathlib
import random
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional

BATCH = 32


def layer(before, after, kernel, stride=1, padding=0, dilation=1):
    return nn.Sequential(
        nn.Conv2d(before, after, kernel, stride, padding, dilation, bias=False), nn.BatchNorm2d(after), nn.ReLU(inplace=True)
    )


class Judge(nn.Module):
    """Strokes and gaps along the cutting, then how far they go on, then one answer for all of it."""

    def __init__(self, rows, kinds, layers=1):
        """rows: of a cutting, a multiple of 8. kinds: of what is seen at each step, the last of them along it.
        layers: of a cutting."""
        super().__init__()
        first, second, third, last = kinds
        self.strokes = nn.Sequential(
            layer(layers, first, 3, 2, 1),
            layer(first, second, 3, 2, 1),  # a column in four
            layer(second, third, 3, (2, 1), 1),
            layer(third, last, (rows // 8, 3), 1, (0, 1)),  # 1 row
        )
        self.along = nn.Sequential(*(layer(last, last, (1, 5), 1, (0, 2 * far), (1, far)) for far in (1, 2, 4)))
        self.answer = nn.Linear(2 * last, 1)

    def forward(self, pictures):
        """pictures: n x layers x rows x w. n scores: log-odds that the answer is yes."""
        seen = self.along(self.strokes(pictures)).squeeze(2)
        return self.answer(torch.cat([seen.mean(2), seen.amax(2)], 1)).squeeze(1)


def batch_of(pictures):
    """Cuttings of some width as one tensor, the narrower ones filled up with paper."""
    layers = [picture if picture.ndim == 3 else picture[None] for picture in pictures]
    width = max(picture.shape[2] for picture in layers)
    out = np.zeros((len(layers), *layers[0].shape[:2], -(-width // 4) * 4), np.float32)
    for at, picture in enumerate(layers):
        out[at, :, :, : picture.shape[2]] = picture
    return torch.from_numpy(out)


def scores(network, pictures):
    """The answers to cuttings from 0 to 1."""
    network.eval()
    with torch.no_grad():
        return np.array([network(batch_of([picture])).item() for picture in pictures])


def report(found, wanted, bound):
    told = found > bound
    right, missed, wrong = (told & wanted).sum(), (~told & wanted).sum(), (told & ~wanted).sum()
    return f"bound {bound:+.1f}: recall {right / max(1, right + missed):.3f}, precision {right / max(1, right + wrong):.3f} ({missed} missed, {wrong} false of {len(wanted)})"


def teach(network, pictures, wanted, varied, check, *, epochs, rate, seed):
    """Shows it pictures with the answers that are wanted, from 0 to 1. `varied` gives one as it might look too, as a
    cutting from 0 to 1, with its answer; `check` are such cuttings and answers that it is not taught by."""
    rng, shuffle = np.random.default_rng(seed), random.Random(seed)
    print(sum(p.numel() for p in network.parameters()), "weights")
    optimizer = torch.optim.AdamW(network.parameters(), rate, weight_decay=1e-2)
    order = sorted(range(len(pictures)), key=lambda at: pictures[at].shape[1])
    batches = [order[at:at + BATCH] for at in range(0, len(order), BATCH)]
    steps, step, begun = epochs * len(batches), 0, time.time()
    for epoch in range(epochs):
        network.train()
        shuffle.shuffle(batches)
        total = 0.0
        for batch in batches:
            seen = [varied(pictures[at], wanted[at], rng) for at in batch]
            for group in optimizer.param_groups:
                group["lr"] = rate * min(1.0, (step + 1) / 50) * (1 + math.cos(math.pi * step / steps)) / 2
            answers = torch.tensor([float(answer) for _, answer in seen])
            loss = functional.binary_cross_entropy_with_logits(network(batch_of([p for p, _ in seen])), answers)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            total += loss.item()
            step += 1
        print(f"{time.time() - begun:.0f} s: epoch {epoch + 1}, loss {total / len(batches):.4f}", flush=True)
        if check[0] and (epoch + 1) % 3 == 0:
            print("   " + report(scores(network, check[0]), np.array(check[1]) > 0.5, 0.0), flush=True)


def show(network, pictures, wanted, said):
    """How it does on cuttings that it was not taught by, and where it errs; `said` names the one of a number."""
    found = scores(network, pictures)
    for bound in (-2.0, -1.0, 0.0, 1.0, 2.0, 3.0):
        print(report(found, wanted, bound))
    for at in np.argsort(-np.abs(found)):
        if (found[at] > 0) != wanted[at]:
            print(f"{found[at]:+.1f} {said(at)}")


def arguments(to):
    """What every network of these is taught with; `to` is where it is written."""
    parser = argparse.ArgumentParser()
    parser.add_argument("windows", nargs="+")
    parser.add_argument("--check", action="append", default=[])
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--to", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent.parent / to)
    return parser


def export(network, rows, to, answer, layers=1):
    """Writes its weights where the program finds them, and beside them those for torch."""
    torch.save(network.state_dict(), to.with_suffix(".pt"))
    network.eval()
    torch.onnx.export(
        network, torch.zeros(1, layers, rows, 256), str(to), input_names=["pictures"], output_names=[answer],
        dynamo=False, opset_version=17, dynamic_axes={"pictures": {0: "lines", 3: "columns"}, answer: {0: "lines"}},
    )
