//! 薬価基準収載品目リスト and 後発医薬品に関する情報, by the ministry.
//!
//! A sheet or CSV file with a header. In old workbooks 品名 heads four joined columns, of which
//! the first three hold marks (局, 麻, ※) and the last the name; a program that makes CSV of them
//! puts the name under an empty or invented header, and files put together of several sheets have
//! the name sometimes here and sometimes there. So the name is looked for by content: the one
//! field among them that is no mark.

use jiff::civil::Date;
use unicode_normalization::UnicodeNormalization;

use super::{
    code::{self, System},
    day,
    fault::FaultKind,
    table::{Faults, Row, Table},
};

/// A row of the price list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceRow {
    /// 内用薬, 注射薬, 外用薬 or 歯科用薬剤.
    pub category: String,
    /// 薬価基準収載医薬品コード; `None` if it was faulty.
    pub code: Option<String>,
    /// 成分名.
    pub ingredient: String,
    /// 規格: what the price is for, `２５ｍｇ１錠`.
    pub specification: String,
    /// 品名.
    pub name: String,
    /// メーカー名; empty for listings under a common name.
    pub maker: String,
    /// 後発品.
    pub generic: bool,
    /// 先発品 or 準先発品.
    pub original: bool,
    /// 経過措置による使用期限: the last day it is paid for.
    pub ends: Option<Date>,
    /// The day of listing, if the note tells it.
    pub listed: Option<Date>,
    /// The code it had before (備考: 旧コード).
    pub former_code: Option<String>,
}

const CODE: &str = "薬価基準収載医薬品コード";
/// Marks that stand in the columns between 規格 and the name.
const MARKS: &[&str] = &["局", "麻", "※", "向", "覚", "覚原", "毒", "劇", "生", "★", "○", "◎"];

/// Where the columns are, found by the header.
#[derive(Debug, Clone)]
pub struct Columns {
    /// The row that is the header, from 0.
    pub header: usize,
    category: Option<usize>,
    code: usize,
    ingredient: usize,
    specification: usize,
    /// Where the name may stand, likely place first.
    names: Vec<usize>,
    maker: usize,
    generic: Option<usize>,
    original: Option<usize>,
    ends: Option<usize>,
    note: Option<usize>,
}

/// The header of a price list in the first rows of a table.
pub fn columns(table: &Table) -> Option<Columns> {
    table.rows.iter().take(10).enumerate().find_map(|(header, row)| {
        let [code, ingredient, specification, name, maker, _price] =
            row.columns([CODE, "成分名", "規格", "品名", "メーカー名", "薬価"])?;
        // The table of exceptions of 一般名処方マスタ has the same columns and one more.
        if row.column("一般名コード").is_some() {
            return None;
        }
        let unnamed = (0..row.fields.len()).filter(|column| {
            let word = row.field(*column);
            word.is_empty() || word.starts_with("Unnamed")
        });
        let names = std::iter::once(name).chain(unnamed).collect();
        Some(Columns {
            header,
            category: row.column("区分"),
            code,
            ingredient,
            specification,
            names,
            maker,
            generic: row.column("診療報酬において加算等の算定対象となる後発医薬品"),
            original: row.column("先発医薬品"),
            ends: row.column("経過措置による使用期限"),
            note: row.column("備考"),
        })
    })
}

/// The rows under the header.
pub fn read(table: &Table, columns: &Columns, faults: &mut Faults<'_>) -> Vec<PriceRow> {
    let rows = table.rows.iter().skip(columns.header + 1);
    rows.filter_map(|row| price_row(row, columns, faults)).collect()
}

