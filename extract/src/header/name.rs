//! The name and its reading.

use std::ops::Range;

use chart::Rect;

use super::{Header, label::label};
use crate::{
    evidence::box_of,
    layout::{Item, gap_below, gap_beside},
    notation::patient::{kana, name, titled_name},
};

/// A family name alone, and a given name, have so many characters at most: four may be both already.
const LONGEST_NAME: usize = 3;

impl<'p> Header<'p> {
    /// 見本 花子 様, where the page has no label for the name and names one person so.
    pub(super) fn name_by_title(&mut self) {
        if self.patient.name.is_some() {
            return;
        }
        let titled = self.items.iter().filter_map(|item| Some((item, titled_name(&item.text)?)));
        let found: Vec<(&Item, (String, Range<usize>))> = titled.collect();
        if let [(item, (name, range)), others @ ..] = found.as_slice()
            && others.iter().all(|(_, (other, _))| other == name)
        {
            self.patient.name = Some(name.clone());
            self.name_line = item.text.places().first().map(|place| place.line);
            self.spans.add(&item.text, range.clone());
        }
    }

    /// The given name may stand so far from the family name that it was read as a line of its own.
    pub(super) fn given_name(&mut self) {
        let (Some(family), Some(item)) = (&self.patient.name, self.item_of_name()) else { return };
        if family.contains(' ') || family.chars().count() > LONGEST_NAME {
            return;
        }
        let high = item.frame.height();
        let beside = self.items.iter().find_map(|other| {
            let gap = gap_beside(item.frame, other.frame)?;
            let given = name(&other.text).filter(|given| given.chars().count() <= LONGEST_NAME)?;
            let alike = other.frame.height() * 3 > high * 2 && other.frame.height() * 2 < high * 3;
            (gap <= 2.0 && alike && label(&other.text).is_none()).then_some((other, given))
        });
        if let Some((other, given)) = beside {
            self.patient.name = Some(format!("{family} {given}"));
            self.spans.add(&other.text, 0..other.text.len());
        }
    }

    /// 見本花子, of which the given name stands apart: the one gap that is wider than the others.
    pub(super) fn part_name(&mut self) {
        let (Some(name), Some(item)) = (&self.patient.name, self.item_of_name()) else { return };
        let letters: Vec<char> = name.chars().collect();
        let Some(line) = self.page.lines.get(item.line).filter(|line| !line.vertical) else {
            return;
        };
        let begins = item.text.chars().windows(letters.len()).position(|part| part == letters);
        let Some(begins) = begins.filter(|_| letters.len() > 2 && !letters.contains(&' ')) else {
            return;
        };
        let places = &item.text.places()[begins..begins + letters.len()];
        let boxes: Vec<Rect> =
            places.iter().map(|place| box_of(line, place.at..place.at + 1)).collect();
        let gaps: Vec<u32> =
            boxes.windows(2).map(|pair| pair[1].x0.saturating_sub(pair[0].x1)).collect();
        let Some(widest) = (0..gaps.len()).max_by_key(|at| gaps[*at]) else { return };
        let others = (0..gaps.len()).filter(|at| *at != widest).map(|at| gaps[at]);
        let next = others.max().unwrap_or(0);
        let letter = boxes.iter().map(|it| it.width()).max().unwrap_or(0);
        if gaps[widest] * 4 > letter && gaps[widest] > next * 2 {
            let (family, given) = letters.split_at(widest + 1);
            self.patient.name = Some(family.iter().chain([&' ']).chain(given).collect::<String>());
        }
    }

    /// Where the name stands.
    pub(super) fn item_of_name(&self) -> Option<&'p Item> {
        let line = self.name_line?;
        self.items.iter().find(|item| item.text.places().iter().any(|place| place.line == line))
    }

    /// The reading of the name may stand small above it, with no label of its own.
    pub(super) fn kana_above_name(&mut self) {
        let (None, Some(name)) = (&self.patient.kana, self.item_of_name()) else { return };
        let above = self.items.iter().filter_map(|item| {
            let gap = gap_below(item.frame, name.frame).filter(|gap| *gap <= 1.0)?;
            // フリガナ is kana itself.
            let found = kana(&item.text).filter(|_| label(&item.text).is_none())?;
            Some((gap, item, found))
        });
        if let Some((_, item, found)) = above.min_by(|one, other| one.0.total_cmp(&other.0)) {
            self.patient.kana = Some(found);
            self.spans.add(&item.text, 0..item.text.len());
        }
    }
}
