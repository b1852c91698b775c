//! How good a scan is to read: what is measured on the picture, and from where on it is a fault.

use chart::{Rect, ScanFault, ScanQuality};
use image::{DynamicImage, GenericImageView, GrayImage, Pixel};

use crate::ReadyPage;

/// Height of the larger pieces of ordinary characters on Japanese forms and of writing in them.
/// Invented forms scanned at 300 dpi have 29 to 36 pixels in print, up to 42 by hand.
const CHARACTER_MM: f32 = 2.7;
/// Pieces of characters below this many pixels lose strokes: 130 dpi.
const SMALLEST_EM: u32 = 14;
/// So many pixels every edge takes, however sharp: where it falls between two pixels, and what
/// straightening adds.
const SAMPLED: f32 = 2.5;
/// So many more, as a share of a character, it takes on a page that is out of focus. None of 40
/// invented pages that were scanned in focus, photos and old scanners among them, reaches it.
const BLURRED: f32 = 0.055;
/// Difference of paper and ink, as a share of the whole range of grey. Faded thermal paper and
/// pencil lie at 0.35.
const PALE: f32 = 0.28;
/// Paper darker than this was scanned through a closed lid or photographed in the dark.
const DARK_PAPER: u8 = 80;
/// So many lines of writing that touch the edge of the picture were cut by it.
const CUT_LINES: usize = 3;
/// Lines of fewer pieces of ink may be dirt.
const FEWEST_PIECES: usize = 3;

/// Judges a page by its picture as decoded and by what was made of it.
pub fn judge(page: &DynamicImage, ready: &ReadyPage) -> ScanQuality {
    let lines = ready.lines.iter().filter(|line| line.parts.len() >= FEWEST_PIECES).count();
    if lines == 0 {
        return ScanQuality { dpi: None, faults: vec![ScanFault::Blank] };
    }
    let em = line_em(ready);
    let dpi = (em as f32 / CHARACTER_MM * 25.4 / 10.0).round() * 10.0;
    let mut faults = Vec::new();
    if em < SMALLEST_EM {
        faults.push(ScanFault::LowResolution);
    }
    if edge_width(&ready.flat) - SAMPLED > BLURRED * em as f32 {
        faults.push(ScanFault::Blurred);
    }
    if is_pale(page, ready) {
        faults.push(ScanFault::LowContrast);
    }
    if cut_lines(page, ready, em) >= CUT_LINES {
        faults.push(ScanFault::CutOff);
    }
    ScanQuality { dpi: Some(dpi as u16), faults }
}

/// The middle size of the characters of all lines.
fn line_em(ready: &ReadyPage) -> u32 {
    let mut sizes: Vec<u32> = ready
        .lines
        .iter()
        .filter(|line| line.parts.len() >= FEWEST_PIECES)
        .map(|line| line.em)
        .collect();
    sizes.sort_unstable();
    sizes.get(sizes.len() / 2).copied().unwrap_or(ready.em)
}

/// Pixels that the edges of strokes take from a tenth to nine tenths of the way from paper to
/// ink: the middle of all.
fn edge_width(flat: &GrayImage) -> f32 {
    const PAPER: u8 = 225;
    const LEAST_DROP: u8 = 60;
    let mut widths = [0_u32; 32];
    let width = flat.width() as usize;
    // Every fourth row tells enough.
    for row in flat.as_raw().chunks_exact(width.max(1)).step_by(4) {
        let mut edge: Vec<u8> = Vec::new();
        for &value in row {
            let deepest = edge.last().copied().unwrap_or(255);
            if value >= PAPER {
                edge.clear();
                edge.push(value);
            } else if !edge.is_empty() && value <= deepest {
                edge.push(value);
            } else if !edge.is_empty() {
                let drop = PAPER.saturating_sub(deepest);
                if drop >= LEAST_DROP {
                    let within = deepest + drop / 10..=PAPER - drop / 10;
                    let steps = edge.iter().filter(|value| within.contains(value)).count();
                    widths[steps.min(31)] += 1;
                }
                // What follows rises out of the stroke.
                edge.clear();
            }
        }
    }
    let total: u32 = widths.iter().sum();
    let mut below = 0;
    let middle = widths.iter().position(|&count| {
        below += count;
        below * 2 >= total
    });
    middle.unwrap_or(0) as f32
}

