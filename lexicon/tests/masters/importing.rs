//! Importing official files: small invented files in the official layouts and encodings.

use std::collections::BTreeSet;

use crate::official::{
    Modifier, b_row, cp932, general_names, gzip, hot, price_csv, price_row, price_xlsx,
    shifted_price_csv, workbook, y_difference, y_row, z_row, zip,
};
use chart::{CodeSystem, Timestamp};
use jiff::civil::{Date, date};
use lexicon::{
    entry::{DrugKind, Entries, Position, Route},
    masters::{
        DateFrom, FaultKind, ImportedFile, Kind, MastersError, Outcome, Store, look_up, merge, read,
    },
};

struct Clinic {
    home: tempfile::TempDir,
    store: Store,
}

impl Clinic {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let store = Store::in_data_dir(home.path());
        Self { home, store }
    }

    fn import(&self, name: &str, bytes: &[u8]) -> ImportedFile {
        self.try_import(name, bytes, None).unwrap()
    }

    fn try_import(
        &self,
        name: &str,
        bytes: &[u8],
        given: Option<Date>,
    ) -> Result<ImportedFile, MastersError> {
        let mut import = self.store.import(Timestamp::from_millis(0), date(2026, 1, 1)).unwrap();
        import.file(name, bytes, given)
    }

    fn entries(&self) -> Entries {
        merge(&self.store.load().unwrap())
    }

    fn used(&self) -> Vec<String> {
        self.store.used().unwrap().into_iter().map(|edition| edition.id).collect()
    }
}

// Codes of drugs that do not exist; their check digits hold.
const BRAND: &str = "9991001F1025";
const LISTING: &str = "9991001F1017";
const OTHER: &str = "9992002F1027";

fn code_of(codes: &[lexicon::entry::Code], system: CodeSystem) -> Option<&str> {
    codes.iter().find(|code| code.system == system).map(|code| code.code.as_str())
}

#[test]
fn files_are_known_by_content_whatever_their_name_and_wrapping() {
    let y = cp932(&y_row("620000001", "ミホン錠５ｍｇ", BRAND));
    let b = cp932(&b_row("8800001", "見本症", "20990001", "AB12", "Z999"));
    let z = cp932(&z_row("9001", "見本の", "27990001", "CD34", 1));
    let prices = price_csv(&[price_row(BRAND, "ミホン錠５ｍｇ", "架空製薬")]);
    for (bytes, kind) in [
        (y.clone(), Kind::ReceiptDrugs),
        (b, Kind::ReceiptDiseases),
        (z, Kind::ReceiptModifiers),
        (prices.into_bytes(), Kind::PriceList),
        (price_xlsx(&[price_row(BRAND, "ミホン錠５ｍｇ", "架空製薬")]), Kind::PriceList),
        (general_names("令和７年８月１４日適用"), Kind::GeneralNames),
        (
            hot(&[[
                "1234567890123",
                "4901234567894",
                LISTING,
                BRAND,
                "620000001",
                "ミホン錠５ｍｇ",
            ]]),
            Kind::Hot,
        ),
        (crate::official::JFAGY.as_bytes().to_vec(), Kind::Allergens),
        (crate::official::JLAC10.as_bytes().to_vec(), Kind::Laboratory),
        (crate::official::generic_info(BRAND).into_bytes(), Kind::GenericInfo),
        (cp932(crate::official::NMAIN), Kind::MedisDiseases),
        (cp932(crate::official::MDFY), Kind::MedisModifiers),
        (cp932(crate::official::INDEX), Kind::MedisIndex),
    ] {
        for wrapped in [bytes.clone(), zip("a.dat", &bytes), gzip(&bytes)] {
            let contents = read("download", &wrapped).unwrap_or_else(|e| panic!("{kind}: {e}"));
            let master = &contents.masters[0];
            assert_eq!((master.kind, contents.masters.len()), (kind, 1));
            assert_eq!(master.faults, [], "{kind}");
            assert!(master.rows > 0 && master.rows == master.kept, "{kind}");
        }
    }
    for none in [&b"%PDF-1.7 manual"[..], b"a,b\nc,d\n", b"{\"resourceType\":\"Bundle\"}"] {
        assert!(matches!(read("x", none), Err(MastersError::Unknown { .. })));
    }
    assert!(matches!(read("x", b""), Err(MastersError::Empty { .. })));
    let package = zip("readme.txt", b"how to read these files");
    assert!(matches!(read("x.zip", &package), Err(MastersError::Unknown { .. })));
}

