//! The marks of a prescription that stand after the drug's name.
//!
//! ```text
//! usage    = { mark | space | anything else } ;
//! mark     = amount | split | times | timing | uneven | prn | interval | days | count
//!          | ditto | repeat | stop | start | change | site | bracketed | left_over | taper | adjusted
//!          | brace ;
//! amount   = [ "1回" | "1回量" | "1日" | "1日量" ] NUM unit [ "~" NUM unit ] [ "/日" | "/回" ]
//!            [ "×" INT pack ] ;
//!                                                                    (* 1日 needs a unit: 1日3錠 *)
//! split    = "分" INT | "÷" INT | INT ( "×" | "x" ) [ letters ] ;  (* the amount is for a day *)
//! letters  = "M" | "T" | "A" | "V" in that order                    (* 2×MA, 3×MTA *)
//!          | "N" | "V" | "Z" ;                        (* 3×N, 3×V: nach, vor, zwischen *)
//! times    = "1日" INT "回" | "t.i.d." | INT "時間毎" ;
//! timing   = meals [ relation ] | relation | "眠前" | "起床時" … ;
//! meals    = "毎食" | { "朝" | "昼" | "夕" } ;
//! relation = "食後" | "食直前" | "n.d.E." … ;
//! uneven   = { ( "朝" | "昼" | "夕" | "眠" ) NUM [ unit ] } | NUM "-" NUM "-" NUM [ "-" NUM ] ;
//! prn      = "頓用" | "頓服" | EVENT "時" … ;
//! interval = "週" INT [ "回" ] | "隔日" | WEEKDAYS ;
//! days     = INT ( "日分" | "TD" | "週分" … ) ;   count = INT ( "回分" | "回" after prn ) ;
//! bracketed = "(" INT ")" ;                                         (* after usage: days *)
//! left_over = ( "残薬" | "残り" | "残" ) [ "約" ] ( INT ( "日分" | "日" | "TD" ) | NUM unit ) ;
//! taper    = "漸減" | "漸増" | "以後" | "その後" | "減量" | … ;
//! adjusted = "適宜増減" | "適宜調節" ;   start = "開始" | "追加" | … ;
//! brace    = "}" | "⎫" | "⎬" | "⎭" ;                                (* joins orders of one usage *)
//! ```
//!
//! Marks are islands: what is between them is passed over, so that noise costs a mark and not
//! the line. Every table is ordered longest spelling first.

mod amount; // 3T, 1回1錠
mod as_needed; // 頓用, 疼痛時
mod frequency; // 分3, 1日3回, 週1回
mod meal; // times of day
mod supply; // 14日分, 残薬3日分
mod time; // 毎食後, n.d.E.
mod uneven; // 朝2昼1夕1
mod words; // 〃, do, 中止

use std::{ops::Range, sync::LazyLock};

use chart::DoseBasis;
use rust_decimal::Decimal;

pub use amount::{per_behind, unit};
pub use meal::{Meal, Meals, Relation};

use super::cursor::Cursor;
use crate::normalise::{Text, fold};

/// A mark and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Marked {
    /// What it says.
    pub mark: Mark,
    /// Its characters.
    pub range: Range<usize>,
    /// A digit in it was repaired.
    pub repaired: bool,
}

