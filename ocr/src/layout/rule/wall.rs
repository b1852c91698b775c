use super::{Rule, Rules};
use crate::layout::{Mask, Parts};

/// So many characters that stand across a rule are writing.
const WRITING: usize = 3;

impl Rules {
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
}

impl Rule {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_open_where_a_line_of_writing_stands_across_it() {
        // Five characters one behind the other, one alone, and a tail.
        let mut pieces: Vec<(u32, u32)> = (0..5).map(|k| (100 + k * 35, 130 + k * 35)).collect();
        pieces.extend([(500, 530), (700, 705)]);
        assert_eq!(written_across(pieces, 30), [(85, 285)]);
    }
}
