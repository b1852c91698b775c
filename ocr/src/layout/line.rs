use chart::Rect;

use super::{Parts, Regions};

/// A line of writing: the pieces of ink that belong to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextLine {
    /// The box around its ink.
    pub bbox: Rect,
    /// Indices of its pieces.
    pub parts: Vec<usize>,
    /// The region that it stands in.
    pub region: u16,
    /// Whether it runs from top to bottom.
    pub vertical: bool,
    /// Whether it was struck out.
    pub struck: bool,
    /// About how large one of its characters is, in pixels.
    pub em: u32,
}

/// How far apart, in ems, two pieces of one line may stand in a cell.
const REACH_IN_CELL: f32 = 2.2;
/// The same on the open page, where a neighbour more often is another line.
const REACH_ON_PAGE: f32 = 1.3;

/// Gathers the pieces of ink that are no clutter to lines, region by region.
pub fn find_lines(
    parts: &Parts,
    is_clutter: &[bool],
    regions: &Regions,
    page_em: u32,
) -> Vec<TextLine> {
    let mut by_region: Vec<(u16, Vec<usize>)> = Vec::new();
    let mut order: Vec<(u16, usize)> = parts
        .parts
        .iter()
        .enumerate()
        .filter(|(index, _)| !is_clutter[*index])
        .map(|(index, part)| (regions.at(part.bbox), index))
        .collect();
    order.sort_unstable();
    for (region, part) in order {
        match by_region.last_mut() {
            Some((last, of_region)) if *last == region => of_region.push(part),
            _ => by_region.push((region, vec![part])),
        }
    }
    let mut lines = Vec::new();
    for (region, members) in by_region {
        lines_of_region(parts, regions, region, &members, page_em, &mut lines);
    }
    lines
}

/// The size of a page's ordinary characters: the size below which three quarters of the larger
/// pieces stay.
pub fn page_em(parts: &Parts) -> u32 {
    let mut sides: Vec<u32> = parts
        .parts
        .iter()
        .map(|part| (part.bbox.width().max(part.bbox.height()), part.area))
        .filter(|(side, area)| (12..160).contains(side) && *area > side * 2)
        .map(|(side, _)| side)
        .collect();
    sides.sort_unstable();
    sides.get(sides.len() * 3 / 4).copied().unwrap_or(30).clamp(14, 90)
}

fn lines_of_region(
    parts: &Parts,
    regions: &Regions,
    region: u16,
    members: &[usize],
    page_em: u32,
    lines: &mut Vec<TextLine>,
) {
    let reach = if regions.is_cell(region) { REACH_IN_CELL } else { REACH_ON_PAGE };
    let boxes: Vec<Rect> = members.iter().map(|&part| parts.parts[part].bbox).collect();
    let vertical = runs_down(&boxes, page_em);
    let seen: Vec<Rect> = if vertical { boxes.iter().map(|&b| turned(b)).collect() } else { boxes };
    for group in rows(&seen, page_em, reach) {
        let bbox = Rect::around(group.iter().map(|&at| seen[at])).unwrap_or_default();
        // The characters of a struck line are one piece, beside which there are only dots.
        let em = em(group.iter().map(|&at| seen[at])).max(page_em / 3).max(bbox.height() / 2);
        // Too little for a character: dirt that stands alone.
        let tallest = group.iter().map(|&at| seen[at].height()).max().unwrap_or(0);
        let side = bbox.width().max(bbox.height());
        let may_be_dash = side > page_em / 2 && side < page_em * 3 / 2;
        if side < page_em / 3 || (tallest < page_em / 3 && !may_be_dash) {
            continue;
        }
        lines.push(TextLine {
            bbox: if vertical { turned(bbox) } else { bbox },
            parts: group.into_iter().map(|at| members[at]).collect(),
            region,
            vertical,
            struck: false,
            em,
        });
    }
}

fn turned(rect: Rect) -> Rect {
    Rect::new(rect.y0, rect.x0, rect.y1, rect.x1)
}

