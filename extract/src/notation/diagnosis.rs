//! One disease with what stands around its name.
//!
//! ```text
//! diagnosis = [ cue ] { prefix } base { suffix | bracket | cue } ;
//! base      = the longest name of the lexicon that ends where a word ends ;
//! prefix    = "左" | "急性" | … ;          (* only what is no part of a longer base *)
//! suffix    = "の術後" | "の再発" | … ;
//! bracket   = "(" ( date | hint ) ")" ;     (* AD(皮膚), 胃潰瘍(H5) *)
//! cue       = "の疑い" | "(-)" | "は否定的" | "s/o" | … ;   (* crate::assertion *)
//! ```
//!
//! The whole word is tried as a base before a modifier is taken off: 急性気管支炎 is a base of
//! its own. An abbreviation with several meanings selects no code: its readings are candidates.

use std::ops::Range;

use chart::{Candidate, Codes, DiagnosisStatus, Doubt, DoubtKind, Modifier};

use super::{
    cursor::Cursor,
    date::{self, WrittenDate},
};
use crate::{
    assertion,
    lexicon::{Disease, DiseaseMatch, How, Lexicon, ModifierRow},
    normalise::{self, SOFT_BREAK, Text, is_hiragana, is_kanji, is_katakana, shown},
};

/// A disease as written.
#[derive(Debug, Clone)]
pub struct WrittenDiagnosis<'l> {
    /// Standard name, or as written if there is none or several.
    pub name: String,
    /// The disease, if it is one and no other.
    pub disease: Option<&'l Disease>,
    /// Codes of the disease.
    pub codes: Codes,
    /// Possible readings.
    pub candidates: Vec<Candidate>,
    /// 左, の術後.
    pub modifiers: Vec<Modifier>,
    /// What a cue says.
    pub status: Option<DiagnosisStatus>,
    /// A word in brackets behind it: AD(皮膚).
    pub hint: Option<String>,
    /// A date in brackets behind it.
    pub date: Option<WrittenDate>,
    /// How near the name is to the lexicon; 0 if it is in none.
    pub score: f32,
    /// The chance that a misread name is this one, and no other of the lexicon; 1 for others.
    pub chance: f32,
    /// How it was found.
    pub how: How,
    /// Whether it names a sign rather than a disease.
    pub sign: bool,
    /// Doubts about the name.
    pub doubts: Vec<Doubt>,
    /// Its characters, cues and brackets included.
    pub range: Range<usize>,
    /// The characters of the name alone.
    pub name_range: Range<usize>,
    /// When it was, in words that leave open whether it still is: 20歳時.
    pub past: Option<String>,
    /// Prose goes on behind it.
    pub prose: bool,
}

/// How a name may be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tolerance {
    /// Only names of the lexicon.
    Exact,
    /// Names of which little was misread, too: [`NEARLY`] and better.
    Nearly,
    /// Misread names of the lexicon, too.
    Misread,
    /// Any word: it stands where only a disease can stand.
    Unknown,
}

/// Latin and foreign parts of names, and what the master writes.
const ROMAN_PARTS: &[(&str, &str)] = &[
    ("chol", "コレステロール"),
    ("vb12", "ビタミンb12"),
    ("vit.b12", "ビタミンb12"),
    ("tg", "トリグリセライド"),
    ("basedow", "バセドウ"),
    ("graves", "バセドウ"),
    ("meniere", "メニエール"),
    ("ménière", "メニエール"),
    ("parkinson", "パーキンソン"),
    ("alzheimer", "アルツハイマー"),
    ("crohn", "クローン"),
    ("raynaud", "レイノー"),
    ("sjogren", "シェーグレン"),
    ("behcet", "ベーチェット"),
    ("hashimoto", "橋本"),
    ("bell", "ベル"),
    ("h.pylori", "ヘリコバクター・ピロリ"),
    ("hp", "ヘリコバクター・ピロリ"),
    ("virus", "ウイルス"),
    ("ca", "癌"),
    ("k", "癌"),
    ("influenza", "インフルエンザ"),
    ("polyp", "ポリープ"),
    ("hernia", "ヘルニア"),
    ("allergy", "アレルギー"),
    ("allergie", "アレルギー"),
    ("ul", "潰瘍"),
    ("高tg血症", "高トリグリセライド血症"),
    ("ii型", "2型"),
    ("i型", "1型"),
];

