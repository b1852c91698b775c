//! What stands behind a name: suffixes, brackets, cues.

use chart::{DiagnosisStatus, Doubt, DoubtKind, Modifier};

use super::WrittenDiagnosis;
use crate::{
    assertion,
    lexicon::{Lexicon, ModifierRow},
    normalise::{self, SOFT_BREAK, Text, is_kanji, is_katakana},
    notation::{cursor::Cursor, date},
};

/// { suffix | bracket | cue }; answers where the diagnosis ends.
pub fn tail<'l>(
    lexicon: &'l Lexicon,
    text: &Text,
    cursor: &mut Cursor<'_>,
    written: &mut WrittenDiagnosis<'l>,
) -> usize {
    loop {
        if let Some(status) = assertion::after(cursor) {
            // The first cue is the nearest.
            written.status = written.status.or(Some(status));
        } else if !bracket(lexicon, text, cursor, written) && !suffix(lexicon, cursor, written) {
            break;
        }
    }
    let before = cursor.at();
    if assertion::time_past(cursor).is_some() {
        written.past = Some(text.string(before..cursor.at()).trim().to_owned());
        written.status = written.status.or_else(|| assertion::after(cursor));
    }
    changed_mind(text, cursor, written);
    if written.status.is_none() {
        unclear_cue(text, cursor, written);
    }
    cursor.at()
}

/// 肺癌の疑い→否定的: what stands behind the arrow holds, and is asked about.
fn changed_mind(text: &Text, cursor: &mut Cursor<'_>, written: &mut WrittenDiagnosis<'_>) {
    let changed = cursor.attempt(|cursor| {
        cursor.spaces();
        (cursor.eat("→") || cursor.eat("⇒") || cursor.eat("->")).then_some(())?;
        assertion::after(cursor)
    });
    if let Some(status) = changed {
        written.status = Some(status);
        let facts = text.string(written.name_range.end..cursor.at());
        written.doubts.push(Doubt::about(DoubtKind::UnclearStatus, "status", facts));
    }
}

/// At most so many characters between a name and its cue may be a particle that was misread.
const MISREAD_PARTICLE: usize = 2;

/// Words of cues that are asked about wherever they stand in the words behind a name.
const TELLING: &[&str] = &["否定", "除外", "認めず", "陰性", "疑"];

/// A cue that nothing known leads to. Right behind a particle, it is taken; either way it is asked about.
fn unclear_cue(text: &Text, cursor: &mut Cursor<'_>, written: &mut WrittenDiagnosis<'_>) {
    let start = cursor.at();
    let words = |char: &char| !" 、。,;:()[]→/#".contains(*char) && *char != SOFT_BREAK;
    let length = cursor.rest().iter().take_while(|char| words(char)).count();
    let is_particle =
        |char: char| !is_kanji(char) && !is_katakana(char) && !char.is_ascii_alphabetic();
    let led_to = (1..=MISREAD_PARTICLE.min(length))
        .take_while(|skipped| is_particle(cursor.rest()[skipped - 1]))
        .find_map(|skipped| {
            let mut ahead = *cursor;
            ahead.go_to(start + skipped);
            let status = assertion::after(&mut ahead)?;
            Some((status, ahead)).filter(|_| status != DiagnosisStatus::Confirmed)
        });
    if let Some((status, behind)) = led_to {
        written.status = Some(status);
        *cursor = behind;
    }
    let behind = text.string(start..(start + length).max(cursor.at()));
    if led_to.is_some() || TELLING.iter().any(|word| behind.contains(word)) {
        written.doubts.push(Doubt::about(DoubtKind::UnclearStatus, "status", behind));
    }
}

fn suffix(lexicon: &Lexicon, cursor: &mut Cursor<'_>, written: &mut WrittenDiagnosis<'_>) -> bool {
    // 白内障 術後: a space changes nothing.
    let mut ahead = *cursor;
    ahead.spaces();
    let Some((row, length)) = lexicon.diseases().suffix_at(ahead.rest()) else { return false };
    let ends = ahead.rest().get(length).is_none_or(|next| !is_kanji(*next) && !is_katakana(*next));
    // 脳梗塞 後遺症なし: what is denied is the other word.
    let mut behind = ahead;
    behind.go_to(ahead.at() + length);
    let denied = assertion::after(&mut behind) == Some(DiagnosisStatus::Negated);
    if ahead.at() > cursor.at() && (!ends || denied) {
        return false;
    }
    cursor.go_to(ahead.at() + length);
    let status = match row.effect.as_str() {
        "suspected" => Some(DiagnosisStatus::Suspected),
        "history" => Some(DiagnosisStatus::History),
        _ => None,
    };
    if status.is_some() {
        written.status = written.status.or(status);
    } else {
        written.modifiers.push(row.to_modifier());
    }
    true
}

/// (H5), (皮膚), (左).
fn bracket(
    lexicon: &Lexicon,
    text: &Text,
    cursor: &mut Cursor<'_>,
    written: &mut WrittenDiagnosis<'_>,
) -> bool {
    cursor
        .attempt(|cursor| {
            cursor.attempt(|cursor| {
                cursor.spaces();
                // 発症年月日(平成20年3月頃)
                let _ = cursor.eat("発症年月日") || cursor.eat("発症日") || cursor.eat("診断日");
                cursor.spaces();
                cursor.eat("(").then_some(())
            })?;
            let start = cursor.at();
            while cursor.peek()? != ')' {
                cursor.step();
            }
            let end = cursor.at();
            cursor.step();
            // (2) is the number of the next.
            if text.chars()[start..end].iter().all(char::is_ascii_digit) {
                return None;
            }
            if let Some(date) = date::date(text, start..end) {
                written.date = Some(date);
                return Some(());
            }
            hint(lexicon, &text.string(start..end), written);
            Some(())
        })
        .is_some()
}

/// A word in brackets that only one reading of an abbreviation contains settles it.
fn hint(lexicon: &Lexicon, word: &str, written: &mut WrittenDiagnosis<'_>) {
    let word = word.trim();
    if word.is_empty()
        || word.chars().count() > 8
        || !word.chars().any(|char| is_kanji(char) || is_katakana(char))
    {
        return;
    }
    if let Some(side) = ["両側", "左", "右", "両"].into_iter().find(|side| word == *side) {
        let known = lexicon.diseases().modifier(side).map(ModifierRow::to_modifier);
        written.modifiers.push(
            known.unwrap_or_else(|| Modifier { name: side.to_owned(), ..Modifier::default() }),
        );
        return;
    }
    written.hint = Some(word.to_owned());
    if written.disease.is_some() || written.candidates.is_empty() {
        return;
    }
    let folded: String = normalise::key(word).into_iter().collect();
    let fits: Vec<usize> = written
        .candidates
        .iter()
        .enumerate()
        .filter(|(_, candidate)| {
            let name: String = normalise::key(&candidate.name).into_iter().collect();
            name.contains(&folded)
        })
        .map(|(number, _)| number)
        .collect();
    if let [only] = fits[..] {
        let chosen = written.candidates[only].clone();
        written.name = chosen.name;
        written.codes = chosen.codes;
        written.candidates.rotate_left(only);
        written.doubts.retain(|doubt| doubt.kind != DoubtKind::AmbiguousAbbreviation);
    }
}
