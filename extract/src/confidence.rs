//! How likely a finding is right, as a whole and field by field.
//!
//! A logistic model over what was seen: how sure the reader was of the lines and of their
//! characters, how long the words are, and which doubts there are. The weights stand in
//! `models/finding-confidence.json`; they were fitted on pages drawn by lot that the reader has
//! read (`cargo run -p extract --example calibrate`), never on real pages or on the project's
//! development set. Findings that are not calibrated (header, allergies, measured values) are
//! believed as much as their lines, less for every doubt.

use std::{collections::BTreeMap, sync::LazyLock};

use chart::{Doubt, DoubtKind};
use serde::Deserialize;

pub use crate::evidence::Characters;

/// The weights of one probability, by the names of [`features`].
pub type Weights = BTreeMap<String, f32>;

/// The fitted models, by what they say the probability of: `medication`, `medication.name`, ….
#[derive(Debug, Deserialize)]
struct Models {
    models: BTreeMap<String, Weights>,
}

static MODELS: LazyLock<BTreeMap<String, Weights>> = LazyLock::new(|| {
    let text = include_str!("../../models/finding-confidence.json");
    serde_json::from_str::<Models>(text).map(|models| models.models).unwrap_or_default()
});

/// What a probability is told from.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'s> {
    /// How sure the reader was of the lines, 0 to 1.
    pub read: f32,
    /// How sure it was of the characters, if it tells.
    pub characters: Option<Characters>,
    /// Characters of the finding as written.
    pub words: usize,
    /// On how many lines it stands.
    pub lines: usize,
    /// How near the name is to the lexicon, 1 for a sure spelling.
    pub name: f32,
    /// The chance that a misread name is the one that was taken, and no other of the lexicon.
    pub chance: f32,
    /// It was struck out or stopped.
    pub cancelled: bool,
    /// Words of it that say nothing known.
    pub not_understood: usize,
    /// What is not there, each by the name of its feature: `no_dose`.
    pub missing: &'s [&'static str],
    /// What is doubtful.
    pub doubts: &'s [Doubt],
}

impl Seen<'_> {
    /// What weighs, each with its name.
    pub fn features(&self) -> Vec<(&'static str, f32)> {
        let sure = self.read.clamp(0.02, 0.98);
        let mut features = vec![
            ("bias", 1.0),
            ("read", (sure / (1.0 - sure)).ln()),
            ("unread", 1.0 - sure),
            // An unknown name is told by its doubt.
            ("unlike", if self.name > 0.0 { (1.0 - self.name).min(0.6) } else { 0.0 }),
            ("short", if self.words <= 4 { 1.0 } else { 0.0 }),
            ("long", (self.words as f32 / 30.0).min(2.0)),
            ("continued", if self.lines > 1 { 1.0 } else { 0.0 }),
            ("cancelled", if self.cancelled { 1.0 } else { 0.0 }),
            ("not_understood", (self.not_understood as f32).min(3.0)),
        ];
        match self.characters {
            Some(characters) => features.extend([
                ("wrong", characters.wrong.min(4.0)),
                ("wrong_figures", characters.wrong_figures.min(2.0)),
                ("least", characters.least),
            ]),
            None => features.push(("no_characters", 1.0)),
        }
        features.extend(self.missing.iter().map(|missing| (*missing, 1.0)));
        let mut kinds: Vec<DoubtKind> = self.doubts.iter().map(|doubt| doubt.kind).collect();
        kinds.sort_unstable();
        kinds.dedup();
        // What follows from the lines alone is told by them; abbreviations that stay open are not on the
        // drawn pages, which can teach nothing of them.
        kinds.retain(|kind| {
            use DoubtKind::{AmbiguousAbbreviation, LookAlike, LowConfidence};
            !matches!(kind, LowConfidence | LookAlike | AmbiguousAbbreviation)
        });
        features.extend(kinds.into_iter().map(|kind| (kind.as_str(), 1.0)));
        features
    }
}

/// The probability that weights give to features.
pub fn probability(weights: &Weights, features: &[(&str, f32)]) -> f32 {
    let sum: f32 = features
        .iter()
        .map(|(name, value)| weights.get(*name).copied().unwrap_or(0.0) * value)
        .sum();
    (1.0 / (1.0 + (-sum).exp())).clamp(0.01, 0.99)
}

/// A finding's confidence.
#[derive(Debug, Default)]
pub struct Confidence {
    /// That all of it is right.
    pub whole: f32,
    /// That a field is.
    pub fields: BTreeMap<String, f32>,
    /// What was weighed, for those who ask why.
    pub why: String,
}

