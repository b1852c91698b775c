use chart::{Line, Rect, Symbol};
use tesseract_rs::{ResultIterator, TessPageIteratorLevel as Level, TesseractAPI};

use crate::OcrError;

/// A gap between two symbols as wide as this share of the line's height is a space.
const SPACE: f32 = 0.45;

/// Everything the engine saw. Its iterators have no tie to the engine that they point into, so
/// nothing of them outlives this function.
pub fn copy_out(api: &TesseractAPI, vertical: bool) -> Result<Vec<Line>, OcrError> {
    // No iterator: nothing was recognised.
    let Ok(iterator) = api.get_iterator() else { return Ok(Vec::new()) };
    let mut lines: Vec<Line> = Vec::new();
    let mut line_box = None;
    loop {
        if let (Ok(within), Some(symbol)) =
            (iterator.get_bounding_box(Level::RIL_TEXTLINE), symbol(&iterator)?)
        {
            if line_box != Some(within) {
                line_box = Some(within);
                lines.push(Line {
                    bbox: rect(within),
                    confidence: 0.0,
                    vertical,
                    ..Line::default()
                });
            }
            if let Some(line) = lines.last_mut() {
                // The engine's figure for a line is that of its worst word, those of symbols
                // are near 1 even in scribble: the mean over words tells most.
                line.confidence += fraction(iterator.confidence(Level::RIL_WORD)?);
                line.symbols.push(symbol);
            }
        }
        if !iterator.next(Level::RIL_SYMBOL)? {
            break;
        }
    }
    for line in &mut lines {
        line.text = spaced(&line.symbols, line.bbox, vertical);
        line.confidence /= line.symbols.len().max(1) as f32;
    }
    lines.retain(|line| !line.text.is_empty());
    Ok(lines)
}

fn symbol(iterator: &ResultIterator) -> Result<Option<Symbol>, OcrError> {
    let Ok(text) = iterator.get_utf8_text(Level::RIL_SYMBOL) else { return Ok(None) };
    let text = text.trim().to_owned();
    let Ok(bounds) = iterator.get_bounding_box(Level::RIL_SYMBOL) else { return Ok(None) };
    if text.is_empty() {
        return Ok(None);
    }
    let confidence = fraction(iterator.confidence(Level::RIL_SYMBOL)?);
    let alternatives = alternatives(iterator, &text)?;
    Ok(Some(Symbol { text, bbox: rect(bounds), confidence, alternatives, ringed: false }))
}

/// The other readings in the engine's order; their confidences are mostly zero and worthless.
fn alternatives(iterator: &ResultIterator, best: &str) -> Result<Vec<String>, OcrError> {
    let mut others: Vec<String> = Vec::new();
    let Ok(choices) = iterator.get_choice_iterator() else { return Ok(others) };
    loop {
        if let Ok(text) = choices.get_utf8_text() {
            let text = text.trim();
            if !text.is_empty() && text != best && others.iter().all(|other| other != text) {
                others.push(text.to_owned());
            }
        }
        if !choices.next()? {
            return Ok(others);
        }
    }
}

/// The line's text, with a space where the paper has a wide gap. The engine itself sets spaces
/// between Japanese characters where there are none.
fn spaced(symbols: &[Symbol], line: Rect, vertical: bool) -> String {
    let thickness = if vertical { line.width() } else { line.height() };
    let wide = thickness as f32 * SPACE;
    let mut text = String::new();
    let mut end: Option<u32> = None;
    for symbol in symbols {
        let (from, to) = if vertical {
            (symbol.bbox.y0, symbol.bbox.y1)
        } else {
            (symbol.bbox.x0, symbol.bbox.x1)
        };
        if end.is_some_and(|end| from as f32 - end as f32 > wide) {
            text.push(' ');
        }
        text.push_str(&symbol.text);
        end = Some(to);
    }
    text
}

fn rect((x0, y0, x1, y1): (i32, i32, i32, i32)) -> Rect {
    let [x0, y0, x1, y1] = [x0, y0, x1, y1].map(|at| u32::try_from(at).unwrap_or(0));
    Rect::new(x0, y0, x1, y1)
}

fn fraction(percent: f32) -> f32 {
    (percent / 100.0).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wide_gap_is_a_space() {
        let symbol = |text: &str, x0, x1| Symbol {
            text: text.to_owned(),
            bbox: Rect::new(x0, 0, x1, 20),
            confidence: 1.0,
            ..Symbol::default()
        };
        let symbols = [symbol("分", 0, 20), symbol("3", 22, 32), symbol("毎", 52, 72)];
        assert_eq!(spaced(&symbols, Rect::new(0, 0, 72, 20), false), "分3 毎");
    }
}
