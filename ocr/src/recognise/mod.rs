//! Lines of writing to text, one after the other.

mod calibration; // how sure a line is, and what is dirt
mod crop; // what the engine is shown of a line
mod orientation; // which way up, by what reads best

pub use calibration::{calibrated, is_dirt};
pub use crop::{Crop, Sheet};
pub use orientation::best_turn;
