//! Pieces that continue an order, of the same row or of the line above, or are one whose name was not read.

use chart::{Doubt, DoubtKind};

use super::{
    Assembled, Order,
    begin::{misread_head, number_of},
    says::{doses_anew, is_mass, orders_anew, says},
    strength::strength_of,
};
use crate::{
    layout::{FARTHEST_BELOW, Item, beside, gap_below, gap_beside},
    lexicon::{DrugName, How, Lexicon},
    normalise::Text,
    notation::{
        drug_name::{DrugHead, drug_head, unknown_head},
        prescription::OrderNumber,
        usage::{self, Mark, Marked},
    },
};

/// A fragment continues an order if this much of it is usage. Lines of usage reach .8 and more
/// even when a word is broken off; lines of prose with a stray 朝 stay below .4.
pub const FRAGMENT: f32 = 0.6;

/// Words for the way drugs are given, over a part of a prescription.
const HEADINGS: &[&str] = &["内服", "外用", "注射", "内服薬", "外用薬", "定時", "臨時"];

/// Joins a piece to the order that it continues, or makes an order of a misread name.
pub fn go_on<'l>(lexicon: &'l Lexicon, made: &mut Assembled<'l>, piece: Item) {
    let length = piece.text.len();
    let (number, start) = number_of(lexicon, &piece.text);
    let marks = usage::marks(&piece.text, start..length);
    // 外用 over the drugs that are: a heading, no usage of the order above.
    let word = piece.text.string(start..length);
    if HEADINGS.contains(&word.trim_matches(|char: char| !char.is_alphanumeric())) {
        made.rest.push(piece);
        return;
    }
    if number.is_none() && goes_on_with_name(lexicon, made, &piece) {
        return;
    }
    // 生食100mL DIV is done in the clinic and continues no prescription.
    if marks.iter().any(|marked| matches!(marked.mark, Mark::Site { injected: true, .. })) {
        made.rest.push(piece);
        return;
    }
    let coverage = usage::coverage(&piece.text, start..length, &marks);
    let named = begins_with_word(&piece.text, start, &marks);
    if !named && number.is_none() && coverage >= FRAGMENT && attach(lexicon, made, &piece, true) {
        return;
    }
    if let Some(head) = misread_head(lexicon, &piece.text, start..length, number, &marks) {
        made.orders.push(Order::new(head, piece, number, start..start));
        return;
    }
    if named && number.is_none() && coverage >= FRAGMENT && attach(lexicon, made, &piece, true) {
        return;
    }
    if number.is_none() && attach(lexicon, made, &piece, false) {
        return;
    }
    if orders_anew(&piece) && coverage >= FRAGMENT && joined_to_misread_name(lexicon, made, &piece)
    {
        return;
    }
    if orders_without_name(made, &piece, coverage) {
        let mut head = DrugHead::unreadable(start);
        head.others.extend(drug_above(made, &piece).map(|drug| (drug, OF_LINE_ABOVE)));
        made.orders.push(Order::new(head, piece, number, start..start));
        return;
    }
    made.rest.push(piece);
}

/// テルミサルタン・アムロジピン・ヒドロクロロ⏎チアジド錠 9T: whether a name of the lexicon runs from the line above
/// into this one, which is then part of that order, or makes one of what was none.
pub fn goes_on_with_name<'l>(lexicon: &'l Lexicon, made: &mut Assembled<'l>, piece: &Item) -> bool {
    let above = |frame| gap_below(frame, piece.frame).is_some_and(|gap| gap <= FARTHEST_BELOW);
    let across = |first: &Text, body: usize| {
        let mut text = first.clone();
        text.continue_with(&piece.text);
        let head = drug_head(lexicon, &text, body..text.len(), false)?;
        (head.how <= How::Alias && head.range.end > first.len()).then_some((head, text))
    };
    let open = made.orders.iter_mut().rev();
    let mut open = open.filter(|order| order.marks.is_empty() && order.lowest().is_some_and(above));
    // Two drugs below each other are two, though the lexicon has their combination: it is written with a dot.
    let own = || drug_head(lexicon, &piece.text, 0..piece.text.len(), false).is_some();
    if let Some(order) = open.next()
        && let Some((head, text)) = across(&order.text, order.body)
        && head.spelling.end > order.text.len()
        && (order.text.string(0..order.text.len()).trim_end().ends_with('・') || !own())
    {
        order.tail = head.range.end;
        order.head = head;
        order.go_on_with(text, piece);
        return true;
    }
    let Some(at) = made.rest.iter().rposition(|item| above(item.frame)) else { return false };
    let (number, start) = number_of(lexicon, &made.rest[at].text);
    let first = &made.rest[at].text;
    // モンテルカストチュアブ⏎ル錠 5mg: the form runs on, and is none by itself.
    let Some((head, text)) = across(first, start) else { return false };
    made.order_of_two(at, piece, (head, text), (number, start));
    true
}

