//! Drugs: one name, its forms, their strengths, and the products that bear codes.

use std::collections::HashMap;

use chart::Codes;
use serde::{Deserialize, Serialize};

use crate::{
    How, Strength,
    entry::Code,
    image::{Image, section},
    keys::Prefix,
    noisy::{Bounds, Extent},
    reading::Reading,
};

/// A name and all that is made under it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct DrugName {
    /// The name without strength, form and maker.
    pub stem: String,
    /// The ingredient.
    pub generic: String,
    /// `brand`, `generic` or `kampo`.
    pub kind: String,
    /// Therapeutic class in words; empty if no source tells.
    pub class: String,
    /// 薬効分類: the first four figures of the price codes; empty if it has none.
    pub group: String,
    /// The forms it comes in.
    pub forms: Vec<DrugForm>,
    /// The starter tables describe it: outpatient clinics see it.
    pub is_common: bool,
    /// Names that are known to be taken for it, or so near that they may be.
    pub look_alikes: Vec<LookAlike>,
}

/// A name that may be taken for another.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookAlike {
    /// The name.
    pub name: String,
    /// Its class, else its ingredient.
    pub class: String,
    /// Notices name the pair; else it was found by comparing the names.
    pub noted: bool,
}

/// One form of a drug.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct DrugForm {
    /// 錠, カプセル, 軟膏.
    pub form: String,
    /// The strengths that exist, ascending; none if there is only one, unnamed.
    pub strengths: Vec<Strength>,
    /// What amounts count.
    pub unit: String,
    /// Usual adult maximum a day.
    pub daily_max: Option<Strength>,
    /// Usual adult maximum a week, for drugs taken weekly.
    pub weekly_max: Option<Strength>,
    /// Usage that is characteristic: 食直前, 週1回.
    pub usage_hint: String,
    /// Whether no current list has it.
    pub historic: bool,
    /// What can be bought, with codes.
    pub products: Vec<Product>,
}

/// A product with its codes.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Product {
    /// The name in the master.
    pub master_name: String,
    /// Its strength as in drugs.csv; empty if it has none.
    pub strength: String,
    /// Its codes.
    pub codes: Codes,
    /// Whether a current list has it.
    pub current: bool,
}

/// A drug that a text may begin with.
#[derive(Debug, Clone)]
pub struct DrugMatch<'l> {
    /// The names that the spelling can mean, usual one first.
    pub names: Vec<&'l DrugName>,
    /// How many characters of the text it covers.
    pub length: usize,
    /// How it was found.
    pub how: How,
    /// 1 for a sure spelling, less for likeness.
    pub score: f32,
    /// What was misread, in hundredths of an edit.
    pub cost: u16,
    /// Whether the spelling has several meanings.
    pub ambiguous: bool,
}

/// A row of a master: what the code on a claim or a box stands for.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ListedProduct {
    /// The name in the master.
    pub name: String,
    /// Number of the drug's name.
    pub drug: u32,
    /// OD錠; empty if the name has none.
    pub form: String,
    /// 5mg; empty if the name has none.
    pub strength: String,
    /// The maker, as far as the name or the master tells.
    pub maker: String,
    /// It is a general name and says nothing of the maker.
    pub is_general: bool,
    /// Its codes of today, or the last it had.
    pub codes: Codes,
    /// Every code with its edition and time.
    pub history: Vec<Code>,
    /// Whether a current list has it.
    pub current: bool,
    /// The receipt code of the product it was replaced by; its price code if it has none.
    pub successor: Option<String>,
}

/// The small tables of drugs.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct DrugTables {
    /// Makers' numbers of 漢方.
    pub kampo: HashMap<u16, u32>,
    /// Spellings that never select a drug by themselves.
    pub must_ask: Vec<Vec<char>>,
}

/// All drugs.
#[derive(Debug, Clone, Copy)]
pub struct Drugs<'l> {
    pub(crate) image: &'l Image,
}

/// A name of fewer characters is found by likeness too easily.
const SHORTEST_LIKENESS: usize = 3;

/// What a misread name at the beginning of a text may cost in hundredths of an edit, first tried
/// and at most: the share of its letters that may be wrong is bounded besides.
const LIMITS: [u16; 2] = [140, 300];

