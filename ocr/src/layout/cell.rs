use chart::{Cell, Rect};

use super::Regions;

/// Cells whose edges are nearer than this, in pixels, touch. They reach to the middle of the
/// rule between them.
const BETWEEN: u32 = 10;
/// Edges of cells that differ by no more than this, in pixels, lie on one rule of the grid.
const ONE_RULE: u32 = 9;

/// The tables of a page: for each region its cell, if it is one of a table.
#[derive(Debug, Clone, Default)]
pub struct Tables {
    cells: Vec<Option<Cell>>,
    /// The box around each table.
    pub places: Vec<Rect>,
}

impl Tables {
    /// Gathers the closed regions to tables; cells that touch are of one table.
    pub fn of(regions: &Regions) -> Self {
        let cells: Vec<(u16, Rect)> = regions.cells().collect();
        let mut tables = Self { cells: vec![None; regions.len()], places: Vec::new() };
        let mut groups = touching(&cells);
        let around = |group: &Vec<usize>| {
            Rect::around(group.iter().map(|&at| cells[at].1)).unwrap_or_default()
        };
        groups.sort_by_key(|group| (around(group).y0, around(group).x0));
        for group in groups {
            let table = tables.places.len() as u16;
            tables.places.push(around(&group));
            let columns = Edges::of(group.iter().flat_map(|&at| [cells[at].1.x0, cells[at].1.x1]));
            let rows = Edges::of(group.iter().flat_map(|&at| [cells[at].1.y0, cells[at].1.y1]));
            for at in group {
                let (region, place) = cells[at];
                let (column, last_column) = (columns.at(place.x0), columns.at(place.x1));
                let (row, last_row) = (rows.at(place.y0), rows.at(place.y1));
                tables.cells[usize::from(region)] = Some(Cell {
                    table,
                    row,
                    column,
                    rows: last_row.saturating_sub(row).max(1),
                    columns: last_column.saturating_sub(column).max(1),
                });
            }
        }
        tables
    }

    /// The cell that a region is.
    pub fn cell(&self, region: u16) -> Option<Cell> {
        self.cells.get(usize::from(region)).copied().flatten()
    }
}

/// Groups of cells that touch, directly or by others.
fn touching(cells: &[(u16, Rect)]) -> Vec<Vec<usize>> {
    let near = |a: Rect, b: Rect| {
        a.x0 < b.x1 + BETWEEN
            && b.x0 < a.x1 + BETWEEN
            && a.y0 < b.y1 + BETWEEN
            && b.y0 < a.y1 + BETWEEN
    };
    let mut group_of: Vec<usize> = (0..cells.len()).collect();
    for a in 0..cells.len() {
        for b in a + 1..cells.len() {
            if near(cells[a].1, cells[b].1) && group_of[a] != group_of[b] {
                let (keep, lose) = (group_of[a], group_of[b]);
                for group in &mut group_of {
                    if *group == lose {
                        *group = keep;
                    }
                }
            }
        }
    }
    let mut groups: Vec<Vec<usize>> = vec![Vec::new(); cells.len()];
    for (at, &group) in group_of.iter().enumerate() {
        groups[group].push(at);
    }
    groups.retain(|group| !group.is_empty());
    groups
}

/// The rules of a grid in one direction. A right edge and the left edge behind the same rule
/// are one.
struct Edges {
    starts: Vec<u32>,
}

impl Edges {
    fn of(edges: impl Iterator<Item = u32>) -> Self {
        let mut sorted: Vec<u32> = edges.collect();
        sorted.sort_unstable();
        let mut starts: Vec<u32> = Vec::new();
        let mut last = 0;
        for edge in sorted {
            if starts.is_empty() || edge > last + ONE_RULE {
                starts.push(edge);
            }
            last = edge;
        }
        Self { starts }
    }

    fn at(&self, edge: u32) -> u16 {
        self.starts.partition_point(|&start| start <= edge).saturating_sub(1) as u16
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::Mask;

    /// Three rows and three columns; the upper left cell spans two rows, the lower row is one.
    fn tables() -> (Regions, Tables) {
        let mut rules = Mask::empty(700, 500);
        let mut draw = |x0: usize, y0: usize, x1: usize, y1: usize| {
            for y in y0..y1.max(y0 + 3) {
                for x in x0..x1.max(x0 + 3) {
                    rules.ink[y * 700 + x] = true;
                }
            }
        };
        for y in [100, 300, 400] {
            draw(100, y, 600, y);
        }
        draw(250, 200, 600, 200);
        for x in [100, 600] {
            draw(x, 100, x, 403);
        }
        for x in [250, 450] {
            draw(x, 100, x, 300);
        }
        let regions = Regions::of(&rules);
        let tables = Tables::of(&regions);
        (regions, tables)
    }

    #[test]
    fn cells_know_their_row_and_column_and_what_they_span() {
        let (regions, tables) = tables();
        let at = |x: u32, y: u32| {
            let cell = tables.cell(regions.at(Rect::new(x, y, x + 20, y + 20)));
            cell.map(|cell| (cell.row, cell.column, cell.rows, cell.columns))
        };
        assert_eq!(at(150, 190), Some((0, 0, 2, 1)));
        assert_eq!(at(300, 140), Some((0, 1, 1, 1)));
        assert_eq!(at(500, 250), Some((1, 2, 1, 1)));
        assert_eq!(at(300, 340), Some((2, 0, 1, 3)));
        assert_eq!(at(20, 20), None);
        assert_eq!(tables.places.len(), 1);
    }
}
