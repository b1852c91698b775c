//! What one drug line and its continuations order.
//!
//! ```text
//! order = [ number ] head { mark } ;
//! number = ("Rp" | "処") [ "." ] [ INT ] [ ")" ] | INT ( ")" | "." ) | CIRCLED | "#" INT ;
//! ```
//!
//! The head is read by [`super::drug_name`], the marks by [`super::usage`]; here they become
//! dose, usage and days. Whether a figure is 1日量 or 1回量 is taken from words that say so:
//! `1回`, `1日`, `分n` and `n×` (daily amount, divided), 頓用 (one time). Where nothing says so
//! and the two readings differ, the basis stays open and both readings are told.

mod basis; // 1日量 or 1回量
mod dose; // which amount is the dose
mod number; // Rp1), ①, #1
mod steps; // 6T→4T→2T 各7日
mod times; // the times of day

use chart::{DoseBasis, Doubt, DoubtKind, Timing};
use rust_decimal::Decimal;

pub use basis::basis;
pub use dose::strength_is_dose;
pub use number::{OrderNumber, order_number};

use super::{
    cursor::Cursor,
    drug_name::DrugHead,
    figures,
    usage::{Mark, Marked, Meal},
};
use crate::normalise::Text;
use dose::{dose, each_at_its_time, in_packs};
use steps::{lost_days, steps};
use times::Times;

