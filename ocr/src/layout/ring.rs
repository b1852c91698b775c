use chart::Rect;
use image::GrayImage;

use super::{Mask, Part, Parts, clutter::SEAL_EMS};

/// Rays on which a ring is looked for.
const RAYS: usize = 72;
/// Share of the rays that must cross the ring near where an ellipse would run. A character in a
/// square frame (国, 口) reaches two thirds; rings that hands drew, nine tenths.
const SUPPORT: f32 = 0.77;
/// How far from the ellipse the ring may run, as a share of its radius.
const WOBBLE: f32 = 0.16;
/// A ring is at least so many ems high; print is smaller than the hand that fills the form in.
const LEAST_EMS: f32 = 0.6;
/// From so many ems on it is a ring whatever stands beside it. Circled numbers (①) are as high as
/// characters, and lower than this.
const LARGE_EMS: f32 = 1.25;
/// Higher ones are seals or stains.
const MOST_EMS: f32 = 3.2;
/// A ring around three characters (昭和・) is so many times as wide as it is high.
const LONGEST: u32 = 6;

/// A ring that a hand drew around something printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ring {
    /// The box around it.
    pub place: Rect,
}

impl Ring {
    /// Whether something at `place` stands in the ring, for the most part.
    pub fn holds(&self, place: Rect) -> bool {
        let ellipse = Ellipse::in_box(self.place);
        let x = (place.x0 + place.x1) as f32 / 2.0;
        let y = (place.y0 + place.y1) as f32 / 2.0;
        ellipse.radius_at(x, y) < 0.9
    }
}

/// Finds rings with writing in them and takes them out of the ink and of the picture; what
/// stands in them stays. Rings that touch characters, inside or outside, are found too.
pub fn take_rings(parts: &Parts, ink: &mut Mask, flat: &mut GrayImage, em: u32) -> Vec<Ring> {
    let em = em as f32;
    let mut rings: Vec<Ring> = Vec::new();
    for (index, part) in parts.parts.iter().enumerate() {
        let (width, height) = (part.bbox.width(), part.bbox.height());
        let thin = part.area * 2 < width * height;
        if !thin
            || (height as f32) < em * LEAST_EMS
            || (width as f32) < em * LEAST_EMS
            || height as f32 > em * MOST_EMS * 1.5
            || width > height * LONGEST * 2
            || width as f32 > em * MOST_EMS * LONGEST as f32
        {
            continue;
        }
        let piece = Piece::of(parts, index, *part);
        let found = piece.candidates(em).into_iter().find(|candidate| {
            let high = candidate.height() as f32;
            (em * LEAST_EMS..em * MOST_EMS).contains(&high)
                && candidate.width() * 20 >= candidate.height() * 11
                && candidate.width() <= candidate.height() * LONGEST
                && !is_seal(*candidate, em)
                && piece.support(*candidate, em) >= SUPPORT
        });
        let Some(place) = found else { continue };
        let on_page = Rect::new(
            place.x0 + part.bbox.x0,
            place.y0 + part.bbox.y0,
            place.x1 + part.bbox.x0,
            place.y1 + part.bbox.y0,
        );
        let Some(writing) = writing_in(ink, on_page) else { continue };
        if on_page.height() as f32 > em * LARGE_EMS || is_one_of_several(parts, on_page, writing) {
            piece.erase(place, em, ink, flat);
            rings.push(Ring { place: on_page });
        }
    }
    rings
}

/// Seals are round and large.
fn is_seal(place: Rect, em: f32) -> bool {
    place.width() * 4 < place.height() * 5 && place.width() as f32 > em * SEAL_EMS
}

/// The box around the ink well inside a ring, if it is as much as a character has.
fn writing_in(ink: &Mask, place: Rect) -> Option<Rect> {
    let ellipse = Ellipse::in_box(place);
    let (mut area, mut around): (u32, Option<Rect>) = (0, None);
    for y in place.y0..place.y1 {
        for x in place.x0..place.x1 {
            if ink.get(x as usize, y as usize) && ellipse.radius_at(x as f32, y as f32) < 0.72 {
                area += 1;
                let pixel = Rect::new(x, y, x + 1, y + 1);
                around = Some(around.map_or(pixel, |around| around.union(pixel)));
            }
        }
    }
    let around = around?;
    let (width, height) = (place.width(), place.height());
    // The digit of a circled number is narrow.
    (area * 40 > width * height && around.height() * 5 > height * 2 && around.width() * 4 > width)
        .then_some(around)
}

