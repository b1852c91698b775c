//! Files that nobody wrote: whatever comes, it is a picture or a refusal, never a panic.

use proptest::prelude::*;

use super::*;
use crate::samples::{group4_page, ink, jpeg, png, scanned_pdf, tiff, tiff_of_pages};

fn all_pages(bytes: Vec<u8>) -> Result<usize, Refusal> {
    let limits =
        Limits { max_pixels: 1_000_000, max_pages: 50, max_bytes: 1 << 20, min_free_bytes: 0 };
    let source = Source::open(bytes, &limits)?;
    let pages: Result<Vec<_>, _> = source.pages().collect();
    pages.map(|pages| pages.len())
}

fn whole_files() -> Vec<Vec<u8>> {
    vec![
        jpeg(60, 40),
        png(&ink(60, 40).into()),
        tiff_of_pages(2),
        tiff(&[group4_page(&ink(60, 40))], false),
        scanned_pdf(&[jpeg(60, 80)], 60, 80),
    ]
}

#[test]
fn the_whole_files_are_whole() {
    for file in whole_files() {
        assert!(all_pages(file).is_ok());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn noise_behind_a_true_beginning_is_refused(
        beginning in prop::sample::select(vec![
            &b"\xff\xd8\xff\xe0"[..], b"\x89PNG\r\n\x1a\n", b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08",
            b"II+\0\x08\0\0\0\x10\0\0\0\0\0\0\0", b"%PDF-1.4\n",
        ]),
        noise in prop::collection::vec(any::<u8>(), 0..2_000),
    ) {
        prop_assert!(all_pages([beginning, &noise].concat()).is_err());
    }

    #[test]
    fn changed_bytes_never_end_the_program(
        file in prop::sample::select(whole_files()),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
    ) {
        let mut file = file;
        for (at, byte) in changes {
            let at = at.index(file.len());
            file[at] = byte;
        }
        // A changed pixel may pass; what matters is that something comes back.
        let _ = all_pages(file);
    }

    #[test]
    fn a_piece_is_no_whole(
        file in prop::sample::select(whole_files()),
        at in any::<prop::sample::Index>(),
    ) {
        // The line end after a PDF's %%EOF and TIFF's closing zeros may be missed by nobody.
        let length = at.index(file.len() - 6);
        prop_assert!(all_pages(file[..length].to_vec()).is_err());
    }
}
