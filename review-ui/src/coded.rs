//! The codes of what a person typed: those of the very name, or none.

use chart::{CodeSystem, Codes, Content};
use lexicon::{Lexicon, ModifierRow};

/// Gives the modifiers that a person typed their codes.
pub(crate) fn modifiers(lexicon: &Lexicon, content: &mut Content) {
    let Content::Diagnosis(diagnosis) = content else { return };
    for modifier in diagnosis.modifiers.iter_mut().filter(|modifier| modifier.id.is_none()) {
        let known = lexicon.diseases().modifier(&modifier.name).map(ModifierRow::to_modifier);
        // What a reading of an earlier version said stands, and its other codes come beside it.
        if let Some(known) = known
            && (modifier.code.is_none() || modifier.code == known.code)
        {
            modifier.code = known.code;
            modifier.id = known.id;
            modifier.exchange_code = known.exchange_code;
            modifier.position = known.position;
        }
    }
}

/// The codes that the lexicon has for the very name, with form and strength of a drug.
pub(crate) fn codes(lexicon: &Lexicon, content: &Content) -> Codes {
    match content {
        Content::Medication(it) => lexicon.drugs().codes(&it.name, it.strength.as_deref()),
        Content::Diagnosis(it) => {
            let mut codes = lexicon
                .diseases()
                .listed(&it.name)
                .map(|disease| disease.codes.clone())
                .unwrap_or_default();
            // What a person typed beside the name stands in the field of its own.
            if it.icd10.is_some() && it.icd10.as_ref() != codes.get(&CodeSystem::Icd10) {
                codes.remove(&CodeSystem::Icd10);
            }
            codes
        }
        _ => Codes::new(),
    }
}
