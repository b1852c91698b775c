"""Teaches the trained recogniser what it lacks, without training it anew: new characters, ways of
writing that it never saw. Its strokes stay as they are; its last block and its classes learn.

    refine.py LINES EPOCHS [--fonts DIR]… --strokes FILE [--seed N] [--to DIR]

Reads ../line-reader.onnx and ../line-reader.txt and writes them again (to DIR). Characters that
charset.py has and line-reader.txt lacks become new classes at the end. Three lines in ten have
half-width kana, one in five is printed on a form; the others are those of train.py, so that
nothing is forgotten; what is written are the means of the weights before and after (KEPT), which
forget less than half of what the refined ones do and keep most of what they learned.
"""
import argparse
import pathlib
import random
import time

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import numpy_helper
from torch.nn import functional

import fonts
import glyphs
import lines
import text
from charset import HERE, build
from network import STEP
from prepared import prepared
from train import distance, read, targets

MODELS = HERE.parent
INPUT = "/context/context.0/Relu_output_0"  # what the last block sees
BATCH = 32
NEW_BEGINS = "篭"  # a new character starts from the weights of one that looks like it
# The share of the change that is written. On 420 fresh lines (half-width, hand, print), 0: .189
# .108 .082; 0.3: .158 .110 .078; 0.5: .138 .114 .075; 0.7: .127 .119 .076; 1: .101 .137 .080.
KEPT = 0.5
KATAKANA = [chr(c) for c in range(0x30A1, 0x30F7)]


def weights_of(model):
    """Name -> values of everything that learns: the last block's two convolutions, the classes."""
    named = {w.name: w for w in model.graph.initializer}
    block = [node for node in model.graph.node if node.name.startswith("/context/context.1/") and node.op_type == "Conv"]
    names = [name for node in block for name in node.input[1:3]] + ["network.classes.weight", "network.classes.bias"]
    return {name: named[name + "_half"] for name in names}


def some(found, print_count, hand_count, rng):
    """A share of the fonts: drawing all of them takes longer than refining."""
    prints, hands = [f for f in found if not f[2]], [f for f in found if f[2]]
    pick = lambda of, count: [of[at] for at in sorted(rng.choice(len(of), min(count, len(of)), replace=False))]
    return pick(prints, print_count) + pick(hands, hand_count)


class Supply:
    def __init__(self, args, characters):
        self.random, self.rng = random.Random(args.seed), np.random.default_rng(args.seed)
        self.characters, self.forms = characters, glyphs.drawn_forms(characters)
        prints, hands = [], []
        for path, index, hand, latin in some(fonts.found(args.fonts), 16, 5, self.rng):
            (hands if hand else prints).append(glyphs.from_font(path, index, self.forms, hand, latin))
        if args.strokes:
            strokes = glyphs.Strokes(args.strokes, self.forms)
            hands += [strokes.hand(self.rng, hands[0]) for _ in range(5)]
        self.texts = text.Texts(characters, args.seed)
        self.writer = lines.Writer(self.forms, self.texts, prints, hands, args.seed)

    def kana(self):
        """A line with words in katakana."""
        r = self.random
        if r.random() < 0.15:
            return "".join(r.choice(KATAKANA) for _ in range(r.randint(3, 10)))
        while True:
            said = r.choice([self.texts.drug, self.texts.drug, self.texts.word, self.texts.name])()
            if sum("ァ" <= c <= "ヺ" for c in said) >= 2:
                return said

    def one(self):
        while True:
            roll, half = self.random.random(), False
            if roll < 0.3:
                hand, half, said = False, True, self.kana()
            elif roll < 0.5:
                hand, said = self.random.random() < 0.1, self.texts.form_line()
                if self.random.random() < 0.2:
                    said = "".join(self.random.choice(self.characters[-1] + "処方料筆算第策範篭") for _ in range(4))
            else:
                hand = self.random.random() < 0.42
                said = self.texts.line() if self.random.random() < 0.9 else "".join(self.random.choice(self.characters) for _ in range(8))
            lines.HALF_WIDTH = 1.0 if half else 0.0
            line = self.writer.worn(said[:40], hand)
            if line is None or min(line[0].shape) < 6:
                continue
            places = line[2] * (32 / line[0].shape[0])
            picture = prepared(line[0])
            if picture.shape[1] <= 900:
                return picture, line[1], places, "half" if half else "hand" if hand else "print"


