//! Which lines and cells make one order, and which orders share their usage.
//!
//! A piece of a line is the beginning of an order if it has a drug's name; it continues one if
//! it is made of usage marks, or becomes so when joined to the line above it (`毎食直` / `前
//! 28日分`). It is joined to the order that stands left of it in the same row, else to the one
//! above it in the same column. An order without usage takes it over from its group: from the
//! order that 〃 points at, or, among orders of which only the first bears a number, from the
//! one where it is written.

use std::ops::Range;

use chart::{Doubt, DoubtKind, Mixture, PageText, Rect};

use crate::{
    layout::{self, Item, beside, gap_below, gap_beside},
    lexicon::{How, Lexicon},
    normalise::Text,
    notation::{
        drug_name::{DrugHead, drug_head, unknown_head},
        mixture::mixture,
        prescription::{OrderNumber, Sig, order_number, sig},
        usage::{self, Mark, Marked},
    },
};

/// An order with all its lines.
#[derive(Debug, Clone)]
pub struct Order<'l> {
    /// Name, strength, form.
    pub head: DrugHead<'l>,
    /// The text of all its lines.
    pub text: Text,
    /// Dose, usage, days.
    pub sig: Sig,
    /// What was struck out of it.
    pub strike: Strike,
    /// The number before it.
    pub number: Option<OrderNumber>,
    /// What it is mixed with.
    pub mixture: Option<Mixture>,
    /// Doubts of the assembling.
    pub doubts: Vec<Doubt>,
    pieces: Vec<Item>,
    marks: Vec<Marked>,
    body: usize,
    /// Usage that stands before the name.
    lead: Range<usize>,
    /// Where its marks begin behind the name.
    tail: usize,
}

/// What was struck out of an order. A stroke that runs through a whole order is often found in only
/// one of its lines, so a line that is struck out cancels the order, unless another line was
/// written in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Strike {
    /// Nothing.
    #[default]
    Nothing,
    /// All its lines, or the usage it takes over.
    Whole,
    /// Some of its lines, and nothing was written in their place.
    Part,
    /// Usage in whose place other usage stands.
    Replaced,
}

impl Strike {
    /// Whether the order no longer stands, as far as can be told.
    pub const fn cancels(self) -> bool {
        matches!(self, Self::Whole | Self::Part)
    }
}

/// What was made of the page's items.
#[derive(Debug, Default)]
pub struct Assembled<'l> {
    /// The orders, in the order of the page.
    pub orders: Vec<Order<'l>>,
    /// The items that belong to none.
    pub rest: Vec<Item>,
    /// Whole prescriptions that are repeated: do処方.
    pub repeats: Vec<Item>,
}

/// A fragment continues an order if this much of it is usage. Lines of usage reach .8 and more
/// even when a word is broken off; lines of prose with a stray 朝 stay below .4.
const FRAGMENT: f32 = 0.6;

/// A continuation lies at most this many line heights below. Ruled paper leaves up to 1.4 between its
/// lines, an empty line 2.7 and more (pages of `samples/generate/practice`).
const FARTHEST_BELOW: f32 = 1.9;

