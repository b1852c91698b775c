use chart::Rect;

use super::{Regions, Tables, TextLine};

/// The order in which lines are read, as indices. Tables go row by row, cell by cell; tables and
/// lines of the open page are cut apart by the widest level gap, else by the widest upright one,
/// again and again.
pub fn reading_order(lines: &[TextLine], regions: &Regions, tables: &Tables) -> Vec<usize> {
    let mut blocks: Vec<Block> = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let place = match tables.cell(line.region) {
            Some(cell) => Place::Table(cell.table),
            None if regions.is_cell(line.region) => Place::Region(line.region),
            None => Place::Open,
        };
        match blocks.iter_mut().find(|block| place != Place::Open && block.place == place) {
            Some(block) => {
                block.lines.push(index);
                block.bbox = block.bbox.union(line.bbox);
            }
            None => blocks.push(Block { place, bbox: line.bbox, lines: vec![index] }),
        }
    }
    for block in &mut blocks {
        let columns = block.lines.iter().filter(|&&index| lines[index].vertical).count();
        if columns * 2 > block.lines.len() {
            // Paper ruled for vertical writing: a column is a column, whatever crosses it.
            within(&mut block.lines, lines);
            continue;
        }
        // Cell by cell, the cells of a row behind each other.
        let cell = |index: usize| {
            let cell = tables.cell(lines[index].region);
            cell.map_or((0, 0), |cell| (cell.row, cell.column))
        };
        block.lines.sort_by_key(|&index| cell(index));
        for lines_of_cell in block.lines.chunk_by_mut(|&a, &b| cell(a) == cell(b)) {
            within(lines_of_cell, lines);
        }
    }
    let mut order = Vec::with_capacity(lines.len());
    let vertical = lines.iter().filter(|line| line.vertical).count() * 2 > lines.len();
    cut(blocks, vertical, &mut order);
    order
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Table(u16),
    Region(u16),
    Open,
}

struct Block {
    place: Place,
    bbox: Rect,
    lines: Vec<usize>,
}

/// Lines of one cell: from above and from the left; columns from the right.
fn within(indices: &mut [usize], lines: &[TextLine]) {
    indices.sort_by_key(|&index| {
        let Rect { x1, y0, y1, .. } = lines[index].bbox;
        if lines[index].vertical { (u32::MAX - x1, y0) } else { (u32::midpoint(y0, y1), 0) }
    });
    // Pieces of one row differ a little in height, those of a column in their right edge.
    let share = |a: (u32, u32), b: (u32, u32)| {
        let both = a.1.min(b.1).saturating_sub(a.0.max(b.0));
        both * 2 > (a.1 - a.0).min(b.1 - b.0)
    };
    let together = |a: &usize, b: &usize| {
        let (a, b) = (&lines[*a], &lines[*b]);
        a.vertical == b.vertical
            && if a.vertical {
                share((a.bbox.x0, a.bbox.x1), (b.bbox.x0, b.bbox.x1))
            } else {
                share((a.bbox.y0, a.bbox.y1), (b.bbox.y0, b.bbox.y1))
            }
    };
    for line in indices.chunk_by_mut(together) {
        line.sort_by_key(|&index| {
            let Rect { x0, y0, .. } = lines[index].bbox;
            if lines[index].vertical { y0 } else { x0 }
        });
    }
}

fn cut(blocks: Vec<Block>, vertical: bool, order: &mut Vec<usize>) {
    if blocks.len() > 1 {
        let level = widest_gap(&blocks, |b| (b.y0, b.y1));
        let upright = widest_gap(&blocks, |b| (b.x0, b.x1));
        let (by_level, at) = match (level, upright, vertical) {
            (Some(at), _, false) | (Some(at), None, true) => (true, at),
            (_, Some(at), true) | (None, Some(at), false) => (false, at),
            (None, None, _) => return inseparable(blocks, order),
        };
        let before = |b: &Block| {
            let start = if by_level { b.bbox.y0 } else { b.bbox.x0 };
            start < at
        };
        if blocks.iter().all(before) || !blocks.iter().any(before) {
            return inseparable(blocks, order);
        }
        let (first, second): (Vec<Block>, Vec<Block>) = blocks.into_iter().partition(before);
        // Vertical writing goes from the right to the left.
        let (first, second) = if vertical && !by_level { (second, first) } else { (first, second) };
        cut(first, vertical, order);
        cut(second, vertical, order);
        return;
    }
    order.extend(blocks.into_iter().flat_map(|block| block.lines));
}