/// Whether the nearest writing to the left or right of a ring is about as high as what stands in
/// it, as printed choices are. The digit of a circled number is much smaller than what follows.
fn is_one_of_several(parts: &Parts, ring: Rect, writing: Rect) -> bool {
    let reach = ring.height() * 2;
    let (mut left, mut right): (Option<Rect>, Option<Rect>) = (None, None);
    for part in &parts.parts {
        let b = part.bbox;
        let both = b.y1.min(writing.y1).saturating_sub(b.y0.max(writing.y0));
        // Dots and dashes between choices tell nothing.
        if both * 2 < writing.height() || b.height() * 2 < writing.height() {
            continue;
        }
        let middle = u32::midpoint(b.x0, b.x1);
        if middle < ring.x0 && middle + reach > ring.x0 {
            left = Some(left.map_or(b, |near| if near.x1 < b.x1 { b } else { near }));
        } else if middle > ring.x1 && middle < ring.x1 + reach {
            right = Some(right.map_or(b, |near| if near.x0 > b.x0 { b } else { near }));
        }
    }
    let alike = |near: Rect| {
        near.height() * 2 <= writing.height() * 3 && near.height() * 5 >= writing.height() * 3
    };
    left.into_iter().chain(right).any(alike)
}

/// An upright ellipse.
#[derive(Debug, Clone, Copy)]
struct Ellipse {
    x: f32,
    y: f32,
    a: f32,
    b: f32,
}

impl Ellipse {
    fn in_box(place: Rect) -> Self {
        Self {
            x: (place.x0 + place.x1) as f32 / 2.0,
            y: (place.y0 + place.y1) as f32 / 2.0,
            a: (place.width() as f32 / 2.0).max(1.0),
            b: (place.height() as f32 / 2.0).max(1.0),
        }
    }

    /// How far out a point lies: 1 on the ellipse.
    fn radius_at(&self, x: f32, y: f32) -> f32 {
        ((x - self.x) / self.a).hypot((y - self.y) / self.b)
    }

    /// The pixels of a ray from outside to inside, between two radii.
    fn ray(
        &self,
        number: usize,
        rays: usize,
        from: f32,
        to: f32,
    ) -> impl Iterator<Item = (i32, i32)> {
        let turn = number as f32 / rays as f32 * std::f32::consts::TAU;
        let (sin, cos) = turn.sin_cos();
        let this = *self;
        let length = (this.a * cos).hypot(this.b * sin).max(1.0);
        let steps = ((from - to) * length).ceil().max(1.0) as usize;
        (0..=steps).map(move |step| {
            let radius = from - (from - to) * step as f32 / steps as f32;
            (
                (this.x + this.a * cos * radius).floor() as i32,
                (this.y + this.b * sin * radius).floor() as i32,
            )
        })
    }
}

/// One piece of ink in its own box.
struct Piece {
    place: Rect,
    width: i32,
    height: i32,
    ink: Vec<bool>,
}

impl Piece {
    fn of(parts: &Parts, index: usize, part: Part) -> Self {
        let place = part.bbox;
        let (width, height) = (place.width() as i32, place.height() as i32);
        let mut ink = vec![false; (width * height) as usize];
        for (y, x0, x1) in parts.rows(index) {
            let row = ((y - place.y0) as i32 * width) as usize;
            ink[row + (x0 - place.x0) as usize..row + (x1 - place.x0) as usize].fill(true);
        }
        Self { place, width, height, ink }
    }

    fn get(&self, x: i32, y: i32) -> bool {
        x >= 0
            && y >= 0
            && x < self.width
            && y < self.height
            && self.ink[(y * self.width + x) as usize]
    }

