use chart::Rect;
use image::GrayImage;

use super::Mask;

/// Paper of so many pixels within a rule is a break that noise or a crossing made.
const BREAK: usize = 5;
/// How far a rule's frayed edge may reach beyond its core.
const FRAY: usize = 2;

/// The ruled lines of a page.
#[derive(Debug, Clone)]
pub struct Rules {
    /// Level rules.
    pub horizontal: Vec<Rule>,
    /// Upright rules; their coordinates are those of the page.
    pub vertical: Vec<Rule>,
    /// Every pixel that belongs to a rule.
    pub mask: Mask,
}

/// One ruled line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The box around it.
    pub bbox: Rect,
    /// Mean thickness in pixels.
    pub thickness: u32,
    /// For each step along the rule, from its start, where its core begins and ends across it;
    /// an empty range where it is broken.
    across: Vec<(u32, u32)>,
}

impl Rules {
    /// Takes the rules out of the ink and out of the picture. Where a stroke of writing crosses
    /// a rule, the crossing stays.
    pub fn remove(&self, mask: &mut Mask, flat: &mut GrayImage) {
        let before = mask.clone();
        for rule in &self.horizontal {
            rule.pixels(|x, y0, y1| self.clear_column(&before, mask, flat, x, y0, y1));
        }
        for rule in &self.vertical {
            rule.pixels(|y, x0, x1| self.clear_row(&before, mask, flat, y, x0, x1));
        }
    }

    fn clear_column(
        &self,
        before: &Mask,
        mask: &mut Mask,
        flat: &mut GrayImage,
        x: usize,
        y0: usize,
        y1: usize,
    ) {
        let writing = |y: usize| before.get(x, y) && !self.mask.get(x, y);
        let (top, bottom) = (y0.saturating_sub(FRAY), (y1 + FRAY).min(before.height));
        if top > 0 && writing(top - 1) && writing(bottom) {
            return;
        }
        for y in top..bottom {
            mask.ink[y * mask.width + x] = false;
            flat.as_mut()[y * before.width + x] = 255;
        }
    }

    fn clear_row(
        &self,
        before: &Mask,
        mask: &mut Mask,
        flat: &mut GrayImage,
        y: usize,
        x0: usize,
        x1: usize,
    ) {
        let writing = |x: usize| before.get(x, y) && !self.mask.get(x, y);
        let (left, right) = (x0.saturating_sub(FRAY), (x1 + FRAY).min(before.width));
        if left > 0 && writing(left - 1) && writing(right) {
            return;
        }
        for x in left..right {
            mask.ink[y * mask.width + x] = false;
            flat.as_mut()[y * before.width + x] = 255;
        }
    }
}

impl Rule {
    /// Calls `each` with every step along the rule and its core's range across.
    fn pixels(&self, mut each: impl FnMut(usize, usize, usize)) {
        let start = if self.is_level() { self.bbox.x0 } else { self.bbox.y0 } as usize;
        for (step, &(from, to)) in self.across.iter().enumerate() {
            if from < to {
                each(start + step, from as usize, to as usize);
            }
        }
    }

    fn is_level(&self) -> bool {
        self.bbox.width() >= self.bbox.height()
    }

    fn is_shorter(&self, length: usize) -> bool {
        self.across.len() < length
    }

    fn transposed(self) -> Self {
        let Rect { x0, y0, x1, y1 } = self.bbox;
        Self { bbox: Rect::new(y0, x0, y1, x1), ..self }
    }
}

/// Finds straight rules of at least `shortest` pixels, and shorter ones that stand between two
/// of those (the boxes for single digits).
pub fn find_rules(mask: &Mask, shortest: usize) -> Rules {
    let turned = mask.transposed();
    let mut horizontal = level_rules(mask, shortest);
    let mut vertical: Vec<Rule> =
        level_rules(&turned, shortest).into_iter().map(Rule::transposed).collect();
    let short_vertical = level_rules(&turned, shortest * 2 / 5)
        .into_iter()
        .map(Rule::transposed)
        .filter(|rule| rule.is_shorter(shortest) && joins(rule.bbox, &horizontal));
    vertical.extend(short_vertical.collect::<Vec<_>>());
    let short_horizontal = level_rules(mask, shortest * 2 / 5).into_iter().filter(|rule| {
        let Rect { x0, y0, x1, y1 } = rule.bbox;
        let turned = vertical.iter().map(|v| {
            let b = v.bbox;
            Rect::new(b.y0, b.x0, b.y1, b.x1)
        });
        rule.is_shorter(shortest) && joins_boxes(Rect::new(y0, x0, y1, x1), turned)
    });
    let short_horizontal: Vec<Rule> = short_horizontal.collect();
    horizontal.extend(short_horizontal);
    let rules = Rules { mask: Mask::empty(mask.width, mask.height), horizontal, vertical };
    with_pixels(rules)
}

