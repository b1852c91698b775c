"""診療情報提供書 (紹介状): addressee, patient, then headed boxes; and its further sheets."""

from items import write

from . import parts


def draw(sheet, page, words):
    x, width = 18, 174
    if page.get("sheet", 1) == 1:
        top = head(sheet, page, x, width)
    else:
        patient = page["patient"]
        sheet.label(sheet.width / 2, 18, "診療情報提供書（別紙）", 4.6, anchor="m")
        sheet.label(x, 27, "患者氏名", 3.0)
        sheet.entry(x + 17, 27, patient["name"] + " 様", 4.4, refs=["patient.name"])
        if patient.get("chart"):
            sheet.label(x + 110, 27, "ID", 3.0)
            sheet.entry(x + 117, 27, patient["chart"], 4.0, refs=["patient.chart_number"])
        top = 33
    pitch, size = page.get("pitch", 6.8), page.get("entry_size", 4.0)
    for box in page["boxes"]:
        height = box["height"]
        sheet.grid(x, top, [28, width - 28], [height])
        for index, part in enumerate(box["label"].split("\n")):
            sheet.label(x + 2, top + 5 + 5 * index, part, 3.0)
        end = write(sheet, x + 30, top + 5.5, width - 32, pitch, box["items"], words, page.get("date"), size)
        if end - pitch / 2 > top + height:
            raise ValueError(f"{box['label']} holds more than its box")
        top += height
    if page.get("closing"):
        sheet.entry(x, top + 7, page["closing"], size)
    for seal in page.get("seals", []):
        sheet.seal(**seal)
    parts.note(sheet)


def head(sheet, page, x, width):
    patient, doctor = page["patient"], page["doctor"]
    sheet.label(sheet.width / 2, 19, "診療情報提供書", 6.4, anchor="m")
    sheet.entry(x + width, 28, page["date"], 3.8, anchor="r")
    sheet.label(x, 33, "紹介先医療機関等名", 2.8)
    sheet.entry(x, 40, page["to"], 4.6)
    sheet.entry(x + 4, 47, page["to_doctor"], 4.6)
    for row, (label, text, size) in enumerate((
            ("紹介元医療機関の所在地", doctor["address"], 3.3), ("名称", doctor["clinic"], 4.0),
            ("電話番号", doctor["phone"], 3.3), ("医師氏名", doctor["name"], 4.6))):
        sheet.label(x + 88, 52 + 6.2 * row, label, 2.6)
        sheet.entry(x + 118, 52 + 6.2 * row, text, size, width=52)
    sheet.seal(x + width - 4, 70, doctor["seal"], radius=5)
    top = 78
    _, middle = sheet.grid(x, top, [28, width - 28], [9, 9, 9])
    sheet.label(x + 2, middle[0], "患者氏名", 3.0)
    sheet.entry(x + 30, middle[0], patient["name"], 5.0, refs=["patient.name"])
    if patient.get("kana"):
        sheet.entry(x + 66, middle[0], f"（{patient['kana']}）", 3.4, refs=["patient.kana"])
    sheet.label(x + 120, middle[0], "性別", 3.0)
    parts.sex(sheet, x + 132, middle[0], patient["sex"], 3.4, refs=["patient.sex"])
    sheet.label(x + 2, middle[1], "生年月日", 3.0)
    sheet.entry(x + 30, middle[1], patient["birth"], 4.2, refs=["patient.birth_date"])
    sheet.entry(x + 80, middle[1], f"（{patient['age']}歳）", 3.8)
    sheet.label(x + 120, middle[1], "職業", 3.0)
    sheet.entry(x + 132, middle[1], patient.get("job", ""), 3.8)
    sheet.label(x + 2, middle[2], "住所・電話", 3.0)
    sheet.entry(x + 30, middle[2], patient["address"], 3.8, width=width - 32)
    return top + 27
