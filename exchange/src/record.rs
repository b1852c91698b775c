use chart::{Codes, Content, Doubt, PageId, RecordId, Rect, Timestamp};

/// One version of a committed record.
#[derive(Debug, Clone, PartialEq)]
pub struct CommittedRecord {
    /// This version.
    pub record: RecordId,
    /// 1, and one more with each amendment.
    pub version: u32,
    /// The version that this one takes the place of.
    pub supersedes: Option<RecordId>,
    /// An amendment says that it was wrong; nothing takes its place.
    pub retracted: bool,
    /// What it says.
    pub content: Content,
    /// Codes of what it says.
    pub codes: Codes,
    /// The words as written on the page; empty if a person added it.
    pub surface: String,
    /// What spoke against it when the clinician confirmed it all the same.
    pub doubts: Vec<Doubt>,
    /// Where it stands on paper.
    pub source: Source,
    /// Who answers for it.
    pub confirmation: Confirmation,
}

/// Where a record stands on paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The clinic's name of the chart; `None` if the page was filed under none.
    pub chart: Option<String>,
    /// The page.
    pub page: PageId,
    /// Its number in the scanned file, from 1.
    pub page_number: u32,
    /// Name of the scanned file as it came in.
    pub file_name: String,
    /// SHA-256 of that file, in hexadecimal: proves which picture was confirmed.
    pub scan_sha256: String,
    /// In pixels of the page as scanned; `None` if a person typed it in without a place.
    pub bbox: Option<Rect>,
}

/// Who confirmed a record, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmation {
    /// The name with which the clinician signs in.
    pub login: String,
    /// The clinician's name.
    pub name: String,
    /// When.
    pub at: Timestamp,
}
