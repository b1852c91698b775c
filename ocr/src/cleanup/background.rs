use image::{DynamicImage, GrayImage, RgbImage};

use super::stamp::{self, Stamp};

/// One value of the background is estimated for each square of so many pixels.
const CELL: u32 = 32;
/// The middles of the pixels in a row of a square.
const PLACES: [f32; CELL as usize] = {
    let mut places = [0.5; CELL as usize];
    let mut at = 1;
    while at < places.len() {
        places[at] = places[at - 1] + 1.0;
        at += 1;
    }
    places
};
/// The share of a square's pixels that are lighter than the paper's value: the rest may be ink.
const LIGHTEST: f32 = 0.15;
/// Paper is never taken to be darker than this share of the page's lightest paper: black
/// borders stay black instead of being lifted to noise.
const DARKEST_PAPER: f32 = 0.45;

/// A page in grey, made even.
#[derive(Debug, Clone, Default)]
pub struct Flat {
    /// The page; paper is at 255.
    pub gray: GrayImage,
    /// Red stamps that were taken out of it.
    pub stamps: Vec<Stamp>,
}

/// The page in grey with its paper at 255 everywhere: yellow paper, shadows, folds and uneven
/// light are divided out, channel by channel. With `drop_stamps`, red stamps go, and the writing
/// under them stays.
pub fn flatten(page: &DynamicImage, drop_stamps: bool) -> Flat {
    match page {
        DynamicImage::ImageLuma8(gray) => Flat { gray: flatten_gray(gray), stamps: Vec::new() },
        DynamicImage::ImageRgb8(colour) => flatten_colour(colour, drop_stamps),
        other if other.color().has_color() => flatten_colour(&other.to_rgb8(), drop_stamps),
        other => Flat { gray: flatten_gray(&other.to_luma8()), stamps: Vec::new() },
    }
}

fn flatten_gray(gray: &GrayImage) -> GrayImage {
    let paper = Paper::of(gray.width(), gray.height(), |at| gray.as_raw()[at]);
    let mut flat = gray.clone();
    let mut lifts = vec![0.0; gray.width() as usize];
    for (y, line) in flat.as_mut().chunks_exact_mut(gray.width() as usize).enumerate() {
        paper.row(y as u32, &mut lifts);
        lift(line, &lifts);
    }
    flat
}

fn flatten_colour(colour: &RgbImage, drop_stamps: bool) -> Flat {
    let (width, height) = colour.dimensions();
    let pixels = colour.as_raw();
    let papers = [0, 1, 2].map(|channel| Paper::of(width, height, |at| pixels[at * 3 + channel]));
    let mut gray = GrayImage::new(width, height);
    let mut red = stamp::RedSquares::new(width, height);
    let mut lifts = vec![0.0; width as usize];
    // A channel after the other: the processor lifts many pixels of one at once.
    let mut channels = [0, 1, 2].map(|_| vec![0; width as usize]);
    let rows = pixels.chunks_exact(width as usize * 3);
    let flat_rows = gray.as_mut().chunks_exact_mut(width as usize);
    for (y, (row, flat_row)) in rows.zip(flat_rows).enumerate() {
        let row = row.as_chunks::<3>().0;
        for (number, (channel, paper)) in channels.iter_mut().zip(&papers).enumerate() {
            paper.row(y as u32, &mut lifts);
            for (value, pixel) in channel.iter_mut().zip(row) {
                *value = pixel[number];
            }
            lift(channel, &lifts);
        }
        let [r, g, b] = &channels;
        for (flat, ((&r, &g), &b)) in flat_row.iter_mut().zip(r.iter().zip(g).zip(b)) {
            // Rec. 601 luma.
            *flat = ((77 * u16::from(r) + 150 * u16::from(g) + 29 * u16::from(b)) >> 8) as u8;
        }
        red.add_row(y, r, g, b);
    }
    let stamps = if drop_stamps { stamp::find_stamps(&red) } else { Vec::new() };
    for stamp in &stamps {
        let place = stamp.place;
        for y in place.y0..place.y1 {
            papers[0].row(y, &mut lifts);
            for x in place.x0..place.x1 {
                let at = (y * width + x) as usize;
                let red = lifted(pixels[at * 3], lifts[x as usize]);
                gray.as_mut()[at] = gray.as_raw()[at].max(stamp::without_red(red));
            }
        }
    }
    Flat { gray, stamps }
}

