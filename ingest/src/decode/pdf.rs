//! PDF: a scan's own picture where a page is nothing else, a rendering otherwise.
//!
//! Readers mend what is broken and render a blank page where that fails. A chart must not lose a
//! page that way, so the file is checked first: that its end is there, that all pages its tree
//! counts were found, that every picture of a page is there and decodes.

mod marks; // what a page shows, without drawing it
mod picture; // the one picture of a scanned page
mod render; // everything else

use std::sync::Arc;

use bytes::Bytes;
use hayro::hayro_syntax::{
    LoadPdfError, Pdf,
    object::{Dict, Stream},
    page::Page,
};

use super::{Trust, inflate};
use crate::{Format, Limits, Refusal, picture::WholePage};

/// An opened PDF.
pub(super) struct Document {
    pdf: Pdf,
}

impl Document {
    pub(super) fn open(bytes: Bytes, limits: &Limits, trust: Trust) -> Result<Self, Refusal> {
        if trust == Trust::Nothing {
            check_end(&bytes)?;
            // The largest picture that is allowed, in four colours.
            inflate::check(&bytes, limits.max_pixels.saturating_mul(4))?;
        }
        let pdf = Pdf::new(Arc::new(bytes)).map_err(|error| match error {
            LoadPdfError::Decryption(_) => Refusal::EncryptedPdf,
            LoadPdfError::Invalid => damaged("it has no readable structure"),
        })?;
        let found = pdf.pages().len();
        if let Some(counted) = counted_pages(&pdf).filter(|&counted| counted > found) {
            return Err(damaged(&format!("{} of {counted} pages are missing", counted - found)));
        }
        Ok(Self { pdf })
    }

    pub(super) fn n_pages(&self) -> usize {
        self.pdf.pages().len()
    }

    /// One page, from 1.
    pub(super) fn page(
        &self,
        number: u32,
        limits: &Limits,
        trust: Trust,
    ) -> Result<WholePage, Refusal> {
        let page = (self.pdf.pages())
            .get(number as usize - 1)
            .ok_or_else(|| Refusal::damaged(number, "there is no such page"))?;
        check_parts(page, number)?;
        let marks = marks::on(page, number, limits)?;
        match marks.only_picture() {
            Some(placed) => picture::of(page, &placed, number, limits, trust),
            None => render::page(page, &marks, number, limits),
        }
    }
}

fn damaged(what: &str) -> Refusal {
    Refusal::Damaged { page: None, what: what.to_owned() }
}

/// A PDF ends with %%EOF; what a cut-off one has after its last %%EOF, if it has any from an
/// earlier version of the file, is the beginning of objects.
fn check_end(bytes: &[u8]) -> Result<(), Refusal> {
    const END: &[u8] = b"%%EOF";
    let truncated = Err(Refusal::Truncated { format: Format::Pdf, page: None });
    let Some(end) = bytes.windows(END.len()).rposition(|window| window == END) else {
        return truncated;
    };
    let rest = &bytes[end + END.len()..];
    if rest
        .windows(5)
        .any(|window| window == b" obj\n" || window == b" obj\r" || window == b" obj<")
    {
        return truncated;
    }
    match linearized_length(bytes) {
        Some(length) if length > bytes.len() => truncated,
        _ => Ok(()),
    }
}

/// The length of the file that a linearized one ("fast web view") states in its first object.
fn linearized_length(bytes: &[u8]) -> Option<usize> {
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(1024)]);
    let (_, dict) = start.split_once("/Linearized")?;
    let (dict, _) = dict.split_once(">>")?;
    let (_, length) = dict.split_once("/L ")?;
    length.split_whitespace().next()?.parse().ok()
}

/// How many pages the page tree says there are.
fn counted_pages(pdf: &Pdf) -> Option<usize> {
    let root: Dict<'_> = pdf.xref().get(pdf.xref().root_id())?;
    let pages: Dict<'_> = root.get("Pages")?;
    usize::try_from(pages.get::<i32>("Count")?).ok()
}

/// What the page names must be in the file.
fn check_parts(page: &Page<'_>, number: u32) -> Result<(), Refusal> {
    if page.raw().contains_key("Contents") && page.page_stream().is_none() {
        return Err(Refusal::damaged(number, "its contents are missing"));
    }
    let objects = &page.resources().x_objects;
    match objects.keys().find(|name| objects.get::<Stream<'_>>(name).is_none()) {
        Some(name) => {
            Err(Refusal::damaged(number, format!("its picture {} is missing", name.as_str())))
        }
        None => Ok(()),
    }
}
