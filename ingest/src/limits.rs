//! How much one file may ask for. Checked before anything of that size is allocated.

use serde::{Deserialize, Serialize};

use crate::Refusal;

/// Upper bounds of one file. Each can be configured; the defaults hold what clinics scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Pages of one file. 500 is more than one patient's chart has (the thickest binders hold
    /// some 300 sheets); a file beyond it is a whole cabinet and wants to be split by patient.
    pub max_pages: u32,
    /// Pixels of one page. 120 million is A3 at 550 dpi or A4 at 1,100 dpi; such a page takes
    /// 360 MB in colour while it is decoded, which a clinic's PC can spare once.
    pub max_pixels: u64,
    /// Bytes of one file. 200 MiB is 500 pages at 400 KB, a colour A4 page at 300 dpi in good
    /// JPEG quality; a file is held in memory as a whole while it is taken in.
    pub max_bytes: u64,
    /// Bytes that stay free on the disk of the originals: the database, which is usually on the
    /// same disk, needs them to finish what was taken in. 512 MiB is some ten thousand pages'
    /// drafts.
    pub min_free_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_pages: 500,
            max_pixels: 120_000_000,
            max_bytes: 200 << 20,
            min_free_bytes: 512 << 20,
        }
    }
}

impl Limits {
    /// The longest side of a page in pixels that recognition can take: tesseract counts pixels
    /// in 16 bits with a sign.
    pub const MAX_SIDE: u32 = 32_767;

    /// Refuses a file of so many bytes.
    pub fn check_bytes(&self, bytes: u64) -> Result<(), Refusal> {
        if bytes > self.max_bytes {
            return Err(Refusal::TooManyBytes { bytes, limit: self.max_bytes });
        }
        Ok(())
    }

    /// Refuses a file of so many pages.
    pub fn check_pages(&self, pages: usize) -> Result<u32, Refusal> {
        let pages = u32::try_from(pages).unwrap_or(u32::MAX);
        match pages {
            0 => Err(Refusal::NoPages),
            n if n > self.max_pages => Err(Refusal::TooManyPages { pages, limit: self.max_pages }),
            _ => Ok(pages),
        }
    }

    /// Refuses a page of that size in pixels.
    pub fn check_size(&self, page: u32, width: u32, height: u32) -> Result<(), Refusal> {
        if width == 0 || height == 0 {
            return Err(Refusal::damaged(page, "the picture has no width or no height"));
        }
        if width > Self::MAX_SIDE || height > Self::MAX_SIDE {
            return Err(Refusal::TooLong { page, width, height, limit: Self::MAX_SIDE });
        }
        if u64::from(width) * u64::from(height) > self.max_pixels {
            return Err(Refusal::TooManyPixels { page, width, height, limit: self.max_pixels });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_may_be_as_large_as_the_limit_and_no_larger() {
        let limits = Limits { max_pixels: 1_000_000, ..Limits::default() };
        assert!(limits.check_size(1, 1_000, 1_000).is_ok());
        let refused = limits.check_size(3, 1_000, 1_001).unwrap_err();
        assert_eq!(
            refused,
            Refusal::TooManyPixels { page: 3, width: 1_000, height: 1_001, limit: 1_000_000 }
        );
    }

    #[test]
    fn a_strip_longer_than_recognition_can_count_is_refused() {
        let limits = Limits::default();
        assert!(limits.check_size(1, 10, 32_767).is_ok());
        assert_eq!(limits.check_size(1, 10, 32_768).unwrap_err().code(), "too_long");
    }

    #[test]
    fn an_a3_page_at_400_dpi_and_a_phones_48_megapixels_are_within_the_defaults() {
        let limits = Limits::default();
        assert!(limits.check_size(1, 4_677, 6_614).is_ok());
        assert!(limits.check_size(1, 8_064, 6_048).is_ok());
    }

    #[test]
    fn no_pages_and_too_many_pages_are_refused() {
        let limits = Limits { max_pages: 2, ..Limits::default() };
        assert_eq!(limits.check_pages(0), Err(Refusal::NoPages));
        assert_eq!(limits.check_pages(2), Ok(2));
        assert_eq!(limits.check_pages(3), Err(Refusal::TooManyPages { pages: 3, limit: 2 }));
    }
}
