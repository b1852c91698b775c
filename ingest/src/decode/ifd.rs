//! The skeleton of a TIFF file: where each page's directory stands, and single tags of it.
//!
//! The `tiff` crate decodes; this walk comes before it, to count pages, to see that everything
//! that is pointed at lies inside the file, and to read what fax pages need.

use crate::{Format, Limits, Refusal};

/// The tags that are read here, by the names and numbers of TIFF 6.0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tag {
    NewSubfileType = 254,
    SubfileType = 255,
    ImageWidth = 256,
    ImageLength = 257,
    BitsPerSample = 258,
    Compression = 259,
    Photometric = 262,
    FillOrder = 266,
    StripOffsets = 273,
    Orientation = 274,
    RowsPerStrip = 278,
    StripByteCounts = 279,
    XResolution = 282,
    YResolution = 283,
    T4Options = 292,
    ResolutionUnit = 296,
    ColorMap = 320,
    TileWidth = 322,
    TileLength = 323,
    TileOffsets = 324,
    TileByteCounts = 325,
}

/// The pages of a TIFF file.
#[derive(Debug, Clone)]
pub(super) struct Chain {
    layout: Layout,
    /// Where each page's directory stands, in order.
    pub(super) pages: Vec<usize>,
}

/// How numbers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Layout {
    little_endian: bool,
    /// 64-bit offsets.
    big: bool,
}

/// One page's directory.
#[derive(Debug, Clone, Copy)]
pub(super) struct Directory<'a> {
    bytes: &'a [u8],
    layout: Layout,
    /// Where its first entry stands.
    entries: usize,
    n_entries: usize,
}

/// How many directories are followed at most before a file counts as circular or absurd.
const MAX_DIRECTORIES: usize = 65_536;
/// How many numbers one tag may hold: the strips of a page at one row each, and its tiles.
const MAX_VALUES: u64 = 1 << 20;

impl Chain {
    /// Follows the directories to the end.
    pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Self, Refusal> {
        let truncated = Refusal::Truncated { format: Format::Tiff, page: None };
        let layout = Layout {
            little_endian: bytes.starts_with(b"II"),
            big: bytes.get(2..4).is_some_and(|version| version.contains(&43)),
        };
        let first = if layout.big { layout.u64(bytes, 8) } else { layout.offset(bytes, 4) };
        let mut next = first.ok_or(truncated.clone())?;
        let mut chain = Self { layout, pages: Vec::new() };
        let mut seen = std::collections::HashSet::new();
        while next != 0 {
            if seen.len() >= MAX_DIRECTORIES || !seen.insert(next) {
                return Err(Refusal::Damaged {
                    page: None,
                    what: "its directories point in a circle".to_owned(),
                });
            }
            let at = usize::try_from(next).map_err(|_| truncated.clone())?;
            let directory = Directory::at(bytes, layout, at).ok_or(truncated.clone())?;
            if !directory.is_no_page() {
                chain.pages.push(at);
            }
            next = directory.next().ok_or(truncated.clone())?;
        }
        limits.check_pages(chain.pages.len())?;
        Ok(chain)
    }

    /// The directory of a page, from 1.
    pub(super) fn directory<'a>(&self, bytes: &'a [u8], page: u32) -> Option<Directory<'a>> {
        Directory::at(bytes, self.layout, *self.pages.get(page as usize - 1)?)
    }

    /// The header's bytes that make `page` the first one, and where they belong.
    pub(super) fn header_for(&self, page: u32) -> Option<(usize, Vec<u8>)> {
        let at = *self.pages.get(page as usize - 1)? as u64;
        Some(if self.layout.big {
            (8, self.layout.write(at, 8))
        } else {
            (4, self.layout.write(at, 4))
        })
    }
}

impl Layout {
    fn u16(self, bytes: &[u8], at: usize) -> Option<u64> {
        let raw = bytes.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(
            if self.little_endian { u16::from_le_bytes(raw) } else { u16::from_be_bytes(raw) }
                .into(),
        )
    }

    fn u32(self, bytes: &[u8], at: usize) -> Option<u64> {
        let raw = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
        Some(
            if self.little_endian { u32::from_le_bytes(raw) } else { u32::from_be_bytes(raw) }
                .into(),
        )
    }

    fn u64(self, bytes: &[u8], at: usize) -> Option<u64> {
        let raw = bytes.get(at..at.checked_add(8)?)?.try_into().ok()?;
        Some(if self.little_endian { u64::from_le_bytes(raw) } else { u64::from_be_bytes(raw) })
    }

    /// A count or an offset, in the width of the file.
    fn offset(self, bytes: &[u8], at: usize) -> Option<u64> {
        if self.big { self.u64(bytes, at) } else { self.u32(bytes, at) }
    }

    const fn entry_size(self) -> usize {
        if self.big { 20 } else { 12 }
    }

    fn write(self, value: u64, width: usize) -> Vec<u8> {
        if self.little_endian {
            value.to_le_bytes()[..width].to_vec()
        } else {
            value.to_be_bytes()[8 - width..].to_vec()
        }
    }
}

