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

mod form;
mod spelling;
mod strength;
mod tail;

use std::ops::Range;

use chart::UNREADABLE;

pub use self::strength::WrittenStrength;
use self::{
    form::{FORMS, spelled_form},
    spelling::{Found, clipped, exact, likely},
    tail::{Tail, tail},
};
use super::{cursor::Cursor, usage};
use crate::{
    lexicon::{DrugForm, DrugName, How, Lexicon, Rival},
    normalise::{Text, is_katakana},
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
    /// Brackets at the name of which the strength could not be read.
    pub illegible: Option<Range<usize>>,
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
            illegible: None,
            general: false,
            range: at..at,
        }
    }

    /// What stands behind the name.
    fn with_tail(self, tail: Tail) -> Self {
        Self {
            form: tail.form,
            strength: tail.strength,
            grade: tail.grade,
            illegible: tail.illegible,
            range: self.range.start..tail.end,
            ..self
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
    if misread {
        cursor.attempt(worn_beginning);
    }
    let start = cursor.at();
    if let Some(head) = kampo_number(lexicon, text, &mut cursor, start) {
        return Some(head);
    }
    let house = cursor.attempt(|cursor| cursor.eat_any(HOUSES));
    if house.is_some() {
        cursor.spaces();
    }
    let found = exact(lexicon, &cursor)
        .or_else(|| misread.then(|| clipped(lexicon, &cursor)).flatten())
        .or_else(|| misread.then(|| likely(lexicon, &cursor)).flatten());
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
    let head = DrugHead {
        drug: Some(drug),
        others: others_of_spelling,
        spelling,
        how: best.how,
        score: best.score,
        chance,
        ambiguous: best.ambiguous,
        name,
        general,
        ..DrugHead::unreadable(start)
    };
    Some(head.with_tail(tail))
}

/// What is left of a character before a katakana name: -フェジピン, ・セナビン, 7ロミフェン.
fn worn_beginning(cursor: &mut Cursor<'_>) -> Option<()> {
    let mark = cursor.peek()?;
    cursor.step();
    // 3カプセル is an amount.
    if usage::unit(&mut cursor.clone()).is_some() {
        return None;
    }
    let worn = mark.is_ascii_digit() || "-・/'\"~=_:.,".contains(mark);
    (worn && cursor.rest().iter().take(3).filter(|char| is_katakana(**char)).count() == 3)
        .then_some(())
}

/// A head whose name no lexicon knows: the words before the first figure.
pub fn unknown_head<'l>(text: &Text, range: Range<usize>) -> Option<DrugHead<'l>> {
    let mut cursor = Cursor::new(text, range);
    let general = cursor.eat_any(&["【般】", "[般]", "【般", "般】"]).is_some();
    cursor.spaces();
    cursor.attempt(worn_beginning);
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
    Some(DrugHead { name, general, ..DrugHead::unreadable(start) }.with_tail(tail))
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
            how: How::Alias,
            score: if repaired || text.is_repaired(start..tail.end) { 0.8 } else { 1.0 },
            name,
            form: tail.form,
            range: start..tail.end,
            ..DrugHead::unreadable(start)
        })
    })
}
