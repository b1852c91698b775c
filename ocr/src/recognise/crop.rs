use chart::Rect;
use image::{GrayImage, Luma, imageops};

use super::bend::Bend;
use crate::{
    layout::{Parts, TextLine},
    resize,
};

/// Paper above and below a line's ink, as a share of its em. 0.1 to 0.45 were tried
/// (docs/reading.md).
const MARGIN_ACROSS: f32 = 0.25;
/// Paper before and behind a line, as a share of its em. 0.15 to 1 were tried: less loses first
/// and last characters, at 1 the engine sees characters that are not there.
const MARGIN_ALONG: f32 = 0.25;
/// Wider gaps within a line are shown this wide, in ems: the engine reads dirt into wide gaps.
const WIDEST_GAP: f32 = 0.4;
/// A line of fewer ordinary pieces does not tell how high its characters are.
const FEWEST_ORDINARY: usize = 6;
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
    /// Which of them are of no line.
    stray: Vec<bool>,
}

impl<'page> Sheet<'page> {
    /// A page and the lines that were found on it.
    pub fn of(flat: &'page GrayImage, parts: &'page Parts, lines: &[TextLine]) -> Self {
        let mut stray = vec![true; parts.parts.len()];
        for &part in lines.iter().flat_map(|line| &line.parts) {
            stray[part] = false;
        }
        Self { flat, parts, stray }
    }

    /// The line with the specks in it and at its ends: to these the thin strokes of worn print
    /// fall.
    fn gathered(&self, line: &TextLine) -> TextLine {
        let mut line = line.clone();
        if line.vertical {
            return line;
        }
        // A scratch or a seal across a line makes it higher than its characters.
        if line.parts.len() >= FEWEST_ORDINARY {
            let mut heights: Vec<u32> =
                line.parts.iter().map(|&part| self.parts.parts[part].bbox.height()).collect();
            heights.sort_unstable();
            line.em = line.em.min(heights[heights.len() * 4 / 5]).max(1);
        }
        let em = line.em;
        let boxes = line.parts.iter().map(|&part| self.parts.parts[part].bbox);
        let ordinary: Vec<Rect> = boxes.filter(|&b| is_ordinary(b, em)).collect();
        let told = ordinary.len() >= FEWEST_ORDINARY;
        let band = if told { Rect::around(ordinary).unwrap_or(line.bbox) } else { line.bbox };
        let Rect { y0, y1, .. } = band;
        let mut near: Vec<usize> = (0..self.parts.parts.len())
            .filter(|&part| {
                let b = self.parts.parts[part].bbox;
                let middle = u32::midpoint(b.y0, b.y1);
                let bar = b.height() > b.width() * 4 && b.height() * 5 > em * 4;
                self.stray[part]
                    && (y0..y1).contains(&middle)
                    && b.y0 + em / 4 >= y0
                    && b.y1 <= y1 + em / 4
                    && b.width().max(b.height()) * 5 <= em * 6
                    && !bar
            })
            .collect();
        // From the line outwards.
        near.sort_unstable_by_key(|&part| beside(self.parts.parts[part].bbox, line.bbox));
        for part in near {
            let b = self.parts.parts[part].bbox;
            if beside(b, line.bbox) * 2 <= em {
                line.bbox =
                    Rect { x0: line.bbox.x0.min(b.x0), x1: line.bbox.x1.max(b.x1), ..line.bbox };
                line.parts.push(part);
            }
        }
        line
    }
}

/// Whether a piece is about as high as a character.
fn is_ordinary(b: Rect, em: u32) -> bool {
    b.height() * 2 > em && b.height() * 5 < em * 8
}

/// How far a box stands before or behind another.
fn beside(b: Rect, other: Rect) -> u32 {
    other.x0.saturating_sub(b.x1).max(b.x0.saturating_sub(other.x1))
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
    /// What was straightened.
    bend: Option<Bend>,
}

impl Crop {
    /// Cuts a line out; ink of other lines that reaches into its box is left out, a line that is
    /// not level is made so, and wide gaps are narrowed.
    pub fn of(sheet: &Sheet<'_>, line: &TextLine) -> Self {
        let line = &sheet.gathered(line);
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
            bend: whole.bend,
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
            let smaller = |side: u32| ((side as f32 / crop.scale) as u32).max(1);
            picture = resize::shrunk(&picture, smaller(width), smaller(height));
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
            return Rect::new(across(x0), along(y0), across(x1), along(y1));
        }
        let (x0, x1) = (along(x0), along(x1));
        let lower = self.bend.map_or(0, |bend| bend.at(u32::midpoint(x0, x1)).round() as i32);
        let across = |at: u32| across(at).saturating_add_signed(lower);
        Rect::new(x0, across(y0), x1, across(y1))
    }
}

