//! Committed records for other programs.
//!
//! In come records as a clinician confirmed them, each with its place on the page and its
//! confirmer; out go files. What the columns mean stands in docs/formats.md.

pub mod csv; // a row a record, for spreadsheets and other programs

mod error;
mod record; // what is exported, in the words of `chart`

pub use error::ExchangeError;
pub use record::{CommittedRecord, Confirmation, Source};
