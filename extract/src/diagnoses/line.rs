//! Lines outside the table: lists of problems, and lines that hold a disease and nothing else.

use std::ops::Range;

use chart::{Diagnosis, DiagnosisStatus, Doubt, DoubtKind, Finding};

use super::{
    Place, Reading, Row,
    histories::histories,
    marks_before, push,
    remark::{is_complaint, is_remark, is_test},
    table::is_form_text,
    told::{concluded, dated, end_of_cared_for, examined, is_sentence, tells_of_relative},
};
use crate::{
    layout::Item,
    lexicon::{How, Lexicon},
    normalise::Text,
    notation::{
        allergy::told_of,
        cursor::Cursor,
        diagnosis::{NEARLY, SHORTEST_NEARLY, Tolerance, WrittenDiagnosis, diagnosis},
        prescription::{OrderNumber, order_number},
    },
    section::{Placed, Section},
};

/// A line outside the table.
pub fn line(
    reading: Reading<'_>,
    item: &Item,
    place: Placed,
    findings: &mut Vec<Finding<Diagnosis>>,
    prose: &mut Vec<(Item, Range<usize>)>,
) {
    let Reading { lexicon, page, .. } = reading;
    let text = &item.text;
    let content = place.content..text.len();
    match place.section {
        Section::Allergy | Section::Prescription | Section::Taken | Section::Laboratory => return,
        Section::History | Section::Family if place.headed || !content.is_empty() => {
            histories(reading, item, place, findings);
            return;
        }
        _ => {}
    }
    if tells_of_relative(lexicon, text, content.start) {
        histories(reading, item, place, findings);
        return;
    }
    let numbered = order_number(text, content.clone()).map(|(number, _)| number);
    let listed = numbered == Some(OrderNumber::Hash)
        || (place.section == Section::Diagnosis && (place.headed || numbered.is_some()));
    if listed {
        list(reading, item, content.start, place, findings);
        return;
    }
    if under_care(reading, text, content.start, findings) {
        return;
    }
    if matches!(place.section, Section::Subjective) {
        if !is_soap_letter(text) {
            prose.push((item.clone(), content));
        }
        return;
    }
    if is_label(text) {
        return;
    }
    let open = matches!(place.section, Section::Diagnosis | Section::Comment);
    let (main, start) = marks_before(text, content.start);
    // Two or three letters alone on a line are dirt as often as a disease.
    let read = page.lines.get(item.line).map_or(1.0, |line| line.confidence);
    let letters = |written: &WrittenDiagnosis<'_>| {
        written.name_range.len() <= 3 && written.how == How::Abbreviation
    };
    let several = names_in_a_row(lexicon, text, start);
    let tests = !open && several.iter().any(|written| is_test(lexicon, text, written));
    if several.len() > 1 && !tests && !(read < LETTERS && several.iter().all(letters)) {
        for written in several {
            let complaint = written.sign || is_complaint(lexicon, text, &written);
            if open || !complaint || written.status == Some(DiagnosisStatus::Suspected) {
                let place = if open { Place::Disease(None) } else { Place::Open };
                push(reading, text, written, place, Row { main, ..Row::default() }, findings);
            }
        }
        return;
    }
    let Some(written) = diagnosis(lexicon, text, start..text.len(), Tolerance::Nearly) else {
        let told = dated(reading, text, start, findings)
            || examined(reading, text, start, findings)
            || concluded(reading, text, findings);
        // サバにてじんま疹 is an allergy.
        if !told && is_sentence(text) && told_of(lexicon, text).is_empty() {
            prose.push((item.clone(), content));
        }
        return;
    };
    let rest = written.range.end..text.len();
    let sure = written.how != How::Likeness
        || (written.score >= NEARLY
            && (written.name_range.len() >= SHORTEST_NEARLY || written.status.is_some()));
    let complaint = written.sign || is_complaint(lexicon, text, &written);
    let asserted = written.status == Some(DiagnosisStatus::Suspected);
    if !sure || written.prose || !is_remark(text, rest) || (complaint && !open && !asserted) {
        // 高血圧症があり、頭痛を訴えます。
        if is_sentence(text) && told_of(lexicon, text).is_empty() {
            prose.push((item.clone(), content));
        }
        return;
    }
    if !open && is_test(lexicon, text, &written) {
        return;
    }
    if letters(&written)
        && (read < LETTERS
            || !text.string(written.name_range.clone()).chars().any(char::is_uppercase))
    {
        return;
    }
    let place = if open { Place::Disease(None) } else { Place::Open };
    push(reading, text, written, place, Row { main, ..Row::default() }, findings);
}

/// What the forms print beside their fields, as it begins. No disease begins so, and to look for one
/// by likeness is dear.
const LABELS: &[&str] = &[
    "様式第",
    "公費負担",
    "保険者",
    "被保険者",
    "受給者",
    "資格取得",
    "受診者",
    "氏名",
    "フリガナ",
    "ふりがな",
    "生年月日",
    "性別",
    "住所",
    "職業",
    "電話",
    "事業所",
    "所在地",
    "名称",
    "労務不能",
    "入院期間",
    "備考",
    "診療録",
    "処方箋",
    "処方せん",
    "この処方",
    "変更不可",
    "個々の処方",
    "保険医",
    "調剤",
    "保険薬局",
    "交付年月日",
    "特に記載",
    "患者",
    "区分",
    "既往症・",
    "処方・",
    "期間満了",
    "予定日",
    "業務災害",
    "コード",
    "カルテ",
    "診療年月日",
    "以下余白",
    "医療機関",
    "後発医薬品",
    "リフィル",
    "検査項目",
    "基準値",
    "報告日",
    "採取日",
];

