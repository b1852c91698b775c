"""What the made-up lines say: invented prescriptions, diagnoses, results, headings, names.

Nothing here comes from a real chart. Words are those of ../lexicon and of IPADIC.
"""
import csv
import random
import unicodedata

from charset import LEXICON, ipadic_words, lexicon_words

HEADINGS = (
    "氏名 フリガナ 生年月日 住所 職業 電話番号 性別 男 女 明治 大正 昭和 平成 令和 年 月 日 年齢 歳 保険者番号 被保険者証 記号・番号 "
    "被保険者氏名 資格取得 有効期限 事業所 所在地 名称 公費負担者番号 公費負担医療の受給者番号 傷病名 職務 上・外 開始 終了 転帰 "
    "期間満了予定日 治ゆ・死亡・中止 労務不能に関する意見 入院期間 業務災害又は通勤災害の疑いがある場合は、その旨 備考 既往症・原因・主要症状・経過等 "
    "処方・手術・処置等 診療の点数等 処方箋 この処方箋は、どの保険薬局でも有効です。 保険医療機関の所在地及び名称 保険医氏名 交付年月日 "
    "処方箋の使用期間 変更不可 患者 区分 被保険者 被扶養者 都道府県番号 点数表番号 医療機関コード 調剤済年月日 保険薬局の所在地及び名称 "
    "検査報告書 検査項目 結果 単位 基準値 判定 採取日 報告日 依頼科 診療情報提供書 紹介元 紹介先 紹介目的 既往歴 家族歴 症状経過及び検査結果 "
    "治療経過 現在の処方 御担当医 お薬手帳 用法 用量 薬の名前 飲み方 朝 昼 夕 就寝前 食前 食間 アレルギー 禁忌 身長 体重 血圧 脈拍 体温 "
    "カルテ番号 診療録 様式第一号 第二十二条関係 受診者 世帯主 続柄 本人 家族 担当医 署名 印 合計 点 診察料 投薬料 処置料 検査料"
).split()
NOTES = (
    "咳 痰 なし あり 発熱 咽頭痛 改善 不変 増悪 継続 変更なし 経過観察 再診 初診 次回 来院 食欲 睡眠 良好 不良 便通 浮腫 めまい 頭痛 腹痛 下痢 "
    "嘔気 嘔吐 倦怠感 動悸 息切れ 胸痛 腰痛 膝痛 しびれ 眠れない日がある 薬を飲み忘れることがある 自覚症状なし 家庭血圧 塩分制限 禁煙 指導 "
    "とくに変わりなし 先週から 三日前より 階段でつらい だいぶ楽になった 同じ薬を希望 採血 採尿 心電図 胸部X線 異常なし 紹介 処方 do 前回と同じ "
    "右 左 両 側 部 痛みが続く 夜間 朝方 時々 少し 強い 軽度 中等度 著明 圧痛 腫脹 発赤 熱感 聴診 ラ音 腹部 平坦 軟 歩行 可能 困難 転倒 入浴 可 "
    "他院 内科 整形外科 皮膚科 眼科 手術後 癌 疑い 精査 既往 母 父 兄 喫煙 飲酒 機会飲酒 アレルギーなし 中止 減量 増量 追加 開始 終了 本人 家族 説明済"
).split()
# What the ministry's models of charts and prescriptions print, with signs that look like others.
FORM_LINES = (
    "様式第一号(一)の1(第二十二条関係)|様式第一号(一)の2(第二十二条関係)|様式第一号(一)の3(第二十二条関係)|(この処方箋は、どの保険薬局でも有効です。)|"
    "処方箋の使用期間|処方箋|処方箋料|特に記載のある場合を除き、交付の日を含めて4日以内に保険薬局に提出すること。|リフィル可□(  回)|□リフィル可|□あり □なし|"
    "保険医療機関へ疑義照会した上で調剤□|□保険医療機関へ情報提供|変更不可(医療上必要)|患者希望|「変更不可」欄に「レ」又は「×」を記載し|"
    "個々の処方薬について、医療上の必要性があるため、後発医薬品への変更に差し支えがあると判断した場合には|「保険医署名」欄に署名又は記名・押印すること。|"
    "上・外|治ゆ・死亡・中止|上 外|男・女|明治 大正 昭和 平成 令和|事業所(船舶所有者)|被保険者証・被保険者手帳の記号・番号|(枝番)|自 月 日 至 月 日 日間|"
    "業務災害、複合業務要因災害又は通勤災害の疑いがある場合は、その旨|--以下余白--|-以下余白-|以下余白|〃|〃 〃|×10^4/μL|×104/μL|期間満了予定日|診療録"
).split("|")
UNITS = "mg g μg mL % 単位 錠 T C 包 P 本 枚 滴 吸入 噴霧 個 キット 瓶 管 U ml cc mmHg kg cm ℃ /分 /μL mg/dL g/dL U/L mEq/L ng/mL 万 点 日分 回分".split()
TIMING = (
    "毎食後 朝食後 夕食後 朝・夕食後 毎食前 朝食前 食直前 食間 就寝前 眠前 疼痛時 発熱時 不眠時 頓用 頓服 適宜 1日1回 1日2回 1日3回 1日1回貼付 両眼点眼 "
    "起床時 vds ndE hs do 〃 n.d.E. v.d.E. 3xn 2xMA 1xM 3×N 2×MA 1×T 分1 分2 分3 分4 14TD 28TD 7日分 14日分 28日分 30日分 TD 週1回 隔日"
).split()


