//! What the store knows of an imported edition, without opening it.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::kind::Kind;

/// An imported edition of a master.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edition {
    /// `price-list-20250716-bcd345c7`: master, day, beginning of the file's SHA-256.
    pub id: String,
    /// Which master.
    pub kind: Kind,
    /// Of which day.
    pub date: Date,
    /// Where the day was found.
    pub date_from: DateFrom,
    /// Which parts of the master, if it is published in parts.
    pub parts: BTreeSet<String>,
    /// It holds changes only.
    pub is_difference: bool,
    /// Name of the file, with the member of an archive behind it.
    pub name: String,
    /// Name of the file as it was given, which is the original that is kept.
    pub file: String,
    /// SHA-256 of the original in hexadecimal.
    pub digest: String,
    /// Rows of data in the file.
    pub rows: usize,
    /// Rows that were understood.
    pub kept: usize,
    /// Faults found, lost rows and lost values.
    pub faults: usize,
    /// When it was imported, in milliseconds of UTC.
    pub imported_at: i64,
    /// The import that brought it; several files may come together.
    pub import: u32,
    /// Whether it is used.
    pub standing: Standing,
}

/// Where the day of an edition was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DateFrom {
    /// Its content states it.
    Content,
    /// The name of the file.
    Name,
    /// The person who imported it.
    Given,
    /// The latest day of its rows.
    Rows,
    /// The day of the import, for lists whose day changes nothing.
    Import,
}

/// Whether an edition is used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// It is.
    Used,
    /// It was taken back.
    TakenBack,
    /// A later import brought the same edition with other bytes.
    Replaced {
        /// That edition.
        by: String,
    },
}

impl Edition {
    /// Whether it is used.
    pub fn is_used(&self) -> bool {
        self.standing == Standing::Used
    }

    /// Whether both are the same edition: of the same master, parts and day.
    pub fn is_same_edition(&self, other: &Self) -> bool {
        self.kind == other.kind
            && self.date == other.date
            && self.parts == other.parts
            && self.is_difference == other.is_difference
    }
}
