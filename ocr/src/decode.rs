use std::io::Cursor;

use image::{DynamicImage, ImageDecoder, ImageReader, metadata::Orientation};

use crate::OcrError;

/// Longest side in pixels. The engine computes sizes in 32-bit signed integers.
const LONGEST_SIDE: u32 = 32_767;
/// An A3 page at 600 dpi in colour has 70 million pixels; the engine's own pages take four
/// bytes of each.
const MOST_PIXELS: u64 = 200_000_000;

/// A page picture from its file, standing as its EXIF tag says: the page as scanned.
pub fn decode(encoded: &[u8]) -> Result<DynamicImage, OcrError> {
    let reader = ImageReader::new(Cursor::new(encoded))
        .with_guessed_format()
        .map_err(image::ImageError::IoError)?;
    let mut decoder = reader.into_decoder()?;
    let (width, height) = decoder.dimensions();
    if width > LONGEST_SIDE
        || height > LONGEST_SIDE
        || u64::from(width) * u64::from(height) > MOST_PIXELS
    {
        return Err(OcrError::TooLarge { width, height, limit: LONGEST_SIDE });
    }
    // A tag that cannot be read is no reason to refuse the picture.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_no_picture() {
        assert!(matches!(decode(b"this is a letter"), Err(OcrError::Undecodable(_))));
    }

    #[test]
    fn a_picture_keeps_its_size() {
        let mut png = Cursor::new(Vec::new());
        DynamicImage::new_luma8(30, 20).write_to(&mut png, image::ImageFormat::Png).unwrap();
        let picture = decode(png.get_ref()).unwrap();
        assert_eq!((picture.width(), picture.height()), (30, 20));
    }

    #[test]
    fn half_a_picture_is_refused() {
        let mut png = Cursor::new(Vec::new());
        DynamicImage::new_luma8(300, 200).write_to(&mut png, image::ImageFormat::Png).unwrap();
        let bytes = png.into_inner();
        assert!(decode(&bytes[..bytes.len() / 2]).is_err());
    }
}