#[test]
fn the_name_of_a_product_is_found_under_shifted_headers() {
    let row = price_row(BRAND, "ミホン錠５ｍｇ", "架空製薬");
    for bytes in [
        price_csv(std::slice::from_ref(&row)).into_bytes(),
        shifted_price_csv(std::slice::from_ref(&row)).into_bytes(),
        price_xlsx(std::slice::from_ref(&row)),
    ] {
        let clinic = Clinic::new();
        clinic.import("tp20250716-01_01", &bytes);
        let products = clinic.entries().products;
        assert_eq!(products[0].name, "ミホン錠５ｍｇ");
        assert_eq!(products[0].unit, "５ｍｇ１錠");
        assert_eq!(products[0].maker, "架空製薬");
        assert_eq!(products[0].route, Some(Route::Internal));
        assert_eq!(products[0].kind, Some(DrugKind::Brand));
    }
}

#[test]
fn a_broken_line_is_named_and_the_rest_is_kept() {
    let broken = [
        y_row("620000001", "ミホン錠５ｍｇ", BRAND),
        y_row("620000002", "ミホン錠１０ｍｇ", "9991001F2021"),
        "\"0\",\"Y\",\"620000003\",\"short\"\r\n".to_owned(),
        y_row("62000004", "ミホン散", OTHER),
    ];
    let sound = (0..10).map(|n| y_row(&format!("62100000{n}"), "ミホン散", OTHER));
    let mut bytes = cp932(&broken.into_iter().chain(sound).collect::<String>());
    let second_line = bytes.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    let name = second_line + bytes[second_line..].windows(2).position(|w| w == b"\"\x83").unwrap();
    bytes[name + 1] = 0xFF;
    let clinic = Clinic::new();
    let imported = clinic.import("y_20240321.csv", &bytes);
    let edition = &imported.editions[0].edition;
    assert_eq!((edition.rows, edition.kept), (14, 11));
    let faults: Vec<_> =
        imported.editions[0].faults.iter().map(|f| (f.line, f.column, &f.kind)).collect();
    assert_eq!(faults[0], (2, 5, &FaultKind::Characters));
    assert_eq!(faults[1], (3, 0, &FaultKind::Columns { found: 4, expected: 40 }));
    assert_eq!(faults[2], (4, 3, &FaultKind::Shape("62000004".into())));
    let words = imported.editions[0].faults[1].in_words(chart::Language::Ja);
    assert_eq!(words, "y_20240321.csv 3行目: 40列のはずが4列です（この行は取り込みません）");
}

#[test]
fn a_code_whose_check_digit_is_wrong_is_left_out_and_the_name_kept() {
    let clinic = Clinic::new();
    let imported = clinic.import(
        "price 20250716.csv",
        price_csv(&[price_row("9991001F1026", "ミホン錠５ｍｇ", "架空製薬")]).as_bytes(),
    );
    assert_eq!(imported.editions[0].faults[0].kind, FaultKind::CheckDigit("9991001F1026".into()));
    let products = clinic.entries().products;
    assert_eq!((products[0].name.as_str(), products[0].codes.len()), ("ミホン錠５ｍｇ", 0));
}