/// Makes an order of a line of usage and the line above it, if that is a name that was misread and
/// nothing else (エズトラジオール錠⏎1回1T 1日1回 夕食後 5日分), or at least has a form or a strength.
fn joined_to_misread_name<'l>(
    lexicon: &'l Lexicon,
    made: &mut Assembled<'l>,
    piece: &Item,
) -> bool {
    let above =
        |item: &Item| gap_below(item.frame, piece.frame).is_some_and(|gap| gap <= FARTHEST_BELOW);
    let Some(at) = made.rest.iter().rposition(above) else { return false };
    let first = &made.rest[at].text;
    let (number, start) = number_of(lexicon, first);
    let marks = usage::marks(first, start..first.len());
    let says_more = marks.iter().any(|marked| match marked.mark {
        Mark::Amount { unit, .. } => !is_mass(unit),
        _ => marked.mark.is_usage(),
    });
    let unknown = || {
        let head = unknown_head(first, start..first.len())?;
        (head.form.is_some() || head.strength.is_some()).then_some(head)
    };
    let head = drug_head(lexicon, first, start..first.len(), true).or_else(unknown);
    let Some(head) = head.filter(|head| !says_more && head.range.len() >= SHORTEST_ALONE) else {
        return false;
    };
    let mut text = first.clone();
    text.continue_with(&piece.text);
    made.order_of_two(at, piece, (head, text), (number, start));
    true
}

/// Letters of a misread name that stands alone in its line.
const SHORTEST_ALONE: usize = 5;