impl<'l> Drugs<'l> {
    /// Drugs that the folded text begins with, longest spelling first.
    pub fn at(self, text: &[char]) -> Vec<DrugMatch<'l>> {
        let keys = self.image.keys(section::DRUG_KEYS);
        let found = |prefix: Prefix<'l>| {
            let spelling = &text[..prefix.length];
            DrugMatch {
                length: prefix.length,
                ..self.found(prefix.entries.iter().map(|entry| entry.get()), spelling, 1.0)
            }
        };
        keys.prefixes(text).into_iter().rev().map(found).collect()
    }

    /// Drugs that the folded text may begin with if it was misread, best first.
    pub fn near(self, text: &[char]) -> Vec<DrugMatch<'l>> {
        self.near_reading(&Reading::of(text))
    }

    /// Likewise, with what the engine would have read instead.
    pub fn near_reading(self, reading: &Reading) -> Vec<DrugMatch<'l>> {
        let keys = self.image.keys(section::DRUG_KEYS);
        let near = LIMITS.into_iter().map(|limit| {
            let bounds = Bounds { extent: Extent::Beginning, limit, share: 27.0, slack: 130 };
            self.image.near(section::DRUG_KEYS, reading, bounds, 8)
        });
        let near = near.into_iter().find(|near| !near.is_empty()).unwrap_or_default();
        let mut found: Vec<DrugMatch<'l>> = near
            .into_iter()
            .filter(|near| near.taken > 0 && keys.symbols(near.word).len() >= SHORTEST_LIKENESS)
            .map(|near| {
                let entries = keys.entries(near.word).iter().map(|entry| entry.get());
                let word = keys.word(near.word);
                DrugMatch {
                    length: reading.covered(near.taken),
                    cost: near.cost,
                    how: if near.cost > 0 { How::Likeness } else { How::Exact },
                    ..self.found(entries, &word, crate::score(near.cost, word.len()))
                }
            })
            .collect();
        found.sort_by(|one, other| other.score.total_cmp(&one.score));
        found
    }

    /// Drugs of which the folded text is the beginning of the name: ノルバ of ノルバスク and of ノルバデックス.
    pub fn clipped(self, text: &[char]) -> Vec<&'l DrugName> {
        let keys = self.image.keys(section::DRUG_KEYS);
        let entries = keys.beginning_with(text).flat_map(|word| keys.entries(word));
        let mut numbers: Vec<u32> = entries
            .map(|entry| entry.get())
            .filter(|entry| How::of_entry(*entry) <= How::Alias)
            .map(How::number_of_entry)
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers.into_iter().map(|number| self.get(number)).collect()
    }

    /// The 漢方 preparation of a maker's number: 68 is 芍薬甘草湯.
    pub fn kampo(self, number: u16) -> Option<&'l DrugName> {
        self.image.drug_tables.kampo.get(&number).map(|number| self.get(*number))
    }

    /// The name of a number.
    pub fn get(self, number: u32) -> &'l DrugName {
        self.image.drugs.get(&self.image.file, number as usize)
    }

    /// The product of a number.
    pub fn product(self, number: u32) -> &'l ListedProduct {
        self.image.products.get(&self.image.file, number as usize)
    }

    /// How many products are known.
    pub fn n_products(self) -> usize {
        self.image.products.len()
    }

    /// Every name, for the user dictionary of the tokeniser.
    pub fn spellings(self) -> impl Iterator<Item = String> {
        self.image.drugs.all(&self.image.file).map(|name| name.stem)
    }

    fn found(
        self,
        entries: impl Iterator<Item = u32> + Clone,
        spelling: &[char],
        score: f32,
    ) -> DrugMatch<'l> {
        let best = entries.clone().map(How::of_entry).min().unwrap_or(How::Exact);
        let mut numbers: Vec<u32> = Vec::new();
        for entry in entries.filter(|entry| How::of_entry(*entry) == best) {
            let number = How::number_of_entry(entry);
            if !numbers.contains(&number) {
                numbers.push(number);
            }
        }
        let names = numbers.into_iter().map(|number| self.get(number)).collect();
        let spelling: Vec<char> = spelling.iter().copied().filter(|c| !c.is_whitespace()).collect();
        let ambiguous = self.image.drug_tables.must_ask.contains(&spelling);
        DrugMatch { names, length: spelling.len(), how: best, score, cost: 0, ambiguous }
    }
}

impl DrugForm {
    /// Whether amounts are totals and not doses: ointments, drops, patches.
    pub fn is_external(&self) -> bool {
        EXTERNAL.iter().any(|word| self.form.contains(word))
    }
}

/// Words in forms that are put on the body, not into the mouth.
pub const EXTERNAL: &[&str] = &[
    "軟膏",
    "クリーム",
    "ローション",
    "ゲル",
    "テープ",
    "パップ",
    "貼付",
    "点眼",
    "点鼻",
    "点耳",
    "耳科",
    "坐剤",
    "坐薬",
    "吸入",
    "外用",
    "スプレー",
    "フォーム",
    "パッチ",
    "うがい",
    "含嗽",
    "膣",
    "エアゾール",
    "注腸",
    "浣腸",
    "ディスカス",
    "エリプタ",
    "レスピマット",
    "タービュヘイラー",
    "眼",
    "鼻",
    "シャンプー",
];
