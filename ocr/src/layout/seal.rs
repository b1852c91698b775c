//! Round seals over writing on pages without colour. What a seal has in common with no writing is its
//! frame, a thin even circle; on a grey scan its ink is lighter than writing besides.

use chart::Rect;
use image::{GrayImage, Luma};
use rand::{Rng, SeedableRng, rngs::StdRng};

use super::{Mask, Parts};
use crate::greys::Greys;

/// Seals of persons and practices are 10.5 to 18 mm across, characters 2.5 to 4 mm.
const RADIUS_EMS: std::ops::RangeInclusive<f32> = 1.2..=3.6;
/// Triples of points that are tried on a piece of ink. Where a third of its outline is the frame, one in
/// 27 lies on the circle.
const TRIALS: usize = 800;
/// Rays on which the frame is looked for.
const RAYS: usize = 72;
/// Share of the rays that must meet the frame. Seals press unevenly, and rules and writing were taken
/// out of some.
const FRAMED: f32 = 0.85;
/// Share of the rays that may meet ink right inside and outside of it: of lines of characters half do.
const CROWDED: f32 = 0.5;
/// How far from the circle, in pixels, the frame may run.
const WOBBLE: f32 = 2.0;
/// Vermilion on a grey scan is lighter than writing by more than this.
const LIGHTER: u8 = 35;

/// A circle on the page, in pixels.
#[derive(Debug, Clone, Copy)]
struct Circle {
    x: f32,
    y: f32,
    radius: f32,
}

/// Takes round seals that writing runs into off it, out of the ink and of the picture, and says where
/// they were. Of a seal that is lighter than writing nothing stays; of one as dark as it (faxes) the name
/// stays in its frame, which alone is taken out.
pub fn take_seals(
    parts: &Parts,
    sure: &mut Mask,
    ink: &mut Mask,
    flat: &mut GrayImage,
    em: u32,
) -> Vec<Rect> {
    let least = *RADIUS_EMS.start() * em as f32 * 2.0;
    let mut seals = Vec::new();
    let mut writing = None;
    for (index, part) in parts.parts.iter().enumerate() {
        let b = part.bbox;
        if (b.width().min(b.height()) as f32) < least {
            continue;
        }
        let Some(circle) = frame(parts, index, ink, em as f32) else { continue };
        let thickness = circle.thickness(ink);
        let shade = circle.shade(flat);
        let writing = *writing.get_or_insert_with(|| shade_of(flat, sure));
        let place = circle.place(flat, thickness);
        let taken = if shade >= writing.saturating_add(LIGHTER) {
            let darkest = shade - (shade - writing) / 3;
            circle.lighter(flat, place, thickness, darkest)
        } else {
            circle.frame(ink, place, thickness)
        };
        for (x, y) in taken {
            sure.clear(x, y);
            ink.clear(x, y);
            flat.put_pixel(x, y, Luma([255]));
        }
        seals.push(place);
    }
    seals
}

/// The frame of a seal in a piece of ink, if it has one.
fn frame(parts: &Parts, part: usize, ink: &Mask, em: f32) -> Option<Circle> {
    let outline: Vec<(f32, f32)> = parts
        .rows(part)
        .flat_map(|(y, x0, x1)| [(x0 as f32, y as f32), (x1 as f32 - 1.0, y as f32)])
        .collect();
    // The same page gives the same circles.
    let mut lot = StdRng::seed_from_u64(outline.len() as u64);
    let mut best: Option<(f32, Circle)> = None;
    for _ in 0..TRIALS {
        let [a, b, c] = [0; 3].map(|_| outline[lot.random_range(0..outline.len())]);
        let Some(circle) = Circle::through(a, b, c) else { continue };
        if !RADIUS_EMS.contains(&(circle.radius / em)) {
            continue;
        }
        let framed = circle.share(ink, 0.0, WOBBLE);
        if framed > best.map_or(FRAMED - 0.2, |(framed, _)| framed) {
            best = Some((framed, circle));
        }
    }
    let circle = best?.1.settled(ink);
    let aside = 0.25 * em;
    let alone = |along: f32| circle.share(ink, along, 0.0) <= CROWDED;
    let is_frame = circle.share(ink, 0.0, WOBBLE) >= FRAMED && alone(aside) && alone(-aside);
    is_frame.then_some(circle)
}

