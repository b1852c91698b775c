//! Which part of the chart a line belongs to.
//!
//! A heading with words after it holds for its line (`既往歴：DM(H5)`); a heading that stands
//! alone holds for the lines below it in its column until the next heading or date. The letters
//! of SOAP hold until the next letter.

use crate::{
    layout::{Item, gap_below, gap_beside},
    normalise::{Text, is_hiragana, is_kanji, is_katakana},
    notation::{cursor::Cursor, date},
};

/// A part of the chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Section {
    /// Nothing said.
    #[default]
    Unknown,
    /// 傷病名, 診断, A:
    Diagnosis,
    /// 既往歴
    History,
    /// 家族歴
    Family,
    /// アレルギー, 禁忌
    Allergy,
    /// 処方
    Prescription,
    /// 現在の処方, 内服薬
    Taken,
    /// 検査
    Laboratory,
    /// S: 主訴, 現病歴
    Subjective,
    /// O: 現症
    Objective,
    /// P:
    Plan,
    /// コメント, 備考
    Comment,
}

impl Section {
    /// Whether orders are written behind its heading.
    pub const fn orders(self) -> bool {
        matches!(self, Self::Plan | Self::Prescription | Self::Taken)
    }

    /// Whether it is a list; what else stands in a box is prose, of which every line tells for itself.
    const fn lists(self) -> bool {
        matches!(
            self,
            Self::Diagnosis
                | Self::History
                | Self::Family
                | Self::Allergy
                | Self::Prescription
                | Self::Taken
        )
    }
}

/// Headings, longest first; folded when compared.
const HEADINGS: &[(&str, Section)] = &[
    ("既往歴及び家族歴", Section::History),
    ("既往歴・家族歴", Section::History),
    ("既往歴/家族歴", Section::History),
    ("アレルギー歴", Section::Allergy),
    ("薬剤アレルギー", Section::Allergy),
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

/// The section of an item, and where in it the content begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// The section.
    pub section: Section,
    /// Index of the first character after the heading.
    pub content: usize,
    /// The heading stands in this very line.
    pub headed: bool,
}

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
fn goes_on(text: &Text) -> bool {
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

/// A heading that was met, and how far it reaches.
#[derive(Debug, Clone, Copy)]
struct Open {
    section: Section,
    frame: chart::Rect,
    alone: bool,
    /// Its next line is part of it.
    goes_on: bool,
}

/// The section of each item, in the same order.
pub fn sections(items: &[Item]) -> Vec<Placed> {
    let mut open: Vec<Open> = Vec::new();
    let mut placed: Vec<Placed> = items
        .iter()
        .map(|item| {
            let above = |open: &Open| {
                open.alone && gap_below(open.frame, item.frame).is_some_and(|gap| gap < 1.0)
            };
            // 症状経過⏎及び⏎検査結果 is one heading, too.
            if item.text.len() == 2
                && goes_on(&item.text)
                && let Some(first) = open.iter_mut().find(|open| above(open))
            {
                (first.frame, first.goes_on) = (first.frame.union(item.frame), true);
                return Placed { section: first.section, content: item.text.len(), headed: true };
            }
            if let Some((section, content)) = heading(&item.text) {
                let alone = content >= item.text.len();
                let holds = alone || is_letter(&item.text);
                // 既往歴及び⏎家族歴 is one heading of both.
                let first = open.iter_mut().find(|open| open.goes_on && alone && above(open));
                if let Some(first) = first {
                    first.frame = first.frame.union(item.frame);
                    return Placed { section: first.section, content, headed: true };
                }
                let same_column = |open: &Open| shares_column(open.frame, item.frame);
                open.retain(|open| !same_column(open));
                if holds {
                    let goes_on = goes_on(&item.text);
                    open.push(Open { section, frame: item.frame, alone, goes_on });
                }
                return Placed { section, content, headed: true };
            }
            let whole_date = date::date(&item.text, 0..item.text.len())
                .is_some_and(|found| found.range.end + 3 >= item.text.len() && !found.without_era);
            if whole_date {
                // A new visit begins in this column.
                open.retain(|open| {
                    !shares_column(open.frame, item.frame) || is_beside(open.frame, item.frame)
                });
            }
            let section = open
                .iter()
                .rev()
                .find(|open| {
                    is_beside(open.frame, item.frame)
                        && open.alone
                        && item.frame.x0 >= open.frame.x0
                        || open.frame.y0 < item.frame.y0 && shares_column(open.frame, item.frame)
                })
                .map_or(Section::Unknown, |open| open.section);
            Placed { section, content: 0, headed: false }
        })
        .collect();
    go_on_in_boxes(items, &mut placed);
    placed
}

/// Of a box with its heading at the left, the lines below the first: they begin where it begins, and
/// nothing but the heading stands left of them.
fn go_on_in_boxes(items: &[Item], placed: &mut [Placed]) {
    let beside = |at: usize, section: Section, placed: &[Placed]| {
        let mut left = (0..items.len()).filter(|other| {
            let gap = gap_beside(items[*other].frame, items[at].frame);
            gap.is_some_and(|gap| gap < WIDEST_BOX)
        });
        let of_heading = |other: usize| placed[other].headed && placed[other].section == section;
        let first = left.next();
        (first.is_some_and(of_heading) && left.all(of_heading), first.is_none())
    };
    let mut boxed = vec![false; items.len()];
    for at in 0..items.len() {
        let own = placed[at].section;
        if placed[at].headed {
            continue;
        }
        if own != Section::Unknown {
            boxed[at] = beside(at, own, placed).0;
            continue;
        }
        let frame = items[at].frame;
        let above = (0..at).rev().find(|other| {
            let upper = items[*other].frame;
            boxed[*other]
                && gap_below(upper, frame).is_some_and(|gap| gap <= FARTHEST_BELOW)
                && upper.x0.abs_diff(frame.x0) <= frame.height()
        });
        let Some(section) = above.map(|above| placed[above].section).filter(|it| it.lists()) else {
            continue;
        };
        let (headed, alone) = beside(at, section, placed);
        if headed || alone {
            placed[at].section = section;
            boxed[at] = true;
        }
    }
}

/// A heading stands within so many line heights left of what is in its box.
const WIDEST_BOX: f32 = 12.0;

/// The next line of a box is at most so many line heights below.
const FARTHEST_BELOW: f32 = 1.9;

/// S:, (O), A): a letter that holds until the next.
fn is_letter(text: &Text) -> bool {
    let mut chars = text.folded().iter().skip_while(|char| " (【[".contains(**char));
    let letter = chars.next().is_some_and(char::is_ascii_alphabetic);
    letter && chars.find(|char| **char != ' ').is_some_and(|next| ":)】]".contains(*next))
}

const fn shares_column(one: chart::Rect, other: chart::Rect) -> bool {
    one.x0 < other.x1 && other.x0 < one.x1
}

fn is_beside(one: chart::Rect, other: chart::Rect) -> bool {
    crate::layout::beside(one, other)
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
