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

mod name; // 右変形性膝関節症
mod remark; // コントロール良好
mod tail; // の疑い, (H5), 術後

use std::ops::Range;

use chart::{Candidate, Codes, DiagnosisStatus, Doubt, DoubtKind, Modifier};

pub use name::{NEARLY, SHORTEST_NEARLY};

use super::{cursor::Cursor, date::WrittenDate};
use crate::{
    assertion,
    lexicon::{Disease, DiseaseMatch, How, Lexicon},
    normalise::{Text, is_hiragana, is_kanji, is_katakana, shown},
};
use name::{Found, is_latin, misread, named, rewritten, unknown};
use remark::remark;
use tail::tail;

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
