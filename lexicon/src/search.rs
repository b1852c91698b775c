//! Whole names that were misread: which product, drug or disease of the lexicon was meant.
//!
//! A candidate's
//! score is the chance that it is the one that was meant, calibrated on generated lines.

use crate::{
    Checked, How, Lexicon,
    chance::chances,
    composition::MOST_MODIFIERS,
    disease::{Disease, ModifierRow},
    drug::{DrugName, ListedProduct},
    image::section,
    nearest::Within,
    reading::{LONGEST, Reading},
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
#[derive(Debug, Clone)]
pub struct Candidate<'l> {
    /// What it stands for.
    pub named: Named<'l>,
    /// The modifiers around a disease, those before it first; each has its own codes.
    pub modifiers: Vec<&'l ModifierRow>,
    /// Whether the form and strength that were read exist for the drug.
    pub checked: Checked,
    /// How it was found.
    pub how: How,
    /// What was misread, in edits: 1 is a letter taken for any other.
    pub cost: f32,
    /// The likeness, 1 for the same.
    pub likeness: f32,
    /// The share of all candidates' chances, 0 to 1.
    pub chance: f32,
}

/// What a name may cost: hundredths of an edit for each letter of the reading, and besides. It
/// reaches what was read half (docs/lexicon.md has the recall).
const MISREAD: (u16, u16) = (42, 120);

/// Likewise of a base between modifiers: whatever is read badly begins like some modifier.
const MISREAD_BASE: (u16, u16) = (8, 60);

fn allowed(reading: &Reading, (each, besides): (u16, u16)) -> u16 {
    // The longest reading keeps this far from the end of the numbers.
    reading.len().min(LONGEST) as u16 * each + besides
}

/// A candidate that costs so much more than the best is not looked for: it would be the right one
/// less than once in two hundred times.
const BEHIND: u16 = 60;

/// What each modifier costs, in edits: a whole name is likelier than the same letters put together.
const COMPOSED: f32 = 0.08;

/// Letters of the shortest base that is looked for between modifiers.
const SHORTEST_BASE: usize = 2;

