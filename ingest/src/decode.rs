//! Bytes to page pictures, one page at a time.
//!
//! Opening a source reads its structure only: what it is, how many pages, how large. Every page
//! is then decoded as a whole before it counts as good; limits are checked on what the headers
//! declare, before anything of that size is allocated.

mod fax; // CCITT G3 and G4
mod ifd; // the skeleton of a TIFF file
mod inflate; // how far compressed data would grow
mod jpeg;
mod pdf;
mod png;
mod tiff;

use std::panic::{AssertUnwindSafe, catch_unwind};

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::{Format, Limits, PagePicture, Refusal, picture::WholePage};

/// A file that was opened: its structure is known, its pages are decoded on demand.
pub struct Source {
    bytes: Bytes,
    limits: Limits,
    format: Format,
    n_pages: u32,
    kind: Kind,
    trust: Trust,
}

/// What is known of a file's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trust {
    /// Nothing: every page is decoded to the end, even where its bytes are handed on as they are.
    Nothing,
    /// All pages were decoded when the file was taken in, and its fingerprint is the same.
    Checked,
}

enum Kind {
    Jpeg,
    Png,
    Tiff(ifd::Chain),
    Pdf(Box<pdf::Document>),
}

/// A page that was decoded and found whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageSize {
    /// The page, from 1.
    pub number: u32,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Resolution as the file claims it.
    pub dpi: Option<u32>,
}

impl Source {
    /// Reads the structure of a file: its format, its number of pages.
    pub fn open(bytes: impl Into<Bytes>, limits: &Limits) -> Result<Self, Refusal> {
        Self::open_with(bytes.into(), limits, Trust::Nothing)
    }

    /// Opens a file that was taken in before, by bytes that [`crate::Originals::get`] compared
    /// with their fingerprint: what needs no second look is not decoded again.
    pub fn open_original(original: impl Into<Bytes>, limits: &Limits) -> Result<Self, Refusal> {
        Self::open_with(original.into(), limits, Trust::Checked)
    }

    fn open_with(bytes: Bytes, limits: &Limits, trust: Trust) -> Result<Self, Refusal> {
        limits.check_bytes(bytes.len() as u64)?;
        let format = Format::of(&bytes)?;
        let kind = guarded(None, || {
            Ok(match format {
                Format::Jpeg => Kind::Jpeg,
                Format::Png => Kind::Png,
                Format::Tiff => Kind::Tiff(ifd::Chain::read(&bytes, limits)?),
                Format::Pdf => {
                    Kind::Pdf(Box::new(pdf::Document::open(bytes.clone(), limits, trust)?))
                }
            })
        })?;
        let n_pages = limits.check_pages(match &kind {
            Kind::Jpeg | Kind::Png => 1,
            Kind::Tiff(chain) => chain.pages.len(),
            Kind::Pdf(document) => document.n_pages(),
        })?;
        Ok(Self { bytes, limits: *limits, format, n_pages, kind, trust })
    }

    /// What the file is.
    pub const fn format(&self) -> Format {
        self.format
    }

    /// How many pages it has; at least one.
    pub const fn n_pages(&self) -> u32 {
        self.n_pages
    }

    /// One page as a picture; pages are counted from 1.
    pub fn page(&self, number: u32) -> Result<PagePicture, Refusal> {
        self.decode(number)?.into_picture(number)
    }

    /// Decodes one page to see that it is whole, without encoding it again.
    pub fn check_page(&self, number: u32) -> Result<PageSize, Refusal> {
        let page = self.decode(number)?;
        let (width, height) = page.dimensions();
        Ok(PageSize { number, width, height, dpi: page.dpi() })
    }

    /// The pages in order, each decoded when it is asked for: the memory of one page at a time.
    pub fn pages(&self) -> impl Iterator<Item = Result<PagePicture, Refusal>> + '_ {
        (1..=self.n_pages).map(|number| self.page(number))
    }

    fn decode(&self, number: u32) -> Result<WholePage, Refusal> {
        if number == 0 || number > self.n_pages {
            return Err(Refusal::damaged(number, format!("there are {} pages", self.n_pages)));
        }
        guarded(Some(number), || match &self.kind {
            Kind::Jpeg => jpeg::page(&self.bytes, &self.limits, self.trust),
            Kind::Png => png::page(&self.bytes, &self.limits),
            Kind::Tiff(chain) => tiff::page(&self.bytes, chain, number, &self.limits),
            Kind::Pdf(document) => document.page(number, &self.limits, self.trust),
        })
    }
}

/// Makes one page picture of an original again; pages are counted from 1. The bytes are those of
/// a file that was taken in: see [`Source::open_original`].
pub fn page_picture(
    original: impl Into<Bytes>,
    number: u32,
    limits: &Limits,
) -> Result<PagePicture, Refusal> {
    Source::open_original(original, limits)?.page(number)
}

/// A decoder that panics on a file has found a damaged file, not a reason to stop the service.
fn guarded<T>(page: Option<u32>, work: impl FnOnce() -> Result<T, Refusal>) -> Result<T, Refusal> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        Err(Refusal::Damaged { page, what: "the decoder gave up on it".to_owned() })
    })
}

#[cfg(test)]
mod tests;
