//! The characters of a line without its spaces, and what it costs to take one for another.

use crate::{normalise::Text, notation::alike};

/// The characters of a line without its spaces.
pub(super) struct Visible<'t> {
    pub text: &'t mut Text,
    pub at: Vec<usize>,
    /// The characters at these places.
    pub chars: Vec<char>,
    /// What stands as it should, as part of a whole phrase, is not touched.
    pub settled: Vec<bool>,
}

impl<'t> Visible<'t> {
    /// Of a text, nothing settled.
    pub(super) fn of(text: &'t mut Text) -> Self {
        let at: Vec<usize> =
            (0..text.len()).filter(|at| !text.chars()[*at].is_whitespace()).collect();
        let settled = vec![false; at.len()];
        let chars = at.iter().map(|at| text.chars()[*at]).collect();
        Self { text, at, chars, settled }
    }

    /// The character at an index.
    pub(super) fn char(&self, index: usize) -> Option<char> {
        self.chars.get(index).copied()
    }

    /// Whether nothing stands between a character and the one before it.
    pub(super) fn touches(&self, index: usize) -> bool {
        index > 0 && self.at.get(index).is_some_and(|at| at - self.at[index - 1] == 1)
    }

    /// Whether a digit stands there.
    pub(super) fn is_digit(&self, index: usize) -> bool {
        self.char(index).is_some_and(|char| char.is_ascii_digit())
    }

    /// Cost of taking the character for another: nothing if it is that one, `None` if it can
    /// hardly be.
    pub(super) fn cost(&self, index: usize, meant: char) -> Option<u32> {
        let at = *self.at.get(index)?;
        let read = self.text.chars()[at];
        if read == meant {
            return Some(0);
        }
        // 2g分1: the gram of an amount is no 日, whatever the reader offers.
        let unit = "gTCPL".contains(read) && index > 0 && self.is_digit(index - 1);
        if self.settled[index] || (unit && is_wide(meant)) {
            return None;
        }
        if let Some(rank) = self.text.others(at).position(|other| other == meant) {
            return Some(40 + 5 * u32::try_from(rank).unwrap_or(4));
        }
        alike::is_alike(read, meant).then_some(60)
    }

    /// Puts a character right.
    pub(super) fn put(&mut self, index: usize, meant: char) {
        if self.char(index).is_some_and(|read| read != meant) {
            self.text.correct(self.at[index], meant);
            self.chars[index] = meant;
        }
    }

    /// Whether all of it does.
    pub(super) fn is_there(&self, index: usize, phrase: &[char]) -> bool {
        self.chars.get(index..index + phrase.len()) == Some(phrase)
    }
}

/// Whether a character is of Japanese writing, and no letter or figure.
pub(super) const fn is_wide(char: char) -> bool {
    !char.is_ascii() && !char.is_whitespace()
}
