//! Drugs: one name, its forms, their strengths, and the products that bear codes.

use std::collections::HashMap;

use chart::{CodeSystem, Codes};
use serde::Deserialize;

use crate::{
    How, Strength,
    disease::AbbreviationRow,
    error::LexiconError,
    index::{Index, Near},
    load::{self, Source, list},
    normalise,
};

/// A row of drugs.csv.
#[derive(Debug, Deserialize)]
struct DrugRow {
    stem: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    generic: String,
    #[serde(default)]
    form: String,
    #[serde(default)]
    strengths: String,
    #[serde(default)]
    unit: String,
    #[serde(default)]
    class: String,
    #[serde(default)]
    daily_max: String,
    #[serde(default)]
    weekly_max: String,
    #[serde(default)]
    usage_hint: String,
    #[serde(default)]
    kana: String,
    #[serde(default)]
    aliases: String,
    #[serde(default)]
    kampo_number: String,
    #[serde(default)]
    status: String,
}

/// A row of products.csv.
#[derive(Debug, Deserialize)]
struct ProductRow {
    stem: String,
    #[serde(default)]
    form: String,
    #[serde(default)]
    strength: String,
    #[serde(default)]
    master_name: String,
    #[serde(default)]
    price_code: String,
    #[serde(default)]
    receipt_code: String,
    #[serde(default)]
    generic_code: String,
    #[serde(default)]
    status: String,
}

/// A row of lookalikes.csv.
#[derive(Debug, Deserialize)]
struct LookAlikeRow {
    group: String,
    name: String,
    #[serde(default)]
    class: String,
}

/// A name and all that is made under it.
#[derive(Debug, Clone)]
pub struct DrugName {
    /// The name without strength, form and maker.
    pub stem: String,
    /// The ingredient.
    pub generic: String,
    /// `brand`, `generic` or `kampo`.
    pub kind: String,
    /// Therapeutic class.
    pub class: String,
    /// The forms it comes in.
    pub forms: Vec<DrugForm>,
    /// Names that are easily taken for it, with their classes.
    pub look_alikes: Vec<(String, String)>,
}

/// One form of a drug.
#[derive(Debug, Clone)]
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
#[derive(Debug, Clone)]
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
    /// Whether the spelling has several meanings.
    pub ambiguous: bool,
}

/// All drugs.
#[derive(Debug)]
pub struct Drugs {
    names: Vec<DrugName>,
    index: Index<(u32, How)>,
    kampo: HashMap<u16, u32>,
    must_ask: Vec<Vec<char>>,
}

/// A name of fewer characters is found by likeness too easily.
const SHORTEST_LIKENESS: usize = 3;

impl Drugs {
    pub(crate) fn load(
        source: &impl Source,
        abbreviations: &[AbbreviationRow],
    ) -> Result<Self, LexiconError> {
        let rows: Vec<DrugRow> = load::rows(source, "drugs.csv")?;
        let mut names: Vec<DrugName> = Vec::new();
        let mut by_stem: HashMap<String, u32> = HashMap::new();
        let mut keys: Vec<(Vec<char>, (u32, How))> = Vec::new();
        let mut kampo = HashMap::new();
        for row in &rows {
            let number = *by_stem.entry(row.stem.clone()).or_insert_with(|| {
                names.push(DrugName {
                    stem: row.stem.clone(),
                    generic: row.generic.clone(),
                    kind: row.kind.clone(),
                    class: row.class.clone(),
                    forms: Vec::new(),
                    look_alikes: Vec::new(),
                });
                u32::try_from(names.len() - 1).unwrap_or(u32::MAX)
            });
            let name = &mut names[number as usize];
            name.forms.push(DrugForm::from_row(row));
            keys.push((normalise::key(&row.stem), (number, How::Exact)));
            if !row.kana.is_empty() {
                keys.push((normalise::key(&row.kana), (number, How::Alias)));
            }
            keys.extend(
                list(&row.aliases).map(|alias| (normalise::key(alias), (number, How::Alias))),
            );
            if let Ok(kampo_number) = row.kampo_number.parse() {
                kampo.insert(kampo_number, number);
            }
        }
        let mut must_ask = Vec::new();
        for row in abbreviations.iter().filter(|row| row.kind == "drug") {
            let key = normalise::key(&row.written);
            if let Some(&number) = by_stem.get(&row.name) {
                keys.push((key.clone(), (number, How::Abbreviation)));
            }
            if row.must_ask == "1" {
                must_ask.push(key);
            }
        }
        add_products(&mut names, &by_stem, load::rows(source, "products.csv")?);
        add_look_alikes(&mut names, &by_stem, &load::rows(source, "lookalikes.csv")?);
        keys.sort_by_key(|(_, (_, how))| *how);
        Ok(Self { names, index: Index::new(keys), kampo, must_ask })
    }

