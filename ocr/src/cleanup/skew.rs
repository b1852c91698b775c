use image::GrayImage;

use crate::resize::shrunk;

/// Angles up to this are tried first: nearly all scans lie within.
const USUAL_DEGREES: f64 = 6.0;
/// Sheets that were laid on the glass carelessly lie within this.
const MOST_DEGREES: f64 = 15.0;
/// A large angle must have a profile so many times as sharp as the best of the usual ones.
const CLEARLY: f64 = 1.3;
/// The picture in which the angle is sought is about this wide: 100 dpi of an A4 page, where a
/// line of writing is still ten pixels high.
const SEARCH_WIDTH: u32 = 800;
/// Columns tell the angle if their profile is so many times as sharp as that of rows: writing that
/// runs down shows none in rows.
const COLUMNS: f64 = 1.5;
/// Added to rows of the profile, so that they are positive for every angle that is tried.
const OFFSET: f32 = 400.0;
/// Writing is darker than what is beside it by so much.
const CLEARLY_DARKER: u8 = 40;

/// By how many radians the writing runs down to the right. 0 if the page shows no direction.
///
/// The right angle is the one at which dark pixels gather in the fewest rows (Postl's
/// projection profile): ruled lines and lines of writing both vote.
pub fn skew(page: &GrayImage) -> f64 {
    let points = dark_points(page);
    if points.len() < 200 {
        return 0.0;
    }
    // A tenth of a degree blurs no profile that a quarter finds; few points are enough for that.
    let some: Vec<(f32, f32)> = points.iter().step_by(points.len() / 20_000 + 1).copied().collect();
    let (mut points, mut some) = (points, some);
    let (mut sharp, mut usual) = best_angle(&some, 0.0, 0.0..USUAL_DEGREES, 0.25);
    let (mut sharper, mut large) = best_angle(&some, 0.0, USUAL_DEGREES + 0.25..MOST_DEGREES, 0.25);
    let lying = |points: &[(f32, f32)]| points.iter().map(|&(x, y)| (-y, x)).collect::<Vec<_>>();
    let columns = lying(&some);
    let (sharp_columns, of_columns) = best_angle(&columns, 0.0, 0.0..USUAL_DEGREES, 0.25);
    if sharp_columns as f64 > sharp.max(sharper) as f64 * COLUMNS {
        (points, some) = (lying(&points), columns);
        (sharp, usual) = (sharp_columns, of_columns);
        (sharper, large) = best_angle(&some, 0.0, USUAL_DEGREES + 0.25..MOST_DEGREES, 0.25);
    }
    let is_large = sharper as f64 > sharp as f64 * CLEARLY;
    let coarse = if is_large { large } else { usual };
    // A peak at the end of the search is no peak.
    let end = if is_large { MOST_DEGREES } else { USUAL_DEGREES };
    if coarse.abs() >= end - 0.01 {
        return 0.0;
    }
    best_angle(&points, coarse, 0.0..0.25, 0.05).1.to_radians()
}

/// Where small squares of the page are clearly darker than their surroundings to the left and
/// right: edges of shadows and dark borders do not count as writing.
fn dark_points(page: &GrayImage) -> Vec<(f32, f32)> {
    let step = (page.width() / SEARCH_WIDTH).max(1);
    let small = shrunk(page, page.width() / step, page.height() / step);
    let mean = |x: u32, y: u32| -> u8 {
        let around = [(-6_i64, 0_i64), (6, 0), (0, -6), (0, 6)].map(|(dx, dy)| {
            let x = (i64::from(x) + dx).clamp(0, i64::from(small.width()) - 1) as u32;
            let y = (i64::from(y) + dy).clamp(0, i64::from(small.height()) - 1) as u32;
            small.get_pixel(x, y).0[0]
        });
        // The second lightest: one neighbour may itself be writing, two often are in rules.
        let mut sorted = around;
        sorted.sort_unstable();
        sorted[2]
    };
    let mut points = Vec::new();
    for (x, y, pixel) in small.enumerate_pixels() {
        // What is nearly white is darker than nothing by so much.
        let enough = pixel.0[0].checked_add(CLEARLY_DARKER);
        if enough.is_some_and(|enough| enough < mean(x, y)) {
            points.push((x as f32, y as f32));
        }
    }
    points
}

/// The sharpest profile, and its angle in degrees, among those that are away from `centre` by
/// what `reach` allows.
fn best_angle(
    points: &[(f32, f32)],
    centre: f64,
    reach: std::ops::Range<f64>,
    step: f64,
) -> (u64, f64) {
    let steps = ((reach.end - reach.start) / step).round() as i32;
    let mut best = (0_u64, centre);
    let farthest = points.iter().fold(0.0_f32, |far, &(x, y)| far.max(x.abs() + y.abs()));
    let mut rows = vec![0; (farthest + OFFSET) as usize + 2];
    // From the middle outwards, so that of equals the smaller turn wins.
    let outwards = (0..=steps).map(|i| reach.start + f64::from(i) * step);
    for degrees in outwards.flat_map(|away| [centre + away, centre - away]) {
        let sharpness = sharpness(points, degrees.to_radians() as f32, &mut rows);
        if sharpness > best.0 {
            best = (sharpness, degrees);
        }
    }
    best
}

/// Sum of squared differences between neighbouring rows of the profile.
fn sharpness(points: &[(f32, f32)], radians: f32, rows: &mut [u32]) -> u64 {
    let (sin, cos) = radians.sin_cos();
    rows.fill(0);
    for &(x, y) in points {
        let row = (y * cos - x * sin + OFFSET).max(0.0) as u32;
        rows[row as usize] += 1;
    }
    rows.windows(2).map(|pair| u64::from(pair[0].abs_diff(pair[1])).pow(2)).sum()
}

#[cfg(test)]
mod tests {
    use image::Luma;

    use super::*;
    use crate::{cleanup::warp, mapping::Mapping};

    /// A page with dark rows that run down to the right by `degrees`.
    fn ruled(degrees: f64) -> GrayImage {
        let slope = degrees.to_radians().tan();
        GrayImage::from_fn(800, 1000, |x, y| {
            let level = f64::from(y) - f64::from(x) * slope;
            let on_line = level.rem_euclid(50.0) < 4.0;
            Luma([if on_line { 0 } else { 255 }])
        })
    }

    #[test]
    fn the_slope_of_rules_is_found() {
        for degrees in [-14.2, -3.5, -0.4, 0.0, 0.6, 2.1, 8.0] {
            let found = skew(&ruled(degrees)).to_degrees();
            assert!((found - degrees).abs() < 0.11, "{degrees}: {found}");
        }
    }

    #[test]
    fn the_slope_of_columns_is_found() {
        for degrees in [-2.0, 0.0, 1.4] {
            let page = ruled(-degrees);
            let found = skew(&image::imageops::rotate90(&page)).to_degrees();
            assert!((found + degrees).abs() < 0.11, "{degrees}: {found}");
        }
    }

    #[test]
    fn an_empty_page_is_straight() {
        assert!(skew(&GrayImage::from_pixel(800, 1000, Luma([250]))).abs() < f64::EPSILON);
    }

    #[test]
    fn a_straightened_page_is_straight() {
        let askew = ruled(2.0);
        let back = Mapping::rotation(skew(&askew), (800, 1000), (800, 1000));
        let level = warp(&askew, &back, 800, 1000);
        assert!(skew(&level).to_degrees().abs() < 0.11);
    }
}