impl Circle {
    /// `None` if they lie on a line.
    fn through(first: (f32, f32), second: (f32, f32), third: (f32, f32)) -> Option<Self> {
        // Seen from the first.
        let (bx, by) = (second.0 - first.0, second.1 - first.1);
        let (cx, cy) = (third.0 - first.0, third.1 - first.1);
        let area = 2.0 * (bx * cy - by * cx);
        if area.abs() < 1.0 {
            return None;
        }
        let (b2, c2) = (bx * bx + by * by, cx * cx + cy * cy);
        let (right, down) = ((cy * b2 - by * c2) / area, (bx * c2 - cx * b2) / area);
        Some(Self { x: first.0 + right, y: first.1 + down, radius: right.hypot(down) })
    }

    /// The share of its rays that meet ink, `away` from it and no further than `wobble` from there.
    fn share(&self, ink: &Mask, away: f32, wobble: f32) -> f32 {
        let steps = wobble as i32;
        let met = Self::rays().filter(|&(sin, cos)| {
            (-steps..=steps).any(|step| {
                let radius = self.radius + away + step as f32;
                is_ink(ink, self.x + cos * radius, self.y + sin * radius)
            })
        });
        met.count() as f32 / RAYS as f32
    }

    fn rays() -> impl Iterator<Item = (f32, f32)> {
        (0..RAYS).map(|ray| (ray as f32 / RAYS as f32 * std::f32::consts::TAU).sin_cos())
    }

    /// The circle nearby that lies in the middle of the frame: three points on its edges do not.
    fn settled(self, ink: &Mask) -> Self {
        let mut best = (self.share(ink, 0.0, 1.0), self);
        for _ in 0..4 {
            let from = best.1;
            for (x, y, radius) in [
                (1.0, 0.0, 0.0),
                (-1.0, 0.0, 0.0),
                (0.0, 1.0, 0.0),
                (0.0, -1.0, 0.0),
                (0.0, 0.0, 1.0),
                (0.0, 0.0, -1.0),
            ] {
                let near = Self { x: from.x + x, y: from.y + y, radius: from.radius + radius };
                let framed = near.share(ink, 0.0, 1.0);
                if framed > best.0 {
                    best = (framed, near);
                }
            }
        }
        best.1
    }

    /// How thick the frame is for the most part, in pixels.
    fn thickness(&self, ink: &Mask) -> f32 {
        let mut thicknesses: Vec<i32> = Self::rays()
            .filter_map(|(sin, cos)| {
                let on = |step: i32| {
                    let radius = self.radius + step as f32;
                    is_ink(ink, self.x + cos * radius, self.y + sin * radius)
                };
                let middle = (0..=WOBBLE as i32).flat_map(|at| [at, -at]).find(|&at| on(at))?;
                let outside = (middle..middle + 12).take_while(|&step| on(step)).count();
                let inside = (middle - 12..middle).rev().take_while(|&step| on(step)).count();
                Some((outside + inside) as i32)
            })
            .collect();
        thicknesses.sort_unstable();
        thicknesses.get(thicknesses.len() / 2).copied().unwrap_or(1) as f32
    }

    /// The median grey of the frame.
    fn shade(&self, flat: &GrayImage) -> u8 {
        let mut greys: Vec<u8> = Self::rays()
            .filter_map(|(sin, cos)| {
                let steps = -(WOBBLE as i32)..=WOBBLE as i32;
                // The middle of the frame is darker than its seams.
                steps
                    .filter_map(|step| {
                        let radius = self.radius + step as f32;
                        let (x, y) = (self.x + cos * radius, self.y + sin * radius);
                        (x >= 0.0 && y >= 0.0)
                            .then(|| flat.get_pixel_checked(x as u32, y as u32))
                            .flatten()
                    })
                    .map(|pixel| pixel.0[0])
                    .min()
            })
            .collect();
        greys.sort_unstable();
        greys.get(greys.len() / 2).copied().unwrap_or(0)
    }

    /// The box around the seal.
    fn place(&self, flat: &GrayImage, thickness: f32) -> Rect {
        let reach = self.radius + thickness / 2.0 + 2.0;
        let side = |at: f32, most: u32| (at.max(0.0) as u32).min(most);
        Rect::new(
            side(self.x - reach, flat.width()),
            side(self.y - reach, flat.height()),
            side(self.x + reach + 1.0, flat.width()),
            side(self.y + reach + 1.0, flat.height()),
        )
    }

    /// What of the seal is lighter than writing, but for the seams of writing.
    fn lighter(
        &self,
        flat: &GrayImage,
        place: Rect,
        thickness: f32,
        darkest: u8,
    ) -> Vec<(u32, u32)> {
        let is_dark =
            |x: u32, y: u32| flat.get_pixel_checked(x, y).is_some_and(|pixel| pixel.0[0] < darkest);
        let near_dark = |x: u32, y: u32| {
            let (x, y) = (x.saturating_sub(1), y.saturating_sub(1));
            (y..y + 3).any(|y| (x..x + 3).any(|x| is_dark(x, y)))
        };
        let reach = self.radius + thickness / 2.0 + 2.0;
        let within = |x: u32, y: u32| (x as f32 - self.x).hypot(y as f32 - self.y) <= reach;
        pixels(place).filter(|&(x, y)| within(x, y) && !near_dark(x, y)).collect()
    }

