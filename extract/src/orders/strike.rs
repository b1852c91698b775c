//! Which lines of an order are struck out, and what that makes of it.

use super::{
    Order,
    says::{Says, says},
};

/// What was struck out of an order. A stroke that runs through a whole order is often found in only
/// one of its lines, so a line that is struck out cancels the order, unless another line was
/// written in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Strike {
    /// Nothing.
    #[default]
    Nothing,
    /// All its lines, or the usage it takes over.
    Whole,
    /// Some of its lines, and nothing was written in their place.
    Part,
    /// Usage in whose place other usage stands.
    Replaced,
}

impl Strike {
    /// Whether the order no longer stands, as far as can be told.
    pub const fn cancels(self) -> bool {
        matches!(self, Self::Whole | Self::Part)
    }
}

impl Order<'_> {
    /// Weighs which of its lines are struck out, and leaves out of its text what was replaced.
    pub(super) fn note_strikes(&mut self) {
        let Some(first) = self.pieces.iter().position(|piece| piece.struck) else { return };
        let standing = self.pieces.iter().filter(|piece| !piece.struck);
        // What stands behind the struck lines and says as much was written in their place.
        let (mut gone, mut anew) = (Says::default(), Says::default());
        for piece in &self.pieces[first..] {
            let (said, says) = (if piece.struck { &mut gone } else { &mut anew }, says(piece));
            *said = Says { usage: said.usage | says.usage, count: said.count | says.count };
        }
        let replaced = first > 0
            && self.head.range.end <= self.pieces[0].text.len()
            && gone.any()
            && (anew.usage || !gone.usage)
            && (anew.count || !gone.count);
        self.strike = if standing.clone().count() == 0 {
            Strike::Whole
        } else if replaced {
            Strike::Replaced
        } else {
            Strike::Part
        };
        if replaced {
            let mut texts = standing.map(|piece| &piece.text);
            let Some(mut text) = texts.next().cloned() else { return };
            for next in texts {
                text.continue_with(next);
            }
            self.text = text;
            self.understand();
        }
    }

    /// Whether the lines of its usage are struck out and its name stands.
    pub(super) fn lost_its_usage(&self) -> bool {
        self.strike == Strike::Part && self.pieces.first().is_some_and(|piece| !piece.struck)
    }
}
