//! Figures that do not fit what stands beside them, and what they may have been.
//!
//! 1日6回 朝夕食後 names two times of day: if the reader offers a 2 for the 6, the 2 is shown and
//! asked about. 98日分 is no usual supply: if the reader offers 28, that is shown and asked about.
//! A strength that no product has gives way to the one strength it can be a misreading of. What
//! nothing offers stays as it was read. Every such figure bears a doubt with both readings.

use std::ops::Range;

use chart::{Doubt, DoubtKind};
use rust_decimal::Decimal;

use super::{alike, cursor::Cursor, prescription::Sig, usage::Marked};
use crate::{lexicon::Strength, normalise::Text};

/// Days that prescriptions are written for: single days of a short course, weeks, months.
const USUAL_DAYS: &[u16] = &[
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 15, 20, 21, 25, 28, 30, 31, 35, 40, 42, 45, 49, 50, 56,
    60, 63, 70, 77, 80, 84, 90, 91, 98, 100, 112, 120, 126, 140, 150, 168, 180,
];

/// Short of a figure: 8日分 was 28日分 more often than it was 8日分.
const SELDOM_DAYS: &[u16] = &[8, 9, 12, 15, 25, 31, 40, 45, 50, 77, 80, 98];

/// Days of supply; an unusual figure gives way to a usual one that the reader offers.
pub fn days(text: &Text, range: Range<usize>, read: u16, doubts: &mut Vec<Doubt>) -> u16 {
    if USUAL_DAYS.contains(&read) && !SELDOM_DAYS.contains(&read) {
        return read;
    }
    let digits: Vec<usize> = range.filter(|at| text.chars()[*at].is_ascii_digit()).collect();
    let written: String = digits.iter().map(|at| text.chars()[*at]).collect();
    if written.parse() != Ok(read) {
        // 2週分, 三日分: no figure of days was read.
        return read;
    }
    let offered = |at: usize| text.others(at).filter(char::is_ascii_digit).collect::<Vec<char>>();
    let usual = |days: &u16| USUAL_DAYS.contains(days) && !SELDOM_DAYS.contains(days);
    let better = exchanged(&written, |number| offered(digits[number]))
        .find_map(|other| other.parse().ok().filter(usual));
    let shown = better.unwrap_or(read);
    if better.is_some() || !USUAL_DAYS.contains(&read) {
        doubts.push(misread("days", format!("{read}日"), better.map(|days| format!("{days}日"))));
    }
    shown
}

/// 14T behind the usage of an order that has its amount: 14TD, of which the D was lost.
pub fn days_of_tablets(value: Decimal, doubts: &mut Vec<Doubt>) -> Option<u16> {
    let days = u16::try_from(value).ok().filter(|days| USUAL_DAYS.contains(days))?;
    doubts.push(misread("days", format!("{days}T"), Some(format!("{days}日"))));
    Some(days)
}

/// 1T 夕 28: a figure alone at the end, behind the usage, that is a usual supply.
pub fn bare_days(text: &Text, marks: &[Marked], doubts: &mut Vec<Doubt>) -> Option<u16> {
    let last = marks.last()?;
    let mut cursor = Cursor::new(text, last.range.end..text.len());
    cursor.peek().filter(|char| *char == ' ')?;
    cursor.spaces();
    let (days, _) = cursor.whole()?;
    cursor.spaces();
    let usual = USUAL_DAYS.contains(&days) && !SELDOM_DAYS.contains(&days) && days >= SHORTEST_BARE;
    let whole = (cursor.is_done() && usual && last.mark.is_usage()).then_some(days)?;
    doubts.push(misread("days", whole.to_string(), Some(format!("{whole}日"))));
    Some(whole)
}

/// A smaller figure alone may be anything.
const SHORTEST_BARE: u16 = 3;

/// The number of doses: where the times of day are named one by one and are another number, and
/// where it is an unusual one that the reader offers a usual one for.
pub fn times(text: &Text, range: Range<usize>, named: usize, sig: &mut Sig) {
    let Some(written) = sig.split.or(sig.times) else { return };
    if !sig.uneven.is_empty() {
        return;
    }
    let figure = char::from(b'0' + written.min(9));
    let at = range.rev().find(|at| text.chars()[*at] == figure);
    let offers = |meant: char| at.is_some_and(|at| text.others(at).any(|other| other == meant));
    let named = u8::try_from(named).ok().filter(|named| (1..=9).contains(named));
    let meant = match named {
        Some(named) if named == written => return,
        Some(named) => {
            let meant = char::from(b'0' + named);
            (offers(meant) || alike::is_alike(figure, meant)).then_some(named)
        }
        None if written <= USUAL_TIMES => return,
        None => (1..=USUAL_TIMES).find(|usual| offers(char::from(b'0' + usual))),
    };
    if meant.is_none() && named.is_none() {
        return;
    }
    if let Some(meant) = meant {
        let slot = if sig.split.is_some() { &mut sig.split } else { &mut sig.times };
        *slot = Some(meant);
    }
    let read = match named {
        Some(named) => format!("{written}回（時点は{named}つ）"),
        None => format!("{written}回"),
    };
    sig.doubts.push(misread("frequency", read, meant.map(|meant| format!("{meant}回"))));
}

/// More doses a day than these are written for drops and inhalers only.
const USUAL_TIMES: u8 = 4;

