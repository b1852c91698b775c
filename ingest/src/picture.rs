//! One page as a picture that recognition and browsers can show.

use std::fmt;

use bytes::Bytes;
use image::{DynamicImage, GrayImage, RgbImage};

use crate::Refusal;

/// What the encoded bytes of a picture are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the words say it")]
pub enum MediaType {
    Jpeg,
    Png,
}

impl MediaType {
    /// For the Content-Type header.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        }
    }
}

impl fmt::Display for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One page, encoded. Its pixels are the frame of coordinates of everything that is said about
/// the page: no orientation is left to be applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PagePicture {
    /// The page, from 1.
    pub number: u32,
    /// A whole JPEG or PNG file. The original's own bytes where that is possible.
    pub encoded: Bytes,
    /// Which of the two.
    pub media_type: MediaType,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Resolution as the file claims it, in dots an inch. Scanners lie here: no proof of size.
    pub dpi: Option<u32>,
}

/// Decoded pixels of a page: eight bits gray or RGB, no transparency.
#[derive(Debug, Clone)]
pub(crate) struct Raster {
    pub(crate) image: DynamicImage,
    /// Black and white only; written with one bit a pixel.
    pub(crate) bilevel: bool,
    pub(crate) dpi: Option<u32>,
}

/// A page that was decoded and found whole.
#[derive(Debug, Clone)]
pub(crate) enum WholePage {
    /// The original's bytes show the page as they are.
    AsItIs { encoded: Bytes, media_type: MediaType, width: u32, height: u32, dpi: Option<u32> },
    /// Pixels that have to be encoded.
    Pixels(Raster),
}

impl WholePage {
    pub(crate) fn dimensions(&self) -> (u32, u32) {
        match self {
            Self::AsItIs { width, height, .. } => (*width, *height),
            Self::Pixels(raster) => (raster.image.width(), raster.image.height()),
        }
    }

    pub(crate) fn dpi(&self) -> Option<u32> {
        match self {
            Self::AsItIs { dpi, .. } => *dpi,
            Self::Pixels(raster) => raster.dpi,
        }
    }

    pub(crate) fn into_picture(self, number: u32) -> Result<PagePicture, Refusal> {
        Ok(match self {
            Self::AsItIs { encoded, media_type, width, height, dpi } => {
                PagePicture { number, encoded, media_type, width, height, dpi }
            }
            Self::Pixels(raster) => PagePicture {
                number,
                encoded: encode_png(&raster.image, raster.bilevel, raster.dpi)
                    .map_err(|error| Refusal::damaged(number, error.to_string()))?
                    .into(),
                media_type: MediaType::Png,
                width: raster.image.width(),
                height: raster.image.height(),
                dpi: raster.dpi,
            },
        })
    }
}

/// Eight bits gray or RGB; what is transparent shows the white of the paper.
pub(crate) fn opaque(image: DynamicImage) -> DynamicImage {
    match image {
        DynamicImage::ImageLuma8(_) | DynamicImage::ImageRgb8(_) => image,
        DynamicImage::ImageLuma16(_) => DynamicImage::ImageLuma8(image.to_luma8()),
        image if image.color().has_alpha() => {
            let rgba = image.to_rgba8();
            let (width, height) = rgba.dimensions();
            let rgb = rgba.pixels().flat_map(|pixel| {
                let [r, g, b, alpha] = pixel.0;
                [r, g, b].map(|channel| over_white(channel, alpha))
            });
            let rgb = RgbImage::from_raw(width, height, rgb.collect());
            gray_if_colourless(rgb.unwrap_or_default())
        }
        other => DynamicImage::ImageRgb8(other.to_rgb8()),
    }
}

fn over_white(channel: u8, alpha: u8) -> u8 {
    let (channel, alpha) = (u32::from(channel), u32::from(alpha));
    ((channel * alpha + 255 * (255 - alpha) + 127) / 255) as u8
}

