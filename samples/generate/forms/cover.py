"""様式第一号(一)の1: whose chart it is, and the table of diseases."""

import truth
from items import write

from . import parts


def draw(sheet, page, words):
    patient = page["patient"]
    x, width = 16, 180
    sheet.label(x, 13, "様式第一号（一）の1（第二十二条関係）", 2.6)
    sheet.label(150, 17, "カルテ番号", 2.8)
    sheet.entry(167, 17, patient["chart"], 4.2, refs=["patient.chart_number"])
    sheet.label(sheet.width / 2, 22, "診　療　録", 7.2, anchor="m")

    # Insurance
    top = 29
    sheet.grid(x, top, [38, 50, 38, 54], [9, 9, 8])
    sheet.label(x + 1.5, top + 4.5, "公費負担者番号", 2.9)
    parts.digits(sheet, x + 40, top + 4.5, patient.get("public_payer"))
    sheet.label(x + 89.5, top + 4.5, "保険者番号", 2.9)
    parts.digits(sheet, x + 129, top + 4.5, patient.get("insurer"), refs=["patient.insurer_number"])
    sheet.label(x + 1.5, top + 13.5, "公費負担医療の受給者番号", 2.9, width=35)
    parts.digits(sheet, x + 40, top + 13.5, patient.get("public_number"), boxes=7)
    sheet.label(x + 89.5, top + 13.5, "記号・番号", 2.9)
    if patient.get("insured"):
        sheet.entry(x + 129, top + 13.5, patient["insured"], 4.2, refs=["patient.insured_number"])
    sheet.label(x + 1.5, top + 22, "被保険者氏名", 2.9)
    if patient.get("insured_name"):
        sheet.entry(x + 40, top + 22, patient["insured_name"], 4.0)
    sheet.label(x + 89.5, top + 22, "資格取得", 2.9)
    if patient.get("since"):
        sheet.entry(x + 129, top + 22, patient["since"], 3.8)

    # Patient
    top = 58
    sheet.grid(x, top, [10], [42])
    for index, character in enumerate("受診者"):
        sheet.label(x + 5, top + 12 + index * 9, character, 3.4, anchor="m")
    rows = [7, 12, 11, 12]
    _, middle = sheet.grid(x + 10, top, [22, 148], rows)
    sheet.label(x + 12, middle[0], "フリガナ", 2.8)
    sheet.entry(x + 35, middle[0], patient["kana"], 3.2, refs=["patient.kana"])
    sheet.label(x + 12, middle[1], "氏　名", 3.3)
    sheet.entry(x + 35, middle[1], patient["name"], 7.0, refs=["patient.name"])
    sheet.label(x + 118, middle[1], "職業", 2.9)
    sheet.entry(x + 128, middle[1], patient.get("job", ""), 4.0)
    sheet.label(x + 12, middle[2], "生年月日", 3.3)
    after = parts.era(sheet, x + 35, middle[2], patient["birth"], refs=["patient.birth_date"])
    sheet.label(after, middle[2], "生", 3.0)
    sheet.label(x + 145, middle[2], "性別", 2.9)
    parts.sex(sheet, x + 158, middle[2], patient["sex"], 3.4, refs=["patient.sex"])
    sheet.label(x + 12, middle[3], "住　所", 3.3)
    sheet.entry(x + 35, middle[3], patient.get("address", ""), 3.9, width=92)
    sheet.label(x + 130, middle[3], "電話", 2.9)
    sheet.entry(x + 139, middle[3], patient.get("phone", ""), 3.7, width=38)
    _, middle = sheet.grid(x, 100, [24, 66, 20, 70], [8])
    sheet.label(x + 1.5, middle[0], "事業所 所在地", 2.5)
    sheet.label(x + 91.5, middle[0], "保険者 名称", 2.5)

    table(sheet, page, words, x, 113)

    # Remarks
    top = 246
    sheet.grid(x, top, [36, 60, 50, 34], [6, 8])
    for left, text in ((18, "労務不能に関する意見"), (66, "労務不能期間"), (121, "入院期間"), (163, "備考")):
        sheet.label(x + left, top + 3, text, 2.5, anchor="m")
    sheet.label(x + 66, top + 10, "自　 月　 日　至　 月　 日　 　日間", 2.5, anchor="m")
    sheet.label(x + 121, top + 10, "自　 月　 日　至　 月　 日", 2.5, anchor="m")
    sheet.box(x, top + 16, width, 20)
    sheet.label(x + 1.5, top + 20, "備　考", 2.9)
    write(sheet, x + 18, top + 20.5, width - 20, 7, page.get("remarks"), words, size=4.2)
    parts.note(sheet)
    for seal in page.get("seals", []):
        sheet.seal(**seal)


def table(sheet, page, words, x, top):
    rows = page.get("rows", 9)
    height = (244 - top - 10) / rows
    widths = [72, 14, 30, 30, 20, 14]
    lefts, middle = sheet.grid(x, top, widths, [10] + [height] * rows)
    for left, width, text in zip(lefts, widths, ("傷　　病　　名", "職務", "開　始", "終　了", "転　帰", "期間満了\n予定日")):
        for index, part in enumerate(text.split("\n")):
            offset = 0 if "\n" not in text else -2 + 4 * index
            sheet.label(left + width / 2, middle[0] + offset, part, 3.2 if "\n" not in text else 2.2, anchor="m")
    size = page.get("entry_size", 4.6)
    for index in range(rows):
        y = middle[index + 1]
        sheet.label(lefts[1] + 7, y, "上・外", 2.5, anchor="m")
        data = page["diagnoses"][index] if index < len(page["diagnoses"]) else None
        if data is None or not data.get("outcome") or data.get("outcome_ringed"):
            choices = {}
            for place, name in zip((-6.2, 0, 6.2), ("治ゆ", "死亡", "中止")):
                choices[name] = sheet.label(lefts[4] + 10 + place, y, name, 2.4, anchor="m")
        if data is None:
            continue
        refs = []
        if "disease" in data or not data.get("plain"):
            refs = [sheet.find("diagnoses", truth.diagnosis(data, data["write"], words.diseases))]
        line = sheet.entry(lefts[0] + 2, y, data["write"], size, width=widths[0] - 4, refs=refs)
        if data.get("struck"):
            sheet.strike(line)
        if data.get("onset"):
            sheet.entry(lefts[2] + 15, y, data["onset"], size * 0.9, anchor="m", width=28, refs=refs)
        if data.get("end"):
            sheet.entry(lefts[3] + 15, y, data["end"], size * 0.9, anchor="m", width=28, refs=refs)
        if data.get("outcome_ringed"):
            choices[data["outcome"]]["refs"] = refs
            sheet.circle(choices[data["outcome"]], grow=0.6)
        elif data.get("outcome"):
            sheet.entry(lefts[4] + 10, y, data["outcome"], size * 0.85, anchor="m", refs=refs)
