"""Reads made-up lines, and ink that is no writing, with both models as the reader does.

    readings.py PRACTICE_DIR OUT.jsonl

PRACTICE_DIR is what practice.py wrote. OUT gets a line of JSON for each picture: its text ("" of
what is no writing) and, for each model, the symbols: text, box, the engine's figures for word,
symbol and best other reading, 0 to 1. ocr/src/tesseract does the same in the product.
"""
import ctypes
import json
import os
import pathlib
import sys

import cv2
import numpy as np

os.environ["OMP_THREAD_LIMIT"] = "1"
TESSDATA = b"/usr/share/tesseract-ocr/5/tessdata"
RAW_LINE, WORD, SYMBOL = 13, 3, 4
MODELS = ("jpn", "Japanese")
JUNK_SHARE = 0.18


def bound():
    library = ctypes.CDLL("libtesseract.so.5")
    pointer, number, real = ctypes.c_void_p, ctypes.c_int, ctypes.c_float
    out = ctypes.POINTER(number)
    for name, result, *arguments in (
        ("TessBaseAPICreate", pointer),
        ("TessBaseAPIInit3", number, pointer, ctypes.c_char_p, ctypes.c_char_p),
        ("TessBaseAPISetVariable", number, pointer, ctypes.c_char_p, ctypes.c_char_p),
        ("TessBaseAPISetPageSegMode", None, pointer, number),
        ("TessBaseAPISetImage", None, pointer, pointer, number, number, number, number),
        ("TessBaseAPISetSourceResolution", None, pointer, number),
        ("TessBaseAPIRecognize", number, pointer, pointer),
        ("TessBaseAPIGetIterator", pointer, pointer),
        ("TessBaseAPIClear", None, pointer),
        ("TessDeleteText", None, pointer),
        ("TessResultIteratorGetPageIterator", pointer, pointer),
        ("TessResultIteratorNext", number, pointer, number),
        ("TessResultIteratorGetUTF8Text", pointer, pointer, number),
        ("TessResultIteratorConfidence", real, pointer, number),
        ("TessResultIteratorGetChoiceIterator", pointer, pointer),
        ("TessResultIteratorDelete", None, pointer),
        ("TessPageIteratorBoundingBox", number, pointer, number, out, out, out, out),
        ("TessChoiceIteratorGetUTF8Text", ctypes.c_char_p, pointer),
        ("TessChoiceIteratorConfidence", real, pointer),
        ("TessChoiceIteratorNext", number, pointer),
        ("TessChoiceIteratorDelete", None, pointer),
    ):
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


TESS = bound()


class Model:
    def __init__(self, name):
        self.api = TESS.TessBaseAPICreate()
        if TESS.TessBaseAPIInit3(self.api, TESSDATA, name.encode()):
            sys.exit(f"the model {name} is not in {TESSDATA.decode()}")
        TESS.TessBaseAPISetVariable(self.api, b"lstm_choice_mode", b"2")
        TESS.TessBaseAPISetVariable(self.api, b"classify_enable_learning", b"0")

    def symbols(self, picture):
        picture = np.ascontiguousarray(picture)
        rows, columns = picture.shape
        TESS.TessBaseAPISetPageSegMode(self.api, RAW_LINE)
        TESS.TessBaseAPISetImage(self.api, picture.ctypes.data, columns, rows, 1, columns)
        TESS.TessBaseAPISetSourceResolution(self.api, 300)
        TESS.TessBaseAPIRecognize(self.api, None)
        at = TESS.TessBaseAPIGetIterator(self.api)
        found = []
        while at:
            symbol = self.symbol(at)
            if symbol:
                found.append(symbol)
            if not TESS.TessResultIteratorNext(at, SYMBOL):
                TESS.TessResultIteratorDelete(at)
                break
        TESS.TessBaseAPIClear(self.api)
        return found

    @staticmethod
    def symbol(at):
        raw = TESS.TessResultIteratorGetUTF8Text(at, SYMBOL)
        if not raw:
            return None
        text = ctypes.string_at(raw).decode().strip()
        TESS.TessDeleteText(raw)
        box = [ctypes.c_int() for _ in range(4)]
        page = TESS.TessResultIteratorGetPageIterator(at)
        if not text or not TESS.TessPageIteratorBoundingBox(page, SYMBOL, *map(ctypes.byref, box)):
            return None
        rival = 0.0
        choice = TESS.TessResultIteratorGetChoiceIterator(at)
        while choice:
            other = TESS.TessChoiceIteratorGetUTF8Text(choice)
            if other and other.decode().strip() not in ("", text):
                rival = max(rival, TESS.TessChoiceIteratorConfidence(choice) / 100)
            if not TESS.TessChoiceIteratorNext(choice):
                TESS.TessChoiceIteratorDelete(choice)
                break
        word, own = (TESS.TessResultIteratorConfidence(at, level) / 100 for level in (WORD, SYMBOL))
        return text, [side.value for side in box], word, own, rival


