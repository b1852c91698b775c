use chart::Rect;

use super::{Regions, TextLine};

/// The order in which lines are read, as indices: cells and lines of the open page are cut apart
/// by the widest level gap, else by the widest upright one, again and again.
pub fn reading_order(lines: &[TextLine], regions: &Regions) -> Vec<usize> {
    let mut blocks: Vec<Block> = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let same_cell =
            |block: &&mut Block| block.region == line.region && regions.is_cell(line.region);
        match blocks.iter_mut().find(same_cell) {
            Some(block) => {
                block.lines.push(index);
                block.bbox = block.bbox.union(line.bbox);
            }
            None => blocks.push(Block { region: line.region, bbox: line.bbox, lines: vec![index] }),
        }
    }
    for block in &mut blocks {
        within(&mut block.lines, lines);
    }
    let mut order = Vec::with_capacity(lines.len());
    let vertical = lines.iter().filter(|line| line.vertical).count() * 2 > lines.len();
    cut(blocks, vertical, &mut order);
    order
}

struct Block {
    region: u16,
    bbox: Rect,
    lines: Vec<usize>,
}

/// Lines of one cell: from above and from the left; columns from the right.
fn within(indices: &mut [usize], lines: &[TextLine]) {
    indices.sort_by_key(|&index| {
        let Rect { x0, x1, y0, y1 } = lines[index].bbox;
        if lines[index].vertical {
            (u32::MAX - x1, y0)
        } else {
            // Pieces of one row differ a little in height.
            (u32::midpoint(y0, y1) / (lines[index].em / 2).max(1), x0)
        }
    });
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
        assert_eq!(reading_order(&lines, &regions), [2, 0, 1, 3]);
    }
}