impl<'l> Assembled<'l> {
    /// Makes an order of an item that belonged to none and of the one below it.
    fn order_of_two(
        &mut self,
        at: usize,
        piece: &Item,
        (head, text): (DrugHead<'l>, Text),
        (number, start): (Option<OrderNumber>, usize),
    ) {
        let first = self.rest.remove(at);
        let mut order = Order::new(head, Item { text, ..first.clone() }, number, start..start);
        order.pieces = vec![first, piece.clone()];
        order.note_strikes();
        self.orders.push(order);
    }
}

/// Whether a word that is no usage stands before an amount: a name that was misread, and no
/// continuation of the order above.
fn begins_with_word(text: &Text, start: usize, marks: &[Marked]) -> bool {
    let amount = marks.iter().find(|marked| matches!(marked.mark, Mark::Amount { .. }));
    let Some(amount) = amount else { return false };
    let free = (start..amount.range.start)
        .filter(|at| !marks.iter().any(|marked| marked.range.contains(at)))
        .filter(|at| text.chars()[*at].is_alphabetic());
    free.count() >= 3
}

/// Cells of one row stand nearer to each other than this, in line heights, where the page has columns.
const OTHER_COLUMN: f32 = 8.0;

/// Joins a piece to the order it continues. `whole`: the piece is usage by itself.
fn attach<'l>(lexicon: &'l Lexicon, made: &mut Assembled<'l>, piece: &Item, whole: bool) -> bool {
    let left = made
        .orders
        .iter()
        .enumerate()
        .filter_map(|(number, order)| {
            let gap = order
                .frames()
                .filter_map(|frame| gap_beside(frame, piece.frame))
                .reduce(f32::min)?;
            Some((number, gap))
        })
        .min_by(|one, other| one.1.total_cmp(&other.1));
    let above = order_above(made, piece);
    // Across a wide gap only a cell of the same table row can continue, and that is all usage.
    let left = left.filter(|(number, gap)| whole && *gap < 40.0 && !crosses(made, *number, piece));
    // Of two columns of orders each has its own: an order left of a gap that has its usage, or that
    // stands farther than the one above, takes none from the other column.
    let usage = says(piece).usage;
    let lacks_usage = |number: usize| !made.orders[number].sig.has_usage();
    let left = left.filter(|(number, gap)| {
        let own = *gap < OTHER_COLUMN || !usage;
        own || lacks_usage(*number) && !above.is_some_and(lacks_usage)
    });
    let Some(number) = left.map(|(number, _)| number).or(above) else { return false };
    let order = &mut made.orders[number];
    if piece.struck && order.is_complete() && says(piece).any() {
        // The usage of another order, whose name was lost under the stroke; or of this one.
        order.doubts.push(Doubt::of(DoubtKind::Changed, "下の行に取消線"));
        return false;
    }
    // 150mg 1回1錠 1日3回, ル(5) 3T: another order, whose name was lost.
    if (order.is_complete() && orders_anew(piece))
        || (order.sig.dose.is_some() && doses_anew(piece))
    {
        return false;
    }
    let mut text = order.text.clone();
    let from = text.len() + 1;
    text.continue_with(&piece.text);
    // The name itself may run on, or its strength stand in this line: take the longer one.
    let head = if order.marks.is_empty() {
        drug_head(lexicon, &text, order.body..text.len(), false)
    } else {
        None
    };
    let head = head.filter(|head| {
        order.head.how == How::Likeness
            || head.name == order.head.name && head.range.end > order.head.range.end
    });
    let tail = head.as_ref().map_or(order.tail, |head| head.range.end);
    let marks = order.marks_of(&text, tail);
    if head.is_none() && usage::coverage(&text, from..text.len(), &marks) < FRAGMENT {
        return false;
    }
    if let Some(head) = head {
        order.head = head;
    }
    order.tail = tail;
    order.go_on_with(text, piece);
    true
}

/// The order nearest above a piece in its column.
fn order_above(made: &Assembled<'_>, piece: &Item) -> Option<usize> {
    let orders = made.orders.iter().enumerate().rev();
    let near = orders.filter_map(|(number, order)| {
        gap_below(order.lowest()?, piece.frame).map(|gap| (number, gap))
    });
    let near = near.filter(|(_, gap)| *gap <= FARTHEST_BELOW);
    near.min_by(|one, other| one.1.total_cmp(&other.1)).map(|(number, _)| number)
}

/// Whether something that is no usage stands between the order and the piece.
fn crosses(made: &Assembled<'_>, number: usize, piece: &Item) -> bool {
    let Some(right) = made.orders[number].frames().map(|frame| frame.x1).max() else {
        return false;
    };
    made.rest.iter().any(|other| {
        beside(other.frame, piece.frame)
            && other.frame.x0 >= right
            && other.frame.x1 <= piece.frame.x0
            && other.text.len() > 2
    })
}

/// Below ワーファリン(1) 2T, (0.5) 1T is another strength of it more often than a drug whose name was lost:
/// the drug of the order above, if it has that strength.
fn drug_above<'l>(made: &Assembled<'l>, piece: &Item) -> Option<&'l DrugName> {
    let marks = usage::marks(&piece.text, 0..piece.text.len());
    let order = &made.orders[order_above(made, piece)?];
    strength_of(marks.first()?, &order.head).and(order.head.drug)
}

/// How likely that is.
const OF_LINE_ABOVE: f32 = 0.5;

/// Whether a line is an order of its own, of which the name was not read: it says how much, how and how
/// long, and hardly anything else; below an order, how much and how, or of what strength, is enough.
fn orders_without_name(made: &Assembled<'_>, piece: &Item, coverage: f32) -> bool {
    let usage = orders_anew(piece) && coverage >= FRAGMENT;
    // With days it is one wherever it stands.
    let whole = usage && says(piece).count;
    let below = (usage || doses_anew(piece)) && order_above(made, piece).is_some();
    (whole || below) && !piece.struck
}
