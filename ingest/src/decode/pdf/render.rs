//! Pages that are more than one picture, drawn as a viewer draws them.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use hayro::{
    PixmapSettings, RenderCache, RenderSettings,
    hayro_interpret::{InterpreterSettings, InterpreterWarning},
    hayro_syntax::page::Page,
    vello_cpu::color::palette::css::WHITE,
};
use image::{DynamicImage, RgbaImage};

use super::marks::{self, Marks};
use crate::{
    Limits, Refusal,
    picture::{Raster, WholePage, opaque},
};

/// Points an inch in PDF.
const POINTS: f64 = 72.0;
/// What recognition wants for text of a chart.
const DPI: f64 = 300.0;
/// Finer pictures on a page that is more than them are not followed any further: the memory and
/// the time of a page grow with the square.
const MAX_DPI: f64 = 400.0;

/// Renders at 300 dpi, or as fine as the finest large picture of the page, within the limits.
pub(super) fn page(
    page: &Page<'_>,
    marks: &Marks,
    number: u32,
    limits: &Limits,
) -> Result<WholePage, Refusal> {
    let wanted = (marks.finest() * POINTS).clamp(DPI, MAX_DPI) / POINTS;
    let scale = wanted.min(largest_scale(marks.page.width(), marks.page.height(), limits));
    let missing_picture = Arc::new(AtomicBool::new(false));
    let missing = Arc::clone(&missing_picture);
    let settings = InterpreterSettings {
        warning_sink: Arc::new(move |warning| {
            if matches!(warning, InterpreterWarning::ImageDecodeFailure) {
                missing.store(true, Ordering::Relaxed);
            }
        }),
        ..marks::settings(&Arc::default())
    };
    let pixmap = hayro::render(
        page,
        &RenderCache::new(),
        &settings,
        &RenderSettings::default(),
        &PixmapSettings { x_scale: scale as f32, y_scale: scale as f32, bg_color: WHITE },
    );
    if missing_picture.load(Ordering::Relaxed) {
        return Err(Refusal::damaged(number, "one of its pictures cannot be decoded"));
    }
    let (width, height) = (u32::from(pixmap.width()), u32::from(pixmap.height()));
    limits.check_size(number, width, height)?;
    let rgba = RgbaImage::from_raw(width, height, pixmap.data_as_u8_slice().to_vec())
        .ok_or_else(|| Refusal::damaged(number, "no pixels"))?;
    let image = opaque(DynamicImage::ImageRgba8(rgba));
    Ok(WholePage::Pixels(Raster { image, bilevel: false, dpi: Some((scale * POINTS) as u32) }))
}

/// Pixels a point at which a page just keeps within the limits.
fn largest_scale(width: f64, height: f64, limits: &Limits) -> f64 {
    let by_area = (limits.max_pixels as f64 / (width * height)).sqrt();
    let by_side = f64::from(Limits::MAX_SIDE) / width.max(height);
    by_area.min(by_side)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_poster_is_drawn_as_large_as_the_limits_allow() {
        let limits = Limits { max_pixels: 1_000_000, ..Limits::default() };
        assert!((largest_scale(1000.0, 1000.0, &limits) - 1.0).abs() < 1e-9);
        let scale = largest_scale(10.0, 40_000.0, &Limits::default());
        assert!(scale * 40_000.0 <= 32_767.0);
    }
}
