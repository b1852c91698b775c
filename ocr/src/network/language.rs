//! Which character usually follows which (models/line-language.txt).

use std::collections::HashMap;

use super::frames::NOTHING;

/// Counts of made-up lines (models/training/language.py).
static COUNTS: &str = include_str!("../../../models/line-language.txt");
/// What stands for the beginning of a line there.
const BEGINNING: char = '␂';

/// How much what usually follows weighs against what is seen.
const SAY: f64 = 0.4;
/// What is as usual as that (the logarithm of its probability) weighs 1, and nothing weighs more: no
/// character is written because it was to be expected.
const USUAL: f64 = -2.0;
/// Nothing is so unusual that it weighs less than if its probability had this logarithm.
const LEAST_USUAL: f64 = -12.0;

/// How usual characters are behind others.
pub struct Language {
    /// The class that a class was counted as: all digits are one.
    counted: Vec<usize>,
    /// The classes of a digit and of the point: 2.5 must not be read as 25 for being rarer.
    decimal: [usize; 2],
    /// Weights of the pairs that were counted.
    pairs: HashMap<(usize, usize), f64>,
    /// By its first, what any other pair weighs for being another, as a logarithm.
    others: HashMap<usize, f64>,
    /// Logarithms of how often a class stands anywhere.
    anywhere: Vec<f64>,
}

impl Language {
    /// Of the classes that stand for `characters`, the first for class 1.
    pub fn of(characters: &[&str]) -> Self {
        let digit = |text: &str| text.len() == 1 && text.as_bytes()[0].is_ascii_digit();
        let numbered = || characters.iter().enumerate().map(|(at, text)| (*text, at + 1));
        let a_digit = numbered().find(|(text, _)| digit(text)).map_or(NOTHING, |(_, class)| class);
        let mut classes: HashMap<&str, usize> = numbered().collect();
        classes.insert("0", a_digit);
        let point = classes.get(".").copied().unwrap_or(NOTHING);
        let as_counted = |(text, class)| if digit(text) { a_digit } else { class };
        let counted = std::iter::once(NOTHING).chain(numbered().map(as_counted)).collect();
        let rows: Vec<(usize, Vec<(usize, f64)>)> =
            COUNTS.lines().filter_map(|row| counts(row, &classes)).collect();
        // Half a time stands for all that was never seen.
        let mut seen = vec![0.5; characters.len() + 1];
        for (class, count) in rows.iter().flat_map(|(_, followers)| followers) {
            seen[*class] += count;
        }
        let all: f64 = seen.iter().sum();
        let anywhere: Vec<f64> = seen.iter().map(|count| (count / all).ln()).collect();
        let (mut pairs, mut others) = (HashMap::new(), HashMap::new());
        for (before, followers) in &rows {
            // Witten and Bell: as many new followers are to be expected as there were different ones.
            let new = followers.len() as f64;
            let sum = new + followers.iter().map(|(_, count)| count).sum::<f64>();
            for (class, count) in followers {
                let probability = (count + new * anywhere[*class].exp()) / sum;
                pairs.insert((*before, *class), weight(probability.ln()));
            }
            others.insert(*before, (new / sum).ln());
        }
        Self { counted, decimal: [a_digit, point], pairs, others, anywhere }
    }

    /// What a class weighs behind another; [`NOTHING`] is the beginning of the line.
    pub fn weight(&self, before: usize, class: usize) -> f64 {
        let (before, class) = (self.counted[before], self.counted[class]);
        if [before, class] == self.decimal {
            return 1.0;
        }
        self.pairs.get(&(before, class)).copied().unwrap_or_else(|| {
            weight(self.others.get(&before).copied().unwrap_or_default() + self.anywhere[class])
        })
    }
}

fn weight(log_probability: f64) -> f64 {
    (SAY * (log_probability.clamp(LEAST_USUAL, USUAL) - USUAL)).exp()
}

/// A row: the class before, and how often which followed.
fn counts(row: &str, classes: &HashMap<&str, usize>) -> Option<(usize, Vec<(usize, f64)>)> {
    let mut parts = row.split(' ');
    let before = parts.next()?;
    let before =
        if before.starts_with(BEGINNING) { NOTHING } else { classes.get(before).copied()? };
    let follower = |part: &str| {
        let first = part.chars().next()?.len_utf8();
        let (text, count) = part.split_at_checked(first)?;
        Some((classes.get(text).copied()?, count.parse().ok()?))
    };
    Some((before, parts.filter_map(follower).collect()))
}
