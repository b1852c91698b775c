//! The whole way from lines to findings.

use std::path::PathBuf;

use chart::{Doubt, DoubtKind, Finding, Findings, Medication, PageText, Repeat};

use crate::{
    allergies,
    contexts::Context,
    diagnoses, dictionary,
    error::ExtractError,
    header, layout,
    lexicon::Lexicon,
    medication, observations,
    orders::{self, Assembled},
    section,
    words::Words,
};

/// What understanding stands on.
#[derive(Debug)]
pub struct Resources {
    /// Folder of the compiled dictionary ([`crate::dictionary::build`]).
    pub dictionary: PathBuf,
    /// The lexicon.
    pub lexicon: Lexicon,
}

/// Reads pages; built once and shared between threads.
#[derive(Debug)]
pub struct Extractor {
    lexicon: Lexicon,
    words: Words,
}

impl Extractor {
    /// Opens the dictionary.
    pub fn open(resources: Resources) -> Result<Self, ExtractError> {
        Ok(Self { words: dictionary::open(&resources.dictionary)?, lexicon: resources.lexicon })
    }

    /// Without a compiled dictionary: words of running text are told by their characters alone.
    pub fn from_lexicon(lexicon: Lexicon) -> Self {
        Self { lexicon, words: Words::by_characters() }
    }

    /// Changes whenever the lexicon changes.
    pub fn lexicon_version(&self) -> &str {
        self.lexicon.version()
    }

    /// Everything found on a page.
    pub fn findings(&self, page: &PageText) -> Findings {
        let items = layout::items(page);
        let patient = header::patient(page, &items);
        let assembled = orders::assemble(&self.lexicon, page, &items);
        let rest = section::cut_at_headings(&assembled.rest);
        let placed = section::sections(&rest);
        let (medications, repeats) = medications(page, &assembled);
        let context = Context::of(&assembled.orders, &items, &patient);
        let diagnoses =
            diagnoses::diagnoses(&self.lexicon, &self.words, page, &rest, &placed, &context);
        drop(context);
        Findings {
            diagnoses,
            medications,
            repeats,
            allergies: allergies::of_page(&self.lexicon, page, &items, &rest, &placed),
            observations: observations::observations(
                &self.lexicon,
                page,
                &rest,
                &placed,
                patient.birth_date.as_deref(),
            ),
            patient,
        }
    }
}

/// The drafts of all orders. A prescription that is repeated below is no order of its own; the
/// orders it points at tell of it. If there are none, it is told by itself.
fn medications(
    page: &PageText,
    assembled: &Assembled<'_>,
) -> (Vec<Finding<Medication>>, Vec<Finding<Repeat>>) {
    let mut medications: Vec<Finding<Medication>> =
        assembled.orders.iter().map(|order| medication::medication(page, order)).collect();
    let mut repeats = Vec::new();
    for repeat in &assembled.repeats {
        let meant = orders::repeated_by(&assembled.orders, repeat);
        if meant.is_empty() {
            repeats.push(medication::repeat(page, repeat));
        }
        let words = repeat.text.string(0..repeat.text.len());
        for number in meant {
            let facts = format!("下の「{words}」が指す処方の可能性");
            let doubt = Doubt::of(DoubtKind::RefersElsewhere, facts);
            medications[number].evidence.doubts.push(doubt);
        }
    }
    (medications, repeats)
}

#[cfg(test)]
mod tests;
