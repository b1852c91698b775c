//! The name of a disease: as the lexicon has it, with modifiers before it, or misread.

use chart::Modifier;

use super::remark::{is_condition, remark};
use crate::{
    assertion,
    lexicon::{DiseaseMatch, How, Lexicon, ModifierRow},
    normalise::{SOFT_BREAK, Text, is_hiragana, is_kanji, is_katakana},
    notation::cursor::Cursor,
};

/// A name with its modifiers, found in the text.
pub struct Found<'l> {
    pub matched: Option<DiseaseMatch<'l>>,
    pub modifiers: Vec<Modifier>,
    pub length: usize,
    /// Where the base begins, after the modifiers.
    pub base: usize,
    /// The chance that a misread name is this one.
    pub chance: f32,
}

/// { prefix } base, the reading that covers most.
pub fn named<'l>(lexicon: &'l Lexicon, cursor: &Cursor<'_>) -> Option<Found<'l>> {
    let written = cursor.rest_as_written();
    let is_name = |at: usize, found: &DiseaseMatch<'l>| {
        let mut end = *cursor;
        end.go_to(cursor.at() + at + found.length);
        // One letter alone (S, K) is too little to say a disease.
        let letter = found.how == How::Abbreviation && found.length == 1;
        // Fr is a fracture; FR is whatever a reader made of two letters.
        let other_case = found.length == 2
            && found.abbreviation.is_some_and(|abbreviation| {
                abbreviation.written.chars().ne(written[at..at + 2].iter().copied())
            });
        !letter && !other_case && ends_name(lexicon, &end)
    };
    let found = lexicon.diseases().composed_at(written, cursor.rest(), is_name)?;
    Some(Found {
        modifiers: found.prefixes.into_iter().map(ModifierRow::to_modifier).collect(),
        matched: Some(found.matched),
        length: found.length,
        base: found.base,
        chance: 1.0,
    })
}

pub fn is_latin(cursor: &Cursor<'_>, length: usize) -> bool {
    cursor.rest()[length - 1].is_ascii_alphabetic()
}

/// Latin and foreign parts of names, and what the master writes.
const ROMAN_PARTS: &[(&str, &str)] = &[
    ("chol", "コレステロール"),
    ("vb12", "ビタミンb12"),
    ("vit.b12", "ビタミンb12"),
    ("tg", "トリグリセライド"),
    ("basedow", "バセドウ"),
    ("graves", "バセドウ"),
    ("meniere", "メニエール"),
    ("ménière", "メニエール"),
    ("parkinson", "パーキンソン"),
    ("alzheimer", "アルツハイマー"),
    ("crohn", "クローン"),
    ("raynaud", "レイノー"),
    ("sjogren", "シェーグレン"),
    ("behcet", "ベーチェット"),
    ("hashimoto", "橋本"),
    ("bell", "ベル"),
    ("h.pylori", "ヘリコバクター・ピロリ"),
    ("hp", "ヘリコバクター・ピロリ"),
    ("virus", "ウイルス"),
    ("ca", "癌"),
    ("k", "癌"),
    ("influenza", "インフルエンザ"),
    ("polyp", "ポリープ"),
    ("hernia", "ヘルニア"),
    ("allergy", "アレルギー"),
    ("allergie", "アレルギー"),
    ("ul", "潰瘍"),
    ("高tg血症", "高トリグリセライド血症"),
    ("ii型", "2型"),
    ("i型", "1型"),
];

/// The word with its Latin parts written as the master writes them.
pub fn rewritten<'l>(lexicon: &'l Lexicon, cursor: &Cursor<'_>) -> Option<Found<'l>> {
    let length = word_length(lexicon, cursor, false);
    in_words_of_the_master(lexicon, cursor, |whole, replaced| {
        named(lexicon, whole).filter(|found| found.length == replaced)
    })
    .map(|found| Found { length, base: 0, ..found })
}

/// What is found in the word once one of its Latin parts is written as the master writes it; `find` is
/// given that word and its length.
fn in_words_of_the_master<'l>(
    lexicon: &'l Lexicon,
    cursor: &Cursor<'_>,
    find: impl Fn(&Cursor<'_>, usize) -> Option<Found<'l>>,
) -> Option<Found<'l>> {
    let length = word_length(lexicon, cursor, false);
    let word: String = cursor.rest()[..length].iter().filter(|char| **char != SOFT_BREAK).collect();
    ROMAN_PARTS.iter().find_map(|(part, meant)| {
        let place = word.find(part)?;
        // Short parts only as a word of their own: the k of 大腸k, not of keloid.
        let before = word[..place].chars().last();
        let after = word[place + part.len()..].chars().next();
        let letter = |char: Option<char>| char.is_some_and(|char| char.is_ascii_alphabetic());
        if letter(before)
            || letter(after)
            || (part.len() < 3 && before.is_none() && after.is_none())
        {
            return None;
        }
        let replaced = Text::of_line(0, &word.replacen(part, meant, 1));
        let mut whole = Cursor::new(&replaced, 0..replaced.len());
        whole.spaces();
        find(&whole, replaced.len())
    })
}

