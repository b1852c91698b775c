//! Drugs, diseases and the words around them, and the ways to find them.
//!
//! Names lead to entries through an [`Index`]: as written in the master, by alias, by
//! abbreviation (exact case first), without a closing 症, and at last by likeness. Codes come
//! with the row that was found or not at all.

mod disease; // diseases, abbreviations, modifiers
mod drug; // drugs and products
pub mod entry; // what any source says, before it is compiled
mod error;
mod index; // names to entries
mod likeness; // how alike two words are
mod load; // the starter tables
pub mod masters; // official files
pub mod normalise; // one spelling for each character
mod strength; // 5mg, 0.1%
mod words; // laboratory items, vital signs, allergens, symptoms

use std::path::Path;

pub use disease::{Disease, DiseaseMatch};
pub use drug::{DrugForm, DrugMatch, DrugName, EXTERNAL};
pub use error::LexiconError;
pub use strength::Strength;
pub use words::Item;

/// How a name was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum How {
    /// As the lexicon writes it.
    Exact,
    /// By another spelling.
    Alias,
    /// By an abbreviation.
    Abbreviation,
    /// With a letter more or less that changes nothing: 高血圧 for 高血圧症.
    Variant,
    /// By likeness: it was read with errors.
    Likeness,
}

impl How {
    /// The word for it in candidates.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Alias => "alias",
            Self::Abbreviation => "abbreviation",
            Self::Variant => "variant",
            Self::Likeness => "likeness",
        }
    }
}

/// The compiled lexicon.
#[derive(Debug)]
pub struct Lexicon {
    version: String,
    drugs: drug::Drugs,
    diseases: disease::Diseases,
    words: words::Words,
}

impl Lexicon {
    /// Opens the folder of the lexicon's files.
    pub fn open(folder: &Path) -> Result<Self, LexiconError> {
        Self::from_source(&load::Folder(folder))
    }

    /// From files in memory, by name: for trying out and for tests.
    pub fn from_texts(files: &[(&str, &str)]) -> Result<Self, LexiconError> {
        Self::from_source(&files)
    }

    fn from_source(source: &impl load::Source) -> Result<Self, LexiconError> {
        let abbreviations: Vec<disease::AbbreviationRow> = load::rows(source, "abbreviations.csv")?;
        Ok(Self {
            version: load::version(source)?,
            drugs: drug::Drugs::load(source, &abbreviations)?,
            diseases: disease::Diseases::load(source, &abbreviations)?,
            words: words::Words::load(source)?,
        })
    }

    /// Changes whenever a row changes.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The drugs.
    pub const fn drugs(&self) -> &drug::Drugs {
        &self.drugs
    }

    /// The diseases.
    pub const fn diseases(&self) -> &disease::Diseases {
        &self.diseases
    }

    /// The words of tests, vital signs, allergies and symptoms.
    pub const fn words(&self) -> &words::Words {
        &self.words
    }
}