fn price_row(row: &Row, columns: &Columns, faults: &mut Faults<'_>) -> Option<PriceRow> {
    let optional = |column: Option<usize>| column.map_or("", |column| row.field(column));
    let name = columns.names.iter().map(|column| row.field(*column)).find(|text| is_name(text));
    let Some(name) = name else {
        faults.lose(row, columns.names[0], FaultKind::Empty);
        return None;
    };
    let code = if row.field(columns.code).is_empty() {
        faults.note(row, columns.code, FaultKind::Empty);
        None
    } else {
        code::optional(System::Price, row, columns.code, faults)
    };
    let category = match optional(columns.category) {
        "" => category_of(code.as_deref()).unwrap_or_default(),
        category => category,
    };
    let ends = optional(columns.ends).nfkc().collect::<String>();
    let until = day::wareki(&ends).or_else(|| day::compact(&ends));
    if let (Some(column), false, None) = (columns.ends, ends.is_empty(), until) {
        faults.note(row, column, FaultKind::Day(ends));
    }
    let note = optional(columns.note).nfkc().collect::<String>();
    Some(PriceRow {
        category: category.to_owned(),
        code,
        ingredient: row.field(columns.ingredient).to_owned(),
        specification: row.field(columns.specification).to_owned(),
        name: name.to_owned(),
        maker: row.field(columns.maker).to_owned(),
        generic: optional(columns.generic) == "後発品",
        original: optional(columns.original).ends_with("先発品"),
        ends: until,
        listed: note.contains("収載").then(|| day::wareki(&note)).flatten(),
        former_code: former_code(&note),
    })
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && !MARKS.contains(&text)
}

/// The category by the fifth to seventh digit, for a sheet that does not say (each category has a
/// file of its own): 001 to 399 inwards, 400 to 699 injected, 700 to 999 outwards.
fn category_of(code: Option<&str>) -> Option<&'static str> {
    match code?.get(4..7)?.parse().ok()? {
        0..400 => Some("内用薬"),
        400..700 => Some("注射薬"),
        700..1000 => Some("外用薬"),
        _ => None,
    }
}

/// `（旧コード：6399425D1024）`
fn former_code(note: &str) -> Option<String> {
    let (_, rest) = note.split_once("旧コード")?;
    let code: String = rest
        .trim_start_matches([':', ' '])
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .collect();
    code::check(System::Price, &code).is_ok().then_some(code)
}

/// A row of 後発医薬品に関する情報.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GenericRow {
    /// 薬価基準収載医薬品コード.
    pub code: String,
    /// 品名.
    pub name: String,
    /// 成分名.
    pub ingredient: String,
    /// 1 brand without a generic, 2 brand with one, 3 generic, ★ and ☆ (price is special), or
    /// empty.
    pub standing: String,
    /// 収載年月日.
    pub listed: Option<Date>,
    /// 経過措置による使用期限.
    pub ends: Option<Date>,
}

/// Header row and the columns of code, ingredient, name, standing, listing and end.
pub fn generic_columns(table: &Table) -> Option<(usize, [usize; 6])> {
    table.rows.iter().take(10).enumerate().find_map(|(header, row)| {
        let columns = row.columns([
            CODE,
            "成分名",
            "品名",
            "各先発医薬品の後発医薬品の有無に関する情報",
            "収載年月日",
            "経過措置による使用期限",
        ])?;
        Some((header, columns))
    })
}

/// The rows under the header.
pub fn read_generic(
    table: &Table,
    (header, columns): (usize, [usize; 6]),
    faults: &mut Faults<'_>,
) -> Vec<GenericRow> {
    let [code, ingredient, name, standing, listed, ends] = columns;
    let mut rows = Vec::new();
    for row in table.rows.iter().skip(header + 1) {
        let Some(code) = code::key(System::Price, row, code, faults) else { continue };
        let Some(name) = code::words(row, name, faults) else { continue };
        let word: String = row.field(standing).nfkc().collect();
        if !matches!(word.as_str(), "" | "1" | "2" | "3" | "★" | "☆") {
            faults.note(row, standing, FaultKind::Word(word.clone()));
        }
        let ends: String = row.field(ends).nfkc().collect();
        rows.push(GenericRow {
            code,
            name,
            ingredient: row.field(ingredient).to_owned(),
            standing: word,
            listed: code::day(row, listed, faults),
            ends: day::wareki(&ends),
        });
    }
    rows
}
