//! 〃, do, 中止, →, 漸減, braces, 膝に貼付: single words.

use super::{Mark, amount};
use crate::notation::cursor::Cursor;

pub const DITTO: &[&str] = &["〃", "〟", "″", "〻", "\"", "''", "同上", "同前", "//", "々"];

pub const REPEAT: &[&str] =
    &["d.o.", "ditto", "do.", "do", "d処方", "前回同様", "前回と同じ", "前回同", "前同"];

pub const STOP: &[&str] = &[
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

pub const START: &[&str] = &["処方開始", "開始", "追加", "再開", "新規"];

/// The patient or the physician changes the dose as it goes.
pub const ADJUSTED: &[&str] =
    &["適宜増減", "適宜調節", "適宜調整", "自己調節", "自己調整", "調節可", "調整可", "適宜"];

pub const TAPER: &[&str] =
    &["と漸減", "漸減", "漸増", "以後", "以降", "その後", "次いで", "減量", "増量", "ずつ"];

pub const BRACES: &[&str] = &["}", "⎫", "⎬", "⎭", "〕"];

/// Words that say where a drug goes, and whether that is on the body or by needle.
pub const SITES: &[(&str, (bool, bool))] = &[
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
    ("全身", (true, false)),
    ("頭皮", (true, false)),
    ("陰部", (true, false)),
    ("口唇", (true, false)),
    ("臀部", (true, false)),
    ("四肢", (true, false)),
    ("背中", (true, false)),
    ("湿疹部", (true, false)),
    ("皮疹部", (true, false)),
    ("発疹部", (true, false)),
    ("乾燥部", (true, false)),
    ("胸部に", (true, false)),
    ("腹部に", (true, false)),
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

/// 開始, 追加; 開始後 and 追加予定 tell of something else.
fn start(cursor: &mut Cursor<'_>) -> Option<()> {
    cursor.eat_any(START)?;
    let ends = |char: char| char.is_whitespace() || "、。,.()→".contains(char);
    cursor.peek().is_none_or(ends).then_some(())
}

pub fn words(cursor: &mut Cursor<'_>) -> Option<Mark> {
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
    if cursor.eat_any(ADJUSTED).is_some() {
        return Some(Mark::Adjusted);
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
    if cursor.attempt(start).is_some() {
        return Some(Mark::Start);
    }
    if cursor.attempt(changed_to).is_some() {
        return Some(Mark::Change);
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

/// 5mgを10mgに増量: the を stands for an arrow.
fn changed_to(cursor: &mut Cursor<'_>) -> Option<()> {
    cursor.eat("を").then_some(())?;
    let mut ahead = *cursor;
    ahead.spaces();
    ahead.number()?;
    amount::unit(&mut ahead)?;
    ahead.eat_any(&["に増", "に減", "に変", "へ増", "へ減", "へ変"]).map(|_| ())
}

/// 中止, D/C; a Latin word must not run into another.
fn stop(cursor: &mut Cursor<'_>) -> Option<()> {
    cursor.eat_any(STOP)?;
    let latin = cursor.before().is_some_and(|char| char.is_ascii_alphabetic());
    (!(latin && cursor.peek().is_some_and(|char| char.is_ascii_alphanumeric()))).then_some(())
}
