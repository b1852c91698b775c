//! What a file is, by its first bytes. Names lie: scanners write `.jpg` over TIFF.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Refusal;

/// A format that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum Format {
    Jpeg,
    Png,
    Tiff,
    Pdf,
}

/// A format that is not read but common enough to be named in the refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum Lookalike {
    Heic,
    Avif,
    WebP,
    Gif,
    Bmp,
    Jpeg2000,
    Jbig2,
    DjVu,
    Dicom,
    Office,
    OldOffice,
    PostScript,
    Html,
}

/// First bytes, and where they stand, of what is not read.
const LOOKALIKES: &[(usize, &[u8], Lookalike)] = &[
    (4, b"ftypheic", Lookalike::Heic),
    (4, b"ftypheix", Lookalike::Heic),
    (4, b"ftyphevc", Lookalike::Heic),
    (4, b"ftypmif1", Lookalike::Heic),
    (4, b"ftypmsf1", Lookalike::Heic),
    (4, b"ftypavif", Lookalike::Avif),
    (8, b"WEBP", Lookalike::WebP),
    (0, b"GIF87a", Lookalike::Gif),
    (0, b"GIF89a", Lookalike::Gif),
    (0, b"BM", Lookalike::Bmp),
    (0, b"\0\0\0\x0cjP  ", Lookalike::Jpeg2000),
    (0, b"\xff\x4f\xff\x51", Lookalike::Jpeg2000),
    (0, b"\x97JB2\r\n\x1a\n", Lookalike::Jbig2),
    (0, b"AT&TFORM", Lookalike::DjVu),
    (128, b"DICM", Lookalike::Dicom),
    (0, b"PK\x03\x04", Lookalike::Office),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Lookalike::OldOffice),
    (0, b"%!PS", Lookalike::PostScript),
    (0, b"<!DOCTYPE html", Lookalike::Html),
    (0, b"<html", Lookalike::Html),
];

/// How far into a file `%PDF-` may stand: readers have always looked into the first kilobyte
/// (ISO 32000-1, annex H, note 13), and mail gateways put bytes before it.
const PDF_HEADER_WITHIN: usize = 1024;

impl Format {
    /// What these bytes are; a refusal if they are nothing that is read.
    pub fn of(bytes: &[u8]) -> Result<Self, Refusal> {
        if bytes.is_empty() {
            return Err(Refusal::Empty);
        }
        let tiff: [&[u8]; 4] = [b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"];
        if bytes.starts_with(b"\xff\xd8\xff") {
            Ok(Self::Jpeg)
        } else if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            Ok(Self::Png)
        } else if tiff.iter().any(|magic| bytes.starts_with(magic)) {
            Ok(Self::Tiff)
        } else if has_pdf_header(bytes) {
            Ok(Self::Pdf)
        } else {
            Err(Refusal::NotAPicture(Lookalike::of(bytes)))
        }
    }
}

fn has_pdf_header(bytes: &[u8]) -> bool {
    let start = &bytes[..bytes.len().min(PDF_HEADER_WITHIN)];
    start.windows(5).any(|window| window == b"%PDF-")
}

impl Format {
    /// For the Content-Type header and the database.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Tiff => "image/tiff",
            Self::Pdf => "application/pdf",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::Tiff => "TIFF",
            Self::Pdf => "PDF",
        })
    }
}

impl Lookalike {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Heic,
        Self::Avif,
        Self::WebP,
        Self::Gif,
        Self::Bmp,
        Self::Jpeg2000,
        Self::Jbig2,
        Self::DjVu,
        Self::Dicom,
        Self::Office,
        Self::OldOffice,
        Self::PostScript,
        Self::Html,
    ];

    /// Its name for people, the same in both languages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Heic => "HEIC",
            Self::Avif => "AVIF",
            Self::WebP => "WebP",
            Self::Gif => "GIF",
            Self::Bmp => "BMP",
            Self::Jpeg2000 => "JPEG 2000",
            Self::Jbig2 => "JBIG2",
            Self::DjVu => "DjVu",
            Self::Dicom => "DICOM",
            Self::Office => "ZIP/Office",
            Self::OldOffice => "Office 97-2003",
            Self::PostScript => "PostScript",
            Self::Html => "HTML",
        }
    }

    fn of(bytes: &[u8]) -> Option<Self> {
        LOOKALIKES
            .iter()
            .find(|(at, magic, _)| bytes.get(*at..).is_some_and(|tail| tail.starts_with(magic)))
            .map(|&(_, _, lookalike)| lookalike)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_tell_the_format() {
        assert_eq!(Format::of(b"\xff\xd8\xff\xe0rest"), Ok(Format::Jpeg));
        assert_eq!(Format::of(b"\x89PNG\r\n\x1a\nrest"), Ok(Format::Png));
        assert_eq!(Format::of(b"II*\0rest"), Ok(Format::Tiff));
        assert_eq!(Format::of(b"MM\0+rest"), Ok(Format::Tiff));
        assert_eq!(Format::of(b"%PDF-1.4"), Ok(Format::Pdf));
        assert_eq!(Format::of(b"\xef\xbb\xbf\r\n%PDF-1.4"), Ok(Format::Pdf));
    }

    #[test]
    fn what_is_not_read_is_named() {
        let named = |bytes: &[u8]| match Format::of(bytes) {
            Err(Refusal::NotAPicture(lookalike)) => lookalike,
            other => panic!("{other:?}"),
        };
        assert_eq!(named(b"\0\0\0\x18ftypheic\0\0"), Some(Lookalike::Heic));
        assert_eq!(named(b"RIFF\0\0\0\0WEBPVP8 "), Some(Lookalike::WebP));
        assert_eq!(named(b"PK\x03\x04\x14\0"), Some(Lookalike::Office));
        assert_eq!(named(b"just some text"), None);
        assert_eq!(named(b"\xff"), None);
    }

    #[test]
    fn an_empty_file_is_called_empty() {
        assert_eq!(Format::of(b""), Err(Refusal::Empty));
    }
}