def rates(batches, last_block, characters):
    wrong, length = {}, {}
    with torch.no_grad():
        for batch in batches:
            for (frames, labels, _, kind) in batch:
                scores = last_block(torch.from_numpy(frames)[None])[0].numpy()
                wrong[kind] = wrong.get(kind, 0) + distance(read(scores), list(labels))
                length[kind] = length.get(kind, 0) + len(labels)
    return " ".join(f"{kind} {wrong[kind] / length[kind]:.3f}" for kind in sorted(wrong))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("lines", type=int)
    parser.add_argument("epochs", type=int)
    parser.add_argument("--fonts", action="append", default=["/usr/share/fonts"])
    parser.add_argument("--strokes")
    parser.add_argument("--seed", type=int, default=31)
    parser.add_argument("--rate", type=float, default=4e-4)
    parser.add_argument("--to", type=pathlib.Path, default=MODELS)
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    model = onnx.load(MODELS / "line-reader.onnx")
    known = (MODELS / "line-reader.txt").read_text("utf-8").splitlines()
    new = [c for c in build() if c not in known]
    characters = known + new
    print("new:", "".join(new))
    stored = weights_of(model)
    values = {name: numpy_helper.to_array(w).astype(np.float32) for name, w in stored.items()}
    *block, classes, bias = values.values()
    for _ in new:
        like = known.index(NEW_BEGINS) + 1
        classes, bias = np.concatenate([classes, classes[like:like + 1]]), np.append(bias, bias[like])
    (one, one_bias, two, two_bias) = block
    learning = [torch.nn.Parameter(torch.from_numpy(v.copy())) for v in (one, one_bias, two, two_bias, classes[:, :, 0, 0], bias)]

    def last_block(x):
        a, a_bias, b, b_bias, c, c_bias = learning
        inner = functional.relu(functional.conv1d(x, a[:, :, 0], a_bias, padding=1))
        x = functional.relu(x + functional.conv1d(inner, b[:, :, 0], b_bias, padding=1))
        return functional.linear(x.transpose(1, 2), c, c_bias)

    begun = time.process_time()
    supply = Supply(args, characters)
    print(f"{time.process_time() - begun:.0f} s: fonts drawn", flush=True)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    # Only what leads to the last block is run.
    part = onnx.ModelProto()
    part.CopyFrom(model)
    del part.graph.output[:]
    part.graph.output.append(onnx.helper.make_tensor_value_info(INPUT, onnx.TensorProto.FLOAT, None))
    strokes = onnxruntime.InferenceSession(part.SerializeToString(), options, providers=["CPUExecutionProvider"])
    drawn = []
    for _ in range(args.lines):
        picture, labels, places, kind = supply.one()
        width = -(-picture.shape[1] // STEP) * STEP
        padded = np.zeros((1, 1, 32, width), np.float32)
        padded[0, 0, :, : picture.shape[1]] = picture
        frames = strokes.run(None, {"pictures": padded})[0][0, :, 0]
        drawn.append((frames.astype(np.float16), labels, places, kind))
    print(f"{time.process_time() - begun:.0f} s: lines drawn", flush=True)
    # Those of like width together.
    held, drawn = drawn[: args.lines // 16], drawn[args.lines // 16:]
    held = [[(f.astype(np.float32), *rest) for f, *rest in held]]
    print("before:", rates(held, last_block, characters), flush=True)
    optimizer = torch.optim.AdamW(learning, args.rate, weight_decay=0.0)
    drawn.sort(key=lambda line: line[0].shape[1])
    batches = [drawn[at:at + BATCH] for at in range(0, len(drawn), BATCH)]
    steps, step = args.epochs * len(batches), 0
    for epoch in range(args.epochs):
        supply.random.shuffle(batches)
        for batch in batches:
            width = max(line[0].shape[1] for line in batch)
            x = np.zeros((len(batch), 320, width), np.float32)
            for at, line in enumerate(batch):
                x[at, :, : line[0].shape[1]] = line[0]
            at, wanted = targets(batch, width, supply.rng)
            rate = args.rate * min(1.0, (step + 1) / 30) * (1 - step / steps)
            for group in optimizer.param_groups:
                group["lr"] = rate
            a, a_bias, b, b_bias, c, c_bias = learning
            x = torch.from_numpy(x)
            inner = functional.relu(functional.conv1d(x, a[:, :, 0], a_bias, padding=1))
            seen = functional.relu(x + functional.conv1d(inner, b[:, :, 0], b_bias, padding=1))
            flat = seen.transpose(1, 2).reshape(-1, seen.shape[1])
            loss = functional.cross_entropy(functional.linear(flat[at], c, c_bias), wanted, label_smoothing=0.02)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(learning, 2.0)
            optimizer.step()
            step += 1
        print(f"{time.process_time() - begun:.0f} s: epoch {epoch + 1}, loss {loss.item():.3f}:", rates(held, last_block, characters), flush=True)
    before = [one, one_bias, two, two_bias, classes[:, :, 0, 0], bias]
    with torch.no_grad():
        for weights, was in zip(learning, before):
            weights[: len(was)] = torch.from_numpy(was) + KEPT * (weights - torch.from_numpy(was))
    print("written:", rates(held, last_block, characters))
    write(model, stored, learning, characters, args.to)


def write(model, stored, learning, characters, to):
    for (name, weights), values in zip(stored.items(), learning):
        array = values.detach().numpy().astype(np.float16)
        if name == "network.classes.weight":
            array = array[:, :, None, None]
        weights.CopyFrom(numpy_helper.from_array(array, weights.name))
    onnx.save(model, to / "line-reader.onnx")
    (to / "line-reader.txt").write_text("".join(c + "\n" for c in characters), encoding="utf-8")


if __name__ == "__main__":
    main()
