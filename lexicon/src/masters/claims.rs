//! What the three claims masters (レセプト電算処理システム: y, b, z) have in common: no header, the
//! kind of change first, a letter for the master second, the code third; and difference files,
//! whose changed rows hold only what changed.

use std::collections::BTreeMap;

use csv::StringRecord;

use super::{
    fault::FaultKind,
    table::{Faults, Row, Table},
};

/// Which of the three.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// The letter in the second column.
    pub letter: &'static str,
    /// Digits of the code in the third.
    pub digits: usize,
    /// The fewest columns of an edition that is known.
    pub least_columns: usize,
    /// Columns of the editions that are described; later ones may have more.
    pub columns: usize,
    /// Column of the name, from 0.
    pub name: usize,
}

/// 医薬品マスター: 35 columns until 2024, 40 from then, 42 from the autumn of 2024.
pub const DRUGS: Layout =
    Layout { letter: "Y", digits: 9, least_columns: 35, columns: 40, name: 4 };
/// 傷病名マスター: 46 columns in 2024, fewer in years before.
pub const DISEASES: Layout =
    Layout { letter: "B", digits: 7, least_columns: 38, columns: 46, name: 5 };
/// 修飾語マスター: 19 columns.
pub const MODIFIERS: Layout =
    Layout { letter: "Z", digits: 4, least_columns: 18, columns: 19, name: 6 };

/// 変更区分.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// 0 unchanged, 2 and 5 changed, 3 new.
    Holds,
    /// 9: abolished from a day on, which the row states.
    Abolished,
    /// 1: taken out as if it had never been.
    Erased,
}

/// A row under its code.
#[derive(Debug, Clone)]
pub struct ClaimsRow {
    /// The kind of change.
    pub change: Change,
    /// The code.
    pub code: String,
    /// Where it stands and all its fields.
    pub row: Row,
}

/// Rows by code.
pub type State = BTreeMap<String, Row>;

/// The layout that the first rows fit.
pub fn recognise(table: &Table) -> Option<Layout> {
    [DRUGS, DISEASES, MODIFIERS].into_iter().find(|layout| {
        let looked_at = table.rows.iter().take(40);
        let (fits, all) = looked_at.fold((0, 0), |(fits, all), row| {
            (fits + usize::from(is_row_of(row, *layout)), all + 1)
        });
        // A broken first line must not hide what the file is.
        all > 0 && fits * 10 >= all * 7
    })
}

fn is_row_of(row: &Row, layout: Layout) -> bool {
    let code = row.field(2);
    row.field(1) == layout.letter
        && code.len() == layout.digits
        && code.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether the file holds changes only: a full file has unchanged rows, and each of its rows has
/// a name.
pub fn is_difference(table: &Table, layout: Layout) -> bool {
    let mut rows = table.rows.iter().filter(|row| is_row_of(row, layout));
    !rows.any(|row| row.field(0) == "0" && !row.field(layout.name).is_empty())
}

/// The rows with their codes; a code that comes twice counts once.
pub fn rows(table: &Table, layout: Layout, faults: &mut Faults<'_>) -> Vec<ClaimsRow> {
    let mut seen = std::collections::HashSet::new();
    let mut rows = Vec::with_capacity(table.rows.len());
    for row in &table.rows {
        if row.fields.len() < layout.least_columns {
            let kind = FaultKind::Columns { found: row.fields.len(), expected: layout.columns };
            faults.lose_row(row, kind);
            continue;
        }
        if row.field(1) != layout.letter {
            faults.lose(row, 1, FaultKind::Word(row.field(1).chars().take(10).collect()));
            continue;
        }
        if !is_row_of(row, layout) {
            faults.lose(row, 2, FaultKind::Shape(row.field(2).chars().take(24).collect()));
            continue;
        }
        let change = match row.field(0) {
            "0" | "2" | "3" | "5" => Change::Holds,
            "9" => Change::Abolished,
            "1" => Change::Erased,
            other => {
                faults.note(row, 0, FaultKind::Word(other.chars().take(10).collect()));
                Change::Holds
            }
        };
        let code = row.field(2).to_owned();
        if !seen.insert(code.clone()) {
            faults.lose(row, 2, FaultKind::Repeated(code));
            continue;
        }
        rows.push(ClaimsRow { change, code, row: row.clone() });
    }
    rows
}

/// The state that a full file describes.
pub fn full(rows: &[ClaimsRow]) -> State {
    let rows = rows.iter().filter(|row| row.change != Change::Erased);
    rows.map(|row| (row.code.clone(), row.row.clone())).collect()
}

/// Applies the rows of a difference file. A row that changes what is not there is told, and left
/// out if it has no name of its own.
pub fn apply(state: &mut State, rows: &[ClaimsRow], layout: Layout, faults: &mut Faults<'_>) {
    for ClaimsRow { change, code, row } in rows {
        if *change == Change::Erased {
            state.remove(code);
            continue;
        }
        if let Some(base) = state.get_mut(code) {
            base.fields = overlaid(&base.fields, &row.fields);
            base.line = row.line;
        } else if row.field(layout.name).is_empty() {
            faults.lose(row, 2, FaultKind::NoBase(code.clone()));
        } else {
            state.insert(code.clone(), row.clone());
        }
    }
}

/// The base with every field that the change fills.
fn overlaid(base: &StringRecord, change: &StringRecord) -> StringRecord {
    (0..base.len().max(change.len()))
        .map(|at| match change.get(at) {
            Some(field) if !field.is_empty() => field,
            _ => base.get(at).unwrap_or_default(),
        })
        .collect()
}
