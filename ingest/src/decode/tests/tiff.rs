use image::{ImageBuffer, Luma, RgbImage};

use super::*;
use crate::samples::{
    TiffPage, colours, group4, group4_page, ink, jpeg, packed, tiff, tiff_of_pages,
};

const WHITE_IS_ZERO: u32 = 0;
const BLACK_IS_ZERO: u32 = 1;
const RGB: u32 = 2;

fn one(page: TiffPage) -> Vec<u8> {
    tiff(&[page], true)
}

#[test]
fn the_pages_of_a_tiff_come_in_order_and_one_by_one() {
    let source = open(tiff_of_pages(5)).unwrap();
    assert_eq!((source.format(), source.n_pages()), (Format::Tiff, 5));
    for (n, page) in source.pages().enumerate() {
        let page = page.unwrap();
        assert_eq!(page.number as usize, n + 1);
        let gray = crate::derive::decoded(&page).unwrap().to_luma8();
        assert_eq!(gray.get_pixel(63 - n as u32, 39), &Luma([0]), "dot of page {n}");
    }
}

#[test]
fn group_4_is_read_in_both_polarities_and_bit_orders() {
    let image = ink(61, 40);
    assert_eq!(gray(one(group4_page(&image))), image);
    let negative: GrayImage =
        ImageBuffer::from_fn(61, 40, |x, y| Luma([255 - image.get_pixel(x, y)[0]]));
    let inverted = TiffPage::new(61, 40, 4, BLACK_IS_ZERO).strip(group4(&image));
    assert_eq!(gray(one(inverted)), negative);
    let reversed: Vec<u8> = group4(&image).iter().map(|byte| byte.reverse_bits()).collect();
    let reversed = TiffPage::new(61, 40, 4, 0).tag(266, 3, &[2]).strip(reversed);
    assert_eq!(gray(one(reversed)), image);
}

/// The picture [`ink`] of 61 × 40 as libtiff's `tiffcp -c g3:…` writes it, and as Pillow writes
/// `tiff_ccitt`: no encoder of ours knows G3.
#[test]
fn group_3_is_read_in_one_and_two_dimensions_and_without_end_of_line_codes() {
    let files: [(&str, &[u8]); 4] = [
        ("one dimension", include_bytes!("g3-1d.tif")),
        ("two dimensions", include_bytes!("g3-2d.tif")),
        ("two dimensions, fill bits", include_bytes!("g3-2d-fill.tif")),
        ("modified Huffman", include_bytes!("mh.tif")),
    ];
    for (name, file) in files {
        assert!(gray(file.to_vec()) == ink(61, 40), "{name}");
        for length in 8..file.len() {
            assert!(first(file[..length].to_vec()).is_err(), "{name}, {length} bytes");
        }
    }
}

#[test]
fn strips_are_put_under_each_other() {
    let image = ink(61, 40);
    let strip =
        |from: u32, rows| group4(&image::imageops::crop_imm(&image, 0, from, 61, rows).to_image());
    let page = TiffPage::new(61, 40, 4, 0).tag(278, 3, &[16]);
    let page = page.strip(strip(0, 16)).strip(strip(16, 16)).strip(strip(32, 8));
    assert_eq!(gray(tiff(&[page], false)), image);
}

#[test]
fn one_bit_is_read_in_both_polarities() {
    let image = ink(61, 40);
    let plain = TiffPage::new(61, 40, 1, BLACK_IS_ZERO).strip(packed(&image));
    assert_eq!(gray(one(plain)), image);
    let inverted: Vec<u8> = packed(&image).iter().map(|byte| !byte).collect();
    let inverted = TiffPage::new(61, 40, 1, WHITE_IS_ZERO).strip(inverted);
    assert_eq!(gray(one(inverted.clone())), image);
    assert_eq!(gray(tiff(&[inverted], false)), image);
}

