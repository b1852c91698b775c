//! One spelling for each character, with the way back to the page.
//!
//! NFKC (half-width kana, full-width Latin, ㎎, ㍻), except for circled numbers, which mark an
//! item and are no plain digits; then the look-alikes that only their neighbours can tell apart:
//! ー/一/-, カ/力, ロ/口, タ/夕 among katakana; O/0 and l/1 among digits. What was repaired is
//! remembered, since a repaired digit is a doubtful one. Every character keeps the place on the
//! page that it came from.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

/// Stands where one line ends and its continuation begins. Words may run across it.
pub const SOFT_BREAK: char = '\n';

/// Where a character stands on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Index of the line in the page.
    pub line: usize,
    /// Index of the character in the line as read.
    pub at: usize,
    /// The character was not the one that was read.
    pub repaired: bool,
}

/// Normalised text of a line, of a part of it, or of lines that belong together.
#[derive(Debug, Clone, Default)]
pub struct Text {
    chars: Vec<char>,
    folded: Vec<char>,
    places: Vec<Place>,
    others: Vec<Others>,
}

/// What a reader offers beside its best reading of a character, likeliest first; the rest is
/// `'\0'`.
pub type Others = [char; 4];

const NO_OTHERS: Others = ['\0'; 4];

impl Text {
    /// Normalises one line of the page.
    pub fn of_line(line: usize, raw: &str) -> Self {
        let mut text = Self::default();
        let raw: Vec<char> = raw.chars().collect();
        let mut at = 0;
        while at < raw.len() {
            let end = cluster_end(&raw, at);
            for char in unified(&raw[at..end]) {
                text.chars.push(char);
                text.places.push(Place { line, at, repaired: false });
            }
            at = end;
        }
        text.close_up();
        text.repair();
        text.folded = text.chars.iter().copied().map(fold).collect();
        text.others = vec![NO_OTHERS; text.chars.len()];
        text
    }

    /// Takes what the reader offers for each character of the line as read.
    pub fn offer(&mut self, others: impl Fn(usize) -> Option<Others>) {
        for (place, slot) in self.places.iter().zip(&mut self.others) {
            *slot = others(place.at).unwrap_or(NO_OTHERS);
        }
    }

