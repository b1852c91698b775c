use chart::Rect;
use image::GrayImage;

use super::{Parts, Place, Rules};

/// Ink that is no writing, told apart before lines are gathered.
#[derive(Debug, Clone, Default)]
pub struct Clutter {
    /// For each part, whether it is to be left out.
    pub is_clutter: Vec<bool>,
    /// Seals, with what stands in them.
    pub seals: Vec<Rect>,
}

/// A seal is at least so many ems across; a ring around a choice is smaller or no circle.
pub(super) const SEAL_EMS: f32 = 2.3;

/// Tells specks, shadows, empty rings and seals from writing. `is_struck` tells columns that are
/// struck out from folds.
pub fn find_clutter(
    parts: &Parts,
    rules: &Rules,
    flat: &GrayImage,
    em: u32,
    darkest: u8,
    is_struck: impl Fn(Place) -> bool,
) -> Clutter {
    let mut clutter = Clutter { is_clutter: vec![false; parts.parts.len()], ..Clutter::default() };
    let speck = (em * em / 120).max(3);
    for (index, part) in parts.parts.iter().enumerate() {
        let (width, height) = (part.bbox.width(), part.bbox.height());
        let fill = part.area as f32 / (width * height) as f32;
        let large = width.max(height);
        // Long and as high as a line: characters that a strike-out joins. Folds run down.
        let is_huge = large > em * 8
            && !(em * 3 / 4..=em * 5 / 2).contains(&height)
            && !struck_column(part.bbox, em).is_some_and(&is_struck);
        let is_scratch = large > em * 3 && width.min(height) < em / 6;
        let thin = width.min(height);
        let is_thin = thin < em / 4 || (thin < em * 2 / 5 && large > thin * 3);
        let is_left_of_rule = is_thin && rules.goes_on_at(part.bbox);
        if part.area < speck
            || is_huge
            || is_scratch
            || is_left_of_rule
            || is_pale(parts, index, flat, darkest)
        {
            clutter.is_clutter[index] = true;
        } else if is_ring(parts, index, em, fill) {
            clutter.is_clutter[index] = true;
            let round = width.max(height) * 4 < width.min(height) * 5;
            if round && width as f32 > em as f32 * SEAL_EMS {
                clutter.seals.push(part.bbox);
            }
        }
    }
    for (index, part) in parts.parts.iter().enumerate() {
        let within = |seal: &Rect| seal.intersection(part.bbox) == Some(part.bbox);
        clutter.is_clutter[index] |= clutter.seals.iter().any(within);
    }
    clutter
}

/// The place of a piece that may be the characters of a column, which a strike-out joins: as wide as a
/// column, and no longer than columns are; a fold runs on to the edge of the page.
pub fn struck_column(piece: Rect, em: u32) -> Option<Place> {
    let is_one = piece.height() > em * 8
        && piece.height() <= em * 30
        && (em * 3 / 4..=em * 5 / 2).contains(&piece.width());
    is_one.then_some(Place { bbox: piece, vertical: true, lowest: em * 2 / 3 })
}

/// Show-through and stains: nothing of it is as dark as ink.
fn is_pale(parts: &Parts, index: usize, flat: &GrayImage, darkest: u8) -> bool {
    let width = flat.width() as usize;
    let pixels = flat.as_raw();
    !parts.rows(index).any(|(y, x0, x1)| {
        let row = y as usize * width;
        pixels[row + x0 as usize..row + x1 as usize].iter().any(|&value| value < darkest)
    })
}

/// A closed, thin, round shape with empty corners: 国 and 口 have ink in theirs.
fn is_ring(parts: &Parts, index: usize, em: u32, fill: f32) -> bool {
    let b = parts.parts[index].bbox;
    let (width, height) = (b.width(), b.height());
    if width * 10 < em * 11 || height * 10 < em * 11 || fill > 0.35 || width > height * 5 {
        return false;
    }
    let (corner_x, corner_y) = (width / 9, height / 9);
    let (mut corners, mut core, mut total) = (0, 0, 0);
    for (y, x0, x1) in parts.rows(index) {
        let near_y = (y - b.y0).min(b.y1 - 1 - y);
        let in_core_y = near_y > height / 4;
        for x in x0..x1 {
            total += 1;
            let near_x = (x - b.x0).min(b.x1 - 1 - x);
            corners += u32::from(near_x < corner_x && near_y < corner_y);
            core += u32::from(in_core_y && near_x > width / 4);
        }
    }
    corners * 60 < total && core * 12 < total
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::{Mask, find_rules};

    #[test]
    fn a_ring_is_told_from_the_character_in_it_and_from_a_box() {
        let picture = GrayImage::from_fn(300, 120, |x, y| {
            let (dx, dy) = (f64::from(x) - 60.0, f64::from(y) - 60.0);
            let on_ring = (dx * dx / 2.0 + dy * dy).sqrt();
            let ring = (26.0..29.0).contains(&on_ring);
            let inside = (50..70).contains(&x) && (50..70).contains(&y) && x % 6 < 3;
            let frame = (200..250).contains(&x)
                && (40..90).contains(&y)
                && (!(203..247).contains(&x) || !(43..87).contains(&y));
            image::Luma([if ring || inside || frame { 0 } else { 255 }])
        });
        let parts = Parts::of(&Mask::of(&picture, 128));
        let rules = find_rules(&Mask::empty(300, 120), 100, |_| f32::MIN);
        let clutter = find_clutter(&parts, &rules, &picture, 30, 128, |_| false);
        let writing = clutter.is_clutter.iter().filter(|clutter| !**clutter).count();
        assert_eq!(writing, parts.parts.len() - 1);
    }

    #[test]
    fn ghosts_are_no_writing() {
        let picture = GrayImage::from_fn(300, 120, |x, y| {
            let ghost = (20..50).contains(&x) && (40..50).contains(&y);
            let ink = (100..130).contains(&x) && (40..70).contains(&y);
            image::Luma([if ghost {
                180
            } else if ink {
                0
            } else {
                255
            }])
        });
        let parts = Parts::of(&Mask::of(&picture, 190));
        let rules = find_rules(&Mask::empty(300, 120), 100, |_| f32::MIN);
        let clutter = find_clutter(&parts, &rules, &picture, 30, 150, |_| false);
        assert_eq!(clutter.is_clutter, [true, false]);
    }
}