/// Words behind a name that are no part of it, besides [`CONDITIONS`].
const REMARKS: &[&str] = &[
    "切除",
    "摘出",
    "全摘",
    "除菌",
    "観察中",
    "継続",
    "要",
    "術後",
    "手術",
    "合併",
    "再発",
    "疑",
    "既往",
    "指摘",
    "診断",
    "治癒",
    "治ゆ",
    "中止",
    "死亡",
    "転医",
    "にて",
    "フォロー",
    "内服",
    "服薬",
    "罹患",
    "発症",
    "入院",
    "通院",
    "加療",
    "治療",
    "併発",
    "初期",
    "中等",
    "軽度",
    "重度",
    "両側",
    "左",
    "右",
    "否定",
    "除外",
    "上・外",
    "上外",
    "主",
];

/// Words that say how the patient is.
const CONDITIONS: &[&str] = &[
    "コントロール",
    // The reader took the first letter for part of the name.
    "ントロール",
    "やや",
    "ほぼ",
    "概ね",
    "比較的",
    "良好",
    "不良",
    "安定",
    "不安定",
    "軽快",
    "改善",
    "寛解",
    "増悪",
    "悪化",
    "不変",
    "変化なし",
    "経過観察",
    "治療中",
    "加療中",
    "通院中",
];

/// Eats a word that is no part of a name.
fn remark(cursor: &mut Cursor<'_>) -> Option<&'static str> {
    cursor.eat_any(CONDITIONS).or_else(|| cursor.eat_any(REMARKS))
}

/// The diagnosis that the part begins with.
pub fn diagnosis<'l>(
    lexicon: &'l Lexicon,
    text: &Text,
    range: Range<usize>,
    tolerance: Tolerance,
) -> Option<WrittenDiagnosis<'l>> {
    let mut cursor = Cursor::new(text, range.clone());
    cursor.spaces();
    let start = cursor.at();
    let before = assertion::before(&mut cursor);
    // 大腸Ca is a cancer of the colon, not "Ca" with a place before it.
    let found = named(lexicon, &cursor)
        .filter(|found| {
            !(found.base > 0 && found.length - found.base <= 2 && is_latin(&cursor, found.length))
        })
        .or_else(|| rewritten(lexicon, &cursor))
        .or_else(|| named(lexicon, &cursor))
        .or_else(|| {
            (tolerance != Tolerance::Exact)
                .then(|| misread(lexicon, &cursor, tolerance == Tolerance::Nearly))
                .flatten()
        })
        .or_else(|| {
            (tolerance == Tolerance::Unknown).then(|| unknown(lexicon, &cursor)).flatten()
        })?;
    let name_start = cursor.at();
    cursor.go_to(name_start + found.length);
    let mut written = begun(text, name_start..cursor.at(), found);
    written.status = before;
    stage(lexicon, &mut cursor, &mut written);
    let tail = tail(lexicon, text, &mut cursor, &mut written);
    written.range = start..tail;
    written.prose = goes_on_as_prose(&cursor);
    Some(written)
}

