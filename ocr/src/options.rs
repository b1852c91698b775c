use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// What the reader does to a page. The defaults are what docs/reading.md found best; switches
/// exist to measure a step, not to be set by a clinic.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReadOptions {
    /// Folder of the recognition models; where Debian puts them if `None`.
    pub tessdata: Option<PathBuf>,
    /// Turn pages that lie on their side or stand on their head.
    pub orient: bool,
    /// Straighten pages that were scanned askew.
    pub deskew: bool,
    /// Folder for a picture of every step, `None` for none. The pictures show the page.
    pub debug_dir: Option<PathBuf>,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self { tessdata: None, orient: true, deskew: true, debug_dir: None }
    }
}
