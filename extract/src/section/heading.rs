//! The headings: 既往歴：, 現在の処方, S), and where they stand within a line.

use super::Section;
use crate::{
    layout::Item,
    normalise::{Text, is_hiragana, is_kanji, is_katakana},
    notation::cursor::Cursor,
};

/// Headings, longest first; folded when compared.
const HEADINGS: &[(&str, Section)] = &[
    ("既往歴及び家族歴", Section::History),
    ("既往歴・家族歴", Section::History),
    ("既往歴/家族歴", Section::History),
    ("アレルギー歴", Section::Allergy),
    ("薬剤アレルギー歴", Section::Allergy),
    ("薬物アレルギー歴", Section::Allergy),
    ("薬アレルギー歴", Section::Allergy),
    ("薬剤アレルギー", Section::Allergy),
    ("薬アレルギー", Section::Allergy),
    ("食物アレルギー", Section::Allergy),
    ("食品アレルギー", Section::Allergy),
    ("薬物アレルギー", Section::Allergy),
    ("アレルギー", Section::Allergy),
    ("アレルキー", Section::Allergy),
    ("allergy", Section::Allergy),
    ("副作用歴", Section::Allergy),
    ("薬禁", Section::Allergy),
    ("禁忌薬", Section::Allergy),
    ("禁忌", Section::Allergy),
    ("既往歴", Section::History),
    ("既往症", Section::History),
    ("既往", Section::History),
    ("ph:", Section::History),
    ("pmh", Section::History),
    ("past history", Section::History),
    ("hx:", Section::History),
    ("家族歴", Section::Family),
    ("遺伝歴", Section::Family),
    ("fh:", Section::Family),
    // Anamnese, Familienanamnese.
    ("fa)", Section::Family),
    ("fa:", Section::Family),
    ("an)", Section::History),
    ("an:", Section::History),
    ("family history", Section::Family),
    ("主たる傷病名", Section::Diagnosis),
    ("傷病名", Section::Diagnosis),
    ("診断名及び発症年月日", Section::Diagnosis),
    ("紹介病名", Section::Diagnosis),
    ("診断名", Section::Diagnosis),
    ("確定診断", Section::Diagnosis),
    ("臨床診断", Section::Diagnosis),
    ("病名", Section::Diagnosis),
    ("主病名", Section::Diagnosis),
    ("診断", Section::Diagnosis),
    ("dx:", Section::Diagnosis),
    ("dx)", Section::Diagnosis),
    ("dx.", Section::Diagnosis),
    ("diagnosis", Section::Diagnosis),
    ("プロブレムリスト", Section::Diagnosis),
    ("problem list", Section::Diagnosis),
    ("合併症", Section::Diagnosis),
    ("併存症", Section::Diagnosis),
    ("assessment", Section::Diagnosis),
    ("評価", Section::Diagnosis),
    ("現在の処方", Section::Taken),
    ("処方内容", Section::Taken),
    ("投薬", Section::Prescription),
    ("処方薬", Section::Taken),
    ("内服薬", Section::Taken),
    ("現処方", Section::Taken),
    ("処方", Section::Prescription),
    ("検査所見", Section::Laboratory),
    ("検査結果", Section::Laboratory),
    ("検査成績", Section::Laboratory),
    ("検査", Section::Laboratory),
    ("採血", Section::Laboratory),
    ("主訴", Section::Subjective),
    ("現病歴", Section::Subjective),
    ("現病名", Section::Diagnosis),
    ("現病", Section::Diagnosis),
    ("基礎疾患", Section::Diagnosis),
    ("併存疾患", Section::Diagnosis),
    ("症状経過", Section::Subjective),
    ("紹介目的", Section::Subjective),
    ("治療経過", Section::Subjective),
    ("経過", Section::Subjective),
    ("subjective", Section::Subjective),
    ("現症", Section::Objective),
    ("身体所見", Section::Objective),
    ("objective", Section::Objective),
    ("方針", Section::Plan),
    ("治療方針", Section::Plan),
    ("plan", Section::Plan),
    ("コメント", Section::Comment),
    ("備考", Section::Comment),
    ("所見", Section::Objective),
    ("(s)", Section::Subjective),
    ("s)", Section::Subjective),
    ("s:", Section::Subjective),
    ("(o)", Section::Objective),
    ("o)", Section::Objective),
    ("o:", Section::Objective),
    ("(a)", Section::Diagnosis),
    ("a)", Section::Diagnosis),
    ("a:", Section::Diagnosis),
    // O: is read as a figure.
    ("(0)", Section::Objective),
    ("0)", Section::Objective),
    ("0:", Section::Objective),
    ("(p)", Section::Plan),
    ("p)", Section::Plan),
    ("p:", Section::Plan),
    ("(a/p)", Section::Diagnosis),
    ("a/p:", Section::Diagnosis),
    ("a/p)", Section::Diagnosis),
];

