//! Diseases, their abbreviations, and the modifiers that stand around them.

use std::collections::HashMap;

use chart::{CodeSystem, Codes};
use serde::Deserialize;

use crate::{
    How,
    error::LexiconError,
    index::Index,
    load::{self, Source, list},
    normalise,
};

/// A row of diseases.csv.
#[derive(Debug, Deserialize)]
struct DiseaseRow {
    name: String,
    #[serde(default)]
    kana: String,
    #[serde(default)]
    icd10: String,
    #[serde(default)]
    disease_id: String,
    #[serde(default)]
    exchange_code: String,
    #[serde(default)]
    receipt_code: String,
    #[serde(default)]
    aliases: String,
    #[serde(default)]
    not_alone: String,
}

/// A row of abbreviations.csv.
#[derive(Debug, Deserialize)]
pub(crate) struct AbbreviationRow {
    pub written: String,
    #[serde(default)]
    pub kind: String,
    #[serde(default)]
    pub meaning: String,
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub other_meanings: String,
    #[serde(default)]
    pub must_ask: String,
}

/// A row of modifiers.csv.
#[derive(Debug, Clone, Deserialize)]
pub struct ModifierRow {
    /// The master's name: 左, の疑い.
    pub name: String,
    /// `prefix` or `suffix`.
    #[serde(default)]
    pub position: String,
    /// 部位, 位置, 病因, 経過, …
    #[serde(default)]
    pub kind: String,
    /// Receipt code, 4 digits.
    #[serde(default)]
    pub receipt_code: String,
    /// What it does to the assertion: suspected, history, …
    #[serde(default)]
    pub effect: String,
    /// Other spellings.
    #[serde(default)]
    pub aliases: String,
}

/// Number of a disease in the lexicon.
pub type DiseaseId = u32;

/// A disease.
#[derive(Debug, Clone)]
pub struct Disease {
    /// The master's spelling.
    pub name: String,
    /// ICD-10 with its point.
    pub icd10: Option<String>,
    /// All its codes.
    pub codes: Codes,
    /// May not stand alone on a claim (骨折).
    pub not_alone: bool,
}

impl Disease {
    /// A sign rather than a disease: chapter R of ICD-10.
    pub fn is_sign(&self) -> bool {
        self.icd10.as_deref().is_some_and(|code| code.starts_with('R'))
    }
}

/// What an abbreviation can mean.
#[derive(Debug, Clone)]
pub struct Abbreviation {
    /// As written.
    pub written: String,
    /// The diseases it can mean, usual one first, with the term it shortens.
    pub diseases: Vec<(DiseaseId, String)>,
    /// Meanings that are no disease of the lexicon.
    pub others: Vec<String>,
    /// Must never alone select a code.
    pub must_ask: bool,
}

/// A disease that a text may begin with.
#[derive(Debug, Clone)]
pub struct DiseaseMatch<'l> {
    /// The diseases that the spelling can mean, best first.
    pub diseases: Vec<(&'l Disease, How)>,
    /// The abbreviation, if it is one.
    pub abbreviation: Option<&'l Abbreviation>,
    /// How many characters of the text it covers.
    pub length: usize,
    /// How it was found.
    pub how: How,
    /// 1 for a sure spelling, less for likeness.
    pub score: f32,
}

/// All diseases.
#[derive(Debug)]
pub struct Diseases {
    all: Vec<Disease>,
    index: Index<(DiseaseId, How)>,
    abbreviations: Vec<Abbreviation>,
    exact_case: Index<u32>,
    folded_case: Index<u32>,
    prefixes: Index<u32>,
    suffixes: Index<u32>,
    modifiers: Vec<ModifierRow>,
}

/// Spellings of the master that charts write otherwise, both ways.
const OTHER_SPELLINGS: &[(&str, &str)] = &[
    ("のう", "嚢"),
    ("じんま疹", "蕁麻疹"),
    ("うっ血", "鬱血"),
    ("うつ病", "鬱病"),
    ("癌", "がん"),
    ("てんかん", "癲癇"),
    ("びらん", "糜爛"),
    ("けいれん", "痙攣"),
    ("れん縮", "攣縮"),
    ("そう痒", "掻痒"),
    ("ざ瘡", "痤瘡"),
    ("じん帯", "靱帯"),
    ("蜂巣炎", "蜂窩織炎"),
    ("膿瘍", "のう瘍"),
    ("しみ", "シミ"),
    ("粥状", "アテローム"),
    ("メニエール", "メニエル"),
    ("リウマチ", "リューマチ"),
    ("ウイルス", "ウィルス"),
    ("甲状腺機能亢進症", "甲状腺機能こう進症"),
    ("胃・十二指腸", "胃十二指腸"),
    ("尿路結石症", "尿路結石"),
];

