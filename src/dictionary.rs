//! The resources of understanding, compiled into the data folder when they are first needed and
//! whenever their sources change: the lexicon, from the starter tables that travel inside the
//! binary and the masters that were imported, and the tokeniser's dictionary, from the lexicon and
//! Debian's ipadic.

use anyhow::{Context, Result};
use extract::Resources;
use lexicon::{Lexicon, LexiconError, Tables, entry::Entries, masters::Store};

use crate::{commands::masters, config::Config, wiring};

macro_rules! tables {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../models/lexicon/", $name)))),*]
    };
}

/// The files of models/lexicon that the lexicon is compiled from.
const TABLES: &[(&str, &str)] = tables![
    "abbreviations.csv",
    "allergens.csv",
    "confusions.csv",
    "diseases.csv",
    "drugs.csv",
    "labs.csv",
    "lookalikes.csv",
    "modifiers.csv",
    "products.csv",
    "symptoms.csv",
    "vitals.csv",
];

/// The compiled lexicon, as new as its sources; compiled if it is not.
pub fn lexicon(config: &Config) -> Result<Lexicon> {
    let file = config.data_dir.join("lexicon.compiled");
    let masters = Store::in_data_dir(&config.data_dir);
    wiring::make_data_dir(config)?;
    Lexicon::ensure(&file, Tables::Texts(TABLES), &masters)
        .with_context(|| format!("opening the lexicon {}", file.display()))
}

/// What the lexicon is compiled from: the masters in use and our own tables, put together when
/// they were changed.
pub fn entries(config: &Config) -> Result<Entries> {
    let file = config.data_dir.join("lexicon.entries");
    let store = Store::in_data_dir(&config.data_dir);
    wiring::make_data_dir(config)?;
    Lexicon::entries(&file, Tables::Texts(TABLES), &store).map_err(|error| match error {
        LexiconError::Masters(error) => masters::in_words(config.language, &error),
        error => anyhow::Error::new(error),
    })
}

/// Lexicon and dictionary, as new as their sources; compiled if they are not.
pub fn ensure(config: &Config) -> Result<Resources> {
    let dictionary = config.dictionary_dir();
    let lexicon = lexicon(config)?;
    extract::dictionary::build(&config.ipadic, &lexicon, &dictionary).with_context(|| {
        format!(
            "compiling the dictionary from {}; `apt-get install mecab-ipadic` provides it",
            config.ipadic.display()
        )
    })?;
    Ok(Resources { dictionary, lexicon })
}
