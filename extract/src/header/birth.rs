//! The date of birth.

use std::ops::Range;

use chart::{
    Doubt, DoubtKind,
    wareki::{Era, PartialDate, from_wareki},
};

use super::Header;
use crate::{
    evidence::is_ringed,
    normalise::Text,
    notation::{
        cursor::Cursor,
        date::{self, readings},
        era_choice::EraChoice,
    },
};

impl Header<'_> {
    /// The date of birth. Where a form prints all eras the one in a ring counts, and without a ring the
    /// year is told by reason.
    pub(super) fn birth(&mut self, text: &Text) -> bool {
        if self.patient.birth_date.is_some() {
            return true;
        }
        let choice = EraChoice::find(text);
        if let Some(choice) = &choice {
            self.era = choice.chosen(|range| is_ringed(self.page, text, range));
        }
        let text = &text.slice(choice.map_or(0, |choice| choice.end())..text.len());
        let Some(found) = (0..text.len()).find_map(|at| date::date(text, at..text.len())) else {
            return false;
        };
        self.spans.add(text, found.range.clone());
        let mut birth = found.date;
        let mut doubts: Vec<(DoubtKind, String)> =
            found.doubts.into_iter().map(|doubt| (doubt.kind, doubt.facts)).collect();
        if found.without_era
            && let Some(era) = self.era
        {
            birth = birth_in(era, text, found.range.clone());
            doubts.clear();
            if birth.is_none() {
                let facts = era.kanji().to_owned() + &text.string(found.range);
                doubts.push((DoubtKind::ImpossibleDate, facts));
            }
        } else if found.without_era {
            let possible = self.possible_births(text, found.range);
            if let [only] = possible[..] {
                birth = Some(only);
                doubts.clear();
            } else if !possible.is_empty() {
                doubts = vec![(DoubtKind::AmbiguousDate, date::in_both(&possible))];
            }
        }
        // Nobody is born after every date on the page: one of them is wrong.
        if let Some(born) = birth
            && let Some(last) = self.dates().into_iter().filter(|other| *other != born).max()
            && last < born
        {
            doubts.push((DoubtKind::ImpossibleDate, date::in_both(&[born])));
        }
        self.patient.birth_date = birth.map(|birth| birth.to_string());
        let doubts = doubts.into_iter();
        self.patient
            .doubts
            .extend(doubts.map(|(kind, facts)| Doubt::about(kind, "birth_date", facts)));
        true
    }

    /// S23.4.5生: a date of birth that says so itself.
    pub(super) fn born(&mut self) {
        if self.patient.birth_date.is_some() {
            return;
        }
        let born = self.items.iter().find_map(|item| {
            let found = date::find_date(&item.text, 0..item.text.len())?;
            let mut behind = Cursor::new(&item.text, found.range.end..item.text.len());
            behind.spaces();
            behind.eat("生").then(|| item.text.slice(found.range))
        });
        if let Some(text) = born {
            self.birth(&text);
        }
    }

    /// The readings of a year without era that make the patient neither unborn nor too old on
    /// any date of the page.
    fn possible_births(&self, text: &Text, range: Range<usize>) -> Vec<PartialDate> {
        let dates = self.dates();
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

    /// All dates on the page with era or western year, month and day: less may be no date. The last era in
    /// print is no date's.
    fn dates(&self) -> Vec<PartialDate> {
        let texts = self.items.iter().map(|item| &item.text);
        texts
            .filter(|text| EraChoice::find(text).is_none())
            .filter_map(|text| date::find_date(text, 0..text.len())?.date)
            .filter(|date| date.day().is_some())
            .collect()
    }
}

/// The date that figures without an era mean in this one.
fn birth_in(era: Era, text: &Text, range: Range<usize>) -> Option<PartialDate> {
    let [year, month, day] = figures(text, range)?;
    let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    from_wareki(era, year, Some(month), Some(day)).ok().map(|found| found.date)
}

/// The three figures of a date.
fn figures(text: &Text, range: Range<usize>) -> Option<[i16; 3]> {
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
