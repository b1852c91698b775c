use chart::{Line, PageText};
use image::GrayImage;

use crate::OcrError;

/// What a picture that is given to an engine shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shape {
    /// A whole page, whose layout the engine has to find.
    Page,
    /// One line that runs from left to right.
    Line,
    /// One column that runs from top to bottom.
    Column,
}

/// A line as an engine read it, and how sure the engine is of it as a whole.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// What it says. Its confidence is the engine's own figure.
    pub line: Line,
    /// The share, 0 to 1, that other readings of the same line have in the probability of all that
    /// were followed.
    pub rivals: f32,
    /// How unlikely the engine finds that exactly this stands there: −ln of its probability.
    pub surprise: f32,
}

impl Reading {
    /// Of an engine that tells no more than its symbols' confidences.
    pub fn of(line: Line) -> Self {
        let surprise = line.symbols.iter().map(|s| -s.confidence.max(1e-4).ln()).sum();
        Self { line, rivals: 0.0, surprise }
    }
}

/// A recogniser: the seam behind which other engines fit.
///
/// It sees dark writing on a light ground, and answers the same to the same picture.
pub trait Engine: Send {
    /// Engine, models and their versions; stands in every reading.
    fn version(&self) -> String;

    /// Reads a picture. Places are pixels of that picture, confidences 0 to 1, the best
    /// reading of a symbol is followed by its ranked alternatives. A picture without writing
    /// gives no line.
    fn read(&mut self, picture: &GrayImage, shape: Shape) -> Result<Vec<Reading>, OcrError>;
}

/// Whatever makes text of an encoded page; what runs inside a child of [`crate::isolation`].
pub trait PageReader {
    /// Everything a reading depends on beside the picture, as one text.
    fn version(&self) -> String;

    /// Reads one page picture (PNG, JPEG or single-page TIFF).
    fn read(&mut self, encoded: &[u8]) -> Result<PageText, OcrError>;
}
