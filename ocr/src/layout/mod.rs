//! Where the writing stands on a straight, flat page: rules, cells, lines.

mod clutter; // specks, holes, rings, seals
mod line; // parts to lines of writing
mod mask; // ink or paper
mod order; // which line is read first
mod part; // connected pieces of ink
mod region; // cells between rules, and the open page
mod rule; // ruled lines, found and taken out
mod strike; // lines that were struck out

pub use clutter::{Clutter, find_clutter};
pub use line::{TextLine, find_lines, page_em};
pub use mask::{Mask, ink_threshold};
pub use order::reading_order;
pub use part::{Part, Parts};
pub use region::Regions;
pub use rule::{Rules, find_rules};
pub use strike::is_struck;
