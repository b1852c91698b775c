//! Laboratory items, vital signs, complaints, allergens.

use chart::CodeSystem;

use super::{numbered, recorded};
use crate::{
    entry::Entries,
    error::LexiconError,
    image::section,
    keys, normalise,
    words::{AllergenName, Item},
};

/// Writes the words and what they lead to.
pub(super) fn compile(entries: &Entries, sections: &mut [Vec<u8>]) -> Result<(), LexiconError> {
    let items: Vec<Item> = entries.items.iter().map(Item::from).collect();
    for (section, is_vital) in [(section::LABORATORY_KEYS, false), (section::VITAL_KEYS, true)] {
        let words = (0..).zip(&entries.items).filter(|(_, item)| item.is_vital == is_vital);
        sections[section] = keys::bytes(words.flat_map(|(number, item)| {
            [&item.name, &item.japanese]
                .into_iter()
                .chain(&item.aliases)
                .map(move |name| (normalise::key(name), number))
        }));
    }
    sections[section::ITEMS] = recorded(&items)?;
    sections[section::SYMPTOM_KEYS] = keys::bytes(entries.symptoms.iter().flat_map(|symptom| {
        std::iter::once(&symptom.name).chain(&symptom.aliases).map(|name| (normalise::key(name), 0))
    }));
    let mut allergens = Vec::new();
    let mut words = Vec::new();
    for entry in &entries.allergens {
        let number = numbered(allergens.len());
        let code = entry.codes.iter().find(|code| code.system == CodeSystem::Jfagy);
        for name in std::iter::once(&entry.substance).chain(&entry.aliases) {
            words.push((normalise::key(name), number));
        }
        allergens.push(AllergenName {
            substance: entry.substance.clone(),
            code: code.map(|code| code.code.clone()).unwrap_or_default(),
        });
    }
    sections[section::ALLERGEN_KEYS] = keys::bytes(words);
    sections[section::ALLERGENS] = recorded(&allergens)?;
    Ok(())
}
