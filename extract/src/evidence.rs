//! Where on the page something was said, and in which words.

use std::{collections::BTreeMap, ops::Range};

use chart::{Line, PageText, Rect};

use crate::normalise::Text;

/// Places of a finding: for each line the characters that say it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spans(BTreeMap<usize, Range<usize>>);

impl Spans {
    /// The places of a part of a text.
    pub fn of(text: &Text, range: Range<usize>) -> Self {
        let mut spans = Self::default();
        spans.add(text, range);
        spans
    }

    /// Adds the places of another part.
    pub fn add(&mut self, text: &Text, range: Range<usize>) {
        for at in range {
            if text.chars()[at].is_whitespace() {
                continue;
            }
            let place = text.places()[at];
            let span = self.0.entry(place.line).or_insert(place.at..place.at + 1);
            span.start = span.start.min(place.at);
            span.end = span.end.max(place.at + 1);
        }
    }

    /// Adds the places of another finding.
    pub fn merge(&mut self, other: &Self) {
        for (line, range) in &other.0 {
            let span = self.0.entry(*line).or_insert(range.clone());
            span.start = span.start.min(range.start);
            span.end = span.end.max(range.end);
        }
    }

    /// The lines, ascending.
    pub fn lines(&self) -> Vec<usize> {
        self.0.keys().copied().collect()
    }

    /// The words as written, a space between lines.
    pub fn surface(&self, page: &PageText) -> String {
        let parts = self.0.iter().filter_map(|(line, range)| {
            let part: String =
                page.lines.get(*line)?.text.chars().skip(range.start).take(range.len()).collect();
            Some(part.trim().to_owned())
        });
        parts.collect::<Vec<_>>().join(" ")
    }

    /// The smallest rectangle around all of it.
    pub fn bbox(&self, page: &PageText) -> Rect {
        let boxes = self
            .0
            .iter()
            .filter_map(|(line, range)| Some(box_of(page.lines.get(*line)?, range.clone())));
        Rect::around(boxes).unwrap_or_default()
    }

    /// How sure the reader was of the lines, each weighted by its characters: what the
    /// calibration of findings rests on.
    pub fn line_confidence(&self, page: &PageText) -> f32 {
        let lines = self.0.iter().filter_map(|(line, range)| Some((page.lines.get(*line)?, range)));
        let (mut sum, mut count) = (0.0, 0.0);
        for (line, range) in lines {
            sum += range.len() as f32 * line.confidence;
            count += range.len() as f32;
        }
        if count > 0.0 { (sum / count).clamp(0.0, 1.0) } else { 1.0 }
    }

    /// How sure the reader was of the characters one by one; `None` if it does not tell them for
    /// every line.
    pub fn characters(&self, page: &PageText) -> Option<Characters> {
        let mut sure = Characters::default();
        for (line, range) in &self.0 {
            let symbols = symbols_of(page.lines.get(*line)?, range).filter(|it| !it.is_empty())?;
            for symbol in symbols {
                let doubt = 1.0 - symbol.confidence.clamp(0.0, 1.0);
                sure.wrong += doubt;
                if symbol.text.chars().any(|char| char.is_ascii_digit()) {
                    sure.wrong_figures += doubt;
                }
                sure.least = sure.least.max(doubt);
            }
        }
        Some(sure)
    }

    /// How sure the reader was of these characters: the mean over the lines, each weighted by
    /// its characters.
    pub fn confidence(&self, page: &PageText) -> f32 {
        let (mut sum, mut count) = (0.0, 0.0);
        for (line, range) in &self.0 {
            let Some(line) = page.lines.get(*line) else { continue };
            let weight = range.len() as f32;
            sum += weight * confidence_of(line, range.clone());
            count += weight;
        }
        if count > 0.0 { (sum / count).clamp(0.0, 1.0) } else { 1.0 }
    }
}

/// How sure the reader was of characters, one by one.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Characters {
    /// How many are likely to be wrong.
    pub wrong: f32,
    /// How many figures are.
    pub wrong_figures: f32,
    /// How likely the least sure one is wrong.
    pub least: f32,
}

/// What a doubt says of words that are struck out.
pub const STRUCK: &str = "取消線";

/// Whether any of the characters stand in a line that was struck out.
pub fn is_struck(page: &PageText, text: &Text, range: Range<usize>) -> bool {
    range.into_iter().any(|at| page.lines.get(text.places()[at].line).is_some_and(|it| it.struck))
}

/// Whether a ring was drawn around any of the characters: the chosen one of printed choices.
pub fn is_ringed(page: &PageText, text: &Text, range: Range<usize>) -> bool {
    range.into_iter().any(|at| {
        let place = text.places()[at];
        page.lines
            .get(place.line)
            .and_then(|line| symbols_of(line, &(place.at..place.at + 1)))
            .is_some_and(|symbols| symbols.iter().any(|symbol| symbol.ringed))
    })
}

