//! ワーファリン 1mg 3T 0.5mg 1T: one drug in several strengths, each with its count.

use std::ops::Range;

use crate::{
    normalise::Text,
    notation::{
        drug_name::{DrugHead, WrittenStrength},
        usage::{self, Mark, Marked},
    },
};

/// Another strength of the drug that a line names.
#[derive(Debug)]
pub struct OtherStrength {
    /// The strength.
    pub strength: WrittenStrength,
    /// Where its count stands.
    pub count: Range<usize>,
}

/// The strengths behind the first, each of which a product has and a count follows. Nothing but their
/// counts stands between them.
pub fn other_strengths(text: &Text, head: &DrugHead<'_>) -> Vec<OtherStrength> {
    let mut others = Vec::new();
    if head.strength.is_none() {
        return others;
    }
    let marks = usage::marks(text, head.range.end..text.len());
    let mut rest = marks.as_slice();
    while let [first, figure, count, ..] = rest {
        let touch = [(first, figure), (figure, count)].into_iter().all(|(one, next)| {
            text.chars()[one.range.end..next.range.start]
                .iter()
                .all(|char| " 、,+と・".contains(*char))
        });
        let strength =
            strength_of(figure, head).filter(|_| touch && is_count(first) && is_count(count));
        let Some(strength) = strength else { break };
        others.push(OtherStrength { strength, count: count.range.clone() });
        rest = &rest[2..];
    }
    others
}

fn is_count(marked: &Marked) -> bool {
    matches!(marked.mark, Mark::Amount { unit: "錠" | "カプセル" | "包", .. })
}

/// A figure that is a strength of the drug.
pub fn strength_of(marked: &Marked, head: &DrugHead<'_>) -> Option<WrittenStrength> {
    let (value, unit) = match marked.mark {
        Mark::Amount { value, unit: unit @ ("mg" | "μg" | "g"), per: None } => (value, Some(unit)),
        Mark::Bracketed(value) => (value, None),
        _ => return None,
    };
    let mut known = head.drug?.forms.iter().flat_map(|form| &form.strengths);
    known.any(|known| known.value == value && unit.is_none_or(|unit| unit == known.unit)).then(
        || WrittenStrength {
            value,
            unit,
            range: marked.range.clone(),
            attached: true,
            repaired: marked.repaired,
        },
    )
}
