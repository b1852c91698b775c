//! Orders that belong together: usage that a group or 〃 shares, mixtures, what a repetition points at.

use chart::{Doubt, DoubtKind, Mixture};

use super::{Order, Strike, go_on::FRAGMENT};
use crate::{
    layout::{FARTHEST_BELOW, Item, gap_below},
    notation::{
        drug_name::DrugHead,
        prescription::sig,
        usage::{self, Mark},
    },
};

/// The orders that a repetition points at: the last group above it in its column.
pub fn repeated_by(orders: &[Order<'_>], repeat: &Item) -> Vec<usize> {
    let above = |order: &Order<'_>| {
        order.lowest().is_some_and(|lowest| {
            lowest.y1 <= repeat.frame.y0
                && repeat.frame.x0 < lowest.x1
                && lowest.x0 < repeat.frame.x1
        })
    };
    let mut group: Vec<usize> = Vec::new();
    for at in (0..orders.len()).rev().filter(|at| above(&orders[*at])) {
        if group.last().is_some_and(|next| !orders[at].continues_to(&orders[*next])) {
            break;
        }
        group.push(at);
    }
    group
}

/// 〃 and groups: orders that say no usage of their own. `unread` are lines that were not understood:
/// 〃 below one of them points at that line.
pub fn share_usage(orders: &mut [Order<'_>], unread: &[Item]) {
    for at in 0..orders.len() {
        let (before, rest) = orders.split_at_mut(at);
        let order = &mut rest[0];
        if !order.sig.ditto || order.head.is_unreadable() {
            continue;
        }
        let above = before.iter().rev().find(|above| above.continues_to(order)).or(before.last());
        let above = above.filter(|above| !above.is_cut_off(order, unread));
        if let Some(above) = above {
            order.sig.take_over(&above.sig);
            order.doubts.push(Doubt::about(
                DoubtKind::UsageFromGroup,
                "frequency",
                format!("〃：{} の用法", above.head.name),
            ));
        } else {
            order.doubts.push(Doubt::about(DoubtKind::RefersElsewhere, "frequency", "〃"));
        }
    }
    let mut at = 0;
    while at < orders.len() {
        let mut end = at + 1;
        while end < orders.len()
            && (orders[end].number.is_none() || braced(&orders[end - 1..=end]))
            && !orders[end - 1..=end].iter().any(|order| order.head.is_unreadable())
            && orders[end - 1].continues_to(&orders[end])
        {
            end += 1;
        }
        usage_above(&mut orders[at..end], unread);
        share_in_group(&mut orders[at..end]);
        share_days(&mut orders[at..end]);
        at = end;
    }
}

/// ディオバン(80)→ミカルディス(40)に変更: what stands before the arrow ends, what stands behind it begins.
pub fn note_changes(orders: &mut [Order<'_>]) {
    for at in 1..orders.len() {
        let (before, rest) = orders.split_at_mut(at);
        let (Some(old), new) = (before.last_mut(), &mut rest[0]) else { continue };
        let arrow = old.text.chars().iter().rfind(|char| !char.is_whitespace());
        let beside =
            old.pieces.last().map(|piece| piece.line) == new.pieces.first().map(|it| it.line);
        if beside && arrow.is_some_and(|char| matches!(char, '→' | '⇒')) {
            old.sig.stopped = true;
            old.sig.changed = Some(format!("→{}", new.head.name));
            new.sig.begun = true;
        }
    }
}

/// 【内服】1日1回 朝食後 28日分 over drugs of which none has usage: that of all.
fn usage_above(group: &mut [Order<'_>], unread: &[Item]) {
    if group.iter().any(|order| order.sig.has_usage() || order.sig.repeat || order.sig.ditto) {
        return;
    }
    let Some(first) = group.first().and_then(|order| order.frames().next()) else { return };
    let above = unread.iter().find(|item| {
        let near = gap_below(item.frame, first).is_some_and(|gap| gap <= FARTHEST_BELOW);
        let marks = usage::marks(&item.text, 0..item.text.len());
        let amount = marks.iter().any(|marked| matches!(marked.mark, Mark::Amount { .. }));
        let usage = marks.iter().any(|marked| marked.mark.is_usage());
        near && usage
            && !amount
            && usage::coverage(&item.text, 0..item.text.len(), &marks) >= FRAGMENT
    });
    let Some(above) = above else { return };
    let marks = usage::marks(&above.text, 0..above.text.len());
    let shared = sig(&above.text, &DrugHead::unreadable(0), &marks);
    for order in group {
        order.sig.take_over(&shared);
        let facts = above.text.string(0..above.text.len());
        order.doubts.push(Doubt::about(DoubtKind::UsageFromGroup, "frequency", facts));
    }
}

/// Whether a brace runs over all of the orders.
fn braced(orders: &[Order<'_>]) -> bool {
    orders.iter().all(|order| order.sig.braced)
}

/// 以上14日分 below a group: the days of all that have none.
fn share_days(group: &mut [Order<'_>]) {
    let Some((last, others)) = group.split_last_mut() else { return };
    let all = last.pieces.last().is_some_and(|piece| {
        ["以上", "上記", "全て", "すべて"]
            .iter()
            .any(|word| piece.text.string(0..piece.text.len()).starts_with(word))
    });
    let Some(days) = last.sig.days.filter(|_| all) else { return };
    for order in others {
        let sig = &mut order.sig;
        if sig.days.is_none() && sig.quantity.is_none() && !sig.stopped {
            sig.days = Some(days);
            let facts = format!("以上 {days}日分");
            order.doubts.push(Doubt::about(DoubtKind::UsageFromGroup, "days", facts));
        }
    }
}

/// Whether it is put on the body or sucked.
fn is_external(order: &Order<'_>) -> bool {
    order.head.is_external()
        || order.sig.external
        || order.head.form.is_some_and(|form| form == "トローチ")
        || order.head.name.contains("トローチ")
        || order.sig.dose.is_some_and(|(_, unit)| unit == "枚")
}

/// In a group, the usage written last holds for those before it that have none.
fn share_in_group(group: &mut [Order<'_>]) {
    if group.len() < 2 {
        return;
    }
    for at in 0..group.len() {
        let Order { sig, .. } = &group[at];
        if sig.has_usage() || sig.repeat || sig.ditto || sig.stopped || sig.begun {
            continue;
        }
        // A patch is not put on after meals because the tablets above it are taken then.
        let external = is_external(&group[at]);
        let shares = |order: &&Order<'_>| order.sig.has_usage() && is_external(order) == external;
        let after = group[at + 1..].iter().find(shares);
        let before = group[..at].iter().rev().find(shares);
        let Some(source) = after.or(before) else { continue };
        let (sig, name) = (source.sig.clone(), source.head.name.clone());
        if source.lost_its_usage() && group[at].strike == Strike::Nothing {
            group[at].strike = Strike::Part;
        }
        group[at].sig.take_over(&sig);
        group[at].doubts.push(Doubt::about(
            DoubtKind::UsageFromGroup,
            "frequency",
            format!("{name} と同じ用法として表示"),
        ));
    }
}

/// A 10g + B 10g: each is mixed with the others that the plus signs join.
pub fn join_mixtures(orders: &mut [Order<'_>]) {
    let plus = |order: &Order<'_>| {
        order.text.chars().iter().rev().find(|char| !char.is_whitespace()) == Some(&'+')
    };
    let mut at = 0;
    while at < orders.len() {
        let mut end = at + 1;
        while end < orders.len() && plus(&orders[end - 1]) {
            end += 1;
        }
        let names: Vec<String> = orders[at..end].iter().map(|it| it.head.name.clone()).collect();
        for (number, order) in orders[at..end].iter_mut().enumerate().filter(|_| end > at + 1) {
            let others = names.iter().enumerate().filter(|(other, _)| *other != number);
            let with = others.map(|(_, name)| name.clone()).collect();
            order.mixture = Some(Mixture { with, ratio: None });
        }
        at = end;
    }
}
