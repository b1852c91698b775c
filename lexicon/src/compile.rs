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

use std::{
    cmp::Ordering,
    collections::{HashMap, HashSet},
};

use chart::{CodeSystem, Codes};
use jiff::civil::Date;

use crate::{
    How,
    confusion::Confusions,
    entry::{Code, Edition, Entries},
    error::LexiconError,
    file,
    image::{Head, section},
    keys::{self, Keys},
    normalise, postings, records,
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
    let lost: HashSet<char> = confusions.all_lost().map(|(letter, _)| letter).collect();
    for (words, letters) in section::SEARCHED {
        let keys = Keys::in_bytes(&sections[words]).unwrap_or(Keys::none());
        sections[letters] = postings::bytes(&keys, |letter| !lost.contains(&letter));
    }
    let head = Head { editions: entries.editions.clone(), drug_tables, confusions };
    sections[section::HEAD] = postcard::to_stdvec(&head).map_err(failed)?;
    Ok(file::bytes(version, &sections))
}

#[expect(clippy::needless_pass_by_value, reason = "map_err hands it over")]
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

/// The code of each system that is in force longest. Masters that give one name several codes at
/// the same time (クロルプロマジン塩酸塩錠 in four strengths) give it none: the name alone does not
/// tell them apart. A code of our own tables steps back behind a master's.
fn codes_of_today(history: &[Code], editions: &[Edition]) -> Codes {
    let age = |code: &Code| editions.get(code.edition.0 as usize).and_then(|edition| edition.date);
    let rank = |code: &Code| {
        let until = code.valid.until.unwrap_or(Date::MAX);
        // What has ended is told apart by its day alone; of what holds, none is before another.
        let age = age(code).map(|day| if code.valid.until.is_some() { day } else { Date::MAX });
        (until, age)
    };
    let mut best: HashMap<CodeSystem, (&Code, bool)> = HashMap::new();
    for code in history {
        let (known, is_alone) = best.entry(code.system).or_insert((code, true));
        match rank(code).cmp(&rank(known)) {
            Ordering::Greater => (*known, *is_alone) = (code, true),
            Ordering::Equal => *is_alone &= code.code == known.code,
            Ordering::Less => {}
        }
    }
    let alone = best.into_iter().filter(|(_, (_, is_alone))| *is_alone);
    alone.map(|(system, (code, _))| (system, code.code.clone())).collect()
}

/// Adds what is not there yet.
fn add_codes(history: &mut Vec<Code>, codes: &[Code]) {
    for code in codes {
        if !history.contains(code) {
            history.push(code.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::entry::{EditionNo, Validity};

    fn editions() -> Vec<Edition> {
        [None, Some(date(2024, 3, 21)), Some(date(2025, 7, 16))]
            .map(|date| Edition { date, ..Edition::default() })
            .to_vec()
    }

    fn price(code: &str, edition: u16, until: Option<Date>) -> Code {
        Code {
            system: CodeSystem::PriceList,
            code: code.into(),
            edition: EditionNo(edition),
            valid: Validity { from: None, until },
        }
    }

    fn today(history: &[Code]) -> Option<String> {
        codes_of_today(history, &editions()).remove(&CodeSystem::PriceList)
    }

    #[test]
    fn of_two_codes_that_hold_at_the_same_time_none_is_taken() {
        assert_eq!(today(&[price("a", 2, None), price("b", 2, None)]), None);
        assert_eq!(today(&[price("a", 1, None), price("b", 2, None)]), None);
        assert_eq!(today(&[price("a", 2, None), price("a", 1, None)]).as_deref(), Some("a"));
    }

    #[test]
    fn the_code_that_holds_longest_is_taken() {
        let ended = Some(date(2024, 9, 30));
        assert_eq!(today(&[price("old", 2, ended), price("new", 1, None)]).as_deref(), Some("new"));
        assert_eq!(today(&[price("ours", 0, None), price("b", 2, None)]).as_deref(), Some("b"));
    }
}
