//! 医薬品HOTコードマスター of MEDIS: the one file that links HOT, YJ, price code, receipt code and
//! JAN.
//!
//! No HOT file was at hand: the 24 columns are those of a public listing, and they are found by
//! the header, so that moved columns do no harm. The seventh digit of a HOT number is a check
//! digit whose rule is not published openly; it is not checked.

use jiff::civil::Date;

use super::{
    code::{self, System},
    table::{Faults, Table},
};

/// A package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HotRow {
    /// 基準番号, 13 digits, or 9 in the HOT9 file.
    pub hot: String,
    /// JANコード.
    pub jan: Option<String>,
    /// 薬価基準収載医薬品コード.
    pub price_code: Option<String>,
    /// 個別医薬品コード (YJ).
    pub yj: Option<String>,
    /// レセプト電算処理システムコード(1) and (2).
    pub receipt: Vec<String>,
    /// 販売名.
    pub name: String,
    /// 規格単位.
    pub specification: String,
    /// 区分: 内, 注, 外.
    pub category: String,
    /// 製造会社.
    pub maker: String,
    /// 更新年月日.
    pub changed: Option<Date>,
}

/// Where the columns are.
#[derive(Debug, Clone)]
pub struct Columns {
    /// The row that is the header, from 0.
    pub header: usize,
    hot: usize,
    jan: Option<usize>,
    price_code: usize,
    yj: usize,
    receipt: Vec<usize>,
    name: usize,
    specification: Option<usize>,
    category: Option<usize>,
    maker: Option<usize>,
    changed: Option<usize>,
}

/// The header in the first rows of a table.
pub fn columns(table: &Table) -> Option<Columns> {
    table.rows.iter().take(10).enumerate().find_map(|(header, row)| {
        let begins = |word: &str| (0..row.fields.len()).find(|at| row.field(*at).starts_with(word));
        let receipt = (0..row.fields.len())
            .filter(|at| row.field(*at).starts_with("レセプト電算処理システムコード"))
            .collect();
        Some(Columns {
            header,
            hot: begins("基準番号")?,
            jan: begins("JANコード").or_else(|| begins("ＪＡＮコード")),
            price_code: begins("薬価基準収載医薬品コード")?,
            yj: begins("個別医薬品コード")?,
            receipt,
            name: begins("販売名")?,
            specification: begins("規格単位"),
            category: begins("区分"),
            maker: begins("製造会社"),
            changed: begins("更新年月日"),
        })
    })
}

/// The rows under the header.
pub fn read(table: &Table, columns: &Columns, faults: &mut Faults<'_>) -> Vec<HotRow> {
    let mut rows = Vec::new();
    for row in table.rows.iter().skip(columns.header + 1) {
        let Some(hot) = code::key(System::Hot, row, columns.hot, faults) else { continue };
        let Some(name) = code::words(row, columns.name, faults) else { continue };
        let words = |column: Option<usize>| column.map_or("", |at| row.field(at)).to_owned();
        let receipt = columns.receipt.iter();
        rows.push(HotRow {
            hot,
            name,
            jan: columns.jan.and_then(|at| code::optional(System::Jan, row, at, faults)),
            price_code: code::optional(System::Price, row, columns.price_code, faults),
            yj: code::optional(System::Price, row, columns.yj, faults),
            receipt: receipt
                .filter_map(|at| code::optional(System::ReceiptDrug, row, *at, faults))
                .collect(),
            specification: words(columns.specification),
            category: words(columns.category),
            maker: words(columns.maker),
            changed: columns.changed.and_then(|at| code::day(row, at, faults)),
        });
    }
    rows
}
