use chart::Rect;

use super::{CROSSED, Crossed, FRAY, Rule, Rules, THICKEST, digit_box};
use crate::layout::{Mask, Place, mask::next_ink, strike::STRIKE};

/// Paper of so many pixels within a rule is a break that noise or a crossing made.
const BREAK: usize = 5;
/// What writing stands across here and there may be the stroke of a pen.
const TOUCHED: u8 = 3;
/// What looks like a rule of the paper besides must look like a strike-out so clearly (log-odds). With
/// 4, .962 of what was struck out on drawn pages was found, without exception .947; the 40 pages read
/// the same (docs/reading.md).
const SURE_STRIKE: f32 = 4.0;

/// Finds straight rules of at least `shortest` pixels, and shorter ones that stand between two
/// of those (the boxes for single digits). `strike` tells strokes over writing from
/// them ([`crate::layout::strike_evidence`]).
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
    let sides = digit_box::sides(short.collect(), &horizontal);
    joining.retain(|rule| !sides.contains(rule));
    let edges = digit_box::edges(mask, &sides);
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

    fn is_shorter(&self, length: usize) -> bool {
        self.across.len() < length
    }

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
    use image::GrayImage;

    use super::*;

    #[test]
    fn strokes_of_writing_are_no_rules() {
        let writing = GrayImage::from_fn(400, 100, |x, y| {
            image::Luma([if x % 50 < 40 && y % 20 < 4 { 0 } else { 255 }])
        });
        let rules = find_rules(&Mask::of(&writing, 128), 100, |_| f32::MIN);
        assert!(rules.horizontal.is_empty() && rules.vertical.is_empty());
    }
}