#[test]
fn eight_and_sixteen_bits_of_gray_are_read_in_both_polarities_and_byte_orders() {
    let image = ink(30, 20);
    let samples = image.as_raw().clone();
    let page = |bits, photometric, data: Vec<u8>| {
        TiffPage::new(30, 20, 1, photometric).tag(258, 3, &[bits]).strip(data)
    };
    assert_eq!(gray(one(page(8, BLACK_IS_ZERO, samples.clone()))), image);
    let inverted = samples.iter().map(|sample| 255 - sample).collect();
    assert_eq!(gray(one(page(8, WHITE_IS_ZERO, inverted))), image);
    let deep: Vec<u8> = samples.iter().flat_map(|&s| [s, s]).collect();
    assert_eq!(gray(tiff(&[page(16, BLACK_IS_ZERO, deep.clone())], true)), image);
    assert_eq!(gray(tiff(&[page(16, BLACK_IS_ZERO, deep)], false)), image);
}

#[test]
fn four_bits_of_gray_spread_over_the_whole_range() {
    let page = TiffPage::new(4, 1, 1, BLACK_IS_ZERO).tag(258, 3, &[4]).strip([0x0f, 0x80]);
    assert_eq!(gray(one(page)).into_raw(), [0, 255, 136, 0]);
}

#[test]
fn colour_is_read_in_pixels_and_in_planes() {
    let image = colours(30, 20);
    let page = |planar| {
        TiffPage::new(30, 20, 1, RGB).tag(258, 3, &[8, 8, 8]).tag(277, 3, &[3]).tag(
            284,
            3,
            &[planar],
        )
    };
    let chunky = page(1).strip(image.as_raw().clone());
    assert_eq!(pixels(one(chunky)).to_rgb8(), image);
    let plane = |n: usize| image.as_raw().iter().skip(n).step_by(3).copied().collect::<Vec<_>>();
    let planes = page(2).strip(plane(0)).strip(plane(1)).strip(plane(2));
    assert_eq!(pixels(one(planes)).to_rgb8(), image);
}

#[test]
fn a_palette_is_looked_up() {
    let mut map = vec![0; 48];
    // Colour 5 is red, colour 9 is light gray.
    (map[5], map[9], map[16 + 9], map[32 + 9]) = (65_535, 52_428, 52_428, 52_428);
    let page = TiffPage::new(2, 1, 1, 3).tag(258, 3, &[4]).tag(320, 3, &map).strip([0x59]);
    let expected = RgbImage::from_raw(2, 1, vec![255, 0, 0, 204, 204, 204]).unwrap();
    assert_eq!(pixels(one(page)).to_rgb8(), expected);
}

#[test]
fn packbits_is_read() {
    // Three bytes as they are, then one four times.
    let page = TiffPage::new(7, 1, 32_773, BLACK_IS_ZERO)
        .tag(258, 3, &[8])
        .strip([2, 10, 20, 30, 0xfd, 99]);
    assert_eq!(gray(one(page)).into_raw(), [10, 20, 30, 99, 99, 99, 99]);
}

#[test]
fn lzw_and_deflate_are_read_as_the_tiff_crate_writes_them() {
    use ::tiff::encoder::{Compression, DeflateLevel, TiffEncoder, colortype};
    let image = colours(50, 40);
    for compression in [Compression::Lzw, Compression::Deflate(DeflateLevel::Fast)] {
        let mut file = std::io::Cursor::new(Vec::new());
        TiffEncoder::new(&mut file)
            .unwrap()
            .with_compression(compression)
            .write_image::<colortype::RGB8>(50, 40, image.as_raw())
            .unwrap();
        assert_eq!(pixels(file.into_inner()).to_rgb8(), image);
    }
}

#[test]
fn a_jpeg_inside_a_tiff_is_read() {
    let page =
        TiffPage::new(64, 48, 7, 6).tag(258, 3, &[8, 8, 8]).tag(277, 3, &[3]).strip(jpeg(64, 48));
    let read = pixels(one(page.clone())).to_rgb8();
    let expected = image::load_from_memory(&jpeg(64, 48)).unwrap().to_rgb8();
    let far = read.as_raw().iter().zip(expected.as_raw()).filter(|(a, b)| a.abs_diff(**b) > 3);
    assert_eq!(far.count(), 0);
    let mut cut = page;
    let length = cut.strips[0].len();
    cut.strips[0].truncate(length - 40);
    assert_eq!(code(one(cut)), "truncated");
}

