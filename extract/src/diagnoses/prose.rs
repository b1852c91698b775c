//! The story of an illness (現病歴) and the sentences of a letter: only names that are whole words, and that
//! somebody has.

use std::ops::Range;

use chart::{Diagnosis, DiagnosisStatus, Finding};

use super::{Place, Reading, Row, push, remark::is_complaint};
use crate::{
    layout::Item,
    lexicon::How,
    normalise::Text,
    notation::{
        cursor::Cursor,
        diagnosis::{Tolerance, diagnosis},
    },
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
                    && !is_spoken_of(text, written.name_range.end)
                    // 薬剤アレルギーなし: crate::allergies.
                    && !written.name.contains("アレルギー")
                    && !written.name.contains("過敏症")
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
        let past = says_past(text, range.start..written.name_range.start);
        let place = if past { Place::Disease(Some(DiagnosisStatus::History)) } else { Place::Open };
        push(reading, text, written, place, Row::default(), findings);
    }
}

/// A disease that is told of in passing is the patient's own less often than one in a list.
const IN_PROSE: f32 = 0.7;

/// インフルエンザの予防接種, 癌が心配: a disease that is spoken of.
fn is_spoken_of(text: &Text, end: usize) -> bool {
    const SPOKEN_OF: &[&str] = &[
        "の予防",
        "予防",
        "が心配",
        "を心配",
        "について",
        "の説明",
        "の検査",
        "の検診",
        "の話",
        "の薬",
        "の家族",
        "が流行",
        "の流行",
        "かどうか",
        "の有無",
        "の指導",
    ];
    let mut cursor = Cursor::new(text, end..text.len());
    cursor.eat_any(SPOKEN_OF).is_some()
}

/// Whether the sentence says 既往 before the name: 既往に胃潰瘍があります。
fn says_past(text: &Text, before: Range<usize>) -> bool {
    let said = text.string(before);
    said.rsplit('。').next().is_some_and(|sentence| sentence.contains("既往"))
}
