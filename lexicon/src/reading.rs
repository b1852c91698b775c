//! A word as a reader saw it: what may stand at each place, and what each mistake costs.
//!
//! Costs are in hundredths of an edit. A letter read as one that it is often mistaken for costs a
//! part of an edit ([`crate::confusion`]); a letter that the engine itself offered as its second
//! choice costs a little more with each rank. Spaces are taken out: recognition puts them between
//! any two letters.

use std::ops::Range;

use crate::{confusion::Confusions, keys::Keys};

/// The cost of reading any letter for any other.
pub(crate) const WHOLE: u16 = 100;

/// What the engine's own other readings cost, by rank: less than a known confusion, more with
/// each rank. Chosen, not measured: the generated lines were read without alternatives.
const ALTERNATIVES: [u16; 4] = [18, 30, 40, 50];

/// Characters of a text that are looked at; the longest names of the masters have about fifty.
pub(crate) const LONGEST: usize = 56;

/// Characters that were read, with what else they may be.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    seen: Vec<Seen>,
    /// For each character kept, its place in the text that was given.
    places: Vec<usize>,
    /// Length of the text that was given.
    length: usize,
}

#[derive(Debug, Clone)]
struct Seen {
    char: char,
    others: Vec<(char, u16)>,
}

impl Reading {
    /// From folded characters; spaces and breaks are passed over.
    pub fn of(folded: &[char]) -> Self {
        let mut reading = Self { length: folded.len(), ..Self::default() };
        for (place, &char) in folded.iter().enumerate() {
            if !char.is_whitespace() {
                reading.seen.push(Seen { char, others: Vec::new() });
                reading.places.push(place);
            }
        }
        reading
    }

    /// From a text as written.
    pub fn of_text(text: &str) -> Self {
        Self::of(&crate::normalise::key(text))
    }

    /// Adds what the engine would read at a place of the given text instead, best first. Each is
    /// one folded character.
    pub fn or_else(&mut self, place: usize, others: &[char]) {
        if let Ok(at) = self.places.binary_search(&place) {
            let ranked = others.iter().copied().zip(ALTERNATIVES);
            self.seen[at].others.extend(ranked);
        }
    }

    /// Number of characters that are no space.
    pub fn len(&self) -> usize {
        self.seen.len()
    }

    /// Whether nothing was read.
    pub fn is_empty(&self) -> bool {
        self.seen.is_empty()
    }

    /// The characters as read.
    pub(crate) fn chars(&self) -> Vec<char> {
        self.seen.iter().map(|seen| seen.char).collect()
    }

    /// The characters as read, as one word.
    pub(crate) fn text(&self) -> String {
        self.seen.iter().map(|seen| seen.char).collect()
    }

    /// A part of it.
    pub(crate) fn part(&self, range: Range<usize>) -> Self {
        let seen = self.seen[range].to_vec();
        let places = (0..seen.len()).collect();
        Self { length: seen.len(), places, seen }
    }

    /// How many characters of the given text the first `n` characters take.
    pub(crate) fn covered(&self, n: usize) -> usize {
        match n {
            0 => 0,
            n => self.places.get(n - 1).map_or(self.length, |place| place + 1),
        }
    }

    pub(crate) fn char(&self, at: usize) -> Option<char> {
        self.seen.get(at).map(|seen| seen.char)
    }
}

/// The costs of one reading against the words of one table.
///
/// Few letters of a table can be what was read; all others share the first row.
#[derive(Debug)]
pub(crate) struct Costs {
    width: usize,
    /// For each symbol of the table its row.
    row_of: Vec<u16>,
    /// For each row the cost of having read what stands at each place.
    taken: Vec<u16>,
    /// What bounds each symbol's cost from below.
    letters: Vec<Letter>,
    /// The symbols that may have been read.
    possible: Vec<u16>,
    /// Places that cost a whole edit if no letter of the word is there.
    n_dear: u8,
    /// For each symbol the cost of not having read it at all.
    lost: Vec<u16>,
    /// For each place the cost of its being no letter of the word.
    pub added: Vec<u16>,
}

/// What a letter of a word costs at least against a reading.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Letter {
    /// The places of the reading, a bit each, at which it costs less than any letter would.
    pub places: u64,
    /// The least that it costs, wherever it stands or if it was not read at all.
    pub least: u16,
    /// Not to be read costs a whole edit.
    pub is_dear: bool,
}

// A set of places is the bits of a number, and one that is carried out of them.
const _: () = assert!(LONGEST < u64::BITS as usize);

impl Costs {
    pub fn new(reading: &Reading, keys: &Keys<'_>, confusions: &Confusions) -> Self {
        let width = reading.len().min(LONGEST);
        let mut costs = Self {
            width,
            row_of: vec![0; keys.alphabet_len()],
            taken: vec![WHOLE; width],
            letters: vec![Letter { places: 0, least: WHOLE, is_dear: true }; keys.alphabet_len()],
            possible: Vec::new(),
            n_dear: 0,
            lost: vec![WHOLE; keys.alphabet_len()],
            added: Vec::with_capacity(width),
        };
        for (at, seen) in reading.seen.iter().take(width).enumerate() {
            for (meant, cost) in confusions.meant_by(seen.char) {
                costs.set(keys, meant, at, cost);
            }
            for (other, cost) in &seen.others {
                costs.set(keys, *other, at, *cost);
            }
            costs.set(keys, seen.char, at, 0);
            let added = confusions.added(seen.char);
            costs.n_dear += u8::from(added >= WHOLE);
            costs.added.push(added);
        }
        for (letter, cost) in confusions.all_lost() {
            if let Some(symbol) = keys.symbol(letter) {
                let symbol = usize::from(symbol);
                costs.lost[symbol] = cost;
                let letter = &mut costs.letters[symbol];
                letter.least = cost.min(letter.least);
                letter.is_dear = cost >= WHOLE;
            }
        }
        costs
    }

    /// At that place the letter may have been read, at that cost.
    fn set(&mut self, keys: &Keys<'_>, letter: char, at: usize, cost: u16) {
        let Some(symbol) = keys.symbol(letter).map(usize::from) else { return };
        let mut row = usize::from(self.row_of[symbol]);
        if row == 0 {
            row = self.taken.len() / self.width;
            self.row_of[symbol] = u16::try_from(row).unwrap_or(0);
            self.taken.resize(self.taken.len() + self.width, WHOLE);
        }
        let place = &mut self.taken[row * self.width + at];
        *place = cost.min(*place);
        let letter = &mut self.letters[symbol];
        letter.least = cost.min(letter.least);
        if cost < WHOLE {
            if letter.places == 0 {
                self.possible.push(u16::try_from(symbol).unwrap_or(u16::MAX));
            }
            letter.places |= 1 << at;
        }
    }

    pub const fn width(&self) -> usize {
        self.width
    }

    /// The costs of a symbol at all places.
    pub fn taken(&self, symbol: u16) -> &[u16] {
        let row = usize::from(self.row_of[symbol as usize]);
        &self.taken[row * self.width..(row + 1) * self.width]
    }

    /// What bounds a symbol's cost from below.
    pub fn letter(&self, symbol: u16) -> Letter {
        self.letters[usize::from(symbol)]
    }

    /// The symbols that may have been read.
    pub fn possible(&self) -> &[u16] {
        &self.possible
    }

    /// Places that cost a whole edit if no letter of the word is there.
    pub const fn n_dear(&self) -> u8 {
        self.n_dear
    }

    pub fn lost(&self, symbol: u16) -> u16 {
        self.lost[symbol as usize]
    }

    pub fn added(&self, at: usize) -> u16 {
        self.added[at]
    }
}
