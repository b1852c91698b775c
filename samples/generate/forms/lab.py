"""検査結果報告書: a table of items, values, marks and reference ranges."""

import truth

from . import parts


def draw(sheet, page, words):
    patient = page["patient"]
    x, width = 12, sheet.width - 24
    sheet.label(sheet.width / 2, 12, page.get("title", "検 査 結 果 報 告 書"), 5.6, anchor="m")
    sheet.label(x, 22, "患者氏名", 2.8)
    sheet.entry(x + 16, 22, patient["name"] + " 様", 4.4, refs=["patient.name"])
    sheet.label(x + width * 0.40, 22, "患者ID", 2.8)
    sheet.entry(x + width * 0.40 + 12, 22, patient["chart"], 3.8, refs=["patient.chart_number"])
    narrow = width < 150
    at = x + width * (0.66 if narrow else 0.64)
    sheet.label(at, 22, "性別", 2.8)
    sheet.entry(at + 8, 22, patient["sex"], 3.8, refs=["patient.sex"])
    at, y = (at, 29) if narrow else (x + width * 0.74, 22)
    sheet.label(at, y, "生年月日", 2.8)
    sheet.entry(at + 14, y, patient["birth"], 3.4, refs=["patient.birth_date"])
    sheet.label(x, 29, "採取日", 2.8)
    sheet.entry(x + 16, 29, page["date"], 3.8)
    sheet.label(x + width * 0.40, 29, "依頼元", 2.8)
    sheet.entry(x + width * 0.40 + 12, 29, page["clinic"], 3.6, width=width * (0.2 if narrow else 0.4) + 2)
    sheet.rule(x, 33.5, x + width, 33.5, weight=0.5)

    columns = page["columns"]
    column_width = (width - 4 * (len(columns) - 1)) / len(columns)
    pitch = page.get("pitch", 6.6)
    for number, rows in enumerate(columns):
        left = x + number * (column_width + 4)
        at = [0, 0.33, 0.53, 0.60, 0.78]
        for place, text in zip(at, ("項目名", "結果", "", "単位", "基準値")):
            if text:
                sheet.label(left + place * column_width + 1, 38, text, 2.8)
        sheet.rule(left, 41, left + column_width, 41)
        y = 41 + pitch * 0.6
        for row in rows:
            if isinstance(row, str):
                sheet.label(left + 1, y, row, 2.8)
                y += pitch
                continue
            item, value, unit, reference, *flag = row
            flag = flag[0] if flag else None
            refs = [sheet.find("observations", {
                **truth.observation({"item": item, "value": value, "unit": unit or None, "flag": flag,
                                     "reference": reference or None}, f"{item} {value} {unit}".strip(),
                                    page["date"])})]
            sheet.label(left + 1, y, item, 3.3, refs=refs, width=at[1] * column_width - 2)
            sheet.entry(left + at[2] * column_width - 1, y, str(value), 3.7, anchor="r", refs=refs)
            if flag:
                sheet.entry(left + at[2] * column_width + 0.6, y, flag, 3.4, refs=refs)
            if unit:
                sheet.label(left + at[3] * column_width, y, unit, 2.8, refs=refs, width=0.17 * column_width)
            if reference:
                sheet.label(left + at[4] * column_width + 1, y, reference, 2.8, refs=refs,
                            width=0.21 * column_width)
            sheet.rule(left, y + pitch / 2, left + column_width, y + pitch / 2, weight=0.1, ink=(140, 140, 140))
            y += pitch
    if page.get("comment"):
        sheet.label(x, sheet.height - 16, "コメント", 2.8)
        sheet.entry(x + 16, sheet.height - 16, page["comment"], 3.6)
    for seal in page.get("seals", []):
        sheet.seal(**seal)
    for stamp in page.get("date_stamps", []):
        sheet.date_stamp(**stamp)
    parts.note(sheet)