class Texts:
    def __init__(self, characters, seed=0):
        self.random = random.Random(seed)
        self.known = set(characters)
        self.words = [w for w in map(self.plain, lexicon_words()) if 1 <= len(w) <= 24]
        names = ipadic_words(["Noun.name.csv"])
        self.names = [w for w in map(self.plain, names) if 1 <= len(w) <= 5]
        self.places = [w for w in map(self.plain, ipadic_words(["Noun.place.csv"])) if 2 <= len(w) <= 9]
        general = ["Noun.csv", "Noun.verbal.csv", "Verb.csv", "Adj.csv", "Adverb.csv", "Noun.adjv.csv"]
        self.general = [w for w in map(self.plain, ipadic_words(general)) if 1 <= len(w) <= 9]
        self.joints = "の に を は が と で も へ や から より まで して した あり なし です ます 、 。 ・".split()
        if not self.names:
            self.names, self.places, self.general = (self.words,) * 3
        self.drugs, self.forms = [], ["錠", "カプセル", "散", "細粒", "OD錠", "軟膏", "テープ", "点眼液", ""]
        for row in csv.DictReader((LEXICON / "drugs.csv").open(encoding="utf-8", newline="")):
            self.drugs.append((row["stem"], row["form"], (row["strengths"] or "").split(";")))
        self.latin = [c for c in characters if "!" <= c <= "~"]
        r = self.random
        self.kinds = [
            (self.drug, 14), (self.timing, 8), (self.word, 14), (self.result, 7), (self.date, 6),
            (self.heading, 8), (self.name, 6), (self.address, 6), (self.number, 5), (self.note, 9),
            (self.sentence, 16), (self.abbreviations, 5), (self.form_line, 5),
        ]

    def plain(self, word):
        word = unicodedata.normalize("NFKC", word)
        return "".join(c if c in self.known else "" for c in word)

    def line(self):
        make = self.random.choices([k for k, _ in self.kinds], [n for _, n in self.kinds])[0]
        return make()

    def pick(self, items):
        return items[self.random.randrange(len(items))]

    def count(self):
        r = self.random
        return self.pick([str(r.randint(1, 9)), str(r.randint(1, 99)), f"{r.randint(0, 9)}.{r.randint(1, 99)}", str(r.randint(100, 2000)), "0.5", "2.5", "12.5"])

    def drug(self):
        r = self.random
        stem, form, strengths = self.pick(self.drugs)
        strength = self.pick(strengths) or self.count() + "mg"
        form = form if r.random() < 0.7 else self.pick(self.forms)
        text = self.pick([f"{stem}{form}{strength}", f"{stem}({strength.rstrip('mg')})", f"{stem} {strength}", f"{stem}{form} {strength}", stem + form,
                          f"{stem}{form}{strength}「{self.pick(self.names)}」", f"【般】{stem}{form}{strength}"])
        if r.random() < 0.5:
            text += " " + self.count() + self.pick(UNITS)
        if r.random() < 0.3:
            text = self.pick([f"{r.randint(1, 9)}) ", f"{r.randint(1, 9)}. ", "①", "②", "③", "④", "Rp) ", "Rp ", "・", f"{r.randint(1, 9)}.", "〃 "]) + text
        if r.random() < 0.3:
            text += " " + self.timing()
        return text

    def timing(self):
        r = self.random
        parts = [self.pick(TIMING) for _ in range(r.randint(1, 3))]
        if r.random() < 0.4:
            parts.insert(0, f"{r.randint(1, 9)}{self.pick('TC錠包枚本')}")
        if r.random() < 0.3:
            parts.insert(0, f"分{r.randint(1, 4)}")
        if r.random() < 0.3:
            parts.append(self.pick(["×", "x", "X "]) + f"{r.randint(1, 90)}" + self.pick(["TD", "日分", "日", "T", ""]))
        return self.pick([" ", " ", ""]).join(parts)

    def word(self):
        r = self.random
        text = self.pick(self.words)
        while r.random() < 0.35:
            text += self.pick([" ", "、", "・", "の", "(", "/", ",", " の疑い ", " s/o "]) + self.pick(self.words)
        return text

    def result(self):
        r = self.random
        name = self.pick(self.words) if r.random() < 0.3 else self.pick("WBC RBC Hb Ht Plt AST ALT γ-GTP ALP LDH TP Alb T-Bil BUN Cr eGFR UA Na K Cl Ca CRP HbA1c Glu TC TG HDL-C LDL-C BNP TSH FT4 PT-INR 尿蛋白 尿糖 BP BT P SpO2 BW HR KT".split())
        value = self.pick([self.count(), f"{r.randint(80, 200)}/{r.randint(40, 110)}", "(-)", "(+)", "(±)", "(2+)", "陰性", "陽性"])
        text = f"{name}{self.pick([' ', ':', '=', ' : '])}{value}"
        if r.random() < 0.6:
            text += self.pick([" ", ""]) + self.pick(UNITS)
        if r.random() < 0.3:
            text += self.pick([" H", " L", "↑", "↓", " →", f" {self.count()}~{self.count()}", f" {self.count()}-{self.count()}"])
        return text

    def date(self):
        r = self.random
        y, m, d = r.randint(1, 64), r.randint(1, 12), r.randint(1, 31)
        era = self.pick(["昭和", "平成", "令和", "S", "H", "R", "大正", "S.", "H.", "R."])
        return self.pick([f"{era}{y}年{m}月{d}日", f"{era} {y} 年 {m} 月 {d} 日", f"{era}{y}.{m}.{d}", f"{era}{y}/{m}/{d}", f"{r.randint(1925, 2026)}年{m}月{d}日",
                          f"{r.randint(1925, 2026)}/{m:02}/{d:02}", f"{r.randint(1990, 2026)}.{m}.{d}", f"{m}/{d}", f"{m}月{d}日", f"{y}年", f"{m}.{d}", f"{r.randint(0, 23)}:{r.randint(0, 59):02}", f"{y}歳", f"({y}才)",
                          f"{r.randint(1990, 2026)}-{m:02}-{d:02}"])

    def heading(self):
        text = self.pick(HEADINGS)
        r = self.random
        if r.random() < 0.3:
            text += self.pick(["：", ":", " ", "　"]) + self.pick([self.name, self.date, self.number, self.word])()
        elif r.random() < 0.3:
            text = self.pick(["(", "（", "【", "〔", "■", "●", "○", "※", "□"]) + text + self.pick([")", "）", "】", "〕", "", ""])
        return text

    def form_line(self):
        return self.pick(FORM_LINES)

    def name(self):
        r = self.random
        text = self.pick(self.names) + self.pick([" ", "", "　"]) + self.pick(self.names)
        return text + self.pick(["", "", "", " 様", "先生", " 殿", " 印", "医師", "㊞"])

    def address(self):
        r = self.random
        text = "".join(self.pick(self.places) for _ in range(r.randint(1, 3)))
        return text + self.pick([f"{r.randint(1, 30)}-{r.randint(1, 30)}-{r.randint(1, 30)}", f"{r.randint(1, 9)}丁目{r.randint(1, 99)}番地", f"{r.randint(1, 999)}", "病院", "クリニック", "医院", "薬局", "内科", "市", "町", ""])

    def number(self):
        r = self.random
        digits = lambda n: "".join(str(r.randint(0, 9)) for _ in range(n))
        return self.pick([digits(8), digits(r.randint(1, 12)), f"0{digits(2)}-{digits(4)}-{digits(4)}", f"0{digits(1)}-{digits(4)}-{digits(4)}", f"〒{digits(3)}-{digits(4)}", f"No.{digits(5)}", f"No. {digits(4)}", f"{digits(2)}・{digits(4)}",
                          f"{digits(3)}点", f"{digits(1)},{digits(3)}", f"¥{digits(4)}".replace("¥", ""), f"TEL {digits(3)}-{digits(3)}-{digits(4)}", f"FAX {digits(4)}-{digits(2)}-{digits(4)}", f"M-{digits(4)}", f"{digits(2)}%", f"{r.randint(1, 9)}/{r.randint(1, 9)}"])

    def note(self):
        r = self.random
        text = self.pick(["", "", "S) ", "O) ", "A) ", "P) ", "#1 ", "#2 ", "・", "→", "*", "1) ", "2) "])
        return text + self.pick([" ", "", "、", "・"]).join(self.pick(NOTES) for _ in range(r.randint(2, 5)))

    def sentence(self):
        text = ""
        for _ in range(self.random.randint(1, 5)):
            text += self.pick(self.general if self.random.random() < 0.7 else self.names) + self.pick(self.joints)
        return text

    def abbreviations(self):
        r = self.random
        return self.pick([" ", "・", "/", ",", ""]).join(
            "".join(self.pick(self.latin) for _ in range(r.randint(1, 6))) if r.random() < 0.6 else self.pick(self.words) for _ in range(r.randint(1, 5)))
