use chart::Rect;
use image::{DynamicImage, GrayImage, imageops};

use crate::{
    ReadOptions, cleanup,
    layout::{
        Clutter, Mask, Parts, Regions, TextLine, find_clutter, find_lines, find_rules,
        ink_threshold, is_struck, page_em,
    },
    mapping::Mapping,
    recognise::Sheet,
};

/// A page turned by less than this is read as it lies: straightening blurs.
const STRAIGHT_RADIANS: f64 = 0.001;
/// Rules are sought among everything that is darker than this: blue and grey rules are lighter
/// than ink, and still confuse the engine.
const PALE_RULE: u8 = 215;
/// A rule is at least this share of the page's shorter side long: 13 mm of A4.
const SHORTEST_RULE: u32 = 16;

/// A page made ready to be read.
pub struct ReadyPage {
    /// Straight, flat, without rules.
    pub flat: GrayImage,
    /// Leads from `flat` back to the upright page.
    pub back: Mapping,
    pub parts: Parts,
    pub regions: Regions,
    pub clutter: Clutter,
    pub lines: Vec<TextLine>,
}

impl ReadyPage {
    /// All clean-up and layout of a page that is flat already. `corners` are those of the sheet
    /// if it lies on something else.
    pub fn of(flat: &GrayImage, corners: Option<[(f64, f64); 4]>, options: &ReadOptions) -> Self {
        let (mut flat, back) = straight(flat, corners, options);
        let threshold = ink_threshold(&flat);
        let shortest = (flat.width().min(flat.height()) / SHORTEST_RULE) as usize;
        let rules = find_rules(&Mask::of(&flat, PALE_RULE), shortest.max(40));
        let mut ink = Mask::of(&flat, threshold);
        rules.remove(&mut ink, &mut flat);
        let regions = Regions::of(&rules.mask);
        let parts = Parts::of(&ink);
        let em = page_em(&parts);
        let clutter = find_clutter(&parts, &rules, &flat, em, threshold - 10);
        let mut lines = find_lines(&parts, &clutter.is_clutter, &regions, em);
        for line in &mut lines {
            line.struck = is_struck(line, &parts, &rules);
        }
        Self { flat, back, parts, regions, clutter, lines }
    }

    /// What the recogniser needs.
    pub fn sheet(&self) -> Sheet<'_> {
        Sheet { flat: &self.flat, parts: &self.parts }
    }

    /// The page with a frame around each line, for debugging.
    pub fn framed(&self) -> GrayImage {
        let mut framed = self.flat.clone();
        let rings = self.clutter.rings.iter().chain(&self.clutter.seals);
        for &bbox in self.lines.iter().map(|line| &line.bbox).chain(rings) {
            let Rect { x0, y0, x1, y1 } = bbox;
            let (right, bottom) = (x1.min(framed.width()) - 1, y1.min(framed.height()) - 1);
            for x in x0..=right {
                framed.put_pixel(x, y0, image::Luma([90]));
                framed.put_pixel(x, bottom, image::Luma([90]));
            }
            for y in y0..=bottom {
                framed.put_pixel(x0, y, image::Luma([90]));
                framed.put_pixel(right, y, image::Luma([90]));
            }
        }
        framed
    }
}

/// The corners of the sheet on the picture of a page, if it lies on something else.
pub fn sheet_corners(page: &DynamicImage, options: &ReadOptions) -> Option<[(f64, f64); 4]> {
    if !options.find_sheet {
        return None;
    }
    cleanup::sheet_corners(&page.to_luma8())
}

/// The sheet alone, its writing level: one resampling for both.
fn straight(
    flat: &GrayImage,
    corners: Option<[(f64, f64); 4]>,
    options: &ReadOptions,
) -> (GrayImage, Mapping) {
    let (width, height, to_sheet) = match corners {
        Some(corners) => {
            let side = |a: usize, b: usize| {
                let (ax, ay) = corners[a];
                let (bx, by) = corners[b];
                (bx - ax).hypot(by - ay)
            };
            let width = side(0, 1).max(side(3, 2)).round().max(1.0) as u32;
            let height = side(0, 3).max(side(1, 2)).round().max(1.0) as u32;
            (width, height, Mapping::to_quadrangle(width, height, corners))
        }
        None => (flat.width(), flat.height(), Mapping::IDENTITY),
    };
    let radians = if options.deskew { skew(flat, &to_sheet, width, height) } else { 0.0 };
    if corners.is_none() && radians.abs() < STRAIGHT_RADIANS {
        return (flat.clone(), Mapping::IDENTITY);
    }
    let back = to_sheet.after(&Mapping::rotation(radians, width, height));
    (cleanup::warp(flat, &back, width, height), back)
}

/// The skew that is left on the sheet, found on a small picture of it.
fn skew(flat: &GrayImage, to_sheet: &Mapping, width: u32, height: u32) -> f64 {
    let step = (width / 1000).max(1);
    let small =
        imageops::thumbnail(flat, (flat.width() / step).max(1), (flat.height() / step).max(1));
    let back = to_sheet.scaled(1.0 / f64::from(step));
    let sheet = cleanup::warp(&small, &back, (width / step).max(1), (height / step).max(1));
    cleanup::skew(&sheet)
}
