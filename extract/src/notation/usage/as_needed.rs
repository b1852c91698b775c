//! 頓用, 疼痛時, (痛みが強い場合): when needed.

use super::{Mark, Marked};
use crate::{
    normalise::{is_hiragana, is_kanji, is_katakana},
    notation::cursor::Cursor,
};

pub const PRN: &[&str] = &[
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

/// 38.5℃以上の発熱, 血圧上昇; longer words are prose.
pub const LONGEST_EVENT: usize = 12;

/// Times that end in 時 and are no condition.
const NO_EVENTS: &[&str] =
    &["起床", "就寝", "就眠", "空腹", "食事", "透析", "入院", "退院", "受診", "同"];

/// What ends a condition.
const CONDITIONAL: &[&str] = &["時のみ", "時だけ", "時", "ときのみ", "とき", "場合のみ", "場合"];

/// Longer brackets are remarks.
const LONGEST_CONDITION: usize = 20;

/// 頓用, 疼痛時, 発作時頓用.
pub fn prn(cursor: &mut Cursor<'_>) -> Option<Mark> {
    // 適宜増減 is for a drug that is taken anyway.
    if super::words::ADJUSTED.iter().any(|word| cursor.clone().eat(word)) {
        return None;
    }
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
            is_kanji(**char) || is_katakana(**char) || is_hiragana(**char) || **char == '\n'
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
pub fn condition_in_brackets(cursor: &mut Cursor<'_>) -> Option<Mark> {
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

/// 38.5℃以上の, 38℃↑
fn degrees(cursor: &mut Cursor<'_>) -> Option<String> {
    let value = cursor.number()?.value;
    (cursor.eat("℃") || cursor.eat("°c") || cursor.eat("度")).then_some(())?;
    let above = cursor.eat("以上") || cursor.eat("↑");
    let link = cursor.eat("の");
    cursor.spaces();
    Some(format!("{value}℃{}{}", if above { "以上" } else { "" }, if link { "の" } else { "" }))
}

pub fn has_prn(all: &[Marked]) -> bool {
    all.iter().any(|marked| matches!(marked.mark, Mark::Prn(_)))
}
