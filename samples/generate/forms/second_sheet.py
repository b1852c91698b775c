"""様式第一号(一)の2: the course at left, prescriptions and treatment at right, visit by visit."""

from items import write

from . import parts


def draw(sheet, page, words):
    patient = page.get("patient", {})
    x, top, width, bottom = 14, 30, 182, 284
    left_width = page.get("left_width", 106)
    sheet.label(x, 13, "様式第一号（一）の2（第二十二条関係）", 2.6)
    if patient.get("name"):
        sheet.label(112, 17, "氏名", 3.0)
        sheet.entry(122, 17, patient["name"], 4.8, refs=["patient.name"])
    if patient.get("chart"):
        sheet.label(166, 17, "No.", 3.0)
        sheet.entry(173, 17, patient["chart"], 4.2, refs=["patient.chart_number"])
    sheet.grid(x, top - 8, [left_width, width - left_width], [8, bottom - top])
    sheet.label(x + left_width / 2, top - 4, "既往症・原因・主要症状・経過等", 3.2, anchor="m")
    sheet.label(x + left_width + (width - left_width) / 2, top - 4, "処方・手術・処置等", 3.2, anchor="m")
    if page.get("ruled"):
        y = top + page["pitch"]
        while y < bottom - 1:
            sheet.rule(x, y, x + width, y, weight=0.12, ink=(150, 170, 200))
            y += page["pitch"]
    pitch, size = page.get("pitch", 7.6), page.get("entry_size", 4.4)
    y = top + pitch * 0.6
    for visit in page["visits"]:
        date = visit.get("date")
        start = y
        if date:
            sheet.entry(x + 2, y, date, size)
            start = y + pitch
        date = visit.get("meant", date)  # in full, where the page leaves out the year
        left = write(sheet, x + 2, start, left_width - 4, pitch, visit.get("left"), words, date, size)
        right = write(sheet, x + left_width + 2, start, width - left_width - 3, pitch,
                      visit.get("right"), words, date, page.get("right_size", size))
        for stamp in visit.get("date_stamps", []):
            sheet.date_stamp(stamp["x"], y + stamp.get("dy", 4), stamp["rows"], stamp.get("radius", 8))
        y = max(left, right) + pitch * page.get("gap", 0.6)
        if y > bottom + pitch:
            raise ValueError("more was written than the sheet holds")
    for seal in page.get("seals", []):
        sheet.seal(**seal)
    parts.note(sheet)
