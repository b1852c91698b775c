"""Fits ../confidence.json to what readings.py wrote.

    fit_confidence.py READINGS.jsonl [--write]

Prints how well a fit on four fifths tells right lines from wrong ones in the other fifth.
"""
import json
import pathlib
import re
import sys
import unicodedata

import numpy as np

MODELS = ("jpn", "Japanese")
# As in ocr/src/recognise/opinion.rs.
DOUBTFUL, LIKELY = 0.6, 0.65
SAME_PLACE, OTHER_PLACE = 0.9, 1.6
SYMBOL = "base word closeness rival alphanumeric kana sign".split()
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


def symbol_signs(symbol):
    text, _, word, own, rival = symbol
    first = text[0]
    latin, kana = first.isascii() and first.isalnum(), "ぁ" <= first <= "ヶ"
    sign = not (latin or kana or "一" <= first <= "龥" or first == "ー")
    return [word, -np.log(1.0001 - min(own, 1)), rival, latin, kana, sign]


def place_cost(one, other):
    if one[0] == other[0]:
        return 0.0
    (a, _, b, _), (c, _, d, _) = one[1], other[1]
    return SAME_PLACE if min(b, d) - max(a, c) > 0.3 * min(b - a, d - c) else OTHER_PLACE


def merged(row, weights):
    """[(text, probability, how it came about)] of a line, and the mean word figure."""
    first, second = row["jpn"], row["Japanese"]
    p = [chance(weights["jpn"], symbol_signs(s)) for s in first]
    word = lambda symbols: np.mean([s[2] for s in symbols]) if symbols else 0.0
    if p and min(p) >= DOUBTFUL:
        return [(s[0], q, "sole") for s, q in zip(first, p)], word(first)
    q = [chance(weights["Japanese"], symbol_signs(s)) for s in second]
    out = []
    for i, j in paired(first, second, place_cost)[0]:
        if i is not None and j is not None:
            how = "agreed" if first[i][0] == second[j][0] else "disputed"
            out.append((first[i][0], p[i], how) if p[i] >= q[j] else (second[j][0], q[j], how))
        else:
            text, likely = (first[i][0], p[i]) if j is None else (second[j][0], q[j])
            if likely > LIKELY:
                out.append((text, likely, "alone"))
    return out, max(word(first), word(second))


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
        self.symbol = {}
        for model in MODELS:
            x = [symbol_signs(s) for row in written for s in row[model]]
            y = [rightness([s[0] for s in row[model]], row["text"])[0] for row in written]
            self.symbol[model] = logistic(np.array(x, float), np.concatenate(y))
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
        return {
            "about": "How sure the reader is of what it reads: logistic curves; training/README.md tells how and on what they were fitted.",
            "symbol": {model: named(SYMBOL, self.symbol[model]) for model in MODELS},
            "merging": {how: named(("base", "slope"), w) for how, w in self.merging.items()},
            "line": named(LINE, self.line),
        }


def ranking(p, y):
    """The chance that a right line gets more than a wrong one (AUROC)."""
    right, wrong = p[y == 1], p[y == 0]
    return (right[:, None] > wrong).mean() + (right[:, None] == wrong).mean() / 2


def calibration_error(p, y, bins=10):
    at = np.minimum((p * bins).astype(int), bins - 1)
    return sum(abs(p[at == k].mean() - y[at == k].mean()) * (at == k).mean() for k in set(at))


def main():
    rows = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
    p, y = np.zeros(len(rows)), np.zeros(len(rows))
    for fold in range(5):
        fit = Fit([row for at, row in enumerate(rows) if at % 5 != fold])
        for at in range(fold, len(rows), 5):
            symbols, word = fit.read(rows[at])
            p[at] = chance(fit.line, line_signs(symbols, word))
            y[at] = is_right(rows[at], symbols)
    print(f"{len(rows)} lines, {y.mean():.2f} right: AUROC {ranking(p, y):.3f}, calibration error {calibration_error(p, y):.3f}")
    if "--write" in sys.argv:
        weights = json.dumps(Fit(rows).written_down(), indent=2, ensure_ascii=False)
        (pathlib.Path(__file__).resolve().parent.parent / "confidence.json").write_text(weights + "\n", "utf-8")


if __name__ == "__main__":
    main()
