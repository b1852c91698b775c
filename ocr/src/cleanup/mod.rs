//! What is done to a page before it is read, one file a step.

mod skew; // pages scanned askew

pub use skew::{skew, straighten};

/// Raised whenever a step changes what is read; part of every reading's version.
pub const VERSION: u32 = 1;