/// Whether ink and paper of the scan, before it was flattened, hardly differ, or the paper is
/// dark.
fn is_pale(page: &DynamicImage, ready: &ReadyPage) -> bool {
    let (width, height) = page.dimensions();
    let mut differences = Vec::new();
    let mut papers = Vec::new();
    for line in ready.lines.iter().filter(|line| line.parts.len() >= FEWEST_PIECES) {
        let place = ready.back.rect(line.bbox, width, height);
        let mut values: Vec<u8> = Vec::new();
        for y in (place.y0..place.y1).step_by(2) {
            for x in (place.x0..place.x1).step_by(2) {
                values.push(page.get_pixel(x, y).to_luma().0[0]);
            }
        }
        values.sort_unstable();
        if values.is_empty() {
            continue;
        }
        // A twentieth of a line's box is ink at least; more than half of it is paper.
        let (ink, paper) = (values[values.len() / 20], values[values.len() * 3 / 4]);
        differences.push(paper.saturating_sub(ink));
        papers.push(paper);
    }
    let middle = |values: &mut Vec<u8>| {
        values.sort_unstable();
        values.get(values.len() / 2).copied().unwrap_or(255)
    };
    f32::from(middle(&mut differences)) < PALE * 255.0 || middle(&mut papers) < DARK_PAPER
}

/// How many lines of writing reach the edge of the picture.
fn cut_lines(page: &DynamicImage, ready: &ReadyPage, em: u32) -> usize {
    let (width, height) = (page.width(), page.height());
    let near = (em / 10).max(2);
    let touches = |place: Rect| {
        place.x0 <= near
            || place.y0 <= near
            || place.x1 + near >= width
            || place.y1 + near >= height
    };
    ready
        .lines
        .iter()
        .filter(|line| line.parts.len() >= FEWEST_PIECES && line.bbox.height() * 2 > em)
        .filter(|line| touches(ready.back.rect(line.bbox, width, height)))
        .count()
}

#[cfg(test)]
mod tests {
    use image::Luma;

    use super::*;
    use crate::ReadOptions;

    /// Rows of "characters" of the given size and greys, from `left` on.
    fn page(size: u32, left: u32, paper: u8, ink: u8) -> DynamicImage {
        DynamicImage::ImageLuma8(GrayImage::from_fn(1000, 1400, |x, y| {
            let (column, row) = (x.wrapping_sub(left) / (size + size / 5), y / (size * 2));
            let (dx, dy) = (x.wrapping_sub(left) % (size + size / 5), y % (size * 2));
            let stroke = (size / 8).max(2);
            let drawn = dx < size && dy < size && (dx % (size / 3) < stroke || dy < stroke);
            let on = x >= left && (2..12).contains(&row) && column < 12 && drawn;
            Luma([if on { ink } else { paper }])
        }))
    }

    fn faults(page: &DynamicImage) -> Vec<ScanFault> {
        judge(page, &ReadyPage::prepare(page, &ReadOptions::default())).faults
    }

    #[test]
    fn a_good_page_has_no_fault() {
        assert_eq!(faults(&page(36, 100, 240, 30)), []);
    }

    #[test]
    fn an_empty_page_is_blank() {
        let empty = GrayImage::from_pixel(1000, 1400, Luma([240]));
        assert_eq!(faults(&DynamicImage::ImageLuma8(empty)), [ScanFault::Blank]);
    }

    #[test]
    fn small_characters_are_a_low_resolution() {
        assert_eq!(faults(&page(12, 100, 240, 30)), [ScanFault::LowResolution]);
    }

    #[test]
    fn pale_and_dark_pages_are_told() {
        assert_eq!(faults(&page(36, 100, 225, 156)), [ScanFault::LowContrast]);
        assert_eq!(faults(&page(36, 100, 70, 5)), [ScanFault::LowContrast]);
    }

    #[test]
    fn writing_that_the_edge_cuts_is_told() {
        let whole = page(36, 100, 240, 30);
        let cut = whole.crop_imm(118, 0, 882, 1400);
        assert_eq!(faults(&cut), [ScanFault::CutOff]);
    }

    #[test]
    fn edges_are_wider_out_of_focus() {
        let sharp = GrayImage::from_fn(800, 200, |x, _| Luma([if x % 80 < 24 { 20 } else { 250 }]));
        let blurred = image::imageops::blur(&sharp, 4.0);
        assert!(edge_width(&sharp) <= SAMPLED, "{}", edge_width(&sharp));
        // More than characters of 36 pixels may have.
        let width = edge_width(&blurred);
        assert!(width - SAMPLED > BLURRED * 36.0, "{width}");
    }
}
