//! A line is cut where another order begins in it: cells that were read as one line, drugs that a sentence
//! or a heading lists, and behind the day of a visit.

use std::ops::Range;

use chart::PageText;

use super::{day::behind_day, go_on::FRAGMENT, listing::listing};
use crate::{
    layout::{self, Item},
    lexicon::{How, Lexicon},
    normalise::Text,
    notation::{
        drug_name::{DrugHead, drug_head},
        prescription::order_number,
        usage::{self, Mark, Marked},
    },
    section,
};

/// Cuts a line where another order begins in it: cells that were read as one line.
pub fn pieces(lexicon: &Lexicon, page: &PageText, item: &Item) -> Vec<Item> {
    let chars = item.text.chars();
    let mut cuts = vec![0];
    cuts.extend(behind_day(lexicon, &item.text));
    let listing = listing(&item.text).is_some();
    for at in 1..chars.len() {
        let last_cut = *cuts.last().unwrap_or(&0);
        let before = chars[at - 1];
        let arrow = matches!(before, '→' | '⇒');
        let comma = matches!(before, '、' | ',' | '。');
        let said =
            listing && matches!(before, ':' | 'て' | 'に' | 'は' | 'で' | 'と' | 'し' | 'り');
        let parts = arrow || comma || said || matches!(before, ' ' | '+');
        let near = at < last_cut + 4 && !(listing && last_cut == 0);
        if !parts || chars[at] == ' ' || near {
            continue;
        }
        // A：DM P：アムロジピン(5) 1T
        let planned = before == ' '
            && section::heading(&item.text.slice(at..chars.len()))
                .is_some_and(|(section, content)| section.orders() && at + content < chars.len());
        let numbered = order_number(&item.text, at..chars.len());
        // BP 130/80 do: what is repeated is another prescription, if the words before it are none.
        let repeated = before == ' '
            && is_repetition(&item.text, at)
            && head_of(lexicon, &item.text, last_cut..at).is_none();
        let begins = planned
            || repeated
            || match numbered {
                Some((_, after)) => begins_order(lexicon, &item.text, after, 2),
                None if arrow => is_named(lexicon, &item.text, at),
                None if listing => is_dosed(lexicon, &item.text, at..chars.len()),
                None if comma => {
                    is_dosed(lexicon, &item.text, at..chars.len())
                        && is_dosed(lexicon, &item.text, last_cut..at)
                }
                None => {
                    begins_order(lexicon, &item.text, at, 3)
                        && (is_order(lexicon, &item.text, last_cut..at)
                            || before == ' '
                                && is_whole(lexicon, &item.text, at..chars.len())
                                && !is_usage(&item.text, last_cut..at))
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
pub fn begins_order(lexicon: &Lexicon, text: &Text, at: usize, shortest: usize) -> bool {
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
        .is_some_and(|head| head.how <= How::Alias && head.range.len() >= SHORTEST_NAME)
}

/// The drug of the lexicon with which a part begins, behind its number.
fn head_of<'l>(lexicon: &'l Lexicon, text: &Text, part: Range<usize>) -> Option<DrugHead<'l>> {
    let start = order_number(text, part.clone()).map_or(part.start, |(_, after)| after);
    drug_head(lexicon, text, start..part.end, false)
}

/// Whether the part begins with a drug of the lexicon and its strength or amount.
fn is_dosed(lexicon: &Lexicon, text: &Text, range: Range<usize>) -> bool {
    head_of(lexicon, text, range.clone()).is_some_and(|head| {
        let marks = usage::marks(text, head.range.end..range.end);
        let amount = marks.first().is_some_and(|first| is_amount(&first.mark));
        head.how <= How::Alias
            && head.range.len() >= SHORTEST_NAME
            && (head.strength.is_some() || amount)
    })
}

/// BP 140/80 アムロジピン(5) 1T 分1 朝食後: whether the part begins with a drug, its amount and its usage,
/// whatever stands before it.
fn is_whole(lexicon: &Lexicon, text: &Text, range: Range<usize>) -> bool {
    let marks = usage::marks(text, range.clone());
    marks.iter().any(|it| is_amount(&it.mark))
        && marks.iter().any(|it| it.mark.is_usage())
        && is_dosed(lexicon, text, range)
}

/// Whether the line ends with do, and days at most.
fn is_repetition(text: &Text, at: usize) -> bool {
    let marks = usage::marks(text, at..text.len());
    let (Some(first), Some(last)) = (marks.first(), marks.last()) else { return false };
    let rest = text.string(last.range.end..text.len());
    first.mark == Mark::Repeat
        && first.range.start == at
        && marks[1..].iter().all(|it| matches!(it.mark, Mark::Days(_) | Mark::Bracketed(_)))
        && rest.trim().is_empty()
}

/// 頭痛時 ロキソニン(60) 1T: usage that stands before its name is no part of its own.
fn is_usage(text: &Text, range: Range<usize>) -> bool {
    usage::coverage(text, range.clone(), &usage::marks(text, range)) >= FRAGMENT
}

/// リバロ and longer.
pub const SHORTEST_NAME: usize = 3;

const fn is_amount(mark: &Mark) -> bool {
    matches!(mark, Mark::Amount { .. } | Mark::Uneven(_))
}

/// Whether the part is a complete order already, so that what follows is another.
fn is_order(lexicon: &Lexicon, text: &Text, range: Range<usize>) -> bool {
    let Some(head) = head_of(lexicon, text, range.clone()) else { return false };
    let marks = usage::marks(text, head.range.end..range.end);
    marks.iter().any(|marked| is_amount(&marked.mark))
}
