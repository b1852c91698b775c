use image::{DynamicImage, GrayImage, Luma, RgbImage, imageops};

/// One value of the background is estimated for each square of so many pixels.
const CELL: u32 = 32;
/// The share of a square's pixels that are lighter than the paper's value: the rest may be ink.
const LIGHTEST: f32 = 0.15;
/// Paper is never taken to be darker than this share of the page's lightest paper: black
/// borders stay black instead of being lifted to noise.
const DARKEST_PAPER: f32 = 0.45;

/// The page in grey with its paper at 255 everywhere: yellow paper, shadows, folds and uneven
/// light are divided out, channel by channel.
pub fn flatten(page: &DynamicImage) -> GrayImage {
    match page {
        DynamicImage::ImageLuma8(gray) => flatten_gray(gray),
        other if other.color().has_color() => flatten_colour(&other.to_rgb8()),
        other => flatten_gray(&other.to_luma8()),
    }
}

fn flatten_gray(gray: &GrayImage) -> GrayImage {
    let paper = Paper::of(gray);
    let mut flat = gray.clone();
    let mut row = Vec::new();
    for (y, line) in flat.rows_mut().enumerate() {
        paper.row(y as u32, gray.width(), &mut row);
        for (pixel, lift) in line.zip(&row) {
            pixel.0[0] = lifted(pixel.0[0], *lift);
        }
    }
    flat
}

fn flatten_colour(colour: &RgbImage) -> GrayImage {
    let channels = [0, 1, 2].map(|channel| {
        let values = colour.pixels().map(|pixel| pixel.0[channel]).collect();
        GrayImage::from_raw(colour.width(), colour.height(), values).unwrap_or_default()
    });
    let papers = channels.each_ref().map(Paper::of);
    let (width, height) = colour.dimensions();
    let mut flat = GrayImage::new(width, height);
    let mut lifts = [Vec::new(), Vec::new(), Vec::new()];
    for y in 0..height {
        for (paper, row) in papers.iter().zip(&mut lifts) {
            paper.row(y, width, row);
        }
        for x in 0..width {
            let at = x as usize;
            let pixel = colour.get_pixel(x, y).0;
            let [r, g, b] = [0, 1, 2].map(|i| u32::from(lifted(pixel[i], lifts[i][at])));
            // Rec. 601 luma.
            flat.put_pixel(x, y, Luma([((77 * r + 150 * g + 29 * b) >> 8) as u8]));
        }
    }
    flat
}

fn lifted(value: u8, lift: f32) -> u8 {
    (f32::from(value) * lift).min(255.0) as u8
}

/// By how much each square of a page must be lifted to be white.
struct Paper {
    lifts: Vec<f32>,
    columns: usize,
    rows: usize,
}

impl Paper {
    fn of(gray: &GrayImage) -> Self {
        // A quarter of the pixels a side is enough to know the paper.
        let small = imageops::thumbnail(gray, gray.width().div_ceil(4), gray.height().div_ceil(4));
        let side = CELL / 4;
        let columns = small.width().div_ceil(side) as usize;
        let rows = small.height().div_ceil(side) as usize;
        let mut papers = vec![0_u8; columns * rows];
        let mut values = Vec::new();
        for row in 0..rows {
            for column in 0..columns {
                values.clear();
                let (x0, y0) = (column as u32 * side, row as u32 * side);
                for y in y0..(y0 + side).min(small.height()) {
                    for x in x0..(x0 + side).min(small.width()) {
                        values.push(small.get_pixel(x, y).0[0]);
                    }
                }
                values.sort_unstable_by(|a, b| b.cmp(a));
                let at = (values.len() as f32 * LIGHTEST) as usize;
                papers[row * columns + column] = values[at.min(values.len() - 1)];
            }
        }
        let papers = lightest_around(&papers, columns, rows);
        let mut sorted = papers.clone();
        sorted.sort_unstable();
        let lightest = f32::from(sorted[sorted.len() * 9 / 10]);
        let darkest = (lightest * DARKEST_PAPER).max(30.0);
        // Slightly more than white, so that the paper's grain becomes even.
        let lifts = papers.iter().map(|&paper| 262.0 / f32::from(paper).max(darkest)).collect();
        Self { lifts, columns, rows }
    }

    /// The lifts of a row of pixels, between the middles of squares.
    fn row(&self, y: u32, width: u32, into: &mut Vec<f32>) {
        let (upper, lower, fy) = between(y, self.rows);
        into.clear();
        into.extend((0..width).map(|x| {
            let (left, right, fx) = between(x, self.columns);
            let at = |row: usize, column: usize| self.lifts[row * self.columns + column];
            let above = at(upper, left) + (at(upper, right) - at(upper, left)) * fx;
            let below = at(lower, left) + (at(lower, right) - at(lower, left)) * fx;
            above + (below - above) * fy
        }));
    }
}

/// The two squares whose middles surround a pixel, and how far it is from the first.
fn between(pixel: u32, squares: usize) -> (usize, usize, f32) {
    let at = (pixel as f32 + 0.5) / CELL as f32 - 0.5;
    let first = at.max(0.0) as usize;
    let last = squares - 1;
    (first.min(last), (first + 1).min(last), (at - first as f32).clamp(0.0, 1.0))
}

/// The second lightest of each square and its eight neighbours: a square full of ink takes the
/// paper of its neighbours.
fn lightest_around(papers: &[u8], columns: usize, rows: usize) -> Vec<u8> {
    let mut around = Vec::with_capacity(9);
    let mut result = Vec::with_capacity(papers.len());
    for row in 0..rows {
        for column in 0..columns {
            around.clear();
            for y in row.saturating_sub(1)..(row + 2).min(rows) {
                for x in column.saturating_sub(1)..(column + 2).min(columns) {
                    around.push(papers[y * columns + x]);
                }
            }
            around.sort_unstable_by(|a, b| b.cmp(a));
            result.push(around[1.min(around.len() - 1)]);
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shadow_across_the_page_disappears_and_ink_stays() {
        let shaded = GrayImage::from_fn(640, 640, |x, y| {
            let paper = 240.0 - x as f32 / 640.0 * 100.0;
            let is_ink = y % 40 < 3 && x % 20 < 10;
            Luma([if is_ink { paper * 0.2 } else { paper } as u8])
        });
        let flat = flatten(&DynamicImage::ImageLuma8(shaded));
        for x in (5..640).step_by(20) {
            assert!(flat.get_pixel(x, 1).0[0] < 80, "ink at {x}");
            assert!(flat.get_pixel(x, 20).0[0] > 245, "paper at {x}");
        }
    }

    #[test]
    fn yellow_paper_becomes_white() {
        let yellow = RgbImage::from_pixel(200, 200, image::Rgb([230, 220, 150]));
        let flat = flatten(&DynamicImage::ImageRgb8(yellow));
        assert!(flat.pixels().all(|pixel| pixel.0[0] > 250));
    }

    #[test]
    fn a_black_border_stays_black() {
        let page = GrayImage::from_fn(640, 640, |x, _| Luma([if x < 200 { 20 } else { 230 }]));
        let flat = flatten(&DynamicImage::ImageLuma8(page));
        assert!(flat.get_pixel(80, 300).0[0] < 80);
    }
}
