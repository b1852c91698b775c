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

/// A recogniser: the seam behind which other engines fit.
///
/// It sees dark writing on a light ground, and answers the same to the same picture.
pub trait Engine: Send {
    /// Engine, models and their versions; stands in every reading.
    fn version(&self) -> String;

    /// Reads a picture. Places are pixels of that picture, confidences 0 to 1, the best
    /// reading of a symbol is followed by its ranked alternatives. A picture without writing
    /// gives no line.
    fn read(&mut self, picture: &GrayImage, shape: Shape) -> Result<Vec<Line>, OcrError>;
}

/// Whatever makes text of an encoded page; what runs inside a child of [`crate::isolation`].
pub trait PageReader {
    /// Everything a reading depends on beside the picture, as one text.
    fn version(&self) -> String;

    /// Reads one page picture (PNG, JPEG or single-page TIFF).
    fn read(&mut self, encoded: &[u8]) -> Result<PageText, OcrError>;
}
