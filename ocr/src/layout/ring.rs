//! Rings around printed choices, told by a small network of convolutions (models/training/rings.py)
//! wherever something runs around something.

use std::sync::LazyLock;

use chart::Rect;
use image::{GrayImage, Luma};

use super::{
    Mask, Part, Parts,
    clutter::SEAL_EMS,
    judge::{Judge, ink_of},
};
use crate::resize::smooth;

/// The trained weights (models/README.md).
static WEIGHTS: &[u8] = include_bytes!("../../../models/ring-finder.onnx");
static FINDER: LazyLock<Judge> = LazyLock::new(|| Judge::of(WEIGHTS));

/// Log-odds from which a place is a ring's. Of 655 rings on pages of a seed that had no part in training
/// -1 leaves out 29, 0 leaves out 38, 1 leaves out 55; on 60 drawn forms -1 takes eight other things for
/// rings (circled numbers, zeros with a slash), 0 one and 1 none (docs/reading.md).
const RING: f32 = 0.0;
/// Rows of a window; the ring takes two thirds of them.
const ROWS: u32 = 32;
/// How far from its ellipse, in rows of a window, a pixel is told where the ring should run.
const BROAD: f32 = 4.0;

/// Rays on which a ring is looked for.
const RAYS: usize = 72;
/// Share of the rays that must cross something near where an ellipse would run, for a place to be
/// looked at. With 0.5 one ring in fifty of drawn pages is lost, and a tenth of the time.
const SUPPORT: f32 = 0.4;
/// How far from the ellipse the ring may run, as a share of its radius.
const WOBBLE: f32 = 0.16;
/// A ring is at least so many ems high; print is smaller than the hand that fills the form in.
const LEAST_EMS: f32 = 0.75;
/// The narrowest are around single letters.
const LEAST_WIDE_EMS: f32 = 0.4;
/// Higher ones are seals or stains.
const MOST_EMS: f32 = 3.2;
/// A ring around three characters (昭和・) is so many times as wide as it is high.
const LONGEST: u32 = 6;
/// Gaps that hands leave where a ring begins and ends, in ems.
const GAPS: [f32; 3] = [0.0, 0.1, 0.25];
/// Of so many white areas within a piece of ink the ring may run around any, or from one to another.
const INSIDES: usize = 8;

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

/// Rings with writing in them, taken out of the ink and of the picture, and where they were looked for.
#[derive(Debug, Default)]
pub struct Rings {
    /// The rings.
    pub rings: Vec<Ring>,
    /// Places that were judged (models/training/rings.py learns by them).
    pub places: Vec<Rect>,
}

/// Finds rings with writing in them and takes them out of the ink and of the picture; what stands in
/// them stays. Rings that touch characters, inside or outside, are found too, and open ones. `drawn` is
/// the page with all that pens drew.
pub fn take_rings(
    parts: &Parts,
    ink: &mut Mask,
    flat: &mut GrayImage,
    drawn: &GrayImage,
    em: u32,
) -> Rings {
    let em = em as f32;
    let mut found = Rings::default();
    for (index, part) in parts.parts.iter().enumerate() {
        if !may_hold_ring(*part, em) {
            continue;
        }
        let piece = Piece::of(parts, index, *part);
        let places = piece.ring_places(ink, em);
        let judged = places.iter().map(|place| (ring_evidence(drawn, *place), *place));
        let are_rings = judged.filter(|(evidence, _)| *evidence > RING);
        if let Some((_, place)) = are_rings.max_by(|a, b| a.0.total_cmp(&b.0)) {
            piece.erase(place, em, ink, flat);
            found.rings.push(Ring { place });
        }
        found.places.extend(places);
    }
    found
}

fn may_hold_ring(part: Part, em: f32) -> bool {
    let (width, height) = (part.bbox.width(), part.bbox.height());
    part.area * 10 < width * height * 8
        && height as f32 >= em * LEAST_EMS
        && width as f32 >= em * LEAST_WIDE_EMS
        && height as f32 <= em * MOST_EMS * 1.5
        && width <= height * LONGEST * 2
        && width as f32 <= em * MOST_EMS * LONGEST as f32
}

