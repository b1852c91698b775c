//! The lexicon's files, row by row. Columns are found by their names.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::error::LexiconError;

/// The files that make the lexicon, in the order in which its version is computed.
pub const FILES: &[&str] = &[
    "drugs.csv",
    "products.csv",
    "diseases.csv",
    "abbreviations.csv",
    "modifiers.csv",
    "lookalikes.csv",
    "labs.csv",
    "vitals.csv",
    "symptoms.csv",
    "allergens.csv",
];

/// Where the rows come from: a folder of files, or text in memory.
pub trait Source {
    /// The text of a file of the lexicon; `None` if the lexicon has no such file.
    fn text(&self, file: &str) -> Result<Option<String>, LexiconError>;

    /// The path that errors name.
    fn path(&self, file: &str) -> PathBuf;
}

/// A folder with the files of the lexicon.
pub struct Folder<'p>(pub &'p Path);

impl Source for Folder<'_> {
    fn text(&self, file: &str) -> Result<Option<String>, LexiconError> {
        let path = self.path(file);
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Some(text)),
            // The drugs and diseases are the lexicon; the other tables refine it.
            Err(source)
                if source.kind() == std::io::ErrorKind::NotFound
                    && !matches!(file, "drugs.csv" | "diseases.csv") =>
            {
                Ok(None)
            }
            Err(source) => Err(LexiconError::File { path, source }),
        }
    }

    fn path(&self, file: &str) -> PathBuf {
        self.0.join(file)
    }
}

/// Files in memory, by name.
impl Source for &[(&str, &str)] {
    fn text(&self, file: &str) -> Result<Option<String>, LexiconError> {
        Ok(self.iter().find(|(name, _)| *name == file).map(|(_, text)| (*text).to_owned()))
    }

    fn path(&self, file: &str) -> PathBuf {
        PathBuf::from(file)
    }
}

/// All rows of a file; none if the file is absent.
pub fn rows<T: DeserializeOwned>(source: &impl Source, file: &str) -> Result<Vec<T>, LexiconError> {
    let Some(text) = source.text(file)? else { return Ok(Vec::new()) };
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for (number, row) in reader.deserialize().enumerate() {
        rows.push(row.map_err(|error| LexiconError::Row {
            path: source.path(file),
            row: number + 2,
            reason: error.to_string(),
        })?);
    }
    Ok(rows)
}

/// The first half of the SHA-256 over all files: the same rows, the same version.
pub fn version(source: &impl Source) -> Result<String, LexiconError> {
    let mut digest = Sha256::new();
    for file in FILES {
        let text = source.text(file)?.unwrap_or_default();
        digest.update(file.as_bytes());
        digest.update((text.len() as u64).to_le_bytes());
        digest.update(text.as_bytes());
    }
    Ok(hex::encode(&digest.finalize()[..8]))
}

/// The items of a list field.
pub fn list(field: &str) -> impl Iterator<Item = &str> {
    field.split(';').map(str::trim).filter(|item| !item.is_empty())
}
