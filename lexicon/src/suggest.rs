//! What a clerk is about to type: the first names that go on from what stands in the field.
//!
//! In: a beginning in kanji, kana of either kind and width, romaji, or an abbreviation, and how
//! often this clinic has used each name. Out: the names used most come first, then the commoner
//! ones: a whole match, a current name before one that left the lists, a drug with more products
//! and a disease with a plainer, shorter name.

use std::{
    cmp::Reverse,
    collections::{HashMap, HashSet},
};

use crate::{
    How, Lexicon, Named, Scope, disease::Disease, drug::DrugName, image::section, keys::Keys,
    normalise, typed,
};

/// How often names were used in this clinic.
#[derive(Debug, Clone, Default)]
pub struct Uses {
    /// By table and number of the thing.
    counts: HashMap<(usize, u32), u32>,
    /// The words that lead to what was used, each with its table and its place there, in order.
    words: Vec<(usize, Vec<char>, usize)>,
}

impl Uses {
    /// From names, however spelled, and their counts. A drug may be named with its form and
    /// strength. Names that the lexicon does not hold are passed over.
    pub fn of<'n>(lexicon: &Lexicon, counts: impl IntoIterator<Item = (&'n str, u32)>) -> Self {
        let mut uses = Self::default();
        let tables = [section::TYPED_DRUG_KEYS, section::TYPED_DISEASE_KEYS];
        for (name, count) in counts {
            for table in tables {
                let keys = lexicon.image.keys(table);
                let drug = || {
                    let found = lexicon.drugs().at(&normalise::key(name)).into_iter().next()?;
                    Some(typed::key(&found.names.first()?.stem))
                };
                let of_table = table == section::TYPED_DRUG_KEYS;
                let known = |key: &Vec<char>| keys.find(key).is_some();
                let key = Some(typed::key(name)).filter(known);
                let Some(key) = key.or_else(|| drug().filter(|_| of_table)) else { continue };
                let Some(word) = keys.find(&key) else { continue };
                // A name and its reading in kana may be one word and lead to one drug twice.
                let entries = keys.entries(word).iter();
                let numbers: HashSet<u32> =
                    entries.map(|entry| How::number_of_entry(entry.get())).collect();
                for number in numbers {
                    *uses.counts.entry((table, number)).or_default() += count;
                }
                uses.words.push((table, key, word));
            }
        }
        uses.words.sort_unstable();
        uses.words.dedup();
        uses
    }

    /// The places of the words in a table that begin so.
    fn beginning_with<'u>(
        &'u self,
        table: usize,
        beginning: &'u [char],
    ) -> impl Iterator<Item = usize> + 'u {
        let before =
            |(of, word, _): &(usize, Vec<char>, usize)| (*of, word.as_slice()) < (table, beginning);
        let from = &self.words[self.words.partition_point(before)..];
        let goes_on = move |(of, word, _): &&(usize, Vec<char>, usize)| {
            *of == table && word.starts_with(beginning)
        };
        from.iter().take_while(goes_on).map(|(_, _, word)| *word)
    }

    fn count(&self, table: usize, number: u32) -> u32 {
        self.counts.get(&(table, number)).copied().unwrap_or(0)
    }
}

/// A name that what was typed may become.
#[derive(Debug, Clone, Copy)]
pub struct Suggestion<'l> {
    /// What it stands for.
    pub named: Named<'l>,
    /// How what was typed leads to it.
    pub how: How,
    /// How often this clinic has used it.
    pub used: u32,
}

/// How many words of a beginning are looked at closely. A beginning of one letter has thousands;
/// those that this clinic uses are looked up by themselves.
const LOOKED_AT: usize = 200;

/// A name by what decides its order; the lowest comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Ranked {
    used: Reverse<u32>,
    /// It has more letters than were typed.
    goes_on: bool,
    rarity: u8,
    length: usize,
    number: u32,
    table: usize,
    how: How,
}