/// What one mark says.
#[derive(Debug, Clone, PartialEq)]
pub enum Mark {
    /// 3T, 1回1錠, 1日3錠.
    Amount {
        /// The figure.
        value: Decimal,
        /// Canonical unit.
        unit: &'static str,
        /// What the words before it say it is for.
        per: Option<DoseBasis>,
    },
    /// ~2T behind an amount: as much at most.
    UpTo {
        /// The figure.
        value: Decimal,
        /// Canonical unit.
        unit: &'static str,
    },
    /// 分3, 3×: the amount is for a day, in so many doses.
    Split(u8),
    /// 1日3回, t.i.d.
    Times(u8),
    /// 6時間毎, q6h.
    EveryHours(u8),
    /// 毎食後, 朝夕, n.d.E., 眠前.
    Time {
        /// Which meals are named.
        meals: Meals,
        /// Before, after or between.
        relation: Option<Relation>,
    },
    /// 朝2昼1夕1, 1-0-1.
    Uneven(Vec<(Meal, Decimal)>),
    /// 頓用; with the condition if it is named.
    Prn(Option<String>),
    /// 週1回.
    Weekly(u8),
    /// 隔日, 月・水・金: neither daily nor once a week.
    Interval,
    /// 14日分.
    Days(u16),
    /// 10回分.
    Count(u16),
    /// (14) after the usage, (60) after the name.
    Bracketed(Decimal),
    /// 〃
    Ditto,
    /// do
    Repeat,
    /// 中止
    Stop,
    /// 開始
    Start,
    /// →
    Change,
    /// 残薬3日分: supply that is left; the days if they are what is said.
    LeftOver(Option<u16>),
    /// 漸減, 以後: the dose changes with time.
    Taper,
    /// 適宜増減: the dose is changed as it goes.
    Adjusted,
    /// A brace that joins this line with its neighbours.
    Brace,
    /// 膝に貼付, 両眼 点眼.
    Site {
        /// Whether the drug is put on the body.
        external: bool,
        /// Whether it is given by needle in the clinic.
        injected: bool,
    },
}

impl Mark {
    /// Whether it says how often or when.
    pub const fn is_usage(&self) -> bool {
        matches!(
            self,
            Self::Split(_)
                | Self::Times(_)
                | Self::Time { .. }
                | Self::Uneven(_)
                | Self::Prn(_)
                | Self::Weekly(_)
                | Self::Interval
        )
    }
}

/// All marks of a part of a text, in its order.
pub fn marks(text: &Text, range: Range<usize>) -> Vec<Marked> {
    let mut cursor = Cursor::new(text, range);
    let mut marks: Vec<Marked> = Vec::new();
    while !cursor.is_done() {
        let start = cursor.at();
        if let Some(mark) = mark(&mut cursor, &marks) {
            let range = start..cursor.at();
            let repaired = text.is_repaired(range.clone());
            marks.push(Marked { mark, range, repaired });
        } else {
            cursor.step();
        }
    }
    marks
}

/// The mark that stands at a place, as the first of its line.
pub fn mark_at(text: &Text, range: Range<usize>) -> Option<Marked> {
    let mut cursor = Cursor::new(text, range);
    let start = cursor.at();
    let mark = mark(&mut cursor, &[])?;
    let range = start..cursor.at();
    let repaired = text.is_repaired(range.clone());
    Some(Marked { mark, range, repaired })
}

/// How much of the part is marks, of what is neither space nor punctuation: 0 to 1.
pub fn coverage(text: &Text, range: Range<usize>, marks: &[Marked]) -> f32 {
    let counts = |at: usize| {
        let char = text.chars()[at];
        !char.is_whitespace() && !"・,、。()[]【】<>:-/}※".contains(char)
    };
    let all = range.clone().filter(|at| counts(*at)).count();
    let marked = range
        .filter(|at| counts(*at) && marks.iter().any(|marked| marked.range.contains(at)))
        .count();
    if all == 0 { 0.0 } else { marked as f32 / all as f32 }
}

fn mark(cursor: &mut Cursor<'_>, all: &[Marked]) -> Option<Mark> {
    let previous = all.last().map(|marked| &marked.mark);
    if cursor.peek()?.is_whitespace() || !may_begin(cursor) {
        return None;
    }
    // A Latin or katakana word is read from its beginning only.
    let inside = |char: char| char.is_ascii_alphabetic();
    let follows_mark = all.last().is_some_and(|marked| marked.range.end == cursor.at());
    if !follows_mark && cursor.before().is_some_and(inside) && cursor.peek().is_some_and(inside) {
        return None;
    }
    cursor
        .attempt(supply::left_over)
        .or_else(|| cursor.attempt(frequency::split))
        .or_else(|| cursor.attempt(frequency::weekly))
        .or_else(|| cursor.attempt(frequency::times))
        .or_else(|| cursor.attempt(uneven::uneven))
        .or_else(|| cursor.attempt(|cursor| supply::days(cursor, all)))
        .or_else(|| follows_amount(all).then(|| cursor.attempt(amount::up_to)).flatten())
        .or_else(|| cursor.attempt(amount::amount))
        .or_else(|| cursor.attempt(as_needed::condition_in_brackets))
        .or_else(|| cursor.attempt(supply::bracketed))
        .or_else(|| cursor.attempt(|cursor| supply::multiplied(cursor, all)))
        .or_else(|| cursor.attempt(as_needed::prn))
        .or_else(|| cursor.attempt(|cursor| time::time(cursor, previous)))
        .or_else(|| cursor.attempt(frequency::interval))
        .or_else(|| cursor.attempt(words::words))
}

