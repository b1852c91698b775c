//! Sheets of a workbook (xlsx, and xls of old years) to rows.

use std::io::Cursor;

use calamine::{Data, Range, Reader};
use csv::StringRecord;

use super::table::{Row, Table};

/// All sheets that hold anything. The reason is calamine's if the workbook cannot be opened.
pub fn read(file: &str, bytes: &[u8]) -> Result<Vec<Table>, String> {
    let mut workbook = calamine::open_workbook_auto_from_rs(Cursor::new(bytes))
        .map_err(|error| error.to_string())?;
    let mut tables = Vec::new();
    for sheet in workbook.sheet_names() {
        // A sheet of charts or macros has no cells.
        let Ok(range) = workbook.worksheet_range(&sheet) else { continue };
        let rows = rows(&range);
        if !rows.is_empty() {
            tables.push(Table { name: format!("{file}#{sheet}"), rows });
        }
    }
    Ok(tables)
}

fn rows(range: &Range<Data>) -> Vec<Row> {
    let Some((first_row, first_column)) = range.start() else { return Vec::new() };
    let mut rows = Vec::with_capacity(range.height());
    for (number, cells) in (first_row + 1..).zip(range.rows()) {
        if cells.iter().all(|cell| matches!(cell, Data::Empty)) {
            continue;
        }
        let mut fields = StringRecord::new();
        // Columns are counted from the sheet's first, filled or not.
        for _ in 0..first_column {
            fields.push_field("");
        }
        for cell in cells {
            fields.push_field(&text(cell));
        }
        rows.push(Row { line: number, fields });
    }
    rows
}

fn text(cell: &Data) -> String {
    match cell {
        Data::Empty | Data::Error(_) => String::new(),
        // Prices are sums of tenths, which a binary figure holds as 260.89999999999998.
        Data::Float(figure) => {
            let rounded = format!("{figure:.4}");
            rounded.trim_end_matches('0').trim_end_matches('.').to_owned()
        }
        Data::String(text) => text.clone(),
        Data::DateTime(moment) => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            format!("{year:04}{month:02}{day:02}")
        }
        other => other.to_string(),
    }
}
