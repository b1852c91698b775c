//! What a form's printer put on the page, told from what somebody filled in.
//!
//! Forms say the same words everywhere: those of the ministry's models (様式第一号, 処方箋) and of
//! letters, laboratory slips and drug sheets. A line that such words fill, and that was not
//! written by hand, is a label. Names of laboratory items, units and reference ranges are none:
//! they are half of what a slip has to say.

use std::sync::LazyLock;

use chart::Line;

/// A line is a label if words of forms fill at least this share of it. On samples/, 0.5 to 0.8
/// differ by less than one line in a hundred.
const FILLED: f32 = 0.65;
/// The same of a line that looks handwritten: that is told rightly for five lines in six only.
const FILLED_IF_HANDWRITTEN: f32 = 0.9;

/// Words of forms, without spaces.
const WORDS: &[&str] = &[
    // 様式第一号(一)の1, の2
    "様式第一号",
    "第二十二条関係",
    "カルテNo.",
    "カルテ番号",
    "診療録",
    "公費負担者番号",
    "公費負担医療の受給者番号",
    "保険者番号",
    "記号・番号",
    "被保険者証",
    "被保険者手帳",
    "被保険者氏名",
    "被保険者",
    "被扶養者",
    "資格取得",
    "有効期限",
    "有効期間",
    "受診者",
    "フリガナ",
    "氏名",
    "生年月日",
    "性別",
    "住所",
    "職業",
    "続柄",
    "との続柄",
    "世帯主",
    "電話番号",
    "電話",
    "船舶所有者",
    "事業所",
    "所在地",
    "名称",
    "保険者",
    "傷病名",
    "職務",
    "職務上の事由",
    "上・外",
    "開始",
    "終了",
    "転帰",
    "期間満了",
    "予定日",
    "治ゆ",
    "死亡",
    "中止",
    "労務不能に関する意見",
    "労務不能期間",
    "意見書に記入した",
    "意見書交付",
    "入院期間",
    "業務災害",
    "複数業務要因災害",
    "又は通勤災害の疑いがある場合は",
    "その旨",
    "備考",
    "公費負担者番号",
    "既往症",
    "原因",
    "主要症状",
    "経過等",
    "処方・手術・処置等",
    "処方",
    "手術",
    "処置等",
    "診療の点数等",
    "点数",
    "種別",
    "月日",
    "負担金徴収額",
    "食事療養算定額",
    "標準負担額",
    "計",
    "日間",
    "自",
    "至",
    "明治",
    "大正",
    "昭和",
    "平成",
    "令和",
    "男",
    "女",
    "年",
    "月",
    "日",
    "生",
    "歳",
    "才",
    "受診",
    "初診",
    "再診",
    "診療年月日",
    "都道府県番号",
    "点数表番号",
    "医療機関コード",
    "医療機関",
    "コード",
    "患者",
    "診察",
    "者",
    "受",
    "診",
    "患",
    "処",
    "方",
    "備",
    "考",
    "印",
    "区分",
    "の",
    "等",
    "号",
    "欄",
    // 処方箋
    "処方箋",
    "この処方箋は、どの保険薬局でも有効です。",
    "この処方箋は",
    "どの保険薬局でも有効です",
    "保険医療機関の",
    "保険医療機関",
    "所在地及び名称",
    "保険医氏名",
    "交付年月日",
    "処方箋の使用期間",
    "特に記載のある場合を除き",
    "交付の日を含めて",
    "4日以内に保険薬局に提出すること",
    "変更不可",
    "医療上必要",
    "患者希望",
    "個々の処方薬について",
    "後発医薬品への変更に差し支えがある場合は",
    "後発医薬品",
    "「変更不可」欄に記載",
    "に差し支えがあると判断した場合には",
    "「✓」又は「×」を記載し",
    "「保険医署名」欄に署名又は記名・押印すること",
    "保険医署名",
    "署名又は記名・押印",
    "調剤済年月日",
    "保険薬局の所在地",
    "保険薬剤師氏名",
    "保険薬局が調剤時に残薬を確認した場合の対応",
    "保険医療機関へ疑義照会した上で調剤",
    "保険医療機関へ情報提供",
    "リフィル可",
    "調剤実施回数",
    "次回調剤予定日",
    "高齢受給者",
    "一部負担金の割合",
    // Letters, slips, drug sheets
    "診療情報提供書",
    "別紙",
    "紹介先医療機関等名",
    "紹介先",
    "紹介元",
    "紹介元医療機関の所在地",
    "医師氏名",
    "担当医",
    "紹介目的",
    "既往歴及び",
    "既往歴",
    "家族歴",
    "症状経過",
    "及び",
    "検査結果",
    "治療経過",
    "現在の処方",
    "御中",
    "先生",
    "検査成績表",
    "検査結果報告書",
    "検査報告書",
    "院内検査結果",
    "患者氏名",
    "患者ID",
    "患者番号",
    "ID",
    "No.",
    "採取日",
    "採取日時",
    "報告日",
    "受付日",
    "依頼元",
    "依頼科",
    "依頼医",
    "項目名",
    "検査項目",
    "項目",
    "結果",
    "単位",
    "基準値",
    "基準範囲",
    "判定",
    "コメント",
    "お薬手帳",
    "お薬の説明書",
    "調剤日",
    "調剤薬局",
    "処方医療機関",
    "医師",
    "お薬の名前",
    "形",
    "働き",
    "飲み方",
    "用法",
    "用量",
    "寝る前",
    "日数",
    "アレルギー歴",
    "副作用歴",
    "朝",
    "昼",
    "夕",
];

