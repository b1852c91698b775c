//! Layouts of which no published file was at hand, filled with the rows of files that were: the
//! ministry's workbooks with the rows of its list as CSV, MEDIS' tables with those of the claims
//! masters. What comes out must be the same. The columns are those of the digest of the field.

use std::{collections::BTreeMap, fs, io::Read, path::Path};

use chart::{CodeSystem, Timestamp};
use jiff::civil::date;
use lexicon::{
    entry::{Code, Disease, EditionNo, Entries, Modifier},
    masters::{Kind, Store, merge},
};

use crate::official::{PRICE_HEADER, cp932, workbook};

fn file(name: &str) -> Option<Vec<u8>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/masters").join(name);
    let bytes = fs::read(path).ok();
    if bytes.is_none() {
        eprintln!("skipped: ../shared/masters/{name} is not there");
    }
    bytes
}

/// The rows of a claims master.
fn claims(name: &str) -> Option<Vec<csv::StringRecord>> {
    let mut archive = ::zip::ZipArchive::new(std::io::Cursor::new(file(name)?)).unwrap();
    let mut bytes = Vec::new();
    archive.by_index(0).unwrap().read_to_end(&mut bytes).unwrap();
    let (text, _) = encoding_rs::SHIFT_JIS.decode_without_bom_handling(&bytes);
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    Some(reader.records().map(Result::unwrap).collect())
}

/// What comes of some files, all of whose rows must be taken in.
fn imported(files: &[(&str, &[u8])], kind: Kind) -> Entries {
    let home = tempfile::tempdir().unwrap();
    let store = Store::in_data_dir(home.path());
    let mut import = store.import(Timestamp::from_millis(0), date(2026, 1, 1)).unwrap();
    for (name, bytes) in files {
        let imported = import.file(name, bytes, Some(date(2025, 7, 16))).unwrap();
        let edition = &imported.editions[0].edition;
        assert_eq!(edition.kind, kind, "{name}");
        let faults = &imported.editions[0].faults;
        assert_eq!(
            (edition.rows, edition.faults),
            (edition.kept, 0),
            "{name}: {:?}",
            faults.first()
        );
    }
    merge(&store.load().unwrap())
}

#[test]
fn the_ministrys_workbooks_say_what_its_list_as_csv_says() {
    let Some(list) = file("mhlw_price_20250716.csv") else { return };
    let mut reader = csv::Reader::from_reader(list.as_slice());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let mut chapters: BTreeMap<&str, Vec<Vec<&str>>> = BTreeMap::new();
    for row in &rows {
        chapters.entry(&row[0]).or_default().push(row.iter().collect());
    }
    let numbered = [("内用薬", 1), ("注射薬", 2), ("外用薬", 3), ("歯科用薬剤", 4)];
    assert!(numbered.iter().all(|(chapter, _)| chapters.contains_key(chapter)));
    let workbooks: Vec<(String, Vec<u8>)> = numbered
        .into_iter()
        .map(|(chapter, number)| {
            let mut cells = vec![PRICE_HEADER.to_vec()];
            cells.append(chapters.get_mut(chapter).unwrap());
            (format!("tp20250716-01_{number:02}.xlsx"), workbook(&[("Sheet1", &cells)]))
        })
        .collect();
    let workbooks: Vec<(&str, &[u8])> =
        workbooks.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let said = |entries: Entries| -> Vec<String> {
        let without_edition = |mut product: lexicon::entry::DrugProduct| {
            product.edition = EditionNo(0);
            product.codes.iter_mut().for_each(|code| code.edition = EditionNo(0));
            format!("{product:?}")
        };
        let mut said: Vec<String> = entries.products.into_iter().map(without_edition).collect();
        said.sort();
        said
    };
    let of_csv = said(imported(&[("20250716.csv", &list)], Kind::PriceList));
    let of_workbooks = said(imported(&workbooks, Kind::PriceList));
    assert_eq!(of_csv.len(), rows.len());
    let differ = of_csv.iter().zip(&of_workbooks).find(|(one, other)| one != other);
    assert_eq!((of_workbooks.len(), differ), (of_csv.len(), None));
}

fn line(fields: &[&str]) -> String {
    fields.join(",") + "\r\n"
}

fn code(codes: &[Code], system: CodeSystem) -> Option<&str> {
    codes.iter().find(|code| code.system == system).map(|code| code.code.as_str())
}

/// What of a disease both publishers say.
fn of_disease(disease: &Disease) -> String {
    let codes = [
        CodeSystem::DiseaseId,
        CodeSystem::DiseaseExchange,
        CodeSystem::DiseaseReceipt,
        CodeSystem::Icd10,
    ]
    .map(|system| code(&disease.codes, system));
    let Disease { name, short_name, kana, icd10_second, adoption, not_alone, not_billable, .. } =
        disease;
    format!(
        "{codes:?} {name} {short_name} {kana} {icd10_second:?} {adoption} {not_alone} \
         {not_billable} {:?}",
        disease.successor
    )
}

#[test]
fn nmain_says_what_the_claims_master_of_diseases_says() {
    let (Some(rows), Some(claims)) = (claims("b_20240601.zip"), file("b_20240601.zip")) else {
        return;
    };
    let nmain: String = rows
        .iter()
        .map(|b| {
            let not_alone = if &b[18] == "01" { "1" } else { "0" };
            line(&[
                "0", &b[10], &b[5], &b[9], &b[11], &b[12], &b[15], &b[16], "", "", &b[2], &b[7],
                "", "0", "20240601", &b[37], not_alone, &b[19], "", "",
            ])
        })
        .collect();
    let said = |entries: &Entries| -> BTreeMap<String, String> {
        let id = |it: &Disease| code(&it.codes, CodeSystem::DiseaseId).unwrap().to_owned();
        entries.diseases.iter().map(|it| (id(it), of_disease(it))).collect()
    };
    let one = said(&imported(&[("b_20240601.zip", &claims)], Kind::ReceiptDiseases));
    let other = said(&imported(&[("nmain517.txt", &cp932(&nmain))], Kind::MedisDiseases));
    assert_eq!(one.len(), rows.len() - 1, "all but the one that stands for no code");
    for (id, of_claims) in &one {
        assert_eq!(other.get(id), Some(of_claims));
    }
    assert_eq!(other.len(), one.len());
}

#[test]
fn mdfy_says_what_the_claims_master_of_modifiers_says() {
    let (Some(rows), Some(claims)) = (claims("z_20250601.zip"), file("z_20250601.zip")) else {
        return;
    };
    let mdfy: String = rows
        .iter()
        .map(|z| {
            let position = if &z[18] == "A8000000" { "5" } else { "20" };
            line(&["0", &z[16], &z[6], &z[9], &z[17], position, &z[18], "0", &z[2], ""])
        })
        .collect();
    let said = |entries: Entries| -> Vec<String> {
        let of_modifier = |it: Modifier| {
            format!(
                "{} {} {:?} {} {} {} {}",
                it.modifier_id,
                it.name,
                it.position,
                it.kind,
                it.kana,
                it.receipt_code,
                it.exchange_code
            )
        };
        let mut said: Vec<String> = entries.modifiers.into_iter().map(of_modifier).collect();
        said.sort();
        said
    };
    let one = said(imported(&[("z_20250601.zip", &claims)], Kind::ReceiptModifiers));
    let other = said(imported(&[("mdfy517.txt", &cp932(&mdfy))], Kind::MedisModifiers));
    assert_eq!(one.len(), rows.len());
    let differ = one.iter().zip(&other).find(|(one, other)| one != other);
    assert_eq!((other.len(), differ), (one.len(), None));
}
