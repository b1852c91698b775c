use image::{Rgba, RgbaImage};

use super::*;
use crate::samples::{colours, ink, png};

#[test]
fn an_opaque_png_stays_byte_for_byte() {
    let original = png(&ink(60, 40).into());
    let page = first(original.clone()).unwrap();
    assert_eq!(page.encoded, original);
    assert_eq!(page.media_type, MediaType::Png);
    assert_eq!(pixels(png(&colours(60, 40).into())).to_rgb8(), colours(60, 40));
}

#[test]
fn transparency_becomes_white_paper_and_sixteen_bits_become_eight() {
    let clear = RgbaImage::from_pixel(8, 8, Rgba([0, 0, 0, 0]));
    assert_eq!(gray(png(&clear.into())).get_pixel(3, 3)[0], 255);
    let deep = DynamicImage::ImageLuma8(ink(60, 40)).into_luma16();
    assert_eq!(gray(png(&deep.into())), ink(60, 40));
}

#[test]
fn a_png_is_truncated_wherever_it_is_cut() {
    let whole = png(&colours(90, 70).into());
    for length in (9..whole.len()).step_by(5).chain([whole.len() - 1]) {
        assert_eq!(code(whole[..length].to_vec()), "truncated", "{length}");
    }
}

#[test]
fn a_changed_byte_of_a_png_is_noticed() {
    let mut whole = png(&colours(90, 70).into());
    let middle = whole.len() / 2;
    whole[middle] ^= 0x55;
    assert_eq!(code(whole), "damaged");
}

#[test]
fn a_png_larger_than_the_limit_is_refused_by_its_header() {
    let mut bomb = png(&ink(60, 40).into());
    bomb[16..24].copy_from_slice(&[0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30]);
    assert_eq!(code(bomb), "too_many_pixels");
}
