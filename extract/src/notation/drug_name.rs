//! The head of a drug line: name, form, strength, maker.
//!
//! ```text
//! head     = [ "【般】" ] [ house ] NAME { salt | form | strength | maker | remark } ;
//! house    = "ツムラ" | "クラシエ" | "コタロー" | "TJ-" ;      (* ツムラ68 is a number of the house *)
//! strength = "(" NUM [ munit ] ")" | NUM munit | NUM ;      (* NUM alone: only at the name *)
//! munit    = "mg" | "μg" | "g" | "%" | "mL" | "単位" ;
//! maker    = "「" … "」" ;   remark = "(医療用)" | "後発可" … ;
//! ```
//!
//! `(60)`, `60`, `60mg` beside the name are the content of one unit, not the dose. A figure with
//! a mass that stands away from the name may be either; it is told by what follows.

use std::ops::Range;

use chart::UNREADABLE;
use rust_decimal::Decimal;

use super::{cursor::Cursor, usage};
use crate::{
    lexicon::{DrugForm, DrugMatch, DrugName, How, Lexicon, Rival, SALTS},
    normalise::{Text, is_hiragana, is_kanji, is_katakana},
};

/// The head of a drug line.
#[derive(Debug, Clone)]
pub struct DrugHead<'l> {
    /// The drug that the spelling means first.
    pub drug: Option<&'l DrugName>,
    /// Other drugs it may mean.
    pub others: Vec<(&'l DrugName, f32)>,
    /// Names that it may be taken for, nearest first, once they were looked for.
    pub rivals: Vec<Rival<'l>>,
    /// Where the spelling of the lexicon stands; empty for an unknown name and a house's number.
    pub spelling: Range<usize>,
    /// How it was found.
    pub how: How,
    /// 1 for a sure spelling, less for likeness, 0 for an unknown name.
    pub score: f32,
    /// The chance that a misread name is this one, and no other of the lexicon; 1 for others.
    pub chance: f32,
    /// The spelling has several meanings.
    pub ambiguous: bool,
    /// The name with salt and form, without strength and maker.
    pub name: String,
    /// The form as written.
    pub form: Option<&'static str>,
    /// The strength as written.
    pub strength: Option<WrittenStrength>,
    /// The strength of a combination that has a name: LD, HD.
    pub grade: Option<&'static str>,
    /// Written by its general name (【般】).
    pub general: bool,
    /// From the name to the end of the head.
    pub range: Range<usize>,
}

impl<'l> DrugHead<'l> {
    /// Of an order of which nothing can be read before its amount.
    pub fn unreadable(at: usize) -> Self {
        Self {
            drug: None,
            others: Vec::new(),
            rivals: Vec::new(),
            spelling: at..at,
            how: How::Likeness,
            score: 0.0,
            chance: 1.0,
            ambiguous: false,
            name: UNREADABLE.to_owned(),
            form: None,
            strength: None,
            grade: None,
            general: false,
            range: at..at,
        }
    }

    /// Whether nothing could be read before the amount.
    pub fn is_unreadable(&self) -> bool {
        self.drug.is_none() && self.name == UNREADABLE
    }

    /// Whether it is put on the body, by the form that is written, else by all that there are.
    pub fn is_external(&self) -> bool {
        match self.form {
            Some(form) => lexicon::EXTERNAL.iter().any(|word| form.contains(word)),
            None => self.drug.is_some_and(|drug| drug.forms.iter().all(DrugForm::is_external)),
        }
    }

    /// What is counted, if the drug comes in tablets or in capsules, and not in both.
    pub fn unit_of_pieces(&self) -> Option<&'static str> {
        let forms = &self.drug?.forms;
        let mut units = ["錠", "カプセル"]
            .into_iter()
            .filter(|unit| forms.iter().any(|form| form.unit == *unit));
        units.next().filter(|_| units.next().is_none())
    }

    /// Whether it is given by needle, in all its forms.
    pub fn is_injection(&self) -> bool {
        self.drug.is_some_and(|drug| {
            !drug.forms.is_empty() && drug.forms.iter().all(|form| form.form.contains('注'))
        })
    }

    /// Looks for the names that it may be taken for, as it was read; `text` is the one it stands in.
    pub fn look_for_rivals(&mut self, lexicon: &'l Lexicon, text: &Text) {
        let Some(drug) = self.drug.filter(|_| !self.spelling.is_empty()) else { return };
        let cursor = Cursor::new(text, self.spelling.clone());
        self.rivals = lexicon.drugs().rivals(drug, &cursor.reading(0..self.spelling.len()));
    }
}

