//! Diseases of the 傷病名マスター and of MEDIS, by 管理番号.
//!
//! Both publishers share one master. Where both were imported, the newer edition's words hold,
//! and the 傷病名マスター's receipt codes always, since MEDIS' derived lists do not have them.

use std::collections::{BTreeMap, HashMap};

use chart::CodeSystem;
use jiff::civil::Date;

use super::{Codes, folded, number};
use crate::{
    entry::{Disease, EditionNo, Synonym, SynonymKind, Validity},
    masters::{
        claims_state,
        edition::Edition,
        history::{History, Tracked},
        kind::Kind,
        medis::MedisDisease,
        read::{Content, ReadFile},
        receipt::ReceiptDisease,
    },
};

/// Diseases, and words of the search index that lead to them.
pub fn merge(files: &[(Edition, ReadFile)]) -> (Vec<Disease>, Vec<Synonym>) {
    let (receipt, names_over_time) = receipt_diseases(files);
    let medis = medis_diseases(files);
    let receipt_days: Vec<Date> = files
        .iter()
        .filter(|(edition, _)| edition.kind == Kind::ReceiptDiseases && !edition.is_difference)
        .map(|(edition, _)| edition.date)
        .collect();
    let ids_by_receipt: HashMap<&str, &str> = receipt
        .iter()
        .filter_map(|(code, tracked)| Some((code.as_str(), tracked.value.id.as_deref()?)))
        .collect();
    let mut diseases: BTreeMap<String, Disease> = BTreeMap::new();
    let mut without_id = Vec::new();
    for (_, tracked) in receipt.iter() {
        // 0000999 stands for a name that is not in the master and is no name itself.
        if tracked.value.name.contains("未コード化") {
            continue;
        }
        let disease = of_receipt(tracked, &ids_by_receipt);
        match &tracked.value.id {
            Some(id) => drop(diseases.insert(id.clone(), disease)),
            None => without_id.push(disease),
        }
    }
    for (id, tracked) in medis.iter() {
        match diseases.get_mut(id) {
            Some(disease) => add_medis(disease, &tracked.value),
            None if tracked.value.name.contains("未コード化") => {}
            None => {
                let mut disease = of_medis(tracked);
                // The same master under another publisher does not have it any more.
                let without = receipt_days.iter().find(|day| **day > tracked.last);
                let ended = without.and_then(|day| day.yesterday().ok());
                disease.valid.until = [disease.valid.until, ended].into_iter().flatten().min();
                diseases.insert(id.clone(), disease);
            }
        }
    }
    for (id, name) in names_over_time {
        if let Some(disease) = diseases.get_mut(&id)
            && folded(&disease.name) != folded(&name)
            && !disease.aliases.contains(&name)
        {
            disease.aliases.push(name);
        }
    }
    let synonyms = index_words(files, &diseases);
    (diseases.into_values().chain(without_id).collect(), synonyms)
}

/// All names that a 管理番号 ever had.
type Names = Vec<(String, String)>;

fn receipt_diseases(files: &[(Edition, ReadFile)]) -> (History<String, ReceiptDisease>, Names) {
    let mut history = History::default();
    let mut names = Vec::new();
    let mut before = None;
    let states = claims_state::states::<ReceiptDisease>(files);
    let n_states = states.len();
    for state in states {
        // The last state's names are the present ones.
        if n_states > 1 {
            let rows = state.entries.values();
            names.extend(rows.filter_map(|row| Some((row.id.clone()?, row.name.clone()))));
        }
        let edition = number(state.number);
        history.add(edition, state.date, state.entries, |_| before, |_| true);
        before = Some(state.date);
    }
    for (_, file) in files {
        if let Content::Diseases(rows) = &file.content {
            names.extend(rows.iter().map(|row| (row.id.clone(), row.name.clone())));
        }
    }
    (history, names)
}

fn medis_diseases(files: &[(Edition, ReadFile)]) -> History<String, MedisDisease> {
    let mut history = History::default();
    let mut before = None;
    for (at, (edition, file)) in files.iter().enumerate() {
        let Content::Diseases(rows) = &file.content else { continue };
        let keyed = rows.iter().map(|row| (row.id.clone(), row.clone()));
        history.add(number(at), edition.date, keyed, |_| before, |_| true);
        before = Some(edition.date);
    }
    history
}

