use chart::Rect;

use super::{Mask, mask::next_ink};

/// Pixels a side of the squares in which regions are told apart.
const SQUARE: usize = 4;
/// Breaks in rules of up to twice so many squares do not join two cells.
const REACH: usize = 1;
/// Narrower regions are no cells: no character fits in.
const SMALLEST_SIDE: u32 = 12;
/// A region that covers more of the page than this share is no cell but the open page.
const OPEN_SHARE: f64 = 0.4;

/// The areas that rules divide a page into: cells of tables, and the page around them.
#[derive(Debug, Clone)]
pub struct Regions {
    columns: usize,
    rows: usize,
    labels: Vec<u16>,
    /// For each region, whether it is closed by rules on all sides: a cell.
    closed: Vec<bool>,
    /// The box around each region, in pixels.
    places: Vec<Rect>,
}

impl Regions {
    /// Divides a page by the mask of its rules.
    pub fn of(rules: &Mask) -> Self {
        let columns = rules.width.div_ceil(SQUARE);
        let rows = rules.height.div_ceil(SQUARE);
        let mut regions = Self {
            columns,
            rows,
            labels: walls(rules, columns, rows),
            closed: vec![false],
            places: vec![Rect::default()],
        };
        for at in 0..regions.labels.len() {
            if regions.labels[at] == 0 && regions.closed.len() < usize::from(WALL) {
                regions.fill(at);
            }
        }
        regions
    }

    /// The region in which most of `rect`'s middle lies. 0 if it lies on a rule all over.
    pub fn at(&self, rect: Rect) -> u16 {
        let (cx, cy) = (u32::midpoint(rect.x0, rect.x1), u32::midpoint(rect.y0, rect.y1));
        let square = |x: u32, y: u32| {
            let column = (x as usize / SQUARE).min(self.columns - 1);
            let row = (y as usize / SQUARE).min(self.rows - 1);
            self.labels[row * self.columns + column]
        };
        let (qx, qy) = (rect.width() / 4, rect.height() / 4);
        let around = [(cx, cy), (cx - qx, cy), (cx + qx, cy), (cx, cy - qy), (cx, cy + qy)];
        around.into_iter().map(|(x, y)| square(x, y)).find(|&label| label != WALL).unwrap_or(0)
    }

    /// Whether a region is a cell.
    pub fn is_cell(&self, region: u16) -> bool {
        self.closed.get(usize::from(region)).copied().unwrap_or(false)
    }

    /// How many regions there are, walls included.
    pub const fn len(&self) -> usize {
        self.closed.len()
    }

    /// Whether the page has no region, not even one around everything.
    pub const fn is_empty(&self) -> bool {
        self.closed.is_empty()
    }

    /// The box around a region; empty if there is no such region.
    pub fn place(&self, region: u16) -> Rect {
        self.places.get(usize::from(region)).copied().unwrap_or_default()
    }

    /// Every cell with its box.
    pub fn cells(&self) -> impl Iterator<Item = (u16, Rect)> {
        let closed = self.closed.iter().zip(&self.places).enumerate();
        closed
            .filter(|(_, (closed, _))| **closed)
            .map(|(region, (_, place))| (region as u16, *place))
    }

    /// Gives everything that can be reached from a square without crossing a wall a new label.
    fn fill(&mut self, start: usize) {
        let label = self.closed.len() as u16;
        let mut waiting = vec![start];
        let (mut touches_edge, mut squares) = (false, 0_usize);
        let (mut left, mut right, mut top, mut bottom) = (self.columns, 0, self.rows, 0);
        self.labels[start] = label;
        while let Some(at) = waiting.pop() {
            squares += 1;
            let (row, column) = (at / self.columns, at % self.columns);
            (left, right) = (left.min(column), right.max(column + 1));
            (top, bottom) = (top.min(row), bottom.max(row + 1));
            touches_edge |=
                row == 0 || column == 0 || row + 1 == self.rows || column + 1 == self.columns;
            let mut step = |to: usize| {
                if self.labels[to] == 0 {
                    self.labels[to] = label;
                    waiting.push(to);
                }
            };
            if row > 0 {
                step(at - self.columns);
            }
            if row + 1 < self.rows {
                step(at + self.columns);
            }
            if column > 0 {
                step(at - 1);
            }
            if column + 1 < self.columns {
                step(at + 1);
            }
        }
        let share = squares as f64 / (self.columns * self.rows) as f64;
        let [left, right, top, bottom] = [left, right, top, bottom].map(|at| (at * SQUARE) as u32);
        // To the middle of the walls around it.
        let wall = (SQUARE * (REACH + 1)) as u32;
        self.places.push(Rect::new(
            left.saturating_sub(wall),
            top.saturating_sub(wall),
            right + wall,
            bottom + wall,
        ));
        // A gap between the two strokes of a double rule is no cell.
        let is_gap = right - left < SMALLEST_SIDE || bottom - top < SMALLEST_SIDE;
        self.closed.push(!touches_edge && !is_gap && share < OPEN_SHARE);
    }
}

const WALL: u16 = u16::MAX;

/// Squares with a rule, thickened so that short breaks close.
fn walls(rules: &Mask, columns: usize, rows: usize) -> Vec<u16> {
    let mut labels = vec![0; columns * rows];
    for y in 0..rules.height {
        let row = &rules.ink[y * rules.width..(y + 1) * rules.width];
        let mut from = 0;
        while let Some(x) = next_ink(row, from) {
            let column = x / SQUARE;
            labels[y / SQUARE * columns + column] = WALL;
            from = (column + 1) * SQUARE;
        }
    }
    let thin = labels.clone();
    for row in 0..rows {
        for column in 0..columns {
            if thin[row * columns + column] != WALL {
                continue;
            }
            for near_row in row.saturating_sub(REACH)..(row + REACH + 1).min(rows) {
                for near in column.saturating_sub(REACH)..(column + REACH + 1).min(columns) {
                    labels[near_row * columns + near] = WALL;
                }
            }
        }
    }
    labels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_is_a_cell_and_the_page_around_it_is_not() {
        let mut rules = Mask::empty(400, 400);
        for at in 100..300 {
            for (x, y) in [(at, 100), (at, 300), (100, at), (300, at), (200, at)] {
                rules.ink[y * 400 + x] = true;
            }
        }
        let regions = Regions::of(&rules);
        let left = regions.at(Rect::new(120, 150, 140, 170));
        let right = regions.at(Rect::new(250, 150, 270, 170));
        let outside = regions.at(Rect::new(20, 20, 40, 40));
        assert!(left != right && left != outside);
        assert!(regions.is_cell(left) && regions.is_cell(right) && !regions.is_cell(outside));
    }
}
