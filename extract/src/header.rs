//! The patient header: printed labels and what stands beside or below them.

use chart::{Doubt, DoubtKind, PageText, Patient, Rect, Sex, wareki::PartialDate};

use crate::{
    confidence,
    evidence::{Spans, is_ringed},
    layout::{Item, gap_below, gap_beside},
    normalise::Text,
    notation::{
        cursor::Cursor,
        date::{self, readings},
        patient::{chart_number, check_digit_fits, insured_number, insurer_number, kana, name},
    },
};

/// A field of the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Name,
    Kana,
    Birth,
    Sex,
    ChartNumber,
    Insurer,
    Insured,
    /// A label of something else; nothing is taken across it.
    Other,
}

/// Labels as printed, longest first; compared without spaces.
const LABELS: &[(&str, Field)] = &[
    ("公費負担者番号", Field::Other),
    ("公費負担医療の受給者番号", Field::Other),
    ("公費負担医療の受給者番", Field::Other),
    ("保険者番号", Field::Insurer),
    ("被保険者証の記号・番号", Field::Insured),
    ("被保険者証・被保険者手帳の", Field::Other),
    ("記号・番号", Field::Insured),
    ("記号番号", Field::Insured),
    ("患者氏名", Field::Name),
    ("受診者氏名", Field::Name),
    ("お名前", Field::Name),
    ("患者名", Field::Name),
    ("保険医氏名", Field::Other),
    ("担当医", Field::Other),
    ("氏名", Field::Name),
    ("フリガナ", Field::Kana),
    ("ふりがな", Field::Kana),
    ("カナ氏名", Field::Kana),
    ("生年月日", Field::Birth),
    ("性別", Field::Sex),
    ("カルテNo.", Field::ChartNumber),
    ("カルテNo", Field::ChartNumber),
    ("カルテ番号", Field::ChartNumber),
    ("患者番号", Field::ChartNumber),
    ("患者ID", Field::ChartNumber),
    ("診察券番号", Field::ChartNumber),
    ("登録番号", Field::ChartNumber),
    ("カルテ", Field::ChartNumber),
    ("ID", Field::ChartNumber),
    ("No.", Field::ChartNumber),
    ("No", Field::ChartNumber),
    ("資格取得", Field::Other),
    ("職業", Field::Other),
    ("住所", Field::Other),
    ("電話", Field::Other),
    ("保険医療機関", Field::Other),
    ("交付年月日", Field::Other),
];

/// The label that a text begins with, and where its value begins.
fn label(text: &Text) -> Option<(Field, usize)> {
    let mut cursor = Cursor::new(text, 0..text.len());
    cursor.spaces();
    for (words, field) in LABELS {
        let mut ahead = cursor;
        let matched = words.chars().all(|char| {
            ahead.spaces();
            ahead.eat(char.encode_utf8(&mut [0; 4]))
        });
        let latin = words.ends_with(|char: char| char.is_ascii_alphabetic());
        if !matched || (latin && ahead.peek().is_some_and(|char| char.is_ascii_alphabetic())) {
            continue;
        }
        ahead.spaces();
        let _ = ahead.eat(":") || ahead.eat(".");
        ahead.spaces();
        return Some((*field, ahead.at()));
    }
    None
}

/// Reads the header of a page.
pub fn patient(page: &PageText, items: &[Item]) -> Patient {
    let mut header = Header { page, items, patient: Patient::default(), spans: Spans::default() };
    let labels: Vec<(usize, Field, usize)> = items
        .iter()
        .enumerate()
        .filter_map(|(number, item)| label(&item.text).map(|(field, value)| (number, field, value)))
        .collect();
    for &(number, field, value) in &labels {
        for text in header.values(number, value, &labels) {
            if header.take(field, &text) {
                break;
            }
        }
    }
    header.sex_alone();
    header.finish()
}

struct Header<'p> {
    page: &'p PageText,
    items: &'p [Item],
    patient: Patient,
    spans: Spans,
}

/// A value stands at most this many line heights to the right of its label.
const FARTHEST_RIGHT: f32 = 14.0;

