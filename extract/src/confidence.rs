//! How likely a finding is right as a whole.
//!
//! A product of three things that were seen: how sure the reader was of the characters, how
//! near the name is to one of the lexicon, and a factor for each kind of doubt. The factors are
//! estimates, kept in one table so that a calibration can replace them.

use chart::{Doubt, DoubtKind};

/// What remains of the confidence when a doubt of this kind is there.
const fn factor(kind: DoubtKind) -> f32 {
    match kind {
        DoubtKind::UnknownName => 0.3,
        DoubtKind::StrengthDoesNotExist | DoubtKind::UnitDoesNotFit => 0.5,
        DoubtKind::AmbiguousAbbreviation | DoubtKind::UnreadableDigits => 0.8,
        DoubtKind::Incomplete
        | DoubtKind::RefersElsewhere
        | DoubtKind::DoseAboveMaximum
        | DoubtKind::DoseDoesNotDivide
        | DoubtKind::ImpossibleDate => 0.7,
        DoubtKind::CheckDigit => 0.6,
        DoubtKind::UnknownBasis | DoubtKind::Changed | DoubtKind::AmbiguousDate => 0.85,
        DoubtKind::UsageFromGroup | DoubtKind::NameByLikeness => 0.9,
        DoubtKind::StrengthMissing
        | DoubtKind::LookAlike
        | DoubtKind::LowConfidence
        | DoubtKind::OutsideValidity => 1.0,
    }
}

/// A true page with a sure name is still read wrong now and then.
const CEILING: f32 = 0.98;

/// Below this a line is said to be read with low confidence. The reader's own figure is too
/// high by about .3 on bad pages, so a figure this low is a real warning.
const LOW: f32 = 0.6;

/// The doubt about characters that the reader was not sure of.
pub fn reading_doubt(read: f32) -> Option<Doubt> {
    (read < LOW).then(|| {
        Doubt::of(DoubtKind::LowConfidence, format!("読取の確からしさ {:.0}%", read * 100.0))
    })
}

/// Of a medication, which is right only if all its fields are.
pub fn of_medication(read: f32, name: f32, doubts: &[Doubt]) -> f32 {
    // Name, strength, dose, usage and days must all be read right.
    combined(read.powi(2), name, doubts)
}

/// Of a finding that is one name with a status.
pub fn of_name(read: f32, name: f32, doubts: &[Doubt]) -> f32 {
    combined(read, name, doubts)
}

fn combined(read: f32, name: f32, doubts: &[Doubt]) -> f32 {
    let mut kinds: Vec<DoubtKind> = doubts.iter().map(|doubt| doubt.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let doubted: f32 = kinds.into_iter().map(factor).product();
    let named = if name > 0.0 { name } else { 1.0 };
    (CEILING * read * named * doubted).clamp(0.0, 1.0)
}

/// The doubts without repetitions, in the order of the closed list.
pub fn in_order(mut doubts: Vec<Doubt>) -> Vec<Doubt> {
    doubts.sort_by_key(|doubt| doubt.kind);
    doubts.dedup();
    doubts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_doubt_lowers_the_confidence_and_the_same_kind_twice_does_so_once() {
        let doubt = |facts: &str| Doubt::of(DoubtKind::UnknownBasis, facts);
        let sure = of_name(0.9, 1.0, &[]);
        let doubted = of_name(0.9, 1.0, &[doubt("a")]);
        assert!(doubted < sure);
        assert!((of_name(0.9, 1.0, &[doubt("a"), doubt("b")]) - doubted).abs() < 1e-6);
    }

    #[test]
    fn a_medication_needs_more_to_be_right_than_a_name() {
        assert!(of_medication(0.8, 1.0, &[]) < of_name(0.8, 1.0, &[]));
    }
}