def cut(picture):
    """A picture as the reader cuts lines out: white paper, a quarter em of it on each side."""
    paper = max(np.percentile(picture, 85), 1)
    picture = np.minimum(255, picture.astype(np.float32) * 255 / paper).astype(np.uint8)
    ink = picture < 170
    rows, columns = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
    if len(rows) == 0 or min(len(rows), len(columns)) < 3:
        return None
    picture = picture[rows[0]:rows[-1] + 1, columns[0]:columns[-1] + 1]
    margin = int(np.ceil(max(picture.shape[0], 8) * 0.25))
    return np.pad(picture, margin, constant_values=255)


def junk(rng, pick):
    """What a page has beside writing: halves of lines, lines on their side, specks, rules, rings,
    lines through each other."""
    kind = rng.integers(6)
    line = pick()
    rows, columns = line.shape
    if kind == 0:
        edge = int(rows * rng.uniform(0.25, 0.5))
        return line[:edge] if rng.random() < 0.5 else line[-edge:]
    if kind == 1:
        return np.rot90(line[:, : rows * int(rng.integers(1, 6))]).copy()
    if kind == 5:
        other = cv2.resize(pick(), (columns, rows))
        return np.minimum(line, np.roll(other, int(rows * rng.uniform(0, 0.6)), 0))
    paper = np.full((int(rng.integers(14, 60)), int(rng.integers(20, 300))), 255, np.uint8)
    side = lambda: tuple(int(rng.integers(s)) for s in paper.shape[::-1])
    tone = int(rng.integers(0, 120))
    if kind == 4:
        reach = (int(rng.integers(8, 60)), int(rng.integers(8, 28)))
        end = int(rng.integers(120, 360))
        cv2.ellipse(paper, side(), reach, 0, 0, end, tone, int(rng.integers(1, 5)), cv2.LINE_AA)
        return paper
    for _ in range(rng.integers(1, 6)):
        if kind == 2:
            cv2.circle(paper, side(), int(rng.integers(1, 5)), tone, -1)
        else:
            cv2.line(paper, side(), side(), tone, int(rng.integers(1, 4)), cv2.LINE_AA)
    return paper


def main():
    folder, out = pathlib.Path(sys.argv[1]), open(sys.argv[2], "w", encoding="utf-8")
    rng = np.random.default_rng(5)
    models = {name: Model(name) for name in MODELS}
    truth = [line.rstrip("\n").split("\t") for line in (folder / "truth.tsv").open(encoding="utf-8")]
    load = lambda name: cv2.imread(str(folder / f"{name}.png"), cv2.IMREAD_GRAYSCALE)

    def write(kind, text, picture):
        picture = cut(picture)
        if picture is not None:
            row = {"kind": kind, "text": text}
            row |= {name: model.symbols(picture) for name, model in models.items()}
            print(json.dumps(row, ensure_ascii=False), file=out)

    for name, kind, text in truth:
        write(kind, text, load(name))
        if rng.random() < JUNK_SHARE:
            write("junk", "", junk(rng, lambda: load(truth[rng.integers(len(truth))][0])))


if __name__ == "__main__":
    main()
