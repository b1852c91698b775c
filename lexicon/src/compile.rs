//! From entries of all sources to the sections of the compiled file.
//!
//! Rows that mean the same thing become one record: products by their names, diseases by 管理番号
//! or name, modifiers by name and position. A record keeps every code with its edition; the code
//! that counts is the one in force longest, of the newest edition. Products of one drug are
//! gathered under its name, so that a chart's アムロジピン leads to all that is made of it.

mod diseases; // diseases, abbreviations, modifiers
mod drugs; // names, forms, products
mod look_alikes; // names that may be taken for each other
mod words; // what is measured, complaints, allergens

use std::collections::HashMap;

use chart::{CodeSystem, Codes};

use crate::{
    How,
    confusion::Confusions,
    entry::{Code, Edition, Entries},
    error::LexiconError,
    file,
    image::{Head, section},
    keys, normalise, records,
};

/// The bytes of the compiled file.
pub(crate) fn compile(
    version: &str,
    entries: &Entries,
    confusions: Confusions,
) -> Result<Vec<u8>, LexiconError> {
    let mut sections = vec![Vec::new(); section::COUNT];
    diseases::compile(entries, &mut sections)?;
    let drug_tables = drugs::compile(entries, &confusions, &mut sections)?;
    words::compile(entries, &mut sections)?;
    let head = Head { editions: entries.editions.clone(), drug_tables, confusions };
    sections[section::HEAD] = postcard::to_stdvec(&head).map_err(failed)?;
    Ok(file::bytes(version, &sections))
}

fn failed(error: postcard::Error) -> LexiconError {
    LexiconError::Compile(error.to_string())
}

fn recorded<T: serde::Serialize>(records: &[T]) -> Result<Vec<u8>, LexiconError> {
    records::bytes(records).map_err(failed)
}

/// A table of words, best ways of finding first.
fn ranked(mut words: Vec<(Vec<char>, (u32, How))>) -> Vec<u8> {
    words.sort_by_key(|(_, (_, how))| *how);
    keys::bytes(words.into_iter().map(|(word, (number, how))| (word, how.entry(number))))
}

fn numbered(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn joined(name: &str) -> String {
    normalise::key(name).into_iter().collect()
}

/// The code of each system that is in force longest, and of those the newest edition's.
fn codes_of_today(history: &[Code], editions: &[Edition]) -> Codes {
    let age = |code: &Code| editions.get(code.edition.0 as usize).and_then(|edition| edition.date);
    let until = |code: &Code| code.valid.until.unwrap_or(jiff::civil::Date::MAX);
    let mut best: HashMap<CodeSystem, &Code> = HashMap::new();
    for code in history {
        let known = best.entry(code.system).or_insert(code);
        if (until(code), age(code)) > (until(known), age(known)) {
            *known = code;
        }
    }
    best.into_iter().map(|(system, code)| (system, code.code.clone())).collect()
}

/// Adds what is not there yet.
fn add_codes(history: &mut Vec<Code>, codes: &[Code]) {
    for code in codes {
        if !history.contains(code) {
            history.push(code.clone());
        }
    }
}
