//! From the lines of a read page to findings a clinician can confirm.
//!
//! In: a [`chart::PageText`] of any reader. Out: [`chart::Findings`], each with the words it was
//! read from, its place, its candidates and its doubts. Pure and deterministic: the same page
//! and the same lexicon give the same findings.

mod allergies; // what the patient must not be given
mod assertion; // confirmed, suspected, denied, past, somebody else's
pub mod confidence; // how likely a finding is right
mod consistency; // what does not fit together
mod contexts; // what settles an abbreviation
mod diagnoses; // where diseases are named
pub mod dictionary; // the tokeniser's dictionary, compiled at set-up
mod error;
mod evidence; // where on the page it says so
mod extractor; // the whole way
#[cfg(test)]
mod fixture; // a small lexicon in memory
mod header; // whose page it is
mod layout; // which lines stand beside and below which
mod medication; // from an order to a medication
mod notation; // what a line says
mod observations; // what was measured
mod orders; // which lines make one order
mod reasons; // why a finding was read so
mod repair; // misread characters that leave no other choice
mod section; // which part of the chart a line belongs to
mod slope; // how the rows of a page lie
mod words; // words of running text

pub use error::ExtractError;
pub use extractor::{Extractor, Resources};
pub use lexicon::Lexicon;
use lexicon::{self, normalise};
