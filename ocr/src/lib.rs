//! From the picture of a page to its text: lines with their places, doubts included.
//!
//! What comes in is one encoded page picture, what goes out is a [`chart::PageText`]. Reading is
//! a pure function of the picture, the models and the versions of both engine and clean-up;
//! this crate knows no queue, no database and no clock.
//!
//! Recognition is native code that may crash, hang or burst: services read through
//! [`isolation`], one child process a page at a time; the command line may use a [`Reader`] in
//! its own process.

mod decode; // encoded bytes to a picture that stands as the scanner meant it
mod greys; // how often each grey occurs
mod mapping; // places between the picture that is read and the page as scanned
mod resize; // pictures in other sizes

pub mod cleanup; // straight, flat, free of what is no writing
mod engine; // the seam: a picture in, lines with alternatives out
mod engines; // which engine reads what
mod inference; // networks run on one thread
pub mod layout; // where the writing stands
mod network; // the first engine behind it: lines of print and handwriting
mod odds; // how likely a symbol is right, from an engine's own figures
mod recognise; // one line after the other
mod spacing; // which gaps of a line are spaces
mod tesseract; // the second: doubtful lines, columns, which way up

mod debug; // pictures of the steps, for people
pub mod isolation;
mod page; // a page made ready: clean-up and layout in their order
mod quality; // how good the scan is
mod reader; // all steps in their order

mod error;
mod options;

pub use debug::folder_of as debug_folder_of;
pub use decode::decode;
pub use engine::{Engine, PageReader, Reading, Shape};
pub use error::OcrError;
pub use inference::on_network_thread;
pub use mapping::Mapping;
pub use network::Network;
pub use options::ReadOptions;
pub use page::ReadyPage;
pub use quality::judge;
pub use reader::Reader;
pub use recognise::{Crop, LineSigns, Sheet};
pub use tesseract::{MODELS, Model, Tesseract, find_tessdata};
