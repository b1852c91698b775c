//! The starter tables: the CSV files of models/lexicon, turned into [`Entries`].
//!
//! In: a folder of the files, or their text in memory. Columns are found by their names. What a
//! table leaves empty is not stated. Only drugs and diseases must be there; the other tables
//! refine them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use chart::CodeSystem;
use serde::{Deserialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};

use crate::{
    entry::{
        Allergen, Code, Disease, DrugFacts, DrugKind, DrugProduct, Edition, EditionNo, Entries,
        LookAlike, MeasuredItem, Modifier, Position, Symptom, Synonym, SynonymKind, Validity,
    },
    error::LexiconError,
};

/// The files that make the starter lexicon, in the order in which its version is computed.
pub const FILES: &[&str] = &[
    "drugs.csv",
    "products.csv",
    "diseases.csv",
    "abbreviations.csv",
    "modifiers.csv",
    "lookalikes.csv",
    "labs.csv",
    "vitals.csv",
    "symptoms.csv",
    "allergens.csv",
    "confusions.csv",
];

/// The name of the starter tables among editions.
pub const SOURCE: &str = "starter";

/// Where the rows come from.
#[derive(Debug, Clone, Copy)]
pub enum Tables<'t> {
    /// A folder with the files.
    Folder(&'t Path),
    /// Names and texts of the files.
    Texts(&'t [(&'t str, &'t str)]),
}

impl Tables<'_> {
    /// The text of a file; empty if the lexicon has no such file.
    pub(crate) fn text(&self, file: &str) -> Result<String, LexiconError> {
        match self {
            Self::Texts(texts) => {
                let text = texts.iter().find(|(name, _)| *name == file);
                Ok(text.map(|(_, text)| (*text).to_owned()).unwrap_or_default())
            }
            Self::Folder(folder) => match fs::read_to_string(folder.join(file)) {
                Ok(text) => Ok(text),
                Err(source)
                    if source.kind() == std::io::ErrorKind::NotFound
                        && !matches!(file, "drugs.csv" | "diseases.csv") =>
                {
                    Ok(String::new())
                }
                Err(source) => Err(LexiconError::File { path: self.path(file), source }),
            },
        }
    }

    fn path(&self, file: &str) -> PathBuf {
        match self {
            Self::Folder(folder) => folder.join(file),
            Self::Texts(_) => PathBuf::from(file),
        }
    }

    /// All rows of a file; none if the file is absent.
    pub(crate) fn rows<T: DeserializeOwned>(&self, file: &str) -> Result<Vec<T>, LexiconError> {
        let text = self.text(file)?;
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let mut rows = Vec::new();
        for (number, row) in reader.deserialize().enumerate() {
            rows.push(row.map_err(|error| LexiconError::Row {
                path: self.path(file),
                row: number + 2,
                reason: error.to_string(),
            })?);
        }
        Ok(rows)
    }

    /// The first half of the SHA-256 over all files: the same rows, the same version.
    pub fn version(&self) -> Result<String, LexiconError> {
        let mut digest = Sha256::new();
        for file in FILES {
            let text = self.text(file)?;
            digest.update(file.as_bytes());
            digest.update((text.len() as u64).to_le_bytes());
            digest.update(text.as_bytes());
        }
        Ok(hex::encode(&digest.finalize()[..8]))
    }

    /// All that the tables say.
    pub fn entries(&self) -> Result<Entries, LexiconError> {
        let edition = Edition {
            source: SOURCE.into(),
            date: None,
            file: "models/lexicon".into(),
            digest: self.version()?,
        };
        let mut items = Vec::new();
        for (file, is_vital) in [("labs.csv", false), ("vitals.csv", true)] {
            let rows: Vec<ItemRow> = self.rows(file)?;
            items.extend(rows.into_iter().map(|row| row.entry(is_vital)));
        }
        Ok(Entries {
            editions: vec![edition],
            products: entries(self.rows("products.csv")?, ProductRow::entry),
            drugs: entries(self.rows("drugs.csv")?, DrugRow::entry),
            diseases: entries(self.rows("diseases.csv")?, DiseaseRow::entry),
            modifiers: entries(self.rows("modifiers.csv")?, ModifierRow::entry),
            synonyms: entries(self.rows("abbreviations.csv")?, AbbreviationRow::entry),
            allergens: entries(self.rows("allergens.csv")?, AllergenRow::entry),
            items,
            symptoms: entries(self.rows("symptoms.csv")?, SymptomRow::entry),
            look_alikes: entries(self.rows("lookalikes.csv")?, LookAlikeRow::entry),
        })
    }
}

fn entries<R, T>(rows: Vec<R>, entry: impl Fn(R) -> T) -> Vec<T> {
    rows.into_iter().map(entry).collect()
}

/// The items of a list field.
fn list(field: &str) -> Vec<String> {
    let items = field.split(';').map(str::trim).filter(|item| !item.is_empty());
    items.map(str::to_owned).collect()
}

fn codes<const N: usize>(given: [(CodeSystem, String); N]) -> Vec<Code> {
    given
        .into_iter()
        .filter(|(_, code)| !code.is_empty())
        .map(|(system, code)| Code { system, code, edition: EditionNo(0), valid: Validity::OPEN })
        .collect()
}

