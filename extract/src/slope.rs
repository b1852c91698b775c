//! How the rows of a page slope that nobody straightened, told from the places of its lines.
//!
//! Lines that stand in one row have their middles on one slope; two lines that do not, have any. So
//! of all pairs of lines beside each other those of one row agree, and the slope on which most agree
//! is that of the rows. On a photograph rows fan out: the slope changes evenly from above to below.
//! A page that lies straight keeps its places to the pixel.

use chart::{Line, PageText, Rect};

/// The slope of rows: `at_top` where the page begins, `at_top + change` where it ends.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Slope {
    at_top: f32,
    change: f32,
    height: f32,
    middle: f32,
}

/// Two lines beside each other: how the second lies to the first, how far down the page, and how far
/// apart.
struct Pair {
    slope: f32,
    down: f32,
    weight: f32,
}

/// Rows of photographs slope less than this, or the reader would have straightened the page.
const STEEPEST: f32 = 0.07;

/// Slopes that differ by less agree. A row's middles lie within a tenth of a line's height of each
/// other, which is this over a third of a page.
const AGREE: f32 = 0.004;

/// Fewer lines than these tell nothing of rows.
const FEWEST: usize = 8;

impl Slope {
    /// Of a page. None if a reader straightened it or found it straight.
    pub fn of(page: &PageText) -> Self {
        let lines: Vec<&Line> = page.lines.iter().filter(|line| !line.vertical).collect();
        if page.width == 0 || page.height == 0 || lines.len() < FEWEST {
            return Self::default();
        }
        if lines.iter().any(|line| line.straight.is_some()) {
            return Self::default();
        }
        let height = page.height as f32;
        let pairs = pairs(&lines, height);
        let agreeing = |at_top: f32, change: f32| -> f32 {
            let share = |pair: &Pair| {
                let off = (pair.slope - at_top - change * pair.down).abs() / AGREE;
                pair.weight * (1.0 - off).max(0.0)
            };
            pairs.iter().map(share).sum()
        };
        let level = agreeing(0.0, 0.0);
        let mut best = (level, 0.0, 0.0);
        for step in -STEPS..=STEPS {
            let change = f32::from(step) * AGREE;
            let (found, at_top) = most_agree(&pairs, change);
            if found > best.0 {
                best = (found, at_top, change);
            }
        }
        let around = best;
        for (first, second) in (-3_i8..=3).flat_map(|first| (-3_i8..=3).map(move |it| (first, it)))
        {
            let at_top = around.1 + f32::from(first) * AGREE / 4.0;
            let change = around.2 + f32::from(second) * AGREE / 4.0;
            let found = agreeing(at_top, change);
            if found > best.0 {
                best = (found, at_top, change);
            }
        }
        // A straight page agrees with itself; what hardly agrees better is chance.
        if best.0 < level * CLEARLY || best.0 < ENOUGH {
            return Self::default();
        }
        Self { at_top: best.1, change: best.2, height, middle: page.width as f32 / 2.0 }
    }

    /// The place of a line as if its row were level.
    pub fn level(&self, line: &Line) -> Rect {
        let place = line.level();
        if line.vertical || *self == Self::default() {
            return place;
        }
        let (x, y) = middle(place);
        let slope = self.at_top + self.change * y / self.height;
        let moved = y - slope * (x - self.middle);
        // The frame of a sloping line is higher than the line by what it rises.
        let high = place.height() as f32;
        let high = (high - slope.abs() * place.width() as f32).max(high * 0.4);
        let from = (moved - high / 2.0).max(0.0).round() as u32;
        Rect::new(place.x0, from, place.x1, from + high.round() as u32)
    }
}

/// Slopes that are tried to either side.
const STEPS: i8 = 17;

/// On which slope at the top most pairs agree if it changes so; each pair votes for the two nearest
/// slopes by how near they are.
fn most_agree(pairs: &[Pair], change: f32) -> (f32, f32) {
    let mut votes = [0.0_f32; 2 * STEPS as usize + 2];
    for pair in pairs {
        let place = (pair.slope - change * pair.down) / AGREE + f32::from(STEPS);
        if place >= 0.0 && place <= f32::from(2 * STEPS) {
            let (below, part) = (place.floor(), place.fract());
            votes[below as usize] += pair.weight * (1.0 - part);
            votes[below as usize + 1] += pair.weight * part;
        }
    }
    let most = votes.iter().copied().enumerate().max_by(|one, other| one.1.total_cmp(&other.1));
    let (at, found) = most.unwrap_or_default();
    (found, (at as f32 - f32::from(STEPS)) * AGREE)
}

/// So much more must agree on a slope than on none.
const CLEARLY: f32 = 1.15;

/// About four pairs of a third of a page.
const ENOUGH: f32 = 1.3;

fn middle(place: Rect) -> (f32, f32) {
    (
        f32::midpoint(place.x0 as f32, place.x1 as f32),
        f32::midpoint(place.y0 as f32, place.y1 as f32),
    )
}

fn pairs(lines: &[&Line], height: f32) -> Vec<Pair> {
    let mut pairs = Vec::new();
    let width = lines.iter().map(|line| line.bbox.x1).max().unwrap_or(1).max(1) as f32;
    for (number, one) in lines.iter().enumerate() {
        for other in &lines[number + 1..] {
            let (left, right) =
                if one.bbox.x0 <= other.bbox.x0 { (one, other) } else { (other, one) };
            if right.bbox.x0 < left.bbox.x1 {
                continue;
            }
            let ((x0, y0), (x1, y1)) = (middle(left.bbox), middle(right.bbox));
            let slope = (y1 - y0) / (x1 - x0).max(1.0);
            // What stands close together tells little of a slope.
            if slope.abs() <= STEEPEST && x1 - x0 > width / 8.0 {
                let down = f32::midpoint(y0, y1) / height;
                pairs.push(Pair { slope, down, weight: (x1 - x0) / width });
            }
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows of three cells on a page whose rows slope so.
    fn page(at_top: f32, change: f32) -> PageText {
        let mut lines = Vec::new();
        for row in 0..12_u16 {
            let y = 300.0 + 90.0 * f32::from(row);
            for x in [200.0, 900.0, 1700.0] {
                let slope = at_top + change * y / 2000.0;
                let y = y + slope * (x + 100.0 - 1000.0);
                let rise = slope.abs() * 200.0;
                let bbox = Rect::new(
                    x as u32,
                    (y - 20.0 - rise / 2.0) as u32,
                    x as u32 + 200,
                    (y + 20.0 + rise / 2.0) as u32,
                );
                lines.push(Line { text: "見本".into(), bbox, ..Line::default() });
            }
        }
        PageText { width: 2000, height: 2000, lines, ..PageText::default() }
    }

    #[test]
    fn a_straight_page_stays_as_it_is() {
        let page = page(0.0, 0.0);
        let slope = Slope::of(&page);
        assert!(page.lines.iter().all(|line| slope.level(line) == line.bbox));
    }

    #[test]
    fn rows_that_slope_or_fan_out_become_level() {
        for (at_top, change) in [(0.02, 0.0), (-0.03, 0.0), (0.03, -0.05), (-0.02, 0.045)] {
            let page = page(at_top, change);
            let slope = Slope::of(&page);
            for row in page.lines.chunks(3) {
                let tops: Vec<u32> = row.iter().map(|line| slope.level(line).y0).collect();
                let apart = tops.iter().max().unwrap() - tops.iter().min().unwrap();
                assert!(apart <= 8, "{tops:?} at {at_top} {change}");
            }
        }
    }
}
