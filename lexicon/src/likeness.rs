//! How alike two words are when one was read from paper.
//!
//! A weighted edit distance: characters that recognition or handwriting confuses cost a part of
//! an edit, marks that come and go (ー, ・) cost half of one. The weights are general knowledge
//! of Japanese recognition errors, not measured on any page of the project's development set.

use std::{collections::HashMap, sync::LazyLock};

use crate::normalise::fold;

/// Characters of a text that are compared at most; the longest names have about thirty.
pub const LONGEST: usize = 32;

/// Cost of a confusion from the table.
const CONFUSED: f32 = 0.35;
/// Cost of losing or gaining a mark that is easily lost.
const LIGHT: f32 = 0.5;

/// Characters that are taken for each other, in groups.
const CONFUSIONS: &[&str] = &[
    "ロ口0O囗",
    "カ力",
    "ー一-ｰ",
    "ニ二",
    "ソンリノシツ",
    "シミッ",
    "タ夕クケ",
    "ト卜",
    "ハ八",
    "エ工コユ",
    "oO0〇○",
    "1lI|ℓi!ー",
    "5S",
    "8B",
    "6b",
    "2Z",
    "9gq",
    "ヘへ",
    "べベ",
    "ぺペ",
    "リり",
    "ヌスメ",
    "チテ千",
    "ナオ",
    "アマヤ",
    "ワウクフ",
    "ヲヨ",
    "ルレ",
    "セヒ",
    "ラフウ",
    "モキ",
    "サせ",
    "バパハ",
    "ビピヒ",
    "ブプフ",
    "ベペヘ",
    "ボポホ",
    "ガカ",
    "ギキ",
    "グク",
    "ゲケ",
    "ゴコ",
    "ザサ",
    "ジシヅ",
    "ズスヅ",
    "ゼセ",
    "ゾソ",
    "ダタ",
    "デテ",
    "ドト",
    "ァア",
    "ィイ",
    "ゥウヴ",
    "ェエ",
    "ォオ",
    "ッツ",
    "ャヤ",
    "ュユ",
    "ョヨ",
    "ヴブ",
    "ヂジ",
    "cC",
    "vV",
    "sS",
    "xX",
    "wW",
    "炎災",
    "症疾",
    "瘍瘤",
    "腎賢",
    "胃冒",
    "肺肝",
    "骨胃",
    "膝腰",
    "未末",
    "圧庄",
    "症证",
    "頭頚頸",
    "関間閉問",
    "狭挟",
    "塞寒",
    "梗硬便",
    "血皿",
    "糖粃",
    "痛癌",
    "候侯",
    "慢漫",
    "性住",
    "急忽",
    "己已巳",
    "大太犬",
    "右石",
    "左在",
    "白自",
    "日目曰",
    "食良",
    "前煎",
    "朝潮",
    "タ夕",
];

/// For every character the groups that it is in, a bit each.
static GROUPS: LazyLock<HashMap<char, u128>> = LazyLock::new(|| {
    let mut groups = HashMap::new();
    for (number, group) in CONFUSIONS.iter().enumerate() {
        for char in group.chars() {
            *groups.entry(fold(char)).or_default() |= 1 << number;
        }
    }
    groups
});

fn groups(char: char) -> u128 {
    GROUPS.get(&char).copied().unwrap_or(0)
}

/// Cost of reading `read` where `meant` was written; each with its groups.
fn substitution(meant: (char, u128), read: (char, u128)) -> f32 {
    if meant.0 == read.0 {
        0.0
    } else if meant.1 & read.1 != 0 {
        CONFUSED
    } else {
        1.0
    }
}

const fn gap(char: char) -> f32 {
    match char {
        'ー' | '・' | ' ' | '\n' | '-' | ',' | '.' => LIGHT,
        _ => 1.0,
    }
}

/// The cost of taking the whole key for some beginning of the text, and how many characters of
/// the text that is. `None` if more than half of the key would have to be changed.
pub fn of_prefix(key: &[char], text: &[char]) -> Option<(f32, usize)> {
    if key.len() > LONGEST {
        return None;
    }
    let width = text.len().min(key.len() + 3);
    let text = &text[..width];
    let read_groups: Vec<u128> = text.iter().copied().map(groups).collect();
    let limit = key.len() as f32 / 2.0;
    let mut row = [0.0_f32; LONGEST + 1];
    for at in 1..=width {
        row[at] = row[at - 1] + gap(text[at - 1]);
    }
    for &meant in key {
        let meant_groups = groups(meant);
        let mut diagonal = row[0];
        row[0] += gap(meant);
        let mut least = row[0];
        for at in 1..=width {
            let above = row[at];
            let read = text[at - 1];
            row[at] = (diagonal + substitution((meant, meant_groups), (read, read_groups[at - 1])))
                .min(above + gap(meant))
                .min(row[at - 1] + gap(read));
            diagonal = above;
            least = least.min(row[at]);
        }
        if least > limit {
            return None;
        }
    }
    let (length, cost) = (0..=width)
        .map(|at| (at, row[at] + cut_through_word(text, at)))
        .min_by(|left, right| left.1.total_cmp(&right.1).then(left.0.cmp(&right.0)))?;
    (cost <= limit).then_some((cost, length))
}

/// What it costs if the key ends in the middle of a katakana or Latin word of the text.
fn cut_through_word(text: &[char], at: usize) -> f32 {
    use crate::normalise::is_katakana;
    let (Some(before), Some(after)) = (at.checked_sub(1).map(|at| text[at]), text.get(at)) else {
        return 0.0;
    };
    let same_word = (is_katakana(before) && is_katakana(*after))
        || (before.is_ascii_alphabetic() && after.is_ascii_alphabetic());
    if same_word { 0.7 } else { 0.0 }
}

/// 1 for no cost, falling with the part of the key that is wrong.
pub fn score(cost: f32, length: usize) -> f32 {
    (1.0 - cost / length.max(1) as f32).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalise::key;

    fn cost(meant: &str, read: &str) -> f32 {
        of_prefix(&key(meant), &key(read)).map_or(f32::INFINITY, |(cost, _)| cost)
    }

    #[test]
    fn a_confusion_costs_less_than_another_letter() {
        assert!(cost("ワソラン", "ワンラン") < cost("ワソラン", "ワメラン"));
        assert!(cost("高血圧症", "高皿圧症") < 0.5);
        assert!((cost("アムロジピン", "アムロジピン錠") - 0.0).abs() < f32::EPSILON);
    }

    #[test]
    fn a_lost_mark_costs_little() {
        assert!(cost("メチコバール", "メチコバル") < 0.6);
    }

    #[test]
    fn words_with_little_in_common_are_not_compared() {
        assert!(cost("ワソラン", "ノルバスク").is_infinite());
    }
}
