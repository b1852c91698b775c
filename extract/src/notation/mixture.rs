//! Ointments that are mixed.
//!
//! ```text
//! mixture = { sep NAME } ( [ "=" ] ratio | mixed ) ;       (* behind the first name *)
//! sep     = ":" | "+" | "・" | "/" | "&" | "と" ;
//! ratio   = INT ":" INT { ":" INT } | "同量" | "等量" ;     (* A:B=1:1, A・B (1:2) *)
//! mixed   = "混合" | "混和" | "mix" ;                       (* anywhere behind the names *)
//! ```

use super::{
    cursor::Cursor,
    drug_name::{DrugHead, drug_head},
};
use crate::{
    lexicon::{How, Lexicon},
    normalise::Text,
};

/// The other names of a mixture.
#[derive(Debug, Clone)]
pub struct Mixed<'l> {
    /// The heads of the others, in the order of the page.
    pub others: Vec<DrugHead<'l>>,
    /// As written, first name first; 1:1 for 同量.
    pub ratio: Option<String>,
    /// Where it ends.
    pub end: usize,
}

const BETWEEN: &[&str] = &[":", "+", "・", "/", "&", "と"];

const SAME_AMOUNT: &[&str] = &["同量", "等量"];

const MIXED: &[&str] = &["混合", "混和", "mix", "合剤"];

/// What the first name is mixed with, if the text behind it says so.
pub fn mixture<'l>(lexicon: &'l Lexicon, text: &Text, from: usize) -> Option<Mixed<'l>> {
    let mut cursor = Cursor::new(text, from..text.len());
    let mut others = Vec::new();
    while let Some(head) = cursor.attempt(|cursor| {
        cursor.spaces();
        cursor.eat_any(BETWEEN)?;
        cursor.spaces();
        let head = drug_head(lexicon, text, cursor.at()..text.len(), false)?;
        cursor.go_to(head.range.end);
        (head.how <= How::Alias).then_some(head)
    }) {
        others.push(head);
    }
    if others.is_empty() {
        return None;
    }
    let ratio = cursor.attempt(ratio);
    let mut ahead = cursor;
    let mut mixed = ratio.is_some();
    while !mixed && !ahead.is_done() {
        mixed = ahead.eat_any(MIXED).is_some();
        ahead.step();
    }
    mixed.then(|| Mixed { others, ratio, end: cursor.at() })
}

fn ratio(cursor: &mut Cursor<'_>) -> Option<String> {
    cursor.spaces();
    let _ = cursor.eat("=") || cursor.eat("(");
    cursor.spaces();
    if cursor.eat_any(SAME_AMOUNT).is_some() {
        cursor.eat(")");
        return Some("1:1".into());
    }
    let mut parts = vec![cursor.whole()?.0.to_string()];
    while let Some((part, _)) = cursor.attempt(|cursor| {
        cursor.spaces();
        cursor.eat(":").then_some(())?;
        cursor.spaces();
        cursor.whole()
    }) {
        parts.push(part.to_string());
    }
    cursor.eat(")");
    (parts.len() > 1).then(|| parts.join(":"))
}
