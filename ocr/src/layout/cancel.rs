//! Strokes that cancel several lines at once: a slash, two, or a cross over a whole order.
//!
//! Such a stroke joins the lines that it runs through to one piece of ink. It is found by the
//! places where it runs alone, between lines and between characters: these lie on one slightly
//! bent course. It is taken out where nothing crosses it, so that what it cancels can be read.

use chart::Rect;
use image::GrayImage;

use super::{Mask, Parts};

/// Shorter strokes, in ems, are strokes of characters.
const SHORTEST_EMS: f32 = 2.6;
/// Of a piece that is lower or narrower than so many ems no stroke over several lines is part.
const LEAST_EMS: f32 = 1.5;
/// Share of its steps at which a stroke runs alone: between lines, for the most part.
const ALONE: f32 = 0.15;
/// So near, in ems, nothing lies beside it there.
const BESIDE: f32 = 0.1;
/// How far, in ems, the places where it runs alone may lie from its course, in the mean.
const STRAY: f32 = 0.07;
/// Share of its course that must be inked.
const INKED: f32 = 0.9;
/// What a step over paper costs, against a gain of one for a step over ink.
const PAPER: f32 = 4.0;
/// The thickest pen, in ems.
const THICKEST: f32 = 0.22;
/// Longer strokes, as a share of the page's longer side, are scratches and folds.
const LONGEST: f32 = 0.4;
/// Less inclined strokes (one to so many) are rules, edges and the bars of date stamps.
const LEVEL: f64 = 5.0;
/// Gaps of so many ems end a stroke.
const GAP: f32 = 0.2;
/// Bent lines through three of so many points are tried.
const ANCHORS: usize = 14;
/// At least so many of its steps must run alone, whatever its length.
const FEWEST: usize = 12;

/// A stroke of a pen aslant over several lines.
#[derive(Debug, Clone, PartialEq)]
pub struct Cancel {
    /// Whether its steps are rows of the page rather than columns.
    steep: bool,
    /// Its first step and the one behind its last.
    from: f64,
    to: f64,
    course: Course,
}

/// A slightly bent line.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Course {
    middle: f64,
    half: f64,
    /// Of 1, t and t², where t runs from -1 to 1 over what it was fitted to: its place across.
    terms: [f64; 3],
}

impl Course {
    fn at(&self, along: f64) -> f64 {
        let t = (along - self.middle) / self.half;
        self.terms[0] + self.terms[1] * t + self.terms[2] * t * t
    }
}

impl Cancel {
    fn across(&self, along: f64) -> f64 {
        self.course.at(along)
    }

    /// Its points on the page, a pixel apart.
    fn points(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        let steps = (self.to - self.from) as u32;
        (0..steps).map(|step| self.from + f64::from(step) + 0.5).map(|along| {
            let across = self.across(along);
            if self.steep { (across, along) } else { (along, across) }
        })
    }

    /// Whether it runs through a line of writing: through half of its height, and not past its
    /// ends.
    pub fn runs_through(&self, line: Rect, em: u32) -> bool {
        let slack = f64::from(em) * 0.3;
        let (x0, x1) = (f64::from(line.x0) - slack, f64::from(line.x1) + slack);
        let (y0, y1) = (f64::from(line.y0), f64::from(line.y1));
        let within = self
            .points()
            .filter(|&(x, y)| (x0..x1).contains(&x) && (y0..y1).contains(&y))
            .fold(None, |ends: Option<(f64, f64)>, (_, y)| {
                let (low, high) = ends.unwrap_or((y, y));
                Some((low.min(y), high.max(y)))
            });
        within.is_some_and(|(low, high)| (high - low) * 2.0 >= y1 - y0)
    }

