//! What was written on a drawn page, and where: read from its `.truth.json`.

use std::{
    error::Error,
    fs,
    path::{Path, PathBuf},
};

use chart::Rect;
use serde_json::Value;

/// The pictures of a folder, by name.
pub fn pictures(folder: &str) -> Result<Vec<PathBuf>, std::io::Error> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_, std::io::Error>>()?;
    files.retain(|path| path.extension().is_some_and(|kind| kind == "jpg" || kind == "png"));
    files.sort();
    Ok(files)
}

/// The truth of a picture, from the file beside it.
pub fn of(picture: &Path) -> Result<Value, Box<dyn Error>> {
    Ok(serde_json::from_slice(&fs::read(picture.with_extension("truth.json"))?)?)
}

/// The box around a polygon.
pub fn around(polygon: &Value) -> Rect {
    let side = |axis: usize| {
        let values: Vec<f64> = polygon
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|point| point[axis].as_f64())
            .collect();
        let least = values.iter().copied().fold(f64::MAX, f64::min).max(0.0);
        (least as u32, values.iter().copied().fold(0.0, f64::max) as u32)
    };
    let ((x0, x1), (y0, y1)) = (side(0), side(1));
    Rect::new(x0, y0, x1, y1)
}

/// The share of `b` that lies in `a`.
pub fn shared(a: Rect, b: Rect) -> f64 {
    let both =
        a.intersection(b).map_or(0.0, |both| f64::from(both.width()) * f64::from(both.height()));
    both / (f64::from(b.width()) * f64::from(b.height())).max(1.0)
}
