//! Where on a page diseases are named, and what the place says of them.
//!
//! The table of 傷病名 with its columns of dates and outcomes; lists of problems (`#1`, `A)`,
//! `Dx:`); histories of the patient and the family; lines that hold a disease and nothing else, or tell of
//! one with a date or an examination. Of the story of an illness (現病歴) and of the sentences of a
//! letter only names are read that are whole words. Complaints are no diagnoses: a sign counts
//! where a disease is listed or suspected, not where a patient complains of it.

mod histories; // 既往歴, 家族歴
mod line; // lists, and lines of their own
mod prose; // 現病歴, letters
mod remark; // what is none
mod table; // the table of 傷病名
mod told; // S55 虫垂炎, 頭部CT：…

use chart::{
    Candidate, CodeSystem, Diagnosis, DiagnosisStatus, Doubt, DoubtKind, Evidence, Finding,
    PageText,
};

use crate::{
    confidence::{self, Seen},
    contexts::{self, Context},
    evidence::{STRUCK, Spans, is_struck},
    layout::Item,
    lexicon::Lexicon,
    normalise::Text,
    notation::{
        cursor::Cursor,
        date::WrittenDate,
        diagnosis::WrittenDiagnosis,
        prescription::{OrderNumber, order_number},
    },
    reasons,
    section::Placed,
    words::Words,
};
use line::line;
use prose::running_text;
use table::{Table, table_cell};

/// What every finding of a page is read with.
#[derive(Clone, Copy)]
struct Reading<'r> {
    lexicon: &'r Lexicon,
    page: &'r PageText,
    context: &'r Context<'r>,
}

/// Finds the diagnoses among the items that belong to no order.
pub fn diagnoses(
    lexicon: &Lexicon,
    words: &Words,
    page: &PageText,
    items: &[Item],
    placed: &[Placed],
    context: &Context<'_>,
) -> Vec<Finding<Diagnosis>> {
    let reading = Reading { lexicon, page, context };
    let table = Table::find(items);
    let mut findings = Vec::new();
    let mut prose = Vec::new();
    for (item, place) in items.iter().zip(placed) {
        let cell = table.as_ref().is_some_and(|table| table.holds(item));
        if let Some(table) = table.as_ref().filter(|_| cell) {
            table_cell(reading, table, items, item, &mut findings);
        } else if table.as_ref().is_some_and(|table| table.is_inside(item)) {
            // Dates and outcomes were read with their row.
        } else {
            line(reading, item, *place, &mut findings, &mut prose);
        }
    }
    for (item, range) in prose {
        running_text(reading, words, &item, range, &mut findings);
    }
    findings.sort_by_key(|finding| finding.evidence.lines.first().copied());
    findings
}

/// A row of the table of 傷病名.
#[derive(Debug, Default)]
struct Row {
    main: bool,
    onset: Option<WrittenDate>,
    end: Option<WrittenDate>,
    outcome: Option<String>,
    /// The outcome with a ring around it.
    ringed: Option<String>,
    spans: Spans,
}

/// (主), ○, 1., ・ before a name: whether it is marked as the main disease, and where the name
/// begins.
fn marks_before(text: &Text, from: usize) -> (bool, usize) {
    const MAIN: &[&str] = &["(主)", "[主]", "主)", "主:", "★", "☆", "◎", "主病名"];
    const OTHER: &[&str] =
        &["・", "-", "○", "●", "■", "*", "◯", "〇", "→", "、", ",", ";", "/", "dx)"];
    let mut main = false;
    let mut cursor = Cursor::new(text, from..text.len());
    loop {
        cursor.spaces();
        if cursor.eat_any(MAIN).is_some() {
            main = true;
        } else if let Some((number, after)) = order_number(text, cursor.at()..text.len())
            && number != OrderNumber::Rp
        {
            cursor.go_to(after);
        } else if cursor.eat_any(OTHER).is_none() {
            break;
        }
    }
    (main, cursor.at())
}

/// What the place says of a name.
#[derive(Clone, Copy)]
enum Place {
    /// Only a disease can stand here, with what the section says of it.
    Disease(Option<DiagnosisStatus>),
    /// Anything can.
    Open,
}

