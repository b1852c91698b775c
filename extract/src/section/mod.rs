//! Which part of the chart a line belongs to.
//!
//! A heading with words after it holds for its line (`既往歴：DM(H5)`); a heading that stands
//! alone holds for the lines below it in its column until the next heading or date. The letters
//! of SOAP hold until the next letter.

mod boxes;
mod heading;

pub use heading::{cut_at_headings, heading};

use boxes::go_on_in_boxes;
use heading::{goes_on, is_letter};

use crate::{
    layout::{Item, gap_below},
    notation::date,
};

/// A part of the chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Section {
    /// Nothing said.
    #[default]
    Unknown,
    /// 傷病名, 診断, A:
    Diagnosis,
    /// 既往歴
    History,
    /// 家族歴
    Family,
    /// アレルギー, 禁忌
    Allergy,
    /// 処方
    Prescription,
    /// 現在の処方, 内服薬
    Taken,
    /// 検査
    Laboratory,
    /// S: 主訴, 現病歴
    Subjective,
    /// O: 現症
    Objective,
    /// P:
    Plan,
    /// コメント, 備考
    Comment,
}

impl Section {
    /// Whether orders are written behind its heading.
    pub const fn orders(self) -> bool {
        matches!(self, Self::Plan | Self::Prescription | Self::Taken)
    }

    /// Whether it is a list; what else stands in a box is prose, of which every line tells for itself.
    const fn lists(self) -> bool {
        matches!(
            self,
            Self::Diagnosis
                | Self::History
                | Self::Family
                | Self::Allergy
                | Self::Prescription
                | Self::Taken
        )
    }
}

/// The section of an item, and where in it the content begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// The section.
    pub section: Section,
    /// Index of the first character after the heading.
    pub content: usize,
    /// The heading stands in this very line.
    pub headed: bool,
}

/// A heading that was met, and how far it reaches.
#[derive(Debug, Clone, Copy)]
struct Open {
    section: Section,
    frame: chart::Rect,
    alone: bool,
    /// Its next line is part of it.
    goes_on: bool,
}

/// The section of each item, in the same order.
pub fn sections(items: &[Item]) -> Vec<Placed> {
    let mut open: Vec<Open> = Vec::new();
    let mut placed: Vec<Placed> = items
        .iter()
        .map(|item| {
            let above = |open: &Open| {
                open.alone && gap_below(open.frame, item.frame).is_some_and(|gap| gap < 1.0)
            };
            // 症状経過⏎及び⏎検査結果 is one heading, too.
            if item.text.len() == 2
                && goes_on(&item.text)
                && let Some(first) = open.iter_mut().find(|open| above(open))
            {
                (first.frame, first.goes_on) = (first.frame.union(item.frame), true);
                return Placed { section: first.section, content: item.text.len(), headed: true };
            }
            if let Some((section, content)) = heading(&item.text) {
                let alone = content >= item.text.len();
                let holds = alone || is_letter(&item.text);
                // 既往歴及び⏎家族歴 is one heading of both.
                let first = open.iter_mut().find(|open| open.goes_on && alone && above(open));
                if let Some(first) = first {
                    first.frame = first.frame.union(item.frame);
                    return Placed { section: first.section, content, headed: true };
                }
                let same_column = |open: &Open| shares_column(open.frame, item.frame);
                open.retain(|open| !same_column(open));
                if holds {
                    let goes_on = goes_on(&item.text);
                    open.push(Open { section, frame: item.frame, alone, goes_on });
                }
                return Placed { section, content, headed: true };
            }
            let whole_date = date::date(&item.text, 0..item.text.len())
                .is_some_and(|found| found.range.end + 3 >= item.text.len() && !found.without_era);
            if whole_date {
                // A new visit begins in this column.
                open.retain(|open| {
                    !shares_column(open.frame, item.frame) || is_beside(open.frame, item.frame)
                });
            }
            let section = open
                .iter()
                .rev()
                .find(|open| {
                    is_beside(open.frame, item.frame)
                        && open.alone
                        && item.frame.x0 >= open.frame.x0
                        || open.frame.y0 < item.frame.y0 && shares_column(open.frame, item.frame)
                })
                .map_or(Section::Unknown, |open| open.section);
            Placed { section, content: 0, headed: false }
        })
        .collect();
    go_on_in_boxes(items, &mut placed);
    placed
}

const fn shares_column(one: chart::Rect, other: chart::Rect) -> bool {
    one.x0 < other.x1 && other.x0 < one.x1
}

fn is_beside(one: chart::Rect, other: chart::Rect) -> bool {
    crate::layout::beside(one, other)
}
