//! The eras that a form prints so that a hand draws a ring around one of them.
//!
//! ```text
//! eras = era { between era } ;   (* three or more, in their order; all in full, or all by their first
//!                                   character, or by letter: 明治大正昭和平成令和, 明・大・昭・平・令, M T S H R *)
//! ```
//!
//! The reader may take a character that a ring touches for another: an era between two that were read
//! is told by its place.

use std::ops::Range;

use chart::wareki::Era;

use crate::normalise::Text;

/// Fewer eras in a row are no choice.
const LEAST: usize = 3;
/// What may stand between two eras: a separator, what is left of a ring, a character that was misread.
const MOST_BETWEEN: usize = 4;

/// Eras in print, with the characters of each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EraChoice {
    eras: Vec<(Era, Range<usize>)>,
}

impl EraChoice {
    /// The first in a text.
    pub fn find(text: &Text) -> Option<Self> {
        (0..text.len()).find_map(|start| Self::at(text.folded(), start))
    }

    fn at(chars: &[char], start: usize) -> Option<Self> {
        let spellings: [fn(Era) -> Vec<char>; 3] = [
            |era| era.kanji().chars().collect(),
            |era| era.kanji().chars().take(1).collect(),
            |era| vec![era.letter().to_ascii_lowercase()],
        ];
        spellings.into_iter().find_map(|spelling| {
            let (mut at, mut left) = (start, &Era::ALL[..]);
            let mut eras: Vec<(Era, Range<usize>)> = Vec::new();
            while at <= eras.last().map_or(start, |(_, range)| range.end + MOST_BETWEEN) {
                let here = chars.get(at..)?;
                let met = left.iter().position(|era| here.starts_with(&spelling(*era)));
                let Some(met) = met else {
                    if eras.is_empty() || here.is_empty() {
                        break;
                    }
                    at += 1;
                    continue;
                };
                let length = spelling(left[met]).len();
                eras.push((left[met], at..at + length));
                at += length;
                left = &left[met + 1..];
            }
            (eras.len() >= LEAST).then_some(Self { eras })
        })
    }

    /// Where it ends. What is written for the year follows.
    pub fn end(&self) -> usize {
        self.eras.last().map_or(0, |(_, range)| range.end)
    }

    /// The one with a ring around it, if one alone has.
    pub fn chosen(&self, is_ringed: impl Fn(Range<usize>) -> bool) -> Option<Era> {
        let read = self.eras.iter().filter(|(_, range)| is_ringed(range.clone()));
        let misread = self.eras.windows(2).filter_map(|pair| {
            let [(before, first), (after, second)] = pair else { return None };
            let between = first.end..second.start;
            let [missing] =
                Era::ALL.into_iter().filter(|era| before < era && era < after).collect::<Vec<_>>()
                    [..]
            else {
                return None;
            };
            (!between.is_empty() && is_ringed(between)).then_some(missing)
        });
        let ringed: Vec<Era> = read.map(|(era, _)| *era).chain(misread).collect();
        if let [only] = ringed[..] { Some(only) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The era chosen in a text in which `()` is drawn around what has a ring: `none` of a choice, `-`
    /// where there is no choice.
    fn chosen(marked: &str) -> &'static str {
        let raw: String = marked.chars().filter(|char| !matches!(char, '(' | ')')).collect();
        let from = marked.chars().position(|char| char == '(').unwrap_or(usize::MAX);
        let to = marked.chars().position(|char| char == ')').map_or(0, |at| at - 1);
        let text = Text::of_line(0, &raw);
        let Some(found) = EraChoice::find(&text) else { return "-" };
        found.chosen(|range| range.start < to && range.end > from).map_or("none", Era::kanji)
    }

    #[test]
    fn the_era_in_the_ring_is_chosen() {
        let table = [
            ("明治大正(昭和)平成令和 4年2月27日", "昭和"),
            ("明・大・昭・(平)・令 4年2月27日", "平成"),
            ("明大(昭)平令43年1月2日男女", "昭和"),
            ("M・T・(S)・H・R 43.1.2", "昭和"),
            ("大昭(平)令 4年", "平成"),
            ("昭・平・(令) 4年", "令和"),
            // Misread in its ring.
            ("明大(個)平令35年", "昭和"),
            ("明治大正(昭秘)平成令和35年", "昭和"),
            // None, or two.
            ("明大昭平令43年", "none"),
            ("明大(昭平)令43年", "none"),
            // No choice.
            ("昭和43年", "-"),
            ("平成令和", "-"),
            ("大阪市昭和町", "-"),
        ];
        for (marked, expected) in table {
            assert_eq!(chosen(marked), expected, "{marked}");
        }
    }

    #[test]
    fn what_is_written_follows() {
        let text = Text::of_line(0, "明大昭平令43年1月2日");
        assert_eq!(EraChoice::find(&text).unwrap().end(), 5);
    }
}
