//! Official masters through the binary: taken in, listed, looked up, used, taken back. The files
//! are invented, in the official layouts.

use std::path::PathBuf;

use serde_json::Value;

use crate::installation::Installation;

// Codes of things that do not exist; the check digit of the price code holds.
const PRICE: &str = "9991001F1025";
const DISEASE: &str = "20990001";

fn quoted(fields: &[String]) -> String {
    let fields: Vec<String> = fields.iter().map(|field| format!("\"{field}\"")).collect();
    fields.join(",") + "\r\n"
}

fn filled(n: usize, with: &str, given: &[(usize, &str)]) -> String {
    let mut fields = vec![with.to_owned(); n];
    for (at, text) in given {
        (*text).clone_into(&mut fields[*at]);
    }
    quoted(&fields)
}

/// A row of the 傷病名マスター.
fn disease(code: &str, name: &str, id: &str, exchange: &str, icd10: &str) -> String {
    let given = [
        (1, "B"),
        (2, code),
        (3, code),
        (5, name),
        (7, name),
        (9, "ミホンナルヤマイ"),
        (10, id),
        (11, "1"),
        (12, exchange),
        (13, ""),
        (14, ""),
        (15, icd10),
        (16, ""),
        (17, ""),
        (18, "00"),
        (21, ""),
        (22, ""),
        (23, "99999999"),
        (37, ""),
    ];
    filled(46, "0", &given)
}

/// A row of the 修飾語マスター: a prefix whose receipt code begins like a suffix's.
fn modifier() -> String {
    let given = [
        (0, "0"),
        (1, "Z"),
        (2, "8901"),
        (5, "3"),
        (6, "見本状"),
        (8, "3"),
        (9, "ミホンジョウ"),
        (11, "0"),
        (12, "0"),
        (13, "20250601"),
        (15, "99999999"),
        (16, "27990001"),
        (17, "CD34"),
        (18, "A5000000"),
    ];
    filled(19, "", &given)
}

/// A row of the 医薬品マスター.
fn drug(code: &str, name: &str, price: &str) -> String {
    let given = [
        (0, "0"),
        (1, "Y"),
        (2, code),
        (3, "7"),
        (4, name),
        (6, "ﾐﾎﾝ"),
        (7, "16"),
        (9, "錠"),
        (11, "12.30"),
        (13, "0"),
        (16, "0"),
        (21, "1"),
        (22, "0"),
        (27, "1"),
        (29, "20240401"),
        (30, "99999999"),
        (31, price),
        (33, "0"),
        (34, name),
        (35, "20240401"),
    ];
    filled(40, "", &given)
}

