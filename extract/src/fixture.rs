//! A small lexicon in memory, for the tests of this crate.

use crate::Lexicon;

/// Some drugs, diseases and words; codes of the masters where they are public, else invented.
pub fn lexicon() -> Lexicon {
    Lexicon::from_texts(&[
        ("drugs.csv", include_str!("fixtures/drugs.csv")),
        ("products.csv", include_str!("fixtures/products.csv")),
        ("diseases.csv", include_str!("fixtures/diseases.csv")),
        ("abbreviations.csv", include_str!("fixtures/abbreviations.csv")),
        ("modifiers.csv", include_str!("fixtures/modifiers.csv")),
        ("lookalikes.csv", include_str!("fixtures/lookalikes.csv")),
        ("labs.csv", include_str!("fixtures/labs.csv")),
        ("vitals.csv", include_str!("fixtures/vitals.csv")),
        ("symptoms.csv", include_str!("fixtures/symptoms.csv")),
        ("allergens.csv", include_str!("fixtures/allergens.csv")),
    ])
    .expect("the fixture is whole")
}
