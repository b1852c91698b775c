use std::ops::Range;

use image::GrayImage;

use super::{FRAY, Rule, Rules};
use crate::layout::Mask;

/// Ink that is darker than the rule by this is writing on a pale rule.
const DARKER: u8 = 60;
/// Ink this much thicker than the rule is for the most part, in pixels, has writing in it.
const THICKER: usize = 2;
/// A stroke that runs along a rule is with it at most so many times as thick as the rule ...
const STROKE: usize = 3;
/// ... and no further than so many times that from a stroke that leaves it. What other values of the three
/// cost stands in docs/reading.md (What it was worth).
const NEAR: usize = 8;

impl Rules {
    /// Takes the rules out of the ink and out of the picture. Where a stroke of writing crosses
    /// a rule or runs along it, it stays; so does ink that is much darker than the rule under it.
    pub fn remove(&self, mask: &mut Mask, flat: &mut GrayImage) {
        let before = mask.clone();
        for rule in &self.horizontal {
            Removal::of(rule, &before, &self.mask, flat, |x, y| (x, y)).carry_out(mask, flat);
        }
        for rule in &self.vertical {
            Removal::of(rule, &before, &self.mask, flat, |y, x| (x, y)).carry_out(mask, flat);
        }
    }
}

/// One rule on its way out.
struct Removal<'page, P> {
    /// The ink of the page with all its rules.
    ink: &'page Mask,
    rules: &'page Mask,
    /// Turns a place along and across into x and y.
    place: P,
    steps: Vec<Step>,
    /// The median grey of the rule's core.
    shade: u8,
    /// How thick the ink across it is where no writing is.
    usual: usize,
}

/// One step along a rule.
struct Step {
    along: usize,
    /// Where the rule's core lies across it.
    core: Range<usize>,
    /// The ink that runs through the core, writing included.
    run: Range<usize>,
}

impl<'page, P: Fn(usize, usize) -> (usize, usize)> Removal<'page, P> {
    fn of(rule: &Rule, ink: &'page Mask, rules: &'page Mask, flat: &GrayImage, place: P) -> Self {
        let mut removal = Self { ink, rules, place, steps: Vec::new(), shade: 0, usual: 0 };
        let (mut greys, mut runs) = (Vec::new(), Vec::new());
        rule.pixels(|along, from, to| {
            let (x, y) = (removal.place)(along, usize::midpoint(from, to));
            greys.push(flat.as_raw()[y * ink.width + x]);
            let run = removal.run(along, from..to);
            runs.push(run.len());
            removal.steps.push(Step { along, core: from..to, run });
        });
        greys.sort_unstable();
        runs.sort_unstable();
        removal.shade = greys.get(greys.len() / 2).copied().unwrap_or(0);
        // Most of a rule has no writing on it.
        removal.usual = runs.get(runs.len() * 3 / 4).copied().unwrap_or(0);
        removal
    }

    fn carry_out(&self, mask: &mut Mask, flat: &mut GrayImage) {
        let along: Vec<usize> =
            self.steps.iter().filter(|step| self.runs_along(step)).map(|step| step.along).collect();
        for step in &self.steps {
            // Where a stroke that runs along the rule meets another, the corner is theirs.
            let next = along.partition_point(|stroke| *stroke < step.along);
            let nearest = along[next.saturating_sub(1)..].iter().take(2);
            let away = nearest.map(|stroke| stroke.abs_diff(step.along)).min();
            let is_corner = away.is_some_and(|away| away <= self.thickest_along())
                && step.run.len() > self.thickest_along();
            if away == Some(0) || is_corner {
                continue;
            }
            for across in self.without_writing(step) {
                let (x, y) = (self.place)(step.along, across);
                if x >= mask.width || y >= mask.height {
                    break;
                }
                let pixel = &mut flat.as_mut()[y * mask.width + x];
                if pixel.saturating_add(DARKER) >= self.shade {
                    *pixel = 255;
                    mask.ink[y * mask.width + x] = false;
                }
            }
        }
    }

    /// What of a step is the rule's alone.
    fn without_writing(&self, Step { along, core, run }: &Step) -> Range<usize> {
        let crosses = run.start + FRAY <= core.start && run.end >= core.end + FRAY;
        // Shorter ones may be noise on both sides.
        if crosses && run.len() > self.thickest_along() {
            return 0..0;
        }
        let is_writing = |across: usize| {
            self.is(self.ink, *along, across) && !self.is(self.rules, *along, across)
        };
        let stands_on_it = core.start > FRAY && is_writing(core.start - FRAY - 1);
        let hangs_from_it = is_writing(core.end + FRAY);
        if stands_on_it && hangs_from_it {
            return 0..0;
        }
        // Writing that touches the rule keeps its own edge.
        let start = if stands_on_it { core.start } else { core.start.saturating_sub(FRAY) };
        let end = if hangs_from_it { core.end } else { core.end + FRAY };
        start..end
    }

    /// Whether a stroke of writing runs along the rule there.
    fn runs_along(&self, step: &Step) -> bool {
        step.run.len() >= self.usual + THICKER
            && step.run.len() <= self.thickest_along()
            && self.is_left_near(step, self.usual.max(2) * NEAR)
    }

    /// How thick a stroke that runs along the rule and the rule are together at most.
    fn thickest_along(&self) -> usize {
        self.usual.max(2) * STROKE
    }

    /// Whether a stroke leaves the rule so near: noise that makes a rule seem thicker stands alone.
    fn is_left_near(&self, Step { along, core, .. }: &Step, reach: usize) -> bool {
        let both = |along: usize, a: usize, b: usize| {
            self.is(self.ink, along, a) && self.is(self.ink, along, b)
        };
        (along.saturating_sub(reach)..=along + reach).any(|along| {
            core.start > FRAY + 2 && both(along, core.start - FRAY - 2, core.start - FRAY - 3)
                || both(along, core.end + FRAY + 1, core.end + FRAY + 2)
        })
    }

    /// The ink that runs through the rule's core at a place along it.
    fn run(&self, along: usize, core: Range<usize>) -> Range<usize> {
        let is_ink = |across: &usize| self.is(self.ink, along, *across);
        let Some(inked) = core.clone().find(is_ink) else { return core.start..core.start };
        let start = (0..inked).rev().take_while(is_ink).last().unwrap_or(inked);
        let longest = self.ink.width.max(self.ink.height);
        start..inked + (inked..longest).take_while(is_ink).count()
    }

    fn is(&self, mask: &Mask, along: usize, across: usize) -> bool {
        let (x, y) = (self.place)(along, across);
        mask.get(x, y)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::find_rules;

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
    fn a_stroke_that_runs_along_a_thin_rule_stays_and_noise_on_it_does_not() {
        // A rule of two pixels, the top of a "7" on it, and a speck that sits on it.
        let mut picture = GrayImage::from_fn(400, 100, |x, y| {
            let rule = (20..380).contains(&x) && (50..52).contains(&y);
            let top = (100..120).contains(&x) && (49..53).contains(&y);
            let down = (116..120).contains(&x) && (49..75).contains(&y);
            let speck = (250..252).contains(&x) && (49..53).contains(&y);
            image::Luma([if rule || top || down || speck { 0 } else { 255 }])
        });
        let mut mask = Mask::of(&picture, 128);
        find_rules(&mask, 100, |_| f32::MIN).remove(&mut mask, &mut picture);
        assert!((100..120).all(|x| mask.get(x, 50)), "the stroke");
        assert!(!mask.get(251, 50) && !mask.get(200, 50) && !mask.get(130, 51));
    }
}
