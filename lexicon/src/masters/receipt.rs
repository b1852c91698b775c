//! The fields of the claims masters: 医薬品 (y), 傷病名 (b), 修飾語 (z).
//!
//! Layouts: 支払基金, ファイル仕様説明書; compared with y of 2024-03-21 (40 columns) and 2025-08-13
//! (42), b of 2024-06-01 (46), z of 2025-06-01 (19).

use jiff::civil::Date;

use super::{
    code::{self, System},
    table::{Faults, Row},
};

/// A product of the 医薬品マスター.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptDrug {
    /// 医薬品コード.
    pub code: String,
    /// 漢字名称, with what distinguishes packages behind a space.
    pub name: String,
    /// 基本漢字名称, without it.
    pub base_name: String,
    /// カナ名称 (half-width, cut at its width).
    pub kana: String,
    /// 単位漢字名称.
    pub unit: String,
    /// 剤形: 内用薬, 注射薬, 外用薬, 歯科用薬剤 or その他.
    pub category: &'static str,
    /// 後発品.
    pub generic: bool,
    /// 麻薬・毒薬・覚醒剤原料・向精神薬: 1 麻薬, 2 毒薬, 3 覚醒剤原料, 5 向精神薬; 0 none.
    pub control: u8,
    /// 薬価基準収載医薬品コード.
    pub price_code: Option<String>,
    /// 収載方式等識別: listed under its brand, under a common name, ….
    pub listing: String,
    /// 商品名等関連: the item of the common name it belongs to.
    pub related: Option<String>,
    /// 一般名コード.
    pub general_code: Option<String>,
    /// 一般名処方の標準的な記載.
    pub general_name: String,
    /// 薬価基準収載年月日.
    pub listed: Option<Date>,
    /// 変更年月日.
    pub changed: Option<Date>,
    /// 廃止年月日, or the end of 経過措置 if that is sooner.
    pub ends: Option<Date>,
}

/// A disease of the 傷病名マスター.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptDisease {
    /// 傷病名コード.
    pub code: String,
    /// 傷病名基本名称.
    pub name: String,
    /// 傷病名省略名称.
    pub short_name: String,
    /// カナ名称.
    pub kana: String,
    /// 病名管理番号.
    pub id: Option<String>,
    /// 病名交換用コード.
    pub exchange: Option<String>,
    /// 採択区分: 1 preferred, 2 synonym, 3 kept for compatibility; 0 if not stated.
    pub adoption: u8,
    /// ICD-10 (2013), with its point.
    pub icd10: Option<String>,
    /// The second of a dual classification.
    pub icd10_second: Option<String>,
    /// 単独使用禁止: needs a modifier.
    pub not_alone: bool,
    /// 保険請求外.
    pub not_claimable: bool,
    /// 移行先コード, if it is another than its own.
    pub successor: Option<String>,
    /// 移行先病名管理番号.
    pub successor_id: Option<String>,
    /// 収載年月日.
    pub listed: Option<Date>,
    /// 変更年月日.
    pub changed: Option<Date>,
    /// 廃止年月日.
    pub ends: Option<Date>,
}

/// A word of the 修飾語マスター.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptModifier {
    /// 修飾語コード.
    pub code: String,
    /// 修飾語名称.
    pub name: String,
    /// カナ.
    pub kana: String,
    /// 修飾語管理番号.
    pub id: Option<String>,
    /// 修飾語交換用コード.
    pub exchange: Option<String>,
    /// 修飾語区分, its digit: 1 部位 … 8 接尾語; 0 if not stated.
    pub class: u8,
    /// 収載年月日.
    pub listed: Option<Date>,
    /// 廃止年月日.
    pub ends: Option<Date>,
}

/// Reads a product. Columns count from 0.
pub fn drug(row: &Row, faults: &mut Faults<'_>) -> Option<ReceiptDrug> {
    let code = code::key(System::ReceiptDrug, row, 2, faults)?;
    let name = code::words(row, 4, faults)?;
    let base_name = match row.field(34) {
        "" => name.clone(),
        base => base.to_owned(),
    };
    let ends = [code::day(row, 30, faults), code::day(row, 33, faults)];
    Some(ReceiptDrug {
        code,
        base_name,
        name,
        kana: row.field(6).to_owned(),
        unit: row.field(9).to_owned(),
        category: match row.field(27) {
            "1" => "内用薬",
            "4" => "注射薬",
            "6" => "外用薬",
            "8" => "歯科用薬剤",
            _ => "その他",
        },
        generic: row.field(16) == "1",
        control: row.field(13).parse().unwrap_or(0),
        price_code: code::optional(System::Price, row, 31, faults),
        listing: row.field(21).to_owned(),
        related: code::optional(System::ReceiptDrug, row, 22, faults),
        general_code: code::optional(System::GeneralName, row, 36, faults),
        general_name: row.field(37).to_owned(),
        listed: code::day(row, 35, faults),
        changed: code::day(row, 29, faults),
        ends: ends.into_iter().flatten().min(),
    })
}

/// Reads a disease. Columns count from 0.
pub fn disease(row: &Row, faults: &mut Faults<'_>) -> Option<ReceiptDisease> {
    let code = code::key(System::ReceiptDisease, row, 2, faults)?;
    let name = code::words(row, 5, faults)?;
    let mut icd10 = |column| {
        code::optional(System::Icd10, row, column, faults).map(|code| code::icd10_with_point(&code))
    };
    let (icd10, icd10_second) = (icd10(15), icd10(16));
    Some(ReceiptDisease {
        name,
        short_name: row.field(7).to_owned(),
        kana: row.field(9).to_owned(),
        id: code::optional(System::Id, row, 10, faults),
        exchange: exchange(row, 12, faults),
        adoption: row.field(11).parse().unwrap_or(0),
        icd10,
        icd10_second,
        not_alone: row.field(18) == "01",
        not_claimable: row.field(19) == "1",
        successor: code::optional(System::ReceiptDisease, row, 3, faults)
            .filter(|successor| *successor != code),
        successor_id: code::optional(System::Id, row, 37, faults),
        listed: code::day(row, 21, faults),
        changed: code::day(row, 22, faults),
        ends: code::day(row, 23, faults),
        code,
    })
}

/// Reads a modifier. Columns count from 0.
pub fn modifier(row: &Row, faults: &mut Faults<'_>) -> Option<ReceiptModifier> {
    let code = code::key(System::ReceiptModifier, row, 2, faults)?;
    let name = code::words(row, 6, faults)?;
    Some(ReceiptModifier {
        code,
        name,
        kana: row.field(9).to_owned(),
        id: code::optional(System::Id, row, 16, faults),
        exchange: exchange(row, 17, faults),
        class: class_of_modifier(row.field(18)),
        listed: code::day(row, 13, faults),
        ends: code::day(row, 15, faults),
    })
}

/// 修飾語区分: `A8000000` is 8.
pub fn class_of_modifier(field: &str) -> u8 {
    field
        .strip_prefix('A')
        .and_then(|rest| rest.get(..1))
        .and_then(|digit| digit.parse().ok())
        .unwrap_or(0)
}

/// 交換用コード; 0000 stands for none.
fn exchange(row: &Row, column: usize, faults: &mut Faults<'_>) -> Option<String> {
    code::optional(System::Exchange, row, column, faults).filter(|code| code != "0000")
}