    /// Whether a line lies between its upper and its lower end, and not wholly beside it: short
    /// lines of an order are cancelled too if the stroke passes beyond their end.
    pub fn spans(&self, line: Rect, em: u32) -> bool {
        let far = (f64::MAX, f64::MIN);
        let ((left, right), (top, bottom)) =
            self.points().fold((far, far), |((left, right), (top, bottom)), (x, y)| {
                ((left.min(x), right.max(x)), (top.min(y), bottom.max(y)))
            });
        let wide = right.min(f64::from(line.x1)) - left.max(f64::from(line.x0));
        let high = bottom.min(f64::from(line.y1)) - top.max(f64::from(line.y0));
        wide >= f64::from(em) * 0.5 && high * 5.0 >= f64::from(line.height()) * 3.0
    }

    /// Whether both cross each other.
    pub fn crosses(&self, other: &Self) -> bool {
        let near = |(x, y): (f64, f64)| {
            other.points().any(|(a, b)| (a - x).abs() <= 1.5 && (b - y).abs() <= 1.5)
        };
        self.points().any(near)
    }
}

/// Takes strokes over several lines out of the ink and out of the picture, and tells where they
/// ran. `sure` is the ink that is no faint seam.
pub fn take_cancels(
    parts: &Parts,
    sure: &mut Mask,
    ink: &mut Mask,
    flat: &mut GrayImage,
    em: u32,
) -> Vec<Cancel> {
    let mut found = Vec::new();
    for part in &parts.parts {
        let (width, height) = (part.bbox.width(), part.bbox.height());
        let least = (em as f32 * LEAST_EMS) as u32;
        let longest = (sure.width.max(sure.height) as f32 * LONGEST) as u32;
        if width < least || height < least || part.area * 4 > width * height {
            continue;
        }
        if width > longest || height > longest {
            continue;
        }
        let reach = em / 2;
        let window = Rect::new(
            part.bbox.x0.saturating_sub(reach),
            part.bbox.y0.saturating_sub(reach),
            (part.bbox.x1 + reach).min(sure.width as u32),
            (part.bbox.y1 + reach).min(sure.height as u32),
        );
        // A cross has two strokes, a double one four.
        for _ in 0..4 {
            let stroke = [false, true]
                .into_iter()
                .filter_map(|steep| Window::of(sure, window, steep).stroke(em))
                .max_by(|a, b| (a.to - a.from).total_cmp(&(b.to - b.from)));
            let Some(stroke) = stroke else { break };
            erase(&stroke, em, sure, ink, flat);
            found.push(stroke);
        }
    }
    found
}

/// A part of the page whose steps are columns, or rows if steep.
struct Window {
    place: Rect,
    steep: bool,
    /// Steps along, places across.
    along: usize,
    across: usize,
    /// Step after step.
    ink: Vec<bool>,
}

/// A place on the best way.
#[derive(Clone, Copy)]
struct Step {
    along: usize,
    across: usize,
}

impl Window {
    fn of(sure: &Mask, place: Rect, steep: bool) -> Self {
        let (width, height) = (place.width() as usize, place.height() as usize);
        let (along, across) = if steep { (height, width) } else { (width, height) };
        let mut ink = vec![false; along * across];
        for step in 0..along {
            for at in 0..across {
                let (x, y) = if steep { (at, step) } else { (step, at) };
                ink[step * across + at] = sure.get(place.x0 as usize + x, place.y0 as usize + y);
            }
        }
        Self { place, steep, along, across, ink }
    }

    fn get(&self, along: usize, across: usize) -> bool {
        self.ink[along * self.across + across]
    }

    /// The longest stroke that is one, rising or falling.
    fn stroke(&self, em: u32) -> Option<Cancel> {
        [1, -1]
            .into_iter()
            .filter_map(|slope| self.course(&self.way(slope), em))
            .max_by(|a, b| (a.to - a.from).total_cmp(&(b.to - b.from)))
    }

