//! What stands behind a name: salt, form, strength, maker, remark.

use super::{
    form::form,
    strength::{WrittenStrength, grade, strength},
};
use crate::{
    lexicon::{DrugName, SALTS},
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
    pub end: usize,
}

/// { salt | form | strength | maker | remark }
pub(super) fn tail(cursor: &mut Cursor<'_>, name: &mut String, drug: Option<&DrugName>) -> Tail {
    let mut tail = Tail { form: None, strength: None, grade: None, end: cursor.at() };
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
        } else if cursor.attempt(maker).is_none() && cursor.attempt(remark).is_none() {
            break;
        }
        tail.end = cursor.at();
    }
    cursor.go_to(tail.end);
    tail
}

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
