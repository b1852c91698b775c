//! Broken files of every kind: the importers never panic, and count every row as kept or faulty.
//!
//! Invented files are broken here. Where the development reference is beside the repository, real
//! files are broken too: `cargo test -p lexicon --test masters -- --ignored` takes a minute.

use std::{fs, io::Read, path::Path};

use crate::official::{
    b_row, cp932, general_names, hot, price_csv, price_row, price_xlsx, shifted_price_csv,
    y_difference, y_row, z_row, zip,
};
use chart::Timestamp;
use jiff::civil::date;
use lexicon::masters::{Store, look_up, merge, read};
use proptest::prelude::*;

/// One breakage: where (as a part of the file), what.
#[derive(Debug, Clone)]
enum Breakage {
    Overwrite(u8),
    Insert(Vec<u8>),
    Cut(usize),
    End,
    RepeatLine,
    LoseQuotes,
}

fn breakage() -> impl Strategy<Value = (f64, Breakage)> {
    let what = prop_oneof![
        4 => any::<u8>().prop_map(Breakage::Overwrite),
        2 => prop::collection::vec(
            prop_oneof![Just(b'"'), Just(b','), Just(b'\n'), Just(b'\r'), Just(0x81), any::<u8>()],
            1..6
        )
        .prop_map(Breakage::Insert),
        2 => (1usize..40).prop_map(Breakage::Cut),
        1 => Just(Breakage::End),
        1 => Just(Breakage::RepeatLine),
        1 => Just(Breakage::LoseQuotes),
    ];
    (0.0..1.0f64, what)
}

