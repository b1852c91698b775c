//! Lines outside the table: lists of problems, and lines that hold a disease and nothing else.

use std::ops::Range;

use chart::{Diagnosis, DiagnosisStatus, Doubt, DoubtKind, Finding};

use super::{Place, Reading, Row, histories::histories, marks_before, push, table::is_form_text};
use crate::{
    assertion,
    layout::Item,
    lexicon::{self, How, Lexicon},
    normalise::Text,
    notation::{
        allergy::told_of,
        cursor::Cursor,
        date,
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
        Section::Allergy | Section::Prescription | Section::Laboratory => return,
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

/// S55 虫垂炎, H25 胃癌 手術: a date and a disease. Whether it still is, is asked.
fn dated(
    reading: Reading<'_>,
    text: &Text,
    start: usize,
    findings: &mut Vec<Finding<Diagnosis>>,
) -> bool {
    let Some(date) = date::date(text, start..text.len()).filter(|date| !date.without_era) else {
        return false;
    };
    let from = date.range.end;
    let found = diagnosis(reading.lexicon, text, from..text.len(), Tolerance::Exact);
    let Some(mut written) = found.filter(|it| it.how <= How::Alias && !it.sign && !it.prose) else {
        return false;
    };
    let rest = text.string(written.range.end..text.len());
    if is_complaint(reading.lexicon, text, &written) || rest.chars().count() > LONGEST_REMARK {
        return false;
    }
    let operated =
        ["手術", "ope", "切除", "摘出"].iter().any(|word| rest.trim_start().starts_with(word));
    if operated {
        written.status = written.status.or(Some(DiagnosisStatus::History));
    }
    written.past = Some(text.string(date.range.clone()));
    let row = Row { onset: Some(date), ..Row::default() };
    push(reading, text, written, Place::Open, row, findings);
    true
}

/// 頭部CT：陳旧性脳梗塞, 腹部エコー：脂肪肝、胆石(+): what an examination showed.
fn examined(
    reading: Reading<'_>,
    text: &Text,
    start: usize,
    findings: &mut Vec<Finding<Diagnosis>>,
) -> bool {
    let label = text.string(start..text.len());
    let Some((label, _)) = label.split_once(':') else { return false };
    if !EXAMINATIONS.iter().any(|word| label.to_lowercase().ends_with(word)) {
        return false;
    }
    let mut at = start + label.chars().count() + 1;
    let mut any = false;
    while at < text.len() {
        let Some(written) = diagnosis(reading.lexicon, text, at..text.len(), Tolerance::Exact)
        else {
            break;
        };
        let plain = written.how <= How::Alias && !written.sign && !written.prose;
        at = next_item(reading.lexicon, text, written.range.end).max(written.range.end) + 1;
        if plain && !is_complaint(reading.lexicon, text, &written) {
            push(reading, text, written, Place::Open, Row::default(), findings);
            any = true;
        }
    }
    any
}

/// How the names of examinations end that show a disease, in small letters.
const EXAMINATIONS: &[&str] = &[
    "ct",
    "mri",
    "mra",
    "xp",
    "x-p",
    "x線",
    "レントゲン",
    "エコー",
    "us",
    "超音波",
    "心電図",
    "ecg",
    "ekg",
    "gf",
    "gif",
    "gs",
    "cf",
    "cs",
    "内視鏡",
    "胃カメラ",
    "大腸カメラ",
];

/// Longer words behind a disease are no remark.
const LONGEST_REMARK: usize = 14;

/// 解熱後も咳が残る → BA?: what a line of prose comes to, if it is suspected.
fn concluded(reading: Reading<'_>, text: &Text, findings: &mut Vec<Finding<Diagnosis>>) -> bool {
    let Some(arrow) = text.chars().iter().rposition(|char| matches!(char, '→' | '⇒')) else {
        return false;
    };
    let found = diagnosis(reading.lexicon, text, arrow + 1..text.len(), Tolerance::Exact);
    let suspected = |it: &WrittenDiagnosis<'_>| {
        it.status == Some(DiagnosisStatus::Suspected) && !it.sign && it.range.end == text.len()
    };
    let Some(written) = found.filter(suspected) else { return false };
    push(reading, text, written, Place::Open, Row::default(), findings);
    true
}

/// A sentence of a letter: 高血圧、脂質異常症にて当院通院中の方です。
fn is_sentence(text: &Text) -> bool {
    const SIGNS: &[&str] = &["。", "にて", "です", "ます", "ました", "のため"];
    let line = text.string(0..text.len());
    line.chars().count() >= SHORTEST_SENTENCE && SIGNS.iter().any(|sign| line.contains(sign))
}

/// Shorter lines are notes.
const SHORTEST_SENTENCE: usize = 12;

/// 父 胃癌, 母：DM: a relative and a disease directly behind it. 母の介護 tells of the patient.
fn tells_of_relative(lexicon: &Lexicon, text: &Text, from: usize) -> bool {
    let mut cursor = Cursor::new(text, from..text.len());
    cursor.spaces();
    cursor.eat("・");
    assertion::relative(&mut cursor).is_some()
        && cursor.before().is_some_and(|char| " :がは".contains(char))
        && diagnosis(lexicon, text, cursor.at()..text.len(), Tolerance::Exact).is_some()
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

/// What is seen or felt on examination and named as such: 咽頭発赤(+), 肝腫大なし. The masters list
/// many of these with codes outside chapter R.
const SEEN_OR_FELT: &[&str] = &["発赤", "腫脹", "腫大", "圧痛", "雑音", "充血"];

/// K, PSA, LDH: a test.
pub fn is_test(lexicon: &Lexicon, text: &Text, written: &WrittenDiagnosis<'_>) -> bool {
    let name = &text.folded()[written.name_range.clone()];
    let whole = |found: Option<(&lexicon::Item, usize)>| {
        found.is_some_and(|(_, length)| length == name.len())
    };
    whole(lexicon.words().laboratory_at(name)) || whole(lexicon.words().vital_at(name))
}

/// A word of the list of symptoms, or what an examination finds.
pub fn is_complaint(lexicon: &Lexicon, text: &Text, written: &WrittenDiagnosis<'_>) -> bool {
    let name = &text.folded()[written.name_range.clone()];
    lexicon.words().symptom_at(name) == Some(name.len())
        || SEEN_OR_FELT.iter().any(|word| written.name.ends_with(word))
}

/// What may follow a disease on a line of its own: a word or two, no sentence.
fn is_remark(text: &Text, rest: Range<usize>) -> bool {
    let rest = text.string(rest);
    let rest = rest.trim_end_matches('。');
    rest.is_empty()
        || (rest.chars().count() <= LONGEST_REMARK
            && !rest.contains(['。', '=', '↑', '↓'])
            && !rest.starts_with(['、', ',', '/', '~'])
            && !rest.strip_prefix(':').is_some_and(|said| said.trim_start().starts_with(is_value))
            && (!rest.starts_with(|char: char| char.is_ascii_digit()) || is_measure(rest)))
}

/// What a measured value begins with.
fn is_value(char: char) -> bool {
    char.is_ascii_digit() || "(+-".contains(char)
}

/// 術後10年, 20歳時, 5mm: how long ago, how old, how large. Other figures are measured values.
fn is_measure(rest: &str) -> bool {
    const MEASURES: &[&str] =
        &["年", "歳", "才", "ヶ月", "か月", "カ月", "期", "度", "型", "代", "mm", "cm"];
    let unit = rest.trim_start_matches(|char: char| char.is_ascii_digit() || char == '.');
    MEASURES.iter().any(|measure| unit.starts_with(measure))
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
fn next_item(lexicon: &Lexicon, text: &Text, from: usize) -> usize {
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
