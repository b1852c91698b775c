//! What may stand beside a disease, and what is none: remarks, tests, complaints.

use std::ops::Range;

use crate::{
    lexicon::{self, Lexicon},
    normalise::Text,
    notation::diagnosis::WrittenDiagnosis,
};

/// What may follow a disease on a line of its own: a word or two, no sentence.
pub fn is_remark(text: &Text, rest: Range<usize>) -> bool {
    let rest = text.string(rest);
    let rest = rest.trim_end_matches('。');
    rest.is_empty()
        || (rest.chars().count() <= LONGEST_REMARK
            && !rest.contains(['。', '=', '↑', '↓'])
            && !rest.starts_with(['、', ',', '/', '~'])
            && !rest.strip_prefix(':').is_some_and(|said| said.trim_start().starts_with(is_value))
            && (!rest.starts_with(|char: char| char.is_ascii_digit()) || is_measure(rest)))
}

/// Longer words behind a disease are no remark.
pub const LONGEST_REMARK: usize = 14;

/// What a measured value begins with.
fn is_value(char: char) -> bool {
    char.is_ascii_digit() || "(+-".contains(char)
}

/// 術後10年, 20歳時, 5mm: how long ago, how old, how large. Other figures are measured values.
fn is_measure(rest: &str) -> bool {
    const MEASURES: &[&str] =
        &["年", "歳", "才", "ヶ月", "か月", "カ月", "期", "度", "型", "代", "mm", "cm"];
    let unit = rest.trim_start_matches(|char: char| char.is_ascii_digit() || char == '.');
    MEASURES.iter().any(|measure| unit.starts_with(measure))
}

/// K, PSA, LDH: a test.
pub fn is_test(lexicon: &Lexicon, text: &Text, written: &WrittenDiagnosis<'_>) -> bool {
    let name = &text.folded()[written.name_range.clone()];
    let whole = |found: Option<(&lexicon::Item, usize)>| {
        found.is_some_and(|(_, length)| length == name.len())
    };
    whole(lexicon.words().laboratory_at(name)) || whole(lexicon.words().vital_at(name))
}

/// Whether a figure follows what ends here: HT 38.5 is measured, HT of a history is a disease.
pub fn is_measured(text: &Text, end: usize) -> bool {
    let behind = text.chars()[end..].iter().find(|char| !matches!(**char, ' ' | ':' | '='));
    behind.is_some_and(char::is_ascii_digit)
}

/// A word of the list of symptoms, or what an examination finds.
pub fn is_complaint(lexicon: &Lexicon, text: &Text, written: &WrittenDiagnosis<'_>) -> bool {
    let name = &text.folded()[written.name_range.clone()];
    lexicon.words().symptom_at(name) == Some(name.len())
        || SEEN_OR_FELT.iter().any(|word| written.name.ends_with(word))
}

/// What is seen or felt on examination and named as such: 咽頭発赤(+), 肝腫大なし. The masters list
/// many of these with codes outside chapter R.
const SEEN_OR_FELT: &[&str] = &["発赤", "腫脹", "腫大", "圧痛", "雑音", "充血"];