/// The heading that a text begins with, and where its content begins.
pub fn heading(text: &Text) -> Option<(Section, usize)> {
    let mut cursor = Cursor::new(text, 0..text.len());
    cursor.spaces();
    while cursor.eat_any(&["【", "[", "<", "■", "●", "◆", "〇", "○", "・"]).is_some() {}
    let start = cursor.at();
    // 【A】 HT
    if let Some(section) = cursor.attempt(bracketed_letter) {
        cursor.spaces();
        return Some((section, cursor.at()));
    }
    let mut section = cursor.eat_spelling(HEADINGS)?;
    // 臨床診断・コメント, 既往歴/家族歴: the last of several words is the widest.
    while let Some(next) = cursor.attempt(|cursor| {
        let _ = cursor.eat("・") || cursor.eat("/") || cursor.eat("及び") || cursor.eat("、");
        cursor.eat_spelling(HEADINGS)
    }) {
        if section != Section::History {
            section = next;
        }
    }
    let word = &text.folded()[start..cursor.at()];
    // 既往歴及び⏎家族歴: the heading goes on in the next line.
    let _ = goes_on(text) && cursor.eat("及び");
    let closed_by_itself = word.last().is_some_and(|char| matches!(char, ':' | ')' | '.'));
    // 薬剤アレルギー歴あり(ペニシリン)
    if section == Section::Allergy {
        cursor.attempt(|cursor| {
            cursor.eat_any(&["あり", "有り", "有"])?;
            cursor.peek().filter(|char| matches!(char, '(' | ':' | ' ')).map(|_| ())
        });
    }
    cursor.spaces();
    let closed = cursor.eat("】") || cursor.eat("]") || cursor.eat(">");
    cursor.spaces();
    // 既往) DU(H20)
    let colon = cursor.eat(":")
        || cursor.eat("=")
        || cursor.eat("…")
        || cursor.eat(")")
        || cursor.attempt(|cursor| misread_colon(cursor, section)).is_some();
    // 既往急性腸炎, 家族歴母DM: the colon was not read.
    let lost = matches!(section, Section::History | Section::Family)
        && word.last().is_some_and(|char| is_kanji(*char))
        && !colon
        && begins_entry(&cursor);
    cursor.spaces();
    let ends = cursor.is_done();
    // 食物アレルギー alone is a disease.
    let disease = word.starts_with(&['食']);
    // アレルギー性鼻炎, 診断書, 検査目的: a word that only begins like a heading.
    let heads = closed_by_itself
        || closed
        || colon
        || lost
        || (ends && !disease)
        || (section == Section::Allergy && cursor.peek() == Some('('))
        || cursor.before() == Some(' ') && section != Section::Laboratory && !disease;
    heads.then_some((section, cursor.at()))
}

/// Whether the words behind a heading say what it is a heading of, and are no rest of a sentence.
fn begins_entry(cursor: &Cursor<'_>) -> bool {
    const OTHERS: &[&str] = &[
        "聴取", "聴", "不明", "確認", "問診", "詳細", "特記", "上", "中", "等", "者", "調査",
        "参照", "書",
    ];
    let word = |char: char| is_kanji(char) || is_katakana(char) || char.is_ascii_alphabetic();
    cursor.peek().is_some_and(word) && cursor.clone().eat_any(OTHERS).is_none()
}

