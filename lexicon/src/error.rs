//! What can go wrong when the lexicon is opened or compiled. Searching cannot fail.

use std::path::PathBuf;

/// An error of opening or compiling the lexicon.
#[derive(Debug, thiserror::Error)]
pub enum LexiconError {
    /// A file of the lexicon is missing or cannot be read.
    #[error("lexicon file {path} cannot be read")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A row of the lexicon does not fit its columns.
    #[error("lexicon file {path}, row {row}: {reason}")]
    Row {
        /// The file.
        path: PathBuf,
        /// Number of the row, the header being row 1.
        row: usize,
        /// What does not fit.
        reason: String,
    },
    /// The imported masters cannot be read.
    #[error(transparent)]
    Masters(#[from] crate::masters::MastersError),
    /// The lexicon could not be compiled.
    #[error("the lexicon could not be compiled: {0}")]
    Compile(String),
    /// The compiled lexicon could not be put in place.
    #[error("{path} cannot be written")]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}
