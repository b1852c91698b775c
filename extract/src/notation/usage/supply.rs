//! 14日分, ×14, (14), 10回分, 残薬3日分: for how long, how many, and what is left.

use super::{Mark, Marked, amount::unit, as_needed::has_prn};
use crate::notation::cursor::Cursor;

const DAYS: &[(&str, u16)] = &[
    ("日間分", 1),
    ("日間", 1),
    ("日分", 1),
    ("t.d.", 1),
    ("t,d", 1),
    ("t.d", 1),
    ("td", 1),
    ("id", 1),
    ("週間分", 7),
    ("週間", 7),
    ("週分", 7),
    ("日", 1),
    ("w", 7),
    ("週", 7),
    ("d", 1),
];

pub const LEFT_OVER: &[&str] = &["残薬", "残り", "残数", "残"];

/// 14日分, 7TD, 2週分; `日` alone only where no other figure of a day follows.
pub fn days(cursor: &mut Cursor<'_>, all: &[Marked]) -> Option<Mark> {
    cursor.eat("×");
    cursor.spaces();
    let (value, _) = cursor.whole()?;
    cursor.spaces();
    if cursor.eat("回分")
        || (has_prn(all) && cursor.attempt(|c| c.eat("回").then_some(())).is_some())
    {
        return Some(Mark::Count(value));
    }
    let months = ["ヶ月分", "ケ月分", "か月分", "カ月分", "ヵ月分", "ヶ月", "か月"];
    if cursor.eat_any(&months).is_some() {
        return value.checked_mul(30).map(Mark::Days);
    }
    let factor = cursor.eat_spelling(DAYS)?;
    let last = cursor.before();
    let latin = last.is_some_and(|char| char.is_ascii_alphabetic());
    if latin && cursor.peek().is_some_and(|char| char.is_ascii_alphanumeric()) {
        return None;
    }
    let mut ahead = *cursor;
    ahead.spaces();
    let follows = ahead.peek();
    let other_figure = last == Some('日')
        && (follows.is_some_and(|char| {
            char.is_ascii_digit() || "おに前後目量毎回一二三四".contains(char)
        }) && !(value > 1 && ahead.at() > cursor.at()));
    let once_a_week =
        last == Some('週') && follows.is_some_and(|char| char.is_ascii_digit() || char == 'に');
    if other_figure || once_a_week || !(1..=366).contains(&value) {
        return None;
    }
    value.checked_mul(factor).map(Mark::Days)
}

/// ×14 after the usage: days, or doses of an as-needed drug.
pub fn multiplied(cursor: &mut Cursor<'_>, all: &[Marked]) -> Option<Mark> {
    (cursor.eat("×") || cursor.eat("x")).then_some(())?;
    let (value, _) = cursor.whole()?;
    if cursor.peek().is_some_and(char::is_alphanumeric) || all.is_empty() {
        return None;
    }
    // 2T×2: two tablets twice, or two a day; no days.
    if let Some(Marked { mark: Mark::Amount { .. }, .. }) = all.last()
        && value <= 4
        && !has_prn(all)
    {
        return u8::try_from(value).ok().map(Mark::Times);
    }
    Some(if has_prn(all) { Mark::Count(value) } else { Mark::Days(value) })
}

/// (14)
pub fn bracketed(cursor: &mut Cursor<'_>) -> Option<Mark> {
    (cursor.eat("(") || cursor.eat("[")).then_some(())?;
    let value = cursor.number()?.value;
    (cursor.eat(")") || cursor.eat("]")).then_some(Mark::Bracketed(value))
}

/// 残薬3日分, 残り 5錠.
pub fn left_over(cursor: &mut Cursor<'_>) -> Option<Mark> {
    cursor.eat_any(LEFT_OVER)?;
    cursor.spaces();
    let _ = cursor.eat(":") || cursor.eat("約") || cursor.eat("が");
    cursor.spaces();
    let number = cursor.number()?;
    cursor.spaces();
    let days = ["日間分", "日分", "日間", "日", "td"];
    if cursor.eat_any(&days).is_some() {
        return Some(Mark::LeftOver(u16::try_from(number.value).ok()));
    }
    unit(cursor)?;
    cursor.eat("分");
    Some(Mark::LeftOver(None))
}