/// CKD G4, 慢性腎臓病(ステージ3b): the master has a name for each stage.
fn stage<'l>(lexicon: &'l Lexicon, cursor: &mut Cursor<'_>, written: &mut WrittenDiagnosis<'l>) {
    if written.disease.is_none_or(|disease| shown(&disease.name) != KIDNEY_DISEASE) {
        return;
    }
    let staged = cursor.attempt(|cursor| {
        cursor.spaces();
        let bracket = cursor.eat("(");
        let named = cursor.eat_any(&["ステージ", "病期", "stage", "grade"]).is_some();
        cursor.spaces();
        (cursor.eat("g") || named).then_some(())?;
        let stage = cursor.peek().filter(|char| ('1'..='5').contains(char))?;
        cursor.step();
        // G3A2 is G3 with albuminuria A2.
        let half = cursor.peek().filter(|char| matches!(char, 'a' | 'b'));
        let half = half.filter(|_| !cursor.peek_at(1).is_some_and(|char| char.is_ascii_digit()));
        half.inspect(|_| cursor.step());
        // G3bA2
        let _ = cursor.eat("a1") || cursor.eat("a2") || cursor.eat("a3");
        if bracket {
            cursor.eat(")").then_some(())?;
        }
        let half = half.map(String::from).unwrap_or_default();
        Some(format!("{KIDNEY_DISEASE}ステージG{stage}{half}"))
    });
    let Some(name) = staged else { return };
    let name = Text::of_line(0, &name);
    let found = lexicon.diseases().at(name.chars(), name.folded());
    let whole = found.into_iter().find(|found| found.length == name.len());
    if let Some((disease, _)) = whole.and_then(|found| found.diseases.first().copied()) {
        choose(written, disease);
    }
}

/// What a stage is written behind.
const KIDNEY_DISEASE: &str = "慢性腎臓病";

fn is_latin(cursor: &Cursor<'_>, length: usize) -> bool {
    cursor.rest()[length - 1].is_ascii_alphabetic()
}

/// A name with its modifiers, found in the text.
struct Found<'l> {
    matched: Option<DiseaseMatch<'l>>,
    modifiers: Vec<Modifier>,
    length: usize,
    /// Where the base begins, after the modifiers.
    base: usize,
    /// The chance that a misread name is this one.
    chance: f32,
}

/// { prefix } base, the reading that covers most.
fn named<'l>(lexicon: &'l Lexicon, cursor: &Cursor<'_>) -> Option<Found<'l>> {
    let written = cursor.rest_as_written();
    let is_name = |at: usize, found: &DiseaseMatch<'l>| {
        let mut end = *cursor;
        end.go_to(cursor.at() + at + found.length);
        // One letter alone (S, K) is too little to say a disease.
        let letter = found.how == How::Abbreviation && found.length == 1;
        // Fr is a fracture; FR is whatever a reader made of two letters.
        let other_case = found.length == 2
            && found.abbreviation.is_some_and(|abbreviation| {
                abbreviation.written.chars().ne(written[at..at + 2].iter().copied())
            });
        !letter && !other_case && ends_name(lexicon, &end)
    };
    let found = lexicon.diseases().composed_at(written, cursor.rest(), is_name)?;
    Some(Found {
        modifiers: found.prefixes.into_iter().map(ModifierRow::to_modifier).collect(),
        matched: Some(found.matched),
        length: found.length,
        base: found.base,
        chance: 1.0,
    })
}

/// The word with its Latin parts written as the master writes them.
fn rewritten<'l>(lexicon: &'l Lexicon, cursor: &Cursor<'_>) -> Option<Found<'l>> {
    let length = word_length(lexicon, cursor, false);
    in_words_of_the_master(lexicon, cursor, |whole, replaced| {
        named(lexicon, whole).filter(|found| found.length == replaced)
    })
    .map(|found| Found { length, base: 0, ..found })
}

/// What is found in the word once one of its Latin parts is written as the master writes it; `find` is
/// given that word and its length.
fn in_words_of_the_master<'l>(
    lexicon: &'l Lexicon,
    cursor: &Cursor<'_>,
    find: impl Fn(&Cursor<'_>, usize) -> Option<Found<'l>>,
) -> Option<Found<'l>> {
    let length = word_length(lexicon, cursor, false);
    let word: String = cursor.rest()[..length].iter().filter(|char| **char != SOFT_BREAK).collect();
    ROMAN_PARTS.iter().find_map(|(part, meant)| {
        let place = word.find(part)?;
        // Short parts only as a word of their own: the k of 大腸k, not of keloid.
        let before = word[..place].chars().last();
        let after = word[place + part.len()..].chars().next();
        let letter = |char: Option<char>| char.is_some_and(|char| char.is_ascii_alphabetic());
        if letter(before)
            || letter(after)
            || (part.len() < 3 && before.is_none() && after.is_none())
        {
            return None;
        }
        let replaced = Text::of_line(0, &word.replacen(part, meant, 1));
        let mut whole = Cursor::new(&replaced, 0..replaced.len());
        whole.spaces();
        find(&whole, replaced.len())
    })
}