    /// The frame, but where writing crosses it.
    fn frame(&self, ink: &Mask, place: Rect, thickness: f32) -> Vec<(u32, u32)> {
        let half = thickness / 2.0 + 1.0;
        let is_frame = |x: u32, y: u32| {
            let (right, down) = (x as f32 - self.x, y as f32 - self.y);
            let away = right.hypot(down);
            let (cos, sin) = (right / away, down / away);
            let on = |radius: f32| is_ink(ink, self.x + cos * radius, self.y + sin * radius);
            (away - self.radius).abs() <= half
                && !(on(self.radius + half + 2.0) && on(self.radius - half - 2.0))
        };
        pixels(place).filter(|&(x, y)| is_frame(x, y)).collect()
    }
}

fn pixels(place: Rect) -> impl Iterator<Item = (u32, u32)> {
    (place.y0..place.y1).flat_map(move |y| (place.x0..place.x1).map(move |x| (x, y)))
}

fn is_ink(ink: &Mask, x: f32, y: f32) -> bool {
    x >= 0.0 && y >= 0.0 && ink.get(x.round() as usize, y.round() as usize)
}

/// How dark the ink of a page is: a quarter of it is darker.
fn shade_of(flat: &GrayImage, sure: &Mask) -> u8 {
    let inked = flat.as_raw().iter().zip(&sure.ink).filter(|(_, ink)| **ink);
    Greys::of(&inked.map(|(&grey, _)| grey).collect::<Vec<u8>>()).quantile(0.25)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A seal of 130 pixels in `shade` with two strokes for a name, over a row of dark characters.
    fn page(shade: u8) -> GrayImage {
        GrayImage::from_fn(700, 200, |x, y| {
            let (dx, dy) = (f64::from(x) - 350.0, f64::from(y) - 100.0);
            let frame = (61.0..66.0).contains(&dx.hypot(dy));
            let name = dx.abs() < 25.0 && (dy + 35.0).abs() < 12.0 && x % 12 < 4;
            let writing = (20..680).contains(&x)
                && (100..132).contains(&y)
                && x % 40 < 32
                && (x % 16 < 4 || y % 15 < 4);
            Luma([match (writing, frame || name) {
                (true, _) => 30,
                (_, true) => shade,
                _ => 255,
            }])
        })
    }

    fn taken(shade: u8) -> (GrayImage, Vec<Rect>) {
        let mut flat = page(shade);
        let (mut sure, mut ink) = (Mask::of(&flat, 170), Mask::of(&flat, 170));
        let seals = take_seals(&Parts::of(&ink), &mut sure, &mut ink, &mut flat, 32);
        assert_eq!(Mask::of(&flat, 170), ink);
        (flat, seals)
    }

    #[test]
    fn a_seal_lighter_than_writing_goes_and_the_writing_stays() {
        let (flat, seals) = taken(110);
        assert_eq!(seals.len(), 1);
        let near = seals[0];
        assert!(near.x0.abs_diff(284) < 6 && near.y1.abs_diff(166) < 6, "{near:?}");
        let written = page(255);
        for (x, y, pixel) in flat.enumerate_pixels() {
            let before = written.get_pixel(x, y).0[0];
            assert!(before == 255 || pixel.0[0] < 60, "writing at {x} {y}");
        }
        let left = |grey: u8| flat.pixels().filter(|pixel| pixel.0[0] == grey).count();
        assert!(left(110) < 300, "{} pixels of the seal", left(110));
    }

    #[test]
    fn of_a_seal_as_dark_as_writing_the_frame_goes() {
        let (flat, seals) = taken(30);
        assert_eq!(seals.len(), 1);
        assert_eq!(flat.get_pixel(350, 100 - 63).0[0], 255, "its frame");
        assert!((340..360).any(|x| flat.get_pixel(x, 65).0[0] < 60), "its name");
    }

    #[test]
    fn characters_are_no_seal() {
        let mut flat = page(255);
        let (mut sure, mut ink) = (Mask::of(&flat, 170), Mask::of(&flat, 170));
        // All characters in one piece, three rows of them.
        let parts = Parts::of(&ink);
        assert!(take_seals(&parts, &mut sure, &mut ink, &mut flat, 10).is_empty());
        assert_eq!(flat, page(255));
    }
}
