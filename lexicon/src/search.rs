//! Whole names that were misread: which product, drug or disease of the lexicon was meant.
//!
//! The limit of the walk rises in steps; what is read well ends it at the first. A candidate's
//! score is the chance that it is the one that was meant, calibrated on generated lines.

use crate::{
    How, Lexicon,
    disease::Disease,
    drug::{DrugName, ListedProduct},
    image::section,
    noisy::{Bounds, Extent},
    reading::Reading,
};

/// What kinds of names are searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Names of drugs, with and without form and strength.
    Drugs,
    /// Names of diseases.
    Diseases,
    /// Both.
    All,
}

/// What a name stands for.
#[derive(Debug, Clone, Copy)]
pub enum Named<'l> {
    /// A drug, whatever its form and strength.
    Drug(&'l DrugName),
    /// A product, or a general name with form and strength.
    Product(&'l ListedProduct),
    /// A disease.
    Disease(&'l Disease),
}

impl<'l> Named<'l> {
    /// The name as the lexicon writes it.
    pub fn name(&self) -> &'l str {
        match self {
            Self::Drug(drug) => &drug.stem,
            Self::Product(product) => &product.name,
            Self::Disease(disease) => &disease.name,
        }
    }
}

/// A name that may have been meant.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'l> {
    /// What it stands for.
    pub named: Named<'l>,
    /// How it was found.
    pub how: How,
    /// What was misread, in edits: 1 is a letter taken for any other.
    pub cost: f32,
    /// The likeness, 1 for the same.
    pub likeness: f32,
    /// The share of all candidates' chances, 0 to 1.
    pub chance: f32,
}

/// Steps of the limit: hundredths of an edit for each letter of the reading, and besides.
const STEPS: [(f32, u16); 3] = [(8.0, 60), (20.0, 100), (42.0, 120)];

/// How much less likely a candidate is for each hundredth of an edit: the cost of one in ten
/// thousand is 100, by the measure of the confusions.
const PER_HUNDREDTH: f32 = 0.0921;

impl Lexicon {
    /// The names that a whole reading may be, likeliest first, at most `most`.
    pub fn search(&self, reading: &Reading, scope: Scope, most: usize) -> Vec<Candidate<'_>> {
        let tables: &[usize] = match scope {
            Scope::Drugs => &[section::DRUG_KEYS, section::PRODUCT_KEYS],
            Scope::Diseases => &[section::DISEASE_KEYS],
            Scope::All => &[section::DRUG_KEYS, section::PRODUCT_KEYS, section::DISEASE_KEYS],
        };
        let mut found = Vec::new();
        for (share, slack) in STEPS {
            let limit = (reading.len() as f32 * share) as u16 + slack;
            let bounds =
                Bounds { extent: Extent::Whole, limit, share: share * 1.6, slack: slack + 60 };
            found = tables
                .iter()
                .flat_map(|table| {
                    let near = self.image.near(*table, reading, bounds, most.max(8));
                    near.into_iter().map(move |near| (*table, near))
                })
                .collect();
            if found.iter().any(|(_, near)| near.cost * 3 / 2 <= limit) {
                break;
            }
        }
        let mut candidates: Vec<Candidate<'_>> = Vec::new();
        for (table, near) in found {
            let keys = self.image.keys(table);
            let length = keys.symbols(near.word).len();
            for entry in keys.entries(near.word) {
                let (how, number) = (How::of_entry(entry.get()), How::number_of_entry(entry.get()));
                let named = match table {
                    section::DRUG_KEYS => Named::Drug(self.drugs().get(number)),
                    section::PRODUCT_KEYS => Named::Product(self.drugs().product(number)),
                    _ => Named::Disease(self.diseases().get(number)),
                };
                candidates.push(Candidate {
                    named,
                    how: if near.cost > 0 { How::Likeness } else { how },
                    cost: f32::from(near.cost + rarity(named, how)) / 100.0,
                    likeness: crate::score(near.cost, length),
                    chance: 0.0,
                });
            }
        }
        candidates.sort_by(|one, other| one.cost.total_cmp(&other.cost));
        // A drug that is found by its stem and by an alias is one candidate.
        let mut seen: Vec<&str> = Vec::new();
        candidates.retain(|candidate| {
            let new = !seen.contains(&candidate.named.name());
            seen.push(candidate.named.name());
            new
        });
        share_chances(&mut candidates);
        candidates.truncate(most);
        candidates
    }
}

/// What a name costs for being seldom meant: hundredths of an edit.
fn rarity(named: Named<'_>, how: How) -> u16 {
    let entry = match named {
        Named::Drug(_) => 0,
        Named::Product(product) => u16::from(!product.current) * 2,
        Named::Disease(disease) => {
            u16::from(disease.adoption == 3) * 4 + u16::from(disease.abolished) * 4
        }
    };
    entry + u16::from(how != How::Exact) * 3
}

fn share_chances(candidates: &mut [Candidate<'_>]) {
    let Some(best) = candidates.first().map(|candidate| candidate.cost) else { return };
    let weight = |cost: f32| (-(cost - best) * 100.0 * PER_HUNDREDTH).exp();
    // Something that the lexicon does not hold may have been meant: as likely as a whole edit
    // for every five letters would make it.
    let nothing = weight(best.max(1.2) * 1.25);
    let all: f32 = candidates.iter().map(|candidate| weight(candidate.cost)).sum();
    for candidate in candidates {
        candidate.chance = weight(candidate.cost) / (all + nothing);
    }
}