/// The rectangle of some characters of a line, to the character if the reader knows them one
/// by one, else in proportion to their widths.
pub fn box_of(line: &Line, range: Range<usize>) -> Rect {
    if let Some(symbols) = symbols_of(line, &range)
        && let Some(around) = Rect::around(symbols.iter().map(|symbol| symbol.bbox))
    {
        return around;
    }
    let widths: Vec<f32> = line.text.chars().map(width).collect();
    let total: f32 = widths.iter().sum();
    if total <= 0.0 {
        return line.bbox;
    }
    let part = |end: usize| widths[..end.min(widths.len())].iter().sum::<f32>() / total;
    let (from, to) = (part(range.start), part(range.end));
    let Rect { x0, y0, x1, y1 } = line.bbox;
    let along = |start: u32, length: u32, part: f32| start + (length as f32 * part).round() as u32;
    if line.vertical {
        let height = line.bbox.height();
        Rect::new(x0, along(y0, height, from), x1, along(y0, height, to))
    } else {
        let width = line.bbox.width();
        Rect::new(along(x0, width, from), y0, along(x0, width, to), y1)
    }
}

fn confidence_of(line: &Line, range: Range<usize>) -> f32 {
    let Some(symbols) = symbols_of(line, &range) else { return line.confidence };
    if symbols.is_empty() {
        return line.confidence;
    }
    let mean = symbols.iter().map(|symbol| symbol.confidence).sum::<f32>() / symbols.len() as f32;
    // Symbols are scored alone; the line's score knows the context.
    f32::midpoint(mean, line.confidence)
}

/// The symbols of some characters, if the symbols spell the line one by one.
fn symbols_of<'l>(line: &'l Line, range: &Range<usize>) -> Option<Vec<&'l chart::Symbol>> {
    if line.symbols.is_empty() {
        return None;
    }
    let mut symbols = line.symbols.iter();
    let mut current = symbols.next();
    let mut left: Vec<char> = current.map(|symbol| symbol.text.chars().collect())?;
    let mut found: Vec<&chart::Symbol> = Vec::new();
    for (at, char) in line.text.chars().enumerate() {
        if char.is_whitespace() && left.first() != Some(&char) {
            continue;
        }
        if left.is_empty() {
            current = symbols.next();
            left = current.map(|symbol| symbol.text.chars().collect())?;
        }
        if left.first() != Some(&char) {
            return None;
        }
        left.remove(0);
        if range.contains(&at)
            && let Some(symbol) = current
            && !found.last().is_some_and(|last| std::ptr::eq(*last, symbol))
        {
            found.push(symbol);
        }
    }
    Some(found)
}

/// Width of a character in full-width characters.
fn width(char: char) -> f32 {
    match char {
        ' ' => 0.4,
        '\u{ff61}'..='\u{ff9f}' => 0.5,
        _ if char.is_ascii() => 0.55,
        _ => 1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str, bbox: Rect) -> Line {
        Line { text: text.into(), bbox, confidence: 0.8, ..Line::default() }
    }

    #[test]
    fn a_part_of_a_line_gets_its_part_of_the_box() {
        let line = line("高血圧症継続", Rect::new(100, 10, 700, 60));
        assert_eq!(box_of(&line, 0..4), Rect::new(100, 10, 500, 60));
        assert_eq!(box_of(&line, 4..6), Rect::new(500, 10, 700, 60));
    }

    #[test]
    fn a_vertical_line_is_cut_from_above() {
        let line = Line { vertical: true, ..line("高血圧症", Rect::new(0, 0, 50, 400)) };
        assert_eq!(box_of(&line, 1..2), Rect::new(0, 100, 50, 200));
    }

    #[test]
    fn symbols_give_the_exact_box_and_confidence() {
        let mut line = line("A 錠", Rect::new(0, 0, 100, 20));
        let symbol = |text: &str, x0: u32| chart::Symbol {
            text: text.into(),
            bbox: Rect::new(x0, 2, x0 + 10, 18),
            confidence: 0.4,
            ..chart::Symbol::default()
        };
        line.symbols = vec![symbol("A", 3), symbol("錠", 60)];
        assert_eq!(box_of(&line, 2..3), Rect::new(60, 2, 70, 18));
        let page = PageText { lines: vec![line], ..PageText::default() };
        let spans = Spans::of(&Text::of_line(0, "A 錠"), 2..3);
        assert!((spans.confidence(&page) - 0.6).abs() < 1e-6);
        assert_eq!(spans.surface(&page), "錠");
    }
}
