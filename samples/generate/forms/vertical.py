"""縦書き: a letter in columns from right to left, on ruled writing paper."""

from items import register

from . import parts


def draw(sheet, page, words):
    pitch, size = page.get("pitch", 10), page.get("entry_size", 5.4)
    top, bottom = 22, sheet.height - 20
    x = sheet.width - 20
    columns = int((x - 14) / pitch)
    if page.get("ruled", True):
        for index in range(columns + 1):
            at = sheet.width - 20 + pitch / 2 - index * pitch
            sheet.rule(at, top - 6, at, bottom + 4, weight=0.14, ink=(176, 120, 120))
        sheet.box(x + pitch / 2 - columns * pitch, top - 6, columns * pitch, bottom - top + 10,
                  weight=0.3, ink=(176, 120, 120))
    for item in page["items"]:
        item = {"write": item} if isinstance(item, str) else dict(item)
        if "skip" in item:
            x -= pitch * item["skip"]
            continue
        references = register(sheet, item, words, page.get("date"))
        if item.get("patient"):
            references += [f"patient.{field}" for field in item["patient"]]
        lines = item["write"] if isinstance(item["write"], list) else [item["write"]]
        for text in lines:
            here = item.get("size", size)
            start = top + item.get("indent", 0) * size
            if item.get("foot"):
                start = bottom - len(text) * here * 1.06
            end = sheet.downward(x, start, text, here, refs=references)
            if end > bottom + 2:
                raise ValueError(f"{text} runs off the sheet")
            x -= pitch
    if x < 10:
        raise ValueError("more was written than the sheet holds")
    for seal in page.get("seals", []):
        sheet.seal(**seal)
    parts.note(sheet)
