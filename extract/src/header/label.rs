//! The labels of a header, as printed.

use crate::{normalise::Text, notation::cursor::Cursor};

/// A field of the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Name,
    Kana,
    Birth,
    Sex,
    ChartNumber,
    Insurer,
    Insured,
    /// A label of something else; nothing is taken across it.
    Other,
}

/// Labels as printed, longest first; compared without spaces.
const LABELS: &[(&str, Field)] = &[
    ("公費負担者番号", Field::Other),
    ("公費負担医療の受給者番号", Field::Other),
    ("公費負担医療の受給者番", Field::Other),
    ("保険者番号", Field::Insurer),
    ("被保険者証の記号・番号", Field::Insured),
    ("被保険者証・被保険者手帳の", Field::Other),
    ("記号・番号", Field::Insured),
    ("記号番号", Field::Insured),
    ("患者氏名", Field::Name),
    ("受診者氏名", Field::Name),
    ("お名前", Field::Name),
    ("患者名", Field::Name),
    ("保険医氏名", Field::Other),
    ("担当医", Field::Other),
    ("氏名", Field::Name),
    ("フリガナ", Field::Kana),
    ("ふりがな", Field::Kana),
    ("カナ氏名", Field::Kana),
    ("生年月日", Field::Birth),
    ("性別", Field::Sex),
    ("カルテNo.", Field::ChartNumber),
    ("カルテNo", Field::ChartNumber),
    ("カルテ番号", Field::ChartNumber),
    ("患者番号", Field::ChartNumber),
    ("患者ID", Field::ChartNumber),
    ("診察券番号", Field::ChartNumber),
    ("登録番号", Field::ChartNumber),
    ("カルテ", Field::ChartNumber),
    ("ID", Field::ChartNumber),
    ("No.", Field::ChartNumber),
    ("No", Field::ChartNumber),
    ("資格取得", Field::Other),
    ("職業", Field::Other),
    ("住所", Field::Other),
    ("電話", Field::Other),
    ("保険医療機関", Field::Other),
    ("交付年月日", Field::Other),
];

/// The label that a text begins with, and where its value begins.
pub(super) fn label(text: &Text) -> Option<(Field, usize)> {
    let mut cursor = Cursor::new(text, 0..text.len());
    cursor.spaces();
    for (words, field) in LABELS {
        let mut ahead = cursor;
        let matched = words.chars().all(|char| {
            ahead.spaces();
            ahead.eat(char.encode_utf8(&mut [0; 4]))
        });
        let latin = words.ends_with(|char: char| char.is_ascii_alphabetic());
        if !matched || (latin && ahead.peek().is_some_and(|char| char.is_ascii_alphabetic())) {
            continue;
        }
        ahead.spaces();
        let _ = ahead.eat(":") || ahead.eat(".");
        ahead.spaces();
        return Some((*field, ahead.at()));
    }
    None
}
