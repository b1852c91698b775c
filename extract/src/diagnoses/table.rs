//! The table of 傷病名: its columns of names, dates and outcomes.

use chart::{Diagnosis, Finding, PageText};

use super::{Place, Reading, Row, marks_before, push};
use crate::{
    evidence::is_ringed,
    layout::{Item, beside},
    normalise::Text,
    notation::{
        cursor::Cursor,
        date,
        diagnosis::{Tolerance, WrittenDiagnosis, diagnosis},
    },
};

/// The table of 傷病名: where its column of names lies and where it ends.
#[derive(Debug)]
pub struct Table {
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
    pub fn find(items: &[Item]) -> Option<Self> {
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

    pub const fn is_inside(&self, item: &Item) -> bool {
        item.frame.y0 >= self.top.saturating_sub(4)
            && item.frame.y1 <= self.bottom.saturating_add(4)
    }

    pub const fn holds(&self, item: &Item) -> bool {
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

pub fn table_cell(
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
pub fn is_form_text(text: &Text, written: &WrittenDiagnosis<'_>) -> bool {
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