/// Makes orders of items.
pub fn assemble<'l>(lexicon: &'l Lexicon, page: &PageText, items: &[Item]) -> Assembled<'l> {
    let mut made = Assembled::default();
    let pieces: Vec<Item> = items.iter().flat_map(|item| pieces(lexicon, page, item)).collect();
    // Names first: on a sloping page a continuation may be met before the line it continues.
    let rest: Vec<Item> =
        pieces.into_iter().filter_map(|piece| begin(lexicon, &mut made, piece)).collect();
    for piece in rest {
        go_on(lexicon, &mut made, piece);
    }
    made.orders.sort_by_key(Order::place);
    let (orders, names) = std::mem::take(&mut made.orders).into_iter().partition(Order::is_whole);
    made.orders = orders;
    // A name alone orders nothing, but it may be an allergy or part of a disease.
    made.rest.extend(names.into_iter().flat_map(|order: Order<'_>| order.pieces));
    made.rest.sort_by_key(|item| (item.place, item.frame.x0));
    share_usage(&mut made.orders, &made.rest);
    join_mixtures(&mut made.orders);
    for order in &mut made.orders {
        order.head.look_for_rivals(lexicon, &order.text);
    }
    made
}

/// Cuts a line where another order begins in it: cells that were read as one line.
fn pieces(lexicon: &Lexicon, page: &PageText, item: &Item) -> Vec<Item> {
    let chars = item.text.chars();
    let mut cuts = vec![0];
    for at in 1..chars.len() {
        let last_cut = *cuts.last().unwrap_or(&0);
        if !matches!(chars[at - 1], ' ' | '+') || chars[at] == ' ' || at < last_cut + 4 {
            continue;
        }
        let numbered = order_number(&item.text, at..chars.len());
        let begins = match numbered {
            Some((_, after)) => begins_order(lexicon, &item.text, after, 2),
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

/// Takes a piece that begins an order with a name of the lexicon, or repeats a prescription;
/// gives back any other.
fn begin<'l>(lexicon: &'l Lexicon, made: &mut Assembled<'l>, piece: Item) -> Option<Item> {
    let length = piece.text.len();
    let (number, start) = number_of(lexicon, &piece.text);
    if is_repeat(&piece.text, start) {
        if !piece.struck {
            made.repeats.push(piece);
        }
        return None;
    }
    let head = drug_head(lexicon, &piece.text, start..length, false);
    let (head, lead) = match head {
        Some(head) => (head, start..start),
        None => match name_behind_usage(lexicon, &piece.text, start) {
            Some(found) => found,
            None => return Some(piece),
        },
    };
    made.orders.extend(Order::mixed(lexicon, &head, &piece, number, &lead));
    None
}

/// 1回1錠 毎食後 ムコスタ: an amount and its usage, then a name, then no other amount.
fn name_behind_usage<'l>(
    lexicon: &'l Lexicon,
    text: &Text,
    start: usize,
) -> Option<(DrugHead<'l>, Range<usize>)> {
    let separates = |at: &usize| " 、,:/・".contains(text.chars()[*at]);
    let first = (start..text.len()).find(|at| !separates(at))?;
    usage::mark_at(text, first..text.len())?;
    let marks = usage::marks(text, start..text.len());
    let mut end = start;
    let (mut amount, mut timed) = (false, false);
    for marked in &marks {
        if !(end..marked.range.start).all(|at| separates(&at)) {
            break;
        }
        amount |= matches!(marked.mark, Mark::Amount { .. });
        timed |= matches!(marked.mark, Mark::Split(_) | Mark::Times(_) | Mark::Time { .. });
        end = marked.range.end;
    }
    if !(amount && timed) {
        return None;
    }
    let at = (end..text.len()).find(|at| !separates(at))?;
    let head = drug_head(lexicon, text, at..text.len(), false)?;
    let amounts = marks.iter().filter(|marked| marked.range.start >= head.range.end);
    let other = amounts.clone().any(|marked| matches!(marked.mark, Mark::Amount { .. }));
    let long = head.range.len() >= SHORTEST_WITHOUT_NUMBER - 1;
    (!other && long && head.how <= How::Alias).then_some((head, start..end))
}

fn number_of(lexicon: &Lexicon, text: &Text) -> (Option<OrderNumber>, usize) {
    let number = order_number(text, 0..text.len());
    // What is left of it: `④)リンゼス` was `4) リンゼス`.
    let torn = number.as_ref().is_none_or(|(_, after)| {
        text.chars().get(*after).is_some_and(|char| is_of_a_number(*char))
    });
    let whole = if torn { misread_number(lexicon, text).or(number) } else { number };
    whole.map_or((None, 0), |(number, after)| (Some(number), after))
}

/// A number that lost its bracket, became a stroke or was read twice: `9リマチル錠` was `2)リマチル錠`,
/// `4④レバミピド錠` was `④ レバミピド錠`. Only before a name of the lexicon that is long enough to
/// stand for itself.
fn misread_number(lexicon: &Lexicon, text: &Text) -> Option<(OrderNumber, usize)> {
    let marks = text.chars().iter().take(4).take_while(|char| is_of_a_number(**char)).count();
    let at = (1..=marks).rev().find(|at| {
        drug_head(lexicon, text, *at..text.len(), false).is_some_and(|head| {
            head.how <= How::Alias && head.range.len() >= SHORTEST_WITHOUT_NUMBER
        })
    })?;
    Some((OrderNumber::Plain, at))
}

fn is_of_a_number(char: char) -> bool {
    char.is_ascii_digit()
        || char.is_whitespace()
        || ('①'..='⑳').contains(&char)
        || "])}|!lIi』」》>).,:;'`・*-~°".contains(char)
}

/// ワソラン and longer: shorter names are parts of other words too often.
const SHORTEST_WITHOUT_NUMBER: usize = 4;

/// Joins a piece to the order that it continues, or makes an order of a misread name.
fn go_on<'l>(lexicon: &'l Lexicon, made: &mut Assembled<'l>, piece: Item) {
    let length = piece.text.len();
    let (number, start) = number_of(lexicon, &piece.text);
    let marks = usage::marks(&piece.text, start..length);
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
    if orders_without_name(made, &piece, coverage) {
        let head = DrugHead::unreadable(start);
        made.orders.push(Order::new(head, piece, number, start..start));
        return;
    }
    made.rest.push(piece);
}

/// Whether a line below an order is an order of its own, of which the name was not read: it says how
/// much and how, or of what strength, and hardly anything else.
fn orders_without_name(made: &Assembled<'_>, piece: &Item, coverage: f32) -> bool {
    let below_an_order = made
        .orders
        .iter()
        .filter_map(Order::lowest)
        .any(|lowest| gap_below(lowest, piece.frame).is_some_and(|gap| gap <= FARTHEST_BELOW));
    let anew = (orders_anew(piece) && coverage >= FRAGMENT) || doses_anew(piece);
    anew && below_an_order && !piece.struck
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

/// A whole prescription that is repeated: do, do処方, Rp do, 前回同様, 〃 alone.
fn is_repeat(text: &Text, start: usize) -> bool {
    let Some(at) = (start..text.len()).find(|at| text.chars()[*at] != ' ') else { return false };
    usage::mark_at(text, at..text.len()).is_some_and(|it| matches!(it.mark, Mark::Repeat))
}

/// A head that no spelling of the lexicon begins, where the line has the shape of an order: a
/// number of a prescription or an amount, and something that can be a name.
fn misread_head<'l>(
    lexicon: &'l Lexicon,
    text: &Text,
    range: Range<usize>,
    number: Option<OrderNumber>,
    marks: &[Marked],
) -> Option<DrugHead<'l>> {
    let amount = marks.iter().any(|marked| match marked.mark {
        Mark::Amount { unit, .. } => !is_mass(unit),
        _ => false,
    });
    let usage = marks.iter().any(|marked| {
        matches!(
            marked.mark,
            Mark::Split(_) | Mark::Times(_) | Mark::Days(_) | Mark::Prn(_) | Mark::Count(_)
        )
    });
    let shape = (amount && usage)
        || (number == Some(OrderNumber::Rp) && (amount || usage))
        || (number.is_some() && amount);
    // BP 168/70 is measured, whatever the reader took its unit for.
    let measured = |at: usize| {
        let rest = &text.folded()[at..range.end];
        lexicon.words().vital_at(rest).is_some() || lexicon.words().laboratory_at(rest).is_some()
    };
    let letters = |at: &usize| text.chars()[*at].is_alphabetic();
    if range.clone().find(letters).is_some_and(measured) {
        return None;
    }
    // A name is looked for by likeness only where it can be one: that search is the dearest.
    if !(shape || amount || number == Some(OrderNumber::Rp)) {
        return None;
    }
    let near = drug_head(lexicon, text, range.clone(), true);
    let nearer = near.as_ref().is_some_and(|near| near.score > BEHIND_MARK);
    if number.is_none()
        && amount
        && !nearer
        && let Some(head) = behind_worn_mark(lexicon, text, &range)
    {
        return Some(head);
    }
    if let Some(head) = near
        && (shape || number == Some(OrderNumber::Rp) || (amount && head.score > 0.85))
    {
        return Some(head);
    }
    if !shape {
        return None;
    }
    // Dirt before the name: a stamp's edge, the number in another shape.
    let behind_dirt = (range.start + 1..(range.start + 4).min(range.end))
        .filter(|at| !text.chars()[*at - 1].is_alphanumeric() || text.chars()[*at - 1] == ' ')
        .find_map(|at| drug_head(lexicon, text, at..range.end, false));
    if let Some(head) = behind_dirt.filter(|head| head.range.len() >= 3) {
        return Some(head);
    }
    unknown_head(text, range).filter(|head| {
        // The name must come before the amount.
        marks.first().is_none_or(|first| head.range.start < first.range.start)
    })
}

