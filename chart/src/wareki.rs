//! Japanese eras and western dates, both ways, as precise as they were written.
//!
//! Year 1 of an era (元年) is the western year in which it began. The day on which one era gives
//! way to the next belongs to both from Meiji to Shōwa (1912-07-30, 1926-12-25) and to one from
//! then on. Paper is kinder than the calendar: `H31.8` and `S64.3` were written by habit for
//! months after the change. Those are accepted, counted on, and marked irregular; what no
//! habit explains (`S70`, `R5.2.30`) is refused.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// An era since Japan counts years by the western calendar's rhythm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Era {
    /// 明治, from 1868-01-25.
    Meiji,
    /// 大正, from 1912-07-30.
    Taisho,
    /// 昭和, from 1926-12-25.
    Showa,
    /// 平成, from 1989-01-08.
    Heisei,
    /// 令和, from 2019-05-01.
    Reiwa,
}

impl Era {
    /// All eras, oldest first.
    pub const ALL: [Self; 5] = [Self::Meiji, Self::Taisho, Self::Showa, Self::Heisei, Self::Reiwa];

    /// The name in full: 昭和.
    pub const fn kanji(self) -> &'static str {
        match self {
            Self::Meiji => "明治",
            Self::Taisho => "大正",
            Self::Showa => "昭和",
            Self::Heisei => "平成",
            Self::Reiwa => "令和",
        }
    }

    /// The letter on forms: S.
    pub const fn letter(self) -> char {
        match self {
            Self::Meiji => 'M',
            Self::Taisho => 'T',
            Self::Showa => 'S',
            Self::Heisei => 'H',
            Self::Reiwa => 'R',
        }
    }

    /// The era that a spelling means: `昭和`, `昭`, `S`, `s`, `㍼`.
    pub fn from_spelling(spelling: &str) -> Option<Self> {
        match spelling {
            "明治" | "明" | "M" | "m" | "㍾" => Some(Self::Meiji),
            "大正" | "大" | "T" | "t" | "㍽" => Some(Self::Taisho),
            "昭和" | "昭" | "S" | "s" | "㍼" => Some(Self::Showa),
            "平成" | "平" | "H" | "h" | "㍻" => Some(Self::Heisei),
            "令和" | "令" | "R" | "r" | "㋿" => Some(Self::Reiwa),
            _ => None,
        }
    }

    /// The first day.
    pub const fn first_day(self) -> Date {
        match self {
            Self::Meiji => jiff::civil::date(1868, 1, 25),
            Self::Taisho => jiff::civil::date(1912, 7, 30),
            Self::Showa => jiff::civil::date(1926, 12, 25),
            Self::Heisei => jiff::civil::date(1989, 1, 8),
            Self::Reiwa => jiff::civil::date(2019, 5, 1),
        }
    }

    /// The last day; `None` of the present era.
    pub const fn last_day(self) -> Option<Date> {
        match self {
            Self::Meiji => Some(jiff::civil::date(1912, 7, 30)),
            Self::Taisho => Some(jiff::civil::date(1926, 12, 25)),
            Self::Showa => Some(jiff::civil::date(1989, 1, 7)),
            Self::Heisei => Some(jiff::civil::date(2019, 4, 30)),
            Self::Reiwa => None,
        }
    }

    /// The era that a day falls into and its year there; `None` before Meiji. A day that
    /// belongs to two eras is counted in the later one.
    pub fn of(date: Date) -> Option<(Self, i16)> {
        let era = Self::ALL.into_iter().rev().find(|era| era.first_day() <= date)?;
        Some((era, date.year() - era.first_day().year() + 1))
    }
}

/// A date as precise as it was written. Invariant: a day has a month, and the day exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PartialDate {
    year: i16,
    month: Option<i8>,
    day: Option<i8>,
}

