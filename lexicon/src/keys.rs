//! Words in order, each leading to entries: exact, by what a text begins with, by a beginning.
//!
//! The words are sorted and stand one after another, each with the number of characters that it
//! shares with the word before: a trie laid flat, in the order in which it would be walked. All
//! of it lies in the compiled file and is read where it lies. Entries are plain numbers; what
//! they mean is the business of the caller.

use std::ops::Range;

use zerocopy::{
    FromBytes, IntoBytes,
    little_endian::{U16, U32},
};

use crate::normalise::SOFT_BREAK;

/// A table of words in the compiled file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Keys<'f> {
    /// Every character that occurs, ascending; words are spelled in places of this table.
    alphabet: &'f [U32],
    /// Where each word begins in `symbols`; one more for the end.
    starts: &'f [U32],
    /// Where the entries of each word begin; one more for the end.
    firsts: &'f [U32],
    entries: &'f [U32],
    symbols: &'f [U16],
    /// How many characters each word shares with the one before, 255 at most.
    shared: &'f [u8],
}

/// A word found at the beginning of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Prefix<'f> {
    /// How many characters of the text it covers, breaks and spaces inside it included.
    pub length: usize,
    /// Its entries.
    pub entries: &'f [U32],
}

/// No character of the table.
pub(crate) const UNKNOWN: u16 = u16::MAX;

impl<'f> Keys<'f> {
    /// The table in some bytes that [`bytes`] made; `None` if it is none.
    pub fn in_bytes(bytes: &'f [u8]) -> Option<Self> {
        let (head, rest) = <[U32]>::ref_from_prefix_with_elems(bytes, 4).ok()?;
        let [n_alphabet, n_keys, n_entries, n_symbols] =
            [head[0], head[1], head[2], head[3]].map(|count| count.get() as usize);
        let (alphabet, rest) = <[U32]>::ref_from_prefix_with_elems(rest, n_alphabet).ok()?;
        let (starts, rest) = <[U32]>::ref_from_prefix_with_elems(rest, n_keys + 1).ok()?;
        let (firsts, rest) = <[U32]>::ref_from_prefix_with_elems(rest, n_keys + 1).ok()?;
        let (entries, rest) = <[U32]>::ref_from_prefix_with_elems(rest, n_entries).ok()?;
        let (symbols, rest) = <[U16]>::ref_from_prefix_with_elems(rest, n_symbols).ok()?;
        let shared = rest.get(..n_keys)?;
        Some(Self { alphabet, starts, firsts, entries, symbols, shared })
    }

    /// A table without words.
    pub const fn none() -> Self {
        Self { alphabet: &[], starts: &[], firsts: &[], entries: &[], symbols: &[], shared: &[] }
    }

    /// Number of words.
    pub const fn len(&self) -> usize {
        self.shared.len()
    }

    /// How many characters the alphabet has.
    pub const fn alphabet_len(&self) -> usize {
        self.alphabet.len()
    }

    /// The place of a character in the alphabet.
    pub fn symbol(&self, char: char) -> Option<u16> {
        let place = self.alphabet.binary_search_by_key(&u32::from(char), |at| at.get()).ok()?;
        u16::try_from(place).ok()
    }

    /// The character at a place of the alphabet.
    pub fn char(&self, symbol: u16) -> char {
        self.alphabet
            .get(symbol as usize)
            .and_then(|char| char::from_u32(char.get()))
            .unwrap_or(char::REPLACEMENT_CHARACTER)
    }

