//! What a terminal shows: contracts for other programs, and errors that say what to do.

use std::{fs, path::Path};

use serde_json::Value;

use crate::installation::{Installation, sample};

fn broken(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/broken").join(name);
    assert!(path.exists(), "{} is missing", path.display());
    path.display().to_string()
}

fn stderr(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn read_prints_one_object_a_page_with_the_promised_keys() {
    let clinic = Installation::clinic();
    let printed = clinic.succeed(&["read", &sample("08-prescription-print.png")]);
    let pages: Vec<Value> =
        printed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(pages.len(), 1);
    let page = pages[0].as_object().unwrap();
    for key in [
        "file",
        "page",
        "width",
        "height",
        "orientation",
        "text",
        "lines",
        "patient",
        "medications",
        "diagnoses",
        "allergies",
        "observations",
        "engine",
        "lexicon",
        "elapsed_ms",
    ] {
        assert!(page.contains_key(key), "{key} is missing");
    }
    let (width, height) = (page["width"].as_u64().unwrap(), page["height"].as_u64().unwrap());
    let medications = page["medications"].as_array().unwrap();
    assert!(!medications.is_empty(), "{printed}");
    for medication in medications {
        for key in [
            "surface",
            "name",
            "strength",
            "form",
            "dose",
            "dose_basis",
            "unit",
            "frequency",
            "times_per_day",
            "timing",
            "days",
            "status",
            "codes",
            "candidates",
            "confidence",
            "doubts",
            "bbox",
        ] {
            assert!(medication.get(key).is_some(), "{key} is missing in {medication}");
        }
        let bbox: [u64; 4] = serde_json::from_value(medication["bbox"].clone()).unwrap();
        assert!(bbox[0] < bbox[2] && bbox[2] <= width, "{medication}");
        assert!(bbox[1] < bbox[3] && bbox[3] <= height, "{medication}");
    }
}

#[test]
fn reading_is_deterministic() {
    let clinic = Installation::clinic();
    let read = || {
        let printed = clinic.succeed(&["read", &sample("12-lab-print.png")]);
        let mut page: Value = serde_json::from_str(&printed).unwrap();
        page.as_object_mut().unwrap().remove("elapsed_ms");
        page
    };
    assert_eq!(read(), read());
}

#[test]
fn a_page_upside_down_has_its_boxes_where_the_file_has_them() {
    let clinic = Installation::clinic();
    let printed = clinic.succeed(&["read", &sample("07-second-sheet-upside-down.jpg")]);
    let page: Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(page["orientation"], 180);
    // The form's title stands at the head of the sheet: at the foot of the file.
    let title = page["lines"]
        .as_array()
        .unwrap()
        .iter()
        .find(|line| line["text"].as_str().unwrap().contains("様式"))
        .expect("the form's title was not read");
    let bottom = title["bbox"][3].as_u64().unwrap();
    assert!(bottom > page["height"].as_u64().unwrap() * 3 / 4, "{title}");
}

#[test]
fn what_cannot_be_read_is_named_and_the_rest_is_read() {
    let clinic = Installation::clinic();
    let output = clinic.run(&[
        "read",
        &broken("truncated.jpg"),
        &sample("12-lab-print.png"),
        &broken("encrypted.pdf"),
    ]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(String::from_utf8_lossy(&output.stdout).lines().count(), 1);
    let errors = stderr(&output);
    assert!(errors.contains("truncated.jpg: ") && errors.contains("encrypted.pdf: "), "{errors}");
}

#[test]
fn extract_understands_lines_of_any_make() {
    let clinic = Installation::clinic();
    let lines = clinic.data_dir().join("lines.json");
    fs::write(
        &lines,
        r#"{"width": 1000, "height": 1400, "lines": [
            {"text": "病名: 本態性高血圧症", "bbox": [50, 50, 500, 90], "vertical": false, "struck": false},
            {"text": "Rp) アムロジピン錠5mg 1T 分1 朝食後 28日分", "bbox": [50, 120, 900, 160]},
            {"text": "ロキソニン錠60mg 3T 分3 毎食後 5日分", "bbox": [50, 170, 900, 210], "struck": true}
        ]}"#,
    )
    .unwrap();
    let printed = clinic.succeed(&["extract", lines.to_str().unwrap()]);
    let page: Value = serde_json::from_str(&printed).unwrap();
    let amlodipine = &page["medications"][0];
    assert!(amlodipine["name"].as_str().unwrap().starts_with("アムロジピン"), "{printed}");
    assert_eq!(amlodipine["strength"], "5mg");
    assert_eq!(amlodipine["days"], 28);
    assert_eq!(amlodipine["timing"], serde_json::json!(["after_breakfast"]));
    assert_eq!(amlodipine["status"], "active");
    let struck = &page["medications"][1];
    assert_eq!(struck["status"], "cancelled", "{printed}");
    assert_eq!(page["diagnoses"][0]["icd10"], "I10", "{printed}");
}

