//! Why a file was not taken in, and what the person who sent it can do about it.

use chart::Language;
use serde::{Deserialize, Serialize};

use crate::{Format, Lookalike};

mod explain; // the words for people, in both languages

/// A file that is not taken in. Its bytes are kept aside; nothing is ever half taken in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// A file of no bytes.
    #[error("the file is empty")]
    Empty,
    /// None of the formats that can be read.
    #[error("not a picture that can be read{}", looks_like(*.0))]
    NotAPicture(Option<Lookalike>),
    /// The end is missing: an interrupted copy or scan.
    #[error("the {format} file is truncated{}", on_page(*.page))]
    Truncated {
        /// What it is.
        format: Format,
        /// The page that is cut off, where known; from 1.
        page: Option<u32>,
    },
    /// It does not follow its own format.
    #[error("the file is damaged{}: {what}", on_page(*.page))]
    Damaged {
        /// The page, where known; from 1.
        page: Option<u32>,
        /// What the decoder said, in English, for support.
        what: String,
    },
    /// A PDF that wants a password.
    #[error("the PDF is encrypted and needs a password")]
    EncryptedPdf,
    /// A PDF or TIFF without any page.
    #[error("the file has no pages")]
    NoPages,
    /// More pages than [`crate::Limits::max_pages`].
    #[error("{pages} pages are more than the limit of {limit}")]
    TooManyPages {
        /// Pages counted; counting stops some way beyond the limit.
        pages: u32,
        /// The limit in force.
        limit: u32,
    },
    /// A page of more pixels than [`crate::Limits::max_pixels`].
    #[error("page {page} has {width} x {height} pixels, more than the limit of {limit}")]
    TooManyPixels {
        /// The page, from 1.
        page: u32,
        /// Its width as declared.
        width: u32,
        /// Its height as declared.
        height: u32,
        /// The limit in force.
        limit: u64,
    },
    /// A page with a side longer than [`crate::Limits::MAX_SIDE`].
    #[error("page {page} has {width} x {height} pixels; no side may be longer than {limit}")]
    TooLong {
        /// The page, from 1.
        page: u32,
        /// Its width as declared.
        width: u32,
        /// Its height as declared.
        height: u32,
        /// The limit.
        limit: u32,
    },
    /// A file of more bytes than [`crate::Limits::max_bytes`].
    #[error("{bytes} bytes are more than the limit of {limit}")]
    TooManyBytes {
        /// Size of the file.
        bytes: u64,
        /// The limit in force.
        limit: u64,
    },
    /// A page that takes longer than [`crate::ChildOptions::page_timeout`] to decode.
    #[error("page {page} takes longer than {limit} s to decode")]
    TooSlow {
        /// The page, from 1.
        page: u32,
        /// The limit in force, in seconds.
        limit: u64,
    },
    /// A page that takes more than [`crate::ChildOptions::memory_bytes`] to decode.
    #[error("page {page} takes more than {limit} bytes of memory to decode")]
    TooMuchMemory {
        /// The page, from 1.
        page: u32,
        /// The limit in force, in bytes.
        limit: u64,
    },
    /// Compressed data that would grow out of all proportion.
    #[error("compressed data would grow beyond {limit} bytes")]
    Bomb {
        /// How far it was followed, in bytes.
        limit: u64,
    },
    /// A rare variant of a format that is otherwise read.
    #[error("this variant of {format} cannot be read{}: {what}", on_page(*.page))]
    Unsupported {
        /// What it is.
        format: Format,
        /// The page, where known; from 1.
        page: Option<u32>,
        /// The variant, in English.
        what: String,
    },
    /// A PDF page with text in a font that is not in the file: it would come out without it.
    #[error("page {page} of the PDF uses the font {font}, which is not embedded")]
    FontNotEmbedded {
        /// The page, from 1.
        page: u32,
        /// The font's name in the file.
        font: String,
    },
}

impl Refusal {
    pub(crate) fn damaged(page: u32, what: impl Into<String>) -> Self {
        Self::Damaged { page: Some(page), what: what.into() }
    }

    pub(crate) fn truncated(format: Format, page: u32) -> Self {
        Self::Truncated { format, page: Some(page) }
    }

    pub(crate) fn unsupported(format: Format, page: u32, what: impl Into<String>) -> Self {
        Self::Unsupported { format, page: Some(page), what: what.into() }
    }

    /// The word for logs, metrics and the database. Stable.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::NotAPicture(_) => "not_a_picture",
            Self::Truncated { .. } => "truncated",
            Self::Damaged { .. } => "damaged",
            Self::EncryptedPdf => "encrypted_pdf",
            Self::NoPages => "no_pages",
            Self::TooManyPages { .. } => "too_many_pages",
            Self::TooManyPixels { .. } => "too_many_pixels",
            Self::TooLong { .. } => "too_long",
            Self::TooManyBytes { .. } => "too_many_bytes",
            Self::TooSlow { .. } => "too_slow",
            Self::TooMuchMemory { .. } => "too_much_memory",
            Self::Bomb { .. } => "bomb",
            Self::Unsupported { .. } => "unsupported",
            Self::FontNotEmbedded { .. } => "font_not_embedded",
        }
    }

    /// The facts as they are written into the database, to be told in either language later.
    pub fn to_facts(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// From what [`Self::to_facts`] wrote; `None` if a later version wrote what this one does
    /// not know.
    pub fn from_facts(facts: &str) -> Option<Self> {
        serde_json::from_str(facts).ok()
    }

    /// What lies beside a refused file: the reason in both languages.
    pub fn reason_file(&self) -> String {
        format!(
            "{}\n\n{}\n\n({})\n",
            self.explain(Language::Ja),
            self.explain(Language::En),
            self.code()
        )
    }

    /// What is wrong and what to do, for the person who sent the file.
    pub fn explain(&self, language: Language) -> String {
        match language {
            Language::Ja => explain::in_japanese(self),
            Language::En => explain::in_english(self),
        }
    }
}

fn on_page(page: Option<u32>) -> String {
    page.map(|page| format!(" on page {page}")).unwrap_or_default()
}

fn looks_like(lookalike: Option<Lookalike>) -> String {
    lookalike.map(|lookalike| format!(" (it looks like {})", lookalike.name())).unwrap_or_default()
}
