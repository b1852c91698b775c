//! The number before an order: Rp1), ①, #1.

use std::ops::Range;

use crate::{
    normalise::{Text, is_katakana},
    notation::{alike, cursor::Cursor},
};

/// The number before an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderNumber {
    /// Rp1), 処方1: begins a prescription and nothing else.
    Rp,
    /// 1), ①, (1): begins any list.
    Plain,
    /// #1, #: begins a list of problems or of drugs.
    Hash,
}

/// number, and where the order goes on after it.
pub fn order_number(text: &Text, range: Range<usize>) -> Option<(OrderNumber, usize)> {
    let mut cursor = Cursor::new(text, range);
    cursor.spaces();
    let number = cursor
        .attempt(rp_number)
        .or_else(|| cursor.attempt(misread_rp))
        .or_else(|| cursor.attempt(plain_number))?;
    cursor.spaces();
    Some((number, cursor.at()))
}

fn rp_number(cursor: &mut Cursor<'_>) -> Option<OrderNumber> {
    const WORDS: &[&str] = &["rp", "rx", "処方", "処)", "処.", "r/", "r)"];
    let word = cursor.eat_any(WORDS)?;
    if word == "rp" && cursor.attempt(misread_figure).is_some() {
        return Some(OrderNumber::Rp);
    }
    // 処方箋, rpm: another word runs on.
    if cursor.peek().is_some_and(|char| char.is_ascii_alphabetic() || "箋せ継薬内医".contains(char))
    {
        return None;
    }
    let _ = cursor.eat(".") || cursor.eat(":");
    cursor.spaces();
    let before = cursor.at();
    if circled(cursor).is_none() && cursor.whole().is_none_or(|(value, _)| value > 40) {
        cursor.go_to(before);
    }
    cursor.spaces();
    let _ = cursor.eat(")") || cursor.eat(".") || cursor.eat(":");
    Some(OrderNumber::Rp)
}

/// The figure behind Rp as recognition gives it: Rpl), RpI1, Rp-. What stands behind it is no Latin
/// letter, or it would be a word.
fn misread_figure(cursor: &mut Cursor<'_>) -> Option<()> {
    let strokes = |char: char| "li|!-oz".contains(char);
    cursor.peek().filter(|char| strokes(*char))?;
    for _ in 0..2 {
        if cursor.peek().is_some_and(|char| strokes(char) || char.is_ascii_digit()) {
            cursor.step();
        }
    }
    let _ = cursor.eat(")") || cursor.eat(".") || cursor.eat(":");
    (!cursor.peek().is_some_and(|char| char.is_ascii_alphanumeric())).then_some(())
}

/// Pp1), RpI), R p 2 ), R2): the letters and the figure as recognition gives them. The bracket must
/// stand, or a name behind R2, since nothing else tells it from a word.
fn misread_rp(cursor: &mut Cursor<'_>) -> Option<OrderNumber> {
    let first = cursor.peek().filter(|char| "rpkfabhn8尺".contains(*char))?;
    cursor.step();
    cursor.spaces();
    let second = cursor.peek().filter(|char| "pｐo".contains(*char));
    if second.is_some() {
        cursor.step();
    } else if first != 'r' {
        return None;
    }
    cursor.spaces();
    let _ = cursor.eat(".");
    let figure = cursor.peek().filter(|char| alike::may_be_digit(*char))?;
    cursor.step();
    let _ = figure.is_ascii_digit() && cursor.peek().is_some_and(|c| c.is_ascii_digit()) && {
        cursor.step();
        true
    };
    cursor.spaces();
    let closed = cursor.eat(")") || cursor.eat("}") || cursor.eat("』");
    // R1ニフェジピン: no date goes on so.
    let named = second.is_none() && cursor.peek().is_some_and(is_katakana);
    (closed || named).then_some(OrderNumber::Rp)
}

fn plain_number(cursor: &mut Cursor<'_>) -> Option<OrderNumber> {
    if circled(cursor).is_some() {
        return Some(OrderNumber::Plain);
    }
    if cursor.eat("#") || cursor.eat("♯") {
        cursor.spaces();
        // #高尿酸血症 #HL: the sign is enough before a word.
        if cursor.peek().is_some_and(char::is_alphabetic) {
            return Some(OrderNumber::Hash);
        }
        cursor.whole().filter(|(value, _)| *value <= 40)?;
        let _ = cursor.eat(".") || cursor.eat(")") || cursor.eat(":");
        return Some(OrderNumber::Hash);
    }
    let open = cursor.eat("(");
    cursor.whole().filter(|(value, repaired)| (1..=40).contains(value) && !repaired)?;
    let close = cursor.eat(")") || (!open && (cursor.eat(".") || cursor.eat(":")));
    let decimal =
        cursor.before() == Some('.') && cursor.peek().is_some_and(|char| char.is_ascii_digit());
    (close && !decimal).then_some(OrderNumber::Plain)
}

fn circled(cursor: &mut Cursor<'_>) -> Option<()> {
    cursor.peek().filter(|char| matches!(char, '①'..='⑳' | '❶'..='❿'))?;
    cursor.step();
    Some(())
}
