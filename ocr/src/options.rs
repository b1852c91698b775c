use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// What the reader does to a page. The defaults are what docs/reading.md found best; switches
/// exist to measure a step, not to be set by a clinic.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "one switch a step")]
pub struct ReadOptions {
    /// Folder of the recognition models; where Debian puts them if `None`.
    pub tessdata: Option<PathBuf>,
    /// Turn pages that lie on their side or stand on their head.
    pub orient: bool,
    /// Make the paper white: divide out yellow paper, shadows, uneven light.
    pub flatten: bool,
    /// Take red stamps out by their colour; the writing under them stays.
    pub drop_stamps: bool,
    /// Take the streaks off that dirt on the glass of a sheet feeder draws.
    pub take_streaks: bool,
    /// Divide the shade of folds out, so that the writing across them stays.
    pub lift_folds: bool,
    /// Take punch holes off the writing that they touch.
    pub take_holes: bool,
    /// Take round seals off the writing that they stand on, where colour does not tell them.
    pub take_seals: bool,
    /// Find rings around printed choices, take them out and tell what they ring.
    pub take_rings: bool,
    /// Find rules, cells and lines here and read line by line; otherwise the engine gets the
    /// whole page and finds its own lines.
    pub layout: bool,
    /// Cut a sheet out of the desk or the black border around it, and undo perspective.
    pub find_sheet: bool,
    /// Ask a second model about doubtful columns and keep the likelier answers.
    pub second_opinion: bool,
    /// Leave out short "lines" that the engine hardly believes itself.
    pub drop_dirt: bool,
    /// Straighten pages that were scanned askew.
    pub deskew: bool,
    /// Folder for a folder a page with a picture of every step, `None` for none. The pictures
    /// show the page.
    pub debug_dir: Option<PathBuf>,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self {
            tessdata: None,
            orient: true,
            deskew: true,
            flatten: true,
            drop_stamps: true,
            take_streaks: true,
            lift_folds: true,
            take_holes: true,
            take_seals: true,
            take_rings: true,
            layout: true,
            find_sheet: true,
            second_opinion: true,
            drop_dirt: true,
            debug_dir: None,
        }
    }
}
