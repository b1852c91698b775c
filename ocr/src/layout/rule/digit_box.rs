use chart::Rect;

use super::{Crossed, Rule};
use crate::layout::Mask;

/// A row of boxes for single digits has so many upright sides.
const FEWEST_SIDES: usize = 5;
/// How far above or below the next one, in pixels, a box for a single digit may be drawn.
const BOX_JITTER: u32 = 8;

/// Those of the short uprights that are sides of boxes for single digits: several that are as high as
/// each other stand side by side, each as far from the next, and most run from one `level` rule to
/// another.
pub fn sides(mut uprights: Vec<Rule>, level: &[Rule]) -> Vec<Rule> {
    uprights.sort_unstable_by_key(|upright| upright.bbox.x0);
    let boxes: Vec<Rect> = uprights.iter().map(|upright| upright.bbox).collect();
    let near = |a: u32, b: u32, of: u32| a.abs_diff(b) * 6 <= of;
    let is_next = |a: Rect, b: Rect| {
        let height = a.height();
        near(a.y0, b.y0, height) && near(a.y1, b.y1, height) && b.x0 > a.x0 + height / 2
    };
    let mut is_side = vec![false; boxes.len()];
    for first in 0..boxes.len() {
        for second in first + 1..boxes.len() {
            let pitch = boxes[second].x0 - boxes[first].x0;
            if !is_next(boxes[first], boxes[second]) || pitch > boxes[first].height() * 2 {
                continue;
            }
            let mut row = vec![first, second];
            for other in second + 1..boxes.len() {
                let last = boxes[row[row.len() - 1]];
                if is_next(last, boxes[other]) && near(boxes[other].x0 - last.x0, pitch, pitch) {
                    row.push(other);
                }
            }
            let joining = row.iter().filter(|side| uprights[**side].joins(level)).count();
            if row.len() >= FEWEST_SIDES && joining * 2 > row.len() {
                for side in row {
                    is_side[side] = true;
                }
            }
        }
    }
    let mut is_side = is_side.into_iter();
    uprights.retain(|_| is_side.next() == Some(true));
    uprights
}

/// The upper and lower edges of the boxes between these sides: too short to be told from strokes of
/// characters anywhere else.
pub fn edges(mask: &Mask, sides: &[Rule]) -> Vec<Rule> {
    let mut edges = Vec::new();
    for left in sides {
        let a = left.bbox;
        let right = sides
            .iter()
            .map(|side| side.bbox)
            .find(|b| (a.x1..a.x0 + a.height() * 2).contains(&b.x0) && b.y0 < a.y1 && a.y0 < b.y1);
        let Some(b) = right else { continue };
        let (from, to) = (a.x1 as usize, b.x0 as usize);
        for end in [u32::midpoint(a.y0, b.y0), u32::midpoint(a.y1, b.y1)] {
            let near = end.saturating_sub(BOX_JITTER)..(end + BOX_JITTER).min(mask.height as u32);
            let inked = near.filter(|&y| {
                let row = &mask.ink[y as usize * mask.width..][from..to];
                row.iter().filter(|ink| **ink).count() * 4 > row.len() * 3
            });
            let rows: Vec<u32> = inked.collect();
            if let (Some(&first), Some(&last)) = (rows.first(), rows.last()) {
                let bbox = Rect::new(a.x1, first, b.x0, last + 1);
                let across = vec![(first, last + 1); to - from];
                let course = Rule::course(&across, bbox.x0);
                let thickness = bbox.height();
                edges.push(Rule { bbox, thickness, across, crossed: Crossed::default(), course });
            }
        }
    }
    edges
}

#[cfg(test)]
mod tests {
    use crate::layout::{Mask, Regions, find_rules};

    #[test]
    fn boxes_for_single_digits_are_found_though_each_is_drawn_a_little_higher() {
        // Eight boxes of 44 by 52 pixels in the cell of a table; the first three stand out of the row.
        let jitter = |digit: usize| [3, 6, 0, 4, 4, 4, 4, 4][digit.min(7)];
        let mut mask = Mask::empty(1600, 300);
        let mut draw = |x0: usize, y0: usize, x1: usize, y1: usize| {
            for y in y0..y1 {
                mask.ink[y * 1600 + x0..y * 1600 + x1].fill(true);
            }
        };
        for y in [90, 172] {
            draw(100, y, 1500, y + 3);
        }
        for x in [100, 1497] {
            draw(x, 90, x + 3, 175);
        }
        for digit in 0..8 {
            let (x, y) = (200 + digit * 44, 100 + jitter(digit));
            for side in [x, x + 44] {
                draw(side, y, side + 3, y + 55);
            }
            for edge in [y, y + 52] {
                draw(x, edge, x + 44, edge + 3);
            }
        }
        let rules = find_rules(&mask, 155, |_| f32::MIN);
        let regions = Regions::of(&rules.mask);
        let small = regions.cells().filter(|(_, place)| place.width() < 60).count();
        assert_eq!(small, 8, "{:?}", regions.cells().collect::<Vec<_>>());
    }
}
