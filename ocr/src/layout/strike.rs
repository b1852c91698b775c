use chart::Rect;

use super::{Parts, Rules, TextLine};

/// Share of a line's width that a straight stroke must run through to strike it out.
const COVERED: f32 = 0.6;
/// The same for a stroke that is only seen as ink without a gap: the bold print of faxes runs
/// together too, but rarely all along a line.
const COVERED_BY_INK: f32 = 0.85;
/// A strike-out is at least so many ems long; shorter ones are strokes of characters.
const SHORTEST_EMS: u32 = 3;

/// Whether a level line of writing is struck out: a stroke runs through its middle from one
/// character to the next.
///
/// A straight stroke was taken out with the rules; others still join the line's ink. Rules that
/// run on beyond the line are the paper's own.
pub fn is_struck(line: &TextLine, parts: &Parts, rules: &Rules) -> bool {
    let width = line.bbox.width();
    if line.vertical || width < line.em * SHORTEST_EMS {
        return false;
    }
    let by_rule = rules.horizontal.iter().any(|rule| strikes(rule.bbox, line));
    by_rule || longest_stroke(line, parts) as f32 >= width as f32 * COVERED_BY_INK
}

fn strikes(rule: Rect, line: &TextLine) -> bool {
    let Rect { x0, y0, x1, y1 } = line.bbox;
    let height = y1 - y0;
    let middle = u32::midpoint(rule.y0, rule.y1);
    let through_the_middle = middle >= y0 + height / 4 && middle <= y1 - height / 4;
    let covered = x1.min(rule.x1).saturating_sub(x0.max(rule.x0));
    // A hand stops within about two characters of the line's ends.
    let reach = line.em * 2;
    let stays = rule.x0 + reach >= x0 && rule.x1 <= x1 + reach;
    through_the_middle && stays && covered as f32 >= (x1 - x0) as f32 * COVERED
}

/// The longest unbroken way along the line through ink near its middle, in pixels.
fn longest_stroke(line: &TextLine, parts: &Parts) -> u32 {
    /// Middles of the bands that are tried, in hundredths of the line's height.
    const BANDS: [u32; 3] = [40, 50, 60];
    let Rect { x0, y0, x1, y1 } = line.bbox;
    let height = y1 - y0;
    let half = (height / 9).max(2);
    let mut longest = 0;
    for band in BANDS {
        let middle = y0 + height * band / 100;
        let mut inked = vec![false; (x1 - x0) as usize];
        for &part in &line.parts {
            for (_, from, to) in parts.rows(part).filter(|(y, ..)| y.abs_diff(middle) <= half) {
                inked[(from - x0) as usize..(to - x0) as usize].fill(true);
            }
        }
        longest = longest.max(longest_run(&inked));
    }
    // A run through one part of the line is a long character; a strike-out joins several.
    if longest >= line.em * SHORTEST_EMS { longest } else { 0 }
}

fn longest_run(inked: &[bool]) -> u32 {
    let (mut longest, mut run) = (0, 0);
    for &ink in inked {
        run = if ink { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

#[cfg(test)]
mod tests {
    use image::{GrayImage, Luma};

    use super::*;
    use crate::layout::{Mask, Regions, find_lines, find_rules, page_em};

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
        lines.iter().any(|line| is_struck(line, &parts, &rules))
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
