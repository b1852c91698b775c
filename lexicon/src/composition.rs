//! Names of diseases that are put together: 右変形性膝関節症の疑い.
//!
//! ```text
//! name = { prefix } base { suffix } ;     (* 右 + 変形性膝関節症 + の疑い *)
//! ```
//!
//! A modifier stands before or behind the base as its 修飾語区分 or MEDIS says, not as the first
//! figure of its code. The longest whole name wins over a composition: 急性気管支炎 is a base of
//! its own, whatever 急性 is. ICD-10 is the base's; base and modifiers keep a code each.

use crate::{
    disease::{Disease, DiseaseMatch, Diseases, ModifierRow},
    normalise::{self, SOFT_BREAK},
};

/// A base with the modifiers before it, at the beginning of a text.
#[derive(Debug, Clone)]
pub struct Composition<'l> {
    /// The modifiers before the base, in their order.
    pub prefixes: Vec<&'l ModifierRow>,
    /// The base.
    pub matched: DiseaseMatch<'l>,
    /// Where the base begins.
    pub base: usize,
    /// How many characters of the text all of it covers.
    pub length: usize,
}

/// A whole name in its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Composed<'l> {
    /// The modifiers before the base.
    pub prefixes: Vec<&'l ModifierRow>,
    /// The base.
    pub base: &'l Disease,
    /// The modifiers behind it.
    pub suffixes: Vec<&'l ModifierRow>,
}

/// More modifiers stand before no name.
pub(crate) const MOST_MODIFIERS: usize = 3;

impl<'l> Diseases<'l> {
    /// The base with the modifiers before it that covers most of what the text begins with, the
    /// one of fewer modifiers if two cover the same. `is_name`: whether the base may stand at that
    /// place of the text. `chars` as written and `folded` are the same text.
    pub fn composed_at(
        self,
        chars: &[char],
        folded: &[char],
        is_name: impl Fn(usize, &DiseaseMatch<'l>) -> bool,
    ) -> Option<Composition<'l>> {
        let mut best: Option<Composition<'l>> = None;
        let mut prefixes = Vec::new();
        let mut at = 0;
        for _ in 0..=MOST_MODIFIERS {
            let found = self.at(&chars[at..], &folded[at..]);
            if let Some(matched) = found.into_iter().find(|found| is_name(at, found)) {
                let length = at + matched.length;
                if best.as_ref().is_none_or(|best| length > best.length) {
                    best =
                        Some(Composition { prefixes: prefixes.clone(), matched, base: at, length });
                }
            }
            let Some((row, length)) = self.prefix_before(&folded[at..]) else { break };
            prefixes.push(row);
            at += length;
            if at >= folded.len() {
                break;
            }
        }
        best
    }

    /// The modifier that stands before something, with the space or の behind it.
    pub fn prefix_before(self, folded: &[char]) -> Option<(&'l ModifierRow, usize)> {
        let (row, length) = self.prefix_at(folded)?;
        // A Latin L or R before a Latin word is a part of that word.
        let latin = folded[length - 1].is_ascii_alphabetic();
        if latin && folded.get(length).is_some_and(char::is_ascii_alphanumeric) {
            return None;
        }
        let spaces =
            folded[length..].iter().take_while(|char| **char == ' ' || **char == SOFT_BREAK);
        let of = usize::from(folded.get(length) == Some(&'の'));
        Some((row, length + spaces.count() + of))
    }

    /// A whole name in its parts, if every part of it is one of the lexicon: `None` for what holds
    /// anything else, or nothing but modifiers.
    pub fn composed(self, name: &str) -> Option<Composed<'l>> {
        let key = normalise::key(name);
        // The shorter base may be the right one if a suffix follows: 胃癌 + 術後.
        let is_name = |at: usize, found: &DiseaseMatch<'l>| {
            found.abbreviation.is_none() && self.suffixes(&key[at + found.length..]).is_some()
        };
        let found = self.composed_at(&key, &key, is_name)?;
        let &(base, _) = found.matched.diseases.first()?;
        let suffixes = self.suffixes(&key[found.length..])?;
        Some(Composed { prefixes: found.prefixes, base, suffixes })
    }

    /// The suffixes of which a text consists; `None` if it holds anything else.
    fn suffixes(self, mut folded: &[char]) -> Option<Vec<&'l ModifierRow>> {
        let mut suffixes = Vec::new();
        while !folded.is_empty() {
            let (row, length) = self.suffix_at(folded)?;
            suffixes.push(row);
            folded = &folded[length..];
        }
        Some(suffixes)
    }

    /// The modifier of the very name, before or behind.
    pub fn modifier(self, name: &str) -> Option<&'l ModifierRow> {
        let key = normalise::key(name);
        let whole = |found: Option<(&'l ModifierRow, usize)>| {
            found.filter(|(_, length)| *length == key.len()).map(|(row, _)| row)
        };
        whole(self.prefix_at(&key)).or_else(|| whole(self.suffix_at(&key)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Lexicon;

    fn lexicon() -> Lexicon {
        Lexicon::from_texts(&[
            ("drugs.csv", "stem\nワソラン\n"),
            (
                "diseases.csv",
                "name,icd10\n変形性膝関節症,M17.1\n急性気管支炎,J20.9\n気管支炎,J40\n術後合併症,T81.9\n",
            ),
            (
                "modifiers.csv",
                "name,position,kind,receipt_code\n右,prefix,位置,2056\n急性,prefix,経過,4012\n\
                 術後,prefix,病因,3088\nの疑い,suffix,接尾語,8002\nの術後,suffix,接尾語,8048\n",
            ),
        ])
        .unwrap()
    }

    fn parts(name: &str) -> String {
        let lexicon = lexicon();
        let Some(composed) = lexicon.diseases().composed(name) else { return String::new() };
        let coded = |rows: &[&ModifierRow]| {
            let parts = rows.iter().map(|row| format!("{} {}", row.name, row.receipt_code));
            parts.collect::<Vec<_>>().join(", ")
        };
        format!(
            "{} | {} {} | {}",
            coded(&composed.prefixes),
            composed.base.name,
            composed.base.icd10.clone().unwrap_or_default(),
            coded(&composed.suffixes)
        )
    }

    #[test]
    fn a_name_comes_apart_and_each_part_keeps_its_code() {
        assert_eq!(parts("右変形性膝関節症の疑い"), "右 2056 | 変形性膝関節症 M17.1 | の疑い 8002");
        assert_eq!(parts("右の急性気管支炎の術後"), "右 2056 | 急性気管支炎 J20.9 | の術後 8048");
    }

    #[test]
    fn the_longest_whole_name_wins_over_a_composition() {
        assert_eq!(parts("急性気管支炎"), " | 急性気管支炎 J20.9 | ");
        assert_eq!(parts("術後合併症"), " | 術後合併症 T81.9 | ");
        assert_eq!(parts("術後気管支炎"), "術後 3088 | 気管支炎 J40 | ");
    }

    #[test]
    fn what_holds_anything_else_is_no_composition() {
        assert_eq!(parts("右何か変形性膝関節症"), "");
        assert_eq!(parts("変形性膝関節症など"), "");
        assert_eq!(parts("右の疑い"), "");
    }
}
