//! Where on a page diseases are named, and what the place says of them.
//!
//! Four kinds of place: the table of 傷病名 with its columns of dates and outcomes; lists of
//! problems (`#1`, `A)`, `Dx:`); histories of the patient and the family; and lines that hold a
//! disease and nothing else. Prose is read only in the story of an illness (現病歴), and there
//! only names that are whole words. Complaints are no diagnoses: a sign counts where a disease
//! is listed or suspected, not where a patient complains of it.

use chart::{
    Candidate, CodeSystem, Diagnosis, DiagnosisStatus, Doubt, DoubtKind, Evidence, Finding,
    PageText,
};

use crate::{
    assertion,
    confidence::{self, Seen},
    contexts::{self, Context},
    evidence::{STRUCK, Spans, is_ringed, is_struck},
    layout::{Item, beside},
    lexicon::{How, Lexicon},
    normalise::Text,
    notation::{
        cursor::Cursor,
        date::{self, WrittenDate},
        diagnosis::{NEARLY, SHORTEST_NEARLY, Tolerance, WrittenDiagnosis, diagnosis},
        prescription::{OrderNumber, order_number},
    },
    reasons,
    section::{Placed, Section},
    words::Words,
};

/// What every finding of a page is read with.
#[derive(Clone, Copy)]
struct Reading<'r> {
    lexicon: &'r Lexicon,
    page: &'r PageText,
    context: &'r Context<'r>,
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

/// The table of 傷病名: where its column of names lies and where it ends.
#[derive(Debug)]
struct Table {
    top: u32,
    bottom: u32,
    names_end: u32,
    onset: Option<u32>,
    end: Option<u32>,
    outcome: Option<u32>,
}

/// What stands below the table on the forms.
const AFTER_TABLE: &[&str] = &[
    "労務不能",
    "業務災害",
    "備考",
    "公費負担",
    "意見書",
    "既往症",
    "診療の点数",
    "年月",
    "コメント",
    "以下余白",
];

/// Headings of the columns beside 傷病名.
const COLUMNS: &[&str] = &["職務", "開始", "診療開始", "終了", "転帰", "期間満了"];

impl Table {
    fn find(items: &[Item]) -> Option<Self> {
        let word = |item: &Item| -> String {
            item.text.folded().iter().filter(|char| !char.is_whitespace()).collect()
        };
        let titled = items.iter().find(|item| {
            let word = word(item);
            word.contains("傷病名") && !word.contains(':') && word.chars().count() <= 24
        });
        let label = |names: &'static [&'static str]| {
            move |item: &&Item| names.iter().any(|name| word(item).starts_with(name))
        };
        // Where 傷病名 was read letter by letter or not at all, two of its neighbours tell the row.
        let header = titled.or_else(|| {
            items.iter().filter(label(COLUMNS)).find(|item| {
                let beside_it = items.iter().filter(|other| beside(other.frame, item.frame));
                let mut columns: Vec<String> = beside_it.filter(label(COLUMNS)).map(word).collect();
                columns.sort();
                columns.dedup();
                columns.len() >= 2
            })
        })?;
        let beside_header = |names: &'static [&'static str]| {
            items.iter().filter(|item| beside(item.frame, header.frame)).find(label(names))
        };
        let centre = |item: &Item| u32::midpoint(item.frame.x0, item.frame.x1);
        let onset = beside_header(&["開始", "診療開始", "発病"]);
        let end = beside_header(&["終了"]);
        let outcome = beside_header(&["転帰", "転"]);
        // A heading 傷病名 of a letter has no columns.
        if onset.is_none() && outcome.is_none() && !word(header).contains("開始") {
            return None;
        }
        let names_end = beside_header(&["職務", "開始", "診療開始"]).map_or(u32::MAX, |next| {
            let title = items
                .iter()
                .filter(|item| beside(item.frame, header.frame) && item.frame.x1 <= next.frame.x0)
                .map(|item| item.frame.x1)
                .max()
                .unwrap_or(next.frame.x0);
            u32::midpoint(title, next.frame.x0)
        });
        let bottom = items
            .iter()
            .filter(|item| item.frame.y0 > header.frame.y1)
            .filter(|item| AFTER_TABLE.iter().any(|name| word(item).starts_with(name)))
            .map(|item| item.frame.y0)
            .min()
            .unwrap_or(u32::MAX);
        Some(Self {
            top: header.frame.y1,
            bottom,
            names_end,
            onset: onset.map(centre),
            end: end.map(centre),
            outcome: outcome.map(centre),
        })
    }

    const fn is_inside(&self, item: &Item) -> bool {
        item.frame.y0 >= self.top.saturating_sub(4)
            && item.frame.y1 <= self.bottom.saturating_add(4)
    }

    const fn holds(&self, item: &Item) -> bool {
        // 受診者 runs down beside the table; its frame is turned, and says nothing of rows.
        !item.vertical && self.is_inside(item) && item.frame.x0 < self.names_end
    }

    /// Which column something belongs to, by the nearest centre; without headers by order.
    fn is_end(&self, middle: u32, earlier: usize) -> bool {
        match (self.onset, self.end) {
            (Some(onset), Some(end)) => middle.abs_diff(end) < middle.abs_diff(onset),
            _ => earlier > 0,
        }
    }
}

