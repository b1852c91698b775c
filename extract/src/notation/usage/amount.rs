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
    // Einheiten.
    ("e", "単位"),
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

/// Units that stand beside a count of packs without a sign between them.
const PACKED: &[&str] = &["枚", "g", "mL"];

/// What holds several of a unit.
const PACKS: &[&str] = &["袋", "箱", "本", "缶", "個", "シート", "パック"];

/// [ 1回 | 1日 ] NUM unit.
pub fn amount(cursor: &mut Cursor<'_>) -> Option<Mark> {
    let per = cursor.attempt(|cursor| {
        let per = cursor.eat_spelling(PER)?;
        cursor.spaces();
        cursor.eat(":");
        Some(per)
    });
    cursor.spaces();
    // G3a is a stage.
    let behind_letter = cursor.before().is_some_and(|char| char.is_ascii_alphabetic());
    let mut value = cursor.number()?.value;
    if let Some(unit) = least_of_range(cursor) {
        return Some(Mark::Amount { value, unit, per });
    }
    cursor.spaces();
    let unit = unit(cursor).filter(|unit| !(*unit == "管" && behind_letter))?;
    if cursor.eat("半") {
        value += Decimal::new(5, 1);
    }
    let per = per.or_else(|| cursor.attempt(per_behind));
    let packs = cursor.attempt(|cursor| packs(cursor, unit)).filter(|_| per.is_none());
    value *= Decimal::from(packs.unwrap_or(1));
    Some(Mark::Amount { value, unit, per })
}

/// 1~2T, 0.5T~1T: the unit of the first figure, behind which the cursor stays.
fn least_of_range(cursor: &mut Cursor<'_>) -> Option<&'static str> {
    let mut first = *cursor;
    let _ = unit(&mut first);
    let Mark::UpTo { unit, .. } = up_to(&mut first.clone())? else { return None };
    *cursor = first;
    Some(unit)
}

/// ~2T behind another figure: as much at most.
pub fn up_to(cursor: &mut Cursor<'_>) -> Option<Mark> {
    cursor.spaces();
    (cursor.eat("~") || cursor.eat("-")).then_some(())?;
    cursor.spaces();
    let value = cursor.number()?.value;
    let unit = unit(cursor)?;
    Some(Mark::UpTo { value, unit })
}

/// 3T/日, 10mg/day, 2吸入/回.
pub fn per_behind(cursor: &mut Cursor<'_>) -> Option<DoseBasis> {
    let per = if cursor.eat("/日") || cursor.eat("/day") {
        DoseBasis::Day
    } else if cursor.eat("/回") {
        DoseBasis::Once
    } else {
        return None;
    };
    // 2T/日3回: how often.
    (!cursor.peek().is_some_and(char::is_alphanumeric)).then_some(per)
}

/// 7枚×4袋, 10g×2本, 250mL 3缶: so much in each of so many packs.
fn packs(cursor: &mut Cursor<'_>, unit: &str) -> Option<u16> {
    let multiplied = cursor.eat("×") || cursor.eat("x");
    if !multiplied && !PACKED.contains(&unit) {
        return None;
    }
    cursor.spaces();
    let (packs, _) = cursor.whole()?;
    cursor.eat_any(PACKS).map(|_| packs)
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
