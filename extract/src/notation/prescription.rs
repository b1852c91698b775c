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

use std::ops::Range;

use chart::{DoseBasis, Doubt, DoubtKind, Timing};
use rust_decimal::Decimal;

use super::{
    cursor::Cursor,
    drug_name::DrugHead,
    figures,
    usage::{Mark, Marked, Meal, Meals, Relation},
};
use crate::normalise::Text;

/// The number before an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderNumber {
    /// Rp1), 処方1: begins a prescription and nothing else.
    Rp,
    /// 1), ①, (1): begins any list.
    Plain,
    /// #1, #: begins a list of problems or of drugs.
    Hash,
}

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

/// number, and where the order goes on after it.
pub fn order_number(text: &Text, range: Range<usize>) -> Option<(OrderNumber, usize)> {
    let mut cursor = Cursor::new(text, range);
    cursor.spaces();
    let number = cursor
        .attempt(rp_number)
        .or_else(|| cursor.attempt(misread_rp))
        .or_else(|| cursor.attempt(plain_number))?;
    cursor.spaces();
    Some((number, cursor.at()))
}

fn rp_number(cursor: &mut Cursor<'_>) -> Option<OrderNumber> {
    const WORDS: &[&str] = &["rp", "rx", "処方", "処)", "処.", "r/", "r)"];
    let word = cursor.eat_any(WORDS)?;
    if word == "rp" && cursor.attempt(misread_figure).is_some() {
        return Some(OrderNumber::Rp);
    }
    // 処方箋, rpm: another word runs on.
    if cursor.peek().is_some_and(|char| char.is_ascii_alphabetic() || "箋せ継薬内医".contains(char))
    {
        return None;
    }
    let _ = cursor.eat(".") || cursor.eat(":");
    cursor.spaces();
    let before = cursor.at();
    if circled(cursor).is_none() && cursor.whole().is_none_or(|(value, _)| value > 40) {
        cursor.go_to(before);
    }
    cursor.spaces();
    let _ = cursor.eat(")") || cursor.eat(".") || cursor.eat(":");
    Some(OrderNumber::Rp)
}

/// The figure behind Rp as recognition gives it: Rpl), RpI1, Rp-. What stands behind it is no Latin
/// letter, or it would be a word.
fn misread_figure(cursor: &mut Cursor<'_>) -> Option<()> {
    let strokes = |char: char| "li|!-oz".contains(char);
    cursor.peek().filter(|char| strokes(*char))?;
    for _ in 0..2 {
        if cursor.peek().is_some_and(|char| strokes(char) || char.is_ascii_digit()) {
            cursor.step();
        }
    }
    let _ = cursor.eat(")") || cursor.eat(".") || cursor.eat(":");
    (!cursor.peek().is_some_and(|char| char.is_ascii_alphanumeric())).then_some(())
}

/// Pp1), RpI), R p 2 ): the letters and the figure as recognition gives them. The bracket must
/// stand, since nothing else tells it from a word.
fn misread_rp(cursor: &mut Cursor<'_>) -> Option<OrderNumber> {
    cursor.peek().filter(|char| "rpkfabn8尺".contains(*char))?;
    cursor.step();
    cursor.spaces();
    cursor.peek().filter(|char| "pｐo".contains(*char))?;
    cursor.step();
    cursor.spaces();
    let _ = cursor.eat(".");
    let figure = cursor.peek().filter(|char| super::alike::may_be_digit(*char))?;
    cursor.step();
    let _ = figure.is_ascii_digit() && cursor.peek().is_some_and(|c| c.is_ascii_digit()) && {
        cursor.step();
        true
    };
    cursor.spaces();
    (cursor.eat(")") || cursor.eat("}") || cursor.eat("』")).then_some(OrderNumber::Rp)
}

fn plain_number(cursor: &mut Cursor<'_>) -> Option<OrderNumber> {
    if circled(cursor).is_some() {
        return Some(OrderNumber::Plain);
    }
    if cursor.eat("#") || cursor.eat("♯") {
        cursor.spaces();
        // #高尿酸血症 #HL: the sign is enough before a word.
        if cursor.peek().is_some_and(char::is_alphabetic) {
            return Some(OrderNumber::Hash);
        }
        cursor.whole().filter(|(value, _)| *value <= 40)?;
        let _ = cursor.eat(".") || cursor.eat(")") || cursor.eat(":");
        return Some(OrderNumber::Hash);
    }
    let open = cursor.eat("(");
    cursor.whole().filter(|(value, repaired)| (1..=40).contains(value) && !repaired)?;
    let close = cursor.eat(")") || (!open && (cursor.eat(".") || cursor.eat(":")));
    let decimal =
        cursor.before() == Some('.') && cursor.peek().is_some_and(|char| char.is_ascii_digit());
    (close && !decimal).then_some(OrderNumber::Plain)
}

