//! TIFF: multi-page, all that scanners write; anything else is refused by its name.

use std::io::{self, Cursor, Read, Seek, SeekFrom};

use image::{
    DynamicImage, GrayImage, ImageBuffer, RgbImage, imageops::FilterType, metadata::Orientation,
};
use tiff::{
    ColorType, TiffError,
    decoder::{Decoder, DecodingResult, Limits as TiffLimits},
};

use super::{
    fax::{self, Fax},
    ifd::{Chain, Directory, Tag},
    jpeg::{Jpeg, plausible_dpi},
};
use crate::{
    Format, Limits, Refusal,
    picture::{Raster, WholePage, gray_if_colourless, opaque},
};

const NONE: u64 = 1;
const OLD_JPEG: u64 = 6;
const JPEG: u64 = 7;
const BLACK_IS_ZERO: u64 = 1;
const PALETTE: u64 = 3;
const YCBCR: u64 = 6;

/// One page of a TIFF file, from 1.
pub(super) fn page(
    bytes: &[u8],
    chain: &Chain,
    number: u32,
    limits: &Limits,
) -> Result<WholePage, Refusal> {
    let directory =
        chain.directory(bytes, number).ok_or_else(|| Refusal::truncated(Format::Tiff, number))?;
    let (width, height) = size(&directory, number)?;
    limits.check_size(number, width, height)?;
    check_parts(&directory, number, (width, height))?;

    let compression = directory.number(Tag::Compression).unwrap_or(NONE);
    let (mut image, bilevel) = if let Some(fax) = Fax::of_compression(compression) {
        let gray = fax::decode(fax, &directory, number, width, height)?;
        (DynamicImage::ImageLuma8(gray), true)
    } else {
        let image = decode(bytes, chain, &directory, number, limits)?;
        let one_bit = directory.number(Tag::BitsPerSample).unwrap_or(1) == 1;
        (image, one_bit && directory.number(Tag::Photometric) != Some(PALETTE))
    };
    let (across, down) = resolution(&directory);
    if bilevel && let Some(stretched) = square_fax_pixels(&image, across, down) {
        image = stretched;
        limits.check_size(number, image.width(), image.height())?;
    }
    let orientation = directory
        .number(Tag::Orientation)
        .and_then(|turn| Orientation::from_exif(u8::try_from(turn).ok()?))
        .unwrap_or(Orientation::NoTransforms);
    image.apply_orientation(orientation);
    let dpi = across.zip(down).map(|(across, down)| across.max(down)).and_then(plausible_dpi);
    Ok(WholePage::Pixels(Raster { image, bilevel, dpi }))
}

fn size(directory: &Directory<'_>, page: u32) -> Result<(u32, u32), Refusal> {
    let side = |tag| directory.number(tag).and_then(|side| u32::try_from(side).ok());
    side(Tag::ImageWidth)
        .zip(side(Tag::ImageLength))
        .ok_or_else(|| Refusal::damaged(page, "the size of the page is missing"))
}

/// Everything the directory points at must lie in the file; JPEG parts must have their end and
/// be no larger than the page.
fn check_parts(
    directory: &Directory<'_>,
    page: u32,
    (width, height): (u32, u32),
) -> Result<(), Refusal> {
    let parts =
        directory.parts().ok_or_else(|| Refusal::damaged(page, "its strips are missing"))?;
    let is_jpeg = directory.number(Tag::Compression) == Some(JPEG);
    // A tile may be larger than the page, and JPEG pads to its blocks.
    let tile = |tag| directory.number(tag).unwrap_or_default();
    let widest = u64::from(width).max(tile(Tag::TileWidth)) + 64;
    let highest = u64::from(height).max(tile(Tag::TileLength)) + 64;
    for part in parts {
        let data = directory.part(part).ok_or_else(|| Refusal::truncated(Format::Tiff, page))?;
        if is_jpeg {
            let jpeg = Jpeg::read(data, page).map_err(|refusal| in_tiff(refusal, page))?;
            if u64::from(jpeg.width) > widest || u64::from(jpeg.height) > highest {
                return Err(Refusal::damaged(page, "a JPEG part is larger than the page"));
            }
        }
    }
    Ok(())
}

fn in_tiff(refusal: Refusal, page: u32) -> Refusal {
    match refusal {
        Refusal::Truncated { .. } => Refusal::truncated(Format::Tiff, page),
        Refusal::Unsupported { what, .. } => Refusal::unsupported(Format::Tiff, page, what),
        other => other,
    }
}

/// Dots an inch across and down, as the file claims them.
fn resolution(directory: &Directory<'_>) -> (Option<f64>, Option<f64>) {
    let per_inch = match directory.number(Tag::ResolutionUnit).unwrap_or(2) {
        2 => 1.0,
        3 => 2.54,
        _ => return (None, None),
    };
    let along = |tag| directory.rational(tag).map(|dots| dots * per_inch);
    (along(Tag::XResolution), along(Tag::YResolution))
}

