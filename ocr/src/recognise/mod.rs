//! Lines of writing to text, one after the other.

mod crop; // what the engine is shown of a line
mod orientation; // which way up, by what reads best

pub use crop::{Crop, Sheet};
pub use orientation::best_turn;
