//! 3T, 1回1錠, 7枚×4袋: how much.

use chart::DoseBasis;
use rust_decimal::Decimal;

use super::Mark;
use crate::notation::cursor::Cursor;

/// Units of amounts. Latin ones must not run into another letter.
pub const UNITS: &[(&str, &str)] = &[
    ("カプセル", "カプセル"),
    ("かぷせる", "カプセル"),
    ("caps", "カプセル"),
    ("cap", "カプセル"),
    ("カプ", "カプセル"),
    ("tabl", "錠"),
    ("tab", "錠"),
    ("tbl", "錠"),
    ("錠", "錠"),
    ("じょう", "錠"),
    ("包", "包"),
    ("pk", "包"),
    ("キット", "キット"),
    ("アンプル", "管"),
    ("amp", "管"),
    ("管", "管"),
    ("バイアル", "瓶"),
    ("vial", "瓶"),
    ("瓶", "瓶"),
    ("シート", "シート"),
    ("吸入", "吸入"),
    ("puff", "吸入"),
    ("噴霧", "噴霧"),
    ("プッシュ", "噴霧"),
    ("万単位", "万単位"),
    ("単位", "単位"),
    ("iu", "単位"),
    ("mg", "mg"),
    ("mcg", "μg"),
    ("ug", "μg"),
    ("μg", "μg"),
    ("m9", "mg"),
    ("rng", "mg"),
    ("ml", "mL"),
    ("cc", "mL"),
    ("グラム", "g"),
    ("滴", "滴"),
    ("gtt", "滴"),
    ("枚", "枚"),
    ("本", "本"),
    ("個", "個"),
    ("袋", "袋"),
    ("丸", "丸"),
    ("筒", "筒"),
    ("缶", "缶"),
    ("g", "g"),
    ("t", "錠"),
    ("c", "カプセル"),
    ("p", "包"),
    ("u", "単位"),
    ("a", "管"),
    ("v", "瓶"),
];

/// Words that bind an amount to one time or to a day.
pub const PER: &[(&str, DoseBasis)] = &[
    ("1回量", DoseBasis::Once),
    ("一回量", DoseBasis::Once),
    ("1回に", DoseBasis::Once),
    ("1回", DoseBasis::Once),
    ("一回", DoseBasis::Once),
    ("毎回", DoseBasis::Once),
    ("1日量", DoseBasis::Day),
    ("一日量", DoseBasis::Day),
    ("1日", DoseBasis::Day),
    ("一日", DoseBasis::Day),
    ("日量", DoseBasis::Day),
];

/// What holds several of a unit.
const PACKS: &[&str] = &["袋", "箱", "本", "缶", "シート", "パック"];

/// [ 1回 | 1日 ] NUM unit.
pub fn amount(cursor: &mut Cursor<'_>) -> Option<Mark> {
    let per = cursor.attempt(|cursor| {
        let per = cursor.eat_spelling(PER)?;
        cursor.spaces();
        cursor.eat(":");
        Some(per)
    });
    cursor.spaces();
    let mut value = cursor.number()?.value;
    cursor.spaces();
    let unit = unit(cursor)?;
    if cursor.eat("半") {
        value += Decimal::new(5, 1);
    }
    // 7枚×4袋, 10g×2本: so much in each of so many packs.
    let packs = cursor.attempt(|cursor| {
        (cursor.eat("×") || cursor.eat("x")).then_some(())?;
        let (packs, _) = cursor.whole()?;
        cursor.eat_any(PACKS).map(|_| packs)
    });
    value *= Decimal::from(packs.unwrap_or(1));
    Some(Mark::Amount { value, unit, per })
}

/// A unit that does not run into another letter: `T` but not `TD`; used by the name's grammar as well.
pub fn unit(cursor: &mut Cursor<'_>) -> Option<&'static str> {
    cursor.attempt(|cursor| {
        let (spelling, unit) = UNITS.iter().find(|(spelling, _)| cursor.eat(spelling))?;
        let latin = spelling.chars().all(|char| char.is_ascii_alphabetic());
        let follows = cursor.peek();
        let runs_on = follows.is_some_and(|char| char.is_ascii_alphabetic())
            || (matches!(*spelling, "t" | "c" | "p" | "a" | "v" | "u" | "g")
                && follows == Some('.')
                && cursor.peek_at(1).is_some_and(|char| char.is_ascii_alphabetic()));
        (!(latin && runs_on)).then_some(*unit)
    })
}
