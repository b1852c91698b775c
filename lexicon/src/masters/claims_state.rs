//! Editions of a claims master in the order of their days: full files replace what was, and
//! differences change it.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{
    claims::{self, Layout},
    edition::Edition,
    fault::Fault,
    read::{Content, ReadFile},
    receipt::{self, ReceiptDisease, ReceiptDrug, ReceiptModifier},
    table::{Faults, Row},
};

/// A row of one of the three masters.
pub trait ClaimsEntry: Sized {
    /// The layout of its master.
    const LAYOUT: Layout;
    /// Reads it.
    fn read(row: &Row, faults: &mut Faults<'_>) -> Option<Self>;
}

impl ClaimsEntry for ReceiptDrug {
    const LAYOUT: Layout = claims::DRUGS;
    fn read(row: &Row, faults: &mut Faults<'_>) -> Option<Self> {
        receipt::drug(row, faults)
    }
}

impl ClaimsEntry for ReceiptDisease {
    const LAYOUT: Layout = claims::DISEASES;
    fn read(row: &Row, faults: &mut Faults<'_>) -> Option<Self> {
        receipt::disease(row, faults)
    }
}

impl ClaimsEntry for ReceiptModifier {
    const LAYOUT: Layout = claims::MODIFIERS;
    fn read(row: &Row, faults: &mut Faults<'_>) -> Option<Self> {
        receipt::modifier(row, faults)
    }
}

/// What the master held from one edition on.
#[derive(Debug)]
pub struct State<T> {
    /// Number of the edition among all that were loaded.
    pub number: usize,
    /// Its day.
    pub date: Date,
    /// All entries by code.
    pub entries: BTreeMap<String, T>,
}

/// The state after each edition, oldest first; files are in the order of their days.
pub fn states<T: ClaimsEntry>(files: &[(Edition, ReadFile)]) -> Vec<State<T>> {
    let mut states = Vec::new();
    walk(files, T::LAYOUT, |number, edition, rows| {
        let mut faults = Faults::named(&edition.name);
        let entries = rows
            .iter()
            .filter_map(|(code, row)| Some((code.clone(), T::read(row, &mut faults)?)))
            .collect();
        states.push(State { number, date: edition.date, entries });
    });
    states
}

/// What is wrong with the last file, a difference, once it is applied to those before it.
pub fn faults_of_last(files: &[(Edition, ReadFile)]) -> Vec<Fault> {
    let Some((edition, ReadFile { content: Content::Claims(layout, rows), .. })) = files.last()
    else {
        return Vec::new();
    };
    let mut state = claims::State::new();
    walk(&files[..files.len() - 1], *layout, |_, _, rows| state.clone_from(rows));
    let mut faults = Faults::named(&edition.name);
    claims::apply(&mut state, rows, *layout, &mut faults);
    for row in rows {
        let Some(merged) = state.get(&row.code) else { continue };
        match layout.digits {
            9 => drop(receipt::drug(merged, &mut faults)),
            7 => drop(receipt::disease(merged, &mut faults)),
            _ => drop(receipt::modifier(merged, &mut faults)),
        }
    }
    faults.into_vec()
}

fn walk(
    files: &[(Edition, ReadFile)],
    layout: Layout,
    mut after_each: impl FnMut(usize, &Edition, &claims::State),
) {
    let mut state = claims::State::new();
    for (number, (edition, file)) in files.iter().enumerate() {
        let Content::Claims(this, rows) = &file.content else { continue };
        if *this != layout {
            continue;
        }
        if edition.is_difference {
            let mut faults = Faults::named(&edition.name);
            claims::apply(&mut state, rows, layout, &mut faults);
        } else {
            state = claims::full(rows);
        }
        after_each(number, edition, &state);
    }
}
