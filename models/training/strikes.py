"""Teaches a small network to tell lines that are struck out, and writes it to ../strike-finder.onnx.

    strikes.py WINDOWS… [--made-up 16000] [--fonts DIR]… [--strokes FILE] [--check WINDOWS] [--epochs N] [--to FILE]

WINDOWS are folders of `cargo run --release -p ocr --example line_windows`: what the program cuts out of drawn
pages (samples/generate/marks, samples/generate/practice), line by line, and which of them are struck out. Besides,
lines are made up as for the line reader, which say more and in more ways of writing. Half of the lines are shown with a stroke more, drawn here: through the writing, which strikes it out; below, above or beside
it, or through it and far beyond its ends, as rules run, which does not.
"""
import json
import pathlib

import cv2
import numpy as np
import torch

import fonts
import glyphs
import judge
import lines
import text
from charset import build

ROWS = 40
WIDEST = 1000


class Windows:
    """The lines of some folders; those of which it is unclear what they are are left out."""

    def __init__(self, folders):
        self.pictures, self.struck, self.notes = [], [], []
        for folder in map(pathlib.Path, folders):
            for row in (folder / "windows.jsonl").read_text("utf-8").splitlines():
                note = json.loads(row)
                struck = note["struck"] > 0.5
                # Strokes over several lines are found by other means.
                if any(kind.startswith("over-") for kind in note["kinds"]) or not struck and note["struck"] > 0.1:
                    continue
                picture = cv2.imread(str(folder / note["picture"]), cv2.IMREAD_GRAYSCALE)
                if picture is None or picture.shape[1] > WIDEST:
                    continue
                self.pictures.append(picture)
                self.struck.append(struck)
                self.notes.append(note)

    def add(self, pictures):
        """Lines that are not struck out."""
        self.pictures += pictures
        self.struck += [False] * len(pictures)


class Unmarked(lines.Writer):
    def marked(self, ink):
        return ink