/// The likeliest name of a misread word: with one character exchanged for what the reader
/// offers, else by likeness. A space inside the word may be the reader's own.
fn misread<'l>(lexicon: &'l Lexicon, cursor: &Cursor<'_>, nearly: bool) -> Option<Found<'l>> {
    let word = word_length(lexicon, cursor, false);
    let joined = word_length(lexicon, cursor, true);
    let lengths = if joined > word { vec![joined, word] } else { vec![word] };
    lengths
        .iter()
        .find_map(|length| offered(lexicon, cursor, *length))
        .or_else(|| letters_for_figures(lexicon, cursor))
        .or_else(|| lengths.iter().find_map(|length| alike(lexicon, cursor, *length, nearly)))
        .or_else(|| rewritten_alike(lexicon, cursor, nearly))
}

/// 0AB, Cl, S0B: an abbreviation of which one letter was read as a figure or a letter drawn like it.
fn letters_for_figures<'l>(lexicon: &'l Lexicon, cursor: &Cursor<'_>) -> Option<Found<'l>> {
    let written = cursor.rest_as_written();
    let length = written.iter().take_while(|char| char.is_ascii_alphanumeric()).count();
    if !(2..=LONGEST_ABBREVIATION).contains(&length) {
        return None;
    }
    let text = cursor.part(length);
    (0..length).find_map(|at| {
        let meant = LETTERS.iter().find(|(read, _)| *read == written[at])?.1;
        let mut better = text.clone();
        better.correct(at, meant);
        let found = named(lexicon, &Cursor::new(&better, 0..length))?;
        let matched =
            found.matched.filter(|it| it.abbreviation.is_some() && it.length == length)?;
        let matched = DiseaseMatch { how: How::Likeness, score: OFFERED, ..matched };
        Some(Found { matched: Some(matched), ..found })
    })
}

/// Longer Latin words are told by likeness.
const LONGEST_ABBREVIATION: usize = 5;

/// What a letter is read as, and the letter.
const LETTERS: &[(char, char)] =
    &[('0', 'O'), ('O', 'D'), ('l', 'I'), ('1', 'I'), ('5', 'S'), ('8', 'B')];

/// 高Chol血正, Meniere丙: the likeliest name once the Latin part is written as the master writes it.
fn rewritten_alike<'l>(
    lexicon: &'l Lexicon,
    cursor: &Cursor<'_>,
    nearly: bool,
) -> Option<Found<'l>> {
    let length = word_length(lexicon, cursor, false);
    in_words_of_the_master(lexicon, cursor, |whole, replaced| {
        alike(lexicon, whole, replaced, nearly).filter(|found| found.length == replaced)
    })
    .map(|found| Found { length, base: 0, ..found })
}

/// The word with one character exchanged for what the reader offers, if that is a name.
fn offered<'l>(lexicon: &'l Lexicon, cursor: &Cursor<'_>, word: usize) -> Option<Found<'l>> {
    let text = cursor.part(word);
    (0..text.len().min(LONGEST_OFFERED)).find_map(|at| {
        let offers: Vec<char> = text.others(at).collect();
        offers.into_iter().find_map(|meant| {
            let mut better = text.clone();
            better.correct(at, meant);
            let whole = Cursor::new(&better, 0..better.len());
            let found = named(lexicon, &whole).filter(|found| found.length == word)?;
            let matched = found.matched.filter(|matched| matched.abbreviation.is_none())?;
            let matched = DiseaseMatch { how: How::Likeness, score: OFFERED, ..matched };
            Some(Found { matched: Some(matched), ..found })
        })
    })
}

/// Longer words than this are tried by likeness only.
const LONGEST_OFFERED: usize = 16;

