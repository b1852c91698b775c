//! 一般名処方マスタ, by the ministry: a workbook with a sheet of general names and a sheet of the
//! exceptions, where nine characters of the code do not tell two preparations apart.

use jiff::civil::Date;
use unicode_normalization::UnicodeNormalization;

use super::{
    code::{self, System},
    day,
    table::{Faults, Table},
};

/// A general name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeneralName {
    /// 区分: 内用薬, 注射薬, 外用薬.
    pub category: String,
    /// 一般名コード.
    pub code: String,
    /// 一般名処方の標準的な記載, with its 【般】.
    pub name: String,
    /// 成分名.
    pub ingredient: String,
    /// 規格.
    pub specification: String,
}

/// A product that an exceptional code stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    /// The exceptional code: 3339950QAZZZ.
    pub general_code: String,
    /// 薬価基準収載医薬品コード of the product.
    pub price_code: String,
}

/// Columns of the sheet of general names.
pub fn columns(table: &Table) -> Option<(usize, [usize; 5])> {
    table.rows.iter().take(10).enumerate().find_map(|(header, row)| {
        if row.column("薬価基準収載医薬品コード").is_some() {
            return None;
        }
        let words = ["区分", "一般名コード", "一般名処方の標準的な記載", "成分名", "規格"];
        Some((header, row.columns(words)?))
    })
}

/// Columns of the sheet of exceptions.
pub fn exception_columns(table: &Table) -> Option<(usize, [usize; 2])> {
    table.rows.iter().take(10).enumerate().find_map(|(header, row)| {
        Some((header, row.columns(["一般名コード", "薬価基準収載医薬品コード"])?))
    })
}

/// 適用日, which stands above the header.
pub fn applies_from(table: &Table) -> Option<Date> {
    let above = table.rows.iter().take(3).flat_map(|row| row.fields.iter());
    above
        .map(|field| field.nfkc().collect::<String>())
        .find_map(|field| field.contains("適用").then(|| day::wareki(&field))?)
}

/// The general names.
pub fn read(
    table: &Table,
    (header, columns): (usize, [usize; 5]),
    faults: &mut Faults<'_>,
) -> Vec<GeneralName> {
    let [category, code, name, ingredient, specification] = columns;
    let mut names = Vec::new();
    for row in table.rows.iter().skip(header + 1) {
        let Some(code) = code::key(System::GeneralName, row, code, faults) else { continue };
        let Some(name) = code::words(row, name, faults) else { continue };
        names.push(GeneralName {
            category: row.field(category).to_owned(),
            code,
            name,
            ingredient: row.field(ingredient).to_owned(),
            specification: row.field(specification).to_owned(),
        });
    }
    names
}

/// The exceptions; the code stands only in the first row of its products.
pub fn read_exceptions(
    table: &Table,
    (header, [general, price]): (usize, [usize; 2]),
    faults: &mut Faults<'_>,
) -> Vec<Exception> {
    let mut exceptions = Vec::new();
    let mut general_code = None;
    for row in table.rows.iter().skip(header + 1) {
        if !row.field(general).is_empty() {
            general_code = code::key(System::GeneralName, row, general, faults);
        }
        if row.field(price).is_empty() {
            continue;
        }
        let Some(price_code) = code::key(System::Price, row, price, faults) else { continue };
        if let Some(general_code) = &general_code {
            exceptions.push(Exception { general_code: general_code.clone(), price_code });
        }
    }
    exceptions
}
