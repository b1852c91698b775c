//! Which name of the lexicon stands here, as written or misread.

use std::ops::RangeInclusive;

use super::{
    form::FORMS,
    strength::{comes_in, strength},
};
use crate::{
    lexicon::{DrugMatch, DrugName, How, Lexicon, SALTS},
    normalise::{is_hiragana, is_kanji, is_katakana},
    notation::cursor::Cursor,
};

/// A name of the lexicon, what else was near, and the chance that it is the right one.
pub(super) struct Found<'l> {
    pub best: DrugMatch<'l>,
    pub others: Vec<(&'l DrugName, f32)>,
    pub chance: f32,
}

/// The longest spelling that ends where a word can end.
pub(super) fn exact<'l>(lexicon: &'l Lexicon, cursor: &Cursor<'_>) -> Option<Found<'l>> {
    lexicon
        .drugs()
        .at(cursor.rest())
        .into_iter()
        .find(|found| ends_word(cursor, found.length))
        .filter(|found| !is_disease(lexicon, cursor, found.length))
        .map(|best| Found { best, others: Vec::new(), chance: 1.0 })
}

/// アスピリン喘息, インスリン抵抗性糖尿病: a disease that begins with the name of a drug.
fn is_disease(lexicon: &Lexicon, cursor: &Cursor<'_>, length: usize) -> bool {
    let longer = lexicon.diseases().at(cursor.rest_as_written(), cursor.rest());
    longer.iter().any(|found| found.length > length && found.abbreviation.is_none())
}

/// The likeliest name of a misread word, if the word stands where a name can stand.
pub(super) fn likely<'l>(lexicon: &'l Lexicon, cursor: &Cursor<'_>) -> Option<Found<'l>> {
    let rest = cursor.rest();
    let letter = |char: char| is_katakana(char) || is_kanji(char) || is_hiragana(char);
    // MSツワイスロン begins with letters of the maker's.
    let latin = rest.iter().take_while(|char| char.is_ascii_alphabetic()).count();
    let begin = if latin <= LATIN_BEFORE { latin } else { 0 };
    // A space between two letters is the reader's own: メ コバラミン.
    let word = (begin..rest.len())
        .take_while(|at| {
            letter(rest[*at])
                || rest[*at] == '\n'
                || (rest[*at] == ' ' && *at > 0 && rest.get(at + 1).copied().is_some_and(letter))
        })
        .filter(|at| letter(rest[*at]))
        .count();
    if word < 3 {
        return None;
    }
    let near = lexicon.drugs().near_reading(&cursor.reading(0..rest.len().min(LONGEST_NAME)));
    let near: Vec<DrugMatch<'l>> =
        near.into_iter().filter_map(|found| to_word_end(cursor, found)).collect();
    let best = near.first()?.clone();
    // Spellings of one drug are one reading.
    let stem = |found: &DrugMatch<'l>| found.names.first().map(|name| &name.stem);
    let chance =
        lexicon::chance_of_name(near.iter().map(|found| (found.cost, stem(found) == stem(&best))));
    let others = near
        .iter()
        .skip(1)
        .filter(|other| other.score > best.score - OTHERS)
        .flat_map(|other| other.names.iter().map(|name| (*name, other.score)))
        .take(3)
        .collect();
    Some(Found { best, others, chance })
}

/// ノルバ5, カロ(500): the beginning of a name that tells the drug together with its strength. Brand and
/// general name of one ingredient are one drug.
pub(super) fn clipped<'l>(lexicon: &'l Lexicon, cursor: &Cursor<'_>) -> Option<Found<'l>> {
    let length = cursor.rest().iter().take_while(|char| is_katakana(**char)).count();
    if !CLIPPED.contains(&length) {
        return None;
    }
    let mut behind = *cursor;
    behind.go_to(cursor.at() + length);
    let written = strength(&mut behind, None)?;
    let mut names = lexicon.drugs().clipped(&cursor.rest()[..length]);
    names.retain(|drug| comes_in(drug, written.value));
    let ingredient = |drug: &DrugName| drug.generic.clone();
    let first = ingredient(names.first()?);
    if first.is_empty() || names.iter().any(|drug| ingredient(drug) != first) {
        return None;
    }
    // The general name claims least.
    names.sort_by_key(|drug| drug.kind != "generic");
    let best = DrugMatch {
        names: names[..1].to_vec(),
        length,
        how: How::Likeness,
        score: CLIPPED_SCORE,
        cost: 0,
        ambiguous: false,
    };
    let others = names[1..].iter().map(|drug| (*drug, CLIPPED_SCORE)).collect();
    Some(Found { best, others, chance: CLIPPED_SCORE })
}

/// So many letters of a name are written at least and at most.
const CLIPPED: RangeInclusive<usize> = 3..=6;

/// How sure a drug is that was told by the beginning of its name and its strength; no measure.
const CLIPPED_SCORE: f32 = 0.75;

/// Latin letters that a Japanese name may begin with.
const LATIN_BEFORE: usize = 3;

/// Names that are less near than the nearest by more than this are no other readings.
const OTHERS: f32 = 0.15;

/// Characters of a line that are searched for a misread name.
const LONGEST_NAME: usize = 40;

/// A misread name up to where the word ends: ボルタレルン is ボルタレン and a stroke too many.
fn to_word_end<'l>(cursor: &Cursor<'_>, found: DrugMatch<'l>) -> Option<DrugMatch<'l>> {
    if ends_word(cursor, found.length) {
        return Some(found);
    }
    (1..=2).find_map(|more| {
        let length = found.length + more;
        let left = cursor.rest().get(found.length..length)?;
        (left.iter().all(|char| is_katakana(*char)) && ends_word(cursor, length))
            .then(|| DrugMatch { length, score: found.score - 0.1 * more as f32, ..found.clone() })
    })
}

/// Whether the text after so many characters is no longer the same word.
fn ends_word(cursor: &Cursor<'_>, length: usize) -> bool {
    let mut after = *cursor;
    after.go_to(cursor.at() + length);
    let (Some(last), Some(next)) = (after.before(), after.peek()) else { return true };
    let mut ahead = after;
    if ahead.eat_any(SALTS).is_some() || ahead.eat_any(FORMS).is_some() {
        return true;
    }
    let runs_on = (is_katakana(last) && is_katakana(next))
        || (last.is_ascii_alphabetic() && next.is_ascii_alphabetic())
        || (is_kanji(last)
            && (is_kanji(next) || is_katakana(next))
            && !"分朝昼夕毎頓隔".contains(next))
        || (last.is_ascii_digit()
            && (is_kanji(next) || is_katakana(next))
            && !"分朝昼夕毎頓隔錠".contains(next))
        || is_hiragana(next) && !is_hiragana(last) && !"ねに".contains(next)
        // リドカイン・プロピトカイン is no リドカイン, whatever was read behind the point.
        || matches!(next, '・' | ':') && is_katakana(last) && after.peek_at(1).is_some_and(is_katakana);
    !runs_on
}