fn of_receipt(tracked: &Tracked<ReceiptDisease>, ids_by_receipt: &HashMap<&str, &str>) -> Disease {
    let row = &tracked.value;
    let valid = tracked.validity(row.listed, row.ends);
    let successor = row.successor_id.clone().or_else(|| {
        let successor = row.successor.as_deref()?;
        ids_by_receipt.get(successor).map(|id| (*id).to_owned())
    });
    Disease {
        name: row.name.clone(),
        short_name: if row.short_name == row.name { String::new() } else { row.short_name.clone() },
        kana: row.kana.clone(),
        codes: codes(
            [
                (CodeSystem::DiseaseId, row.id.as_deref()),
                (CodeSystem::DiseaseExchange, row.exchange.as_deref()),
                (CodeSystem::DiseaseReceipt, Some(row.code.as_str())),
                (CodeSystem::Icd10, row.icd10.as_deref()),
            ],
            tracked.edition,
            valid,
        ),
        icd10_second: row.icd10_second.clone(),
        adoption: row.adoption,
        not_alone: row.not_alone,
        not_billable: row.not_claimable,
        aliases: Vec::new(),
        valid,
        successor: successor.filter(|successor| row.id.as_ref() != Some(successor)),
        edition: tracked.edition,
    }
}

fn of_medis(tracked: &Tracked<MedisDisease>) -> Disease {
    let row = &tracked.value;
    let valid = tracked.validity(None, row.abolished.then_some(row.changed).flatten());
    Disease {
        name: row.name.clone(),
        short_name: if row.short_name == row.name { String::new() } else { row.short_name.clone() },
        kana: row.kana.clone(),
        codes: codes(
            [
                (CodeSystem::DiseaseId, Some(row.id.as_str())),
                (CodeSystem::DiseaseExchange, row.exchange.as_deref()),
                (CodeSystem::DiseaseReceipt, row.receipt.as_deref()),
                (CodeSystem::Icd10, row.icd10.as_deref()),
            ],
            tracked.edition,
            valid,
        ),
        icd10_second: row.icd10_second.clone(),
        adoption: row.adoption,
        not_alone: row.not_alone,
        not_billable: row.not_claimable,
        aliases: Vec::new(),
        valid,
        successor: row.successor_id.clone(),
        edition: tracked.edition,
    }
}

fn add_medis(disease: &mut Disease, row: &MedisDisease) {
    if disease.successor.is_none() {
        disease.successor.clone_from(&row.successor_id);
    }
    if disease.adoption == 0 {
        disease.adoption = row.adoption;
    }
    if disease.kana.is_empty() {
        disease.kana.clone_from(&row.kana);
    }
}

fn codes<const N: usize>(
    given: [(CodeSystem, Option<&str>); N],
    edition: EditionNo,
    valid: Validity,
) -> Vec<crate::entry::Code> {
    let mut codes = Codes::default();
    for (system, code) in given {
        if let Some(code) = code {
            codes.add(system, code, edition, valid);
        }
    }
    codes.codes
}

/// Words of the latest index. They are wider than the names they lead to, and only for searching.
fn index_words(
    files: &[(Edition, ReadFile)],
    diseases: &BTreeMap<String, Disease>,
) -> Vec<Synonym> {
    let latest = files.iter().enumerate().rev().find_map(|(at, (_, file))| match &file.content {
        Content::Index(words) => Some((at, words)),
        _ => None,
    });
    let Some((at, words)) = latest else { return Vec::new() };
    let synonym = |word: &crate::masters::medis::IndexWord| {
        let disease = diseases.get(&word.id)?;
        (folded(&word.word) != folded(&disease.name)).then(|| Synonym {
            written: word.word.clone(),
            kind: SynonymKind::Disease,
            name: disease.name.clone(),
            for_search: true,
            edition: number(at),
            ..Synonym::default()
        })
    };
    words.iter().filter_map(synonym).collect()
}