    /// The way that gains most, which goes straight on or one place across at each step, always
    /// to the same side.
    fn way(&self, slope: isize) -> Vec<Step> {
        let mut came = vec![0_i8; self.along * self.across];
        let (mut last, mut this) = (vec![0.0_f32; self.across], vec![0.0_f32; self.across]);
        let mut best = (0.0_f32, Step { along: 0, across: 0 });
        for along in 0..self.along {
            for across in 0..self.across {
                let straight = last[across];
                let aslant = across
                    .checked_add_signed(-slope)
                    .and_then(|from| last.get(from).copied())
                    .unwrap_or(0.0);
                let (gained, how) = if aslant > straight { (aslant, 2) } else { (straight, 1) };
                let gain = if self.get(along, across) { 1.0 } else { -PAPER };
                let at = along * self.across + across;
                this[across] = (gained + gain).max(0.0);
                came[at] = if gained > 0.0 { how } else { 0 };
                if this[across] > best.0 {
                    best = (this[across], Step { along, across });
                }
            }
            std::mem::swap(&mut last, &mut this);
        }
        let mut at = best.1;
        let mut way = vec![at];
        while at.along > 0 {
            match came[at.along * self.across + at.across] {
                0 => break,
                1 => at.along -= 1,
                _ => {
                    at.along -= 1;
                    at.across = at.across.saturating_add_signed(-slope);
                }
            }
            way.push(at);
        }
        way.reverse();
        way
    }

    /// The ink across a place, if there is nothing else near but a twin of it.
    fn alone(&self, step: Step, em: f32) -> Option<(usize, usize)> {
        let near = (em * BESIDE) as usize;
        if !self.get(step.along, step.across) {
            return None;
        }
        let begin = (0..=step.across).rev().take_while(|&at| self.get(step.along, at)).last()?;
        let last = (step.across..self.across).take_while(|&at| self.get(step.along, at)).last()?;
        let end = last + 1;
        let beside = (begin.saturating_sub(near)..begin)
            .chain(end..(end + near).min(self.across))
            .filter(|&at| self.get(step.along, at))
            .count();
        (((end - begin) as f32) < em * THICKEST && beside <= end - begin + 1)
            .then_some((begin, end))
    }

    /// Whether there is ink at or next to a place.
    fn is_near(&self, along: usize, across: f64) -> bool {
        let at = across.floor() as isize;
        (at - 1..=at + 1)
            .filter_map(|at| usize::try_from(at).ok())
            .any(|at| at < self.across && self.get(along, at))
    }

    /// The stroke along a way, if that is what it follows.
    fn course(&self, way: &[Step], em: u32) -> Option<Cancel> {
        let em = em as f32;
        let alone: Vec<(f64, f64)> = way
            .iter()
            .filter_map(|&step| {
                let (begin, end) = self.alone(step, em)?;
                Some((step.along as f64 + 0.5, (begin + end) as f64 / 2.0))
            })
            .collect();
        if alone.len() < FEWEST {
            return None;
        }
        let course = robust(&alone, f64::from(em))?;
        // From where it certainly runs as far as there is ink on its course.
        let (mut from, mut to) = (alone[0].0 as usize, alone[alone.len() - 1].0 as usize + 1);
        let gap = (em * GAP) as usize;
        let on_course = |along: usize| self.is_near(along, course.at(along as f64 + 0.5));
        while let Some(next) =
            (from.saturating_sub(gap)..from).rev().find(|&along| on_course(along))
        {
            from = next;
        }
        while let Some(next) = (to..(to + gap).min(self.along)).find(|&along| on_course(along)) {
            to = next + 1;
        }
        let steps = (to - from) as f64;
        let rise = (course.at(to as f64) - course.at(from as f64)).abs();
        let inked = (from..to).filter(|&along| on_course(along)).count();
        let fits: Vec<f64> = alone
            .iter()
            .map(|&(x, y)| (course.at(x) - y).abs())
            .filter(|away| *away < f64::from(em) * 0.2)
            .collect();
        let mean = fits.iter().sum::<f64>() / fits.len().max(1) as f64;
        let is_stroke = steps.hypot(rise) >= f64::from(em * SHORTEST_EMS)
            && rise * LEVEL >= steps
            && fits.len() as f64 >= steps * f64::from(ALONE)
            && mean <= f64::from(em * STRAY)
            && inked as f64 >= steps * f64::from(INKED);
        if !is_stroke {
            return None;
        }
        let (x, y) = (f64::from(self.place.x0), f64::from(self.place.y0));
        let (ahead, across) = if self.steep { (y, x) } else { (x, y) };
        let [first, second, third] = course.terms;
        Some(Cancel {
            steep: self.steep,
            from: from as f64 + ahead,
            to: to as f64 + ahead,
            course: Course {
                middle: course.middle + ahead,
                half: course.half,
                terms: [first + across, second, third],
            },
        })
    }
}

