"""Fits ../confidence.json to made-up lines as both engines read them.

    fit_confidence.py PRACTICE_DIR READINGS.jsonl [--write]

PRACTICE_DIR is what practice.py wrote, READINGS what `read_lines` (an example of crate ocr) made
of its pictures. Fits the curve of the network's symbols, what the engines' agreement is worth,
and the curve of lines; tesseract's own curves stay as they are. Prints how well a fit on four
fifths tells right lines from wrong ones in the other fifth.
"""
import json
import pathlib
import re
import sys
import unicodedata

import numpy as np

MODELS = pathlib.Path(__file__).resolve().parent.parent
# As in ocr/src/recognise/opinion.rs.
DOUBTFUL, LIKELY = 0.6, 0.65
SAME_PLACE, OTHER_PLACE = 0.9, 1.6
SECOND = "jpn"
SYMBOL = "base word closeness alphanumeric kana sign".split()
LINE = "base mean_log least margin word log_count single".split()


def plain(text):
    text = unicodedata.normalize("NFKC", text)
    return re.sub(r"\s+", "", re.sub(r"[〜∼～]", "~", re.sub(r"[‐‑‒–—―−]", "-", text)))


def paired(first, second, cost):
    """The pairing of two sequences with the least cost, and that cost."""
    n, m = len(first), len(second)
    least = np.zeros((n + 1, m + 1))
    least[:, 0], least[0] = np.arange(n + 1), np.arange(m + 1)
    for i in range(n):
        for j in range(m):
            least[i + 1, j + 1] = min(least[i, j] + cost(first[i], second[j]), least[i, j + 1] + 1, least[i + 1, j] + 1)
    i, j, pairs = n, m, []
    while i or j:
        if i and j and least[i - 1, j - 1] + cost(first[i - 1], second[j - 1]) <= least[i, j]:
            i, j = i - 1, j - 1
            pairs.append((i, j))
        elif i and (j == 0 or least[i - 1, j] + 1 <= least[i, j]):
            i -= 1
            pairs.append((i, None))
        else:
            j -= 1
            pairs.append((None, j))
    return pairs[::-1], least[n, m]


def rightness(texts, truth):
    """Which of the symbols are right, and how many errors the line has."""
    truth = plain(truth)
    pairs, errors = paired([plain(t) for t in texts], truth, lambda a, b: float(a != b))
    right = np.zeros(len(texts))
    for i, j in pairs:
        if i is not None and j is not None:
            right[i] = plain(texts[i]) == truth[j]
    return right, errors


def logistic(x, y, ridge=1.0):
    mean, spread = x.mean(0), x.std(0) + 1e-9
    z = np.c_[np.ones(len(x)), (x - mean) / spread]
    weights, penalty = np.zeros(z.shape[1]), np.eye(z.shape[1]) * ridge
    penalty[0, 0] = 1e-6
    for _ in range(60):
        p = 1 / (1 + np.exp(-z @ weights))
        slope = z.T @ (p - y) + penalty @ weights
        weights -= np.linalg.solve((z * (p * (1 - p))[:, None]).T @ z + penalty, slope)
    return np.r_[weights[0] - (weights[1:] * mean / spread).sum(), weights[1:] / spread]


def chance(weights, x):
    return 1 / (1 + np.exp(-(weights[0] + np.asarray(x) @ weights[1:])))


def log_odds(p):
    p = np.clip(p, 1e-4, 1 - 1e-4)
    return np.log(p / (1 - p))


def symbol_signs(symbol, word):
    text, _, own = symbol
    first = text[0]
    latin, kana = first.isascii() and first.isalnum(), "ぁ" <= first <= "ヶ"
    sign = not (latin or kana or "一" <= first <= "龥" or first == "ー")
    return [word, -np.log(1.0001 - min(own, 1)), latin, kana, sign]


def place_cost(one, other):
    if one[0] == other[0]:
        return 0.0
    (a, _, b, _), (c, _, d, _) = one[1], other[1]
    return SAME_PLACE if min(b, d) - max(a, c) > 0.3 * min(b - a, d - c) else OTHER_PLACE


def network_odds(row, weights):
    read = row["network"]
    return [float(chance(weights, symbol_signs(symbol, read["word"]))) for symbol in read["symbols"]]


def merged(row, weights, second=SECOND):
    """[(text, probability, how it came about)] of a line, and what the engine says of it."""
    first, other = row["network"]["symbols"], row[second]["symbols"]
    p, word = network_odds(row, weights), row["network"]["word"]
    if p and min(p) >= DOUBTFUL:
        return [(s[0], q, "sole") for s, q in zip(first, p)], word
    q = [s[2] for s in other]
    out = []
    for i, j in paired(first, other, place_cost)[0]:
        if i is not None and j is not None:
            how = "agreed" if first[i][0] == other[j][0] else "disputed"
            out.append((first[i][0], max(p[i], q[j]) if how == "agreed" else p[i], how) if p[i] >= q[j] or how == "agreed" else (other[j][0], q[j], how))
        else:
            text, likely = (first[i][0], p[i]) if j is None else (other[j][0], q[j])
            if likely > LIKELY:
                out.append((text, likely, "alone"))
    return out, max(word, row[second]["word"])


