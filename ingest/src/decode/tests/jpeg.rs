use super::*;
use crate::samples::{colours, jpeg, jpeg_turned};

#[test]
fn an_upright_jpeg_stays_byte_for_byte() {
    let original = jpeg(60, 40);
    let page = first(original.clone()).unwrap();
    assert_eq!(page.encoded, original);
    assert_eq!((page.width, page.height, page.media_type), (60, 40, MediaType::Jpeg));
    assert_eq!(first(jpeg_turned(60, 40, 1)).unwrap().encoded, jpeg_turned(60, 40, 1));
}

#[test]
fn exif_is_applied_and_no_pixel_is_compressed_again() {
    let plain = image::load_from_memory(&jpeg(60, 40)).unwrap();
    let turned = first(jpeg_turned(60, 40, 6)).unwrap();
    assert_eq!((turned.width, turned.height, turned.media_type), (40, 60, MediaType::Png));
    assert_eq!(pixels(jpeg_turned(60, 40, 6)), plain.rotate90());
    assert_eq!(pixels(jpeg_turned(60, 40, 3)), plain.rotate180());
    assert_eq!(pixels(jpeg_turned(60, 40, 8)), plain.rotate270());
    assert_eq!(pixels(jpeg_turned(60, 40, 2)), plain.fliph());
}

#[test]
fn a_jpeg_without_its_end_is_truncated_and_not_half_gray() {
    let whole = jpeg(200, 150);
    for length in (2..whole.len()).step_by(7).chain([whole.len() - 2, whole.len() - 1]) {
        let refused = first(whole[..length].to_vec());
        assert!(refused.is_err(), "{length} of {} bytes passed", whole.len());
    }
    assert_eq!(code(whole[..whole.len() / 2].to_vec()), "truncated");
}

#[test]
fn a_jpeg_whose_middle_is_missing_is_damaged() {
    let whole = jpeg(200, 150);
    let scan = whole.windows(2).position(|two| two == [0xff, 0xda]).unwrap() + 14;
    for length in (scan..whole.len() - 40).step_by(211) {
        if whole[length - 1] == 0xff {
            continue;
        }
        let ended = [&whole[..length], &[0xff, 0xd9]].concat();
        assert_eq!(code(ended), "damaged", "{length} of {}", whole.len());
    }
    let gap = [&whole[..whole.len() / 2], &whole[whole.len() * 3 / 4..]].concat();
    assert!(first(gap).is_err());
}

#[test]
fn a_progressive_jpeg_that_lacks_scans_is_truncated() {
    // 16 x 16 pixels; written by Pillow with `progressive=True`.
    let whole = include_bytes!("progressive.jpg");
    assert_eq!(first(whole.to_vec()).unwrap().encoded, whole.as_slice());
    let scans: Vec<_> =
        (0..whole.len() - 1).filter(|&at| whole[at..at + 2] == [0xff, 0xda]).collect();
    assert!(scans.len() > 3);
    for scan in &scans[1..] {
        let fewer = [&whole[..*scan], &[0xff, 0xd9]].concat();
        assert_eq!(code(fewer), "truncated");
    }
}

#[test]
fn what_phones_append_after_the_end_is_left_alone() {
    let appended = [jpeg(60, 40), vec![0; 500], jpeg(10, 10)].concat();
    let page = first(appended.clone()).unwrap();
    assert_eq!((page.width, page.height), (60, 40));
}

#[test]
fn stray_bytes_between_segments_are_skipped_as_all_viewers_do() {
    let plain = jpeg(60, 40);
    // Behind the first segment after the start.
    let length = usize::from(u16::from_be_bytes([plain[4], plain[5]]));
    let at = 4 + length;
    let sloppy = [&plain[..at], b"\0\0\0\0\0\0", &plain[at..]].concat();
    assert_eq!(pixels(sloppy), image::load_from_memory(&plain).unwrap());
}

#[test]
fn a_jpeg_larger_than_the_limit_is_refused_by_its_header() {
    let mut bomb = jpeg(60, 40);
    let frame = bomb.windows(2).position(|two| two == [0xff, 0xc0]).unwrap();
    bomb[frame + 5..frame + 9].copy_from_slice(&[0x7f, 0xff, 0x7f, 0xff]);
    assert_eq!(code(bomb.clone()), "too_many_pixels");
    bomb[frame + 5..frame + 9].copy_from_slice(&[0xff, 0xff, 0, 10]);
    assert_eq!(code(bomb), "too_long");
}

#[test]
fn rare_kinds_of_jpeg_are_refused_by_name() {
    let mut arithmetic = jpeg(60, 40);
    let frame = arithmetic.windows(2).position(|two| two == [0xff, 0xc0]).unwrap();
    arithmetic[frame + 1] = 0xc9;
    let refused = first(arithmetic).unwrap_err();
    assert!(refused.to_string().contains("arithmetic coding"), "{refused}");
}

#[test]
fn a_jpegs_resolution_is_told_if_it_is_one() {
    let mut known = jpeg(60, 40);
    let jfif = known.windows(5).position(|five| five == b"JFIF\0").unwrap();
    known[jfif + 7..jfif + 12].copy_from_slice(&[1, 1, 44, 1, 44]);
    assert_eq!(first(known.clone()).unwrap().dpi, Some(300));
    known[jfif + 7..jfif + 12].copy_from_slice(&[1, 0, 1, 0, 1]);
    assert_eq!(first(known).unwrap().dpi, None);
}

#[test]
fn the_sample_has_colour() {
    let decoded = pixels(jpeg(60, 40)).to_rgb8();
    let sharp = colours(60, 40);
    let far = decoded.as_raw().iter().zip(sharp.as_raw()).filter(|(a, b)| a.abs_diff(**b) > 60);
    assert!(far.count() < 60 * 40 / 10);
}
