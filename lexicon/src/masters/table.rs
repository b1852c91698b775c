//! Rows of text with their places: what every file is turned into before its layout is looked at.

use csv::StringRecord;

use super::fault::{Fault, FaultKind};

/// A text file or a sheet of a workbook.
#[derive(Debug, Clone)]
pub struct Table {
    /// File, member of an archive, sheet.
    pub name: String,
    /// The rows that could be cut into fields.
    pub rows: Vec<Row>,
}

/// A row.
#[derive(Debug, Clone)]
pub struct Row {
    /// Where it begins, from 1.
    pub line: u32,
    /// Its fields.
    pub fields: StringRecord,
}

impl Row {
    /// The field of a column, from 0, without space around it; empty if the row is shorter.
    pub fn field(&self, column: usize) -> &str {
        self.fields.get(column).unwrap_or_default().trim()
    }

    /// The columns whose fields are these words, in the order of the words.
    pub fn columns<const N: usize>(&self, words: [&str; N]) -> Option<[usize; N]> {
        let mut found = [0; N];
        for (found, word) in found.iter_mut().zip(words) {
            *found = self.column(word)?;
        }
        Some(found)
    }

    /// The column whose field is this word, line breaks and spaces inside it aside.
    pub fn column(&self, word: &str) -> Option<usize> {
        self.fields
            .iter()
            .position(|field| field.chars().filter(|char| !char.is_whitespace()).eq(word.chars()))
    }
}

/// The faults of one table while it is read.
#[derive(Debug)]
pub struct Faults<'t> {
    file: &'t str,
    found: Vec<Fault>,
}

impl<'t> Faults<'t> {
    /// None yet.
    pub fn of(table: &'t Table) -> Self {
        Self { file: &table.name, found: Vec::new() }
    }

    /// None yet, of the table of this name.
    pub fn named(file: &'t str) -> Self {
        Self { file, found: Vec::new() }
    }

    /// Notes a fault of a value without which the row is kept. The column counts from 0 here, as
    /// everywhere in the code.
    pub fn note(&mut self, row: &Row, column: usize, kind: FaultKind) {
        self.push(row, Some(column), kind, false);
    }

    /// Notes a fault for which the row is left out.
    pub fn lose(&mut self, row: &Row, column: usize, kind: FaultKind) {
        self.push(row, Some(column), kind, true);
    }

    /// Notes that a whole row is left out.
    pub fn lose_row(&mut self, row: &Row, kind: FaultKind) {
        self.push(row, None, kind, true);
    }

    fn push(&mut self, row: &Row, column: Option<usize>, kind: FaultKind, row_lost: bool) {
        let column = column.map_or(0, |column| u32::try_from(column + 1).unwrap_or(u32::MAX));
        let file = self.file.to_owned();
        self.found.push(Fault { file, line: row.line, column, kind, row_lost });
    }

    /// All of them.
    pub fn into_vec(self) -> Vec<Fault> {
        self.found
    }
}
