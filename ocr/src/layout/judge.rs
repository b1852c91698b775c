//! Small networks of convolutions that look at a cutting of the page and give one answer.

use image::GrayImage;
use rten::{Model, NodeId};
use rten_tensor::{NdTensor, prelude::*};

use crate::inference::run_options;

/// One of them, with its weights (models/README.md).
pub struct Judge {
    model: Model,
    input: NodeId,
    output: NodeId,
}

impl Judge {
    /// # Panics
    ///
    /// If these are no weights of such a network; tests open the same.
    pub fn of(weights: &'static [u8]) -> Self {
        let model = Model::load_static_slice(weights).expect("a network");
        let ends = (model.input_ids().first().copied(), model.output_ids().first().copied());
        let (Some(input), Some(output)) = ends else { panic!("a network without ends") };
        Self { model, input, output }
    }

    /// The log-odds that what is asked holds of a cutting: its ink, light on black, and what else it
    /// consists of, in layers of one size.
    pub fn evidence(&self, layers: &[&GrayImage]) -> Option<f32> {
        let (columns, rows) = layers.first()?.dimensions();
        let values = layers.iter().flat_map(|layer| layer.as_raw());
        let values: Vec<f32> = values.map(|&value| f32::from(value) / 255.0).collect();
        let size = [1, layers.len(), rows as usize, columns as usize];
        let input = NdTensor::from_data(size, values);
        let [answer] = self
            .model
            .run_n(vec![(self.input, input.view().into())], [self.output], Some(run_options()))
            .ok()?;
        let answer: NdTensor<f32, 1> = answer.try_into().ok()?;
        answer.get([0]).copied()
    }
}

/// A cutting of a page that begins at a place, which may lie beside the page: ink is light, paper and what
/// is beside the page black.
pub fn ink_of(page: &GrayImage, (left, top): (i64, i64), width: u32, height: u32) -> GrayImage {
    let mut ink = GrayImage::new(width, height);
    let inside = |at: i64, side: u32| at.clamp(0, i64::from(side)) as u32;
    let (x0, x1) = (inside(left, page.width()), inside(left + i64::from(width), page.width()));
    let (y0, y1) = (inside(top, page.height()), inside(top + i64::from(height), page.height()));
    for y in y0..y1 {
        let from = &page.as_raw()[(y * page.width()) as usize..];
        let row = (i64::from(y) - top) * i64::from(width) - left;
        for x in x0..x1 {
            ink.as_mut()[(row + i64::from(x)) as usize] = 255 - from[x as usize];
        }
    }
    ink
}