/// What an order says of dose, usage and days.
#[derive(Debug, Clone, Default, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a mark that stands or does not")]
pub struct Sig {
    /// The amount and its unit.
    pub dose: Option<(Decimal, &'static str)>,
    /// What one of them holds: 2g of 2g 1C.
    pub holds: Option<(Decimal, &'static str)>,
    /// What words said of the amount.
    pub per: Option<DoseBasis>,
    /// Divided into so many doses (分3).
    pub split: Option<u8>,
    /// Times a day as written.
    pub times: Option<u8>,
    /// When on the day.
    pub timing: Vec<Timing>,
    /// Uneven doses, if written.
    pub uneven: Vec<(Meal, Decimal)>,
    /// As needed.
    pub prn: bool,
    /// When needed.
    pub prn_reason: Option<String>,
    /// Once a week.
    pub weekly: bool,
    /// Another interval than daily or weekly.
    pub interval: bool,
    /// Days of supply.
    pub days: Option<u16>,
    /// Pieces or doses in all.
    pub quantity: Option<Decimal>,
    /// Usage in the words of the page.
    pub words: Vec<String>,
    /// Same as above.
    pub ditto: bool,
    /// Same as before (do).
    pub repeat: bool,
    /// Stopped.
    pub stopped: bool,
    /// Begun, or what another drug was changed to.
    pub begun: bool,
    /// A change was noted; the words around the arrow.
    pub changed: Option<String>,
    /// The mass behind the arrow: 2.5mg of 5mg→2.5mg.
    pub changed_to: Option<(Decimal, &'static str)>,
    /// The steps of a dose that changes with time; at least two, or none.
    pub steps: Vec<Step>,
    /// 残薬: the words, and the days if they say days.
    pub left_over: Option<(String, Option<u16>)>,
    /// A brace joins it with its neighbours.
    pub braced: bool,
    /// Put on the body.
    pub external: bool,
    /// Given by needle in the clinic.
    pub injected: bool,
    /// What is doubtful in the writing itself.
    pub doubts: Vec<Doubt>,
}

/// One step of a dose that changes with time.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The amount.
    pub dose: Decimal,
    /// Its unit.
    pub unit: &'static str,
    /// How long.
    pub days: Option<u16>,
}

impl Sig {
    /// Whether any usage was written.
    pub const fn has_usage(&self) -> bool {
        self.split.is_some()
            || self.times.is_some()
            || !self.timing.is_empty()
            || !self.uneven.is_empty()
            || self.prn
            || self.weekly
            || self.interval
    }

    /// Whether it is more than a name: something of an order was written.
    pub const fn is_some(&self) -> bool {
        self.dose.is_some()
            || self.has_usage()
            || self.days.is_some()
            || self.quantity.is_some()
            || self.ditto
            || self.repeat
            || self.stopped
            || self.begun
            || self.changed_to.is_some()
    }

    /// Doses a day: as written, or as many as there are times.
    pub fn times_per_day(&self) -> Option<u8> {
        if self.prn {
            return None;
        }
        let counted = if self.uneven.is_empty() {
            self.timing.len()
        } else {
            self.uneven.iter().filter(|(_, dose)| !dose.is_zero()).count()
        };
        self.times.or(self.split).or_else(|| u8::try_from(counted).ok().filter(|n| *n > 0))
    }

    /// Takes over from another order what this one does not say itself.
    pub fn take_over(&mut self, other: &Self) {
        if !self.has_usage() {
            self.split = other.split;
            self.times = other.times;
            self.timing.clone_from(&other.timing);
            self.uneven.clone_from(&other.uneven);
            self.prn = other.prn;
            self.prn_reason.clone_from(&other.prn_reason);
            self.weekly = other.weekly;
            self.interval = other.interval;
            self.words.clone_from(&other.words);
            self.external |= other.external;
        }
        if self.days.is_none() && self.quantity.is_none() {
            self.days = other.days;
            if self.prn {
                self.quantity = other.quantity;
            }
        }
    }
}

/// What the marks of an order say together.
pub fn sig(text: &Text, head: &DrugHead<'_>, marks: &[Marked]) -> Sig {
    let marks = &in_packs(text, head, marks);
    let mut sig = Sig::default();
    let mut times = Times::default();
    let mut usage_seen = false;
    let mut counted = None;
    for (number, marked) in marks.iter().enumerate() {
        let words = || text.string(marked.range.clone());
        if usage_words(&marked.mark) {
            sig.words.push(words());
        }
        match &marked.mark {
            Mark::Split(value) => {
                sig.split = sig.split.or(Some(*value));
                counted = counted.or(Some(marked.range.clone()));
            }
            Mark::Times(value) => {
                sig.times = sig.times.or(Some(*value));
                counted = counted.or(Some(marked.range.clone()));
            }
            Mark::EveryHours(hours) => sig.times = sig.times.or(Some((24 / hours.max(&1)).max(1))),
            Mark::Time { meals, relation } => times.add(*meals, *relation),
            Mark::Uneven(doses) => sig.uneven.clone_from(doses),
            Mark::Prn(reason) => {
                sig.prn = true;
                sig.prn_reason = sig.prn_reason.take().or_else(|| reason.clone());
            }
            Mark::Weekly(1) => sig.weekly = true,
            Mark::Weekly(_) | Mark::Interval => sig.interval = true,
            Mark::Days(value) if sig.days.is_none() => {
                sig.days = Some(figures::days(text, marked.range.clone(), *value, &mut sig.doubts));
            }
            Mark::Count(value) => sig.quantity = sig.quantity.or(Some(Decimal::from(*value))),
            Mark::Bracketed(value) if usage_seen => bracketed(&mut sig, *value),
            // Amounts are weighed together, below; the first days are those of the order.
            Mark::Amount { .. } | Mark::Bracketed(_) | Mark::Days(_) | Mark::Taper => {}
            Mark::Ditto => sig.ditto = true,
            Mark::Repeat => sig.repeat = true,
            Mark::Stop => sig.stopped = true,
            Mark::Start => sig.begun = true,
            Mark::UpTo { value, unit } => {
                let facts =
                    format!("{}{unit} までの幅があります（少ない方を表示）", value.normalize());
                sig.doubts.push(Doubt::about(DoubtKind::Incomplete, "dose", facts));
            }
            Mark::Adjusted => sig.doubts.push(Doubt::about(DoubtKind::Changed, "dose", words())),
            Mark::Change => {
                sig.changed = Some(changed_words(text, head, marks, number));
                // ミカルディス(40)に変更
                sig.begun |= text.chars()[marked.range.clone()].contains(&'変');
                if let Some(Mark::Amount { value, unit: unit @ ("mg" | "μg"), .. }) =
                    marks.get(number + 1).map(|next| &next.mark)
                {
                    sig.changed_to = Some((*value, unit));
                } else if let Some(changed) = bare_strength(text, head, marked.range.end) {
                    sig.changed_to = Some(changed);
                }
            }
            Mark::LeftOver(days) => sig.left_over = Some((words(), *days)),
            Mark::Brace => sig.braced = true,
            Mark::Site { external, injected } => {
                sig.external |= external;
                sig.injected |= injected;
            }
        }
        usage_seen |= matches!(
            marked.mark,
            Mark::Split(_) | Mark::Times(_) | Mark::Time { .. } | Mark::Prn(_) | Mark::Weekly(_)
        );
        if marked.repaired && !matches!(marked.mark, Mark::Site { .. } | Mark::Time { .. }) {
            sig.doubts.push(Doubt::of(DoubtKind::UnreadableDigits, words()));
        }
    }
    if sig.prn && sig.days.is_some() && sig.quantity.is_none() {
        // 頓用 … 5日分: doses, since an as-needed drug has no days.
        sig.quantity = sig.days.take().map(Decimal::from);
    }
    if sig.days.is_none() && sig.quantity.is_none() && !sig.prn && !sig.weekly {
        sig.days = lost_days(marks).and_then(|it| figures::days_of_tablets(it, &mut sig.doubts));
    }
    if sig.days.is_none() && sig.quantity.is_none() && !sig.prn && usage_seen {
        sig.days = figures::bare_days(text, marks, &mut sig.doubts);
    }
    if sig.uneven.is_empty() {
        sig.uneven = each_at_its_time(marks);
    }
    sig.steps = steps(text, marks);
    if !sig.steps.is_empty() {
        // 2T 7日 → 1T 7日: steps, and no correction of what stands before the arrow.
        sig.changed = None;
        sig.changed_to = None;
    }
    dose(&mut sig, text, head, marks);
    let named = times.named();
    if let Some(range) = counted.filter(|_| !sig.prn) {
        figures::times(text, range, named, &mut sig);
    }
    times.settle(&mut sig);
    sig
}

/// (14) after the usage: days, or doses of an as-needed drug.
fn bracketed(sig: &mut Sig, value: Decimal) {
    if sig.prn {
        sig.quantity = sig.quantity.or(Some(value));
    } else if sig.days.is_none() {
        sig.days = u16::try_from(value).ok().filter(|days| (1..=366).contains(days));
    }
}

const fn usage_words(mark: &Mark) -> bool {
    matches!(
        mark,
        Mark::Split(_)
            | Mark::Times(_)
            | Mark::EveryHours(_)
            | Mark::Time { .. }
            | Mark::Uneven(_)
            | Mark::Prn(_)
            | Mark::Weekly(_)
            | Mark::Interval
            | Mark::Site { .. }
    )
}

/// What stands on both sides of an arrow, as written.
fn changed_words(text: &Text, head: &DrugHead<'_>, marks: &[Marked], arrow: usize) -> String {
    let strength = head.strength.as_ref().map(|strength| strength.range.start);
    let from = match arrow.checked_sub(1) {
        Some(before) => marks[before].range.start,
        None => strength.unwrap_or(marks[arrow].range.start),
    };
    let to = marks.get(arrow + 1).map_or(marks[arrow].range.end, |after| after.range.end);
    text.string(from..to)
}

/// アリセプト3→5: a figure alone behind the arrow that is a strength of the drug.
fn bare_strength(text: &Text, head: &DrugHead<'_>, at: usize) -> Option<(Decimal, &'static str)> {
    head.strength.as_ref()?;
    let mut cursor = Cursor::new(text, at..text.len());
    cursor.spaces();
    let bracket = cursor.eat("(");
    let value = cursor.number()?.value;
    let ends = |char: char| char.is_whitespace() || "へにとを、。()".contains(char);
    if !(bracket || cursor.peek().is_none_or(ends)) {
        return None;
    }
    let forms = head.drug.into_iter().flat_map(|drug| &drug.forms);
    let known = forms.flat_map(|form| &form.strengths).find(|known| known.value == value)?;
    let unit = ["mg", "μg", "g", "%"].into_iter().find(|unit| *unit == known.unit)?;
    Some((value, unit))
}
