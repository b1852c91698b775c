//! What can go wrong when the resources are opened or built. Reading a page cannot fail.

use std::path::PathBuf;

use lexicon::LexiconError;

/// An error of opening or building the lexicon and the dictionary.
#[derive(Debug, thiserror::Error)]
pub enum ExtractError {
    /// The lexicon cannot be opened.
    #[error(transparent)]
    Lexicon(#[from] LexiconError),
    /// The compiled dictionary is missing or of another format.
    #[error(
        "dictionary {path} cannot be opened ({reason}); build it with `kamikarte dictionary build`"
    )]
    Dictionary {
        /// Its folder.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The sources of the dictionary are not there.
    #[error("{path} holds no ipadic sources; install the package mecab-ipadic or name its folder")]
    NoSources {
        /// The folder looked into.
        path: PathBuf,
    },
    /// The dictionary could not be compiled.
    #[error("the dictionary could not be compiled: {0}")]
    Compile(String),
    /// The compiled dictionary could not be put in place.
    #[error("{path} cannot be written")]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}
