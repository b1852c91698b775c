//! Where things stand on a page, in pixels from its upper left corner.

use serde::{Deserialize, Serialize};

/// A rectangle `[x0, y0, x1, y1]`; the right and lower edges are outside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[serde(from = "[u32; 4]", into = "[u32; 4]")]
pub struct Rect {
    /// Left edge.
    pub x0: u32,
    /// Upper edge.
    pub y0: u32,
    /// Right edge, exclusive.
    pub x1: u32,
    /// Lower edge, exclusive.
    pub y1: u32,
}

impl Rect {
    /// The rectangle between two corners, whichever way round they are given.
    pub fn new(x0: u32, y0: u32, x1: u32, y1: u32) -> Self {
        Self { x0: x0.min(x1), y0: y0.min(y1), x1: x0.max(x1), y1: y0.max(y1) }
    }

    /// Width in pixels.
    pub const fn width(self) -> u32 {
        self.x1 - self.x0
    }

    /// Height in pixels.
    pub const fn height(self) -> u32 {
        self.y1 - self.y0
    }

    /// Whether it covers no pixel.
    pub const fn is_empty(self) -> bool {
        self.x0 >= self.x1 || self.y0 >= self.y1
    }

    /// The smallest rectangle around both.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self {
            x0: self.x0.min(other.x0),
            y0: self.y0.min(other.y0),
            x1: self.x1.max(other.x1),
            y1: self.y1.max(other.y1),
        }
    }

    /// The smallest rectangle around all; `None` of none.
    pub fn around(rects: impl IntoIterator<Item = Self>) -> Option<Self> {
        rects.into_iter().reduce(Self::union)
    }

    /// What lies in both; `None` if nothing does.
    pub fn intersection(self, other: Self) -> Option<Self> {
        let both = Self {
            x0: self.x0.max(other.x0),
            y0: self.y0.max(other.y0),
            x1: self.x1.min(other.x1),
            y1: self.y1.min(other.y1),
        };
        (both.x0 < both.x1 && both.y0 < both.y1).then_some(both)
    }
}

impl From<[u32; 4]> for Rect {
    fn from([x0, y0, x1, y1]: [u32; 4]) -> Self {
        Self::new(x0, y0, x1, y1)
    }
}

impl From<Rect> for [u32; 4] {
    fn from(rect: Rect) -> Self {
        [rect.x0, rect.y0, rect.x1, rect.y1]
    }
}

/// By how much a page, as it was scanned, must be turned clockwise to stand upright.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub enum Orientation {
    /// It stands upright.
    #[default]
    Upright,
    /// A quarter turn clockwise makes it upright.
    Clockwise90,
    /// It stands on its head.
    UpsideDown,
    /// A quarter turn counter-clockwise makes it upright.
    Clockwise270,
}

impl Orientation {
    /// The clockwise turn in degrees.
    pub const fn degrees(self) -> u16 {
        match self {
            Self::Upright => 0,
            Self::Clockwise90 => 90,
            Self::UpsideDown => 180,
            Self::Clockwise270 => 270,
        }
    }

    /// From a clockwise turn in degrees; `None` unless it is a quarter turn.
    pub const fn from_degrees(degrees: u16) -> Option<Self> {
        match degrees {
            0 => Some(Self::Upright),
            90 => Some(Self::Clockwise90),
            180 => Some(Self::UpsideDown),
            270 => Some(Self::Clockwise270),
            _ => None,
        }
    }

    /// Width and height once upright, of a page scanned at `width` × `height`.
    pub const fn upright_size(self, width: u32, height: u32) -> (u32, u32) {
        match self {
            Self::Upright | Self::UpsideDown => (width, height),
            Self::Clockwise90 | Self::Clockwise270 => (height, width),
        }
    }

    /// Where `rect`, given on the upright page, lies on the page as scanned (`width` × `height`).
    pub fn to_scanned(self, rect: Rect, width: u32, height: u32) -> Rect {
        let Rect { x0, y0, x1, y1 } = rect;
        match self {
            Self::Upright => rect,
            // Upright x runs up the scanned page, upright y runs right.
            Self::Clockwise90 => {
                Rect::new(y0, height.saturating_sub(x1), y1, height.saturating_sub(x0))
            }
            Self::UpsideDown => Rect::new(
                width.saturating_sub(x1),
                height.saturating_sub(y1),
                width.saturating_sub(x0),
                height.saturating_sub(y0),
            ),
            Self::Clockwise270 => {
                Rect::new(width.saturating_sub(y1), x0, width.saturating_sub(y0), x1)
            }
        }
    }

    /// Where `rect`, given on the page as scanned (`width` × `height`), lies once it is upright.
    pub fn to_upright(self, rect: Rect, width: u32, height: u32) -> Rect {
        let back = match self {
            Self::Upright => Self::Upright,
            Self::Clockwise90 => Self::Clockwise270,
            Self::UpsideDown => Self::UpsideDown,
            Self::Clockwise270 => Self::Clockwise90,
        };
        let (upright_width, upright_height) = self.upright_size(width, height);
        back.to_scanned(rect, upright_width, upright_height)
    }
}

impl TryFrom<u16> for Orientation {
    type Error = String;

    fn try_from(degrees: u16) -> Result<Self, String> {
        Self::from_degrees(degrees).ok_or_else(|| format!("{degrees} is no quarter turn"))
    }
}

impl From<Orientation> for u16 {
    fn from(orientation: Orientation) -> Self {
        orientation.degrees()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_corner_finds_its_place_on_the_page_as_scanned() {
        // Scanned 100 wide, 200 high; a word in the upper left corner of the upright page.
        let upright_corner = Rect::new(0, 0, 10, 5);
        let scanned = |orientation: Orientation| orientation.to_scanned(upright_corner, 100, 200);
        assert_eq!(scanned(Orientation::Upright), Rect::new(0, 0, 10, 5));
        assert_eq!(scanned(Orientation::UpsideDown), Rect::new(90, 195, 100, 200));
        // Turning clockwise lifts the lower left corner to the upper left.
        assert_eq!(scanned(Orientation::Clockwise90), Rect::new(0, 190, 5, 200));
        // Turning counter-clockwise brings the upper right corner to the upper left.
        assert_eq!(scanned(Orientation::Clockwise270), Rect::new(95, 0, 100, 10));
    }

    #[test]
    fn turning_there_and_back_changes_nothing() {
        let rect = Rect::new(12, 34, 56, 78);
        for degrees in [0, 90, 180, 270] {
            let orientation = Orientation::from_degrees(degrees).unwrap();
            let there = orientation.to_upright(rect, 100, 200);
            assert_eq!(orientation.to_scanned(there, 100, 200), rect, "{degrees}");
        }
    }
}