/// The bent line through most points. Two slashes side by side leave points of both, so it is begun
/// with the one, of those through three points, that most points lie on.
fn robust(points: &[(f64, f64)], em: f64) -> Option<Course> {
    let (first, last) = (points[0].0, points[points.len() - 1].0);
    let (middle, half) = (f64::midpoint(first, last), ((last - first) / 2.0).max(1.0));
    let all: Vec<(f64, f64)> = points.iter().map(|&(x, y)| ((x - middle) / half, y)).collect();
    let near = |[a, b, c]: [f64; 3], slack: f64| {
        let is_near = move |&(x, y): &(f64, f64)| (a + b * x + c * x * x - y).abs() < slack * em;
        all.iter().copied().filter(is_near)
    };
    // A pen's stroke bends by less than a twelfth of its length.
    let is_pens = |terms: [f64; 3]| terms[2].abs() * 6.0 < half;
    let step = all.len().div_ceil(ANCHORS);
    let anchors: Vec<(f64, f64)> = all.iter().copied().step_by(step).collect();
    let mut best: Option<([f64; 3], usize)> = None;
    for (at, a) in anchors.iter().enumerate() {
        for (next, b) in anchors.iter().enumerate().skip(at + 1) {
            for c in anchors[next + 1..].iter().filter(|c| c.0 - a.0 > 0.6) {
                let Some(terms) = super::fit::fit([*a, *b, *c].into_iter(), 3) else { continue };
                let count = near(terms, 0.06).count();
                if is_pens(terms) && best.is_none_or(|(_, most)| count > most) {
                    best = Some((terms, count));
                }
            }
        }
    }
    let mut terms = best?.0;
    for slack in [0.15, 0.1] {
        if near(terms, slack).count() * 10 < all.len() * 4 {
            return None;
        }
        terms = super::fit::fit(near(terms, slack), 3)?;
    }
    is_pens(terms).then_some(Course { middle, half, terms })
}

/// Takes a stroke out where nothing crosses it.
fn erase(stroke: &Cancel, em: u32, sure: &mut Mask, ink: &mut Mask, flat: &mut GrayImage) {
    let before = sure.clone();
    let (width, height) = (before.width as isize, before.height as isize);
    let across_of = |x: f64, y: f64| if stroke.steep { (y, x) } else { (x, y) };
    let place = |along: isize, across: isize| {
        let (x, y) = if stroke.steep { (across, along) } else { (along, across) };
        ((0..width).contains(&x) && (0..height).contains(&y)).then(|| (y * width + x) as usize)
    };
    let inked = |along: isize, across: isize| place(along, across).is_some_and(|at| before.ink[at]);
    let most = (em as f32 * THICKEST) as isize + 1;
    let mut runs: Vec<(isize, isize, isize)> = Vec::new();
    for (x, y) in stroke.points() {
        let (along, across) = across_of(x, y);
        let (along, across) = (along.floor() as isize, across.floor() as isize);
        let Some(at) = [0, -1, 1].into_iter().map(|off| across + off).find(|&at| inked(along, at))
        else {
            continue;
        };
        let begin = (at - most..=at).rev().take_while(|&at| inked(along, at)).last();
        let end = (at..=at + most).take_while(|&at| inked(along, at)).last();
        if let (Some(begin), Some(end)) = (begin, end) {
            runs.push((along, begin, end + 1));
        }
    }
    let mut thick: Vec<isize> = runs.iter().map(|(_, begin, end)| end - begin).collect();
    thick.sort_unstable();
    let usual = thick.get(thick.len() / 3).copied().unwrap_or(0);
    for (along, begin, end) in runs.into_iter().filter(|(_, a, b)| b - a <= usual * 3 / 2 + 1) {
        // With its pale seam.
        for at in (begin - 2..end + 2).filter_map(|across| place(along, across)) {
            sure.ink[at] = false;
            ink.ink[at] = false;
            flat.as_mut()[at] = 255;
        }
    }
}

