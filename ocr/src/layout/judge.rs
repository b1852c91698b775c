//! Small networks of convolutions that look at a cutting of the page and give one answer.

use std::sync::Arc;

use image::{GrayImage, Luma};
use rten::{Model, NodeId, RunOptions, ThreadPool};
use rten_tensor::{NdTensor, prelude::*};

/// One of them, with its weights (models/README.md).
pub struct Judge {
    model: Model,
    input: NodeId,
    output: NodeId,
    threads: Arc<ThreadPool>,
}

impl Judge {
    /// # Panics
    ///
    /// If these are no weights of such a network; tests open the same.
    pub fn of(weights: &'static [u8]) -> Self {
        let model = Model::load_static_slice(weights).expect("a network");
        let ends = (model.input_ids().first().copied(), model.output_ids().first().copied());
        let (Some(input), Some(output)) = ends else { panic!("a network without ends") };
        Self { model, input, output, threads: Arc::new(ThreadPool::with_num_threads(1)) }
    }

    /// What asks many times asks in here: handing each question to the network's thread takes as long as
    /// answering a small one.
    pub fn together<R: Send>(&self, ask: impl FnOnce() -> R + Send) -> R {
        self.threads.run(ask)
    }

    /// The log-odds that what is asked holds of a cutting: its ink, light on black, and what else it
    /// consists of, in layers of one size.
    pub fn evidence(&self, layers: &[&GrayImage]) -> Option<f32> {
        let (columns, rows) = layers.first()?.dimensions();
        let values = layers.iter().flat_map(|layer| layer.as_raw());
        let values: Vec<f32> = values.map(|&value| f32::from(value) / 255.0).collect();
        let size = [1, layers.len(), rows as usize, columns as usize];
        let input = NdTensor::from_data(size, values);
        let options = RunOptions::default().with_thread_pool(Some(self.threads.clone()));
        let [answer] = self
            .model
            .run_n(vec![(self.input, input.view().into())], [self.output], Some(options))
            .ok()?;
        let answer: NdTensor<f32, 1> = answer.try_into().ok()?;
        answer.get([0]).copied()
    }
}

/// The ink of a page at a place, light on black; nothing where that lies beside the page.
pub fn ink_at(page: &GrayImage, x: i64, y: i64) -> Luma<u8> {
    let inside =
        (0..i64::from(page.width())).contains(&x) && (0..i64::from(page.height())).contains(&y);
    if inside { Luma([255 - page.get_pixel(x as u32, y as u32).0[0]]) } else { Luma([0]) }
}
