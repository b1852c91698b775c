"""Trains the line recogniser on made-up lines.

    train.py OUT.pt MINUTES [--fonts DIR]… --strokes FILE [--threads N] [--stored] [--crops DIR]

Where each character lies is known, so every frame at the middle of a character learns that
character and every frame between two learns that nothing stands there; no alignment has to be
found. The fonts in HELD_OUT are never trained on and show how unseen fonts are read. --stored goes on from
../line-reader.onnx. --crops are lines that the program cut out of drawn pages (`line_crops`, an example of
crate ocr), with what clean-up leaves of rules and neighbours: of these only the text is known, and all its
alignments are learned at once (CTC).
"""
import argparse
import math
import pathlib
import random
import re
import time
import unicodedata

import cv2
import numpy as np
import torch
from torch.nn import functional

import fonts
import glyphs
import lines
import stored
import text
from charset import build
from network import STEP, Recogniser
from prepared import prepared

HELD_OUT = ("umeplus-p-gothic", "sawarabi-mincho", "Mplus2-Medium", "KleeOne-Regular", "kiloji_p")
BATCH = 48
POOL = 10 * BATCH
HANDS = 14
CROPS_EVERY = 3  # one batch in so many is of lines cut out of pages


class Lines:
    """An endless supply of lines."""

    def __init__(self, args, seed, held_out):
        self.random = random.Random(seed)
        self.rng = np.random.default_rng(seed)
        self.characters = build()
        self.forms = glyphs.drawn_forms(self.characters)
        prints, hands = [], []
        for path, index, hand, latin in fonts.found(args.fonts):
            if (path.stem in HELD_OUT) == held_out:
                (hands if hand else prints).append(glyphs.from_font(path, index, self.forms, hand, latin))
        self.fixed = len(hands)
        self.strokes = glyphs.Strokes(args.strokes, self.forms)
        hands += [self.strokes.hand(self.rng, hands[0]) for _ in range(3 if held_out else HANDS)]
        self.texts = text.Texts(self.characters, seed)
        self.writer = lines.Writer(self.forms, self.texts, prints, hands, seed)

    def change_hand(self):
        """One of the drawn hands gives way to a new one."""
        hands = self.writer.hands
        at = self.random.randrange(self.fixed, len(hands))
        hands[at] = self.strokes.hand(self.rng, hands[self.random.randrange(self.fixed)])

    def nothing(self):
        """What is cut out as a line and is none: slices of lines, specks, rules."""
        line = None
        while line is None or min(line[0].shape) < 16:
            line = self.writer.worn(self.texts.line()[:12], self.random.random() < 0.4)
        picture, rng = line[0], self.rng
        if self.random.random() < 0.6:
            slice_ = int(picture.shape[0] * rng.uniform(0.1, 0.25))
            picture = picture[:slice_] if rng.random() < 0.5 else picture[-slice_:]
        else:
            picture = np.full_like(picture, 255)
            for _ in range(rng.integers(1, 6)):
                y, x = rng.integers(0, picture.shape[0]), rng.integers(0, picture.shape[1])
                if rng.random() < 0.6:
                    picture[y:y + rng.integers(1, 4), x:x + rng.integers(1, 4)] = rng.integers(0, 150)
                else:
                    picture[y:y + rng.integers(1, 3), x:x + rng.integers(8, 200)] = rng.integers(0, 150)
        picture = prepared(np.ascontiguousarray(picture))
        return picture[:, :640], np.zeros(0, np.int64), np.zeros((0, 2), np.float32), False

    def one(self):
        if self.random.random() < 0.03:
            return self.nothing()
        while True:
            hand = self.random.random() < 0.42
            if self.random.random() < 0.1:  # so that every character is seen
                said = "".join(self.random.choice(self.characters) for _ in range(self.random.randint(3, 12)))
            else:
                said = self.texts.line()
            line = self.writer.worn(said[:40], hand)
            if line is None or min(line[0].shape) < 6:
                continue
            picture, labels, places = line
            places = places * (32 / picture.shape[0])
            picture = prepared(picture)
            if picture.shape[1] <= 900:
                return picture, labels, places, hand

    def pool(self, count):
        """`count` lines, those of like width together."""
        drawn = sorted((self.one() for _ in range(count)), key=lambda line: line[0].shape[1])
        batches = [drawn[at:at + BATCH] for at in range(0, count, BATCH)]
        self.random.shuffle(batches)
        return batches


