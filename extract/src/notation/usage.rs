//! The marks of a prescription that stand after the drug's name.
//!
//! ```text
//! usage    = { mark | space | anything else } ;
//! mark     = amount | split | times | timing | uneven | prn | interval | days | count
//!          | ditto | repeat | stop | change | site | bracketed | left_over | taper | brace ;
//! amount   = [ "1回" | "1回量" | "1日" | "1日量" ] NUM unit ;      (* 1日 needs a unit: 1日3錠 *)
//! split    = "分" INT | "÷" INT | INT ( "×" | "x" ) [ letters ] ;  (* the amount is for a day *)
//! letters  = "M" | "T" | "A" | "V" in that order ;                  (* 2×MA, 3×MTA *)
//! times    = "1日" INT "回" | "t.i.d." | INT "時間毎" ;
//! timing   = meals [ relation ] | relation | "眠前" | "起床時" … ;
//! meals    = "毎食" | { "朝" | "昼" | "夕" } ;
//! relation = "食後" | "食直前" | "n.d.E." … ;
//! uneven   = { ( "朝" | "昼" | "夕" | "眠" ) NUM [ unit ] } | NUM "-" NUM "-" NUM [ "-" NUM ] ;
//! prn      = "頓用" | "頓服" | EVENT "時" … ;
//! interval = "週" INT "回" | "隔日" | WEEKDAYS ;
//! days     = INT ( "日分" | "TD" | "週分" … ) ;   count = INT ( "回分" | "回" after prn ) ;
//! bracketed = "(" INT ")" ;                                         (* after usage: days *)
//! left_over = ( "残薬" | "残り" | "残" ) [ "約" ] ( INT ( "日分" | "日" | "TD" ) | NUM unit ) ;
//! taper    = "漸減" | "漸増" | "以後" | "その後" | "減量" | … ;
//! brace    = "}" | "⎫" | "⎬" | "⎭" ;                                (* joins orders of one usage *)
//! ```
//!
//! Marks are islands: what is between them is passed over, so that noise costs a mark and not
//! the line. Every table is ordered longest spelling first.

use std::{ops::Range, sync::LazyLock};

use chart::{DoseBasis, Timing};
use rust_decimal::Decimal;

use super::cursor::{Cursor, Number};
use crate::normalise::{Text, is_kanji, is_katakana};

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
    /// →
    Change,
    /// 残薬3日分: supply that is left; the days if they are what is said.
    LeftOver(Option<u16>),
    /// 漸減, 以後: the dose changes with time.
    Taper,
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

/// One of the times of day a dose hangs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Meal {
    /// 朝
    Breakfast,
    /// 昼
    Lunch,
    /// 夕
    Dinner,
    /// 眠前
    Bedtime,
    /// 起床時
    Wakeup,
}

impl Meal {
    /// The meal of a time of day.
    pub const fn of(timing: Timing) -> Self {
        match timing {
            Timing::Wakeup => Self::Wakeup,
            Timing::BeforeBreakfast
            | Timing::JustBeforeBreakfast
            | Timing::AfterBreakfast
            | Timing::BetweenBreakfast => Self::Breakfast,
            Timing::BeforeLunch
            | Timing::JustBeforeLunch
            | Timing::AfterLunch
            | Timing::BetweenLunch => Self::Lunch,
            Timing::BeforeDinner
            | Timing::JustBeforeDinner
            | Timing::AfterDinner
            | Timing::BetweenDinner => Self::Dinner,
            Timing::Bedtime => Self::Bedtime,
        }
    }
}

/// A set of [`Meal`]s.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Meals(u8);

impl Meals {
    /// No meal.
    pub const NONE: Self = Self(0);
    /// 毎食
    pub const ALL: Self = Self(0b111);
    /// 朝夕
    pub const MORNING_EVENING: Self = Self(0b101);

    /// The set of one.
    pub const fn of(meal: Meal) -> Self {
        Self(1 << meal as u8)
    }

    /// Both sets.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether it holds the meal.
    pub const fn has(self, meal: Meal) -> bool {
        self.0 & (1 << meal as u8) != 0
    }

    /// Whether it holds a real meal.
    pub const fn has_meal(self) -> bool {
        self.0 & 0b111 != 0
    }

    /// Whether it holds nothing.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The meals, in the order of the day.
    pub fn iter(self) -> impl Iterator<Item = Meal> {
        [Meal::Wakeup, Meal::Breakfast, Meal::Lunch, Meal::Dinner, Meal::Bedtime]
            .into_iter()
            .filter(move |meal| self.has(*meal))
    }
}

/// How a dose lies to a meal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// 食後
    After,
    /// 食前
    Before,
    /// 食直前
    JustBefore,
    /// 食直後
    JustAfter,
    /// 食間
    Between,
}

