//! How far compressed data would grow, found out without keeping what comes out.
//!
//! PDF readers inflate whole streams into memory. Deflate packs a thousand to one, and streams
//! can be packed twice, so a file of a megabyte may ask for a terabyte.

use std::io::Read;

use flate2::read::ZlibDecoder;

use crate::Refusal;

/// Streams packed into each other are followed this deep.
const MAX_DEPTH: usize = 3;

/// Refuses a PDF any of whose deflated streams would grow beyond `limit` bytes.
pub(super) fn check(bytes: &[u8], limit: u64) -> Result<(), Refusal> {
    if stream_starts(bytes).any(|start| grows_beyond(&bytes[start..], limit)) {
        return Err(Refusal::Bomb { limit });
    }
    Ok(())
}

/// Where the data of each stream begins: after the keyword and its line end.
fn stream_starts(bytes: &[u8]) -> impl Iterator<Item = usize> + '_ {
    const KEYWORD: &[u8] = b"stream";
    bytes.windows(KEYWORD.len()).enumerate().filter_map(move |(at, window)| {
        if window != KEYWORD || bytes[..at].ends_with(b"end") {
            return None;
        }
        let after = at + KEYWORD.len();
        match bytes.get(after..)? {
            [b'\r', b'\n', ..] => Some(after + 2),
            [b'\n' | b'\r', ..] => Some(after + 1),
            _ => None,
        }
    })
}

/// Whether deflated data, or what is deflated inside it again, is longer than `limit`.
fn grows_beyond(data: &[u8], limit: u64) -> bool {
    (1..=MAX_DEPTH)
        // A layer exists if the one around it begins like one.
        .take_while(|&depth| {
            let mut head = [0; 2];
            unpacked(data, depth - 1).read_exact(&mut head).is_ok() && is_zlib(head)
        })
        .any(|depth| {
            let mut layer = unpacked(data, depth).take(limit + 1);
            // An error is the end of the data: damage is found by those who decode.
            let mut length = 0;
            let mut block = [0; 1 << 14];
            while let Ok(n @ 1..) = layer.read(&mut block) {
                length += n as u64;
            }
            length > limit
        })
}

fn unpacked(data: &[u8], layers: usize) -> Box<dyn Read + '_> {
    (0..layers).fold(Box::new(data), |packed, _| Box::new(ZlibDecoder::new(packed)))
}

/// RFC 1950: method 8, and the two bytes together divisible by 31.
fn is_zlib([method, flags]: [u8; 2]) -> bool {
    method & 0x0f == 8 && ((u16::from(method) << 8) | u16::from(flags)).is_multiple_of(31)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::ZlibEncoder};

    use super::*;

    fn packed(data: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    fn stream_of(data: &[u8]) -> Vec<u8> {
        [b"1 0 obj\n<< /Filter /FlateDecode >>\nstream\r\n", data, b"\nendstream\n"].concat()
    }

    #[test]
    fn a_stream_that_grows_beyond_the_limit_is_found() {
        let pdf = stream_of(&packed(&vec![0; 1_000_000]));
        assert!(pdf.len() < 2_000);
        assert_eq!(check(&pdf, 999_999), Err(Refusal::Bomb { limit: 999_999 }));
        assert_eq!(check(&pdf, 1_000_000), Ok(()));
    }

    #[test]
    fn a_stream_packed_twice_is_followed() {
        let twice = packed(&packed(&vec![0; 10_000_000]));
        assert!(twice.len() < 1_000);
        assert_eq!(check(&stream_of(&twice), 1_000_000).unwrap_err().code(), "bomb");
    }

    #[test]
    fn the_end_of_a_stream_is_not_taken_for_a_beginning() {
        let starts: Vec<_> = stream_starts(b"stream\nab\nendstream\n").collect();
        assert_eq!(starts, [7]);
    }
}