/// How sure a name is of which the reader offered one character as its second choice.
const OFFERED: f32 = 0.9;

/// How near a name is at least that stands on a line of its own.
pub const NEARLY: f32 = 0.85;

/// A shorter word on a line of its own is like too many names.
pub const SHORTEST_NEARLY: usize = 4;

/// The likeliest name of a word that is like it.
fn alike<'l>(
    lexicon: &'l Lexicon,
    cursor: &Cursor<'_>,
    word: usize,
    nearly: bool,
) -> Option<Found<'l>> {
    if nearly && word < SHORTEST_NEARLY {
        return None;
    }
    let mut modifiers = Vec::new();
    let mut at = 0;
    if let Some((row, length)) = lexicon.diseases().prefix_at(cursor.rest())
        && matches!(row.kind.as_str(), "位置" | "部位")
        && length < word
    {
        modifiers.push(row.to_modifier());
        at = length;
    }
    let letters: Vec<char> =
        cursor.rest()[..word].iter().copied().filter(|char| !char.is_whitespace()).collect();
    // Shorter words are like too many names.
    if letters.len() < 3 {
        return None;
    }
    if letters.iter().all(char::is_ascii) {
        let matched = lexicon.diseases().near_latin(&letters)?;
        return Some(Found {
            matched: Some(matched),
            modifiers,
            length: word,
            base: 0,
            chance: 1.0,
        });
    }
    // A name as near as that costs no more, even if it is some letters longer than what was read.
    let limit = if nearly { (15 * (letters.len() as u16).min(17) + 45).min(300) } else { 300 };
    let near = |from: usize| {
        let reading = cursor.reading(from..word);
        let found = lexicon.diseases().near_reading_within(&reading, limit);
        let whole: Vec<DiseaseMatch<'l>> =
            found.into_iter().filter(|found| from + found.length >= word).collect();
        let chance = chance_of_first(&whole);
        whole.into_iter().next().map(|first| (first, chance))
    };
    let whole = near(0);
    let stripped = if at > 0 { near(at) } else { None };
    let (matched, chance, modifiers, base) = match (whole, stripped) {
        (Some(whole), stripped) if stripped.as_ref().is_none_or(|s| s.0.score <= whole.0.score) => {
            (whole.0, whole.1, Vec::new(), 0)
        }
        (_, Some((matched, chance))) => (matched, chance, modifiers, at),
        _ => return None,
    };
    Some(Found { matched: Some(matched), modifiers, length: word, base, chance })
}

/// The chance of the disease that is named first, among all that the reading may be.
fn chance_of_first(found: &[DiseaseMatch<'_>]) -> f32 {
    let disease = |found: &DiseaseMatch<'_>| found.diseases.first().map(|(it, _)| it.name.clone());
    let first = found.first().and_then(disease);
    lexicon::chance_of_name(found.iter().map(|found| (found.cost, disease(found) == first)))
}

/// Any word of at least two letters.
fn unknown<'l>(lexicon: &Lexicon, cursor: &Cursor<'_>) -> Option<Found<'l>> {
    let length = word_length(lexicon, cursor, false);
    let letters = cursor.rest()[..length].iter().filter(|char| char.is_alphabetic()).count();
    (letters >= 2).then_some(Found {
        matched: None,
        modifiers: Vec::new(),
        length,
        base: 0,
        chance: 1.0,
    })
}

/// How far a word reaches: to a space, a bracket, a mark or a cue; `joined`: over single spaces
/// between two letters.
fn word_length(lexicon: &Lexicon, cursor: &Cursor<'_>, joined: bool) -> usize {
    let mut end = *cursor;
    let letter = |char: Option<char>| {
        char.is_some_and(|char| is_kanji(char) || is_katakana(char) || is_hiragana(char))
    };
    while let Some(char) = end.peek() {
        let own = joined && char == ' ' && letter(end.before()) && letter(end.peek_at(1));
        if own {
            end.step();
            continue;
        }
        if " 、。,;:()[]?→/".contains(char) {
            break;
        }
        let mut ahead = end;
        if end.at() > cursor.at()
            && (assertion::after(&mut ahead).is_some()
                || lexicon.diseases().suffix_at(end.rest()).is_some()
                || is_condition(end))
        {
            break;
        }
        end.step();
    }
    // What is left of a rule behind the name.
    let name = |char: &char| !"・.-~'`".contains(*char);
    let read = &cursor.rest()[..end.at() - cursor.at()];
    read.iter().rposition(name).map_or(read.len(), |last| last + 1)
}

