use chart::Rect;

use super::{Mask, Parts, TextLine};

/// Share of a line's width that a stroke must run through to strike it out.
const COVERED: f32 = 0.72;
/// A strike-out is at least so many ems long; shorter ones are strokes of characters.
const SHORTEST_EMS: f32 = 1.8;
/// Share of the stroke's length at which it runs alone, over the gaps between characters. Bold
/// print that runs together is joined at fewer places.
const ALONE: f32 = 0.12;
/// The same of a stroke that is straight.
const ALONE_IF_STRAIGHT: f32 = 0.03;
/// A stroke that strays by less than this share of the line's height is straight.
const IS_STRAIGHT: f32 = 0.06;
/// In a line of fewer ems the bars of two or three characters may happen to lie level, and what
/// is left of a stamp may look like anything: its stroke must run alone for longer.
const SHORT_EMS: f32 = 3.5;
const ALONE_IF_SHORT: f32 = 0.2;
/// Lines lower than this, in pixels, show no strokes apart: the labels of a fax run together.
const LOWEST: usize = 24;
/// The stroke is no thicker than this share of an em where it runs alone.
const THICKEST: f32 = 0.16;
/// How far the stroke may stray from a straight line, as a share of the line's height, in the
/// mean: wavy strokes stay below it.
const STRAY: f32 = 0.25;
/// Breaks of this share of an em, which noise makes, end no stroke. Characters stand further
/// apart, for the most part.
const BREAK: f32 = 0.055;
/// Marks where a way begins.
const BEGINS: i8 = 3;
/// What a step up or down costs the stroke, in pixels of its length: it does not follow the
/// strokes of characters up and down.
const STEP_COST: f32 = 0.35;

/// Whether a line or a column of writing is struck out: one stroke, straight, wavy or aslant, runs
/// through it from end to end. Only `sure` ink counts: faint ink makes strokes thicker and fills
/// the gaps that they run over.
pub fn is_struck(line: &TextLine, parts: &Parts, sure: &Mask) -> bool {
    let length = line.bbox.width().max(line.bbox.height()) as f32;
    if length < line.em as f32 * SHORTEST_EMS {
        return false;
    }
    let ink = LineInk::of(line, parts, sure);
    let longest_break = (line.em as f32 * BREAK).max(1.0) as usize;
    ink.stroke(longest_break).is_some_and(|stroke| ink.is_strike(&stroke, line))
}

/// The ink of a line; of a column, as if it lay on its side.
struct LineInk {
    width: usize,
    height: usize,
    ink: Vec<bool>,
}

/// A way through the ink from left to right: the height at each step.
struct Stroke {
    from: usize,
    heights: Vec<usize>,
}

impl LineInk {
    fn of(line: &TextLine, parts: &Parts, sure: &Mask) -> Self {
        let Rect { x0, y0, x1, y1 } = line.bbox;
        let (width, height) = ((x1 - x0) as usize, (y1 - y0) as usize);
        let mut ink = vec![false; width * height];
        for &part in &line.parts {
            for (y, from, to) in parts.rows(part) {
                let row = (y - y0) as usize * width;
                let of_page = y as usize * sure.width;
                ink[row + (from - x0) as usize..row + (to - x0) as usize]
                    .copy_from_slice(&sure.ink[of_page + from as usize..of_page + to as usize]);
            }
        }
        if line.vertical {
            let turned = Mask { width, height, ink }.transposed();
            return Self { width: turned.width, height: turned.height, ink: turned.ink };
        }
        Self { width, height, ink }
    }

    /// The longest way through ink, from any place to any place to its right.
    fn stroke(&self, longest_break: usize) -> Option<Stroke> {
        let (width, height) = (self.width, self.height);
        let closed = self.closed(longest_break);
        let mut moves = vec![0_i8; width * height];
        let mut last = vec![0.0_f32; height];
        let mut this = vec![0.0_f32; height];
        let mut best = (0.0_f32, 0, 0);
        for x in 0..width {
            for y in 0..height {
                let mut came = (last[y], 0_i8);
                if y > 0 && last[y - 1] - STEP_COST > came.0 {
                    came = (last[y - 1] - STEP_COST, -1);
                }
                if y + 1 < height && last[y + 1] - STEP_COST > came.0 {
                    came = (last[y + 1] - STEP_COST, 1);
                }
                // Waves climb by more than one to one.
                if y > 1 && last[y - 2] - STEP_COST * 3.0 > came.0 {
                    came = (last[y - 2] - STEP_COST * 3.0, -2);
                }
                if y + 2 < height && last[y + 2] - STEP_COST * 3.0 > came.0 {
                    came = (last[y + 2] - STEP_COST * 3.0, 2);
                }
                // Where nothing leads here a new way begins.
                let begins = came.0 <= 0.0;
                this[y] = if closed[y * width + x] { came.0.max(0.0) + 1.0 } else { 0.0 };
                moves[y * width + x] = if begins { BEGINS } else { came.1 };
                if this[y] > best.0 {
                    best = (this[y], x, y);
                }
            }
            std::mem::swap(&mut last, &mut this);
        }
        if best.0 <= 0.0 {
            return None;
        }
        let (mut x, mut y) = (best.1, best.2);
        let mut heights = vec![y];
        while x > 0 {
            match moves[y * width + x] {
                BEGINS => break,
                step => y = y.saturating_add_signed(isize::from(step)).min(height - 1),
            }
            x -= 1;
            heights.push(y);
        }
        heights.reverse();
        Some(Stroke { from: x, heights })
    }

