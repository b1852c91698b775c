use chart::Rect;

use crate::layout::fit;

/// Shorter lines, in ems, are taken as level: their characters tell too little.
const SHORTEST: u32 = 7;
/// Lines from this length on, in ems, may also be bent, as on paper that was not flat.
const BENDABLE: u32 = 16;
/// A line that rises by less than this share of an em is level.
const LEAST: f32 = 0.12;
/// The pieces that tell how it bends stand along this share of it.
const ALL_ALONG: f64 = 0.5;
/// What lies further than this share of an em from the line is a mark beside it, not a character.
const ASTRAY: f64 = 0.45;

/// How a line of writing rises, falls or bends.
#[derive(Debug, Clone, Copy)]
pub struct Bend {
    middle: f64,
    half: f64,
    /// Of 1, x and x², where x runs from -1 to 1 along the line.
    terms: [f64; 3],
}

impl Bend {
    /// From the boxes of a level line's pieces; `None` if it is straight and level, or too short
    /// to tell.
    pub fn of(boxes: &[Rect], em: u32) -> Option<Self> {
        let whole = Rect::around(boxes.iter().copied())?;
        if whole.width() < em * SHORTEST {
            return None;
        }
        // Pieces as high as a character; dots and dashes stand anywhere.
        let characters: Vec<(f64, f64)> = boxes
            .iter()
            .filter(|b| b.height() * 2 > em && b.height() * 2 < em * 3)
            .map(|b| (f64::from(b.x0 + b.x1) / 2.0, f64::from(b.y0 + b.y1) / 2.0))
            .collect();
        let (first, last) = characters
            .iter()
            .fold((f64::MAX, f64::MIN), |(first, last), &(x, _)| (first.min(x), last.max(x)));
        // The strokes of one large character tell nothing of the others.
        if characters.len() < 5 || last - first < ALL_ALONG * f64::from(whole.width()) {
            return None;
        }
        let middle = f64::from(whole.x0 + whole.x1) / 2.0;
        let half = f64::from(whole.width()) / 2.0;
        let degree = if whole.width() > em * BENDABLE && characters.len() >= 12 { 3 } else { 2 };
        let mut bend = Self { middle, half, terms: [0.0; 3] };
        let mut near = characters.clone();
        for _ in 0..3 {
            bend.terms = fit(near.iter().map(|&(x, y)| ((x - middle) / half, y)), degree)?;
            near = characters
                .iter()
                .copied()
                .filter(|&(x, y)| (bend.height(x) - y).abs() < ASTRAY * f64::from(em))
                .collect();
            if near.len() * 2 < characters.len() {
                return None;
            }
        }
        // Only what it departs from level by.
        bend.terms[0] = 0.0;
        let ends = (0..=8).map(|k| bend.at(whole.x0 + whole.width() * k / 8));
        let (low, high) = ends.fold((f32::MAX, f32::MIN), |(a, b), y| (a.min(y), b.max(y)));
        (high - low > LEAST * em as f32).then_some(bend)
    }

    /// How much lower than in the line's middle the writing stands at `x`.
    pub fn at(&self, x: u32) -> f32 {
        self.height(f64::from(x)) as f32
    }

    fn height(&self, x: f64) -> f64 {
        let x = ((x - self.middle) / self.half).clamp(-1.0, 1.0);
        self.terms[0] + self.terms[1] * x + self.terms[2] * x * x
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(at: impl Fn(u32) -> u32, count: u32) -> Vec<Rect> {
        (0..count).map(|k| Rect::new(k * 30, at(k * 30), k * 30 + 25, at(k * 30) + 25)).collect()
    }

    #[test]
    fn a_line_that_falls_is_told_by_how_much() {
        let bend = Bend::of(&line(|x| 100 + x / 50, 40), 25).unwrap();
        assert!((bend.at(1187) - bend.at(12) - 23.5).abs() < 1.5, "{bend:?}");
        assert!(bend.at(600).abs() < 1.0);
    }

    #[test]
    fn a_bent_line_is_lowest_in_its_middle() {
        let bend = Bend::of(&line(|x| 140 - x.abs_diff(600).pow(2) / 9000, 40), 25).unwrap();
        assert!(bend.at(10) < -30.0 && bend.at(1190) < -30.0 && bend.at(600).abs() < 2.0);
    }

    #[test]
    fn the_strokes_of_one_large_character_bend_nothing() {
        let mut strokes: Vec<Rect> =
            (0..6).map(|k| Rect::new(100 + k * 6, 100 + k * 8, 106 + k * 6, 120 + k * 8)).collect();
        strokes.extend([Rect::new(220, 100, 280, 160), Rect::new(340, 100, 400, 160)]);
        assert!(Bend::of(&strokes, 20).is_none());
    }

    #[test]
    fn level_lines_and_short_ones_are_left_alone() {
        assert!(Bend::of(&line(|_| 100, 40), 25).is_none());
        assert!(Bend::of(&line(|x| 100 + x / 10, 4), 25).is_none());
        // A mark far above does not make it rise.
        let mut marked = line(|_| 100, 30);
        marked.push(Rect::new(870, 20, 895, 45));
        assert!(Bend::of(&marked, 25).is_none());
    }
}
