//! Days as the official files write them: 20240401, R8.3.31まで, 令和７年８月１４日適用.

use chart::wareki::Era;
use jiff::civil::Date;

/// What a field of eight digits says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// Empty, 0, 00000000 or 99999999: not stated, or open.
    Open,
    /// A day.
    On(Date),
    /// Neither.
    Wrong,
}

/// A field with eight digits.
pub fn field(text: &str) -> Field {
    match text.trim() {
        "" | "0" | "00000000" | "99999999" => Field::Open,
        text => compact(text).map_or(Field::Wrong, Field::On),
    }
}

/// `20240401`; days before 1868 and after 2199 are no days of these files.
pub fn compact(text: &str) -> Option<Date> {
    if text.len() != 8 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let date =
        Date::new(text[..4].parse().ok()?, text[4..6].parse().ok()?, text[6..].parse().ok()?)
            .ok()?;
    (1868..2200).contains(&date.year()).then_some(date)
}

/// The first day of the Japanese calendar in a text: `R8.3.31まで`, `H26.4.17収載`,
/// `令和７年８月１４日適用`. The text must be in NFKC.
pub fn wareki(text: &str) -> Option<Date> {
    text.char_indices().map(|(at, _)| &text[at..]).find_map(|rest| {
        let (era, rest) = era(rest)?;
        let (year, rest) = match rest.strip_prefix('元') {
            Some(rest) => (1, rest),
            None => number(rest)?,
        };
        let (month, rest) = number(rest.strip_prefix(['.', '年', '/'])?)?;
        let (day, _) = number(rest.strip_prefix(['.', '月', '/'])?)?;
        let year = i16::try_from(year).ok()?.checked_add(era.first_day().year() - 1)?;
        Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
    })
}

/// A day in the name of a file: `y_ALL20240321.csv`, `tp20250716-01_01.xlsx`, `2025-07-16.csv`,
/// `ippanmeishohoumaster_250814.xlsx` (six digits are of this century).
pub fn in_file_name(name: &str) -> Option<Date> {
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let runs: Vec<&str> = name.split(|char: char| !char.is_ascii_digit()).collect();
    runs.iter()
        .find_map(|run| compact(run))
        .or_else(|| {
            runs.windows(3).find_map(|three| {
                (three[0].len() == 4 && three[1].len() == 2 && three[2].len() == 2)
                    .then(|| compact(&three.concat()))?
            })
        })
        .or_else(|| {
            runs.iter().filter(|run| run.len() == 6).find_map(|run| compact(&format!("20{run}")))
        })
}

fn era(text: &str) -> Option<(Era, &str)> {
    Era::ALL.into_iter().find_map(|era| {
        let rest = text.strip_prefix(era.kanji()).or_else(|| text.strip_prefix(era.letter()))?;
        Some((era, rest))
    })
}

fn number(text: &str) -> Option<(u16, &str)> {
    let end = text.find(|char: char| !char.is_ascii_digit()).unwrap_or(text.len());
    Some((text[..end].parse().ok()?, &text[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn open_ends_are_no_days() {
        assert_eq!(field("99999999"), Field::Open);
        assert_eq!(field("0"), Field::Open);
        assert_eq!(field("20240401"), Field::On(date(2024, 4, 1)));
        assert_eq!(field("20240231"), Field::Wrong);
        assert_eq!(field("2024年度"), Field::Wrong);
    }

    #[test]
    fn eras_are_found_in_notes() {
        assert_eq!(wareki("R8.3.31まで"), Some(date(2026, 3, 31)));
        assert_eq!(wareki("H26.4.17収載\nH26.8.8コード変更"), Some(date(2014, 4, 17)));
        assert_eq!(wareki("一般名処方マスタ(令和7年8月14日適用)"), Some(date(2025, 8, 14)));
        assert_eq!(wareki("令和元年5月1日"), Some(date(2019, 5, 1)));
        for none in ["R8.13.31まで", "先発品はS錠", "", "R99999.1.1"] {
            assert_eq!(wareki(none), None, "{none}");
        }
    }

    #[test]
    fn names_of_files_bear_days() {
        assert_eq!(in_file_name("a/20230101/y_ALL20240321.csv"), Some(date(2024, 3, 21)));
        assert_eq!(in_file_name("tp20250716-01_01.xlsx"), Some(date(2025, 7, 16)));
        assert_eq!(in_file_name("price 2018-04-01.csv"), Some(date(2018, 4, 1)));
        assert_eq!(in_file_name("master_250814.xlsx"), Some(date(2025, 8, 14)));
        assert_eq!(in_file_name("y.csv"), None);
    }
}
