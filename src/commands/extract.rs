//! `kamikarte extract`: findings of text that an OCR of any make has read.

use std::{io::Read, path::Path};

use anyhow::{Context, Result};
use chart::{Findings, PageText};
use serde::Serialize;

use crate::{config::Config, exit::Outcome, wiring};

/// Findings in the form of `read`, without what only a picture can tell.
#[derive(Serialize)]
struct Printed<'a> {
    file: &'a Path,
    width: u32,
    height: u32,
    #[serde(flatten)]
    findings: Findings,
    lexicon: &'a str,
}

/// Prints one JSON object a file.
pub fn run(config: &Config, files: &[std::path::PathBuf]) -> Result<Outcome> {
    let extractor = wiring::extractor(config)?;
    let mut outcome = Outcome::Done;
    for file in files {
        match page_text(file) {
            Ok(page) => {
                let printed = Printed {
                    file,
                    width: page.width,
                    height: page.height,
                    findings: extractor.findings(&page),
                    lexicon: extractor.lexicon_version(),
                };
                println!("{}", serde_json::to_string(&printed)?);
            }
            Err(error) => {
                outcome = Outcome::Partly;
                eprintln!("{}: {error:#}", file.display());
            }
        }
    }
    Ok(outcome)
}

fn page_text(file: &Path) -> Result<PageText> {
    let json = if file == Path::new("-") {
        let mut json = String::new();
        std::io::stdin().read_to_string(&mut json).context("reading standard input")?;
        json
    } else {
        std::fs::read_to_string(file)?
    };
    serde_json::from_str(&json).context(
        "this is not {\"width\",\"height\",\"lines\":[{\"text\",\"bbox\":[x0,y0,x1,y1],…}]}",
    )
}
