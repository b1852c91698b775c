"""Writes made-up lines as pictures with their texts, to measure and to calibrate with.

    practice.py OUT_DIR COUNT [--fonts DIR] [--strokes FILE]

OUT_DIR/NNNN.png and OUT_DIR/truth.tsv (name, hand or print, text without spaces).
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
        made = 0
        while made < args.count:
            hand = bool(rng.random() < 0.45)
            line = writer.worn(texts.line(), hand)
            if line is None or min(line[0].shape) < 6:
                continue
            name = f"{made:05}"
            cv2.imwrite(str(args.out / f"{name}.png"), line[0])
            read = "".join(characters[k] for k in line[1])
            print(name, "hand" if hand else "print", read, sep="\t", file=truth)
            made += 1


if __name__ == "__main__":
    main()
