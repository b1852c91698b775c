use chart::Rect;
use image::GrayImage;

use crate::{greys::Greys, resize::smooth};

/// Rows that the network sees.
pub const ROWS: usize = 32;
/// Longer lines are not shown: no line of a page is 250 times as long as it is high.
const LONGEST: u32 = 8192;
/// Columns in which nothing is darker are between characters.
const FAINT: f32 = 0.3;
/// Ink that is less dark than this against its paper is not stretched to black.
const LEAST_CONTRAST: f32 = 48.0;

/// A line in 32 rows, ink 1 on paper 0; models/training/prepared.py does the same.
pub struct Prepared {
    /// Row by row.
    pub ink: Vec<f32>,
    /// A multiple of four.
    pub columns: usize,
    /// Pixels of the picture for a column and for a row.
    across: f32,
    down: f32,
}

impl Prepared {
    /// `None` of pictures that are no line.
    pub fn of(picture: &GrayImage) -> Option<Self> {
        let (width, height) = picture.dimensions();
        if width < 4 || height < 4 {
            return None;
        }
        let greys = Greys::of(picture);
        let [dark, paper] = [0.01, 0.9].map(|share| f32::from(greys.quantile(share)));
        let narrow = (width as f32 * ROWS as f32 / height as f32).round().max(8.0) as u32;
        if narrow > LONGEST {
            return None;
        }
        let small = smooth(picture, narrow, ROWS as u32);
        let contrast = (paper - dark).max(LEAST_CONTRAST);
        let columns = (narrow as usize).next_multiple_of(4);
        let mut ink = vec![0.0; columns * ROWS];
        for (x, y, pixel) in small.enumerate_pixels() {
            ink[y as usize * columns + x as usize] =
                ((paper - f32::from(pixel.0[0])) / contrast).clamp(0.0, 1.0);
        }
        let across = width as f32 / narrow as f32;
        Some(Self { ink, columns, across, down: height as f32 / ROWS as f32 })
    }

    /// The ink in columns `from` to `to` of the network's picture, as a place of the picture;
    /// all of it where no ink is.
    pub fn place(&self, from: usize, to: usize) -> Rect {
        let to = to.min(self.columns).max(from + 1);
        let inked =
            |x: usize, y: usize| self.ink.get(y * self.columns + x).is_some_and(|&i| i > FAINT);
        let columns = (from..to).filter(|&x| (0..ROWS).any(|y| inked(x, y)));
        let (x0, x1) = ends(columns).unwrap_or((from, to));
        let rows = (0..ROWS).filter(|&y| (x0..x1).any(|x| inked(x, y)));
        let (y0, y1) = ends(rows).unwrap_or((0, ROWS));
        let at = |cell: usize, scale: f32| (cell as f32 * scale).round() as u32;
        Rect::new(
            at(x0, self.across),
            at(y0, self.down),
            at(x1, self.across).max(at(x0, self.across) + 1),
            at(y1, self.down).max(at(y0, self.down) + 1),
        )
    }
}

fn ends(cells: impl Iterator<Item = usize>) -> Option<(usize, usize)> {
    cells.fold(None, |ends, cell| Some((ends.map_or(cell, |(first, _)| first), cell + 1)))
}

#[cfg(test)]
mod tests {
    use image::Luma;

    use super::*;

    #[test]
    fn pale_ink_becomes_dark_and_paper_white() {
        let picture =
            GrayImage::from_fn(100, 64, |x, _| Luma([if x % 20 < 6 { 150 } else { 230 }]));
        let line = Prepared::of(&picture).unwrap();
        assert_eq!((line.columns, line.ink.len()), (52, 52 * ROWS));
        let darkest = line.ink.iter().copied().fold(0.0, f32::max);
        assert!(darkest > 0.9 && line.ink.iter().filter(|&&ink| ink < 0.1).count() > 500);
    }

    #[test]
    fn noise_on_paper_is_not_stretched_to_ink() {
        let picture = GrayImage::from_fn(100, 64, |x, y| Luma([245 + ((x * y) % 10) as u8]));
        let line = Prepared::of(&picture).unwrap();
        assert!(line.ink.iter().all(|&ink| ink < 0.25));
        assert!(Prepared::of(&GrayImage::new(3, 50)).is_none());
    }
}
