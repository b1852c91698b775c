//! A scan comes in as bytes of any make; out go page pictures, or a refusal that says what to do.
//!
//! ```text
//! sources, watched_folder ─▶ take_in ─┬─▶ inspect, decode (is it whole? what pages?) ─▶ Refusal
//!                                     ├─▶ originals (kept for ever under their SHA-256)
//!                                     └─▶ records (scan, pages and their jobs in one transaction)
//! originals ─▶ decode ─▶ derive (what the review pages show)
//! ```
//!
//! The frame of coordinates of everything that leaves this crate is the page as any viewer shows
//! it: EXIF orientation, the TIFF orientation tag and the /Rotate of a PDF page are applied.

pub mod sources; // which files a path means
pub mod watched_folder; // which files a scanner has finished writing

mod format; // what a file is, by its first bytes
mod limits; // how much one file may ask for
mod refusal; // why a file was not taken in, and what to do about it

mod decode; // bytes to page pictures
mod inspect; // the first look into a file, in a process of its own
mod picture; // one page, encoded

mod fingerprint; // SHA-256, the name of an original
mod originals; // the store that never forgets
mod take_in; // all of it together

pub mod derive; // pictures for the review pages: turned, small, cut out

pub use decode::{PageSize, Source, page_picture};
pub use fingerprint::Fingerprint;
pub use format::{Format, Lookalike};
pub use inspect::{ChildOptions, Inspected, Inspector, Progress, serve_inspection};
pub use limits::Limits;
pub use originals::{Originals, StoreError};
pub use picture::{MediaType, PagePicture};
pub use refusal::Refusal;
pub use take_in::{Gate, IngestError, Intake, Taken, take_in};

#[cfg(test)]
mod samples; // files made for tests
