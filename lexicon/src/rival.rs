//! Which drug a name may be taken for, as it was read here.
//!
//! A pair that notices name is told whenever one of the two is read. Of pairs that were found by
//! comparing names, only those are told of which the other is near in this very reading, with what
//! the engine offered: a clean reading of a name that hardly resembles another need not be asked
//! about. [`NEAR`] is where that begins.

use crate::{
    drug::{DrugName, Drugs, LookAlike},
    image::section,
    keys::{self, Keys},
    noisy::{self, Bounds, Extent},
    normalise,
    reading::{Costs, Reading, WHOLE},
};

/// A name that the reading may stand for instead.
#[derive(Debug, Clone)]
pub struct Rival<'l> {
    /// The other name.
    pub other: &'l LookAlike,
    /// The drug of that name, if the lexicon has it.
    pub drug: Option<&'l DrugName>,
    /// How much further it is from what was read, in edits; negative if it is nearer.
    pub behind: f32,
}

/// A rival is told if it is no further behind, in hundredths of an edit. Measured on 2,068 readings of
/// look-alikes and other names (docs/lexicon.md): of 8 that were taken for a computed look-alike none was
/// further than 35 behind; the rest is margin, since 8 are few.
pub const NEAR: u16 = 60;

/// A rival that is told is worth offering as a candidate if it is no further behind: a letter taken
/// for any other and one that is often mistaken. Chosen, not measured.
pub const OFFERED: u16 = 120;

impl<'l> Drugs<'l> {
    /// The names for which the drug's name, as it was read, may have been taken. `reading` is the
    /// name alone.
    pub fn rivals(self, drug: &'l DrugName, reading: &Reading) -> Vec<Rival<'l>> {
        self.rivals_within(drug, reading, NEAR)
    }

    /// Likewise, with another measure of what is near.
    pub fn rivals_within(self, drug: &'l DrugName, reading: &Reading, near: u16) -> Vec<Rival<'l>> {
        if drug.look_alikes.is_empty() {
            return Vec::new();
        }
        let names = std::iter::once(&drug.stem).chain(drug.look_alikes.iter().map(|it| &it.name));
        let bytes = keys::bytes((0..).zip(names).map(|(at, name)| (normalise::key(name), at)));
        let Some(keys) = Keys::in_bytes(&bytes) else { return Vec::new() };
        let limit = WHOLE * 12;
        let bounds = Bounds { extent: Extent::Whole, limit, share: f32::from(WHOLE), slack: limit };
        let costs = Costs::new(reading, &keys, &self.image.confusions);
        let found = noisy::walk(&keys, &costs, &[], bounds, keys.len());
        let cost = |wanted: u32| {
            let of_it = |near: &&noisy::Near| {
                keys.entries(near.word).iter().any(|entry| entry.get() == wanted)
            };
            found.iter().find(of_it).map(|near| f32::from(near.cost) / f32::from(WHOLE))
        };
        // A spelling of its own, such as an alias, was read without a fault.
        let is_spelling = self.image.keys(section::DRUG_KEYS).find(&reading.chars()).is_some();
        let own = if is_spelling { 0.0 } else { cost(0).unwrap_or(0.0) };
        let rival = |(at, other): (u32, &'l LookAlike)| {
            let behind = cost(at).unwrap_or(f32::from(limit) / f32::from(WHOLE)) - own;
            (other.noted || behind * f32::from(WHOLE) <= f32::from(near)).then(|| Rival {
                other,
                drug: self.named(&other.name),
                behind,
            })
        };
        let mut rivals: Vec<Rival<'l>> = (1..).zip(&drug.look_alikes).filter_map(rival).collect();
        rivals.sort_by(|one, other| one.behind.total_cmp(&other.behind));
        rivals
    }

    /// The drug of the very name.
    fn named(self, name: &str) -> Option<&'l DrugName> {
        let keys = self.image.keys(section::DRUG_KEYS);
        let word = keys.find(&normalise::key(name))?;
        let entry = keys.entries(word).first()?;
        Some(self.get(crate::How::number_of_entry(entry.get())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Lexicon;

    fn lexicon() -> Lexicon {
        Lexicon::from_texts(&[
            (
                "drugs.csv",
                "stem,kind,generic,class,form\nノルバスク,brand,a,降圧薬,錠\n\
                 ノルバデックス,brand,b,抗悪性腫瘍薬,錠\nメチコバール,brand,c,ビタミン薬,錠\n\
                 メテコバーレ,brand,d,気管支拡張薬,錠\n",
            ),
            ("diseases.csv", "name\n高血圧症\n"),
            (
                "lookalikes.csv",
                "group,name,class\n1,ノルバスク,降圧薬\n1,ノルバデックス,抗悪性腫瘍薬\n",
            ),
        ])
        .unwrap()
    }

    fn rivals(lexicon: &Lexicon, name: &str, read: &str, offered: &[char]) -> Vec<String> {
        let mut reading = Reading::of_text(read);
        reading.or_else(5, offered);
        let drug = lexicon.drugs().named(name).unwrap();
        let rivals = lexicon.drugs().rivals_within(drug, &reading, 40);
        rivals.iter().map(|rival| rival.other.name.clone()).collect()
    }

    #[test]
    fn a_pair_of_the_notices_is_always_told_and_another_where_it_is_near() {
        let lexicon = lexicon();
        assert_eq!(rivals(&lexicon, "ノルバスク", "ノルバスク", &[]), ["ノルバデックス"]);
        assert!(rivals(&lexicon, "メチコバール", "メチコバール", &[]).is_empty(), "read well");
        let near = rivals(&lexicon, "メチコバール", "メテコバール", &['レ']);
        assert_eq!(near, ["メテコバーレ"]);
    }
}
