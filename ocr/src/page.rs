use chart::{Line, Rect};
use image::{DynamicImage, GrayImage, Pixel};

use crate::{
    ReadOptions, cleanup,
    layout::{
        Cancel, Clutter, Mask, Parts, Place, Regions, Ring, Rings, Rules, Tables, TextLine,
        find_clutter, find_lines, find_rules, ink_threshold, is_struck, join_digit_boxes, page_em,
        strike_evidence, struck_column, take_cancels, take_holes, take_rings, take_seals,
    },
    mapping::Mapping,
    recognise::Sheet,
    resize::shrunk,
};

/// What is this much lighter than ink is ink too where it touches some. 12, 25 and 38 were tried
/// on twelve pages and differ little; without, a third more characters of print were lost
/// (docs/reading.md).
const FAINTER: u8 = 25;
/// A page turned by less than this is read as it lies: straightening blurs.
const STRAIGHT_RADIANS: f64 = 0.001;
/// A page turned by more than this is drawn on a larger sheet, so that its corners stay.
const WIDE_RADIANS: f64 = 0.02;
/// Rules are sought among everything that is darker than this: blue and grey rules are lighter
/// than ink, and still confuse the engine.
const PALE_RULE: u8 = 215;
/// A rule is at least this share of the page's shorter side long: 13 mm of A4.
const SHORTEST_RULE: u32 = 16;

/// Of a colour picture every so many pixels a side are looked at for the edges of the sheet.
const STRIDE: u32 = 4;

/// A page made ready to be read.
pub struct ReadyPage {
    /// Straight, flat, without rules and rings.
    pub flat: GrayImage,
    /// Straight and flat, without its rules, with all strokes of pens.
    pub drawn: GrayImage,
    /// Leads from `flat` back to the upright page.
    pub back: Mapping,
    /// Whether its rows are level: it was straightened, or found to lie straight.
    pub is_level: bool,
    /// Its pieces of ink.
    pub parts: Parts,
    /// Its ruled lines, which were taken out.
    pub rules: Rules,
    /// Rings around printed choices, which were taken out.
    pub rings: Vec<Ring>,
    /// Where rings were looked for.
    pub ring_places: Vec<Rect>,
    /// What the rules enclose.
    pub regions: Regions,
    /// The cells of its tables.
    pub tables: Tables,
    /// Ink that is no writing.
    pub clutter: Clutter,
    /// Its lines of writing, in no order.
    pub lines: Vec<TextLine>,
    /// The size of its ordinary characters, in pixels.
    pub em: u32,
}

impl ReadyPage {
    /// Clean-up and layout of a page as it was decoded, which stands upright already.
    pub fn prepare(page: &DynamicImage, options: &ReadOptions) -> Self {
        Self::prepare_noting(page, options, &mut |_| ())
    }