/// A figure beside the name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenStrength {
    /// The figure.
    pub value: Decimal,
    /// Its unit, if written.
    pub unit: Option<&'static str>,
    /// Where it stands.
    pub range: Range<usize>,
    /// It touches the name or stands in brackets, so it can hardly be a dose.
    pub attached: bool,
    /// A digit was repaired.
    pub repaired: bool,
}

/// Forms, longest first.
const FORMS: &[&str] = &[
    "口腔内崩壊フィルム",
    "口腔内崩壊錠",
    "ODフィルム",
    "配合OD錠",
    "OD配合錠",
    "エキス顆粒",
    "エキス細粒",
    "エキスカプセル",
    "エキス錠",
    "エキス散",
    "ドライシロップ",
    "粒状カプセル",
    "徐放カプセル",
    "徐放顆粒",
    "腸溶カプセル",
    "腸溶顆粒",
    "腸溶細粒",
    "徐放錠",
    "腸溶錠",
    "配合カプセル",
    "配合顆粒",
    "配合細粒",
    "配合散",
    "配合錠",
    "チュアブル錠",
    "チュアブル",
    "舌下錠",
    "舌下スプレー",
    "錠剤",
    "OD錠",
    "D錠",
    "CR錠",
    "SR錠",
    "LA錠",
    "ER錠",
    "XR錠",
    "L錠",
    "R錠",
    "S錠",
    "CRカプセル",
    "SRカプセル",
    "Lカプセル",
    "Rカプセル",
    "カプセル",
    "CAP",
    "Cap",
    "点眼懸濁液",
    "配合点眼液",
    "眼軟膏",
    "点眼液",
    "点眼",
    "口腔用軟膏",
    "口腔用液",
    "口腔用",
    "点鼻スプレー",
    "点鼻液",
    "点鼻",
    "点耳液",
    "耳科用液",
    "吸入液",
    "吸入用カプセル",
    "吸入用",
    "吸入",
    "エアゾール",
    "エアー",
    "ディスカス",
    "タービュヘイラー",
    "エリプタ",
    "レスピマット",
    "ブリーズヘラー",
    "ロタディスク",
    "油性クリーム",
    "ソフト軟膏",
    "軟膏",
    "クリーム",
    "ローション",
    "外用ゲル",
    "ゲル",
    "フォーム",
    "外用スプレー",
    "スプレー",
    "外用液",
    "外用散",
    "パップ",
    "テープL",
    "テープS",
    "テープ",
    "パッチ",
    "貼付剤",
    "坐剤",
    "坐薬",
    "膣錠",
    "膣用",
    "トローチ",
    "うがい液",
    "含嗽液",
    "注腸",
    "浣腸液",
    "浣腸",
    "注射用",
    "注射液",
    "皮下注",
    "筋注用",
    "静注用",
    "点滴静注",
    "注フレックスペン",
    "注フレックスタッチ",
    "注ソロスター",
    "注ミリオペン",
    "注カート",
    "注シリンジ",
    "注キット",
    "注ペン",
    "注",
    "シロップ用細粒",
    "シロップ",
    "内用液",
    "内服液",
    "経口液",
    "内用ゼリー",
    "ゼリー",
    "懸濁液",
    "液",
    "細粒",
    "顆粒",
    "原末",
    "散",
    "末",
    "丸",
    "錠",
    "OD",
    "DS",
    "シート",
];

const HOUSES: &[&str] = &[
    "ツムラ",
    "ッムラ",
    "シムラ",
    "クラシエ",
    "コタロー",
    "オースギ",
    "三和",
    "TJ-",
    "TJ",
    "KB-",
    "N-",
];

