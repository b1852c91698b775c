//! Dates as they are written on charts.
//!
//! ```text
//! date    = era year [ sep month [ sep day ] ] | western | short ;
//! era     = "明治" | "M" | … | "令和" | "R" ;   year = INT | "元" ;
//! western = YYYY sep month [ sep day ] | YYYY [ "年" … ] ;
//! short   = INT sep INT sep INT ;       (* era left off: several readings, none chosen *)
//! sep     = "." | "/" | "-" | "年" | "月" ; a closing "年" | "月" | "日" is passed over
//! ```
//!
//! A date that cannot be is a doubt with the words as written, and no value. A year without an
//! era is read in every era in which it exists; with one reading inside the bounds it is taken,
//! with more it stays open.

use std::ops::Range;

use chart::{
    Doubt, DoubtKind,
    wareki::{Era, PartialDate, from_wareki},
};

use super::cursor::Cursor;
use crate::normalise::Text;

/// A date on the page.
#[derive(Debug, Clone, PartialEq)]
pub struct WrittenDate {
    /// The date; `None` if it is impossible or has several readings.
    pub date: Option<PartialDate>,
    /// Impossible, ambiguous or irregular.
    pub doubts: Vec<Doubt>,
    /// Its characters.
    pub range: Range<usize>,
    /// The era was left off.
    pub without_era: bool,
}

const ERAS: &[(&str, Era)] = &[
    ("明治", Era::Meiji),
    ("大正", Era::Taisho),
    ("昭和", Era::Showa),
    ("平成", Era::Heisei),
    ("令和", Era::Reiwa),
    ("明", Era::Meiji),
    ("大", Era::Taisho),
    ("昭", Era::Showa),
    ("招", Era::Showa),
    ("平", Era::Heisei),
    ("令", Era::Reiwa),
    ("m", Era::Meiji),
    ("t", Era::Taisho),
    ("s", Era::Showa),
    ("h", Era::Heisei),
    ("r", Era::Reiwa),
];

/// The date that the part begins with.
pub fn date(text: &Text, range: Range<usize>) -> Option<WrittenDate> {
    let mut cursor = Cursor::new(text, range);
    cursor.spaces();
    let start = cursor.at();
    // A letter before it would make it part of a word.
    if cursor.before().is_some_and(|char| char.is_ascii_alphanumeric()) {
        return None;
    }
    let (date, doubts, without_era) = cursor
        .attempt(in_era)
        .or_else(|| cursor.attempt(western))
        .map(|(date, doubts)| (date, doubts, false))
        .or_else(|| cursor.attempt(short).map(|(date, doubts)| (date, doubts, true)))?;
    let range = start..cursor.at();
    let doubts = doubts
        .into_iter()
        .map(|(kind, facts)| {
            let facts = if facts.is_empty() { text.string(range.clone()) } else { facts };
            Doubt::about(kind, "date", facts)
        })
        .collect();
    Some(WrittenDate { date, doubts, range, without_era })
}

/// The first date anywhere in the part.
pub fn find_date(text: &Text, range: Range<usize>) -> Option<WrittenDate> {
    range.clone().find_map(|at| {
        date(text, at..range.end).filter(|found| found.range.len() >= 2 && !found.without_era)
    })
}

type Read = (Option<PartialDate>, Vec<(DoubtKind, String)>);

fn in_era(cursor: &mut Cursor<'_>) -> Option<Read> {
    let before = cursor.at();
    let era = cursor.eat_spelling(ERAS)?;
    let letter = cursor.at() - before == 1;
    cursor.spaces();
    let year = if cursor.eat("元") {
        1
    } else {
        let (year, _) = cursor.whole()?;
        i16::try_from(year).ok().filter(|year| *year <= 99)?
    };
    let (month, day, closed) = month_and_day(cursor)?;
    // S5 alone may be a leg of the spine or a sheet; a letter and a bare number is a year only
    // where nothing else follows at once.
    if letter && month.is_none() && cursor.peek().is_some_and(char::is_alphanumeric) && !closed {
        return None;
    }
    Some(match from_wareki(era, year, month, day) {
        Ok(found) if found.irregular => (
            Some(found.date),
            vec![(
                DoubtKind::AmbiguousDate,
                format!("{}{year}年は{}まで", era.kanji(), last_day(era)),
            )],
        ),
        Ok(found) => (Some(found.date), Vec::new()),
        Err(error) => (None, vec![(DoubtKind::ImpossibleDate, impossible(era, year, error))]),
    })
}

fn last_day(era: Era) -> String {
    era.last_day().map(|day| day.to_string()).unwrap_or_default()
}

fn impossible(era: Era, year: i16, error: chart::wareki::ImpossibleDate) -> String {
    match error {
        chart::wareki::ImpossibleDate::Year { .. } => {
            format!("{}{year}年は存在しません", era.kanji())
        }
        _ => String::new(),
    }
}

fn western(cursor: &mut Cursor<'_>) -> Option<Read> {
    cursor.eat("'");
    cursor.eat("西暦");
    let (year, _) = cursor.whole()?;
    let year = i16::try_from(year).ok().filter(|year| (1868..=2100).contains(year))?;
    let (month, day, closed) = month_and_day(cursor)?;
    // A bare figure of four digits is a year only if it is said to be one.
    if month.is_none() && !closed {
        return None;
    }
    Some(match PartialDate::new(year, month, day) {
        Ok(date) => (Some(date), Vec::new()),
        Err(_) => (None, vec![(DoubtKind::ImpossibleDate, String::new())]),
    })
}