    /// Drugs that the folded text begins with, longest spelling first.
    pub fn at(&self, text: &[char]) -> Vec<DrugMatch<'_>> {
        let mut found: Vec<DrugMatch<'_>> = self
            .index
            .prefixes(text)
            .into_iter()
            .map(|prefix| self.found(prefix.entries, &text[..prefix.length], 1.0))
            .collect();
        found.reverse();
        found
    }

    /// Drugs that the folded text may begin with if it was misread, best first.
    pub fn near(&self, text: &[char]) -> Vec<DrugMatch<'_>> {
        let acceptable = |near: &Near<'_, (u32, How)>| {
            near.key.len() >= SHORTEST_LIKENESS
                && near.cost <= likeness_allowed(near.key.len())
                && near.length > 0
        };
        self.index
            .near(text, 8)
            .iter()
            .filter(|near| acceptable(near))
            .map(|near| DrugMatch {
                length: near.length,
                how: if near.cost > 0.0 { How::Likeness } else { How::Exact },
                ..self.found(near.entries, near.key, near.score)
            })
            .collect()
    }

    /// The 漢方 preparation of a maker's number: 68 is 芍薬甘草湯.
    pub fn kampo(&self, number: u16) -> Option<&DrugName> {
        self.kampo.get(&number).map(|number| &self.names[*number as usize])
    }

    /// Every spelling, for the user dictionary of the tokeniser.
    pub fn spellings(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(|name| name.stem.as_str())
    }

    fn found(&self, entries: &[(u32, How)], spelling: &[char], score: f32) -> DrugMatch<'_> {
        let best = entries.iter().map(|(_, how)| *how).min().unwrap_or(How::Exact);
        let mut numbers: Vec<u32> = Vec::new();
        for (number, _) in entries.iter().filter(|(_, how)| *how == best) {
            if !numbers.contains(number) {
                numbers.push(*number);
            }
        }
        let names = numbers.into_iter().map(|number| &self.names[number as usize]).collect();
        let spelling: Vec<char> = spelling.iter().copied().filter(|c| !c.is_whitespace()).collect();
        let ambiguous = self.must_ask.contains(&spelling);
        DrugMatch { names, length: spelling.len(), how: best, score, ambiguous }
    }
}

/// How much of a name may be wrong: a third of a letter each, at least one confusion.
fn likeness_allowed(length: usize) -> f32 {
    match length {
        0..=3 => 0.4,
        4 => 1.0,
        5 | 6 => 1.4,
        _ => length as f32 * 0.27,
    }
}

impl DrugForm {
    fn from_row(row: &DrugRow) -> Self {
        Self {
            form: row.form.clone(),
            strengths: list(&row.strengths).filter_map(Strength::parse).collect(),
            unit: row.unit.clone(),
            daily_max: Strength::parse(&row.daily_max),
            weekly_max: Strength::parse(&row.weekly_max),
            usage_hint: row.usage_hint.clone(),
            historic: row.status == "historic",
            products: Vec::new(),
        }
    }

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

fn add_products(names: &mut [DrugName], by_stem: &HashMap<String, u32>, rows: Vec<ProductRow>) {
    for row in rows {
        let Some(number) = by_stem.get(&row.stem) else { continue };
        let Some(form) =
            names[*number as usize].forms.iter_mut().find(|form| form.form == row.form)
        else {
            continue;
        };
        let mut codes = Codes::new();
        for (system, code) in [
            (CodeSystem::PriceList, row.price_code),
            (CodeSystem::Receipt, row.receipt_code),
            (CodeSystem::GenericName, row.generic_code),
        ] {
            if !code.is_empty() {
                codes.insert(system, code);
            }
        }
        form.products.push(Product {
            master_name: row.master_name,
            strength: row.strength,
            codes,
            current: row.status != "historic",
        });
    }
}

fn add_look_alikes(names: &mut [DrugName], by_stem: &HashMap<String, u32>, rows: &[LookAlikeRow]) {
    for row in rows {
        let Some(number) = by_stem.get(&row.name) else { continue };
        let others = rows
            .iter()
            .filter(|other| other.group == row.group && other.name != row.name)
            .map(|other| (other.name.clone(), other.class.clone()));
        names[*number as usize].look_alikes.extend(others);
    }
}
