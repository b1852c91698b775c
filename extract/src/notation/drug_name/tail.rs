//! What stands behind a name: salt, form, strength, maker, remark.

use std::ops::Range;

use super::{
    form::form,
    strength::{WrittenStrength, grade, strength},
};
use crate::{
    lexicon::{DrugName, SALTS},
    normalise::{is_kanji, is_katakana},
    notation::cursor::Cursor,
};

const REMARKS: &[&str] = &[
    "MT",
    "(医療用)",
    "(後発可)",
    "(後発)",
    "(先発)",
    "(変更不可)",
    "後発可",
    "変更不可",
    "(般)",
    "TTS",
    "(粉砕)",
    "粉砕",
    "(一包化)",
    "★",
    "*",
];

/// What was found behind a name.
pub(super) struct Tail {
    pub form: Option<&'static str>,
    pub strength: Option<WrittenStrength>,
    pub grade: Option<&'static str>,
    /// Brackets at the name of which the strength could not be read.
    pub illegible: Option<Range<usize>>,
    pub end: usize,
}

/// { salt | form | strength | maker | remark }
pub(super) fn tail(cursor: &mut Cursor<'_>, name: &mut String, drug: Option<&DrugName>) -> Tail {
    let mut tail =
        Tail { form: None, strength: None, grade: None, illegible: None, end: cursor.at() };
    loop {
        if tail.form.is_none()
            && tail.strength.is_none()
            && let Some(salt) = cursor.attempt(|cursor| cursor.eat_any(SALTS))
        {
            name.push_str(salt);
        } else if tail.form.is_none()
            && let Some(form) = cursor.attempt(form)
        {
            name.push_str(form);
            tail.form = Some(form);
        } else if tail.strength.is_none()
            && let Some(strength) = cursor.attempt(|cursor| strength(cursor, drug))
        {
            tail.strength = Some(strength);
        } else if tail.grade.is_none()
            && let Some(grade) = cursor.attempt(|cursor| grade(cursor, drug))
        {
            tail.grade = Some(grade);
        } else if tail.strength.is_none()
            && tail.illegible.is_none()
            && let Some(range) = cursor.attempt(illegible)
        {
            tail.illegible = Some(range);
        } else if cursor.attempt(maker).is_none() && cursor.attempt(remark).is_none() {
            break;
        }
        tail.end = cursor.at();
    }
    cursor.go_to(tail.end);
    tail
}

/// (O), (@), (う), (): what is left of a strength in brackets.
fn illegible(cursor: &mut Cursor<'_>) -> Option<Range<usize>> {
    cursor.spaces();
    let start = cursor.at();
    cursor.eat("(").then_some(())?;
    let inside = cursor.rest().iter().take(LONGEST_ILLEGIBLE + 1).take_while(|char| **char != ')');
    // (S) and (般) are words, (±) is a finding, (1) the number of a preparation.
    let says = |char: &char| match *char {
        'o' | '〇' => false,
        '±' => true,
        char => char.is_ascii_alphanumeric() || is_kanji(char) || is_katakana(char),
    };
    if inside.clone().any(says) {
        return None;
    }
    let length = inside.count();
    cursor.go_to(cursor.at() + length);
    cursor.eat(")").then(|| start..cursor.at())
}

/// Characters of a strength in brackets.
const LONGEST_ILLEGIBLE: usize = 4;

/// 「サワイ」
fn maker(cursor: &mut Cursor<'_>) -> Option<()> {
    cursor.spaces();
    cursor.eat("「").then_some(())?;
    for _ in 0..16 {
        if cursor.eat("」") {
            return Some(());
        }
        cursor.peek()?;
        cursor.step();
    }
    None
}

fn remark(cursor: &mut Cursor<'_>) -> Option<()> {
    cursor.spaces();
    cursor.eat_any(REMARKS).map(|_| ())
}