const REMARKS: &[&str] = &[
    "MT",
    "(医療用)",
    "(後発可)",
    "(後発)",
    "(先発)",
    "(変更不可)",
    "後発可",
    "変更不可",
    "(般)",
    "TTS",
    "(粉砕)",
    "粉砕",
    "(一包化)",
    "★",
    "*",
];

const MASS_UNITS: &[(&str, &str)] = &[
    ("mg", "mg"),
    // As recognition reads the g.
    ("mq", "mg"),
    ("ms", "mg"),
    ("m9", "mg"),
    ("rng", "mg"),
    ("μg", "μg"),
    ("mcg", "μg"),
    ("ug", "μg"),
    ("mgr", "mg"),
    ("γ", "μg"),
    ("万単位", "万単位"),
    ("単位", "単位"),
    ("mL", "mL"),
    ("mEq", "mEq"),
    ("番", "番"),
    ("%", "%"),
    ("g", "g"),
];

/// Reads a head; with `misread` also a name that is only like one of the lexicon.
pub fn drug_head<'l>(
    lexicon: &'l Lexicon,
    text: &Text,
    range: Range<usize>,
    misread: bool,
) -> Option<DrugHead<'l>> {
    let mut cursor = Cursor::new(text, range);
    let general = cursor.eat_any(&["【般】", "[般]", "(般)", "般)", "【般", "般】"]).is_some();
    cursor.spaces();
    let start = cursor.at();
    if let Some(head) = kampo_number(lexicon, text, &mut cursor, start) {
        return Some(head);
    }
    let house = cursor.attempt(|cursor| cursor.eat_any(HOUSES));
    if house.is_some() {
        cursor.spaces();
    }
    let found =
        exact(lexicon, &cursor).or_else(|| misread.then(|| likely(lexicon, &cursor)).flatten());
    let Found { best, others, chance } = found?;
    let drug = *best.names.first()?;
    let mut others_of_spelling: Vec<(&DrugName, f32)> =
        best.names.iter().skip(1).map(|name| (*name, best.score)).collect();
    others_of_spelling.extend(others);
    let spelling = cursor.at()..cursor.at() + best.length;
    cursor.go_to(cursor.at() + best.length);
    // The words as the lexicon writes them, so that a misread name is shown as it was meant.
    let mut name = drug.stem.clone();
    let spelled = spelled_form(&text.chars()[cursor.at() - best.length..cursor.at()], &name);
    name.push_str(spelled.unwrap_or_default());
    let mut tail = tail(&mut cursor, &mut name, Some(drug));
    tail.form = tail.form.or(spelled);
    Some(DrugHead {
        drug: Some(drug),
        others: others_of_spelling,
        rivals: Vec::new(),
        spelling,
        how: best.how,
        score: best.score,
        chance,
        ambiguous: best.ambiguous,
        name,
        form: tail.form,
        strength: tail.strength,
        grade: tail.grade,
        general,
        range: start..tail.end,
    })
}

/// The form that is part of the spelling and not of the name: モーラステープ is モーラス, a tape.
fn spelled_form(spelling: &[char], name: &str) -> Option<&'static str> {
    let spelling: String = spelling.iter().filter(|char| !char.is_whitespace()).collect();
    FORMS
        .iter()
        .filter(|form| spelling.len() > form.len() && spelling.ends_with(*form))
        .find(|form| !name.ends_with(*form))
        .filter(|form| form.chars().count() > 1)
        .copied()
}

/// A head whose name no lexicon knows: the words before the first figure.
pub fn unknown_head<'l>(text: &Text, range: Range<usize>) -> Option<DrugHead<'l>> {
    let mut cursor = Cursor::new(text, range);
    let general = cursor.eat_any(&["【般】", "[般]", "【般", "般】"]).is_some();
    cursor.spaces();
    let start = cursor.at();
    while let Some(char) = cursor.peek() {
        let form_next = cursor.at() > start && {
            let mut ahead = cursor;
            ahead.eat_any(FORMS).is_some()
        };
        if form_next || char.is_ascii_digit() || "( )「[\n".contains(char) {
            break;
        }
        cursor.step();
    }
    let mut name = text.string(start..cursor.at());
    let letters = name.chars().filter(|char| char.is_alphabetic()).count();
    if letters < 2 {
        return None;
    }
    let tail = tail(&mut cursor, &mut name, None);
    Some(DrugHead {
        drug: None,
        others: Vec::new(),
        rivals: Vec::new(),
        spelling: start..start,
        how: How::Likeness,
        score: 0.0,
        chance: 1.0,
        ambiguous: false,
        name,
        form: tail.form,
        strength: tail.strength,
        grade: tail.grade,
        general,
        range: start..tail.end,
    })
}

