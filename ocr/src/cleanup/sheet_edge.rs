use image::GrayImage;

use crate::resize::shrunk;

/// Edges are sought in a picture of about this width.
const SEARCH_WIDTH: u32 = 300;
/// A border this much darker than the paper is no paper.
const CONTRAST: f32 = 45.0;
/// Share of the outermost pixels that must be dark for a sheet to lie on something.
const DARK_BORDER: f32 = 0.04;
/// How far the found sheet is drawn in, so that its edge and shadow stay outside.
const INSET: f64 = 0.004;

/// The corners (upper left, upper right, lower right, lower left) of a sheet that lies on a
/// darker ground: a photo of a page on a desk, a scan with a black border. `None` if the picture
/// is nothing but paper or shows no clear sheet.
pub fn sheet_corners(page: &GrayImage) -> Option<[(f64, f64); 4]> {
    let step = (page.width() / SEARCH_WIDTH).max(1);
    let small = shrunk(page, (page.width() / step).max(1), (page.height() / step).max(1));
    let (width, height) = small.dimensions();
    if width < 60 || height < 60 {
        return None;
    }
    let (ground, paper) = ground_and_paper(&small)?;
    let threshold = f32::midpoint(ground, paper) as u8;
    let light = |x: u32, y: u32| small.get_pixel(x, y).0[0] > threshold;
    if dark_border(width, height, light) < DARK_BORDER {
        return None;
    }
    let left = edge(height, width, |along, across| light(across, along))?;
    let right = edge(height, width, |along, across| light(width - 1 - across, along))?;
    let top = edge(width, height, light)?;
    let bottom = edge(width, height, |along, across| light(along, height - 1 - across))?;
    let (w, h) = (f64::from(width - 1), f64::from(height - 1));
    let right = Edge { at: w - right.at, slope: -right.slope };
    let bottom = Edge { at: h - bottom.at, slope: -bottom.slope };
    let corners = [meet(left, top), meet(right, top), meet(right, bottom), meet(left, bottom)];
    if area(corners) < w * h * 0.35 {
        return None;
    }
    let middle = corners.iter().fold((0.0, 0.0), |sum, c| (sum.0 + c.0 / 4.0, sum.1 + c.1 / 4.0));
    let scale = f64::from(step);
    Some(corners.map(|(x, y)| {
        let drawn_in = |at: f64, middle: f64| (at + (middle - at) * INSET * 2.0 + 0.5) * scale;
        (drawn_in(x, middle.0), drawn_in(y, middle.1))
    }))
}

/// Mean brightness of the outermost frame's darker half and of the inner page, if they differ
/// clearly.
fn ground_and_paper(small: &GrayImage) -> Option<(f32, f32)> {
    let (width, height) = small.dimensions();
    let mut outer: Vec<u8> = Vec::new();
    let mut inner: Vec<u8> = Vec::new();
    for (x, y, pixel) in small.enumerate_pixels() {
        let margin = x.min(y).min(width - 1 - x).min(height - 1 - y);
        if margin < 2 {
            outer.push(pixel.0[0]);
        } else if x > width / 4 && x < width * 3 / 4 && y > height / 4 && y < height * 3 / 4 {
            inner.push(pixel.0[0]);
        }
    }
    outer.sort_unstable();
    inner.sort_unstable();
    let ground = f32::from(outer[outer.len() / 50]);
    // Most of the inner page is paper, not ink.
    let paper = f32::from(inner[inner.len() * 2 / 3]);
    (paper - ground > CONTRAST).then_some((ground, paper))
}

fn dark_border(width: u32, height: u32, light: impl Fn(u32, u32) -> bool) -> f32 {
    let level = (0..width).flat_map(|x| [(x, 1), (x, height - 2)]);
    let upright = (0..height).flat_map(|y| [(1, y), (width - 2, y)]);
    let dark = level.chain(upright).filter(|&(x, y)| !light(x, y)).count();
    dark as f32 / (2 * (width + height)) as f32
}

