//! JPEG: the original's bytes wherever they show the page as it is.
//!
//! The markers are walked before anything is decoded, because a decoder fills what is missing
//! with gray: a file whose end-of-image marker is missing is truncated, whatever it looks like.

use std::{collections::BTreeMap, ops::Range};

use bytes::Bytes;
use image::{DynamicImage, GrayImage, RgbImage, metadata::Orientation};
use zune_jpeg::{
    JpegDecoder,
    errors::DecodeErrors,
    zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions},
};

use super::Trust;
use crate::{
    Format, Limits, MediaType, Refusal,
    picture::{Raster, WholePage},
};

const SOI: u8 = 0xd8;
const EOI: u8 = 0xd9;
const SOS: u8 = 0xda;
const APP0: u8 = 0xe0;
const APP1: u8 = 0xe1;
const APP14: u8 = 0xee;
/// Before the TIFF structure of an EXIF segment.
const EXIF: &[u8] = b"Exif\0\0";

/// What the markers say.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Jpeg {
    pub(super) width: u32,
    pub(super) height: u32,
    /// 1 gray, 3 colour, 4 CMYK.
    pub(super) components: u8,
    /// The number of its SOF marker: 0 baseline, 1 extended, 2 progressive, others rare.
    process: u8,
    bits: u8,
    pub(super) orientation: Orientation,
    /// Where the TIFF structure of its EXIF segment stands.
    exif: Option<Range<usize>>,
    pub(super) dpi: Option<u32>,
    /// Colour transform of the Adobe segment, where there is one.
    pub(super) adobe_transform: Option<u8>,
    /// Where the end-of-image marker ends. Phones append a second picture or a film after it.
    end: usize,
    /// Where the data of the last scan ends.
    last_scan: usize,
    /// Of progressive files, for each component (by its number in the file) the coefficients
    /// that arrived to their last bit.
    finished: BTreeMap<u8, u64>,
    /// Stray bytes between segments, which strict decoders refuse and all viewers skip.
    stray: Vec<Range<usize>>,
}

/// The one page of a JPEG file.
pub(super) fn page(bytes: &Bytes, limits: &Limits, trust: Trust) -> Result<WholePage, Refusal> {
    let jpeg = Jpeg::read(bytes, 1)?;
    limits.check_size(1, jpeg.width, jpeg.height)?;
    let stays = jpeg.orientation == Orientation::NoTransforms && jpeg.shows_everywhere();
    if stays && trust == Trust::Checked {
        return Ok(jpeg.as_it_is(bytes.clone()));
    }
    let mut image = jpeg.decode(bytes, 1)?;
    if stays {
        return Ok(jpeg.as_it_is(bytes.clone()));
    }
    image.apply_orientation(jpeg.orientation);
    Ok(WholePage::Pixels(Raster { image, bilevel: false, dpi: jpeg.dpi }))
}