/// The line's box with its margin across and nothing of other lines.
struct Whole {
    picture: GrayImage,
    along: u32,
    across: u32,
    bend: Option<Bend>,
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
    if line.vertical {
        return Whole { picture, along: top, across: left, bend: None };
    }
    let boxes: Vec<Rect> = line.parts.iter().map(|&part| sheet.parts.parts[part].bbox).collect();
    let bend = Bend::of(&boxes, line.em);
    let lower = |x: u32| bend.map_or(0.0, |bend| bend.at(x));
    // A seal or a brace that a line runs into must not make all its characters small.
    let ordinary: Vec<&Rect> = boxes.iter().filter(|&&b| is_ordinary(b, line.em)).collect();
    let told = ordinary.len() >= FEWEST_ORDINARY && ordinary.len() * 3 > boxes.len();
    let counted: Vec<&Rect> = if told { ordinary } else { boxes.iter().collect() };
    if bend.is_none() && counted.len() == boxes.len() {
        return Whole { picture, along: left, across: top, bend };
    }
    let extent = counted.iter().map(|b| {
        let lower = lower(u32::midpoint(b.x0, b.x1));
        (b.y0 as f32 - lower, b.y1 as f32 - lower)
    });
    let (highest, lowest) =
        extent.fold((f32::MAX, 0.0_f32), |(a, b), (y0, y1)| (a.min(y0), b.max(y1)));
    let across = (highest.max(0.0) as u32).saturating_sub(margin);
    let height = (lowest.ceil() as u32 + margin).saturating_sub(across).max(1);
    let rows = picture.height() as i32;
    // How much lower each column of pixels lies, in whole pixels and what is left of one.
    let columns: Vec<(i32, f32)> = (0..picture.width())
        .map(|x| lower(left + x))
        .map(|lower| (lower.floor() as i32, lower - lower.floor()))
        .collect();
    let levelled = GrayImage::from_fn(picture.width(), height, |x, y| {
        let (lower, share) = columns[x as usize];
        let row = (across + y) as i32 + lower - top as i32;
        let grey = |row: i32| {
            let inside = (0..rows).contains(&row);
            if inside { f32::from(picture.get_pixel(x, row as u32).0[0]) } else { 255.0 }
        };
        Luma([(grey(row) * (1.0 - share) + grey(row + 1) * share + 0.5) as u8])
    });
    Whole { picture: levelled, along: left, across, bend }
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
        let crop = Crop::of(&Sheet::of(&flat, &parts, &[]), &line(&parts, vec![0]));
        assert_eq!(crop.picture.pixels().filter(|pixel| pixel.0[0] == 0).count(), 100 * 20);
    }

    #[test]
    fn a_line_that_climbs_is_shown_level_and_places_still_fit() {
        let boxes: Vec<Rect> =
            (0..20).map(|k| Rect::new(20 + k * 18, 70 - k * 2, 35 + k * 18, 85 - k * 2)).collect();
        let flat = drawn(&boxes);
        let parts = Parts::of(&Mask::of(&flat, 128));
        let line = TextLine { em: 15, ..line(&parts, (0..20).collect()) };
        let crop = Crop::of(&Sheet::of(&flat, &parts, &[]), &line);
        assert!(crop.picture.height() < 30, "{}", crop.picture.height());
        let ink: Vec<u32> = crop
            .picture
            .enumerate_pixels()
            .filter(|(x, _, pixel)| *x < 18 && pixel.0[0] < 128)
            .map(|(_, y, _)| y)
            .collect();
        let first = crop.on_page(Rect::new(3, ink[0], 18, ink[ink.len() - 1] + 1));
        assert!(first.y0.abs_diff(70) <= 2 && first.y1.abs_diff(85) <= 2, "{first:?}");
    }

    #[test]
    fn a_seal_at_its_end_does_not_shrink_a_line() {
        let mut boxes: Vec<Rect> =
            (0..12).map(|k| Rect::new(20 + k * 18, 50, 35 + k * 18, 65)).collect();
        boxes.push(Rect::new(240, 20, 300, 98));
        let flat = drawn(&boxes);
        let parts = Parts::of(&Mask::of(&flat, 128));
        let line = TextLine { em: 15, ..line(&parts, (0..parts.parts.len()).collect()) };
        let crop = Crop::of(&Sheet::of(&flat, &parts, &[]), &line);
        assert!(crop.picture.height() < 26, "{}", crop.picture.height());
    }

    #[test]
    fn a_wide_gap_is_narrowed_and_places_still_fit() {
        let flat = drawn(&[Rect::new(20, 40, 40, 60), Rect::new(300, 40, 320, 60)]);
        let parts = Parts::of(&Mask::of(&flat, 128));
        let crop = Crop::of(&Sheet::of(&flat, &parts, &[]), &line(&parts, vec![0, 1]));
        assert_eq!(crop.picture.width(), 5 + 20 + 8 + 20 + 5);
        let second = crop.on_page(Rect::new(33, 5, 53, 25));
        assert_eq!(second, Rect::new(300, 40, 320, 60));
    }
}