/// A name of the lexicon behind one letter, which was a number in a ring: `ユリバロ1mg` was `① リバロ1mg`.
/// It is as doubtful as a misread name.
fn behind_worn_mark<'l>(
    lexicon: &'l Lexicon,
    text: &Text,
    range: &Range<usize>,
) -> Option<DrugHead<'l>> {
    let mark = range.clone().find(|at| text.chars()[*at] != ' ')?;
    let at = mark + 1;
    if !text.chars()[mark].is_alphabetic() {
        return None;
    }
    let head = drug_head(lexicon, text, at..range.end, false)?;
    let whole = head.how <= How::Alias && head.spelling.len() >= SHORTEST_BEHIND_MARK;
    whole.then_some(DrugHead {
        how: How::Likeness,
        score: BEHIND_MARK,
        chance: BEHIND_MARK,
        ..head
    })
}

/// リバロ and longer.
const SHORTEST_BEHIND_MARK: usize = 3;

/// How near a name is that stands behind a letter that does not belong to it.
const BEHIND_MARK: f32 = 0.85;

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
    let above = made
        .orders
        .iter()
        .enumerate()
        .rev()
        .filter_map(|(number, order)| {
            gap_below(order.lowest()?, piece.frame).map(|gap| (number, gap))
        })
        .filter(|(_, gap)| *gap <= FARTHEST_BELOW)
        .min_by(|one, other| one.1.total_cmp(&other.1));
    // Across a wide gap only a cell of the same table row can continue, and that is all usage.
    let left =
        left.filter(|(number, gap)| whole && (*gap < 40.0) && !crosses(made, *number, piece));
    let Some((number, _)) = left.or(above) else { return false };
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
    // The name itself may run on: take the longer one if it is in the lexicon.
    let head = if order.head.how == How::Likeness && order.marks.is_empty() {
        drug_head(lexicon, &text, order.body..text.len(), false)
    } else {
        None
    };
    let tail = head.as_ref().map_or(order.tail, |head| head.range.end);
    let marks = marks_around(&text, &order.lead, tail);
    if head.is_none() && usage::coverage(&text, from..text.len(), &marks) < FRAGMENT {
        return false;
    }
    if let Some(head) = head {
        order.head = head;
    }
    order.tail = tail;
    order.sig = sig(&text, &order.head, &marks);
    order.text = text;
    order.marks = marks;
    order.pieces.push(piece.clone());
    order.note_strikes();
    true
}

