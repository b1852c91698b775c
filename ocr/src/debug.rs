//! The pictures of every step of reading a page, for people who look for what went wrong. They
//! show the page and its patient: for invented pages, or where the page itself may lie.

use std::path::{Path, PathBuf};

use chart::{Line, Rect};
use image::{DynamicImage, GrayImage, Rgb, RgbImage};
use imageproc::{drawing::draw_hollow_rect_mut, rect::Rect as Outline};

use crate::{OcrError, ReadyPage};

const LINE: Rgb<u8> = Rgb([220, 40, 40]);
const COLUMN: Rgb<u8> = Rgb([150, 40, 200]);
const STRUCK: Rgb<u8> = Rgb([255, 140, 0]);
const RING: Rgb<u8> = Rgb([230, 0, 160]);
const CELL: Rgb<u8> = Rgb([30, 150, 60]);
const RULE: Rgb<u8> = Rgb([60, 120, 230]);
const SYMBOL: Rgb<u8> = Rgb([150, 190, 230]);
const CLUTTER: Rgb<u8> = Rgb([190, 190, 190]);

/// The folder, below the one that was asked for, in which the steps of a page lie. A reader knows
/// a page by its bytes alone: their FNV-1a hash.
pub fn folder_of(encoded: &[u8]) -> String {
    let hash = encoded.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    format!("{hash:016x}")
}

/// Writes the pictures of one page.
pub struct Debug {
    folder: PathBuf,
}

impl Debug {
    /// Makes the page's folder.
    pub fn of(folder: &Path, encoded: &[u8]) -> Result<Self, OcrError> {
        let folder = folder.join(folder_of(encoded));
        std::fs::create_dir_all(&folder).map_err(|source| OcrError::Debug {
            path: folder.clone(),
            source: image::ImageError::IoError(source),
        })?;
        Ok(Self { folder })
    }

    /// What was decoded, and what flattening made of it.
    pub fn flat(&self, page: &DynamicImage, flat: &GrayImage) -> Result<(), OcrError> {
        let path = self.folder.join("1-scan.png");
        page.save(&path).map_err(|source| OcrError::Debug { path, source })?;
        self.save("2-flat", flat)
    }

    /// The straight page without rules and rings, its ink, and what was found on it.
    pub fn ready(&self, page: &ReadyPage) -> Result<(), OcrError> {
        self.save("3-without-rules", &page.flat)?;
        let mut rules = RgbImage::from_pixel(page.flat.width(), page.flat.height(), Rgb([255; 3]));
        for (pixel, _) in rules.pixels_mut().zip(&page.rules.mask.ink).filter(|(_, ink)| **ink) {
            *pixel = RULE;
        }
        let path = self.folder.join("4-rules.png");
        rules.save(&path).map_err(|source| OcrError::Debug { path, source })
    }

    /// The straight page with everything that was found on it. `lines` are in the straight
    /// page's pixels.
    pub fn overlay(&self, page: &ReadyPage, lines: &[Line]) -> Result<(), OcrError> {
        let mut picture = DynamicImage::ImageLuma8(page.flat.clone()).to_rgb8();
        for (pixel, _) in picture.pixels_mut().zip(&page.rules.mask.ink).filter(|(_, ink)| **ink) {
            *pixel = RULE;
        }
        for (index, part) in page.parts.parts.iter().enumerate() {
            if page.clutter.is_clutter[index] && part.area > 30 {
                frame(&mut picture, part.bbox, CLUTTER);
            }
        }
        for (_, cell) in page.regions.cells() {
            frame(&mut picture, shrunk(cell, 6), CELL);
        }
        for symbol in lines.iter().flat_map(|line| &line.symbols) {
            frame(&mut picture, symbol.bbox, if symbol.ringed { RING } else { SYMBOL });
        }
        for line in &page.lines {
            frame(&mut picture, line.bbox, if line.vertical { COLUMN } else { LINE });
            if line.struck {
                let middle = u32::midpoint(line.bbox.y0, line.bbox.y1);
                let through = Rect::new(line.bbox.x0, middle, line.bbox.x1, middle + 3);
                frame(&mut picture, through, STRUCK);
            }
        }
        for ring in &page.rings {
            frame(&mut picture, ring.place, RING);
            frame(&mut picture, shrunk(ring.place, 1), RING);
        }
        let path = self.folder.join("5-overlay.png");
        picture.save(&path).map_err(|source| OcrError::Debug { path, source })
    }

    fn save(&self, step: &str, picture: &GrayImage) -> Result<(), OcrError> {
        let path = self.folder.join(format!("{step}.png"));
        picture.save(&path).map_err(|source| OcrError::Debug { path, source })
    }
}

fn shrunk(rect: Rect, by: u32) -> Rect {
    if rect.width() <= by * 2 || rect.height() <= by * 2 {
        return rect;
    }
    Rect::new(rect.x0 + by, rect.y0 + by, rect.x1 - by, rect.y1 - by)
}

/// Draws a rectangle's outline, as far as it lies on the picture.
fn frame(picture: &mut RgbImage, rect: Rect, colour: Rgb<u8>) {
    if !rect.is_empty() {
        let place = Outline::at(rect.x0 as i32, rect.y0 as i32);
        draw_hollow_rect_mut(picture, place.of_size(rect.width(), rect.height()), colour);
    }
}
