//! What is done to a page before it is read, one file a step.

mod background; // yellow paper, shadows, uneven light
mod fold; // folds and gutters, with writing across them
mod sheet_edge; // a sheet on a desk, a scan with black borders
mod skew; // pages scanned askew
mod stamp; // red stamps, dropped out by colour
mod streak; // what dirt on the glass draws
mod warp; // one resampling for all that was found

pub use background::{Flat, flatten};
pub use fold::lift_folds;
pub use sheet_edge::sheet_corners;
pub use skew::skew;
pub use stamp::Stamp;
pub use streak::take_streaks;
pub(crate) use warp::warp;

/// Raised whenever a step changes what is read; part of every reading's version.
pub const VERSION: u32 = 10;
