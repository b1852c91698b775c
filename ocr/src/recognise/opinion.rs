//! Two readings of one line made one.
//!
//! Two models err in different places. Their symbols are laid side by side by what they say and
//! where they stand; where both say the same it is surer, where they differ the likelier symbol
//! stays, and what only one of them saw stays if it is likely by itself.

use chart::{Line, Rect, Symbol};

use super::calibration::{Merging, is_dirt};
use crate::{Reading, spacing::spaced};

/// A column of which any symbol is less likely than this is read by the second model too. On 238
/// made-up lines and two models of tesseract, 0.6 read as well as asking about every line (CER of
/// print .104, of hand .344 against .341); 0.5 lost print (.107).
const DOUBTFUL: f32 = 0.6;
/// What only one reading has stays if it is likelier than this; 0.35 to 0.75 were tried.
const LIKELY: f32 = 0.65;
/// What it costs to lay a symbol beside a different one in the same place, if leaving one out
/// costs 1.
const SAME_PLACE: f32 = 0.9;
/// The same for a different one elsewhere.
const OTHER_PLACE: f32 = 1.6;

/// Whether a reading is so doubtful that a second one is worth its time.
///
/// A character or two that look like dirt are not: among 1,389 made-up pictures the second model
/// made none of these right, and something of one in five that were no writing
/// (docs/reading.md).
pub fn is_doubtful(readings: &[Reading]) -> bool {
    let symbols = || readings.iter().flat_map(|read| &read.line.symbols);
    let hopeless = symbols().count() <= 2 && readings.iter().all(|read| is_dirt(&read.line));
    !hopeless && symbols().any(|symbol| symbol.confidence < DOUBTFUL)
}

/// One reading of the two of the same picture.
pub fn merged(first: Vec<Reading>, second: Vec<Reading>, merging: &Merging) -> Vec<Reading> {
    let [read] = first.as_slice() else { return likelier(first, second) };
    let [again] = second.as_slice() else { return likelier(first, second) };
    let (one, other) = (&read.line, &again.line);
    let symbols = merged_symbols(&one.symbols, &other.symbols, merging);
    if symbols.is_empty() {
        return likelier(first, second);
    }
    let bbox = one.bbox.union(other.bbox);
    let line = Line {
        text: spaced(&symbols, bbox, one.vertical),
        bbox,
        confidence: one.confidence.max(other.confidence),
        symbols,
        ..one.clone()
    };
    vec![Reading { line, ..*read }]
}

/// Readings that cannot be laid side by side: the one that believes more in itself.
fn likelier(first: Vec<Reading>, second: Vec<Reading>) -> Vec<Reading> {
    if mean(&second) > mean(&first) { second } else { first }
}

fn mean(readings: &[Reading]) -> f32 {
    let symbols = || readings.iter().flat_map(|read| &read.line.symbols);
    symbols().map(|symbol| symbol.confidence).sum::<f32>() / symbols().count().max(1) as f32
}

fn merged_symbols(first: &[Symbol], second: &[Symbol], merging: &Merging) -> Vec<Symbol> {
    let mut symbols = Vec::new();
    for pair in side_by_side(first, second) {
        match pair {
            (Some(one), Some(other)) if one.text == other.text => {
                symbols.push(agreed(one, other, merging));
            }
            (Some(one), Some(other)) => symbols.push(disputed(one, other, merging)),
            (Some(alone), None) | (None, Some(alone)) => {
                if alone.confidence > LIKELY {
                    symbols.push(Symbol {
                        confidence: merging.alone(alone.confidence),
                        ..alone.clone()
                    });
                }
            }
            (None, None) => {}
        }
    }
    symbols
}

fn agreed(one: &Symbol, other: &Symbol, merging: &Merging) -> Symbol {
    let confidence = merging.agreed(one.confidence.max(other.confidence));
    let mut symbol = Symbol { confidence, ..one.clone() };
    let news = other.alternatives.iter().filter(|text| !one.alternatives.contains(text));
    symbol.alternatives.extend(news.cloned());
    symbol
}

fn disputed(one: &Symbol, other: &Symbol, merging: &Merging) -> Symbol {
    let (kept, lost) = if one.confidence >= other.confidence { (one, other) } else { (other, one) };
    let confidence = merging.disputed(kept.confidence);
    // What the other model read is the first thing to try instead.
    let mut alternatives = vec![lost.text.clone()];
    let others = kept.alternatives.iter().chain(&lost.alternatives);
    for text in others.filter(|&text| *text != kept.text) {
        if !alternatives.contains(text) {
            alternatives.push(text.clone());
        }
    }
    Symbol { confidence, alternatives, ..kept.clone() }
}