/// ツムラ68, TJ-68.
fn kampo_number<'l>(
    lexicon: &'l Lexicon,
    text: &Text,
    cursor: &mut Cursor<'_>,
    start: usize,
) -> Option<DrugHead<'l>> {
    cursor.attempt(|cursor| {
        cursor.eat_any(HOUSES)?;
        cursor.spaces();
        let bracket = cursor.eat("(");
        // 八味地黄丸 begins with a figure, too.
        cursor.peek().filter(char::is_ascii_digit)?;
        let (number, repaired) = cursor.whole()?;
        if bracket {
            cursor.eat(")").then_some(())?;
        }
        cursor.eat("番");
        if cursor.peek() == Some('.') || matches!(cursor.peek(), Some('g' | 'm')) {
            return None;
        }
        let drug = lexicon.drugs().kampo(number)?;
        let mut name = drug.stem.clone();
        let tail = tail(cursor, &mut name, Some(drug));
        Some(DrugHead {
            drug: Some(drug),
            others: Vec::new(),
            rivals: Vec::new(),
            spelling: start..start,
            how: How::Alias,
            score: if repaired || text.is_repaired(start..tail.end) { 0.8 } else { 1.0 },
            chance: 1.0,
            ambiguous: false,
            name,
            form: tail.form,
            strength: None,
            grade: None,
            general: false,
            range: start..tail.end,
        })
    })
}

/// A name of the lexicon, what else was near, and the chance that it is the right one.
struct Found<'l> {
    best: DrugMatch<'l>,
    others: Vec<(&'l DrugName, f32)>,
    chance: f32,
}

/// The longest spelling that ends where a word can end.
fn exact<'l>(lexicon: &'l Lexicon, cursor: &Cursor<'_>) -> Option<Found<'l>> {
    lexicon
        .drugs()
        .at(cursor.rest())
        .into_iter()
        .find(|found| ends_word(cursor, found.length))
        .filter(|found| !is_disease(lexicon, cursor, found.length))
        .map(|best| Found { best, others: Vec::new(), chance: 1.0 })
}

/// アスピリン喘息, インスリン抵抗性糖尿病: a disease that begins with the name of a drug.
fn is_disease(lexicon: &Lexicon, cursor: &Cursor<'_>, length: usize) -> bool {
    let longer = lexicon.diseases().at(cursor.rest_as_written(), cursor.rest());
    longer.iter().any(|found| found.length > length && found.abbreviation.is_none())
}

/// The likeliest name of a misread word, if the word stands where a name can stand.
fn likely<'l>(lexicon: &'l Lexicon, cursor: &Cursor<'_>) -> Option<Found<'l>> {
    let rest = cursor.rest();
    let letter = |char: char| is_katakana(char) || is_kanji(char) || is_hiragana(char);
    // A space between two letters is the reader's own: メ コバラミン.
    let word = (0..rest.len())
        .take_while(|at| {
            letter(rest[*at])
                || rest[*at] == '\n'
                || (rest[*at] == ' ' && *at > 0 && rest.get(at + 1).copied().is_some_and(letter))
        })
        .filter(|at| letter(rest[*at]))
        .count();
    if word < 3 {
        return None;
    }
    let near = lexicon.drugs().near_reading(&cursor.reading(0..rest.len().min(LONGEST_NAME)));
    let near: Vec<DrugMatch<'l>> =
        near.into_iter().filter_map(|found| to_word_end(cursor, found)).collect();
    let best = near.first()?.clone();
    // Spellings of one drug are one reading.
    let stem = |found: &DrugMatch<'l>| found.names.first().map(|name| &name.stem);
    let chance =
        lexicon::chance_of_name(near.iter().map(|found| (found.cost, stem(found) == stem(&best))));
    let others = near
        .iter()
        .skip(1)
        .filter(|other| other.score > best.score - OTHERS)
        .flat_map(|other| other.names.iter().map(|name| (*name, other.score)))
        .take(3)
        .collect();
    Some(Found { best, others, chance })
}

