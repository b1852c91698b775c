use image::GrayImage;

use crate::greys::Greys;

/// So much lighter than Otsu's threshold is the one that is taken ...
const TOWARDS_PAPER: u8 = 25;
/// ... no darker than this, ...
const DARKEST: u8 = 165;
/// ... on nearly all pages no lighter than this, ...
const USUAL: u8 = 200;
/// ... and no lighter than this on the palest: beyond it the other side of a blank sheet was read, tried
/// with a twentieth to three tenths of its darkness (docs/reading.md).
const LIGHTEST: u8 = 215;

/// Ink or paper, pixel by pixel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mask {
    /// Pixels a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Whether there is ink, row by row.
    pub ink: Vec<bool>,
}

impl Mask {
    /// A page without ink.
    pub fn empty(width: usize, height: usize) -> Self {
        Self { width, height, ink: vec![false; width * height] }
    }

    /// What is darker than `threshold` on a flat page.
    pub fn of(flat: &GrayImage, threshold: u8) -> Self {
        Self {
            width: flat.width() as usize,
            height: flat.height() as usize,
            ink: flat.as_raw().iter().map(|&value| value < threshold).collect(),
        }
    }

    /// What is darker than `sure`, and what is darker than `faint` and touches it: thin strokes of
    /// small print are paler than thick ones on the same page.
    pub fn with_faint(flat: &GrayImage, sure: u8, faint: u8) -> Self {
        let mut mask = Self::of(flat, sure);
        let (width, height) = (mask.width, mask.height);
        let grey = flat.as_raw();
        let is_faint = |at: usize| (sure..faint).contains(&grey[at]);
        let around = |at: usize| {
            let (x, y) = (at % width, at / width);
            let rows = y.saturating_sub(1)..(y + 2).min(height);
            rows.map(move |y| y * width + x.saturating_sub(1)..y * width + (x + 2).min(width))
        };
        // What is faint and touches sure ink, and then what touches that.
        let mut open = Vec::new();
        for at in (0..grey.len()).filter(|&at| is_faint(at)) {
            if around(at).any(|near| grey[near].iter().any(|&grey| grey < sure)) {
                mask.ink[at] = true;
                open.push(at);
            }
        }
        while let Some(at) = open.pop() {
            for near in around(at).flatten() {
                if !mask.ink[near] && is_faint(near) {
                    mask.ink[near] = true;
                    open.push(near);
                }
            }
        }
        mask
    }

    /// Takes a pixel out of the ink.
    pub fn clear(&mut self, x: u32, y: u32) {
        self.ink[y as usize * self.width + x as usize] = false;
    }

    /// Whether there is ink; none outside the page.
    pub fn get(&self, x: usize, y: usize) -> bool {
        x < self.width && y < self.height && self.ink[y * self.width + x]
    }

    /// Rows become columns.
    #[must_use]
    pub fn transposed(&self) -> Self {
        // Square by square, or every access misses the cache; most squares are empty.
        const SIDE: usize = 32;
        let mut turned = Self::empty(self.height, self.width);
        for top in (0..self.height).step_by(SIDE) {
            for left in (0..self.width).step_by(SIDE) {
                for y in top..(top + SIDE).min(self.height) {
                    let row = &self.ink[y * self.width..(y + 1) * self.width];
                    let row = &row[left..(left + SIDE).min(self.width)];
                    if !any(row) {
                        continue;
                    }
                    for (x, &ink) in row.iter().enumerate() {
                        turned.ink[(left + x) * self.height + y] = ink;
                    }
                }
            }
        }
        turned
    }
}

/// The first ink of a row at a place or behind it.
pub fn next_ink(row: &[bool], from: usize) -> Option<usize> {
    const SOME: usize = 32;
    let mut at = from;
    for some in row.get(from..)?.chunks(SOME) {
        if any(some) {
            return some.iter().position(|&ink| ink).map(|place| at + place);
        }
        at += SOME;
    }
    None
}

