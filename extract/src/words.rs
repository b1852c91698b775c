//! Words of running text, by the morphological analyser.

use std::collections::BTreeSet;

use lindera::segmenter::Segmenter;

use crate::normalise::{Text, is_hiragana, is_kanji, is_katakana};

/// Finds where words begin and end.
pub struct Words(Option<Segmenter>);

impl std::fmt::Debug for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_some() { "Words(dictionary)" } else { "Words(characters)" })
    }
}

impl Words {
    /// By a dictionary.
    pub const fn by(segmenter: Segmenter) -> Self {
        Self(Some(segmenter))
    }

    /// By kinds of characters alone: a word ends where kanji, kana or Latin end.
    pub const fn by_characters() -> Self {
        Self(None)
    }

    /// Indices before which a word begins or after which one ends, the ends of the text too.
    pub fn boundaries(&self, text: &Text) -> BTreeSet<usize> {
        let chars = text.chars();
        let mut boundaries = BTreeSet::from([0, chars.len()]);
        let string: String = chars.iter().collect();
        if let Some(segmenter) = &self.0
            && let Ok(tokens) = segmenter.segment(string.as_str().into())
        {
            let starts: std::collections::HashMap<usize, usize> =
                string.char_indices().enumerate().map(|(at, (byte, _))| (byte, at)).collect();
            for token in tokens {
                boundaries.extend(starts.get(&token.byte_start));
                boundaries.extend(starts.get(&token.byte_end));
            }
            return boundaries;
        }
        let kind = |char: char| match char {
            _ if is_kanji(char) => 1,
            _ if is_katakana(char) => 2,
            _ if is_hiragana(char) => 3,
            _ if char.is_ascii_alphanumeric() => 4,
            _ => 5,
        };
        boundaries.extend((1..chars.len()).filter(|at| kind(chars[at - 1]) != kind(chars[*at])));
        boundaries
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_dictionary_words_end_where_the_kind_of_character_changes() {
        let text = Text::of_line(0, "高血圧で通院");
        let boundaries: Vec<usize> = Words::by_characters().boundaries(&text).into_iter().collect();
        assert_eq!(boundaries, [0, 3, 4, 6]);
    }
}
