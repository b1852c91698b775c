"""A sheet of paper that remembers what was put on it, and where."""

import math

from PIL import Image, ImageChops, ImageDraw

import pen

BLACK, BLUE_BLACK, BLUE, PENCIL = (24, 24, 26), (28, 32, 66), (38, 54, 140), (74, 74, 78)
VERMILION = (208, 44, 36)
INKS = {"black": BLACK, "blue-black": BLUE_BLACK, "blue": BLUE, "pencil": PENCIL}

# Width and height in millimetres.
PAPER = {"A4": (210, 297), "A4 landscape": (297, 210), "A5": (148, 210), "A5 landscape": (210, 148),
         "B5": (182, 257), "A6": (105, 148)}


class Sheet:
    """Lengths are millimetres from the upper left corner; text hangs on its middle line."""

    def __init__(self, width, height, dpi, rng, *, label="ipa-mincho", entry="ipa-mincho",
                 hand=False, ink="black", unrest=1.0):
        self.width, self.height, self.dpi, self.rng = width, height, dpi, rng
        self.label_font, self.entry_font, self.hand = label, entry, hand
        self.ink, self.unrest = INKS[ink], unrest
        self.image = Image.new("RGB", (self.px(width), self.px(height)), (255, 255, 255))
        self.draw = ImageDraw.Draw(self.image)
        self.lines, self.rings = [], []
        self.findings = {kind: [] for kind in ("medications", "diagnoses", "allergies", "observations")}
        self.named, self.symptoms = {}, {}

    def px(self, millimetres):
        return round(millimetres * self.dpi / 25.4)

    # Rules and boxes

    def rule(self, x0, y0, x1, y1, weight=0.22, ink=BLACK):
        self.draw.line([self.px(x0), self.px(y0), self.px(x1), self.px(y1)], fill=ink,
                       width=max(1, self.px(weight)))

    def box(self, x, y, width, height, weight=0.22, ink=BLACK):
        for edge in ((x, y, x + width, y), (x, y + height, x + width, y + height),
                     (x, y, x, y + height), (x + width, y, x + width, y + height)):
            self.rule(*edge, weight=weight, ink=ink)

    def grid(self, x, y, widths, heights, weight=0.22, ink=BLACK):
        """Draws a table; returns the left edges and the middles of its rows."""
        total_width, total_height = sum(widths), sum(heights)
        lefts, middles, at = [], [], x
        for width in widths:
            lefts.append(at)
            self.rule(at, y, at, y + total_height, weight, ink)
            at += width
        self.rule(at, y, at, y + total_height, weight, ink)
        at = y
        for height in heights:
            middles.append(at + height / 2)
            self.rule(x, at, x + total_width, at, weight, ink)
            at += height
        self.rule(x, at, x + total_width, at, weight, ink)
        return lefts, middles

    # Text

    def label(self, x, y, text, size=3.3, anchor="l", width=None, font=None, ink=BLACK, refs=()):
        """What the form's printer put there."""
        return self._put(x, y, text, size, anchor, width, font or self.label_font, ink, False,
                         "label", refs)

    def entry(self, x, y, text, size=4.2, anchor="l", width=None, refs=(), font=None, hand=None,
              ink=None, kind="entry"):
        """What somebody filled in."""
        hand = self.hand if hand is None else hand
        return self._put(x, y, text, size, anchor, width, font or self.entry_font,
                         ink or self.ink, hand, kind, refs)

    def length(self, text, size, font=None):
        return pen.width(font or self.entry_font, self.px(size), text) * 25.4 / self.dpi

    def _put(self, x, y, text, size, anchor, width, font, ink, hand, kind, refs):
        pixels = self.px(size)
        if width is not None:
            while pixels > 12 and pen.width(font, pixels, text) > self.px(width):
                pixels -= 1
        length = pen.width(font, pixels, text)
        left = self.px(x) - {"l": 0, "m": length / 2, "r": length}[anchor]
        if hand:
            box = pen.write(self.image, font, pixels, left, self.px(y), text, ink, self.rng,
                            self.unrest)
        else:
            box = pen.typeset(self.image, font, pixels, left, self.px(y), text, ink)
        return self.remember(text, box, kind, hand, refs)

    def downward(self, x, y, text, size=4.6, kind="entry", refs=(), font=None, hand=None, ink=None):
        """Vertical writing."""
        hand = self.hand if hand is None else hand
        box, end = pen.downward(self.image, font or self.entry_font, self.px(size), self.px(x),
                                self.px(y), text, ink or self.ink, self.rng if hand else None)
        self.remember(text, box, kind, hand, refs, vertical=True)
        return end * 25.4 / self.dpi

    def remember(self, text, box, kind, hand, refs, vertical=False):
        line = {"text": text, "box": box, "kind": kind, "hand": hand, "vertical": vertical,
                "refs": list(refs)}
        self.lines.append(line)
        return line

    # Marks

    def circle(self, line, ink=None, grow=0.9):
        """A ring drawn around a printed word, not quite closed and not quite round."""
        x0, y0, x1, y1 = line["box"]
        grow = self.px(grow)
        cx, cy, rx, ry = (x0 + x1) / 2, (y0 + y1) / 2, (x1 - x0) / 2 + grow, (y1 - y0) / 2 + grow
        start, points = self.rng.uniform(0, 6.28), []
        for step in range(0, 66):
            angle = start + step * 6.5 / 65
            swell = 1 + 0.05 * math.sin(2 * angle + start) + 0.0015 * step
            points.append((cx + rx * swell * math.cos(angle), cy + ry * swell * math.sin(angle)))
        self.ring(points, ink or self.ink, max(2, self.px(0.35)))

    def ring(self, points, ink, weight):
        """A stroke that goes around something."""
        self.draw.line(points, fill=ink, width=weight, joint="curve")
        xs, ys = [x for x, _ in points], [y for _, y in points]
        self.rings.append({"box": (min(xs), min(ys), max(xs), max(ys))})

    def strike(self, line, ink=None, strokes=2):
        """The double line that cancels an entry without hiding it."""
        x0, y0, x1, y1 = line["box"]
        middle, gap = (y0 + y1) / 2, self.px(0.45)
        for stroke in range(strokes):
            y = middle + (stroke - (strokes - 1) / 2) * 2 * gap
            points = [(x0 - gap + (x1 - x0 + 2 * gap) * step / 12,
                       y + self.rng.normal(0, 0.12) * gap) for step in range(13)]
            self.draw.line(points, fill=ink or self.ink, width=max(2, self.px(0.28)))
        line["kind"] = "struck"

    def seal(self, x, y, text, radius=6.0, font="ipa-mincho", square=False, remembered=True):
        """A red stamp: the words downward in a ring (認め印) or a frame; presses unevenly."""
        side = self.px(2 * radius + 2)
        mask = Image.new("L", (side, side), 0)
        draw = ImageDraw.Draw(mask)
        edge = self.px(1)
        frame = [edge, edge, side - edge, side - edge]
        (draw.rectangle if square else draw.ellipse)(frame, outline=255, width=max(2, self.px(0.4)))
        columns = text.split("\n")
        rows = max(len(column) for column in columns)
        pixels = round(min(self.px(2 * radius) * 0.82 / rows, self.px(2 * radius) * 0.82 / len(columns)))
        face = pen.font(font, pixels)
        for number, column in enumerate(columns):
            cx = side / 2 + ((len(columns) - 1) / 2 - number) * pixels
            for row, character in enumerate(column):
                cy = side / 2 + (row - (len(column) - 1) / 2) * pixels
                draw.text((cx, cy), character, font=face, fill=255, anchor="mm")
        return self._press(mask, x, y, "".join(columns), remembered)

    def date_stamp(self, x, y, rows, radius=8.0, font="ipa-gothic"):
        """The round date stamp of a clinic: three rows between two bars."""
        side = self.px(2 * radius + 2)
        mask = Image.new("L", (side, side), 0)
        draw = ImageDraw.Draw(mask)
        edge, weight = self.px(1), max(2, self.px(0.35))
        draw.ellipse([edge, edge, side - edge, side - edge], outline=255, width=weight)
        for height in (0.38, 0.62):
            draw.line([edge + side * 0.02, side * height, side - edge - side * 0.02, side * height],
                      fill=255, width=weight)
        for row, height in zip(rows, (0.24, 0.5, 0.76)):
            pixels = min(self.px(2 * radius * 0.19), round(side * 0.78 / max(1, len(row)) * 1.3))
            draw.text((side / 2, side * height), row, font=pen.font(font, pixels), fill=255, anchor="mm")
        return self._press(mask, x, y, "".join(rows), True)

    def _press(self, mask, x, y, text, remembered):
        side = mask.size[0]
        coarse = self.rng.uniform(0.35, 1.1, (side // 14 + 2, side // 14 + 2)).clip(0, 1)
        blots = Image.fromarray((coarse * 255).astype("uint8")).resize(mask.size, Image.BICUBIC)
        mask = Image.composite(mask, Image.new("L", mask.size, 0), blots)
        mask = mask.rotate(self.rng.normal(0, 5), Image.BICUBIC).point(lambda value: round(value * 0.85))
        left, top = self.px(x) - side // 2, self.px(y) - side // 2
        # Red ink lets the writing below show through.
        under = self.image.crop((left, top, left + side, top + side))
        red = Image.new("RGB", under.size, VERMILION)
        inked = ImageChops.multiply(under, red)
        under.paste(inked, (0, 0), mask)
        self.image.paste(under, (left, top))
        box = mask.getbbox()
        box = (left + box[0], top + box[1], left + box[2], top + box[3])
        if remembered:
            return self.remember(text, box, "stamp", False, (), vertical=False)
        return None

    # Findings

    def find(self, kind, finding):
        """Notes something that a reader of this page should find; returns its reference."""
        self.findings[kind].append(finding)
        reference = f"{kind}:{len(self.findings[kind]) - 1}"
        if "id" in finding:
            self.named[finding["id"]] = reference
        return reference

    def mention(self, name, negated):
        """Notes a symptom in the course that is no entry of its own; returns its reference."""
        reference = f"symptom:{len(self.symptoms)}"
        self.symptoms[reference] = {"name": name, "negated": negated}
        return reference