fn kind(word: &str) -> DrugKind {
    match word {
        "brand" => DrugKind::Brand,
        "kampo" => DrugKind::Kampo,
        _ => DrugKind::Generic,
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct DrugRow {
    stem: String,
    kind: String,
    generic: String,
    form: String,
    strengths: String,
    unit: String,
    class: String,
    daily_max: String,
    weekly_max: String,
    usage_hint: String,
    kana: String,
    aliases: String,
    kampo_number: String,
    status: String,
}

impl DrugRow {
    fn entry(self) -> DrugFacts {
        DrugFacts {
            kind: kind(&self.kind),
            ingredient: self.generic,
            strengths: list(&self.strengths),
            aliases: list(&self.aliases),
            kampo_number: self.kampo_number.parse().ok(),
            historic: self.status == "historic",
            edition: EditionNo(0),
            stem: self.stem,
            form: self.form,
            unit: self.unit,
            class: self.class,
            daily_max: self.daily_max,
            weekly_max: self.weekly_max,
            usage_hint: self.usage_hint,
            kana: self.kana,
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ProductRow {
    stem: String,
    form: String,
    strength: String,
    master_name: String,
    price_code: String,
    receipt_code: String,
    generic_code: String,
    generic_name: String,
    kind: String,
    status: String,
}

impl ProductRow {
    fn entry(self) -> DrugProduct {
        DrugProduct {
            is_general: self.master_name.starts_with("【般】"),
            kind: (!self.kind.is_empty()).then(|| kind(&self.kind)),
            codes: codes([
                (CodeSystem::PriceList, self.price_code),
                (CodeSystem::Receipt, self.receipt_code),
                (CodeSystem::GenericName, self.generic_code),
            ]),
            historic: self.status == "historic",
            name: self.master_name,
            general_name: self.generic_name,
            stem: self.stem,
            form: self.form,
            strength: self.strength,
            ..DrugProduct::default()
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct DiseaseRow {
    name: String,
    kana: String,
    icd10: String,
    icd10_second: String,
    disease_id: String,
    exchange_code: String,
    receipt_code: String,
    aliases: String,
    not_alone: String,
    adoption: String,
}

impl DiseaseRow {
    fn entry(self) -> Disease {
        Disease {
            codes: codes([
                (CodeSystem::Icd10, self.icd10),
                (CodeSystem::DiseaseId, self.disease_id),
                (CodeSystem::DiseaseExchange, self.exchange_code),
                (CodeSystem::DiseaseReceipt, self.receipt_code),
            ]),
            icd10_second: (!self.icd10_second.is_empty()).then_some(self.icd10_second),
            adoption: self.adoption.parse().unwrap_or(0),
            not_alone: self.not_alone == "1",
            aliases: list(&self.aliases),
            name: self.name,
            kana: self.kana,
            ..Disease::default()
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ModifierRow {
    name: String,
    position: String,
    kind: String,
    receipt_code: String,
    modifier_id: String,
    exchange_code: String,
    effect: String,
    aliases: String,
}

impl ModifierRow {
    fn entry(self) -> Modifier {
        Modifier {
            position: if self.position == "suffix" { Position::Suffix } else { Position::Prefix },
            aliases: list(&self.aliases),
            name: self.name,
            kind: self.kind,
            receipt_code: self.receipt_code,
            modifier_id: self.modifier_id,
            exchange_code: self.exchange_code,
            effect: self.effect,
            ..Modifier::default()
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct AbbreviationRow {
    written: String,
    kind: String,
    meaning: String,
    name: String,
    other_meanings: String,
    must_ask: String,
}

impl AbbreviationRow {
    fn entry(self) -> Synonym {
        Synonym {
            kind: match self.kind.as_str() {
                "disease" => SynonymKind::Disease,
                "drug" => SynonymKind::Drug,
                _ => SynonymKind::Other,
            },
            others: list(&self.other_meanings),
            must_ask: self.must_ask == "1",
            written: self.written,
            term: self.meaning,
            name: self.name,
            ..Synonym::default()
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct LookAlikeRow {
    group: String,
    name: String,
    class: String,
}

impl LookAlikeRow {
    fn entry(self) -> LookAlike {
        LookAlike { group: self.group, name: self.name, class: self.class }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ItemRow {
    name: String,
    japanese: String,
    aliases: String,
    unit: String,
    other_units: String,
    plausible_low: String,
    plausible_high: String,
    qualitative: String,
}

impl ItemRow {
    fn entry(self, is_vital: bool) -> MeasuredItem {
        MeasuredItem {
            is_vital,
            aliases: list(&self.aliases),
            other_units: list(&self.other_units),
            low: self.plausible_low.parse().ok(),
            high: self.plausible_high.parse().ok(),
            qualitative: self.qualitative == "1",
            name: self.name,
            japanese: self.japanese,
            unit: self.unit,
            ..MeasuredItem::default()
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct SymptomRow {
    name: String,
    aliases: String,
}

impl SymptomRow {
    fn entry(self) -> Symptom {
        Symptom { aliases: list(&self.aliases), name: self.name }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct AllergenRow {
    substance: String,
    aliases: String,
    jfagy_code: String,
}

impl AllergenRow {
    fn entry(self) -> Allergen {
        Allergen {
            aliases: list(&self.aliases),
            codes: codes([(CodeSystem::Jfagy, self.jfagy_code)]),
            substance: self.substance,
            ..Allergen::default()
        }
    }
}