    /// What the reader offers beside the character at an index, normalised, likeliest first.
    pub fn others(&self, at: usize) -> impl Iterator<Item = char> + '_ {
        self.others[at].iter().copied().take_while(|char| *char != '\0').map(plain)
    }

    /// Takes out a space that the reader put into a word or a figure.
    pub fn close_up_at(&mut self, at: usize) {
        if self.chars.get(at).is_some_and(|char| char.is_whitespace()) {
            self.chars.remove(at);
            self.folded.remove(at);
            self.places.remove(at);
            self.others.remove(at);
            // Two figures became one.
            if self.chars.get(at).is_some_and(char::is_ascii_digit) {
                self.places[at].repaired = true;
            }
        }
    }

    /// Puts the character that was meant in the place of one that was read. Where a digit was
    /// read or meant, the place counts as repaired.
    pub fn correct(&mut self, at: usize, meant: char) {
        let read = std::mem::replace(&mut self.chars[at], meant);
        self.folded[at] = fold(meant);
        self.places[at].repaired |= read.is_ascii_digit() || meant.is_ascii_digit();
    }

    /// The characters.
    pub fn chars(&self) -> &[char] {
        &self.chars
    }

    /// The characters as keys of the lexicon are folded: lower case, one form of each kanji.
    pub fn folded(&self) -> &[char] {
        &self.folded
    }

    /// The places of the characters, one each.
    pub fn places(&self) -> &[Place] {
        &self.places
    }

    /// Number of characters.
    pub fn len(&self) -> usize {
        self.chars.len()
    }

    /// Whether there is nothing at all.
    pub fn is_empty(&self) -> bool {
        self.chars.is_empty()
    }

    /// Whether there is nothing but space.
    pub fn is_blank(&self) -> bool {
        self.chars.iter().all(|char| char.is_whitespace())
    }

    /// A part of the text.
    #[must_use]
    pub fn slice(&self, range: Range<usize>) -> Self {
        Self {
            chars: self.chars[range.clone()].to_vec(),
            folded: self.folded[range.clone()].to_vec(),
            others: self.others[range.clone()].to_vec(),
            places: self.places[range].to_vec(),
        }
    }

    /// Appends the line that continues this one.
    pub fn continue_with(&mut self, next: &Self) {
        if let Some(&place) = self.places.last() {
            self.chars.push(SOFT_BREAK);
            self.folded.push(SOFT_BREAK);
            self.others.push(NO_OTHERS);
            self.places.push(place);
        }
        self.chars.extend(&next.chars);
        self.folded.extend(&next.folded);
        self.others.extend(&next.others);
        self.places.extend(&next.places);
    }

    /// A part as a string; a break inside a word vanishes, between words it is a space.
    pub fn string(&self, range: Range<usize>) -> String {
        let mut out = String::new();
        for at in range.clone() {
            let char = self.chars[at];
            if char != SOFT_BREAK {
                out.push(char);
                continue;
            }
            let before = (at > range.start).then(|| self.chars[at - 1]);
            let after = self.chars.get(at + 1).copied().filter(|_| at + 1 < range.end);
            if let (Some(before), Some(after)) = (before, after)
                && !(joins(before, after) || before.is_whitespace())
            {
                out.push(' ');
            }
        }
        out.trim().to_owned()
    }

    /// Whether a character in the range was repaired.
    pub fn is_repaired(&self, range: Range<usize>) -> bool {
        self.places[range].iter().any(|place| place.repaired)
    }

    /// Takes out the spaces of a line that was read with a space between any two characters.
    fn close_up(&mut self) {
        let wide = |char: char| !char.is_ascii() && !char.is_whitespace();
        let touching = self.chars.windows(2).filter(|pair| wide(pair[0]) && wide(pair[1])).count();
        let gap = |three: &[char]| wide(three[0]) && three[1] == ' ' && wide(three[2]);
        let spaced = self.chars.windows(3).filter(|three| gap(three)).count();
        // A line of words has more characters that touch than gaps; a spaced-out one has none.
        if spaced < 2 || touching * 2 >= spaced {
            return;
        }
        let keep: Vec<bool> = (0..self.chars.len())
            .map(|at| at == 0 || at + 1 >= self.chars.len() || !gap(&self.chars[at - 1..=at + 1]))
            .collect();
        let mut kept = keep.iter();
        self.chars.retain(|_| *kept.next().unwrap_or(&true));
        let mut kept = keep.iter();
        self.places.retain(|_| *kept.next().unwrap_or(&true));
    }

    fn repair(&mut self) {
        for at in 0..self.chars.len() {
            let char = self.chars[at];
            let around = |offset: usize| self.chars.get(at + offset).copied();
            let before = at.checked_sub(1).map(|before| self.chars[before]);
            let better = repaired(char, before, around(1), around(2));
            if let Some(better) = better {
                self.chars[at] = better;
                // One line for another is typography, not a misreading.
                self.places[at].repaired |= !is_dash(char);
            }
        }
    }
}

/// Two characters that belong to one word even if a line ended between them.
fn joins(before: char, after: char) -> bool {
    let word = |char: char| !char.is_ascii() || char.is_ascii_digit() || char == '.';
    word(before) && word(after)
}

/// A character with the marks that are written after it: ﾌﾟ, が.
fn cluster_end(raw: &[char], at: usize) -> usize {
    let mark = |char: &char| {
        matches!(char, '\u{ff9e}' | '\u{ff9f}' | '\u{3099}' | '\u{309a}' | '゛' | '゜')
    };
    at + 1 + raw[at + 1..].iter().take_while(|char| mark(char)).count()
}