impl Diseases {
    pub(crate) fn load(
        source: &impl Source,
        abbreviations: &[AbbreviationRow],
    ) -> Result<Self, LexiconError> {
        let rows: Vec<DiseaseRow> = load::rows(source, "diseases.csv")?;
        let mut keys = Vec::new();
        let mut by_name = HashMap::new();
        let mut diseases = Vec::with_capacity(rows.len());
        for row in rows {
            let id = DiseaseId::try_from(diseases.len()).unwrap_or(DiseaseId::MAX);
            by_name.insert(normalise::key(&row.name), id);
            add_spellings(&mut keys, &row.name, id, How::Exact);
            for alias in list(&row.aliases) {
                add_spellings(&mut keys, alias, id, How::Alias);
            }
            if row.kana.chars().count() >= 4 {
                keys.push((normalise::key(&row.kana), (id, How::Variant)));
            }
            diseases.push(Disease::from_row(row));
        }
        keys.sort_by_key(|(_, (_, how))| *how);
        let abbreviations = gathered(abbreviations, &by_name);
        let modifiers: Vec<ModifierRow> = load::rows(source, "modifiers.csv")?;
        let numbered = |position: &'static str| {
            modifiers.iter().enumerate().filter(move |(_, row)| row.position == position).flat_map(
                |(number, row)| {
                    let number = u32::try_from(number).unwrap_or(u32::MAX);
                    std::iter::once(row.name.as_str())
                        .chain(list(&row.aliases))
                        .map(move |name| (normalise::key(name), number))
                },
            )
        };
        let written = |folded: bool| {
            abbreviations.iter().enumerate().map(move |(number, abbreviation)| {
                let written: Vec<char> = abbreviation.written.chars().collect();
                let key = if folded {
                    written.into_iter().map(normalise::fold).collect()
                } else {
                    written
                };
                (key, u32::try_from(number).unwrap_or(u32::MAX))
            })
        };
        Ok(Self {
            index: Index::new(keys),
            exact_case: Index::new(written(false)),
            folded_case: Index::new(written(true)),
            prefixes: Index::new(numbered("prefix")),
            suffixes: Index::new(numbered("suffix")),
            all: diseases,
            abbreviations,
            modifiers,
        })
    }

    /// Diseases that the text begins with, longest spelling first; `chars` as written and
    /// `folded` are the same text.
    pub fn at(&self, chars: &[char], folded: &[char]) -> Vec<DiseaseMatch<'_>> {
        let mut found: Vec<DiseaseMatch<'_>> = self
            .index
            .prefixes(folded)
            .into_iter()
            .map(|prefix| self.named(prefix.entries, prefix.length, 1.0))
            .collect();
        let exact = self.exact_case.prefixes(chars);
        let folded = self.folded_case.prefixes(folded);
        for prefix in exact.iter().chain(
            folded.iter().filter(|folded| !exact.iter().any(|exact| exact.length == folded.length)),
        ) {
            let abbreviation = &self.abbreviations[prefix.entries[0] as usize];
            // A name of the lexicon is surer than the same letters as an abbreviation.
            if found.iter().any(|found| found.length == prefix.length) && !abbreviation.must_ask {
                continue;
            }
            found.retain(|found| found.length != prefix.length);
            found.push(self.abbreviated(abbreviation, prefix.length));
        }
        found.sort_by_key(|found| std::cmp::Reverse(found.length));
        found
    }

    /// Diseases that the text may begin with if it was misread, best first.
    pub fn near(&self, folded: &[char]) -> Vec<DiseaseMatch<'_>> {
        self.index
            .near(folded, 6)
            .iter()
            .filter(|near| near.key.len() >= 3 && near.length >= 2)
            .filter(|near| near.key.iter().any(|char| !char.is_ascii()))
            .filter(|near| near.cost <= (near.key.len() as f32 * 0.26).max(0.4))
            .map(|near| DiseaseMatch {
                how: if near.cost > 0.0 { How::Likeness } else { How::Exact },
                ..self.named(near.entries, near.length, near.score)
            })
            .collect()
    }

    /// The longest modifier of the prefix kind that the folded text begins with.
    pub fn prefix_at(&self, folded: &[char]) -> Option<(&ModifierRow, usize)> {
        let prefix = self.prefixes.longest(folded)?;
        Some((&self.modifiers[prefix.entries[0] as usize], prefix.length))
    }

    /// The longest modifier of the suffix kind that the folded text begins with.
    pub fn suffix_at(&self, folded: &[char]) -> Option<(&ModifierRow, usize)> {
        let prefix = self.suffixes.longest(folded)?;
        Some((&self.modifiers[prefix.entries[0] as usize], prefix.length))
    }

    /// The disease of a number.
    pub fn get(&self, id: DiseaseId) -> &Disease {
        &self.all[id as usize]
    }

    /// Every name, for the user dictionary of the tokeniser.
    pub fn spellings(&self) -> impl Iterator<Item = &str> {
        self.all.iter().map(|disease| disease.name.as_str())
    }

    fn named(&self, entries: &[(DiseaseId, How)], length: usize, score: f32) -> DiseaseMatch<'_> {
        let how = entries.iter().map(|(_, how)| *how).min().unwrap_or(How::Exact);
        let diseases = entries
            .iter()
            .filter(|(_, other)| *other == how)
            .map(|(id, how)| (self.get(*id), *how))
            .collect();
        DiseaseMatch { diseases, abbreviation: None, length, how, score }
    }

    fn abbreviated<'l>(
        &'l self,
        abbreviation: &'l Abbreviation,
        length: usize,
    ) -> DiseaseMatch<'l> {
        let diseases = abbreviation
            .diseases
            .iter()
            .map(|(id, _)| (self.get(*id), How::Abbreviation))
            .collect();
        DiseaseMatch {
            diseases,
            abbreviation: Some(abbreviation),
            length,
            how: How::Abbreviation,
            score: 1.0,
        }
    }
}

