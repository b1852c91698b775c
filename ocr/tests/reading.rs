//! The whole reader on pages that need no file: what it does where there is nothing to read.

use image::{DynamicImage, GrayImage, Luma};
use ocr::{PageReader, ReadOptions, Reader};

#[test]
fn a_blank_page_has_no_lines_and_keeps_its_size() {
    let mut reader = Reader::open(ReadOptions::default()).unwrap();
    let blank = GrayImage::from_pixel(1240, 1754, Luma([250]));
    let text = reader.read_picture(&DynamicImage::ImageLuma8(blank)).unwrap();
    assert_eq!((text.width, text.height, text.lines.len()), (1240, 1754, 0));
    assert_eq!(text.engine, reader.version());
}

#[test]
fn the_tiniest_picture_is_no_reason_to_fail() {
    let mut reader = Reader::open(ReadOptions::default()).unwrap();
    for (width, height) in [(1, 1), (2, 300), (300, 2)] {
        let speck = GrayImage::from_pixel(width, height, Luma([0]));
        let text = reader.read_picture(&DynamicImage::ImageLuma8(speck)).unwrap();
        assert_eq!(text.width * text.height, width * height);
    }
}