/// One channel where three say the same.
pub(crate) fn gray_if_colourless(rgb: RgbImage) -> DynamicImage {
    if rgb.pixels().any(|pixel| pixel[0] != pixel[1] || pixel[1] != pixel[2]) {
        return DynamicImage::ImageRgb8(rgb);
    }
    let (width, height) = rgb.dimensions();
    let gray = rgb.pixels().map(|pixel| pixel[0]).collect();
    DynamicImage::ImageLuma8(GrayImage::from_raw(width, height, gray).unwrap_or_default())
}

/// A PNG file of these pixels. Fast compression: such a picture is made again when it is needed
/// and seldom kept.
pub(crate) fn encode_png(
    image: &DynamicImage,
    bilevel: bool,
    dpi: Option<u32>,
) -> Result<Vec<u8>, png::EncodingError> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, image.width(), image.height());
    encoder.set_compression(png::Compression::Fast);
    if let Some(dpi) = dpi {
        let per_metre = (f64::from(dpi) / 0.0254).round() as u32;
        encoder.set_pixel_dims(Some(png::PixelDimensions {
            xppu: per_metre,
            yppu: per_metre,
            unit: png::Unit::Meter,
        }));
    }
    let packed;
    let data = match image {
        DynamicImage::ImageLuma8(gray) if bilevel => {
            encoder.set_color(png::ColorType::Grayscale);
            encoder.set_depth(png::BitDepth::One);
            packed = pack(gray);
            &packed
        }
        DynamicImage::ImageLuma8(gray) => {
            encoder.set_color(png::ColorType::Grayscale);
            gray.as_raw()
        }
        DynamicImage::ImageRgb8(rgb) => {
            encoder.set_color(png::ColorType::Rgb);
            rgb.as_raw()
        }
        other => {
            encoder.set_color(png::ColorType::Rgb);
            packed = other.to_rgb8().into_raw();
            &packed
        }
    };
    let mut writer = encoder.write_header()?;
    writer.write_image_data(data)?;
    writer.finish()?;
    Ok(file)
}

fn pack(gray: &GrayImage) -> Vec<u8> {
    let row_bytes = gray.width().div_ceil(8) as usize;
    let mut packed = Vec::with_capacity(row_bytes * gray.height() as usize);
    for row in gray.as_raw().chunks_exact(gray.width().max(1) as usize) {
        packed.extend(row.chunks(8).map(|pixels| {
            pixels
                .iter()
                .enumerate()
                .fold(0, |byte, (bit, &pixel)| byte | (u8::from(pixel >= 128) << (7 - bit)))
        }));
    }
    packed
}

#[cfg(test)]
mod tests {
    use image::{Luma, LumaA, Rgba, RgbaImage};

    use super::*;

    #[test]
    fn one_bit_a_pixel_comes_back_as_it_was() {
        let gray = GrayImage::from_fn(13, 5, |x, y| Luma([if (x * y) % 3 == 0 { 255 } else { 0 }]));
        let image = DynamicImage::ImageLuma8(gray.clone());
        let encoded = encode_png(&image, true, Some(300)).unwrap();
        assert_eq!(image::load_from_memory(&encoded).unwrap().to_luma8(), gray);
    }

    #[test]
    fn transparent_paper_is_white() {
        let rgba = RgbaImage::from_pixel(2, 2, Rgba([0, 0, 0, 0]));
        assert_eq!(opaque(rgba.into()).to_luma8().get_pixel(0, 0), &Luma([255]));
        let half = image::GrayAlphaImage::from_pixel(2, 2, LumaA([0, 128]));
        assert_eq!(opaque(half.into()).to_luma8().get_pixel(0, 0), &Luma([127]));
    }

    #[test]
    fn colour_is_kept_where_there_is_any() {
        let mut rgb = RgbImage::from_pixel(4, 4, image::Rgb([9, 9, 9]));
        assert!(matches!(gray_if_colourless(rgb.clone()), DynamicImage::ImageLuma8(_)));
        rgb.put_pixel(3, 3, image::Rgb([200, 9, 9]));
        assert!(matches!(gray_if_colourless(rgb), DynamicImage::ImageRgb8(_)));
    }
}
