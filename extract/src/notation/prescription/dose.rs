//! Which of the amounts of an order is its dose.

use chart::{DoseBasis, Doubt, DoubtKind};
use rust_decimal::Decimal;

use super::Sig;
use crate::{
    normalise::Text,
    notation::{
        cursor::Cursor,
        drug_name::DrugHead,
        usage::{Mark, Marked, Meal},
    },
};

/// Chooses the dose among the amounts: what is said to be for one time, then what counts
/// pieces, then a mass. A mass beside the name is the dose if nothing else is.
pub fn dose(sig: &mut Sig, text: &Text, head: &DrugHead<'_>, marks: &[Marked]) {
    let amounts: Vec<(Decimal, &'static str, Option<DoseBasis>)> = marks
        .iter()
        .filter_map(|marked| match marked.mark {
            Mark::Amount { value, unit, per } => Some((value, unit, per)),
            _ => None,
        })
        .collect();
    let counts = |unit: &str| !matches!(unit, "mg" | "μg" | "%");
    if let Some(total) = total(sig, head, marks) {
        sig.quantity = sig.quantity.or(Some(total));
    }
    let chosen = if sig.changed.is_some() {
        amounts.iter().rev().find(|(_, unit, _)| counts(unit)).or_else(|| amounts.last())
    } else {
        amounts
            .iter()
            .find(|(_, unit, per)| per.is_some() && counts(unit))
            .or_else(|| count_behind_mass(&amounts))
            .or_else(|| amounts.iter().find(|(_, unit, _)| counts(unit)))
            .or_else(|| amounts.first())
    };
    let of_day = || sig.uneven.iter().map(|(_, dose)| *dose).sum::<Decimal>();
    if amounts.is_empty() && head.is_injection() && !sig.uneven.is_empty() {
        // 6-6-8 of insulin: units.
        sig.dose = Some((of_day(), "単位"));
    } else if sig.uneven.len() > 1 && sig.uneven.len() == amounts.len() {
        // 4T 朝 2T 昼: the day's amount is that of all.
        let unit = amounts.first().map_or("錠", |(_, unit, _)| unit);
        sig.dose = Some((of_day(), unit));
    } else if let Some(&(value, unit, per)) = chosen {
        sig.dose = Some((value, unit));
        sig.per = per;
        if count_behind_mass(&amounts).is_some_and(|(count, ..)| *count == value) {
            sig.holds = amounts.first().map(|(mass, unit, _)| (*mass, *unit));
        }
        let total = amounts.iter().find(|(other, other_unit, other_per)| {
            per.is_some() && other_per.is_none() && counts(other_unit) && *other != value
        });
        if let Some((total, ..)) = total {
            sig.quantity = sig.quantity.or(Some(*total));
        }
    } else if let Some(unit) = head.unit_of_pieces().filter(|_| !sig.uneven.is_empty()) {
        // アムロジピン 5mg 1-0-0: tablets.
        sig.dose = Some((of_day(), unit));
    } else if let Some(strength) = head.strength.as_ref().filter(|strength| !strength.attached)
        && let Some(unit) = strength.unit
    {
        sig.dose = Some((strength.value, unit));
    } else if let Some(grams) = bare_grams(text, head, marks) {
        sig.dose = Some((grams, "g"));
        let facts = "単位の記載がありません（g として表示）";
        sig.doubts.push(Doubt::about(DoubtKind::Incomplete, "unit", facts));
    }
}

/// ツムラ葛根湯 7.5 分3: of a 漢方 extract a figure alone before the usage is grams.
fn bare_grams(text: &Text, head: &DrugHead<'_>, marks: &[Marked]) -> Option<Decimal> {
    head.drug.filter(|drug| drug.kind == "kampo")?;
    let usage = marks.first().filter(|first| first.mark.is_usage())?;
    let mut cursor = Cursor::new(text, head.range.end..usage.range.start);
    cursor.spaces();
    let grams = cursor.number()?.value;
    cursor.spaces();
    let usual = grams >= LEAST_GRAMS && grams <= MOST_GRAMS;
    (cursor.is_done() && usual).then_some(grams)
}

/// A packet of an extract, and 大建中湯 of a day, with some room.
const LEAST_GRAMS: Decimal = Decimal::TWO;
const MOST_GRAMS: Decimal = Decimal::from_parts(18, 0, 0, false, 0);

/// ロトリガ 2g 1C, ロケルマ 10g 1包: what each holds, then how many.
fn count_behind_mass<'a>(
    amounts: &'a [(Decimal, &'static str, Option<DoseBasis>)],
) -> Option<&'a (Decimal, &'static str, Option<DoseBasis>)> {
    match amounts {
        [(_, "g" | "mL", None), second @ (_, "錠" | "カプセル" | "包", _), ..] => {
            Some(second)
        }
        _ => None,
    }
}