fn unified(cluster: &[char]) -> Vec<char> {
    match cluster {
        // Circled numbers, fractions and the sign for "ditto" would lose what they say.
        [char @ ('①'..='⑳' | '❶'..='❿' | '½' | '¼' | '¾' | '″' | '…')] => {
            vec![*char]
        }
        ['\t' | '\u{3000}' | '\n' | '\r'] => vec![' '],
        [base, marks @ ..] => {
            let marks = marks.iter().map(|mark| match mark {
                '゛' => '\u{3099}',
                '゜' => '\u{309a}',
                other => *other,
            });
            std::iter::once(*base).chain(marks).nfkc().map(plain).collect()
        }
        [] => Vec::new(),
    }
}

/// Variants that NFKC keeps apart.
const fn plain(char: char) -> char {
    match char {
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '─' | 'ｰ' => '-',
        '〜' | '∼' | '～' => '~',
        '✕' | '✖' | '╳' | '⨯' => '×',
        '‘' | '’' => '\'',
        '“' | '”' => '"',
        '㎍' => 'μ',
        '•' | '･' | '·' => '・',
        other => other,
    }
}

/// Katakana with its marks.
pub const fn is_katakana(char: char) -> bool {
    matches!(char, 'ァ'..='ヺ' | 'ー')
}

/// Hiragana.
pub const fn is_hiragana(char: char) -> bool {
    matches!(char, 'ぁ'..='ゖ')
}

/// Chinese characters.
pub const fn is_kanji(char: char) -> bool {
    matches!(char, '一'..='鿿' | '々' | '〆')
}

const fn is_dash(char: char) -> bool {
    matches!(char, '-' | 'ー')
}

/// Characters that are drawn like a katakana.
const LIKE_KATAKANA: &[(char, char)] = &[
    ('力', 'カ'),
    ('口', 'ロ'),
    ('二', 'ニ'),
    ('八', 'ハ'),
    ('工', 'エ'),
    ('夕', 'タ'),
    ('卜', 'ト'),
    ('一', 'ー'),
    ('-', 'ー'),
    ('へ', 'ヘ'),
    ('べ', 'ベ'),
    ('ぺ', 'ペ'),
    ('り', 'リ'),
    ('千', 'チ'),
    ('三', 'ミ'),
    ('才', 'オ'),
    ('匕', 'ヒ'),
    ('又', 'ヌ'),
    ('厶', 'ム'),
    ('彡', 'ミ'),
    ('|', 'ー'),
];

/// The character that was meant, if its neighbours tell.
fn repaired(
    char: char,
    before: Option<char>,
    after: Option<char>,
    second: Option<char>,
) -> Option<char> {
    let katakana = |char: Option<char>| char.is_some_and(is_katakana);
    let kanji = |char: Option<char>| char.is_some_and(|char| is_kanji(char) || is_hiragana(char));
    let digit = |char: Option<char>| char.is_some_and(|char| char.is_ascii_digit());
    let letter = |char: Option<char>| char.is_some_and(|char| char.is_ascii_alphabetic());
    if let Some(&(_, meant)) = LIKE_KATAKANA.iter().find(|(drawn, _)| *drawn == char) {
        let inside = katakana(before) && katakana(after);
        let last = katakana(before) && !kanji(after) && !digit(after) && !letter(after);
        let first = !katakana(before) && !kanji(before) && katakana(after) && katakana(second);
        return match char {
            // A dash opens or closes a word in its own right.
            '-' => inside || (last && after.is_none_or(|after| after == '錠')),
            '一' | '|' => inside || last,
            '二' | '三' | '千' | '八' => inside || first,
            _ => inside || last || first,
        }
        .then_some(meant);
    }
    match char {
        'ー' if digit(before) && digit(after) => Some('-'),
        // 朝タ食後: the evening, drawn like a katakana.
        'タ' if matches!(before, Some('朝' | '昼' | '・' | '毎'))
            || matches!(after, Some('食' | '方')) =>
        {
            (!katakana(before)).then_some('夕')
        }
        'O' | 'o' | '〇' | '○' if (digit(before) || before == Some('.')) && !letter(after) => {
            Some('0')
        }
        // 1旧2回: the day between two figures.
        '旧' | '曰' | '目' if digit(before) && (digit(after) || after == Some('分')) => {
            Some('日')
        }
        'l' | 'I' | '|' if digit(before) && !letter(after) && after != Some('型') => Some('1'),
        'l' | 'I' | '|'
            if (digit(after) || after == Some('.') && digit(second)) && !letter(before) =>
        {
            (before != Some('(')).then_some('1')
        }
        _ => None,
    }
}

