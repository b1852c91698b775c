//! The resources of understanding: the starter lexicon, which travels inside the binary, and the
//! dictionary that is compiled from it and Debian's ipadic when it is first needed.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use extract::{Lexicon, Resources};

use crate::config::Config;

macro_rules! lexicon {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../models/lexicon/", $name)))),*]
    };
}

/// The files of models/lexicon.
const LEXICON: &[(&str, &str)] = lexicon![
    "abbreviations.csv",
    "allergens.csv",
    "assertions.csv",
    "diseases.csv",
    "drugs.csv",
    "labs.csv",
    "lookalikes.csv",
    "modifiers.csv",
    "outcomes.csv",
    "products.csv",
    "relatives.csv",
    "symptoms.csv",
    "units.csv",
    "usage.csv",
    "vitals.csv",
];

/// Lexicon and dictionary in the data folder, as new as this program; compiled if they are not.
pub fn ensure(config: &Config) -> Result<Resources> {
    let lexicon = unpack_lexicon(&config.data_dir)?;
    let dictionary = config.dictionary_dir();
    let names = Lexicon::open(&lexicon).context("opening the lexicon")?;
    extract::dictionary::build(&config.ipadic, &names, &dictionary).with_context(|| {
        format!(
            "compiling the dictionary from {}; `apt-get install mecab-ipadic` provides it",
            config.ipadic.display()
        )
    })?;
    Ok(Resources { dictionary, lexicon })
}

/// Writes the lexicon where it differs from this program's.
fn unpack_lexicon(data_dir: &Path) -> Result<PathBuf> {
    let folder = data_dir.join("lexicon");
    fs::create_dir_all(&folder)
        .with_context(|| format!("making the folder {}", folder.display()))?;
    for (name, text) in LEXICON {
        let path = folder.join(name);
        if fs::read(&path).is_ok_and(|there| there == text.as_bytes()) {
            continue;
        }
        // Another process may read it at this moment: it sees the old file or the new one.
        let unfinished = folder.join(format!(".{name}.{}", std::process::id()));
        fs::write(&unfinished, text)
            .and_then(|()| fs::rename(&unfinished, &path))
            .with_context(|| format!("writing {}", path.display()))?;
    }
    Ok(folder)
}
