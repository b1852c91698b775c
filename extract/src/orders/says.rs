//! What a piece says, before it is known which order it is of.

use crate::{
    layout::Item,
    notation::usage::{self, Mark},
};

/// What a piece says of the usage.
#[derive(Debug, Clone, Copy, Default)]
pub struct Says {
    /// How often or when.
    pub usage: bool,
    /// How long or how many.
    pub count: bool,
}

impl Says {
    pub const fn any(self) -> bool {
        self.usage || self.count
    }
}

pub fn says(piece: &Item) -> Says {
    let mut says = Says::default();
    for marked in usage::marks(&piece.text, 0..piece.text.len()) {
        says.usage |= marked.mark.is_usage();
        says.count |= matches!(marked.mark, Mark::Days(_) | Mark::Count(_));
    }
    says
}

/// Whether a piece has an amount and its usage, and does not say that it changes the one before.
pub fn orders_anew(piece: &Item) -> bool {
    let marks = usage::marks(&piece.text, 0..piece.text.len());
    let amount = marks.iter().any(|marked| matches!(marked.mark, Mark::Amount { .. }));
    let changes = marks
        .iter()
        .any(|marked| matches!(marked.mark, Mark::Change | Mark::Taper | Mark::LeftOver(_)));
    amount && !changes && says(piece).usage
}

/// (5)3T: whether a strength stands directly before a count of tablets.
pub fn doses_anew(piece: &Item) -> bool {
    let marks = usage::marks(&piece.text, 0..piece.text.len());
    marks.windows(2).any(|pair| {
        let touch = piece.text.chars()[pair[0].range.end..pair[1].range.start]
            .iter()
            .all(|char| char.is_whitespace());
        let counted = matches!(pair[1].mark, Mark::Amount { unit, .. } if !is_mass(unit));
        touch && counted && matches!(pair[0].mark, Mark::Bracketed(_))
    })
}

/// Units of what a tablet holds.
pub fn is_mass(unit: &str) -> bool {
    matches!(unit, "mg" | "μg" | "mL" | "単位")
}
