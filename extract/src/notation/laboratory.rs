//! Laboratory values, in a line of a chart and in the rows of a report.
//!
//! ```text
//! line  = { test [ sep ] } ;              test = NAME [ ":" | "=" ] value [ unit ] [ flag ] { "→" value } ;
//!                                          | NAME "/" NAME NUM "/" NUM ;        (* AST/ALT 25/30 *)
//! row   = NAME | value | [ flag ] | [ unit ] | [ reference ] ;     (* one cell each *)
//! value = [ "<" | ">" ] NUM | sign ;      sign = "(-)" | "(+)" | "(±)" | "2+" | "陰性" | "陽性" ;
//! flag  = "H" | "L" | "↑" | "↓" ;          reference = NUM "-" NUM | NUM ("以下" | "以上") ;
//! ```

use std::ops::Range;

use chart::{Doubt, DoubtKind, Observation};
use rust_decimal::Decimal;

use super::{
    cursor::Cursor,
    vital::{Measured, plausible, unit},
};
use crate::{
    lexicon::{Item, Lexicon},
    normalise::Text,
};

const SIGNS: &[&str] = &[
    "(3+)",
    "(2+)",
    "(1+)",
    "(++)",
    "(+++)",
    "(+-)",
    "(±)",
    "(+)",
    "(-)",
    "(ー)",
    "(一)",
    "3+",
    "2+",
    "1+",
    "±",
    "陰性",
    "陽性",
    "弱陽性",
    "判定保留",
];

const FLAGS: &[(&str, &str)] = &[
    ("↑", "H"),
    ("↓", "L"),
    ("high", "H"),
    ("low", "L"),
    ("(h)", "H"),
    ("(l)", "L"),
    ("h", "H"),
    ("l", "L"),
    ("高", "H"),
    ("低", "L"),
];

/// All tests of a line.
pub fn tests(lexicon: &Lexicon, text: &Text, range: Range<usize>) -> Vec<Measured> {
    let mut found = Vec::new();
    let mut cursor = Cursor::new(text, range);
    while !cursor.is_done() {
        if let Some(both) = cursor.attempt(|cursor| pair(lexicon, text, cursor)) {
            found.extend(both);
        } else if let Some((item, measured)) = cursor.attempt(|cursor| test(lexicon, text, cursor))
        {
            found.push(measured);
            while let Some(later) = cursor.attempt(|cursor| later(text, item, cursor)) {
                found.push(later);
            }
        } else {
            cursor.step();
        }
    }
    found
}

/// AST/ALT 25/30: two names, then their values in the same order.
fn pair(lexicon: &Lexicon, text: &Text, cursor: &mut Cursor<'_>) -> Option<[Measured; 2]> {
    let start = cursor.at();
    if cursor.before().is_some_and(char::is_alphanumeric) {
        return None;
    }
    let name = |cursor: &mut Cursor<'_>| {
        let (item, length) = lexicon.words().laboratory_at(cursor.rest())?;
        cursor.go_to(cursor.at() + length);
        Some(item)
    };
    let one = name(cursor)?;
    cursor.eat("/").then_some(())?;
    let other = name(cursor)?;
    cursor.spaces();
    let _ = cursor.eat(":") || cursor.eat("=");
    cursor.spaces();
    let figure = |cursor: &mut Cursor<'_>| {
        let start = cursor.at();
        let value = cursor.number()?.value;
        Some((value, start..cursor.at()))
    };
    let (first, first_range) = figure(cursor)?;
    cursor.eat("/").then_some(())?;
    let (second, second_range) = figure(cursor)?;
    // 25/30/28: three figures for two names.
    if cursor.peek() == Some('/') {
        return None;
    }
    let range = start..cursor.at();
    let of =
        |item: &Item, value, at| measured(text, item, Some(value), at, None, None, range.clone());
    Some([of(one, first, first_range), of(other, second, second_range)])
}

/// HbA1c 6.8→7.2: the value that followed.
fn later(text: &Text, item: &Item, cursor: &mut Cursor<'_>) -> Option<Measured> {
    cursor.spaces();
    let start = cursor.at();
    cursor.eat("→").then_some(())?;
    cursor.spaces();
    let (value, range) = value(cursor, item)?;
    let flag = flag(cursor);
    let unit = unit(cursor, item);
    Some(measured(text, item, value, range, unit, flag, start..cursor.at()))
}

fn test<'l>(
    lexicon: &'l Lexicon,
    text: &Text,
    cursor: &mut Cursor<'_>,
) -> Option<(&'l Item, Measured)> {
    let start = cursor.at();
    if cursor.before().is_some_and(|char| char.is_alphanumeric() || "-/(".contains(char)) {
        return None;
    }
    let (item, length) = lexicon.words().laboratory_at(cursor.rest())?;
    cursor.go_to(start + length);
    let bound = cursor.attempt(|cursor| {
        cursor.spaces();
        (cursor.eat(":") || cursor.eat("=")).then_some(())
    });
    cursor.spaces();
    let (value, value_range) = value(cursor, item)?;
    // K 5, CK 3日: a figure with another unit behind it.
    if bound.is_none()
        && cursor.peek().is_some_and(|char| "日回錠包枚歳年月本週型台".contains(char))
    {
        return None;
    }
    let mut flag = flag(cursor);
    let unit = unit(cursor, item);
    flag = flag.or_else(|| self::flag(cursor));
    Some((item, measured(text, item, value, value_range, unit, flag, start..cursor.at())))
}

