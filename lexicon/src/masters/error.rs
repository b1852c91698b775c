//! What can go wrong with whole files and with the store. Faults of rows are no errors.

use std::{io::ErrorKind, path::PathBuf};

use chart::Language;

/// An error of importing, listing or reading masters.
#[derive(Debug, thiserror::Error)]
pub enum MastersError {
    /// A file cannot be read.
    #[error("{path} {}", cannot_be_read(source))]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The data folder cannot be written to.
    #[error("{path} cannot be written; see that there is room and permission")]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// An archive, compressed file or workbook that cannot be opened.
    #[error("{file} cannot be unpacked ({reason}); download it again")]
    Container {
        /// The file.
        file: String,
        /// Why.
        reason: String,
    },
    /// A file or archive with nothing in it.
    #[error("{file} is empty; download it again")]
    Empty {
        /// The file.
        file: String,
    },
    /// A file far larger than any master.
    #[error(
        "{file} has {megabytes} MB, and no official file has more than {most}; see that it is the right one"
    )]
    TooLarge {
        /// The file.
        file: String,
        /// Its size.
        megabytes: u64,
        /// The most that is read.
        most: u64,
    },
    /// A file that is none of the masters.
    #[error(
        "{file} is none of the masters that can be imported; docs/lexicon.md names them and where they are published"
    )]
    Unknown {
        /// The file.
        file: String,
    },
    /// A file of which no row could be used.
    #[error("{file}: of {rows} rows none can be used; download it again")]
    NothingUsable {
        /// The file.
        file: String,
        /// How many rows it has.
        rows: usize,
    },
    /// Neither content nor name says of which day the file is.
    #[error(
        "{file} does not say of which day it is; name the day by --date, such as --date 2025-07-16"
    )]
    NoDate {
        /// The file.
        file: String,
    },
    /// The list of editions is damaged.
    #[error("{path} is damaged ({reason}); import the official files again into an empty folder")]
    Manifest {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// An original is gone or was changed behind the program's back.
    #[error("{path} is missing or not the file that was imported; import {file} again")]
    Original {
        /// The original.
        path: PathBuf,
        /// The name it was imported under.
        file: String,
    },
    /// There is nothing to take back.
    #[error("there is no edition to take back; `kamikarte masters list` shows what is there")]
    NothingToTakeBack,
    /// There is no such edition.
    #[error("there is no edition {0}; `kamikarte masters list` shows what is there")]
    NoSuchEdition(String),
}

impl MastersError {
    /// The message in a person's language.
    pub fn in_words(&self, language: Language) -> String {
        if language == Language::En {
            return self.to_string();
        }
        match self {
            Self::Read { path, source } => match source.kind() {
                ErrorKind::NotFound => {
                    format!(
                        "{} がありません。ファイル名とフォルダを確かめてください",
                        path.display()
                    )
                }
                ErrorKind::PermissionDenied => {
                    format!("{} を読む権限がありません", path.display())
                }
                _ => format!("{} を読めません", path.display()),
            },
            Self::Write { path, .. } => {
                format!("{} に書き込めません。空き容量と権限を確かめてください", path.display())
            }
            Self::Container { file, reason } => {
                format!("{file} を開けません（{reason}）。ダウンロードし直してください")
            }
            Self::Empty { file } => format!("{file} は空です。ダウンロードし直してください"),
            Self::TooLarge { file, megabytes, most } => format!(
                "{file} は{megabytes}MBあります。{most}MBを超える公式ファイルはありません。別のファイルではないか確かめてください"
            ),
            Self::Unknown { file } => format!(
                "{file} は取り込めるマスターではありません。種類と入手先は docs/lexicon.md にあります"
            ),
            Self::NothingUsable { file, rows } => {
                format!("{file} の{rows}行のうち使える行がありません。ダウンロードし直してください")
            }
            Self::NoDate { file } => format!(
                "{file} がいつの版か分かりません。--date 2025-07-16 のように指定してください"
            ),
            Self::Manifest { path, reason } => format!(
                "{} が壊れています（{reason}）。空のフォルダに公式ファイルを取り込み直してください",
                path.display()
            ),
            Self::Original { path, file } => format!(
                "{} がないか、取り込んだときと違います。{file} を取り込み直してください",
                path.display()
            ),
            Self::NothingToTakeBack => {
                "戻せる版がありません。kamikarte masters list で確かめてください".into()
            }
            Self::NoSuchEdition(id) => {
                format!("版 {id} はありません。kamikarte masters list で確かめてください")
            }
        }
    }
}

fn cannot_be_read(why: &std::io::Error) -> &'static str {
    match why.kind() {
        ErrorKind::NotFound => "is not there; check the name and the folder",
        ErrorKind::PermissionDenied => "may not be read by this user",
        _ => "cannot be read",
    }
}
