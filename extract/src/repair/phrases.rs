//! Phrases without figures: 毎食後, 就寝前, の疑い.

use super::{
    visible::{Visible, is_wide},
    words::{
        AFTER_FIGURE_PHRASES, HEADING_PHRASES, LETTERS_OF_USAGE, PHRASES, PLAIN_ADJECTIVES,
        SUSPICION_PHRASE,
    },
};

impl Visible<'_> {
    /// Marks what stands as it should.
    pub(super) fn settle(&mut self) {
        let mut index = 0;
        while index < self.at.len() {
            let whole = PHRASES
                .iter()
                .filter(|phrase| self.is_there(index, phrase))
                .map(Vec::len)
                .max()
                .unwrap_or(0);
            self.settled[index..index + whole].fill(true);
            index += whole.max(1);
        }
    }

    /// Puts all phrases of the line right.
    pub(super) fn phrases(&mut self) {
        let mut index = 0;
        while index < self.at.len() {
            index += self.phrase(index).max(1);
        }
    }

    /// Puts the phrase right that stands here; answers how long it is.
    fn phrase(&mut self, index: usize) -> usize {
        let digit_before = index > 0 && self.is_digit(index - 1);
        let after_figure = AFTER_FIGURE_PHRASES.iter().filter(|_| digit_before);
        let headings = HEADING_PHRASES.iter().filter(|_| index == 0);
        let mut best: Option<(u32, &[char])> = None;
        let mut tied = false;
        for phrase in PHRASES.iter().chain(after_figure).chain(headings) {
            let Some(cost) = self.phrase_cost(index, phrase) else { continue };
            let length = phrase.len();
            let rate = cost * 12 / length as u32;
            let better = best.is_none_or(|(least, longest)| {
                rate < least || (rate == least && length > longest.len())
            });
            tied = best.is_some_and(|(least, other)| rate == least && length == other.len());
            if better {
                tied = false;
                best = Some((rate, phrase));
            }
        }
        let Some((rate, phrase)) = best else { return 0 };
        if rate > 0 && tied {
            return 0;
        }
        for (number, meant) in phrase.iter().enumerate() {
            self.put(index + number, *meant);
        }
        phrase.len()
    }

    /// Whether at least half of a phrase stands here as it should; asked first, as most places of
    /// most lines have nothing of most phrases.
    fn is_half_there(&self, index: usize, phrase: &[char]) -> bool {
        let read = self.chars[index.min(self.chars.len())..].iter();
        let exact = read.zip(phrase).filter(|(read, meant)| read == meant).count();
        exact > 0 && exact * 2 >= phrase.len()
    }

    /// Cost of a phrase at a place; at least half of it must stand as it should.
    fn phrase_cost(&self, index: usize, phrase: &[char]) -> Option<u32> {
        if !self.is_half_there(index, phrase) {
            return None;
        }
        let (mut cost, mut exact) = (0, 0);
        let length = phrase.len();
        let mut strangers = 0;
        for (number, meant) in phrase.iter().copied().enumerate() {
            match self.cost(index + number, meant) {
                Some(0) => exact += 1,
                Some(part) => cost += part,
                // One strange character in a long phrase is carried by the others; but the 回 of
                // 1回 昼食後 stands before a phrase that is whole without it.
                None if self.is_strange(index + number)
                    && !(number == 0 && self.settled.get(index + 1) == Some(&true)) =>
                {
                    strangers += 1;
                    cost += 90;
                }
                None => return None,
            }
        }
        // の婦い at the end of a line; の and い must stand.
        let at_end = index + length == self.at.len()
            && phrase == SUSPICION_PHRASE.as_slice()
            && self.cost(index, 'の') == Some(0);
        let carried =
            strangers == 0 || (strangers == 1 && exact + 1 == length && (length >= 4 || at_end));
        (carried && exact * 2 >= length && exact > 0).then_some(cost)
    }

    /// A letter that may stand for any other: no mark, and no part of a phrase that is whole.
    fn is_strange(&self, index: usize) -> bool {
        !self.settled.get(index).copied().unwrap_or(true)
            && self.char(index).is_some_and(|char| {
                is_wide(char)
                    && char.is_alphabetic()
                    && !PLAIN_ADJECTIVES.contains(char)
                    && !LETTERS_OF_USAGE.contains(char)
            })
    }
}
