"""A free sheet: ruled paper without a form, written from edge to edge."""

from items import write

from . import parts


def draw(sheet, page, words):
    patient = page.get("patient", {})
    pitch, size = page.get("pitch", 8), page.get("entry_size", 5)
    if page.get("ruled", True):
        y = 26.0
        while y < sheet.height - 12:
            sheet.rule(10, y, sheet.width - 10, y, weight=0.14, ink=(150, 172, 205))
            y += pitch
    if page.get("margin"):
        sheet.rule(28, 8, 28, sheet.height - 8, weight=0.16, ink=(220, 150, 150))
    if patient.get("name"):
        sheet.entry(sheet.width - 70, 16, patient["name"], size * 1.1, refs=["patient.name"])
    if patient.get("chart"):
        sheet.entry(sheet.width - 34, 16, patient["chart"], size * 0.9, refs=["patient.chart_number"])
    if page.get("heading"):
        sheet.entry(14, 16, page["heading"], size * 1.1)
    left = 31 if page.get("margin") else 13
    y = 26 + pitch * 0.5
    for visit in page["visits"]:
        date = visit.get("meant", visit.get("date"))
        if visit.get("date"):
            if page.get("margin"):
                sheet.entry(10, y, visit["date"], size * 0.85, width=17)
            else:
                sheet.entry(left, y, visit["date"], size)
                y += pitch
        y = write(sheet, left, y, sheet.width - left - 12, pitch, visit["items"], words, date, size)
        y += pitch * page.get("gap", 0.5)
    if y > sheet.height - 4:
        raise ValueError("more was written than the sheet holds")
    for seal in page.get("seals", []):
        sheet.seal(**seal)
    for stamp in page.get("date_stamps", []):
        sheet.date_stamp(**stamp)
    parts.note(sheet)
