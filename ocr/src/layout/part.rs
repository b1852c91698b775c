use chart::Rect;

use super::{Mask, mask::next_ink};

/// A connected piece of ink.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Where it is.
    pub bbox: Rect,
    /// Its pixels.
    pub area: u32,
    first_run: u32,
}

/// A row of ink pixels and the run of the same part that follows it.
#[derive(Debug, Clone, Copy)]
struct Run {
    y: u32,
    x0: u32,
    x1: u32,
    next: u32,
}

const NONE: u32 = u32::MAX;

/// All connected pieces of ink of a page (corners connect).
#[derive(Debug, Clone, Default)]
pub struct Parts {
    /// Each piece.
    pub parts: Vec<Part>,
    runs: Vec<Run>,
}

impl Parts {
    /// Finds every piece.
    pub fn of(mask: &Mask) -> Self {
        let mut runs: Vec<Run> = Vec::new();
        let mut parent: Vec<u32> = Vec::new();
        let mut above = 0..0;
        for y in 0..mask.height {
            let row = &mask.ink[y * mask.width..(y + 1) * mask.width];
            let begin = runs.len();
            let mut candidate = above.start;
            let mut x = 0;
            while let Some(start) = next_ink(row, x) {
                let end =
                    row[start..].iter().position(|&ink| !ink).map_or(mask.width, |n| start + n);
                let id = runs.len() as u32;
                runs.push(Run { y: y as u32, x0: start as u32, x1: end as u32, next: NONE });
                parent.push(id);
                while candidate < above.end && (runs[candidate].x1 as usize) < start {
                    candidate += 1;
                }
                let mut other = candidate;
                while other < above.end && runs[other].x0 as usize <= end {
                    unite(&mut parent, id, other as u32);
                    other += 1;
                }
                x = end;
            }
            above = begin..runs.len();
        }
        Self::gather(runs, &mut parent)
    }

    fn gather(mut runs: Vec<Run>, parent: &mut [u32]) -> Self {
        let mut index = vec![NONE; runs.len()];
        let mut parts: Vec<Part> = Vec::new();
        let mut last: Vec<u32> = Vec::new();
        for id in 0..runs.len() {
            let root = find(parent, id as u32) as usize;
            let run = runs[id];
            let bbox = Rect::new(run.x0, run.y, run.x1, run.y + 1);
            if index[root] == NONE {
                index[root] = parts.len() as u32;
                parts.push(Part { bbox, area: run.x1 - run.x0, first_run: id as u32 });
                last.push(id as u32);
                continue;
            }
            let at = index[root] as usize;
            parts[at].bbox = parts[at].bbox.union(bbox);
            parts[at].area += run.x1 - run.x0;
            runs[last[at] as usize].next = id as u32;
            last[at] = id as u32;
        }
        Self { parts, runs }
    }

    /// The rows of ink of one part as `(y, x0, x1)`, from above.
    pub fn rows(&self, part: usize) -> impl Iterator<Item = (u32, u32, u32)> {
        let mut at = self.parts[part].first_run;
        std::iter::from_fn(move || {
            let run = self.runs.get(at as usize)?;
            at = run.next;
            Some((run.y, run.x0, run.x1))
        })
    }
}

fn find(parent: &mut [u32], mut id: u32) -> u32 {
    while parent[id as usize] != id {
        let grandparent = parent[parent[id as usize] as usize];
        parent[id as usize] = grandparent;
        id = grandparent;
    }
    id
}

fn unite(parent: &mut [u32], a: u32, b: u32) {
    let (a, b) = (find(parent, a), find(parent, b));
    // The earlier run leads, so that parts come in the order of their topmost rows.
    let (first, second) = (a.min(b), a.max(b));
    parent[second as usize] = first;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(rows: &[&str]) -> Mask {
        let ink = rows.iter().flat_map(|row| row.chars().map(|c| c == '#')).collect();
        Mask { width: rows[0].len(), height: rows.len(), ink }
    }

    #[test]
    fn pieces_that_meet_further_down_are_one() {
        let parts = Parts::of(&drawn(&["#..#..#", "#..#...", "####..#"]));
        let boxes: Vec<(Rect, u32)> = parts.parts.iter().map(|p| (p.bbox, p.area)).collect();
        assert_eq!(
            boxes,
            [(Rect::new(0, 0, 4, 3), 8), (Rect::new(6, 0, 7, 1), 1), (Rect::new(6, 2, 7, 3), 1)]
        );
        assert_eq!(parts.rows(0).collect::<Vec<_>>().len(), 5);
    }

    #[test]
    fn corners_connect() {
        assert_eq!(Parts::of(&drawn(&["#..", ".#.", "..#"])).parts.len(), 1);
    }
}