/// Outcomes of the table, as written and as the forms print them.
const OUTCOMES: &[&str] = &[
    "治ゆ", "治癒", "治愈", "全治", "完治", "死亡", "中止", "転医", "継続", "軽快", "不変", "移行",
    "治",
];

fn table_cell(
    reading: Reading<'_>,
    table: &Table,
    items: &[Item],
    item: &Item,
    findings: &mut Vec<Finding<Diagnosis>>,
) {
    let length = item.text.len();
    let (main, start) = marks_before(&item.text, 0);
    let found = diagnosis(reading.lexicon, &item.text, start..length, Tolerance::Unknown);
    let Some(written) = found else {
        return;
    };
    if is_form_text(&item.text, &written) {
        return;
    }
    let mut row = Row { main, ..Row::default() };
    let mut options = 0;
    for other in items.iter().filter(|other| beside(other.frame, item.frame)) {
        let from = if other.line == item.line { written.range.end } else { 0 };
        if other.line != item.line && other.frame.x0 < item.frame.x0 {
            row.main |= marks_before(&other.text, 0).0;
            continue;
        }
        row.dates(table, other, from);
        options += row.outcome(reading.page, table, other, from);
    }
    // The form prints all outcomes; without a ring none of them is chosen.
    if options != 1 {
        row.outcome = row.ringed.take();
    }
    push(reading, &item.text, written, Place::Disease(None), row, findings);
}

impl Row {
    fn dates(&mut self, table: &Table, item: &Item, from: usize) {
        let mut at = from;
        while let Some(found) = date::find_date(&item.text, at..item.text.len()) {
            at = found.range.end;
            let middle = middle(item, found.range.start, found.range.end);
            let is_end = table.is_end(middle, usize::from(self.onset.is_some()));
            let slot = if is_end { &mut self.end } else { &mut self.onset };
            if slot.is_none() {
                self.spans.add(&item.text, found.range.clone());
                *slot = Some(found);
            }
        }
    }

    /// Takes an outcome; answers how many are written.
    fn outcome(&mut self, page: &PageText, table: &Table, item: &Item, from: usize) -> usize {
        let mut cursor = Cursor::new(&item.text, from..item.text.len());
        let mut count = 0;
        // Where the column is known, what stands far from it is another remark.
        let far = table.outcome.is_some_and(|centre| {
            from == 0
                && centre.abs_diff(u32::midpoint(item.frame.x0, item.frame.x1)) > page_part(table)
        });
        while !cursor.is_done() && !far {
            let start = cursor.at();
            if let Some(word) = cursor.eat_any(OUTCOMES) {
                count += 1;
                if is_ringed(page, &item.text, start..cursor.at()) {
                    self.ringed = Some(word.to_owned());
                }
                self.outcome = Some(word.to_owned());
            } else {
                cursor.step();
            }
        }
        count
    }
}

