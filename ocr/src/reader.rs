use std::collections::HashMap;

use chart::{Line, Orientation, PageText, Rect};
use image::{DynamicImage, GrayImage, imageops};

use crate::{
    Engine, OcrError, PageReader, ReadOptions, Reading, Shape, cleanup,
    debug::Debug,
    decode,
    engines::Engines,
    layout::reading_order,
    page::{ReadyPage, flat, sheet_corners},
    quality::judge,
    recognise::{
        self, Crop, LineSigns, best_turn, calibration, is_dirt, is_doubtful, is_label, merged, told,
    },
    resize::shrunk,
    spacing::spaced,
};

/// Trial reading that prefers a direction by less than this leaves it open.
const CLEAR_MARGIN: f32 = 0.08;
/// OSD's confidence from which it is believed where trial reading leaves it open.
const ORIENTATION_SURE: f32 = 1.0;

/// Reads pages in this process, with warm models. One a process.
pub struct Reader {
    engine: Engines,
    options: ReadOptions,
}

impl Reader {
    /// Loads the models; an error says which one is missing and how to install it.
    pub fn open(options: ReadOptions) -> Result<Self, OcrError> {
        let engine = Engines::open(options.tessdata.as_deref())?;
        Ok(Self { engine, options })
    }

    /// Reads a page that is decoded already.
    pub fn read_picture(&mut self, page: &DynamicImage) -> Result<PageText, OcrError> {
        Ok(self.read_noting(page, None)?.0)
    }

    /// The same, and for each line the signs by which its confidence is told: to fit their weights.
    pub fn read_with_signs(
        &mut self,
        page: &DynamicImage,
    ) -> Result<(PageText, Vec<LineSigns>), OcrError> {
        self.read_noting(page, None)
    }

    fn read_noting(
        &mut self,
        page: &DynamicImage,
        debug: Option<&Debug>,
    ) -> Result<(PageText, Vec<LineSigns>), OcrError> {
        let flat = flat(page, &self.options).gray;
        if let Some(debug) = debug {
            debug.flat(page, &flat)?;
        }
        if !self.options.layout {
            return Ok((self.read_whole(&flat)?, Vec::new()));
        }
        let corners = sheet_corners(page, &self.options);
        let (width, height) = flat.dimensions();
        let mut ready = ReadyPage::of(&flat, corners, &self.options);
        // Of the page as it was scanned: turning changes neither size nor sharpness.
        let quality = judge(page, &ready);
        let (mut orientation, mut on_trial) = (Orientation::Upright, HashMap::new());
        if self.options.orient {
            (orientation, on_trial) = self.orientation(&ready)?;
        }
        if orientation != Orientation::Upright {
            let corners = corners.map(|corners| turn_corners(corners, orientation, width, height));
            ready = ReadyPage::of(&turn(flat, orientation), corners, &self.options);
            on_trial.clear();
        }
        let (width, height) = orientation.upright_size(width, height);
        let (mut lines, signs) = self.line_by_line(&ready, on_trial)?;
        if let Some(debug) = debug {
            debug.ready(&ready)?;
            debug.overlay(&ready, &lines)?;
        }
        for line in &mut lines {
            put_back(line, |rect| ready.back.rect(rect, width, height));
        }
        let text = PageText {
            width,
            height,
            orientation,
            lines,
            engine: self.version(),
            quality: Some(quality),
        };
        Ok((text, signs))
    }

    /// All lines of a page; those `on_trial`, by their index, were read already.
    fn line_by_line(
        &mut self,
        page: &ReadyPage,
        mut on_trial: HashMap<usize, Vec<Reading>>,
    ) -> Result<(Vec<Line>, Vec<LineSigns>), OcrError> {
        let sheet = page.sheet();
        let mut found_in = Vec::new();
        for index in reading_order(&page.lines, &page.regions, &page.tables) {
            let line = &page.lines[index];
            let crop = Crop::of(&sheet, line);
            let shape = if line.vertical { Shape::Column } else { Shape::Line };
            let first = match on_trial.remove(&index) {
                Some(read) => read,
                None => self.engine.read(&crop.picture, shape)?,
            };
            let mut best = self.with_second_opinion(first, &crop.picture, shape)?;
            if self.options.drop_dirt {
                best.retain(|read| !is_dirt(&read.line));
            }
            for found in best {
                let mut seen = told(found.line);
                seen.label = Some(is_label(&seen));
                if seen.label == Some(true) {
                    seen.handwritten = Some(false);
                }
                put_back(&mut seen, |rect| crop.on_page(rect));
                // A line that is not level takes more room on the page.
                let all = Rect::around(seen.symbols.iter().map(|symbol| symbol.bbox));
                seen.bbox = all.unwrap_or(seen.bbox);
                if line.vertical {
                    // The gaps that were narrowed for the engine are as wide as they are only here.
                    seen.text = spaced(&seen.symbols, seen.bbox, true);
                }
                page.note(line, &mut seen);
                found_in.push((line, seen, found.rivals, found.surprise));
            }
        }
        let mut parts_read = vec![false; page.parts.parts.len()];
        for &part in found_in.iter().flat_map(|(line, ..)| &line.parts) {
            parts_read[part] = true;
        }
        let told = found_in.into_iter().map(|(line, mut seen, rivals, surprise)| {
            let unread = page.unread_beside(line, &parts_read);
            let signs = LineSigns::of(&seen, rivals, surprise, unread);
            seen.confidence = calibration().line.probability(&signs);
            (seen, signs)
        });
        Ok(told.unzip())
    }

