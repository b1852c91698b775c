//! The line recogniser of our own as an [`Engine`]: a small network of convolutions, trained on
//! made-up lines (models/training), run by `rten` on one core.

mod beam; // scores of frames to the likeliest characters
mod column; // a column's characters laid side by side
mod frames; // scores of frames to symbols
mod language; // which character usually follows which
mod prepared; // a line's picture as the network wants it

use chart::{Line, Rect, Symbol};
use image::GrayImage;
use rten::{Model, NodeId};
use rten_tensor::{NdTensor, prelude::*};

use crate::{
    Engine, OcrError, Reading, Shape,
    inference::run_options,
    odds::{self, Figures},
    spacing::spaced,
};
use column::Column;
use language::Language;
use prepared::Prepared;

/// The trained weights (models/README.md).
static WEIGHTS: &[u8] = include_bytes!("../../../models/line-reader.onnx");
/// What the classes after "nothing" stand for, a character each.
static CHARACTERS: &str = include_str!("../../../models/line-reader.txt");

/// What lies on its side in a column, and may be read so.
const TURNED: &str = "ー()「」『』【】〔〕〈〉《》[]…‥-~=:;|/";

/// Raised whenever the weights or the search change; part of every reading's version.
pub const VERSION: u32 = 5;

/// The network, ready to read single lines from left to right.
pub struct Network {
    model: Model,
    input: NodeId,
    outputs: [NodeId; 2],
    characters: Vec<&'static str>,
    language: Language,
    calibrated: bool,
}

impl Network {
    /// Loads the weights that the program comes with.
    pub fn open() -> Result<Self, OcrError> {
        let broken = |why: &dyn std::fmt::Display| OcrError::Engine(why.to_string());
        let model = Model::load_static_slice(WEIGHTS).map_err(|error| broken(&error))?;
        let [input, classes, handwriting] = ["pictures", "probabilities", "handwriting"]
            .map(|name| model.node_id(name).map_err(|error| broken(&error)));
        let characters: Vec<&str> = CHARACTERS.lines().collect();
        let language = Language::of(&characters);
        Ok(Self {
            model,
            input: input?,
            outputs: [classes?, handwriting?],
            characters,
            language,
            calibrated: true,
        })
    }

    /// The same, with the network's own figures as confidences: to fit curves to.
    pub fn uncalibrated() -> Result<Self, OcrError> {
        Ok(Self { calibrated: false, ..Self::open()? })
    }

    fn row(&self, picture: &GrayImage) -> Result<Option<Reading>, OcrError> {
        let Some(line) = Prepared::of(picture) else { return Ok(None) };
        let seen = self.looked_at(&line)?;
        let Some(mut read) = frames::line(&seen.classes, &line, &self.characters, &self.language)
        else {
            return Ok(None);
        };
        read.line.handwritten = Some(seen.handwriting > 0.5);
        if self.calibrated {
            let odds = odds::of_network();
            for symbol in &mut read.line.symbols {
                let figures =
                    Figures { word: read.line.confidence, own: symbol.confidence, rival: 0.0 };
                symbol.confidence = odds.probability(&symbol.text, figures);
            }
        }
        Ok(Some(read))
    }

    /// A column, character by character; what lies on its side there is read turned upright.
    fn column(&self, picture: &GrayImage) -> Result<Option<Reading>, OcrError> {
        let Some(column) = Column::of(picture) else { return Ok(None) };
        let Some(upright) = self.row(&column.as_row(false))? else { return Ok(None) };
        let turned =
            self.row(&column.as_row(true))?.map_or_else(Vec::new, |read| read.line.symbols);
        let mut symbols: Vec<(usize, Symbol)> = upright
            .line
            .symbols
            .into_iter()
            .map(|symbol| (column.character(symbol.bbox), symbol))
            .map(|((at, bbox), symbol)| (at, Symbol { bbox, ..symbol }))
            .collect();
        for lying in turned.into_iter().filter(|lying| TURNED.contains(lying.text.as_str())) {
            let (at, bbox) = column.character(lying.bbox);
            let here = |(other, symbol): &(usize, Symbol)| {
                *other == at && symbol.confidence >= lying.confidence
            };
            if !symbols.iter().any(here) {
                symbols.retain(|(other, _)| *other != at);
                symbols.push((at, Symbol { bbox, ..lying }));
            }
        }
        // One character stands in each place.
        symbols.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.confidence.total_cmp(&a.1.confidence)));
        symbols.dedup_by_key(|(at, _)| *at);
        let symbols: Vec<Symbol> = symbols.into_iter().map(|(_, symbol)| symbol).collect();
        let Some(bbox) = Rect::around(symbols.iter().map(|symbol| symbol.bbox)) else {
            return Ok(None);
        };
        let text = spaced(&symbols, bbox, true);
        let line = Line {
            text,
            bbox,
            confidence: upright.line.confidence,
            symbols,
            vertical: true,
            handwritten: upright.line.handwritten,
            ..Line::default()
        };
        Ok(Some(Reading { line, ..upright }))
    }

    fn looked_at(&self, line: &Prepared) -> Result<Seen, OcrError> {
        let failed = |why: &dyn std::fmt::Display| OcrError::Engine(why.to_string());
        let input = NdTensor::from_data([1, 1, prepared::ROWS, line.columns], line.ink.clone());
        let [classes, handwriting] = self
            .model
            .run_n(vec![(self.input, input.view().into())], self.outputs, Some(run_options()))
            .map_err(|error| failed(&error))?;
        let handwriting: NdTensor<f32, 2> =
            handwriting.try_into().map_err(|error| failed(&error))?;
        Ok(Seen {
            classes: classes.try_into().map_err(|error| failed(&error))?,
            handwriting: handwriting.get([0, 0]).copied().unwrap_or_default(),
        })
    }
}

/// What the network sees in a line.
struct Seen {
    /// Frame by frame the probability of each class.
    classes: NdTensor<f32, 3>,
    /// The probability that it was written by hand.
    handwriting: f32,
}

impl Engine for Network {
    fn version(&self) -> String {
        format!("line reader {VERSION}")
    }

    fn read(&mut self, picture: &GrayImage, shape: Shape) -> Result<Vec<Reading>, OcrError> {
        let read = match shape {
            Shape::Line => self.row(picture)?,
            Shape::Column => self.column(picture)?,
            Shape::Page => {
                let why = "the line reader reads single lines and columns only";
                return Err(OcrError::Engine(why.to_owned()));
            }
        };
        Ok(read.into_iter().collect())
    }
}
