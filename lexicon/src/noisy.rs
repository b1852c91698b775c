//! Words that a misread text may be: weighted edit distance, walked over the flat trie.
//!
//! The rows of the edit distance are kept for every letter of the word walked last; the next word
//! goes on from the last letter that it shares with it. A row of which every figure is above the
//! limit ends the branch: all words that begin so are passed over at once. The limit starts low
//! and is raised only while nothing is found, since what is read rightly is found at once.

use crate::{
    keys::Keys,
    normalise::is_katakana,
    reading::{Costs, Reading},
};

/// A word that the text may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Near {
    /// Number of the word in its table.
    pub word: usize,
    /// What was misread, in hundredths of an edit.
    pub cost: u16,
    /// How many letters of the reading it takes.
    pub taken: usize,
}

/// How much of the text the word has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// All of it.
    Whole,
    /// Its beginning.
    Beginning,
}

pub(crate) const OUT: u16 = u16::MAX / 2;

/// What a word costs that would end inside a katakana or Latin word of the text.
const CUT_THROUGH: u16 = 70;

/// The words of least cost, at most `most`, best first, none above `limit`. `slack` is what the
/// first letters may cost besides their share.
pub(crate) fn walk(
    keys: &Keys<'_>,
    costs: &Costs,
    cuts: &[u16],
    bounds: Bounds,
    most: usize,
) -> Vec<Near> {
    let width = costs.width();
    let mut limit = bounds.limit;
    let mut found: Vec<Near> = Vec::new();
    // Row 0: nothing of the word yet.
    let mut rows = vec![OUT; (width + 1) * (DEEPEST + 1)];
    let mut spans = vec![(0_usize, 0_usize); DEEPEST + 1];
    rows[0] = 0;
    for at in 0..width {
        rows[at + 1] = rows[at].saturating_add(costs.added(at)).min(OUT);
        if rows[at + 1] <= bounds.at(0, limit) {
            spans[0].1 = at + 1;
        }
    }
    let mut number = 0;
    let mut depth = 0;
    while number < keys.len() {
        depth = keys.shared(number).min(depth);
        let symbols = keys.symbols(number);
        if symbols.len() > DEEPEST {
            number += 1;
            continue;
        }
        let mut dead = false;
        while !dead && depth < symbols.len() {
            let allowed = bounds.at(depth + 1, limit);
            let symbol = symbols[depth].get();
            let (above, below) = rows.split_at_mut((depth + 1) * (width + 1));
            let above = &above[depth * (width + 1)..];
            let span = next_row(
                above,
                &mut below[..=width],
                spans[depth],
                costs.taken(symbol),
                costs.lost(symbol),
                &costs.added,
                allowed,
            );
            depth += 1;
            match span {
                Some(span) => spans[depth] = span,
                None => dead = true,
            }
        }
        if dead {
            // `depth` letters cannot be what was read, whatever follows.
            number = keys.after(number, depth);
            depth = depth.saturating_sub(1);
            continue;
        }
        let row = &rows[depth * (width + 1)..(depth + 1) * (width + 1)];
        let (low, high) = spans[depth];
        let end = match bounds.extent {
            Extent::Whole => (high == width).then(|| (row[width], width)),
            Extent::Beginning => (low.max(1)..=high)
                .map(|at| (row[at].saturating_add(cuts[at]), at))
                .min_by_key(|(cost, at)| (*cost, *at)),
        };
        if let Some((cost, taken)) = end
            && cost <= bounds.allowed(symbols.len(), limit)
        {
            let near = Near { word: number, cost, taken };
            let place = found.partition_point(|known| known.cost <= cost);
            found.insert(place, near);
            if found.len() > most {
                found.pop();
                limit = limit.min(found[most - 1].cost);
            }
        }
        number += 1;
    }
    found
}

/// Letters of a word that are walked at most.
pub(crate) const DEEPEST: usize = 96;

/// How much may be wrong.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// What the word has to be.
    pub extent: Extent,
    /// In all.
    pub limit: u16,
    /// For each letter of the word.
    pub share: f32,
    /// Besides the share, while walking: mistakes come in clusters.
    pub slack: u16,
}

impl Bounds {
    /// What the first letters may cost.
    fn at(&self, depth: usize, limit: u16) -> u16 {
        limit.min((depth as f32 * self.share) as u16 + self.slack)
    }

    /// What a whole word may cost.
    fn allowed(&self, length: usize, limit: u16) -> u16 {
        match self.extent {
            Extent::Whole => limit,
            Extent::Beginning => limit.min(likeness_allowed(length)),
        }
    }
}

/// How much of a name at the beginning of a text may be wrong: one letter of four, two of seven.
fn likeness_allowed(length: usize) -> u16 {
    match length {
        0..=3 => 40,
        4 => 90,
        5 | 6 => 130,
        _ => (length as f32 * 22.0) as u16,
    }
}

/// Fills the row below; answers from where to where it is within the limit.
pub(crate) fn next_row(
    above: &[u16],
    row: &mut [u16],
    (low, high): (usize, usize),
    taken: &[u16],
    lost: u16,
    added: &[u16],
    limit: u16,
) -> Option<(usize, usize)> {
    let width = row.len() - 1;
    let end = (high + 1).min(width);
    let mut span: Option<(usize, usize)> = None;
    let mut left = OUT;
    let mut diagonal = OUT;
    for at in low..=end {
        let up = if at <= high { above[at] } else { OUT };
        let mut cost = up.saturating_add(lost);
        if at > low {
            cost = cost.min(diagonal.saturating_add(taken[at - 1])).min(left + added[at - 1]);
        }
        diagonal = up;
        left = cost.min(OUT);
        row[at] = left;
        if left <= limit {
            span = Some((span.map_or(at, |(first, _)| first), at));
        }
    }
    // Letters of the text that belong to no letter of the word.
    if let Some((first, last)) = &mut span
        && *last == end
    {
        for at in end + 1..=width {
            left += added[at - 1];
            row[at] = left;
            if left > limit {
                break;
            }
            *last = at;
        }
        return Some((*first, *last));
    }
    span
}

/// For each number of letters taken, what it costs if the word ends there.
pub(crate) fn cuts(reading: &Reading, width: usize) -> Vec<u16> {
    (0..=width)
        .map(|at| {
            let before = at.checked_sub(1).and_then(|at| reading.char(at));
            let (Some(before), Some(after)) = (before, reading.char(at)) else { return 0 };
            let same_word = (is_katakana(before) && is_katakana(after))
                || (before.is_ascii_alphabetic() && after.is_ascii_alphabetic());
            if same_word { CUT_THROUGH } else { 0 }
        })
        .collect()
}