/// Names that are less near than the nearest by more than this are no other readings.
const OTHERS: f32 = 0.15;

/// Characters of a line that are searched for a misread name.
const LONGEST_NAME: usize = 40;

/// A misread name up to where the word ends: ボルタレルン is ボルタレン and a stroke too many.
fn to_word_end<'l>(cursor: &Cursor<'_>, found: DrugMatch<'l>) -> Option<DrugMatch<'l>> {
    if ends_word(cursor, found.length) {
        return Some(found);
    }
    (1..=2).find_map(|more| {
        let length = found.length + more;
        let left = cursor.rest().get(found.length..length)?;
        (left.iter().all(|char| is_katakana(*char)) && ends_word(cursor, length))
            .then(|| DrugMatch { length, score: found.score - 0.1 * more as f32, ..found.clone() })
    })
}

/// Whether the text after so many characters is no longer the same word.
fn ends_word(cursor: &Cursor<'_>, length: usize) -> bool {
    let mut after = *cursor;
    after.go_to(cursor.at() + length);
    let (Some(last), Some(next)) = (after.before(), after.peek()) else { return true };
    let mut ahead = after;
    if ahead.eat_any(SALTS).is_some() || ahead.eat_any(FORMS).is_some() {
        return true;
    }
    let runs_on = (is_katakana(last) && is_katakana(next))
        || (last.is_ascii_alphabetic() && next.is_ascii_alphabetic())
        || (is_kanji(last)
            && (is_kanji(next) || is_katakana(next))
            && !"分朝昼夕毎頓隔".contains(next))
        || (last.is_ascii_digit()
            && (is_kanji(next) || is_katakana(next))
            && !"分朝昼夕毎頓隔錠".contains(next))
        || is_hiragana(next) && !is_hiragana(last) && !"ねに".contains(next)
        // リドカイン・プロピトカイン is no リドカイン, whatever was read behind the point.
        || matches!(next, '・' | ':') && is_katakana(last) && after.peek_at(1).is_some_and(is_katakana);
    !runs_on
}

struct Tail {
    form: Option<&'static str>,
    strength: Option<WrittenStrength>,
    grade: Option<&'static str>,
    end: usize,
}

/// { salt | form | strength | maker | remark }
fn tail(cursor: &mut Cursor<'_>, name: &mut String, drug: Option<&DrugName>) -> Tail {
    let mut tail = Tail { form: None, strength: None, grade: None, end: cursor.at() };
    loop {
        if tail.form.is_none()
            && tail.strength.is_none()
            && let Some(salt) = cursor.attempt(|cursor| cursor.eat_any(SALTS))
        {
            name.push_str(salt);
        } else if tail.form.is_none()
            && let Some(form) = cursor.attempt(form)
        {
            name.push_str(form);
            tail.form = Some(form);
        } else if tail.strength.is_none()
            && let Some(strength) = cursor.attempt(|cursor| strength(cursor, drug))
        {
            tail.strength = Some(strength);
        } else if tail.grade.is_none()
            && let Some(grade) = cursor.attempt(|cursor| grade(cursor, drug))
        {
            tail.grade = Some(grade);
        } else if cursor.attempt(maker).is_none() && cursor.attempt(remark).is_none() {
            break;
        }
        tail.end = cursor.at();
    }
    cursor.go_to(tail.end);
    tail
}

