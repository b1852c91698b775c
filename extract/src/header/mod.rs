//! The patient header: printed labels and what stands beside or below them.

mod birth;
mod label;
mod name;
mod sex;

use chart::{Doubt, DoubtKind, PageText, Patient, Rect, wareki::Era};

use self::label::{Field, label};
use crate::{
    confidence,
    evidence::Spans,
    layout::{Item, gap_below, gap_beside},
    normalise::Text,
    notation::patient::{
        chart_number, check_digit_fits, insured_number, insurer_number, kana, name,
    },
};

/// Reads the header of a page.
pub fn patient(page: &PageText, items: &[Item]) -> Patient {
    let mut header = Header {
        page,
        items,
        era: None,
        name_line: None,
        patient: Patient::default(),
        spans: Spans::default(),
    };
    let labels: Vec<(usize, Field, usize)> = items
        .iter()
        .enumerate()
        .filter_map(|(number, item)| label(&item.text).map(|(field, value)| (number, field, value)))
        .collect();
    for &(number, field, value) in &labels {
        for text in header.values(number, field, value, &labels) {
            if header.take(field, &text) {
                break;
            }
        }
    }
    header.name_by_title();
    header.given_name();
    header.part_name();
    header.born();
    header.kana_above_name();
    header.sex_by_ring();
    header.sex_alone();
    header.finish()
}

struct Header<'p> {
    page: &'p PageText,
    items: &'p [Item],
    /// The era of birth that has a ring.
    era: Option<Era>,
    /// The line in which the name stands.
    name_line: Option<usize>,
    patient: Patient,
    spans: Spans,
}

/// A value stands at most this many line heights to the right of its label.
const FARTHEST_RIGHT: f32 = 14.0;

impl Header<'_> {
    /// Where the value of a label may stand: behind it in its line, then to its right, then below.
    fn values(
        &self,
        number: usize,
        field: Field,
        value: usize,
        labels: &[(usize, Field, usize)],
    ) -> Vec<Text> {
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
        // A date of birth in two lines stands above and below the middle of its label.
        if field == Field::Birth && values.is_empty() {
            let beside = label.frame;
            let (from, to) =
                (beside.y0.saturating_sub(beside.height()), beside.y1 + beside.height());
            let near = self.items.iter().enumerate().filter(|(other, item)| {
                let frame = item.frame;
                let middle = u32::midpoint(frame.y0, frame.y1);
                !is_label(*other)
                    && (from..to).contains(&middle)
                    && frame.x0 > beside.x1
                    && (frame.x0 - beside.x1) as f32 <= beside.height() as f32 * FARTHEST_RIGHT
            });
            values.extend(near.map(|(_, item)| item.text.clone()));
        }
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
            if field == Field::Name {
                self.name_line = text.places().first().map(|place| place.line);
            }
            self.spans.add(text, 0..text.len());
            return true;
        }
        slot.is_some()
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