impl Lexicon {
    /// The first `most` names for what was typed.
    pub fn suggest(
        &self,
        typed: &str,
        scope: Scope,
        uses: &Uses,
        most: usize,
    ) -> Vec<Suggestion<'_>> {
        let mut beginnings = vec![typed::key(typed)];
        beginnings.extend(typed::of_romaji(&normalise::narrow(typed)));
        beginnings.retain(|beginning| !beginning.is_empty());
        let tables: &[usize] = match scope {
            Scope::Drugs => &[section::TYPED_DRUG_KEYS],
            Scope::Diseases => &[section::TYPED_DISEASE_KEYS],
            Scope::All => &[section::TYPED_DRUG_KEYS, section::TYPED_DISEASE_KEYS],
        };
        let mut ranked: Vec<Ranked> = Vec::new();
        for &table in tables {
            let keys = self.image.keys(table);
            for beginning in &beginnings {
                let of_this_clinic = uses.beginning_with(table, beginning);
                for word in of_this_clinic.chain(shortest(&keys, beginning)) {
                    self.rank(table, &keys, word, beginning.len(), uses, &mut ranked);
                }
            }
        }
        ranked.sort_unstable();
        let mut suggestions: Vec<Suggestion<'_>> = Vec::with_capacity(most);
        // Records are decoded here: of the hundreds that were ranked, the few that are shown.
        for Ranked { table, number, how, used, .. } in ranked {
            let named = if table == section::TYPED_DRUG_KEYS {
                Named::Drug(self.drugs().get(number))
            } else {
                Named::Disease(self.diseases().get(number))
            };
            if !suggestions.iter().any(|it| it.named.name() == named.name()) {
                suggestions.push(Suggestion { named, how, used: used.0 });
            }
            if suggestions.len() == most {
                break;
            }
        }
        suggestions
    }

    fn rank(
        &self,
        table: usize,
        keys: &Keys<'_>,
        word: usize,
        typed: usize,
        uses: &Uses,
        ranked: &mut Vec<Ranked>,
    ) {
        let length = keys.symbols(word).len();
        let rarities = self.image.file.section(match table {
            section::TYPED_DRUG_KEYS => section::DRUG_RARITIES,
            _ => section::DISEASE_RARITIES,
        });
        for entry in keys.entries(word) {
            let (how, number) = (How::of_entry(entry.get()), How::number_of_entry(entry.get()));
            ranked.push(Ranked {
                used: Reverse(uses.count(table, number)),
                goes_on: length != typed,
                rarity: rarities.get(number as usize).copied().unwrap_or(u8::MAX),
                length,
                number,
                table,
                how,
            });
        }
    }
}

/// The words of a beginning, the shortest ones if there are too many to look at.
fn shortest(keys: &Keys<'_>, beginning: &[char]) -> Vec<usize> {
    let range = keys.beginning_with(beginning);
    if range.len() <= LOOKED_AT {
        return range.collect();
    }
    let mut by_length: Vec<Vec<usize>> = Vec::new();
    for word in range {
        let more = keys.symbols(word).len() - beginning.len();
        if by_length.len() <= more {
            by_length.resize(more + 1, Vec::new());
        }
        if by_length[more].len() < LOOKED_AT {
            by_length[more].push(word);
        }
    }
    by_length.into_iter().flatten().take(LOOKED_AT).collect()
}

/// How seldom a drug is meant: kept in the compiled file, so that ranking decodes no record.
pub(crate) fn rarity_of_drug(drug: &DrugName) -> u8 {
    let historic = !drug.forms.is_empty() && drug.forms.iter().all(|form| form.historic);
    u8::from(historic) * 2 + u8::from(!drug.is_common)
}

/// Likewise a disease.
pub(crate) fn rarity_of_disease(disease: &Disease) -> u8 {
    let left = disease.abolished || disease.adoption == 3;
    u8::from(left) * 4 + disease.adoption.clamp(1, 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lexicon() -> Lexicon {
        Lexicon::from_texts(&[
            (
                "drugs.csv",
                "stem,class,form,status\nアムロジピン,降圧薬,錠,current\n\
                 アムロジン,降圧薬,錠,current\nアムノレイク,抗悪性腫瘍薬,錠,current\n",
            ),
            ("diseases.csv", "name,kana,adoption\n高血圧症,コウケツアツショウ,1\n"),
            ("abbreviations.csv", "written,kind,name\nHT,disease,高血圧症\n"),
        ])
        .unwrap()
    }

    fn names(lexicon: &Lexicon, typed: &str, uses: &Uses) -> Vec<String> {
        let suggestions = lexicon.suggest(typed, Scope::All, uses, 8);
        suggestions.iter().map(|suggestion| suggestion.named.name().to_owned()).collect()
    }

    #[test]
    fn kana_romaji_and_abbreviations_lead_to_names() {
        let lexicon = lexicon();
        for typed in ["ｱﾑﾛ", "あむろ", "amuro", "amur"] {
            let wanted = ["アムロジン", "アムロジピン"];
            assert_eq!(names(&lexicon, typed, &Uses::default()), wanted, "{typed}");
        }
        for typed in ["高血", "こうけ", "kouke", "HT", "ｈｔ"] {
            assert_eq!(names(&lexicon, typed, &Uses::default()), ["高血圧症"], "{typed}");
        }
        assert!(names(&lexicon, " ", &Uses::default()).is_empty());
    }

    #[test]
    fn what_this_clinic_uses_comes_first() {
        let lexicon = lexicon();
        let uses = [("アムノレイク", 2), ("アムロジピン錠5mg", 9), ("無い薬", 50)];
        let uses = Uses::of(&lexicon, uses);
        assert_eq!(names(&lexicon, "アム", &uses), ["アムロジピン", "アムノレイク", "アムロジン"]);
    }
}
