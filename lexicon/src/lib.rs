//! Drugs, diseases and the words around them, and the ways to find them.
//!
//! In: what sources say ([`entry::Entries`]): the starter tables and imported masters. Out: one
//! compiled file, mapped into memory ([`Lexicon`]), and the searches over it: names that a text
//! begins with, names that a misread text may be, names that a clerk is about to type. Codes come
//! with the row that was found or not at all.

mod chance; // costs to chances
mod compile; // from entries to the file
mod composition; // diseases with modifiers around them
mod confusion; // what is taken for what
mod disease; // diseases, abbreviations, modifiers
mod drug; // drugs and products
pub mod entry; // what any source says, before it is compiled
mod error;
mod file; // the compiled file
mod image; // what lies where in it
mod keys; // words to entries
pub mod masters; // official files
mod nearest; // whole words that a reading may be
mod noisy; // words that a misread text may be
pub mod normalise; // one spelling for each character
mod postings; // letters to words
mod preparation; // a name with its form and strength
mod product_name; // the parts of a product's name
mod reading; // what was read and what else it may be
mod records; // entries in the file
mod rival; // what a name may be taken for
mod search; // whole names that were misread
mod spelling; // how charts spell diseases
mod starter; // the tables that come with the program
mod strength; // 5mg, 0.1%
mod suggest; // what a clerk is about to type
mod typed; // how people type names
mod words; // laboratory items, vital signs, allergens, symptoms

use std::path::Path;

pub use chance::chance_of_name;
pub use composition::{Composed, Composition};
pub use disease::{Disease, DiseaseMatch, Diseases, ModifierRow};
pub use drug::{DrugForm, DrugMatch, DrugName, Drugs, EXTERNAL, ListedProduct, LookAlike};
pub use error::LexiconError;
pub use preparation::{Checked, Existence, Preparation};
pub use product_name::{ProductName, SALTS};
pub use reading::Reading;
pub use rival::{NEAR, OFFERED, Rival};
pub use search::{Candidate, Named, Scope};
pub use starter::Tables;
pub use strength::Strength;
pub use suggest::{Suggestion, Uses};
pub use words::{Item, NearAllergen, Words};

use sha2::{Digest, Sha256};

use crate::{
    confusion::Confusions,
    entry::Entries,
    file::File,
    image::Image,
    masters::{Store, join_starter, merge},
};

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
    const ALL: [Self; 5] =
        [Self::Exact, Self::Alias, Self::Abbreviation, Self::Variant, Self::Likeness];

    /// The number of a thing and how a word leads to it, as they stand in the compiled file.
    pub(crate) const fn entry(self, number: u32) -> u32 {
        number << 3 | self as u32
    }

    pub(crate) fn of_entry(entry: u32) -> Self {
        Self::ALL.get(entry as usize & 7).copied().unwrap_or(Self::Likeness)
    }

    pub(crate) const fn number_of_entry(entry: u32) -> u32 {
        entry >> 3
    }

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

/// The compiled lexicon, open.
#[derive(Debug)]
pub struct Lexicon {
    image: Image,
}

impl Lexicon {
    /// Opens the compiled file, if it is there, whole, and made from sources of that version.
    pub fn open(file: &Path, version: &str) -> Result<Option<Self>, LexiconError> {
        let opened = File::map(file)
            .map_err(|source| LexiconError::File { path: file.to_owned(), source })?;
        let current = opened.filter(|file| file.version() == version);
        Ok(current.and_then(Image::of).map(|image| Self { image }))
    }

    /// Opens the compiled file; compiles it first from the tables and the masters in use, unless
    /// it is there, whole, and made of the same.
    pub fn ensure(file: &Path, tables: Tables<'_>, masters: &Store) -> Result<Self, LexiconError> {
        let version = version(tables, masters)?;
        if let Some(current) = Self::open(file, &version)? {
            return Ok(current);
        }
        Self::compile(file, tables, &version, || match masters.fingerprint()? {
            Some(_) => Ok(merge(&masters.load()?)),
            None => Ok(Entries::default()),
        })
    }

    /// Compiles the file from the tables and what masters say, and opens it.
    pub fn compile(
        file: &Path,
        tables: Tables<'_>,
        version: &str,
        masters: impl FnOnce() -> Result<Entries, LexiconError>,
    ) -> Result<Self, LexiconError> {
        let entries = join_starter(masters()?, tables.entries()?);
        let bytes = compile::compile(version, &entries, Confusions::of(tables)?)?;
        file::write(file, &bytes)
            .map_err(|source| LexiconError::Write { path: file.to_owned(), source })?;
        Self::open(file, version)?.ok_or_else(|| {
            LexiconError::Compile(format!("{} does not open after it was written", file.display()))
        })
    }

