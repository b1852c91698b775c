//! Laboratory items of the JLAC10 lists: a group is an item, with every code it may have.

use chart::CodeSystem;

use super::number;
use crate::{
    entry::{Code, MeasuredItem, Validity},
    masters::{
        edition::Edition,
        read::{Content, ReadFile},
    },
};

/// The groups of the latest edition of each list.
pub fn merge(files: &[(Edition, ReadFile)]) -> Vec<MeasuredItem> {
    let mut items: Vec<MeasuredItem> = Vec::new();
    for (at, (edition, file)) in files.iter().enumerate() {
        let Content::Laboratory(groups) = &file.content else { continue };
        let superseded = files[at + 1..]
            .iter()
            .any(|(later, _)| later.kind == edition.kind && later.parts == edition.parts);
        if superseded {
            continue;
        }
        for group in groups {
            let code = |code: &str| Code {
                system: CodeSystem::Jlac10,
                code: code.to_owned(),
                edition: number(at),
                valid: Validity::OPEN,
            };
            let mut names = group.names.iter().filter(|name| **name != group.word).cloned();
            items.push(MeasuredItem {
                name: group.word.clone(),
                japanese: names.next().unwrap_or_default(),
                aliases: names.collect(),
                codes: group.codes.iter().map(|inner| code(&inner.code)).collect(),
                edition: number(at),
                ..MeasuredItem::default()
            });
        }
    }
    items
}
