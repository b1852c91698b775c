//! Bytes of a text file to lines of characters, in whatever encoding the publisher used.

use std::borrow::Cow;

use encoding_rs::{Encoding, SHIFT_JIS, UTF_8};

/// Stands for bytes that mean nothing in the encoding.
pub const BROKEN: char = '\u{FFFD}';

/// How much of a file decides which encoding it is in.
const LOOKED_AT: usize = 64 << 10;

/// A text file.
#[derive(Debug)]
pub struct Text<'b> {
    bytes: &'b [u8],
    encoding: &'static Encoding,
}

impl<'b> Text<'b> {
    /// UTF-8 with or without a mark, or cp932 (what the publishers call Shift_JIS); of the two the
    /// one in which less is broken, so that one bad byte does not turn the whole file over.
    pub fn new(bytes: &'b [u8]) -> Self {
        if let Some(rest) = bytes.strip_prefix(b"\xEF\xBB\xBF") {
            return Self { bytes: rest, encoding: UTF_8 };
        }
        if std::str::from_utf8(bytes).is_ok() {
            return Self { bytes, encoding: UTF_8 };
        }
        let looked_at = &bytes[..bytes.len().min(LOOKED_AT)];
        let n_broken = |encoding: &'static Encoding| {
            let (text, _) = encoding.decode_without_bom_handling(looked_at);
            text.chars().filter(|char| *char == BROKEN).count()
        };
        let encoding = if n_broken(UTF_8) <= n_broken(SHIFT_JIS) { UTF_8 } else { SHIFT_JIS };
        Self { bytes, encoding }
    }

    /// The lines without their ends. In cp932 no second byte of a character is a line feed, so
    /// lines can be cut before they are decoded and a broken one stays alone.
    pub fn lines(&self) -> impl Iterator<Item = Cow<'b, str>> {
        let encoding = self.encoding;
        let bytes = self.bytes.strip_suffix(b"\n").unwrap_or(self.bytes);
        let empty = bytes.is_empty();
        bytes.split(|byte| *byte == b'\n').filter(move |_| !empty).map(move |line| {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            encoding.decode_without_bom_handling(line).0
        })
    }

    /// The whole text.
    pub fn whole(&self) -> Cow<'b, str> {
        self.encoding.decode_without_bom_handling(self.bytes).0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_encodings_give_the_same_lines() {
        let text = "見本錠５ｍｇ,①\r\n次の行～\r\n";
        let (cp932, _, _) = SHIFT_JIS.encode(text);
        let marked = [b"\xEF\xBB\xBF", text.as_bytes()].concat();
        for bytes in [text.as_bytes(), &cp932, &marked] {
            let lines: Vec<_> = Text::new(bytes).lines().collect();
            assert_eq!(lines, ["見本錠５ｍｇ,①", "次の行～"]);
        }
    }

    #[test]
    fn a_bad_byte_breaks_one_line_only() {
        let mut bytes = SHIFT_JIS.encode("見本錠\n病名\n").0.into_owned();
        bytes[1] = 0xFF;
        let lines: Vec<_> = Text::new(&bytes).lines().collect();
        assert!(lines[0].contains(BROKEN));
        assert_eq!(lines[1], "病名");

        let mut bytes = "見本錠ですよ\n病名\n".as_bytes().to_vec();
        bytes[2] = b'?';
        let lines: Vec<_> = Text::new(&bytes).lines().collect();
        assert!(lines[0].contains(BROKEN) && lines[0].contains("本錠"));
        assert_eq!(lines[1], "病名");
    }
}