    /// A word as places of the alphabet.
    pub fn symbols(&self, number: usize) -> &'f [U16] {
        &self.symbols[self.starts[number].get() as usize..self.starts[number + 1].get() as usize]
    }

    /// A word.
    pub fn word(&self, number: usize) -> Vec<char> {
        self.symbols(number).iter().map(|symbol| self.char(symbol.get())).collect()
    }

    /// The entries of a word.
    pub fn entries(&self, number: usize) -> &'f [U32] {
        &self.entries[self.firsts[number].get() as usize..self.firsts[number + 1].get() as usize]
    }

    /// How many characters a word shares with the one before.
    pub fn shared(&self, number: usize) -> usize {
        self.shared[number] as usize
    }

    /// The first word after `number` that does not begin with the same `length` characters.
    pub fn after(&self, number: usize, length: usize) -> usize {
        let wanted = u8::try_from(length).unwrap_or(u8::MAX);
        let rest = &self.shared[number + 1..];
        number + 1 + rest.iter().position(|shared| *shared < wanted).unwrap_or(rest.len())
    }

    /// The number of a word.
    pub fn find(&self, word: &[char]) -> Option<usize> {
        let range = self.beginning_with(word);
        (range.start < range.end && self.symbols(range.start).len() == word.len())
            .then_some(range.start)
    }

    /// The numbers of all words that begin so.
    pub fn beginning_with(&self, beginning: &[char]) -> Range<usize> {
        let mut range = 0..self.len();
        for (depth, char) in beginning.iter().enumerate() {
            let Some(symbol) = self.symbol(*char) else { return 0..0 };
            range = self.narrowed(range, depth, symbol);
            if range.is_empty() {
                break;
            }
        }
        range
    }

    /// Every word that the text begins with, shortest first. A break in the text is passed over,
    /// and a single space between two characters that are not Latin.
    pub fn prefixes(&self, text: &[char]) -> Vec<Prefix<'f>> {
        let mut found = Vec::new();
        let mut range = 0..self.len();
        let mut depth = 0;
        for (at, &char) in text.iter().enumerate() {
            if depth > 0 && passes_over(text, at) {
                continue;
            }
            let Some(symbol) = self.symbol(char) else { break };
            range = self.narrowed(range, depth, symbol);
            if range.is_empty() {
                break;
            }
            depth += 1;
            if self.symbols(range.start).len() == depth {
                found.push(Prefix { length: at + 1, entries: self.entries(range.start) });
            }
        }
        found
    }

    /// The longest word that the text begins with.
    pub fn longest(&self, text: &[char]) -> Option<Prefix<'f>> {
        self.prefixes(text).pop()
    }

    /// Of some words that are alike up to `depth`, those that go on with the symbol.
    fn narrowed(&self, range: Range<usize>, depth: usize, symbol: u16) -> Range<usize> {
        let at = |number: usize| self.symbols(number).get(depth).map(|symbol| symbol.get());
        let first = |wanted: &dyn Fn(Option<u16>) -> bool, range: Range<usize>| {
            let (mut low, mut high) = (range.start, range.end);
            while low < high {
                let middle = usize::midpoint(low, high);
                if wanted(at(middle)) { high = middle } else { low = middle + 1 }
            }
            low
        };
        let start = first(&|found| found.is_some_and(|found| found >= symbol), range.clone());
        let end = first(&|found| found.is_some_and(|found| found > symbol), start..range.end);
        start..end
    }
}

/// Whether the character at `at` is no part of the word around it.
fn passes_over(text: &[char], at: usize) -> bool {
    let wide = |char: Option<&char>| char.is_some_and(|char| !char.is_ascii());
    match text[at] {
        SOFT_BREAK => true,
        ' ' => at > 0 && wide(text.get(at - 1)) && wide(text.get(at + 1)),
        _ => false,
    }
}