fn follows_amount(all: &[Marked]) -> bool {
    matches!(all.last(), Some(Marked { mark: Mark::Amount { .. }, .. }))
}

/// Whether a mark can begin with a character, by its number; but for the words of an as-needed drug.
static BEGINNINGS: LazyLock<Vec<bool>> = LazyLock::new(|| {
    let mut all = vec![false; 1 << 16];
    let words = [
        as_needed::PRN,
        words::DITTO,
        words::REPEAT,
        words::STOP,
        words::START,
        words::ADJUSTED,
        words::TAPER,
        words::BRACES,
        supply::LEFT_OVER,
        frequency::INTERVALS,
        OTHER_BEGINNINGS,
    ];
    let spellings = words
        .iter()
        .flat_map(|words| words.iter().copied())
        .chain(amount::UNITS.iter().map(|(spelling, _)| *spelling))
        .chain(amount::PER.iter().map(|(spelling, _)| *spelling))
        .chain(time::RELATIONS.iter().map(|(spelling, _)| *spelling))
        .chain(time::MEALS.iter().map(|(spelling, _)| *spelling))
        .chain(time::FIXED_TIMES.iter().map(|(spelling, _)| *spelling))
        .chain(frequency::LATIN_TIMES.iter().map(|(spelling, _)| *spelling))
        .chain(words::SITES.iter().map(|(spelling, _)| *spelling));
    for spelling in spellings {
        let first = spelling.chars().next().map(fold);
        if let Some(slot) = first.and_then(|first| all.get_mut(first as usize)) {
            *slot = true;
        }
    }
    all
});

/// What the productions begin with that are no tables.
const OTHER_BEGINNINGS: &[&str] = &[
    ".", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "½", "¼", "¾", "一", "二", "三", "四",
    "五", "六", "七", "八", "九", "分", "÷", "×", "x", "毎", "週", "w", "q", "/", "・", "-", "、",
    ",", "(", "[", "後", "前", "間", "月", "火", "水", "木", "金", "土", "日", "に", "へ", "を",
    "→", "⇒", "~", "m", "t", "a", "v",
];

