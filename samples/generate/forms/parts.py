"""Pieces that several forms share."""

import re

NOTE = "（見本：架空の患者・医療機関）"


def note(sheet, x=None, y=None):
    """Says on every sheet that nobody on it exists."""
    sheet.label(x or sheet.width - 12, y or sheet.height - 7, NOTE, 2.4, anchor="r", ink=(90, 90, 90))


def digits(sheet, x, y, number, boxes=8, pitch=5.6, height=6.4, refs=(), size=4.0):
    """A number in little boxes, one digit each."""
    for index in range(boxes):
        sheet.box(x + index * pitch, y - height / 2, pitch, height, weight=0.15)
    if number:
        parts = []
        start = boxes - len(number)
        for index, digit in enumerate(number):
            parts.append(sheet.entry(x + (start + index + 0.5) * pitch, y, digit, size, anchor="m", refs=()))
        for part in parts:
            sheet.lines.remove(part)
        boxes_of = [part["box"] for part in parts]
        sheet.remember(number, (min(b[0] for b in boxes_of), min(b[1] for b in boxes_of),
                                max(b[2] for b in boxes_of), max(b[3] for b in boxes_of)),
                       "entry", sheet.hand, refs)


def era(sheet, x, y, date, names=("明治", "大正", "昭和", "平成", "令和"), size=3.0, refs=(), gap=0.6):
    """`明治・大正・昭和…` in print with the right one ringed, and the date filled in."""
    match = re.match(r"(..)\s*(\S+?)年(\d+)月(\d+)日", date)
    for index, name in enumerate(names):
        line = sheet.label(x, y, name, size)
        if name == match[1]:
            line["refs"] = list(refs)
            ringed = line
        x += sheet.length(name, size, sheet.label_font) + gap
        if index < len(names) - 1:
            sheet.label(x, y, "・", size * 0.8)
            sheet.lines.pop()
            x += size * 0.55
    sheet.circle(ringed)
    x += 2.5
    parts = []
    for number, unit in zip(match.groups()[1:], "年月日"):
        parts.append(sheet.entry(x + 4, y, number, 4.0, anchor="m"))
        parts.append(sheet.label(x + 8.2, y, unit, size))
        x += 12.4
    for part in parts:
        sheet.lines.remove(part)
    boxes = [part["box"] for part in parts]
    sheet.remember(" ".join(part["text"] for part in parts),
                   (min(b[0] for b in boxes), min(b[1] for b in boxes),
                    max(b[2] for b in boxes), max(b[3] for b in boxes)), "entry", sheet.hand, refs)
    return x


def sex(sheet, x, y, value, size=3.2, refs=()):
    for index, name in enumerate("男女"):
        line = sheet.label(x + index * 2.3 * size, y, name, size)
        if name == value:
            line["refs"] = list(refs)
            sheet.circle(line, grow=0.7)
        if index == 0:
            sheet.label(x + 1.2 * size, y, "・", size)
            sheet.lines.pop()