fn measured(
    text: &Text,
    item: &Item,
    value: Option<Decimal>,
    value_range: Range<usize>,
    unit: Option<String>,
    flag: Option<&str>,
    range: Range<usize>,
) -> Measured {
    let written = text.string(value_range.clone()).replace(' ', "");
    let mut doubts = Vec::new();
    if text.is_repaired(value_range) || value.is_some_and(|value| !plausible(item, value)) {
        doubts.push(Doubt::about(
            DoubtKind::UnreadableDigits,
            "value",
            format!("{} {written}", item.name),
        ));
    }
    Measured {
        observation: Observation {
            item: item.name.clone(),
            value: written,
            unit: unit.filter(|_| value.is_some()),
            flag: flag.map(str::to_owned),
            ..Observation::default()
        },
        doubts,
        range,
    }
}

/// A figure, or a sign for items that have signs.
fn value(cursor: &mut Cursor<'_>, item: &Item) -> Option<(Option<Decimal>, Range<usize>)> {
    let start = cursor.at();
    if cursor.eat_any(SIGNS).is_some() {
        return Some((None, start..cursor.at()));
    }
    if item.qualitative && cursor.eat("-") {
        return Some((None, start..cursor.at()));
    }
    let _ = cursor.eat("<") || cursor.eat(">") || cursor.eat("≦") || cursor.eat("≧");
    let number = cursor.number()?;
    // 5.3.10, 12/24: dates.
    let date = matches!(cursor.peek(), Some('/' | '.'))
        && cursor.peek_at(1).is_some_and(|char| char.is_ascii_digit());
    (!date).then(|| (Some(number.value), start..cursor.at()))
}

fn flag(cursor: &mut Cursor<'_>) -> Option<&'static str> {
    cursor.attempt(|cursor| {
        cursor.spaces();
        let flag = cursor.eat_spelling(FLAGS)?;
        (!cursor.peek().is_some_and(|char| char.is_ascii_alphanumeric() || char == '-'))
            .then_some(flag)
    })
}

/// What a cell to the right of a name can be.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// 6.8, (-)
    Value(Option<Decimal>),
    /// H
    Flag(&'static str),
    /// mg/dL
    Unit(String),
    /// 4.6-6.2
    Reference,
}

/// The item whose name fills the cell.
pub fn name_cell<'l>(lexicon: &'l Lexicon, text: &Text) -> Option<&'l Item> {
    let key: Vec<char> =
        text.folded().iter().copied().filter(|char| !char.is_whitespace()).collect();
    let (item, length) = lexicon.words().laboratory_at(&key)?;
    (length == key.len()).then_some(item)
}

/// What the whole cell says of an item.
pub fn value_cell(text: &Text, item: &Item) -> Option<Cell> {
    let mut cursor = Cursor::new(text, 0..text.len());
    cursor.spaces();
    let whole = |cursor: &mut Cursor<'_>| {
        cursor.spaces();
        cursor.is_done()
    };
    let mut ahead = cursor;
    if let Some(flag) = flag(&mut ahead)
        && whole(&mut ahead)
    {
        return Some(Cell::Flag(flag));
    }
    if is_reference(&mut cursor.clone()) {
        return Some(Cell::Reference);
    }
    let mut ahead = cursor;
    if let Some((value, _)) = value(&mut ahead, item)
        && whole(&mut ahead)
    {
        return Some(Cell::Value(value));
    }
    let written = text.string(0..text.len());
    let unit_like = written.chars().any(|char| {
        char.is_ascii_alphabetic() || matches!(char, '%' | '/' | '×' | 'μ' | '℃' | '分')
    }) && written.chars().count() <= 12;
    unit_like.then_some(Cell::Unit(written))
}

/// 4.6-6.2, 0.30以下, 60以上, <5.0, (-)
fn is_reference(cursor: &mut Cursor<'_>) -> bool {
    let _ = cursor.eat("(") || cursor.eat("[");
    let compared = cursor.eat("<") || cursor.eat(">") || cursor.eat("≦") || cursor.eat("≧");
    if cursor.number().is_none() {
        return false;
    }
    cursor.spaces();
    if cursor.eat("以下") || cursor.eat("以上") || cursor.eat("未満") {
        return true;
    }
    if cursor.eat("-") || cursor.eat("~") {
        cursor.spaces();
        return cursor.number().is_some();
    }
    compared && cursor.peek().is_none_or(|char| matches!(char, ')' | ']'))
}

/// Makes an observation of the cells of a row.
pub fn row(item: &Item, name: &Text, cells: &[(&Text, Cell)]) -> Option<Measured> {
    let (value_text, value) = cells.iter().find_map(|(text, cell)| match cell {
        Cell::Value(value) => Some((*text, *value)),
        _ => None,
    })?;
    let flag = cells.iter().find_map(|(_, cell)| match cell {
        Cell::Flag(flag) => Some(*flag),
        _ => None,
    });
    let unit = cells.iter().find_map(|(_, cell)| match cell {
        Cell::Unit(unit) => Some(unit.clone()),
        _ => None,
    });
    let reference = cells.iter().find_map(|(text, cell)| match cell {
        Cell::Reference => Some(text.string(0..text.len())),
        _ => None,
    });
    let unit = unit.or_else(|| (!item.unit.is_empty()).then(|| item.unit.clone()));
    let mut made =
        measured(value_text, item, value, 0..value_text.len(), unit, flag, 0..name.len());
    made.observation.reference = reference;
    Some(made)
}
