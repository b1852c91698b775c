//! Laboratory items, vital signs, allergens and symptoms.

use serde::{Deserialize, Serialize};

use crate::{
    entry::MeasuredItem,
    image::{Image, section},
    noisy::{Bounds, Extent},
    reading::Reading,
};

/// Letters of the shortest allergen that is told when misread: エビ and 卵 are like too many words.
const SHORTEST_ALLERGEN: usize = 3;

/// Of which kind a measured item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum ItemKind {
    /// 検査
    #[default]
    Laboratory,
    /// バイタルサイン
    Vital,
}

/// Something that is measured.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
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

/// A substance that people react to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AllergenName {
    /// Its name.
    pub substance: String,
    /// Its J-FAGY code; empty if it has none.
    pub code: String,
}

/// An allergen that a misread text may be.
#[derive(Debug, Clone, Copy)]
pub struct NearAllergen<'l> {
    /// Its name.
    pub substance: &'l str,
    /// Its J-FAGY code; empty if it has none.
    pub code: &'l str,
    /// How much of the text it takes.
    pub length: usize,
    /// What was misread, in hundredths of an edit.
    pub cost: u16,
}

/// The words.
#[derive(Debug, Clone, Copy)]
pub struct Words<'l> {
    pub(crate) image: &'l Image,
}

impl<'l> Words<'l> {
    /// The laboratory item that the folded text begins with, and its length.
    pub fn laboratory_at(self, text: &[char]) -> Option<(&'l Item, usize)> {
        self.item(section::LABORATORY_KEYS, text)
    }

    /// The vital sign that the folded text begins with, and its length.
    pub fn vital_at(self, text: &[char]) -> Option<(&'l Item, usize)> {
        self.item(section::VITAL_KEYS, text)
    }

    /// Length of the symptom that the folded text begins with.
    pub fn symptom_at(self, text: &[char]) -> Option<usize> {
        self.image.keys(section::SYMPTOM_KEYS).longest(text).map(|prefix| prefix.length)
    }

    /// The allergen that the folded text begins with, its code (may be empty), and its length.
    pub fn allergen_at(self, text: &[char]) -> Option<(&'l str, &'l str, usize)> {
        let prefix = self.image.keys(section::ALLERGEN_KEYS).longest(text)?;
        let number = prefix.entries[0].get() as usize;
        let name = self.image.allergens.get(&self.image.file, number);
        Some((&name.substance, &name.code, prefix.length))
    }

    /// Allergens that the text may begin with if it was misread, best first.
    pub fn allergens_near(self, reading: &Reading) -> Vec<NearAllergen<'l>> {
        let keys = self.image.keys(section::ALLERGEN_KEYS);
        let bounds = Bounds { extent: Extent::Beginning, limit: 200, share: 27.0, slack: 60 };
        let near = self.image.near(section::ALLERGEN_KEYS, reading, bounds, 8).into_iter();
        near.filter(|near| near.taken > 0 && keys.symbols(near.word).len() >= SHORTEST_ALLERGEN)
            .map(|near| {
                let number = keys.entries(near.word)[0].get() as usize;
                let name = self.image.allergens.get(&self.image.file, number);
                NearAllergen {
                    substance: &name.substance,
                    code: &name.code,
                    length: reading.covered(near.taken),
                    cost: near.cost,
                }
            })
            .collect()
    }

    /// The longest name that ends where a word can end.
    fn item(self, section: usize, text: &[char]) -> Option<(&'l Item, usize)> {
        let ends = |length: usize| match (text[length - 1], text.get(length)) {
            (last, Some(next)) => !(last.is_ascii_alphabetic() && next.is_ascii_alphabetic()),
            (_, None) => true,
        };
        let prefixes = self.image.keys(section).prefixes(text);
        let prefix = prefixes.iter().rev().find(|prefix| ends(prefix.length))?;
        let number = prefix.entries[0].get() as usize;
        Some((self.image.items.get(&self.image.file, number), prefix.length))
    }
}

impl From<&MeasuredItem> for Item {
    fn from(item: &MeasuredItem) -> Self {
        let units = std::iter::once(&item.unit)
            .chain(&item.other_units)
            .filter(|unit| !unit.is_empty())
            .cloned()
            .collect();
        Self {
            name: item.name.clone(),
            kind: if item.is_vital { ItemKind::Vital } else { ItemKind::Laboratory },
            units,
            unit: item.unit.clone(),
            low: item.low,
            high: item.high,
            qualitative: item.qualitative,
        }
    }
}
