//! Doses that change with time, and days that a dose looks like.

use rust_decimal::Decimal;

use super::Step;
use crate::{
    normalise::Text,
    notation::usage::{Mark, Marked},
};

/// 2T 7日, 1.5T 7日, 1T 7日: amounts of one unit, each with its days. The days of the last may be
/// missing. 6T→4T→2T 各7日: all have the same.
pub fn steps(text: &Text, marks: &[Marked]) -> Vec<Step> {
    let each = marks.iter().find_map(|marked| match marked.mark {
        Mark::Days(days) if text.chars()[..marked.range.start].ends_with(&['各']) => Some(days),
        _ => None,
    });
    let mut steps: Vec<Step> = Vec::new();
    let mut open: Option<(Decimal, &'static str)> = None;
    for marked in marks {
        match marked.mark {
            Mark::Amount { per: Some(_), .. } => return Vec::new(),
            Mark::Amount { value, unit, .. } => {
                if let Some((dose, unit)) = open.filter(|_| each.is_some()) {
                    steps.push(Step { dose, unit, days: each });
                }
                open = Some((value, unit));
            }
            Mark::Days(days) => {
                if let Some((dose, unit)) = open.take() {
                    steps.push(Step { dose, unit, days: Some(days) });
                }
            }
            _ => {}
        }
    }
    if let Some((dose, unit)) = open
        && steps.len() > 1
    {
        steps.push(Step { dose, unit, days: None });
    }
    let unit = steps.first().map(|step| step.unit);
    let one_unit = steps.iter().all(|step| Some(step.unit) == unit);
    if steps.len() > 1 && one_unit { steps } else { Vec::new() }
}

/// 3T 3×n.d.E. 14T: an amount in tablets that closes an order which has one before its usage.
pub fn lost_days(marks: &[Marked]) -> Option<Decimal> {
    let usage = marks.iter().position(|marked| {
        matches!(marked.mark, Mark::Split(_) | Mark::Times(_) | Mark::Time { .. })
    })?;
    marks[..usage].iter().find(|marked| matches!(marked.mark, Mark::Amount { .. }))?;
    match marks[usage..].last()?.mark {
        Mark::Amount { value, unit: "錠", per: None } => Some(value),
        _ => None,
    }
}