class Crops:
    """Lines that the program cut out of drawn pages, and what they say."""

    def __init__(self, folder, characters, seed):
        self.random, self.rng = random.Random(seed), np.random.default_rng(seed)
        known = {c: at for at, c in enumerate(characters)}
        self.lines = []
        for row in (folder / "truth.tsv").read_text("utf-8").splitlines():
            name, said = row.split("\t")
            plain = lambda part: part if part in known else unicodedata.normalize("NFKC", part)
            said = "".join(plain(part) for part in re.findall(r"[\uff61-\uff9f]+|\S", said))
            picture = cv2.imread(str(folder / f"{name}.png"), cv2.IMREAD_GRAYSCALE)
            line = prepared(picture)
            if all(c in known for c in said) and len(said) * STEP <= line.shape[1] <= 900:
                self.lines.append((picture, np.array([known[c] for c in said], np.int64)))
        self.lines.sort(key=lambda line: line[0].shape[1] / line[0].shape[0])

    def batches(self):
        """All lines, those of like width together; each a little higher, lower or wider than it was cut."""
        batches = [self.lines[at:at + BATCH] for at in range(0, len(self.lines), BATCH)]
        self.random.shuffle(batches)
        for batch in batches:
            yield [(prepared(self.moved(picture)), labels, None, None) for picture, labels in batch]

    def moved(self, picture):
        rng, rows = self.rng, picture.shape[0]
        above, below = (int(rows * rng.uniform(-0.04, 0.08)) for _ in range(2))
        picture = picture[max(-above, 0):rows - max(-below, 0)]
        picture = np.pad(picture, ((max(above, 0), max(below, 0)), (0, 0)), constant_values=255)
        if rng.random() < 0.5:
            wide = max(8, int(picture.shape[1] * rng.uniform(0.92, 1.1)))
            picture = cv2.resize(picture, (wide, picture.shape[0]), interpolation=cv2.INTER_AREA)
        return picture


def on_crops(network, batch):
    """How unlikely the network finds what lines say, in all alignments."""
    with torch.autocast("cpu", torch.bfloat16):
        scores = network(together(batch))
    said = torch.from_numpy(np.concatenate([line[1] for line in batch]) + 1)
    frames = torch.tensor([math.ceil(line[0].shape[1] / STEP) for line in batch])
    lengths = torch.tensor([len(line[1]) for line in batch])
    chances = scores.float().permute(2, 0, 1).log_softmax(2)
    lost = functional.ctc_loss(chances, said, frames, lengths, reduction="none", zero_infinity=True)
    # A line that was cut out wrongly says nothing of how to read.
    lost = lost / lengths
    return lost[lost < 4 * lost.median() + 0.5].mean()


def together(batch):
    width = max(line[0].shape[1] for line in batch)
    width = (width + STEP - 1) // STEP * STEP
    pictures = np.zeros((len(batch), 1, 32, width), np.float32)
    for at, line in enumerate(batch):
        pictures[at, 0, :, : line[0].shape[1]] = line[0]
    return torch.from_numpy(pictures).to(memory_format=torch.channels_last)


