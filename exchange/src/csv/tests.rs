use std::collections::HashMap;

use chart::{
    Allergy, CodeSystem, Codes, Content, Diagnosis, DiagnosisStatus, DoseBasis, Doubt, DoubtKind,
    Medication, Modifier, ModifierPosition, Observation, PageId, Patient, RecordId, Rect, Sex,
    Timestamp, Timing,
};
use rust_decimal::Decimal;

use super::*;
use crate::{Confirmation, Source};

const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_123);

fn record(content: Content) -> CommittedRecord {
    CommittedRecord {
        record: RecordId::new(NOW),
        version: 1,
        supersedes: None,
        retracted: false,
        content,
        codes: Codes::new(),
        surface: "as written".into(),
        doubts: Vec::new(),
        source: Source {
            chart: Some("00123".into()),
            page: PageId::new(NOW),
            page_number: 2,
            file_name: "見本 花子.pdf".into(),
            scan_sha256: "ab".repeat(32),
            bbox: Some(Rect::new(10, 20, 300, 40)),
        },
        confirmation: Confirmation { login: "sato".into(), name: "佐藤 一郎".into(), at: NOW },
    }
}

fn file(records: Vec<CommittedRecord>) -> String {
    let mut bytes = Vec::new();
    write(records, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

/// The rows of the file, each as cell by column.
fn rows(records: Vec<CommittedRecord>) -> Vec<HashMap<String, String>> {
    let file = file(records);
    let text = file.strip_prefix('\u{feff}').unwrap();
    let mut reader = ::csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().map(Result::unwrap).collect()
}

#[test]
fn the_file_begins_as_excel_wants_it_and_its_header_only_grows_at_its_end() {
    let header = "\u{feff}record_id,version,supersedes,retracted,chart,page_id,page_number,\
        file_name,scan_sha256,x0,y0,x1,y1,kind,name,strength,form,dose,dose_basis,unit,frequency,\
        times_per_day,timing,prn,prn_reason,weekly,days,quantity,status,icd10,code_price_list,\
        code_yj,code_receipt,code_hot,code_generic_name,code_disease_id,code_disease_exchange,\
        code_disease_receipt,code_jlac10,code_jfagy,modifiers,main,onset,end,outcome,reaction,\
        value,flag,reference,date,kana,birth_date,sex,chart_number,insurer_number,insured_number,\
        surface,doubts,confirmed_by,confirmed_by_name,confirmed_at,\
        code_modifier_ids,code_modifier_exchange,modifier_prefixes,modifier_suffixes\r\n";
    assert_eq!(file(Vec::new()), header);
}

#[test]
fn every_column_is_described_for_its_readers() {
    let description = include_str!("../../../docs/formats.md");
    for column in COLUMNS {
        let name = format!("`{}`", column.name);
        assert!(description.contains(&name), "docs/formats.md lacks {name}");
    }
}

#[test]
fn a_medication_has_its_place_its_words_and_its_confirmer() {
    let drug = Medication {
        name: "アムロジピン錠".into(),
        strength: Some("5mg".into()),
        form: Some("錠".into()),
        dose: Some(Decimal::new(5, 1)),
        dose_basis: Some(DoseBasis::Day),
        unit: Some("錠".into()),
        frequency: Some("分2 朝夕食後".into()),
        times_per_day: Some(2),
        timing: vec![Timing::AfterBreakfast, Timing::AfterDinner],
        days: Some(28),
        ..Medication::default()
    };
    let first = record(Content::Medication(drug.clone()));
    let second = CommittedRecord {
        version: 2,
        supersedes: Some(first.record),
        codes: Codes::from([(CodeSystem::PriceList, "2171022F1010".into())]),
        doubts: vec![
            Doubt::about(DoubtKind::UnknownBasis, "dose", "1日 / 1回"),
            Doubt::of(DoubtKind::LookAlike, ""),
        ],
        ..record(Content::Medication(drug))
    };
    let superseded = first.record.to_string();
    let rows = rows(vec![first, second]);
    let row = |name: &str| rows[1][name].as_str();
    assert_eq!(row("kind"), "medication");
    assert_eq!((row("version"), row("supersedes")), ("2", superseded.as_str()));
    assert_eq!((row("name"), row("strength"), row("dose")), ("アムロジピン錠", "5mg", "0.5"));
    assert_eq!((row("dose_basis"), row("times_per_day"), row("days")), ("day", "2", "28"));
    assert_eq!(row("timing"), "after_breakfast; after_dinner");
    assert_eq!((row("prn"), row("weekly"), row("status")), ("false", "false", "active"));
    assert_eq!(row("code_price_list"), "2171022F1010");
    assert_eq!(row("doubts"), "unknown_basis of dose: 1日 / 1回; look_alike");
    assert_eq!((row("x0"), row("y0"), row("x1"), row("y1")), ("10", "20", "300", "40"));
    assert_eq!((row("chart"), row("page_number")), ("00123", "2"));
    assert_eq!((row("confirmed_by"), row("confirmed_by_name")), ("sato", "佐藤 一郎"));
    assert_eq!(row("confirmed_at"), "2023-11-14T22:13:20.123Z");
    assert_eq!(row("main"), "");
}

#[test]
fn the_other_kinds_use_their_own_columns() {
    let disease = Content::Diagnosis(Diagnosis {
        name: "2型糖尿病".into(),
        icd10: Some("E11.9".into()),
        status: DiagnosisStatus::Suspected,
        modifiers: vec![
            Modifier {
                name: "右".into(),
                code: Some("2056".into()),
                id: Some("27000001".into()),
                exchange_code: Some("ZZ01".into()),
                position: Some(ModifierPosition::Prefix),
            },
            Modifier { name: "慢性".into(), ..Modifier::default() },
        ],
        main: true,
        onset: Some("1998-04".into()),
        ..Diagnosis::default()
    });
    let allergy = Content::Allergy(Allergy {
        substance: "そば".into(),
        reaction: Some("皮疹".into()),
        negated: false,
    });
    let test = Content::Observation(Observation {
        item: "HbA1c".into(),
        value: "6.8".into(),
        unit: Some("%".into()),
        flag: Some("H".into()),
        ..Observation::default()
    });
    let patient = Content::Patient(Patient {
        name: Some("見本 花子".into()),
        sex: Some(Sex::Female),
        birth_date: Some("1948-03-05".into()),
        ..Patient::default()
    });
    let rows = rows([disease, allergy, test, patient].map(record).into());
    let cell = |row: usize, name: &str| rows[row][name].as_str();
    assert_eq!((cell(0, "name"), cell(0, "icd10")), ("2型糖尿病", "E11.9"));
    assert_eq!((cell(0, "status"), cell(0, "main")), ("suspected", "true"));
    assert_eq!((cell(0, "modifiers"), cell(0, "onset")), ("右 (2056); 慢性", "1998-04"));
    assert_eq!(cell(0, "code_modifier_ids"), "右 27000001");
    assert_eq!(cell(0, "code_modifier_exchange"), "右 ZZ01");
    assert_eq!((cell(0, "modifier_prefixes"), cell(0, "modifier_suffixes")), ("右", ""));
    assert_eq!((cell(1, "name"), cell(1, "reaction")), ("そば", "皮疹"));
    assert_eq!(cell(1, "status"), "present");
    assert_eq!((cell(2, "name"), cell(2, "value"), cell(2, "unit")), ("HbA1c", "6.8", "%"));
    assert_eq!((cell(3, "name"), cell(3, "sex")), ("見本 花子", "female"));
    assert_eq!((cell(3, "birth_date"), cell(3, "dose")), ("1948-03-05", ""));
}

#[test]
fn words_of_the_page_keep_their_quotes_and_line_ends_and_run_no_formula() {
    let mut wild = record(Content::Allergy(Allergy::default()));
    wild.surface = "=HYPERLINK(\"x\")\r\n次の行, \"引用\"".into();
    wild.source.bbox = None;
    wild.source.chart = None;
    let rows = rows(vec![wild.clone()]);
    assert_eq!(rows[0]["surface"], format!("'{}", wild.surface));
    assert_eq!((rows[0]["x0"].as_str(), rows[0]["chart"].as_str()), ("", ""));
}

#[test]
fn a_full_disk_is_told() {
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    assert!(matches!(write([], Full), Err(ExchangeError::Write(_))));
}