fn inseparable(mut blocks: Vec<Block>, order: &mut Vec<usize>) {
    blocks.sort_by_key(|b| (b.bbox.y0, b.bbox.x0));
    order.extend(blocks.into_iter().flat_map(|block| block.lines));
}

/// Where the widest gap ends that no block reaches across; blocks may overlap by a little, as
/// slanted rows do.
fn widest_gap(blocks: &[Block], side: impl Fn(&Rect) -> (u32, u32)) -> Option<u32> {
    let mut sides: Vec<(u32, u32)> = blocks
        .iter()
        .map(|block| {
            let (from, to) = side(&block.bbox);
            let trim = ((to - from) / 8).min(6);
            (from + trim, to - trim)
        })
        .collect();
    sides.sort_unstable();
    let mut end = sides[0].1;
    let mut best: Option<(u32, u32)> = None;
    for (from, to) in sides {
        if from > end && best.is_none_or(|(width, _)| from - end > width) {
            best = Some((from - end, from));
        }
        end = end.max(to);
    }
    best.map(|(_, at)| at.saturating_sub(6).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::Mask;

    #[test]
    fn columns_go_from_the_right_and_their_pieces_from_above() {
        let column = |x: u32, y: u32| TextLine {
            bbox: Rect::new(x, y, x + 30, y + 200),
            parts: Vec::new(),
            region: 1,
            vertical: true,
            struck: false,
            em: 30,
        };
        let lines = [column(100, 50), column(201, 300), column(198, 50), column(300, 50)];
        let regions = Regions::of(&Mask::empty(600, 600));
        let tables = Tables::of(&regions);
        assert_eq!(reading_order(&lines, &regions, &tables), [3, 2, 1, 0]);
    }

    #[test]
    fn rows_go_from_left_to_right_and_from_above() {
        let line = |x: u32, y: u32| TextLine {
            bbox: Rect::new(x, y, x + 100, y + 30),
            parts: Vec::new(),
            region: 1,
            vertical: false,
            struck: false,
            em: 30,
        };
        let lines = [line(300, 104), line(100, 200), line(100, 100), line(300, 203)];
        let regions = Regions::of(&Mask::empty(500, 500));
        let tables = Tables::of(&regions);
        assert_eq!(reading_order(&lines, &regions, &tables), [2, 0, 1, 3]);
    }

    #[test]
    fn the_cells_of_a_row_follow_each_other_whatever_their_height() {
        // Two rows of two cells; the left cells hold two lines each, the right ones one.
        let mut rules = Mask::empty(600, 500);
        for at in 50..551 {
            for line in [50, 250, 450] {
                rules.ink[line * 600 + at] = true;
            }
        }
        for y in 50..451 {
            for x in [50, 300, 550] {
                rules.ink[y * 600 + x] = true;
            }
        }
        let regions = Regions::of(&rules);
        let tables = Tables::of(&regions);
        let line = |x: u32, y: u32| {
            let bbox = Rect::new(x, y, x + 100, y + 30);
            TextLine {
                bbox,
                parts: Vec::new(),
                region: regions.at(bbox),
                vertical: false,
                struck: false,
                em: 30,
            }
        };
        let lines = [
            line(350, 360),
            line(80, 280),
            line(80, 80),
            line(80, 180),
            line(350, 130),
            line(80, 380),
        ];
        assert_eq!(reading_order(&lines, &regions, &tables), [2, 3, 4, 1, 5, 0]);
    }
}
