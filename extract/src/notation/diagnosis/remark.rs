//! Words behind a name that are no part of it.

use crate::notation::cursor::Cursor;

/// Words behind a name that are no part of it, besides [`CONDITIONS`].
const REMARKS: &[&str] = &[
    "切除",
    "摘出",
    "全摘",
    "除菌",
    "観察中",
    "継続",
    "要",
    "術後",
    "手術",
    "合併",
    "再発",
    "疑",
    "既往",
    "指摘",
    "診断",
    "治癒",
    "治ゆ",
    "中止",
    "死亡",
    "転医",
    "にて",
    "フォロー",
    "内服",
    "服薬",
    "罹患",
    "発症",
    "入院",
    "通院",
    "加療",
    "治療",
    "併発",
    "初期",
    "中等",
    "軽度",
    "重度",
    "両側",
    "左",
    "右",
    "否定",
    "除外",
    "上・外",
    "上外",
    "主",
];

/// Words that say how the patient is.
const CONDITIONS: &[&str] = &[
    "コントロール",
    // The reader took the first letter for part of the name.
    "ントロール",
    "やや",
    "ほぼ",
    "概ね",
    "比較的",
    "良好",
    "不良",
    "安定",
    "不安定",
    "軽快",
    "改善",
    "寛解",
    "増悪",
    "悪化",
    "不変",
    "変化なし",
    "経過観察",
    "治療中",
    "加療中",
    "通院中",
];

/// Eats a word that is no part of a name.
pub fn remark(cursor: &mut Cursor<'_>) -> Option<&'static str> {
    cursor.eat_any(CONDITIONS).or_else(|| cursor.eat_any(REMARKS))
}

/// How the patient is, to the end of the part: 安定, コントロール良好. Readers lose the space before
/// it.
pub fn is_condition(mut at: Cursor<'_>) -> bool {
    let mut said = false;
    loop {
        at.spaces();
        let separates = at.peek().is_none_or(|char| "、。,;:()[]→/".contains(char));
        if separates || at.eat_any(CONDITIONS).is_none() {
            return said && separates;
        }
        said = true;
    }
}
