//! Fax compression in TIFF: modified Huffman, G3 in one and two dimensions, G4.
//!
//! The `tiff` crate reads G4 only, in one bit order, and cannot tell a short picture from a
//! white one; this reads all of them and insists on every row.

use hayro_ccitt::{DecodeSettings, Decoder, DecoderContext, EncodingMode};
use image::GrayImage;

use super::ifd::{Directory, Tag};
use crate::{Format, Refusal};

/// The compressions of TIFF 6.0 that are fax.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fax {
    /// Compression 2: rows of one dimension that begin at whole bytes, without end-of-line codes.
    ModifiedHuffman,
    /// Compression 3.
    Group3,
    /// Compression 4.
    Group4,
}

impl Fax {
    pub(super) const fn of_compression(compression: u64) -> Option<Self> {
        match compression {
            2 => Some(Self::ModifiedHuffman),
            3 => Some(Self::Group3),
            4 => Some(Self::Group4),
            _ => None,
        }
    }

    fn settings(self, directory: &Directory<'_>, columns: u32, rows: u32) -> DecodeSettings {
        // T4Options: bit 0 two dimensions, bit 2 fill bits before end-of-line codes.
        let options = directory.number(Tag::T4Options).unwrap_or_default();
        DecodeSettings {
            columns,
            rows,
            end_of_block: true,
            end_of_line: self == Self::Group3,
            rows_are_byte_aligned: self == Self::ModifiedHuffman,
            encoding: match self {
                Self::Group4 => EncodingMode::Group4,
                Self::Group3 if options & 1 == 1 => EncodingMode::Group3_2D,
                Self::Group3 | Self::ModifiedHuffman => EncodingMode::Group3_1D,
            },
            strict: false,
        }
    }
}

/// Decodes all strips of a page. The size was checked by the caller.
pub(super) fn decode(
    fax: Fax,
    directory: &Directory<'_>,
    page: u32,
    width: u32,
    height: u32,
) -> Result<GrayImage, Refusal> {
    let damaged = |what: &str| Refusal::damaged(page, what);
    let parts = directory.parts().ok_or_else(|| damaged("no strips"))?;
    let rows_per_strip = directory
        .number(Tag::RowsPerStrip)
        .map_or(height, |rows| u32::try_from(rows).unwrap_or(u32::MAX).min(height));
    if rows_per_strip == 0 || height.div_ceil(rows_per_strip) as usize != parts.len() {
        return Err(damaged("its strips do not fill its height"));
    }
    let reversed = directory.number(Tag::FillOrder) == Some(2);
    // In fax 0 is white; the photometric tag may say otherwise.
    let black_is_zero = directory.number(Tag::Photometric) == Some(1);
    let (white, black) = if black_is_zero { (0, 255) } else { (255, 0) };
    let mut rows =
        Rows { pixels: vec![white; width as usize * height as usize], width, done: 0, black };
    for (strip, &part) in parts.iter().enumerate() {
        let data = directory.part(part).ok_or_else(|| Refusal::truncated(Format::Tiff, page))?;
        let turned: Vec<u8>;
        let data = if reversed {
            turned = data.iter().map(|byte| byte.reverse_bits()).collect();
            &turned
        } else {
            data
        };
        let first = strip as u32 * rows_per_strip;
        let strip_rows = rows_per_strip.min(height - first);
        let mut context = DecoderContext::new(fax.settings(directory, width, strip_rows));
        let result = hayro_ccitt::decode(data, &mut rows, &mut context);
        if rows.done < (first + strip_rows) as usize {
            let reason = result.err().map(|error| format!(": {error}")).unwrap_or_default();
            return Err(damaged(&format!("the fax data ends at row {}{reason}", rows.done)));
        }
        rows.done = (first + strip_rows) as usize;
    }
    GrayImage::from_raw(width, height, rows.pixels).ok_or_else(|| damaged("no pixels"))
}

/// Rows as they come out, over paper of the white colour.
struct Rows {
    pixels: Vec<u8>,
    width: u32,
    done: usize,
    black: u8,
}

impl Decoder for Rows {
    fn push_row(&mut self, changes: &[u32]) {
        let width = self.width as usize;
        let start = self.done * width;
        self.done += 1;
        let Some(row) = self.pixels.get_mut(start..start + width) else { return };
        for span in changes.chunks(2) {
            let end = span.get(1).map_or(width, |&end| end as usize);
            if let Some(run) = row.get_mut(span[0] as usize..end.min(width)) {
                run.fill(self.black);
            }
        }
    }
}