/// One form of each letter and kanji, one character for one.
#[inline]
pub fn fold(char: char) -> char {
    match char {
        'A'..='Z' => char.to_ascii_lowercase(),
        '頸' => '頚',
        '鼠' => '鼡',
        '嚢' | '囊' => '嚢',
        '蔔' => '葡',
        '壜' => '瓶',
        '靭' | '靱' => '靱',
        '腟' => '膣',
        'ヵ' | 'ヶ' => 'ケ',
        'Ⅰ' => 'i',
        // Kana and kanji have no case, and are most of what is compared.
        other if other.is_ascii() || other >= '\u{2e80}' => other,
        other => other.to_lowercase().next().unwrap_or(other),
    }
}

/// A master's name in the letters that the rest of a page has: ２型 → 2型.
pub fn shown(name: &str) -> String {
    Text::of_line(0, name).chars.iter().collect()
}

/// Latin letters of full width in half width, everything else as NFKC has it.
pub fn narrow(word: &str) -> String {
    word.nfkc().collect()
}

/// A word folded as keys are: NFKC, then [`fold`].
pub fn key(word: &str) -> Vec<char> {
    let text = Text::of_line(0, word);
    text.folded.into_iter().filter(|char| *char != ' ').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normalised(raw: &str) -> String {
        Text::of_line(0, raw).chars().iter().collect()
    }

    #[test]
    fn half_width_kana_and_compatibility_forms_become_one_form() {
        assert_eq!(normalised("ｱﾑﾛｼﾞﾋﾟﾝ５㎎"), "アムロジピン5mg");
        assert_eq!(normalised("㍻３０年　①"), "平成30年 ①");
        assert_eq!(normalised("か゛ん"), "がん");
    }

    #[test]
    fn look_alikes_are_told_apart_by_their_neighbours() {
        assert_eq!(normalised("力ルベジロ一ル"), "カルベジロール");
        assert_eq!(normalised("二フェジピン"), "ニフェジピン");
        assert_eq!(normalised("メチコバ-ル錠"), "メチコバール錠");
        assert_eq!(normalised("朝タ食後"), "朝夕食後");
        assert_eq!(normalised("1O0mg l0錠"), "100mg 10錠");
        assert_eq!(normalised("努力 人口 一日 SpO2 B12"), "努力 人口 一日 SpO2 B12");
    }

    #[test]
    fn repaired_digits_are_remembered() {
        let text = Text::of_line(0, "1O錠");
        assert!(text.is_repaired(1..2));
        assert!(!text.is_repaired(0..1));
    }

    #[test]
    fn a_spaced_out_line_is_closed_up() {
        assert_eq!(normalised("高 血 圧 症"), "高血圧症");
        assert_eq!(normalised("高血圧症 継続"), "高血圧症 継続");
        assert_eq!(normalised("患 者 氏 名 山 田"), "患者氏名山田");
    }

    #[test]
    fn every_character_knows_where_it_came_from() {
        let text = Text::of_line(3, "ｶﾞ㎎x");
        let at: Vec<usize> = text.places().iter().map(|place| place.at).collect();
        assert_eq!(at, [0, 2, 2, 3]);
        assert!(text.places().iter().all(|place| place.line == 3));
    }

    #[test]
    fn a_break_inside_a_word_vanishes_and_between_words_is_a_space() {
        let mut text = Text::of_line(0, "分3 毎");
        text.continue_with(&Text::of_line(1, "食後 28日分"));
        assert_eq!(text.string(0..text.len()), "分3 毎食後 28日分");
        let mut text = Text::of_line(0, "1錠");
        text.continue_with(&Text::of_line(1, "x 2"));
        assert_eq!(text.string(0..text.len()), "1錠 x 2");
    }
}
