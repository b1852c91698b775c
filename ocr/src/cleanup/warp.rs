use image::{GrayImage, Luma};

use crate::mapping::Mapping;

/// Between places so many pixels apart the way back is taken to be straight: on a photo with a
/// perspective of a tenth that errs by less than a hundredth of a pixel.
const STRIDE: usize = 32;
/// Places in the source are counted in this fraction of a pixel, a power of two.
const UNIT: i32 = 1 << UNIT_BITS;
const UNIT_BITS: u32 = 12;

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
            // Most stretches lie inside from end to end, and half of them on paper that is white.
            if is_inside(source, from) && is_inside(source, to) {
                if is_white(source, from, to) {
                    from = to;
                    continue;
                }
                for pixel in pixels {
                    *pixel = bilinear(source, at_x, at_y);
                    at_x += step.0;
                    at_y += step.1;
                }
            } else {
                for pixel in pixels {
                    if is_inside(source, (at_x, at_y)) {
                        *pixel = bilinear(source, at_x, at_y);
                    }
                    at_x = at_x.saturating_add(step.0);
                    at_y = at_y.saturating_add(step.1);
                }
            }
            from = to;
        }
    }
    picture
}

/// Whether a place in units lies between four pixels.
fn is_inside(picture: &GrayImage, (x, y): (i32, i32)) -> bool {
    let within = |at: i32, size: u32| at >= 0 && ((at / UNIT) as u32) + 1 < size;
    within(x, picture.width()) && within(y, picture.height())
}

/// Whether all that lies between two places in units inside the picture is white, and what is around it.
fn is_white(picture: &GrayImage, from: (i32, i32), to: (i32, i32)) -> bool {
    let span =
        |a: i32, b: i32| (a.min(b) >> UNIT_BITS) as usize..(a.max(b) >> UNIT_BITS) as usize + 2;
    let (columns, mut rows) = (span(from.0, to.0), span(from.1, to.1));
    let width = picture.width() as usize;
    rows.all(|y| {
        let row = &picture.as_raw()[y * width..][columns.clone()];
        row.iter().fold(255, |all, grey| all & grey) == 255
    })
}

/// The grey value between four pixels, at a place in units inside the picture.
fn bilinear(picture: &GrayImage, x: i32, y: i32) -> u8 {
    let width = picture.width() as usize;
    let at = (y >> UNIT_BITS) as usize * width + (x >> UNIT_BITS) as usize;
    let (fx, fy) = (x & (UNIT - 1), y & (UNIT - 1));
    let rows = &picture.as_raw()[at..at + width + 2];
    let along = |left: u8, right: u8| i32::from(left) * (UNIT - fx) + i32::from(right) * fx;
    let (upper, lower) = (along(rows[0], rows[1]), along(rows[width], rows[width + 1]));
    // Two factors of 4,096 times 255 fit in 32 bits once the first is shortened.
    let value = (upper >> 4) * (UNIT - fy) + (lower >> 4) * fy;
    ((value + (1 << 19)) >> 20) as u8
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