/// Fax machines in standard resolution write 204 × 98 dots an inch (T.30): viewers stretch such
/// a page to its shape, and so do we. Only that ratio: other unequal resolutions are mostly lies.
fn square_fax_pixels(
    image: &DynamicImage,
    across: Option<f64>,
    down: Option<f64>,
) -> Option<DynamicImage> {
    let ratio = across? / down?;
    (1.8..2.3).contains(&ratio).then(|| {
        let height = (f64::from(image.height()) * ratio).round() as u32;
        image.resize_exact(image.width(), height, FilterType::Nearest)
    })
}

/// All but fax, through the `tiff` crate, which is shown a file whose first page is this one.
fn decode(
    bytes: &[u8],
    chain: &Chain,
    directory: &Directory<'_>,
    page: u32,
    limits: &Limits,
) -> Result<DynamicImage, Refusal> {
    let unsupported = |what: &str| Refusal::unsupported(Format::Tiff, page, what);
    let damaged = |what: &str| Refusal::damaged(page, what);
    let compression = directory.number(Tag::Compression).unwrap_or(NONE);
    if compression == OLD_JPEG {
        return Err(unsupported("old-style JPEG (compression 6)"));
    }
    let reversed = directory.number(Tag::FillOrder) == Some(2);
    let one_bit = directory.number(Tag::BitsPerSample).unwrap_or(1) == 1;
    if reversed && one_bit && compression != NONE {
        return Err(unsupported("reversed bits (FillOrder 2)"));
    }
    let photometric = directory.number(Tag::Photometric);
    let mut patches = vec![chain.header_for(page).ok_or_else(|| damaged("no such page"))?];
    if photometric == Some(PALETTE) {
        // The crate knows no palettes: it reads the indices as gray, they are looked up below.
        patches.extend(directory.rewritten(Tag::Photometric, BLACK_IS_ZERO));
    }
    let mut allowed = TiffLimits::unlimited();
    // Four samples of 16 bits a pixel.
    let most = usize::try_from(limits.max_pixels.saturating_mul(8)).unwrap_or(usize::MAX);
    allowed.decoding_buffer_size = most;
    allowed.intermediate_buffer_size = most.max(bytes.len());
    allowed.ifd_value_size = bytes.len();
    let refuse = |error: TiffError| refusal_of(error, page);
    let reader = Patched { bytes: Cursor::new(bytes), patches };
    let mut decoder = Decoder::new(reader).map_err(refuse)?.with_limits(allowed);
    let (width, height) = decoder.dimensions().map_err(refuse)?;
    let colour = decoder.colortype().map_err(refuse)?;
    let mut pixels = DecodingResult::U8(Vec::new());
    let layout = decoder.read_image_to_buffer(&mut pixels).map_err(refuse)?;
    if layout.planes > 1 {
        pixels = interleaved(pixels, layout.planes);
    }
    if reversed
        && let DecodingResult::U8(packed) = &mut pixels
        && one_bit
    {
        for byte in packed {
            *byte = byte.reverse_bits();
        }
    }
    if photometric == Some(PALETTE) {
        let map = directory.numbers(Tag::ColorMap).ok_or_else(|| damaged("no colour map"))?;
        return look_up(&samples_of(pixels, colour, width, false), &map, width, height)
            .ok_or_else(|| damaged("its colour map is too short"));
    }
    let is_ycbcr = photometric == Some(YCBCR);
    to_image(pixels, colour, width, height, is_ycbcr)
        .ok_or_else(|| unsupported(&format!("samples of {colour:?}")))
}

fn refusal_of(error: TiffError, page: u32) -> Refusal {
    match error {
        TiffError::UnsupportedError(what) => {
            Refusal::unsupported(Format::Tiff, page, what.to_string())
        }
        TiffError::IoError(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            Refusal::truncated(Format::Tiff, page)
        }
        other => Refusal::damaged(page, other.to_string()),
    }
}

/// Planes one after the other become pixels side by side.
fn interleaved(planes: DecodingResult, n_planes: usize) -> DecodingResult {
    fn weave<T: Copy>(planes: &[T], n_planes: usize) -> Vec<T> {
        let plane = planes.len() / n_planes;
        (0..plane).flat_map(|at| (0..n_planes).map(move |n| planes[n * plane + at])).collect()
    }
    match planes {
        DecodingResult::U8(samples) => DecodingResult::U8(weave(&samples, n_planes)),
        DecodingResult::U16(samples) => DecodingResult::U16(weave(&samples, n_planes)),
        other => other,
    }
}

