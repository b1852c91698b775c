//! Which lines stand beside and below which.
//!
//! Where the reader did not straighten the page, the slope of its rows is told from the places of its
//! lines ([`crate::slope`]). A vertical line is turned in thought so that its text runs to the right and the next line
//! lies below; then rows, columns and continuation lines are the same for both ways of writing.

use chart::{Line, PageText, Rect};

use crate::{evidence::box_of, normalise::Text, repair, slope::Slope};

/// A line of the page, or a part of it that stands for itself.
#[derive(Debug, Clone)]
pub struct Item {
    /// Index of the line in the page.
    pub line: usize,
    /// Its text.
    pub text: Text,
    /// Where it stands, with text running to the right.
    pub frame: Rect,
    /// Whether it was struck out.
    pub struck: bool,
    /// Whether it runs from top to bottom.
    pub vertical: bool,
    /// Its place in the order of reading.
    pub place: usize,
}

/// All lines that say something, row by row, each row from left to right.
pub fn items(page: &PageText) -> Vec<Item> {
    let slope = Slope::of(page);
    let mut items: Vec<Item> = page
        .lines
        .iter()
        .enumerate()
        .map(|(number, line)| Item {
            line: number,
            text: repair::text_of_line(number, line),
            frame: frame(page, number, slope.level(line)),
            struck: line.struck,
            vertical: line.vertical,
            place: 0,
        })
        .filter(|item| !item.text.is_blank())
        .collect();
    items.sort_by_key(|item| (middle(item.frame), item.frame.x0, item.line));
    let mut rows: Vec<Vec<Item>> = Vec::new();
    for item in items {
        match rows.last_mut() {
            Some(row) if row.iter().any(|other| beside(other.frame, item.frame)) => row.push(item),
            _ => rows.push(vec![item]),
        }
    }
    for row in &mut rows {
        row.sort_by_key(|item| (item.frame.x0, item.line));
    }
    let mut items: Vec<Item> = rows.into_iter().flatten().collect();
    for (place, item) in items.iter_mut().enumerate() {
        item.place = place;
    }
    items
}

/// The place of a part of an item.
pub fn part(page: &PageText, item: &Item, range: std::ops::Range<usize>) -> Item {
    let text = item.text.slice(range);
    let frame = match (text.places().first(), text.places().last(), page.lines.get(item.line)) {
        (Some(first), Some(last), Some(line)) => {
            let place = box_of(line, first.at..last.at + 1);
            frame(page, item.line, levelled(line, place, item.frame))
        }
        _ => item.frame,
    };
    Item { line: item.line, text, frame, ..item.clone() }
}

/// A place within a line, on the straightened page; `whole` is where the line's item stands there.
fn levelled(line: &Line, place: Rect, whole: Rect) -> Rect {
    let Some(straight) = line.straight else {
        // Told by the slope of its rows: the line was moved up or down as a whole.
        let moved = !line.vertical && whole != line.bbox;
        return if moved { Rect::new(place.x0, whole.y0, place.x1, whole.y1) } else { place };
    };
    let along = |from: u32, length: u32, onto: u32, onto_length: u32, at: u32| {
        let share = f64::from(at.saturating_sub(from)) / f64::from(length.max(1));
        onto + (share.min(1.0) * f64::from(onto_length)).round() as u32
    };
    let b = line.bbox;
    let x = |at| along(b.x0, b.width(), straight.x0, straight.width(), at);
    let y = |at| along(b.y0, b.height(), straight.y0, straight.height(), at);
    if line.vertical {
        Rect::new(straight.x0, y(place.y0), straight.x1, y(place.y1))
    } else {
        Rect::new(x(place.x0), straight.y0, x(place.x1), straight.y1)
    }
}

fn frame(page: &PageText, line: usize, bbox: Rect) -> Rect {
    if page.lines[line].vertical {
        let right = page.width.max(bbox.x1);
        Rect::new(bbox.y0, right - bbox.x1, bbox.y1, right - bbox.x0)
    } else {
        bbox
    }
}

