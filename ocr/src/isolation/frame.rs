use std::io::{self, Read, Write};

use chart::PageText;
use serde::{Deserialize, Serialize};

use crate::ReadOptions;

/// Largest frame either side takes: an A3 page at 600 dpi as PNG stays below 100 MB.
pub const LARGEST: usize = 256 << 20;

/// What a parent says first of all, as JSON.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Settings {
    /// Address space that the child may use; `None` for no limit.
    pub memory_limit_bytes: Option<u64>,
    /// How it is to read.
    pub reading: ReadOptions,
}

/// What a child says to its parent, as JSON.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// The models are loaded; sent once, unasked.
    Ready {
        /// The reader's version.
        version: String,
    },
    /// The models cannot be loaded; the child ends after this.
    CannotStart {
        /// What is wrong and how to mend it.
        why: String,
    },
    /// The page that was asked for.
    Page(Box<PageText>),
    /// The page cannot be read, and no other attempt will change that.
    Refused {
        /// Why.
        why: String,
    },
    /// This attempt failed; the child is well.
    Failed {
        /// Why.
        why: String,
    },
}

/// Writes one frame: its length in four bytes, the most significant first, then its bytes.
pub fn write(output: &mut impl Write, frame: &[u8]) -> io::Result<()> {
    let length = u32::try_from(frame.len()).map_err(io::Error::other)?;
    output.write_all(&length.to_be_bytes())?;
    output.write_all(frame)?;
    output.flush()
}

/// The next frame; `None` if the pipe ended between frames.
pub fn read(input: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 4];
    let mut got = 0;
    while got < length.len() {
        match input.read(&mut length[got..]) {
            Ok(0) if got == 0 => return Ok(None),
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(bytes) => got += bytes,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let length = u32::from_be_bytes(length) as usize;
    if length > LARGEST {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "frame too large"));
    }
    let mut frame = vec![0; length];
    input.read_exact(&mut frame)?;
    Ok(Some(frame))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_come_out_as_they_went_in() {
        let mut pipe = Vec::new();
        write(&mut pipe, b"first").unwrap();
        write(&mut pipe, b"").unwrap();
        let mut pipe = pipe.as_slice();
        assert_eq!(read(&mut pipe).unwrap().as_deref(), Some(&b"first"[..]));
        assert_eq!(read(&mut pipe).unwrap().as_deref(), Some(&b""[..]));
        assert_eq!(read(&mut pipe).unwrap(), None);
    }

    #[test]
    fn a_torn_frame_is_an_error() {
        assert!(read(&mut &[0, 0, 0, 9, 1][..]).is_err());
        assert!(read(&mut &[0, 0][..]).is_err());
    }

    #[test]
    fn an_absurd_length_is_refused_before_memory_is_taken() {
        assert!(read(&mut &[255, 255, 255, 255][..]).is_err());
    }
}
