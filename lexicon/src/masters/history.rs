//! Rows over several editions: what is there from when until when.

use std::{collections::HashMap, hash::Hash};

use jiff::{ToSpan, civil::Date};

use crate::entry::{EditionNo, Validity};

/// A row as its last edition had it, and when editions had it.
#[derive(Debug, Clone)]
pub struct Tracked<V> {
    /// The row.
    pub value: V,
    /// The last edition that has it.
    pub edition: EditionNo,
    /// The first edition that has it.
    pub first: Date,
    /// The last edition that has it.
    pub last: Date,
    /// The edition before the first, which covers it and does not have it.
    pub absent_before: Option<Date>,
    /// The first edition after the last that covers it and does not have it.
    pub gone: Option<Date>,
}

/// Rows of one master by their key.
#[derive(Debug)]
pub struct History<K, V> {
    tracked: HashMap<K, Tracked<V>>,
    /// Keys in the order in which they came, so that results do not depend on hashing.
    order: Vec<K>,
}

impl<K, V> Default for History<K, V> {
    fn default() -> Self {
        Self { tracked: HashMap::new(), order: Vec::new() }
    }
}

impl<K: Hash + Eq + Clone, V> History<K, V> {
    /// Takes in the next edition; they come in the order of their days. `absent_before` is the
    /// day of the latest earlier edition that would have the row if it had been there then, and
    /// `covers` says whether this edition would have a row if it were there.
    pub fn add(
        &mut self,
        edition: EditionNo,
        date: Date,
        rows: impl IntoIterator<Item = (K, V)>,
        absent_before: impl Fn(&V) -> Option<Date>,
        covers: impl Fn(&V) -> bool,
    ) {
        for (key, value) in rows {
            if let Some(known) = self.tracked.get_mut(&key) {
                known.value = value;
                known.edition = edition;
                known.last = date;
                known.gone = None;
                continue;
            }
            let absent_before = absent_before(&value);
            let (first, last, gone) = (date, date, None);
            self.order.push(key.clone());
            let tracked = Tracked { value, edition, first, last, absent_before, gone };
            self.tracked.insert(key, tracked);
        }
        for known in self.tracked.values_mut() {
            if known.last < date && known.gone.is_none() && covers(&known.value) {
                known.gone = Some(date);
            }
        }
    }

    /// A row.
    pub fn get(&self, key: &K) -> Option<&Tracked<V>> {
        self.tracked.get(key)
    }

    /// All rows in the order in which they first came.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &Tracked<V>)> {
        self.order.iter().filter_map(|key| Some((key, self.tracked.get(key)?)))
    }
}

/// Editions announce what begins within about two months.
const ANNOUNCED_DAYS: i32 = 70;

impl<V> Tracked<V> {
    /// The days on which the row can have held: stated by the row itself, else the widest span
    /// that the editions leave.
    pub fn validity(&self, listed: Option<Date>, ends: Option<Date>) -> Validity {
        // A row that an older edition has was not listed later; the day is of something else.
        let stated = listed.filter(|listed| {
            self.first.checked_add(ANNOUNCED_DAYS.days()).is_ok_and(|latest| *listed <= latest)
        });
        let after = |date: Date| date.tomorrow().ok();
        let before = |date: Date| date.yesterday().ok();
        let from = stated.or_else(|| self.absent_before.and_then(after));
        let until = [ends, self.gone.and_then(before)].into_iter().flatten().min();
        Validity { from, until }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn history(editions: &[(Date, &[&'static str])]) -> History<&'static str, ()> {
        let mut history = History::default();
        let mut before = None;
        for (number, (date, names)) in (0..).zip(editions) {
            let rows = names.iter().map(|name| (*name, ()));
            history.add(EditionNo(number), *date, rows, |()| before, |()| true);
            before = Some(*date);
        }
        history
    }

    #[test]
    fn what_a_later_edition_lacks_ended_before_it() {
        let history = history(&[
            (date(2014, 11, 28), &["old", "stays"]),
            (date(2018, 4, 1), &["stays", "new"]),
        ]);
        let valid = |name| history.get(&name).unwrap().validity(None, None);
        assert_eq!(valid("old"), Validity { from: None, until: Some(date(2018, 3, 31)) });
        assert_eq!(valid("stays"), Validity::OPEN);
        assert_eq!(valid("new"), Validity { from: Some(date(2014, 11, 29)), until: None });
    }

    #[test]
    fn what_comes_back_is_not_gone() {
        let history = history(&[
            (date(2014, 1, 1), &["a"]),
            (date(2016, 1, 1), &[]),
            (date(2018, 1, 1), &["a"]),
        ]);
        assert_eq!(history.get(&"a").unwrap().validity(None, None), Validity::OPEN);
    }

    #[test]
    fn stated_days_win() {
        let history = history(&[(date(2025, 7, 16), &["a"])]);
        let tracked = history.get(&"a").unwrap();
        let (listed, ends) = (date(2025, 5, 21), date(2026, 3, 31));
        assert_eq!(
            tracked.validity(Some(listed), Some(ends)),
            Validity { from: Some(listed), until: Some(ends) }
        );
        // Listed after it was there already: a day of another listing.
        assert_eq!(tracked.validity(Some(date(2026, 7, 1)), None), Validity::OPEN);
    }
}
