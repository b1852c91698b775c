//! 分3, 1日3回, 6時間毎, 週1回, 隔日: how often.

use super::{Mark, supply};
use crate::notation::cursor::Cursor;

/// Latin for so many times a day.
pub const LATIN_TIMES: &[(&str, u8)] = &[
    ("s.i.d", 1),
    ("sid", 1),
    ("q.d.s", 4),
    ("t.d.s", 3),
    ("b.d.", 2),
    ("q.d.", 1),
    ("qd", 1),
    ("einmal", 1),
    ("zweimal", 2),
    ("dreimal", 3),
    ("b.i.d", 2),
    ("bid", 2),
    ("t.i.d", 3),
    ("tid", 3),
    ("tds", 3),
    ("a.d.t", 3),
    ("q.i.d", 4),
    ("qid", 4),
];

pub const INTERVALS: &[&str] = &[
    "隔日",
    "1日おき",
    "一日おき",
    "2日に1回",
    "2日おき",
    "3日おき",
    "qod",
    "月1回",
    "4週に1回",
    "第1",
    "透析日",
    "非透析日",
    "日曜",
    "月曜",
    "火曜",
    "水曜",
    "木曜",
    "金曜",
    "土曜",
];

/// 分3, ÷3, 3×, 3 x.
pub fn split(cursor: &mut Cursor<'_>) -> Option<Mark> {
    if cursor.eat("分") || cursor.eat("÷") {
        cursor.spaces();
        let (value, _) = cursor.whole()?;
        return u8::try_from(value).ok().filter(|value| (1..=8).contains(value)).map(Mark::Split);
    }
    let (value, _) = cursor.whole()?;
    cursor.attempt(|cursor| {
        cursor.spaces();
        (cursor.eat("×") || cursor.eat("x")).then_some(())?;
        // 3×xn.d.E., 3×1n.d.E.: the sign was seen twice, or a stroke of it.
        cursor.attempt(|cursor| {
            (cursor.eat("x") || cursor.eat("1")).then_some(())?;
            "nvz".contains(cursor.peek()?).then_some(())
        });
        Some(())
    })?;
    // 3×2.d.E.: z.d.E.
    let between = cursor.clone().eat("2.d.e");
    // 5g×2本, 3×1: a product, not a split; 3× 5日 and 1×3日 are one.
    let mut ahead = *cursor;
    ahead.spaces();
    let counted = !between && ahead.peek().is_some_and(|char| char.is_ascii_digit());
    if counted && supply::days(&mut ahead, &[]).is_none() {
        return None;
    }
    u8::try_from(value).ok().filter(|value| (1..=8).contains(value)).map(Mark::Split)
}

/// 1日3回, t.i.d., 6時間毎; 1日3回まで is as needed.
pub fn times(cursor: &mut Cursor<'_>) -> Option<Mark> {
    if let Some(times) = cursor.attempt(|cursor| {
        let times = cursor.eat_spelling(LATIN_TIMES)?;
        cursor.eat(".");
        (!cursor.peek().is_some_and(|char| char.is_ascii_alphabetic())).then_some(times)
    }) {
        return Some(Mark::Times(times));
    }
    if let Some(hours) = cursor.attempt(every_hours) {
        return Some(Mark::EveryHours(hours));
    }
    if let Some(times) = cursor.attempt(times_alone) {
        return Some(Mark::Times(times));
    }
    if !(cursor.eat("1日")
        || cursor.eat("一日")
        || cursor.eat("/日")
        || cursor.attempt(day_alone).is_some())
    {
        return None;
    }
    cursor.spaces();
    let (value, _) = cursor.whole()?;
    // 1日3~4回: the lower bound, as the words stand in the usage anyway.
    cursor.attempt(|cursor| (cursor.eat("~") || cursor.eat("-")).then(|| cursor.whole()).flatten());
    cursor.eat("回").then_some(())?;
    // 1日3回まで: a limit.
    if cursor.eat("まで") {
        return Some(Mark::Prn(None));
    }
    u8::try_from(value).ok().filter(|value| (1..=24).contains(value)).map(Mark::Times)
}

/// 14枚日3回: the 1 of 1日 was lost.
fn day_alone(cursor: &mut Cursor<'_>) -> Option<()> {
    let of_another =
        |char: char| char.is_ascii_digit() || "曜隔毎翌一二三四五六七八九十".contains(char);
    let whole = !cursor.before().is_some_and(of_another);
    (whole && cursor.eat("日")).then_some(())
}

/// 3i.d., 日に3回, 3回/日.
fn times_alone(cursor: &mut Cursor<'_>) -> Option<u8> {
    let before = cursor.eat("日に");
    let (value, _) = cursor.whole()?;
    let times = if before {
        cursor.eat("回")
    } else {
        cursor.eat("i.d.") || cursor.eat("i.d") || cursor.eat("回/日")
    };
    times.then(|| u8::try_from(value).ok()).flatten().filter(|times| (1..=24).contains(times))
}

fn every_hours(cursor: &mut Cursor<'_>) -> Option<u8> {
    let latin = cursor.eat("q");
    let every = cursor.eat("毎");
    let (value, _) = cursor.whole()?;
    let hours = if latin {
        cursor.eat("h")
    } else {
        cursor.eat("時間毎")
            || cursor.eat("時間ごと")
            || cursor.eat("時間おき")
            || (every && cursor.eat("時間"))
    };
    hours.then(|| u8::try_from(value).ok()).flatten().filter(|hours| (1..=24).contains(hours))
}

/// 週1回, 週に1回, 週1, 1/w, 毎週.
pub fn weekly(cursor: &mut Cursor<'_>) -> Option<Mark> {
    if cursor.eat("1/w") || cursor.eat("weekly") {
        return Some(Mark::Weekly(1));
    }
    // 1T/週
    if cursor.eat("/週")
        || cursor.eat("/w") && !cursor.peek().is_some_and(|char| char.is_ascii_alphabetic())
    {
        return Some(Mark::Weekly(1));
    }
    if cursor.eat("毎週") {
        return Some(Mark::Weekly(1));
    }
    let whole = !cursor.before().is_some_and(|char| char.is_ascii_digit());
    if !(cursor.eat("1週間に") || cursor.eat("1週に") || cursor.eat("週に") || cursor.eat("週"))
    {
        return None;
    }
    let (value, _) = cursor.whole()?;
    // 週1 起床時: 回 is left out where nothing else can be meant; 2週1T is another matter.
    let ends = cursor.peek().is_none_or(|char| char.is_whitespace() || "、,()".contains(char));
    if !(cursor.eat("回") || cursor.eat("日") || whole && ends) {
        return None;
    }
    u8::try_from(value).ok().filter(|value| (1..=7).contains(value)).map(Mark::Weekly)
}

/// 隔日, 1日おき, 月・水・金.
pub fn interval(cursor: &mut Cursor<'_>) -> Option<Mark> {
    if cursor.eat_any(INTERVALS).is_some() {
        cursor.eat("日");
        return Some(Mark::Interval);
    }
    let mut count = 0;
    cursor.eat("(");
    while cursor.eat_any(&["月", "火", "水", "木", "金", "土", "日"]).is_some() {
        count += 1;
        let _ = cursor.eat("・") || cursor.eat("、") || cursor.eat(",");
    }
    cursor.eat(")");
    (count >= 2).then_some(Mark::Interval)
}