/// The place in words.
const fn place_word(place: Place) -> &'static str {
    match place {
        Place::Disease(None) => "a list, a table or a line under a heading of diagnoses",
        Place::Disease(Some(DiagnosisStatus::Family)) => "a family history",
        Place::Disease(Some(_)) => "a history",
        Place::Open => "a line of its own or running text",
    }
}

/// Makes a finding; a cue at the name outweighs the section.
fn push<'r>(
    reading: Reading<'r>,
    text: &Text,
    mut written: WrittenDiagnosis<'r>,
    place: Place,
    row: Row,
    findings: &mut Vec<Finding<Diagnosis>>,
) {
    let Reading { lexicon, page, context } = reading;
    let alone = matches!(place, Place::Disease(_));
    contexts::settle(lexicon, &mut written, context, alone);
    let section = match place {
        Place::Disease(section) => section,
        Place::Open => None,
    };
    let status = match (section, written.status) {
        // 家族歴：父 DM(-) is denied; 家族歴：父 DM is the father's, whatever else is said.
        (Some(section), Some(DiagnosisStatus::Confirmed) | None) => section,
        (
            Some(DiagnosisStatus::Family),
            Some(DiagnosisStatus::Suspected | DiagnosisStatus::History),
        ) => DiagnosisStatus::Family,
        (_, Some(cue)) => cue,
        (None, None) => DiagnosisStatus::Confirmed,
    };
    let mut doubts = std::mem::take(&mut written.doubts);
    let struck = is_struck(page, text, written.name_range.clone());
    // An entry that was cancelled is no diagnosis, and must not be lost either.
    let status = if struck { DiagnosisStatus::Negated } else { status };
    if struck {
        doubts.push(Doubt::about(DoubtKind::Changed, "status", STRUCK));
    }
    if let Some(past) = written.past.take().filter(|_| status == DiagnosisStatus::Confirmed) {
        doubts.push(Doubt::about(DoubtKind::UnclearStatus, "status", past));
    }
    let onset = row.onset.or_else(|| written.date.take());
    let mut dated = |date: &Option<WrittenDate>, field: &str| {
        let date = date.as_ref()?;
        doubts.extend(
            date.doubts.iter().map(|doubt| Doubt::about(doubt.kind, field, doubt.facts.clone())),
        );
        date.date.map(|date| date.to_string())
    };
    let content = Diagnosis {
        name: written.name.clone(),
        icd10: written.codes.get(&CodeSystem::Icd10).cloned(),
        status,
        modifiers: written.modifiers.clone(),
        main: row.main,
        onset: dated(&onset, "onset"),
        end: dated(&row.end, "end"),
        outcome: row.outcome,
    };
    if let (Some(onset), Some(end)) = (&onset, &row.end)
        && let (Some(from), Some(to)) = (onset.date, end.date)
        && to.latest() < from.earliest()
    {
        doubts.push(Doubt::about(
            DoubtKind::ImpossibleDate,
            "end",
            format!("開始 {from} より前の終了 {to}"),
        ));
    }
    let mut reasons = reasons::of_diagnosis(text, &written, place_word(place), content.status);
    let name_range = written.name_range.clone();
    let mut spans = Spans::of(text, written.range);
    spans.merge(&row.spans);
    let candidates: Vec<Candidate> = written.candidates;
    let read = spans.confidence(page);
    doubts.extend(confidence::reading_doubt(read));
    let surface = spans.surface(page);
    // An abbreviation that stays open bears no code by intent.
    let open = doubts.iter().any(|doubt| doubt.kind == DoubtKind::AmbiguousAbbreviation);
    let seen = Seen {
        read: spans.line_confidence(page),
        characters: spans.characters(page),
        words: text.string(name_range).chars().count(),
        lines: spans.lines().len(),
        name: written.score,
        chance: written.chance,
        cancelled: struck,
        not_understood: 0,
        missing: if content.icd10.is_none() && !open { &["no_code"] } else { &[] },
        doubts: &doubts,
    };
    let sure = confidence::calibrated("diagnosis", &seen);
    reasons.push(sure.why);
    findings.push(Finding {
        evidence: Evidence {
            surface,
            codes: written.codes,
            candidates,
            confidence: sure.whole,
            field_confidence: sure.fields,
            reasons,
            bbox: spans.bbox(page),
            lines: spans.lines(),
            doubts: confidence::in_order(doubts),
        },
        content,
    });
}