/// The bytes of a table. Entries of equal words come together in the order given, each once.
pub(crate) fn bytes(words: impl IntoIterator<Item = (Vec<char>, u32)>) -> Vec<u8> {
    let mut words: Vec<(Vec<char>, u32)> =
        words.into_iter().filter(|(word, _)| !word.is_empty() && word.len() < 250).collect();
    words.sort_by(|left, right| left.0.cmp(&right.0));
    let mut alphabet: Vec<char> = words.iter().flat_map(|(word, _)| word).copied().collect();
    alphabet.sort_unstable();
    alphabet.dedup();
    let mut starts = Vec::new();
    let mut firsts = Vec::new();
    let mut entries: Vec<U32> = Vec::new();
    let mut symbols: Vec<U16> = Vec::new();
    let mut shared = Vec::new();
    let mut before: &[char] = &[];
    for (word, entry) in &words {
        let common = word.iter().zip(before).take_while(|(one, other)| one == other).count();
        if common == word.len() && common == before.len() {
            let first = firsts.last().map_or(0, |first: &U32| first.get() as usize);
            if !entries[first..].iter().any(|known| known.get() == *entry) {
                entries.push(U32::new(*entry));
            }
            continue;
        }
        starts.push(number(symbols.len()));
        firsts.push(number(entries.len()));
        entries.push(U32::new(*entry));
        shared.push(u8::try_from(common).unwrap_or(u8::MAX));
        symbols.extend(word.iter().map(|char| {
            let place = alphabet.binary_search(char).unwrap_or_default();
            U16::new(u16::try_from(place).unwrap_or(UNKNOWN))
        }));
        before = word;
    }
    starts.push(number(symbols.len()));
    firsts.push(number(entries.len()));
    let alphabet: Vec<U32> = alphabet.into_iter().map(|char| U32::new(u32::from(char))).collect();
    let head = [alphabet.len(), shared.len(), entries.len(), symbols.len()].map(number);
    [
        head.as_bytes(),
        alphabet.as_bytes(),
        starts.as_bytes(),
        firsts.as_bytes(),
        entries.as_bytes(),
        symbols.as_bytes(),
        &shared,
    ]
    .concat()
}

fn number(count: usize) -> U32 {
    U32::new(u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalise::key;

    fn table(words: &[&str]) -> Vec<u8> {
        bytes((0..).zip(words).map(|(number, word)| (key(word), number)))
    }

    #[test]
    fn prefixes_come_shortest_first() {
        let bytes = table(&["高血圧", "高血圧症", "高脂血症"]);
        let keys = Keys::in_bytes(&bytes).unwrap();
        let found = keys.prefixes(&key("高血圧症の疑い"));
        let lengths: Vec<usize> = found.iter().map(|prefix| prefix.length).collect();
        assert_eq!(lengths, [3, 4]);
        assert_eq!(keys.longest(&key("高尿酸血症")), None);
    }

    #[test]
    fn a_word_runs_across_a_break() {
        let bytes = table(&["アムロジピン"]);
        let keys = Keys::in_bytes(&bytes).unwrap();
        let text: Vec<char> = "アムロ\nジピン錠".chars().collect();
        assert_eq!(keys.longest(&text).unwrap().length, 7);
    }

    #[test]
    fn equal_words_gather_their_entries_in_order() {
        let bytes = table(&["AST", "GOT", "ast"]);
        let keys = Keys::in_bytes(&bytes).unwrap();
        let entries: Vec<u32> =
            keys.entries(keys.find(&key("AST")).unwrap()).iter().map(|entry| entry.get()).collect();
        assert_eq!((keys.len(), entries), (2, vec![0, 2]));
    }

    #[test]
    fn words_of_a_beginning_stand_together() {
        let bytes = table(&["アムロジン", "アムロジピン", "アムノレイク", "ワソラン"]);
        let keys = Keys::in_bytes(&bytes).unwrap();
        assert_eq!(keys.beginning_with(&key("アムロ")).len(), 2);
        assert_eq!(keys.beginning_with(&[]).len(), 4);
        assert!(keys.beginning_with(&key("カ")).is_empty());
        let first = keys.beginning_with(&key("アム")).start;
        assert_eq!(keys.word(keys.after(first, 2)), key("ワソラン"));
    }

    #[test]
    fn bytes_of_something_else_are_no_table() {
        assert!(Keys::in_bytes(b"short").is_none());
        let bytes = table(&["アムロジピン"]);
        assert!(Keys::in_bytes(&bytes[..bytes.len() - 1]).is_none());
    }
}
