//! How sure it is that what was read of a line is right.
//!
//! Three logistic curves, one upon the other, with the weights of models/confidence.json: the
//! engine's figures become probabilities of symbols (`odds.rs`), in columns two models' agreement
//! changes those ([`Merging`]), and from all symbols of a line comes the probability that nine
//! tenths of the line are right ([`LineOdds`]). They are fitted on made-up lines and pages;
//! docs/reading.md has the figures on pages that had no part in that.

use std::sync::LazyLock;

use chart::Line;
use serde::{Deserialize, Serialize};

/// The weights that the reader comes with.
static CALIBRATION: LazyLock<Calibration> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../models/confidence.json"))
        .expect("a test reads the same file")
});

/// The weights that the reader comes with.
pub fn calibration() -> &'static Calibration {
    &CALIBRATION
}

/// How probabilities of symbols and of lines come about.
#[derive(Debug, Deserialize)]
pub struct Calibration {
    pub merging: Merging,
    pub line: LineOdds,
}

/// What becomes of a symbol's probability, by what the other model says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Merging {
    agreed: Curve,
    disputed: Curve,
    alone: Curve,
}

impl Merging {
    /// Both read the same; `probability` is that of the surer one.
    pub fn agreed(&self, probability: f32) -> f32 {
        self.agreed.of(probability)
    }

    /// The other model read something less likely in its place.
    pub fn disputed(&self, probability: f32) -> f32 {
        self.disputed.of(probability)
    }

    /// The other model saw nothing there.
    pub fn alone(&self, probability: f32) -> f32 {
        self.alone.of(probability)
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Curve {
    base: f32,
    slope: f32,
}

impl Curve {
    fn of(&self, probability: f32) -> f32 {
        logistic(self.base + self.slope * log_odds(probability))
    }
}

/// Signs of a line that is right or wrong.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineSigns {
    /// The least probability of its symbols.
    pub least: f32,
    /// How far the errors that these let expect stay below a tenth, in standard deviations.
    pub margin: f32,
    /// Of the number of its symbols.
    pub log_count: f32,
    /// Whether it is a single character.
    pub single: f32,
    /// Whether it is what forms print.
    pub label: f32,
    /// Of [`crate::Reading::rivals`].
    pub log_rivals: f32,
    /// Of [`crate::Reading::surprise`].
    pub log_surprise: f32,
    /// Of [`crate::ReadyPage::unread_beside`].
    pub root_unread: f32,
}

impl LineSigns {
    /// Those of a line whose symbols have their probabilities.
    pub fn of(line: &Line, rivals: f32, surprise: f32, unread: f32) -> Self {
        let count = line.symbols.len().max(1) as f32;
        let sum =
            |of: &dyn Fn(f32) -> f32| line.symbols.iter().map(|s| of(s.confidence)).sum::<f32>();
        let flag = |is: bool| if is { 1.0 } else { 0.0 };
        Self {
            least: line.symbols.iter().map(|s| s.confidence).fold(1.0, f32::min),
            margin: (0.1 * count + 0.5 - sum(&|p| 1.0 - p))
                / (sum(&|p| p * (1.0 - p)) + 0.05).sqrt(),
            log_count: count.ln(),
            single: flag(line.symbols.len() == 1),
            label: flag(line.label == Some(true)),
            log_rivals: (rivals + 1e-4).ln(),
            log_surprise: (surprise + 0.01).ln(),
            root_unread: unread.sqrt(),
        }
    }
}

/// What each sign weighs.
#[derive(Debug, Deserialize)]
pub struct LineOdds {
    base: f32,
    #[serde(flatten)]
    weights: LineSigns,
}

impl LineOdds {
    /// The probability that nine tenths of the line's characters are right.
    pub fn probability(&self, signs: &LineSigns) -> f32 {
        let weights = &self.weights;
        logistic(
            self.base
                + weights.least * signs.least
                + weights.margin * signs.margin
                + weights.log_count * signs.log_count
                + weights.single * signs.single
                + weights.label * signs.label
                + weights.log_rivals * signs.log_rivals
                + weights.log_surprise * signs.log_surprise
                + weights.root_unread * signs.root_unread,
        )
    }
}

/// Whether what the engines made of a "line" is dirt rather than writing: the fewer characters,
/// the surer they must be. Of 1,500 made-up pictures this drops half of those that are no writing,
/// and of the characters so dropped one in fifty was right.
pub fn is_dirt(line: &Line) -> bool {
    match line.symbols.len() {
        0 => true,
        1 | 2 => line.confidence < 0.6,
        3..=5 => line.confidence < 0.5,
        _ => line.confidence < 0.4,
    }
}

fn logistic(evidence: f32) -> f32 {
    1.0 / (1.0 + (-evidence).exp())
}

fn log_odds(probability: f32) -> f32 {
    let probability = probability.clamp(1e-4, 1.0 - 1e-4);
    (probability / (1.0 - probability)).ln()
}

#[cfg(test)]
mod tests {
    use chart::Symbol;

    use super::*;
    use crate::Reading;

    fn line(confidence: f32, symbol: f32, characters: usize) -> Line {
        let symbol = Symbol { text: "字".to_owned(), confidence: symbol, ..Symbol::default() };
        Line { confidence, symbols: vec![symbol; characters], ..Line::default() }
    }

    fn probability(line: &Line) -> f32 {
        let read = Reading::of(line.clone());
        let rivals = 1.0 - line.symbols.iter().map(|s| s.confidence).product::<f32>();
        calibration().line.probability(&LineSigns::of(line, rivals, read.surprise, 0.0))
    }

    #[test]
    fn a_surer_line_stays_surer() {
        let figures: Vec<f32> =
            [0.1, 0.4, 0.7, 0.9, 0.99].map(|sure| probability(&line(sure, sure, 8))).into();
        assert!(figures.is_sorted() && figures[0] < 0.05 && figures[4] > 0.9, "{figures:?}");
    }

    #[test]
    fn one_doubtful_symbol_spoils_a_short_line_more_than_a_long_one() {
        let [short, long] = [3, 20].map(|characters| {
            let mut line = line(0.9, 0.99, characters);
            line.symbols[1].confidence = 0.3;
            probability(&line)
        });
        assert!(short < long, "{short} {long}");
    }

    #[test]
    fn agreement_is_worth_more_than_dispute() {
        let merging = &calibration().merging;
        for sure in [0.5, 0.8, 0.95] {
            assert!(merging.agreed(sure) > sure.min(merging.disputed(sure)));
            assert!(merging.disputed(sure) < sure && merging.alone(sure) < sure);
        }
    }

    #[test]
    fn the_fewer_characters_the_surer_they_must_be() {
        assert!(is_dirt(&line(0.55, 0.5, 1)) && is_dirt(&line(0.45, 0.5, 4)));
        assert!(is_dirt(&line(0.3, 0.5, 12)) && !is_dirt(&line(0.45, 0.5, 12)));
        assert!(!is_dirt(&line(0.65, 0.5, 2)));
    }
}
