#!/usr/bin/env python3
"""Counts which character follows which in made-up lines, and writes ../line-language.txt.

  language.py [LINES]

A row for each character: itself, then each that followed it and how often. All digits count as 0: no
figure is told by the one before it. Pairs seen once or twice are left out.
"""
import collections
import pathlib
import sys

from text import Texts

MODELS = pathlib.Path(__file__).resolve().parent.parent
# Where a line begins.
BEGINNING = "\u2402"
SEED = 20261128
SELDOM = 3


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 300_000
    characters = (MODELS / "line-reader.txt").read_text(encoding="utf-8").split("\n")
    known = set(characters)
    texts = Texts(characters, SEED)
    follows = collections.defaultdict(collections.Counter)
    for _ in range(count):
        line = [c for c in texts.plain(texts.line()) if not c.isspace() and c in known]
        for before, char in zip([BEGINNING, *line], line):
            follows[counted(before)][counted(char)] += 1
    with (MODELS / "line-language.txt").open("w", encoding="utf-8") as file:
        for before in sorted(follows):
            often = [(char, n) for char, n in sorted(follows[before].items()) if n >= SELDOM]
            if often:
                file.write(" ".join([before, *(f"{char}{n}" for char, n in often)]) + "\n")


def counted(char):
    return "0" if "0" <= char <= "9" else char


main()
