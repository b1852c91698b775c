//! Names to entries: exact, by longest prefix, and by likeness.
//!
//! Keys are folded words in one sorted table. A prefix walk narrows the table character by
//! character; a noisy search first gathers the keys that share pairs of characters with the
//! beginning of the text, then measures each with [`crate::likeness`].

use std::collections::HashMap;

use crate::{likeness, normalise::SOFT_BREAK};

/// Keys that lead to entries of type `T`.
#[derive(Debug, Clone)]
pub struct Index<T> {
    keys: Vec<(Box<[char]>, Vec<T>)>,
    pairs: HashMap<(char, char), Vec<u32>>,
}

/// A key found at the beginning of a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prefix<'i, T> {
    /// How many characters of the text the key covers, breaks and spaces inside it included.
    pub length: usize,
    /// The entries of the key.
    pub entries: &'i [T],
}

/// A key that is near to the beginning of a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Near<'i, T> {
    /// The key.
    pub key: &'i [char],
    /// How many characters of the text it stands for.
    pub length: usize,
    /// Sum of the weighted edits.
    pub cost: f32,
    /// 1 for the same, 0 for nothing in common.
    pub score: f32,
    /// The entries of the key.
    pub entries: &'i [T],
}

/// How many keys are measured for one text, most shared pairs first.
const MEASURED: usize = 60;

impl<T: Clone + PartialEq> Index<T> {
    /// Builds the index; entries of equal keys come together in the order given.
    pub fn new(names: impl IntoIterator<Item = (Vec<char>, T)>) -> Self {
        let mut names: Vec<(Vec<char>, T)> =
            names.into_iter().filter(|(key, _)| !key.is_empty()).collect();
        names.sort_by(|left, right| left.0.cmp(&right.0));
        let mut keys: Vec<(Box<[char]>, Vec<T>)> = Vec::with_capacity(names.len());
        for (key, entry) in names {
            match keys.last_mut() {
                Some((last, entries)) if **last == *key => {
                    if !entries.contains(&entry) {
                        entries.push(entry);
                    }
                }
                _ => keys.push((key.into_boxed_slice(), vec![entry])),
            }
        }
        let mut pairs: HashMap<(char, char), Vec<u32>> = HashMap::new();
        for (number, (key, _)) in keys.iter().enumerate() {
            for pair in key.windows(2) {
                let list = pairs.entry((pair[0], pair[1])).or_default();
                let number = u32::try_from(number).unwrap_or(u32::MAX);
                if list.last() != Some(&number) {
                    list.push(number);
                }
            }
        }
        Self { keys, pairs }
    }

    /// Every key that the text begins with, shortest first. A break in the text is passed over,
    /// and a single space between two characters that are not Latin.
    pub fn prefixes(&self, text: &[char]) -> Vec<Prefix<'_, T>> {
        let mut found = Vec::new();
        let (mut low, mut high) = (0, self.keys.len());
        let mut depth = 0;
        let mut at = 0;
        while at < text.len() && low < high {
            let char = text[at];
            at += 1;
            if depth > 0 && passes_over(text, at - 1) {
                continue;
            }
            let keys = &self.keys[low..high];
            let begin = keys.partition_point(|(key, _)| key.get(depth).is_none_or(|k| *k < char));
            let end = keys.partition_point(|(key, _)| key.get(depth).is_none_or(|k| *k <= char));
            (low, high) = (low + begin, low + end);
            depth += 1;
            if let Some((key, entries)) = self.keys[low..high].first()
                && key.len() == depth
            {
                found.push(Prefix { length: at, entries });
            }
        }
        found
    }

    /// The longest key that the text begins with.
    pub fn longest(&self, text: &[char]) -> Option<Prefix<'_, T>> {
        self.prefixes(text).pop()
    }

    /// The keys most like the beginning of the text, best first.
    pub fn near(&self, text: &[char], limit: usize) -> Vec<Near<'_, T>> {
        let text = &text[..text.len().min(likeness::LONGEST)];
        let mut shared: HashMap<u32, u32> = HashMap::new();
        let mut seen = Vec::new();
        for pair in text.windows(2) {
            let pair = (pair[0], pair[1]);
            if seen.contains(&pair) {
                continue;
            }
            seen.push(pair);
            for number in self.pairs.get(&pair).into_iter().flatten() {
                *shared.entry(*number).or_default() += 1;
            }
        }
        let mut shared: Vec<(u32, f32)> = shared
            .into_iter()
            .map(|(number, count)| {
                let length = self.keys[number as usize].0.len();
                (number, count as f32 / (length.saturating_sub(1).max(1)) as f32)
            })
            .filter(|(_, part)| *part >= 0.3)
            .collect();
        shared.sort_by(|left, right| right.1.total_cmp(&left.1).then(left.0.cmp(&right.0)));
        shared.truncate(MEASURED);
        let mut near: Vec<Near<'_, T>> = shared
            .into_iter()
            .filter_map(|(number, _)| {
                let (key, entries) = &self.keys[number as usize];
                let (cost, length) = likeness::of_prefix(key, text)?;
                let score = likeness::score(cost, key.len());
                Some(Near { key, length, cost, score, entries })
            })
            .collect();
        near.sort_by(|left, right| {
            right.score.total_cmp(&left.score).then_with(|| left.key.cmp(right.key))
        });
        near.truncate(limit);
        near
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalise::key;

    fn index(names: &[&str]) -> Index<usize> {
        Index::new(names.iter().enumerate().map(|(number, name)| (key(name), number)))
    }

    #[test]
    fn prefixes_come_shortest_first() {
        let index = index(&["高血圧", "高血圧症", "高脂血症"]);
        let lengths: Vec<usize> =
            index.prefixes(&key("高血圧症の疑い")).iter().map(|prefix| prefix.length).collect();
        assert_eq!(lengths, [3, 4]);
        assert_eq!(index.longest(&key("高尿酸血症")), None);
    }

    #[test]
    fn a_word_runs_across_a_break() {
        let index = index(&["アムロジピン"]);
        let text: Vec<char> = "アムロ\nジピン錠".chars().collect();
        assert_eq!(index.longest(&text).unwrap().length, 7);
    }

    #[test]
    fn a_misread_name_is_near() {
        let index = index(&["アムロジピン", "アムロジン", "ワソラン", "メチコバール"]);
        let near = index.near(&key("アムロヅピン錠5mg"), 3);
        assert_eq!(near[0].entries, [0]);
        assert_eq!(near[0].length, 6);
        assert!(near[0].score > 0.85, "{}", near[0].score);
    }

    #[test]
    fn a_match_in_the_middle_of_a_word_is_never_near() {
        // カルタ must not bring up ビカルタミド.
        let index = index(&["ビカルタミド", "カルタン"]);
        let near = index.near(&key("カルタ"), 3);
        assert_eq!(near[0].entries, [1]);
        assert!(near.iter().skip(1).all(|near| near.score <= 0.5));
    }
}
