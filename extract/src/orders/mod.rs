//! Which lines and cells make one order, and which orders share their usage.
//!
//! A piece of a line is the beginning of an order if it has a drug's name; it continues one if
//! it is made of usage marks, or becomes so when joined to the line above it (`毎食直` / `前
//! 28日分`). It is joined to the order that stands left of it in the same row, else to the one
//! above it in the same column. An order without usage takes it over from its group: from the
//! order that 〃 points at, or, among orders of which only the first bears a number, from the
//! one where it is written.

mod begin; // 1) アムロジピン(5) 1T
mod cut; // two orders in one line
mod day; // R5.10.21 アムロジピン(5) 1T
mod go_on; // 分1 朝食後 28TD
mod group; // 〃, braces, do
mod listing; // 現在の処方, …を内服中
mod says; // what a piece says
mod sheet; // a name in one column, its usage in another
mod strength; // 1mg 3T 0.5mg 1T
mod strike; // what was struck out of it

use std::{collections::BTreeSet, ops::Range};

use chart::{Doubt, DoubtKind, Mixture, PageText, Rect};

pub use group::repeated_by;
pub use strike::Strike;

use listing::Lists;
use strength::other_strengths;

use crate::{
    layout::{FARTHEST_BELOW, Item, beside, gap_below},
    lexicon::Lexicon,
    normalise::Text,
    notation::{
        cursor::Cursor,
        drug_name::DrugHead,
        mixture::{Mixed, mixture},
        prescription::{OrderNumber, Sig, sig},
        usage::{self, Marked},
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
    /// It stands in a list of what is taken, which tells no days, and not in a prescription.
    pub taken: bool,
    /// Doubts of the assembling.
    pub doubts: Vec<Doubt>,
    pieces: Vec<Item>,
    marks: Vec<Marked>,
    body: usize,
    /// Usage that stands before the name.
    lead: Range<usize>,
    /// Where its marks begin behind the name.
    tail: usize,
    /// Another strength of the drug and its count, which are an order of their own.
    aside: Range<usize>,
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

/// Makes orders of items.
pub fn assemble<'l>(lexicon: &'l Lexicon, page: &PageText, items: &[Item]) -> Assembled<'l> {
    let mut made = Assembled::default();
    let pieces: Vec<Item> =
        items.iter().flat_map(|item| cut::pieces(lexicon, page, item)).collect();
    let lists = Lists::of(items, &pieces);
    // Names first: on a sloping page a continuation may be met before the line it continues.
    let rest: Vec<Item> =
        pieces.into_iter().filter_map(|piece| begin::begin(lexicon, &mut made, piece)).collect();
    for piece in rest {
        go_on::go_on(lexicon, &mut made, piece);
    }
    made.orders.sort_by_key(Order::place);
    group::note_changes(&mut made.orders);
    let begins_in = |lines: &BTreeSet<usize>, order: &Order<'_>| {
        order.pieces.first().is_some_and(|piece| lines.contains(&piece.line))
    };
    for order in &mut made.orders {
        order.taken = begins_in(&lists.taken, order);
    }
    let (orders, names) = std::mem::take(&mut made.orders)
        .into_iter()
        .partition(|order| order.is_whole() || begins_in(&lists.lines, order) && order.is_told());
    made.orders = orders;
    let (of_rows, names) = sheet::rows(names, &mut made.rest);
    made.orders.extend(of_rows);
    made.orders.sort_by_key(Order::place);
    // A name alone orders nothing, but it may be an allergy or part of a disease.
    made.rest.extend(names.into_iter().flat_map(|order: Order<'_>| order.pieces));
    made.rest.sort_by_key(|item| (item.place, item.frame.x0));
    group::share_usage(&mut made.orders, &made.rest);
    group::join_mixtures(&mut made.orders);
    for order in &mut made.orders {
        order.head.look_for_rivals(lexicon, &order.text);
    }
    made
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

    /// The orders of a name: one for each that it is mixed with, one for each strength.
    fn all_of(
        lexicon: &'l Lexicon,
        head: &DrugHead<'l>,
        piece: &Item,
        number: Option<OrderNumber>,
        lead: &Range<usize>,
    ) -> Vec<Self> {
        if let Some(mixed) = mixture(lexicon, &piece.text, head.range.end) {
            return Self::mixed(head, &mixed, piece, number, lead);
        }
        let mut orders = vec![Self::new(head.clone(), piece.clone(), number, lead.clone())];
        let others = other_strengths(&piece.text, head);
        let Some(last) = others.last() else { return orders };
        let end = last.count.end;
        orders[0].set_aside(others[0].strength.range.start..end);
        orders.extend(others.into_iter().map(|other| {
            let tail = other.strength.range.end;
            let head = DrugHead { strength: Some(other.strength), ..head.clone() };
            let mut order = Self::ending_at(head, piece.clone(), None, lead.clone(), tail);
            order.set_aside(other.count.end..end);
            order
        }));
        orders
    }

    /// The order of a name, and one for each that it is mixed with.
    fn mixed(
        head: &DrugHead<'l>,
        mixed: &Mixed<'l>,
        piece: &Item,
        number: Option<OrderNumber>,
        lead: &Range<usize>,
    ) -> Vec<Self> {
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
        let mut order = Self {
            sig: Sig::default(),
            body: head.range.start,
            strike: if piece.struck { Strike::Whole } else { Strike::Nothing },
            number,
            mixture: None,
            taken: false,
            doubts: Vec::new(),
            text: piece.text.clone(),
            pieces: vec![piece],
            head,
            marks: Vec::new(),
            lead,
            tail,
            aside: 0..0,
        };
        order.understand();
        order
    }

    /// Takes another piece, with which its text is `text`.
    fn go_on_with(&mut self, text: Text, piece: &Item) {
        self.text = text;
        self.pieces.push(piece.clone());
        self.understand();
        self.note_strikes();
    }

    /// Leaves a part of the text to other orders.
    fn set_aside(&mut self, aside: Range<usize>) {
        self.aside = aside;
        self.understand();
    }

    /// Reads the marks before and behind its name, and what they say together.
    fn understand(&mut self) {
        self.marks = self.marks_of(&self.text, self.tail);
        self.sig = sig(&self.text, &self.head, &self.marks);
    }

    /// The marks of a text before and behind its name, where that ends at `tail`.
    fn marks_of(&self, text: &Text, tail: usize) -> Vec<Marked> {
        let mut marks =
            if self.lead.is_empty() { Vec::new() } else { usage::marks(text, self.lead.clone()) };
        let behind = usage::marks(text, tail..text.len());
        marks.extend(behind.into_iter().filter(|it| !self.aside.contains(&it.range.start)));
        marks
    }

    /// Whether it orders something: more than a name, and not given in the clinic.
    fn is_whole(&self) -> bool {
        let numbered = self.number == Some(OrderNumber::Rp) && self.head.drug.is_some();
        (self.sig.is_some() || numbered) && !self.sig.injected
    }

    /// Whether it is a drug with its strength, as lists have it; ワーファリン内服中 says so without a strength.
    fn is_told(&self) -> bool {
        const TAKEN: &[&str] = &["内服中", "服用中", "投与中", "使用中", "継続中"];
        let mut behind = Cursor::new(&self.text, self.head.range.end..self.text.len());
        let _ = behind.eat("を");
        let taken = behind.eat_any(TAKEN).is_some();
        let told = self.head.strength.is_some() || taken;
        told && self.head.drug.is_some() && !self.sig.injected
    }

    /// Whether nothing of it is missing.
    const fn is_complete(&self) -> bool {
        let counted = self.sig.days.is_some() || self.sig.quantity.is_some();
        self.sig.dose.is_some() && self.sig.has_usage() && counted
    }

    /// The lines of the page it stands on.
    pub fn lines(&self) -> Vec<usize> {
        self.pieces.iter().map(|piece| piece.line).collect()
    }

    /// The marks behind its name.
    pub fn marks(&self) -> &[Marked] {
        &self.marks
    }

    /// The words behind its name that say nothing known, of two letters and more.
    pub fn not_understood(&self) -> Vec<String> {
        let known = |at: usize| {
            self.aside.contains(&at) || self.marks.iter().any(|marked| marked.range.contains(&at))
        };
        let letter =
            |at: usize| self.text.chars()[at].is_alphabetic() && !self.text.chars()[at].is_ascii();
        let places: Vec<usize> =
            (self.tail..self.text.len()).filter(|at| letter(*at) && !known(*at)).collect();
        let words = places.chunk_by(|one, next| one + 1 == *next);
        words
            .filter(|word| word.len() > 1)
            .map(|word| self.text.string(word[0]..word[word.len() - 1] + 1))
            .collect()
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