/// What counts of each of them.
static COUNTED: LazyLock<Vec<Vec<char>>> = LazyLock::new(|| {
    WORDS.iter().map(|word| word.chars().filter(|c| is_counted(*c)).collect()).collect()
});

/// Whether a line as it was read is a label of a form.
pub fn is_label(line: &Line) -> bool {
    let text: Vec<char> = line.text.chars().filter(|c| is_counted(*c)).collect();
    if text.is_empty() {
        return false;
    }
    let share = filled(&text) as f32 / text.len() as f32;
    let least = if line.handwritten == Some(true) { FILLED_IF_HANDWRITTEN } else { FILLED };
    share >= least
}

/// Spaces and brackets count for neither.
fn is_counted(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, 'ー' | '.' | '々')
}

/// How many of a text's characters words of forms cover, at best.
fn filled(text: &[char]) -> usize {
    // Best cover of everything before each place.
    let mut best = vec![0; text.len() + 1];
    for at in 0..text.len() {
        best[at + 1] = best[at + 1].max(best[at]);
        for word in COUNTED.iter() {
            let length = word.len();
            let alone = length == text.len();
            if at + length > text.len() || (length < 2 && !alone) {
                continue;
            }
            let wrong = word.iter().zip(&text[at..]).filter(|(a, b)| a != b).count();
            // One character in four of a longer word may be misread.
            if wrong * 4 <= length.saturating_sub(2) {
                best[at + length] = best[at + length].max(best[at] + length);
            }
        }
    }
    best[text.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(text: &str, handwritten: bool) -> bool {
        let handwritten = Some(handwritten);
        is_label(&Line { text: text.to_owned(), handwritten, ..Line::default() })
    }

    #[test]
    fn words_of_forms_are_labels_and_what_is_filled_in_is_not() {
        for text in [
            "氏 名",
            "公費負担者番号",
            "様式第一号(一)の2(第二十二条関係)",
            "傷 病 名",
            "男",
            "昭和 平成",
        ] {
            assert!(label(text, false), "{text}");
        }
        for text in [
            "アムロジピン錠5mg",
            "分1 朝食後 14日分",
            "見本 花子",
            "令和5年3月14日",
            "1234567",
            "咳・痰なし",
        ] {
            assert!(!label(text, false), "{text}");
        }
    }

    #[test]
    fn a_misread_character_is_forgiven_in_long_words_only() {
        assert!(label("公費負担者番兮", false));
        assert!(!label("氏各", false));
    }

    #[test]
    fn a_hand_must_write_nothing_else() {
        assert!(label("保険者番号と", false) && !label("保険者番号と", true));
        assert!(label("既往症", true));
    }
}