/// The likeliest name of a misread word: with one character exchanged for what the reader
/// offers, else by likeness. A space inside the word may be the reader's own.
pub fn misread<'l>(lexicon: &'l Lexicon, cursor: &Cursor<'_>, nearly: bool) -> Option<Found<'l>> {
    let word = word_length(lexicon, cursor, false);
    let joined = word_length(lexicon, cursor, true);
    let lengths = if joined > word { vec![joined, word] } else { vec![word] };
    lengths
        .iter()
        .find_map(|length| offered(lexicon, cursor, *length))
        .or_else(|| letters_for_figures(lexicon, cursor))
        .or_else(|| lengths.iter().find_map(|length| alike(lexicon, cursor, *length, nearly)))
        .or_else(|| rewritten_alike(lexicon, cursor, nearly))
}

/// The word with one character exchanged for what the reader offers, if that is a name.
fn offered<'l>(lexicon: &'l Lexicon, cursor: &Cursor<'_>, word: usize) -> Option<Found<'l>> {
    let text = cursor.part(word);
    (0..text.len().min(LONGEST_OFFERED)).find_map(|at| {
        let offers: Vec<char> = text.others(at).collect();
        offers.into_iter().find_map(|meant| {
            let mut better = text.clone();
            better.correct(at, meant);
            let whole = Cursor::new(&better, 0..better.len());
            let found = named(lexicon, &whole).filter(|found| found.length == word)?;
            let matched = found.matched.filter(|matched| matched.abbreviation.is_none())?;
            let matched = DiseaseMatch { how: How::Likeness, score: OFFERED, ..matched };
            Some(Found { matched: Some(matched), ..found })
        })
    })
}

/// Longer words than this are tried by likeness only.
const LONGEST_OFFERED: usize = 16;

/// How sure a name is of which the reader offered one character as its second choice.
const OFFERED: f32 = 0.9;

/// 0AB, Cl, S0B: an abbreviation of which one letter was read as a figure or a letter drawn like it.
fn letters_for_figures<'l>(lexicon: &'l Lexicon, cursor: &Cursor<'_>) -> Option<Found<'l>> {
    let written = cursor.rest_as_written();
    let length = written.iter().take_while(|char| char.is_ascii_alphanumeric()).count();
    if !(2..=LONGEST_ABBREVIATION).contains(&length) {
        return None;
    }
    let text = cursor.part(length);
    (0..length).find_map(|at| {
        let meant = LETTERS.iter().find(|(read, _)| *read == written[at])?.1;
        let mut better = text.clone();
        better.correct(at, meant);
        let found = named(lexicon, &Cursor::new(&better, 0..length))?;
        let matched =
            found.matched.filter(|it| it.abbreviation.is_some() && it.length == length)?;
        let matched = DiseaseMatch { how: How::Likeness, score: OFFERED, ..matched };
        Some(Found { matched: Some(matched), ..found })
    })
}

/// Longer Latin words are told by likeness.
const LONGEST_ABBREVIATION: usize = 5;

/// What a letter is read as, and the letter.
const LETTERS: &[(char, char)] =
    &[('0', 'O'), ('O', 'D'), ('l', 'I'), ('1', 'I'), ('5', 'S'), ('8', 'B')];

/// 高Chol血正, Meniere丙: the likeliest name once the Latin part is written as the master writes it.
fn rewritten_alike<'l>(
    lexicon: &'l Lexicon,
    cursor: &Cursor<'_>,
    nearly: bool,
) -> Option<Found<'l>> {
    let length = word_length(lexicon, cursor, false);
    in_words_of_the_master(lexicon, cursor, |whole, replaced| {
        alike(lexicon, whole, replaced, nearly).filter(|found| found.length == replaced)
    })
    .map(|found| Found { length, base: 0, ..found })
}

/// How near a name is at least that stands on a line of its own.
pub const NEARLY: f32 = 0.85;

/// A shorter word on a line of its own is like too many names.
pub const SHORTEST_NEARLY: usize = 4;

