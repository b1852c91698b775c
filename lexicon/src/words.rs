//! Laboratory items, vital signs, allergens and symptoms.

use serde::Deserialize;

use crate::{
    error::LexiconError,
    index::Index,
    load::{self, Source, list},
    normalise,
};

/// A row of labs.csv or vitals.csv.
#[derive(Debug, Deserialize)]
struct ItemRow {
    name: String,
    #[serde(default)]
    japanese: String,
    #[serde(default)]
    aliases: String,
    #[serde(default)]
    unit: String,
    #[serde(default)]
    other_units: String,
    #[serde(default)]
    plausible_low: String,
    #[serde(default)]
    plausible_high: String,
    #[serde(default)]
    qualitative: String,
}

/// A row of symptoms.csv.
#[derive(Debug, Deserialize)]
struct SymptomRow {
    name: String,
    #[serde(default)]
    aliases: String,
}

/// A row of allergens.csv.
#[derive(Debug, Deserialize)]
struct AllergenRow {
    substance: String,
    #[serde(default)]
    aliases: String,
    #[serde(default)]
    jfagy_code: String,
}

/// Of which kind a measured item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemKind {
    /// 検査
    Laboratory,
    /// バイタルサイン
    Vital,
}

/// Something that is measured.
#[derive(Debug, Clone)]
pub struct Item {
    /// The name it is kept under: `HbA1c`.
    pub name: String,
    /// Laboratory or vital sign.
    pub kind: ItemKind,
    /// Its usual unit; empty if it has none.
    pub unit: String,
    /// Units it may come in.
    pub units: Vec<String>,
    /// A value below is more likely misread.
    pub low: Option<f64>,
    /// A value above is more likely misread.
    pub high: Option<f64>,
    /// Given as (-) and (+).
    pub qualitative: bool,
}

/// The words.
#[derive(Debug)]
pub struct Words {
    items: Vec<Item>,
    laboratory: Index<u32>,
    vitals: Index<u32>,
    symptoms: Index<()>,
    allergens: Index<(String, String)>,
}

impl Words {
    pub(crate) fn load(source: &impl Source) -> Result<Self, LexiconError> {
        let mut items = Vec::new();
        let mut index = |file: &str, kind: ItemKind| -> Result<Index<u32>, LexiconError> {
            let mut keys = Vec::new();
            for row in load::rows::<ItemRow>(source, file)? {
                let number = u32::try_from(items.len()).unwrap_or(u32::MAX);
                for name in [row.name.as_str(), &row.japanese].into_iter().chain(list(&row.aliases))
                {
                    keys.push((normalise::key(name), number));
                }
                items.push(Item::from_row(row, kind));
            }
            Ok(Index::new(keys))
        };
        let laboratory = index("labs.csv", ItemKind::Laboratory)?;
        let vitals = index("vitals.csv", ItemKind::Vital)?;
        let symptoms = load::rows::<SymptomRow>(source, "symptoms.csv")?;
        let symptoms = symptoms.iter().flat_map(|row| {
            std::iter::once(row.name.as_str())
                .chain(list(&row.aliases))
                .map(|name| (normalise::key(name), ()))
        });
        let symptoms = Index::new(symptoms);
        let allergens = load::rows::<AllergenRow>(source, "allergens.csv")?;
        let allergens = allergens.iter().flat_map(|row| {
            std::iter::once(row.substance.as_str())
                .chain(list(&row.aliases))
                .map(|name| (normalise::key(name), (row.substance.clone(), row.jfagy_code.clone())))
        });
        let allergens = Index::new(allergens);
        Ok(Self { items, laboratory, vitals, symptoms, allergens })
    }

    /// The laboratory item that the folded text begins with, and its length.
    pub fn laboratory_at(&self, text: &[char]) -> Option<(&Item, usize)> {
        self.item(&self.laboratory, text)
    }

    /// The vital sign that the folded text begins with, and its length.
    pub fn vital_at(&self, text: &[char]) -> Option<(&Item, usize)> {
        self.item(&self.vitals, text)
    }

    /// Length of the symptom that the folded text begins with.
    pub fn symptom_at(&self, text: &[char]) -> Option<usize> {
        self.symptoms.longest(text).map(|prefix| prefix.length)
    }

    /// The allergen that the folded text begins with, its code (may be empty), and its length.
    pub fn allergen_at(&self, text: &[char]) -> Option<(&str, &str, usize)> {
        let prefix = self.allergens.longest(text)?;
        let (substance, code) = &prefix.entries[0];
        Some((substance, code, prefix.length))
    }

    /// The longest name that ends where a word can end.
    fn item(&self, index: &Index<u32>, text: &[char]) -> Option<(&Item, usize)> {
        let ends = |length: usize| match (text[length - 1], text.get(length)) {
            (last, Some(next)) => !(last.is_ascii_alphabetic() && next.is_ascii_alphabetic()),
            (_, None) => true,
        };
        let prefixes = index.prefixes(text);
        let prefix = prefixes.iter().rev().find(|prefix| ends(prefix.length))?;
        Some((&self.items[prefix.entries[0] as usize], prefix.length))
    }
}

impl Item {
    fn from_row(row: ItemRow, kind: ItemKind) -> Self {
        let units = std::iter::once(row.unit.as_str())
            .chain(list(&row.other_units))
            .filter(|unit| !unit.is_empty())
            .map(str::to_owned)
            .collect();
        Self {
            name: row.name,
            kind,
            units,
            unit: row.unit,
            low: row.plausible_low.parse().ok(),
            high: row.plausible_high.parse().ok(),
            qualitative: row.qualitative == "1",
        }
    }
}
