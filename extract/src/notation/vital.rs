//! Vital signs.
//!
//! ```text
//! vitals = { vital [ sep ] } ;
//! vital  = NAME [ ":" | "=" ] value [ unit ] [ "整" | "不整" ] ;
//! value  = NUM [ "/" NUM ] ;
//! ```
//!
//! The names come from the lexicon. A value that no body has is taken as written and doubted:
//! more likely a digit was misread.

use std::ops::Range;

use chart::{Doubt, DoubtKind, Observation};
use rust_decimal::Decimal;

use super::cursor::Cursor;
use crate::{
    lexicon::{Item, Lexicon},
    normalise::Text,
};

/// A measured value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// What was measured.
    pub observation: Observation,
    /// What is doubtful.
    pub doubts: Vec<Doubt>,
    /// Its characters.
    pub range: Range<usize>,
}

/// All vital signs of a line.
pub fn vitals(lexicon: &Lexicon, text: &Text, range: Range<usize>) -> Vec<Measured> {
    let mut found = Vec::new();
    let mut cursor = Cursor::new(text, range);
    while !cursor.is_done() {
        match cursor.attempt(|cursor| vital(lexicon, text, cursor)) {
            Some(measured) => found.push(measured),
            None => cursor.step(),
        }
    }
    found
}

fn vital(lexicon: &Lexicon, text: &Text, cursor: &mut Cursor<'_>) -> Option<Measured> {
    let start = cursor.at();
    if cursor.before().is_some_and(|char| char.is_alphanumeric() || "./-(".contains(char)) {
        return None;
    }
    // R5.3.10 is a date, not a rate of breathing.
    if super::date::date(text, start..text.len()).is_some() {
        return None;
    }
    let (item, length) = lexicon.words().vital_at(cursor.rest())?;
    cursor.go_to(start + length);
    cursor.spaces();
    let _ = cursor.eat(":") || cursor.eat("=") || cursor.eat("は");
    cursor.spaces();
    let value_start = cursor.at();
    let first = cursor.number()?.value;
    let pair = item.unit == "mmHg" && item.name == "BP";
    let second = cursor.attempt(|cursor| {
        pair.then_some(())?;
        cursor.spaces();
        (cursor.eat("/") || cursor.eat("-")).then_some(())?;
        cursor.spaces();
        cursor.number().map(|number| number.value)
    });
    if pair && second.is_none() {
        return None;
    }
    // A letter alone names a vital sign only with a value that it can have.
    if length == 1 && !plausible(item, first) {
        return None;
    }
    // 家庭血圧130台, P 3日分: another figure.
    if cursor.peek().is_some_and(|char| "台日回錠包代歳枚".contains(char)) {
        return None;
    }
    let value_end = cursor.at();
    let unit = unit(cursor, item);
    let mut doubts = Vec::new();
    if text.is_repaired(value_start..value_end) {
        doubts.push(Doubt::about(
            DoubtKind::UnreadableDigits,
            "value",
            text.string(value_start..value_end),
        ));
    }
    let pair_is_odd = second.is_some_and(|second| second >= first);
    if pair_is_odd
        || !(pair || plausible(item, first))
        || pair && !(Decimal::from(40)..=Decimal::from(300)).contains(&first)
    {
        doubts.push(Doubt::about(
            DoubtKind::UnreadableDigits,
            "value",
            format!("{} {}", item.name, text.string(value_start..value_end)),
        ));
    }
    Some(Measured {
        observation: Observation {
            item: item.name.clone(),
            value: text.string(value_start..value_end).replace(' ', ""),
            unit,
            ..Observation::default()
        },
        doubts,
        range: start..cursor.at(),
    })
}

/// Whether a body can have it.
pub fn plausible(item: &Item, value: Decimal) -> bool {
    let value: f64 = value.try_into().unwrap_or(0.0);
    item.low.is_none_or(|low| value >= low) && item.high.is_none_or(|high| value <= high)
}

/// The unit as written, else the usual one.
pub fn unit(cursor: &mut Cursor<'_>, item: &Item) -> Option<String> {
    let written = cursor.attempt(|cursor| {
        cursor.spaces();
        let mut units: Vec<&String> = item.units.iter().collect();
        units.sort_by_key(|unit| std::cmp::Reverse(unit.chars().count()));
        units
            .into_iter()
            .find(|unit| cursor.eat(&Text::of_line(0, unit).chars().iter().collect::<String>()))
            .cloned()
    });
    cursor.attempt(|cursor| {
        cursor.spaces();
        (cursor.eat("/分") || cursor.eat("/min") || cursor.eat("°c") || cursor.eat("度"))
            .then_some(())
    });
    written.or_else(|| (!item.unit.is_empty()).then(|| item.unit.clone()))
}
