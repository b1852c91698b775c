use image::{GrayImage, Luma};

use crate::mapping::Mapping;

/// Draws a picture of the given size, each pixel taken from where `back` leads in `source`;
/// white where that is outside.
pub fn warp(source: &GrayImage, back: &Mapping, width: u32, height: u32) -> GrayImage {
    let mut picture = GrayImage::from_pixel(width, height, Luma([255]));
    for (y, row) in picture.rows_mut().enumerate() {
        for (x, pixel) in row.enumerate() {
            let (from_x, from_y) = back.point(x as f64, y as f64);
            if let Some(value) = bilinear(source, from_x as f32, from_y as f32) {
                pixel.0[0] = value;
            }
        }
    }
    picture
}

/// The grey value between four pixels; `None` outside the picture.
fn bilinear(picture: &GrayImage, x: f32, y: f32) -> Option<u8> {
    let (width, height) = picture.dimensions();
    if !(x >= 0.0 && y >= 0.0) {
        return None;
    }
    let (left, top) = (x as u32, y as u32);
    if left + 1 >= width || top + 1 >= height {
        return None;
    }
    let (fx, fy) = (x - left as f32, y - top as f32);
    let pixels = picture.as_raw();
    let at = (top * width + left) as usize;
    let below = at + width as usize;
    let upper = f32::from(pixels[at]) * (1.0 - fx) + f32::from(pixels[at + 1]) * fx;
    let lower = f32::from(pixels[below]) * (1.0 - fx) + f32::from(pixels[below + 1]) * fx;
    Some((upper * (1.0 - fy) + lower * fy + 0.5) as u8)
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
