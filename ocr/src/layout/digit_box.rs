use chart::Rect;

use super::{Regions, TextLine};

/// So many boxes with a digit each, side by side, hold one number.
const FEWEST: usize = 4;
/// A box for one digit is at most so many ems wide and high.
const LARGEST_EMS: u32 = 3;
/// Boxes that stand no further apart than this, in pixels, touch: they reach to the middle of the rule
/// between them, and some forms draw each with sides of its own.
const BETWEEN: u32 = 12;

/// Joins the digits of numbers that a form has a box for each digit of (insurer, patient): one
/// line, which the engine reads better than digits alone.
pub fn join_digit_boxes(lines: &mut Vec<TextLine>, regions: &Regions) {
    let mut digits: Vec<(Rect, usize)> = lines
        .iter()
        .enumerate()
        .filter(|(_, line)| is_alone_in_a_small_box(line, regions))
        .map(|(index, line)| (regions.place(line.region), index))
        .collect();
    digits.sort_unstable_by_key(|(place, _)| (place.x0, place.y0));
    let mut numbers: Vec<Vec<(Rect, usize)>> = Vec::new();
    for digit in digits {
        // A cell with two lines, and a box that is left out, end a number.
        let before = numbers
            .iter_mut()
            .find(|number| number.last().is_some_and(|(last, _)| are_neighbours(*last, digit.0)));
        match before {
            Some(number) => number.push(digit),
            None => numbers.push(vec![digit]),
        }
    }
    let mut taken = vec![false; lines.len()];
    for number in numbers.iter().filter(|number| number.len() >= FEWEST) {
        let first = number[0].1;
        for &(_, other) in &number[1..] {
            taken[other] = true;
            let digit = lines[other].clone();
            let line = &mut lines[first];
            line.bbox = line.bbox.union(digit.bbox);
            line.em = line.em.max(digit.em);
            line.parts.extend(digit.parts);
            // One of several digits is never struck out alone.
            line.struck &= digit.struck;
            line.vertical = false;
        }
    }
    let mut taken = taken.into_iter();
    lines.retain(|_| !taken.next().unwrap_or(false));
}

/// Whether the second box stands right behind the first and is as large.
fn are_neighbours(first: Rect, second: Rect) -> bool {
    let both = first.y1.min(second.y1).saturating_sub(first.y0.max(second.y0));
    let (lower, higher) =
        (first.height().min(second.height()), first.height().max(second.height()));
    second.x0.abs_diff(first.x1) <= BETWEEN
        && both * 10 >= higher * 7
        && lower * 10 >= higher * 7
        && first.width().abs_diff(second.width()) * 3 <= first.width()
}

fn is_alone_in_a_small_box(line: &TextLine, regions: &Regions) -> bool {
    let place = regions.place(line.region);
    regions.is_cell(line.region)
        && place.width().max(place.height()) <= line.em * LARGEST_EMS
        && line.bbox.width().max(line.bbox.height()) * 5 <= line.em * 7
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::Mask;

    /// The lines of a row of six boxes that reach down to `bottom`, each with ink to `ink_bottom`.
    fn joined(bottom: usize, ink_bottom: u32, vertical: bool) -> Vec<TextLine> {
        let mut rules = Mask::empty(600, 400);
        for y in 50..=bottom {
            for x in (100..=400).step_by(50) {
                rules.ink[y * 600 + x] = true;
            }
        }
        for x in 100..401 {
            rules.ink[50 * 600 + x] = true;
            rules.ink[bottom * 600 + x] = true;
        }
        let regions = Regions::of(&rules);
        let mut lines: Vec<TextLine> = (0..6)
            .map(|digit| {
                let bbox = Rect::new(115 + digit * 50, 65, 133 + digit * 50, ink_bottom);
                TextLine {
                    bbox,
                    parts: vec![digit as usize],
                    region: regions.at(bbox),
                    vertical,
                    struck: false,
                    em: 35,
                }
            })
            .collect();
        join_digit_boxes(&mut lines, &regions);
        lines
    }

    #[test]
    fn columns_of_ruled_paper_stay_columns() {
        assert_eq!(joined(350, 320, true).len(), 6);
    }

    #[test]
    fn the_digits_of_a_number_in_boxes_are_one_line() {
        let lines = joined(120, 100, false);
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0].bbox, Rect::new(115, 65, 383, 100));
        assert_eq!(lines[0].parts, [0, 1, 2, 3, 4, 5]);
    }
}