fn form(cursor: &mut Cursor<'_>) -> Option<&'static str> {
    let form = cursor.eat_any(FORMS)?;
    let latin = form.ends_with(|char: char| char.is_ascii_alphabetic());
    (!(latin && cursor.peek().is_some_and(|char| char.is_ascii_alphabetic()))).then_some(form)
}

/// LD, (HD), 配合錠AP of a combination; another word of these letters runs on.
fn grade(cursor: &mut Cursor<'_>, drug: Option<&DrugName>) -> Option<&'static str> {
    cursor.spaces();
    let bracket = cursor.eat("(");
    let grade = cursor.eat_any(GRADES)?;
    if bracket {
        cursor.eat(")").then_some(())?;
    }
    let drug = drug?;
    let combined = drug.stem.contains('・') || drug.generic.contains('・');
    let runs_on = cursor.peek().is_some_and(|char| char.is_ascii_alphabetic());
    (combined && !runs_on).then_some(grade)
}

/// What the strengths of combinations are called.
const GRADES: &[&str] = &["ULD", "LD", "HD", "MD", "EX", "AP", "BP"];

/// (60), 60mg, 60.
fn strength(cursor: &mut Cursor<'_>, drug: Option<&DrugName>) -> Option<WrittenStrength> {
    let before = cursor.at();
    cursor.spaces();
    let apart = cursor.at() > before && cursor.before() != Some('\n');
    let start = cursor.at();
    let bracket = cursor.eat("(") || cursor.eat("[");
    let number = cursor.number()?;
    let unit = cursor.attempt(|cursor| {
        cursor.spaces();
        let unit = cursor.eat_spelling(MASS_UNITS)?;
        // メトホルミン塩酸塩錠250mgMT「DSPB」
        let suffix = cursor.clone().eat_any(&["mt「", "mt ", "gt「"]).is_some();
        let runs_on = cursor.peek().is_some_and(|char| char.is_ascii_alphabetic()) && !suffix;
        (!runs_on || unit == "%").then_some(unit)
    });
    // 10mg/日 is a dose.
    if cursor.peek() == Some('/') && usage::per_behind(&mut cursor.clone()).is_some() {
        return None;
    }
    if bracket {
        (cursor.eat(")") || cursor.eat("]")).then_some(())?;
        // 葛根湯(1): the number of the preparation.
        if drug.is_some_and(|drug| drug.kind == "kampo") && unit.is_none() {
            return None;
        }
    }
    let attached = bracket || !apart;
    if unit.is_none() && !bracket {
        // A figure alone: not an amount (3T), not a split (3×), not a day.
        let mut ahead = *cursor;
        ahead.spaces();
        if usage::unit(&mut ahead).is_some() {
            return None;
        }
        let follows = ahead.peek();
        if matches!(follows, Some('×' | 'x' | '日' | '回' | '-' | '~' | '週' | '時'))
            && ahead.at() == cursor.at()
        {
            return None;
        }
        if follows.is_some_and(char::is_alphanumeric)
            && ahead.at() == cursor.at()
            && follows != Some('分')
        {
            return None;
        }
        let exists = drug.is_some_and(|drug| {
            drug.forms.iter().any(|form| form.strengths.iter().any(|s| s.value == number.value))
        });
        let before_amount = exists && ahead.peek().is_some_and(|char| char.is_ascii_digit());
        if !(attached || before_amount) {
            return None;
        }
    }
    // 7.5g and 100mL after a name are amounts unless they touch it; touching it too if no product
    // is told by its grams (軟膏10g).
    let known = |unit: &str| {
        drug.is_none_or(|drug| {
            drug.forms.iter().any(|form| form.strengths.iter().any(|it| it.unit == unit))
        })
    };
    match unit {
        Some("g" | "mL" | "単位") if !attached => return None,
        Some(unit @ ("g" | "mL")) if !bracket && !known(unit) => return None,
        _ => {}
    }
    Some(WrittenStrength {
        value: number.value,
        unit,
        range: start..cursor.at(),
        attached,
        repaired: number.repaired,
    })
}

/// 「サワイ」
fn maker(cursor: &mut Cursor<'_>) -> Option<()> {
    cursor.spaces();
    cursor.eat("「").then_some(())?;
    for _ in 0..16 {
        if cursor.eat("」") {
            return Some(());
        }
        cursor.peek()?;
        cursor.step();
    }
    None
}

fn remark(cursor: &mut Cursor<'_>) -> Option<()> {
    cursor.spaces();
    cursor.eat_any(REMARKS).map(|_| ())
}