    /// What the lexicon is compiled from, all masters in use and the tables together. Reading the
    /// originals takes seconds, so it is kept in a file and read from there until they change.
    pub fn entries(
        file: &Path,
        tables: Tables<'_>,
        masters: &Store,
    ) -> Result<Entries, LexiconError> {
        let version = version(tables, masters)?;
        let kept = File::map(file)
            .map_err(|source| LexiconError::File { path: file.to_owned(), source })?
            .filter(|kept| kept.version() == version)
            .and_then(|kept| postcard::from_bytes(kept.section(0)).ok());
        if let Some(entries) = kept {
            return Ok(entries);
        }
        let masters = match masters.fingerprint()? {
            Some(_) => merge(&masters.load()?),
            None => Entries::default(),
        };
        let entries = join_starter(masters, tables.entries()?);
        let bytes = postcard::to_stdvec(&entries)
            .map_err(|error| LexiconError::Compile(error.to_string()))?;
        file::write(file, &file::bytes(&version, &[bytes]))
            .map_err(|source| LexiconError::Write { path: file.to_owned(), source })?;
        Ok(entries)
    }

    /// From the tables alone, in memory.
    fn in_memory(tables: Tables<'_>) -> Result<Self, LexiconError> {
        let entries = tables.entries()?;
        let bytes = compile::compile(&tables.version()?, &entries, Confusions::of(tables)?)?;
        let image = File::in_memory(bytes).and_then(Image::of);
        let unread = || LexiconError::Compile("what was compiled does not open".into());
        Ok(Self { image: image.ok_or_else(unread)? })
    }

    /// From files of tables in memory, by name: for trying out and for tests.
    pub fn from_texts(files: &[(&str, &str)]) -> Result<Self, LexiconError> {
        Self::in_memory(Tables::Texts(files))
    }

    /// From the folder of the tables, in memory alone.
    pub fn from_folder(folder: &Path) -> Result<Self, LexiconError> {
        Self::in_memory(Tables::Folder(folder))
    }

    /// Changes whenever a row of a source changes.
    pub fn version(&self) -> &str {
        self.image.file.version()
    }

    /// Size of the compiled file in bytes.
    pub fn size(&self) -> usize {
        self.image.file.len()
    }

    /// The sources that it was compiled from.
    pub fn editions(&self) -> &[entry::Edition] {
        &self.image.editions
    }

    /// The drugs.
    pub const fn drugs(&self) -> Drugs<'_> {
        Drugs { image: &self.image }
    }

    /// The diseases.
    pub const fn diseases(&self) -> Diseases<'_> {
        Diseases { image: &self.image }
    }

    /// The words of tests, vital signs, allergies and symptoms.
    pub const fn words(&self) -> Words<'_> {
        Words { image: &self.image }
    }
}

/// How sure a likeness is: 1 for no cost, falling with the part of the word that is wrong.
pub(crate) fn score(cost: u16, length: usize) -> f32 {
    (1.0 - f32::from(cost) / 100.0 / length.max(1) as f32).clamp(0.0, 1.0)
}

/// Changes whenever the tables or the masters in use do.
fn version(tables: Tables<'_>, masters: &Store) -> Result<String, LexiconError> {
    let starter = tables.version()?;
    let Some(fingerprint) = masters.fingerprint()? else { return Ok(starter) };
    Ok(hex::encode(&Sha256::digest(starter + &fingerprint)[..8]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_together_is_kept_until_its_sources_change() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("lexicon.entries");
        let masters = Store::in_data_dir(folder.path());
        let texts = |diseases: &'static str| [("drugs.csv", "stem\n"), ("diseases.csv", diseases)];
        let entries = |texts: &[(&str, &str)]| {
            Lexicon::entries(&file, Tables::Texts(texts), &masters).unwrap()
        };
        let one = texts("name,icd10\n高血圧症,I10\n");
        let first = entries(&one);
        let written = std::fs::metadata(&file).unwrap().modified().unwrap();
        assert_eq!(entries(&one), first);
        assert_eq!(std::fs::metadata(&file).unwrap().modified().unwrap(), written, "not again");
        std::fs::write(&file, "KKLEXIC\nnot what it was").unwrap();
        assert_eq!(entries(&one), first);
        assert_ne!(entries(&texts("name\n痛風\n")), first);
    }

    #[test]
    fn a_damaged_or_old_file_is_compiled_anew() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("lexicon.compiled");
        let masters = Store::in_data_dir(folder.path());
        let texts =
            |drugs: &'static str| [("drugs.csv", drugs), ("diseases.csv", "name\n高血圧症\n")];
        let one = texts("stem\nアムロジピン\n");
        let open = |texts: &[(&str, &str)]| {
            let lexicon = Lexicon::ensure(&file, Tables::Texts(texts), &masters).unwrap();
            lexicon.drugs().spellings().next().unwrap()
        };
        assert_eq!(open(&one), "アムロジピン");
        let written = std::fs::metadata(&file).unwrap().modified().unwrap();
        assert_eq!(open(&one), "アムロジピン");
        assert_eq!(std::fs::metadata(&file).unwrap().modified().unwrap(), written, "not again");
        std::fs::write(&file, "KKLEXIC\nnot what it was").unwrap();
        assert_eq!(open(&one), "アムロジピン");
        assert_eq!(open(&texts("stem\nワソラン\n")), "ワソラン");
    }
}
