//! Boxes with their heading at the left: 現在の処方 | アムロジピン錠5mg …

use super::{Placed, Section};
use crate::layout::{FARTHEST_BELOW, Item, gap_below, gap_beside};

/// Of a box with its heading at the left, the lines below the first: they begin where it begins, and
/// nothing but the heading stands left of them.
pub(super) fn go_on_in_boxes(items: &[Item], placed: &mut [Placed]) {
    let beside = |at: usize, section: Section, placed: &[Placed]| {
        let mut left = (0..items.len()).filter(|other| {
            let gap = gap_beside(items[*other].frame, items[at].frame);
            gap.is_some_and(|gap| gap < WIDEST_BOX)
        });
        let of_heading = |other: usize| placed[other].headed && placed[other].section == section;
        let first = left.next();
        (first.is_some_and(of_heading) && left.all(of_heading), first.is_none())
    };
    let mut boxed = vec![false; items.len()];
    for at in 0..items.len() {
        let own = placed[at].section;
        if placed[at].headed {
            continue;
        }
        if own != Section::Unknown {
            boxed[at] = beside(at, own, placed).0;
            continue;
        }
        let frame = items[at].frame;
        let above = (0..at).rev().find(|other| {
            let upper = items[*other].frame;
            boxed[*other]
                && gap_below(upper, frame).is_some_and(|gap| gap <= FARTHEST_BELOW)
                && upper.x0.abs_diff(frame.x0) <= frame.height()
        });
        let Some(section) = above.map(|above| placed[above].section).filter(|it| it.lists()) else {
            continue;
        };
        let (headed, alone) = beside(at, section, placed);
        if headed || alone {
            placed[at].section = section;
            boxed[at] = true;
        }
    }
}

/// A heading stands within so many line heights left of what is in its box.
const WIDEST_BOX: f32 = 12.0;
