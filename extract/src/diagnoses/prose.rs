//! The story of an illness (現病歴): only names that are whole words.

use std::ops::Range;

use chart::{Diagnosis, Finding};

use super::{Place, Reading, Row, line::is_complaint, push};
use crate::{
    layout::Item,
    lexicon::How,
    notation::diagnosis::{Tolerance, diagnosis},
    words::Words,
};

/// Names in prose that are whole words.
pub fn running_text(
    reading: Reading<'_>,
    words: &Words,
    item: &Item,
    range: Range<usize>,
    findings: &mut Vec<Finding<Diagnosis>>,
) {
    let text = &item.text;
    let mut at = range.start;
    let boundaries = words.boundaries(text);
    while at < range.end {
        let found = boundaries
            .contains(&at)
            .then(|| diagnosis(reading.lexicon, text, at..range.end, Tolerance::Exact))
            .flatten()
            .filter(|written| {
                written.how <= How::Alias
                    && written.name_range.len() >= 3
                    && !written.sign
                    && !is_complaint(reading.lexicon, text, written)
                    && boundaries.contains(&written.name_range.end)
            });
        let Some(mut written) = found else {
            at += 1;
            continue;
        };
        at = written.range.end;
        if findings.iter().any(|finding| finding.content.name == written.name) {
            continue;
        }
        written.score *= IN_PROSE;
        push(reading, text, written, Place::Open, Row::default(), findings);
    }
}

/// A disease that is told of in passing is the patient's own less often than one in a list.
const IN_PROSE: f32 = 0.7;