    /// The ink with short breaks along the line filled.
    fn closed(&self, longest_break: usize) -> Vec<bool> {
        let mut closed = self.ink.clone();
        for row in closed.chunks_exact_mut(self.width) {
            let mut last: Option<usize> = None;
            for x in 0..row.len() {
                if row[x] {
                    if let Some(from) = last.filter(|from| x - from <= longest_break + 1) {
                        row[from..x].fill(true);
                    }
                    last = Some(x);
                }
            }
        }
        closed
    }

    /// Whether the longest stroke strikes the line out.
    fn is_strike(&self, stroke: &Stroke, line: &TextLine) -> bool {
        let length = stroke.heights.len() as f32;
        let em = line.em as f32;
        if self.height < LOWEST
            || length < self.width as f32 * COVERED
            || length < em * SHORTEST_EMS
        {
            return false;
        }
        // Where the stroke runs alone, all ink of the column is its own.
        let mut own: Vec<usize> = Vec::with_capacity(stroke.heights.len());
        let mut alone = 0;
        for (step, &y) in stroke.heights.iter().enumerate() {
            let x = stroke.from + step;
            let run = self.run(x, y);
            let column = (0..self.height).filter(|&y| self.ink[y * self.width + x]).count();
            if run > 0 && (run as f32) < em * THICKEST {
                own.push(run);
                alone += usize::from(column <= run + 1);
            }
        }
        // A double stroke is alone where nothing but its twin is beside it.
        own.sort_unstable();
        let thickness = own.get(own.len() / 2).copied().unwrap_or(self.height);
        let (mut ink, mut beside, mut twin) = (0, 0, 0);
        for x in (0..stroke.heights.len()).map(|step| stroke.from + step) {
            let column = (0..self.height).filter(|&y| self.ink[y * self.width + x]).count();
            ink += column;
            beside += column.saturating_sub(thickness);
            twin += usize::from(column > 0 && column <= thickness * 2 + 1);
        }
        let middle = stroke.heights.iter().sum::<usize>() as f32 / length / self.height as f32;
        let stray = stray(&stroke.heights) / self.height as f32;
        let least_alone = if length < em * SHORT_EMS {
            ALONE_IF_SHORT
        } else if stray <= IS_STRAIGHT {
            ALONE_IF_STRAIGHT
        } else {
            ALONE
        };
        thickness as f32 <= em * THICKEST
            && alone.max(twin) as f32 >= length * least_alone
            // A dash is nothing but its own stroke.
            && beside * 8 >= ink
            && (0.15..0.85).contains(&middle)
            && stray <= STRAY
    }

    /// How many pixels of ink lie above each other at a place.
    fn run(&self, x: usize, y: usize) -> usize {
        let inked = |y: &usize| self.ink[*y * self.width + x];
        if !inked(&y) {
            return 0;
        }
        let above = (0..y).rev().take_while(inked).count();
        let below = (y..self.height).take_while(inked).count();
        above + below
    }
}

/// How far heights lie from a straight line through them: the root of the mean square.
fn stray(heights: &[usize]) -> f32 {
    let n = heights.len() as f32;
    let mean_x = (n - 1.0) / 2.0;
    let mean_y = heights.iter().sum::<usize>() as f32 / n;
    let (mut xy, mut xx) = (0.0, 0.0);
    for (x, &y) in heights.iter().enumerate() {
        let away = x as f32 - mean_x;
        xy += away * (y as f32 - mean_y);
        xx += away * away;
    }
    let slope = if xx > 0.0 { xy / xx } else { 0.0 };
    let squares: f32 = heights
        .iter()
        .enumerate()
        .map(|(x, &y)| (y as f32 - mean_y - slope * (x as f32 - mean_x)).powi(2))
        .sum();
    (squares / n).sqrt()
}

#[cfg(test)]
mod tests {
    use image::{GrayImage, Luma};

    use super::*;
    use crate::layout::{Regions, find_lines, find_rules, page_em};

    /// Six characters of two strokes each, and a stroke at the height that `stroke` gives for
    /// each x, if it does.
    fn line_and_rules(stroke: impl Fn(u32) -> Option<u32>) -> bool {
        let picture = GrayImage::from_fn(600, 120, |x, y| {
            let (dx, dy) = ((x + 400 - 100) % 40, y.wrapping_sub(40));
            let in_line = (100..340).contains(&x) && dy < 30;
            let character = in_line && (dx < 5 || (25..30).contains(&dx) || (dx < 30 && dy < 4));
            let struck = stroke(x).is_some_and(|height| y.abs_diff(height) < 2);
            Luma([if character || struck { 0 } else { 255 }])
        });
        let mut mask = Mask::of(&picture, 128);
        let rules = find_rules(&mask, 100);
        rules.remove(&mut mask, &mut picture.clone());
        let parts = Parts::of(&mask);
        let clutter = vec![false; parts.parts.len()];
        let lines = find_lines(&parts, &clutter, &Regions::of(&rules.mask), page_em(&parts));
        lines.iter().any(|line| is_struck(line, &parts, &mask))
    }

    #[test]
    fn a_straight_stroke_through_a_line_strikes_it_out() {
        assert!(line_and_rules(|x| (95..350).contains(&x).then_some(55)));
    }

    #[test]
    fn a_wavy_stroke_strikes_it_out_too() {
        let wave = |x: u32| 55 + ((f64::from(x) / 9.0).sin() * 3.0) as u32;
        assert!(line_and_rules(|x| (95..350).contains(&x).then(|| wave(x))));
    }

    #[test]
    fn writing_is_not_struck_out_by_itself_nor_by_the_papers_rules() {
        assert!(!line_and_rules(|_| None));
        assert!(!line_and_rules(|_| Some(55)), "a rule from edge to edge");
        assert!(!line_and_rules(|x| (95..350).contains(&x).then_some(72)), "underlined");
    }
}
