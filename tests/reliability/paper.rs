//! Pages that are all different: the same bytes twice would be one scan.

use std::{
    fs,
    path::{Path, PathBuf},
};

use image::{GrayImage, ImageFormat, Luma};

/// Bits of a page's number, drawn as a row of black and white cells.
const BITS: u32 = 24;
const CELL: u32 = 4;

/// More bytes than the picture of a number has, fewer than a sample has.
pub const LARGEST: usize = 4 << 10;

/// Writes the picture of page `number` of a made-up campaign.
pub fn write(number: u32, path: &Path) {
    let picture = GrayImage::from_fn(BITS * CELL, 40, |x, y| {
        let is_black = y < CELL && number >> (x / CELL) & 1 == 1;
        Luma([if is_black { 0 } else { 255 }])
    });
    picture.save_with_format(path, ImageFormat::Png).expect("the page is written");
}

/// The number that [`write`] drew.
pub fn number_on(picture: &GrayImage) -> Option<u32> {
    if picture.dimensions() != (BITS * CELL, 40) {
        return None;
    }
    let bit = |n: u32| u32::from(picture.get_pixel(n * CELL + CELL / 2, CELL / 2).0[0] < 128) << n;
    Some((0..BITS).map(bit).sum())
}

/// Writes a copy of one of this repository's samples whose bytes occur nowhere else. The pixels
/// are the same: a comment is added.
pub fn write_sample(number: u32, path: &Path) {
    let samples = samples();
    let sample = &samples[number as usize % samples.len()];
    let bytes = fs::read(sample).expect("a sample");
    let comment = format!("copy {number}");
    let copy = match bytes[..2] {
        [0xff, 0xd8] => with_jpeg_comment(&bytes, comment.as_bytes()),
        _ => with_png_comment(&bytes, comment.as_bytes()),
    };
    fs::write(path, copy).expect("the page is written");
}

/// Samples of one page.
fn samples() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let mut samples: Vec<PathBuf> = fs::read_dir(folder)
        .expect("samples/")
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "jpg" || ending == "png"))
        .collect();
    samples.sort();
    samples
}

/// A comment segment after the start of the picture.
fn with_jpeg_comment(jpeg: &[u8], comment: &[u8]) -> Vec<u8> {
    let length = u16::try_from(comment.len() + 2).expect("a short comment").to_be_bytes();
    [&jpeg[..2], &[0xff, 0xfe], &length, comment, &jpeg[2..]].concat()
}

/// A chunk of text before the chunk that ends the picture.
fn with_png_comment(png: &[u8], comment: &[u8]) -> Vec<u8> {
    let end = png.len() - 12;
    [&png[..end], &png_chunk(*b"tEXt", &[b"Comment\0", comment].concat()), &png[end..]].concat()
}

/// A chunk with its length and checksum.
pub fn png_chunk(kind: [u8; 4], data: &[u8]) -> Vec<u8> {
    let mut crc = flate2::Crc::new();
    crc.update(&kind);
    crc.update(data);
    let length = u32::try_from(data.len()).expect("a small chunk").to_be_bytes();
    [&length, &kind, data, &crc.sum().to_be_bytes()].concat()
}