/// The likeliest name of a word that is like it.
fn alike<'l>(
    lexicon: &'l Lexicon,
    cursor: &Cursor<'_>,
    word: usize,
    nearly: bool,
) -> Option<Found<'l>> {
    if nearly && word < SHORTEST_NEARLY {
        return None;
    }
    let mut modifiers = Vec::new();
    let mut at = 0;
    if let Some((row, length)) = lexicon.diseases().prefix_at(cursor.rest())
        && matches!(row.kind.as_str(), "位置" | "部位")
        && length < word
    {
        modifiers.push(row.to_modifier());
        at = length;
    }
    let letters: Vec<char> =
        cursor.rest()[..word].iter().copied().filter(|char| !char.is_whitespace()).collect();
    // Shorter words are like too many names.
    if letters.len() < 3 {
        return None;
    }
    if letters.iter().all(char::is_ascii) {
        let matched = lexicon.diseases().near_latin(&letters)?;
        return Some(Found {
            matched: Some(matched),
            modifiers,
            length: word,
            base: 0,
            chance: 1.0,
        });
    }
    // A name as near as that costs no more, even if it is some letters longer than what was read.
    let limit = if nearly { (15 * (letters.len() as u16).min(17) + 45).min(300) } else { 300 };
    let near = |from: usize| {
        let reading = cursor.reading(from..word);
        let found = lexicon.diseases().near_reading_within(&reading, limit);
        let whole: Vec<DiseaseMatch<'l>> =
            found.into_iter().filter(|found| from + found.length >= word).collect();
        let chance = chance_of_first(&whole);
        whole.into_iter().next().map(|first| (first, chance))
    };
    let whole = near(0);
    let stripped = if at > 0 { near(at) } else { None };
    let (matched, chance, modifiers, base) = match (whole, stripped) {
        (Some(whole), stripped) if stripped.as_ref().is_none_or(|s| s.0.score <= whole.0.score) => {
            (whole.0, whole.1, Vec::new(), 0)
        }
        (_, Some((matched, chance))) => (matched, chance, modifiers, at),
        _ => return None,
    };
    Some(Found { matched: Some(matched), modifiers, length: word, base, chance })
}

/// The chance of the disease that is named first, among all that the reading may be.
fn chance_of_first(found: &[DiseaseMatch<'_>]) -> f32 {
    let disease = |found: &DiseaseMatch<'_>| found.diseases.first().map(|(it, _)| it.name.clone());
    let first = found.first().and_then(disease);
    lexicon::chance_of_name(found.iter().map(|found| (found.cost, disease(found) == first)))
}

/// Any word of at least two letters.
pub fn unknown<'l>(lexicon: &Lexicon, cursor: &Cursor<'_>) -> Option<Found<'l>> {
    let length = word_length(lexicon, cursor, false);
    let letters = cursor.rest()[..length].iter().filter(|char| char.is_alphabetic()).count();
    (letters >= 2).then_some(Found {
        matched: None,
        modifiers: Vec::new(),
        length,
        base: 0,
        chance: 1.0,
    })
}

/// How far a word reaches: to a space, a bracket, a mark or a cue; `joined`: over single spaces
/// between two letters.
fn word_length(lexicon: &Lexicon, cursor: &Cursor<'_>, joined: bool) -> usize {
    let mut end = *cursor;
    let letter = |char: Option<char>| {
        char.is_some_and(|char| is_kanji(char) || is_katakana(char) || is_hiragana(char))
    };
    while let Some(char) = end.peek() {
        let own = joined && char == ' ' && letter(end.before()) && letter(end.peek_at(1));
        if own {
            end.step();
            continue;
        }
        if " 、。,;:()[]?→/".contains(char) {
            break;
        }
        let mut ahead = end;
        if end.at() > cursor.at()
            && (assertion::after(&mut ahead).is_some()
                || lexicon.diseases().suffix_at(end.rest()).is_some()
                || is_condition(end))
        {
            break;
        }
        end.step();
    }
    // What is left of a rule behind the name.
    let name = |char: &char| !"・.-~'`".contains(*char);
    let read = &cursor.rest()[..end.at() - cursor.at()];
    read.iter().rposition(name).map_or(read.len(), |last| last + 1)
}

/// Whether a name can end here.
fn ends_name(lexicon: &Lexicon, end: &Cursor<'_>) -> bool {
    let (Some(last), Some(next)) = (end.before(), end.peek()) else { return true };
    let mut ahead = *end;
    if assertion::after(&mut ahead).is_some()
        || lexicon.diseases().suffix_at(end.rest()).is_some()
        || remark(&mut ahead).is_some()
    {
        return true;
    }
    let latin = |char: char| char.is_ascii_alphanumeric();
    let word = |char: char| is_kanji(char) || is_katakana(char);
    let runs_on = (latin(last) && (latin(next) || next == '-'))
        || (word(last) && word(next))
        || (latin(last) && word(next))
        || (word(last) && latin(next) && !next.is_ascii_digit())
        || next == '・' && end.peek_at(1).is_some_and(word) && !names_behind_dot(lexicon, end);
    !runs_on
}

/// 高血圧・糖尿病: what stands behind the dot is another name, no part of one.
fn names_behind_dot(lexicon: &Lexicon, end: &Cursor<'_>) -> bool {
    let (written, folded) = (&end.rest_as_written()[1..], &end.rest()[1..]);
    lexicon.diseases().composed_at(written, folded, |_, found| found.length > 1).is_some()
}
