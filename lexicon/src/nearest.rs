//! Whole words that a reading may be: those that share most of its letters are compared first.
//!
//! What a word costs at least is told without comparing it: each letter that word and reading do
//! not have in common costs a whole edit, be it the word's or the reading's. How many they have in
//! common is counted for all words at once, by walking the words of each letter that may have been
//! read. Words are then compared, those that lack fewest letters first, until no more can be
//! lacking than the best so far costs. So nothing is lost that is near enough, and of a hundred
//! thousand words a few dozen are compared.
//!
//! Before it is compared, a word's letters are summed where each is cheapest, and those that it
//! shares with the reading in their order are counted: that is cheaper than comparing, and few
//! pass.

use crate::{
    keys::Keys,
    noisy::{DEEPEST, Near, OUT, next_row},
    postings::Postings,
    reading::{Costs, WHOLE},
};

/// A table of words and what a reading costs against them.
#[derive(Debug)]
pub(crate) struct Table<'l> {
    /// Its number among the sections.
    pub section: usize,
    /// The words.
    pub keys: Keys<'l>,
    /// The words of each letter.
    pub postings: Postings<'l>,
    /// The costs.
    pub costs: Costs,
}

/// How much may be wrong, in hundredths of an edit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Within {
    /// In all.
    pub limit: u16,
    /// More than the best.
    pub behind: u16,
    /// Words at most.
    pub most: usize,
}

/// The words of least cost, with the section of their table, best first.
pub(crate) fn nearest(tables: &[Table<'_>], within: Within) -> Vec<(usize, Near)> {
    let lacking: Vec<Vec<u8>> = tables.iter().map(lacking).collect();
    let mut limit = within.limit;
    let mut found: Vec<(u16, usize, usize)> = Vec::new();
    let mut rows = Rows::default();
    let mut lacks = 0_u8;
    while u16::from(lacks) * WHOLE <= limit {
        for (at, (table, lacking)) in tables.iter().zip(&lacking).enumerate() {
            for word in memchr::memchr_iter(lacks, lacking) {
                if !table.is_promising(word, limit) {
                    continue;
                }
                let Some(cost) = rows.compare(table, word, limit) else { continue };
                let here = (cost, at, word);
                let place = found.partition_point(|known| *known <= here);
                found.insert(place, here);
                found.truncate(within.most);
                limit = limit.min(found[0].0.saturating_add(within.behind));
                if found.len() == within.most {
                    limit = limit.min(found[within.most - 1].0);
                }
            }
        }
        lacks += 1;
    }
    found.retain(|(cost, _, _)| *cost <= limit);
    let near = |(cost, at, word): (u16, usize, usize)| {
        let table: &Table<'_> = &tables[at];
        (table.section, Near { word, cost, taken: table.costs.width() })
    };
    found.into_iter().map(near).collect()
}

/// For each word how many letters it lacks of the reading, or the reading of it, at least.
fn lacking(Table { postings, costs, .. }: &Table<'_>) -> Vec<u8> {
    let mut shared = vec![0_u8; postings.dear().len()];
    for symbol in costs.possible() {
        for word in postings.words(*symbol) {
            if let Some(shared) = shared.get_mut(word.get() as usize) {
                *shared = shared.wrapping_add(1);
            }
        }
    }
    let n_dear = costs.n_dear();
    for (shared, dear) in shared.iter_mut().zip(postings.dear()) {
        *shared = n_dear.max(*dear).saturating_sub(*shared);
    }
    shared
}

impl Table<'_> {
    /// Whether a word may cost no more than the limit.
    fn is_promising(&self, word: usize, limit: u16) -> bool {
        let symbols = self.keys.symbols(word);
        let width = self.costs.width();
        let all = u64::MAX >> (u64::BITS as usize - width);
        let (mut free, mut least, mut shared, mut dear) = (all, 0_u16, 0_u16, 0_u16);
        for symbol in symbols {
            let letter = self.costs.letter(symbol.get());
            // The longest common sequence, a letter at a time (Hyyrö 2004): what is carried out of
            // the places is one letter more.
            let common = free & letter.places;
            let carried = free + common;
            free = (carried | (free - common)) & all;
            least += letter.least;
            shared += u16::from(carried > all);
            dear += u16::from(letter.is_dear);
            if least > limit {
                return false;
            }
        }
        let lacking = dear.max(u16::from(self.costs.n_dear())).saturating_sub(shared);
        symbols.len() <= DEEPEST && lacking * WHOLE <= limit
    }
}

/// Two rows of the edit distance.
#[derive(Debug, Default)]
struct Rows {
    above: Vec<u16>,
    below: Vec<u16>,
}

impl Rows {
    /// What a word costs, if no more than the limit.
    fn compare(&mut self, table: &Table<'_>, word: usize, limit: u16) -> Option<u16> {
        let costs = &table.costs;
        let width = costs.width();
        let symbols = table.keys.symbols(word);
        // What the letters still to come cost at least.
        let mut rest: u16 = symbols.iter().map(|symbol| costs.letter(symbol.get()).least).sum();
        self.above.resize(width + 1, OUT);
        self.below.resize(width + 1, OUT);
        let mut span = (0, 0);
        self.above[0] = 0;
        for at in 0..width {
            let cost = self.above[at] + costs.added(at);
            if cost > limit.checked_sub(rest)? {
                break;
            }
            self.above[at + 1] = cost;
            span.1 = at + 1;
        }
        for symbol in symbols {
            let symbol = symbol.get();
            rest -= costs.letter(symbol).least;
            span = next_row(
                &self.above,
                &mut self.below,
                span,
                costs.taken(symbol),
                costs.lost(symbol),
                &costs.added,
                limit.checked_sub(rest)?,
            )?;
            std::mem::swap(&mut self.above, &mut self.below);
        }
        (span.1 == width).then(|| self.above[width])
    }
}
