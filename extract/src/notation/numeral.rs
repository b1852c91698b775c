//! Figures in kanji: 二八 and 二十八, 一〇〇, 二・五; as they stand in columns.
//!
//! ```text
//! numeral  = digit { digit } [ "・" digit { digit } ]      (* 一四, 二・五 *)
//!          | [ digit ] "百" [ tens ] | tens ;              (* 百二十, 二十八, 十 *)
//! tens     = [ digit ] "十" [ digit ] ;
//! digit    = "〇" | "一" | … | "九" ;
//! ```
//!
//! Readers put spaces between the characters of a column; behind 分 and × one digit is all there is (分一 四日分).

use rust_decimal::Decimal;

/// A figure in kanji that a text begins with, and how many characters it takes.
pub fn numeral(text: &[char], joined: bool) -> Option<(Decimal, usize)> {
    // 百日咳 is a disease.
    if text.starts_with(&['百', '日', '咳']) {
        return None;
    }
    let (letters, length) = letters(text, joined);
    // 〇〇 is no figure, and 〇 alone is a ring.
    if letters.iter().all(|char| *char == '〇') {
        return None;
    }
    Some((value(&letters)?, length))
}

/// The characters of the figure without the spaces between them, and how many there are with these.
fn letters(text: &[char], joined: bool) -> (Vec<char>, usize) {
    let mut letters: Vec<char> = Vec::new();
    let mut length = 0;
    let mut at = 0;
    while let Some(&char) = text.get(at) {
        if is_numeral(char) || char == '・' && is_point(text, at, &letters, joined) {
            letters.push(if matches!(char, '○' | '◯' | '零') { '〇' } else { char });
            at += 1;
            length = at;
            if !joined {
                break;
            }
        } else if char == ' ' && !letters.is_empty() {
            at += 1;
        } else {
            break;
        }
    }
    (letters, length)
}

/// Whether a dot in a figure is its point.
fn is_point(text: &[char], at: usize, before: &[char], joined: bool) -> bool {
    let next = text[at + 1..].iter().find(|char| **char != ' ');
    joined
        && before.last().is_some_and(|char| digit(*char).is_some())
        && !before.contains(&'・')
        && next.is_some_and(|char| digit(*char).is_some() || is_numeral(*char))
}

/// Whether a character is part of a figure in kanji.
pub fn is_numeral(char: char) -> bool {
    digit(char).is_some() || matches!(char, '十' | '百' | '○' | '◯' | '零')
}

fn digit(char: char) -> Option<u32> {
    let at = "〇一二三四五六七八九".chars().position(|digit| digit == char)?;
    u32::try_from(at).ok()
}

fn value(letters: &[char]) -> Option<Decimal> {
    let (whole, fraction) = match letters.iter().position(|char| *char == '・') {
        Some(point) => (&letters[..point], &letters[point + 1..]),
        None => (letters, &[][..]),
    };
    let digits =
        |letters: &[char]| letters.iter().map(|char| digit(*char)).collect::<Option<Vec<_>>>();
    let figures = if whole.iter().any(|char| matches!(char, '十' | '百')) {
        counted(whole)?.to_string()
    } else {
        digits(whole)?.iter().map(u32::to_string).collect()
    };
    let rest: String = digits(fraction)?.iter().map(u32::to_string).collect();
    let written = if rest.is_empty() { figures } else { format!("{figures}.{rest}") };
    (written.len() <= LONGEST).then(|| written.parse().ok()).flatten()
}

/// More digits are no figure of a chart.
const LONGEST: usize = 6;

/// 百二十, 二十八, 十.
fn counted(letters: &[char]) -> Option<u32> {
    let mut sum = 0;
    let mut open: Option<u32> = None;
    let mut least = u32::MAX;
    for &char in letters {
        let unit = match char {
            '百' => 100,
            '十' => 10,
            _ => {
                if open.is_some() {
                    return None;
                }
                open = Some(digit(char)?);
                continue;
            }
        };
        if unit >= least {
            return None;
        }
        least = unit;
        sum += open.take().unwrap_or(1) * unit;
    }
    Some(sum + open.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(String, usize)> {
        let text: Vec<char> = text.chars().collect();
        numeral(&text, true).map(|(value, length)| (value.to_string(), length))
    }

    #[test]
    fn figures_in_kanji_are_read_in_both_ways() {
        for (text, value, length) in [
            ("三回", "3", 1),
            ("一四日分", "14", 2),
            ("二 八日分", "28", 3),
            ("二十八日", "28", 3),
            ("十日", "10", 1),
            ("百二十", "120", 3),
            ("一〇〇）", "100", 3),
            ("五○○", "500", 3),
            ("二・五）", "2.5", 3),
            ("〇・一二五", "0.125", 5),
            ("三 錠", "3", 1),
        ] {
            assert_eq!(read(text), Some((value.to_owned(), length)), "{text}");
        }
        for text in ["百日咳", "〇〇", "○", "・五", "十百", "日"] {
            assert_eq!(read(text), None, "{text}");
        }
        let split: Vec<char> = "一 四日分".chars().collect();
        assert_eq!(numeral(&split, false).map(|found| found.1), Some(1));
    }
}
