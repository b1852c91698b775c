//! Whole files of every make, and what is left of them when something is cut off.

mod jpeg;
mod pdf;
mod png;
mod tiff;
mod wreckage;

use image::{DynamicImage, GrayImage};

use super::*;
use crate::MediaType;

fn open(bytes: impl Into<Bytes>) -> Result<Source, Refusal> {
    Source::open(bytes, &Limits::default())
}

/// The first page.
fn first(bytes: impl Into<Bytes>) -> Result<PagePicture, Refusal> {
    open(bytes)?.page(1)
}

/// The pixels of the first page.
fn pixels(bytes: impl Into<Bytes>) -> DynamicImage {
    crate::derive::decoded(&first(bytes).unwrap()).unwrap()
}

fn gray(bytes: impl Into<Bytes>) -> GrayImage {
    pixels(bytes).to_luma8()
}

fn code(bytes: impl Into<Bytes>) -> &'static str {
    first(bytes).map_or_else(|refusal| refusal.code(), |page| panic!("{page:?}"))
}

#[test]
fn a_source_can_be_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Source>();
}

#[test]
fn a_file_beyond_the_limit_of_bytes_is_refused() {
    let limits = Limits { max_bytes: 100, ..Limits::default() };
    let refused = Source::open(crate::samples::jpeg(60, 40), &limits).map(|_| ()).unwrap_err();
    assert_eq!(refused.code(), "too_many_bytes");
}

#[test]
fn a_page_that_is_not_there_is_refused() {
    let source = open(crate::samples::jpeg(60, 40)).unwrap();
    assert!(source.page(0).is_err());
    assert!(source.page(2).is_err());
}
