"""Fonts, and the two ways of putting them on paper: set in type, or written by hand."""

import functools
import math

from PIL import Image, ImageDraw, ImageFont

# Name in the page definitions -> (file, index in the collection). All from Debian packages;
# README.md names package and licence of each.
FONTS = {
    "ipa-mincho": ("/usr/share/fonts/opentype/ipafont-mincho/ipam.ttf", 0),
    "ipa-gothic": ("/usr/share/fonts/opentype/ipafont-gothic/ipag.ttf", 0),
    "noto-serif": ("/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc", 0),
    "noto-sans": ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 0),
    "noto-sans-bold": ("/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc", 0),
    "vl-gothic": ("/usr/share/fonts/truetype/vlgothic/VL-Gothic-Regular.ttf", 0),
    "takao-mincho": ("/usr/share/fonts/truetype/takao-mincho/TakaoMincho.ttf", 0),
    "motoya-cedar": ("/usr/share/fonts/truetype/motoya-l-cedar/MTLc3m.ttf", 0),
    "motoya-maruberi": ("/usr/share/fonts/truetype/motoya-l-maruberi/MTLmr3m.ttf", 0),
    "klee": ("/usr/share/fonts/truetype/klee/KleeOne-Regular.ttf", 0),
    "klee-bold": ("/usr/share/fonts/truetype/klee/KleeOne-SemiBold.ttf", 0),
    "kiloji": ("/usr/share/fonts/truetype/kiloji/kiloji.ttf", 0),
    "seto": ("/usr/share/fonts/truetype/seto/setofont.ttf", 0),
    "yozfont": ("/usr/share/fonts/truetype/yozvox-yozfont/YOzRS_.ttf", 0),
    "aoyagi-kouzan": ("/usr/share/fonts/truetype/aoyagi-kouzan-t/AoyagiKouzanT.ttf", 0),
}

# Turned by a quarter in vertical writing; the small signs move to the upper right instead.
TURNED = set("ー－-–—~〜（）()「」『』［］[]：:…＝=→")
RAISED = set("、。，．")
SMALL = set("ぁぃぅぇぉっゃゅょァィゥェォッャュョ")


@functools.lru_cache(maxsize=None)
def font(name, pixels):
    path, index = FONTS[name]
    return ImageFont.truetype(path, pixels, index=index, layout_engine=ImageFont.Layout.BASIC)


def width(name, pixels, text):
    return font(name, pixels).getlength(text)


def put(image, mask, left, top, ink):
    """Lays ink through a mask; returns the box of what was inked, or None."""
    box = mask.getbbox()
    if box is None:
        return None
    image.paste(ink, (left, top), mask)
    return left + box[0], top + box[1], left + box[2], top + box[3]


def union(boxes):
    boxes = [box for box in boxes if box]
    if not boxes:
        return None
    return (min(b[0] for b in boxes), min(b[1] for b in boxes),
            max(b[2] for b in boxes), max(b[3] for b in boxes))


def typeset(image, name, pixels, x, y, text, ink):
    """One line in type, its middle at y."""
    face = font(name, pixels)
    length = int(face.getlength(text)) + 2 * pixels
    mask = Image.new("L", (length, 2 * pixels), 0)
    ImageDraw.Draw(mask).text((pixels // 2, pixels), text, font=face, fill=255, anchor="lm")
    return put(image, mask, round(x) - pixels // 2, round(y) - pixels, ink)


def one(name, pixels, character, turn):
    """A single character in the middle of a square mask."""
    side = 2 * pixels
    mask = Image.new("L", (side, side), 0)
    face = font(name, pixels)
    left = (side - face.getlength(character)) / 2
    ImageDraw.Draw(mask).text((left, pixels), character, font=face, fill=255, anchor="lm")
    return mask.rotate(turn, Image.BICUBIC) if turn else mask


def write(image, name, pixels, x, y, text, ink, rng, unrest=1.0):
    """One line by hand: every letter a little larger, higher and more slanted than its neighbour."""
    boxes, cursor = [], x
    slope = rng.normal(0, 0.006) * unrest
    wave, phase = pixels * 0.03 * unrest, rng.uniform(0, 6.28)
    for character in text:
        size = max(8, round(pixels * (1 + rng.normal(0, 0.035) * unrest)))
        advance = font(name, size).getlength(character)
        tilt, lift = rng.normal(0, 1.8) * unrest, rng.normal(0, 0.025) * unrest * pixels
        if not character.isspace():
            mask = one(name, size, character, tilt)
            pressure = rng.uniform(0.86, 1.0)
            mask = mask.point(lambda value: round(value * pressure))
            top = y + slope * (cursor - x) + wave * math.sin(phase + (cursor - x) / pixels) + lift
            left = cursor + advance / 2 - size
            boxes.append(put(image, mask, round(left), round(top) - size, ink))
        cursor += advance * (0.97 + rng.normal(0, 0.02) * unrest)
    return union(boxes)


def downward(image, name, pixels, x, y, text, ink, rng=None, pitch=1.06):
    """One line of vertical writing, its middle at x, its head at y."""
    boxes, cursor = [], y + pixels / 2
    for character in text:
        if not character.isspace():
            turn, dx, dy = 0, 0, 0
            if character in TURNED:
                turn = -90
            elif character in RAISED:
                dx, dy = 0.6 * pixels, -0.55 * pixels
            elif character in SMALL:
                dx, dy = 0.1 * pixels, -0.1 * pixels
            if rng is not None:
                turn += rng.normal(0, 1.5)
                dx += rng.normal(0, 0.02) * pixels
            mask = one(name, pixels, character, turn)
            boxes.append(put(image, mask, round(x + dx) - pixels, round(cursor + dy) - pixels, ink))
            cursor += pixels * pitch
        else:
            cursor += pixels * (1.0 if character == "　" else 0.5)
    return union(boxes), cursor - pixels / 2
