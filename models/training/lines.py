"""Lines of writing as pages hold them: composed, marked, worn by scanner, fax or camera.

A sample is a picture (ink dark on light), the classes of its characters, and where in the
picture each begins and ends.
"""
import math
import unicodedata

import cv2
import numpy as np

from glyphs import CELL, EM, LEFT, MARKS

TALL = 76  # rows of the canvas that a line is composed on
TOP = 14  # rows above a character's cell
HALF_WIDTH = 0.08  # share of printed lines whose katakana are half as wide, as computers once wrote them


class Writer:
    """Draws texts in given ways of writing."""

    def __init__(self, forms, texts, prints, hands, seed):
        self.rng = np.random.default_rng(seed)
        self.texts, self.prints, self.hands = texts, prints, hands
        self.at = {c: i for i, (c, _) in enumerate(forms)}
        self.classes = np.array([k for _, k in forms])
        halves = [chr(c) for c in range(0xFF66, 0xFF9E)]
        self.half = {unicodedata.normalize("NFKC", c + mark): c + mark for mark in ("", *MARKS) for c in halves}
        self.half = str.maketrans({c: half for c, half in self.half.items() if len(c) == 1})
        self.wide = str.maketrans({chr(c): chr(c + 0xFEE0) for c in range(0x21, 0x7F)})

    def at_marked(self, halves):
        """The class of a half-width character and its mark."""
        return self.classes[self.at[unicodedata.normalize("NFKC", halves)]]

    def composed(self, text, hand):
        """Ink (255 on 0), classes and places of a text in one way of writing."""
        rng = self.rng
        styles = self.hands if hand else self.prints
        style = styles[rng.integers(len(styles))]
        if not hand and rng.random() < 0.15:
            text = text.translate(self.wide)
        elif not hand and rng.random() < HALF_WIDTH:
            text = text.translate(self.half)
        track = rng.normal(0, 0.6) if rng.random() < 0.8 else rng.uniform(0, 14)
        if hand:
            track += rng.normal(1.0, 1.5)
        gap = rng.uniform(5, 16) if rng.random() < 0.85 else rng.uniform(14, 34)
        canvas = np.zeros((TALL, 48 * len(text) + 160), np.uint8)
        x, labels, places, said = 12.0, [], [], []
        drift = rng.normal(0, 0.02) if hand else 0.0
        jitter = abs(rng.normal(0, 1.2)) if hand else 0.0
        for c in text:
            if c in " \u3000":
                x += gap * (1.6 if c == "\u3000" else 1)
                continue
            at = self.at.get(c)
            if at is None or not style.exists[at]:
                continue
            y = TOP + (rng.normal(0, jitter) + drift * x if hand else 0)
            picture, advance = style.pictures[at], float(style.advance[at])
            if hand and rng.random() < 0.5:
                grow = rng.uniform(0.82, 1.1)
                side = int(CELL * grow)
                picture = cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA)
                y += (CELL - side) * 0.75
                advance *= grow
                left = int(LEFT * grow)
            else:
                left, side = LEFT, CELL
            y, at_x = int(min(max(y, 0), TALL - side)), int(round(x)) - left
            if at_x < 0 or at_x + side > canvas.shape[1]:
                break
            np.maximum(canvas[y:y + side, at_x:at_x + side], picture, out=canvas[y:y + side, at_x:at_x + side])
            grown = side / CELL
            begin, end = at_x + left + style.begin[at] * grown, at_x + left + style.end[at] * grown
            if c in MARKS and labels:
                places[-1], labels[-1] = (places[-1][0], end), self.at_marked(said[-1] + c)
            else:
                labels.append(self.classes[at])
                places.append((begin, end))
            said.append(c)
            x += advance + track + (rng.normal(0, jitter * 0.7) if hand else 0)
        return canvas[:, : int(min(x + 14, canvas.shape[1]))], np.array(labels, np.int64), np.array(places, np.float32).reshape(-1, 2)

    def marked(self, ink):
        """Rules, underlines, strike-outs, stamps and neighbours' ink over a line."""
        rng = self.rng
        rows, columns = ink.shape
        kind = rng.random()
        if kind < 0.06:  # a strike-out
            y = rng.uniform(TOP + 18, TOP + 30)
            for _ in range(rng.integers(1, 3)):
                cv2.line(ink, (int(rng.uniform(0, columns * 0.2)), int(y)), (int(columns * rng.uniform(0.7, 1)), int(y + rng.normal(0, 2))), int(rng.uniform(120, 255)), int(rng.integers(1, 3)), cv2.LINE_AA)
                y += rng.uniform(3, 7)
        elif kind < 0.15:  # a rest of a rule
            y = rng.choice([rng.uniform(TOP - 2, TOP + 6), rng.uniform(TOP + 38, TOP + 48)])
            a = rng.uniform(0, columns)
            cv2.line(ink, (int(a), int(y)), (int(a + rng.uniform(4, columns)), int(y + rng.normal(0, 1))), int(rng.uniform(60, 230)), int(rng.integers(1, 3)), cv2.LINE_AA)
        elif kind < 0.19:  # a stamp over it, in grey
            tone = int(rng.uniform(50, 150))
            other = np.zeros_like(ink)
            r = int(rng.uniform(20, 50))
            cv2.circle(other, (int(rng.uniform(0, columns)), int(rng.uniform(10, 66))), r, tone, int(rng.integers(2, 5)), cv2.LINE_AA)
            np.maximum(ink, other, out=ink)
        elif kind < 0.23:  # ink of the lines above and below
            for y in (0, TALL - 12):
                piece = np.roll(ink[TOP + 8: TOP + 20], int(rng.integers(0, columns)), 1)
                if rng.random() < 0.5:
                    ink[y:y + 12] = np.maximum(ink[y:y + 12], piece)
        return ink

    def worn(self, text, hand):
        """A line as scanned, faxed or photographed, at the page's size; None of no ink."""
        rng = self.rng
        ink, labels, places = self.composed(text, hand)
        if len(labels) == 0 or not ink.any():
            return None
        roll = rng.random()
        if roll < 0.12:
            ink = cv2.dilate(ink, np.ones((2, 2) if rng.random() < 0.6 else (3, 2), np.uint8))
        elif roll < 0.16 and not hand and ink.mean() > 35:
            ink = cv2.erode(ink, np.ones((1, 2) if rng.random() < 0.5 else (2, 1), np.uint8))
        inked = np.flatnonzero(ink.max(1) > 90)
        top, bottom = int(inked[0]), int(inked[-1]) + 1
        if bottom - top < 20:  # a dash alone is not blown up
            middle = (top + bottom) / 2
            top, bottom = int(middle - rng.uniform(10, 20)), int(middle + rng.uniform(10, 20))
        ink = self.marked(ink)
        tall = max(bottom - top, 12)
        above, below = tall * rng.choice([rng.uniform(0.01, 0.10), rng.uniform(0, 0.3)], 2)
        top, bottom = max(0, int(top - above)), min(TALL, int(bottom + below + 1))
        # The page's own resolution: em of 12 (small print of a 200-dpi fax) to 50 pixels.
        em = 12 * math.exp(rng.random() * math.log(50 / 12)) if rng.random() < 0.75 else rng.uniform(24, 44)
        scale = em / EM
        stretch = rng.uniform(0.85, 1.15) if rng.random() < 0.5 else 1.0
        matrix = np.array([[scale * stretch, 0, 0], [0, scale, -top * scale]])
        angle = rng.normal(0, 0.006)
        matrix[0, 1] = rng.normal(0, 0.03) * scale
        matrix[1, 0] = angle * scale
        matrix[1, 2] -= angle * scale * ink.shape[1] / 2
        # Where the middle of the writing comes to lie.
        middle = (inked[0] + inked[-1]) / 2
        places = places * matrix[0, 0] + middle * matrix[0, 1] + matrix[0, 2]
        size = (max(4, int(ink.shape[1] * scale * stretch)), max(4, int((bottom - top) * scale)))
        if scale < 0.75:
            ink = cv2.blur(ink, (2, 2))
        page = cv2.warpAffine(ink, matrix, size, flags=cv2.INTER_LINEAR).astype(np.float32)
        if rng.random() < (0.35 if hand else 0.12):
            page = self.bent(page, em)
        strength = rng.uniform(0.75, 1.0) if rng.random() < 0.7 else rng.uniform(0.3, 0.8)
        page *= strength
        if rng.random() < 0.6:
            page = cv2.GaussianBlur(page, (0, 0), rng.uniform(0.3, 0.55 + em / 60))
        page = self.scanned(255 - page, em, strength)
        return np.clip(page, 0, 255).astype(np.uint8), labels, places

    def bent(self, page, em):
        rng = self.rng
        rows, columns = page.shape
        points = max(3, columns // int(em))
        bend = cv2.resize(rng.normal(0, 0.05 * em, (3, points)).astype(np.float32), (columns, rows), interpolation=cv2.INTER_CUBIC)
        side = cv2.resize(rng.normal(0, 0.04 * em, (3, points)).astype(np.float32), (columns, rows), interpolation=cv2.INTER_CUBIC)
        y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
        return cv2.remap(page, x + side, y + bend, cv2.INTER_LINEAR)

    def scanned(self, page, em, strength):
        rng = self.rng
        rows, columns = page.shape
        kind = rng.random()
        if kind < 0.22:  # fax: two tones, with ragged edges
            rough = rng.normal(0, strength * rng.uniform(1, 28), page.shape).astype(np.float32)
            # Thin strokes in small writing are grey: too low a threshold would wipe them out.
            edge = 255 * (1 - strength * rng.uniform(0.2, 0.42 if em < 26 else 0.6))
            page = np.where(page + rough > edge, 255.0, 0.0).astype(np.float32)
            if rng.random() < 0.5:
                page = cv2.GaussianBlur(page, (0, 0), rng.uniform(0.3, 0.8))
        elif kind < 0.85:
            page += rng.normal(0, rng.uniform(0.5, 9), page.shape).astype(np.float32)
        if rng.random() < 0.10:  # specks
            n = int(rng.uniform(1, 8))
            page[rng.integers(0, rows, n), rng.integers(0, columns, n)] = rng.uniform(0, 160, n)
        if rng.random() < 0.10:  # uneven light
            page = page * np.linspace(rng.uniform(0.75, 1), rng.uniform(0.75, 1), columns, dtype=np.float32)
        if rng.random() < 0.3:
            page = np.clip(page, 0, 255).astype(np.uint8)
            ok, data = cv2.imencode(".jpg", page, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(20, 85))])
            page = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE).astype(np.float32)
        return page