/// How the patient is, to the end of the part: 安定, コントロール良好. Readers lose the space before
/// it.
fn is_condition(mut at: Cursor<'_>) -> bool {
    let mut said = false;
    loop {
        at.spaces();
        let separates = at.peek().is_none_or(|char| "、。,;:()[]→/".contains(char));
        if separates || at.eat_any(CONDITIONS).is_none() {
            return said && separates;
        }
        said = true;
    }
}

/// Whether a name can end here.
fn ends_name(lexicon: &Lexicon, end: &Cursor<'_>) -> bool {
    let (Some(last), Some(next)) = (end.before(), end.peek()) else { return true };
    let mut ahead = *end;
    if assertion::after(&mut ahead).is_some()
        || lexicon.diseases().suffix_at(end.rest()).is_some()
        || remark(&mut ahead).is_some()
    {
        return true;
    }
    let latin = |char: char| char.is_ascii_alphanumeric();
    let word = |char: char| is_kanji(char) || is_katakana(char);
    let runs_on = (latin(last) && (latin(next) || next == '-'))
        || (word(last) && word(next))
        || (latin(last) && word(next))
        || (word(last) && latin(next) && !next.is_ascii_digit())
        || next == '・' && end.peek_at(1).is_some_and(word) && !names_behind_dot(lexicon, end);
    !runs_on
}

/// 高血圧・糖尿病: what stands behind the dot is another name, no part of one.
fn names_behind_dot(lexicon: &Lexicon, end: &Cursor<'_>) -> bool {
    let (written, folded) = (&end.rest_as_written()[1..], &end.rest()[1..]);
    lexicon.diseases().composed_at(written, folded, |_, found| found.length > 1).is_some()
}

fn goes_on_as_prose(cursor: &Cursor<'_>) -> bool {
    cursor.peek().is_some_and(|char| is_hiragana(char) || is_kanji(char) || is_katakana(char))
        && remark(&mut cursor.clone()).is_none()
}

fn begun<'l>(text: &Text, range: Range<usize>, found: Found<'l>) -> WrittenDiagnosis<'l> {
    let written = text.string(range.start + found.base..range.end);
    let mut diagnosis = WrittenDiagnosis {
        name: written.clone(),
        disease: None,
        codes: Codes::new(),
        candidates: Vec::new(),
        modifiers: found.modifiers,
        status: None,
        hint: None,
        date: None,
        score: 0.0,
        chance: found.chance,
        how: How::Likeness,
        sign: false,
        doubts: Vec::new(),
        range: range.clone(),
        name_range: range,
        past: None,
        prose: false,
    };
    let Some(matched) = found.matched else {
        diagnosis.doubts.push(Doubt::about(DoubtKind::UnknownName, "name", written));
        return diagnosis;
    };
    diagnosis.score = matched.score;
    diagnosis.how = matched.how;
    diagnosis.candidates = matched
        .diseases
        .iter()
        .enumerate()
        .map(|(rank, (disease, how))| Candidate {
            name: shown(&disease.name),
            codes: disease.codes.clone(),
            score: matched.score * (0.9_f32).powi(i32::try_from(rank).unwrap_or(0)),
            reason: how.reason().to_owned(),
        })
        .collect();
    let must_ask = matched.abbreviation.is_some_and(|abbreviation| abbreviation.must_ask);
    let several = matched.diseases.len() > 1;
    if must_ask || several {
        diagnosis.doubts.push(ambiguous(&written, &matched));
    }
    if matched.how == How::Likeness {
        diagnosis.doubts.push(Doubt::about(DoubtKind::NameByLikeness, "name", written));
    }
    if let Some((disease, _)) = matched.diseases.first() {
        diagnosis.sign = disease.is_sign();
        let several_names = several && matched.abbreviation.is_none();
        if !(must_ask || several_names) {
            choose(&mut diagnosis, disease);
        }
    }
    diagnosis
}

