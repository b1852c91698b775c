//! Codes as they stand in fields: checked, or noted as faults and left out.

use super::{
    check_digit,
    day::{self, Field},
    fault::FaultKind,
    table::{Faults, Row},
};
use jiff::civil::Date;

/// What a code of a system looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum System {
    /// 薬価基準収載医薬品コード or YJ, with its check digit.
    Price,
    /// 一般名コード: the first nine of a price code and three letters or digits, mostly ZZZ.
    GeneralName,
    /// レセプト電算 医薬品コード: nine digits, the first a 6.
    ReceiptDrug,
    /// 傷病名コード: seven digits.
    ReceiptDisease,
    /// 修飾語コード: four digits.
    ReceiptModifier,
    /// 病名管理番号 or 修飾語管理番号: eight digits.
    Id,
    /// 交換用コード: four letters or digits.
    Exchange,
    /// ICD-10 as the masters write it: A072, T08-1, F152b.
    Icd10,
    /// JLAC10: seventeen letters or digits.
    Jlac10,
    /// J-FAGY: letters and digits, twelve but for the groups (00F).
    Jfagy,
    /// HOT: nine or thirteen digits.
    Hot,
    /// JAN: thirteen digits with a check digit.
    Jan,
}

impl System {
    fn fits(self, code: &str) -> bool {
        let bytes = code.as_bytes();
        let digits = |length: usize| bytes.len() == length && bytes.iter().all(u8::is_ascii_digit);
        let upper = |byte: &u8| byte.is_ascii_digit() || byte.is_ascii_uppercase();
        match self {
            Self::Price => check_digit::is_price_code_shaped(code),
            Self::GeneralName => {
                bytes.len() == 12
                    && bytes[..7].iter().all(u8::is_ascii_digit)
                    && bytes[7].is_ascii_uppercase()
                    && bytes[8..].iter().all(upper)
            }
            Self::ReceiptDrug => digits(9) && bytes[0] == b'6',
            Self::ReceiptDisease => digits(7),
            Self::ReceiptModifier => digits(4),
            Self::Id => digits(8),
            Self::Exchange => bytes.len() == 4 && bytes.iter().all(upper),
            Self::Icd10 => {
                (3..=6).contains(&bytes.len())
                    && bytes[0].is_ascii_uppercase()
                    && bytes[1..3].iter().all(u8::is_ascii_digit)
                    && bytes[3..].iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
            }
            Self::Jlac10 => bytes.len() == 17 && bytes.iter().all(upper),
            Self::Jfagy => (3..=12).contains(&bytes.len()) && bytes.iter().all(upper),
            Self::Hot => digits(9) || digits(13),
            Self::Jan => digits(13),
        }
    }

    fn holds(self, code: &str) -> bool {
        match self {
            Self::Price => check_digit::price_code_holds(code),
            Self::Jan => check_digit::gtin_holds(code),
            _ => true,
        }
    }
}

/// A code that has its shape and whose check digit holds; else what is wrong with it.
pub fn check(system: System, code: &str) -> Result<(), FaultKind> {
    if !system.fits(code) {
        return Err(FaultKind::Shape(short(code)));
    }
    if !system.holds(code) {
        return Err(FaultKind::CheckDigit(short(code)));
    }
    Ok(())
}

/// The code of a field; `None` if it is empty, a lone 0 or faulty, which is noted.
pub fn optional(
    system: System,
    row: &Row,
    column: usize,
    faults: &mut Faults<'_>,
) -> Option<String> {
    let code = row.field(column);
    if matches!(code, "" | "0") {
        return None;
    }
    match check(system, code) {
        Ok(()) => Some(code.to_owned()),
        Err(kind) => {
            faults.note(row, column, kind);
            None
        }
    }
}

/// The code of a field without which the row means nothing.
pub fn key(system: System, row: &Row, column: usize, faults: &mut Faults<'_>) -> Option<String> {
    let code = row.field(column);
    let checked = if code.is_empty() { Err(FaultKind::Empty) } else { check(system, code) };
    match checked {
        Ok(()) => Some(code.to_owned()),
        Err(kind) => {
            faults.lose(row, column, kind);
            None
        }
    }
}

/// The words of a field without which the row means nothing.
pub fn words(row: &Row, column: usize, faults: &mut Faults<'_>) -> Option<String> {
    let words = row.field(column);
    if words.is_empty() {
        faults.lose(row, column, FaultKind::Empty);
        return None;
    }
    Some(words.to_owned())
}

/// The day of a field of eight digits.
pub fn day(row: &Row, column: usize, faults: &mut Faults<'_>) -> Option<Date> {
    match day::field(row.field(column)) {
        Field::On(date) => Some(date),
        Field::Open => None,
        Field::Wrong => {
            faults.note(row, column, FaultKind::Day(short(row.field(column))));
            None
        }
    }
}

/// ICD-10 with its point and without the masters' own additions: A072 is A07.2, J9690 is J96.90;
/// F152b is F15.2 and T08-1 is T08, since letter and figure behind a dash are not of WHO.
pub fn icd10_with_point(code: &str) -> String {
    let code = code.split('-').next().unwrap_or(code);
    let code = code.trim_end_matches(|char: char| char.is_ascii_lowercase());
    match code.split_at_checked(3) {
        Some((head, tail)) if !tail.is_empty() => format!("{head}.{tail}"),
        _ => code.to_owned(),
    }
}

/// What a message shows of a field that may be anything.
fn short(text: &str) -> String {
    const SHOWN: usize = 24;
    if text.chars().count() <= SHOWN {
        return text.to_owned();
    }
    text.chars().take(SHOWN).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn icd_codes_lose_what_is_not_of_who() {
        for (written, code) in [
            ("E14", "E14"),
            ("A072", "A07.2"),
            ("J9690", "J96.90"),
            ("F152b", "F15.2"),
            ("T08-1", "T08"),
            ("M45-9", "M45"),
        ] {
            assert_eq!(check(System::Icd10, written), Ok(()));
            assert_eq!(icd10_with_point(written), code);
        }
        assert!(check(System::Icd10, "１０").is_err());
    }

    #[test]
    fn a_code_of_another_system_has_another_shape() {
        assert!(check(System::ReceiptDrug, "710000001").is_err());
        assert!(check(System::Exchange, "ab12").is_err());
        assert_eq!(check(System::GeneralName, "3339950QAZZZ"), Ok(()));
        assert!(matches!(check(System::Price, "2456001F1018"), Err(FaultKind::CheckDigit(_))));
    }
}
