//! Upright pictures of pages, made from the originals and kept for a while in memory.
//!
//! They are never written to a disk: an original can always be turned again.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use axum::body::Bytes;
use chart::{Orientation, PageId};
use ingest::{Limits, derive};

use crate::failure::UiError;

/// Which picture of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Size {
    /// As it was scanned, turned upright.
    Whole,
    /// For lists.
    Thumbnail,
}

/// An encoded picture.
#[derive(Debug, Clone)]
pub(crate) struct Picture {
    pub(crate) bytes: Bytes,
    pub(crate) media_type: &'static str,
}

/// Bytes of pictures kept at once. A page is about a megabyte; a clinic's few reviewers turn
/// back and forth between neighbouring pages.
const KEPT_BYTES: usize = 64 << 20;

/// No side of a picture for the browser is longer; A4 at 600 dpi has 7,016 pixels.
const LONGEST_SIDE: u32 = 7_100;
/// Twice the size at which lists show it, for sharp screens.
const THUMBNAIL_SIDE: u32 = 240;

/// The pictures looked at lately.
#[derive(Debug, Default)]
pub(crate) struct Pictures(Mutex<VecDeque<(Key, Picture)>>);

/// The page, whether it was read yet (before that nobody knows which way is up), and the size.
type Key = (PageId, bool, Size);

impl Pictures {
    pub(crate) fn find(&self, key: &Key) -> Option<Picture> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept.iter().position(|(other, _)| other == key)?;
        let entry = kept.remove(at)?;
        let picture = entry.1.clone();
        kept.push_front(entry);
        Some(picture)
    }

    pub(crate) fn keep(&self, key: Key, picture: Picture) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push_front((key, picture));
        let mut bytes = 0;
        kept.retain(|(_, picture)| {
            bytes += picture.bytes.len();
            bytes <= KEPT_BYTES
        });
    }
}

/// Turns one page of an original upright. Takes a core for a moment: call it off the runtime.
pub(crate) fn make(
    original: Bytes,
    number: u32,
    orientation: Orientation,
    size: Size,
    limits: &Limits,
) -> Result<Picture, UiError> {
    let refused = |refusal: ingest::Refusal| UiError::Broken(refusal.to_string());
    let page = ingest::page_picture(original, number, limits).map_err(refused)?;
    // The original's own bytes where they show the page as it is.
    if size == Size::Whole && orientation == Orientation::Upright {
        return Ok(Picture { bytes: page.encoded, media_type: page.media_type.as_str() });
    }
    let derived = match size {
        Size::Whole => derive::upright_jpeg(&page, orientation, LONGEST_SIDE),
        Size::Thumbnail => derive::thumbnail(&page, orientation, THUMBNAIL_SIDE),
    };
    let derived = derived.map_err(refused)?;
    Ok(Picture { bytes: derived.encoded.into(), media_type: derived.media_type.as_str() })
}

#[cfg(test)]
mod tests {
    use chart::Timestamp;

    use super::*;

    #[test]
    fn the_pictures_looked_at_last_are_kept() {
        let pictures = Pictures::default();
        let keys: Vec<Key> = (0..5)
            .map(|n| {
                let page = PageId::new(Timestamp::from_millis(n));
                (page, true, Size::Whole)
            })
            .collect();
        for key in &keys {
            let bytes = vec![0; KEPT_BYTES / 3].into();
            pictures.keep(*key, Picture { bytes, media_type: "image/png" });
        }
        assert!(pictures.find(&keys[0]).is_none());
        assert!(pictures.find(&keys[4]).is_some());
        assert!(pictures.find(&keys[2]).is_some());
    }
}
