//! Our own tables put together with the masters: one entry for what both know.
//!
//! Codes, names and times are the masters'; spellings, stems, forms, strengths and what a word
//! does to an assertion are ours.

use std::collections::HashMap;

use chart::CodeSystem;

use super::folded;
use crate::entry::{Allergen, Code, Disease, DrugProduct, Entries, MeasuredItem, Modifier};

/// The entries of masters and of the starter tables in one.
pub fn join_starter(mut masters: Entries, starter: Entries) -> Entries {
    let n_products = masters.products.len();
    let n_diseases = masters.diseases.len();
    let n_modifiers = masters.modifiers.len();
    let n_allergens = masters.allergens.len();
    let n_items = masters.items.len();
    masters.join(starter);
    let mut all = masters;
    let ours = all.products.split_off(n_products);
    join_products(&mut all.products, ours);
    let ours = all.diseases.split_off(n_diseases);
    join_diseases(&mut all.diseases, ours);
    let ours = all.modifiers.split_off(n_modifiers);
    join_modifiers(&mut all.modifiers, ours);
    let ours = all.allergens.split_off(n_allergens);
    join_allergens(&mut all.allergens, ours);
    let ours = all.items.split_off(n_items);
    join_items(&mut all.items, ours);
    all
}

fn code(codes: &[Code], system: CodeSystem) -> Option<&str> {
    codes.iter().find(|code| code.system == system).map(|code| code.code.as_str())
}

/// Numbers of entries by a code of theirs.
fn by_code<'e>(
    entries: impl Iterator<Item = &'e [Code]>,
    system: CodeSystem,
) -> HashMap<String, usize> {
    entries
        .enumerate()
        .filter_map(|(at, codes)| Some((code(codes, system)?.to_owned(), at)))
        .collect()
}

fn add_spelling(aliases: &mut Vec<String>, name: &str, spelling: String) {
    if spelling != name && !spelling.is_empty() && !aliases.contains(&spelling) {
        aliases.push(spelling);
    }
}

fn join_products(products: &mut Vec<DrugProduct>, ours: Vec<DrugProduct>) {
    let by_receipt = by_code(products.iter().map(|p| p.codes.as_slice()), CodeSystem::Receipt);
    let by_name: HashMap<(String, bool), Vec<usize>> =
        products.iter().enumerate().fold(HashMap::new(), |mut names, (at, product)| {
            names.entry((folded(&product.name), product.is_general)).or_default().push(at);
            names
        });
    for our in ours {
        let same_listing = |at: &&usize| {
            let theirs = &products[**at].codes;
            [CodeSystem::PriceList, CodeSystem::GenericName].into_iter().any(|system| {
                code(theirs, system).is_some() && code(theirs, system) == code(&our.codes, system)
            })
        };
        let known =
            code(&our.codes, CodeSystem::Receipt).and_then(|code| by_receipt.get(code)).or_else(
                || by_name.get(&(folded(&our.name), our.is_general))?.iter().find(same_listing),
            );
        let Some(known) = known.map(|at| &mut products[*at]) else {
            products.push(our);
            continue;
        };
        known.stem = our.stem;
        known.form = our.form;
        known.strength = our.strength;
        known.kind = our.kind.or(known.kind);
    }
}

fn join_diseases(diseases: &mut Vec<Disease>, ours: Vec<Disease>) {
    let by_id = by_code(diseases.iter().map(|d| d.codes.as_slice()), CodeSystem::DiseaseId);
    for our in ours {
        let known = code(&our.codes, CodeSystem::DiseaseId).and_then(|id| by_id.get(id));
        let Some(known) = known.map(|at| &mut diseases[*at]) else {
            diseases.push(our);
            continue;
        };
        for spelling in std::iter::once(our.name).chain(our.aliases) {
            add_spelling(&mut known.aliases, &known.name, spelling);
        }
        known.not_alone |= our.not_alone;
    }
}

fn join_modifiers(modifiers: &mut Vec<Modifier>, ours: Vec<Modifier>) {
    let by_receipt: HashMap<String, usize> = modifiers
        .iter()
        .enumerate()
        .filter(|(_, modifier)| !modifier.receipt_code.is_empty())
        .map(|(at, modifier)| (modifier.receipt_code.clone(), at))
        .collect();
    for our in ours {
        let Some(known) = by_receipt.get(&our.receipt_code).map(|at| &mut modifiers[*at]) else {
            modifiers.push(our);
            continue;
        };
        known.effect = our.effect;
        for spelling in std::iter::once(our.name).chain(our.aliases) {
            add_spelling(&mut known.aliases, &known.name, spelling);
        }
    }
}

fn join_allergens(allergens: &mut Vec<Allergen>, ours: Vec<Allergen>) {
    let by_jfagy = by_code(allergens.iter().map(|a| a.codes.as_slice()), CodeSystem::Jfagy);
    for our in ours {
        let known = code(&our.codes, CodeSystem::Jfagy).and_then(|code| by_jfagy.get(code));
        let Some(known) = known.map(|at| &mut allergens[*at]) else {
            allergens.push(our);
            continue;
        };
        for spelling in std::iter::once(our.substance).chain(our.aliases) {
            add_spelling(&mut known.aliases, &known.substance, spelling);
        }
    }
}

/// A group of codes belongs to the item of ours that has its name. Units and bounds are ours.
fn join_items(items: &mut Vec<MeasuredItem>, mut ours: Vec<MeasuredItem>) {
    let key = |name: &str| folded(name).to_lowercase();
    let mut by_name: HashMap<String, usize> = HashMap::new();
    for (at, our) in ours.iter().enumerate().filter(|(_, our)| !our.is_vital) {
        let names = [&our.name, &our.japanese].into_iter().chain(&our.aliases);
        for name in names.filter(|name| !name.is_empty()) {
            by_name.entry(key(name)).or_insert(at);
        }
    }
    items.retain(|group| {
        let mut names = [&group.name, &group.japanese].into_iter().chain(&group.aliases);
        let Some(at) = names.find_map(|name| by_name.get(&key(name))) else {
            return true;
        };
        ours[*at].codes.extend(group.codes.iter().cloned());
        false
    });
    items.append(&mut ours);
}
