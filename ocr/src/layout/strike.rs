//! Lines that were struck out, told by a small network of convolutions (models/training/strikes.py)
//! that sees a line with what stands around it.

use std::sync::LazyLock;

use chart::Rect;
use image::{GrayImage, imageops};

use super::{
    TextLine,
    judge::{Judge, ink_of},
};
use crate::resize::smooth;

/// The trained weights (models/README.md).
static WEIGHTS: &[u8] = include_bytes!("../../../models/strike-finder.onnx");
static FINDER: LazyLock<Judge> = LazyLock::new(|| Judge::of(WEIGHTS));

/// Log-odds from which a line counts as struck out. Among 2,645 lines of drawn pages that had no
/// part in training 1 strikes out two that are not, 0 as many, -1 seven and 2 none; from 1 to 2 one
/// struck line in fifty is lost (docs/reading.md).
pub const STRIKE: f32 = 1.0;
/// Rows of a window; the line itself takes half of them.
const ROWS: u32 = 40;
/// Longer lines are not shown.
const LONGEST: u32 = 4000;

/// Whether what is written in a place is struck out.
pub fn is_struck(page: &GrayImage, place: Place) -> bool {
    strike_evidence(page, place) > STRIKE
}

/// The log-odds that what is written in a place is struck out.
pub fn strike_evidence(page: &GrayImage, place: Place) -> f32 {
    let window = StrikeWindow::of(page, place);
    window.and_then(|window| FINDER.evidence(&[&window.picture])).unwrap_or(f32::NEG_INFINITY)
}

/// Where a line or a column is, or may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The box around it.
    pub bbox: Rect,
    /// Whether it runs from top to bottom.
    pub vertical: bool,
    /// The least height that it is given, in pixels: a line of dashes is not lower than others.
    pub lowest: u32,
}

impl Place {
    /// That of a line on a page of characters of this size.
    pub const fn of(line: &TextLine, page_em: u32) -> Self {
        Self { bbox: line.bbox, vertical: line.vertical, lowest: page_em * 2 / 3 }
    }
}

/// A place with what is around it: half its height above and below, its height before and behind. Of
/// a column, as if it lay on its side.
pub struct StrikeWindow {
    /// Ink is light, paper black.
    pub picture: GrayImage,
}

impl StrikeWindow {
    /// `None` of what is no line.
    pub fn of(page: &GrayImage, place: Place) -> Option<Self> {
        let Rect { x0, y0, x1, y1 } = place.bbox;
        let ((a0, a1), (b0, b1)) =
            if place.vertical { ((y0, y1), (x0, x1)) } else { ((x0, x1), (y0, y1)) };
        let height = (b1 - b0).max(place.lowest).max(8);
        let (long, high) = (a1 - a0 + height * 2, height * 2);
        let columns = long * ROWS / high;
        if columns > LONGEST {
            return None;
        }
        let first_along = i64::from(a0) - i64::from(height);
        let first_across = i64::from(u32::midpoint(b0, b1)) - i64::from(height);
        let cut = if place.vertical {
            let upright = ink_of(page, (first_across, first_along), high, long);
            // Its left side becomes the upper one.
            imageops::flip_horizontal(&imageops::rotate90(&upright))
        } else {
            ink_of(page, (first_along, first_across), long, high)
        };
        Some(Self { picture: smooth(&cut, columns, ROWS) })
    }
}

#[cfg(test)]
mod tests {
    use image::Luma;

    use super::*;

    /// Six characters of three strokes each, and what `mark` draws over them.
    fn is_struck_by(mark: impl Fn(f64, f64) -> bool) -> bool {
        let picture = GrayImage::from_fn(600, 120, |x, y| {
            let (dx, dy) = ((x + 400 - 100) % 40, y.wrapping_sub(40));
            let in_line = (100..340).contains(&x) && dy < 30;
            let character = in_line && (dx < 5 || (25..30).contains(&dx) || (dx < 30 && dy < 4));
            Luma([if character || mark(f64::from(x), f64::from(y)) { 0 } else { 255 }])
        });
        let bbox = Rect::new(100, 40, 330, 70);
        is_struck(&picture, Place { bbox, vertical: false, lowest: 20 })
    }

    fn within(x: f64) -> bool {
        (95.0..350.0).contains(&x)
    }

    #[test]
    fn strokes_through_a_line_strike_it_out() {
        assert!(is_struck_by(|x, y| within(x) && (y - 55.0).abs() < 1.5), "one");
        let two = |x: f64, y: f64| within(x) && ((y - 55.0).abs() - 5.0).abs() < 1.5;
        assert!(is_struck_by(two), "two");
        let wave = |x: f64, y: f64| within(x) && (y - 55.0 - (x / 9.0).sin() * 4.0).abs() < 2.0;
        assert!(is_struck_by(wave), "a wave");
        let aslant = |x: f64| 42.0 + (x - 95.0) / 255.0 * 26.0;
        let cross = |x: f64, y: f64| {
            within(x) && ((y - aslant(x)).abs() < 1.5 || (y - 110.0 + aslant(x)).abs() < 1.5)
        };
        assert!(is_struck_by(cross), "a cross");
    }

    #[test]
    fn writing_is_not_struck_out_by_itself_nor_by_rules_beside_it() {
        assert!(!is_struck_by(|_, _| false));
        assert!(!is_struck_by(|x, y| within(x) && (y - 74.0).abs() < 1.5), "underlined");
        assert!(!is_struck_by(|_, y| (y - 36.0).abs() < 1.5 || (y - 74.0).abs() < 1.5), "ruled");
        assert!(!is_struck_by(|x, _| (x - 92.0).abs() < 1.5 || (x - 338.0).abs() < 1.5), "a cell");
    }
}
