"""What a page says, as a reader of it should find it."""

import re

ERAS = {"明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018,
        "M": 1867, "T": 1911, "S": 1925, "H": 1988, "R": 2018}

MEALS = ("breakfast", "lunch", "dinner")


def meals(relation, which=MEALS):
    return [f"{relation}_{meal}" for meal in which]


# Usage as the page definitions give it -> (doses a day, when).
USAGES = {
    "分1 朝食後": (1, ["after_breakfast"]),
    "分1 夕食後": (1, ["after_dinner"]),
    "分1 眠前": (1, ["bedtime"]),
    "分1 朝食前": (1, ["before_breakfast"]),
    "分2 朝夕食後": (2, ["after_breakfast", "after_dinner"]),
    "分2 朝夕食前": (2, ["before_breakfast", "before_dinner"]),
    "分3 毎食後": (3, meals("after")),
    "分3 毎食前": (3, meals("before")),
    "分3 毎食直前": (3, meals("just_before")),
    "分3 食間": (3, meals("between")),
    "分4 毎食後と眠前": (4, [*meals("after"), "bedtime"]),
    "1日1回 朝食後": (1, ["after_breakfast"]),
    "1日1回 夕食後": (1, ["after_dinner"]),
    "1日1回 朝食前": (1, ["before_breakfast"]),
    "1日1回 就寝前": (1, ["bedtime"]),
    "1日1回 起床時": (1, ["wakeup"]),
    "1日2回 朝・夕食後": (2, ["after_breakfast", "after_dinner"]),
    "1日2回 朝食後と就寝前": (2, ["after_breakfast", "bedtime"]),
    "1日3回 毎食後": (3, meals("after")),
    "1日3回 毎食前": (3, meals("before")),
    "1日3回 毎食直前": (3, meals("just_before")),
    "1×M": (1, ["after_breakfast"]),
    "1×M n.d.E.": (1, ["after_breakfast"]),
    "1×v.d.S.": (1, ["bedtime"]),
    "1× v.d.S.": (1, ["bedtime"]),
    "2×MA": (2, ["after_breakfast", "after_dinner"]),
    "2×MA n.d.E.": (2, ["after_breakfast", "after_dinner"]),
    "3×n.d.E.": (3, meals("after")),
    "3× n.d.E.": (3, meals("after")),
    "3×v.d.E.": (3, meals("before")),
    "3× v.d.E.": (3, meals("before")),
    "3×z.d.E.": (3, meals("between")),
    "1日1回 貼付": (1, []),
    "1日2回 塗布": (2, []),
    "1日4回 点眼": (4, []),
    "1日2回 吸入": (2, []),
    "隔日": (None, []),
    "2T×2": (2, []),
    "1日2回": (2, []),
    "1日1回": (1, []),
}

# What a letter stands for on a prescription.
UNITS = {"T": "錠", "C": "カプセル", "U": "単位"}

SEX = {"男": "male", "女": "female"}


def iso_date(written):
    """`H30.6.12`, `昭和23年3月5日`, `H2` or `2024/5/1` as ISO 8601, as precise as written."""
    if written is None:
        return None
    text = str(written).replace("元", "1").replace(" ", "")
    match = re.match(r"(明治|大正|昭和|平成|令和|[MTSHR])(\d+)(?:[年./](\d+)(?:[月./](\d+))?)?", text)
    if match:
        year = ERAS[match[1]] + int(match[2])
        rest = match.groups()[2:]
    else:
        match = re.match(r"(\d{4})(?:[年./-](\d+)(?:[月./-](\d+))?)?", text)
        year, rest = int(match[1]), match.groups()[1:]
    return "-".join([f"{year:04}", *(f"{int(part):02}" for part in rest if part)])


def medication(data, written, drugs):
    """The truth of one drug from its short form in the page definition."""
    drug = drugs[data["drug"]]
    usage = data.get("usage")
    times, timing = USAGES[usage] if usage and not data.get("prn") else (None, [])
    if data.get("weekly"):
        times = None
    struck = bool(data.get("struck") or data.get("cancelled"))
    return {
        "id": data.get("id"),
        "name": drug["name"],
        "standard_name": data["drug"],
        "aliases": sorted({drug["name"], data["drug"], *drug.get("aliases", [])}),
        "name_written": data.get("as", drug["name"]),
        "strength": drug.get("strength"),
        "strength_written": data.get("strength_written", True) and bool(drug.get("strength")),
        "form": drug.get("form"),
        "dose": data.get("dose"),
        "dose_basis": data.get("per"),
        "unit": UNITS.get(data.get("unit"), data.get("unit")),
        "frequency": data.get("frequency", usage),
        "times_per_day": data.get("times", times),
        "timing": data.get("timing", timing),
        "prn": bool(data.get("prn")),
        "prn_reason": data.get("prn") if isinstance(data.get("prn"), str) else None,
        "weekly": bool(data.get("weekly")),
        "days": data.get("days"),
        "quantity": data.get("quantity"),
        "status": "cancelled" if struck else "active",
        "cancelled": struck,
        "codes": {"price_list": drug["code"]} if drug.get("code") else {},
        "surface": written,
    }