#[test]
fn importing_twice_changes_nothing() {
    let clinic = Clinic::new();
    let bytes = cp932(&b_row("8800001", "見本症", "20990001", "AB12", "Z999"));
    clinic.import("b_20240601.txt", &bytes);
    let before = clinic.store.editions().unwrap();
    let again = clinic.import("the same under another name.txt", &bytes);
    assert_eq!(again.editions[0].outcome, Outcome::ThereAlready);
    assert_eq!(clinic.store.editions().unwrap(), before);
}

#[test]
fn the_same_edition_with_other_bytes_replaces_and_can_be_taken_back() {
    let clinic = Clinic::new();
    clinic
        .import("b_20240601.txt", &cp932(&b_row("8800001", "見本症", "20990001", "AB12", "Z999")));
    let first = clinic.used();
    let corrected = cp932(&b_row("8800001", "見本病", "20990001", "AB12", "Z999"));
    let imported = clinic.import("b_20240601.txt", &corrected);
    assert_eq!(imported.editions[0].outcome, Outcome::Replaced(first[0].clone()));
    assert_eq!(clinic.entries().diseases[0].name, "見本病");
    let fingerprint = clinic.store.fingerprint().unwrap();

    assert_eq!(clinic.store.take_back(None).unwrap().len(), 1);
    assert_eq!(clinic.used(), first);
    assert_eq!(clinic.entries().diseases[0].name, "見本症");
    assert_ne!(clinic.store.fingerprint().unwrap(), fingerprint);

    let again = clinic.import("b_20240601.txt", &corrected);
    assert!(matches!(again.editions[0].outcome, Outcome::Replaced(_)));
    assert_eq!(clinic.store.fingerprint().unwrap(), fingerprint);
    clinic.store.take_back(None).unwrap();
    clinic.store.take_back(None).unwrap();
    assert!(matches!(clinic.store.take_back(None), Err(MastersError::NothingToTakeBack)));
    let unknown = clinic.store.take_back(Some("price-list-19990101-00000000"));
    assert!(matches!(unknown, Err(MastersError::NoSuchEdition(_))));
}

#[test]
fn an_edition_without_a_day_is_refused_until_one_is_given() {
    let clinic = Clinic::new();
    let bytes = price_csv(&[price_row(BRAND, "ミホン錠５ｍｇ", "架空製薬")]).into_bytes();
    let refused = clinic.try_import("prices.csv", &bytes, None);
    assert!(matches!(refused, Err(MastersError::NoDate { .. })));
    assert_eq!(clinic.used(), [""; 0]);
    let imported = clinic.try_import("prices.csv", &bytes, Some(date(2018, 4, 1))).unwrap();
    let edition = &imported.editions[0].edition;
    assert_eq!((edition.date, edition.date_from), (date(2018, 4, 1), DateFrom::Given));
    // What the content states is believed before the name and before what was given.
    let stated = clinic.try_import(
        "20200101.xlsx",
        &general_names("令和７年８月１４日適用"),
        Some(date(2018, 4, 1)),
    );
    assert_eq!(stated.unwrap().editions[0].edition.date, date(2025, 8, 14));
}

#[test]
fn what_left_the_list_keeps_its_time_and_leads_on() {
    let clinic = Clinic::new();
    let old = [
        price_row(BRAND, "ムカシ錠５ｍｇ", "架空製薬"),
        price_row(OTHER, "キエタ錠１ｍｇ", "架空製薬"),
    ];
    clinic.import("20140401.csv", price_csv(&old).as_bytes());
    let new = [price_row(BRAND, "イマ錠５ｍｇ", "架空製薬")];
    clinic.import("20250716.csv", price_csv(&new).as_bytes());
    let entries = clinic.entries();
    let product = |name: &str| entries.products.iter().find(|p| p.name == name).unwrap();
    assert_eq!(product("ムカシ錠５ｍｇ").valid.until, Some(date(2025, 7, 15)));
    assert_eq!(product("ムカシ錠５ｍｇ").successor.as_deref(), Some(BRAND));
    assert_eq!(product("キエタ錠１ｍｇ").valid.until, Some(date(2025, 7, 15)));
    assert_eq!(product("キエタ錠１ｍｇ").successor, None);
    assert_eq!(product("イマ錠５ｍｇ").valid.until, None);
    assert_eq!(product("イマ錠５ｍｇ").valid.from, Some(date(2014, 4, 2)));
}

