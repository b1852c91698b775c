//! Allergies and forbidden drugs, where a heading says so, and where a line tells of one.

use chart::{Allergy, Doubt, DoubtKind, Evidence, Finding, PageText};

use crate::{
    confidence,
    evidence::{STRUCK, Spans, is_struck},
    layout::Item,
    lexicon::Lexicon,
    notation::allergy::{allergies, told_of},
    section::{Placed, Section},
};

/// All allergies of the page.
pub fn of_page(
    lexicon: &Lexicon,
    page: &PageText,
    items: &[Item],
    placed: &[Placed],
) -> Vec<Finding<Allergy>> {
    let mut findings = Vec::new();
    for (item, place) in items.iter().zip(placed) {
        let told = if place.section == Section::Allergy {
            allergies(lexicon, &item.text, place.content..item.text.len())
        } else {
            told_of(lexicon, &item.text)
        };
        for written in told {
            let mut doubts = Vec::new();
            if !written.known {
                doubts.push(Doubt::about(
                    DoubtKind::UnknownName,
                    "substance",
                    written.allergy.substance.clone(),
                ));
            }
            // Struck out or not, it stands until somebody has looked.
            if is_struck(page, &item.text, written.range.clone()) {
                doubts.push(Doubt::of(DoubtKind::Changed, STRUCK));
            }
            let spans = Spans::of(&item.text, written.range);
            let read = spans.confidence(page);
            doubts.extend(confidence::reading_doubt(read));
            findings.push(Finding {
                evidence: Evidence {
                    surface: spans.surface(page),
                    codes: written.codes,
                    confidence: confidence::of_name(read, &doubts),
                    bbox: spans.bbox(page),
                    lines: spans.lines(),
                    doubts,
                    ..Evidence::default()
                },
                content: written.allergy,
            });
        }
    }
    findings
}