/// Why a written date is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ImpossibleDate {
    /// 昭和70年, 令和0年.
    #[error("{}{year} does not exist", era.kanji())]
    Year {
        /// The era.
        era: Era,
        /// The year counted in it.
        year: i16,
    },
    /// Month 13, 30 February, a day without a month.
    #[error("{year}-{month}-{day} is not on the calendar")]
    Day {
        /// Western year.
        year: i16,
        /// Month, 0 if none was written.
        month: i8,
        /// Day, 0 if none was written.
        day: i8,
    },
    /// Before the era began: 平成元年1月3日.
    #[error("{date} is before {} began", era.kanji())]
    BeforeEra {
        /// The era.
        era: Era,
        /// The western date it would be.
        date: PartialDate,
    },
}

impl PartialDate {
    /// A date on the western calendar, of a year alone, a month or a day.
    pub fn new(year: i16, month: Option<i8>, day: Option<i8>) -> Result<Self, ImpossibleDate> {
        let impossible =
            ImpossibleDate::Day { year, month: month.unwrap_or(0), day: day.unwrap_or(0) };
        if day.is_some() && month.is_none() {
            return Err(impossible);
        }
        Date::new(year, month.unwrap_or(1), day.unwrap_or(1)).map_err(|_| impossible)?;
        Ok(Self { year, month, day })
    }

    /// From `1948`, `1948-03` or `1948-03-05`; `None` if it is none of these or no date.
    pub fn from_iso(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let year = parts.next().filter(|year| year.len() == 4)?.parse().ok()?;
        let mut two_digits = || match parts.next() {
            None => Some(None),
            Some(part) if part.len() == 2 => part.parse().ok().map(Some),
            Some(_) => None,
        };
        let (month, day) = (two_digits()?, two_digits()?);
        parts.next().is_none().then_some(())?;
        Self::new(year, month, day).ok()
    }

    /// Western year.
    pub const fn year(self) -> i16 {
        self.year
    }

    /// Month, if written.
    pub const fn month(self) -> Option<i8> {
        self.month
    }

    /// Day, if written.
    pub const fn day(self) -> Option<i8> {
        self.day
    }

    /// The first day it can mean.
    pub fn earliest(self) -> Date {
        // The parts were checked at construction.
        Date::new(self.year, self.month.unwrap_or(1), self.day.unwrap_or(1))
            .unwrap_or(Date::constant(1, 1, 1))
    }

    /// The last day it can mean.
    pub fn latest(self) -> Date {
        if self.day.is_some() {
            return self.earliest();
        }
        let month = Date::new(self.year, self.month.unwrap_or(12), 1);
        month.map_or(self.earliest(), Date::last_of_month)
    }

    /// In words of the era: 令和5年3月10日, 昭和64年; western figures before Meiji.
    pub fn in_era(self) -> String {
        let (era, year) = match Era::of(self.earliest()) {
            Some((era, 1)) => (era.kanji(), "元".to_owned()),
            Some((era, year)) => (era.kanji(), year.to_string()),
            None => ("西暦", self.year.to_string()),
        };
        let month = self.month.map(|month| format!("{month}月")).unwrap_or_default();
        let day = self.day.map(|day| format!("{day}日")).unwrap_or_default();
        format!("{era}{year}年{month}{day}")
    }
}

impl fmt::Display for PartialDate {
    /// ISO 8601, cut where the writing ended.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        if let Some(month) = self.month {
            write!(f, "-{month:02}")?;
        }
        if let Some(day) = self.day {
            write!(f, "-{day:02}")?;
        }
        Ok(())
    }
}

/// A date written in an era, on the western calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FromWareki {
    /// The date.
    pub date: PartialDate,
    /// Written in an era that was over by then (H31.8), by habit.
    pub irregular: bool,
}

/// By how many years a writer may overrun an era, beyond the rest of its last year. Forms and
/// insurance cards printed with 平成32年 stayed in use; 昭和65 was a misreading even then.
const fn overrun(era: Era) -> i16 {
    if matches!(era, Era::Heisei) { 1 } else { 0 }
}