impl Jpeg {
    /// Walks the markers to the end of the image.
    pub(super) fn read(bytes: &[u8], page: u32) -> Result<Self, Refusal> {
        let truncated = || Refusal::truncated(Format::Jpeg, page);
        let mut jpeg = Self {
            width: 0,
            height: 0,
            components: 0,
            process: 0,
            bits: 0,
            orientation: Orientation::NoTransforms,
            exif: None,
            dpi: None,
            adobe_transform: None,
            end: 0,
            last_scan: 0,
            finished: BTreeMap::new(),
            stray: Vec::new(),
        };
        let mut at = 2;
        loop {
            let (marker, start) = next_marker(bytes, at).ok_or_else(truncated)?;
            if start > at {
                jpeg.stray.push(at..start);
            }
            at = start + 2;
            match marker {
                EOI => {
                    jpeg.end = at;
                    break;
                }
                SOI | 0x01 | 0xd0..=0xd7 => continue,
                _ => {}
            }
            let length = be16(bytes, at).ok_or_else(truncated)? as usize;
            let body = at + 2..at + length.max(2);
            let segment = bytes.get(body.clone()).ok_or_else(truncated)?;
            at = body.end;
            match marker {
                0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                    jpeg.frame(marker - 0xc0, segment)
                        .ok_or_else(|| Refusal::damaged(page, "JPEG frame header too short"))?;
                }
                APP0 => jpeg.dpi = jpeg.dpi.or_else(|| jfif_dpi(segment)),
                APP1 if segment.starts_with(EXIF) && jpeg.exif.is_none() => {
                    let exif = body.start + EXIF.len()..body.end;
                    jpeg.orientation = Orientation::from_exif_chunk(&bytes[exif.clone()])
                        .unwrap_or(Orientation::NoTransforms);
                    jpeg.exif = Some(exif);
                }
                APP14 if segment.starts_with(b"Adobe") => {
                    jpeg.adobe_transform = segment.get(11).copied();
                }
                SOS => {
                    jpeg.scan(segment);
                    at = end_of_scan(bytes, at).ok_or_else(truncated)?;
                    jpeg.last_scan = at;
                }
                _ => {}
            }
        }
        if jpeg.components == 0 {
            return Err(Refusal::damaged(page, "JPEG without a frame"));
        }
        jpeg.check_variant(page)?;
        if jpeg.is_unfinished() {
            return Err(truncated());
        }
        Ok(jpeg)
    }

    fn frame(&mut self, process: u8, segment: &[u8]) -> Option<()> {
        self.process = process;
        self.bits = *segment.first()?;
        self.height = be16(segment, 1)?.into();
        self.width = be16(segment, 3)?.into();
        self.components = *segment.get(5)?;
        Some(())
    }

    /// Notes what a scan of a progressive file completes (ITU-T T.81, B.2.3 and G.1.1): which
    /// coefficients, of which components, and whether to the last bit.
    fn scan(&mut self, segment: &[u8]) {
        let Some((&n, rest)) = segment.split_first() else { return };
        let (components, rest) = rest.split_at_checked(usize::from(n) * 2).unwrap_or_default();
        let &[first, last, bits, ..] = rest else { return };
        let is_last_bit = bits.trailing_zeros() >= 4;
        let band = (first..=last.min(63)).fold(0, |band, k| band | (1_u64 << k.min(63)));
        for component in components.chunks_exact(2) {
            let finished = self.finished.entry(component[0]).or_default();
            *finished |= if is_last_bit { band } else { 0 };
        }
    }

    /// Whether scans of a progressive file are missing altogether. Baseline files have one scan
    /// for each component at least.
    fn is_unfinished(&self) -> bool {
        const PROGRESSIVE: u8 = 2;
        let n_components = usize::from(self.components);
        self.finished.len() < n_components
            || self.process == PROGRESSIVE && self.finished.values().any(|&band| band != u64::MAX)
    }

    fn check_variant(&self, page: u32) -> Result<(), Refusal> {
        let what = match (self.process, self.bits, self.components) {
            (0..=2, 8, 1 | 3 | 4) if self.height > 0 => return Ok(()),
            (0..=2, 8, 1 | 3 | 4) => "the height stands after the picture (DNL)".to_owned(),
            (0..=2, 8, components) => format!("{components} colour components"),
            (0..=2, bits, _) => format!("{bits} bits a sample"),
            (3 | 7 | 11 | 15, ..) => "lossless JPEG".to_owned(),
            (9..=11 | 13..=15, ..) => "arithmetic coding".to_owned(),
            (process, ..) => format!("coding process SOF{process}"),
        };
        Err(Refusal::unsupported(Format::Jpeg, page, what))
    }

    /// Gray or colour, as every browser and recogniser takes it; CMYK is not shown alike.
    pub(super) const fn shows_everywhere(&self) -> bool {
        matches!(self.components, 1 | 3)
    }

    /// The bytes as the page's picture.
    pub(super) fn as_it_is(&self, encoded: Bytes) -> WholePage {
        WholePage::AsItIs {
            encoded,
            media_type: MediaType::Jpeg,
            width: self.width,
            height: self.height,
            dpi: self.dpi,
        }
    }

    /// The same picture with nothing in it that asks a viewer to turn it.
    pub(super) fn without_orientation(&self, bytes: &Bytes) -> Bytes {
        match &self.exif {
            Some(exif) if self.orientation != Orientation::NoTransforms => {
                let mut turned = bytes.to_vec();
                let _ = Orientation::remove_from_exif_chunk(&mut turned[exif.clone()]);
                turned.into()
            }
            _ => bytes.clone(),
        }
    }

    /// All its pixels, or a refusal; never a picture that is gray where data is missing.
    pub(super) fn decode(&self, bytes: &[u8], page: u32) -> Result<DynamicImage, Refusal> {
        let damaged = |what: String| Refusal::damaged(page, what);
        let clean = self.without_stray_bytes(bytes);
        let pixels = self.pixels(&clean, true).map_err(|error| damaged(error.to_string()))?;
        // An end-of-image marker may stand where the data broke off. A decoder that ran out of
        // data goes on with zeros without a word; given some other data there, it makes another
        // picture of it, and of a whole picture the same.
        let more = self.with_more_data(&clean);
        if self.pixels(&more, false).is_ok_and(|other| other != pixels) {
            return Err(damaged("the picture's data ends before the picture does".to_owned()));
        }
        let image = if self.components == 1 {
            GrayImage::from_raw(self.width, self.height, pixels).map(DynamicImage::ImageLuma8)
        } else {
            RgbImage::from_raw(self.width, self.height, pixels).map(DynamicImage::ImageRgb8)
        };
        image.ok_or_else(|| damaged("its pixels do not fill its size".to_owned()))
    }

    fn pixels(&self, bytes: &[u8], strict: bool) -> Result<Vec<u8>, DecodeErrors> {
        let space = if self.components == 1 { ColorSpace::Luma } else { ColorSpace::RGB };
        let options = DecoderOptions::default()
            .set_strict_mode(strict)
            .set_max_width(usize::from(u16::MAX))
            .set_max_height(usize::from(u16::MAX))
            .jpeg_set_out_colorspace(space);
        JpegDecoder::new_with_options(ZCursor::new(bytes), options).decode()
    }

    /// The same file with a few kilobytes of data behind its last scan.
    fn with_more_data(&self, clean: &[u8]) -> Vec<u8> {
        let before = self.stray.iter().filter(|stray| stray.end <= self.last_scan);
        let dropped: usize = before.map(ExactSizeIterator::len).sum();
        let (picture, tail) = clean.split_at(self.last_scan - dropped);
        let noise = (1..=4096_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 25) as u8);
        [picture, &noise.collect::<Vec<_>>(), tail].concat()
    }

    fn without_stray_bytes<'a>(&self, bytes: &'a [u8]) -> std::borrow::Cow<'a, [u8]> {
        if self.stray.is_empty() {
            return bytes[..self.end].into();
        }
        let mut clean = Vec::with_capacity(self.end);
        let mut from = 0;
        for stray in &self.stray {
            clean.extend_from_slice(&bytes[from..stray.start]);
            from = stray.end;
        }
        clean.extend_from_slice(&bytes[from..self.end]);
        clean.into()
    }
}