/// Takes the disease for what was meant.
pub fn choose<'l>(diagnosis: &mut WrittenDiagnosis<'l>, disease: &'l Disease) {
    diagnosis.name = shown(&disease.name);
    diagnosis.codes = disease.codes.clone();
    diagnosis.disease = Some(disease);
    diagnosis.sign = disease.is_sign();
}

fn ambiguous(written: &str, matched: &DiseaseMatch<'_>) -> Doubt {
    let readings = matched.diseases.iter().map(|(disease, _)| shown(&disease.name));
    let others =
        matched.abbreviation.into_iter().flat_map(|abbreviation| abbreviation.others.clone());
    let readings: Vec<String> = readings.chain(others).collect();
    Doubt::about(
        DoubtKind::AmbiguousAbbreviation,
        "name",
        format!("{written}：{}", readings.join("、")),
    )
}

/// { suffix | bracket | cue }; answers where the diagnosis ends.
fn tail<'l>(
    lexicon: &'l Lexicon,
    text: &Text,
    cursor: &mut Cursor<'_>,
    written: &mut WrittenDiagnosis<'l>,
) -> usize {
    loop {
        if let Some(status) = assertion::after(cursor) {
            // The first cue is the nearest.
            written.status = written.status.or(Some(status));
        } else if !bracket(lexicon, text, cursor, written) && !suffix(lexicon, cursor, written) {
            break;
        }
    }
    let before = cursor.at();
    if assertion::time_past(cursor).is_some() {
        written.past = Some(text.string(before..cursor.at()).trim().to_owned());
        written.status = written.status.or_else(|| assertion::after(cursor));
    }
    changed_mind(text, cursor, written);
    if written.status.is_none() {
        unclear_cue(text, cursor, written);
    }
    cursor.at()
}

/// 肺癌の疑い→否定的: what stands behind the arrow holds, and is asked about.
fn changed_mind(text: &Text, cursor: &mut Cursor<'_>, written: &mut WrittenDiagnosis<'_>) {
    let changed = cursor.attempt(|cursor| {
        cursor.spaces();
        (cursor.eat("→") || cursor.eat("⇒") || cursor.eat("->")).then_some(())?;
        assertion::after(cursor)
    });
    if let Some(status) = changed {
        written.status = Some(status);
        let facts = text.string(written.name_range.end..cursor.at());
        written.doubts.push(Doubt::about(DoubtKind::UnclearStatus, "status", facts));
    }
}

/// At most so many characters between a name and its cue may be a particle that was misread.
const MISREAD_PARTICLE: usize = 2;

/// Words of cues that are asked about wherever they stand in the words behind a name.
const TELLING: &[&str] = &["否定", "除外", "認めず", "陰性", "疑"];

/// A cue that nothing known leads to. Right behind a particle, it is taken; either way it is asked about.
fn unclear_cue(text: &Text, cursor: &mut Cursor<'_>, written: &mut WrittenDiagnosis<'_>) {
    let start = cursor.at();
    let words = |char: &char| !" 、。,;:()[]→/#".contains(*char) && *char != SOFT_BREAK;
    let length = cursor.rest().iter().take_while(|char| words(char)).count();
    let is_particle =
        |char: char| !is_kanji(char) && !is_katakana(char) && !char.is_ascii_alphabetic();
    let led_to = (1..=MISREAD_PARTICLE.min(length))
        .take_while(|skipped| is_particle(cursor.rest()[skipped - 1]))
        .find_map(|skipped| {
            let mut ahead = *cursor;
            ahead.go_to(start + skipped);
            let status = assertion::after(&mut ahead)?;
            Some((status, ahead)).filter(|_| status != DiagnosisStatus::Confirmed)
        });
    if let Some((status, behind)) = led_to {
        written.status = Some(status);
        *cursor = behind;
    }
    let behind = text.string(start..(start + length).max(cursor.at()));
    if led_to.is_some() || TELLING.iter().any(|word| behind.contains(word)) {
        written.doubts.push(Doubt::about(DoubtKind::UnclearStatus, "status", behind));
    }
}

