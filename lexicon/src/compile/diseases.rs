//! Diseases with their spellings, abbreviations, modifiers.

use std::collections::HashMap;

use chart::CodeSystem;

use super::{add_codes, codes_of_today, joined, numbered, ranked, recorded};
use crate::{
    How,
    disease::{Abbreviation, Disease, ModifierRow},
    entry::{Entries, Modifier, Position, Synonym, SynonymKind},
    error::LexiconError,
    image::section,
    keys, normalise,
    spelling::add_spellings,
    suggest::rarity_of_disease,
    typed,
};

/// Writes diseases, abbreviations, modifiers and their words.
pub(super) fn compile(entries: &Entries, sections: &mut [Vec<u8>]) -> Result<(), LexiconError> {
    let newest = entries.editions.iter().filter_map(|edition| edition.date).max();
    let mut diseases: Vec<Disease> = Vec::new();
    let mut by_name: HashMap<String, u32> = HashMap::new();
    let mut words = Vec::new();
    let mut typed_words = Vec::new();
    for entry in &entries.diseases {
        let new = numbered(diseases.len());
        let number = *by_name.entry(joined(&entry.name)).or_insert(new);
        if number == new {
            add_spellings(&mut words, &entry.name, number, How::Exact);
            typed_words.push((typed::key(&entry.name), (number, How::Exact)));
            diseases.push(Disease { name: entry.name.clone(), ..Disease::default() });
        }
        for alias in &entry.aliases {
            add_spellings(&mut words, alias, number, How::Alias);
            typed_words.push((typed::key(alias), (number, How::Alias)));
        }
        if !entry.short_name.is_empty() && entry.short_name != entry.name {
            words.push((normalise::key(&entry.short_name), (number, How::Alias)));
        }
        if entry.kana.chars().count() >= 4 {
            words.push((normalise::key(&entry.kana), (number, How::Variant)));
        }
        typed_words.push((typed::key(&entry.kana), (number, How::Alias)));
        let disease = &mut diseases[number as usize];
        add_codes(&mut disease.history, &entry.codes);
        disease.not_alone |= entry.not_alone;
        disease.abolished =
            entry.valid.until.is_some_and(|until| newest.is_none_or(|day| until < day));
        disease.adoption = if entry.adoption > 0 { entry.adoption } else { disease.adoption };
        disease.successor = entry.successor.clone().or_else(|| disease.successor.take());
        disease.icd10_second = entry.icd10_second.clone().or_else(|| disease.icd10_second.take());
    }
    for disease in &mut diseases {
        disease.codes = codes_of_today(&disease.history, &entries.editions);
        disease.icd10 = disease.codes.get(&CodeSystem::Icd10).cloned();
    }
    let abbreviations = gathered(&entries.synonyms, &by_name);
    for synonym in entries.synonyms.iter().filter(|synonym| synonym.kind == SynonymKind::Disease) {
        if let Some(&number) = by_name.get(&joined(&synonym.name)) {
            typed_words.push((typed::key(&synonym.written), (number, How::Abbreviation)));
        }
    }
    let written = |folded: bool| {
        (0..).zip(&abbreviations).map(move |(number, abbreviation)| {
            let written = abbreviation.written.chars();
            let word =
                if folded { written.map(normalise::fold).collect() } else { written.collect() };
            (word, number)
        })
    };
    sections[section::EXACT_CASE_KEYS] = keys::bytes(written(false));
    // Tineapedis: readers lose the space between two words.
    let joined_words = written(true).filter_map(|(word, number): (Vec<char>, u32)| {
        let joined: Vec<char> = word.iter().copied().filter(|char| *char != ' ').collect();
        (joined.len() < word.len() && joined.len() >= SHORTEST_JOINED).then_some((joined, number))
    });
    sections[section::FOLDED_CASE_KEYS] = keys::bytes(written(true).chain(joined_words));
    sections[section::ABBREVIATIONS] = recorded(&abbreviations)?;
    sections[section::DISEASE_NAME_KEYS] = keys::bytes(
        (0..)
            .zip(&diseases)
            .map(|(number, disease)| (normalise::key(&disease.name), How::Exact.entry(number))),
    );
    sections[section::DISEASE_KEYS] = ranked(words);
    sections[section::TYPED_DISEASE_KEYS] = ranked(typed_words);
    sections[section::DISEASE_RARITIES] = diseases.iter().map(rarity_of_disease).collect();
    sections[section::DISEASES] = recorded(&diseases)?;
    modifiers(&entries.modifiers, sections)
}

/// Letters of two words that are no other word when they are joined.
const SHORTEST_JOINED: usize = 8;

fn modifiers(entries: &[Modifier], sections: &mut [Vec<u8>]) -> Result<(), LexiconError> {
    let mut rows: Vec<ModifierRow> = Vec::new();
    let mut by_name: HashMap<(String, Position), u32> = HashMap::new();
    let mut words: HashMap<Position, Vec<(Vec<char>, u32)>> = HashMap::new();
    for entry in entries.iter().filter(|entry| !entry.name.is_empty()) {
        let new = numbered(rows.len());
        let number = *by_name.entry((joined(&entry.name), entry.position)).or_insert(new);
        if number == new {
            rows.push(ModifierRow {
                name: entry.name.clone(),
                position: entry.position,
                ..ModifierRow::default()
            });
        }
        let row = &mut rows[number as usize];
        for (field, value) in [
            (&mut row.kind, &entry.kind),
            (&mut row.receipt_code, &entry.receipt_code),
            (&mut row.modifier_id, &entry.modifier_id),
            (&mut row.exchange_code, &entry.exchange_code),
            (&mut row.effect, &entry.effect),
        ] {
            // What an edition leaves empty is not stated.
            if !value.is_empty() {
                field.clone_from(value);
            }
        }
        let of_position = words.entry(entry.position).or_default();
        for name in std::iter::once(&entry.name).chain(&entry.aliases) {
            of_position.push((normalise::key(name), number));
        }
    }
    for (position, section) in
        [(Position::Prefix, section::PREFIX_KEYS), (Position::Suffix, section::SUFFIX_KEYS)]
    {
        sections[section] = keys::bytes(words.remove(&position).unwrap_or_default());
    }
    sections[section::MODIFIERS] = recorded(&rows)?;
    Ok(())
}

/// All meanings of each abbreviation together.
fn gathered(synonyms: &[Synonym], by_name: &HashMap<String, u32>) -> Vec<Abbreviation> {
    let mut gathered: Vec<Abbreviation> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for synonym in synonyms.iter().filter(|synonym| !synonym.for_search) {
        let disease = (synonym.kind == SynonymKind::Disease)
            .then(|| by_name.get(&joined(&synonym.name)).copied())
            .flatten();
        let place = *places.entry(&synonym.written).or_insert_with(|| {
            gathered
                .push(Abbreviation { written: synonym.written.clone(), ..Abbreviation::default() });
            gathered.len() - 1
        });
        let abbreviation = &mut gathered[place];
        match disease {
            Some(id) => abbreviation.diseases.push((id, synonym.term.clone())),
            None if !synonym.name.is_empty() => abbreviation.others.push(synonym.name.clone()),
            None => {}
        }
        abbreviation.others.extend(synonym.others.iter().cloned());
        abbreviation.must_ask |= synonym.must_ask;
    }
    // An abbreviation of drugs or tests alone is none of a disease.
    gathered.retain(|abbreviation| !abbreviation.diseases.is_empty());
    gathered
}
