//! Where the writing stands on a straight, flat page: rules, cells, lines.

mod cancel; // strokes over several lines at once
mod cell; // cells of tables, by row and column
mod clutter; // specks, holes, rings, seals
mod digit_box; // numbers in boxes, a digit each
mod fit; // curves through points
mod hole; // punch holes and blots, taken off the writing that they touch
mod judge; // small networks with one answer
mod line; // parts to lines of writing
mod mask; // ink or paper
mod order; // which line is read first
mod part; // connected pieces of ink
mod region; // cells between rules, and the open page
mod ring; // rings around printed choices
mod rule; // ruled lines, found and taken out
mod seal; // round seals over writing
mod strike; // lines that were struck out

pub use cancel::{Cancel, take_cancels};
pub use cell::Tables;
pub use clutter::{Clutter, find_clutter, struck_column};
pub use digit_box::join_digit_boxes;
pub(crate) use fit::fit;
pub use hole::take_holes;
pub use line::{TextLine, find_lines, page_em};
pub use mask::{Mask, ink_threshold};
pub use order::reading_order;
pub use part::{Part, Parts};
pub use region::Regions;
pub use ring::{Ring, RingWindow, Rings, take_rings};
pub(crate) use rule::THICKEST as THICKEST_RULE;
pub use rule::{Rule, Rules, find_rules};
pub use seal::take_seals;
pub use strike::{Place, StrikeWindow, is_struck, strike_evidence};