impl Lexicon {
    /// The names that a whole reading may be, likeliest first, at most `most`; diseases also with
    /// modifiers before and behind.
    pub fn search(&self, reading: &Reading, scope: Scope, most: usize) -> Vec<Candidate<'_>> {
        let mut candidates = self.search_names(reading, scope, most, allowed(reading, MISREAD));
        let best = candidates.iter().map(|best| best.cost).fold(f32::MAX, f32::min);
        if scope != Scope::Drugs && best > COMPOSED {
            candidates.extend(self.search_composed(reading, most, best));
        }
        candidates.sort_by(|one, other| one.cost.total_cmp(&other.cost));
        // A drug that is found by its stem and by an alias is one candidate.
        let mut seen: Vec<(&str, Vec<&ModifierRow>)> = Vec::new();
        candidates.retain(|candidate| {
            let name = (candidate.named.name(), candidate.modifiers.clone());
            let new = !seen.contains(&name);
            seen.push(name);
            new
        });
        share_chances(&mut candidates);
        candidates.truncate(most);
        let text = reading.text();
        for candidate in &mut candidates {
            let drug = match candidate.named {
                Named::Drug(drug) => drug,
                Named::Product(product) => self.drugs().get(product.drug),
                Named::Disease(_) => continue,
            };
            candidate.checked = self.checked(drug, &text);
        }
        candidates
    }

    /// Diseases with the modifiers that the reading begins and ends with, as they stand, if they
    /// can be nearer than the best whole name. The base must have been read well: whatever is read
    /// badly begins like some modifier.
    fn search_composed(&self, reading: &Reading, most: usize, best: f32) -> Vec<Candidate<'_>> {
        let chars = reading.chars();
        let diseases = self.diseases();
        let mut behind = vec![(chars.len(), None)];
        behind.extend((2..chars.len()).filter_map(|at| {
            let (row, length) = diseases.suffix_at(&chars[at..])?;
            (at + length == chars.len()).then_some((at, Some(row)))
        }));
        let mut found = Vec::new();
        let mut before = Vec::new();
        let mut at = 0;
        for _ in 0..=MOST_MODIFIERS {
            for (end, suffix) in &behind {
                let alone = before.is_empty() && suffix.is_none();
                if alone || *end < at + SHORTEST_BASE {
                    continue;
                }
                let modifiers: Vec<&ModifierRow> =
                    before.iter().chain(suffix.iter()).copied().collect();
                let within = best.min(3.0) - COMPOSED * modifiers.len() as f32;
                if within <= 0.0 {
                    continue;
                }
                let base = reading.part(at..*end);
                let within = ((within * 100.0) as u16).min(allowed(&base, MISREAD_BASE));
                let base = self.search_names(&base, Scope::Diseases, most, within);
                found.extend(base.into_iter().map(|base| Candidate {
                    cost: base.cost + COMPOSED * modifiers.len() as f32,
                    modifiers: modifiers.clone(),
                    ..base
                }));
            }
            let Some((row, length)) = diseases.prefix_before(&chars[at..]) else { break };
            before.push(row);
            at += length;
        }
        found
    }

    /// The names that a whole reading may be for no more than the limit, without modifiers.
    fn search_names(
        &self,
        reading: &Reading,
        scope: Scope,
        most: usize,
        limit: u16,
    ) -> Vec<Candidate<'_>> {
        let tables: &[usize] = match scope {
            Scope::Drugs => &[section::DRUG_KEYS, section::PRODUCT_KEYS],
            Scope::Diseases => &[section::DISEASE_KEYS],
            Scope::All => &[section::DRUG_KEYS, section::PRODUCT_KEYS, section::DISEASE_KEYS],
        };
        let within = Within { limit, behind: BEHIND, most: most.max(8) * tables.len() };
        let found = self.image.nearest(tables, reading, within);
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
                    modifiers: Vec::new(),
                    checked: Checked::UNSAID,
                    how: if near.cost > 0 { How::Likeness } else { how },
                    cost: f32::from(near.cost + rarity(named, how)) / 100.0,
                    likeness: crate::score(near.cost, length),
                    chance: 0.0,
                });
            }
        }
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
    let costs: Vec<f32> = candidates.iter().map(|candidate| candidate.cost * 100.0).collect();
    for (candidate, chance) in candidates.iter_mut().zip(chances(&costs)) {
        candidate.chance = chance;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lexicon() -> Lexicon {
        Lexicon::from_texts(&[
            (
                "drugs.csv",
                "stem,form,strengths\nアムロジピン,錠,2.5mg;5mg\nアムロジン,錠,\nワソラン,錠,\n\
                 メチコバール,錠,\nビカルタミド,錠,\nカルタン,錠,\n",
            ),
            (
                "products.csv",
                "stem,form,strength,master_name\nアムロジピン,錠,5mg,アムロジピン錠５ｍｇ「見本」\n\
                 アムロジピン,錠,2.5mg,アムロジピン錠２．５ｍｇ「見本」\n",
            ),
            ("diseases.csv", "name\n高血圧症\n高脂血症\n変形性膝関節症\n"),
            ("modifiers.csv", "name,position,receipt_code\n右,prefix,2056\nの疑い,suffix,8002\n"),
        ])
        .unwrap()
    }

    fn first(reading: &str) -> String {
        let lexicon = lexicon();
        let found = lexicon.search(&Reading::of_text(reading), Scope::All, 5);
        found.first().map(|candidate| candidate.named.name().to_owned()).unwrap_or_default()
    }

    #[test]
    fn misread_names_are_found_with_their_strength() {
        assert_eq!(first("ワンラン"), "ワソラン");
        assert_eq!(first("高皿圧症"), "高血圧症");
        assert_eq!(first("ア ム ロ ジ ビ ン 錠 5 m g 「 見 木 」"), "アムロジピン錠５ｍｇ「見本」");
        assert_eq!(first("アムロジピン錠2.5mg「見木」"), "アムロジピン錠２．５ｍｇ「見本」");
        assert_eq!(first("患者の氏名"), "");
    }

    #[test]
    fn a_misread_disease_is_found_between_its_modifiers() {
        let lexicon = lexicon();
        let found = lexicon.search(&Reading::of_text("右変形住膝関節症の疑い"), Scope::All, 5);
        let modifiers: Vec<&str> =
            found[0].modifiers.iter().map(|row| row.receipt_code.as_str()).collect();
        assert_eq!((found[0].named.name(), modifiers), ("変形性膝関節症", vec!["2056", "8002"]));
    }

    #[test]
    fn a_strength_that_does_not_exist_is_told() {
        let lexicon = lexicon();
        let strength = |text: &str| {
            lexicon.search(&Reading::of_text(text), Scope::Drugs, 3)[0].checked.strength
        };
        assert_eq!(strength("アムロジピン錠5mg「見木」"), crate::Existence::Exists);
        assert_eq!(strength("アムロジピン錠7mg「見木」"), crate::Existence::DoesNotExist);
    }

    #[test]
    fn what_the_engine_offered_beside_its_choice_costs_less() {
        let lexicon = lexicon();
        let cost = |reading: &Reading| lexicon.search(reading, Scope::Drugs, 1)[0].cost;
        let mut reading = Reading::of_text("メチ園バール");
        let without = cost(&reading);
        reading.or_else(2, &['国', 'コ']);
        assert!(cost(&reading) < without, "{} {without}", cost(&reading));
    }

    #[test]
    fn the_beginning_of_a_line_is_compared_with_names() {
        let lexicon = lexicon();
        let near = lexicon.drugs().near(&crate::normalise::key("アムロヅピン錠5mg"));
        assert_eq!(near[0].names[0].stem, "アムロジピン");
        assert_eq!(near[0].length, 6);
        assert!(near[0].score > 0.85, "{}", near[0].score);
        // カルタ must not bring up ビカルタミド, of which it is the middle.
        let near = lexicon.drugs().near(&crate::normalise::key("カルタ"));
        assert!(near.iter().all(|near| near.names[0].stem != "ビカルタミド"));
    }
}