fn with_pixels(mut rules: Rules) -> Rules {
    let (width, height) = (rules.mask.width, rules.mask.height);
    let ink = &mut rules.mask.ink;
    for rule in &rules.horizontal {
        rule.pixels(|x, y0, y1| {
            for y in y0.saturating_sub(FRAY)..(y1 + FRAY).min(height) {
                ink[y * width + x] = true;
            }
        });
    }
    for rule in &rules.vertical {
        rule.pixels(|y, x0, x1| {
            for x in x0.saturating_sub(FRAY)..(x1 + FRAY).min(width) {
                ink[y * width + x] = true;
            }
        });
    }
    rules
}

/// Whether an upright rule runs from one level rule to another.
fn joins(upright: Rect, level: &[Rule]) -> bool {
    joins_boxes(upright, level.iter().map(|rule| rule.bbox))
}

fn joins_boxes(upright: Rect, level: impl Iterator<Item = Rect>) -> bool {
    const REACH: u32 = 6;
    let (mut above, mut below) = (false, false);
    for rule in level {
        if rule.x0 <= upright.x1 + REACH && upright.x0 <= rule.x1 + REACH {
            above |= upright.y0.abs_diff(rule.y1) <= REACH || upright.y0.abs_diff(rule.y0) <= REACH;
            below |= upright.y1.abs_diff(rule.y0) <= REACH || upright.y1.abs_diff(rule.y1) <= REACH;
        }
    }
    above && below
}

fn level_rules(mask: &Mask, shortest: usize) -> Vec<Rule> {
    let mut open: Vec<(Vec<Stretch>, u32)> = Vec::new();
    let mut done = Vec::new();
    let mut row = Vec::with_capacity(mask.width);
    for y in 0..mask.height {
        for stretch in stretches(mask, y, shortest, &mut row) {
            // A rule that runs slightly askew goes on in the next row.
            let touching = open.iter().position(|(rule, last)| {
                *last as usize + 2 >= y
                    && rule.iter().rev().take_while(|s| s.y as usize + 2 >= y).any(|s| {
                        s.x0 < stretch.x1 + 20 && stretch.x0 < s.x1 + 20
                    })
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

fn stretches(mask: &Mask, y: usize, shortest: usize, row: &mut Vec<bool>) -> Vec<Stretch> {
    let this = &mask.ink[y * mask.width..(y + 1) * mask.width];
    let below = mask.ink.get((y + 1) * mask.width..(y + 2) * mask.width).unwrap_or(this);
    // Two rows at once: a thin rule that runs askew steps down now and then.
    row.clear();
    row.extend(this.iter().zip(below).map(|(a, b)| a | b));
    let mut found = Vec::new();
    let mut x = 0;
    while let Some(gap) = row[x..].iter().position(|&ink| ink) {
        let start = x + gap;
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
        if end - start >= shortest && ink * 5 >= (end - start) * 4 {
            found.push(Stretch { y: y as u32, x0: start as u32, x1: end as u32 });
        }
        x = end + 1;
        if x >= row.len() {
            break;
        }
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
    let inked = across.iter().filter(|(from, to)| from < to);
    let area: u32 = inked.clone().map(|(from, to)| to - from).sum();
    let thickness = area / (inked.count() as u32).max(1);
    let too_thick = thickness as usize * 8 > shortest.max(bbox.width() as usize / 4)
        || bbox.width() < bbox.height() * 4;
    let rule = Rule { bbox, thickness, across };
    (!too_thick && rule.is_lonely(mask)).then_some(rule)
}

impl Rule {
    /// Whether there is paper along both sides of it, as a rule has, for the most part.
    fn is_lonely(&self, mask: &Mask) -> bool {
        const AWAY: usize = FRAY + 2;
        let (mut steps, mut above, mut below) = (0, 0, 0);
        self.pixels(|x, y0, y1| {
            steps += 1;
            above += usize::from(y0 >= AWAY && mask.get(x, y0 - AWAY));
            below += usize::from(mask.get(x, y1 + AWAY - 1));
        });
        above * 5 < steps * 2 && below * 5 < steps * 2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A box of rules with an upright stroke through its upper rule and one that stands on it.
    fn page() -> (Mask, GrayImage) {
        let picture = GrayImage::from_fn(400, 300, |x, y| {
            let on_rule = (50..350).contains(&x) && ((50..53).contains(&y) || (200..203).contains(&y))
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
        let rules = find_rules(&mask, 100);
        assert_eq!((rules.horizontal.len(), rules.vertical.len()), (2, 2));
        rules.remove(&mut mask, &mut picture);
        assert!(mask.get(102, 51), "the crossing stroke is whole");
        assert!(mask.get(202, 40), "the standing stroke is there");
        assert!(!mask.get(202, 52) && !mask.get(150, 51) && !mask.get(51, 100));
        assert_eq!(picture.get_pixel(150, 51).0[0], 255);
    }

    #[test]
    fn strokes_of_writing_are_no_rules() {
        let writing = GrayImage::from_fn(400, 100, |x, y| {
            image::Luma([if x % 50 < 40 && y % 20 < 4 { 0 } else { 255 }])
        });
        let rules = find_rules(&Mask::of(&writing, 128), 100);
        assert!(rules.horizontal.is_empty() && rules.vertical.is_empty());
    }
}
