//! Diseases, their abbreviations, and the modifiers that stand around them.

use chart::{Codes, Modifier, ModifierPosition};
use serde::{Deserialize, Serialize};
use zerocopy::little_endian::U32;

use crate::{
    How,
    entry::{Code, Position},
    image::{Image, section},
    noisy::{Bounds, Extent},
    normalise::{is_kanji, is_katakana},
    reading::{Reading, WHOLE},
};

/// A prefix or suffix of diseases.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModifierRow {
    /// The master's name: 左, の疑い.
    pub name: String,
    /// Before or behind the disease.
    pub position: Position,
    /// 部位, 位置, 病因, 経過, …
    pub kind: String,
    /// Receipt code, 4 digits.
    pub receipt_code: String,
    /// 修飾語管理番号, 8 digits.
    pub modifier_id: String,
    /// 修飾語交換用コード, 4 characters.
    pub exchange_code: String,
    /// What it does to the assertion: suspected, history, …
    pub effect: String,
}

impl ModifierRow {
    /// As a finding bears it, with the codes that the lexicon has.
    pub fn to_modifier(&self) -> Modifier {
        let known = |code: &str| (!code.is_empty()).then(|| code.to_owned());
        Modifier {
            name: self.name.clone(),
            code: known(&self.receipt_code),
            id: known(&self.modifier_id),
            exchange_code: known(&self.exchange_code),
            position: Some(match self.position {
                Position::Prefix => ModifierPosition::Prefix,
                Position::Suffix => ModifierPosition::Suffix,
            }),
        }
    }
}

/// Number of a disease in the lexicon.
pub type DiseaseId = u32;

/// A disease.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disease {
    /// The master's spelling.
    pub name: String,
    /// ICD-10 with its point.
    pub icd10: Option<String>,
    /// The second ICD-10 of a dual classification.
    pub icd10_second: Option<String>,
    /// All its codes of today, or the last it had.
    pub codes: Codes,
    /// Every code with its edition and time.
    pub history: Vec<Code>,
    /// 採択区分: 1 preferred, 2 accepted, 3 only for compatibility; 0 not told.
    pub adoption: u8,
    /// It left the master; its successor, if it has one, is the 管理番号 in `successor`.
    pub abolished: bool,
    /// 移行先: 管理番号 of the disease that replaced it.
    pub successor: Option<String>,
    /// May not stand alone on a claim (骨折).
    pub not_alone: bool,
}

impl Disease {
    /// A sign rather than a disease: chapter R of ICD-10.
    pub fn is_sign(&self) -> bool {
        self.icd10.as_deref().is_some_and(|code| code.starts_with('R'))
    }
}

/// What an abbreviation can mean.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Abbreviation {
    /// As written.
    pub written: String,
    /// The diseases it can mean, usual one first, with the term it shortens.
    pub diseases: Vec<(DiseaseId, String)>,
    /// Meanings that are no disease of the lexicon.
    pub others: Vec<String>,
    /// Must never alone select a code.
    pub must_ask: bool,
}

/// A disease that a text may begin with.
#[derive(Debug, Clone)]
pub struct DiseaseMatch<'l> {
    /// The diseases that the spelling can mean, best first.
    pub diseases: Vec<(&'l Disease, How)>,
    /// The abbreviation, if it is one.
    pub abbreviation: Option<&'l Abbreviation>,
    /// How many characters of the text it covers.
    pub length: usize,
    /// How it was found.
    pub how: How,
    /// 1 for a sure spelling, less for likeness.
    pub score: f32,
    /// What was misread, in hundredths of an edit.
    pub cost: u16,
}

/// Shorter Latin words are like too many others.
const SHORTEST_LATIN: usize = 6;

/// All diseases.
#[derive(Debug, Clone, Copy)]
pub struct Diseases<'l> {
    pub(crate) image: &'l Image,
}