    /// Boxes in which a ring may lie, in the piece's own pixels: all of it if its corners are
    /// empty, and what its white insides fill.
    fn candidates(&self, em: f32) -> Vec<Rect> {
        let mut found = Vec::new();
        let whole = Rect::new(0, 0, self.width as u32, self.height as u32);
        if self.has_empty_corners() {
            found.push(whole);
        }
        // What a stroke adds to the insides on each side.
        let stroke = (em / 16.0).max(2.0) as u32;
        let mut all: Option<Rect> = None;
        for inside in self.insides() {
            let large = inside.width() as f32 > em * 0.35 && inside.height() as f32 > em * 0.35;
            if large {
                found.push(grown(inside, stroke, whole));
                all = Some(all.map_or(inside, |all| all.union(inside)));
            }
        }
        found.extend(all.map(|all| grown(all, stroke, whole)));
        found
    }

    /// 国 and 口 have ink in their corners.
    fn has_empty_corners(&self) -> bool {
        let (corner_x, corner_y) = (self.width / 9, self.height / 9);
        let inked = |x: i32, y: i32| {
            (0..corner_y).any(|dy| (0..corner_x).any(|dx| self.get(x + dx, y + dy)))
        };
        let (right, bottom) = (self.width - corner_x, self.height - corner_y);
        let corners = [inked(0, 0), inked(right, 0), inked(0, bottom), inked(right, bottom)];
        corners.iter().filter(|inked| **inked).count() <= 1
    }

    /// The boxes of white areas that the piece encloses.
    fn insides(&self) -> Vec<Rect> {
        let mut seen = self.ink.clone();
        let mut found = Vec::new();
        let mut waiting: Vec<(i32, i32)> = Vec::new();
        for start_y in 0..self.height {
            for start_x in 0..self.width {
                if seen[(start_y * self.width + start_x) as usize] {
                    continue;
                }
                seen[(start_y * self.width + start_x) as usize] = true;
                waiting.push((start_x, start_y));
                let (mut place, mut is_outside) = (None::<Rect>, false);
                while let Some((x, y)) = waiting.pop() {
                    let pixel = Rect::new(x as u32, y as u32, x as u32 + 1, y as u32 + 1);
                    place = Some(place.map_or(pixel, |place| place.union(pixel)));
                    for (next_x, next_y) in [(x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1)] {
                        let outside = next_x < 0
                            || next_y < 0
                            || next_x >= self.width
                            || next_y >= self.height;
                        if outside {
                            is_outside = true;
                        } else {
                            let at = (next_y * self.width + next_x) as usize;
                            if !seen[at] {
                                seen[at] = true;
                                waiting.push((next_x, next_y));
                            }
                        }
                    }
                }
                if !is_outside {
                    found.extend(place);
                }
            }
        }
        found
    }

    /// Share of the rays on which a thin stroke crosses near the ellipse in a box.
    fn support(&self, place: Rect, em: f32) -> f32 {
        let ellipse = Ellipse::in_box(place);
        let crossed = (0..RAYS).filter(|&ray| self.crossing(ellipse, ray, RAYS, em).is_some());
        crossed.count() as f32 / RAYS as f32
    }

    /// The pixels where a thin stroke crosses a ray near the ellipse.
    fn crossing(
        &self,
        ellipse: Ellipse,
        ray: usize,
        rays: usize,
        em: f32,
    ) -> Option<Vec<(i32, i32)>> {
        let thickest = (em / 5.0).max(4.0) as usize;
        let mut best: Option<(f32, Vec<(i32, i32)>)> = None;
        let mut run: Vec<(i32, i32)> = Vec::new();
        // Small rings wobble by a pixel or two whatever their radius.
        let wobble = WOBBLE.max(2.0 / ellipse.b.min(ellipse.a));
        let mut close = |run: &mut Vec<(i32, i32)>| {
            if let Some(&(x, y)) = run.get(run.len() / 2) {
                let away = (ellipse.radius_at(x as f32 + 0.5, y as f32 + 0.5) - 1.0).abs();
                let thin = run.len() <= thickest;
                if thin && away <= wobble && best.as_ref().is_none_or(|(least, _)| away < *least) {
                    best = Some((away, std::mem::take(run)));
                }
            }
            run.clear();
        };
        for pixel in ellipse.ray(ray, rays, 1.0 + WOBBLE * 1.6, 1.0 - WOBBLE * 1.6) {
            if self.get(pixel.0, pixel.1) {
                if run.last() != Some(&pixel) {
                    run.push(pixel);
                }
            } else {
                close(&mut run);
            }
        }
        close(&mut run);
        best.map(|(_, run)| run)
    }

