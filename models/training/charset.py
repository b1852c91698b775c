"""The characters that made-up lines are written with, one class each.

Full-width forms of ASCII are drawn too, but carry the label of their plain form. The kanji are
JIS X 0208 level 1, those of the lexicon, those that stand in three or more personal and place
names of IPADIC, and words of medicine and of forms outside level 1.
"""
import collections
import csv
import pathlib

HERE = pathlib.Path(__file__).resolve().parent
LEXICON = HERE.parent / "lexicon"
IPADIC = pathlib.Path("/usr/share/mecab/dic/ipadic")

ASCII = "".join(chr(c) for c in range(0x21, 0x7F))
HIRAGANA = "".join(chr(c) for c in range(0x3041, 0x3094))
KATAKANA = "".join(chr(c) for c in range(0x30A1, 0x30F7))
SIGNS = (
    "、。・「」『』【】〔〕〈〉《》ー々〃〆〇〒…※○●◎△▲□■☆★→←↑↓⇒±×÷≦≧≠∞♂♀′″°℃‰μαβγδ№"
    "①②③④⑤⑥⑦⑧⑨⑩ⅠⅡⅢⅣⅤⅥ㎎㎏㎝㎜㎖㏄㊞㈱äöüßéÄÖÜ√∴〜✓☐☑"
)
MEDICAL = (
    "嗽痙攣瘙痒疱疹癌膵腺腱蕁頸鬱褥瘡喘咳嘔吐悸眩暈痺麻痰瘍潰糜爛臍鼠蹊腋窩膣膀胱肛痔瘻孔嚥涎唾癬癰疔癜疣贅胼胝"
    "皸裂霰粒腫眥瞼虹彩毳聾啞瘤梗塞瘢痕萎縮攣拘縮酩酊譫妄躁癲癇癆瘧腓脛踵踝跟髄胚絨毳膿疼恙蚤虱疥瘭疽"
    "仙骨髀臼弯橈尺肘拇趾頤顎頰額顴椎肋胛鎖脊柱脾盂臀爪甲嗅鞏膜脈絡蝸聡嗄吃逆噯鼾脹屁臥倦怠浮腫羸痩嚢胞"
)
# On every form of one kind, and outside level 1.
FORMS = "箋"

SKIPPED = {
    "kana", "romaji", "source", "remark", "note", "class", "status", "group", "adoption", "kind",
    "language", "effect", "position", "category", "relation", "side", "specialty", "value",
}


def lexicon_words():
    """Every written form in the lexicon's tables."""
    words = []
    for path in sorted(LEXICON.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                for column, value in row.items():
                    if not value or column in SKIPPED or "code" in column or column.endswith("_id"):
                        continue
                    words += [word for word in value.split(";") if len(word) > 1]
    return list(dict.fromkeys(words))


def ipadic_words(names):
    """The surface forms of IPADIC's tables (EUC-JP)."""
    words = []
    for name in names:
        path = IPADIC / name
        if path.is_file():
            for line in path.read_bytes().decode("euc_jp", "replace").splitlines():
                words.append(line.split(",", 1)[0])
    return words


def jis_rows(first, last):
    found = []
    for row in range(first, last + 1):
        for cell in range(1, 95):
            try:
                found.append(bytes([0xA0 + row, 0xA0 + cell]).decode("euc_jp"))
            except UnicodeDecodeError:
                pass
    return found


def build():
    level2 = set(jis_rows(48, 84))
    counted = collections.Counter()
    for word in ipadic_words(["Noun.name.csv", "Noun.place.csv"]):
        counted.update(set(word))
    kanji = set(jis_rows(16, 47))
    kanji |= {c for c, n in counted.items() if n >= 3 and c in level2}
    kanji |= {c for word in lexicon_words() for c in word if "一" <= c <= "龥"}
    kanji |= {c for c in MEDICAL + FORMS if "一" <= c <= "龥"}
    return list(dict.fromkeys(ASCII + HIRAGANA + KATAKANA + SIGNS)) + sorted(kanji)