impl Relation {
    /// The time of a meal with this relation. 食直後 is kept as after the meal.
    pub const fn at(self, meal: Meal) -> Timing {
        match (self, meal) {
            (_, Meal::Bedtime) => Timing::Bedtime,
            (_, Meal::Wakeup) => Timing::Wakeup,
            (Self::After | Self::JustAfter, Meal::Breakfast) => Timing::AfterBreakfast,
            (Self::After | Self::JustAfter, Meal::Lunch) => Timing::AfterLunch,
            (Self::After | Self::JustAfter, Meal::Dinner) => Timing::AfterDinner,
            (Self::Before, Meal::Breakfast) => Timing::BeforeBreakfast,
            (Self::Before, Meal::Lunch) => Timing::BeforeLunch,
            (Self::Before, Meal::Dinner) => Timing::BeforeDinner,
            (Self::JustBefore, Meal::Breakfast) => Timing::JustBeforeBreakfast,
            (Self::JustBefore, Meal::Lunch) => Timing::JustBeforeLunch,
            (Self::JustBefore, Meal::Dinner) => Timing::JustBeforeDinner,
            (Self::Between, Meal::Breakfast) => Timing::BetweenBreakfast,
            (Self::Between, Meal::Lunch) => Timing::BetweenLunch,
            (Self::Between, Meal::Dinner) => Timing::BetweenDinner,
        }
    }
}

/// Units of amounts. Latin ones must not run into another letter.
const UNITS: &[(&str, &str)] = &[
    ("カプセル", "カプセル"),
    ("かぷせる", "カプセル"),
    ("caps", "カプセル"),
    ("cap", "カプセル"),
    ("カプ", "カプセル"),
    ("tabl", "錠"),
    ("tab", "錠"),
    ("tbl", "錠"),
    ("錠", "錠"),
    ("じょう", "錠"),
    ("包", "包"),
    ("pk", "包"),
    ("キット", "キット"),
    ("アンプル", "管"),
    ("amp", "管"),
    ("管", "管"),
    ("バイアル", "瓶"),
    ("vial", "瓶"),
    ("瓶", "瓶"),
    ("シート", "シート"),
    ("吸入", "吸入"),
    ("puff", "吸入"),
    ("噴霧", "噴霧"),
    ("プッシュ", "噴霧"),
    ("万単位", "万単位"),
    ("単位", "単位"),
    ("iu", "単位"),
    ("mg", "mg"),
    ("mcg", "μg"),
    ("ug", "μg"),
    ("μg", "μg"),
    ("m9", "mg"),
    ("rng", "mg"),
    ("ml", "mL"),
    ("cc", "mL"),
    ("グラム", "g"),
    ("滴", "滴"),
    ("gtt", "滴"),
    ("枚", "枚"),
    ("本", "本"),
    ("個", "個"),
    ("袋", "袋"),
    ("丸", "丸"),
    ("筒", "筒"),
    ("缶", "缶"),
    ("g", "g"),
    ("t", "錠"),
    ("c", "カプセル"),
    ("p", "包"),
    ("u", "単位"),
    ("a", "管"),
    ("v", "瓶"),
];

/// Words that bind an amount to one time or to a day.
const PER: &[(&str, DoseBasis)] = &[
    ("1回量", DoseBasis::Once),
    ("一回量", DoseBasis::Once),
    ("1回に", DoseBasis::Once),
    ("1回", DoseBasis::Once),
    ("一回", DoseBasis::Once),
    ("毎回", DoseBasis::Once),
    ("1日量", DoseBasis::Day),
    ("一日量", DoseBasis::Day),
    ("1日", DoseBasis::Day),
    ("一日", DoseBasis::Day),
    ("日量", DoseBasis::Day),
];

const RELATIONS: &[(&str, Relation)] = &[
    ("食事直前", Relation::JustBefore),
    ("食直前", Relation::JustBefore),
    ("直前", Relation::JustBefore),
    ("食事直後", Relation::JustAfter),
    ("食直後", Relation::JustAfter),
    ("直後", Relation::JustAfter),
    ("食後2時間", Relation::Between),
    ("食後二時間", Relation::Between),
    ("食間", Relation::Between),
    ("食事の間", Relation::Between),
    ("食後", Relation::After),
    ("食前", Relation::Before),
    ("食事前", Relation::Before),
    ("食事後", Relation::After),
    ("食后", Relation::After),
    ("sof.n.d.e", Relation::JustAfter),
    ("sof. n.d.e", Relation::JustAfter),
    ("sof.nde", Relation::JustAfter),
    ("n.d.e", Relation::After),
    ("nd.e", Relation::After),
    ("n.de", Relation::After),
    ("nde", Relation::After),
    ("v.d.e", Relation::Before),
    ("vde", Relation::Before),
    ("z.d.e", Relation::Between),
    ("zde", Relation::Between),
    ("p.c.", Relation::After),
    ("a.c.", Relation::Before),
    ("i.c.", Relation::Between),
    ("pc", Relation::After),
    ("ac", Relation::Before),
    ("ic", Relation::Between),
    ("s.n.", Relation::JustAfter),
];

/// The same, where a meal stands before it: 朝後, 夕前.
const SHORT_RELATIONS: &[(&str, Relation)] =
    &[("後", Relation::After), ("前", Relation::Before), ("間", Relation::Between)];

const MEALS: &[(&str, Meals)] = &[
    ("毎食", Meals::ALL),
    ("各食", Meals::ALL),
    ("3食", Meals::ALL),
    ("三食", Meals::ALL),
    ("朝食", Meals::of(Meal::Breakfast)),
    ("昼食", Meals::of(Meal::Lunch)),
    ("夕食", Meals::of(Meal::Dinner)),
    ("晩食", Meals::of(Meal::Dinner)),
    ("朝", Meals::of(Meal::Breakfast)),
    ("昼", Meals::of(Meal::Lunch)),
    ("夕", Meals::of(Meal::Dinner)),
    ("晩", Meals::of(Meal::Dinner)),
    ("夜", Meals::of(Meal::Dinner)),
];

