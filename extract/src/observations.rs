//! Vital signs and laboratory values of a page, each with the date it belongs to.

use chart::{Doubt, DoubtKind, Evidence, Finding, Observation, PageText};

use crate::{
    confidence,
    evidence::{STRUCK, Spans},
    layout::{Item, beside},
    lexicon::Lexicon,
    notation::{
        date,
        laboratory::{self, Cell},
        vital::{self, Measured},
    },
    section::{Placed, Section},
};

/// All observations among the items that belong to no order. Nothing was measured on the day of birth
/// (`born`), which stands alone in a cell as the days of visits do.
pub fn observations(
    lexicon: &Lexicon,
    page: &PageText,
    items: &[Item],
    placed: &[Placed],
    born: Option<&str>,
) -> Vec<Finding<Observation>> {
    let dates = Dates::of(items, born);
    let mut findings = Vec::new();
    for (number, (item, place)) in items.iter().zip(placed).enumerate() {
        if matches!(place.section, Section::History | Section::Family | Section::Allergy) {
            continue;
        }
        if let Some((measured, spans)) = report_row(lexicon, items, number) {
            findings.push(finding(page, measured, &spans, dates.near(item)));
            continue;
        }
        let whole = place.content..item.text.len();
        let mut measured = vital::vitals(lexicon, &item.text, whole.clone());
        let free = |test: &Measured, vitals: &[Measured]| {
            !vitals.iter().any(|vital| {
                vital.range.start < test.range.end && test.range.start < vital.range.end
            })
        };
        let mut tests = laboratory::tests(lexicon, &item.text, whole);
        tests.retain(|test| free(test, &measured));
        measured.extend(tests);
        measured.sort_by_key(|measured| measured.range.start);
        for measured in measured {
            let spans = Spans::of(&item.text, measured.range.clone());
            findings.push(finding(page, measured, &spans, dates.near(item)));
        }
    }
    findings
}

/// A row of a report: the name in one cell, value, flag, unit and reference in others.
fn report_row(lexicon: &Lexicon, items: &[Item], number: usize) -> Option<(Measured, Spans)> {
    let name = &items[number];
    let test = laboratory::name_cell(lexicon, &name.text)?;
    let mut cells: Vec<&Item> = items
        .iter()
        .enumerate()
        .filter(|(other, item)| {
            *other != number && item.frame.x0 >= name.frame.x1 && beside(name.frame, item.frame)
        })
        .map(|(_, item)| item)
        .collect();
    cells.sort_by_key(|item| item.frame.x0);
    // The next name of a report in two columns ends the row.
    let end = cells
        .iter()
        .position(|item| {
            laboratory::name_cell(lexicon, &item.text).is_some() && item.text.len() > 1
        })
        .unwrap_or(cells.len());
    let mut read: Vec<(&crate::normalise::Text, Cell)> = Vec::new();
    let mut spans = Spans::of(&name.text, 0..name.text.len());
    for cell in &cells[..end] {
        let Some(kind) = laboratory::value_cell(&cell.text, test) else { continue };
        let second = matches!(kind, Cell::Value(_))
            && read.iter().any(|(_, kind)| matches!(kind, Cell::Value(_)));
        if !second {
            spans.add(&cell.text, 0..cell.text.len());
            read.push((&cell.text, kind));
        }
    }
    Some((laboratory::row(test, &name.text, &read)?, spans))
}

fn finding(
    page: &PageText,
    measured: Measured,
    spans: &Spans,
    date: Option<String>,
) -> Finding<Observation> {
    let read = spans.confidence(page);
    let mut doubts = measured.doubts;
    doubts.extend(confidence::reading_doubt(read));
    if spans.lines().iter().any(|line| page.lines.get(*line).is_some_and(|line| line.struck)) {
        doubts.push(Doubt::of(DoubtKind::Changed, STRUCK));
    }
    let doubts = confidence::in_order(doubts);
    Finding {
        evidence: Evidence {
            surface: spans.surface(page),
            confidence: confidence::of_name(read, &doubts),
            bbox: spans.bbox(page),
            lines: spans.lines(),
            doubts,
            ..Evidence::default()
        },
        content: Observation { date, ..measured.observation },
    }
}

/// The dates of a page that lines below them belong to.
#[derive(Debug)]
struct Dates {
    /// Dates that stand alone in a line: a visit begins.
    visits: Vec<(chart::Rect, String)>,
    /// 採取日 of a report.
    taken: Option<String>,
}

/// Labels of the day on which a sample was taken, then of the report.
const TAKEN: &[&str] = &["採取日", "採血日", "採取", "採血", "検査日", "受付日", "報告日"];

impl Dates {
    fn of(items: &[Item], born: Option<&str>) -> Self {
        let whole = |item: &Item| {
            let found = date::date(&item.text, 0..item.text.len())?;
            let alone = found.range.end + 4 >= item.text.len();
            found.date.filter(|_| alone && !found.without_era).map(|date| date.to_string())
        };
        let visits = items.iter().filter_map(|item| Some((item.frame, whole(item)?)));
        let visits = visits.filter(|(_, date)| Some(date.as_str()) != born).collect();
        let taken = TAKEN.iter().find_map(|label| {
            let labelled = items.iter().find(|item| {
                let word: String =
                    item.text.chars().iter().filter(|char| !char.is_whitespace()).collect();
                word.starts_with(label)
            })?;
            let behind = date::find_date(&labelled.text, 0..labelled.text.len());
            let beside = || {
                items
                    .iter()
                    .filter(|item| {
                        item.frame.x0 >= labelled.frame.x1 && beside(item.frame, labelled.frame)
                    })
                    .min_by_key(|item| item.frame.x0)
                    .and_then(|item| date::find_date(&item.text, 0..item.text.len()))
            };
            Some(behind.or_else(beside)?.date?.to_string())
        });
        Self { visits, taken }
    }

    /// The date of the visit that an item stands under, else of the sample.
    fn near(&self, item: &Item) -> Option<String> {
        if let Some(taken) = &self.taken {
            return Some(taken.clone());
        }
        self.visits
            .iter()
            .filter(|(frame, _)| frame.y0 <= item.frame.y0 && frame.x0 < item.frame.x1)
            .max_by_key(|(frame, _)| frame.y0)
            .map(|(_, date)| date.clone())
    }
}
