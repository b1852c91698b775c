//! The day of a visit that stands in one line with what was written on it.

use super::cut::{SHORTEST_NAME, begins_order};
use crate::{
    lexicon::Lexicon,
    normalise::Text,
    notation::{
        cursor::Cursor,
        date,
        prescription::order_number,
        usage::{self, Mark},
    },
    section,
};

/// R5.10.21 #1 高血圧, 3/4 アムロジピン(5) 1T: where an entry begins behind the day of its visit.
pub fn behind_day(lexicon: &Lexicon, text: &Text) -> Option<usize> {
    let end = date::date(text, 0..text.len())
        .filter(|found| found.date.is_some_and(|date| date.day().is_some()))
        .map(|found| found.range.end)
        .or_else(|| day_of_year(text))?;
    let mut behind = Cursor::new(text, end..text.len());
    // (月)
    behind.attempt(|cursor| {
        cursor.spaces();
        cursor.eat("(").then_some(())?;
        cursor.eat_any(&["月", "火", "水", "木", "金", "土", "日"])?;
        cursor.eat(")").then_some(())
    });
    let separators = |cursor: &mut Cursor<'_>| {
        while cursor.peek().is_some_and(|char| " :)".contains(char)) {
            cursor.step();
        }
    };
    separators(&mut behind);
    let visit = behind.attempt(|cursor| {
        cursor.eat_any(&[
            "初診",
            "再診",
            "往診",
            "電話再診",
            "tel再診",
            "定期受診",
            "受診",
            "来院",
        ])?;
        cursor.peek().filter(|char| " :)".contains(*char)).map(|_| ())
    });
    separators(&mut behind);
    let at = behind.at();
    let rest = text.slice(at..text.len());
    let repeats = || usage::mark_at(&rest, 0..rest.len()).is_some_and(|it| it.mark == Mark::Repeat);
    let begins = !rest.is_blank()
        && (visit.is_some()
            || repeats()
            || order_number(&rest, 0..rest.len()).is_some_and(|(_, after)| after < rest.len())
            || section::heading(&rest).is_some()
            || begins_order(lexicon, &rest, 0, SHORTEST_NAME));
    begins.then_some(at)
}

/// The end of a month and a day with a space behind them: 3/4, 3月4日.
fn day_of_year(text: &Text) -> Option<usize> {
    let mut cursor = Cursor::new(text, 0..text.len());
    cursor.whole().filter(|(month, _)| (1..=12).contains(month))?;
    let month = cursor.eat("月");
    (month || cursor.eat("/")).then_some(())?;
    cursor.whole().filter(|(day, _)| (1..=31).contains(day))?;
    (!month || cursor.eat("日")).then_some(())?;
    cursor.peek().filter(|char| *char == ' ').map(|_| cursor.at())
}