fn broken(mut bytes: Vec<u8>, breakages: &[(f64, Breakage)]) -> Vec<u8> {
    for (place, what) in breakages {
        if bytes.is_empty() {
            break;
        }
        let at = ((bytes.len() as f64 * place) as usize).min(bytes.len() - 1);
        let line_end = bytes[at..]
            .iter()
            .position(|byte| *byte == b'\n')
            .map_or(bytes.len(), |to| at + to + 1);
        match what {
            Breakage::Overwrite(byte) => bytes[at] = *byte,
            Breakage::Insert(more) => drop(bytes.splice(at..at, more.iter().copied())),
            Breakage::Cut(length) => drop(bytes.drain(at..(at + length).min(bytes.len()))),
            Breakage::End => bytes.truncate(at),
            Breakage::RepeatLine => {
                let start =
                    bytes[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
                let line = bytes[start..line_end].to_vec();
                drop(bytes.splice(line_end..line_end, line));
            }
            Breakage::LoseQuotes => {
                let rest: Vec<u8> =
                    bytes[at..line_end].iter().copied().filter(|byte| *byte != b'"').collect();
                drop(bytes.splice(at..line_end, rest));
            }
        }
    }
    bytes
}

fn repeated(row: impl Fn(u32) -> String) -> Vec<u8> {
    cp932(&(0..12).map(row).collect::<String>())
}

fn invented() -> Vec<(&'static str, Vec<u8>)> {
    const CODE: &str = "9991001F1025";
    let prices: Vec<_> = (0..12).map(|_| price_row(CODE, "ミホン錠５ｍｇ", "架空製薬")).collect();
    let y = repeated(|n| y_row(&format!("6200000{n:02}"), "ミホン錠５ｍｇ", CODE));
    vec![
        ("y_20240321.csv", y.clone()),
        ("y_20240321.zip", zip("y_20240321.csv", &y)),
        (
            "y_20250813.csv",
            repeated(|n| y_difference("5", &format!("6200000{n:02}"), &[(31, CODE)])),
        ),
        (
            "b_20240601.txt",
            repeated(|n| b_row(&format!("88000{n:02}"), "見本症", "20990001", "AB12", "Z999")),
        ),
        (
            "z_20250601.txt",
            repeated(|n| z_row(&format!("90{n:02}"), "見本の", "27990001", "CD34", 1)),
        ),
        ("20250716.csv", price_csv(&prices).into_bytes()),
        ("20140401.csv", shifted_price_csv(&prices).into_bytes()),
        ("tp20250716.xlsx", price_xlsx(&prices)),
        ("ippan_250814.xlsx", general_names("令和７年８月１４日適用")),
        (
            "MEDIS20250831.TXT",
            hot(&[["1234567890123", "4901234567894", CODE, CODE, "620000001", "ミホン"]; 12]),
        ),
        ("JFAGY_20250401.csv", crate::official::JFAGY.as_bytes().to_vec()),
        ("JLAC10_20250401.json", crate::official::JLAC10.as_bytes().to_vec()),
        ("ge_20250716.csv", crate::official::generic_info(CODE).into_bytes()),
        ("nmain_20240601.txt", cp932(crate::official::NMAIN)),
        ("mdfy_20240601.txt", cp932(crate::official::MDFY)),
        ("index_20240601.txt", cp932(crate::official::INDEX)),
    ]
}

/// Reads it all the way to entries.
fn import(name: &str, bytes: &[u8]) -> Result<(), TestCaseError> {
    let Ok(contents) = read(name, bytes) else { return Ok(()) };
    for master in &contents.masters {
        let n_lost = master.faults.iter().filter(|fault| fault.row_lost).count();
        if !master.name.ends_with(".xlsx") {
            prop_assert!(
                master.kept + n_lost >= master.rows,
                "{name}: a row vanished without a word"
            );
        }
        prop_assert!(master.kept <= master.rows);
    }
    let home = tempfile::tempdir().unwrap();
    let store = Store::in_data_dir(home.path());
    let mut import = store.import(Timestamp::from_millis(0), date(2026, 1, 1)).unwrap();
    import.file(name, bytes, None).unwrap();
    let entries = merge(&store.load().unwrap());
    look_up(&entries, "9991001F1025");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn broken_files_never_panic(
        which in 0..invented().len(),
        breakages in prop::collection::vec(breakage(), 1..8),
    ) {
        let (name, bytes) = invented().swap_remove(which);
        import(name, &broken(bytes, &breakages))?;
    }

    #[test]
    fn any_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        import("20250716.bin", &bytes)?;
        for magic in [&b"PK\x03\x04"[..], b"\x1F\x8B\x08", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", b"\xEF\xBB\xBF", b"{"] {
            import("20250716.bin", &[magic, &bytes].concat())?;
        }
    }
}

/// Real files, cut to a few hundred lines, broken.
#[test]
#[ignore = "takes a minute; needs ../shared/masters"]
fn broken_real_files_never_panic() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/masters");
    let Ok(files) = fs::read_dir(&folder) else {
        eprintln!("skipped: ../shared/masters with the official files is not there");
        return;
    };
    let mut parts: Vec<(String, Vec<u8>)> = Vec::new();
    for file in files {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let mut bytes = fs::read(&path).unwrap();
        if name.ends_with(".zip") {
            let mut archive = ::zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
            bytes = Vec::new();
            archive.by_index(0).unwrap().read_to_end(&mut bytes).unwrap();
        }
        if name.ends_with(".xlsx") {
            parts.push((name, bytes));
        } else if name.ends_with(".csv") || name.ends_with(".zip") {
            let lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
            let header =
                if name.starts_with("mhlw") || name.starts_with("JFAGY") { lines[0] } else { b"" };
            for part in lines[1..].chunks(lines.len() / 8 + 1) {
                let rows: Vec<u8> =
                    part.iter().take(120).flat_map(|line| line.iter().copied()).collect();
                parts.push((name.clone(), [header, &rows].concat()));
            }
        }
    }
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 3000,
        max_shrink_iters: 200,
        ..ProptestConfig::default()
    });
    let cases = (0..parts.len(), prop::collection::vec(breakage(), 1..12));
    runner
        .run(&cases, |(which, breakages)| {
            let (name, bytes) = &parts[which];
            import(name, &broken(bytes.clone(), &breakages))
        })
        .unwrap();
    eprintln!("3000 broken parts of {} real ones", parts.len());
}