/// What a piece says of the usage.
#[derive(Debug, Clone, Copy, Default)]
struct Says {
    /// How often or when.
    usage: bool,
    /// How long or how many.
    count: bool,
}

impl Says {
    const fn any(self) -> bool {
        self.usage || self.count
    }
}

/// Whether a piece has an amount and its usage, and does not say that it changes the one before.
fn orders_anew(piece: &Item) -> bool {
    let marks = usage::marks(&piece.text, 0..piece.text.len());
    let amount = marks.iter().any(|marked| matches!(marked.mark, Mark::Amount { .. }));
    let changes = marks
        .iter()
        .any(|marked| matches!(marked.mark, Mark::Change | Mark::Taper | Mark::LeftOver(_)));
    amount && !changes && says(piece).usage
}

/// (5)3T: whether a strength stands directly before a count of tablets.
fn doses_anew(piece: &Item) -> bool {
    let marks = usage::marks(&piece.text, 0..piece.text.len());
    marks.windows(2).any(|pair| {
        let touch = piece.text.chars()[pair[0].range.end..pair[1].range.start]
            .iter()
            .all(|char| char.is_whitespace());
        let counted = matches!(pair[1].mark, Mark::Amount { unit, .. } if !is_mass(unit));
        touch && counted && matches!(pair[0].mark, Mark::Bracketed(_))
    })
}