/// What `year`, `month` and `day` of an era are on the western calendar.
pub fn from_wareki(
    era: Era,
    year: i16,
    month: Option<i8>,
    day: Option<i8>,
) -> Result<FromWareki, ImpossibleDate> {
    let no_such_year = ImpossibleDate::Year { era, year };
    if !(1..=200).contains(&year) {
        return Err(no_such_year);
    }
    let date = PartialDate::new(era.first_day().year() + year - 1, month, day)?;
    if date.latest() < era.first_day() {
        return Err(ImpossibleDate::BeforeEra { era, date });
    }
    let irregular = match era.last_day() {
        Some(last) if date.earliest() > last => {
            if date.year() > last.year() + overrun(era) {
                return Err(no_such_year);
            }
            true
        }
        _ => false,
    };
    Ok(FromWareki { date, irregular })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn western(era: Era, year: i16, month: Option<i8>, day: Option<i8>) -> String {
        match from_wareki(era, year, month, day) {
            Ok(FromWareki { date, irregular: false }) => date.to_string(),
            Ok(FromWareki { date, irregular: true }) => format!("{date} irregular"),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn a_date_is_as_precise_as_it_was_written() {
        assert_eq!(western(Era::Reiwa, 5, Some(3), Some(10)), "2023-03-10");
        assert_eq!(western(Era::Showa, 23, Some(4), None), "1948-04");
        assert_eq!(western(Era::Heisei, 1, None, None), "1989");
    }

    #[test]
    fn an_era_that_was_over_is_counted_on_and_marked() {
        assert_eq!(western(Era::Heisei, 31, Some(8), None), "2019-08 irregular");
        assert_eq!(western(Era::Showa, 64, Some(3), Some(1)), "1989-03-01 irregular");
        assert_eq!(western(Era::Heisei, 31, Some(4), Some(30)), "2019-04-30");
        assert_eq!(western(Era::Heisei, 32, Some(1), Some(5)), "2020-01-05 irregular");
    }

    #[test]
    fn what_no_habit_explains_is_refused() {
        assert_eq!(western(Era::Showa, 65, None, None), "昭和65 does not exist");
        assert_eq!(western(Era::Showa, 70, Some(1), Some(1)), "昭和70 does not exist");
        assert_eq!(western(Era::Reiwa, 5, Some(2), Some(30)), "2023-2-30 is not on the calendar");
        assert_eq!(western(Era::Reiwa, 0, None, None), "令和0 does not exist");
        assert_eq!(western(Era::Heisei, 1, Some(1), Some(3)), "1989-01-03 is before 平成 began");
    }

    #[test]
    fn a_day_finds_its_era() {
        let era = |iso: &str| PartialDate::from_iso(iso).unwrap().in_era();
        assert_eq!(era("1926-12-25"), "昭和元年12月25日");
        assert_eq!(era("1989-01-07"), "昭和64年1月7日");
        assert_eq!(era("2019-05"), "令和元年5月");
        assert_eq!(era("1800"), "西暦1800年");
    }

    #[test]
    fn iso_dates_read_back() {
        for iso in ["1948", "1948-03", "1948-03-05"] {
            assert_eq!(PartialDate::from_iso(iso).unwrap().to_string(), iso);
        }
        for wrong in ["48", "1948-3", "1948-13", "1948-02-30", "1948-03-05-01", ""] {
            assert_eq!(PartialDate::from_iso(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_year_spans_its_days() {
        let year = PartialDate::from_iso("2020").unwrap();
        assert_eq!(year.earliest().to_string(), "2020-01-01");
        assert_eq!(year.latest().to_string(), "2020-12-31");
        let month = PartialDate::from_iso("2020-02").unwrap();
        assert_eq!(month.latest().to_string(), "2020-02-29");
    }
}
