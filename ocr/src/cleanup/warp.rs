use image::{GrayImage, Luma};

use crate::mapping::Mapping;

/// Between places so many pixels apart the way back is taken to be straight: on a photo with a
/// perspective of a tenth that errs by less than a hundredth of a pixel.
const STRIDE: usize = 32;
/// Places in the source are counted in this fraction of a pixel.
const UNIT: i32 = 1 << 12;

/// Draws a picture of the given size, each pixel taken from where `back` leads in `source`;
/// white where that is outside.
pub fn warp(source: &GrayImage, back: &Mapping, width: u32, height: u32) -> GrayImage {
    let mut picture = GrayImage::from_pixel(width, height, Luma([255]));
    if width == 0 || source.width() < 2 || source.height() < 2 {
        return picture;
    }
    let fixed = |x: usize, y: usize| {
        let (from_x, from_y) = back.point(x as f64, y as f64);
        // The conversion saturates; what is far outside stays outside.
        let part = |at: f64| (at * f64::from(UNIT)) as i32;
        (part(from_x), part(from_y))
    };
    for (y, row) in picture.as_mut().chunks_exact_mut(width as usize).enumerate() {
        let mut from = fixed(0, y);
        for (stretch, pixels) in row.chunks_mut(STRIDE).enumerate() {
            let to = fixed((stretch + 1) * STRIDE, y);
            let step = (
                to.0.saturating_sub(from.0) / STRIDE as i32,
                to.1.saturating_sub(from.1) / STRIDE as i32,
            );
            let (mut at_x, mut at_y) = from;
            for pixel in pixels {
                if let Some(value) = bilinear(source, at_x, at_y) {
                    *pixel = value;
                }
                at_x = at_x.saturating_add(step.0);
                at_y = at_y.saturating_add(step.1);
            }
            from = to;
        }
    }
    picture
}

/// The grey value between four pixels, at a place in units; `None` outside the picture.
fn bilinear(picture: &GrayImage, x: i32, y: i32) -> Option<u8> {
    let (left, top) = (x.div_euclid(UNIT), y.div_euclid(UNIT));
    let width = picture.width() as usize;
    let (left, top) = (usize::try_from(left).ok()?, usize::try_from(top).ok()?);
    if left + 1 >= width || top + 1 >= picture.height() as usize {
        return None;
    }
    let (fx, fy) = (x.rem_euclid(UNIT), y.rem_euclid(UNIT));
    let at = top * width + left;
    let upper = picture.as_raw().get(at..at + 2)?;
    let lower = picture.as_raw().get(at + width..at + width + 2)?;
    let along = |pair: &[u8]| i32::from(pair[0]) * (UNIT - fx) + i32::from(pair[1]) * fx;
    // Two factors of 4,096 times 255 fit in 32 bits once the first is shortened.
    let value = (along(upper) >> 4) * (UNIT - fy) + (along(lower) >> 4) * fy;
    Some(((value + (1 << 19)) >> 20) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_place_gives_the_same_picture() {
        let source = GrayImage::from_fn(20, 10, |x, y| Luma([(x * 7 + y * 11) as u8]));
        let copy = warp(&source, &Mapping::IDENTITY, 20, 10);
        assert_eq!(copy.get_pixel(7, 4), source.get_pixel(7, 4));
        // The last row and column have no neighbours to lie between.
        assert_eq!(copy.get_pixel(19, 9).0[0], 255);
    }
}
