use std::collections::HashMap;

use chart::Orientation;
use image::{GrayImage, imageops};

use super::{Crop, Sheet};
use crate::{Engine, OcrError, Reading, Shape, layout::TextLine};

/// So many lines are read on trial.
const TRIALS: usize = 5;
/// Confidence of trial lines from which the first direction is believed without trying others.
/// High, because a wrong turn loses the page and a second trial costs little.
const CERTAIN: f32 = 0.8;

/// By how much the page that `lines` were found on must be turned, judged by which way its
/// lines read best; with the confidence of that and of the next best direction.
pub fn best_turn(
    engine: &mut impl Engine,
    sheet: &Sheet<'_>,
    lines: &[TextLine],
) -> Result<Option<Trial>, OcrError> {
    let vertical = lines.iter().filter(|line| line.vertical).map(|line| line.parts.len());
    let level = lines.iter().filter(|line| !line.vertical).map(|line| line.parts.len());
    let runs_down = vertical.sum::<usize>() > level.sum::<usize>();
    let trials = trial_lines(lines, runs_down);
    if trials.is_empty() {
        return Ok(None);
    }
    let pictures: Vec<GrayImage> =
        trials.iter().map(|&index| Crop::of(sheet, &lines[index]).picture).collect();
    let directions: &[Orientation] = if runs_down {
        // Sideways print, or writing from top to bottom.
        &[Orientation::Clockwise90, Orientation::Clockwise270, Orientation::Upright]
    } else {
        &[Orientation::Upright, Orientation::UpsideDown]
    };
    let mut scores: Vec<(Orientation, f32)> = Vec::new();
    let mut read = HashMap::new();
    for &direction in directions {
        let readings = pictures
            .iter()
            .map(|picture| read_turned(engine, picture, direction, runs_down))
            .collect::<Result<Vec<_>, _>>()?;
        let score = readings.iter().map(|lines| confidence(lines)).sum::<f32>();
        let score = score / readings.len() as f32;
        scores.push((direction, score));
        if direction == Orientation::Upright {
            read = trials.iter().copied().zip(readings).collect();
        }
        if score >= CERTAIN {
            break;
        }
    }
    scores.sort_by(|a, b| b.1.total_cmp(&a.1));
    let margin = scores[0].1 - scores.get(1).map_or(0.0, |other| other.1);
    Ok(Some(Trial { best: scores[0].0, margin, read }))
}

/// What trial reading says.
#[derive(Debug)]
pub struct Trial {
    /// The best turn.
    pub best: Orientation,
    /// By how much more confidence its lines were read than those of the next best.
    pub margin: f32,
    /// What lines say, by their index, if the page stands upright: they need not be read again.
    pub read: HashMap<usize, Vec<Reading>>,
}

/// The indices of the lines that tell most: long enough to be sure of, short enough to be quick.
fn trial_lines(lines: &[TextLine], vertical: bool) -> Vec<usize> {
    let telling = |line: &TextLine| line.vertical == vertical && line.parts.len() >= 5;
    let mut candidates: Vec<usize> =
        (0..lines.len()).filter(|&index| telling(&lines[index])).collect();
    candidates.sort_by_key(|&index| {
        let line = &lines[index];
        let length = line.bbox.width().max(line.bbox.height()) / line.em.max(1);
        (length.abs_diff(9), line.bbox.y0, line.bbox.x0)
    });
    candidates.truncate(TRIALS);
    candidates
}

fn read_turned(
    engine: &mut impl Engine,
    picture: &GrayImage,
    direction: Orientation,
    runs_down: bool,
) -> Result<Vec<Reading>, OcrError> {
    match direction {
        Orientation::Upright if runs_down => engine.read(picture, Shape::Column),
        Orientation::Upright => engine.read(picture, Shape::Line),
        Orientation::Clockwise90 => engine.read(&imageops::rotate90(picture), Shape::Line),
        Orientation::UpsideDown => engine.read(&imageops::rotate180(picture), Shape::Line),
        Orientation::Clockwise270 => engine.read(&imageops::rotate270(picture), Shape::Line),
    }
}

/// The mean over the characters that were read.
fn confidence(read: &[Reading]) -> f32 {
    let characters = |read: &Reading| read.line.symbols.len() as f32;
    let weight: f32 = read.iter().map(characters).sum();
    let sum: f32 = read.iter().map(|read| read.line.confidence * characters(read)).sum();
    sum / weight.max(1.0)
}

#[cfg(test)]
mod tests {
    use chart::{Line, Symbol};
    use image::Luma;

    use super::*;
    use crate::{
        Reading,
        layout::{Mask, Parts, Regions, find_lines, page_em},
    };

    /// Sure of pictures whose upper left quarter is darker than the lower right one.
    struct LikesDarkCorner;

    impl Engine for LikesDarkCorner {
        fn version(&self) -> String {
            "likes a dark corner".to_owned()
        }

        fn read(&mut self, picture: &GrayImage, _: Shape) -> Result<Vec<Reading>, OcrError> {
            let (width, height) = picture.dimensions();
            let dark = |x0: u32, y0: u32| {
                let quarter = imageops::crop_imm(picture, x0, y0, width / 2, height / 2);
                quarter.to_image().pixels().filter(|pixel| pixel.0[0] < 128).count()
            };
            let confidence = if dark(0, 0) > dark(width / 2, height / 2) { 0.7 } else { 0.3 };
            let symbol = Symbol { text: "字".to_owned(), confidence, ..Symbol::default() };
            Ok(vec![Reading::of(Line {
                text: "字".to_owned(),
                confidence,
                symbols: vec![symbol],
                ..Line::default()
            })])
        }
    }

    #[test]
    fn the_direction_that_reads_best_wins() {
        // Eight characters a line: the first four are full squares, the others only half.
        let upright = GrayImage::from_fn(500, 400, |x, y| {
            let (column, row) = ((x / 36), y / 60);
            let in_line = (1..6).contains(&row) && (1..9).contains(&column);
            let (dx, dy) = (x % 36, y % 60);
            let full = dx < 30 && dy < 30;
            Luma([if in_line && full && (column < 5 || dy < 12) { 0 } else { 255 }])
        });
        for (page, wanted) in [
            (upright.clone(), Orientation::Upright),
            (imageops::rotate180(&upright), Orientation::UpsideDown),
            (imageops::rotate90(&upright), Orientation::Clockwise270),
        ] {
            let mask = Mask::of(&page, 128);
            let parts = Parts::of(&mask);
            let regions = Regions::of(&Mask::empty(mask.width, mask.height));
            let clutter = vec![false; parts.parts.len()];
            let lines = find_lines(&parts, &clutter, &regions, page_em(&parts));
            let sheet = Sheet::of(&page, &parts, &lines);
            let trial = best_turn(&mut LikesDarkCorner, &sheet, &lines).unwrap().unwrap();
            assert_eq!(trial.best, wanted);
            // What was read of the page as it stands is kept for when it need not be turned.
            assert_eq!(trial.read.len(), 5);
        }
    }
}
