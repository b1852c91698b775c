//! Allergens of J-FAGY.

use chart::CodeSystem;

use super::{Codes, number};
use crate::{
    entry::Allergen,
    masters::{
        edition::Edition,
        history::History,
        read::{Content, ReadFile},
    },
};

/// All allergens; dummies that stand for what has no code are none.
pub fn merge(files: &[(Edition, ReadFile)]) -> Vec<Allergen> {
    let mut history = History::default();
    let mut before = None;
    for (at, (edition, file)) in files.iter().enumerate() {
        let Content::Allergens(rows) = &file.content else { continue };
        let keyed = rows.iter().map(|row| (row.code.clone(), row.clone()));
        history.add(number(at), edition.date, keyed, |_| before, |_| true);
        before = Some(edition.date);
    }
    let mut allergens = Vec::new();
    for (_, tracked) in history.iter() {
        let row = &tracked.value;
        if row.name.contains("ダミーコード") {
            continue;
        }
        let valid = tracked.validity(row.listed, row.ends);
        let mut codes = Codes::default();
        codes.add(CodeSystem::Jfagy, &row.code, tracked.edition, valid);
        let english = (!row.english.is_empty()).then(|| row.english.clone());
        allergens.push(Allergen {
            substance: row.name.clone(),
            kana: row.kana.clone(),
            aliases: english.into_iter().collect(),
            codes: codes.codes,
            valid,
            edition: tracked.edition,
        });
    }
    allergens
}
