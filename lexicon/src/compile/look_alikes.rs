//! Names of drugs that may be taken for each other: those of the notices, and those so near that
//! one misread letter makes one of the other.
//!
//! Computed pairs are two names of at least three letters, of different therapeutic groups,
//! between which the confusions cost no more than [`NEAR`]; names that begin with the whole other
//! name (メトグルコ, メトグルコ細粒) are none.

use std::collections::HashMap;

use super::joined;
use crate::{
    confusion::Confusions,
    drug::{DrugName, LookAlike},
    entry,
    keys::{self, Keys},
    noisy::{self, Bounds, Extent},
    normalise,
    reading::{Costs, Reading},
};

/// Cost up to which two names are near, in hundredths of an edit: one letter for any other, or
/// two that are often confused.
const NEAR: u16 = 70;

/// A name of fewer letters is near to too many.
const SHORTEST: usize = 4;

pub(super) fn add(
    names: &mut [DrugName],
    by_name: &HashMap<String, u32>,
    known: &[entry::LookAlike],
    confusions: &Confusions,
) {
    for row in known {
        let Some(&number) = by_name.get(&joined(&row.name)) else { continue };
        let others = known
            .iter()
            .filter(|other| other.group == row.group && other.name != row.name)
            .map(|other| LookAlike {
                name: other.name.clone(),
                class: other.class.clone(),
                noted: true,
            });
        names[number as usize].look_alikes.extend(others);
    }
    for (one, other) in computed(names, confusions) {
        for (one, other) in [(one, other), (other, one)] {
            let other = LookAlike {
                name: names[other].stem.clone(),
                class: class(&names[other]),
                noted: false,
            };
            let known = &mut names[one].look_alikes;
            if !known.iter().any(|known| known.name == other.name) {
                known.push(other);
            }
        }
    }
}

fn class(name: &DrugName) -> String {
    if name.class.is_empty() { name.generic.clone() } else { name.class.clone() }
}

/// Pairs of numbers, the lower first.
fn computed(names: &[DrugName], confusions: &Confusions) -> Vec<(usize, usize)> {
    let words = (0_u32..).zip(names).map(|(number, name)| (normalise::key(&name.stem), number));
    let bytes = keys::bytes(words.filter(|(word, _)| word.len() >= SHORTEST));
    let Some(keys) = Keys::in_bytes(&bytes) else { return Vec::new() };
    let bounds = Bounds { extent: Extent::Whole, limit: NEAR, share: 100.0, slack: NEAR };
    let mut pairs = Vec::new();
    for word in 0..keys.len() {
        let reading = Reading::of(&keys.word(word));
        let costs = Costs::new(&reading, &keys, confusions);
        for near in noisy::walk(&keys, &costs, &[], bounds, 12) {
            let (one, other) = (keys.entries(word)[0].get(), keys.entries(near.word)[0].get());
            let (one, other) = (one as usize, other as usize);
            if one < other && differ(&names[one], &names[other]) {
                pairs.push((one, other));
            }
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

/// Of different ingredients and, as far as is known, of different groups.
fn differ(one: &DrugName, other: &DrugName) -> bool {
    let group = |name: &DrugName| name.group.chars().take(3).collect::<String>();
    let told_apart = |one: &str, other: &str| !one.is_empty() && !other.is_empty() && one != other;
    if one.generic == other.generic && !one.generic.is_empty() {
        return false;
    }
    match (group(one), group(other)) {
        (one, other) if !one.is_empty() && !other.is_empty() => one != other,
        _ => told_apart(&one.class, &other.class),
    }
}
