//! 薬剤情報提供書: a table with the names in one column, and usage and days beside them, somewhat higher or
//! lower. What stands beside a name, down to the next one, is its row.

use super::{
    Order,
    go_on::FRAGMENT,
    says::{orders_anew, says},
};
use crate::{layout::Item, lexicon::How, notation::usage};

/// Names of one column begin within so many line heights of each other.
const SAME_COLUMN: u32 = 2;

/// Makes orders of names that stand below each other and have usage beside them; gives back the other
/// names. What the orders take goes out of `rest`.
pub fn rows<'l>(names: Vec<Order<'l>>, rest: &mut Vec<Item>) -> (Vec<Order<'l>>, Vec<Order<'l>>) {
    let (mut column, others): (Vec<Order<'l>>, Vec<Order<'l>>) =
        names.into_iter().partition(|order| {
            order.head.drug.is_some() && order.head.how <= How::Alias && order.pieces.len() == 1
        });
    column.sort_by_key(|order| order.pieces[0].frame.y0);
    let (mut orders, mut left) = (Vec::new(), others);
    let frames: Vec<_> = column.iter().map(|order| order.pieces[0].frame).collect();
    for (at, mut order) in column.into_iter().enumerate() {
        let frame = frames[at];
        let near =
            |other: &&chart::Rect| other.x0.abs_diff(frame.x0) <= SAME_COLUMN * frame.height();
        let next = frames[at + 1..].iter().find(near).map(|next| next.y0);
        let before = frames[..at].iter().rev().find(near).map(|before| frame.y0 - before.y0);
        // The last row is as high as the one before it.
        let Some(bottom) = next.or(before.map(|height| frame.y0 + height)) else {
            left.push(order);
            continue;
        };
        let top = frame.y0.saturating_sub(frame.height() / 2);
        let stands_beside = |item: &Item| {
            let middle = u32::midpoint(item.frame.y0, item.frame.y1);
            (top..bottom.saturating_sub(frame.height() / 2)).contains(&middle)
                && item.frame.x0 + frame.height() > frame.x1
                && is_usage(item)
        };
        // Amount and usage a second time are those of the next row, whose name was not read.
        let mut whole: Vec<u32> = rest
            .iter()
            .filter(|item| stands_beside(item) && orders_anew(item))
            .map(|item| item.frame.y0)
            .collect();
        whole.sort_unstable();
        let end = whole.get(1).copied().unwrap_or(u32::MAX);
        let in_row = |item: &Item| stands_beside(item) && item.frame.y1 < end;
        let mut beside: Vec<Item> = rest.iter().filter(|item| in_row(item)).cloned().collect();
        if !beside.iter().any(|item| says(item).usage) {
            left.push(order);
            continue;
        }
        rest.retain(|item| !in_row(item));
        beside.sort_by_key(|item| item.frame.x0);
        for piece in beside {
            let mut text = order.text.clone();
            text.continue_with(&piece.text);
            order.go_on_with(text, &piece);
        }
        orders.push(order);
    }
    (orders, left)
}

/// Whether an item is usage and hardly anything else.
fn is_usage(item: &Item) -> bool {
    let marks = usage::marks(&item.text, 0..item.text.len());
    !item.vertical && usage::coverage(&item.text, 0..item.text.len(), &marks) >= FRAGMENT
}