/// A side of the sheet: how far from the picture's side it begins, and how that changes along.
#[derive(Debug, Clone, Copy)]
struct Edge {
    at: f64,
    slope: f64,
}

/// The side of the sheet along a side of the picture. `light` takes a place along and across.
fn edge(length: u32, depth: u32, light: impl Fn(u32, u32) -> bool) -> Option<Edge> {
    let mut points = Vec::new();
    for along in length / 12..length - length / 12 {
        // Three light pixels in a row are paper, fewer may be glare.
        let first = (0..depth / 3).find(|&across| (0..3).all(|more| light(along, across + more)));
        if let Some(across) = first {
            points.push((f64::from(along), f64::from(across)));
        }
    }
    if points.len() < length as usize / 3 {
        return None;
    }
    // Where the sheet reaches the picture's side, its own edge lies outside.
    let inside: Vec<(f64, f64)> = points.iter().copied().filter(|point| point.1 > 1.0).collect();
    if inside.len() * 3 < points.len() {
        return Some(Edge { at: 0.0, slope: 0.0 });
    }
    let line = median_line(&inside);
    (line.slope.abs() < 0.15).then_some(line)
}

/// The line through most points: Theil and Sen's medians, over pairs half the points apart.
fn median_line(points: &[(f64, f64)]) -> Edge {
    let half = points.len() / 2;
    let mut slopes: Vec<f64> = (0..points.len() - half)
        .filter(|&i| half > 0 && points[i + half].0 > points[i].0)
        .map(|i| (points[i + half].1 - points[i].1) / (points[i + half].0 - points[i].0))
        .collect();
    slopes.sort_by(f64::total_cmp);
    let slope = slopes.get(slopes.len() / 2).copied().unwrap_or(0.0);
    let mut starts: Vec<f64> =
        points.iter().map(|(along, across)| across - slope * along).collect();
    starts.sort_by(f64::total_cmp);
    Edge { at: starts[starts.len() / 2], slope }
}

/// Where an upright edge meets a level one.
fn meet(upright: Edge, level: Edge) -> (f64, f64) {
    // x = a + b y and y = c + d x.
    let x = (upright.at + upright.slope * level.at) / (1.0 - upright.slope * level.slope);
    (x, level.at + level.slope * x)
}

fn area(corners: [(f64, f64); 4]) -> f64 {
    let twice: f64 = (0..4)
        .map(|i| {
            let (a, b) = (corners[i], corners[(i + 1) % 4]);
            a.0 * b.1 - b.0 * a.1
        })
        .sum();
    twice.abs() / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_on_a_desk_is_found_by_its_corners() {
        // Edges run askew: left x = 60 + y/30, top y = 50 + x/40, right and bottom straight.
        let page = GrayImage::from_fn(1200, 1500, |x, y| {
            let (fx, fy) = (f64::from(x), f64::from(y));
            let on_sheet =
                fx > 60.0 + fy / 30.0 && fx < 1100.0 && fy > 50.0 + fx / 40.0 && fy < 1400.0;
            image::Luma([if on_sheet { 220 } else { 90 }])
        });
        let corners = sheet_corners(&page).unwrap();
        let wanted = [(61.7, 51.5), (1100.0, 77.5), (1100.0, 1400.0), (106.7, 1400.0)];
        for (found, wanted) in corners.iter().zip(wanted) {
            // The inset draws each corner in by some pixels.
            assert!((found.0 - wanted.0).abs() < 16.0, "{found:?} {wanted:?}");
            assert!((found.1 - wanted.1).abs() < 16.0, "{found:?} {wanted:?}");
        }
    }

    #[test]
    fn a_scan_that_is_all_paper_has_no_sheet() {
        let page = GrayImage::from_fn(1200, 1500, |x, y| {
            image::Luma([if x % 100 < 10 && y % 40 < 10 && x > 100 { 20 } else { 235 }])
        });
        assert!(sheet_corners(&page).is_none());
    }
}
