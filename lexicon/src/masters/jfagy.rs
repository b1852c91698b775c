//! J-FAGY: codes of food and other allergens, by JAMI. CSV with a header.

use jiff::civil::Date;

use super::{
    code::{self, System},
    table::{Faults, Table},
};

/// An allergen or a group of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allergen {
    /// JFAGYCODE.
    pub code: String,
    /// JPTERM.
    pub name: String,
    /// JPKANA (hiragana).
    pub kana: String,
    /// ENTERM.
    pub english: String,
    /// RECORDDATE.
    pub listed: Option<Date>,
    /// ENDDATE.
    pub ends: Option<Date>,
}

/// The header row and the columns of code, name, reading, English, begin and end.
pub fn columns(table: &Table) -> Option<(usize, [usize; 6])> {
    table.rows.iter().take(5).enumerate().find_map(|(header, row)| {
        let words = ["JFAGYCODE", "JPTERM", "JPKANA", "ENTERM", "RECORDDATE", "ENDDATE"];
        Some((header, row.columns(words)?))
    })
}

/// The rows under the header.
pub fn read(
    table: &Table,
    (header, columns): (usize, [usize; 6]),
    faults: &mut Faults<'_>,
) -> Vec<Allergen> {
    let [code, name, kana, english, listed, ends] = columns;
    let mut allergens = Vec::new();
    for row in table.rows.iter().skip(header + 1) {
        let Some(code) = code::key(System::Jfagy, row, code, faults) else { continue };
        let Some(name) = code::words(row, name, faults) else { continue };
        allergens.push(Allergen {
            code,
            name,
            kana: row.field(kana).to_owned(),
            english: row.field(english).to_owned(),
            listed: code::day(row, listed, faults),
            ends: code::day(row, ends, faults),
        });
    }
    allergens
}