#[cfg(test)]
mod tests {
    use image::Luma;

    use super::*;
    use crate::layout::{Regions, find_lines, page_em};

    /// Three lines of ten "characters" with what `mark` draws over them.
    fn page(mark: impl Fn(f64, f64) -> bool) -> GrayImage {
        GrayImage::from_fn(700, 300, |x, y| {
            let (column, row) = (x.wrapping_sub(100) / 40, y.wrapping_sub(60) / 60);
            let (dx, dy) = (x.wrapping_sub(100) % 40, y.wrapping_sub(60) % 60);
            let character = column < 10
                && row < 3
                && dx < 30
                && dy < 30
                && (dx < 4 || (13..17).contains(&dx) || (26..30).contains(&dx) || dy % 13 < 3);
            let marked = mark(f64::from(x), f64::from(y));
            Luma([if character || marked { 0 } else { 255 }])
        })
    }

    /// How many strokes are found, and how many lines they cancel and leave.
    fn cancelled(mark: impl Fn(f64, f64) -> bool) -> (usize, usize, usize) {
        let mut picture = page(mark);
        let mut sure = Mask::of(&picture, 128);
        let mut ink = sure.clone();
        let parts = Parts::of(&ink);
        let found = take_cancels(&parts, &mut sure, &mut ink, &mut picture, 32);
        let parts = Parts::of(&ink);
        let clutter = vec![false; parts.parts.len()];
        let regions = Regions::of(&Mask::empty(700, 300));
        let lines = find_lines(&parts, &clutter, &regions, page_em(&parts));
        let lines: Vec<Rect> =
            lines.iter().map(|l| l.bbox).filter(|bbox| bbox.width() > 300).collect();
        let through =
            lines.iter().filter(|l| found.iter().any(|c| c.runs_through(**l, 32))).count();
        (found.len(), through, lines.len() - through)
    }

    /// Whether a point lies on the stroke between two others.
    fn on(x: f64, y: f64, (x0, y0): (f64, f64), (x1, y1): (f64, f64)) -> bool {
        let length = (x1 - x0).hypot(y1 - y0);
        let along = ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / length;
        let across = ((y - y0) * (x1 - x0) - (x - x0) * (y1 - y0)) / length;
        (0.0..length).contains(&along) && across.abs() < 2.0
    }

    #[test]
    fn a_slash_over_two_lines_cancels_these() {
        let slash = |x, y| on(x, y, (380.0, 50.0), (180.0, 158.0));
        assert_eq!(cancelled(slash), (1, 2, 1));
    }

    #[test]
    fn of_two_slashes_side_by_side_one_is_followed() {
        // Points of both, in turns of five, three of them on the upper one.
        let points: Vec<(f64, f64)> = (0..400)
            .map(|x| (f64::from(x), f64::from(x) * 0.5 + if x % 5 < 3 { 0.0 } else { 14.0 }))
            .collect();
        let course = robust(&points, 32.0).unwrap();
        for x in [10.0, 200.0, 390.0] {
            assert!((course.at(x) - x * 0.5).abs() < 1.0, "{} at {x}", course.at(x));
        }
    }

    #[test]
    fn a_seal_over_lines_cancels_nothing() {
        let seal = |x: f64, y: f64| ((x - 300.0).hypot(y - 120.0) - 70.0).abs() < 2.0;
        assert_eq!(cancelled(seal).0, 0);
        assert_eq!(cancelled(|_, _| false), (0, 0, 3));
    }
}