/// Whether a line is what a form prints beside a field.
fn is_label(text: &Text) -> bool {
    let mut cursor = Cursor::new(text, 0..text.len());
    let _ = cursor.eat("(");
    cursor.spaces();
    cursor.eat_any(LABELS).is_some()
}

/// How sure the reader must be of an abbreviation that nothing else says to be a diagnosis.
/// Tesseract gives clean letters .9 and more, and dirt read as letters .3 to .7.
const LETTERS: f32 = 0.75;

fn is_soap_letter(text: &Text) -> bool {
    text.folded().iter().take(3).any(|char| matches!(char, 's'))
}

/// 高血圧、DMにて当院通院中の方です: what somebody is under care for, all of it.
fn under_care(
    reading: Reading<'_>,
    text: &Text,
    start: usize,
    findings: &mut Vec<Finding<Diagnosis>>,
) -> bool {
    let Some(end) = end_of_cared_for(text, start) else { return false };
    let names = names_in_a_row(reading.lexicon, &text.slice(0..end), start);
    let told = !names.is_empty();
    for written in names {
        push(reading, text, written, Place::Open, Row::default(), findings);
    }
    told
}

/// The names of a line that holds nothing else: 高血圧症 糖尿病 痛風. Empty where something else stands
/// between or behind them.
fn names_in_a_row<'l>(
    lexicon: &'l Lexicon,
    text: &Text,
    start: usize,
) -> Vec<WrittenDiagnosis<'l>> {
    let mut cursor = Cursor::new(text, start..text.len());
    let mut found: Vec<WrittenDiagnosis<'l>> = Vec::new();
    while !cursor.is_done() {
        let Some(written) = diagnosis(lexicon, text, cursor.at()..text.len(), Tolerance::Exact)
        else {
            return Vec::new();
        };
        // Short abbreviations stand for too much beside each other: T P R.
        if written.how == How::Abbreviation && written.name_range.len() < 2 {
            return Vec::new();
        }
        cursor.go_to(written.range.end);
        let asserted = written.range.end > written.name_range.end;
        found.push(written);
        let end = cursor.at();
        while cursor.peek().is_some_and(|char| " 、,・/".contains(char)) {
            cursor.step();
        }
        // ①高血圧症 ②糖尿病
        if cursor.at() > end
            && let Some((_, after)) = order_number(text, cursor.at()..text.len())
        {
            cursor.go_to(after);
        }
        if !cursor.is_done() && cursor.at() == end && !asserted {
            return Vec::new();
        }
    }
    // 高血圧症、糖尿病なし: nobody but the writer knows whether both are denied.
    let denied = found.iter().rposition(|it| it.status == Some(DiagnosisStatus::Negated));
    for written in found.iter_mut().take(denied.unwrap_or_default()) {
        if written.status.is_none() {
            let facts = text.string(start..text.len());
            written.doubts.push(Doubt::about(DoubtKind::UnclearStatus, "status", facts));
        }
    }
    found
}

/// #1 … #2 …, or names in a row after a heading.
fn list(
    reading: Reading<'_>,
    item: &Item,
    from: usize,
    place: Placed,
    findings: &mut Vec<Finding<Diagnosis>>,
) {
    let text = &item.text;
    let mut at = from;
    for round in 0..12 {
        let (main, start) = marks_before(text, at);
        if start >= text.len() {
            break;
        }
        let hash = text.chars()[at..start].iter().any(|char| matches!(char, '#' | '♯'));
        let tolerance = if hash { Tolerance::Unknown } else { Tolerance::Misread };
        let found = diagnosis(reading.lexicon, text, start..text.len(), tolerance);
        let Some(written) = found else { break };
        let end = written.range.end;
        // After the first name only what is separated from it is another.
        if round > 0 && start == at {
            break;
        }
        let prose = written.prose && written.how != How::Exact && !hash;
        let sentence = place.section != Section::Diagnosis && written.prose && !hash;
        if !(prose || sentence || is_form_text(text, &written)) {
            let row = Row { main, ..Row::default() };
            push(reading, text, written, Place::Disease(None), row, findings);
        }
        at = next_item(reading.lexicon, text, end);
    }
}

/// Over a remark to the next name of a list: 高血圧症 狭心症の疑い need nothing between them but a space.
pub fn next_item(lexicon: &Lexicon, text: &Text, from: usize) -> usize {
    let chars = text.chars();
    let named = |at: usize| {
        diagnosis(lexicon, text, at..chars.len(), Tolerance::Exact)
            .is_some_and(|next| next.how <= How::Alias && next.name_range.len() > 1)
    };
    (from..chars.len())
        .find(|at| {
            matches!(chars[*at], '、' | ',' | '#' | '♯' | ';' | '・')
                || (chars[*at] == ' '
                    && (order_number(text, *at..chars.len()).is_some() || named(*at)))
        })
        .unwrap_or(chars.len())
}
