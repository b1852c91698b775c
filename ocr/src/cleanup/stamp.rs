//! Red stamps: seals, date stamps, 済 and 写. What comes in are the red squares of a flat page,
//! what goes out are the places of stamps. Red writing is no stamp and stays.

use chart::Rect;

/// A pixel is red if its red is lighter than its green and blue by this. Vermilion ink on paper
/// differs by 130 and more, brown stains and warm light that is left by less than 40.
const REDNESS: u8 = 55;
/// Pixels a side of the squares in which red is counted: gaps of a frame that was pressed
/// unevenly close.
const SQUARE: usize = 8;
/// A square is red if so many of its 64 pixels are: the frame of a seal is 4 pixels thick.
const RED_PIXELS: u8 = 10;
/// A stamp is at least this share of the page's shorter side high: 5.5 mm of A4.
const SMALLEST: u32 = 38;
/// It is at most this share: 42 mm of A4.
const LARGEST: u32 = 5;
/// Share of its outline that must be red. Stamps press unevenly, but characters that happen to
/// stand in a square reach no more than half.
const FRAMED: f32 = 0.72;

/// A red stamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// The box around it, in the picture that it was found in.
    pub place: Rect,
}

/// What stays of a pixel in a stamp, from its red alone: red ink is as light in red light as
/// paper, black ink is not.
pub fn without_red(red: u8) -> u8 {
    // Vermilion reflects four fifths of the red light.
    (u16::from(red) * 4 / 3).min(255) as u8
}

/// Where a page is red, square by square.
#[derive(Debug, Clone)]
pub struct RedSquares {
    columns: usize,
    rows: usize,
    width: u32,
    height: u32,
    counts: Vec<u8>,
}

impl RedSquares {
    /// None yet, of a page of this size.
    pub fn new(width: u32, height: u32) -> Self {
        let columns = (width as usize).div_ceil(SQUARE);
        let rows = (height as usize).div_ceil(SQUARE);
        Self { columns, rows, width, height, counts: vec![0; columns * rows] }
    }

    /// Counts what is red in a row of pixels, a slice for each channel.
    pub fn add_row(&mut self, y: usize, red: &[u8], green: &[u8], blue: &[u8]) {
        let counts = self.counts[y / SQUARE * self.columns..].iter_mut();
        let squares = red.chunks(SQUARE).zip(green.chunks(SQUARE)).zip(blue.chunks(SQUARE));
        for (count, ((red, green), blue)) in counts.zip(squares) {
            for ((&red, &green), &blue) in red.iter().zip(green).zip(blue) {
                *count += u8::from(red.saturating_sub(green.max(blue)) > REDNESS);
            }
        }
    }

    fn is_red(&self, column: usize, row: usize) -> bool {
        column < self.columns
            && row < self.rows
            && self.counts[row * self.columns + column] >= RED_PIXELS
    }

    fn near(&self, column: f32, row: f32) -> bool {
        let (column, row) = (column.max(0.0) as usize, row.max(0.0) as usize);
        (row.saturating_sub(1)..=row + 1)
            .any(|row| (column.saturating_sub(1)..=column + 1).any(|at| self.is_red(at, row)))
    }
}

/// The stamps among what is red: closed frames, round or square, with something red in them.
pub fn find_stamps(red: &RedSquares) -> Vec<Stamp> {
    let shorter = red.width.min(red.height);
    let (least, most) = (shorter / SMALLEST, shorter / LARGEST);
    pieces(red)
        .into_iter()
        .filter(|&squares| {
            let (width, height) = (squares.width() * 8, squares.height() * 8);
            let (thin, long) = (width.min(height), width.max(height));
            thin >= least && long <= most && long <= thin * 3 && is_framed(red, squares)
        })
        .map(|squares| {
            // A square more on each side, for the frame's pale seam.
            let side = SQUARE as u32;
            let place = Rect::new(
                squares.x0.saturating_sub(1) * side,
                squares.y0.saturating_sub(1) * side,
                ((squares.x1 + 1) * side).min(red.width),
                ((squares.y1 + 1) * side).min(red.height),
            );
            Stamp { place }
        })
        .collect()
}