    /// What one line says: what the network `first` says, and of a column where that is unsure what
    /// tesseract says too.
    fn with_second_opinion(
        &mut self,
        first: Vec<Reading>,
        picture: &GrayImage,
        shape: Shape,
    ) -> Result<Vec<Reading>, OcrError> {
        // Lines the network reads better alone (docs/reading.md).
        if !self.options.second_opinion || shape != Shape::Column || !is_doubtful(&first) {
            return Ok(first);
        }
        let second = self.engine.read_again(picture, shape)?;
        Ok(merged(first, second, &calibration().merging))
    }

    /// By how much the page must be turned: what reads best, or OSD where that leaves it open; and what
    /// was read on trial of the page as it stands.
    fn orientation(
        &mut self,
        page: &ReadyPage,
    ) -> Result<(Orientation, HashMap<usize, Vec<Reading>>), OcrError> {
        let trial = best_turn(&mut self.engine, &page.sheet(), &page.lines)?;
        let clear = trial.as_ref().is_some_and(|trial| trial.margin >= CLEAR_MARGIN);
        let found = if clear { None } else { self.detected(&page.flat)? };
        let (best, read) = trial.map_or_else(Default::default, |trial| (trial.best, trial.read));
        Ok((found.unwrap_or(best), read))
    }

    fn detected(&mut self, page: &GrayImage) -> Result<Option<Orientation>, OcrError> {
        let half = shrunk(page, page.width().div_ceil(2), page.height().div_ceil(2));
        let found = self.engine.orientation(&half)?;
        Ok(found.filter(|(_, sure)| *sure >= ORIENTATION_SURE).map(|(turn, _)| turn))
    }

    /// The whole page at once, as the engine itself would have it.
    fn read_whole(&mut self, flat: &GrayImage) -> Result<PageText, OcrError> {
        let orientation = if self.options.orient {
            self.detected(flat)?.unwrap_or_default()
        } else {
            Orientation::Upright
        };
        let upright = turn(flat.clone(), orientation);
        let (width, height) = upright.dimensions();
        let read = self.engine.read(&upright, Shape::Page)?;
        let lines = read.into_iter().map(|read| read.line).collect();
        Ok(PageText { width, height, orientation, lines, engine: self.version(), quality: None })
    }
}

impl PageReader for Reader {
    fn version(&self) -> String {
        let engine = self.engine.version();
        format!("{engine}, clean-up {}, merging {}", cleanup::VERSION, recognise::VERSION)
    }

    fn read(&mut self, encoded: &[u8]) -> Result<PageText, OcrError> {
        let page = decode(encoded)?;
        let folder = self.options.debug_dir.as_deref();
        let debug = folder.map(|folder| Debug::of(folder, encoded)).transpose()?;
        Ok(self.read_noting(&page, debug.as_ref())?.0)
    }
}

fn turn(page: GrayImage, orientation: Orientation) -> GrayImage {
    match orientation {
        Orientation::Upright => page,
        Orientation::Clockwise90 => imageops::rotate90(&page),
        Orientation::UpsideDown => imageops::rotate180(&page),
        Orientation::Clockwise270 => imageops::rotate270(&page),
    }
}

/// Where the corners of the sheet are once the page is turned, the upper left one first again.
fn turn_corners(
    corners: [(f64, f64); 4],
    orientation: Orientation,
    width: u32,
    height: u32,
) -> [(f64, f64); 4] {
    let (w, h) = (f64::from(width), f64::from(height));
    let quarters = usize::from(orientation.degrees() / 90);
    let mut turned = corners.map(|(x, y)| match orientation {
        Orientation::Upright => (x, y),
        Orientation::Clockwise90 => (h - y, x),
        Orientation::UpsideDown => (w - x, h - y),
        Orientation::Clockwise270 => (y, w - x),
    });
    turned.rotate_right(quarters);
    turned
}

fn put_back(line: &mut Line, place: impl Fn(Rect) -> Rect) {
    line.bbox = place(line.bbox);
    for symbol in &mut line.symbols {
        symbol.bbox = place(symbol.bbox);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_corners_of_a_turned_sheet_begin_at_the_upper_left() {
        let corners = [(10.0, 20.0), (90.0, 20.0), (90.0, 180.0), (10.0, 180.0)];
        let turned = turn_corners(corners, Orientation::Clockwise90, 100, 200);
        assert_eq!(turned, [(20.0, 10.0), (180.0, 10.0), (180.0, 90.0), (20.0, 90.0)]);
        let back = turn_corners(turned, Orientation::Clockwise270, 200, 100);
        assert_eq!(back, corners);
    }
}
