//! What a reader saw on a page: lines with their places, nothing understood yet.

use serde::{Deserialize, Serialize};

use crate::{Orientation, Rect};

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
    /// How sure the reader is that the text is right, 0 to 1.
    #[serde(default = "certain")]
    pub confidence: f32,
    /// Whether it runs from top to bottom.
    #[serde(default)]
    pub vertical: bool,
    /// Whether it was struck out by hand.
    #[serde(default)]
    pub struck: bool,
    /// Its characters, if the reader knows them one by one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub symbols: Vec<Symbol>,
}

/// A line that comes without a confidence was typed or is taken as true.
const fn certain() -> f32 {
    1.0
}

/// One character as it was seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
}
