use chart::Rect;
use image::GrayImage;

use super::{Mask, Parts, Place, mask::next_ink, strike::STRIKE};

/// Paper of so many pixels within a rule is a break that noise or a crossing made.
const BREAK: usize = 5;
/// How far a rule's frayed edge may reach beyond its core.
const FRAY: usize = 2;
/// Ink that is darker than the rule by this is writing on a pale rule.
const DARKER: u8 = 60;
/// What writing stands across along so many percent of its length is a pen's stroke, unless it is
/// of the paper.
const CROSSED: u8 = 12;
/// What it stands across here and there may be one.
const TOUCHED: u8 = 3;
/// What looks like a rule of the paper besides must look like a strike-out so clearly (log-odds). With
/// 4, .962 of what was struck out on drawn pages was found, without exception .947; the 40 pages read
/// the same (docs/reading.md).
const SURE_STRIKE: f32 = 4.0;
/// So many characters that stand across a rule are writing.
const WRITING: usize = 3;
/// A row of boxes for single digits has so many upright sides.
const FEWEST_SIDES: usize = 5;
/// How far above or below the next one, in pixels, a box for a single digit may be drawn.
const BOX_JITTER: u32 = 8;
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
    /// Takes the rules out of the ink and out of the picture. Where a stroke of writing crosses
    /// a rule, the crossing stays; so does ink that is much darker than the rule under it.
    pub fn remove(&self, mask: &mut Mask, flat: &mut GrayImage) {
        let before = mask.clone();
        for rule in &self.horizontal {
            let shade = rule.shade(flat, |x, y| (x, y));
            rule.pixels(|x, y0, y1| {
                self.clear(&before, mask, flat, shade, (x, y0, y1), |x, y| (x, y));
            });
        }
        for rule in &self.vertical {
            let shade = rule.shade(flat, |y, x| (x, y));
            rule.pixels(|y, x0, x1| {
                self.clear(&before, mask, flat, shade, (y, x0, x1), |y, x| (x, y));
            });
        }
    }

    /// Clears one step of a rule, `(along, from, to)`; `place` turns a place along and across
    /// into x and y.
    fn clear(
        &self,
        before: &Mask,
        mask: &mut Mask,
        flat: &mut GrayImage,
        shade: u8,
        (along, from, to): (usize, usize, usize),
        place: impl Fn(usize, usize) -> (usize, usize),
    ) {
        let writing = |across: Option<usize>| {
            across
                .map(|across| place(along, across))
                .is_some_and(|(x, y)| before.get(x, y) && !self.mask.get(x, y))
        };
        let stands_on_it = writing(from.checked_sub(FRAY + 1));
        let hangs_from_it = writing(Some(to + FRAY));
        if stands_on_it && hangs_from_it {
            return;
        }
        // Writing that touches the rule keeps its own edge.
        let from = if stands_on_it { from } else { from.saturating_sub(FRAY) };
        let to = if hangs_from_it { to } else { to + FRAY };
        for across in from..to {
            let (x, y) = place(along, across);
            if x >= before.width || y >= before.height {
                break;
            }
            let pixel = &mut flat.as_mut()[y * before.width + x];
            if pixel.saturating_add(DARKER) >= shade {
                *pixel = 255;
                mask.ink[y * before.width + x] = false;
            }
        }
    }

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

    /// The rules that divide writing from writing. Level rules that many pieces of ink stand
    /// across are no walls: hands write over the rules of ruled paper, and a stroke that strikes
    /// a line out is one of the rules too. Where writing stands across one in one place alone, it is
    /// no wall there.
    pub fn walls(&self, parts: &Parts, em: u32) -> Mask {
        let mut walls = Mask::empty(self.mask.width, self.mask.height);
        // What runs from edge to edge of the sheet is a fold or the streak of a dirty scanner.
        let runs_through = |length: u32, side: usize| length as usize * 100 >= side * 96;
        let (width, height) = (walls.width, walls.height);
        for rule in self.horizontal.iter().filter(|rule| !runs_through(rule.bbox.width(), width)) {
            let (across, near) = rule.pieces_across(parts, em);
            if across.len() < WRITING || across.len() * 6 < near {
                rule.draw_level(&mut walls, &written_across(across, em));
            }
        }
        for rule in self.vertical.iter().filter(|rule| !runs_through(rule.bbox.height(), height)) {
            rule.draw_upright(&mut walls);
        }
        walls
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

    /// The place of what it would strike out if it were a stroke, if there is something.
    fn struck_place(&self, em: u32) -> Option<Place> {
        let b = self.bbox;
        let around = |from: u32, to: u32| {
            let middle = u32::midpoint(from, to);
            (middle.saturating_sub(em / 2), middle + em / 2)
        };
        let bbox = if self.is_level() {
            let (y0, y1) = around(b.y0, b.y1);
            Rect { y0, y1, ..b }
        } else {
            let (x0, x1) = around(b.x0, b.x1);
            Rect { x0, x1, ..b }
        };
        let place = Place { bbox, vertical: !self.is_level(), lowest: em * 2 / 3 };
        self.is_crossed(em, TOUCHED).then_some(place)
    }

    /// Where pieces of ink as high as characters stand across a level rule, from left to right, and how
    /// many stand across it or right above or below.
    fn pieces_across(&self, parts: &Parts, em: u32) -> (Vec<(u32, u32)>, usize) {
        let b = self.bbox;
        let (mut across, mut near) = (Vec::new(), 0);
        for part in &parts.parts {
            let p = part.bbox;
            let size = p.height();
            if size * 2 < em || size > em * 5 / 2 || p.x1 <= b.x0 || p.x0 >= b.x1 {
                continue;
            }
            let at = self.place_at(f64::from(p.x0 + p.x1) / 2.0).unwrap_or(f64::from(b.y0));
            let above = at - f64::from(p.y0);
            let below = f64::from(p.y1) - at;
            // A fifth of the character on either side: tails that only touch do not count.
            let least = f64::from(size) / 5.0;
            near += usize::from(above > -f64::from(em) && below > -f64::from(em));
            if above > least && below > least {
                across.push((p.x0, p.x1));
            }
        }
        across.sort_unstable();
        (across, near)
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

    /// The median grey of the rule's core.
    fn shade(&self, flat: &GrayImage, place: impl Fn(usize, usize) -> (usize, usize)) -> u8 {
        let mut values = Vec::new();
        self.pixels(|along, from, to| {
            let (x, y) = place(along, usize::midpoint(from, to));
            values.push(flat.as_raw()[y * flat.width() as usize + x]);
        });
        values.sort_unstable();
        values.get(values.len() / 2).copied().unwrap_or(0)
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

    fn is_shorter(&self, length: usize) -> bool {
        self.across.len() < length
    }

    fn transposed(self) -> Self {
        Self { bbox: on_its_side(self.bbox), ..self }
    }
}

/// Where so many pieces stand across a rule one behind the other that they are a line of writing.
fn written_across(pieces: Vec<(u32, u32)>, em: u32) -> Vec<(u32, u32)> {
    let mut runs: Vec<(u32, u32, usize)> = Vec::new();
    for (from, to) in pieces {
        match runs.last_mut() {
            Some(last) if from <= last.1 + em => (last.1, last.2) = (last.1.max(to), last.2 + 1),
            _ => runs.push((from, to, 1)),
        }
    }
    runs.retain(|(.., pieces)| *pieces >= WRITING);
    runs.into_iter().map(|(from, to, _)| (from.saturating_sub(em / 2), to + em / 2)).collect()
}

fn on_its_side(rect: Rect) -> Rect {
    Rect::new(rect.y0, rect.x0, rect.y1, rect.x1)
}

/// Finds straight rules of at least `shortest` pixels, and shorter ones that stand between two
/// of those (the boxes for single digits). `strike` tells strokes over writing from
/// them ([`super::strike_evidence`]).
pub fn find_rules(mask: &Mask, shortest: usize, strike: impl Fn(Place) -> f32) -> Rules {
    // About the size of a character: the shortest rules are 13 mm long.
    let em = (shortest as u32 / 3).max(10);
    let turned = mask.transposed();
    let level = ByLength::of(mask, shortest, false);
    let upright = ByLength::of(&turned, shortest, true);
    let mut horizontal = level.long;
    let on_page = |rules: Vec<Rule>| rules.into_iter().map(Rule::transposed);
    let mut vertical: Vec<Rule> = on_page(upright.long).collect();
    let (mut joining, alone): (Vec<Rule>, Vec<Rule>) =
        on_page(upright.short).partition(|rule| rule.joins(&horizontal));
    let short = joining.iter().cloned().chain(alone).chain(on_page(upright.stubs));
    let sides = sides_of_boxes(short.collect(), &horizontal);
    joining.retain(|rule| !sides.contains(rule));
    let edges = edges_of_boxes(mask, &sides);
    vertical.extend(joining.into_iter().chain(sides));
    let joining = level.short.into_iter().filter(|rule| rule.joins(&vertical));
    horizontal.extend(joining.chain(edges).collect::<Vec<Rule>>());
    let mut rules = Rules {
        mask: Mask::empty(mask.width, mask.height),
        horizontal,
        vertical,
        strokes: Vec::new(),
    };
    let is_pens = |rule: &Rule| {
        let Some(place) = rule.struck_place(em) else { return false };
        let of_the_paper = rules.is_of_the_paper(rule, em);
        !of_the_paper && rule.is_crossed(em, CROSSED)
            || strike(place) > if of_the_paper { SURE_STRIKE } else { STRIKE }
    };
    let (mut strokes, horizontal): (Vec<Rule>, Vec<Rule>) =
        rules.horizontal.iter().cloned().partition(is_pens);
    let (upright, vertical): (Vec<Rule>, Vec<Rule>) =
        rules.vertical.iter().cloned().partition(is_pens);
    strokes.extend(upright);
    (rules.horizontal, rules.vertical, rules.strokes) = (horizontal, vertical, strokes);
    with_pixels(rules)
}

fn with_pixels(mut rules: Rules) -> Rules {
    for rule in &rules.horizontal {
        rule.draw_level(&mut rules.mask, &[]);
    }
    for rule in &rules.vertical {
        rule.draw_upright(&mut rules.mask);
    }
    rules
}

/// Those of the short uprights that are sides of boxes for single digits: several that are as high as
/// each other stand side by side, each as far from the next, and most run from one `level` rule to
/// another.
fn sides_of_boxes(mut uprights: Vec<Rule>, level: &[Rule]) -> Vec<Rule> {
    uprights.sort_unstable_by_key(|upright| upright.bbox.x0);
    let boxes: Vec<Rect> = uprights.iter().map(|upright| upright.bbox).collect();
    let near = |a: u32, b: u32, of: u32| a.abs_diff(b) * 6 <= of;
    let is_next = |a: Rect, b: Rect| {
        let height = a.height();
        near(a.y0, b.y0, height) && near(a.y1, b.y1, height) && b.x0 > a.x0 + height / 2
    };
    let mut is_side = vec![false; boxes.len()];
    for first in 0..boxes.len() {
        for second in first + 1..boxes.len() {
            let pitch = boxes[second].x0 - boxes[first].x0;
            if !is_next(boxes[first], boxes[second]) || pitch > boxes[first].height() * 2 {
                continue;
            }
            let mut row = vec![first, second];
            for other in second + 1..boxes.len() {
                let last = boxes[row[row.len() - 1]];
                if is_next(last, boxes[other]) && near(boxes[other].x0 - last.x0, pitch, pitch) {
                    row.push(other);
                }
            }
            let joining = row.iter().filter(|side| uprights[**side].joins(level)).count();
            if row.len() >= FEWEST_SIDES && joining * 2 > row.len() {
                for side in row {
                    is_side[side] = true;
                }
            }
        }
    }
    let mut is_side = is_side.into_iter();
    uprights.retain(|_| is_side.next() == Some(true));
    uprights
}

/// The upper and lower edges of the boxes between these sides: too short to be told from strokes of
/// characters anywhere else.
fn edges_of_boxes(mask: &Mask, sides: &[Rule]) -> Vec<Rule> {
    let mut edges = Vec::new();
    for left in sides {
        let a = left.bbox;
        let right = sides
            .iter()
            .map(|side| side.bbox)
            .find(|b| (a.x1..a.x0 + a.height() * 2).contains(&b.x0) && b.y0 < a.y1 && a.y0 < b.y1);
        let Some(b) = right else { continue };
        let (from, to) = (a.x1 as usize, b.x0 as usize);
        for end in [u32::midpoint(a.y0, b.y0), u32::midpoint(a.y1, b.y1)] {
            let near = end.saturating_sub(BOX_JITTER)..(end + BOX_JITTER).min(mask.height as u32);
            let inked = near.filter(|&y| {
                let row = &mask.ink[y as usize * mask.width..][from..to];
                row.iter().filter(|ink| **ink).count() * 4 > row.len() * 3
            });
            let rows: Vec<u32> = inked.collect();
            if let (Some(&first), Some(&last)) = (rows.first(), rows.last()) {
                let bbox = Rect::new(a.x1, first, b.x0, last + 1);
                let across = vec![(first, last + 1); to - from];
                let course = Rule::course(&across, bbox.x0);
                let thickness = bbox.height();
                edges.push(Rule { bbox, thickness, across, crossed: Crossed::default(), course });
            }
        }
    }
    edges
}

/// Level rules by their length.
struct ByLength {
    /// Of at least `shortest` pixels.
    long: Vec<Rule>,
    /// Of at least two fifths of that.
    short: Vec<Rule>,
    /// Of at least a quarter, if they were asked for.
    stubs: Vec<Rule>,
}

impl ByLength {
    fn of(mask: &Mask, shortest: usize, with_stubs: bool) -> Self {
        let (short, stub) = (shortest * 2 / 5, shortest / 4);
        let least = if with_stubs { stub } else { short };
        let mut row = Vec::with_capacity(mask.width);
        let all: Vec<Vec<Stretch>> =
            (0..mask.height).map(|y| stretches(mask, y, least, &mut row)).collect();
        let from = |least: usize| -> Vec<Vec<Stretch>> {
            let long = |row: &Vec<Stretch>| {
                row.iter().copied().filter(|stretch| stretch.length() >= least).collect()
            };
            all.iter().map(long).collect()
        };
        let shorter = |rows: &[Vec<Stretch>], than: usize| {
            let mut rules = joined(mask, rows, short);
            rules.retain(|rule| rule.is_shorter(than));
            rules
        };
        Self {
            long: joined(mask, &from(shortest), shortest),
            short: shorter(&from(short), shortest),
            stubs: if with_stubs { shorter(&all, short) } else { Vec::new() },
        }
    }
}

/// Rules from the stretches of each row.
fn joined(mask: &Mask, rows: &[Vec<Stretch>], shortest: usize) -> Vec<Rule> {
    let mut open: Vec<(Vec<Stretch>, u32)> = Vec::new();
    let mut done = Vec::new();
    for (y, row) in rows.iter().enumerate() {
        for &stretch in row {
            // A rule that runs slightly askew goes on in the next row.
            let touching = open.iter().position(|(rule, last)| {
                *last as usize + 2 >= y
                    && rule
                        .iter()
                        .rev()
                        .take_while(|s| s.y as usize + 2 >= y)
                        .any(|s| s.x0 < stretch.x1 + 20 && stretch.x0 < s.x1 + 20)
            });
            match touching {
                Some(at) => {
                    open[at].0.push(stretch);
                    open[at].1 = y as u32;
                }
                None => open.push((vec![stretch], y as u32)),
            }
        }
        let (finished, going_on): (Vec<_>, Vec<_>) =
            open.into_iter().partition(|(_, last)| (*last as usize) + 2 < y);
        open = going_on;
        done.extend(finished.into_iter().map(|(stretches, _)| stretches));
    }
    done.extend(open.into_iter().map(|(stretches, _)| stretches));
    done.into_iter().filter_map(|stretches| rule(mask, &stretches, shortest)).collect()
}

/// Ink in a row without a real break.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    y: u32,
    x0: u32,
    x1: u32,
}

impl Stretch {
    const fn length(&self) -> usize {
        (self.x1 - self.x0) as usize
    }
}

fn stretches(mask: &Mask, y: usize, shortest: usize, row: &mut Vec<bool>) -> Vec<Stretch> {
    let this = &mask.ink[y * mask.width..(y + 1) * mask.width];
    let below = mask.ink.get((y + 1) * mask.width..(y + 2) * mask.width).unwrap_or(this);
    // Two rows at once: a thin rule that runs askew steps down now and then.
    row.clear();
    row.extend(this.iter().zip(below).map(|(a, b)| a | b));
    let mut found = Vec::new();
    let mut x = 0;
    while let Some(start) = next_ink(row, x) {
        let (mut end, mut ink, mut paper) = (start, 0, 0);
        for (at, &is_ink) in row.iter().enumerate().skip(start) {
            if is_ink {
                end = at + 1;
                ink += 1;
                paper = 0;
            } else {
                paper += 1;
                if paper > BREAK {
                    break;
                }
            }
        }
        // Four fifths ink, as rules of faxes have; most writing has more paper between strokes.
        // Pale rules that a fax made dots of have less, but are long.
        let least = if end - start >= shortest * 6 { 62 } else { 80 };
        if end - start >= shortest && ink * 100 >= (end - start) * least {
            found.push(Stretch { y: y as u32, x0: start as u32, x1: end as u32 });
        }
        x = end + 1;
    }
    found
}

/// A rule from its rows, unless it is too thick for its length (a bold stroke, a dark border)
/// or has writing all along one side (the strokes of a line of characters).
fn rule(mask: &Mask, stretches: &[Stretch], shortest: usize) -> Option<Rule> {
    let bbox = Rect::around(stretches.iter().map(|s| Rect::new(s.x0, s.y, s.x1, s.y + 1)))?;
    let mut across = vec![(u32::MAX, 0); bbox.width() as usize];
    for stretch in stretches {
        for (step, range) in across
            .iter_mut()
            .enumerate()
            .take((stretch.x1 - bbox.x0) as usize)
            .skip((stretch.x0 - bbox.x0) as usize)
        {
            let x = bbox.x0 as usize + step;
            // Of the two rows that were looked at, those with ink.
            for y in [stretch.y, stretch.y + 1] {
                if mask.get(x, y as usize) {
                    range.0 = range.0.min(y);
                    range.1 = range.1.max(y + 1);
                }
            }
        }
    }
    let thickness = keep_to_the_core(&mut across);
    let longer_side = mask.width.max(mask.height);
    let too_thick = thickness as usize > (longer_side / THICKEST).max(4)
        || thickness as usize * 8 > shortest.max(bbox.width() as usize / 4)
        || bbox.width() < bbox.height() * 4;
    let course = Rule::course(&across, bbox.x0);
    let mut rule = Rule { bbox, thickness, across, crossed: Crossed::default(), course };
    (!too_thick && rule.is_lonely(mask)).then_some(rule)
}

/// Where writing makes a rule seem thick, its range becomes that of its neighbours. Returns the
/// rule's thickness.
fn keep_to_the_core(across: &mut [(u32, u32)]) -> u32 {
    let mut thicknesses: Vec<u32> =
        across.iter().filter(|(from, to)| from < to).map(|(from, to)| to - from).collect();
    thicknesses.sort_unstable();
    let Some(&thickness) = thicknesses.get(thicknesses.len() / 2) else { return 0 };
    let mut last: Option<(u32, u32)> = None;
    for range in across.iter_mut().filter(|(from, to)| from < to) {
        if range.1 - range.0 <= thickness * 2 + 2 {
            last = Some(*range);
        } else if let Some(near) = last {
            *range = near;
        } else {
            let middle = u32::midpoint(range.0, range.1);
            *range = (middle.saturating_sub(thickness / 2), middle + thickness.div_ceil(2));
        }
    }
    thickness
}

impl Rule {
    /// Whether there is paper along both sides of it, as a rule has, for the most part.
    fn is_lonely(&mut self, mask: &Mask) -> bool {
        const AWAY: usize = FRAY + 2;
        // Writing has gaps between characters; a rule that has none may cross writing (a
        // strike-out) and still be a rule.
        let solid = self.across.iter().filter(|(from, to)| from < to).count() * 100
            >= self.across.len() * 97;
        let most_tenths = if solid { 7 } else { 4 };
        let (mut steps, mut above, mut below) = (0_u32, 0_u32, 0_u32);
        let (start, mut first, mut last) = (self.bbox.x0, u32::MAX, 0);
        self.pixels(|x, y0, y1| {
            steps += 1;
            let is_above = y0 >= AWAY && mask.get(x, y0 - AWAY);
            let is_below = mask.get(x, y1 + AWAY - 1);
            above += u32::from(is_above);
            below += u32::from(is_below);
            if is_above || is_below {
                let step = x as u32 - start;
                first = first.min(step);
                last = step;
            }
        });
        let percent = |count: u32| (count * 100 / steps.max(1)) as u8;
        let (above_percent, below_percent) = (percent(above), percent(below));
        self.crossed = Crossed { above: above_percent, below: below_percent, first, last };
        above * 10 < steps * most_tenths && below * 10 < steps * most_tenths
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A box of rules with an upright stroke through its upper rule and one that stands on it.
    fn page() -> (Mask, GrayImage) {
        let picture = GrayImage::from_fn(400, 300, |x, y| {
            let on_rule = (50..350).contains(&x)
                && ((50..53).contains(&y) || (200..203).contains(&y))
                || (50..203).contains(&y) && ((50..53).contains(&x) || (347..350).contains(&x));
            let crossing = (100..104).contains(&x) && (30..70).contains(&y);
            let standing = (200..204).contains(&x) && (30..50).contains(&y);
            image::Luma([if on_rule || crossing || standing { 0 } else { 255 }])
        });
        (Mask::of(&picture, 128), picture)
    }

    #[test]
    fn rules_go_and_crossing_strokes_stay() {
        let (mut mask, mut picture) = page();
        let rules = find_rules(&mask, 100, |_| f32::MIN);
        assert_eq!((rules.horizontal.len(), rules.vertical.len()), (2, 2));
        rules.remove(&mut mask, &mut picture);
        assert!(mask.get(102, 51), "the crossing stroke is whole");
        assert!(mask.get(202, 40), "the standing stroke is there");
        assert!(!mask.get(202, 52) && !mask.get(150, 51) && !mask.get(51, 100));
        assert_eq!(picture.get_pixel(150, 51).0[0], 255);
    }

    #[test]
    fn a_rule_is_open_where_a_line_of_writing_stands_across_it() {
        // Five characters one behind the other, one alone, and a tail.
        let mut pieces: Vec<(u32, u32)> = (0..5).map(|k| (100 + k * 35, 130 + k * 35)).collect();
        pieces.extend([(500, 530), (700, 705)]);
        assert_eq!(written_across(pieces, 30), [(85, 285)]);
    }

    #[test]
    fn boxes_for_single_digits_are_found_though_each_is_drawn_a_little_higher() {
        // Eight boxes of 44 by 52 pixels in the cell of a table; the first three stand out of the row.
        let jitter = |digit: usize| [3, 6, 0, 4, 4, 4, 4, 4][digit.min(7)];
        let mut mask = Mask::empty(1600, 300);
        let mut draw = |x0: usize, y0: usize, x1: usize, y1: usize| {
            for y in y0..y1 {
                mask.ink[y * 1600 + x0..y * 1600 + x1].fill(true);
            }
        };
        for y in [90, 172] {
            draw(100, y, 1500, y + 3);
        }
        for x in [100, 1497] {
            draw(x, 90, x + 3, 175);
        }
        for digit in 0..8 {
            let (x, y) = (200 + digit * 44, 100 + jitter(digit));
            for side in [x, x + 44] {
                draw(side, y, side + 3, y + 55);
            }
            for edge in [y, y + 52] {
                draw(x, edge, x + 44, edge + 3);
            }
        }
        let rules = find_rules(&mask, 155, |_| f32::MIN);
        let regions = crate::layout::Regions::of(&rules.mask);
        let small = regions.cells().filter(|(_, place)| place.width() < 60).count();
        assert_eq!(small, 8, "{:?}", regions.cells().collect::<Vec<_>>());
    }

    #[test]
    fn strokes_of_writing_are_no_rules() {
        let writing = GrayImage::from_fn(400, 100, |x, y| {
            image::Luma([if x % 50 < 40 && y % 20 < 4 { 0 } else { 255 }])
        });
        let rules = find_rules(&Mask::of(&writing, 128), 100, |_| f32::MIN);
        assert!(rules.horizontal.is_empty() && rules.vertical.is_empty());
    }
}
