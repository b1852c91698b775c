//! What the lexicon knows, between its sources and the file that is compiled from it.
//!
//! In: the rows of the starter tables and of imported masters, each turned into these types by
//! the one module that knows its layout. Out: [`Entries`], which are joined and then compiled.
//! Nothing in here is searched. Names keep the spelling of their source (full width in the
//! masters); keys for searching are made when compiling.
//!
//! A fact always says which edition it came from and, where its source tells, from when until
//! when it held. Nothing is dropped because it is old: a chart of 1998 names what was sold then.

use chart::CodeSystem;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// All that a source says, or several together. Numbers of editions count within one `Entries`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Entries {
    /// Where it comes from.
    pub editions: Vec<Edition>,
    /// What can be or could be bought or prescribed, one row of a master each.
    pub products: Vec<DrugProduct>,
    /// What is known of a drug's name and form whoever makes it; only the starter tables say it.
    pub drugs: Vec<DrugFacts>,
    /// Diseases.
    pub diseases: Vec<Disease>,
    /// Prefixes and suffixes of diseases.
    pub modifiers: Vec<Modifier>,
    /// Abbreviations, foreign words, search words: other ways to write a name.
    pub synonyms: Vec<Synonym>,
    /// What people react to.
    pub allergens: Vec<Allergen>,
    /// Laboratory items and vital signs.
    pub items: Vec<MeasuredItem>,
    /// Complaints that are no diagnosis by themselves.
    pub symptoms: Vec<Symptom>,
    /// Names that were mistaken for each other.
    pub look_alikes: Vec<LookAlike>,
}

/// Place of an edition in [`Entries::editions`].
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize,
)]
pub struct EditionNo(pub u16);

/// One published file, or the starter tables.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Edition {
    /// Which master: `starter`, `price-list`, `receipt-drugs`, …
    pub source: String,
    /// The date of its content; `None` for the starter tables.
    pub date: Option<Date>,
    /// The name of the file it was read from.
    pub file: String,
    /// SHA-256 of that file in hexadecimal.
    pub digest: String,
}

/// The days on which something holds, both included; an open end is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Validity {
    /// First day, if the source tells.
    pub from: Option<Date>,
    /// Last day, if it has ended or its end is announced.
    pub until: Option<Date>,
}

impl Validity {
    /// No source says when it began or ended.
    pub const OPEN: Self = Self { from: None, until: None };

    /// Whether it holds on that day, as far as is known.
    pub fn holds_on(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }
}

/// A code and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Code {
    /// Whose code.
    pub system: CodeSystem,
    /// The code; ICD-10 with its point.
    pub code: String,
    /// The edition that it was read from.
    pub edition: EditionNo,
    /// When it was in force.
    pub valid: Validity,
}

/// What kind of name a drug has.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum DrugKind {
    /// A maker's own name: ノルバスク.
    Brand,
    /// The ingredient, with or without a maker in 「」: アムロジピン.
    #[default]
    Generic,
    /// 漢方.
    Kampo,
}

impl DrugKind {
    /// The word in the starter tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Brand => "brand",
            Self::Generic => "generic",
            Self::Kampo => "kampo",
        }
    }
}

/// Where a drug is put: the chapters of the price list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Route {
    /// 内用薬
    Internal,
    /// 注射薬
    Injection,
    /// 外用薬
    External,
    /// 歯科用薬剤
    Dental,
    /// その他
    Other,
}

/// A product, or a general name with form and strength (一般名処方), as one master lists it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DrugProduct {
    /// The name as the master writes it: ノルバスク錠５ｍｇ.
    pub name: String,
    /// Brand, generic or 漢方; `None` if the source does not tell.
    pub kind: Option<DrugKind>,
    /// It is a general name (【般】…) and says nothing of the maker.
    pub is_general: bool,
    /// 成分名, empty if the source does not tell.
    pub ingredient: String,
    /// 一般名処方の標準的な記載 with its 【般】, empty if there is none.
    pub general_name: String,
    /// The name without strength, form and maker, if the source has it apart; else empty and
    /// found when compiling.
    pub stem: String,
    /// 錠, カプセル, 軟膏: likewise.
    pub form: String,
    /// 5mg, 0.1%: likewise.
    pub strength: String,
    /// 規格 as listed: ５ｍｇ１錠.
    pub unit: String,
    /// メーカー名, empty if the source does not tell.
    pub maker: String,
    /// Where it is put.
    pub route: Option<Route>,
    /// Reading in katakana.
    pub kana: String,
    /// All its codes, of this edition and others.
    pub codes: Vec<Code>,
    /// When it was listed.
    pub valid: Validity,
    /// No current list has it, where the source says so without a date.
    pub historic: bool,
    /// The receipt code of the product it was replaced by; its price code if no 医薬品マスター
    /// tells the other.
    pub successor: Option<String>,
    /// 麻薬, 向精神薬 and the like as the receipt master's figure; 0 none.
    pub control: u8,
    /// The edition that it was read from.
    pub edition: EditionNo,
}

