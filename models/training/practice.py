"""Writes made-up lines, and ink that is no writing, as pictures with their texts, to measure and
to calibrate with.

    practice.py OUT_DIR COUNT [--fonts DIR] [--strokes FILE]

OUT_DIR/NNNNN.png and OUT_DIR/truth.tsv (name; hand, print or junk; text without spaces).
"""
import argparse
import pathlib

import cv2
import numpy as np

import fonts
import glyphs
import lines
import text
from charset import build

JUNK_SHARE = 0.18


def cut(picture):
    """A picture as the reader cuts lines out: white paper, a quarter em of it on each side."""
    paper = max(np.percentile(picture, 85), 1)
    picture = np.minimum(255, picture.astype(np.float32) * 255 / paper).astype(np.uint8)
    ink = picture < 170
    rows, columns = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
    if len(rows) == 0 or min(len(rows), len(columns)) < 3:
        return None
    picture = picture[rows[0]:rows[-1] + 1, columns[0]:columns[-1] + 1]
    margin = int(np.ceil(max(picture.shape[0], 8) * 0.25))
    return np.pad(picture, margin, constant_values=255)


def junk(rng, pick):
    """What a page has beside writing: halves of lines, lines on their side, specks, rules, rings,
    lines through each other."""
    kind = rng.integers(6)
    line = pick()
    rows, columns = line.shape
    if kind == 0:
        edge = int(rows * rng.uniform(0.25, 0.5))
        return line[:edge] if rng.random() < 0.5 else line[-edge:]
    if kind == 1:
        return np.rot90(line[:, : rows * int(rng.integers(1, 6))]).copy()
    if kind == 5:
        other = cv2.resize(pick(), (columns, rows))
        return np.minimum(line, np.roll(other, int(rows * rng.uniform(0, 0.6)), 0))
    paper = np.full((int(rng.integers(14, 60)), int(rng.integers(20, 300))), 255, np.uint8)
    side = lambda: tuple(int(rng.integers(s)) for s in paper.shape[::-1])
    tone = int(rng.integers(0, 120))
    if kind == 4:
        reach = (int(rng.integers(8, 60)), int(rng.integers(8, 28)))
        end = int(rng.integers(120, 360))
        cv2.ellipse(paper, side(), reach, 0, 0, end, tone, int(rng.integers(1, 5)), cv2.LINE_AA)
        return paper
    for _ in range(rng.integers(1, 6)):
        if kind == 2:
            cv2.circle(paper, side(), int(rng.integers(1, 5)), tone, -1)
        else:
            cv2.line(paper, side(), side(), tone, int(rng.integers(1, 4)), cv2.LINE_AA)
    return paper


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("count", type=int)
    parser.add_argument("--fonts", action="append", default=["/usr/share/fonts"])
    parser.add_argument("--strokes")
    parser.add_argument("--seed", type=int, default=77)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    characters = build()
    forms = glyphs.drawn_forms(characters)
    rng = np.random.default_rng(args.seed)
    prints, hands = [], []
    for path, index, hand, latin in fonts.found(args.fonts):
        if rng.random() < 0.5:
            (hands if hand else prints).append(glyphs.from_font(path, index, forms, hand, latin))
    if args.strokes:
        strokes = glyphs.Strokes(args.strokes, forms)
        hands += [strokes.hand(rng, hands[0]) for _ in range(6)]
    texts = text.Texts(characters, args.seed)
    writer = lines.Writer(forms, texts, prints, hands, args.seed)
    with (args.out / "truth.tsv").open("w", encoding="utf-8") as truth:
        made, drawn = 0, []
        while made < args.count:
            hand = bool(rng.random() < 0.45)
            line = writer.worn(texts.line(), hand)
            if line is None or min(line[0].shape) < 6:
                continue
            said = "".join(characters[k] for k in line[1])
            kinds = [("hand" if hand else "print", said, line[0])]
            if rng.random() < JUNK_SHARE and drawn:
                kinds.append(("junk", "", junk(rng, lambda: drawn[rng.integers(len(drawn))])))
            drawn = drawn[-50:] + [line[0]]
            for kind, said, picture in kinds:
                picture = cut(picture)
                if picture is not None:
                    cv2.imwrite(str(args.out / f"{made:05}.png"), picture)
                    print(f"{made:05}", kind, said, sep="\t", file=truth)
                    made += 1


if __name__ == "__main__":
    main()
