//! Lines of writing to text, one after the other.

mod alike; // characters that look alike, by their neighbours
mod bend; // how a line rises, falls or bends
mod calibration; // how sure a line is, and what is dirt
mod crop; // what the engine is shown of a line
mod label; // printed labels told from entries
mod opinion; // two readings of one line made one
mod orientation; // which way up, by what reads best

pub use alike::told;
pub use calibration::{LineSigns, calibration, is_dirt};
pub use crop::{Crop, Sheet};
pub use label::is_label;
pub use opinion::{is_doubtful, merged};
pub use orientation::best_turn;

/// Raised whenever merging or the weights of ../models/confidence.json change what is read or how
/// sure it is; part of every reading's version.
pub const VERSION: u32 = 8;