/// What is known of a drug's name in one dosage form.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DrugFacts {
    /// The name without strength, form and maker.
    pub stem: String,
    /// Brand, generic or 漢方.
    pub kind: DrugKind,
    /// The ingredient.
    pub ingredient: String,
    /// 錠, カプセル, 軟膏.
    pub form: String,
    /// The strengths that exist: `5mg`, `10%`, `LD`.
    pub strengths: Vec<String>,
    /// What amounts count: 錠, 枚.
    pub unit: String,
    /// Therapeutic class.
    pub class: String,
    /// Usual adult maximum a day; empty if not sure.
    pub daily_max: String,
    /// Usual adult maximum a week.
    pub weekly_max: String,
    /// Usage that is characteristic: 食直前, 週1回.
    pub usage_hint: String,
    /// Reading in katakana.
    pub kana: String,
    /// Other spellings.
    pub aliases: Vec<String>,
    /// The maker's number of a 漢方 preparation.
    pub kampo_number: Option<u16>,
    /// No current list has it.
    pub historic: bool,
    /// The edition that it was read from.
    pub edition: EditionNo,
}

/// A disease.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Disease {
    /// The master's name: ２型糖尿病.
    pub name: String,
    /// 省略名称, empty if none.
    pub short_name: String,
    /// Reading in katakana.
    pub kana: String,
    /// 管理番号, 交換用コード, receipt code and the first ICD-10.
    pub codes: Vec<Code>,
    /// The second ICD-10 of a dual classification, with its point.
    pub icd10_second: Option<String>,
    /// 採択区分: 1 preferred, 2 accepted, 3 only for compatibility; 0 not told.
    pub adoption: u8,
    /// 単独使用禁止: may not stand without a modifier.
    pub not_alone: bool,
    /// 保険請求外
    pub not_billable: bool,
    /// Other spellings.
    pub aliases: Vec<String>,
    /// When it was in the master.
    pub valid: Validity,
    /// 移行先: 管理番号 of the disease that replaced it.
    pub successor: Option<String>,
    /// The edition that it was read from.
    pub edition: EditionNo,
}

/// Where a modifier stands.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Position {
    /// Before the name: 右, 急性.
    #[default]
    Prefix,
    /// Behind it: の疑い.
    Suffix,
}

/// A prefix or suffix of disease names.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Modifier {
    /// The master's name: 左, の疑い.
    pub name: String,
    /// Reading in katakana.
    pub kana: String,
    /// Before or behind.
    pub position: Position,
    /// 修飾語区分: 部位, 位置, 病因, 経過, 状態, 帰属, その他, 接尾語. The first figure of the
    /// receipt code does not tell it.
    pub kind: String,
    /// Receipt code, 4 figures.
    pub receipt_code: String,
    /// 修飾語管理番号, 8 figures.
    pub modifier_id: String,
    /// 修飾語交換用コード, 4 characters.
    pub exchange_code: String,
    /// What it does to the assertion: suspected, history, …; only the starter tables say it.
    pub effect: String,
    /// Other spellings.
    pub aliases: Vec<String>,
    /// When it was in the master.
    pub valid: Validity,
    /// The edition that it was read from.
    pub edition: EditionNo,
}

/// Of what kind the thing is that a synonym stands for.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum SynonymKind {
    /// A disease.
    #[default]
    Disease,
    /// A drug.
    Drug,
    /// Something else, of which the lexicon holds no entry.
    Other,
}

/// Another way to write a name. It leads to candidates and never by itself to a code.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Synonym {
    /// As written: `HT`.
    pub written: String,
    /// What it stands for.
    pub kind: SynonymKind,
    /// The term that it shortens: hypertension.
    pub term: String,
    /// The name of the lexicon's entry; empty if it has none.
    pub name: String,
    /// Meanings that are no entry.
    pub others: Vec<String>,
    /// It must never by itself select a code.
    pub must_ask: bool,
    /// It is a word of a search index, which may be wider than the name it leads to.
    pub for_search: bool,
    /// The edition that it was read from.
    pub edition: EditionNo,
}

