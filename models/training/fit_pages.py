"""Fits the curve of lines in ../confidence.json to whole pages, which hold more than lines:
pieces of lines, dirt, marks.

    fit_pages.py READ_DIR PRACTICE_DIR READINGS.jsonl [--write]

READ_DIR has NAME.json for pages of ../../samples, as `read_pages READ_DIR ../../samples/*.jpg`
(an example of crate ocr) writes them with the present weights. Fits what must be done to the
evidence for a line, beside whether it is a single character, so that it tells how often such a
line is right: nine tenths of what was written in its place were read, by it and its neighbours.
The samples are read well, so the made-up lines that fit_confidence.py took (PRACTICE_DIR,
READINGS) count as well: alone, the samples make the curve too sure of worn pages.
"""
import json
import pathlib
import sys

import numpy as np

from fit_confidence import LINE, Fit, calibration_error, chance, is_right, line_signs, log_odds, logistic, plain, ranking, rows_of

MODELS = pathlib.Path(__file__).resolve().parent.parent
SAMPLES = MODELS.parent / "samples"


def errors_within(wanted, text):
    """The fewest errors with which `wanted` stands anywhere in `text`."""
    row = [0] * (len(text) + 1)
    for at, character in enumerate(wanted, 1):
        above, row[0] = row[0], at
        for j, other in enumerate(text, 1):
            above, row[j] = row[j], min(above + (character != other), row[j] + 1, row[j - 1] + 1)
    return min(row)


def together(a, b):
    """Whether two boxes share three tenths of the smaller one."""
    wide, tall = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    area = lambda box: max((box[2] - box[0]) * (box[3] - box[1]), 1)
    return wide > 0 and tall > 0 and wide * tall > 0.3 * min(area(a), area(b))


def judged(read, truth):
    """(confidence, whether it is one character, whether it is right) of each line of a page."""
    written = [line for line in truth["lines"] if plain(line["text"])]
    lines = [line for line in read["lines"] if plain(line["text"])]
    there = [[line for line in lines if together(line["bbox"], was["bbox"])] for was in written]
    share = []
    for was, found in zip(written, there):
        wanted = plain(was["text"])
        text = plain("".join(line["text"] for line in found))
        share.append(1 - errors_within(wanted, text) / len(wanted))
    for line in lines:
        of = [at for at, found in enumerate(there) if any(line is other for other in found)]
        if of and all(written[at]["kind"] not in ("label", "entry") for at in of):
            continue  # seals and struck words are nobody's loss
        size = [len(plain(written[at]["text"])) for at in of]
        right = bool(of) and np.average([share[at] for at in of], weights=size) >= 0.9
        yield line["confidence"], len(plain(line["text"])) == 1, right


def main():
    rows = []
    for path in sorted(pathlib.Path(sys.argv[1]).glob("*.json")):
        truth = json.loads((SAMPLES / f"{path.stem}.truth.json").read_text("utf-8"))
        rows += judged(json.loads(path.read_text("utf-8")), truth)
    samples = len(rows)
    practice = rows_of(*sys.argv[2:4])
    made_up = Fit(practice)
    weights = json.loads((MODELS / "confidence.json").read_text("utf-8"))["line"]
    present = [weights[name] for name in LINE]
    for row in practice:
        symbols, word = made_up.read(row)
        if symbols:
            sure = float(chance(np.array(present), line_signs(symbols, word)))
            rows.append((sure, len(symbols) == 1, is_right(row, symbols)))
    p, single, right = np.array(rows, float).T
    signs = np.c_[log_odds(p), single]
    fit = logistic(signs, right)
    after = chance(fit, signs)
    print(f"{samples} lines of samples, {len(p) - samples} made up, {right.mean():.2f} right")
    print(f"before: AUROC {ranking(p, right):.3f}, calibration error {calibration_error(p, right):.3f}")
    print(f"after: AUROC {ranking(after, right):.3f}, calibration error {calibration_error(after, right):.3f}")
    if "--write" in sys.argv:
        weights = json.loads((MODELS / "confidence.json").read_text("utf-8"))
        base, slope, alone = fit
        line = {name: round(float(slope * weights["line"][name]), 4) for name in LINE}
        line["base"] = round(float(line["base"] + base), 4)
        line["single"] = round(float(line["single"] + alone), 4)
        weights["line"] = line
        text = json.dumps(weights, indent=2, ensure_ascii=False)
        (MODELS / "confidence.json").write_text(text + "\n", "utf-8")
    return fit


if __name__ == "__main__":
    main()