const FIXED_TIMES: &[(&str, Meal)] = &[
    ("就寝前", Meal::Bedtime),
    ("就寝時", Meal::Bedtime),
    ("就眠前", Meal::Bedtime),
    ("就眠時", Meal::Bedtime),
    ("睡眠前", Meal::Bedtime),
    ("寝る前", Meal::Bedtime),
    ("ねる前", Meal::Bedtime),
    ("入眠前", Meal::Bedtime),
    ("睡前", Meal::Bedtime),
    ("寝前", Meal::Bedtime),
    ("眠前", Meal::Bedtime),
    ("就前", Meal::Bedtime),
    ("就寝", Meal::Bedtime),
    ("v.d.s", Meal::Bedtime),
    ("v.d.5", Meal::Bedtime),
    ("vd.s", Meal::Bedtime),
    ("vds", Meal::Bedtime),
    ("h.s.", Meal::Bedtime),
    ("hs", Meal::Bedtime),
    ("眠", Meal::Bedtime),
    ("起床直後", Meal::Wakeup),
    ("起床時", Meal::Wakeup),
    ("起床後", Meal::Wakeup),
    ("起きがけ", Meal::Wakeup),
    ("起き掛け", Meal::Wakeup),
    ("起床", Meal::Wakeup),
];

/// Latin for so many times a day.
const LATIN_TIMES: &[(&str, u8)] = &[
    ("s.i.d", 1),
    ("sid", 1),
    ("q.d.s", 4),
    ("t.d.s", 3),
    ("b.d.", 2),
    ("q.d.", 1),
    ("qd", 1),
    ("einmal", 1),
    ("zweimal", 2),
    ("dreimal", 3),
    ("b.i.d", 2),
    ("bid", 2),
    ("t.i.d", 3),
    ("tid", 3),
    ("tds", 3),
    ("a.d.t", 3),
    ("q.i.d", 4),
    ("qid", 4),
];

const PRN: &[&str] = &[
    "頓用",
    "頓服",
    "とん用",
    "屯用",
    "屯服",
    "頓",
    "屯",
    "p.r.n.",
    "prn",
    "s.o.s.",
    "必要時",
    "必要に応じて",
    "必要に応じ",
    "適宜",
];

/// What ends the condition of an as-needed drug: 疼痛 時, 血圧上昇 時.
const EVENTS: &[&str] = &[
    "痛",
    "熱",
    "発作",
    "不眠",
    "便秘",
    "下痢",
    "嘔気",
    "吐気",
    "吐き気",
    "悪心",
    "嘔吐",
    "咳",
    "咳込",
    "咳嗽",
    "めまい",
    "眩暈",
    "不安",
    "不穏",
    "かゆみ",
    "掻痒",
    "痒",
    "動悸",
    "喘鳴",
    "喘息",
    "上昇",
    "低下",
    "けいれん",
    "痙攣",
    "出血",
    "症状",
    "症状出現",
    "悪寒",
    "苦",
    "胸苦",
    "いらいら",
    "イライラ",
    "むくみ",
    "浮腫",
    "発疹",
    "皮疹",
    "蕁麻疹",
    "じんま疹",
    "鼻閉",
    "鼻汁",
    "興奮",
    "乗り物酔い",
    "胃部不快",
    "しびれ",
    "頻尿",
    "過呼吸",
    "パニック",
    "こむら返り",
    "つった",
    "腹満",
    "腹部膨満",
    "乾燥",
    "増悪",
    "悪化",
    "外出",
    "緊張",
    "痛い",
    "眠れない",
    "かゆい",
    "痒い",
    "苦しい",
    "つらい",
    "辛い",
    "ひどい",
    "つる",
];

/// Times that end in 時 and are no condition.
const NO_EVENTS: &[&str] =
    &["起床", "就寝", "就眠", "空腹", "食事", "透析", "入院", "退院", "受診", "同"];

const DITTO: &[&str] = &["〃", "〟", "″", "〻", "\"", "''", "同上", "同前", "//", "々"];

const REPEAT: &[&str] = &["d.o.", "ditto", "do.", "do", "前回同様", "前回と同じ", "前回同", "前同"];

const STOP: &[&str] = &[
    "中止",
    "中断",
    "d/c",
    "dc",
    "off",
    "stop",
    "休薬",
    "終了",
    "抹消",
    "取消",
    "取り消し",
    "誤記",
];

const INTERVALS: &[&str] = &[
    "隔日",
    "1日おき",
    "一日おき",
    "2日に1回",
    "2日おき",
    "3日おき",
    "qod",
    "月1回",
    "4週に1回",
    "第1",
    "透析日",
    "非透析日",
    "日曜",
    "月曜",
    "火曜",
    "水曜",
    "木曜",
    "金曜",
    "土曜",
];

const LEFT_OVER: &[&str] = &["残薬", "残り", "残数", "残"];

const TAPER: &[&str] =
    &["と漸減", "漸減", "漸増", "以後", "以降", "その後", "次いで", "減量", "増量", "ずつ"];

const BRACES: &[&str] = &["}", "⎫", "⎬", "⎭", "〕"];

