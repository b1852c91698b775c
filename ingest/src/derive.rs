//! Pictures that the review pages show. All can be made again from the original at any time.
//!
//! Blocking work of tens of milliseconds: callers in async code use a thread for it.

use std::io::Cursor;

use chart::{Orientation, Rect};
use image::{
    DynamicImage, ImageReader, Limits as ImageLimits, codecs::jpeg::JpegEncoder,
    imageops::FilterType,
};

use crate::{Limits, MediaType, PagePicture, Refusal, picture};

/// JPEG quality of pictures for people. At 85 the strokes of 8-point kanji keep clean edges.
const QUALITY: u8 = 85;

/// An encoded picture that was made from a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Derived {
    /// A whole JPEG or PNG file.
    pub encoded: Vec<u8>,
    /// Which of the two.
    pub media_type: MediaType,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

/// The page turned upright as JPEG, no side longer than `max_side` pixels; never enlarged.
pub fn upright_jpeg(
    page: &PagePicture,
    orientation: Orientation,
    max_side: u32,
) -> Result<Derived, Refusal> {
    jpeg(&shrunk(upright(page, orientation)?, max_side), page.number)
}

/// The page turned upright as PNG, pixel for pixel, no side longer than `max_side` pixels.
pub fn upright_png(
    page: &PagePicture,
    orientation: Orientation,
    max_side: u32,
) -> Result<Derived, Refusal> {
    png(&shrunk(upright(page, orientation)?, max_side), page.number)
}

/// A small upright JPEG for lists.
pub fn thumbnail(
    page: &PagePicture,
    orientation: Orientation,
    max_side: u32,
) -> Result<Derived, Refusal> {
    let upright = upright(page, orientation)?;
    let (width, height) = fitted(upright.width(), upright.height(), max_side);
    jpeg(&upright.thumbnail_exact(width, height), page.number)
}

/// A part of the page as PNG, turned upright. `rect` is in pixels of the page as scanned, as it
/// stands in records; what of it lies outside the page is left out. `None` if all of it does.
pub fn crop(
    page: &PagePicture,
    orientation: Orientation,
    rect: Rect,
) -> Result<Option<Derived>, Refusal> {
    let whole = Rect::new(0, 0, page.width, page.height);
    let Some(seen) = rect.intersection(whole) else { return Ok(None) };
    let part = decoded(page)?.crop_imm(seen.x0, seen.y0, seen.width(), seen.height());
    png(&turned(part, orientation), page.number).map(Some)
}

/// The decoded pixels of a page picture.
pub fn decoded(page: &PagePicture) -> Result<DynamicImage, Refusal> {
    let refuse = |error: &dyn std::fmt::Display| Refusal::damaged(page.number, error.to_string());
    let mut reader = ImageReader::new(Cursor::new(&page.encoded[..]))
        .with_guessed_format()
        .map_err(|error| refuse(&error))?;
    let mut allowed = ImageLimits::no_limits();
    allowed.max_image_width = Some(Limits::MAX_SIDE);
    allowed.max_image_height = Some(Limits::MAX_SIDE);
    reader.limits(allowed);
    reader.decode().map(picture::opaque).map_err(|error| refuse(&error))
}

fn upright(page: &PagePicture, orientation: Orientation) -> Result<DynamicImage, Refusal> {
    Ok(turned(decoded(page)?, orientation))
}

fn turned(image: DynamicImage, orientation: Orientation) -> DynamicImage {
    match orientation {
        Orientation::Upright => image,
        Orientation::Clockwise90 => image.rotate90(),
        Orientation::UpsideDown => image.rotate180(),
        Orientation::Clockwise270 => image.rotate270(),
    }
}

fn shrunk(image: DynamicImage, max_side: u32) -> DynamicImage {
    let (width, height) = fitted(image.width(), image.height(), max_side);
    if (width, height) == (image.width(), image.height()) {
        return image;
    }
    image.resize_exact(width, height, FilterType::Triangle)
}

