//! What a reader saw on a page: lines with their places, nothing understood yet.

use serde::{Deserialize, Serialize};

use crate::{Orientation, Rect, ScanQuality};

/// A page as text. All places are on the page turned upright.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct PageText {
    /// Width of the upright page in pixels.
    pub width: u32,
    /// Height of the upright page in pixels.
    pub height: u32,
    /// How the scanned page was turned to stand upright.
    #[serde(default)]
    pub orientation: Orientation,
    /// The lines in reading order.
    pub lines: Vec<Line>,
    /// Engine, models and their versions, as one text.
    #[serde(default)]
    pub engine: String,
    /// How good the scan is to read; `None` in readings from before this was judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quality: Option<ScanQuality>,
}

impl PageText {
    /// The whole page, a line a line.
    pub fn text(&self) -> String {
        let lines: Vec<&str> = self.lines.iter().map(|line| line.text.as_str()).collect();
        lines.join("\n")
    }
}

/// One line of writing, or one cell's part of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// What it says.
    pub text: String,
    /// Where it stands.
    pub bbox: Rect,
    /// Where it stands once the page is straightened: without skew and perspective, so that what
    /// stands in one row is level. `None` where no reader looked how the page lies. Tells what stands
    /// beside and below.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub straight: Option<Rect>,
    /// How sure the reader is that the text is right, 0 to 1.
    #[serde(default = "certain")]
    pub confidence: f32,
    /// Whether it runs from top to bottom.
    #[serde(default)]
    pub vertical: bool,
    /// Whether it was struck out by hand.
    #[serde(default)]
    pub struck: bool,
    /// Which cell of a table it stands in; `None` on the open page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cell: Option<Cell>,
    /// Whether it was written by hand rather than printed, as far as its strokes tell; `None`
    /// where no reader looked at them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handwritten: Option<bool>,
    /// Whether it is one of the words that a form's printer put there rather than what was filled
    /// in; `None` where no reader told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<bool>,
    /// Its characters, if the reader knows them one by one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub symbols: Vec<Symbol>,
}

impl Line {
    /// Its place on the straightened page.
    pub fn level(&self) -> Rect {
        self.straight.unwrap_or(self.bbox)
    }
}

impl Default for Line {
    fn default() -> Self {
        Self {
            text: String::new(),
            bbox: Rect::default(),
            straight: None,
            confidence: certain(),
            vertical: false,
            struck: false,
            cell: None,
            handwritten: None,
            label: None,
            symbols: Vec::new(),
        }
    }
}

/// A cell of a ruled table, by its place in the table's grid. Cells that span several rows or
/// columns are named by the first of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Cell {
    /// Which table of the page, from 0, from above and from the left.
    pub table: u16,
    /// Row of the grid, from 0.
    pub row: u16,
    /// Column of the grid, from 0.
    pub column: u16,
    /// How many rows of the grid it covers.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub rows: u16,
    /// How many columns of the grid it covers.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub columns: u16,
}

const fn one() -> u16 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
const fn is_one(count: &u16) -> bool {
    *count == 1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
const fn is_false(value: &bool) -> bool {
    !*value
}

/// A line that comes without a confidence was typed or is taken as true.
const fn certain() -> f32 {
    1.0
}

/// One character as it was seen.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Symbol {
    /// The best reading; usually one character.
    pub text: String,
    /// Where it stands.
    pub bbox: Rect,
    /// 0 to 1.
    pub confidence: f32,
    /// Other readings, best first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alternatives: Vec<String>,
    /// Whether a ring was drawn around it: of printed choices (昭和・平成, 男・女) the chosen one.
    #[serde(default, skip_serializing_if = "is_false")]
    pub ringed: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readings_from_before_cells_and_rings_still_load() {
        let old = r#"{"width":10,"height":20,"lines":[{"text":"男","bbox":[0,0,5,5],
            "symbols":[{"text":"男","bbox":[0,0,5,5],"confidence":0.9}]}]}"#;
        let page: PageText = serde_json::from_str(old).unwrap();
        assert_eq!((page.quality, page.lines[0].cell), (None, None));
        assert!(!page.lines[0].symbols[0].ringed);
    }

    #[test]
    fn what_a_reading_does_not_know_takes_no_room() {
        let line = Line { text: "男".into(), ..Line::default() };
        let json = serde_json::to_value(&line).unwrap();
        assert!(json.get("cell").is_none() && json.get("straight").is_none());
        let cell = Cell { table: 0, row: 3, column: 1, rows: 1, columns: 1 };
        let line = Line { cell: Some(cell), ..line };
        let json = serde_json::to_value(&line).unwrap();
        assert_eq!(json["cell"], serde_json::json!({"table": 0, "row": 3, "column": 1}));
        assert_eq!(serde_json::from_value::<Line>(json).unwrap(), line);
    }
}
