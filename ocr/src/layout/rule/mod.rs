//! Ruled lines: found, told from strokes of pens, taken out of the page.

mod digit_box; // the sides and edges of boxes for single digits
mod find; // straight runs of ink that no writing makes
mod removal; // off the page, without harm to the strokes that cross them
mod wall; // which of them divide writing from writing

use chart::Rect;

use super::Mask;

pub use find::find_rules;

/// How far a rule's frayed edge may reach beyond its core.
const FRAY: usize = 2;
/// What writing stands across along so many percent of its length is a pen's stroke, unless it is
/// of the paper.
const CROSSED: u8 = 12;
/// A rule is at most this share of the page's longer side thick (0.9 mm of A4): folds and
/// shadows are thicker, and taking them out would take writing with them.
pub(crate) const THICKEST: usize = 330;

/// The ruled lines of a page.
#[derive(Debug, Clone)]
pub struct Rules {
    /// Level rules.
    pub horizontal: Vec<Rule>,
    /// Upright rules; their coordinates are those of the page.
    pub vertical: Vec<Rule>,
    /// Strokes along lines and columns of writing, which a pen drew. They stay on the page: taken out, they
    /// leave slices of characters.
    pub strokes: Vec<Rule>,
    /// Every pixel that belongs to a rule.
    pub mask: Mask,
}

/// One ruled line.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// The box around it.
    pub bbox: Rect,
    /// Mean thickness in pixels.
    pub thickness: u32,
    /// For each step along the rule, from its start, where its core begins and ends across it;
    /// an empty range where it is broken.
    across: Vec<(u32, u32)>,
    /// What writing crosses it.
    crossed: Crossed,
    /// The straight line that it follows: along, across, slope.
    course: Option<(f64, f64, f64)>,
}

/// How writing stands across a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Crossed {
    /// Share of the rule, in percent, that has ink right above it.
    above: u8,
    /// The same below.
    below: u8,
    /// From its start, the first pixel with ink right beside it.
    first: u32,
    /// The last one.
    last: u32,
}

impl Rules {
    /// Whether a rule is one of the paper's own rather than a stroke of a pen: it meets rules that
    /// run the other way, goes on elsewhere on the page, or is one of several of its kind.
    pub fn is_of_the_paper(&self, rule: &Rule, em: u32) -> bool {
        // An upright rule is looked at as if the page lay on its side.
        let level = rule.is_level();
        let place = |of: &Rule| if level { of.bbox } else { on_its_side(of.bbox) };
        let (own, other_way) = if level {
            (&self.horizontal, &self.vertical)
        } else {
            (&self.vertical, &self.horizontal)
        };
        let b = place(rule);
        let near = em / 3;
        let meets = |x: u32| {
            other_way.iter().any(|other| {
                let v = place(other);
                v.x0 <= x + near && x <= v.x1 + near && v.y0 <= b.y1 + 2 && b.y0 <= v.y1 + 2
            })
        };
        if meets(b.x0) && meets(b.x1) {
            return true;
        }
        let middle = f64::from(b.x0 + b.x1) / 2.0;
        // Other strokes of a pen make no rule of the paper out of this one.
        let printed = |other: &&Rule| place(other) != b && !other.is_crossed(em, CROSSED);
        own.iter().filter(printed).any(|other| {
            let o = place(other);
            let apart = o.y0.max(b.y0).saturating_sub(o.y1.min(b.y1));
            let alike = o.x0.abs_diff(b.x0) <= near && o.x1.abs_diff(b.x1) <= near;
            let beside = o.x0 >= b.x1 || b.x0 >= o.x1;
            let level = other.place_at(middle).is_some_and(|y| {
                let slack = 3.0 + f64::from(rule.thickness) / 2.0;
                (y - f64::from(b.y0 + b.y1) / 2.0).abs() <= slack
            });
            // The strokes of a double line lie within half a character.
            (alike && apart > em) || (beside && level && o.width() * 2 > b.width())
        })
    }

    /// Whether a thin piece of ink lies where a rule would run if it went on: what is left of a
    /// broken rule.
    pub fn goes_on_at(&self, piece: Rect) -> bool {
        let x = f64::from(piece.x0 + piece.x1) / 2.0;
        let y = f64::from(piece.y0 + piece.y1) / 2.0;
        let near = |rule: &Rule, at: f64, wanted: f64| {
            let slack = 3.0 + f64::from(rule.thickness) / 2.0;
            rule.place_at(at).is_some_and(|place| (place - wanted).abs() <= slack)
        };
        if piece.width() >= piece.height() {
            self.horizontal.iter().any(|rule| near(rule, x, y))
        } else {
            self.vertical.iter().any(|rule| near(rule, y, x))
        }
    }
}

