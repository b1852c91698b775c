//! Modifiers of the 修飾語マスター, with the position that MEDIS tells.

use std::collections::HashMap;

use super::number;
use crate::{
    entry::{Modifier, Position},
    masters::{
        claims_state,
        edition::Edition,
        history::History,
        medis::MedisModifier,
        read::{Content, ReadFile},
        receipt::ReceiptModifier,
    },
};

/// All modifiers.
pub fn merge(files: &[(Edition, ReadFile)]) -> Vec<Modifier> {
    let mut history: History<String, ReceiptModifier> = History::default();
    let mut before = None;
    for state in claims_state::states::<ReceiptModifier>(files) {
        let edition = number(state.number);
        history.add(edition, state.date, state.entries, |_| before, |_| true);
        before = Some(state.date);
    }
    let mut medis: HashMap<&str, (usize, &MedisModifier)> = HashMap::new();
    for (at, (_, file)) in files.iter().enumerate() {
        if let Content::Modifiers(rows) = &file.content {
            medis.extend(rows.iter().map(|row| (row.id.as_str(), (at, row))));
        }
    }
    let mut modifiers = Vec::new();
    for (_, tracked) in history.iter() {
        let row = &tracked.value;
        let told = row.id.as_deref().and_then(|id| medis.remove(id));
        modifiers.push(Modifier {
            name: row.name.clone(),
            kana: row.kana.clone(),
            position: position(told.and_then(|(_, told)| told.is_prefix), row.class),
            kind: kind(row.class).to_owned(),
            receipt_code: row.code.clone(),
            modifier_id: row.id.clone().unwrap_or_default(),
            exchange_code: row.exchange.clone().unwrap_or_default(),
            valid: tracked.validity(row.listed, row.ends),
            edition: tracked.edition,
            ..Modifier::default()
        });
    }
    // What MEDIS alone has, in the order of its numbers.
    let mut rest: Vec<_> = medis.into_values().collect();
    rest.sort_by_key(|(_, row)| &row.id);
    modifiers.extend(rest.into_iter().map(|(at, row)| Modifier {
        name: row.name.clone(),
        kana: row.kana.clone(),
        position: position(row.is_prefix, row.class),
        kind: kind(row.class).to_owned(),
        receipt_code: row.receipt.clone().unwrap_or_default(),
        modifier_id: row.id.clone(),
        exchange_code: row.exchange.clone().unwrap_or_default(),
        edition: number(at),
        ..Modifier::default()
    }));
    modifiers
}

/// The 修飾語マスター does not tell the position; its class 8 (接尾語) stands behind, all others
/// before the name.
fn position(is_prefix: Option<bool>, class: u8) -> Position {
    if is_prefix.unwrap_or(class != 8) { Position::Prefix } else { Position::Suffix }
}

/// 修飾語区分 in the words of our own tables; compared with them on 271 modifiers.
const fn kind(class: u8) -> &'static str {
    match class {
        1 => "部位",
        2 => "位置",
        3 => "病因",
        4 => "経過",
        5 => "状態",
        6 => "帰属",
        8 => "接尾語",
        _ => "その他",
    }
}
