use chart::Rect;
use image::{GrayImage, Luma};
use imageproc::distance_transform::{Norm, distance_transform};

use super::{Mask, Parts, Rules, ring::grown};

/// Ink that is solid for so many ems around a point is a punch hole, a blot or the dark beside the
/// sheet: no pen and no bold type is so thick. Punch holes are 5.5 mm wide (ISO 838), characters of
/// forms 2.5 to 4 mm.
const SOLID_EMS: f32 = 0.6;

/// Takes punch holes and blots out of the ink and of the picture and says where they were. Writing that
/// touches one stays, as far as the hole has left it. A hole that a rule ran through lies in two
/// halves since the rule was taken out.
pub fn take_holes(
    parts: &Parts,
    rules: &Rules,
    sure: &mut Mask,
    ink: &mut Mask,
    flat: &mut GrayImage,
    em: u32,
) -> Vec<Rect> {
    let mut holes = Vec::new();
    for part in 0..parts.parts.len() {
        let Some(broad) = broad(parts, part, em) else { continue };
        let place = grown(broad, em, Rect::new(0, 0, flat.width(), flat.height()));
        let (right, bottom) = (place.width() - 1, place.height() - 1);
        let piece = GrayImage::from_fn(place.width(), place.height(), |x, y| {
            // Characters that the edge of the place cuts would be deeper than they are.
            let edge = x == 0 || y == 0 || x == right || y == bottom;
            let (x, y) = ((place.x0 + x) as usize, (place.y0 + y) as usize);
            let dark = ink.get(x, y) || rules.mask.get(x, y);
            Luma([if dark && !edge { 0 } else { 255 }])
        });
        let solid = SOLID_EMS * em as f32;
        let mut core = distance_transform(&piece, Norm::L2);
        for Luma([depth]) in core.pixels_mut() {
            *depth = if f32::from(*depth) >= solid { 255 } else { 0 };
        }
        if !core.pixels().any(|depth| depth.0[0] > 0) {
            continue;
        }
        // A pixel more than was taken off for the core, for the grey seam.
        for (x, y, away) in distance_transform(&core, Norm::L2).enumerate_pixels() {
            if f32::from(away.0[0]) <= solid + 1.0 {
                let (x, y) = (place.x0 + x, place.y0 + y);
                ink.clear(x, y);
                sure.clear(x, y);
                flat.put_pixel(x, y, Luma([255]));
            }
        }
        holes.push(place);
    }
    holes
}

/// The box around the rows of a piece that are long, if so many lie below each other that they may be of
/// a hole, or of half of one.
fn broad(parts: &Parts, part: usize, em: u32) -> Option<Rect> {
    let b = parts.parts[part].bbox;
    let least = em / 2;
    if b.width().min(b.height()) < least {
        return None;
    }
    let mut place: Option<Rect> = None;
    let (mut row_above, mut below_each_other, mut most) = (0, 0, 0);
    for (y, x0, x1) in parts.rows(part).filter(|&(_, x0, x1)| x1 - x0 >= least) {
        let row = Rect::new(x0, y, x1, y + 1);
        place = Some(place.map_or(row, |place| place.union(row)));
        if y != row_above {
            below_each_other = if y == row_above + 1 { below_each_other + 1 } else { 1 };
            row_above = y;
        }
        most = most.max(below_each_other);
    }
    place.filter(|_| most >= least)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::find_rules;

    /// A hole of 60 pixels with a character of strokes that touches it, beside one that does not.
    fn page() -> GrayImage {
        GrayImage::from_fn(300, 120, |x, y| {
            let (dx, dy) = (f64::from(x) - 60.0, f64::from(y) - 60.0);
            let hole = dx.hypot(dy) < 30.0;
            let stroke = |from: u32| (from..from + 36).contains(&x) && (44..76).contains(&y);
            let character = (stroke(84) || stroke(140)) && (y % 12 < 4 || x % 18 < 4);
            Luma([if hole || character { 0 } else { 255 }])
        })
    }

    #[test]
    fn writing_that_touches_a_hole_stays() {
        let mut flat = page();
        let (mut sure, mut ink) = (Mask::of(&flat, 128), Mask::of(&flat, 128));
        let parts = Parts::of(&ink);
        assert_eq!(parts.parts.len(), 2);
        let rules = find_rules(&Mask::empty(300, 120), 100, |_| f32::MIN);
        let holes = take_holes(&parts, &rules, &mut sure, &mut ink, &mut flat, 32);
        assert_eq!(holes.len(), 1);
        let left = |range: std::ops::Range<u32>| {
            let dark = range.flat_map(|x| (0..120).map(move |y| (x, y)));
            dark.filter(|&(x, y)| flat.get_pixel(x, y).0[0] == 0).count()
        };
        assert_eq!(left(0..80), 0, "the hole");
        assert!(left(92..120) * 10 > left(148..176) * 9, "the character that it touched");
        assert_eq!(Mask::of(&flat, 128), ink);
        assert_eq!(sure, ink);
    }

    #[test]
    fn bold_characters_are_no_holes() {
        // Four bold strokes that leave a third of the box white.
        let mut flat = GrayImage::from_fn(100, 100, |x, y| {
            let inside = (20..80).contains(&x) && (20..80).contains(&y);
            Luma([if inside && (x % 15 < 10 || y % 20 < 8) { 0 } else { 255 }])
        });
        let (mut sure, mut ink) = (Mask::of(&flat, 128), Mask::of(&flat, 128));
        let before = ink.clone();
        let rules = find_rules(&Mask::empty(100, 100), 100, |_| f32::MIN);
        assert!(
            take_holes(&Parts::of(&before), &rules, &mut sure, &mut ink, &mut flat, 32).is_empty()
        );
        assert_eq!(ink, before);
    }
}
