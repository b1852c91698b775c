//! How likely a symbol is right, from what the engine tells of it.
//!
//! The engine's own figures are near 1 even in scribble. What tells is how far from 1 they are,
//! what the word got, and whether another reading came close. The weights are fitted on made-up
//! lines (models/confidence.json says how); each engine has its own, because the same figure of
//! two means different things.

use std::sync::LazyLock;

use serde::Deserialize;

/// The weights of every model for lines.
static WEIGHTS: LazyLock<Weights> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../models/confidence.json"))
        .expect("a test reads the same file")
});

#[derive(Deserialize)]
struct Weights {
    symbol: PerEngine,
}

#[derive(Deserialize)]
struct PerEngine {
    network: SymbolOdds,
    jpn: SymbolOdds,
}

/// A logistic curve over what the engine says of a symbol.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SymbolOdds {
    base: f32,
    word: f32,
    closeness: f32,
    rival: f32,
    alphanumeric: f32,
    kana: f32,
    sign: f32,
}

/// What the engine says of a symbol, each figure 0 to 1.
#[derive(Debug, Clone, Copy)]
pub struct Figures {
    /// Of the word that it stands in; of its line, where the engine knows no words.
    pub word: f32,
    /// Of the symbol itself.
    pub own: f32,
    /// Of the best other reading.
    pub rival: f32,
}

/// The curve of the network.
pub fn of_network() -> &'static SymbolOdds {
    &WEIGHTS.symbol.network
}

/// The curve of tesseract's model for lines, also used for columns, where none was measured.
pub fn of_tesseract() -> &'static SymbolOdds {
    &WEIGHTS.symbol.jpn
}

impl SymbolOdds {
    /// The probability that `text` is what stands on the paper, 0 to 1.
    pub fn probability(&self, text: &str, figures: Figures) -> f32 {
        // Three nines mean more than two: distance from 1 counts by its order of magnitude.
        let closeness = -(1.0001 - figures.own.min(1.0)).ln();
        let evidence = self.base
            + self.word * figures.word
            + self.closeness * closeness
            + self.rival * figures.rival
            + text.chars().next().map_or(0.0, |first| self.script(first));
        1.0 / (1.0 + (-evidence).exp())
    }

    fn script(&self, character: char) -> f32 {
        match character {
            '0'..='9' | 'A'..='Z' | 'a'..='z' => self.alphanumeric,
            'ぁ'..='ヶ' => self.kana,
            '一'..='龥' | 'ー' => 0.0,
            _ => self.sign,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn close_rivals_and_doubtful_words_make_a_symbol_less_likely() {
        for odds in [of_network(), of_tesseract()] {
            let sure = Figures { word: 0.95, own: 0.995, rival: 0.0 };
            let rival = Figures { rival: 0.8, ..sure };
            let doubtful = Figures { word: 0.3, own: 0.9, rival: 0.0 };
            let [sure, rival, doubtful] =
                [sure, rival, doubtful].map(|figures| odds.probability("薬", figures));
            // The network's own figure leaves no more to a rival than what it lacks.
            assert!(sure > 0.8 && rival <= sure && doubtful < 0.8, "{sure} {rival} {doubtful}");
        }
    }
}