/// The one strength that the figure can be a misreading of.
pub fn strength<'s>(
    text: &Text,
    range: Range<usize>,
    read: &Strength,
    known: impl Iterator<Item = &'s Strength>,
) -> Option<&'s Strength> {
    let known: Vec<&Strength> = known.collect();
    // 5g of which the m or μ was lost.
    let of_unit = |strength: &&Strength| {
        strength.value == read.value && read.unit == "g" && strength.unit.ends_with('g')
    };
    if let Some(strength) = known.iter().copied().find(of_unit) {
        return Some(strength);
    }
    let digits: Vec<usize> = range.filter(|at| text.chars()[*at].is_ascii_digit()).collect();
    let written: String = digits.iter().map(|at| text.chars()[*at]).collect();
    let same = |figure: &str| {
        let value: Decimal = figure.parse().ok()?;
        known.iter().copied().find(|strength| strength.value == value && value != read.value)
    };
    let offered = |number: usize| {
        let at = digits[number];
        let offers = text.others(at).filter(char::is_ascii_digit);
        offers.collect::<Vec<char>>()
    };
    if let Some(strength) = exchanged(&written, offered).find_map(|figure| same(&figure)) {
        return Some(strength);
    }
    // Without an offer: a point that was lost (25 for 2.5), a figure drawn alike, or one of two
    // equal figures that was lost, if only one strength remains.
    let pointed = (1..written.len()).map(|at| format!("{}.{}", &written[..at], &written[at..]));
    let drawn = exchanged(&written, |number| {
        let read = written.chars().nth(number).unwrap_or('0');
        ('0'..='9').filter(|digit| alike::is_alike(read, *digit)).collect()
    });
    // 100 of which a reader saw one 0: 10.
    let once = (0..written.len()).map(|at| format!("{}{}", &written[..=at], &written[at..]));
    // (2001), 150): a bracket that was read as a 1.
    let bracket = [written.strip_suffix('1'), written.strip_prefix('1')];
    let bracket = bracket.into_iter().flatten().map(str::to_owned);
    let mut found: Vec<&Strength> = Vec::new();
    for strength in
        pointed.chain(drawn).chain(once).chain(bracket).filter_map(|figure| same(&figure))
    {
        if !found.iter().any(|other| other.is_same(strength)) {
            found.push(strength);
        }
    }
    match found[..] {
        [only] => Some(only),
        _ => None,
    }
}

/// The figure with one digit exchanged for what is offered in its place, then with all.
fn exchanged<'w>(
    written: &'w str,
    offered: impl Fn(usize) -> Vec<char> + 'w,
) -> impl Iterator<Item = String> + 'w {
    (0..written.chars().count()).flat_map(move |number| {
        offered(number)
            .into_iter()
            .map(|digit| {
                written
                    .chars()
                    .enumerate()
                    .map(|(at, char)| if at == number { digit } else { char })
                    .collect()
            })
            .collect::<Vec<String>>()
    })
}

fn misread(field: &str, read: String, shown: Option<String>) -> Doubt {
    let facts = match shown {
        Some(shown) => format!("{read} と読めましたが {shown} として表示"),
        None => read,
    };
    Doubt::about(DoubtKind::UnreadableDigits, field, facts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offering(raw: &str, at: usize, others: [char; 4]) -> Text {
        let mut text = Text::of_line(0, raw);
        text.offer(|place| (place == at).then_some(others));
        text
    }

    #[test]
    fn an_unusual_supply_gives_way_to_a_usual_one_that_the_reader_offers() {
        let text = offering("98日分", 0, ['2', 'Z', '6', '\0']);
        let mut doubts = Vec::new();
        assert_eq!(days(&text, 0..4, 98, &mut doubts), 28);
        assert_eq!(doubts[0].facts, "98日 と読めましたが 28日 として表示");
        let plain = Text::of_line(0, "13日分");
        let mut doubts = Vec::new();
        assert_eq!(days(&plain, 0..4, 13, &mut doubts), 13);
        assert_eq!(doubts[0].kind, DoubtKind::UnreadableDigits);
    }

    fn read(strength: &str) -> Strength {
        Strength::parse(strength).unwrap()
    }

    #[test]
    fn a_strength_that_does_not_exist_may_be_another_misread() {
        let known: Vec<Strength> =
            ["10mg", "20mg"].iter().filter_map(|text| Strength::parse(text)).collect();
        let text = offering("29mg", 1, ['0', '\0', '\0', '\0']);
        let meant = strength(&text, 0..2, &read("29mg"), known.iter());
        assert_eq!(meant.unwrap().to_string(), "20mg");
        let point: Vec<Strength> =
            ["2.5mg", "5mg"].iter().filter_map(|text| Strength::parse(text)).collect();
        let text = Text::of_line(0, "25mg");
        let meant = strength(&text, 0..2, &read("25mg"), point.iter());
        assert_eq!(meant.unwrap().to_string(), "2.5mg");
        let hundred: Vec<Strength> =
            ["100mg", "250mg"].iter().filter_map(|text| Strength::parse(text)).collect();
        let text = Text::of_line(0, "10mg");
        let meant = strength(&text, 0..2, &read("10mg"), hundred.iter());
        assert_eq!(meant.unwrap().to_string(), "100mg");
        let micro: Vec<Strength> =
            ["5μg"].iter().filter_map(|text| Strength::parse(text)).collect();
        let text = Text::of_line(0, "5g");
        let meant = strength(&text, 0..1, &read("5g"), micro.iter());
        assert_eq!(meant.unwrap().to_string(), "5μg");
        let text = Text::of_line(0, "70mg");
        assert!(strength(&text, 0..2, &read("70mg"), known.iter()).is_none());
    }
}
