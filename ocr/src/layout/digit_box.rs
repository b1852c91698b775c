use super::{Regions, Tables, TextLine};

/// So many boxes with a digit each, side by side, hold one number.
const FEWEST: usize = 4;
/// A box for one digit is at most so many ems wide and high.
const LARGEST_EMS: u32 = 3;

/// Joins the digits of numbers that a form has a box for each digit of (insurer, patient): one
/// line, which the engine reads better than digits alone.
pub fn join_digit_boxes(lines: &mut Vec<TextLine>, regions: &Regions, tables: &Tables) {
    let mut digits: Vec<(u16, u16, u16, usize)> = lines
        .iter()
        .enumerate()
        .filter(|(_, line)| is_alone_in_a_small_box(line, regions))
        .filter_map(|(index, line)| {
            let cell = tables.cell(line.region)?;
            Some((cell.table, cell.row, cell.column, index))
        })
        .collect();
    digits.sort_unstable();
    let mut taken = vec![false; lines.len()];
    // A cell with two lines, and a column that is left out, end a number.
    for number in digits.chunk_by(|a, b| (a.0, a.1, a.2 + 1) == (b.0, b.1, b.2)) {
        if number.len() < FEWEST {
            continue;
        }
        let first = number[0].3;
        for &(.., other) in &number[1..] {
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

fn is_alone_in_a_small_box(line: &TextLine, regions: &Regions) -> bool {
    let place = regions.place(line.region);
    regions.is_cell(line.region)
        && place.width().max(place.height()) <= line.em * LARGEST_EMS
        && line.bbox.width().max(line.bbox.height()) * 5 <= line.em * 7
}

#[cfg(test)]
mod tests {
    use chart::Rect;

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
        let tables = Tables::of(&regions);
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
        join_digit_boxes(&mut lines, &regions, &tables);
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
