//! Figures in kanji of columns: ニハ日分, (ニO), -錠.

use super::visible::Visible;
use crate::{normalise::is_katakana, notation::numeral::is_numeral};

/// What a kanji of a figure is read as where it stands alone in its cell, and the kanji.
const MISREAD: &[(char, char)] = &[
    ('ニ', '二'),
    ('=', '二'),
    ('ハ', '八'),
    ('セ', '七'),
    ('O', '〇'),
    ('o', '〇'),
    ('0', '〇'),
    ('-', '一'),
    ('ー', '一'),
];

/// What only a figure stands before.
const UNITS: &[&str] = &["日分", "日間", "錠", "カプセル", "包", "枚", "回", "日"];

fn meant(char: char) -> Option<char> {
    if is_numeral(char) {
        return Some(char);
    }
    MISREAD.iter().find(|(read, _)| *read == char).map(|(_, meant)| *meant)
}

impl Visible<'_> {
    /// Puts the figures of a column right: in brackets, and before a unit.
    pub(super) fn numerals(&mut self) {
        let mut index = 0;
        while index < self.at.len() {
            let run = self.chars[index..].iter().take_while(|char| meant(**char).is_some());
            let end = index + run.count();
            // ドルナー -錠: what begins within a word is none, but may end in one.
            if end == index || !self.is_numeral_run(index, end) {
                index += 1;
                continue;
            }
            for at in index..end {
                if let Some(kanji) = self.char(at).and_then(meant) {
                    self.put(at, kanji);
                }
            }
            index = end;
        }
    }

    fn is_numeral_run(&self, start: usize, end: usize) -> bool {
        let before = start.checked_sub(1).and_then(|before| self.char(before));
        let in_brackets = before == Some('(') && self.char(end) == Some(')');
        let in_word = self.touches(start) && before.is_some_and(is_katakana);
        let before_unit = UNITS.iter().any(|unit| {
            let unit: Vec<char> = unit.chars().collect();
            self.is_there(end, &unit)
        });
        in_brackets || before_unit && !in_word
    }
}