#[test]
fn the_same_bytes_are_taken_in_once_and_refusals_are_kept_with_their_reason() {
    let clinic = Installation::clinic();
    let folder = clinic.data_dir().join("scans");
    fs::create_dir(&folder).unwrap();
    fs::copy(sample("12-lab-print.png"), folder.join("page2.png")).unwrap();
    fs::copy(sample("12-lab-print.png"), folder.join("again.png")).unwrap();
    fs::copy(broken("truncated.jpg"), folder.join("page1.jpg")).unwrap();
    fs::write(folder.join("notes.txt"), "no picture").unwrap();
    let output = clinic.run(&["--lang", "en", "ingest", folder.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(
        said.trim(),
        "1 files taken in (1 pages), 1 there already, 1 refused, 0 failed, 1 no pictures, 0 poor scans"
    );
    assert!(stderr(&output).contains("page1.jpg: "), "{}", stderr(&output));
    let refused = clinic.data_dir().join("originals/refused");
    let kept = walk(&refused);
    assert!(kept.iter().any(|path| path.ends_with("reason.txt")), "{kept:?}");
    assert_eq!(clinic.pages_at("received"), 1);
    let again = clinic.run(&["ingest", folder.to_str().unwrap()]);
    assert!(String::from_utf8_lossy(&again.stdout).contains("取込済み 2件"));
    assert_eq!(clinic.pages_at("received"), 1);
}

fn walk(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(walk(&path));
        } else {
            found.push(path.display().to_string());
        }
    }
    found
}

#[test]
fn config_tells_what_is_in_force_and_from_where() {
    let clinic = Installation::with(&[("database", "postgres://kamikarte:secret@db/kamikarte")]);
    fs::write(clinic.data_dir().join("kamikarte.toml"), "session_idle_minutes = 5\n").unwrap();
    let shown = clinic.succeed(&["config", "--tenant", "mihon"]);
    let line = |name: &str| shown.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
    assert!(line("session_idle_minutes = 5").ends_with("kamikarte.toml"), "{shown}");
    assert!(line("database = ").ends_with("KAMIKARTE_DATABASE"), "{shown}");
    assert!(line("tenant = \"mihon\"").ends_with("flag"), "{shown}");
    assert!(line("queue = \"embedded\"").ends_with("default"), "{shown}");
    assert!(!shown.contains("secret"), "a password is shown:\n{shown}");
}

#[test]
fn a_command_ends_quietly_when_nobody_reads_on() {
    let clinic = Installation::clinic();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = clinic.command(&["config"]).stdout(writer).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(stderr(&output), "");
}

#[test]
fn a_setting_that_does_not_exist_is_named() {
    let clinic = Installation::clinic();
    fs::write(clinic.data_dir().join("kamikarte.toml"), "listne = \"127.0.0.1:1\"\n").unwrap();
    let output = clinic.run(&["status"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("listne"), "{}", stderr(&output));
}

#[test]
fn doctor_finds_everything_and_says_how_to_mend_what_is_missing() {
    let clinic = Installation::clinic();
    let healthy = clinic.run(&["doctor"]);
    let said = String::from_utf8_lossy(&healthy.stdout).into_owned();
    assert!(healthy.status.success(), "{said}");

    let broken = Installation::with(&[
        ("worker__tessdata", "/nowhere"),
        ("queue", "amqp://127.0.0.1:1/%2f"),
        ("language", "en"),
    ]);
    let output = broken.run(&["doctor"]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("FAULT recognition models"), "{said}");
    assert!(said.contains("apt-get install tesseract-ocr-jpn"), "{said}");
    assert!(said.contains("FAULT queue") && said.contains("RabbitMQ runs"), "{said}");
    assert!(said.contains("ok    database"), "{said}");
}