/// How the features of a finding are told among its reasons.
pub const WEIGHED: &str = "its confidence was weighed from ";

/// Of a kind of finding that is calibrated: `medication`, `diagnosis`.
pub fn calibrated(kind: &str, seen: &Seen<'_>) -> Confidence {
    let features = seen.features();
    let mut confidence = Confidence { why: weighed(&features), ..Confidence::default() };
    for (target, weights) in MODELS.iter() {
        let Some(field) = target.strip_prefix(kind) else { continue };
        let sure = match field {
            // What else the name may be is known from the lexicon, not from the drawn pages: they
            // hold too few names that are like another.
            "" | ".name" => probability(weights, &features).min(seen.chance),
            _ => probability(weights, &features),
        };
        match field.strip_prefix('.') {
            Some(field) => {
                confidence.fields.insert(field.to_owned(), rounded(sure));
            }
            None => confidence.whole = rounded(sure),
        }
    }
    // All of it cannot be surer than the least sure of its parts.
    let least = confidence.fields.values().copied().fold(1.0, f32::min);
    confidence.whole = confidence.whole.min(least);
    confidence
}

fn weighed(features: &[(&str, f32)]) -> String {
    use std::fmt::Write as _;
    let mut why = WEIGHED.to_owned();
    for (number, (name, value)) in features.iter().enumerate() {
        let separator = if number > 0 { ", " } else { "" };
        // Writing to a string cannot fail.
        let _ = write!(why, "{separator}{name} {value:.4}");
    }
    why
}

/// Two places are what a calibration on some thousand findings can tell.
fn rounded(probability: f32) -> f32 {
    (probability * 100.0).round() / 100.0
}

/// What remains of the confidence of an uncalibrated finding when a doubt of this kind is there.
const fn factor(kind: DoubtKind) -> f32 {
    match kind {
        DoubtKind::UnknownName => 0.3,
        DoubtKind::UnreadableDigits => 0.8,
        DoubtKind::ImpossibleDate => 0.7,
        DoubtKind::CheckDigit => 0.6,
        DoubtKind::AmbiguousDate => 0.85,
        _ => 1.0,
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

/// Of a finding that is not calibrated: as sure as its lines, less for every kind of doubt.
pub fn of_name(read: f32, doubts: &[Doubt]) -> f32 {
    let mut kinds: Vec<DoubtKind> = doubts.iter().map(|doubt| doubt.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let doubted: f32 = kinds.into_iter().map(factor).product();
    (CEILING * read * doubted).clamp(0.0, 1.0)
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

    fn doubt(kind: DoubtKind) -> Doubt {
        Doubt::of(kind, "")
    }

    #[test]
    fn every_probability_that_is_shown_has_its_weights() {
        for target in [
            "medication",
            "medication.name",
            "medication.strength",
            "medication.dose",
            "medication.frequency",
            "medication.days",
            "diagnosis",
            "diagnosis.name",
            "diagnosis.status",
        ] {
            assert!(MODELS.contains_key(target), "{target}");
        }
    }

    const SEEN: Seen<'static> = Seen {
        read: 0.9,
        characters: None,
        words: 20,
        lines: 1,
        name: 1.0,
        chance: 1.0,
        cancelled: false,
        not_understood: 0,
        missing: &[],
        doubts: &[],
    };

    #[test]
    fn a_doubt_lowers_the_confidence_and_the_same_kind_twice_does_so_once() {
        let name =
            |doubts: &[Doubt]| calibrated("diagnosis", &Seen { words: 8, doubts, ..SEEN }).whole;
        let unknown = doubt(DoubtKind::UnknownName);
        assert!(name(std::slice::from_ref(&unknown)) < name(&[]));
        let twice = name(&[unknown.clone(), Doubt::of(DoubtKind::UnknownName, "b")]);
        assert!((twice - name(&[unknown])).abs() < 1e-6);
        assert!(of_name(0.9, &[doubt(DoubtKind::CheckDigit)]) < of_name(0.9, &[]));
    }

    #[test]
    fn a_medication_is_no_surer_than_any_of_its_fields() {
        let confidence = calibrated("medication", &SEEN);
        assert!(confidence.fields.values().all(|field| confidence.whole <= *field));
        assert!(confidence.whole > calibrated("medication", &Seen { read: 0.3, ..SEEN }).whole);
    }

    #[test]
    fn what_was_weighed_is_told() {
        let why = calibrated("medication", &SEEN).why;
        assert!(why.starts_with(WEIGHED) && why.contains("bias 1.0000"), "{why}");
    }
}