#[test]
fn chapters_of_one_day_do_not_end_each_other() {
    let clinic = Clinic::new();
    let inside = price_csv(&[price_row(BRAND, "ミホン錠５ｍｇ", "架空製薬")]);
    let outside = price_csv(&[price_row("9991701S1020", "ミホンテープ５ｍｇ", "架空製薬")])
        .replace("内用薬", "外用薬");
    clinic.import("tp20250401-01_01.csv", inside.as_bytes());
    clinic.import("tp20250401-01_03.csv", outside.as_bytes());
    clinic.import("tp20250716-01_03.csv", format!("{outside}\n").as_bytes());
    assert!(clinic.entries().products.iter().all(|product| product.valid.until.is_none()));
    let parts: Vec<_> = clinic.store.used().unwrap().into_iter().map(|e| e.parts).collect();
    assert_eq!(parts[0], BTreeSet::from(["内用薬".to_owned()]));
}

#[test]
fn brands_of_a_common_listing_come_from_the_claims_master() {
    let clinic = Clinic::new();
    clinic.import(
        "20250716.csv",
        price_csv(&[
            price_row(LISTING, "ミホナゾール５ｍｇ錠", ""),
            price_row(OTHER, "ミホンベツ錠１ｍｇ", "架空製薬"),
        ])
        .as_bytes(),
    );
    clinic.import(
        "y_20250801.csv",
        &cp932(&format!(
            "{}{}",
            y_row("620000001", "トウイツ錠５ｍｇ", LISTING),
            y_row("620000002", "ミホンベツ錠１ｍｇ", OTHER)
        )),
    );
    let entries = clinic.entries();
    let brand = entries.products.iter().find(|p| p.name == "トウイツ錠５ｍｇ").unwrap();
    assert_eq!(code_of(&brand.codes, CodeSystem::PriceList), Some(LISTING));
    assert_eq!(code_of(&brand.codes, CodeSystem::Receipt), Some("620000001"));
    assert_eq!(code_of(&brand.codes, CodeSystem::Yj), None, "its own YJ code is in HOT only");
    assert_eq!(brand.unit, "５ｍｇ１錠");
    let named = entries.products.iter().find(|p| p.name == "ミホンベツ錠１ｍｇ").unwrap();
    assert_eq!(code_of(&named.codes, CodeSystem::Yj), Some(OTHER));
    assert_eq!(code_of(&named.codes, CodeSystem::Receipt), Some("620000002"));
    assert_eq!(entries.products.len(), 3);

    // HOT tells the YJ code of the brand.
    clinic.import(
        "MEDIS20250831.TXT",
        &hot(&[[
            "1234567890123",
            "4901234567894",
            LISTING,
            BRAND,
            "620000001",
            "トウイツ錠５ｍｇ",
        ]]),
    );
    let entries = clinic.entries();
    let brand = entries.products.iter().find(|p| p.name == "トウイツ錠５ｍｇ").unwrap();
    assert_eq!(code_of(&brand.codes, CodeSystem::Yj), Some(BRAND));
    assert_eq!(code_of(&brand.codes, CodeSystem::Hot), Some("123456789"));
}

#[test]
fn of_two_codes_that_contradict_each_other_none_is_kept() {
    let clinic = Clinic::new();
    clinic.import("y_20250801.csv", &cp932(&y_row("620000001", "トウイツ錠５ｍｇ", LISTING)));
    clinic.import(
        "MEDIS20250831.TXT",
        &hot(&[
            ["1234567890123", "4901234567894", LISTING, BRAND, "620000001", "トウイツ錠５ｍｇ"],
            ["1234567890223", "4901234567894", LISTING, OTHER, "620000001", "トウイツ錠５ｍｇ"],
        ]),
    );
    let products = clinic.entries().products;
    assert_eq!(code_of(&products[0].codes, CodeSystem::Yj), None);
    assert_eq!(code_of(&products[0].codes, CodeSystem::Hot), Some("123456789"));
}