def targets(batch, frames, rng):
    """Frames that teach, and what: all at the middle of a character, those between, some paper."""
    at, classes = [], []
    for row, (picture, labels, places, _) in enumerate(batch):
        kind = np.full(frames, -1)
        middles = (np.arange(frames) + 0.5) * STEP
        inside = np.zeros(frames, bool)
        for begin, end in places:
            inside |= (middles > begin - 2) & (middles < end + 2)
        paper = np.flatnonzero(~inside)
        if len(paper) > len(labels) + 3:
            paper = rng.choice(paper, len(labels) + 3, replace=False)
        kind[paper] = 0
        for (_, end), (begin, _) in zip(places, places[1:]):
            frame = int((end + begin) / 2 // STEP)
            if 0 <= frame < frames:
                kind[frame] = 0
        for (begin, end), label in zip(places, labels):
            middle, reach = (begin + end) / 2, 0.22 * (end - begin)
            first, last = int((middle - reach) // STEP), int((middle + reach) // STEP)
            if 0 <= first and last < frames:
                kind[first:last + 1] = label + 1
        known = np.flatnonzero(kind >= 0)
        at.append(known + row * frames)
        classes.append(kind[known])
    return torch.from_numpy(np.concatenate(at)), torch.from_numpy(np.concatenate(classes))


def read(scores):
    """The characters of frames' best classes: runs are one character, 0 is none."""
    best = scores.argmax(1)
    return [int(k) - 1 for at, k in enumerate(best) if k != 0 and (at == 0 or best[at - 1] != k)]


def distance(a, b):
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return row[-1]


def error_rates(network, batches):
    """CER of print and of handwriting."""
    wrong, length = [0, 0], [0, 0]
    network.eval()
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        for batch in batches:
            scores = network(together(batch)).float().permute(0, 2, 1).numpy()
            for line, score in zip(batch, scores):
                score = score[: math.ceil(line[0].shape[1] / STEP)]
                wrong[line[3]] += distance(read(score), list(line[1]))
                length[line[3]] += len(line[1])
    network.train()
    return [w / max(n, 1) for w, n in zip(wrong, length)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("out")
    parser.add_argument("minutes", type=float)
    parser.add_argument("--fonts", action="append", default=["/usr/share/fonts"])
    parser.add_argument("--strokes", required=True)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--resume")
    parser.add_argument("--stored", action="store_true")
    parser.add_argument("--crops", type=pathlib.Path)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(5)
    supply, unseen = Lines(args, 5, False), Lines(args, 6, True)
    known = supply.pool(POOL)
    strange = unseen.pool(POOL)
    network = Recogniser(len(supply.characters)).to(memory_format=torch.channels_last)
    if args.resume:
        network.load_state_dict(torch.load(args.resume), strict=False)
    if args.stored:
        stored.load(network, supply.characters, [together(batch) for batch in known[:8]])
        network.train()
    crops = Crops(args.crops, supply.characters, 7) if args.crops else None
    on_pages = iter(())
    print("before: CER", error_rates(network, known), error_rates(network, strange), flush=True)
    optimizer = torch.optim.AdamW(network.parameters(), args.rate, weight_decay=0.02)
    begun, step, seen, mean = time.time(), 0, 0, 0.0
    while (done := (time.time() - begun) / 60 / args.minutes) < 1:
        for batch in supply.pool(POOL):
            done = min((time.time() - begun) / 60 / args.minutes, 1)
            rate = args.rate * min(1, (step + 1) / 200) * (0.02 + 0.98 * (1 + math.cos(math.pi * done)) / 2)
            for group in optimizer.param_groups:
                group["lr"] = rate
            pictures = together(batch)
            with torch.autocast("cpu", torch.bfloat16):
                features = network.features(pictures)
                flat = features.permute(0, 2, 3, 1).reshape(-1, features.shape[1])
                at, classes = targets(batch, features.shape[3], supply.rng)
                narrow = functional.linear(flat[at], network.narrow.weight.flatten(1), network.narrow.bias)
                scores = functional.linear(narrow, network.classes.weight.flatten(1), network.classes.bias)
            loss = functional.cross_entropy(scores.float(), classes, label_smoothing=0.02)
            if crops and step % CROPS_EVERY == 0:
                if (of_page := next(on_pages, None)) is None:
                    on_pages = crops.batches()
                    of_page = next(on_pages)
                loss = loss + on_crops(network, of_page)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 2.0)
            optimizer.step()
            step, seen = step + 1, seen + len(batch)
            mean += (loss.item() - mean) * 0.02
        if step % 100 == 0:
            supply.change_hand()
        if step % 400 == 0 or done >= 1:
            rates = error_rates(network, known) + error_rates(network, strange)
            print(f"{(time.time() - begun) / 60:.1f} min, {seen} lines, loss {mean:.3f}, CER print {rates[0]:.3f} hand {rates[1]:.3f}, unseen fonts {rates[2]:.3f} {rates[3]:.3f}", flush=True)
            torch.save(network.state_dict(), args.out)


if __name__ == "__main__":
    main()