/// The height of a line's characters: that of its taller pieces.
fn em(boxes: impl Iterator<Item = Rect>) -> u32 {
    let mut heights: Vec<u32> = boxes.map(Rect::height).collect();
    heights.sort_unstable();
    heights.get(heights.len() * 4 / 5).copied().unwrap_or(1).max(1)
}

/// Whether the writing of a region runs from top to bottom: characters are nearer to those below
/// them than to those beside them.
fn runs_down(boxes: &[Rect], em: u32) -> bool {
    // Pieces of one character touch or nest; what is compared are characters.
    let characters = characters(boxes, em);
    if characters.len() < 3 {
        return false;
    }
    let (mut down, mut across) = (0, 0);
    for (index, &a) in characters.iter().enumerate() {
        let (mut below, mut beside) = (u32::MAX, u32::MAX);
        for (other, &b) in characters.iter().enumerate() {
            if other == index {
                continue;
            }
            if overlap(a.x0, a.x1, b.x0, b.x1) * 2 > a.width().min(b.width()) {
                below = below.min(gap(a.y0, a.y1, b.y0, b.y1));
            }
            if overlap(a.y0, a.y1, b.y0, b.y1) * 2 > a.height().min(b.height()) {
                beside = beside.min(gap(a.x0, a.x1, b.x0, b.x1));
            }
        }
        // Lines of print stand at least half a character apart.
        if below < beside && below < em * 3 / 2 {
            down += 1;
        } else if beside < below && beside < em * 3 / 2 {
            across += 1;
        }
    }
    down >= 3 && down > across * 3
}

/// Boxes that overlap become one, up to the size of a character.
fn characters(boxes: &[Rect], em: u32) -> Vec<Rect> {
    let mut characters: Vec<Rect> = Vec::new();
    let mut sorted = boxes.to_vec();
    sorted.sort_unstable_by_key(|b| (b.y0, b.x0));
    for b in sorted {
        let near = |c: &&mut Rect| {
            let all = c.union(b);
            let slack = em / 8;
            all.width() <= em * 5 / 4
                && all.height() <= em * 5 / 4
                && gap(c.x0, c.x1, b.x0, b.x1) <= slack
                && gap(c.y0, c.y1, b.y0, b.y1) <= slack
        };
        match characters.iter_mut().rev().take(40).find(near) {
            Some(c) => *c = c.union(b),
            None => characters.push(b),
        }
    }
    characters.retain(|c| c.width().max(c.height()) * 2 > em);
    characters
}

fn overlap(a0: u32, a1: u32, b0: u32, b1: u32) -> u32 {
    a1.min(b1).saturating_sub(a0.max(b0))
}

fn gap(a0: u32, a1: u32, b0: u32, b1: u32) -> u32 {
    a0.max(b0).saturating_sub(a1.min(b1))
}

/// Boxes gathered to level rows; each group is sorted from left to right.
fn rows(boxes: &[Rect], page_em: u32, reach: f32) -> Vec<Vec<usize>> {
    let mut tall: Vec<usize> = (0..boxes.len()).collect();
    // The larger pieces make the rows; dots and dashes join them afterwards.
    let is_small = |b: &Rect| b.height() * 5 < page_em * 2;
    tall.retain(|&at| !is_small(&boxes[at]));
    tall.sort_unstable_by_key(|&at| (boxes[at].x0, boxes[at].y0));
    let mut groups: Vec<Row> = Vec::new();
    for at in tall {
        join(&mut groups, at, boxes[at], page_em, reach);
    }
    let mut small: Vec<usize> = (0..boxes.len()).filter(|&at| is_small(&boxes[at])).collect();
    small.sort_unstable_by_key(|&at| (boxes[at].x0, boxes[at].y0));
    for at in small {
        join_small(&mut groups, at, boxes[at], page_em, reach);
    }
    merge(&mut groups, page_em, reach);
    groups
        .into_iter()
        .map(|mut row| {
            row.members.sort_unstable_by_key(|&at| (boxes[at].x0, boxes[at].y0));
            row.members
        })
        .collect()
}