fn lift(values: &mut [u8], lifts: &[f32]) {
    for (value, lift) in values.iter_mut().zip(lifts) {
        *value = lifted(*value, *lift);
    }
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
    /// Of one channel of a page; `value` is that of a pixel by its place in the page's rows.
    fn of(width: u32, height: u32, value: impl Fn(usize) -> u8) -> Self {
        // A quarter of the pixels a side is enough to know the paper.
        let (small_width, small_height) = (width.div_ceil(4), height.div_ceil(4));
        let small = GrayImage::from_fn(small_width, small_height, |x, y| {
            // The mean of four of its sixteen pixels: noise would lift the lightest ones.
            let xs = [(x * 4).min(width - 1), (x * 4 + 2).min(width - 1)];
            let ys = [(y * 4).min(height - 1), (y * 4 + 2).min(height - 1)];
            let sum: u16 = ys
                .iter()
                .flat_map(|y| xs.map(|x| (y * width + x) as usize))
                .map(|at| u16::from(value(at)))
                .sum();
            image::Luma([(sum / 4) as u8])
        });
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
                let at = ((values.len() as f32 * LIGHTEST) as usize).min(values.len() - 1);
                let (_, paper, _) = values.select_nth_unstable_by(at, |a, b| b.cmp(a));
                papers[row * columns + column] = *paper;
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
    fn row(&self, y: u32, into: &mut [f32]) {
        let (upper, lower, fy) = between(y, self.rows);
        let at = |column: usize| {
            let column = column.min(self.columns - 1);
            let above = self.lifts[upper * self.columns + column];
            let below = self.lifts[lower * self.columns + column];
            above + (below - above) * fy
        };
        // The middles of squares lie half a square from the left edge.
        let half = CELL as usize / 2;
        let (head, rest) = into.split_at_mut(half.min(into.len()));
        head.fill(at(0));
        for (column, stretch) in rest.chunks_mut(CELL as usize).enumerate() {
            let (left, right) = (at(column), at(column + 1));
            let step = (right - left) / CELL as f32;
            for (lift, place) in stretch.iter_mut().zip(&PLACES) {
                *lift = left + step * place;
            }
        }
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
    use image::Luma;

    use super::*;

    #[test]
    fn a_shadow_across_the_page_disappears_and_ink_stays() {
        let shaded = GrayImage::from_fn(640, 640, |x, y| {
            let paper = 240.0 - x as f32 / 640.0 * 100.0;
            let is_ink = y % 40 < 3 && x % 20 < 10;
            Luma([if is_ink { paper * 0.2 } else { paper } as u8])
        });
        let flat = flatten(&DynamicImage::ImageLuma8(shaded), true).gray;
        for x in (5..640).step_by(20) {
            assert!(flat.get_pixel(x, 1).0[0] < 80, "ink at {x}");
            assert!(flat.get_pixel(x, 20).0[0] > 245, "paper at {x}");
        }
    }

    #[test]
    fn yellow_paper_becomes_white() {
        let yellow = RgbImage::from_pixel(200, 200, image::Rgb([230, 220, 150]));
        let flat = flatten(&DynamicImage::ImageRgb8(yellow), true).gray;
        assert!(flat.pixels().all(|pixel| pixel.0[0] > 250));
    }

    #[test]
    fn a_black_border_stays_black() {
        let page = GrayImage::from_fn(640, 640, |x, _| Luma([if x < 200 { 20 } else { 230 }]));
        let flat = flatten(&DynamicImage::ImageLuma8(page), true).gray;
        assert!(flat.get_pixel(80, 300).0[0] < 80);
    }
}
