"""Written lines with what they mean: the unit of which page definitions consist.

An item is a text, or a mapping:
  write:        the line, or a list of lines
  indent:       how many letters further right
  medication / diagnosis / allergy / observations: what a reader should find in it
  symptoms:     symptoms that the line mentions in passing; 難聴(-) where it denies one
  of:           the ids of findings it belongs to (usage shared by the drugs above it)
  struck:       struck out by hand
  seal:         a small seal pressed beside it (訂正印)
  skip:         nothing written: this many lines left empty
"""

import truth


def register(sheet, item, words, date):
    """Notes the findings of an item; returns their references."""
    written = item["write"] if isinstance(item["write"], str) else " ".join(item["write"])
    references = [sheet.named[name] for name in item.get("of", [])]
    for data in listed(item, "medication"):
        found = truth.medication({**data, "struck": item.get("struck")}, data.get("surface", written), words.drugs)
        references.append(sheet.find("medications", found))
    for data in listed(item, "diagnosis"):
        found = truth.diagnosis({"write": written, **data}, data.get("surface", written), words.diseases)
        references.append(sheet.find("diagnoses", found))
    for data in listed(item, "allergy"):
        references.append(sheet.find("allergies", truth.allergy(data, written)))
    for data in item.get("observations", []):
        references.append(sheet.find("observations", truth.observation(data, written, date)))
    for name in item.get("symptoms", []):
        references.append(sheet.mention(name.removesuffix("(-)"), name.endswith("(-)")))
    return references


def listed(item, key):
    value = item.get(key, [])
    return value if isinstance(value, list) else [value]


def write(sheet, x, y, width, pitch, items, words, date=None, size=4.4, **style):
    """Writes items one below the other; returns where the next line would stand."""
    for item in items or []:
        item = {"write": item} if isinstance(item, str) else dict(item)
        if "skip" in item:
            y += pitch * item["skip"]
            continue
        references = register(sheet, item, words, date)
        lines = item["write"] if isinstance(item["write"], list) else [item["write"]]
        size_here = item.get("size", size)
        left = x + item.get("indent", 0) * size_here
        for text in lines:
            for part in broken(sheet, text, size_here, width - (left - x), style.get("font")):
                line = sheet.entry(left, y, part, size_here, refs=references,
                                   **{**style, **item.get("style", {})})
                if item.get("struck"):
                    sheet.strike(line)
                y += pitch
        if item.get("seal"):
            box = line["box"]
            sheet.seal((box[2]) * 25.4 / sheet.dpi + 5, y - pitch, item["seal"], radius=3.6)
    return y


def broken(sheet, text, size, width, font=None):
    """The text in as many lines as it needs."""
    rest = text
    while sheet.length(rest, size, font) > width:
        end = len(rest)
        while end > 1 and sheet.length(rest[:end], size, font) > width:
            end -= 1
        space = rest.rfind(" ", max(1, end - 6), end + 1)
        if space > 0:
            end = space
        yield rest[:end].rstrip()
        rest = rest[end:].lstrip()
    yield rest