fn circled(cursor: &mut Cursor<'_>) -> Option<()> {
    cursor.peek().filter(|char| matches!(char, '①'..='⑳' | '❶'..='❿'))?;
    cursor.step();
    Some(())
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
    if sig.uneven.is_empty() {
        sig.uneven = each_at_its_time(marks);
    }
    sig.steps = steps(text, marks);
    if !sig.steps.is_empty() {
        // 2T 7日 → 1T 7日: steps, and no correction of what stands before the arrow.
        sig.changed = None;
        sig.changed_to = None;
    }
    dose(&mut sig, head, marks);
    let named = times.named();
    if let Some(range) = counted.filter(|_| !sig.prn) {
        figures::times(text, range, named, &mut sig);
    }
    times.settle(&mut sig);
    sig
}

/// 25g×4, 7枚×14 of what is put on the body: packs, neither times a day nor days.
fn in_packs(text: &Text, head: &DrugHead<'_>, marks: &[Marked]) -> Vec<Marked> {
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

/// 4T 朝 2T 昼: two amounts of one unit and more, each before one time of day.
fn each_at_its_time(marks: &[Marked]) -> Vec<(Meal, Decimal)> {
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

/// The least that a tube or a bag holds.
fn is_pack(value: Decimal, unit: &str) -> bool {
    value >= Decimal::from(5) && matches!(unit, "g" | "枚" | "mL")
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

/// 3T 3×n.d.E. 14T: an amount in tablets that closes an order which has one before its usage.
fn lost_days(marks: &[Marked]) -> Option<Decimal> {
    let usage = marks.iter().position(|marked| {
        matches!(marked.mark, Mark::Split(_) | Mark::Times(_) | Mark::Time { .. })
    })?;
    marks[..usage].iter().find(|marked| matches!(marked.mark, Mark::Amount { .. }))?;
    match marks[usage..].last()?.mark {
        Mark::Amount { value, unit: "錠", per: None } => Some(value),
        _ => None,
    }
}

/// 2T 7日, 1.5T 7日, 1T 7日: amounts of one unit, each with its days. The days of the last may be
/// missing. 6T→4T→2T 各7日: all have the same.
fn steps(text: &Text, marks: &[Marked]) -> Vec<Step> {
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

/// Chooses the dose among the amounts: what is said to be for one time, then what counts
/// pieces, then a mass. A mass beside the name is the dose if nothing else is.
fn dose(sig: &mut Sig, head: &DrugHead<'_>, marks: &[Marked]) {
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
    if amounts.is_empty() && head.is_injection() && !sig.uneven.is_empty() {
        // 6-6-8 of insulin: units.
        sig.dose = Some((sig.uneven.iter().map(|(_, dose)| *dose).sum(), "単位"));
    } else if sig.uneven.len() > 1 && sig.uneven.len() == amounts.len() {
        // 4T 朝 2T 昼: the day's amount is that of all.
        let unit = amounts.first().map_or("錠", |(_, unit, _)| unit);
        sig.dose = Some((sig.uneven.iter().map(|(_, dose)| *dose).sum(), unit));
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
        sig.dose = Some((sig.uneven.iter().map(|(_, dose)| *dose).sum(), unit));
    } else if let Some(strength) = head.strength.as_ref().filter(|strength| !strength.attached)
        && let Some(unit) = strength.unit
    {
        sig.dose = Some((strength.value, unit));
    }
}

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

/// The times of day of an order, gathered over its marks.
#[derive(Debug, Default)]
struct Times {
    meals: Vec<(Meals, Option<Relation>)>,
}

impl Times {
    fn add(&mut self, meals: Meals, relation: Option<Relation>) {
        // 2×MA n.d.E.: the letters and the relation come apart.
        if meals.is_empty()
            && relation.is_some()
            && let Some(last) = self.meals.iter_mut().rev().find(|(meals, _)| meals.has_meal())
            && last.1.is_none()
        {
            last.1 = relation;
        } else {
            self.meals.push((meals, relation));
        }
    }

    /// How many times of day are named one by one; 0 if that is left open.
    fn named(&self) -> usize {
        if self.meals.iter().any(|(meals, _)| meals.is_empty()) {
            return 0;
        }
        self.meals.iter().fold(Meals::NONE, |all, (meals, _)| all.and(*meals)).iter().count()
    }

    fn settle(self, sig: &mut Sig) {
        // 4×n.d.E. v.d.S.: what is named one by one leaves three for the meals.
        let fixed = self.meals.iter().filter(|(meals, _)| !meals.is_empty());
        let fixed = fixed.map(|(meals, _)| meals.iter().count()).sum::<usize>();
        let fixed = u8::try_from(fixed).unwrap_or(u8::MAX);
        let written = sig.split.or(sig.times).map(|times| times.saturating_sub(fixed));
        let mut timing = Vec::new();
        for (meals, relation) in &self.meals {
            let meals = match (meals.is_empty(), written) {
                (true, Some(3)) => Meals::ALL,
                // 分2 食後 without more is morning and evening by custom.
                (true, Some(2)) => Meals::MORNING_EVENING,
                _ => *meals,
            };
            if relation.is_none() && meals.has_meal() {
                sig.doubts.push(Doubt::about(
                    DoubtKind::Incomplete,
                    "timing",
                    "食前・食後の記載がありません（食後として表示）",
                ));
            }
            if meals.is_empty() {
                sig.doubts.push(Doubt::about(
                    DoubtKind::Incomplete,
                    "timing",
                    "朝昼夕の記載がありません",
                ));
            }
            timing.extend(meals.iter().map(|meal| relation.unwrap_or(Relation::After).at(meal)));
        }
        if !sig.uneven.is_empty() && timing.is_empty() {
            let taken = sig.uneven.iter().filter(|(_, dose)| !dose.is_zero());
            timing.extend(taken.map(|(meal, _)| Relation::After.at(*meal)));
        }
        timing.sort_unstable();
        timing.dedup();
        sig.timing = timing;
    }
}

/// What a basis is settled from.
#[derive(Debug, Clone, PartialEq)]
pub struct Basis {
    /// The basis, if the page tells.
    pub basis: Option<DoseBasis>,
    /// Why not, or what is odd about it.
    pub doubts: Vec<Doubt>,
}

/// Whether the dose is for a day or for one time, as far as the page tells.
pub fn basis(sig: &Sig, external: bool) -> Basis {
    let told = |basis| Basis { basis: Some(basis), doubts: Vec::new() };
    let Some((dose, unit)) = sig.dose else { return Basis { basis: None, doubts: Vec::new() } };
    if let Some(per) = sig.per {
        return told(per);
    }
    if !sig.uneven.is_empty() {
        let sum: Decimal = sig.uneven.iter().map(|(_, dose)| *dose).sum();
        if sum == dose {
            return told(DoseBasis::Day);
        }
    }
    // 頓用 is for one time by rule, and so are units of insulin.
    if sig.prn || unit == "単位" {
        return told(DoseBasis::Once);
    }
    if external {
        // The amount of an ointment or patch is the total: neither basis.
        return Basis { basis: None, doubts: Vec::new() };
    }
    let times = sig.times_per_day();
    if sig.weekly && times.is_none_or(|times| times == 1) {
        return told(DoseBasis::Once);
    }
    match (sig.split, times) {
        (Some(1), _) | (None, Some(1)) => told(DoseBasis::Day),
        (Some(split), _) => {
            let whole = matches!(unit, "錠" | "カプセル" | "包" | "個" | "枚" | "丸");
            if whole && dose < Decimal::from(split) {
                Basis {
                    basis: None,
                    doubts: vec![indivisible(dose, unit, split), unknown(dose, unit, Some(split))],
                }
            } else if matches!(unit, "カプセル" | "包" | "枚")
                && !(dose % Decimal::from(split)).is_zero()
            {
                Basis { basis: Some(DoseBasis::Day), doubts: vec![indivisible(dose, unit, split)] }
            } else {
                told(DoseBasis::Day)
            }
        }
        (None, times) => Basis { basis: None, doubts: vec![unknown(dose, unit, times)] },
    }
}

fn indivisible(dose: Decimal, unit: &str, split: u8) -> Doubt {
    Doubt::about(
        DoubtKind::DoseDoesNotDivide,
        "dose",
        format!(
            "{}{unit} を {split} 回に分けると 1回 {}{unit}",
            dose.normalize(),
            each(dose, split)
        ),
    )
}

fn unknown(dose: Decimal, unit: &str, times: Option<u8>) -> Doubt {
    let dose_text = dose.normalize();
    let facts = match times {
        Some(times) => format!(
            "1日量なら 1日{dose_text}{unit}（1回{}{unit}×{times}）／1回量なら 1日{}{unit}（1回{dose_text}{unit}×{times}）",
            each(dose, times),
            (dose * Decimal::from(times)).normalize(),
        ),
        None => format!("{dose_text}{unit} が1日量か1回量か不明"),
    };
    Doubt::about(DoubtKind::UnknownBasis, "dose_basis", facts)
}

/// The part of one time, to two places.
fn each(dose: Decimal, times: u8) -> Decimal {
    dose.checked_div(Decimal::from(times.max(1))).unwrap_or(dose).round_dp(2).normalize()
}