impl Header<'_> {
    /// Where the value of a label may stand: behind it in its line, then to its right, then below.
    fn values(&self, number: usize, value: usize, labels: &[(usize, Field, usize)]) -> Vec<Text> {
        let label = &self.items[number];
        let mut values = Vec::new();
        let behind = label.text.slice(value..label.text.len());
        if !behind.is_blank() {
            values.push(behind);
        }
        let is_label = |other: usize| labels.iter().any(|(label, ..)| *label == other);
        let mut right: Vec<(f32, usize)> = (0..self.items.len())
            .filter(|other| *other != number)
            .filter_map(|other| Some((gap_beside(label.frame, self.items[other].frame)?, other)))
            .filter(|(gap, _)| *gap <= FARTHEST_RIGHT)
            .collect();
        right.sort_by(|one, other| one.0.total_cmp(&other.0));
        // Nothing is taken across the next label.
        let right = right.into_iter().take_while(|(_, other)| !is_label(*other));
        values.extend(right.map(|(_, other)| self.items[other].text.clone()));
        let below = self.items.iter().enumerate().filter(|(other, item)| {
            !is_label(*other) && gap_below(label.frame, item.frame).is_some_and(|gap| gap <= 1.0)
        });
        values.extend(below.map(|(_, item)| item.text.clone()));
        values
    }

    fn take(&mut self, field: Field, text: &Text) -> bool {
        let patient = &mut self.patient;
        let slot = match field {
            Field::Name => (&mut patient.name, name(text)),
            Field::Kana => (&mut patient.kana, kana(text)),
            Field::ChartNumber => (&mut patient.chart_number, chart_number(text)),
            Field::Insurer => (&mut patient.insurer_number, insurer_number(text)),
            Field::Insured => (&mut patient.insured_number, insured_number(text)),
            Field::Birth => return self.birth(text),
            Field::Sex => return self.sex(text),
            Field::Other => return true,
        };
        let (slot, found) = slot;
        if slot.is_none()
            && let Some(found) = found
        {
            *slot = Some(found);
            self.spans.add(text, 0..text.len());
            return true;
        }
        slot.is_some()
    }

    /// The date of birth; a form that prints all eras leaves the year to be told by reason.
    fn birth(&mut self, text: &Text) -> bool {
        if self.patient.birth_date.is_some() {
            return true;
        }
        let Some(found) = (0..text.len()).find_map(|at| date::date(text, at..text.len())) else {
            return false;
        };
        self.spans.add(text, found.range.clone());
        if let Some(birth) = self.birth_by_ring(text, found.range.clone()) {
            self.patient.birth_date = Some(birth.to_string());
            return true;
        }
        self.patient.birth_date = found.date.map(|date| date.to_string());
        if let Some(date) = found.date.filter(|_| !found.without_era) {
            self.patient.birth_date = Some(date.to_string());
        } else if found.without_era {
            let possible = self.possible_births(text, found.range.clone());
            if let [only] = possible[..] {
                self.patient.birth_date = Some(only.to_string());
                return true;
            }
            if !possible.is_empty() {
                let facts: Vec<String> =
                    possible.iter().map(|date| format!("{}（{date}）", date.in_era())).collect();
                let doubt = Doubt::about(DoubtKind::AmbiguousDate, "birth_date", facts.join("／"));
                self.patient.doubts.push(doubt);
                return true;
            }
        }
        let doubts = found.doubts.into_iter();
        self.patient
            .doubts
            .extend(doubts.map(|doubt| Doubt::about(doubt.kind, "birth_date", doubt.facts)));
        true
    }

    /// The date in the era with a ring around it, of 明治大正昭和平成令和 in print.
    fn birth_by_ring(&self, text: &Text, range: std::ops::Range<usize>) -> Option<PartialDate> {
        let ringed = ["明治", "大正", "昭和", "平成", "令和"].into_iter().find(|era| {
            let era: Vec<char> = era.chars().collect();
            text.chars()
                .windows(era.len())
                .position(|word| word == era)
                .is_some_and(|at| is_ringed(self.page, text, at..at + era.len()))
        })?;
        let [year, month, day] = figures(text, range)?;
        readings(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?)
            .into_iter()
            .find(|birth| birth.in_era().starts_with(ringed))
    }

    /// The readings of a year without era that make the patient neither unborn nor too old on
    /// any date of the page.
    fn possible_births(&self, text: &Text, range: std::ops::Range<usize>) -> Vec<PartialDate> {
        let dates: Vec<PartialDate> = self
            .items
            .iter()
            .filter_map(|item| date::find_date(&item.text, 0..item.text.len())?.date)
            .collect();
        let (Some(first), Some(last)) = (dates.iter().min(), dates.iter().max()) else {
            return Vec::new();
        };
        let Some([year, month, day]) = figures(text, range) else { return Vec::new() };
        let (Ok(month), Ok(day)) = (i8::try_from(month), i8::try_from(day)) else {
            return Vec::new();
        };
        readings(year, month, day)
            .into_iter()
            .filter(|birth| birth <= first && last.year() - birth.year() <= OLDEST)
            .collect()
    }

    fn sex(&mut self, text: &Text) -> bool {
        let has = |char: char| text.chars().contains(&char);
        if let Some(sex) = self.ringed_sex(text) {
            self.patient.sex = Some(sex);
            self.spans.add(text, 0..text.len());
            return true;
        }
        // Both are printed on a form; without a ring neither is chosen.
        let sex = match (has('男'), has('女')) {
            (true, false) => Some(Sex::Male),
            (false, true) => Some(Sex::Female),
            _ => return true,
        };
        if self.patient.sex.is_none() && self.is_only_sex() {
            self.patient.sex = sex;
            self.spans.add(text, 0..text.len());
        }
        true
    }

    /// The one of 男 and 女 that has a ring.
    fn ringed_sex(&self, text: &Text) -> Option<Sex> {
        let ringed = |char: char| {
            let at = text.chars().iter().position(|other| *other == char);
            at.is_some_and(|at| is_ringed(self.page, text, at..at + 1))
        };
        match (ringed('男'), ringed('女')) {
            (true, false) => Some(Sex::Male),
            (false, true) => Some(Sex::Female),
            _ => None,
        }
    }

    fn sex_alone(&mut self) {
        if self.patient.sex.is_some() || !self.is_only_sex() {
            return;
        }
        let alone = self.items.iter().find_map(|item| {
            let word = item.text.string(0..item.text.len());
            match word.trim_matches(['(', ')', ' ', '性']) {
                "男" => Some((item, Sex::Male)),
                "女" => Some((item, Sex::Female)),
                _ => None,
            }
        });
        if let Some((item, sex)) = alone {
            self.patient.sex = Some(sex);
            self.spans.add(&item.text, 0..item.text.len());
        }
    }

    /// Whether the page says 男 or 女 but not both.
    fn is_only_sex(&self) -> bool {
        let says = |word: &str| {
            self.items.iter().any(|item| {
                item.text
                    .string(0..item.text.len())
                    .split([' ', '・', '/', '(', ')'])
                    .any(|part| part == word || part == format!("{word}性"))
            })
        };
        says("男") != says("女")
    }

    fn finish(mut self) -> Patient {
        if let Some(number) = &self.patient.insurer_number
            && !check_digit_fits(number)
        {
            self.patient.doubts.push(Doubt::about(
                DoubtKind::CheckDigit,
                "insurer_number",
                number.clone(),
            ));
        }
        if self.patient.is_some() {
            let read = self.spans.confidence(self.page);
            self.patient.confidence = confidence::of_name(read, &self.patient.doubts);
            self.patient.bbox =
                Some(self.spans.bbox(self.page)).filter(|bbox: &Rect| !bbox.is_empty());
        }
        self.patient
    }
}

/// The three figures of a date.
fn figures(text: &Text, range: std::ops::Range<usize>) -> Option<[i16; 3]> {
    let mut cursor = Cursor::new(text, range);
    let mut figures = Vec::new();
    while !cursor.is_done() {
        match cursor.whole() {
            Some((value, _)) => figures.push(i16::try_from(value).ok()?),
            None => cursor.step(),
        }
    }
    figures.try_into().ok()
}

/// Nobody on a chart is older.
const OLDEST: i16 = 115;
