//! A place in a text that moves on when it likes what it sees.
//!
//! Literals are matched on folded characters, so case and width do not matter. A line break may
//! fall into any literal or number, and a space between two Japanese characters of one: that is
//! how words look when a line was full, or when the reader put spaces between characters.

use std::ops::Range;

use lexicon::Reading;
use rust_decimal::Decimal;

use super::numeral::numeral;
use crate::normalise::{SOFT_BREAK, Text};

/// A place in a text.
#[derive(Debug, Clone, Copy)]
pub struct Cursor<'t> {
    text: &'t Text,
    at: usize,
    end: usize,
}

/// A number with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    /// The value.
    pub value: Decimal,
    /// A digit was repaired.
    pub repaired: bool,
}

impl<'t> Cursor<'t> {
    /// The beginning of a part of a text.
    pub fn new(text: &'t Text, range: Range<usize>) -> Self {
        Self { text, at: range.start, end: range.end.min(text.len()) }
    }

    /// Index of the character it stands before.
    pub const fn at(&self) -> usize {
        self.at
    }

    /// Moves to another place.
    pub fn go_to(&mut self, at: usize) {
        self.at = at.min(self.end);
    }

    /// Whether nothing is left.
    pub const fn is_done(&self) -> bool {
        self.at >= self.end
    }

    /// The character it stands before, folded.
    pub fn peek(&self) -> Option<char> {
        (self.at < self.end).then(|| self.text.folded()[self.at])
    }

    /// The character `ahead` places on, folded.
    pub fn peek_at(&self, ahead: usize) -> Option<char> {
        let at = self.at + ahead;
        (at < self.end).then(|| self.text.folded()[at])
    }

    /// The character before it, folded.
    pub fn before(&self) -> Option<char> {
        self.at.checked_sub(1).map(|at| self.text.folded()[at])
    }