/// An amount behind the usage of weekly and as-needed drugs, and of what is put on the body: 35mg 1T
/// 週1回 4T, 1枚 1日1回 7枚.
fn total(sig: &Sig, head: &DrugHead<'_>, marks: &[Marked]) -> Option<Decimal> {
    let external = head.is_external();
    if !(sig.prn || sig.weekly || external) {
        return None;
    }
    let usage = marks.iter().position(|marked| match marked.mark {
        Mark::Prn(_) | Mark::Weekly(_) => true,
        Mark::Times(_) => external,
        _ => false,
    })?;
    let is_amount = |marked: &&Marked| matches!(marked.mark, Mark::Amount { .. });
    marks[..usage].iter().find(is_amount)?;
    marks[usage..].iter().find_map(|marked| match marked.mark {
        Mark::Amount { value, per: None, unit } if !matches!(unit, "mg" | "μg") => Some(value),
        _ => None,
    })
}

/// Whether the figure beside the name is the dose and not the strength.
pub fn strength_is_dose(sig: &Sig, head: &DrugHead<'_>) -> bool {
    head.strength.as_ref().is_some_and(|strength| {
        !strength.attached
            && strength.unit.is_some()
            && sig.dose == strength.unit.map(|unit| (strength.value, unit))
    })
}

/// 25g×4, 7枚×14 of what is put on the body: packs, neither times a day nor days.
pub fn in_packs(text: &Text, head: &DrugHead<'_>, marks: &[Marked]) -> Vec<Marked> {
    let mut joined: Vec<Marked> = Vec::with_capacity(marks.len());
    for marked in marks {
        let times = match marked.mark {
            Mark::Times(times) => u16::from(times),
            Mark::Days(days) => days,
            _ => 0,
        };
        let multiplied =
            text.folded().get(marked.range.start).is_some_and(|char| matches!(char, '×' | 'x'));
        if let Some(Marked { mark: Mark::Amount { value, unit, per: None }, range, .. }) =
            joined.last_mut()
            && times > 0
            && multiplied
            && text.chars()[range.end..marked.range.start].iter().all(|char| *char == ' ')
            && is_pack(*value, unit)
            && head.is_external()
        {
            *value *= Decimal::from(times);
            range.end = marked.range.end;
        } else {
            joined.push(marked.clone());
        }
    }
    joined
}

/// The least that a tube or a bag holds.
fn is_pack(value: Decimal, unit: &str) -> bool {
    value >= Decimal::from(5) && matches!(unit, "g" | "枚" | "mL")
}

/// 4T 朝 2T 昼: two amounts of one unit and more, each before one time of day.
pub fn each_at_its_time(marks: &[Marked]) -> Vec<(Meal, Decimal)> {
    let mut doses: Vec<(Meal, Decimal)> = Vec::new();
    let mut units: Vec<&str> = Vec::new();
    for pair in marks.windows(2) {
        let [amount, time] = pair else { continue };
        if let (Mark::Amount { value, unit, per: None }, Mark::Time { meals, .. }) =
            (&amount.mark, &time.mark)
            && let [meal] = meals.iter().collect::<Vec<_>>()[..]
        {
            doses.push((meal, *value));
            units.push(*unit);
        }
    }
    units.dedup();
    let amounts = marks.iter().filter(|it| matches!(it.mark, Mark::Amount { .. })).count();
    let apart = doses.windows(2).all(|pair| pair[0].0 != pair[1].0);
    if doses.len() > 1 && doses.len() == amounts && units.len() == 1 && apart {
        doses
    } else {
        Vec::new()
    }
}
