//! The compiled lexicon, open: what lies in which section of the file.

use serde::{Deserialize, Serialize};

use crate::{
    confusion::Confusions,
    disease::{Abbreviation, Disease, ModifierRow},
    drug::{DrugName, DrugTables, ListedProduct},
    entry::Edition,
    file::File,
    keys::Keys,
    nearest::{self, Table, Within},
    noisy::{self, Bounds, Extent, Near},
    postings::Postings,
    reading::{Costs, Reading},
    records::Records,
    words::{AllergenName, Item},
};

/// Numbers of the sections. A new one goes to the end; any change raises [`crate::file::FORMAT`].
pub(crate) mod section {
    pub const HEAD: usize = 0;
    pub const DRUGS: usize = 1;
    pub const PRODUCTS: usize = 2;
    pub const DISEASES: usize = 3;
    pub const ABBREVIATIONS: usize = 4;
    pub const MODIFIERS: usize = 5;
    pub const ITEMS: usize = 6;
    pub const ALLERGENS: usize = 7;
    pub const DRUG_KEYS: usize = 8;
    pub const PRODUCT_KEYS: usize = 9;
    pub const DISEASE_KEYS: usize = 10;
    pub const EXACT_CASE_KEYS: usize = 11;
    pub const FOLDED_CASE_KEYS: usize = 12;
    pub const PREFIX_KEYS: usize = 13;
    pub const SUFFIX_KEYS: usize = 14;
    pub const LABORATORY_KEYS: usize = 15;
    pub const VITAL_KEYS: usize = 16;
    pub const SYMPTOM_KEYS: usize = 17;
    pub const ALLERGEN_KEYS: usize = 18;
    pub const TYPED_DRUG_KEYS: usize = 19;
    pub const TYPED_DISEASE_KEYS: usize = 20;
    pub const DISEASE_NAME_KEYS: usize = 21;
    pub const DRUG_POSTINGS: usize = 22;
    pub const PRODUCT_POSTINGS: usize = 23;
    pub const DISEASE_POSTINGS: usize = 24;
    pub const DRUG_RARITIES: usize = 25;
    pub const DISEASE_RARITIES: usize = 26;
    pub const COUNT: usize = 27;

    /// Tables of words that are searched for misread ones, with the words of each letter.
    pub const SEARCHED: [(usize, usize); 3] = [
        (DRUG_KEYS, DRUG_POSTINGS),
        (PRODUCT_KEYS, PRODUCT_POSTINGS),
        (DISEASE_KEYS, DISEASE_POSTINGS),
    ];
}

/// What is decoded as soon as the file is opened.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Head {
    pub editions: Vec<Edition>,
    pub drug_tables: DrugTables,
    pub confusions: Confusions,
}

/// The file and the records that were asked for so far.
#[derive(Debug)]
pub(crate) struct Image {
    pub file: File,
    pub editions: Vec<Edition>,
    pub drug_tables: DrugTables,
    pub confusions: Confusions,
    pub drugs: Records<DrugName>,
    pub products: Records<ListedProduct>,
    pub diseases: Records<Disease>,
    pub abbreviations: Records<Abbreviation>,
    pub modifiers: Records<ModifierRow>,
    pub items: Records<Item>,
    pub allergens: Records<AllergenName>,
}

impl Image {
    /// Opens the sections; `None` if they do not mean what this program takes them for.
    pub fn of(file: File) -> Option<Self> {
        let head: Head = postcard::from_bytes(file.section(section::HEAD)).ok()?;
        for keys in section::DRUG_KEYS..=section::DISEASE_NAME_KEYS {
            Keys::in_bytes(file.section(keys))?;
        }
        for (_, postings) in section::SEARCHED {
            Postings::in_bytes(file.section(postings))?;
        }
        Some(Self {
            editions: head.editions,
            drug_tables: head.drug_tables,
            confusions: head.confusions,
            drugs: Records::open(&file, section::DRUGS)?,
            products: Records::open(&file, section::PRODUCTS)?,
            diseases: Records::open(&file, section::DISEASES)?,
            abbreviations: Records::open(&file, section::ABBREVIATIONS)?,
            modifiers: Records::open(&file, section::MODIFIERS)?,
            items: Records::open(&file, section::ITEMS)?,
            allergens: Records::open(&file, section::ALLERGENS)?,
            file,
        })
    }

    /// A table of words.
    pub fn keys(&self, section: usize) -> Keys<'_> {
        Keys::in_bytes(self.file.section(section)).unwrap_or(Keys::none())
    }

    /// The words of some tables that a whole reading may be, each with its table, best first.
    pub fn nearest(
        &self,
        sections: &[usize],
        reading: &Reading,
        within: Within,
    ) -> Vec<(usize, Near)> {
        if reading.is_empty() {
            return Vec::new();
        }
        let table = |&section: &usize| {
            let keys = self.keys(section);
            let postings = section::SEARCHED.iter().find(|(of, _)| *of == section);
            let postings = postings
                .and_then(|(_, postings)| Postings::in_bytes(self.file.section(*postings)))
                .unwrap_or(Postings::none());
            let costs = Costs::new(reading, &keys, &self.confusions);
            Table { section, keys, postings, costs }
        };
        let tables: Vec<Table<'_>> = sections.iter().map(table).collect();
        nearest::nearest(&tables, within)
    }

    /// The words of a table that a reading may be, best first.
    pub fn near(
        &self,
        section: usize,
        reading: &Reading,
        bounds: Bounds,
        most: usize,
    ) -> Vec<Near> {
        let keys = self.keys(section);
        if reading.is_empty() || keys.len() == 0 {
            return Vec::new();
        }
        let costs = Costs::new(reading, &keys, &self.confusions);
        let cuts = match bounds.extent {
            Extent::Beginning => noisy::cuts(reading, costs.width()),
            Extent::Whole => Vec::new(),
        };
        noisy::walk(&keys, &costs, &cuts, bounds, most)
    }
}