/// A row that grows to the right.
struct Row {
    members: Vec<usize>,
    bbox: Rect,
    /// Where its last few pieces stand: writing drifts up and down along a row.
    band: (f32, f32),
}

impl Row {
    fn new(at: usize, bbox: Rect) -> Self {
        Self { members: vec![at], bbox, band: (bbox.y0 as f32, bbox.y1 as f32) }
    }

    fn height(&self) -> f32 {
        self.band.1 - self.band.0
    }

    /// How much of the smaller one's height lies in both, 0 to 1.
    fn shares(&self, b: Rect) -> f32 {
        let both = self.band.1.min(b.y1 as f32) - self.band.0.max(b.y0 as f32);
        both / self.height().min(b.height() as f32).max(1.0)
    }

    fn take(&mut self, at: usize, b: Rect) {
        self.members.push(at);
        self.bbox = self.bbox.union(b);
        // The band follows its pieces slowly and keeps the height of the taller ones.
        let (y0, y1) = (b.y0 as f32, b.y1 as f32);
        let weight = (b.height() as f32 / self.height().max(1.0)).min(1.0) * 0.5;
        self.band.0 += (y0 - self.band.0) * if y0 < self.band.0 { 0.7 } else { weight * 0.4 };
        self.band.1 += (y1 - self.band.1) * if y1 > self.band.1 { 0.7 } else { weight * 0.4 };
    }
}

fn join(groups: &mut Vec<Row>, at: usize, b: Rect, page_em: u32, reach: f32) {
    let best = groups
        .iter_mut()
        .filter(|row| {
            let em = row.height().max(b.height() as f32).max(page_em as f32 * 0.6);
            let gap = b.x0.saturating_sub(row.bbox.x1) as f32;
            let all = row.band.1.max(b.y1 as f32) - row.band.0.min(b.y0 as f32);
            let tallest = row.height().max(b.height() as f32);
            row.shares(b) > 0.45
                && are_comparable(row.height(), b.height() as f32, page_em)
                && gap <= em * reach
                // Two rows that a tall piece touches stay two rows.
                && all <= tallest.max(page_em as f32 * 0.8) * 1.45
        })
        .max_by(|a, c| a.shares(b).total_cmp(&c.shares(b)));
    match best {
        Some(row) => row.take(at, b),
        None => groups.push(Row::new(at, b)),
    }
}

/// Whether two heights may belong to one row: a brace, a bent fold or a scrawl that is much
/// higher than the page's characters must not swallow the lines beside it.
fn are_comparable(a: f32, b: f32, page_em: u32) -> bool {
    a.max(b) <= page_em as f32 * 2.5 || a.min(b) > a.max(b) * 0.35
}

/// Dots, dashes and dakuten go to the row that they are in or nearest to.
fn join_small(groups: &mut Vec<Row>, at: usize, b: Rect, page_em: u32, reach: f32) {
    let middle = f32::midpoint(b.y0 as f32, b.y1 as f32);
    let nearest = groups
        .iter_mut()
        .filter_map(|row| {
            let (top, bottom) = (row.bbox.y0 as f32, row.bbox.y1 as f32);
            let beside = gap(row.bbox.x0, row.bbox.x1, b.x0, b.x1) as f32;
            let away = (top - middle).max(middle - bottom).max(0.0);
            let em = row.height().clamp(page_em as f32 * 0.6, page_em as f32 * 2.5);
            (beside <= em * reach.min(0.8) && away <= em * 0.2).then_some((away + beside, row))
        })
        .min_by(|a, c| a.0.total_cmp(&c.0));
    match nearest {
        Some((_, row)) => {
            row.members.push(at);
            row.bbox = row.bbox.union(b);
        }
        None => groups.push(Row::new(at, b)),
    }
}

