"""Fits how sure the network is of a symbol, in ../confidence.json, to made-up lines as it reads them.

    fit_symbols.py PRACTICE_DIR READINGS.jsonl [--write]

PRACTICE_DIR is what practice.py wrote, READINGS what `read_lines` (an example of crate ocr) made
of its pictures. Prints how well a fit on four fifths tells right symbols from wrong ones in the
other fifth. The curve of tesseract's symbols and what two engines' agreement is worth, which count
in columns alone, were fitted when lines were read by both, and stay as they are.
"""
import json
import pathlib
import sys

import numpy as np

from logistic import MODELS, calibration_error, chance, logistic, plain, ranking

SYMBOL = "base word closeness alphanumeric kana sign".split()


def rightness(texts, truth):
    """Which of the symbols are right: those that the pairing with the fewest errors pairs with themselves."""
    said = [plain(text) for text in texts]
    least = np.zeros((len(said) + 1, len(truth) + 1))
    least[:, 0], least[0] = np.arange(len(said) + 1), np.arange(len(truth) + 1)
    for i, text in enumerate(said):
        for j, wanted in enumerate(truth):
            least[i + 1, j + 1] = min(least[i, j] + (text != wanted), least[i, j + 1] + 1, least[i + 1, j] + 1)
    i, j, right = len(said), len(truth), np.zeros(len(said))
    while i and j:
        if least[i, j] == least[i - 1, j - 1] + (said[i - 1] != truth[j - 1]):
            i, j = i - 1, j - 1
            right[i] = said[i] == truth[j]
        elif least[i, j] == least[i - 1, j] + 1:
            i -= 1
        else:
            j -= 1
    return right


def signs(symbol, word):
    text, own = symbol
    first = text[0]
    latin, kana = first.isascii() and first.isalnum(), "ぁ" <= first <= "ヶ"
    sign = not (latin or kana or "一" <= first <= "龥" or first == "ー")
    return [word, -np.log(1.0001 - min(own, 1)), latin, kana, sign]


def main():
    folder, readings = map(pathlib.Path, sys.argv[1:3])
    truth = {}
    for line in (folder / "truth.tsv").read_text("utf-8").splitlines():
        name, kind, text = line.split("\t")
        if kind != "junk":
            truth[name] = plain(text)
    x, right, lines = [], [], []
    for number, row in enumerate(map(json.loads, readings.read_text("utf-8").splitlines())):
        if row["name"] in truth:
            x += [signs(symbol, row["word"]) for symbol in row["symbols"]]
            right += list(rightness([text for text, _ in row["symbols"]], truth[row["name"]]))
            lines += [number] * len(row["symbols"])
    x, right, lines = np.array(x, float), np.array(right), np.array(lines)
    p = np.zeros(len(right))
    for fold in range(5):
        held = lines % 5 == fold
        p[held] = chance(logistic(x[~held], right[~held]), x[held])
    print(f"{len(right)} symbols, {right.mean():.3f} right: AUROC {ranking(p, right):.3f}, calibration error {calibration_error(p, right):.3f}")
    if "--write" in sys.argv:
        weights = json.loads((MODELS / "confidence.json").read_text("utf-8"))
        fitted = dict(zip(SYMBOL, (round(float(weight), 4) for weight in logistic(x, right))))
        weights["symbol"]["network"] = fitted | {"rival": 0.0}
        (MODELS / "confidence.json").write_text(json.dumps(weights, indent=2, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