def made_up(count, args, rng):
    """Lines that are not struck out, cut out of pages that nobody drew: above and below stand pieces of others."""
    characters = build()
    forms = glyphs.drawn_forms(characters)
    prints, hands = [], []
    for path, index, hand, latin in fonts.found(args.fonts):
        (hands if hand else prints).append(glyphs.from_font(path, index, forms, hand, latin))
    if args.strokes:
        strokes = glyphs.Strokes(args.strokes, forms)
        hands += [strokes.hand(rng, hands[0]) for _ in range(8)]
    texts = text.Texts(characters, args.seed)
    writer = Unmarked(forms, texts, prints, hands, args.seed)
    drawn = []
    while len(drawn) < count:
        line = writer.worn(texts.line()[: int(rng.integers(2, 40))], bool(rng.random() < 0.45))
        if line is None:
            continue
        ink = 255 - np.minimum(255, line[0].astype(np.float32) * 255 / max(np.percentile(line[0], 85), 1))
        rows, columns = np.flatnonzero((ink > 85).any(1)), np.flatnonzero((ink > 85).any(0))
        if len(rows) < 6 or len(columns) < 4:
            continue
        ink = ink[rows[0]:rows[-1] + 1, columns[0]:columns[-1] + 1]
        width = max(4, int(ink.shape[1] * 20 / ink.shape[0]))
        if width > WIDEST - 40:
            continue
        window = np.zeros((ROWS, width + 40), np.float32)
        window[10:30, 20:20 + width] = cv2.resize(ink, (width, 20), interpolation=cv2.INTER_AREA)
        if drawn and rng.random() < 0.4:
            other = drawn[rng.integers(len(drawn))][10:30]
            other = np.tile(other, (1, -(-window.shape[1] // other.shape[1])))[:, : window.shape[1]]
            reach = int(rng.integers(1, 9))
            if rng.random() < 0.5:
                window[:reach] = np.maximum(window[:reach], other[-reach:])
            if rng.random() < 0.5:
                window[-reach:] = np.maximum(window[-reach:], other[:reach])
        drawn.append(window.astype(np.uint8))
    return drawn


def with_stroke(picture, rng):
    """The line with a stroke drawn over it, and whether that strikes it out."""
    rows, columns = picture.shape
    ink = picture.copy()
    dark = int(rng.uniform(120, 255))
    thick = int(rng.choice([1, 1, 2, 2, 3]))
    begin = rows / 2 + rng.normal(0, 6)
    end = columns - rows / 2 + rng.normal(0, 6)
    if end - begin < 24:
        return ink, None
    kind = rng.random()
    shift = 3  # fractions of a pixel
    x = np.linspace(begin, end, max(8, int((end - begin) / 3)))

    def draw(y, x=x):
        points = (np.stack([x, y], 1) * (1 << shift)).round().astype(np.int32)
        cv2.polylines(ink, [points], False, dark, thick, cv2.LINE_AA, shift)

    t = (x - begin) / (end - begin)
    tremble = rng.uniform(0, 0.8) * np.sin(x / rng.uniform(15, 50) + rng.uniform(0, 6.28))
    slope = rng.normal(0, 1.2) * (t - 0.5)
    if kind < 0.5:  # struck out
        middle = 20 + rng.normal(0, 1.8)
        if kind < 0.16:
            draw(middle + slope + tremble)
        elif kind < 0.32:
            apart = rng.uniform(2.0, 5.5)
            draw(middle - apart / 2 + slope + tremble)
            draw(middle + apart / 2 + slope * rng.uniform(0.5, 1.5) - tremble)
        elif kind < 0.42:
            swing, period = rng.uniform(2, 5), rng.uniform(8, 30)
            draw(middle + slope + swing * np.sin(x / period * 6.28 + rng.uniform(0, 6.28)))
        else:
            reach = rng.uniform(6, 10) * rng.choice([-1, 1])
            draw(middle - reach + 2 * reach * t)
            draw(middle + reach - 2 * reach * t)
        return ink, True
    if kind < 0.68:  # a rule that goes on behind it, wherever it lies
        first, last = (0, columns) if rng.random() < 0.7 else (rng.uniform(0, 20), columns)
        if rng.random() < 0.3:
            first, last = columns - last, columns - first
        draw(rng.uniform(4, 36) + slope, np.linspace(first, last, len(x)))
        return ink, None
    if kind < 0.85:  # a rule, an underline, above or below it; now and then wavy
        y = (20 + rng.choice([-1, 1]) * rng.uniform(9.5, 17)) + slope * 0.5 + tremble
        if rng.random() < 0.2:
            y = y + rng.uniform(0.5, 1.5) * np.sin(x / rng.uniform(1, 4))
        if rng.random() < 0.6:
            draw(y)
        else:
            draw(y, x * (columns / (end - begin)) - begin)
        return ink, None
    # Beside it, up and down through it: braces, edges, arrows.
    at = rng.choice([rng.uniform(0, 16), rng.uniform(columns - 16, columns)])
    cv2.line(ink, (int(at), int(rng.uniform(-5, 10))), (int(at + rng.normal(0, 6)), int(rng.uniform(30, 45))), dark, thick, cv2.LINE_AA)
    return ink, None


def varied(picture, struck, rng):
    """A line as it might have been scanned too."""
    if rng.random() < 0.5:
        picture, now = with_stroke(picture, rng)
        struck = struck if now is None else True
    if rng.random() < 0.5:
        picture = picture[::-1]
    if rng.random() < 0.5:
        picture = picture[:, ::-1]
    picture = np.roll(picture, int(rng.integers(-1, 2)), 0)
    if rng.random() < 0.5:
        picture = cv2.resize(np.ascontiguousarray(picture), None, fx=rng.uniform(0.8, 1.2), fy=1, interpolation=cv2.INTER_LINEAR)
    picture = picture.astype(np.float32) / 255
    roll = rng.random()
    if roll < 0.15:
        picture = cv2.GaussianBlur(picture, (3, 3), rng.uniform(0.3, 0.8))
    elif roll < 0.3:
        picture = (picture + rng.normal(0, 0.15, picture.shape) > rng.uniform(0.3, 0.6)).astype(np.float32)
    return np.clip(picture * rng.uniform(0.6, 1.15), 0, 1), struck


def main():
    parser = judge.arguments("strike-finder.onnx")
    parser.add_argument("--made-up", type=int, default=16000)
    parser.add_argument("--fonts", action="append", default=["/usr/share/fonts"])
    parser.add_argument("--strokes")
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    shown, check = Windows(args.windows), Windows(args.check)
    shown.add(made_up(args.made_up, args, np.random.default_rng(args.seed)))
    print(f"{len(shown.pictures)} lines, {sum(shown.struck)} struck out", flush=True)
    network = judge.Judge(ROWS, (12, 24, 32, 48))
    unseen = [picture.astype(np.float32) / 255 for picture in check.pictures]
    judge.teach(network, shown.pictures, shown.struck, varied, (unseen, check.struck),
                epochs=args.epochs, rate=args.rate, seed=args.seed)
    judge.export(network, ROWS, args.to, "struck")
    if unseen:
        judge.show(network, unseen, np.array(check.struck), lambda at: "{picture} {page} {kinds}".format(**check.notes[at]))


if __name__ == "__main__":
    main()