/// The next marker at or after `at`, and where its 0xff stands (the last one of fill bytes).
fn next_marker(bytes: &[u8], at: usize) -> Option<(u8, usize)> {
    let mut at = at;
    loop {
        at += bytes.get(at..)?.iter().position(|&byte| byte == 0xff)?;
        match *bytes.get(at + 1)? {
            0xff => at += 1,
            0x00 => at += 2,
            marker => return Some((marker, at)),
        }
    }
}

/// Where the entropy-coded data of a scan ends: at the next marker that is no restart.
fn end_of_scan(bytes: &[u8], at: usize) -> Option<usize> {
    let mut at = at;
    loop {
        let (marker, start) = next_marker(bytes, at)?;
        if !matches!(marker, 0xd0..=0xd7) {
            return Some(start);
        }
        at = start + 2;
    }
}

fn jfif_dpi(segment: &[u8]) -> Option<u32> {
    if !segment.starts_with(b"JFIF\0") {
        return None;
    }
    let across = f64::from(be16(segment, 8)?);
    let dpi = match segment.get(7)? {
        1 => across,
        2 => across * 2.54,
        _ => return None,
    };
    plausible_dpi(dpi)
}

/// Resolutions that a page can have been scanned at; anything else is no information.
pub(super) fn plausible_dpi(dpi: f64) -> Option<u32> {
    (50.0..=4800.0).contains(&dpi).then_some(dpi.round() as u32)
}

fn be16(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes([*bytes.get(at)?, *bytes.get(at + 1)?]))
}