/// Whether there is ink in a stretch of a row: looked at all at once, not pixel by pixel.
fn any(row: &[bool]) -> bool {
    row.iter().fold(false, |any, ink| any | ink)
}

/// The grey value that best divides ink from paper on a flat page: Otsu's, over the pixels that
/// are not plainly paper, moved towards the paper and kept within what ink on flattened pages was seen
/// to be. Where most of what is no paper is lighter than that (pencil, a pen that runs dry), Otsu's own
/// holds: where it is the other side that shines through, darker ink of this side moves it.
pub fn ink_threshold(flat: &GrayImage) -> u8 {
    const PAPER: usize = 235;
    let greys = Greys::of(flat);
    let histogram = greys.counts().map(u64::from);
    let total: u64 = histogram[..PAPER].iter().sum();
    let sum: u64 = (0..PAPER).map(|value| histogram[value] * value as u64).sum();
    let (mut below, mut sum_below) = (0_u64, 0_u64);
    let mut best = (0.0, 170);
    for (value, &count) in histogram.iter().enumerate().take(PAPER) {
        below += count;
        sum_below += count * value as u64;
        let above = total - below;
        if below == 0 || above == 0 {
            continue;
        }
        let means = sum_below as f64 / below as f64 - (sum - sum_below) as f64 / above as f64;
        let variance = below as f64 * above as f64 * means * means;
        if variance > best.0 {
            best = (variance, value);
        }
    }
    let otsu = best.1 as u8;
    // Print that a bad scan blurred is nearer to the paper than the middle.
    (otsu + TOWARDS_PAPER).clamp(DARKEST, otsu.clamp(USUAL, LIGHTEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turning_twice_changes_nothing() {
        let mut mask = Mask::empty(70, 130);
        for at in (0..mask.ink.len()).step_by(7) {
            mask.ink[at] = true;
        }
        assert_eq!(mask.transposed().transposed(), mask);
    }

    #[test]
    fn the_next_ink_of_a_row_is_found() {
        let mut row = vec![false; 100];
        for at in [0, 31, 32, 99] {
            row[at] = true;
        }
        let found = [0, 1, 32, 33, 100].map(|from| next_ink(&row, from));
        assert_eq!(found, [Some(0), Some(31), Some(32), Some(99), None]);
    }

    #[test]
    fn faint_ink_counts_where_it_touches_sure_ink() {
        // A stroke that fades, and a ghost of the same grey that touches nothing.
        let grey = |x: u32, y: u32| match (x, y) {
            (2, 4) => 100,
            (3..6, 4) | (2..6, 8) => 190,
            _ => 250,
        };
        let page = GrayImage::from_fn(10, 10, |x, y| image::Luma([grey(x, y)]));
        let mask = Mask::with_faint(&page, 170, 200);
        let inked: Vec<usize> = (0..100).filter(|&at| mask.ink[at]).collect();
        assert_eq!(inked, [42, 43, 44, 45]);
    }

    #[test]
    fn the_threshold_lies_between_ink_and_ghosts() {
        // A tenth ink at 60, as much show-through at 205, the rest paper.
        let page = GrayImage::from_fn(100, 100, |x, _| {
            image::Luma([match x % 10 {
                0 => 60,
                1 => 205,
                _ => 255,
            }])
        });
        assert!((165..=200).contains(&ink_threshold(&page)));
    }

    #[test]
    fn on_a_pale_page_pale_strokes_are_ink() {
        // A few dark labels, much pale writing with its seams, the rest paper.
        let page = GrayImage::from_fn(100, 100, |x, y| {
            image::Luma([match (x % 20, y) {
                (0, 0..10) => 150,
                (1..4, _) => 203,
                (4..6, _) => 212,
                (6, _) => 229,
                _ => 255,
            }])
        });
        assert!((205..=215).contains(&ink_threshold(&page)), "{}", ink_threshold(&page));
    }
}
