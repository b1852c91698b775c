"""Pictures of single characters: from fonts, and drawn from strokes as invented hands.

Every picture has 48 rows and columns with an em of 36; ink is 255 on 0.
"""
import gzip
import json
import math
import pathlib
import re
import unicodedata

import cv2
import numpy as np
from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw, ImageFont

EM, CELL, LEFT, BASE = 36, 48, 6, 37


# Half-width kana bear these in a cell of their own.
MARKS = "ﾞﾟ"


def drawn_forms(characters):
    """(what is drawn, which class it is): the characters, full-width ASCII, half-width kana; their
    marks have no class, for they are part of the character before."""
    index = {c: i for i, c in enumerate(characters)}
    forms = [(c, i) for c, i in index.items()]
    for c in [chr(c) for c in range(0xFF01, 0xFF5F)] + [chr(c) for c in range(0xFF66, 0xFF9E)]:
        plain = unicodedata.normalize("NFKC", c)
        if plain in index:
            forms.append((c, index[plain]))
    return forms + [(c, -1) for c in MARKS]


class Glyphs:
    """One way of writing: for each drawn form a picture, its advance, and whether it exists."""

    def __init__(self, pictures, advance, exists, hand):
        self.pictures, self.advance, self.exists, self.hand = pictures, advance, exists, hand
        inked = pictures.max(1) > 60  # columns with ink, for where a character begins and ends
        self.exists = exists & inked.any(1)
        self.begin = inked.argmax(1) - LEFT
        self.end = pictures.shape[2] - inked[:, ::-1].argmax(1) - LEFT


def from_font(path, index, forms, hand, latin=None):
    files = [(path, index)] + ([(latin, 0)] if latin else [])
    fonts = [ImageFont.truetype(str(p), EM, index=i) for p, i in files]
    cmaps = [set(TTFont(str(p), fontNumber=i, lazy=True).getBestCmap()) for p, i in files]
    pictures = np.zeros((len(forms), CELL, CELL), np.uint8)
    advance = np.zeros(len(forms), np.float32)
    for at, (c, _) in enumerate(forms):
        for font, cmap in zip(fonts, cmaps):
            if ord(c) not in cmap:
                continue
            cell = Image.new("L", (CELL, CELL), 0)
            ImageDraw.Draw(cell).text((LEFT, BASE), c, 255, font=font, anchor="ls")
            picture = np.asarray(cell)
            if picture.max() > 60:
                pictures[at], advance[at] = picture, min(font.getlength(c), 40)
                break
    return Glyphs(pictures, advance, advance > 0, hand)


def bends(path):
    """The points of an SVG path of moves and cubic curves."""
    parts = re.findall(r"[A-Za-z]|-?\d*\.?\d+(?:e-?\d+)?", path)
    points, at, i, command, control = [], np.zeros(2), 0, "", None
    steps = np.linspace(0, 1, 7)[1:, None]

    def take(n):
        nonlocal i
        values = np.array([float(v) for v in parts[i:i + n]]).reshape(-1, 2)
        i += n
        return values
    while i < len(parts):
        if parts[i].isalpha():
            command = parts[i]
            i += 1
            if command in "zZ":
                continue
        near = at if command.islower() else 0
        kind = command.lower()
        if kind in "ml":
            at = take(2)[0] + near
            points.append(at[None])
            command = {"m": "l", "M": "L"}.get(command, command)
            control = None
        elif kind in "cs":
            if kind == "c":
                a, b, c = take(6) + near
            else:
                b, c = take(4) + near
                a = at if control is None else 2 * at - control
            points.append((1 - steps) ** 3 * at + 3 * (1 - steps) ** 2 * steps * a + 3 * (1 - steps) * steps ** 2 * b + steps ** 3 * c)
            at, control = c, b
        else:
            i += 1
    return np.concatenate(points).astype(np.float32) if points else np.zeros((0, 2), np.float32)