/// The pairing of symbols, in order, with the least difference in text and place.
fn side_by_side<'s>(
    first: &'s [Symbol],
    second: &'s [Symbol],
) -> Vec<(Option<&'s Symbol>, Option<&'s Symbol>)> {
    let wide = second.len() + 1;
    // Least cost of pairing the first `i` with the first `j`, at `i * wide + j`.
    let mut costs = vec![0.0_f32; (first.len() + 1) * wide];
    for i in 0..=first.len() {
        for j in 0..=second.len() {
            costs[i * wide + j] = match (i, j) {
                (0, _) => j as f32,
                (_, 0) => i as f32,
                _ => (costs[(i - 1) * wide + j - 1] + cost(&first[i - 1], &second[j - 1]))
                    .min(costs[(i - 1) * wide + j] + 1.0)
                    .min(costs[i * wide + j - 1] + 1.0),
            };
        }
    }
    let (mut i, mut j) = (first.len(), second.len());
    let mut pairs = Vec::with_capacity(i.max(j));
    while i > 0 || j > 0 {
        let least = costs[i * wide + j];
        let beside = i > 0
            && j > 0
            && costs[(i - 1) * wide + j - 1] + cost(&first[i - 1], &second[j - 1]) <= least;
        if beside {
            (i, j) = (i - 1, j - 1);
            pairs.push((Some(&first[i]), Some(&second[j])));
        } else if i > 0 && (j == 0 || costs[(i - 1) * wide + j] + 1.0 <= least) {
            i -= 1;
            pairs.push((Some(&first[i]), None));
        } else {
            j -= 1;
            pairs.push((None, Some(&second[j])));
        }
    }
    pairs.reverse();
    pairs
}

fn cost(one: &Symbol, other: &Symbol) -> f32 {
    if one.text == other.text {
        0.0
    } else if share_a_place(one.bbox, other.bbox) {
        SAME_PLACE
    } else {
        OTHER_PLACE
    }
}

/// Whether two boxes of one line overlap by three tenths of the narrower one.
fn share_a_place(one: Rect, other: Rect) -> bool {
    one.intersection(other).is_some_and(|both| {
        let narrower = one.width().min(other.width());
        both.width() * 10 > narrower * 3
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::calibration::calibration;

    fn line(symbols: &[(&str, f32)]) -> Line {
        let symbols: Vec<Symbol> = symbols
            .iter()
            .enumerate()
            .map(|(at, &(text, confidence))| Symbol {
                text: text.to_owned(),
                bbox: Rect::new(at as u32 * 20, 0, at as u32 * 20 + 18, 20),
                confidence,
                ..Symbol::default()
            })
            .collect();
        let bbox = Rect::new(0, 0, symbols.len() as u32 * 20, 20);
        Line { text: spaced(&symbols, bbox, false), bbox, symbols, ..Line::default() }
    }

    fn both(first: &[(&str, f32)], second: &[(&str, f32)]) -> Line {
        let merging = &calibration().merging;
        let [first, second] = [first, second].map(|read| vec![Reading::of(line(read))]);
        merged(first, second, merging).remove(0).line
    }

    #[test]
    fn each_model_repairs_the_other() {
        let read = both(
            &[("2", 0.9), ("9", 0.4), ("m", 0.9), ("g", 0.9)],
            &[("Z", 0.3), ("0", 0.8), ("m", 0.9), ("g", 0.7)],
        );
        assert_eq!(read.text, "20mg");
        assert_eq!(read.symbols[1].alternatives, ["9"]);
        assert!(read.symbols[2].confidence > read.symbols[0].confidence);
    }

    #[test]
    fn what_one_model_missed_is_filled_in_and_what_it_imagined_goes() {
        let read = both(
            &[("食", 0.9), ("後", 0.9), ("、", 0.2)],
            &[("毎", 0.9), ("食", 0.9), ("後", 0.9)],
        );
        assert_eq!(read.text, "毎食後");
    }

    #[test]
    fn only_doubtful_readings_are_asked_about() {
        let read = |symbols: &[(&str, f32)]| Reading::of(line(symbols));
        assert!(!is_doubtful(&[read(&[("薬", 0.9), ("局", 0.95)])]) && !is_doubtful(&[]));
        assert!(is_doubtful(&[read(&[("薬", 0.9), ("局", 0.3)])]));
        let dirt = Line { confidence: 0.2, ..line(&[("ー", 0.1)]) };
        assert!(!is_doubtful(&[Reading::of(dirt)]));
    }
}
