"""お薬手帳: two pages with the labels of a pharmacy stuck on, and a note by hand."""

from items import write

from . import parts


def draw(sheet, page, words):
    patient = page["patient"]
    sheet.rule(sheet.width / 2, 0, sheet.width / 2, sheet.height, weight=0.6, ink=(188, 188, 188))
    half = sheet.width / 2
    for label, left in zip(page["labels"], (0, half)):
        x, y, width = left + 7, 12, half - 14
        height = label.get("height", sheet.height - 28)
        sheet.box(x, y, width, height, weight=0.2, ink=(120, 120, 120))
        sheet.label(x + 3, y + 6, "調剤日", 2.6)
        sheet.entry(x + 14, y + 6, label["date"], 3.6)
        sheet.entry(x + 3, y + 13, patient["name"] + " 様", 4.4, refs=["patient.name"])
        sheet.label(x + 3, y + 19.5, label["from"], 2.8, width=width - 6)
        sheet.rule(x + 3, y + 23, x + width - 3, y + 23)
        end = write(sheet, x + 4, y + 29, width - 8, label.get("pitch", 6.6), label["items"], words,
                    label["date"], label.get("size", 3.8))
        if end > y + height:
            raise ValueError("the label is too short")
        sheet.label(x + 3, y + height - 4, label["pharmacy"], 2.6, width=width - 6)
        if label.get("note"):
            write(sheet, x + 4, y + height + 7, width - 6, 7, label["note"], words, label["date"], 4.6,
                  hand=True, font=page["note_font"], ink=(38, 54, 140))
    sheet.label(half / 2, 6, "お薬手帳", 3.0, anchor="m", ink=(110, 130, 170))
    parts.note(sheet, y=sheet.height - 4)
