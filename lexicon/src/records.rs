//! Records in a section of the compiled file, each decoded when it is first asked for.
//!
//! ```text
//! section = n { begin } end { record } ;   (* u32 little-endian, then postcard *)
//! ```
//!
//! Opening costs nothing a record; what was decoded stays, so that callers can hold on to it.

use std::sync::OnceLock;

use serde::{Serialize, de::DeserializeOwned};
use zerocopy::{FromBytes, little_endian::U32};

use crate::file::File;

/// The records of one section.
#[derive(Debug)]
pub(crate) struct Records<T> {
    section: usize,
    decoded: Box<[OnceLock<Box<T>>]>,
    /// Stands for a number that no record has.
    none: T,
}

impl<T: DeserializeOwned + Default> Records<T> {
    /// The records of a section; `None` if their form is another than this program's.
    pub fn open(file: &File, section: usize) -> Option<Self> {
        let bytes = file.section(section);
        let n = if bytes.is_empty() { 0 } else { starts(bytes)?.len() - 1 };
        // The checksum has told that the bytes are whole; this tells that they mean the same.
        for number in [0, n / 2, n.saturating_sub(1)] {
            if n > 0 {
                decode::<T>(bytes, number)?;
            }
        }
        let decoded = std::iter::repeat_with(OnceLock::new).take(n).collect();
        Some(Self { section, decoded, none: T::default() })
    }

    /// Number of records.
    pub fn len(&self) -> usize {
        self.decoded.len()
    }

    /// A record.
    pub fn get(&self, file: &File, number: usize) -> &T {
        let Some(place) = self.decoded.get(number) else { return &self.none };
        place.get_or_init(|| {
            Box::new(decode(file.section(self.section), number).unwrap_or_default())
        })
    }

    /// All records, decoded one by one without keeping them.
    pub fn all<'f>(&self, file: &'f File) -> impl Iterator<Item = T> + use<'f, T> {
        let bytes = file.section(self.section);
        (0..self.len()).map(|number| decode(bytes, number).unwrap_or_default())
    }
}

fn starts(bytes: &[u8]) -> Option<&[U32]> {
    let (n, rest) = U32::ref_from_prefix(bytes).ok()?;
    Some(<[U32]>::ref_from_prefix_with_elems(rest, n.get() as usize + 1).ok()?.0)
}

fn decode<T: DeserializeOwned>(bytes: &[u8], number: usize) -> Option<T> {
    let starts = starts(bytes)?;
    let base = 4 + starts.len() * 4;
    let record =
        base + starts.get(number)?.get() as usize..base + starts.get(number + 1)?.get() as usize;
    postcard::from_bytes(bytes.get(record)?).ok()
}

/// The bytes of a section with these records.
pub(crate) fn bytes<T: Serialize>(records: &[T]) -> Result<Vec<u8>, postcard::Error> {
    let mut starts = Vec::with_capacity(records.len() + 1);
    let mut data = Vec::new();
    for record in records {
        starts.push(data.len());
        data.extend(postcard::to_stdvec(record)?);
    }
    starts.push(data.len());
    let figure = |figure: usize| u32::try_from(figure).unwrap_or(u32::MAX).to_le_bytes();
    let mut bytes = figure(records.len()).to_vec();
    bytes.extend(starts.into_iter().flat_map(figure));
    bytes.extend(data);
    Ok(bytes)
}
