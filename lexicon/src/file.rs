//! The compiled file: sections of bytes behind a head that tells version and checksum.
//!
//! ```text
//! head     = "KKLEXIC\n" format crc length n-sections version { section } ;
//! format   = u32 ;   (* raised when what is compiled changes though its sources do not *)
//! crc      = u32 ;   (* CRC-32 of everything behind it *)
//! length   = u64 ;   (* of the whole file *)
//! version  = 32 bytes, the version of the sources in ASCII, padded with zeroes ;
//! section  = u32 number, u32 nothing, u64 begin, u64 end ;
//! ```
//!
//! All figures are little-endian. The file is written beside its place and moved there whole, so
//! that whoever has it open keeps reading the old one. It is mapped into memory and checked once
//! when it is opened; a file that is cut short, changed or of another format is told as such and
//! compiled again by the caller.

use std::{fs, io, ops::Deref, ops::Range, path::Path};

const MAGIC: &[u8; 8] = b"KKLEXIC\n";
const HEAD: usize = 64;
const ROW: usize = 24;

/// Raised when the compiled form changes though the sources do not.
pub(crate) const FORMAT: u32 = 4;

/// A compiled file, open.
#[derive(Debug)]
pub(crate) struct File {
    bytes: Bytes,
    version: String,
    sections: Vec<Range<usize>>,
}

#[derive(Debug)]
enum Bytes {
    Mapped(memmap2::Mmap),
    Here(Vec<u8>),
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Mapped(map) => map,
            Self::Here(bytes) => bytes,
        }
    }
}

impl File {
    /// Maps a file; `None` if it is not there, damaged, or of another format.
    pub fn map(path: &Path) -> io::Result<Option<Self>> {
        let file = match fs::File::open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            other => other?,
        };
        #[expect(
            unsafe_code,
            reason = "the file is only ever replaced by another, never written in place; what \
                      was mapped stays as it was checked"
        )]
        // SAFETY: as the reason says; the program itself never truncates or rewrites it.
        let map = unsafe { memmap2::Mmap::map(&file)? };
        Ok(Self::of(Bytes::Mapped(map)))
    }

    /// From bytes in memory.
    pub fn in_memory(bytes: Vec<u8>) -> Option<Self> {
        Self::of(Bytes::Here(bytes))
    }

    fn of(bytes: Bytes) -> Option<Self> {
        let head = bytes.get(..HEAD)?;
        let whole = head.starts_with(MAGIC)
            && u32_at(&bytes, 8)? == FORMAT
            && u64_at(&bytes, 16)? == bytes.len() as u64
            && u32_at(&bytes, 12)? == crc32fast::hash(&bytes[16..]);
        if !whole {
            return None;
        }
        let version: Vec<u8> = head[32..64].iter().copied().take_while(|byte| *byte != 0).collect();
        let mut sections = Vec::new();
        for row in 0..u32_at(&bytes, 24)? as usize {
            let at = HEAD + row * ROW;
            let number = u32_at(&bytes, at)? as usize;
            let range = usize::try_from(u64_at(&bytes, at + 8)?).ok()?
                ..usize::try_from(u64_at(&bytes, at + 16)?).ok()?;
            bytes.get(range.clone())?;
            if sections.len() <= number {
                sections.resize(number + 1, 0..0);
            }
            sections[number] = range;
        }
        Some(Self { version: String::from_utf8(version).ok()?, sections, bytes })
    }

    /// The version of the sources that it was compiled from.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Number of bytes.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// A section; empty if the file has none of that number.
    pub fn section(&self, number: usize) -> &[u8] {
        self.sections.get(number).map_or(&[], |range| &self.bytes[range.clone()])
    }
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?))
}

/// The bytes of a file with these sections, numbered in their order.
pub(crate) fn bytes(version: &str, sections: &[Vec<u8>]) -> Vec<u8> {
    let mut rows = Vec::new();
    let mut at = HEAD + sections.len() * ROW;
    for (number, section) in (0_u32..).zip(sections) {
        rows.extend(number.to_le_bytes());
        rows.extend(0_u32.to_le_bytes());
        rows.extend((at as u64).to_le_bytes());
        rows.extend(((at + section.len()) as u64).to_le_bytes());
        at += section.len();
    }
    let mut bytes = Vec::with_capacity(at);
    bytes.extend(MAGIC);
    bytes.extend(FORMAT.to_le_bytes());
    bytes.extend([0; 4]);
    bytes.extend((at as u64).to_le_bytes());
    bytes.extend(u32::try_from(sections.len()).unwrap_or(u32::MAX).to_le_bytes());
    bytes.extend([0; 4]);
    let mut padded = [0_u8; 32];
    let version = &version.as_bytes()[..version.len().min(32)];
    padded[..version.len()].copy_from_slice(version);
    bytes.extend(padded);
    bytes.extend(rows);
    for section in sections {
        bytes.extend(section);
    }
    let crc = crc32fast::hash(&bytes[16..]);
    bytes[12..16].copy_from_slice(&crc.to_le_bytes());
    bytes
}

/// Writes the file in one step: whoever looks sees the old one or the new one.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let unfinished = path.with_file_name(format!(".{name}.{}", std::process::id()));
    let written = fs::write(&unfinished, bytes).and_then(|()| fs::rename(&unfinished, path));
    if written.is_err() {
        // What is left only takes room; the error to tell is the first one.
        let _ = fs::remove_file(&unfinished);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_come_back_as_they_were_put_in() {
        let file = File::in_memory(bytes("abc", &[b"one".to_vec(), Vec::new(), b"three".to_vec()]));
        let file = file.unwrap();
        assert_eq!(file.version(), "abc");
        assert_eq!((file.section(0), file.section(1)), (&b"one"[..], &b""[..]));
        assert_eq!((file.section(2), file.section(9)), (&b"three"[..], &b""[..]));
    }

    #[test]
    fn any_changed_or_missing_byte_is_noticed() {
        let whole = bytes("abc", &[b"one".to_vec()]);
        for at in 0..whole.len() {
            let mut changed = whole.clone();
            changed[at] ^= 0x40;
            assert!(File::in_memory(changed).is_none(), "byte {at}");
            assert!(File::in_memory(whole[..at].to_vec()).is_none(), "cut at {at}");
        }
    }
}
