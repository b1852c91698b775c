//! Tesseract as an [`Engine`].

mod models; // which models, and where they lie
mod results; // everything copied out of the engine's iterators

pub use models::{MODELS, Model, find_tessdata};

use std::path::{Path, PathBuf};

use chart::Orientation;
use image::GrayImage;
use tesseract_rs::{TessPageSegMode, TesseractAPI};

use crate::{Engine, OcrError, Reading, Shape, odds};

/// Tesseract with its Japanese models, loaded when they are first needed.
///
/// One process should hold one: the library keeps state of its own, and two at once in one
/// process slow each other down.
pub struct Tesseract {
    folder: PathBuf,
    horizontal: Option<TesseractAPI>,
    vertical: Option<TesseractAPI>,
    osd: Option<TesseractAPI>,
}

impl Tesseract {
    /// Makes sure that the models are there.
    pub fn open(tessdata: Option<&Path>) -> Result<Self, OcrError> {
        let folder = find_tessdata(tessdata)?;
        Ok(Self { folder, horizontal: None, vertical: None, osd: None })
    }

    /// By how much a page must be turned, and how sure that is (0 is a guess; 1 and more was
    /// right on the 40 pages tried). `None` if the page has too little writing to tell.
    pub fn orientation(
        &mut self,
        page: &GrayImage,
    ) -> Result<Option<(Orientation, f32)>, OcrError> {
        // The Japanese models answer wrongly without an error, so it takes an engine of its own.
        let api = lend(&mut self.osd, &self.folder, models::ORIENTATION)?;
        api.set_page_seg_mode(TessPageSegMode::PSM_OSD_ONLY)?;
        set_picture(api, page)?;
        let Ok((degrees, confidence, _, _)) = api.detect_os() else { return Ok(None) };
        // Tesseract tells how far the page was turned counter-clockwise out of its place.
        let turn = u16::try_from(degrees).ok().map(|degrees| (360 - degrees) % 360);
        Ok(turn.and_then(Orientation::from_degrees).map(|turn| (turn, confidence)))
    }
}

impl Engine for Tesseract {
    fn version(&self) -> String {
        let models: Vec<&str> = MODELS.iter().map(|model| model.name).collect();
        format!("tesseract {} {}", TesseractAPI::version(), models.join("+"))
    }

    fn read(&mut self, picture: &GrayImage, shape: Shape) -> Result<Vec<Reading>, OcrError> {
        let (api, model, mode) = match shape {
            Shape::Page => (&mut self.horizontal, models::HORIZONTAL, TessPageSegMode::PSM_AUTO),
            Shape::Line => {
                (&mut self.horizontal, models::HORIZONTAL, TessPageSegMode::PSM_RAW_LINE)
            }
            Shape::Column => {
                (&mut self.vertical, models::VERTICAL, TessPageSegMode::PSM_SINGLE_BLOCK_VERT_TEXT)
            }
        };
        let api = lend(api, &self.folder, model)?;
        api.set_page_seg_mode(mode)?;
        set_picture(api, picture)?;
        api.recognize()?;
        let lines = results::copy_out(api, odds::of_tesseract(), shape == Shape::Column);
        api.clear()?;
        Ok(lines?.into_iter().map(Reading::of).collect())
    }
}

fn lend<'api>(
    api: &'api mut Option<TesseractAPI>,
    folder: &Path,
    model: &'static Model,
) -> Result<&'api TesseractAPI, OcrError> {
    match api {
        Some(api) => Ok(api),
        None => Ok(api.insert(load(folder, model)?)),
    }
}

fn load(folder: &Path, model: &'static Model) -> Result<TesseractAPI, OcrError> {
    let api = TesseractAPI::new();
    api.init(folder, model.name).map_err(|_| OcrError::BrokenModel {
        model: model.name,
        folder: folder.to_owned(),
        package: model.package,
    })?;
    // Alternatives of each symbol, from the same beam search.
    api.set_variable("lstm_choice_mode", "2")?;
    // No learning from page to page: the same bytes give the same text.
    api.set_variable("classify_enable_learning", "0")?;
    Ok(api)
}

fn set_picture(api: &TesseractAPI, picture: &GrayImage) -> Result<(), OcrError> {
    // `decode` allows sides up to 32,767, so these are lossless.
    let (width, height) = (picture.width() as i32, picture.height() as i32);
    api.set_image(picture.as_raw(), width, height, 1, width)?;
    api.set_source_resolution(300)?;
    Ok(())
}