#[test]
fn general_names_reach_products_of_the_same_nine_characters() {
    let clinic = Clinic::new();
    clinic.import(
        "20140401.csv",
        price_csv(&[price_row(BRAND, "ムカシ錠５ｍｇ", "架空製薬")]).as_bytes(),
    );
    clinic.import("ippan.xlsx", &general_names("令和７年８月１４日適用"));
    let entries = clinic.entries();
    let old = entries.products.iter().find(|p| p.name == "ムカシ錠５ｍｇ").unwrap();
    assert_eq!(code_of(&old.codes, CodeSystem::GenericName), Some("9991001F1ZZZ"));
    assert_eq!(old.general_name, "【般】ミホナゾール錠５ｍｇ");
    let general = entries.products.iter().find(|p| p.is_general).unwrap();
    assert_eq!(general.name, "【般】ミホナゾール錠５ｍｇ");
    // The table of exceptions is stronger than the rule.
    assert_eq!(entries.products.iter().filter(|p| p.is_general).count(), 2);
    clinic.import(
        "20180401.csv",
        price_csv(&[price_row(OTHER, "レイガイ錠１ｍｇ", "架空製薬")]).as_bytes(),
    );
    let entries = clinic.entries();
    let exception = entries.products.iter().find(|p| p.name == "レイガイ錠１ｍｇ").unwrap();
    assert_eq!(code_of(&exception.codes, CodeSystem::GenericName), Some("9992002FAZZZ"));
}

#[test]
fn a_difference_changes_what_it_names_and_nothing_else() {
    let clinic = Clinic::new();
    let base = cp932(&format!(
        "{}{}",
        y_row("620000001", "ミホン錠５ｍｇ", BRAND),
        y_row("620000002", "ミホンベツ錠１ｍｇ", OTHER)
    ));
    clinic.import("y_ALL20240321.csv", &base);
    // Column 37 is the general name's code, 31 the day of abolition.
    let difference = cp932(&format!(
        "{}{}{}",
        y_difference("5", "620000001", &[(36, "9991001F1ZZZ"), (37, "【般】ミホナゾール錠５ｍｇ")]),
        y_difference("9", "620000002", &[(30, "20250331")]),
        y_difference("5", "620000009", &[(30, "20250331")]),
    ));
    let imported = clinic.import("y_20250813.csv", &difference);
    let edition = &imported.editions[0].edition;
    assert!(edition.is_difference);
    assert_eq!((edition.rows, edition.kept), (3, 2));
    assert_eq!(imported.editions[0].faults[0].kind, FaultKind::NoBase("620000009".into()));
    let entries = clinic.entries();
    let product = |name: &str| entries.products.iter().find(|p| p.name == name).unwrap();
    let changed = product("ミホン錠５ｍｇ");
    assert_eq!(code_of(&changed.codes, CodeSystem::GenericName), Some("9991001F1ZZZ"));
    assert_eq!(changed.valid.until, None);
    assert_eq!(product("ミホンベツ錠１ｍｇ").valid.until, Some(date(2025, 3, 31)));
}

