//! Imports the official files of the development reference beside the repository, where it is
//! there: every row must come through, and the counts must be those of the files.

use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
};

use chart::{CodeSystem, Timestamp};
use jiff::civil::{Date, date};
use lexicon::{
    entry::{Code, Entries},
    masters::{Kind, Outcome, Store, merge, price_code_holds, read},
};

fn folder() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/masters");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: ../shared/masters with the official files is not there");
    None
}

const TODAY: Date = date(2026, 11, 22);

fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_none_or(|ending| ending != "md"))
        .map(|path| {
            (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap())
        })
        .collect();
    files.sort();
    files
}

/// Rows counted by a reader that has nothing to do with the importer.
fn counted(name: &str, bytes: &[u8]) -> Option<usize> {
    let records = |text: &[u8], headers: bool| {
        let mut reader =
            csv::ReaderBuilder::new().has_headers(headers).flexible(true).from_reader(text);
        reader.byte_records().count()
    };
    if name.ends_with(".zip") {
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        let mut text = Vec::new();
        archive.by_index(0).unwrap().read_to_end(&mut text).unwrap();
        return Some(records(&text, false));
    }
    if name.starts_with("y_") {
        return Some(records(bytes, false));
    }
    if name.ends_with(".csv") {
        return Some(records(bytes, true));
    }
    if name.ends_with(".json.gz") {
        let json: serde_json::Value =
            serde_json::from_reader(flate2::read::GzDecoder::new(bytes)).unwrap();
        return Some(json.as_object().unwrap().len());
    }
    if name.ends_with(".json") {
        let json: serde_json::Value = serde_json::from_slice(bytes).unwrap();
        let groups = json["concept"].as_array().unwrap();
        return Some(groups.iter().map(|group| group["concept"].as_array().unwrap().len()).sum());
    }
    // 1,368 general names and 82 products of exceptions, counted in a spreadsheet.
    name.ends_with(".xlsx").then_some(1368 + 82)
}

#[test]
fn every_row_of_the_official_files_comes_through() {
    let Some(folder) = folder() else { return };
    let home = tempfile::tempdir().unwrap();
    let store = Store::in_data_dir(home.path());
    let mut import = store.import(Timestamp::from_millis(0), TODAY).unwrap();
    for (name, bytes) in files(&folder) {
        if name.starts_with("icd_code2byomei_ids") {
            assert!(read(&name, &bytes).is_err(), "says nothing that others do not");
            continue;
        }
        let given = name.starts_with("byomei_id2disease").then_some(date(2021, 7, 1));
        let started = std::time::Instant::now();
        let imported = import.file(&name, &bytes, given).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(imported.editions.len(), 1, "{name}");
        let edition = &imported.editions[0].edition;
        eprintln!(
            "{name}: {} {} rows {} kept {} faults {} ({:?})",
            edition.kind,
            edition.date,
            edition.rows,
            edition.kept,
            edition.faults,
            started.elapsed()
        );
        for fault in imported.editions[0].faults.iter().take(5) {
            eprintln!("    {}", fault.in_words(chart::Language::En));
        }
        assert_eq!(Some(edition.rows), counted(&name, &bytes), "{name}");
        if !edition.is_difference {
            assert_eq!(edition.kept, edition.rows, "{name}");
            // Some words of the derived index lead to null.
            let n_faults = if edition.kind == Kind::IcdIndex { edition.faults } else { 0 };
            assert_eq!(edition.faults, n_faults, "{name}");
        }
        let again = import.file(&name, &bytes, given).unwrap();
        assert_eq!(again.editions[0].outcome, Outcome::ThereAlready, "{name}");
    }
    let editions = store.editions().unwrap();
    assert_eq!(editions.iter().filter(|edition| edition.kind == Kind::PriceList).count(), 3);
    let started = std::time::Instant::now();
    let files = store.load().unwrap();
    eprintln!("all read again in {:?}", started.elapsed());
    let started = std::time::Instant::now();
    let entries = merge(&files);
    eprintln!("put together in {:?}", started.elapsed());
    check(&entries);
}

fn check(entries: &Entries) {
    let of = |system: CodeSystem, codes: &[Code]| codes.iter().any(|code| code.system == system);
    let products = entries.products.iter().filter(|product| !product.is_general);
    let (mut n, mut ended) = (0, 0);
    let mut with = [0; 5];
    let systems = [
        CodeSystem::PriceList,
        CodeSystem::Receipt,
        CodeSystem::Yj,
        CodeSystem::GenericName,
        CodeSystem::Hot,
    ];
    for product in products {
        n += 1;
        ended += usize::from(product.valid.until.is_some());
        for (count, system) in with.iter_mut().zip(systems) {
            *count += usize::from(of(system, &product.codes));
        }
        for code in &product.codes {
            if matches!(code.system, CodeSystem::PriceList | CodeSystem::Yj) {
                assert!(price_code_holds(&code.code), "{} {}", product.name, code.code);
            }
        }
    }
    let successors = entries.products.iter().filter(|product| product.successor.is_some()).count();
    eprintln!(
        "{n} products, {ended} ended or ending, {successors} lead on; with codes {systems:?}: {with:?}; {} general names",
        entries.products.iter().filter(|product| product.is_general).count()
    );
    let renamed = entries.diseases.iter().filter(|disease| !disease.aliases.is_empty()).count();
    let moved = entries.diseases.iter().filter(|disease| disease.successor.is_some()).count();
    let over = entries.diseases.iter().filter(|disease| disease.valid.until.is_some()).count();
    eprintln!(
        "{} diseases, {over} ended, {renamed} with an older name, {moved} lead on; {} modifiers, {} allergens, {} laboratory groups",
        entries.diseases.len(),
        entries.modifiers.len(),
        entries.allergens.len(),
        entries.items.len()
    );
    // A chart of 2014 finds what was sold then, and that it is no longer.
    assert!(n > 29_000 && with[0] > 29_000 && with[1] > 19_000, "{n} {with:?}");
    assert!(entries.diseases.len() >= 27_436);
    assert_eq!(entries.modifiers.len(), 2375);
}