impl<'l> Diseases<'l> {
    /// Diseases that the text begins with, longest spelling first; `chars` as written and
    /// `folded` are the same text.
    pub fn at(self, chars: &[char], folded: &[char]) -> Vec<DiseaseMatch<'l>> {
        let mut found: Vec<DiseaseMatch<'l>> = self
            .image
            .keys(section::DISEASE_KEYS)
            .prefixes(folded)
            .into_iter()
            .map(|prefix| self.named(prefix.entries, prefix.length, 1.0))
            .collect();
        let exact = self.image.keys(section::EXACT_CASE_KEYS).prefixes(chars);
        let folded = self.image.keys(section::FOLDED_CASE_KEYS).prefixes(folded);
        for prefix in exact.iter().chain(
            folded.iter().filter(|folded| !exact.iter().any(|exact| exact.length == folded.length)),
        ) {
            let abbreviation = self.abbreviation(prefix.entries[0].get());
            // A name of the lexicon is surer than the same letters as an abbreviation.
            if found.iter().any(|found| found.length == prefix.length) && !abbreviation.must_ask {
                continue;
            }
            found.retain(|found| found.length != prefix.length);
            found.push(self.abbreviated(abbreviation, prefix.length));
        }
        if let Some(hyphenated) = self.hyphenated(chars) {
            found.retain(|found| found.length != hyphenated.length);
            found.push(hyphenated);
        }
        found.sort_by_key(|found| std::cmp::Reverse(found.length));
        found
    }

    /// CH-B is CHB: a Latin word of three letters or more with hyphens in it that is an
    /// abbreviation without them.
    fn hyphenated(self, chars: &[char]) -> Option<DiseaseMatch<'l>> {
        let word = chars.iter().take_while(|char| char.is_ascii_alphabetic() || **char == '-');
        let length = word.clone().count();
        let letters: Vec<char> = word.copied().filter(|char| *char != '-').collect();
        if letters.len() == length || letters.len() < 3 || chars[length - 1] == '-' {
            return None;
        }
        let keys = self.image.keys(section::EXACT_CASE_KEYS);
        let number = keys.entries(keys.find(&letters)?).first()?.get();
        Some(self.abbreviated(self.abbreviation(number), length))
    }

    /// Diseases that the text may begin with if it was misread, best first.
    pub fn near(self, folded: &[char]) -> Vec<DiseaseMatch<'l>> {
        self.near_reading(&Reading::of(folded))
    }

    /// Likewise, with what the engine would have read instead.
    pub fn near_reading(self, reading: &Reading) -> Vec<DiseaseMatch<'l>> {
        self.near_reading_within(reading, 300)
    }

    /// Likewise, but only what costs no more than so many hundredths of an edit: the less, the
    /// faster.
    pub fn near_reading_within(self, reading: &Reading, limit: u16) -> Vec<DiseaseMatch<'l>> {
        let keys = self.image.keys(section::DISEASE_KEYS);
        let bounds = Bounds { extent: Extent::Beginning, limit, share: 27.0, slack: 110 };
        let mut found: Vec<DiseaseMatch<'l>> = self
            .image
            .near(section::DISEASE_KEYS, reading, bounds, 8)
            .into_iter()
            .filter_map(|near| {
                let word = keys.word(near.word);
                let allowed = (word.len() as f32 * 26.0).max(40.0);
                let end = misread_end(reading, near.taken, &word);
                // A last letter that was misread is no letter that was lost, which may be cheap.
                let lost = word.last().map_or(WHOLE, |last| self.image.confusions.lost(*last));
                let cost = if end > 0 { near.cost + WHOLE - lost.min(WHOLE) } else { near.cost };
                let acceptable = word.len() >= 3
                    && near.taken >= 2
                    && word.iter().any(|char| !char.is_ascii())
                    && f32::from(cost) <= allowed;
                acceptable.then(|| DiseaseMatch {
                    cost,
                    how: if cost > 0 { How::Likeness } else { How::Exact },
                    ..self.named(
                        keys.entries(near.word),
                        reading.covered(near.taken + end),
                        crate::score(cost, word.len()),
                    )
                })
            })
            .collect();
        found.sort_by(|one, other| other.score.total_cmp(&one.score));
        found
    }

    /// The Latin or German word that a misread one of six letters and more was, if it can be only
    /// one: Kaatarakt is Katarakt. Up to eleven letters one may be wrong, else two.
    pub fn near_latin(self, folded: &[char]) -> Option<DiseaseMatch<'l>> {
        let allowed = match folded.len() {
            ..SHORTEST_LATIN => return None,
            SHORTEST_LATIN..12 => 1,
            _ => 2,
        };
        let read = folded.to_vec();
        let keys = self.image.keys(section::FOLDED_CASE_KEYS);
        let far = |number: usize| keys.symbols(number).len().abs_diff(folded.len()) > allowed;
        let mut near: Vec<(usize, usize)> = (0..keys.len())
            .filter(|number| keys.symbols(*number).len() >= SHORTEST_LATIN && !far(*number))
            .map(|number| (strsim::generic_levenshtein(&keys.word(number), &read), number))
            .filter(|(edits, _)| *edits <= allowed)
            .collect();
        near.sort_unstable();
        let &(edits, number) = near.first()?;
        let found = self.abbreviated(self.abbreviation(keys.entries(number).first()?.get()), 0);
        let alone = near.get(1).is_none_or(|(next, _)| *next > edits) && found.diseases.len() == 1;
        let score = 1.0 - edits as f32 / folded.len() as f32;
        alone.then_some(DiseaseMatch { how: How::Likeness, score, length: folded.len(), ..found })
    }

    /// The longest modifier of the prefix kind that the folded text begins with.
    pub fn prefix_at(self, folded: &[char]) -> Option<(&'l ModifierRow, usize)> {
        self.modifier_at(section::PREFIX_KEYS, folded)
    }

    /// The longest modifier of the suffix kind that the folded text begins with.
    pub fn suffix_at(self, folded: &[char]) -> Option<(&'l ModifierRow, usize)> {
        self.modifier_at(section::SUFFIX_KEYS, folded)
    }

    fn modifier_at(self, section: usize, folded: &[char]) -> Option<(&'l ModifierRow, usize)> {
        let prefix = self.image.keys(section).longest(folded)?;
        let number = prefix.entries[0].get() as usize;
        Some((self.image.modifiers.get(&self.image.file, number), prefix.length))
    }

    /// The disease of a number.
    pub fn get(self, id: DiseaseId) -> &'l Disease {
        self.image.diseases.get(&self.image.file, id as usize)
    }

    /// How many diseases are known.
    pub fn n_diseases(self) -> usize {
        self.image.diseases.len()
    }

    fn abbreviation(self, number: u32) -> &'l Abbreviation {
        self.image.abbreviations.get(&self.image.file, number as usize)
    }

    /// Every name, for the user dictionary of the tokeniser.
    pub fn spellings(self) -> impl Iterator<Item = String> {
        self.image.diseases.all(&self.image.file).map(|disease| disease.name)
    }

    fn named(self, entries: &[U32], length: usize, score: f32) -> DiseaseMatch<'l> {
        let entries = entries.iter().map(|entry| entry.get());
        let how = entries.clone().map(How::of_entry).min().unwrap_or(How::Exact);
        let diseases = entries
            .filter(|entry| How::of_entry(*entry) == how)
            .map(|entry| (self.get(How::number_of_entry(entry)), how))
            .collect();
        DiseaseMatch { diseases, abbreviation: None, length, how, score, cost: 0 }
    }

    fn abbreviated(self, abbreviation: &'l Abbreviation, length: usize) -> DiseaseMatch<'l> {
        let diseases = abbreviation
            .diseases
            .iter()
            .map(|(id, _)| (self.get(*id), How::Abbreviation))
            .collect();
        DiseaseMatch {
            diseases,
            abbreviation: Some(abbreviation),
            length,
            how: How::Abbreviation,
            score: 1.0,
            cost: 0,
        }
    }
}