/// Each sample as a byte, rows unpacked; `scaled` spreads fewer bits over the whole range.
fn samples_of(pixels: DecodingResult, colour: ColorType, width: u32, scaled: bool) -> Vec<u8> {
    let bits = colour.bit_depth();
    match pixels {
        DecodingResult::U8(packed) if bits < 8 => {
            let row_bytes = (width as usize * usize::from(bits)).div_ceil(8);
            let most = (1_u16 << bits) - 1;
            packed
                .chunks_exact(row_bytes.max(1))
                .flat_map(|row| {
                    (0..width as usize).map(move |x| {
                        let bit = x * usize::from(bits);
                        let sample =
                            (row[bit / 8] >> (8 - usize::from(bits) - bit % 8)) & most as u8;
                        if scaled { (u16::from(sample) * 255 / most) as u8 } else { sample }
                    })
                })
                .collect()
        }
        DecodingResult::U8(samples) => samples,
        DecodingResult::U16(samples) => samples.into_iter().map(|s| (s >> 8) as u8).collect(),
        _ => Vec::new(),
    }
}

/// Indices to colours. A map holds all reds, then all greens, then all blues, 16 bits each
/// (TIFF 6.0, ColorMap); some writers use 8 bits of them.
fn look_up(indices: &[u8], map: &[u64], width: u32, height: u32) -> Option<DynamicImage> {
    let n = map.len() / 3;
    let shift = if map.iter().any(|&value| value > 255) { 8 } else { 0 };
    let mut rgb = Vec::with_capacity(indices.len() * 3);
    for &index in indices {
        for plane in 0..3 {
            let at = (usize::from(index) < n).then(|| plane * n + usize::from(index))?;
            rgb.push((map[at] >> shift) as u8);
        }
    }
    RgbImage::from_raw(width, height, rgb).map(gray_if_colourless)
}

fn to_image(
    pixels: DecodingResult,
    colour: ColorType,
    width: u32,
    height: u32,
    is_ycbcr: bool,
) -> Option<DynamicImage> {
    if !matches!(pixels, DecodingResult::U8(_) | DecodingResult::U16(_)) {
        return None;
    }
    let gray = |samples| GrayImage::from_raw(width, height, samples).map(DynamicImage::ImageLuma8);
    let rgb = |samples| RgbImage::from_raw(width, height, samples).map(DynamicImage::ImageRgb8);
    let samples = samples_of(pixels, colour, width, true);
    match colour {
        ColorType::Gray(_) => gray(samples),
        ColorType::RGB(_) if is_ycbcr => rgb(from_ycbcr(&samples)),
        ColorType::RGB(_) => rgb(samples),
        ColorType::YCbCr(_) => rgb(from_ycbcr(&samples)),
        ColorType::RGBA(_) => {
            ImageBuffer::from_raw(width, height, samples).map(DynamicImage::ImageRgba8).map(opaque)
        }
        ColorType::CMYK(_) => rgb(from_cmyk(&samples)),
        // Gray with something beside it, such as transparency: the gray alone is the page.
        ColorType::Multiband { num_samples, .. } => {
            gray(samples.into_iter().step_by(usize::from(num_samples)).collect())
        }
        _ => None,
    }
}

/// ITU-R BT.601 as TIFF 6.0 and JFIF have it by default.
fn from_ycbcr(samples: &[u8]) -> Vec<u8> {
    samples
        .chunks_exact(3)
        .flat_map(|pixel| {
            let [y, cb, cr] = [pixel[0], pixel[1], pixel[2]].map(f32::from);
            let (cb, cr) = (cb - 128.0, cr - 128.0);
            [y + 1.402 * cr, y - 0.344_14 * cb - 0.714_14 * cr, y + 1.772 * cb]
                .map(|channel| channel.round().clamp(0.0, 255.0) as u8)
        })
        .collect()
}

fn from_cmyk(samples: &[u8]) -> Vec<u8> {
    samples
        .chunks_exact(4)
        .flat_map(|pixel| {
            let light = 255 - u16::from(pixel[3]);
            [pixel[0], pixel[1], pixel[2]].map(|ink| ((255 - u16::from(ink)) * light / 255) as u8)
        })
        .collect()
}

/// A file with a few bytes replaced, without a copy of it.
struct Patched<'a> {
    bytes: Cursor<&'a [u8]>,
    patches: Vec<(usize, Vec<u8>)>,
}

impl Read for Patched<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let start = self.bytes.position() as usize;
        let n = self.bytes.read(out)?;
        for (at, patch) in &self.patches {
            for (offset, &byte) in patch.iter().enumerate() {
                if let Some(place) = (at + offset).checked_sub(start).filter(|&place| place < n) {
                    out[place] = byte;
                }
            }
        }
        Ok(n)
    }
}

impl Seek for Patched<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.bytes.seek(to)
    }
}