/// The log-odds that a hand drew a ring just there.
fn ring_evidence(drawn: &GrayImage, place: Rect) -> f32 {
    let window = RingWindow::of(drawn, place);
    FINDER.evidence(&[&window.picture, &window.place]).unwrap_or(f32::NEG_INFINITY)
}

/// A place with what is around it: a quarter of its height above and below, one and a half heights before
/// and behind.
pub struct RingWindow {
    /// Ink is light, paper black.
    pub picture: GrayImage,
    /// Light where the ring should run.
    place: GrayImage,
}

impl RingWindow {
    /// Of a straight page with the strokes of pens.
    pub fn of(drawn: &GrayImage, place: Rect) -> Self {
        let height = i64::from(place.height());
        let (x, y) = (i64::from(place.x0) - height * 3 / 2, i64::from(place.y0) - height / 4);
        let wide = place.width() + place.height() * 3;
        let high = place.height() * 3 / 2;
        let cut = ink_of(drawn, (x, y), wide, high);
        let picture = smooth(&cut, (wide * ROWS / high).max(1), ROWS);
        let place = Self::place(picture.width());
        Self { picture, place }
    }

    /// The ellipse in the middle of a window.
    fn place(columns: u32) -> GrayImage {
        let (x, y, b) = (columns as f32 / 2.0, ROWS as f32 / 2.0, ROWS as f32 / 3.0);
        let ellipse = Ellipse { x, y, a: (x - 3.0 * b).max(1.0), b };
        GrayImage::from_fn(columns, ROWS, |column, row| {
            let radius = ellipse.radius_at(column as f32 + 0.5, row as f32 + 0.5);
            let away = (radius - 1.0).abs() * ellipse.a.min(b);
            Luma([((1.0 - away / BROAD).max(0.0) * 255.0) as u8])
        })
    }
}

/// Seals are round and large.
fn is_seal(place: Rect, em: f32) -> bool {
    place.width() * 4 < place.height() * 5 && place.width() as f32 > em * SEAL_EMS
}

/// Whether there is ink well inside.
fn has_writing(ink: &Mask, place: Rect) -> bool {
    let (x, y) = (place.width() / 4, place.height() / 4);
    let mut area = 0;
    for row in place.y0 + y..place.y1 - y {
        for column in place.x0 + x..place.x1 - x {
            area += u32::from(ink.get(column as usize, row as usize));
        }
    }
    area * 100 > place.width() * place.height()
}

