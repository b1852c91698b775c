use chart::{Line, Rect, Symbol};
use tesseract_rs::{ResultIterator, TessPageIteratorLevel as Level, TesseractAPI};

use crate::{
    OcrError,
    odds::{Figures, SymbolOdds},
    spacing::spaced,
};

/// Everything the engine saw; `odds` makes probabilities of its figures. Its iterators have no
/// tie to the engine that they point into, so nothing of them outlives this function.
pub fn copy_out(
    api: &TesseractAPI,
    odds: &SymbolOdds,
    vertical: bool,
) -> Result<Vec<Line>, OcrError> {
    // No iterator: nothing was recognised.
    let Ok(iterator) = api.get_iterator() else { return Ok(Vec::new()) };
    let mut lines: Vec<Line> = Vec::new();
    let mut line_box = None;
    loop {
        if let (Ok(within), Some(symbol)) =
            (iterator.get_bounding_box(Level::RIL_TEXTLINE), symbol(&iterator, odds)?)
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

fn symbol(iterator: &ResultIterator, odds: &SymbolOdds) -> Result<Option<Symbol>, OcrError> {
    let Ok(text) = iterator.get_utf8_text(Level::RIL_SYMBOL) else { return Ok(None) };
    let text = text.trim().to_owned();
    let Ok(bounds) = iterator.get_bounding_box(Level::RIL_SYMBOL) else { return Ok(None) };
    if text.is_empty() {
        return Ok(None);
    }
    let (alternatives, rival) = alternatives(iterator, &text)?;
    let figures = Figures {
        word: fraction(iterator.confidence(Level::RIL_WORD)?),
        own: fraction(iterator.confidence(Level::RIL_SYMBOL)?),
        rival,
    };
    let confidence = odds.probability(&text, figures);
    Ok(Some(Symbol { text, bbox: rect(bounds), confidence, alternatives, ringed: false }))
}

/// The other readings in the engine's order, and the figure of the best of them: above zero only
/// where the engine wavered.
fn alternatives(iterator: &ResultIterator, best: &str) -> Result<(Vec<String>, f32), OcrError> {
    let (mut others, mut rival): (Vec<String>, f32) = (Vec::new(), 0.0);
    let Ok(choices) = iterator.get_choice_iterator() else { return Ok((others, rival)) };
    loop {
        if let Ok(text) = choices.get_utf8_text() {
            let text = text.trim();
            if !text.is_empty() && text != best {
                rival = rival.max(fraction(choices.confidence()?));
                if others.iter().all(|other| other != text) {
                    others.push(text.to_owned());
                }
            }
        }
        if !choices.next()? {
            return Ok((others, rival));
        }
    }
}

fn rect((x0, y0, x1, y1): (i32, i32, i32, i32)) -> Rect {
    let [x0, y0, x1, y1] = [x0, y0, x1, y1].map(|at| u32::try_from(at).unwrap_or(0));
    Rect::new(x0, y0, x1, y1)
}

fn fraction(percent: f32) -> f32 {
    (percent / 100.0).clamp(0.0, 1.0)
}