/// Units of what a tablet holds.
fn is_mass(unit: &str) -> bool {
    matches!(unit, "mg" | "μg" | "mL" | "単位")
}

fn says(piece: &Item) -> Says {
    let mut says = Says::default();
    for marked in usage::marks(&piece.text, 0..piece.text.len()) {
        match marked.mark {
            Mark::Split(_)
            | Mark::Times(_)
            | Mark::Time { .. }
            | Mark::Uneven(_)
            | Mark::Prn(_)
            | Mark::Weekly(_)
            | Mark::Interval => says.usage = true,
            Mark::Days(_) | Mark::Count(_) => says.count = true,
            _ => {}
        }
    }
    says
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

/// The marks before and behind a name.
fn marks_around(text: &Text, lead: &Range<usize>, tail: usize) -> Vec<Marked> {
    let mut marks = if lead.is_empty() { Vec::new() } else { usage::marks(text, lead.clone()) };
    marks.extend(usage::marks(text, tail..text.len()));
    marks
}

impl<'l> Order<'l> {
    fn new(
        head: DrugHead<'l>,
        piece: Item,
        number: Option<OrderNumber>,
        lead: Range<usize>,
    ) -> Self {
        let tail = head.range.end;
        Self::ending_at(head, piece, number, lead, tail)
    }

    /// The order of a name, and one for each that it is mixed with.
    fn mixed(
        lexicon: &'l Lexicon,
        head: &DrugHead<'l>,
        piece: &Item,
        number: Option<OrderNumber>,
        lead: &Range<usize>,
    ) -> Vec<Self> {
        let Some(mixed) = mixture(lexicon, &piece.text, head.range.end) else {
            return vec![Self::new(head.clone(), piece.clone(), number, lead.clone())];
        };
        let heads: Vec<&DrugHead<'l>> = std::iter::once(head).chain(&mixed.others).collect();
        let order = |(at, own): (usize, &&DrugHead<'l>)| {
            let number = number.filter(|_| at == 0);
            let mut order =
                Self::ending_at((*own).clone(), piece.clone(), number, lead.clone(), mixed.end);
            let others = heads.iter().enumerate().filter(|(other, _)| *other != at);
            let with = others.map(|(_, other)| other.name.clone()).collect();
            order.mixture = Some(Mixture { with, ratio: mixed.ratio.clone() });
            order.doubts.push(Doubt::about(DoubtKind::UsageFromGroup, "dose", "混合（量は全体）"));
            order
        };
        heads.iter().enumerate().map(order).collect()
    }

    fn ending_at(
        head: DrugHead<'l>,
        piece: Item,
        number: Option<OrderNumber>,
        lead: Range<usize>,
        tail: usize,
    ) -> Self {
        let marks = marks_around(&piece.text, &lead, tail);
        Self {
            sig: sig(&piece.text, &head, &marks),
            body: head.range.start,
            strike: if piece.struck { Strike::Whole } else { Strike::Nothing },
            number,
            mixture: None,
            doubts: Vec::new(),
            text: piece.text.clone(),
            pieces: vec![piece],
            head,
            marks,
            lead,
            tail,
        }
    }

    /// Whether it orders something: more than a name, and not given in the clinic.
    fn is_whole(&self) -> bool {
        let numbered = self.number == Some(OrderNumber::Rp) && self.head.drug.is_some();
        (self.sig.is_some() || numbered) && !self.sig.injected
    }

    /// Whether nothing of it is missing.
    const fn is_complete(&self) -> bool {
        let counted = self.sig.days.is_some() || self.sig.quantity.is_some();
        self.sig.dose.is_some() && self.sig.has_usage() && counted
    }

    /// Weighs which of its lines are struck out, and leaves out of its text what was replaced.
    fn note_strikes(&mut self) {
        let Some(first) = self.pieces.iter().position(|piece| piece.struck) else { return };
        let standing = self.pieces.iter().filter(|piece| !piece.struck);
        // What stands behind the struck lines and says as much was written in their place.
        let (mut gone, mut anew) = (Says::default(), Says::default());
        for piece in &self.pieces[first..] {
            let (said, says) = (if piece.struck { &mut gone } else { &mut anew }, says(piece));
            *said = Says { usage: said.usage | says.usage, count: said.count | says.count };
        }
        let replaced = first > 0
            && self.head.range.end <= self.pieces[0].text.len()
            && gone.any()
            && (anew.usage || !gone.usage)
            && (anew.count || !gone.count);
        self.strike = if standing.clone().count() == 0 {
            Strike::Whole
        } else if replaced {
            Strike::Replaced
        } else {
            Strike::Part
        };
        if replaced {
            let mut texts = standing.map(|piece| &piece.text);
            let Some(mut text) = texts.next().cloned() else { return };
            for next in texts {
                text.continue_with(next);
            }
            self.marks = marks_around(&text, &self.lead, self.tail);
            self.sig = sig(&text, &self.head, &self.marks);
            self.text = text;
        }
    }

    /// Whether the lines of its usage are struck out and its name stands.
    fn lost_its_usage(&self) -> bool {
        self.strike == Strike::Part && self.pieces.first().is_some_and(|piece| !piece.struck)
    }

    /// The lines of the page it stands on.
    pub fn lines(&self) -> Vec<usize> {
        self.pieces.iter().map(|piece| piece.line).collect()
    }

    /// The marks behind its name.
    pub fn marks(&self) -> &[Marked] {
        &self.marks
    }

    /// Where it begins in the order of reading.
    fn place(&self) -> (usize, u32) {
        self.pieces.first().map_or((0, 0), |piece| (piece.place, piece.frame.x0))
    }

    fn frames(&self) -> impl Iterator<Item = Rect> {
        self.pieces.iter().map(|piece| piece.frame)
    }

    /// Its last line, as wide as its column.
    fn lowest(&self) -> Option<Rect> {
        let (column, last) = (self.frames().reduce(Rect::union)?, self.frames().last()?);
        Some(Rect::new(column.x0, last.y0, column.x1, last.y1))
    }

    /// Whether another order stands directly below this one in the same column.
    fn continues_to(&self, next: &Self) -> bool {
        let (Some(lowest), Some(last), Some(first)) =
            (self.lowest(), self.frames().last(), next.frames().next())
        else {
            return false;
        };
        beside(last, first) || gap_below(lowest, first).is_some_and(|gap| gap <= FARTHEST_BELOW)
    }

    /// Whether something that belongs to no order stands between this one and one below it.
    fn is_cut_off(&self, next: &Self, rest: &[Item]) -> bool {
        let (Some(lowest), Some(first)) = (self.lowest(), next.frames().next()) else {
            return false;
        };
        rest.iter().any(|item| {
            let middle = u32::midpoint(item.frame.y0, item.frame.y1);
            (lowest.y1..first.y0).contains(&middle)
                && item.frame.x0 < first.x1
                && first.x0 < item.frame.x1
        })
    }
}

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
fn share_usage(orders: &mut [Order<'_>], unread: &[Item]) {
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
        share_in_group(&mut orders[at..end]);
        at = end;
    }
}

/// Whether a brace runs over all of the orders.
fn braced(orders: &[Order<'_>]) -> bool {
    orders.iter().all(|order| order.sig.braced)
}

/// A 10g + B 10g: each is mixed with the others that the plus signs join.
fn join_mixtures(orders: &mut [Order<'_>]) {
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

/// In a group, the usage written last holds for those before it that have none.
fn share_in_group(group: &mut [Order<'_>]) {
    if group.len() < 2 {
        return;
    }
    for at in 0..group.len() {
        if group[at].sig.has_usage() || group[at].sig.repeat || group[at].sig.ditto {
            continue;
        }
        let after = group[at + 1..].iter().find(|order| order.sig.has_usage());
        let before = group[..at].iter().rev().find(|order| order.sig.has_usage());
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