fn suffix(lexicon: &Lexicon, cursor: &mut Cursor<'_>, written: &mut WrittenDiagnosis<'_>) -> bool {
    // 白内障 術後: a space changes nothing.
    let mut ahead = *cursor;
    ahead.spaces();
    let Some((row, length)) = lexicon.diseases().suffix_at(ahead.rest()) else { return false };
    let ends = ahead.rest().get(length).is_none_or(|next| !is_kanji(*next) && !is_katakana(*next));
    // 脳梗塞 後遺症なし: what is denied is the other word.
    let mut behind = ahead;
    behind.go_to(ahead.at() + length);
    let denied = assertion::after(&mut behind) == Some(DiagnosisStatus::Negated);
    if ahead.at() > cursor.at() && (!ends || denied) {
        return false;
    }
    cursor.go_to(ahead.at() + length);
    let status = match row.effect.as_str() {
        "suspected" => Some(DiagnosisStatus::Suspected),
        "history" => Some(DiagnosisStatus::History),
        _ => None,
    };
    if status.is_some() {
        written.status = written.status.or(status);
    } else {
        written.modifiers.push(row.to_modifier());
    }
    true
}

/// (H5), (皮膚), (左).
fn bracket(
    lexicon: &Lexicon,
    text: &Text,
    cursor: &mut Cursor<'_>,
    written: &mut WrittenDiagnosis<'_>,
) -> bool {
    cursor
        .attempt(|cursor| {
            cursor.attempt(|cursor| {
                cursor.spaces();
                // 発症年月日(平成20年3月頃)
                let _ = cursor.eat("発症年月日") || cursor.eat("発症日") || cursor.eat("診断日");
                cursor.spaces();
                cursor.eat("(").then_some(())
            })?;
            let start = cursor.at();
            while cursor.peek()? != ')' {
                cursor.step();
            }
            let end = cursor.at();
            cursor.step();
            // (2) is the number of the next.
            if text.chars()[start..end].iter().all(char::is_ascii_digit) {
                return None;
            }
            if let Some(date) = date::date(text, start..end) {
                written.date = Some(date);
                return Some(());
            }
            hint(lexicon, &text.string(start..end), written);
            Some(())
        })
        .is_some()
}

/// A word in brackets that only one reading of an abbreviation contains settles it.
fn hint(lexicon: &Lexicon, word: &str, written: &mut WrittenDiagnosis<'_>) {
    let word = word.trim();
    if word.is_empty()
        || word.chars().count() > 8
        || !word.chars().any(|char| is_kanji(char) || is_katakana(char))
    {
        return;
    }
    if let Some(side) = ["両側", "左", "右", "両"].into_iter().find(|side| word == *side) {
        let known = lexicon.diseases().modifier(side).map(ModifierRow::to_modifier);
        written.modifiers.push(
            known.unwrap_or_else(|| Modifier { name: side.to_owned(), ..Modifier::default() }),
        );
        return;
    }
    written.hint = Some(word.to_owned());
    if written.disease.is_some() || written.candidates.is_empty() {
        return;
    }
    let folded: String = normalise::key(word).into_iter().collect();
    let fits: Vec<usize> = written
        .candidates
        .iter()
        .enumerate()
        .filter(|(_, candidate)| {
            let name: String = normalise::key(&candidate.name).into_iter().collect();
            name.contains(&folded)
        })
        .map(|(number, _)| number)
        .collect();
    if let [only] = fits[..] {
        let chosen = written.candidates[only].clone();
        written.name = chosen.name;
        written.codes = chosen.codes;
        written.candidates.rotate_left(only);
        written.doubts.retain(|doubt| doubt.kind != DoubtKind::AmbiguousAbbreviation);
    }
}
