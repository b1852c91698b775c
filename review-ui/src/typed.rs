//! Numbers and dates as people type them: with full-width digits, in eras, with slips of space.
//!
//! ```text
//! date = year | year month | year month day
//! year = four digits | era (元 | one or two digits)
//! ```

use rust_decimal::Decimal;
use unicode_normalization::UnicodeNormalization;

/// An era: its spellings, its first year less one, and its last year.
struct Era {
    spellings: &'static [&'static str],
    offset: u16,
    last: u16,
}

/// The eras in which patients and charts were born. The last year of each is its own count,
/// so that 昭和65年 is refused rather than moved into 平成.
const ERAS: &[Era] = &[
    Era { spellings: &["明治", "明", "M"], offset: 1867, last: 45 },
    Era { spellings: &["大正", "大", "T"], offset: 1911, last: 15 },
    Era { spellings: &["昭和", "昭", "S"], offset: 1925, last: 64 },
    Era { spellings: &["平成", "平", "H"], offset: 1988, last: 31 },
    Era { spellings: &["令和", "令", "R"], offset: 2018, last: 99 },
];

/// A decimal number; full-width digits and points are taken too.
pub(crate) fn number(text: &str) -> Option<Decimal> {
    let plain: String = text.nfkc().filter(|letter| !letter.is_whitespace()).collect();
    plain.replace('。', ".").parse().ok().filter(|number: &Decimal| !number.is_sign_negative())
}

/// A whole number.
pub(crate) fn whole<N: TryFrom<u32>>(text: &str) -> Option<N> {
    let plain: String = text.nfkc().filter(|letter| !letter.is_whitespace()).collect();
    plain.parse::<u32>().ok().and_then(|number| N::try_from(number).ok())
}

/// A date in ISO 8601, as precise as it was typed: `1948`, `1948-03`, `1948-03-05`.
pub(crate) fn date(text: &str) -> Option<String> {
    let plain: String = text.nfkc().filter(|letter| !letter.is_whitespace()).collect();
    let (offset, last, rest) = era(&plain);
    let rest = rest.replacen('元', "1", 1);
    let parts: Vec<u16> = rest
        .split(|letter: char| !letter.is_ascii_digit())
        .filter(|part| !part.is_empty())
        .map(str::parse)
        .collect::<Result<_, _>>()
        .ok()?;
    let is_a_date = rest.chars().all(|c| c.is_ascii_digit() || "-/.年月日".contains(c));
    let (&year, rest) = parts.split_first().filter(|_| is_a_date)?;
    if year == 0 || year > last || (offset == 0 && year < 1850) {
        return None;
    }
    let year = year + offset;
    match *rest {
        [] => Some(format!("{year:04}")),
        [month @ 1..=12] => Some(format!("{year:04}-{month:02}")),
        [month, day] => jiff::civil::Date::new(year as i16, month as i8, day as i8)
            .ok()
            .filter(|_| month <= 12 && day <= 31)
            .map(|date| date.to_string()),
        _ => None,
    }
}

/// What the era adds to the year, the last year it has, and the rest of the text.
fn era(text: &str) -> (u16, u16, &str) {
    ERAS.iter()
        .flat_map(|era| era.spellings.iter().map(move |spelling| (era, spelling)))
        .find_map(|(era, spelling)| Some((era.offset, era.last, text.strip_prefix(*spelling)?)))
        .unwrap_or((0, 2200, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_typed_on_a_japanese_keyboard_are_numbers() {
        assert_eq!(number("１．５"), Some(Decimal::new(15, 1)));
        assert_eq!(number(" 3 "), Some(Decimal::from(3)));
        assert_eq!(number("三"), None);
        assert_eq!(number("-1"), None);
        assert_eq!(whole::<u16>("１４"), Some(14));
        assert_eq!(whole::<u8>("999"), None);
    }

    #[test]
    fn dates_are_as_precise_as_they_were_typed() {
        for (typed, iso) in [
            ("1948", "1948"),
            ("1998-3", "1998-03"),
            ("1998/03/05", "1998-03-05"),
            ("昭和23年3月5日", "1948-03-05"),
            ("Ｓ２３．３．５", "1948-03-05"),
            ("平成元年", "1989"),
            ("H10.4", "1998-04"),
        ] {
            assert_eq!(date(typed).as_deref(), Some(iso), "{typed}");
        }
    }

    #[test]
    fn dates_that_do_not_exist_are_refused() {
        for typed in ["昭和65年", "1998-13", "1998-02-30", "98", "春", "1998-3-5-1", "3ヶ月前"]
        {
            assert_eq!(date(typed), None, "{typed}");
        }
    }
}