impl Rule {
    /// Calls `each` with every step along the rule and its core's range across.
    pub(super) fn pixels(&self, mut each: impl FnMut(usize, usize, usize)) {
        let start = if self.is_level() { self.bbox.x0 } else { self.bbox.y0 } as usize;
        for (step, &(from, to)) in self.across.iter().enumerate() {
            if from < to {
                each(start + step, from as usize, to as usize);
            }
        }
    }

    /// Whether writing stands across it all along, as across a stroke that strikes it out: on
    /// both sides, since a rule has writing that stands on it on one, along so many percent of it;
    /// and to both of its ends, since a hand stops soon behind what it strikes out.
    fn is_crossed(&self, em: u32, percent: u8) -> bool {
        let Crossed { above, below, first, last } = self.crossed;
        let reach = em * 5 / 2;
        let length = self.across.len() as u32;
        above.min(below) >= percent && first <= reach && last + reach >= length
    }

    /// Draws it, but where it is open.
    fn draw_level(&self, onto: &mut Mask, open: &[(u32, u32)]) {
        let (width, height) = (onto.width, onto.height);
        self.pixels(|x, y0, y1| {
            if open.iter().any(|&(from, to)| (from as usize..to as usize).contains(&x)) {
                return;
            }
            for y in y0.saturating_sub(FRAY)..(y1 + FRAY).min(height) {
                onto.ink[y * width + x] = true;
            }
        });
    }

    fn draw_upright(&self, onto: &mut Mask) {
        let width = onto.width;
        self.pixels(|y, x0, x1| {
            onto.ink[y * width + x0.saturating_sub(FRAY)..y * width + (x1 + FRAY).min(width)]
                .fill(true);
        });
    }

    fn is_level(&self) -> bool {
        self.bbox.width() >= self.bbox.height()
    }

    /// Where the rule's middle lies across it, at a place along it or beyond its ends, on a
    /// straight line through its ends.
    fn place_at(&self, along: f64) -> Option<f64> {
        let (at, place, slope) = self.course?;
        Some(place + slope * (along - at))
    }

    /// The straight line through its ends: a place along it, the place across it there, and the
    /// slope. `along` is where the rule starts.
    fn course(across: &[(u32, u32)], along: u32) -> Option<(f64, f64, f64)> {
        let middles: Vec<(f64, f64)> = across
            .iter()
            .enumerate()
            .filter(|(_, (from, to))| from < to)
            .map(|(step, (from, to))| (step as f64, f64::from(from + to) / 2.0))
            .collect();
        let quarter = middles.len() / 4;
        let mean = |points: &[(f64, f64)]| {
            let n = points.len() as f64;
            let (x, y) = points.iter().fold((0.0, 0.0), |sum, p| (sum.0 + p.0, sum.1 + p.1));
            (x / n, y / n)
        };
        if quarter == 0 {
            return None;
        }
        let (x0, y0) = mean(&middles[..quarter]);
        let (x1, y1) = mean(&middles[middles.len() - quarter..]);
        Some((f64::from(along) + x0, y0, (y1 - y0) / (x1 - x0).max(1.0)))
    }

    /// Whether it runs from one of the rules that run the other way to another.
    fn joins(&self, others: &[Self]) -> bool {
        const REACH: f64 = 6.0;
        let level = self.is_level();
        let b = if level { self.bbox } else { on_its_side(self.bbox) };
        let at = f64::from(b.y0 + b.y1) / 2.0;
        let (mut first, mut last) = (false, false);
        for other in others {
            let o = if level { other.bbox } else { on_its_side(other.bbox) };
            if f64::from(o.y0) > at + REACH || f64::from(o.y1) + REACH < at {
                continue;
            }
            // Two rules close to each other are one, which is as thick as its box there.
            let (from, to) = (f64::from(o.x0), f64::from(o.x1));
            let place = other.place_at(at).unwrap_or(from);
            let slack = REACH + f64::from(other.thickness) / 2.0;
            let meets = |end: u32| {
                let end = f64::from(end);
                (place - end).abs() <= slack
                    || (from - end).abs() <= REACH
                    || (to - end).abs() <= REACH
            };
            first |= meets(b.x0);
            last |= meets(b.x1);
        }
        first && last
    }

    fn transposed(self) -> Self {
        Self { bbox: on_its_side(self.bbox), ..self }
    }
}

fn on_its_side(rect: Rect) -> Rect {
    Rect::new(rect.y0, rect.x0, rect.y1, rect.x1)
}
