"""Teaches a small network to tell rings around printed choices, and writes it to ../ring-finder.onnx.

    rings.py WINDOWS… [--check WINDOWS] [--epochs N] [--to FILE]

WINDOWS are folders of `cargo run --release -p ocr --example ring_windows`: places on drawn pages
(samples/generate/marks, samples/generate/practice) where the program would look for a ring, and how well each fits a
ring that was drawn there: the share of the ring that it covers, or of it that the ring covers, whichever is less.
Of several places around one ring the program takes that with the highest answer, so answers grow with the fit.
"""
import json
import pathlib

import cv2
import numpy as np
import torch

import judge

ROWS = 32
# How far from the ellipse a pixel is told where it runs.
BROAD = 4.0
# From what score on a place that is no ring is nearly one, and how often it is shown once more.
NEARLY, AGAIN = -3.0, 10
# What fits less is no ring; what fits more could not fit better.
WRONG, RIGHT = 0.45, 0.85


class Windows:
    def __init__(self, folders):
        self.pictures, self.ringed, self.notes = [], [], []
        for folder in map(pathlib.Path, folders):
            for row in (folder / "windows.jsonl").read_text("utf-8").splitlines():
                note = json.loads(row)
                self.pictures.append(cv2.imread(str(folder / note["picture"]), cv2.IMREAD_GRAYSCALE))
                self.ringed.append(min(1.0, max(0.0, (note["fits"] - WRONG) / (RIGHT - WRONG))))
                self.notes.append(note)


def where(picture):
    """The ellipse on which the ring of a place should run, from 0 to 1: the same as in ocr/src/layout/ring.rs."""
    rows, columns = picture.shape
    b = rows / 3
    a = max(1.0, columns / 2 - 3 * b)
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32) + 0.5
    radius = np.hypot((x - columns / 2) / a, (y - rows / 2) / b)
    return np.clip(1 - np.abs(radius - 1) * min(a, b) / BROAD, 0, 1)


def cutting(picture):
    return np.stack([picture.astype(np.float32) / 255, where(picture)])


def varied(picture, ringed, rng):
    """A place as it might have been scanned too."""
    rows, columns = picture.shape
    ink, place = cutting(picture)
    turn = cv2.getRotationMatrix2D((columns / 2, rows / 2), float(rng.normal(0, 2)), float(rng.uniform(0.94, 1.06)))
    turn[:, 2] += rng.normal(0, 0.8, 2)
    ink, place = (cv2.warpAffine(layer, turn, (columns, rows)) for layer in (ink, place))
    if rng.random() < 0.5:
        width = max(8, int(columns * rng.uniform(0.85, 1.15)))
        ink, place = (cv2.resize(layer, (width, rows), interpolation=cv2.INTER_LINEAR) for layer in (ink, place))
    roll = rng.random()
    if roll < 0.15:
        ink = cv2.GaussianBlur(ink, (3, 3), rng.uniform(0.3, 0.9))
    elif roll < 0.3:
        ink = (ink + rng.normal(0, 0.15, ink.shape) > rng.uniform(0.3, 0.6)).astype(np.float32)
    both = np.stack([np.clip(ink * rng.uniform(0.6, 1.15), 0, 1), place])
    if rng.random() < 0.5:
        both = both[:, :, ::-1]
    if rng.random() < 0.3:
        both = both[:, ::-1]
    return both, ringed


def main():
    parser = judge.arguments("ring-finder.onnx")
    parser.add_argument("--begin", type=pathlib.Path, help="weights to begin with, a .pt beside those of before")
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    shown, check = Windows(args.windows), Windows(args.check)
    print(f"{len(shown.pictures)} places, {sum(shown.ringed):.0f} of rings", flush=True)
    network = judge.Judge(ROWS, (8, 16, 24, 32), layers=2)
    unseen = [cutting(picture) for picture in check.pictures]
    if args.begin:
        network.load_state_dict(torch.load(args.begin))
    judge.teach(network, shown.pictures, shown.ringed, varied, (unseen, check.ringed),
                epochs=args.epochs, rate=args.rate, seed=args.seed)
    # Circled numbers, zeros with a slash and what else it nearly takes for a ring are few, and are shown more often.
    found = judge.scores(network, [cutting(picture) for picture in shown.pictures])
    hard = [at for at, score in enumerate(found) if shown.ringed[at] == 0 and score > NEARLY]
    print(f"{len(hard)} places are nearly taken for rings", flush=True)
    pictures = shown.pictures + [shown.pictures[at] for at in hard] * AGAIN
    judge.teach(network, pictures, shown.ringed + [0.0] * (len(hard) * AGAIN), varied, (unseen, check.ringed),
                epochs=3, rate=args.rate / 3, seed=args.seed + 1)
    judge.export(network, ROWS, args.to, "ringed", layers=2)
    if unseen:
        judge.show(network, unseen, np.array(check.ringed) > 0.5, lambda at: "{picture} {page} {bbox} fits {fits:.2f}".format(**check.notes[at]))


if __name__ == "__main__":
    main()
