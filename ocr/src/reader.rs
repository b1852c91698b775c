use chart::{Line, Orientation, PageText, Rect};
use image::{DynamicImage, GrayImage, imageops};

use crate::{
    Engine, OcrError, PageReader, ReadOptions, Shape, Tesseract, cleanup, decode, mapping::Mapping,
};

/// A page turned by less than this is read as it lies: straightening blurs.
const STRAIGHT_RADIANS: f64 = 0.001;
/// OSD's confidence from which it is believed.
const ORIENTATION_SURE: f32 = 1.0;

/// Reads pages in this process, with warm models. One a process.
pub struct Reader {
    engine: Tesseract,
    options: ReadOptions,
}

impl Reader {
    /// Loads the models; an error says which one is missing and how to install it.
    pub fn open(options: ReadOptions) -> Result<Self, OcrError> {
        let engine = Tesseract::open(options.tessdata.as_deref())?;
        Ok(Self { engine, options })
    }

    /// Reads a page that is decoded already.
    pub fn read_picture(&mut self, page: &DynamicImage) -> Result<PageText, OcrError> {
        let gray = page.to_luma8();
        let orientation = self.orientation(&gray)?;
        let upright = turn(gray, orientation);
        let (width, height) = upright.dimensions();
        let radians = if self.options.deskew { cleanup::skew(&upright) } else { 0.0 };
        let (level, back) = if radians.abs() > STRAIGHT_RADIANS {
            cleanup::straighten(&upright, radians, 255)
        } else {
            (upright, Mapping::IDENTITY)
        };
        let mut lines = self.engine.read(&level, Shape::Page)?;
        for line in &mut lines {
            put_back(line, |rect| back.rect(rect, width, height));
        }
        Ok(PageText { width, height, orientation, lines, engine: self.version() })
    }

    fn orientation(&mut self, page: &GrayImage) -> Result<Orientation, OcrError> {
        if !self.options.orient {
            return Ok(Orientation::Upright);
        }
        let half = imageops::thumbnail(page, page.width().div_ceil(2), page.height().div_ceil(2));
        let found = self.engine.orientation(&half)?;
        Ok(found
            .filter(|(_, confidence)| *confidence >= ORIENTATION_SURE)
            .map_or(Orientation::Upright, |(turn, _)| turn))
    }
}

impl PageReader for Reader {
    fn version(&self) -> String {
        format!("{}, clean-up {}", self.engine.version(), cleanup::VERSION)
    }

    fn read(&mut self, encoded: &[u8]) -> Result<PageText, OcrError> {
        let page = decode(encoded)?;
        self.read_picture(&page)
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

fn put_back(line: &mut Line, place: impl Fn(Rect) -> Rect) {
    line.bbox = place(line.bbox);
    for symbol in &mut line.symbols {
        symbol.bbox = place(symbol.bbox);
    }
}
