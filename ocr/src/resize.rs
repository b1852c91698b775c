use fast_image_resize::{
    FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer,
    images::{Image, ImageRef},
};
use image::GrayImage;

/// A picture in another size, each pixel the mean of the area that it stands for.
pub fn shrunk(picture: &GrayImage, width: u32, height: u32) -> GrayImage {
    resized(picture, width, height, FilterType::Box)
}

/// A picture in another size whose pixels reach into each other's areas (a triangle filter): for
/// pictures that are read.
pub fn smooth(picture: &GrayImage, width: u32, height: u32) -> GrayImage {
    resized(picture, width, height, FilterType::Bilinear)
}

fn resized(picture: &GrayImage, width: u32, height: u32, filter: FilterType) -> GrayImage {
    let size = picture.dimensions();
    if size == (width, height) {
        return picture.clone();
    }
    if size.0 == 0 || size.1 == 0 || width == 0 || height == 0 {
        return GrayImage::new(width, height);
    }
    let mut out = Image::new(width, height, PixelType::U8);
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(filter));
    ImageRef::new(size.0, size.1, picture.as_raw(), PixelType::U8)
        .ok()
        .and_then(|source| Resizer::new().resize(&source, &mut out, &options).ok())
        .expect("both pictures have a byte a pixel and are not empty");
    GrayImage::from_raw(width, height, out.into_vec()).expect("it has its size")
}

#[cfg(test)]
mod tests {
    use image::Luma;

    use super::*;

    #[test]
    fn a_pixel_is_the_mean_of_its_area() {
        let squares =
            GrayImage::from_fn(8, 6, |x, y| Luma([if (x + y) % 2 == 0 { 40 } else { 60 }]));
        let small = shrunk(&squares, 4, 3);
        assert!(small.pixels().all(|pixel| pixel.0[0] == 50), "{small:?}");
        assert_eq!(shrunk(&squares, 8, 6), squares);
        assert_eq!(shrunk(&GrayImage::new(0, 5), 3, 2).dimensions(), (3, 2));
    }

    #[test]
    fn a_larger_picture_runs_smoothly_between_its_pixels() {
        let edge = GrayImage::from_fn(2, 1, |x, _| Luma([x as u8 * 200]));
        let wide = smooth(&edge, 8, 1);
        let row: Vec<u8> = wide.into_raw();
        assert!(row.is_sorted() && row[0] == 0 && row[7] == 200 && row[4] > 100, "{row:?}");
    }
}