/// Whether the same ring would be told of by both.
fn is_nearly(a: Rect, b: Rect) -> bool {
    let near = a.height().min(b.height()) / 16 + 1;
    [(a.x0, b.x0), (a.y0, b.y0), (a.x1, b.x1), (a.y1, b.y1)]
        .into_iter()
        .all(|(a, b)| a.abs_diff(b) <= near)
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

    /// Boxes on the page in which a ring may lie that is this piece or part of it.
    fn ring_places(&self, ink: &Mask, em: f32) -> Vec<Rect> {
        let mut found: Vec<Rect> = Vec::new();
        for place in self.boxes(em) {
            let on_page = Rect::new(
                place.x0 + self.place.x0,
                place.y0 + self.place.y0,
                place.x1 + self.place.x0,
                place.y1 + self.place.y0,
            );
            let (width, height) = (place.width(), place.height());
            if (em * LEAST_EMS..em * MOST_EMS).contains(&(height as f32))
                && width as f32 >= em * LEAST_WIDE_EMS
                && width * 5 >= height * 2
                && width <= height * LONGEST
                && !is_seal(place, em)
                && !found.iter().any(|other| is_nearly(*other, on_page))
                && self.support(place, em) >= SUPPORT
                && has_writing(ink, on_page)
            {
                found.push(on_page);
            }
        }
        found
    }

    /// The same with ink so far around ink, which closes gaps.
    fn grown(&self, by: i32) -> Self {
        let mut ink = self.ink.clone();
        for y in 0..self.height {
            for x in 0..self.width {
                if self.get(x, y) {
                    let row = (y * self.width) as usize;
                    let (first, last) = ((x - by).max(0), (x + by).min(self.width - 1));
                    ink[row + first as usize..=row + last as usize].fill(true);
                }
            }
        }
        let wide = Self { ink, ..*self };
        let mut ink = wide.ink.clone();
        for y in 0..self.height {
            for other in (y - by).max(0)..=(y + by).min(self.height - 1) {
                for x in 0..self.width {
                    if wide.ink[(other * self.width + x) as usize] {
                        ink[(y * self.width + x) as usize] = true;
                    }
                }
            }
        }
        Self { ink, ..*self }
    }

    /// Boxes in its own pixels: all of it, and from any of the larger white areas in it to any other.
    fn boxes(&self, em: f32) -> Vec<Rect> {
        let whole = Rect::new(0, 0, self.width as u32, self.height as u32);
        let stroke = self.stroke();
        let mut found = vec![whole];
        for gap in GAPS.map(|ems| (em * ems) as u32) {
            let mut insides =
                if gap == 0 { self.insides() } else { self.grown(gap as i32).insides() };
            insides.retain(|inside| {
                (inside.width() + 2 * gap) as f32 > em * 0.15
                    && (inside.height() + 2 * gap) as f32 > em * 0.2
            });
            insides.sort_by_key(|inside| std::cmp::Reverse(inside.width() * inside.height()));
            let all = insides.iter().copied().reduce(Rect::union);
            insides.truncate(INSIDES);
            let pairs = (0..insides.len())
                .flat_map(|at| insides[at..].iter().map(move |other| (at, *other)))
                .map(|(at, other)| insides[at].union(other));
            found.extend(pairs.chain(all).map(|place| grown(place, stroke + gap, whole)));
        }
        found
    }

    /// How thick its strokes are, about.
    fn stroke(&self) -> u32 {
        let (mut area, mut edges) = (0u32, 0u32);
        for y in 0..self.height {
            for x in 0..self.width {
                if self.get(x, y) {
                    area += 1;
                    edges += u32::from(!self.get(x + 1, y)) + u32::from(!self.get(x, y + 1));
                }
            }
        }
        (area * 4).div_ceil((edges * 3).max(1)).max(2)
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
    fn erase(&self, on_page: Rect, em: f32, ink: &mut Mask, flat: &mut GrayImage) {
        let place = Rect::new(
            on_page.x0 - self.place.x0,
            on_page.y0 - self.place.y0,
            on_page.x1 - self.place.x0,
            on_page.y1 - self.place.y0,
        );
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

/// A place with so many pixels more on each side, within another.
pub(super) fn grown(place: Rect, by: u32, within: Rect) -> Rect {
    Rect::new(
        place.x0.saturating_sub(by),
        place.y0.saturating_sub(by),
        (place.x1 + by).min(within.x1),
        (place.y1 + by).min(within.y1),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two "characters" of 30 pixels at 45 and 85, a ring of the given half axes around the
    /// middle between them, and a neighbour at `neighbour`.
    fn rings(a: f64, b: f64, neighbour: Option<u32>) -> (Vec<Ring>, Mask) {
        rings_within(a, b, neighbour, std::f64::consts::TAU)
    }

    /// The same with a ring that goes around so far.
    fn rings_within(a: f64, b: f64, neighbour: Option<u32>, far: f64) -> (Vec<Ring>, Mask) {
        let mut picture = GrayImage::from_fn(300, 120, |x, y| {
            let (dx, dy) = (f64::from(x) - 80.0, f64::from(y) - 60.0);
            let radius = (dx / a).hypot(dy / b);
            let turn = (dy / b).atan2(dx / a).rem_euclid(std::f64::consts::TAU);
            let ring = (radius - 1.0).abs() * b < 1.1 && turn <= far;
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
        let drawn = picture.clone();
        let found = take_rings(&parts, &mut ink, &mut picture, &drawn, 32);
        (found.rings, ink)
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
    fn a_ring_that_stays_open_is_found() {
        assert_eq!(rings_within(56.0, 26.0, None, 5.7).0.len(), 1);
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
        let drawn = picture.clone();
        assert!(take_rings(&parts, &mut ink, &mut picture, &drawn, 32).rings.is_empty());
    }
}
