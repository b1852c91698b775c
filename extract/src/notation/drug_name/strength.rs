//! The figure beside a name that says how strong it is, and the letters that say so of a combination.

use std::ops::Range;

use rust_decimal::Decimal;

use super::form::form;
use crate::{
    lexicon::DrugName,
    notation::{cursor::Cursor, usage},
};

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
    ("万", "万単位"),
    ("単位", "単位"),
    ("mL", "mL"),
    ("mEq", "mEq"),
    ("番", "番"),
    ("%", "%"),
    ("g", "g"),
];

/// (60), 60mg, 60.
pub(super) fn strength(
    cursor: &mut Cursor<'_>,
    drug: Option<&DrugName>,
) -> Option<WrittenStrength> {
    let before = cursor.at();
    cursor.spaces();
    // ムコダイン錠・250mg, パピロックミニ=(0.1)
    cursor.attempt(|cursor| {
        (drug.is_some() && (cursor.eat("・") || cursor.eat("=") || cursor.eat("-")))
            .then_some(())?;
        cursor.peek().filter(|char| char.is_ascii_digit() || *char == '(').map(|_| ())
    });
    let apart = cursor.at() > before && cursor.before() != Some('\n');
    let start = cursor.at();
    let bracket = cursor.eat("(") || cursor.eat("[");
    if bracket {
        cursor.spaces();
    }
    let number = cursor.number()?;
    let unit = cursor.attempt(|cursor| {
        cursor.spaces();
        let unit = cursor.eat_spelling(MASS_UNITS)?;
        // メトホルミン塩酸塩錠250mgMT「DSPB」
        let suffix = cursor.clone().eat_any(&["mt「", "mt ", "gt「"]).is_some();
        let runs_on = cursor.peek().is_some_and(|char| char.is_ascii_alphabetic()) && !suffix;
        (!runs_on || unit == "%").then_some(unit)
    });
    // 10m1回1T: the g was lost.
    let torn = unit.is_none()
        && !bracket
        && !apart
        && drug.is_some_and(|drug| comes_in(drug, number.value));
    let torn = torn && cursor.attempt(torn_unit).is_some();
    let unit = if torn { Some("mg") } else { unit };
    // 10mg/日 is a dose.
    if cursor.peek() == Some('/') && usage::per_behind(&mut cursor.clone()).is_some() {
        return None;
    }
    if bracket && unit.is_none() && !closes(cursor) {
        return before_lost_bracket(cursor, drug, start);
    }
    if bracket {
        cursor.spaces();
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
        let exists = drug.is_some_and(|drug| comes_in(drug, number.value));
        // フルタイド100ディスカス
        let before_form = exists && form(&mut ahead.clone()).is_some();
        if follows.is_some_and(char::is_alphanumeric)
            && ahead.at() == cursor.at()
            && follows != Some('分')
            && !before_form
        {
            return None;
        }
        // ザイロリック7(50): the figure in brackets is the strength.
        if !exists && follows == Some('(') {
            let in_brackets = ahead.attempt(|ahead| strength(ahead, drug))?;
            *cursor = ahead;
            return Some(WrittenStrength { repaired: true, ..in_brackets });
        }
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
        // 5g1回2T where the drug comes in 5μg: the μ was lost, and the amount follows.
        Some("g")
            if drug.is_some_and(|drug| comes_in_less(drug, number.value))
                && amount_follows(cursor) => {}
        Some(unit @ ("g" | "mL")) if !bracket && !known(unit) => return None,
        _ => {}
    }
    Some(WrittenStrength {
        value: number.value,
        unit,
        range: start..cursor.at(),
        attached,
        repaired: number.repaired || torn,
    })
}

/// The m of mg, with a figure or a space behind it.
fn torn_unit(cursor: &mut Cursor<'_>) -> Option<()> {
    let whole = cursor.eat("m");
    let behind = |char: char| char.is_ascii_digit() || char.is_whitespace();
    (whole && cursor.peek().is_none_or(behind)).then_some(())
}

fn closes(cursor: &Cursor<'_>) -> bool {
    let mut ahead = *cursor;
    ahead.spaces();
    matches!(ahead.peek(), Some(')' | ']'))
}

pub(super) fn comes_in(drug: &DrugName, value: Decimal) -> bool {
    drug.forms.iter().flat_map(|form| &form.strengths).any(|strength| strength.value == value)
}

fn amount_follows(cursor: &Cursor<'_>) -> bool {
    let mut ahead = *cursor;
    ahead.spaces();
    ahead.peek().is_some_and(|char| char.is_ascii_digit())
}

/// Whether it comes in so many mg or μg.
fn comes_in_less(drug: &DrugName, value: Decimal) -> bool {
    let strengths = drug.forms.iter().flat_map(|form| &form.strengths);
    strengths.filter(|it| matches!(it.unit.as_str(), "mg" | "μg")).any(|it| it.value == value)
}

/// (100 3T, (2003T: the bracket was lost, and behind the strength or with its last figure begins the
/// amount, if the drug comes in 100 and in 200.
fn before_lost_bracket(
    cursor: &mut Cursor<'_>,
    drug: Option<&DrugName>,
    start: usize,
) -> Option<WrittenStrength> {
    let end = if cursor.peek() == Some(' ') {
        cursor.at()
    } else {
        // (501回2錠: of 1回.
        let mut behind = *cursor;
        (usage::unit(&mut behind).is_some() || behind.eat("回")).then_some(())?;
        cursor.at().checked_sub(1).filter(|end| *end > start + 1)?
    };
    cursor.go_to(start + 1);
    let value = cursor.number_before(end)?;
    drug.filter(|drug| comes_in(drug, value))?;
    let range = start..end;
    Some(WrittenStrength { value, unit: None, range, attached: true, repaired: true })
}

/// What the strengths of combinations are called.
const GRADES: &[&str] = &["ULD", "LD", "HD", "MD", "EX", "AP", "BP"];

/// LD, (HD), 配合錠AP of a combination; another word of these letters runs on.
pub(super) fn grade(cursor: &mut Cursor<'_>, drug: Option<&DrugName>) -> Option<&'static str> {
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
