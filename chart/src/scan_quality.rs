//! How good a scan is to read, in words that tell what to do about it.

use serde::{Deserialize, Serialize};

/// What was measured on a page picture and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ScanQuality {
    /// Dots an inch that the writing is resolved in, judged by the height of its characters if
    /// the sheet's size is not known. `None` of a page without writing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dpi: Option<u16>,
    /// What is wrong; empty of a good scan.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<ScanFault>,
}

/// What is wrong with a scan. The sheet should be scanned again where that is possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScanFault {
    /// Nothing is written on it.
    Blank,
    /// Too few pixels a character.
    LowResolution,
    /// Out of focus or moved.
    Blurred,
    /// Paper or ink so dark or so pale that they hardly differ.
    LowContrast,
    /// Writing runs into the edge of the picture.
    CutOff,
}

impl ScanFault {
    /// Every fault there is.
    pub const ALL: [Self; 5] =
        [Self::Blank, Self::LowResolution, Self::Blurred, Self::LowContrast, Self::CutOff];

    /// Its name in files and messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Blank => "blank",
            Self::LowResolution => "low_resolution",
            Self::Blurred => "blurred",
            Self::LowContrast => "low_contrast",
            Self::CutOff => "cut_off",
        }
    }
}
