"""Fits how sure the reader is of a line, in ../confidence.json, to whole pages, which hold more than
lines: pieces of lines, dirt, marks.

    fit_lines.py READ_DIR PAGES_DIR… [--write]

PAGES_DIR are pages with their truth (../../samples, what samples/generate/practice drew), READ_DIR what
`read_pages READ_DIR PAGES_DIR/*.jpg PAGES_DIR/*.png` (an example of crate ocr) made of them. A line is right
if nine tenths of what was written in its place were read, by it and its neighbours. Prints how well a fit on
four pages of five tells right lines from wrong ones on the fifth.
"""
import json
import pathlib
import sys

import numpy as np

from logistic import MODELS, calibration_error, chance, logistic, plain, ranking


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
    """(the line, whether it is right) of each line of a page."""
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
        yield line, bool(of) and np.average([share[at] for at in of], weights=size) >= 0.9


def main():
    folders = [pathlib.Path(folder) for folder in sys.argv[1:] if not folder.startswith("--")]
    read, truths = folders[0], folders[1:]
    x, before, right, pages = [], [], [], []
    for number, path in enumerate(sorted(read.glob("*.json"))):
        truth = next(truth for folder in truths if (truth := folder / f"{path.stem}.truth.json").exists())
        for line, is_right in judged(json.loads(path.read_text("utf-8")), json.loads(truth.read_text("utf-8"))):
            x.append(list(line["signs"].values()))
            names = list(line["signs"])
            before.append(line["confidence"])
            right.append(is_right)
            pages.append(number)
    x, before, right, pages = np.array(x), np.array(before), np.array(right, float), np.array(pages)
    p = np.zeros(len(right))
    for fold in range(5):
        held = pages % 5 == fold
        p[held] = chance(logistic(x[~held], right[~held]), x[held])
    print(f"{len(right)} lines of {pages.max() + 1} pages, {right.mean():.2f} right")
    for when, sure in (("with the present weights", before), ("fitted on other pages", p)):
        print(f"{when}: AUROC {ranking(sure, right):.3f}, calibration error {calibration_error(sure, right):.3f}")
    if "--write" in sys.argv:
        weights = json.loads((MODELS / "confidence.json").read_text("utf-8"))
        weights["line"] = dict(zip(["base", *names], (round(float(weight), 4) for weight in logistic(x, right))))
        (MODELS / "confidence.json").write_text(json.dumps(weights, indent=2, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