/// アレルギー1なし: the colon behind a heading, read as a stroke.
fn misread_colon(cursor: &mut Cursor<'_>, section: Section) -> Option<()> {
    let is_told = matches!(section, Section::Allergy | Section::History | Section::Family);
    let touches = cursor.before().is_some_and(|char| !char.is_whitespace());
    let stroke = cursor.eat_any(&["1", "l", "I", "|", "!", "i", ";"]).is_some();
    let word =
        cursor.peek().is_some_and(|char| is_kanji(char) || is_katakana(char) || is_hiragana(char));
    // 既往1型糖尿病
    (is_told && touches && stroke && word && !matches!(cursor.peek(), Some('型' | '度' | '期')))
        .then_some(())
}

/// A】, s]: a letter of SOAP behind its opening bracket.
fn bracketed_letter(cursor: &mut Cursor<'_>) -> Option<Section> {
    cursor.before().filter(|char| matches!(char, '【' | '[' | '<'))?;
    let section = cursor.eat_spelling(&[
        ("s", Section::Subjective),
        ("o", Section::Objective),
        ("a", Section::Diagnosis),
        ("p", Section::Plan),
    ])?;
    (cursor.eat("】") || cursor.eat("]") || cursor.eat(">")).then_some(section)
}

/// Whether a heading ends with 及び and goes on in the line below.
pub(super) fn goes_on(text: &Text) -> bool {
    text.folded().ends_with(&['及', 'び'])
}

/// Headings that also stand within a line: #1 HT #2 DM 既往：虫垂炎.
const WITHIN: &[&str] = &[
    "既往歴",
    "既往症",
    "既往",
    "家族歴",
    "アレルギー歴",
    "アレルギー",
    "禁忌",
    "薬禁",
    "合併症",
    "併存症",
    "ph",
    "fh",
];

/// Lines with headings further on become several items.
pub fn cut_at_headings(items: &[Item]) -> Vec<Item> {
    let part = |item: &Item, range| Item { text: item.text.slice(range), ..item.clone() };
    items
        .iter()
        .flat_map(|item| {
            let mut parts = vec![item.clone()];
            while let Some(last) = parts.pop() {
                let Some(at) = heading_within(&last.text) else {
                    parts.push(last);
                    break;
                };
                parts.extend([part(&last, 0..at), part(&last, at..last.text.len())]);
            }
            parts
        })
        .collect()
}

/// Where a heading with a colon stands behind a space or a mark, further on in a line; in a line of SOAP
/// also the next letter (S: 咳 O: 発赤 A: 咽頭炎).
fn heading_within(text: &Text) -> Option<usize> {
    let of_soap = is_letter(text);
    (1..text.len()).find(|&at| {
        let mut cursor = Cursor::new(text, at..text.len());
        matches!(text.folded()[at - 1], ' ' | '、' | '。' | ',') && {
            let named = cursor.eat_any(WITHIN).is_some()
                || of_soap && cursor.eat_any(&["s", "o", "a", "p"]).is_some();
            cursor.spaces();
            named && (cursor.eat(":") || of_soap && cursor.eat(")"))
        }
    })
}

/// S:, (O), A): a letter that holds until the next.
pub(super) fn is_letter(text: &Text) -> bool {
    let mut chars = text.folded().iter().skip_while(|char| " (【[".contains(**char));
    let letter = chars.next().is_some_and(char::is_ascii_alphabetic);
    letter && chars.find(|char| **char != ' ').is_some_and(|next| ":)】]".contains(*next))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headed(raw: &str) -> Option<(Section, String)> {
        let text = Text::of_line(0, raw);
        heading(&text).map(|(section, content)| (section, text.string(content..text.len())))
    }

    #[test]
    fn headings_open_sections() {
        assert_eq!(headed("既往歴：DM(H5)"), Some((Section::History, "DM(H5)".into())));
        assert_eq!(headed("【傷 病 名】"), Some((Section::Diagnosis, String::new())));
        assert_eq!(headed("A) #1 HT"), Some((Section::Diagnosis, "#1 HT".into())));
        assert_eq!(headed("(O) BP 120/70"), Some((Section::Objective, "BP 120/70".into())));
        assert_eq!(headed("アレルギー性鼻炎"), None);
        assert_eq!(headed("検査目的で入院"), None);
    }
}