fn put(clinic: &Installation, name: &str, text: &str) -> String {
    let path: PathBuf = clinic.data_dir().join(name);
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

fn objects(printed: &str) -> Vec<Value> {
    printed.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn editions(clinic: &Installation) -> Vec<String> {
    let listed: Vec<Value> =
        serde_json::from_str(&clinic.succeed(&["masters", "list", "--json"])).unwrap();
    listed.iter().map(|edition| edition["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn masters_are_taken_in_looked_up_used_and_taken_back() {
    let clinic = Installation::clinic();
    let diseases: String = (0..9)
        .map(|n| {
            disease(
                &format!("880000{n}"),
                &format!("別様{n}病"),
                &format!("2099010{n}"),
                "AB13",
                "Z998",
            )
        })
        .chain([disease("8800099", "見本様膝腱炎", DISEASE, "AB12", "M765")])
        .collect();
    let files = [
        put(&clinic, "b_20250601.csv", &diseases),
        put(&clinic, "z_20250601.csv", &modifier()),
        put(&clinic, "y_ALL20250601.csv", &drug("620000001", "ミホナゾール錠５ｍｇ", PRICE)),
    ];
    // Before: nobody knows the name, and no code is made up.
    assert!(!clinic.run(&["lexicon", "check", "見本様膝腱炎"]).status.success());

    let imported =
        clinic.succeed(&["masters", "import", "--lang", "en", &files[0], &files[1], &files[2]]);
    assert_eq!(imported.matches("taken in").count(), 3, "{imported}");
    let first = editions(&clinic);
    assert_eq!(first.len(), 3, "{first:?}");
    let again = clinic.succeed(&["masters", "import", "--lang", "en", &files[0]]);
    assert!(again.contains("there already"), "{again}");
    assert_eq!(editions(&clinic), first, "importing twice changes nothing");

    let checked = objects(&clinic.succeed(&["lexicon", "check", "--json", "M76.5", PRICE, "8901"]));
    let named = |at: usize, name: &str| {
        let found = checked[at]["found"].as_array().unwrap();
        found.iter().find(|found| found["name"] == name).cloned().unwrap_or_default()
    };
    assert_eq!(named(0, "見本様膝腱炎")["source"]["file"], "b_20250601.csv");
    assert_eq!(checked[1]["check_digit_holds"], true);
    assert_eq!(named(1, "ミホナゾール錠５ｍｇ")["from"], "2024-04-01");
    assert_eq!(named(2, "見本状")["modifier_codes"]["id"], "27990001");
    assert!(clinic.data_dir().join("lexicon.entries").exists(), "kept for the next question");
    let unknown = clinic.run(&["lexicon", "check", "--lang", "en", "9991001F1026"]);
    assert!(!unknown.status.success());
    assert!(String::from_utf8_lossy(&unknown.stdout).contains("check digit does not hold"));

    // Misread, between modifiers; a strength that does not exist.
    let found = objects(&clinic.succeed(&[
        "lexicon",
        "search",
        "--json",
        "見本状見木様膝腱炎の疑い",
        "ミホナゾール錠7mg",
        "みほなぞ",
    ]));
    let first_of = |at: usize| found[at]["names"][0].clone();
    assert_eq!(first_of(0)["name"], "見本様膝腱炎", "{}", found[0]);
    assert_eq!(first_of(0)["codes"]["icd10"], "M76.5");
    let modifiers = first_of(0)["modifiers"].as_array().unwrap().clone();
    let codes: Vec<&str> = modifiers.iter().map(|it| it["receipt"].as_str().unwrap()).collect();
    assert_eq!(codes, ["8901", "8002"], "each part bears its code");
    let drugs = found[1]["names"].as_array().unwrap();
    let misread = drugs.iter().find(|it| it["name"] == "ミホナゾール錠５ｍｇ").unwrap();
    assert_eq!(misread["strength_exists"], false, "{}", found[1]);
    assert_eq!(first_of(2)["name"], "ミホナゾール");

    // A diagnosis on a page bears the codes of base and modifier.
    let page = r##"{"width":1000,"height":1400,"lines":[{"text":"#1 見本状見本様膝腱炎","bbox":[50,50,500,90]}]}"##;
    let page = put(&clinic, "page.json", page);
    let read = &objects(&clinic.succeed(&["extract", &page]))[0]["diagnoses"][0];
    assert_eq!(
        (&read["name"], &read["icd10"]),
        (&"見本様膝腱炎".into(), &"M76.5".into()),
        "{read}"
    );
    assert_eq!(read["codes"]["disease_id"], DISEASE);
    assert_eq!(
        (&read["modifiers"][0]["name"], &read["modifiers"][0]["code"]),
        (&"見本状".into(), &"8901".into())
    );

    // A newer edition without the disease: it ends, and is still known to old charts.
    let without: String = (0..9)
        .map(|n| {
            disease(
                &format!("880000{n}"),
                &format!("別様{n}病"),
                &format!("2099010{n}"),
                "AB13",
                "Z998",
            )
        })
        .collect();
    let newer = put(&clinic, "b_20260101.csv", &without);
    clinic.succeed(&["masters", "import", &newer]);
    let ended = &objects(&clinic.succeed(&["lexicon", "check", "--json", DISEASE]))[0];
    assert_eq!(ended["found"][0]["until"], "2025-12-31", "{ended}");
    clinic.succeed(&["masters", "rollback"]);
    assert_eq!(editions(&clinic), first, "the edition before is used again");
    let back = &objects(&clinic.succeed(&["lexicon", "check", "--json", DISEASE]))[0];
    assert_eq!(back["found"][0]["until"], Value::Null, "{back}");
}

#[test]
fn a_broken_line_is_named_and_tells_in_the_exit_status() {
    let clinic = Installation::clinic();
    let rows = [
        disease("8800001", "見本症", DISEASE, "AB12", "Z999"),
        "\"0\",\"B\",\"8800002\",\"short\"\r\n".to_owned(),
    ];
    let sound = (0..9)
        .map(|n| disease(&format!("881000{n}"), "別病", &format!("2099020{n}"), "AB13", "Z998"));
    let file = put(&clinic, "b_20250601.csv", &rows.into_iter().chain(sound).collect::<String>());
    let output = clinic.run(&["masters", "import", "--lang", "en", &file]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("b_20250601.csv") && said.contains('2'), "{said}");
    let nothing = put(&clinic, "letter.csv", "dear colleague,\n");
    assert_eq!(clinic.run(&["masters", "import", &nothing]).status.code(), Some(1));
    assert!(!clinic.run(&["masters", "rollback", "no-such-edition"]).status.success());
}