/// Words that say where a drug goes, and whether that is on the body or by needle.
const SITES: &[(&str, (bool, bool))] = &[
    ("塗布", (true, false)),
    ("塗擦", (true, false)),
    ("貼付", (true, false)),
    ("貼布", (true, false)),
    ("湿布", (true, false)),
    ("点眼", (true, false)),
    ("点鼻", (true, false)),
    ("点耳", (true, false)),
    ("噴霧", (true, false)),
    ("吸入", (true, false)),
    ("含嗽", (true, false)),
    ("うがい", (true, false)),
    ("挿肛", (true, false)),
    ("肛門", (true, false)),
    ("膣内", (true, false)),
    ("外用", (true, false)),
    ("患部", (true, false)),
    ("両眼", (true, false)),
    ("右眼", (true, false)),
    ("左眼", (true, false)),
    ("両耳", (true, false)),
    ("右耳", (true, false)),
    ("左耳", (true, false)),
    ("鼻腔", (true, false)),
    ("顔面", (true, false)),
    ("体幹", (true, false)),
    ("両膝", (true, false)),
    ("右膝", (true, false)),
    ("左膝", (true, false)),
    ("膝", (true, false)),
    ("腰部", (true, false)),
    ("腰", (true, false)),
    ("肩", (true, false)),
    ("頚部", (true, false)),
    ("背部", (true, false)),
    ("手指", (true, false)),
    ("下腿", (true, false)),
    ("足底", (true, false)),
    ("足", (true, false)),
    ("手", (true, false)),
    ("痛部", (true, false)),
    ("皮下", (false, false)),
    ("内服", (false, false)),
    ("舌下", (false, false)),
    ("経口", (false, false)),
    ("点滴静注", (false, true)),
    ("点滴", (false, true)),
    ("静注", (false, true)),
    ("筋注", (false, true)),
    ("d.i.v", (false, true)),
    ("div", (false, true)),
    ("i.v.", (false, true)),
    ("iv", (false, true)),
    ("i.m.", (false, true)),
    ("im", (false, true)),
    ("に", (false, false)),
];

const DAYS: &[(&str, u16)] = &[
    ("日間分", 1),
    ("日間", 1),
    ("日分", 1),
    ("t.d.", 1),
    ("t,d", 1),
    ("t.d", 1),
    ("td", 1),
    ("id", 1),
    ("週間分", 7),
    ("週間", 7),
    ("週分", 7),
    ("日", 1),
    ("w", 7),
    ("週", 7),
    ("d", 1),
];

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

