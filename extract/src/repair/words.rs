//! The words that a misread character is told by.

use std::sync::LazyLock;

/// A phrase as characters, since each is compared with every place of every line.
pub(super) type Phrase = Vec<char>;

fn phrases_of(words: &[&str]) -> Vec<Phrase> {
    words.iter().map(|word| word.chars().collect()).collect()
}

/// All phrases.
pub(super) static PHRASES: LazyLock<Vec<Phrase>> = LazyLock::new(|| {
    let meals = MEALS
        .iter()
        .flat_map(|meal| RELATIONS.iter().map(move |relation| format!("{meal}{relation}")));
    let words = WORDS.iter().map(|&word| word.to_owned());
    meals.chain(words).map(|phrase| phrase.chars().collect()).collect()
});

/// The same, but only behind a figure.
pub(super) static AFTER_FIGURE_PHRASES: LazyLock<Vec<Phrase>> =
    LazyLock::new(|| phrases_of(AFTER_FIGURE));

/// Headings, only where a line begins.
pub(super) static HEADING_PHRASES: LazyLock<Vec<Phrase>> = LazyLock::new(|| phrases_of(HEADINGS));

/// Words with figures: `#` is one of 1 to 6.
pub(super) static FRAME_PHRASES: LazyLock<Vec<Phrase>> = LazyLock::new(|| phrases_of(FRAMES));

/// Units that only a figure can stand before.
pub(super) static UNIT_PHRASES: LazyLock<Vec<Phrase>> = LazyLock::new(|| phrases_of(UNITS));

/// の疑い, which is long enough to be told at the end of a line.
pub(super) static SUSPICION_PHRASE: LazyLock<Phrase> =
    LazyLock::new(|| SUSPICION.chars().collect());

/// Letters of usage say something themselves, and stand for no other.
pub(super) const LETTERS_OF_USAGE: &str = "朝昼夕毎食前後直間眠就寝起床";

/// 痛みの強い is no 痛みの疑い.
pub(super) const PLAIN_ADJECTIVES: &str =
    "多強悪無高低弱良近遠痛軽重深浅長短早遅若白黒赤青薄濃熱寒";

/// Meals, each with each relation.
const MEALS: &[&str] =
    &["毎食", "朝食", "昼食", "夕食", "朝夕食", "朝昼食", "昼夕食", "朝昼夕食", "食"];

const RELATIONS: &[&str] = &["後", "前", "直前", "直後", "間"];

/// Other words of usage and of diagnoses.
const WORDS: &[&str] = &[
    "就寝前",
    "就寝時",
    "寝る前",
    "眠前",
    "起床時",
    "頓用",
    "頓服",
    "疼痛時",
    "頭痛時",
    "腹痛時",
    "発熱時",
    "不眠時",
    "便秘時",
    "下痢時",
    "発作時",
    "胸痛時",
    "カプセル",
    "塗布",
    "貼付",
    "点眼",
    "患部",
    "両眼",
    "隔日",
    "中止",
    SUSPICION,
    "(疑)",
];

const SUSPICION: &str = "の疑い";

const AFTER_FIGURE: &[&str] = &["日分", "日間", "回分", "週分", "週間"];

const HEADINGS: &[&str] = &[
    "既往歴:",
    "既往歴",
    "既往)",
    "既往:",
    "家族歴:",
    "家族歴",
    "アレルギー",
    "傷病名",
    "主訴",
    "現病歴",
];

const FRAMES: &[&str] = &[
    "1日#回",
    "1回#錠",
    "1回#包",
    "1回#カプ",
    "1回#滴",
    "1回#吸",
    "1回#枚",
    "分#毎",
    "分#朝",
    "分#昼",
    "分#夕",
    "分#食",
    "分#就",
    "分#眠",
    "分#起",
    "分#寝",
    "週1回",
];

const UNITS: &[&str] =
    &["日分", "日間", "回分", "錠", "カプセル", "包", "枚", "mg", "μg", "mcg", "ug", "mL"];