/// 1 if the word's last character was misread rather than lost, and so is one more of the reading:
/// 高コレステロール血正. What may begin a cue (気管支喘疑い) is no part of a name.
fn misread_end(reading: &Reading, taken: usize, word: &[char]) -> usize {
    const CUES: &str = "疑否除既無有左右術再の";
    let [.., last_but_one, last] = word else { return 0 };
    let (Some(end), Some(next)) =
        (taken.checked_sub(1).and_then(|at| reading.char(at)), reading.char(taken))
    else {
        return 0;
    };
    let misread = word.len() >= 4 && end == *last_but_one && end != *last;
    let alike = is_kanji(next) == is_kanji(*last) && is_katakana(next) == is_katakana(*last);
    usize::from(misread && alike && next.is_alphabetic() && !CUES.contains(next))
}

#[cfg(test)]
mod tests {
    use crate::Lexicon;

    #[test]
    fn a_latin_word_is_told_with_a_letter_wrong_if_it_can_be_only_one() {
        let lexicon = Lexicon::from_texts(&[
            ("drugs.csv", "stem\n"),
            (
                "diseases.csv",
                "name,icd10\n白内障,H26.9\n高血圧症,I10\n低血圧症,I95.9\n痛風,M10.9\n",
            ),
            (
                "abbreviations.csv",
                "written,kind,name\nKatarakt,disease,白内障\nHypertonie,disease,高血圧症\n\
                 Hypotonie,disease,低血圧症\nGicht,disease,痛風\n",
            ),
        ])
        .unwrap();
        let near = |word: &str| {
            let folded = crate::normalise::key(word);
            let found = lexicon.diseases().near_latin(&folded)?;
            Some(found.diseases[0].0.name.clone())
        };
        assert_eq!(near("Kaatarakt").as_deref(), Some("白内障"));
        assert_eq!(near("Hypertonle").as_deref(), Some("高血圧症"));
        // Short words are like too many others, and a word between two is neither.
        assert_eq!(near("icht"), None);
        assert_eq!(near("Hyptonie").as_deref(), Some("低血圧症"));
        assert_eq!(near("Kabarett"), None);
    }
}
