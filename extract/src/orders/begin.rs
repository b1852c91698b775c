//! Pieces that begin an order: with a name of the lexicon, a misread one, or usage and a name behind it.

use std::ops::Range;

use super::{Assembled, Order, go_on::goes_on_with_name, says::is_mass};
use crate::{
    layout::Item,
    lexicon::{How, Lexicon},
    normalise::Text,
    notation::{
        cursor::Cursor,
        drug_name::{DrugHead, drug_head, unknown_head},
        prescription::{OrderNumber, order_number},
        usage::{self, Mark, Marked},
    },
    section,
};

/// Takes a piece that begins an order with a name of the lexicon, or repeats a prescription;
/// gives back any other.
pub fn begin<'l>(lexicon: &'l Lexicon, made: &mut Assembled<'l>, piece: Item) -> Option<Item> {
    let length = piece.text.len();
    let (number, start) = number_of(lexicon, &piece.text);
    if is_repeat(&piece.text, start) {
        if !piece.struck {
            made.repeats.push(piece);
        }
        return None;
    }
    // テルミサルタン・アムロジピン・⏎ヒドロクロロチアジド錠: what stands behind the dot is no drug of its own.
    if number.is_none() && goes_on_with_name(lexicon, made, &piece) {
        return None;
    }
    let head = drug_head(lexicon, &piece.text, start..length, false);
    let (head, lead) = match head {
        Some(head) => (head, start..start),
        None => match name_behind_usage(lexicon, &piece.text, start)
            .or_else(|| name_behind_kind(lexicon, &piece.text, start))
        {
            Some(found) => found,
            None => return Some(piece),
        },
    };
    made.orders.extend(Order::all_of(lexicon, &head, &piece, number, &lead));
    None
}

/// A whole prescription that is repeated: do, do処方, Rp do, 前回同様, 〃 alone.
fn is_repeat(text: &Text, start: usize) -> bool {
    let Some(at) = (start..text.len()).find(|at| text.chars()[*at] != ' ') else { return false };
    usage::mark_at(text, at..text.len()).is_some_and(|it| matches!(it.mark, Mark::Repeat))
}

/// 1回1錠 毎食後 ムコスタ: an amount and its usage, then a name, then no other amount; or usage alone, then a
/// name and its amount (朝食後 アムロジピン(5) 1T).
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
        timed |= marked.mark.is_usage();
        end = marked.range.end;
    }
    if !timed {
        return None;
    }
    let at = (end..text.len()).find(|at| !separates(at))?;
    let head = drug_head(lexicon, text, at..text.len(), false)?;
    let amounts = marks.iter().filter(|marked| marked.range.start >= head.range.end);
    let other = amounts.clone().any(|marked| matches!(marked.mark, Mark::Amount { .. }));
    let long = head.range.len() >= SHORTEST_WITHOUT_NUMBER - 1;
    (other != amount && long && head.how <= How::Alias).then_some((head, start..end))
}

/// インスリン ノボラピッド, 頓用：ロキソニン: a word for its kind, then a name.
fn name_behind_kind<'l>(
    lexicon: &'l Lexicon,
    text: &Text,
    start: usize,
) -> Option<(DrugHead<'l>, Range<usize>)> {
    let mut cursor = Cursor::new(text, start..text.len());
    let opening = |char: char| " 【[<(".contains(char);
    while cursor.peek().is_some_and(opening) {
        cursor.step();
    }
    let short = cursor.eat_any(KINDS).is_none();
    if short {
        cursor.eat_any(SHORT_KINDS)?;
    }
    let end = cursor.at();
    while cursor.peek().is_some_and(|char| " :)】]>・".contains(char)) {
        cursor.step();
    }
    let closed = cursor.before().is_some_and(|char| ":)】]>".contains(char));
    if cursor.at() == end || short && !closed {
        return None;
    }
    let head = drug_head(lexicon, text, cursor.at()..text.len(), false)?;
    let long = head.range.len() >= SHORTEST_WITHOUT_NUMBER - 1;
    (long && head.how <= How::Alias).then_some((head, start..end))
}

/// 頓) and the like.
const SHORT_KINDS: &[&str] = &["頓", "吸", "貼", "点", "外", "内", "注"];

/// Words for a kind of drug that stand before its name.
const KINDS: &[&str] = &[
    "インスリン",
    "降圧剤",
    "降圧薬",
    "眠剤",
    "睡眠薬",
    "安定剤",
    "胃薬",
    "鎮痛剤",
    "痛み止め",
    "湿布",
    "点眼",
    "目薬",
    "点鼻",
    "吸入",
    "内服",
    "外用",
    "塗り薬",
    "軟膏",
    "坐薬",
    "漢方",
    "頓服",
    "頓用",
    "定時",
    "定期",
    "臨時",
    "下剤",
    "抗生剤",
];

/// The number before an order, and where the order begins; P) and 処方： before it are passed over.
pub fn number_of(lexicon: &Lexicon, text: &Text) -> (Option<OrderNumber>, usize) {
    if let Some((_, content)) = section::heading(text).filter(|(section, _)| section.orders()) {
        let number = order_number(text, content..text.len());
        return number.map_or((None, content), |(number, after)| (Some(number), after));
    }
    // (28) alone on a line numbers nothing: the days of the order above.
    let number = order_number(text, 0..text.len())
        .filter(|(number, after)| *number == OrderNumber::Rp || *after < text.len());
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

/// A head that no spelling of the lexicon begins, where the line has the shape of an order: a
/// number of a prescription or an amount, and something that can be a name.
pub fn misread_head<'l>(
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
        marked.mark.is_usage() || matches!(marked.mark, Mark::Days(_) | Mark::Count(_))
    });
    // エンシュア 250mL 2本 分2
    let liquid = marks.iter().any(|it| matches!(it.mark, Mark::Amount { unit: "mL", .. }))
        && marks.iter().any(|marked| matches!(marked.mark, Mark::Split(_)));
    // Loxonin 60mg 3T: a strength and a count.
    let strong = marks.iter().any(|it| matches!(it.mark, Mark::Amount { unit: "mg" | "μg", .. }));
    let shape = (amount && (usage || strong))
        || liquid
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