    /// What is left, folded.
    pub fn rest(&self) -> &'t [char] {
        &self.text.folded()[self.at..self.end]
    }

    /// What is left, as written.
    pub fn rest_as_written(&self) -> &'t [char] {
        &self.text.chars()[self.at..self.end]
    }

    /// The next characters as a text of their own.
    pub fn part(&self, length: usize) -> Text {
        self.text.slice(self.at..(self.at + length).min(self.end))
    }

    /// A part of what is left with what the reader offers beside each character, for the search
    /// of misread names.
    pub fn reading(&self, part: Range<usize>) -> Reading {
        let part = self.at + part.start..(self.at + part.end).min(self.end);
        let mut reading = Reading::of(&self.text.folded()[part.clone()]);
        for (place, at) in part.enumerate() {
            let others: Vec<char> = self.text.others(at).map(crate::normalise::fold).collect();
            if !others.is_empty() {
                reading.or_else(place, &others);
            }
        }
        reading
    }

    /// One character on.
    pub fn step(&mut self) {
        self.at = (self.at + 1).min(self.end);
    }

    /// Over spaces and breaks.
    pub fn spaces(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    /// Over the literal, if it comes next.
    pub fn eat(&mut self, literal: &str) -> bool {
        let mut wanted = literal.chars().map(crate::normalise::fold);
        // Most literals of most tables fail at their first character.
        match wanted.next() {
            Some(first) if self.peek() != Some(first) => return false,
            Some(_) => {}
            None => return true,
        }
        let folded = &self.text.folded()[..self.end];
        let mut at = self.at + 1;
        for wanted in wanted {
            loop {
                match folded.get(at) {
                    Some(found) if *found == wanted => break,
                    Some(&SOFT_BREAK) => at += 1,
                    Some(' ') if !wanted.is_ascii() => at += 1,
                    _ => return false,
                }
            }
            at += 1;
        }
        self.at = at;
        true
    }

    /// Over the first of the literals that comes next; the longest must stand first.
    pub fn eat_any<'l>(&mut self, literals: &[&'l str]) -> Option<&'l str> {
        literals.iter().find(|literal| self.eat(literal)).copied()
    }

    /// Over the first spelling of a table that comes next.
    pub fn eat_spelling<T: Copy>(&mut self, table: &[(&str, T)]) -> Option<T> {
        table.iter().find(|(spelling, _)| self.eat(spelling)).map(|(_, value)| *value)
    }

    /// Runs a production; stays where it was if it fails.
    pub fn attempt<T>(&mut self, production: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let before = self.at;
        let found = production(self);
        if found.is_none() {
            self.at = before;
        }
        found
    }

    /// number = digits [ "." digits ] | "½" | digit "/" digit | kanji numeral.
    ///
    /// A full line may end inside a number (`1⏎4日分`).
    pub fn number(&mut self) -> Option<Number> {
        self.attempt(|cursor| {
            let start = cursor.at;
            let fraction = match cursor.peek()? {
                '½' => Some(Decimal::new(5, 1)),
                '¼' => Some(Decimal::new(25, 2)),
                '¾' => Some(Decimal::new(75, 2)),
                _ => None,
            };
            if let Some(value) = fraction {
                cursor.step();
                return Some(Number { value, repaired: false });
            }
            if let Some(value) = cursor.numeral() {
                let repaired = cursor.text.is_repaired(start..cursor.at);
                return Some(Number { value, repaired });
            }
            let mut digits = String::new();
            cursor.digits(&mut digits);
            // .125: the zero before the point was lost.
            if digits.is_empty()
                && cursor.peek() == Some('.')
                && cursor.peek_at(1).is_some_and(|char| char.is_ascii_digit())
                && !cursor.before().is_some_and(char::is_alphanumeric)
            {
                digits.push('0');
            }
            if digits.is_empty() || digits.len() > 9 {
                return None;
            }
            cursor.decimals(&mut digits);
            if let Some(value) = cursor.quotient(&digits) {
                return Some(value);
            }
            let value = digits.parse().ok()?;
            let repaired = cursor.text.is_repaired(start..cursor.at);
            Some(Number { value, repaired })
        })
    }

    /// The number that ends at a place, whatever stands behind it.
    pub fn number_before(&mut self, end: usize) -> Option<Decimal> {
        let mut part = Self { end: end.min(self.end), ..*self };
        let value = part.number()?.value;
        (part.at == end).then(|| {
            self.at = end;
            value
        })
    }

    /// A whole number up to 65535; a point after it is left standing (`5.3.10`).
    pub fn whole(&mut self) -> Option<(u16, bool)> {
        self.attempt(|cursor| {
            let start = cursor.at;
            if let Some(value) = cursor.numeral() {
                let repaired = cursor.text.is_repaired(start..cursor.at);
                return Some((u16::try_from(value).ok()?, repaired));
            }
            let mut digits = String::new();
            cursor.digits(&mut digits);
            Some((digits.parse().ok()?, cursor.text.is_repaired(start..cursor.at)))
        })
    }

    /// A figure in kanji.
    fn numeral(&mut self) -> Option<Decimal> {
        // 分一 四日分
        let joined = !self.before().is_some_and(|char| matches!(char, '分' | '×' | '÷' | 'x'));
        let rest = self.rest();
        let (mut value, mut length) = numeral(rest, joined)?;
        // (五 三錠: behind an open bracket a space ends the strength whose other bracket was lost.
        let closed = rest[length..].iter().find(|char| **char != ' ') == Some(&')');
        if self.before() == Some('(') && !closed {
            let word = rest.iter().position(|char| *char == ' ').unwrap_or(rest.len());
            (value, length) = numeral(&rest[..word], joined)?;
        }
        self.go_to(self.at + length);
        Some(value)
    }

    fn digits(&mut self, digits: &mut String) {
        loop {
            match self.peek() {
                Some(char) if char.is_ascii_digit() => {
                    digits.push(char);
                    self.at += 1;
                }
                Some(SOFT_BREAK) if !digits.is_empty() && self.continues_after_break() => {
                    self.at += 1;
                }
                Some(',') if !digits.is_empty() && self.thousands() => self.at += 1,
                _ => break,
            }
        }
    }

    /// Whether the digits after a break belong to those before it: what follows them must be a
    /// unit of days or the like, not the `回` of a new `1日2回`.
    fn continues_after_break(&self) -> bool {
        let after = &self.rest()[1..];
        let digits = after.iter().take_while(|char| char.is_ascii_digit()).count();
        let follows: String = after.iter().skip(digits).take(3).collect();
        (1..=2).contains(&digits)
            && (follows.starts_with('日') || follows.starts_with("td") || follows.starts_with('枚'))
            && !follows.chars().nth(1).is_some_and(|char| char.is_ascii_digit())
    }

    fn thousands(&self) -> bool {
        let after = &self.rest()[1..];
        after.iter().take_while(|char| char.is_ascii_digit()).count() == 3
    }

    fn decimals(&mut self, digits: &mut String) {
        let before = self.at;
        if !matches!(self.peek(), Some('.' | '・')) {
            return;
        }
        self.at += 1;
        // 0. 1%: the space behind the point is the reader's own.
        if self.peek() == Some(SOFT_BREAK) || digits == "0" && self.peek() == Some(' ') {
            self.at += 1;
        }
        if self.peek().is_some_and(|char| char.is_ascii_digit()) {
            digits.push('.');
            while let Some(char) = self.peek().filter(char::is_ascii_digit) {
                digits.push(char);
                self.at += 1;
            }
        } else {
            self.at = before;
        }
    }

    /// 1/2, 1/3: only the small fractions in which tablets are broken.
    fn quotient(&mut self, digits: &str) -> Option<Number> {
        if digits != "1" && digits != "3" {
            return None;
        }
        let (slash, denominator) = (self.peek()?, self.peek_at(1)?);
        let after = self.peek_at(2);
        if slash != '/'
            || !matches!(denominator, '2'..='4')
            || after.is_some_and(|c| c.is_ascii_digit() || c == '/')
        {
            return None;
        }
        let numerator: Decimal = digits.parse().ok()?;
        let value = numerator.checked_div(Decimal::from(denominator.to_digit(10)?))?;
        self.at += 2;
        Some(Number { value: value.round_dp(3), repaired: false })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(raw: &str) -> String {
        let text = Text::of_line(0, raw);
        let mut cursor = Cursor::new(&text, 0..text.len());
        let found = cursor.number().map(|number| number.value.normalize().to_string());
        format!("{} | {}", found.unwrap_or_default(), cursor.rest().iter().collect::<String>())
    }

    #[test]
    fn numbers_in_all_their_forms() {
        assert_eq!(number("2.5mg"), "2.5 | mg");
        assert_eq!(number("½錠"), "0.5 | 錠");
        assert_eq!(number("1/2錠"), "0.5 | 錠");
        assert_eq!(number("三回"), "3 | 回");
        assert_eq!(number("12,345円"), "12345 | 円");
        assert_eq!(number("1.錠"), "1 | .錠");
        assert_eq!(number("R5"), " | r5");
    }

    #[test]
    fn a_number_runs_across_a_full_line_but_not_into_the_next_usage() {
        let continued = |first: &str, second: &str| {
            let mut text = Text::of_line(0, first);
            text.continue_with(&Text::of_line(1, second));
            let mut cursor = Cursor::new(&text, 0..text.len());
            cursor.number().unwrap().value.to_string()
        };
        assert_eq!(continued("1", "4日分"), "14");
        assert_eq!(continued("7.", "5g"), "7.5");
        assert_eq!(continued("3", "1日2回"), "3");
    }

    #[test]
    fn a_literal_may_be_broken_between_lines() {
        let mut text = Text::of_line(0, "毎食直");
        text.continue_with(&Text::of_line(1, "前 28日分"));
        let mut cursor = Cursor::new(&text, 0..text.len());
        assert!(cursor.eat("毎食直前"));
        assert!(!cursor.eat("食後"));
    }
}
