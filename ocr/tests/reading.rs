//! The whole reader: on samples, and where there is nothing to read.

use std::{fs, path::Path};

use image::{DynamicImage, GrayImage, Luma};
use ocr::{PageReader, ReadOptions, Reader};
use serde_json::Value;

/// Of what stands on a sample, the share of characters that were misread or lost. `wanted` picks
/// the lines that count.
fn error_rate(sample: &str, wanted: impl Fn(&Value) -> bool) -> f64 {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../samples");
    let stem = sample.split('.').next().unwrap();
    let truth = fs::read(samples.join(format!("{stem}.truth.json"))).unwrap();
    let truth: Value = serde_json::from_slice(&truth).unwrap();
    let page = fs::read(samples.join(sample)).unwrap();
    let text = plain(&Reader::open(ReadOptions::default()).unwrap().read(&page).unwrap().text());
    let (mut errors, mut characters) = (0, 0);
    for line in truth["lines"].as_array().unwrap().iter().filter(|line| wanted(line)) {
        let said = plain(line["text"].as_str().unwrap());
        errors += fewest_errors(&said, &text);
        characters += said.len();
    }
    assert!(characters > 100, "{characters}");
    f64::from(errors) / characters as f64
}

/// Full-width forms as their plain ones, without spaces.
fn plain(text: &str) -> Vec<char> {
    let plain = |c: char| match c {
        '！'..='～' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        other => other,
    };
    text.chars().filter(|c| !c.is_whitespace()).map(plain).collect()
}

/// The fewest errors with which `said` stands anywhere in `text`.
fn fewest_errors(said: &[char], text: &[char]) -> u32 {
    let mut row = vec![0; text.len() + 1];
    for (at, c) in said.iter().enumerate() {
        let mut above = std::mem::replace(&mut row[0], at as u32 + 1);
        for (j, other) in text.iter().enumerate() {
            let changed = above + u32::from(c != other);
            above = row[j + 1];
            row[j + 1] = changed.min(above + 1).min(row[j] + 1);
        }
    }
    row.into_iter().min().unwrap_or(0)
}

#[test]
fn clean_print_is_read() {
    let rate = error_rate("08-prescription-print.png", |line| line["kind"] != "stamp");
    assert!(rate < 0.05, "{rate}");
}

#[test]
fn vertical_print_is_read() {
    let rate = error_rate("17-vertical.jpg", |line| line["vertical"] == true);
    assert!(rate < 0.1, "{rate}");
}

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