/// Whether a mark can begin with a character, by its number; but for the words of an as-needed drug.
static BEGINNINGS: LazyLock<Vec<bool>> = LazyLock::new(|| {
    let mut all = vec![false; 1 << 16];
    let words = [PRN, DITTO, REPEAT, STOP, TAPER, BRACES, LEFT_OVER, INTERVALS, OTHER_BEGINNINGS];
    let spellings = words
        .iter()
        .flat_map(|words| words.iter().copied())
        .chain(UNITS.iter().map(|(spelling, _)| *spelling))
        .chain(PER.iter().map(|(spelling, _)| *spelling))
        .chain(RELATIONS.iter().map(|(spelling, _)| *spelling))
        .chain(MEALS.iter().map(|(spelling, _)| *spelling))
        .chain(FIXED_TIMES.iter().map(|(spelling, _)| *spelling))
        .chain(LATIN_TIMES.iter().map(|(spelling, _)| *spelling))
        .chain(SITES.iter().map(|(spelling, _)| *spelling));
    for spelling in spellings {
        let first = spelling.chars().next().map(crate::normalise::fold);
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
    ",", "(", "[", "後", "前", "間", "月", "火", "水", "木", "金", "土", "日", "に", "へ", "→",
    "⇒", "m", "t", "a", "v",
];

/// Whether a mark can begin here; only the words before 時 (疼痛時) begin with any letter.
fn may_begin(cursor: &Cursor<'_>) -> bool {
    cursor.peek().is_some_and(|char| BEGINNINGS.get(char as usize).copied().unwrap_or(false))
        || cursor.rest().iter().take(LONGEST_EVENT + 1).any(|char| *char == '時')
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
        .attempt(left_over)
        .or_else(|| cursor.attempt(split))
        .or_else(|| cursor.attempt(weekly))
        .or_else(|| cursor.attempt(times))
        .or_else(|| cursor.attempt(uneven))
        .or_else(|| cursor.attempt(|cursor| days(cursor, all)))
        .or_else(|| cursor.attempt(amount))
        .or_else(|| cursor.attempt(condition_in_brackets))
        .or_else(|| cursor.attempt(bracketed))
        .or_else(|| cursor.attempt(|cursor| multiplied(cursor, all)))
        .or_else(|| cursor.attempt(prn))
        .or_else(|| cursor.attempt(|cursor| time(cursor, previous)))
        .or_else(|| cursor.attempt(interval))
        .or_else(|| cursor.attempt(words))
}

/// 分3, ÷3, 3×, 3 x.
fn split(cursor: &mut Cursor<'_>) -> Option<Mark> {
    if cursor.eat("分") || cursor.eat("÷") {
        cursor.spaces();
        let (value, _) = cursor.whole()?;
        return u8::try_from(value).ok().filter(|value| (1..=8).contains(value)).map(Mark::Split);
    }
    let (value, _) = cursor.whole()?;
    cursor.attempt(|cursor| {
        cursor.spaces();
        (cursor.eat("×") || cursor.eat("x")).then_some(())?;
        // 3×xn.d.E.: the sign was seen twice.
        cursor.attempt(|cursor| {
            cursor.eat("x").then_some(())?;
            "nvzm".contains(cursor.peek()?).then_some(())
        });
        Some(())
    })?;
    // 5g×2本, 3×1: a product, not a split.
    let mut ahead = *cursor;
    ahead.spaces();
    if ahead.peek().is_some_and(|char| char.is_ascii_digit()) {
        return None;
    }
    u8::try_from(value).ok().filter(|value| (1..=8).contains(value)).map(Mark::Split)
}

/// 週1回, 週に1回, 1/w, 毎週.
fn weekly(cursor: &mut Cursor<'_>) -> Option<Mark> {
    if cursor.eat("1/w") || cursor.eat("weekly") {
        return Some(Mark::Weekly(1));
    }
    // 1T/週
    if cursor.eat("/週")
        || cursor.eat("/w") && !cursor.peek().is_some_and(|char| char.is_ascii_alphabetic())
    {
        return Some(Mark::Weekly(1));
    }
    if cursor.eat("毎週") {
        return Some(Mark::Weekly(1));
    }
    if !(cursor.eat("1週間に") || cursor.eat("1週に") || cursor.eat("週に") || cursor.eat("週"))
    {
        return None;
    }
    let (value, _) = cursor.whole()?;
    if !(cursor.eat("回") || cursor.eat("日")) {
        return None;
    }
    u8::try_from(value).ok().filter(|value| (1..=7).contains(value)).map(Mark::Weekly)
}

/// 1日3回, t.i.d., 6時間毎.
fn times(cursor: &mut Cursor<'_>) -> Option<Mark> {
    if let Some(times) = cursor.attempt(|cursor| {
        let times = cursor.eat_spelling(LATIN_TIMES)?;
        cursor.eat(".");
        (!cursor.peek().is_some_and(|char| char.is_ascii_alphabetic())).then_some(times)
    }) {
        return Some(Mark::Times(times));
    }
    if let Some(hours) = cursor.attempt(every_hours) {
        return Some(Mark::EveryHours(hours));
    }
    if let Some(times) = cursor.attempt(times_alone) {
        return Some(Mark::Times(times));
    }
    if !(cursor.eat("1日") || cursor.eat("一日") || cursor.eat("/日")) {
        return None;
    }
    cursor.spaces();
    let (value, _) = cursor.whole()?;
    // 1日3~4回: the lower bound, as the words stand in the usage anyway.
    cursor.attempt(|cursor| (cursor.eat("~") || cursor.eat("-")).then(|| cursor.whole()).flatten());
    cursor.eat("回").then_some(())?;
    u8::try_from(value).ok().filter(|value| (1..=24).contains(value)).map(Mark::Times)
}

/// 3i.d., 日に3回, 3回/日.
fn times_alone(cursor: &mut Cursor<'_>) -> Option<u8> {
    let before = cursor.eat("日に");
    let (value, _) = cursor.whole()?;
    let times = if before {
        cursor.eat("回")
    } else {
        cursor.eat("i.d.") || cursor.eat("i.d") || cursor.eat("回/日")
    };
    times.then(|| u8::try_from(value).ok()).flatten().filter(|times| (1..=24).contains(times))
}

fn every_hours(cursor: &mut Cursor<'_>) -> Option<u8> {
    let latin = cursor.eat("q");
    let every = cursor.eat("毎");
    let (value, _) = cursor.whole()?;
    let hours = if latin {
        cursor.eat("h")
    } else {
        cursor.eat("時間毎")
            || cursor.eat("時間ごと")
            || cursor.eat("時間おき")
            || (every && cursor.eat("時間"))
    };
    hours.then(|| u8::try_from(value).ok()).flatten().filter(|hours| (1..=24).contains(hours))
}

/// 朝2昼1夕1, 朝3錠 夕2錠, 1-0-1.
fn uneven(cursor: &mut Cursor<'_>) -> Option<Mark> {
    if let Some(doses) = cursor.attempt(dashed) {
        return Some(Mark::Uneven(doses));
    }
    let mut doses = Vec::new();
    while let Some(dose) = cursor.attempt(|cursor| {
        cursor.spaces();
        let _ = cursor.eat("・") || cursor.eat("-") || cursor.eat("、") || cursor.eat(",");
        cursor.spaces();
        let meal = single_meal(cursor)?;
        cursor.spaces();
        let value = cursor.number()?.value;
        cursor.attempt(|cursor| {
            cursor.spaces();
            unit(cursor)
        });
        // 朝1回, 夕食後1日分: other figures.
        (!matches!(cursor.peek(), Some('回' | '日'))).then_some((meal, value))
    }) {
        doses.push(dose);
    }
    (doses.len() >= 2).then_some(Mark::Uneven(doses))
}

fn single_meal(cursor: &mut Cursor<'_>) -> Option<Meal> {
    let meal = cursor.eat_spelling(&[
        ("朝食後", Meal::Breakfast),
        ("昼食後", Meal::Lunch),
        ("夕食後", Meal::Dinner),
        ("朝食", Meal::Breakfast),
        ("昼食", Meal::Lunch),
        ("夕食", Meal::Dinner),
        ("朝", Meal::Breakfast),
        ("昼", Meal::Lunch),
        ("夕", Meal::Dinner),
        ("眠前", Meal::Bedtime),
        ("就寝前", Meal::Bedtime),
        ("寝る前", Meal::Bedtime),
        ("眠", Meal::Bedtime),
    ])?;
    cursor.eat("に");
    Some(meal)
}

fn dashed(cursor: &mut Cursor<'_>) -> Option<Vec<(Meal, Decimal)>> {
    let mut values = vec![small(&cursor.number()?)?];
    while let Some(value) = cursor.attempt(|cursor| {
        cursor.eat("-").then_some(())?;
        small(&cursor.number()?)
    }) {
        values.push(value);
    }
    if !(3..=4).contains(&values.len()) || cursor.peek() == Some('-') {
        return None;
    }
    let meals = [Meal::Breakfast, Meal::Lunch, Meal::Dinner, Meal::Bedtime];
    Some(meals.into_iter().zip(values).collect())
}

/// A figure that can be a dose and is no part of a telephone number.
fn small(number: &Number) -> Option<Decimal> {
    (number.value <= Decimal::from(60)).then_some(number.value)
}

/// 14日分, 7TD, 2週分; `日` alone only where no other figure of a day follows.
fn days(cursor: &mut Cursor<'_>, all: &[Marked]) -> Option<Mark> {
    cursor.eat("×");
    cursor.spaces();
    let (value, _) = cursor.whole()?;
    cursor.spaces();
    if cursor.eat("回分")
        || (has_prn(all) && cursor.attempt(|c| c.eat("回").then_some(())).is_some())
    {
        return Some(Mark::Count(value));
    }
    let months = ["ヶ月分", "ケ月分", "か月分", "カ月分", "ヵ月分", "ヶ月", "か月"];
    if cursor.eat_any(&months).is_some() {
        return value.checked_mul(30).map(Mark::Days);
    }
    let factor = cursor.eat_spelling(DAYS)?;
    let last = cursor.before();
    let latin = last.is_some_and(|char| char.is_ascii_alphabetic());
    if latin && cursor.peek().is_some_and(|char| char.is_ascii_alphanumeric()) {
        return None;
    }
    let mut ahead = *cursor;
    ahead.spaces();
    let follows = ahead.peek();
    let other_figure = last == Some('日')
        && (follows
            .is_some_and(|char| char.is_ascii_digit() || "おに前後目量毎一二三四".contains(char))
            && !(value > 1 && ahead.at() > cursor.at()));
    let once_a_week =
        last == Some('週') && follows.is_some_and(|char| char.is_ascii_digit() || char == 'に');
    if other_figure || once_a_week || !(1..=366).contains(&value) {
        return None;
    }
    value.checked_mul(factor).map(Mark::Days)
}

/// 残薬3日分, 残り 5錠.
fn left_over(cursor: &mut Cursor<'_>) -> Option<Mark> {
    cursor.eat_any(LEFT_OVER)?;
    cursor.spaces();
    let _ = cursor.eat(":") || cursor.eat("約") || cursor.eat("が");
    cursor.spaces();
    let number = cursor.number()?;
    cursor.spaces();
    let days = ["日間分", "日分", "日間", "日", "td"];
    if cursor.eat_any(&days).is_some() {
        return Some(Mark::LeftOver(u16::try_from(number.value).ok()));
    }
    unit(cursor)?;
    cursor.eat("分");
    Some(Mark::LeftOver(None))
}

fn has_prn(all: &[Marked]) -> bool {
    all.iter().any(|marked| matches!(marked.mark, Mark::Prn(_)))
}

/// [ 1回 | 1日 ] NUM unit.
fn amount(cursor: &mut Cursor<'_>) -> Option<Mark> {
    let per = cursor.attempt(|cursor| {
        let per = cursor.eat_spelling(PER)?;
        cursor.spaces();
        cursor.eat(":");
        Some(per)
    });
    cursor.spaces();
    let mut value = cursor.number()?.value;
    cursor.spaces();
    let unit = unit(cursor)?;
    if cursor.eat("半") {
        value += Decimal::new(5, 1);
    }
    // 7枚×4袋, 10g×2本: so much in each of so many packs.
    let packs = cursor.attempt(|cursor| {
        (cursor.eat("×") || cursor.eat("x")).then_some(())?;
        let (packs, _) = cursor.whole()?;
        cursor.eat_any(PACKS).map(|_| packs)
    });
    value *= Decimal::from(packs.unwrap_or(1));
    Some(Mark::Amount { value, unit, per })
}

/// What holds several of a unit.
const PACKS: &[&str] = &["袋", "箱", "本", "缶", "シート", "パック"];

/// A unit that does not run into another letter: `T` but not `TD`.
fn unit(cursor: &mut Cursor<'_>) -> Option<&'static str> {
    cursor.attempt(|cursor| {
        let (spelling, unit) = UNITS.iter().find(|(spelling, _)| cursor.eat(spelling))?;
        let latin = spelling.chars().all(|char| char.is_ascii_alphabetic());
        let follows = cursor.peek();
        let runs_on = follows.is_some_and(|char| char.is_ascii_alphabetic())
            || (matches!(*spelling, "t" | "c" | "p" | "a" | "v" | "u" | "g")
                && follows == Some('.')
                && cursor.peek_at(1).is_some_and(|char| char.is_ascii_alphabetic()));
        (!(latin && runs_on)).then_some(*unit)
    })
}

/// A unit as it is written in the amount column: used by the name grammar as well.
pub fn canonical_unit(cursor: &mut Cursor<'_>) -> Option<&'static str> {
    unit(cursor)
}

/// (14)
fn bracketed(cursor: &mut Cursor<'_>) -> Option<Mark> {
    (cursor.eat("(") || cursor.eat("[")).then_some(())?;
    let value = cursor.number()?.value;
    (cursor.eat(")") || cursor.eat("]")).then_some(Mark::Bracketed(value))
}

/// ×14 after the usage: days, or doses of an as-needed drug.
fn multiplied(cursor: &mut Cursor<'_>, all: &[Marked]) -> Option<Mark> {
    (cursor.eat("×") || cursor.eat("x")).then_some(())?;
    let (value, _) = cursor.whole()?;
    if cursor.peek().is_some_and(char::is_alphanumeric) || all.is_empty() {
        return None;
    }
    // 2T×2: two tablets twice, or two a day; no days.
    if let Some(Marked { mark: Mark::Amount { .. }, .. }) = all.last()
        && value <= 4
        && !has_prn(all)
    {
        return u8::try_from(value).ok().map(Mark::Times);
    }
    Some(if has_prn(all) { Mark::Count(value) } else { Mark::Days(value) })
}

/// 頓用, 疼痛時, 発作時頓用.
fn prn(cursor: &mut Cursor<'_>) -> Option<Mark> {
    if cursor.eat_any(PRN).is_some() {
        return Some(Mark::Prn(None));
    }
    let heat = cursor.attempt(degrees);
    let start = cursor.at();
    let word: Vec<char> = cursor
        .rest()
        .iter()
        .take(10)
        .take_while(|char| {
            is_kanji(**char)
                || is_katakana(**char)
                || crate::normalise::is_hiragana(**char)
                || **char == '\n'
        })
        .copied()
        .collect();
    let end = word.iter().position(|char| *char == '時')?;
    let event: String = word[..end].iter().filter(|char| **char != '\n').collect();
    let event = match heat {
        Some(heat) => format!("{heat}{event}"),
        None => event,
    };
    let known = EVENTS.iter().any(|known| event.ends_with(known))
        && !NO_EVENTS.iter().any(|other| event.ends_with(other));
    if !known || event.chars().count() > LONGEST_EVENT {
        return None;
    }
    cursor.go_to(start + end + 1);
    Some(Mark::Prn(Some(format!("{event}時"))))
}

/// (血圧130以上の時), (痛みが強い場合): whatever stands in brackets as a condition is one.
fn condition_in_brackets(cursor: &mut Cursor<'_>) -> Option<Mark> {
    cursor.eat("(").then_some(())?;
    let start = cursor.at();
    let length = cursor.rest().iter().take(LONGEST_CONDITION).position(|char| *char == ')')?;
    let said: String = cursor.rest()[..length].iter().filter(|char| **char != '\n').collect();
    let event = CONDITIONAL.iter().find_map(|end| said.strip_suffix(end))?;
    let plain = event.ends_with(|last: char| last.is_ascii_digit())
        || NO_EVENTS.iter().any(|other| event.ends_with(other));
    if plain || event.chars().count() < 2 {
        return None;
    }
    cursor.go_to(start + length + 1);
    Some(Mark::Prn(Some(said)))
}

/// What ends a condition.
const CONDITIONAL: &[&str] = &["時のみ", "時だけ", "時", "ときのみ", "とき", "場合のみ", "場合"];

/// Longer brackets are remarks.
const LONGEST_CONDITION: usize = 20;

/// 38.5℃以上の, 38℃↑
fn degrees(cursor: &mut Cursor<'_>) -> Option<String> {
    let value = cursor.number()?.value;
    (cursor.eat("℃") || cursor.eat("°c") || cursor.eat("度")).then_some(())?;
    let above = cursor.eat("以上") || cursor.eat("↑");
    let link = cursor.eat("の");
    cursor.spaces();
    Some(format!("{value}℃{}{}", if above { "以上" } else { "" }, if link { "の" } else { "" }))
}

/// 38.5℃以上の発熱, 血圧上昇; longer words are prose.
const LONGEST_EVENT: usize = 12;

/// meals [ relation ] | relation | 眠前 | letters after a split.
fn time(cursor: &mut Cursor<'_>, previous: Option<&Mark>) -> Option<Mark> {
    let mut meals = Meals::NONE;
    let mut relation = None;
    if matches!(previous, Some(Mark::Split(_) | Mark::Times(_)))
        && let Some(letters) = cursor.attempt(meal_letters)
    {
        meals = letters;
        let rest = cursor.attempt(|cursor| {
            cursor.spaces();
            cursor.eat_spelling(RELATIONS)
        });
        cursor.eat(".");
        return Some(Mark::Time { meals, relation: rest });
    }
    while let Some(meal) = cursor.attempt(|cursor| {
        if !meals.is_empty() {
            cursor.spaces();
            let _ = cursor.eat("・")
                || cursor.eat("、")
                || cursor.eat(",")
                || cursor.eat("と")
                || cursor.eat("/");
            cursor.spaces();
        }
        cursor.eat_spelling(MEALS).or_else(|| cursor.eat_spelling(FIXED_TIMES).map(Meals::of))
    }) {
        meals = meals.and(meal);
        let spelled = cursor.attempt(|cursor| {
            // 朝食 + 後, 朝食直前, 毎食間.
            let after_food = cursor.before() == Some('食');
            cursor
                .eat_spelling(RELATIONS)
                .or_else(|| after_food.then(|| short_relation(cursor)).flatten())
        });
        relation = spelled.or(relation);
    }
    if relation.is_none() && meals.has_meal() {
        relation = cursor.attempt(|cursor| {
            cursor.spaces();
            cursor.eat_spelling(RELATIONS)
        });
        relation = relation.or_else(|| cursor.eat_spelling(SHORT_RELATIONS));
    } else if meals.is_empty() {
        relation = cursor.eat_spelling(RELATIONS);
        // 3× 後: behind a split the short words are enough.
        if relation.is_none() && matches!(previous, Some(Mark::Split(_) | Mark::Times(_))) {
            relation = cursor.attempt(|cursor| {
                let relation = cursor.eat_spelling(SHORT_RELATIONS)?;
                (!cursor.peek().is_some_and(is_kanji)).then_some(relation)
            });
        }
    }
    if meals.is_empty() && relation.is_none() {
        return None;
    }
    // A Latin mark may close with a point, and must not run into another word.
    if cursor.before().is_some_and(|char| char.is_ascii_alphabetic()) {
        cursor.eat(".");
        if cursor.peek().is_some_and(|char| char.is_ascii_alphabetic()) {
            return None;
        }
    }
    Some(Mark::Time { meals, relation })
}

/// 後, 前 behind 食; a space between them is the reader's own.
fn short_relation(cursor: &mut Cursor<'_>) -> Option<Relation> {
    cursor.attempt(|cursor| {
        cursor.spaces();
        cursor.eat_spelling(SHORT_RELATIONS)
    })
}

/// v.d.E. and z.d.E. behind the letters of the meals.
fn before_meals(cursor: &Cursor<'_>) -> bool {
    let mut ahead = *cursor;
    ahead.eat_any(&["v.d.e", "vde", "z.d.e", "zde"]).is_some()
}

/// M, MA, MTA, MTAV after a split: the German initials of the times of day.
fn meal_letters(cursor: &mut Cursor<'_>) -> Option<Meals> {
    cursor.spaces();
    let mut meals = Meals::NONE;
    for (letters, meal) in [
        (&["morgen", "mo", "m"][..], Meal::Breakfast),
        (&["mittag", "tag", "t"][..], Meal::Lunch),
        (&["abend", "ab", "a"][..], Meal::Dinner),
        (&["vds", "v.d.s", "v"][..], Meal::Bedtime),
    ] {
        cursor.attempt(|cursor| {
            // The v of v.d.E. is no evening.
            if meal == Meal::Bedtime && before_meals(cursor) {
                return None;
            }
            cursor.eat_any(letters)?;
            cursor.eat(".");
            meals = meals.and(Meals::of(meal));
            Some(())
        });
    }
    // n.d.E. may follow at once (MTAnde), and readers lose the space before days (MA14TD); any other
    // letter means that this was a word.
    let follows = cursor.peek();
    let word = follows.is_some_and(|char| char.is_ascii_alphabetic())
        && follows != Some('n')
        && !before_meals(cursor);
    (!meals.is_empty() && !word).then_some(meals)
}

/// 隔日, 1日おき, 月・水・金.
fn interval(cursor: &mut Cursor<'_>) -> Option<Mark> {
    if cursor.eat_any(INTERVALS).is_some() {
        cursor.eat("日");
        return Some(Mark::Interval);
    }
    let mut count = 0;
    cursor.eat("(");
    while cursor.eat_any(&["月", "火", "水", "木", "金", "土", "日"]).is_some() {
        count += 1;
        let _ = cursor.eat("・") || cursor.eat("、") || cursor.eat(",");
    }
    cursor.eat(")");
    (count >= 2).then_some(Mark::Interval)
}

/// 中止, D/C; a Latin word must not run into another.
fn stop(cursor: &mut Cursor<'_>) -> Option<()> {
    cursor.eat_any(STOP)?;
    let latin = cursor.before().is_some_and(|char| char.is_ascii_alphabetic());
    (!(latin && cursor.peek().is_some_and(|char| char.is_ascii_alphanumeric()))).then_some(())
}

fn words(cursor: &mut Cursor<'_>) -> Option<Mark> {
    if cursor.eat_any(DITTO).is_some() {
        return Some(Mark::Ditto);
    }
    if let Some(word) = cursor.attempt(|cursor| cursor.eat_any(REPEAT)) {
        let latin = word.starts_with('d');
        if latin && cursor.peek().is_some_and(|char| char.is_ascii_alphabetic()) {
            return None;
        }
        cursor.eat("処方");
        return Some(Mark::Repeat);
    }
    if cursor.eat_any(TAPER).is_some() {
        return Some(Mark::Taper);
    }
    if cursor.eat_any(BRACES).is_some() {
        return Some(Mark::Brace);
    }
    if cursor.attempt(stop).is_some() {
        return Some(Mark::Stop);
    }
    if cursor.eat("→") || cursor.eat("⇒") || cursor.eat("に変更") || cursor.eat("へ変更")
    {
        return Some(Mark::Change);
    }
    let (external, injected) = cursor.attempt(|cursor| {
        let site = cursor.eat_spelling(SITES)?;
        let latin = cursor.before().is_some_and(|char| char.is_ascii_alphabetic());
        (!(latin && cursor.peek().is_some_and(|char| char.is_ascii_alphabetic()))).then_some(site)
    })?;
    Some(Mark::Site { external, injected })
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
