use chart::Rect;
use image::{GrayImage, Luma, imageops};

use crate::layout::{Parts, TextLine};

/// Paper above and below a line's ink, as a share of its em. 0.1 to 0.45 were tried
/// (docs/reading.md).
const MARGIN_ACROSS: f32 = 0.25;
/// Paper before and behind a line, as a share of its em. 0.15 to 1 were tried: less loses first
/// and last characters, at 1 the engine sees characters that are not there.
const MARGIN_ALONG: f32 = 0.25;
/// Wider gaps within a line are shown this wide, in ems: the engine reads dirt into wide gaps.
const WIDEST_GAP: f32 = 0.4;
/// Lines higher than this are shown to the engine smaller, to save time. Its own input has 48
/// rows, but it scales better than we do.
const HIGHEST: u32 = 200;

/// A straight, flat page without its rules, and what is known of its ink.
#[derive(Debug)]
pub struct Sheet<'page> {
    /// The page.
    pub flat: &'page GrayImage,
    /// Its pieces of ink.
    pub parts: &'page Parts,
}

/// A line as the engine is shown it.
#[derive(Debug, Clone)]
pub struct Crop {
    /// Only this line's ink, on white.
    pub picture: GrayImage,
    /// Stretches of the line, in order: where each begins in the picture and on the page.
    stretches: Vec<(u32, u32)>,
    /// Where the picture's upper edge (left edge of a column) lies on the page.
    across: u32,
    vertical: bool,
    /// Pixels of the page for one of the picture.
    scale: f32,
}

impl Crop {
    /// Cuts a line out; ink of other lines that reaches into its box is left out, and wide gaps
    /// are narrowed.
    pub fn of(sheet: &Sheet<'_>, line: &TextLine) -> Self {
        let whole = cut_out(sheet, line);
        let spans = spans(sheet.parts, line);
        let margin = (line.em as f32 * MARGIN_ALONG) as u32;
        let length = spans.iter().map(|(from, to, _)| to - from).sum::<u32>() + 2 * margin;
        let mut crop = Self {
            picture: GrayImage::new(0, 0),
            stretches: Vec::with_capacity(spans.len()),
            across: whole.across,
            vertical: line.vertical,
            scale: 1.0,
        };
        let (width, height) = if line.vertical {
            (whole.picture.width(), length)
        } else {
            (length, whole.picture.height())
        };
        let mut picture = GrayImage::from_pixel(width, height, Luma([255]));
        let mut at = margin;
        for (from, to, gap) in spans {
            let ink = to - from - gap;
            let start = from - whole.along;
            if line.vertical {
                let piece = imageops::crop_imm(&whole.picture, 0, start, width, ink).to_image();
                imageops::replace(&mut picture, &piece, 0, i64::from(at));
            } else {
                let piece = imageops::crop_imm(&whole.picture, start, 0, ink, height).to_image();
                imageops::replace(&mut picture, &piece, i64::from(at), 0);
            }
            crop.stretches.push((at, from));
            at += to - from;
        }
        let thickness = if line.vertical { width } else { height };
        crop.scale = (thickness as f32 / HIGHEST as f32).max(1.0);
        if crop.scale > 1.0 {
            let shrunk = |side: u32| ((side as f32 / crop.scale) as u32).max(1);
            picture = imageops::thumbnail(&picture, shrunk(width), shrunk(height));
        }
        crop.picture = picture;
        crop
    }

    /// Where a place in the picture lies on the page.
    pub fn on_page(&self, rect: Rect) -> Rect {
        let along = |at: u32| {
            let at = (at as f32 * self.scale).round() as u32;
            let stretch = self.stretches.iter().rev().find(|(begin, _)| *begin <= at);
            match stretch.or(self.stretches.first()) {
                Some((begin, on_page)) => (on_page + at).saturating_sub(*begin),
                None => at,
            }
        };
        let across = |at: u32| self.across + (at as f32 * self.scale).round() as u32;
        let Rect { x0, y0, x1, y1 } = rect;
        if self.vertical {
            Rect::new(across(x0), along(y0), across(x1), along(y1))
        } else {
            Rect::new(along(x0), across(y0), along(x1), across(y1))
        }
    }
}

/// The line's box with its margin across and nothing of other lines.
struct Whole {
    picture: GrayImage,
    along: u32,
    across: u32,
}

