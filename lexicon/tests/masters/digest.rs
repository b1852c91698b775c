//! Whether the starter tables hold what the digest of the field names, where that is at hand:
//! every abbreviation with its disease and codes, every group of look-alikes, and as many products
//! and diseases as were asked for.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fs,
    path::Path,
};

use chart::CodeSystem;
use lexicon::Lexicon;

/// The rows of the first table behind a heading, without its own heading.
fn table(file: &str, heading: &str) -> Option<Vec<Vec<String>>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/domain").join(file);
    let Ok(text) = fs::read_to_string(path) else {
        eprintln!("skipped: ../shared/domain/{file} is not there");
        return None;
    };
    let (_, section) = text.split_once(heading).expect("the heading");
    let section = section.split("\n## ").next().unwrap_or_default();
    let rows = section.lines().skip_while(|line| !line.starts_with('|'));
    let rows = rows.take_while(|line| line.starts_with('|'));
    let cells = |row: &str| row.trim_matches('|').split('|').map(|it| it.trim().into()).collect();
    // The heading of the table and the rule under it are no rows.
    Some(rows.skip(2).map(cells).collect())
}

fn tables() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/lexicon")
}

fn rows(file: &str) -> Vec<HashMap<String, String>> {
    let mut reader = csv::Reader::from_path(tables().join(file)).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

#[test]
fn every_abbreviation_of_the_digest_leads_to_its_disease_and_codes() {
    let Some(digest) = table("diagnosis-notation.md", "## 5. Abbreviations") else { return };
    let lexicon = Lexicon::from_folder(&tables()).unwrap();
    let mut n_forms = 0;
    for row in &digest {
        let [forms, _, _, name, id, exchange, receipt, icd10, remark] = row.as_slice() else {
            panic!("{row:?}");
        };
        // CLBBB stands in the row of 左脚ブロック with a disease of its own.
        let others: HashMap<&str, &str> =
            remark.split("; ").filter_map(|word| word.split_once(" → ")).collect();
        for form in forms.split(", ") {
            n_forms += 1;
            let chars: Vec<char> = form.chars().collect();
            let folded = lexicon::normalise::key(form);
            let found = lexicon.diseases().at(&chars, &folded);
            let found = found.iter().find(|found| found.length == chars.len());
            let found = found.unwrap_or_else(|| panic!("{form} is not known"));
            let name = others.get(form).unwrap_or(&name.as_str()).to_owned();
            let disease = found.diseases.iter().find(|(disease, _)| disease.name == name);
            let (disease, _) = disease.unwrap_or_else(|| panic!("{form} is not {name}"));
            if others.contains_key(form) {
                continue;
            }
            let icd10 = icd10.split(" + ").next().unwrap_or_default();
            for (system, code) in [
                (CodeSystem::DiseaseId, id.as_str()),
                (CodeSystem::DiseaseExchange, exchange),
                (CodeSystem::DiseaseReceipt, receipt),
                (CodeSystem::Icd10, icd10),
            ] {
                assert_eq!(disease.codes.get(&system).map(String::as_str), Some(code), "{form}");
            }
            // "A: HT = 橋本病" is said of HT alone, and what an index does is no meaning.
            let of_another = remark.split_once(" = ").is_some_and(|(before, _)| {
                !before.trim_end().ends_with(form) && !before.trim_end().ends_with('A')
            });
            if remark.starts_with("A:") && !of_another && !remark.contains("index maps") {
                let abbreviation = found.abbreviation.expect("an abbreviation");
                let is_open = abbreviation.must_ask
                    || !abbreviation.others.is_empty()
                    || abbreviation.diseases.len() > 1;
                assert!(is_open, "{form} has other meanings: {remark}");
            }
        }
    }
    assert_eq!(n_forms, 230);
}

#[test]
fn every_group_of_look_alikes_of_the_digest_is_one() {
    let Some(digest) = table("lookalike-drugs.md", "## 2. Pairs") else { return };
    let mut groups: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in rows("lookalikes.csv") {
        groups.entry(row["group"].clone()).or_default().insert(row["name"].clone());
    }
    for row in &digest {
        let names: BTreeSet<String> = row[0].split(" / ").map(str::to_owned).collect();
        assert!(groups.values().any(|group| *group == names), "{names:?}");
    }
    assert_eq!(digest.len(), 105);
    assert_eq!(groups.len(), 105);
}

#[test]
fn as_many_products_and_diseases_as_an_everyday_chart_needs() {
    let names = |file: &str, column: &str| -> BTreeSet<String> {
        rows(file).into_iter().map(|row| row[column].clone()).collect()
    };
    assert!(names("products.csv", "master_name").len() >= 800);
    let coded = rows("diseases.csv").into_iter().filter(|row| !row["icd10"].is_empty());
    assert!(coded.count() >= 600);
}
