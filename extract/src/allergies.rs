//! Allergies and forbidden drugs, where a heading says so, and where a line tells of one.

use chart::{Allergy, Doubt, DoubtKind, Evidence, Finding, PageText};

use crate::{
    confidence,
    evidence::{STRUCK, Spans, is_struck},
    layout::Item,
    lexicon::Lexicon,
    notation::allergy::{WrittenAllergy, allergies, told_of},
    section::{Placed, Section},
};

/// All allergies of the page: below their headings among the items that belong to no order (`rest`), and
/// wherever a line tells of one, even behind an order.
pub fn of_page(
    lexicon: &Lexicon,
    page: &PageText,
    items: &[Item],
    rest: &[Item],
    placed: &[Placed],
) -> Vec<Finding<Allergy>> {
    let headed: Vec<(&Item, usize)> = rest
        .iter()
        .zip(placed)
        .filter(|(_, place)| place.section == Section::Allergy)
        .map(|(item, place)| (item, place.content))
        .collect();
    let told = items.iter().filter(|item| headed.iter().all(|(other, _)| other.line != item.line));
    let below = headed.iter().flat_map(|&(item, content)| {
        allergies(lexicon, &item.text, content..item.text.len())
            .into_iter()
            .map(move |it| (item, it))
    });
    let told =
        told.flat_map(|item| told_of(lexicon, &item.text).into_iter().map(move |it| (item, it)));
    let mut findings: Vec<Finding<Allergy>> =
        below.chain(told).map(|(item, written)| finding(page, item, written)).collect();
    findings.sort_by_key(|finding| finding.evidence.lines.first().copied());
    findings
}

fn finding(page: &PageText, item: &Item, written: WrittenAllergy) -> Finding<Allergy> {
    let mut doubts: Vec<Doubt> = written.doubt.into_iter().collect();
    // Struck out or not, it stands until somebody has looked.
    if is_struck(page, &item.text, written.range.clone()) {
        doubts.push(Doubt::of(DoubtKind::Changed, STRUCK));
    }
    let spans = Spans::of(&item.text, written.range);
    let read = spans.confidence(page);
    doubts.extend(confidence::reading_doubt(read));
    Finding {
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
    }
}