/// What people react to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Allergen {
    /// Its name.
    pub substance: String,
    /// Reading in katakana.
    pub kana: String,
    /// Other spellings.
    pub aliases: Vec<String>,
    /// Its codes.
    pub codes: Vec<Code>,
    /// When it was in the master.
    pub valid: Validity,
    /// The edition that it was read from.
    pub edition: EditionNo,
}

/// Something that is measured.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct MeasuredItem {
    /// The name it is kept under: `HbA1c`.
    pub name: String,
    /// In Japanese.
    pub japanese: String,
    /// Other spellings.
    pub aliases: Vec<String>,
    /// A vital sign, not a laboratory item.
    pub is_vital: bool,
    /// Its usual unit; empty if it has none.
    pub unit: String,
    /// Units it may come in besides.
    pub other_units: Vec<String>,
    /// A value below is more likely misread.
    pub low: Option<f64>,
    /// A value above is more likely misread.
    pub high: Option<f64>,
    /// Given as (-) and (+).
    pub qualitative: bool,
    /// Codes it may have, by specimen and method: never one of them by itself.
    pub codes: Vec<Code>,
    /// The edition that it was read from.
    pub edition: EditionNo,
}

/// A complaint.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Symptom {
    /// Its name.
    pub name: String,
    /// Other spellings.
    pub aliases: Vec<String>,
}

/// A name in a group of names that are mistaken for each other.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LookAlike {
    /// Which group.
    pub group: String,
    /// The drug's name.
    pub name: String,
    /// Its class.
    pub class: String,
}

impl Entries {
    /// Adds all that another source says, its editions numbered on.
    pub fn join(&mut self, mut other: Self) {
        let by = u16::try_from(self.editions.len()).unwrap_or(u16::MAX);
        other.for_each_edition(|edition| edition.0 = edition.0.saturating_add(by));
        self.editions.append(&mut other.editions);
        self.products.append(&mut other.products);
        self.drugs.append(&mut other.drugs);
        self.diseases.append(&mut other.diseases);
        self.modifiers.append(&mut other.modifiers);
        self.synonyms.append(&mut other.synonyms);
        self.allergens.append(&mut other.allergens);
        self.items.append(&mut other.items);
        self.symptoms.append(&mut other.symptoms);
        self.look_alikes.append(&mut other.look_alikes);
    }

    fn for_each_edition(&mut self, mut change: impl FnMut(&mut EditionNo)) {
        fn of_codes(codes: &mut [Code], change: &mut impl FnMut(&mut EditionNo)) {
            for code in codes.iter_mut() {
                change(&mut code.edition);
            }
        }
        for product in &mut self.products {
            change(&mut product.edition);
            of_codes(&mut product.codes, &mut change);
        }
        for disease in &mut self.diseases {
            change(&mut disease.edition);
            of_codes(&mut disease.codes, &mut change);
        }
        for allergen in &mut self.allergens {
            change(&mut allergen.edition);
            of_codes(&mut allergen.codes, &mut change);
        }
        for item in &mut self.items {
            change(&mut item.edition);
            of_codes(&mut item.codes, &mut change);
        }
        self.drugs.iter_mut().for_each(|drug| change(&mut drug.edition));
        self.modifiers.iter_mut().for_each(|modifier| change(&mut modifier.edition));
        self.synonyms.iter_mut().for_each(|synonym| change(&mut synonym.edition));
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn joined_entries_still_name_their_own_editions() {
        let source = |name: &str| Entries {
            editions: vec![Edition { source: name.into(), ..Edition::default() }],
            diseases: vec![Disease {
                name: name.into(),
                codes: vec![Code {
                    system: CodeSystem::Icd10,
                    code: "I10".into(),
                    edition: EditionNo(0),
                    valid: Validity::OPEN,
                }],
                ..Disease::default()
            }],
            ..Entries::default()
        };
        let mut all = source("one");
        all.join(source("two"));
        for disease in &all.diseases {
            for edition in [disease.edition, disease.codes[0].edition] {
                assert_eq!(all.editions[edition.0 as usize].source, disease.name);
            }
        }
    }

    #[test]
    fn both_ends_of_a_validity_belong_to_it() {
        let valid = Validity { from: Some(date(2014, 4, 1)), until: Some(date(2018, 3, 31)) };
        assert!(valid.holds_on(date(2014, 4, 1)) && valid.holds_on(date(2018, 3, 31)));
        assert!(!valid.holds_on(date(2018, 4, 1)));
        assert!(Validity::OPEN.holds_on(date(1950, 1, 1)));
    }
}
