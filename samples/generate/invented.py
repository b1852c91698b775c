"""Pages that nobody defined: patients, drugs, diseases and their notations drawn by lot.

Names, strengths, units and codes come from models/lexicon; how often what is written is general
knowledge of outpatient charts, measured nowhere. What comes out is a page definition as in pages/.
"""

import csv
import pathlib

LEXICON = pathlib.Path(__file__).resolve().parents[2] / "models/lexicon"

HANDS = ["klee", "kiloji", "seto", "yozfont", "klee-bold", "aoyagi-kouzan"]
TYPES = ["ipa-mincho", "ipa-gothic", "noto-sans", "noto-serif", "vl-gothic", "takao-mincho",
         "motoya-cedar", "motoya-maruberi"]

MEALS = ("breakfast", "lunch", "dinner")

# Doses a day, Japanese words, German ones, when; how often.
USAGES = [
    (3, "毎食後", "n.d.E.", [f"after_{meal}" for meal in MEALS], 24),
    (3, "毎食前", "v.d.E.", [f"before_{meal}" for meal in MEALS], 4),
    (3, "毎食直前", None, [f"just_before_{meal}" for meal in MEALS], 3),
    (3, "食間", "z.d.E.", [f"between_{meal}" for meal in MEALS], 2),
    (2, "朝夕食後", "MA n.d.E.", ["after_breakfast", "after_dinner"], 14),
    (2, "朝・夕食後", "MA n.d.E.", ["after_breakfast", "after_dinner"], 5),
    (2, "朝夕食前", None, ["before_breakfast", "before_dinner"], 2),
    (2, "朝食後と就寝前", None, ["after_breakfast", "bedtime"], 3),
    (1, "朝食後", "M n.d.E.", ["after_breakfast"], 24),
    (1, "朝食前", "M v.d.E.", ["before_breakfast"], 2),
    (1, "昼食後", None, ["after_lunch"], 1),
    (1, "夕食後", "A n.d.E.", ["after_dinner"], 9),
    (1, "就寝前", "v.d.S.", ["bedtime"], 8),
    (1, "眠前", "v.d.S.", ["bedtime"], 4),
    (1, "起床時", None, ["wakeup"], 1),
]
DAYS = [3, 4, 5, 5, 7, 7, 10, 14, 14, 14, 21, 28, 28, 28, 28, 30, 30, 35, 42, 56, 60, 90]
EVENTS = ["疼痛時", "発熱時", "頭痛時", "腹痛時", "不眠時", "便秘時", "下痢時", "めまい時", "発作時", "嘔気時"]
SITES = {"貼付": ["腰に貼付", "右膝に貼付", "両膝", "左肩に貼付", "背部に貼付"],
         "塗布": ["患部に塗布", "手指に塗布", "顔面に塗布", "塗布", "体幹に塗布"],
         "点眼": ["両眼 点眼", "右眼に点眼", "左眼 点眼", "点眼"],
         "点鼻": ["両鼻腔 点鼻", "点鼻"], "点耳": ["右耳に点耳", "左耳 点耳"],
         "吸入": ["吸入"], "坐薬": ["挿肛", "肛門内に挿入"], "含嗽": ["うがい"]}
EXTERNAL_UNITS = {"貼付": "枚", "点眼": "本", "塗布": "本", "点鼻": "本", "点耳": "本", "吸入": "個"}

SURNAMES = ["見本", "架空", "試験", "例田", "仮名", "例示", "仮野", "試田", "想定", "見本山"]
GIVEN = ["太郎", "花子", "一郎", "みどり", "さくら", "健", "次郎", "恵", "明", "とよ", "正", "和子", "茂", "ひかり"]
KANA = ["ミホン タロウ", "カクウ ハナコ", "シケン イチロウ", "レイダ ミドリ", "カメイ サクラ"]
PLACES = ["見本県例示市試験町1-2", "架空県仮名市見本9", "例示郡見本村大字試験 77"]
JOBS = ["会社員", "農業", "無職", "主婦", "自営業", "教員"]
PROSE = ["変わりなし", "体調良い", "食欲あり", "よく眠れる", "次回採血", "2週後再診", "胸部X-P 異常なし", "呼吸音 清",
         "咽頭発赤(-)", "浮腫(-)", "減塩を指導", "家庭血圧 130台", "悪化時は早めに受診", "腹部エコー予約", "歩行時の痛みは軽い",
         "体重は変わらない", "内服は続けられている", "運動を勧めた", "心雑音なし", "腹部平坦 軟", "ECG 洞調律", "インフルエンザワクチン接種"]