    /// The same; `done` is told the name of each step when it is done, so that steps can be
    /// timed.
    pub fn prepare_noting(
        page: &DynamicImage,
        options: &ReadOptions,
        done: &mut dyn FnMut(&'static str),
    ) -> Self {
        let flat = flat(page, options);
        done("flatten");
        let corners = sheet_corners(page, options);
        done("sheet");
        Self::of_noting(&flat.gray, corners, options, done)
    }

    /// All clean-up and layout of a page that is flat already. `corners` are those of the sheet
    /// if it lies on something else.
    pub fn of(flat: &GrayImage, corners: Option<[(f64, f64); 4]>, options: &ReadOptions) -> Self {
        Self::of_noting(flat, corners, options, &mut |_| ())
    }

    fn of_noting(
        flat: &GrayImage,
        corners: Option<[(f64, f64); 4]>,
        options: &ReadOptions,
        done: &mut dyn FnMut(&'static str),
    ) -> Self {
        let (mut flat, back) = straight(flat, corners, options);
        done("straighten");
        if options.lift_folds {
            cleanup::lift_folds(&mut flat);
        }
        done("folds");
        let threshold = ink_threshold(&flat);
        let shortest = (flat.width().min(flat.height()) / SHORTEST_RULE) as usize;
        let rules = find_rules(&Mask::of(&flat, PALE_RULE), shortest.max(40), |place| {
            strike_evidence(&flat, place)
        });
        done("rules");
        let mut sure = Mask::of(&flat, threshold);
        rules.remove(&mut sure, &mut flat);
        let drawn = flat.clone();
        let struck = |place: Place| is_struck(&drawn, place);
        // Once more, without what the rules lent their darkness to.
        let mut ink = Mask::with_faint(&flat, threshold, threshold.saturating_add(FAINTER));
        done("rules taken out");
        let mut parts = Parts::of(&ink);
        let em = page_em(&parts);
        done("pieces of ink");
        if options.take_holes
            && !take_holes(&parts, &rules, &mut sure, &mut ink, &mut flat, em).is_empty()
        {
            parts = Parts::of(&ink);
        }
        done("holes");
        let mut found = Rings::default();
        if options.take_rings {
            found = take_rings(&parts, &mut ink, &mut flat, &drawn, em);
        }
        let Rings { rings, places: ring_places } = found;
        done("rings");
        let seals = if options.take_seals {
            take_seals(&parts, &mut sure, &mut ink, &mut flat, em)
        } else {
            Vec::new()
        };
        if !(rings.is_empty() && seals.is_empty()) {
            parts = Parts::of(&ink);
        }
        done("seals");
        let cancels = take_cancels(&parts, &mut sure, &mut ink, &mut flat, em);
        if !cancels.is_empty() {
            parts = Parts::of(&ink);
        }
        done("strokes over lines");
        let regions = Regions::of(&rules.walls(&parts, em));
        let tables = Tables::of(&regions);
        done("cells");
        let clutter = find_clutter(&parts, &rules, &flat, em, threshold - 10, struck);
        done("clutter");
        let mut lines = find_lines(&parts, &clutter.is_clutter, &regions, em);
        done("lines");
        for line in &mut lines {
            line.struck = struck(Place::of(line, em));
        }
        strike_cancelled(&mut lines, &cancels, em);
        join_digit_boxes(&mut lines, &regions);
        done("strike-outs");
        Self {
            flat,
            drawn,
            back,
            is_level: options.deskew || !back.is_identity(),
            parts,
            rules,
            rings,
            ring_places,
            regions,
            tables,
            clutter,
            lines,
            em,
        }
    }

    /// How much ink stands right before and behind a line and was not read, as a share of a character's
    /// square: what a line lacks may stand there. `read` tells the parts that were read.
    pub fn unread_beside(&self, line: &TextLine, read: &[bool]) -> f32 {
        let Rect { x0, y0, x1, y1 } = line.bbox;
        let em = line.em;
        let square = f32::from(u16::try_from(em).unwrap_or(u16::MAX)).powi(2);
        let (before, behind) = if line.vertical {
            let (from, to) = (y0.saturating_sub(em), y1 + em);
            (Rect::new(x0, from, x1, y0), Rect::new(x0, y1, x1, to))
        } else {
            let (from, to) = (x0.saturating_sub(em), x1 + em);
            (Rect::new(from, y0, x0, y1), Rect::new(x1, y0, to, y1))
        };
        let mut unread = 0;
        for (index, part) in self.parts.parts.iter().enumerate() {
            let b = part.bbox;
            // Specks, and what is left of rules.
            if read[index] || part.area * 40 < em * em || b.width().min(b.height()) * 6 < em {
                continue;
            }
            for strip in [before, behind].iter().filter(|strip| strip.intersection(b).is_some()) {
                for (y, from, to) in self.parts.rows(index) {
                    if (strip.y0..strip.y1).contains(&y) {
                        unread += to.min(strip.x1).saturating_sub(from.max(strip.x0));
                    }
                }
            }
        }
        (unread as f32 / square).min(1.0)
    }

    /// The pieces of ink that may be columns which are struck out.
    pub fn struck_columns(&self) -> impl Iterator<Item = Place> {
        self.parts.parts.iter().filter_map(|part| struck_column(part.bbox, self.em))
    }

    /// What the recogniser needs.
    pub fn sheet(&self) -> Sheet<'_> {
        Sheet::of(&self.flat, &self.parts, &self.lines)
    }

    /// Notes on a line as it was read what the page knows of it. Its symbols' places are still
    /// those of the straight page.
    pub fn note(&self, line: &TextLine, read: &mut Line) {
        read.bbox = line.bbox;
        read.straight = self.is_level.then_some(line.bbox);
        // A lone dash is one stroke from end to end, and strikes nothing out.
        read.struck = line.struck && !read.text.chars().all(is_dash) && !is_scrap(read);
        read.cell = self.tables.cell(line.region);
        for ring in self.rings.iter().filter(|ring| ring.place.intersection(line.bbox).is_some()) {
            for symbol in read.symbols.iter_mut().filter(|symbol| ring.holds(symbol.bbox)) {
                symbol.ringed = true;
            }
        }
    }
}

/// Lines that a stroke over several lines spans are struck out, if it runs through one of them; a
/// stroke over one line alone strikes it out if another crosses it.
fn strike_cancelled(lines: &mut [TextLine], cancels: &[Cancel], em: u32) {
    for (at, cancel) in cancels.iter().enumerate() {
        let spanned: Vec<usize> =
            (0..lines.len()).filter(|&line| cancel.spans(lines[line].bbox, em)).collect();
        let mut others = cancels.iter().enumerate().filter(|(other, _)| *other != at);
        let through = spanned.iter().any(|&line| cancel.runs_through(lines[line].bbox, em));
        let rows = spanned.iter().map(|&line| lines[line].bbox);
        let (top, bottom) = rows.fold((u32::MAX, 0), |(top, bottom), b| {
            (top.min(u32::midpoint(b.y0, b.y1)), bottom.max(u32::midpoint(b.y0, b.y1)))
        });
        // Pieces of one line beside each other are no two lines.
        let several = bottom.saturating_sub(top) * 3 > em * 2;
        if through && (several || others.any(|(_, other)| other.crosses(cancel))) {
            for line in spanned {
                lines[line].struck = true;
            }
        }
    }
}

/// Three characters at most that nobody can read are a piece of a seal, and what a form prints in
/// so few runs together on a fax: neither was struck out.
fn is_scrap(line: &Line) -> bool {
    let sure = line.symbols.iter().map(|symbol| symbol.confidence).sum::<f32>();
    let count = line.symbols.len();
    count <= 3 && (sure < 0.5 * count as f32 || line.label == Some(true))
}

fn is_dash(character: char) -> bool {
    matches!(character, 'ー' | '一' | '-' | '—' | '=' | '_' | '…' | '.')
        || character.is_whitespace()
}

/// The page in grey as it was scanned, flattened and without streaks if the options say so.
pub fn flat(page: &DynamicImage, options: &ReadOptions) -> cleanup::Flat {
    let mut flat = if options.flatten {
        cleanup::flatten(page, options.drop_stamps)
    } else {
        cleanup::Flat { gray: page.to_luma8(), stamps: Vec::new() }
    };
    if options.take_streaks {
        cleanup::take_streaks(&mut flat.gray);
    }
    flat
}

/// The corners of the sheet on the picture of a page, if it lies on something else.
pub fn sheet_corners(page: &DynamicImage, options: &ReadOptions) -> Option<[(f64, f64); 4]> {
    if !options.find_sheet {
        return None;
    }
    match page {
        DynamicImage::ImageLuma8(gray) => cleanup::sheet_corners(gray),
        DynamicImage::ImageRgb8(colour) if colour.width().min(colour.height()) > 4 * STRIDE => {
            // Edges are sought in a much smaller picture anyway.
            let small =
                GrayImage::from_fn(colour.width() / STRIDE, colour.height() / STRIDE, |x, y| {
                    image::Luma([colour.get_pixel(x * STRIDE, y * STRIDE).to_luma().0[0]])
                });
            let corners = cleanup::sheet_corners(&small)?;
            let scale = f64::from(STRIDE);
            Some(corners.map(|(x, y)| (x * scale, y * scale)))
        }
        other => cleanup::sheet_corners(&other.to_luma8()),
    }
}

/// The sheet alone, its writing level: one resampling for both.
fn straight(
    flat: &GrayImage,
    corners: Option<[(f64, f64); 4]>,
    options: &ReadOptions,
) -> (GrayImage, Mapping) {
    let sheet = corners.and_then(|corners| {
        let side = |a: usize, b: usize| {
            let (ax, ay) = corners[a];
            let (bx, by) = corners[b];
            (bx - ax).hypot(by - ay)
        };
        let width = side(0, 1).max(side(3, 2)).round().max(1.0) as u32;
        let height = side(0, 3).max(side(1, 2)).round().max(1.0) as u32;
        Some((width, height, Mapping::to_quadrangle(width, height, corners)?))
    });
    let (width, height, to_sheet) =
        sheet.unwrap_or((flat.width(), flat.height(), Mapping::IDENTITY));
    let radians = if options.deskew { skew(flat, &to_sheet, width, height) } else { 0.0 };
    if sheet.is_none() && radians.abs() < STRAIGHT_RADIANS {
        return (flat.clone(), Mapping::IDENTITY);
    }
    let (mut to_width, mut to_height) = (width, height);
    if radians.abs() > WIDE_RADIANS {
        let (sin, cos) = (radians.sin().abs(), radians.cos());
        let (w, h) = (f64::from(width), f64::from(height));
        (to_width, to_height) = ((w * cos + h * sin) as u32, (h * cos + w * sin) as u32);
    }
    let back = to_sheet.after(&Mapping::rotation(radians, (to_width, to_height), (width, height)));
    (cleanup::warp(flat, &back, to_width, to_height), back)
}

/// The skew that is left on the sheet, found on a small picture of it.
fn skew(flat: &GrayImage, to_sheet: &Mapping, width: u32, height: u32) -> f64 {
    let step = (width / 1000).max(1);
    let small = shrunk(flat, (flat.width() / step).max(1), (flat.height() / step).max(1));
    if to_sheet.is_identity() {
        return cleanup::skew(&small);
    }
    let back = to_sheet.scaled(1.0 / f64::from(step));
    let sheet = cleanup::warp(&small, &back, (width / step).max(1), (height / step).max(1));
    cleanup::skew(&sheet)
}

#[cfg(test)]
mod tests {
    use image::Luma;

    use super::*;

    #[test]
    fn ink_beside_a_line_that_nobody_read_is_told() {
        // A row of characters of four strokes each.
        let flat = GrayImage::from_fn(900, 400, |x, y| {
            let inside = (100..420).contains(&x) && (200..230).contains(&y) && x % 40 < 30;
            Luma([if inside && (x % 10 < 4 || y % 13 < 4) { 20 } else { 255 }])
        });
        let page = ReadyPage::of(&flat, None, &ReadOptions::default());
        assert_eq!(page.lines.len(), 1);
        let whole = &page.lines[0];
        let mut read = vec![true; page.parts.parts.len()];
        assert!(page.unread_beside(whole, &read) < 0.01);
        // Its last character was left out.
        let last = *whole.parts.iter().max_by_key(|&&part| page.parts.parts[part].bbox.x0).unwrap();
        read[last] = false;
        let mut cut = whole.clone();
        cut.parts.retain(|&part| part != last);
        cut.bbox.x1 = page.parts.parts[last].bbox.x0 - 10;
        assert!(page.unread_beside(&cut, &read) > 0.3);
    }
}