/// Half the distance between the columns of names and outcomes.
fn page_part(table: &Table) -> u32 {
    table
        .outcome
        .map_or(u32::MAX, |outcome| outcome.saturating_sub(table.names_end.min(outcome)) / 2)
        .max(50)
}

fn middle(item: &Item, start: usize, end: usize) -> u32 {
    let length = item.text.len().max(1) as u32;
    let part = (start + end) as u32 * item.frame.width() / (2 * length);
    item.frame.x0 + part
}

/// The printed words of the form that look like a name.
fn is_form_text(text: &Text, written: &WrittenDiagnosis<'_>) -> bool {
    const PRINTED: &[&str] = &[
        "上・外",
        "上外",
        "治ゆ",
        "死亡",
        "中止",
        "職務",
        "開始",
        "終了",
        "転帰",
        "期間満了",
        "定日",
        "主",
        "年",
        "月",
        "日",
        "意見",
        "傷病名",
        "予定日",
        "自",
        "至",
        "入院",
        "労務",
        "保険",
        "受診者",
        "資格取得",
        "職業",
        "電話",
        "所在地",
        "平成",
        "令和",
        "昭和",
        "大正",
        "明治",
    ];
    let word = text.string(written.name_range.clone());
    let word = word.trim_matches(['(', ')', ' ', '・']);
    written.disease.is_none()
        && written.candidates.is_empty()
        && (PRINTED.iter().any(|printed| word.starts_with(printed))
            || !word.chars().any(char::is_alphabetic)
            || date::find_date(text, written.name_range.clone()).is_some()
            || is_worn_date(word)
            || word.chars().count() < 2)
}

