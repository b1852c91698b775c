"""処方箋, the form of health insurance (様式第二号)."""

from items import write

from . import parts


def draw(sheet, page, words):
    patient, doctor = page["patient"], page["doctor"]
    x, width = 14, sheet.width - 28
    half = width / 2
    sheet.label(sheet.width / 2, 14, "処　方　箋", 6.4, anchor="m")
    sheet.label(sheet.width / 2, 20.5, "（この処方箋は、どの保険薬局でも有効です。）", 2.6, anchor="m")
    top = 26
    sheet.grid(x, top, [30, half - 30, 30, half - 30], [8, 8])
    sheet.label(x + 1.5, top + 4, "公費負担者番号", 2.6, width=27)
    parts.digits(sheet, x + 33, top + 4, None, pitch=5.2, height=5.6)
    sheet.label(x + 1.5, top + 12, "公費負担医療の受給者番号", 2.6, width=27)
    parts.digits(sheet, x + 33, top + 12, None, boxes=7, pitch=5.2, height=5.6)
    sheet.label(x + half + 1.5, top + 4, "保険者番号", 2.6)
    parts.digits(sheet, x + half + 33, top + 4, patient.get("insurer"), pitch=5.2, height=5.6,
                 refs=["patient.insurer_number"], size=3.6)
    sheet.label(x + half + 1.5, top + 12, "被保険者証の記号・番号", 2.6, width=27)
    sheet.entry(x + half + 33, top + 12, patient.get("insured", ""), 3.8, refs=["patient.insured_number"])

    top = 46
    sheet.grid(x, top, [8, half - 8], [30])
    for index, character in enumerate("患者"):
        sheet.label(x + 4, top + 10 + index * 9, character, 3.2, anchor="m")
    _, middle = sheet.grid(x + 8, top, [18, half - 26], [12, 10, 8])
    sheet.label(x + 10, middle[0], "氏　名", 2.9)
    sheet.entry(x + 28, middle[0] + 1.4, patient["name"], 5.6, refs=["patient.name"])
    if patient.get("kana"):
        sheet.entry(x + 28, middle[0] - 4, patient["kana"], 2.4, refs=["patient.kana"])
    sheet.label(x + 10, middle[1], "生年月日", 2.9)
    sheet.entry(x + 28, middle[1], patient["birth"], 3.8, width=46, refs=["patient.birth_date"])
    parts.sex(sheet, x + half - 15, middle[1], patient["sex"], 3.0, refs=["patient.sex"])
    sheet.label(x + 10, middle[2], "区　分", 2.9)
    insured = sheet.label(x + 30, middle[2], "被保険者", 2.8)
    sheet.label(x + 50, middle[2], "被扶養者", 2.8)
    sheet.circle(insured, grow=0.5)
    right = x + half + 4
    sheet.label(right, top + 3.5, "保険医療機関の", 2.5)
    sheet.label(right, top + 7.5, "所在地及び名称", 2.5)
    sheet.entry(right + 25, top + 3.5, doctor["address"], 3.1, hand=False, font=sheet.label_font, width=60)
    sheet.entry(right + 25, top + 8, doctor["clinic"], 3.6, hand=False, font=sheet.label_font, width=60)
    sheet.label(right, top + 14.5, "電話番号", 2.5)
    sheet.entry(right + 25, top + 14.5, doctor["phone"], 3.1, hand=False, font=sheet.label_font)
    sheet.label(right, top + 21.5, "保険医氏名", 2.5)
    sheet.entry(right + 25, top + 21.5, doctor["name"], 4.6)
    sheet.label(x + width - 7, top + 21.5, "印", 2.6)
    sheet.seal(x + width - 6, top + 21.5, doctor["seal"], radius=4.6)
    sheet.label(right, top + 27.5, "コード", 2.5)
    _, middle = sheet.grid(x, 79, [26, half - 26, 30, half - 30], [9])
    sheet.label(x + 1.5, middle[0], "交付年月日", 2.9)
    sheet.entry(x + 29, middle[0], page["date"], 4.0)
    sheet.label(x + half + 1.5, middle[0], "処方箋の使用期間", 2.6)
    sheet.label(x + half + 32, middle[0] - 1.8, "特に記載のある場合を除き、交付の日を含めて", 2.0, width=half - 33)
    sheet.label(x + half + 32, middle[0] + 1.8, "４日以内に保険薬局に提出すること。", 2.0)

    # The prescription itself
    top, bottom = 91, sheet.height - 62
    sheet.grid(x, top, [9, 22, width - 31], [7, bottom - top - 7])
    sheet.label(x + 20, top + 3.5, "変更不可", 2.4, anchor="m")
    sheet.label(x + 33, top + 3.5, "個々の処方薬について、後発医薬品への変更に差し支えがある場合は、「変更不可」欄に記載", 2.0)
    for index, character in enumerate("処方"):
        sheet.label(x + 4.5, (top + bottom) / 2 - 8 + index * 16, character, 3.8, anchor="m")
    pitch, size = page.get("pitch", 8), page.get("entry_size", 4.4)
    end = write(sheet, x + 35, top + 14, width - 38, pitch, page["items"], words, page["date"], size)
    if end > bottom:
        raise ValueError("more was prescribed than the form holds")
    sheet.entry(x + 62, end + 2, "－－－ 以下余白 －－－", 3.6)

    top = bottom + 2
    sheet.grid(x, top, [9, width - 9], [26])
    for index, character in enumerate("備考"):
        sheet.label(x + 4.5, top + 8 + index * 10, character, 3.2, anchor="m")
    sheet.label(x + 12, top + 4.5, "保険医署名", 2.5)
    write(sheet, x + 12, top + 12, width - 16, 7, page.get("remarks"), words, page["date"], 3.9)
    _, middle = sheet.grid(x, top + 28, [26, half - 26, 34, half - 34], [9, 11])
    sheet.label(x + 1.5, middle[0], "調剤済年月日", 2.5)
    sheet.label(x + 29, middle[0], "令和　　　年　　　月　　　日", 2.7)
    sheet.label(x + half + 1.5, middle[0], "公費負担者番号", 2.5)
    sheet.label(x + 1.5, middle[1], "保険薬局の所在地", 2.5, width=23)
    sheet.label(x + half + 1.5, middle[1], "保険薬剤師氏名", 2.5)
    for seal in page.get("seals", []):
        sheet.seal(**seal)
    for stamp in page.get("date_stamps", []):
        sheet.date_stamp(**stamp)
    parts.note(sheet)