#[test]
fn renamed_and_moved_diseases_lead_on() {
    let clinic = Clinic::new();
    let old = format!(
        "{}{}",
        b_row("8800001", "旧見本症", "20990001", "AB12", "Z999"),
        b_row("8800002", "廃止症", "20990002", "AB13", "F152b"),
    );
    clinic.import("b_20200601.txt", &cp932(&old));
    let new = format!(
        "{}{}",
        b_row("8800001", "新見本症", "20990001", "AB12", "Z999"),
        b_row("8800002", "廃止症", "20990002", "AB13", "F152b")
            .replacen("\"8800002\",\"8800002\"", "\"8800002\",\"8800001\"", 1)
            .replace("99999999", "20240531"),
    );
    clinic.import("b_20240601.txt", &cp932(&new));
    let entries = clinic.entries();
    let renamed = &entries.diseases[0];
    assert_eq!(
        (renamed.name.as_str(), renamed.aliases.as_slice()),
        ("新見本症", &["旧見本症".to_owned()][..])
    );
    let moved = &entries.diseases[1];
    assert_eq!(moved.successor.as_deref(), Some("20990001"));
    assert_eq!(moved.valid.until, Some(date(2024, 5, 31)));
    assert_eq!(code_of(&moved.codes, CodeSystem::Icd10), Some("F15.2"));
    assert_eq!(code_of(&moved.codes, CodeSystem::DiseaseExchange), Some("AB13"));
}

#[test]
fn the_class_and_not_the_code_tells_where_a_modifier_stands() {
    let clinic = Clinic::new();
    let rows = [
        Modifier { code: "8001", name: "見本性", class: 5 },
        Modifier { code: "1001", name: "の見本", class: 8 },
    ];
    let rows: String = rows
        .iter()
        .map(|m| z_row(m.code, m.name, &format!("2799{}", m.code), "CD34", m.class))
        .collect();
    clinic.import("z_20250601.txt", &cp932(&rows));
    let modifiers = clinic.entries().modifiers;
    let places: Vec<_> = modifiers.iter().map(|m| (m.name.as_str(), m.position)).collect();
    assert_eq!(places, [("の見本", Position::Suffix), ("見本性", Position::Prefix)]);
    assert_eq!(modifiers[1].kind, "状態");
}

#[test]
fn a_code_is_looked_up_with_its_origin_and_what_came_after() {
    let clinic = Clinic::new();
    clinic.import(
        "20140401.csv",
        price_csv(&[price_row(BRAND, "ムカシ錠５ｍｇ", "架空製薬")]).as_bytes(),
    );
    clinic.import(
        "20250716.csv",
        price_csv(&[price_row(LISTING, "ミホナゾール５ｍｇ錠", "")]).as_bytes(),
    );
    let entries = clinic.entries();
    let answer = look_up(&entries, BRAND);
    assert_eq!(answer.check_digit, Some(true));
    assert_eq!(answer.found[0].name, "ムカシ錠５ｍｇ");
    assert_eq!(answer.found[0].edition.unwrap().date, Some(date(2014, 4, 1)));
    let same: Vec<_> = answer.same_preparation.iter().map(|found| found.name).collect();
    assert_eq!(same, ["ミホナゾール５ｍｇ錠"]);
    assert_eq!(look_up(&entries, "ムカシ錠5mg").found.len(), 1, "in half width");
    let unknown = look_up(&entries, "9991001F1026");
    assert_eq!((unknown.check_digit, unknown.found.len()), (Some(false), 0));
}

#[test]
fn a_changed_original_is_noticed() {
    let clinic = Clinic::new();
    clinic
        .import("b_20240601.txt", &cp932(&b_row("8800001", "見本症", "20990001", "AB12", "Z999")));
    let edition = clinic.store.used().unwrap().remove(0);
    let original = clinic.home.path().join("masters/originals").join(&edition.digest);
    std::fs::write(&original, b"something else").unwrap();
    assert!(matches!(clinic.store.load(), Err(MastersError::Original { .. })));
}

#[test]
fn a_workbook_of_several_sheets_is_one_edition() {
    let names = general_names("令和７年８月１４日適用");
    let contents = read("ippan.xlsx", &names).unwrap();
    assert_eq!(contents.masters.len(), 1);
    assert_eq!(contents.masters[0].rows, 4, "two names and two exceptional products");
    assert!(read("empty.xlsx", &workbook(&[("s", &[])])).is_err());
}