    /// Takes the stroke of a ring out; where something thicker crosses it, the crossing stays.
    fn erase(&self, place: Rect, em: f32, ink: &mut Mask, flat: &mut GrayImage) {
        let ellipse = Ellipse::in_box(place);
        // Rays so close that none of the ring's pixels lies between them.
        let rays = (place.width() + place.height()) as usize * 4;
        let (width, height) = (ink.width as i32, ink.height as i32);
        for ray in 0..rays {
            let Some(run) = self.crossing(ellipse, ray, rays, em) else { continue };
            for (x, y) in run {
                let (x, y) = (x + self.place.x0 as i32, y + self.place.y0 as i32);
                for (near_x, near_y) in [(x, y), (x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1)] {
                    if (0..width).contains(&near_x) && (0..height).contains(&near_y) {
                        let at = (near_y * width + near_x) as usize;
                        ink.ink[at] = false;
                        flat.as_mut()[at] = 255;
                    }
                }
            }
        }
    }
}

fn grown(place: Rect, by: u32, within: Rect) -> Rect {
    Rect::new(
        place.x0.saturating_sub(by),
        place.y0.saturating_sub(by),
        (place.x1 + by).min(within.x1),
        (place.y1 + by).min(within.y1),
    )
}

#[cfg(test)]
mod tests {
    use image::Luma;

    use super::*;

    /// Two "characters" of 30 pixels at 45 and 85, a ring of the given half axes around the
    /// middle between them, and a neighbour at `neighbour`.
    fn rings(a: f64, b: f64, neighbour: Option<u32>) -> (Vec<Ring>, Mask) {
        let mut picture = GrayImage::from_fn(300, 120, |x, y| {
            let (dx, dy) = (f64::from(x) - 80.0, f64::from(y) - 60.0);
            let radius = (dx / a).hypot(dy / b);
            let ring = (radius - 1.0).abs() * b < 1.1;
            let character = |left: u32| {
                (left..left + 30).contains(&x)
                    && (45..75).contains(&y)
                    && ((x - left) % 12 < 4 || (y - 45) % 13 < 4)
            };
            let beside = neighbour.is_some_and(character);
            Luma([if ring || character(46) || character(84) || beside { 0 } else { 255 }])
        });
        let mut ink = Mask::of(&picture, 128);
        let parts = Parts::of(&ink);
        let rings = take_rings(&parts, &mut ink, &mut picture, 32);
        (rings, ink)
    }

    #[test]
    fn a_ring_is_found_and_what_stands_in_it_stays() {
        let (rings, ink) = rings(56.0, 26.0, None);
        assert_eq!(rings.len(), 1);
        assert!(rings[0].holds(Rect::new(46, 45, 76, 75)));
        assert!(!rings[0].holds(Rect::new(150, 45, 180, 75)));
        assert!(!ink.get(80, 34) && !ink.get(80, 85), "the ring is gone");
        assert!(ink.get(47, 50) && ink.get(85, 60), "the characters are there");
    }

    #[test]
    fn a_ring_that_touches_what_stands_in_it_is_found() {
        assert_eq!(rings(46.0, 22.0, None).0.len(), 1);
    }

    #[test]
    fn a_ring_that_touches_its_neighbour_is_found() {
        let (rings, _) = rings(56.0, 26.0, Some(132));
        assert_eq!(rings.len(), 1);
        assert!(!rings[0].holds(Rect::new(134, 45, 164, 75)));
    }

    #[test]
    fn a_square_frame_is_no_ring() {
        let mut picture = GrayImage::from_fn(200, 120, |x, y| {
            let inside = (40..100).contains(&x) && (30..90).contains(&y);
            let hollow = (44..96).contains(&x) && (34..86).contains(&y);
            let strokes = (55..85).contains(&x) && (45..75).contains(&y) && x % 10 < 4;
            Luma([if (inside && !hollow) || strokes { 0 } else { 255 }])
        });
        let mut ink = Mask::of(&picture, 128);
        let parts = Parts::of(&ink);
        assert!(take_rings(&parts, &mut ink, &mut picture, 32).is_empty());
    }
}