/// Rows that turn out to be one: their boxes overlap, or they stand side by side within reach.
fn merge(groups: &mut Vec<Row>, page_em: u32, reach: f32) {
    groups.sort_by_key(|row| (row.bbox.x0, row.bbox.y0));
    let mut first = 0;
    while first < groups.len() {
        let mut second = first + 1;
        let mut grew = false;
        while second < groups.len() {
            if belong_together(&groups[first], &groups[second], page_em, reach) {
                let other = groups.remove(second);
                groups[first].members.extend(other.members);
                groups[first].bbox = groups[first].bbox.union(other.bbox);
                let (a, b) = (groups[first].band, other.band);
                groups[first].band = (a.0.min(b.0), a.1.max(b.1));
                grew = true;
            } else {
                second += 1;
            }
        }
        if !grew {
            first += 1;
        }
    }
}

fn belong_together(a: &Row, b: &Row, page_em: u32, reach: f32) -> bool {
    let beside = gap(a.bbox.x0, a.bbox.x1, b.bbox.x0, b.bbox.x1) as f32;
    let em = a.height().max(b.height()).max(page_em as f32 * 0.6);
    let both = overlap(a.bbox.y0, a.bbox.y1, b.bbox.y0, b.bbox.y1) as f32;
    let smaller = a.bbox.height().min(b.bbox.height()).max(1) as f32;
    let all = a.bbox.union(b.bbox).height() as f32;
    let larger = a.bbox.height().max(b.bbox.height()) as f32;
    are_comparable(a.height(), b.height(), page_em)
        && beside <= em * reach
        && both / smaller > 0.6
        && all <= larger.max(page_em as f32) * 1.3
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::Mask;

    fn lines(boxes: &[Rect]) -> Vec<TextLine> {
        let mut mask = Mask::empty(1000, 1000);
        for b in boxes {
            for y in b.y0..b.y1 {
                for x in b.x0..b.x1 {
                    mask.ink[y as usize * 1000 + x as usize] = true;
                }
            }
        }
        let parts = Parts::of(&mask);
        let clutter = vec![false; parts.parts.len()];
        let regions = Regions::of(&Mask::empty(1000, 1000));
        find_lines(&parts, &clutter, &regions, page_em(&parts))
    }

    /// Characters of 30 pixels.
    fn square(x: u32, y: u32) -> Rect {
        Rect::new(x, y, x + 30, y + 30)
    }

    #[test]
    fn two_rows_are_two_lines() {
        let boxes: Vec<Rect> =
            (0..8).flat_map(|i| [square(100 + i * 36, 100), square(100 + i * 36, 150)]).collect();
        let found = lines(&boxes);
        assert_eq!(
            found.iter().map(|l| (l.parts.len(), l.vertical)).collect::<Vec<_>>(),
            [(8, false), (8, false)]
        );
    }

    #[test]
    fn a_dot_belongs_to_its_line() {
        let mut boxes: Vec<Rect> = (0..5).map(|i| square(100 + i * 36, 100)).collect();
        boxes.push(Rect::new(282, 124, 287, 129));
        assert_eq!(lines(&boxes).len(), 1);
    }

    #[test]
    fn a_tall_scrawl_swallows_no_lines() {
        let mut boxes: Vec<Rect> = (0..4)
            .flat_map(|row| (0..5).map(move |i| square(140 + i * 36, 100 + row * 60)))
            .collect();
        boxes.push(Rect::new(100, 90, 125, 330));
        assert_eq!(lines(&boxes).iter().filter(|line| line.parts.len() == 5).count(), 4);
    }

    #[test]
    fn columns_far_apart_run_down() {
        let boxes: Vec<Rect> =
            (0..6).flat_map(|i| [square(100, 100 + i * 36), square(170, 100 + i * 36)]).collect();
        let found = lines(&boxes);
        assert_eq!(found.len(), 2);
        assert!(found.iter().all(|line| line.vertical && line.parts.len() == 6));
    }

    #[test]
    fn a_line_that_climbs_is_one_line() {
        let boxes: Vec<Rect> = (0..15).map(|i| square(100 + i * 40, 300 - i * 3)).collect();
        assert_eq!(lines(&boxes).len(), 1);
    }
}
