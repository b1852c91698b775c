//! Which words hold a letter: for each letter of a table the words that it stands in, once for
//! each time that it does.
//!
//! It lies in the compiled file beside its table and is read where it lies.

use zerocopy::{FromBytes, IntoBytes, little_endian::U32};

use crate::keys::Keys;

/// The letters of a table with their words.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Postings<'f> {
    /// Where the words of each letter begin; one more for the end.
    starts: &'f [U32],
    words: &'f [U32],
    /// For each word its letters that cannot be lost for less than a whole edit.
    dear: &'f [u8],
}

impl<'f> Postings<'f> {
    /// The postings in some bytes that [`bytes`] made; `None` if they are none.
    pub fn in_bytes(bytes: &'f [u8]) -> Option<Self> {
        let (head, rest) = <[U32]>::ref_from_prefix_with_elems(bytes, 3).ok()?;
        let [n_letters, n_postings, n_words] =
            [head[0], head[1], head[2]].map(|count| count.get() as usize);
        let (starts, rest) = <[U32]>::ref_from_prefix_with_elems(rest, n_letters + 1).ok()?;
        let (words, rest) = <[U32]>::ref_from_prefix_with_elems(rest, n_postings).ok()?;
        Some(Self { starts, words, dear: rest.get(..n_words)? })
    }

    /// None at all.
    pub const fn none() -> Self {
        Self { starts: &[], words: &[], dear: &[] }
    }

    /// The words that hold a letter.
    pub fn words(&self, symbol: u16) -> &'f [U32] {
        let symbol = usize::from(symbol);
        let range = self.starts.get(symbol).zip(self.starts.get(symbol + 1));
        let range = range.map(|(start, end)| start.get() as usize..end.get() as usize);
        range.and_then(|range| self.words.get(range)).unwrap_or_default()
    }

    /// For each word its letters that cannot be lost for less than a whole edit.
    pub fn dear(&self) -> &'f [u8] {
        self.dear
    }
}

/// The bytes of the postings of a table.
pub(crate) fn bytes(keys: &Keys<'_>, is_dear: impl Fn(char) -> bool) -> Vec<u8> {
    let mut of_letter: Vec<Vec<U32>> = vec![Vec::new(); keys.alphabet_len()];
    let is_dear: Vec<bool> =
        (0..keys.alphabet_len()).map(|symbol| is_dear(keys.char(symbol as u16))).collect();
    let mut dear = Vec::with_capacity(keys.len());
    for word in 0..keys.len() {
        let symbols = keys.symbols(word).iter().map(|symbol| usize::from(symbol.get()));
        for symbol in symbols.clone() {
            of_letter[symbol].push(number(word));
        }
        let n_dear = symbols.filter(|symbol| is_dear[*symbol]).count();
        dear.push(u8::try_from(n_dear).unwrap_or(u8::MAX));
    }
    let mut starts = vec![number(0)];
    let mut words = Vec::new();
    for of_one in of_letter {
        words.extend(of_one);
        starts.push(number(words.len()));
    }
    let head = [keys.alphabet_len(), words.len(), dear.len()].map(number);
    [head.as_bytes(), starts.as_bytes(), words.as_bytes(), &dear].concat()
}

fn number(count: usize) -> U32 {
    U32::new(u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys;

    #[test]
    fn a_letter_leads_to_its_words_as_often_as_it_stands_in_them() {
        let words = ["アア", "アイ", "ウー"].map(|word| word.chars().collect::<Vec<char>>());
        let table = keys::bytes(words.into_iter().zip(0..));
        let keys = Keys::in_bytes(&table).unwrap();
        let bytes = bytes(&keys, |letter| letter != 'ー');
        let postings = Postings::in_bytes(&bytes).unwrap();
        let of = |letter: char| -> Vec<u32> {
            let words = postings.words(keys.symbol(letter).unwrap());
            words.iter().map(|word| word.get()).collect()
        };
        assert_eq!((of('ア'), of('イ'), of('ー')), (vec![0, 0, 1], vec![1], vec![2]));
        assert_eq!(postings.dear(), [2, 2, 1]);
        assert!(postings.words(99).is_empty());
        assert!(Postings::in_bytes(&bytes[..bytes.len() - 1]).is_none());
    }
}