class Strokes:
    """The strokes of KanjiVG, and hands that write with them."""

    def __init__(self, path, forms):
        strokes = json.loads(gzip.decompress(pathlib.Path(path).read_bytes()))["strokes"]
        self.forms = forms
        points, owner, middles, swing, self.ranges, ends = [], [], [], [], [], []
        at = 0
        for c, _ in forms:
            begin = len(middles)
            for path in strokes.get(c, strokes.get(unicodedata.normalize("NFKC", c), [])):
                line = bends(path)
                if len(line) == 0:
                    continue
                points.append(line)
                owner.append(np.full(len(line), len(middles)))
                middles.append(line.mean(0))
                swing.append(np.sin(np.linspace(0, math.pi, len(line))))
                ends.append((at, at + len(line)))
                at += len(line)
            self.ranges.append((begin, len(middles)))
        self.points, self.owner = np.concatenate(points), np.concatenate(owner)
        self.middles, self.swing, self.ends = np.array(middles), np.concatenate(swing)[:, None], ends
        self.character = np.concatenate([np.full(b - a, i) for i, (a, b) in enumerate(self.ranges)])

    def hand(self, rng, borrowed):
        """A hand of its own: slant, haste, pen, how far strokes stray. Signs that have no
        strokes are those of `borrowed`, a handwriting font."""
        wild = rng.random()
        slant, narrow = rng.normal(0.03, 0.12), rng.uniform(0.78, 1.08)
        stray, wobble = 0.6 + 3.4 * wild * rng.random(), 0.3 + 1.8 * wild * rng.random()
        turn, grow = 0.02 + 0.09 * wild, 0.02 + 0.10 * wild
        joins = 0.5 * max(0.0, wild - 0.35) * rng.random()
        pen, latin = rng.uniform(1.5, 5.5), rng.uniform(0.5, 0.75)
        n, count = len(self.middles), len(self.forms)
        angle = rng.normal(0, turn, n)
        cos, sin, o = np.cos(angle)[self.owner], np.sin(angle)[self.owner], self.owner
        out = (self.points - self.middles[o]) * (1 + rng.normal(0, grow, (n, 2)))[o]
        out = np.stack([out[:, 0] * cos - out[:, 1] * sin, out[:, 0] * sin + out[:, 1] * cos], 1)
        out += (self.middles + rng.normal(0, stray, (n, 2)))[o]
        out += self.swing * rng.normal(0, wobble, (n, 2))[o]
        out = (out - 54.5) * rng.normal(1, 0.05, (count, 2))[self.character[o]]
        squeeze = np.array([narrow * (latin if c.isascii() else 1.0) for c, _ in self.forms])
        out[:, 0] = out[:, 0] * squeeze[self.character[o]] - slant * out[:, 1]
        out *= EM * 2 / 100
        joined = rng.random(n) < joins
        pictures, advance = borrowed.pictures.copy(), borrowed.advance.copy()
        exists = borrowed.exists.copy()
        for at, (first, last) in enumerate(self.ranges):
            if first == last:
                continue
            flat = out[self.ends[first][0]: self.ends[last - 1][1]]
            half = min(max(float(np.abs(flat[:, 0]).max()), 5.0) + 4, CELL - LEFT)
            flat = ((flat + [half, CELL + 2]) * 16).astype(np.int32)
            zero = self.ends[first][0]
            polys = [flat[a - zero: b - zero] for a, b in self.ends[first:last]]
            polys += [np.stack([polys[k][-1], polys[k + 1][0]]) for k in range(last - first - 1) if joined[first + k]]
            cell = np.zeros((CELL * 2, CELL * 2), np.uint8)
            cv2.polylines(cell, polys, False, 255, max(1, int(pen + rng.random())), cv2.LINE_AA, 4)
            cell = cv2.resize(cell, (CELL, CELL), interpolation=cv2.INTER_AREA)
            pictures[at] = 0
            pictures[at, :, LEFT:] = cell[:, : CELL - LEFT]
            advance[at], exists[at] = half, True
        return Glyphs(pictures, advance, exists, True)
