"""お薬の説明書 (薬剤情報提供文書): a table of drugs with what each time of day takes."""

import truth

from . import parts

TIMES = ("朝", "昼", "夕", "寝る前")


def draw(sheet, page, words):
    patient = page["patient"]
    x, width = 13, sheet.width - 26
    sheet.label(x, 15, "お薬の説明書", 5.6)
    sheet.entry(x + 62, 15, patient["name"] + " 様", 5.0, refs=["patient.name"])
    sheet.label(x + 112, 15, "調剤日", 3.0)
    sheet.entry(x + 125, 15, page["date"], 3.8)
    sheet.label(x, 23, "処方医療機関", 2.8)
    sheet.entry(x + 21, 23, page["from"], 3.4)
    sheet.label(x + 112, 23, "医師", 2.8)
    sheet.entry(x + 125, 23, page["doctor"], 3.4)
    widths = [58, 56, 11, 11, 11, 13, width - 160]
    heights = [8] + [page.get("row", 27)] * len(page["drugs"])
    lefts, middle = sheet.grid(x, 30, widths, heights)
    for left, w, text in zip(lefts, widths, ("お薬の名前・形", "働き・飲み方", *TIMES, "日数")):
        sheet.label(left + w / 2, middle[0], text, 2.8 if len(text) < 3 else 2.7, anchor="m")
    for drug, y in zip(page["drugs"], middle[1:]):
        data = drug["medication"]
        found = truth.medication(data, " ".join([drug["name"], drug["usage"], drug["days"]]), words.drugs)
        refs = [sheet.find("medications", found)]
        sheet.entry(lefts[0] + 2, y - 8, drug["name"], 3.8, width=widths[0] - 3, refs=refs)
        sheet.label(lefts[0] + 2, y - 1, drug["looks"], 2.8, width=widths[0] - 22)
        tablet(sheet, lefts[0] + 44, y + 5, drug["shape"])
        sheet.label(lefts[1] + 2, y - 8, drug["does"], 3.0, width=widths[1] - 3)
        sheet.entry(lefts[1] + 2, y - 1, drug["usage"], 3.6, width=widths[1] - 3, refs=refs)
        for index, text in enumerate(drug.get("careful", [])):
            sheet.label(lefts[1] + 2, y + 5 + 4 * index, text, 2.5, width=widths[1] - 3)
        for left, w, amount in zip(lefts[2:6], widths[2:6], drug["at"]):
            if amount:
                sheet.entry(left + w / 2, y, str(amount), 4.0, anchor="m", refs=refs)
        sheet.entry(lefts[6] + widths[6] / 2, y, drug["days"], 3.6, anchor="m", width=widths[6] - 2, refs=refs)
    y = 30 + sum(heights) + 8
    for text in page.get("advice", []):
        sheet.label(x, y, text, 3.0)
        y += 6
    sheet.label(x, sheet.height - 18, page["pharmacy"], 3.2)
    parts.note(sheet)


def tablet(sheet, x, y, shape):
    """A drawing of the drug, as such sheets have a photograph."""
    px = sheet.px
    if shape == "capsule":
        sheet.draw.rounded_rectangle([px(x - 7), px(y - 2.4), px(x + 7), px(y + 2.4)], px(2.4),
                                     fill=(214, 214, 214), outline=(120, 120, 120), width=2)
        sheet.draw.rectangle([px(x), px(y - 2.3), px(x + 3), px(y + 2.3)], fill=(168, 168, 168))
    elif shape == "tape":
        sheet.draw.rectangle([px(x - 8), px(y - 4.5), px(x + 8), px(y + 4.5)], fill=(226, 220, 208),
                             outline=(120, 120, 120), width=2)
    else:
        sheet.draw.ellipse([px(x - 4), px(y - 4), px(x + 4), px(y + 4)], fill=(226, 226, 226),
                           outline=(130, 130, 130), width=2)
        sheet.draw.line([px(x), px(y - 3.4), px(x), px(y + 3.4)], fill=(160, 160, 160), width=2)
