//! PNG: the original's bytes where they are eight bits or less without transparency.

use std::io::Cursor;

use bytes::Bytes;
use image::{
    DynamicImage, ImageDecoder, ImageError, codecs::png::PngDecoder, metadata::Orientation,
};

use super::jpeg::plausible_dpi;
use crate::{
    Format, Limits, MediaType, Refusal,
    picture::{Raster, WholePage, opaque},
};

const SIGNATURE: usize = 8;

/// The one page of a PNG file; of an animation its first picture.
pub(super) fn page(bytes: &Bytes, limits: &Limits) -> Result<WholePage, Refusal> {
    let chunks = Chunks::read(bytes)?;
    limits.check_size(1, chunks.width, chunks.height)?;
    let damaged = |error: ImageError| Refusal::damaged(1, error.to_string());
    let mut allowed = image::Limits::no_limits();
    // Eight bytes a pixel at most (16-bit RGBA), twice for the decoder's own rows and chunks.
    allowed.max_alloc = Some(limits.max_pixels.saturating_mul(16));
    let mut decoder = PngDecoder::with_limits(Cursor::new(&bytes[..]), allowed).map_err(damaged)?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let image = DynamicImage::from_decoder(decoder).map_err(damaged)?;
    let shows_everywhere =
        matches!(image, DynamicImage::ImageLuma8(_) | DynamicImage::ImageRgb8(_));
    if shows_everywhere && orientation == Orientation::NoTransforms {
        return Ok(WholePage::AsItIs {
            encoded: bytes.clone(),
            media_type: MediaType::Png,
            width: chunks.width,
            height: chunks.height,
            dpi: chunks.dpi,
        });
    }
    let mut image = opaque(image);
    image.apply_orientation(orientation);
    Ok(WholePage::Pixels(Raster { image, bilevel: false, dpi: chunks.dpi }))
}

/// What the chunks say, all the way to IEND: decoders are content without the end.
struct Chunks {
    width: u32,
    height: u32,
    dpi: Option<u32>,
}

impl Chunks {
    fn read(bytes: &[u8]) -> Result<Self, Refusal> {
        let mut read = Self { width: 0, height: 0, dpi: None };
        let mut at = SIGNATURE;
        loop {
            let (name, data) =
                chunk(bytes, at).ok_or_else(|| Refusal::truncated(Format::Png, 1))?;
            match name {
                b"IHDR" => {
                    read.width = be32(data, 0).unwrap_or_default();
                    read.height = be32(data, 4).unwrap_or_default();
                }
                b"pHYs" if data.get(8) == Some(&1) => {
                    let per_metre = be32(data, 0).unwrap_or_default();
                    read.dpi = plausible_dpi(f64::from(per_metre) * 0.0254);
                }
                b"IEND" => return Ok(read),
                _ => {}
            }
            at += data.len() + 12;
        }
    }
}

/// Name and data of the chunk at `at`, if it is there with its checksum.
fn chunk(bytes: &[u8], at: usize) -> Option<(&[u8; 4], &[u8])> {
    let length = be32(bytes, at)? as usize;
    let name = bytes.get(at + 4..at + 8)?.try_into().ok()?;
    let data = bytes.get(at + 8..at.checked_add(8)?.checked_add(length)?)?;
    bytes.get(at + 8 + length..at + 12 + length)?;
    Some((name, data))
}

fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}