def diagnosis(data, written, diseases):
    name = data.get("disease", data.get("write"))
    disease = diseases[name]
    outcome, end = data.get("outcome"), data.get("end")
    return {
        "id": data.get("id"),
        "name": name,
        "aliases": sorted({name, *disease.get("aliases", [])}),
        "icd10": disease.get("icd10"),
        "status": data.get("status", "confirmed"),
        "modifiers": [{"name": name} for name in data.get("modifiers", [])],
        "main": bool(data.get("main")),
        "onset": iso_date(data.get("onset")),
        "end": iso_date(end),
        "outcome": outcome,
        "codes": {"icd10": disease["icd10"]} if disease.get("icd10") else {},
        "surface": written,
    }


def allergy(data, written):
    return {"substance": data["substance"], "reaction": data.get("reaction"),
            "negated": bool(data.get("negated")), "surface": written}


def observation(data, written, date):
    if isinstance(data, list):
        data = dict(zip(("item", "value", "unit", "flag"), data))
    return {"item": data["item"], "value": str(data["value"]), "unit": data.get("unit"),
            "flag": data.get("flag"), "reference": data.get("reference"),
            "date": iso_date(data.get("date", date)), "surface": written}


def patient(data):
    birth = data.get("birth")
    return {"name": data.get("name"), "kana": data.get("kana"), "birth_date": iso_date(birth),
            "sex": SEX.get(data.get("sex")), "chart_number": data.get("chart"),
            "insurer_number": data.get("insurer"), "insured_number": data.get("insured")}


def place(box, homography):
    """The corners of a box on the sheet, as they lie on the picture."""
    x0, y0, x1, y1 = box
    points = []
    for x, y in [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]:
        u, v, w = (row[0] * x + row[1] * y + row[2] for row in homography)
        points.append((u / w, v / w))
    return points


def around(points, width, height):
    xs, ys = [x for x, _ in points], [y for _, y in points]
    clamp = lambda value, most: int(min(max(round(value), 0), most))
    return [clamp(min(xs), width), clamp(min(ys), height), clamp(max(xs), width), clamp(max(ys), height)]


def of_page(name, page, sheet, picture, image, number):
    """The content of `<name>.truth.json`."""
    width, height = picture.image.size
    lines, places = [], {}
    for index, line in enumerate(line for line in sheet.lines if line["box"]):
        polygon = place(line["box"], picture.homography)
        bbox = around(polygon, width, height)
        lines.append({"id": index, "text": line["text"], "bbox": bbox,
                      "polygon": [[round(x, 1), round(y, 1)] for x, y in polygon],
                      "kind": line["kind"], "hand": line["hand"], "vertical": line["vertical"],
                      "refs": line["refs"]})
        for reference in line["refs"]:
            places.setdefault(reference, []).append(index)
    fields = {"patient": patient(page["patient"]) if page.get("patient") else patient({})}
    shown = {reference.split(".")[1] for reference in places if reference.startswith("patient.")}
    fields["patient"] = {key: value if key in shown else None for key, value in fields["patient"].items()}
    for kind, found in sheet.findings.items():
        fields[kind] = []
        for index, finding in enumerate(found):
            ids = places.get(f"{kind}:{index}", [])
            if not ids:
                raise ValueError(f"{name}: {kind}:{index} {finding} stands nowhere on the page")
            corners = [point for line in ids for point in lines[line]["polygon"]]
            finding = {key: value for key, value in finding.items() if key != "id"}
            fields[kind].append({**finding, "bbox": around(corners, width, height), "line_ids": ids})
    ids = [line for reference, found in places.items() if reference.startswith("patient.") for line in found]
    if ids:
        corners = [point for line in ids for point in lines[line]["polygon"]]
        fields["patient"]["bbox"] = around(corners, width, height)
    fields["symptom_mentions"] = [
        {"name": symptom["name"], "line_id": places[reference][0], "negated": symptom["negated"]}
        for reference, symptom in sheet.symptoms.items()]
    return {"page": name, "image": image, "page_number": number, "width": width, "height": height,
            "orientation": picture.orientation, "dpi": page["dpi"], "doctype": page["form"],
            "stratum": page["stratum"], "severity": page["severity"], "capture": page["capture"],
            "aging": [next(iter(step.items())) if isinstance(step, dict) else [step, {}]
                      for step in page.get("aging", [])],
            "lines": lines, "fields": fields}
