//! What is wrong with a row of an official file, and where.

use std::fmt;

use chart::Language;
use serde::{Deserialize, Serialize};

/// A fault in one place of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The file, with the member of an archive or the sheet of a workbook behind it.
    pub file: String,
    /// Line of the file, or row of the sheet, from 1.
    pub line: u32,
    /// Column, from 1; 0 if the whole line is meant.
    pub column: u32,
    /// What is wrong.
    pub kind: FaultKind,
    /// The row is left out; otherwise it is kept without the value that is wrong.
    pub row_lost: bool,
}

/// What can be wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// A quoted field is not closed, or something stands behind its end.
    Quotes,
    /// Bytes that mean nothing in the file's encoding.
    Characters,
    /// Not as many columns as the layout has.
    Columns {
        /// How many stand there.
        found: usize,
        /// How many the layout has.
        expected: usize,
    },
    /// A field that must be filled is empty.
    Empty,
    /// A code of another shape than its system has.
    Shape(String),
    /// A code whose check digit does not hold.
    CheckDigit(String),
    /// A day that is none.
    Day(String),
    /// A code that an earlier row of the same file has.
    Repeated(String),
    /// A row of a difference file changes what no full file brought.
    NoBase(String),
    /// A word that the layout does not know.
    Word(String),
}

impl Fault {
    /// A line for a person: where, what, and what became of the row.
    pub fn in_words(&self, language: Language) -> String {
        let Self { file, line, column, kind, row_lost } = self;
        match language {
            Language::Ja => {
                let place = if *column == 0 { String::new() } else { format!("{column}列目") };
                let rest = if *row_lost {
                    "この行は取り込みません"
                } else {
                    "この値を除いて取り込みます"
                };
                format!("{file} {line}行目{place}: {}（{rest}）", kind.in_japanese())
            }
            Language::En => {
                let place = if *column == 0 { String::new() } else { format!(", column {column}") };
                let rest =
                    if *row_lost { "the row is left out" } else { "the row is kept without it" };
                format!("{file}, line {line}{place}: {kind}; {rest}")
            }
        }
    }
}

impl FaultKind {
    fn in_japanese(&self) -> String {
        match self {
            Self::Quotes => "引用符が閉じていません".into(),
            Self::Characters => "文字コードが壊れています".into(),
            Self::Columns { found, expected } => {
                format!("{expected}列のはずが{found}列です")
            }
            Self::Empty => "必要な値がありません".into(),
            Self::Shape(code) => format!("コード「{code}」の形が正しくありません"),
            Self::CheckDigit(code) => format!("コード「{code}」の検査数字が合いません"),
            Self::Day(day) => format!("日付「{day}」が正しくありません"),
            Self::Repeated(code) => format!("コード「{code}」が重複しています"),
            Self::NoBase(code) => {
                format!(
                    "差分の対象「{code}」が全件ファイルにありません。全件ファイルも取り込んでください"
                )
            }
            Self::Word(word) => format!("値「{word}」は仕様にありません"),
        }
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Quotes => f.write_str("a quoted field is not closed"),
            Self::Characters => f.write_str("bytes that are no characters"),
            Self::Columns { found, expected } => {
                write!(f, "{found} columns where the layout has {expected}")
            }
            Self::Empty => f.write_str("a value that must be there is missing"),
            Self::Shape(code) => write!(f, "{code:?} does not have the shape of its code"),
            Self::CheckDigit(code) => write!(f, "the check digit of {code:?} does not hold"),
            Self::Day(day) => write!(f, "{day:?} is no day"),
            Self::Repeated(code) => write!(f, "{code:?} stands in an earlier row"),
            Self::NoBase(code) => {
                write!(f, "changes {code:?}, which no full file brought; import the full file too")
            }
            Self::Word(word) => write!(f, "{word:?} is not in the layout"),
        }
    }
}