const fn middle(rect: Rect) -> u32 {
    u32::midpoint(rect.y0, rect.y1)
}

/// Whether two frames stand in one row: they share half of the lower one's height.
pub fn beside(one: Rect, other: Rect) -> bool {
    let shared = one.y1.min(other.y1).saturating_sub(one.y0.max(other.y0));
    shared * 2 >= one.height().min(other.height()).max(1)
}

/// How far `right` begins after `left` ends, in line heights, if they stand in one row; a
/// little overlap counts as none.
pub fn gap_beside(left: Rect, right: Rect) -> Option<f32> {
    if !beside(left, right) || right.x0 + height(left) / 2 < left.x1 {
        return None;
    }
    Some(right.x0.saturating_sub(left.x1) as f32 / height(left) as f32)
}

/// A continuation lies at most this many line heights below. Ruled paper leaves up to 1.4 between its
/// lines, an empty line 2.7 and more (pages of `samples/generate/practice`).
pub const FARTHEST_BELOW: f32 = 1.9;

/// How far `lower` begins below `upper`, in line heights, if it stands in the same column.
pub fn gap_below(upper: Rect, lower: Rect) -> Option<f32> {
    let line = height(upper).min(height(lower).max(1));
    if lower.y0 + line / 2 < upper.y1 {
        return None;
    }
    // A continuation may be set in or out by some characters.
    let room = 3 * line;
    let same_column =
        lower.x0 < upper.x1 && lower.x1 + room > upper.x0 && lower.x0 + room * 2 > upper.x0;
    same_column.then(|| lower.y0.saturating_sub(upper.y1) as f32 / line as f32)
}

fn height(rect: Rect) -> u32 {
    rect.height().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(lines: &[(&str, [u32; 4], bool)]) -> PageText {
        PageText {
            width: 1000,
            height: 1000,
            lines: lines
                .iter()
                .map(|(text, bbox, vertical)| Line {
                    text: (*text).into(),
                    bbox: Rect::from(*bbox),
                    vertical: *vertical,
                    ..Line::default()
                })
                .collect(),
            ..PageText::default()
        }
    }

    fn order(page: &PageText) -> Vec<usize> {
        items(page).iter().map(|item| item.line).collect()
    }

    #[test]
    fn rows_are_read_from_left_to_right_even_if_they_slope() {
        let page = page(&[
            ("c", [600, 24, 700, 64], false),
            ("d", [10, 90, 100, 130], false),
            ("a", [10, 10, 100, 50], false),
            ("b", [300, 17, 400, 57], false),
        ]);
        assert_eq!(order(&page), [2, 3, 0, 1]);
    }

    #[test]
    fn a_row_of_a_page_that_was_scanned_askew_stays_one_row() {
        let mut page = page(&[
            ("right", [2000, 204, 2100, 244], false),
            ("left", [100, 104, 200, 144], false),
            ("below", [100, 180, 200, 220], false),
        ]);
        page.lines[0].straight = Some(Rect::new(2000, 100, 2100, 140));
        page.lines[1].straight = Some(Rect::new(100, 100, 200, 140));
        page.lines[2].straight = Some(Rect::new(100, 176, 200, 216));
        assert_eq!(order(&page), [1, 0, 2]);
    }

    #[test]
    fn vertical_lines_follow_each_other_from_right_to_left() {
        let page = page(&[("左", [100, 10, 140, 500], true), ("右", [800, 10, 840, 500], true)]);
        assert_eq!(order(&page), [1, 0]);
    }

    #[test]
    fn a_continuation_stands_below_in_the_same_column() {
        let upper = Rect::new(500, 100, 900, 150);
        assert_eq!(gap_below(upper, Rect::new(540, 160, 700, 210)), Some(0.2));
        assert_eq!(gap_below(upper, Rect::new(10, 160, 300, 210)), None);
        assert_eq!(gap_beside(upper, Rect::new(950, 105, 1000, 150)), Some(1.0));
    }
}