/// 今和3年6月15日, 成23年: a date whose era was misread, and so no name of a disease.
fn is_worn_date(word: &str) -> bool {
    let digits = word.chars().filter(char::is_ascii_digit).count();
    let marks =
        word.chars().filter(|char| matches!(char, '年' | '月' | '日' | '和' | '元')).count();
    (digits >= 1 && marks >= 2) || (word.contains("和元") && word.chars().count() <= 4)
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

/// A line outside the table.
fn line(
    reading: Reading<'_>,
    item: &Item,
    place: Placed,
    findings: &mut Vec<Finding<Diagnosis>>,
    prose: &mut Vec<(Item, std::ops::Range<usize>)>,
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
    if several.len() > 1 && !(read < LETTERS && several.iter().all(letters)) {
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
        return;
    };
    let rest = written.range.end..text.len();
    let sure = written.how != How::Likeness
        || (written.score >= NEARLY && written.name_range.len() >= SHORTEST_NEARLY);
    let complaint = written.sign || is_complaint(lexicon, text, &written);
    let asserted = written.status == Some(DiagnosisStatus::Suspected);
    if !sure || written.prose || !is_remark(text, rest) || (complaint && !open && !asserted) {
        return;
    }
    // K, PSA, LDH alone: a test.
    let name = &text.folded()[written.name_range.clone()];
    let tested = |found: Option<(&lexicon::Item, usize)>| {
        found.is_some_and(|(_, length)| length == name.len())
    };
    if !open
        && (tested(lexicon.words().laboratory_at(name)) || tested(lexicon.words().vital_at(name)))
    {
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

/// What is seen or felt on examination and named as such: 咽頭発赤(+), 肝腫大なし. The masters list
/// many of these with codes outside chapter R.
const SEEN_OR_FELT: &[&str] = &["発赤", "腫脹", "腫大", "圧痛", "雑音", "充血"];

/// A word of the list of symptoms, or what an examination finds.
fn is_complaint(lexicon: &Lexicon, text: &Text, written: &WrittenDiagnosis<'_>) -> bool {
    let name = &text.folded()[written.name_range.clone()];
    lexicon.words().symptom_at(name) == Some(name.len())
        || SEEN_OR_FELT.iter().any(|word| written.name.ends_with(word))
}

/// What may follow a disease on a line of its own: a word or two, no sentence.
fn is_remark(text: &Text, rest: std::ops::Range<usize>) -> bool {
    let rest = text.string(rest);
    rest.is_empty()
        || (rest.chars().count() <= 14
            && !rest.contains(['。', '=', '↑', '↓'])
            && !rest
                .chars()
                .next()
                .is_some_and(|char| char.is_ascii_digit() || "、,/:~".contains(char)))
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
        at = next_item(text, end);
    }
}

/// Over a remark to the next name of a list.
fn next_item(text: &Text, from: usize) -> usize {
    let chars = text.chars();
    (from..chars.len())
        .find(|at| {
            matches!(chars[*at], '、' | ',' | '#' | '♯' | ';' | '・')
                || (chars[*at] == ' ' && order_number(text, *at..chars.len()).is_some())
        })
        .unwrap_or(chars.len())
}

/// 既往歴：虫垂炎(S50)、家族歴：父 高血圧.
fn histories(
    reading: Reading<'_>,
    item: &Item,
    place: Placed,
    findings: &mut Vec<Finding<Diagnosis>>,
) {
    let text = &item.text;
    let mut at = place.content;
    let mut status = if place.section == Section::Family {
        DiagnosisStatus::Family
    } else {
        DiagnosisStatus::History
    };
    let mut dated: Option<WrittenDate> = None;
    // 父脳梗塞: readers lose the space behind a relative.
    let mut behind_relative = None;
    while at < text.len() {
        let mut cursor = Cursor::new(text, at..text.len());
        cursor.spaces();
        if assertion::relative(&mut cursor).is_some() {
            status = DiagnosisStatus::Family;
            at = cursor.at();
            behind_relative = Some(at);
            continue;
        }
        if let Some(found) =
            date::date(text, cursor.at()..text.len()).filter(|found| !found.without_era)
        {
            at = found.range.end;
            dated = Some(found);
            continue;
        }
        let whole_word = behind_relative == Some(cursor.at())
            || cursor.before().is_none_or(|char| !char.is_alphanumeric());
        let tolerance = if whole_word { Tolerance::Misread } else { Tolerance::Exact };
        let before = cursor.before();
        let begins = before.is_none_or(|char| !crate::normalise::is_kanji(char) || whole_word);
        let found = begins
            .then(|| diagnosis(reading.lexicon, text, cursor.at()..text.len(), tolerance))
            .flatten();
        if let Some(written) =
            found.filter(|written| written.how != How::Likeness || written.score > 0.8)
        {
            at = written.range.end;
            let row = Row { onset: dated.take(), ..Row::default() };
            push(reading, text, written, Place::Disease(Some(status)), row, findings);
        } else {
            at = cursor.at() + 1;
        }
    }
}

/// Names in prose that are whole words.
fn running_text(
    reading: Reading<'_>,
    words: &Words,
    item: &Item,
    range: std::ops::Range<usize>,
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

/// The place in words.
const fn place_word(place: Place) -> &'static str {
    match place {
        Place::Disease(None) => "a list, a table or a line under a heading of diagnoses",
        Place::Disease(Some(DiagnosisStatus::Family)) => "a family history",
        Place::Disease(Some(_)) => "a history",
        Place::Open => "a line of its own or running text",
    }
}

/// What the place says of a name.
#[derive(Clone, Copy)]
enum Place {
    /// Only a disease can stand here, with what the section says of it.
    Disease(Option<DiagnosisStatus>),
    /// Anything can.
    Open,
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
    let seen = Seen {
        read: spans.line_confidence(page),
        characters: spans.characters(page),
        words: text.string(name_range).chars().count(),
        lines: spans.lines().len(),
        name: written.score,
        chance: written.chance,
        cancelled: struck,
        missing: if content.icd10.is_none() { &["no_code"] } else { &[] },
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