fn cut_out(sheet: &Sheet<'_>, line: &TextLine) -> Whole {
    let (width, height) = sheet.flat.dimensions();
    let margin = (line.em as f32 * MARGIN_ACROSS).ceil().max(2.0) as u32;
    let Rect { x0, y0, x1, y1 } = line.bbox;
    // A dash alone would be blown up to the height of a character.
    let thin = |from: u32, to: u32| line.em.saturating_sub(to - from) / 2;
    let (more_x, more_y) =
        if line.vertical { (margin + thin(x0, x1), 0) } else { (0, margin + thin(y0, y1)) };
    let left = x0.saturating_sub(more_x);
    let top = y0.saturating_sub(more_y);
    let area = Rect::new(left, top, (x1 + more_x).min(width), (y1 + more_y).min(height));
    let mut picture =
        imageops::crop_imm(sheet.flat, left, top, area.width(), area.height()).to_image();
    for (index, part) in sheet.parts.parts.iter().enumerate() {
        if part.bbox.intersection(area).is_some() && !line.parts.contains(&index) {
            wipe(&mut picture, sheet.parts, index, area);
        }
    }
    let (along, across) = if line.vertical { (top, left) } else { (left, top) };
    Whole { picture, along, across }
}

/// The stretches of a line between wide gaps: where each begins on the page, where it ends with
/// the gap that is shown behind it, and how much of it is that gap.
fn spans(parts: &Parts, line: &TextLine) -> Vec<(u32, u32, u32)> {
    let widest = (line.em as f32 * WIDEST_GAP) as u32;
    let mut sides: Vec<(u32, u32)> = line
        .parts
        .iter()
        .map(|&part| parts.parts[part].bbox)
        .map(|b| if line.vertical { (b.y0, b.y1) } else { (b.x0, b.x1) })
        .collect();
    sides.sort_unstable();
    let mut spans: Vec<(u32, u32, u32)> = Vec::new();
    for (from, to) in sides {
        match spans.last_mut() {
            Some(last) if from <= last.1 + widest => last.1 = last.1.max(to),
            Some(last) => {
                last.1 += widest;
                last.2 = widest;
                spans.push((from, to, 0));
            }
            None => spans.push((from, to, 0)),
        }
    }
    spans
}

/// Makes the ink of a part, and the grey seam around it, white.
fn wipe(picture: &mut GrayImage, parts: &Parts, part: usize, area: Rect) {
    for (y, x0, x1) in parts.rows(part) {
        let (x0, x1) = (x0.saturating_sub(1).max(area.x0), (x1 + 1).min(area.x1));
        for near in y.saturating_sub(1)..=y + 1 {
            if near < area.y0 || near >= area.y1 {
                continue;
            }
            for x in x0..x1 {
                picture.put_pixel(x - area.x0, near - area.y0, Luma([255]));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::Mask;

    fn line(parts: &Parts, members: Vec<usize>) -> TextLine {
        let bbox = Rect::around(members.iter().map(|&part| parts.parts[part].bbox)).unwrap();
        TextLine { bbox, parts: members, region: 1, vertical: false, struck: false, em: 20 }
    }

    fn drawn(boxes: &[Rect]) -> GrayImage {
        GrayImage::from_fn(400, 100, |x, y| {
            let inside = |b: &Rect| (b.x0..b.x1).contains(&x) && (b.y0..b.y1).contains(&y);
            Luma([if boxes.iter().any(inside) { 0 } else { 255 }])
        })
    }

    #[test]
    fn a_neighbour_that_reaches_in_is_left_out() {
        let flat = drawn(&[Rect::new(20, 40, 120, 60), Rect::new(60, 61, 64, 90)]);
        let parts = Parts::of(&Mask::of(&flat, 128));
        let crop = Crop::of(&Sheet { flat: &flat, parts: &parts }, &line(&parts, vec![0]));
        assert_eq!(crop.picture.pixels().filter(|pixel| pixel.0[0] == 0).count(), 100 * 20);
    }

    #[test]
    fn a_wide_gap_is_narrowed_and_places_still_fit() {
        let flat = drawn(&[Rect::new(20, 40, 40, 60), Rect::new(300, 40, 320, 60)]);
        let parts = Parts::of(&Mask::of(&flat, 128));
        let crop = Crop::of(&Sheet { flat: &flat, parts: &parts }, &line(&parts, vec![0, 1]));
        assert_eq!(crop.picture.width(), 5 + 20 + 8 + 20 + 5);
        let second = crop.on_page(Rect::new(33, 5, 53, 25));
        assert_eq!(second, Rect::new(300, 40, 320, 60));
    }
}