LATIN_UNITS = {"錠": "T", "カプセル": "C", "包": "P"}
LEADERS = [("Rp{})", "Rp{})"), ("{})", "{})"), ("{}.", "{}."), ("circled", "circled"), ("", ""), ("Rp{}", "Rp{}")]


class Words:
    """The lexicon's rows, as the generator of pages wants them."""

    def __init__(self):
        self.drugs, self.diseases = {}, {}
        self.rows, self.names = [], []
        for row in read("drugs.csv"):
            if row["status"] == "current" and row["unit"] and row["form"] and row["form"] != "注射":
                self.rows.append(row)
        for row in read("diseases.csv"):
            if row["adoption"] == "1":
                self.names.append((row["name"], row["name"]))
                self.diseases[plain(row["name"])] = {
                    "icd10": row["icd10"] or None,
                    "aliases": [plain(row["name"]), *filter(None, row["aliases"].split(";"))]}
        for row in read("abbreviations.csv"):
            if row["kind"] == "disease" and not row["must_ask"] and plain(row["name"]) in self.diseases:
                self.names.append((row["written"], row["name"]))
                self.diseases[plain(row["name"])]["aliases"].append(row["written"])


def read(name):
    with (LEXICON / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def put_on(form):
    return any(word in form for word in ("軟膏", "クリーム", "ローション", "ゲル", "外用", "ゼリー", "スプレー", "吸入"))


def plain(text):
    return "".join(chr(ord(c) - 0xFEE0) if 0xFF01 <= ord(c) <= 0xFF5E else c for c in text)


class Invention:
    """One page by lot."""

    def __init__(self, rng, words):
        self.rng, self.words = rng, words
        self.leader = LEADERS[self.pick([30, 25, 8, 15, 12, 10])][0]
        self.german = self.chance(0.25)
        self.per_time = not self.german and self.chance(0.35)
        self.two_lines = self.chance(0.4)
        self.latin = self.german or self.chance(0.4)
        self.brackets = self.chance(0.35)
        self.space = " " if self.chance(0.75) else ""

    def chance(self, share):
        return self.rng.random() < share

    def pick(self, weights):
        total = sum(weights)
        return int(self.rng.choice(len(weights), p=[weight / total for weight in weights]))

    def one(self, things):
        return things[int(self.rng.integers(len(things)))]

    # Orders

    def drug(self):
        """A row, a strength of it, and its key among the drugs of the page."""
        while True:
            # Tablets and capsules are most of what is prescribed, ointments and drops some.
            kinds = [("錠", "カプセル", "包"), ("枚", "本", "個"), ("g", "mL")]
            units = kinds[self.pick([82, 10, 8])]
            row = self.one(self.words.rows)
            if row["unit"] not in units:
                continue
            strength = self.one(row["strengths"].split(";")) if row["strengths"] else ""
            key = f"{row['stem']}{row['form']}{strength}"
            kampo = row["kind"] == "kampo"
            self.words.drugs[key] = {
                "name": row["stem"] + ("" if kampo else row["form"]), "strength": strength or None,
                "form": row["form"],
                "aliases": sorted({row["stem"], row["generic"], *row["aliases"].split(";")} - {""})}
            return row, strength, key

    def head(self, row, strength):
        stem, form = row["stem"], row["form"]
        if row["kind"] == "kampo":
            return self.one([f"ツムラ{stem}{form}", stem, f"ツムラ{stem}"]), False
        if not strength:
            return stem + form, False
        figure = strength.rstrip("mgμL%単位")
        if self.brackets:
            return f"{stem}({figure})", True
        general = row["kind"] == "generic" and self.chance(0.2)
        shown = self.one([f"{stem}{form}{strength}", f"{stem}{form}{strength}", f"{stem}{form} {strength}",
                          f"{stem}{strength}", f"{stem} {strength}"])
        return ("【般】" if general else "") + shown, True

    def order(self, number):
        """An item with one drug, as this hand writes it."""
        row, strength, key = self.drug()
        head, written = self.head(row, strength)
        lead = {"circled": chr(0x245F + number), "": ""}.get(self.leader, self.leader.format(number))
        lead += " " if lead and self.chance(0.6) else ""
        solid = row["unit"] in LATIN_UNITS
        data = {"drug": key, "strength_written": written}
        if solid and self.chance(0.1):
            amount, usage = self.as_needed(row, data)
        elif solid:
            amount, usage = self.regular(row, data)
        elif row["unit"] in ("枚", "本", "個") or row["usage_hint"] in SITES or put_on(row["form"]):
            amount, usage = self.external(row, data)
        else:
            amount, usage = self.powder(row, data)
        item = {"medication": data}
        if self.two_lines and self.chance(0.85):
            item["write"] = [f"{lead}{head} {amount}", usage]
        else:
            item["write"] = f"{lead}{head}{' ' if self.chance(0.8) else ''}{amount} {usage}"
        if self.chance(0.07):
            item["struck"] = True
        elif self.chance(0.02):
            item["write"] = [item["write"][0], item["write"][1] + " 中止"] \
                if isinstance(item["write"], list) else item["write"] + " 中止"
            data["cancelled"] = True
        return item

    def days(self, data):
        days = self.one(DAYS)
        data["days"] = days
        if self.german:
            return f"{days}{self.one(['TD', 'TD', 'T.D.'])}"
        return self.one([f"{days}日分"] * 6 + [f"{days}日間", f"({days})"])

    def unit(self, row):
        return LATIN_UNITS.get(row["unit"], row["unit"]) if self.latin else row["unit"]

    def regular(self, row, data):
        hint = row["usage_hint"]
        fitting = [usage for usage in USAGES if hint and usage[1].endswith(hint)]
        usages = fitting if fitting and self.chance(0.6) else USAGES
        times, words, german, timing, _ = usages[self.pick([usage[4] for usage in usages])]
        data.update(times=times, timing=timing, unit=row["unit"])
        if "週1回" in hint and self.chance(0.7):
            data.update(times=None, timing=["wakeup"], weekly=True, dose=1, per="once",
                        days=28, frequency="週1回 起床時")
            return f"1{self.unit(row)}", "週1回 起床時 4週分"
        each = self.one([1, 1, 1, 1, 2, 2, 3])
        if times == 1 and each == 1 and self.chance(0.08):
            each = 0.5
        space = self.space
        if self.per_time:
            data.update(dose=each, per="once")
            data["frequency"] = f"1日{times}回 {words}"
            return f"1回{each}{self.unit(row)}", f"1日{times}回{space}{words} {self.days(data)}"
        dose = each * times
        data.update(dose=dose, per="day")
        if self.german and german:
            data["frequency"] = f"{times}×{german}"
            return f"{dose}{self.unit(row)}", f"{times}×{self.one(['', ' '])}{german} {self.days(data)}"
        data["frequency"] = f"分{times} {words}"
        return f"{dose}{self.unit(row)}", f"分{times}{space}{words} {self.days(data)}"

    def as_needed(self, row, data):
        event, each, count = self.one(EVENTS), self.one([1, 1, 2]), self.one([3, 5, 5, 6, 10, 10, 14, 20])
        data.update(dose=each, per="once", prn=event, quantity=count, unit=row["unit"])
        amount = f"{'1回' if self.chance(0.4) else ''}{each}{self.unit(row)}"
        return amount, self.one([f"{event} 頓用 {count}回分", f"頓用 {event} {count}回分", f"{event} {count}回分"])

    def external(self, row, data):
        hint = row["usage_hint"] if row["usage_hint"] in SITES else "塗布"
        unit = EXTERNAL_UNITS.get(hint, row["unit"] if row["unit"] in ("枚", "本", "個") else "本")
        count = self.one([7, 14, 21, 28, 35, 42]) if unit == "枚" else self.one([1, 1, 1, 2, 3])
        times = self.one([1, 1, 2, 2, 3, 4])
        data.update(dose=count, unit=unit, quantity=count, times=times, timing=[])
        usage = f"1日{times}回 {self.one(SITES[hint])}"
        data["frequency"] = usage
        return f"{count}{unit}", usage

    def powder(self, row, data):
        times, words, german, timing, _ = USAGES[self.pick([usage[4] for usage in USAGES])]
        each = self.one([1, 1, 2, 2.5, 2.5, 0.5, 5, 10]) if row["unit"] == "g" else self.one([2, 3, 5, 10])
        dose = each * times
        dose = int(dose) if dose == int(dose) else dose
        data.update(dose=dose, per="day", unit=row["unit"], times=times, timing=timing,
                    frequency=f"分{times} {words}")
        return f"{dose}{row['unit']}", f"分{times}{self.space}{words} {self.days(data)}"

    def orders(self, least, most):
        return [self.order(number + 1) for number in range(int(self.rng.integers(least, most + 1)))]

    # Diseases

    def disease(self, lead="", table=False):
        written, name = self.one(self.words.names)
        written, name = plain(written), plain(name)
        data = {"disease": name}
        side = ""
        if any(part in name for part in ("膝", "肩", "股", "眼", "耳", "足")) and self.chance(0.5):
            side = self.one(["右", "左", "両側"])
            data["modifiers"] = [side]
        cue = ""
        if self.chance(0.2):
            cue = self.one(["の疑い", "の疑い", "疑い", "(疑)", " s/o", "?"])
            data["status"] = "suspected"
        elif not table and self.chance(0.04):
            cue = self.one(["(-)", "は否定的"])
            data["status"] = "negated"
        gap = " " if lead[-1:].isdigit() and (side + written)[0].isdigit() else ""
        return {"write": f"{lead}{gap}{side}{written}{cue}", "diagnosis": data}

    def history(self):
        written, name = self.one(self.words.names)
        family = self.chance(0.35)
        data = {"disease": plain(name), "status": "family" if family else "history"}
        head = self.one(["家族歴：父 ", "家族歴：母 "]) if family else self.one(["既往歴：", "既往）", "PH: "])
        return {"write": head + plain(written), "diagnosis": data}

    # Pages

    def patient(self):
        year, month, day = (int(self.rng.integers(low, high)) for low, high in ((5, 63), (1, 13), (1, 28)))
        return {"name": f"{self.one(SURNAMES)} {self.one(GIVEN)}", "kana": self.one(KANA),
                "birth": f"昭和 {year}年{month}月{day}日", "sex": self.one("男女"),
                "chart": str(int(self.rng.integers(100, 99999))), "insurer": str(int(self.rng.integers(10**7, 10**8))),
                "insured": f"{int(self.rng.integers(10, 99))}・{int(self.rng.integers(100, 9999))}",
                "address": self.one(PLACES), "phone": "000-999-8888", "job": self.one(JOBS)}

    def date(self):
        era, most = self.one([("R", 8), ("R", 8), ("H", 31), ("S", 63)])
        year, month, day = int(self.rng.integers(2, most)), int(self.rng.integers(1, 13)), int(self.rng.integers(1, 28))
        return f"{era}{year}.{month}.{day}"

    def course(self):
        items = []
        if self.chance(0.8):
            items.append(self.one(["S) ", "", ""]) + self.one(PROSE))
        if self.chance(0.7):
            items.append(f"{self.one(['O) ', '', ''])}BP {int(self.rng.integers(100, 170))}/"
                         f"{int(self.rng.integers(58, 98))} P {int(self.rng.integers(56, 98))}")
        if self.chance(0.3):
            items.append(f"HbA1c {self.rng.uniform(5.4, 9.5):.1f} LDL-C {int(self.rng.integers(70, 190))}")
        number = int(self.rng.integers(0, 4))
        lead = self.one(["#{} ", "#{} ", "#{}", "#{}."])
        items += [self.disease(lead.format(index + 1)) for index in range(number)]
        if self.chance(0.3):
            items.append(self.history())
        if self.chance(0.5):
            items.append(self.one(PROSE))
        return items

    def style(self, hand):
        return {"label": self.one(TYPES), "entry": self.one(HANDS if hand else TYPES), "hand": hand,
                "ink": self.one(["black", "black", "blue-black", "blue", "pencil"]) if hand else "black",
                "unrest": float(self.rng.uniform(0.6, 1.6))}

    def form(self):
        return ["sheet2", "prescription", "cover", "continuation"][self.pick([42, 28, 20, 10])]

    def page(self):
        form = self.form()
        hand = self.chance(0.62)
        capture, dpi, steps = self.wear()
        page = {"form": form, "dpi": dpi, "stratum": "HAND-FONT" if hand else "PRINT",
                "severity": "drawn by lot", "capture": capture, "style": self.style(hand),
                "patient": self.patient(), "aging": steps}
        size = float(self.rng.uniform(4.2, 5.4) if hand else self.rng.uniform(3.7, 4.6))
        page.update(entry_size=size, pitch=size * float(self.rng.uniform(1.5, 1.85)))
        getattr(self, form)(page)
        return page

    def sheet2(self, page):
        page.update(ruled=self.chance(0.5), left_width=float(self.rng.uniform(76, 100)))
        page["right_size"] = page["entry_size"] * 0.94
        page["visits"] = [{"date": self.date(), "left": self.course(), "right": self.orders(1, 5)}
                          for _ in range(int(self.rng.integers(2, 5)))]

    def continuation(self, page):
        page.update(margin=self.chance(0.5), ruled=self.chance(0.8))
        page["visits"] = [{"date": self.date(), "items": [*self.course(), *self.orders(1, 4)]}
                          for _ in range(int(self.rng.integers(2, 4)))]

    def prescription(self, page):
        page["patient"]["birth"] = page["patient"]["birth"].replace(" ", "")
        page.update(date=self.date(), items=self.orders(2, 6), entry_size=min(page["entry_size"], 4.8),
                    doctor={"name": f"{self.one(SURNAMES)} {self.one(GIVEN)}", "seal": self.one(SURNAMES)[:2],
                            "clinic": "見本内科クリニック", "address": self.one(PLACES), "phone": "000-999-8888"})

    def cover(self, page):
        page["entry_size"] = min(page["entry_size"], 5.0)
        rows = []
        for _ in range(int(self.rng.integers(3, 9))):
            item = self.disease(table=True)
            row = {"write": item["write"], **item["diagnosis"], "onset": self.date()}
            if self.chance(0.4):
                row.update(end=self.date(), outcome=self.one(["治ゆ", "治ゆ", "中止"]), outcome_ringed=self.chance(0.7))
            rows.append(row)
        page["diagnoses"] = rows

    # Wear

    def wear(self):
        uniform = lambda low, high: float(self.rng.uniform(low, high))
        tilt = {"skew": {"degrees": uniform(-1.2, 1.2)}}
        kind = self.pick([36, 28, 16, 20])
        if kind == 0:
            return "scan", int(self.one([200, 300])), [tilt, {"blur": {"sigma": uniform(0.3, 0.8)}},
                                                        {"noise": {"sigma": uniform(1, 3)}}]
        if kind == 1:
            steps = [{"yellow": {"strength": uniform(0.05, 0.25)}}, {"show_through": {"strength": uniform(0.02, 0.1)}},
                     tilt, {"blur": {"sigma": uniform(0.5, 1.2)}}, {"noise": {"sigma": uniform(2, 6)}},
                     {"specks": {"number": int(uniform(20, 250))}}]
            extra = [{"fold": {"across": uniform(0.3, 0.7)}}, {"grey": {"paper": uniform(0.7, 0.92), "ink": uniform(0.2, 0.4)}},
                     {"stain": {"x": uniform(0.2, 0.8), "y": uniform(0.2, 0.8)}}, {"streak": {"number": 3}}, "shade"]
            return "bad scan", int(self.one([150, 200, 200])), [*[step for step in extra if self.chance(0.35)], *steps]
        if kind == 2:
            return "fax", 200, [{"specks": {"number": int(uniform(20, 200))}}, {"skew": {"degrees": uniform(-0.8, 0.8)}},
                                {"blur": {"sigma": uniform(0.3, 0.8)}}, {"fax": {"threshold": int(uniform(135, 165))}}]
        return "phone", int(self.one([170, 200])), [
            {"shade": {"low": uniform(0.75, 0.95)}},
            {"photo": {"margin": 0.05, "strength": uniform(0.008, 0.035), "desk": [int(uniform(30, 140)) for _ in "rgb"]}},
            {"blur": {"sigma": uniform(0.5, 1.1)}}, {"noise": {"sigma": uniform(2, 5)}}]
