//! Lists of drugs: under 現在の処方 and other headings, and in sentences that say that they are taken.

use std::collections::BTreeSet;

use crate::{
    layout::Item,
    normalise::Text,
    section::{self, Section},
};

/// What lines list: drugs that are prescribed, or that the patient takes.
#[derive(Debug, Default)]
pub struct Lists {
    /// The lines of both.
    pub lines: BTreeSet<usize>,
    /// Those of drugs that are taken: under 現在の処方 and the like, and in sentences that say so.
    pub taken: BTreeSet<usize>,
}

impl Lists {
    /// Of the lines of a page, and of the pieces into which they were cut.
    pub fn of(items: &[Item], pieces: &[Item]) -> Self {
        let mut lists = Self::default();
        let sections = pieces.iter().zip(section::sections(pieces));
        let said = items.iter().filter_map(|item| Some((item, listing(&item.text)?)));
        let all = sections.map(|(piece, placed)| (piece, placed.section)).chain(said);
        for (item, section) in all {
            if matches!(section, Section::Prescription | Section::Taken) {
                lists.lines.insert(item.line);
            }
            if section == Section::Taken {
                lists.taken.insert(item.line);
            }
        }
        lists
    }
}

/// What a line lists: drugs behind a heading, or in a sentence that says that they are taken.
pub fn listing(text: &Text) -> Option<Section> {
    const TAKEN: &[&str] = &[
        "内服中",
        "服用中",
        "投与中",
        "処方中",
        "使用中",
        "加療中",
        "治療中",
        "継続中",
        "内服して",
        "服用して",
        "処方して",
        "投与して",
        "使用して",
        "を処方",
        "を内服",
        "を投与",
        "を継続",
    ];
    let line = text.string(0..text.len());
    if TAKEN.iter().any(|word| line.contains(word)) {
        return Some(Section::Taken);
    }
    let (section, _) = section::heading(text)?;
    matches!(section, Section::Prescription | Section::Taken).then_some(section)
}