/// The boxes of connected red squares, in squares.
fn pieces(red: &RedSquares) -> Vec<Rect> {
    let mut seen = vec![false; red.counts.len()];
    let mut found = Vec::new();
    let mut waiting = Vec::new();
    for start in 0..seen.len() {
        if seen[start] || red.counts[start] < RED_PIXELS {
            continue;
        }
        seen[start] = true;
        waiting.push(start);
        let mut place: Option<Rect> = None;
        while let Some(at) = waiting.pop() {
            let (column, row) = (at % red.columns, at / red.columns);
            let square = Rect::new(column as u32, row as u32, column as u32 + 1, row as u32 + 1);
            place = Some(place.map_or(square, |place| place.union(square)));
            for near_row in row.saturating_sub(1)..=row + 1 {
                for near in column.saturating_sub(1)..=column + 1 {
                    let next = near_row * red.columns + near;
                    if red.is_red(near, near_row) && !seen[next] {
                        seen[next] = true;
                        waiting.push(next);
                    }
                }
            }
        }
        found.extend(place);
    }
    found
}

/// Whether red runs all around the box, as an ellipse or as a rectangle, and stands in it too: a
/// ring around a printed choice has nothing red in it.
fn is_framed(red: &RedSquares, b: Rect) -> bool {
    const POINTS: u32 = 48;
    let (w, h) = (b.width() as f32 - 1.0, b.height() as f32 - 1.0);
    let (left, top) = (b.x0 as f32, b.y0 as f32);
    let share = |point: &dyn Fn(f32) -> (f32, f32)| {
        let hits = (0..POINTS)
            .map(|step| point(step as f32 / POINTS as f32))
            .filter(|&(x, y)| red.near(left + x * w, top + y * h))
            .count();
        hits as f32 / POINTS as f32
    };
    let ellipse = share(&|turn| {
        let (sin, cos) = (turn * std::f32::consts::TAU).sin_cos();
        (0.5 + 0.5 * cos, 0.5 + 0.5 * sin)
    });
    let rectangle = share(&|turn| {
        let (side, along) = ((turn * 4.0) as u32, (turn * 4.0).fract());
        match side {
            0 => (along, 0.0),
            1 => (1.0, along),
            2 => (1.0 - along, 1.0),
            _ => (0.0, 1.0 - along),
        }
    });
    let inner = |from: u32, length: u32| from + length * 3 / 10..from + length * 7 / 10 + 1;
    let inside = inner(b.y0, b.height())
        .flat_map(|row| inner(b.x0, b.width()).map(move |column| (column, row)))
        .filter(|&(column, row)| red.is_red(column as usize, row as usize))
        .count();
    let area = inner(b.y0, b.height()).len() * inner(b.x0, b.width()).len();
    ellipse.max(rectangle) >= FRAMED && inside * 5 >= area
}

#[cfg(test)]
mod tests {
    use image::{DynamicImage, Rgb, RgbImage};

    use crate::cleanup::flatten;

    const RED: Rgb<u8> = Rgb([208, 44, 36]);

    /// A seal of 130 pixels over a black stroke, and red strokes without a frame.
    fn page(frame: bool) -> RgbImage {
        RgbImage::from_fn(1240, 1754, |x, y| {
            let (dx, dy) = (f64::from(x) - 600.0, f64::from(y) - 400.0);
            let on_frame = frame && (58.0..64.0).contains(&dx.hypot(dy));
            let strokes = dx.abs() < 30.0 && dy.abs() < 30.0 && x % 20 < 7;
            let black = (500..700).contains(&x) && (400..404).contains(&y);
            match (black, on_frame || strokes) {
                (true, _) => Rgb([20, 20, 22]),
                (_, true) => RED,
                _ => Rgb([244, 240, 228]),
            }
        })
    }

    #[test]
    fn a_seal_goes_and_the_stroke_under_it_stays() {
        let flat = flatten(&DynamicImage::ImageRgb8(page(true)), true);
        assert_eq!(flat.stamps.len(), 1);
        let near = flat.stamps[0].place;
        assert!(near.x0 > 500 && near.x1 < 700 && near.y0 > 300 && near.y1 < 500, "{near:?}");
        assert!(flat.gray.get_pixel(600, 402).0[0] < 60, "the black stroke");
        assert!(flat.gray.get_pixel(540, 400 - 20).0[0] > 230, "the red frame");
    }

    #[test]
    fn red_writing_is_no_stamp() {
        let flat = flatten(&DynamicImage::ImageRgb8(page(false)), true);
        assert!(flat.stamps.is_empty());
        let dark = |y: u32| (560..640).any(|x| flat.gray.get_pixel(x, y).0[0] < 150);
        assert!(dark(390));
    }

    #[test]
    fn the_step_can_be_switched_off() {
        let flat = flatten(&DynamicImage::ImageRgb8(page(true)), false);
        assert!(flat.stamps.is_empty() && flat.gray.get_pixel(600 - 61, 400).0[0] < 160);
    }
}