impl Disease {
    fn from_row(row: DiseaseRow) -> Self {
        let mut codes = Codes::new();
        for (system, code) in [
            (CodeSystem::Icd10, &row.icd10),
            (CodeSystem::DiseaseId, &row.disease_id),
            (CodeSystem::DiseaseExchange, &row.exchange_code),
            (CodeSystem::DiseaseReceipt, &row.receipt_code),
        ] {
            if !code.is_empty() {
                codes.insert(system, code.clone());
            }
        }
        Self {
            icd10: (!row.icd10.is_empty()).then_some(row.icd10),
            name: row.name,
            codes,
            not_alone: row.not_alone == "1",
        }
    }
}

/// A name with the spellings that charts use for it.
fn add_spellings(
    keys: &mut Vec<(Vec<char>, (DiseaseId, How))>,
    name: &str,
    id: DiseaseId,
    how: How,
) {
    keys.push((normalise::key(name), (id, how)));
    let mut others = vec![name.to_owned()];
    for (one, other) in OTHER_SPELLINGS {
        for (from, to) in [(one, other), (other, one)] {
            if name.contains(from) {
                others.push(name.replace(from, to));
            }
        }
    }
    for (number, spelling) in others.iter().enumerate() {
        if number > 0 {
            keys.push((normalise::key(spelling), (id, How::Variant)));
        }
        // 高血圧, 便秘, 脱水: the 症 is often left off, and often added.
        if let Some(short) = spelling.strip_suffix('症') {
            if short.chars().count() >= 2 {
                keys.push((normalise::key(short), (id, How::Variant)));
            }
        } else if spelling.chars().count() >= 4
            && spelling.ends_with(['痛', '石', '全', '害', '少', '炎'])
        {
            keys.push((normalise::key(&format!("{spelling}症")), (id, How::Variant)));
        }
    }
    if name.contains('・') {
        keys.push((normalise::key(&name.replace('・', "")), (id, How::Variant)));
    }
}

/// All meanings of each abbreviation together.
fn gathered(
    rows: &[AbbreviationRow],
    by_name: &HashMap<Vec<char>, DiseaseId>,
) -> Vec<Abbreviation> {
    let mut gathered: Vec<Abbreviation> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for row in rows {
        let disease = (row.kind == "disease")
            .then(|| by_name.get(&normalise::key(&row.name)).copied())
            .flatten();
        let place = *places.entry(&row.written).or_insert_with(|| {
            gathered.push(Abbreviation {
                written: row.written.clone(),
                diseases: Vec::new(),
                others: Vec::new(),
                must_ask: false,
            });
            gathered.len() - 1
        });
        let abbreviation = &mut gathered[place];
        match disease {
            Some(id) => abbreviation.diseases.push((id, row.meaning.clone())),
            None if !row.name.is_empty() => abbreviation.others.push(row.name.clone()),
            None => {}
        }
        abbreviation.others.extend(list(&row.other_meanings).map(str::to_owned));
        abbreviation.must_ask |= row.must_ask == "1";
    }
    // An abbreviation of drugs or tests alone is none of a disease.
    gathered.retain(|abbreviation| !abbreviation.diseases.is_empty());
    gathered
}