impl<'a> Directory<'a> {
    fn at(bytes: &'a [u8], layout: Layout, at: usize) -> Option<Self> {
        let (n_entries, entries) = if layout.big {
            (layout.u64(bytes, at)?, at.checked_add(8)?)
        } else {
            (layout.u16(bytes, at)?, at.checked_add(2)?)
        };
        let n_entries = usize::try_from(n_entries).ok()?;
        let end = n_entries.checked_mul(layout.entry_size())?.checked_add(entries)?;
        (end <= bytes.len()).then_some(Self { bytes, layout, entries, n_entries })
    }

    fn next(&self) -> Option<u64> {
        self.layout.offset(self.bytes, self.entries + self.n_entries * self.layout.entry_size())
    }

    /// A thumbnail or a transparency mask (TIFF 6.0, NewSubfileType and SubfileType).
    fn is_no_page(&self) -> bool {
        const REDUCED: u64 = 1;
        const MASK: u64 = 4;
        const OLD_REDUCED: u64 = 2;
        self.number(Tag::NewSubfileType).is_some_and(|kind| kind & (REDUCED | MASK) != 0)
            || self.number(Tag::SubfileType) == Some(OLD_REDUCED)
    }

    fn entry(&self, tag: Tag) -> Option<usize> {
        (0..self.n_entries)
            .map(|entry| self.entries + entry * self.layout.entry_size())
            .find(|&at| self.layout.u16(self.bytes, at) == Some(tag as u64))
    }

    /// Where a tag's value stands and how many bytes of which type it has; `None` if it is not
    /// there or points out of the file.
    fn value(&self, tag: Tag) -> Option<(usize, u64, usize, u64)> {
        let at = self.entry(tag)?;
        let kind = self.layout.u16(self.bytes, at + 2)?;
        let count = self.layout.offset(self.bytes, at + 4)?;
        let (inline_at, inline) = if self.layout.big { (at + 12, 8) } else { (at + 8, 4) };
        let width: usize = match kind {
            1 | 2 | 6 | 7 => 1,
            3 | 8 => 2,
            4 | 9 | 13 => 4,
            5 | 10 | 16 | 17 | 18 => 8,
            _ => return None,
        };
        let size = usize::try_from(count.min(MAX_VALUES)).ok()?.checked_mul(width)?;
        let value_at = if size <= inline {
            inline_at
        } else {
            usize::try_from(self.layout.offset(self.bytes, inline_at)?).ok()?
        };
        (value_at.checked_add(size)? <= self.bytes.len()).then_some((value_at, kind, width, count))
    }

    /// All numbers of a tag.
    pub(super) fn numbers(&self, tag: Tag) -> Option<Vec<u64>> {
        let (at, _, width, count) = self.value(tag)?;
        if count > MAX_VALUES {
            return None;
        }
        (0..usize::try_from(count).ok()?)
            .map(|index| {
                let at = at + index * width;
                match width {
                    1 => self.bytes.get(at).copied().map(u64::from),
                    2 => self.layout.u16(self.bytes, at),
                    4 => self.layout.u32(self.bytes, at),
                    _ => self.layout.u64(self.bytes, at),
                }
            })
            .collect()
    }

    /// The first number of a tag.
    pub(super) fn number(&self, tag: Tag) -> Option<u64> {
        self.numbers(tag)?.first().copied()
    }

    /// A quotient, as resolutions are written.
    pub(super) fn rational(&self, tag: Tag) -> Option<f64> {
        let (at, kind, ..) = self.value(tag)?;
        let over = self.layout.u32(self.bytes, at)? as f64;
        let under = self.layout.u32(self.bytes, at + 4)? as f64;
        (kind == 5 && under > 0.0).then(|| over / under)
    }

    /// The bytes that make a one-number tag say something else, and where they belong.
    pub(super) fn rewritten(&self, tag: Tag, number: u64) -> Option<(usize, Vec<u8>)> {
        let (at, _, width, _) = self.value(tag)?;
        Some((at, self.layout.write(number, width)))
    }

    /// Where the parts of the picture stand in the file, strips or tiles: offset and length.
    pub(super) fn parts(&self) -> Option<Vec<(u64, u64)>> {
        let offsets = self.numbers(Tag::StripOffsets).or_else(|| self.numbers(Tag::TileOffsets))?;
        let lengths =
            self.numbers(Tag::StripByteCounts).or_else(|| self.numbers(Tag::TileByteCounts))?;
        (offsets.len() == lengths.len()).then(|| offsets.into_iter().zip(lengths).collect())
    }

    /// The bytes of one part; `None` if it ends beyond the file.
    pub(super) fn part(&self, (offset, length): (u64, u64)) -> Option<&'a [u8]> {
        let start = usize::try_from(offset).ok()?;
        self.bytes.get(start..start.checked_add(usize::try_from(length).ok()?)?)
    }
}