/// Whether a mark can begin here; only the words before 時 (疼痛時) begin with any letter.
fn may_begin(cursor: &Cursor<'_>) -> bool {
    cursor.peek().is_some_and(|char| BEGINNINGS.get(char as usize).copied().unwrap_or(false))
        || cursor.rest().iter().take(as_needed::LONGEST_EVENT + 1).any(|char| *char == '時')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The marks of a line in short words.
    fn read(raw: &str) -> String {
        let text = Text::of_line(0, raw);
        let marks = marks(&text, 0..text.len());
        marks.iter().map(|marked| short(&marked.mark)).collect::<Vec<_>>().join(" ")
    }

    fn short(mark: &Mark) -> String {
        match mark {
            Mark::Amount { value, unit, per } => {
                let per = match per {
                    Some(DoseBasis::Day) => "/day",
                    Some(DoseBasis::Once) => "/time",
                    None => "",
                };
                format!("{}{unit}{per}", value.normalize())
            }
            Mark::Time { meals, relation } => {
                let meals: String = meals
                    .iter()
                    .map(|meal| match meal {
                        Meal::Breakfast => 'm',
                        Meal::Lunch => 'n',
                        Meal::Dinner => 'e',
                        Meal::Bedtime => 'b',
                        Meal::Wakeup => 'w',
                    })
                    .collect();
                let relation =
                    relation.map(|relation| format!(":{relation:?}")).unwrap_or_default();
                format!("[{meals}{relation}]")
            }
            Mark::Uneven(doses) => {
                let doses: Vec<String> = doses.iter().map(|(_, value)| value.to_string()).collect();
                format!("uneven({})", doses.join("-"))
            }
            Mark::Site { external: true, .. } => "site".into(),
            Mark::Site { injected: true, .. } => "injected".into(),
            Mark::Site { .. } => "·".into(),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn marks_of_prescriptions() {
        let table = [
            ("3T 分3 毎食後 14日分", "3錠 Split(3) [mne:After] Days(14)"),
            ("1回1錠 1日3回 朝昼夕食後 7日分", "1錠/time Times(3) [mne:After] Days(7)"),
            ("2T 2×MA n.d.E. 28TD", "2錠 Split(2) [me:After] Days(28)"),
            ("2T 2×MA28TD", "2錠 Split(2) [me] Days(28)"),
            ("3T 3× ndE 7TD", "3錠 Split(3) [:After] Days(7)"),
            ("1T 1×v.d.S. 14T.D.", "1錠 Split(1) [b] Days(14)"),
            ("1T 1× M 14日分", "1錠 Split(1) [m] Days(14)"),
            ("1C 分1眠前 30日", "1カプセル Split(1) [b] Days(30)"),
            ("3包 分3毎食直前 28日分", "3包 Split(3) [mne:JustBefore] Days(28)"),
            ("7.5g 分3 食間 14TD", "7.5g Split(3) [:Between] Days(14)"),
            ("4T 分4 毎食後と就寝前 5日分", "4錠 Split(4) [mneb:After] Days(5)"),
            ("3T 分3 朝・昼・夕食後", "3錠 Split(3) [mne:After]"),
            ("頓用 疼痛時 10回分", "Prn(None) Prn(Some(\"疼痛時\")) Count(10)"),
            ("1回2錠 発熱時 5回", "2錠/time Prn(Some(\"発熱時\")) Count(5)"),
            ("1回2カプセル 週1回 起床時 4週分", "2カプセル/time Weekly(1) [w] Days(28)"),
            ("1日1回 膝に貼付", "Times(1) site · site"),
            ("1本 1日4回 両眼 点眼", "1本 Times(4) site site"),
            ("3T 〃 〃", "3錠 Ditto Ditto"),
            ("1T 1×朝食前 (14)", "1錠 Split(1) [m:Before] Bracketed(14)"),
            ("6錠 朝3昼2夕1", "6錠 uneven(3-2-1)"),
            ("1-0-1 14日分", "uneven(1-0-1) Days(14)"),
            ("1日3錠 毎食後", "3錠/day [mne:After]"),
            ("5mg 分1 朝 隔日", "5mg Split(1) [m] Interval"),
            ("2puff bid", "2吸入 Times(2)"),
            ("3T t.i.d. p.c. ×7", "3錠 Times(3) [:After] Days(7)"),
            ("1T do", "1錠 Repeat"),
            ("1T 分1 朝食後 中止", "1錠 Split(1) [m:After] Stop"),
            ("5mg→2.5mg", "5mg Change 2.5mg"),
            ("100mL DIV", "100mL injected"),
            ("1錠 1日1回 朝食後 30日分", "1錠 Times(1) [m:After] Days(30)"),
            ("1T 6時間毎", "1錠 EveryHours(6)"),
            ("2錠 1日2回 朝 夕", "2錠 Times(2) [me]"),
            ("1錠 夕 食 後 14 日 分", "1錠 [e:After] Days(14)"),
        ];
        for (raw, expected) in table {
            assert_eq!(read(raw), expected, "{raw}");
        }
    }

    #[test]
    fn prose_holds_no_usage() {
        for prose in ["咽頭痛、鼻汁あり", "血圧 高め", "変わりなし", "体調良い"]
        {
            assert_eq!(read(prose), "", "{prose}");
        }
    }
}
