//! Where a line's text has spaces: engines set them between Japanese characters where there are
//! none, so the gaps on the paper decide.

use chart::{Rect, Symbol};

/// A gap between two symbols as wide as this share of the line's height is a space.
const SPACE: f32 = 0.45;

/// The text of `symbols`, with a space where the paper has a wide gap.
pub fn spaced(symbols: &[Symbol], line: Rect, vertical: bool) -> String {
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
