"""Teaches the trained recogniser to tell handwriting from print, line by line.

    handwriting.py TRAINED.pt OUT.pt COUNT [--fonts DIR]… --strokes FILE

A logistic regression over the mean of the features that it reads by; the recogniser stays as it
is. Prints how many lines of fonts that it never saw are told rightly.
"""
import argparse

import numpy as np
import torch

from logistic import chance, logistic, ranking
from network import Recogniser
from train import BATCH, Lines, together


def signs(network, supply, count):
    x, y = [], []
    with torch.no_grad():
        while len(y) < count:
            for batch in supply.pool(10 * BATCH):
                batch = [line for line in batch if len(line[1])]
                ink = together(batch)
                features = network.features(ink).squeeze(2)
                # Padding behind shorter lines is paper, which tells nothing.
                for line, of_line in zip(batch, features):
                    x.append(of_line[:, : max(1, line[0].shape[1] // 4)].mean(1).numpy())
                    y.append(float(line[3]))
    return np.array(x[:count], np.float64), np.array(y[:count])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("trained")
    parser.add_argument("out")
    parser.add_argument("count", type=int)
    parser.add_argument("--fonts", action="append", default=["/usr/share/fonts"])
    parser.add_argument("--strokes", required=True)
    args = parser.parse_args()
    torch.set_num_threads(1)
    supply, unseen = Lines(args, 15, False), Lines(args, 16, True)
    network = Recogniser(len(supply.characters))
    network.load_state_dict(torch.load(args.trained), strict=False)
    network.eval()
    weights = logistic(*signs(network, supply, args.count), ridge=10.0)
    x, y = signs(network, unseen, 1000)
    p = chance(weights, x)
    print(f"unseen fonts: {((p > 0.5) == y).mean():.3f} told rightly, AUROC {ranking(p, y):.3f}")
    with torch.no_grad():
        network.handwriting.weight.copy_(torch.from_numpy(weights[None, 1:]))
        network.handwriting.bias.copy_(torch.from_numpy(weights[:1]))
    torch.save(network.state_dict(), args.out)


if __name__ == "__main__":
    main()
