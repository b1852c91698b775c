use std::path::Path;

use chart::Orientation;
use image::GrayImage;

use crate::{Engine, Network, OcrError, Reading, Shape, Tesseract};

/// Each kind of picture to the engine that reads it best: lines and columns to the network, columns
/// to tesseract as well where that is unsure; whole pages to tesseract alone.
pub struct Engines {
    network: Network,
    tesseract: Tesseract,
}

impl Engines {
    /// Loads what every page needs; an error says which model is missing and how to install it.
    pub fn open(tessdata: Option<&Path>) -> Result<Self, OcrError> {
        Ok(Self { network: Network::open()?, tesseract: Tesseract::open(tessdata)? })
    }

    /// What the other engine makes of it.
    pub fn read_again(
        &mut self,
        picture: &GrayImage,
        shape: Shape,
    ) -> Result<Vec<Reading>, OcrError> {
        self.tesseract.read(picture, shape)
    }

    /// By how much a page must be turned, as [`Tesseract::orientation`] tells it.
    pub fn orientation(
        &mut self,
        page: &GrayImage,
    ) -> Result<Option<(Orientation, f32)>, OcrError> {
        self.tesseract.orientation(page)
    }
}

impl Engine for Engines {
    fn version(&self) -> String {
        format!("{}, {}", self.network.version(), self.tesseract.version())
    }

    fn read(&mut self, picture: &GrayImage, shape: Shape) -> Result<Vec<Reading>, OcrError> {
        match shape {
            Shape::Line | Shape::Column => self.network.read(picture, shape),
            Shape::Page => self.tesseract.read(picture, shape),
        }
    }
}