#[test]
fn the_orientation_tag_is_applied() {
    let image = ink(61, 40);
    let page = group4_page(&image).tag(274, 3, &[6]);
    assert_eq!(gray(one(page)), image::imageops::rotate90(&image));
}

#[test]
fn thumbnails_and_masks_are_no_pages() {
    let page = group4_page(&ink(61, 40));
    let thumbnail = group4_page(&ink(16, 10)).tag(254, 4, &[1]);
    let mask = group4_page(&ink(61, 40)).tag(254, 4, &[4]);
    let source = open(tiff(&[thumbnail.clone(), page.clone(), mask, page], true)).unwrap();
    assert_eq!(source.n_pages(), 2);
    assert_eq!(source.page(1).unwrap().width, 61);
    assert_eq!(open(one(thumbnail)).map(|_| ()).unwrap_err(), Refusal::NoPages);
}

#[test]
fn a_fax_in_standard_resolution_gets_its_shape_back() {
    let page = group4_page(&ink(61, 40)).tag(282, 5, &[204, 1]).tag(283, 5, &[98, 1]);
    let page = first(one(page)).unwrap();
    assert_eq!((page.width, page.height, page.dpi), (61, 83, Some(204)));
}

#[test]
fn what_cannot_be_read_is_named() {
    let page =
        |compression| one(TiffPage::new(8, 8, compression, 1).tag(258, 3, &[8]).strip(vec![0; 64]));
    let refused = first(page(50_000)).unwrap_err();
    assert_eq!(refused.code(), "unsupported");
    assert!(refused.to_string().contains("ZSTD"), "{refused}");
    assert!(first(page(6)).unwrap_err().to_string().contains("old-style JPEG"));
}

#[test]
fn a_tiff_is_truncated_wherever_it_is_cut() {
    for whole in [tiff_of_pages(3), one(group4_page(&ink(200, 150)))] {
        for length in 8..whole.len() {
            let source = match open(whole[..length].to_vec()) {
                Ok(source) => source,
                Err(refusal) => {
                    assert_eq!(refusal.code(), "truncated", "{length}: {refusal}");
                    continue;
                }
            };
            let all: Result<Vec<_>, _> = source.pages().collect();
            assert!(all.is_err(), "{length} of {} bytes passed", whole.len());
        }
    }
}

#[test]
fn fax_data_that_ends_early_is_damaged_and_not_white() {
    let image = ink(200, 150);
    let mut data = group4(&image);
    data.truncate(data.len() / 2);
    let page = TiffPage::new(200, 150, 4, 0).strip(data);
    assert_eq!(code(one(page)), "damaged");
}

#[test]
fn a_huge_tiff_is_refused_by_its_header() {
    let page = TiffPage::new(30_000, 30_000, 4, 0).strip([0, 1]);
    assert_eq!(code(one(page)), "too_many_pixels");
}

#[test]
fn directories_in_a_circle_are_refused() {
    let mut circle = tiff_of_pages(2);
    let first: [u8; 4] = circle[4..8].try_into().unwrap();
    let end = circle.len();
    circle[end - 4..].copy_from_slice(&first);
    assert_eq!(open(circle).map(|_| ()).unwrap_err().code(), "damaged");
}

#[test]
fn five_hundred_pages_are_read_one_at_a_time() {
    let source = open(tiff_of_pages(500)).unwrap();
    assert_eq!(source.n_pages(), 500);
    assert!((1..=500).all(|number| source.check_page(number).is_ok()));
    assert_eq!(open(tiff_of_pages(501)).map(|_| ()).unwrap_err().code(), "too_many_pages");
}