/// 11年9月5日, 5.3.10: every era in which it exists.
fn short(cursor: &mut Cursor<'_>) -> Option<Read> {
    let (year, _) = cursor.whole()?;
    let year = i16::try_from(year).ok().filter(|year| (1..=64).contains(year))?;
    let (month, day, _) = month_and_day(cursor)?;
    let (Some(month), Some(day)) = (month, day) else { return None };
    let readings = readings(year, month, day);
    Some(match readings.as_slice() {
        [] => (None, vec![(DoubtKind::ImpossibleDate, String::new())]),
        several => (None, vec![(DoubtKind::AmbiguousDate, in_both(several))]),
    })
}

/// Dates in words of the era and of the western calendar, as facts of a doubt.
pub fn in_both(dates: &[PartialDate]) -> String {
    let said: Vec<String> =
        dates.iter().map(|date| format!("{}（{date}）", date.in_era())).collect();
    said.join("／")
}

/// The dates that a year without its era can mean, latest first.
pub fn readings(year: i16, month: i8, day: i8) -> Vec<PartialDate> {
    Era::ALL
        .into_iter()
        .rev()
        .filter_map(|era| from_wareki(era, year, Some(month), Some(day)).ok())
        .filter(|found| !found.irregular)
        .map(|found| found.date)
        .collect()
}

/// What follows a year: month and day, and whether a word closed the date.
fn month_and_day(cursor: &mut Cursor<'_>) -> Option<(Option<i8>, Option<i8>, bool)> {
    let mut closed = false;
    let mut part = |cursor: &mut Cursor<'_>, word: &str, last: i16| -> Option<i8> {
        cursor.attempt(|cursor| {
            cursor.spaces();
            let worded = cursor.eat(word);
            closed |= worded;
            if !worded {
                (cursor.eat(".") || cursor.eat("/") || cursor.eat("-") || cursor.eat("・"))
                    .then_some(())?;
            }
            cursor.spaces();
            let before = cursor.at();
            let (value, _) = cursor.whole()?;
            (cursor.at() - before <= 2).then_some(())?;
            i8::try_from(value).ok().filter(|value| i16::from(*value) <= last)
        })
    };
    let month = part(cursor, "年", 99);
    let day = if month.is_some() { part(cursor, "月", 99) } else { None };
    let closing = |cursor: &mut Cursor<'_>, word: &str| {
        cursor
            .attempt(|cursor| {
                cursor.spaces();
                cursor.eat(word).then_some(())
            })
            .is_some()
    };
    closed |= match (month, day) {
        (None, _) => closing(cursor, "年"),
        (Some(_), None) => closing(cursor, "月"),
        (Some(_), Some(_)) => closing(cursor, "日"),
    };
    // 5.3.10.2 or 5/3/10/4 is no date.
    let runs_on = matches!(cursor.peek(), Some('.' | '/' | '-'))
        && cursor.peek_at(1).is_some_and(|char| char.is_ascii_digit());
    (!runs_on).then_some((month, day, closed))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(raw: &str) -> String {
        let text = Text::of_line(0, raw);
        let Some(found) = date(&text, 0..text.len()) else { return "-".into() };
        let date = found.date.map(|date| date.to_string()).unwrap_or_default();
        let doubts: Vec<String> =
            found.doubts.iter().map(|doubt| format!("{}: {}", doubt.kind, doubt.facts)).collect();
        [vec![date], doubts].concat().join(" | ").trim_matches([' ', '|']).to_owned()
    }

    #[test]
    fn dates_in_all_their_forms() {
        let table = [
            ("R5.3.10", "2023-03-10"),
            ("R5/3/10", "2023-03-10"),
            ("R05-03-10", "2023-03-10"),
            ("令和5年3月10日", "2023-03-10"),
            ("令和 5 年 3 月 10 日", "2023-03-10"),
            ("令5.3.10", "2023-03-10"),
            ("㍻30年12月24日", "2018-12-24"),
            ("昭和元年12月25日", "1926-12-25"),
            ("H元.5", "1989-05"),
            ("昭23", "1948"),
            ("S60", "1985"),
            ("R5.3", "2023-03"),
            ("平成19年4月", "2007-04"),
            ("2019年5月1日", "2019-05-01"),
            ("2019/5/1", "2019-05-01"),
            ("2019年", "2019"),
            ("T15.3.19", "1926-03-19"),
            ("H31.8.1", "2019-08-01 | ambiguous_date: 平成31年は2019-04-30まで"),
            ("S65.1.1", "impossible_date: 昭和65年は存在しません"),
            ("R5.2.30", "impossible_date: R5.2.30"),
            ("H25/13/2", "impossible_date: H25/13/2"),
            (
                "11年9月5日",
                "ambiguous_date: 令和11年9月5日（2029-09-05）／平成11年9月5日（1999-09-05）／昭和11年9月5日（1936-09-05）／大正11年9月5日（1922-09-05）／明治11年9月5日（1878-09-05）",
            ),
            ("3/10", "-"),
            ("2019", "-"),
            ("SpO2 98", "-"),
            ("T2DM", "-"),
            ("S状結腸", "-"),
        ];
        for (raw, expected) in table {
            assert_eq!(read(raw), expected, "{raw}");
        }
    }
}