/// The largest size of that shape with no side longer than `max_side`, and no larger than it is.
fn fitted(width: u32, height: u32, max_side: u32) -> (u32, u32) {
    let longest = width.max(height).max(1);
    if longest <= max_side {
        return (width, height);
    }
    let fit = |side: u32| {
        (u64::from(side) * u64::from(max_side)).div_ceil(u64::from(longest)).max(1) as u32
    };
    (fit(width), fit(height))
}

fn jpeg(image: &DynamicImage, page: u32) -> Result<Derived, Refusal> {
    let mut encoded = Vec::new();
    JpegEncoder::new_with_quality(&mut encoded, QUALITY)
        .encode_image(image)
        .map_err(|error| Refusal::damaged(page, error.to_string()))?;
    let (width, height) = (image.width(), image.height());
    Ok(Derived { encoded, media_type: MediaType::Jpeg, width, height })
}

fn png(image: &DynamicImage, page: u32) -> Result<Derived, Refusal> {
    let encoded = picture::encode_png(image, false, None)
        .map_err(|error| Refusal::damaged(page, error.to_string()))?;
    let (width, height) = (image.width(), image.height());
    Ok(Derived { encoded, media_type: MediaType::Png, width, height })
}

#[cfg(test)]
mod tests {
    use image::{GrayImage, Luma};

    use super::*;

    /// 40 × 20, white, with a black mark in its upper left corner.
    fn page() -> PagePicture {
        let gray = GrayImage::from_fn(40, 20, |x, y| Luma([if x < 8 && y < 4 { 0 } else { 255 }]));
        let encoded = picture::encode_png(&gray.into(), false, None).unwrap().into();
        PagePicture {
            number: 1,
            encoded,
            media_type: MediaType::Png,
            width: 40,
            height: 20,
            dpi: None,
        }
    }

    fn pixel(derived: &Derived, x: u32, y: u32) -> u8 {
        image::load_from_memory(&derived.encoded).unwrap().to_luma8().get_pixel(x, y)[0]
    }

    #[test]
    fn a_quarter_turn_clockwise_brings_the_upper_left_corner_to_the_upper_right() {
        let upright = upright_png(&page(), Orientation::Clockwise90, 1000).unwrap();
        assert_eq!((upright.width, upright.height), (20, 40));
        assert_eq!(pixel(&upright, 19, 0), 0);
        assert_eq!(pixel(&upright, 0, 0), 255);
    }

    #[test]
    fn a_turned_rectangle_is_where_the_shared_geometry_says() {
        let mark = Rect::new(0, 0, 8, 4);
        for degrees in [0, 90, 180, 270] {
            let orientation = Orientation::from_degrees(degrees).unwrap();
            let upright = upright_png(&page(), orientation, 1000).unwrap();
            let there = orientation.to_upright(mark, 40, 20);
            assert_eq!(pixel(&upright, there.x0, there.y0), 0, "{degrees}");
            assert_eq!(pixel(&upright, there.x1 - 1, there.y1 - 1), 0, "{degrees}");
        }
    }

    #[test]
    fn a_picture_is_made_smaller_and_never_larger() {
        let small = upright_jpeg(&page(), Orientation::Upright, 10).unwrap();
        assert_eq!((small.width, small.height), (10, 5));
        let same = upright_jpeg(&page(), Orientation::Upright, 1000).unwrap();
        assert_eq!((same.width, same.height), (40, 20));
        let thumbnail = thumbnail(&page(), Orientation::Clockwise270, 10).unwrap();
        assert_eq!((thumbnail.width, thumbnail.height), (5, 10));
    }

    #[test]
    fn a_cut_out_is_clipped_to_the_page() {
        let cut = crop(&page(), Orientation::Upright, Rect::new(36, 18, 90, 90)).unwrap().unwrap();
        assert_eq!((cut.width, cut.height), (4, 2));
        let mark = crop(&page(), Orientation::UpsideDown, Rect::new(0, 0, 9, 4)).unwrap().unwrap();
        assert_eq!((pixel(&mark, 0, 0), pixel(&mark, 1, 0)), (255, 0));
        let beside = crop(&page(), Orientation::Upright, Rect::new(50, 0, 60, 5)).unwrap();
        assert_eq!(beside, None);
    }
}
