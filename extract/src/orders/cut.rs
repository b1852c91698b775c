//! A line is cut where another order begins in it: cells that were read as one line.

use std::ops::Range;

use chart::PageText;

use crate::{
    layout::{self, Item},
    lexicon::{How, Lexicon},
    normalise::Text,
    notation::{
        drug_name::drug_head,
        prescription::order_number,
        usage::{self, Mark, Marked},
    },
};

/// Cuts a line where another order begins in it: cells that were read as one line.
pub fn pieces(lexicon: &Lexicon, page: &PageText, item: &Item) -> Vec<Item> {
    let chars = item.text.chars();
    let mut cuts = vec![0];
    for at in 1..chars.len() {
        let last_cut = *cuts.last().unwrap_or(&0);
        let arrow = matches!(chars[at - 1], '→' | '⇒');
        if !(arrow || matches!(chars[at - 1], ' ' | '+')) || chars[at] == ' ' || at < last_cut + 4 {
            continue;
        }
        let numbered = order_number(&item.text, at..chars.len());
        let begins = match numbered {
            Some((_, after)) => begins_order(lexicon, &item.text, after, 2),
            None if arrow => is_named(lexicon, &item.text, at),
            None => {
                is_order(lexicon, &item.text, last_cut..at)
                    && begins_order(lexicon, &item.text, at, 3)
            }
        };
        if begins {
            cuts.push(at);
        }
    }
    if cuts.len() == 1 {
        return vec![item.clone()];
    }
    cuts.push(chars.len());
    cuts.windows(2).map(|cut| layout::part(page, item, cut[0]..cut[1])).collect()
}

/// Whether a drug of the lexicon is written at this place, with an amount or usage after it, or 中止.
fn begins_order(lexicon: &Lexicon, text: &Text, at: usize, shortest: usize) -> bool {
    drug_head(lexicon, text, at..text.len(), false).is_some_and(|head| {
        let end = head.range.end;
        let stopped = |marked: &Marked| {
            // 他剤に変更のため中止 stops the drug before it.
            marked.mark == Mark::Stop && text.string(end..marked.range.start).trim().is_empty()
        };
        head.range.len() >= shortest
            && usage::marks(text, end..text.len()).iter().any(|marked| {
                is_amount(&marked.mark) || matches!(marked.mark, Mark::Split(_)) || stopped(marked)
            })
    })
}

/// ディオバン→ミカルディス: whether a drug of the lexicon is written behind the arrow.
fn is_named(lexicon: &Lexicon, text: &Text, at: usize) -> bool {
    drug_head(lexicon, text, at..text.len(), false)
        .is_some_and(|head| head.how <= How::Alias && head.range.len() >= SHORTEST_BEHIND_ARROW)
}

/// リバロ and longer.
const SHORTEST_BEHIND_ARROW: usize = 3;

const fn is_amount(mark: &Mark) -> bool {
    matches!(mark, Mark::Amount { .. } | Mark::Uneven(_))
}

/// Whether the part is a complete order already, so that what follows is another.
fn is_order(lexicon: &Lexicon, text: &Text, range: Range<usize>) -> bool {
    let start = order_number(text, range.clone()).map_or(range.start, |(_, after)| after);
    let Some(head) = drug_head(lexicon, text, start..range.end, false) else { return false };
    let marks = usage::marks(text, head.range.end..range.end);
    marks.iter().any(|marked| is_amount(&marked.mark))
}