def line_signs(symbols, word):
    p = np.array([p for _, p, _ in symbols] or [0.01])
    count = len(p)
    margin = (0.1 * count + 0.5 - (1 - p).sum()) / np.sqrt((p * (1 - p)).sum() + 0.05)
    return [np.log(np.maximum(p, 1e-4)).mean(), p.min(), margin, word, np.log(count), float(count == 1)]


def is_right(row, symbols):
    truth = plain(row["text"])
    errors = rightness([text for text, _, _ in symbols], truth)[1]
    return float(bool(truth) and errors <= 0.1 * max(len(truth), len(symbols)))


class Fit:
    def __init__(self, rows):
        written = [row for row in rows if row["kind"] != "junk"]
        x = [symbol_signs(s, row["network"]["word"]) for row in written for s in row["network"]["symbols"]]
        y = [rightness([s[0] for s in row["network"]["symbols"]], row["text"])[0] for row in written]
        self.symbol = logistic(np.array(x, float), np.concatenate(y))
        seen = {how: ([], []) for how in ("sole", "agreed", "disputed", "alone")}
        for row in written:
            symbols = merged(row, self.symbol)[0]
            for (_, p, how), right in zip(symbols, rightness([t for t, _, _ in symbols], row["text"])[0]):
                seen[how][0].append([log_odds(p)])
                seen[how][1].append(right)
        self.merging = {how: logistic(np.array(x), np.array(y)) for how, (x, y) in seen.items()}
        read = [self.read(row) for row in rows]
        right = [is_right(row, symbols) for row, (symbols, _) in zip(rows, read)]
        self.line = logistic(np.array([line_signs(*r) for r in read]), np.array(right))

    def read(self, row):
        symbols, word = merged(row, self.symbol)
        return [(text, float(chance(self.merging[how], [log_odds(p)])), how) for text, p, how in symbols], word

    def written_down(self):
        named = lambda names, values: dict(zip(names, (round(float(v), 4) for v in values)))
        weights = json.loads((MODELS / "confidence.json").read_text("utf-8"))
        weights["symbol"]["network"] = named(SYMBOL, self.symbol) | {"rival": 0.0}
        weights["merging"] = {how: named(("base", "slope"), w) for how, w in self.merging.items()}
        weights["line"] = named(LINE, self.line)
        return weights


def ranking(p, y):
    """The chance that a right line gets more than a wrong one (AUROC)."""
    right, wrong = p[y == 1], p[y == 0]
    return (right[:, None] > wrong).mean() + (right[:, None] == wrong).mean() / 2


def calibration_error(p, y, bins=10):
    at = np.minimum((p * bins).astype(int), bins - 1)
    return sum(abs(p[at == k].mean() - y[at == k].mean()) * (at == k).mean() for k in set(at))


def rows_of(folder, readings):
    truth = {}
    for line in (pathlib.Path(folder) / "truth.tsv").open(encoding="utf-8"):
        name, kind, text = line.rstrip("\n").split("\t")
        truth[name] = {"kind": kind, "text": text}
    read = [json.loads(line) for line in open(readings, encoding="utf-8")]
    return [truth[row["name"]] | row for row in read]


def error_rates(rows, texts):
    """Of print and of handwriting."""
    rates = []
    for kind in ("print", "hand"):
        pairs = [(plain(row["text"]), text) for row, text in zip(rows, texts) if row["kind"] == kind]
        errors = sum(rightness(text, truth)[1] for truth, text in pairs)
        rates.append(f"{errors / sum(len(truth) for truth, _ in pairs):.3f}")
    return " ".join(rates)


def main():
    rows = rows_of(*sys.argv[1:3])
    for engine in ("network", "jpn"):
        texts = [[s[0] for s in row[engine]["symbols"]] for row in rows]
        print(f"{engine} alone: CER print, hand {error_rates(rows, texts)}")
    p, y, texts = np.zeros(len(rows)), np.zeros(len(rows)), [None] * len(rows)
    for fold in range(5):
        fit = Fit([row for at, row in enumerate(rows) if at % 5 != fold])
        for at in range(fold, len(rows), 5):
            symbols, word = fit.read(rows[at])
            texts[at] = [text for text, _, _ in symbols]
            p[at] = chance(fit.line, line_signs(symbols, word))
            y[at] = is_right(rows[at], symbols)
    print(f"merged: CER print, hand {error_rates(rows, texts)}")
    print(f"{len(rows)} lines, {y.mean():.2f} right: AUROC {ranking(p, y):.3f}, calibration error {calibration_error(p, y):.3f}")
    if "--write" in sys.argv:
        weights = json.dumps(Fit(rows).written_down(), indent=2, ensure_ascii=False)
        (MODELS / "confidence.json").write_text(weights + "\n", "utf-8")


if __name__ == "__main__":
    main()
