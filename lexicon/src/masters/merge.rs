//! All editions in use to the entries that the lexicon is compiled from.
//!
//! One entry a product, disease, modifier, allergen: editions of one master are followed through
//! time ([`super::history`]), and what several masters say of one thing is put together by its
//! codes. Where two masters give one thing different codes of one system, it gets none of them.

mod allergens; // J-FAGY
mod diseases; // b, MEDIS
mod laboratory; // JLAC10
mod modifiers; // z, mdfy
mod products; // price list, y, HOT
mod starter; // what our own tables know besides

pub use starter::join_starter;

use unicode_normalization::UnicodeNormalization;

use super::{edition::Edition, read::ReadFile};
use crate::entry::{self, Code, EditionNo, Entries, Validity};
use chart::CodeSystem;

/// The entries of all editions; they come in the order of their days, as the store loads them.
pub fn merge(files: &[(Edition, ReadFile)]) -> Entries {
    let editions = files.iter().map(|(edition, _)| entry::Edition {
        source: edition.kind.word().to_owned(),
        date: Some(edition.date),
        file: edition.name.clone(),
        digest: edition.digest.clone(),
    });
    let (diseases, synonyms) = diseases::merge(files);
    Entries {
        editions: editions.collect(),
        products: products::merge(files),
        diseases,
        synonyms,
        modifiers: modifiers::merge(files),
        allergens: allergens::merge(files),
        items: laboratory::merge(files),
        ..Entries::default()
    }
}

/// The place of a file among all editions.
fn number(at: usize) -> EditionNo {
    EditionNo(u16::try_from(at).unwrap_or(u16::MAX))
}

/// A name as it is compared across masters: NFKC without spaces.
fn folded(name: &str) -> String {
    name.nfkc().filter(|char| !char.is_whitespace()).collect()
}

/// Adds a code unless it is there; of two different codes of a system none is kept, and the
/// system is remembered.
#[derive(Debug, Default)]
struct Codes {
    codes: Vec<Code>,
    contradicted: Vec<CodeSystem>,
}

impl Codes {
    fn add(&mut self, system: CodeSystem, code: &str, edition: EditionNo, valid: Validity) {
        if self.contradicted.contains(&system) {
            return;
        }
        match self.codes.iter().position(|known| known.system == system) {
            Some(at) if self.codes[at].code != code => {
                self.codes.remove(at);
                self.contradicted.push(system);
            }
            Some(_) => {}
            None => self.codes.push(Code { system, code: code.to_owned(), edition, valid }),
        }
    }
}
