//! Whole pages: the true lines of each page of `samples/`, and all that is understood of them.
//!
//! What a page says stands in its truth; here stands what comes out, so that no change of it goes
//! unseen. `cargo insta review` shows what changed.

use std::{fs, path::Path, sync::LazyLock};

use chart::{Evidence, Finding, Findings, Line, PageText, Rect};
use extract::{Extractor, Lexicon};
use serde_json::Value;

static EXTRACTOR: LazyLock<Extractor> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/lexicon");
    Extractor::from_lexicon(Lexicon::from_folder(&folder).expect("the starter lexicon"))
});

#[test]
fn the_sample_pages_are_understood_as_before() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../samples");
    let mut files: Vec<_> = fs::read_dir(&folder)
        .expect("samples/")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.to_string_lossy().ends_with(".truth.json"))
        .collect();
    files.sort();
    assert!(files.len() >= 20, "{} sample pages", files.len());
    for file in files {
        let name = file.file_name().expect("a name").to_string_lossy().replace(".truth.json", "");
        insta::assert_snapshot!(name, said(&EXTRACTOR.findings(&page(&file))));
    }
}

fn page(file: &Path) -> PageText {
    let truth: Value = serde_json::from_slice(&fs::read(file).expect("truth")).expect("JSON");
    let side = |name: &str| truth[name].as_u64().and_then(|it| u32::try_from(it).ok());
    let written = truth["lines"].as_array().into_iter().flatten();
    let lines = written.filter(|line| line["kind"] != "stamp").map(|line| Line {
        text: line["text"].as_str().unwrap_or_default().to_owned(),
        bbox: serde_json::from_value::<Rect>(line["bbox"].clone()).unwrap_or_default(),
        struck: line["kind"] == "struck",
        vertical: line["vertical"] == true,
        ..Line::default()
    });
    PageText {
        width: side("width").unwrap_or_default(),
        height: side("height").unwrap_or_default(),
        lines: lines.collect(),
        ..PageText::default()
    }
}

/// Every finding in a line: what it says, its codes, its doubts.
fn said(findings: &Findings) -> String {
    let mut lines = Vec::new();
    let patient = serde_json::to_value(&findings.patient).expect("a patient");
    lines.push(format!("patient: {}", fields(&patient)));
    all(&mut lines, "diagnosis", &findings.diagnoses);
    all(&mut lines, "medication", &findings.medications);
    all(&mut lines, "repeat", &findings.repeats);
    all(&mut lines, "allergy", &findings.allergies);
    all(&mut lines, "observation", &findings.observations);
    lines.join("\n")
}

fn all<T: serde::Serialize>(lines: &mut Vec<String>, kind: &str, findings: &[Finding<T>]) {
    for finding in findings {
        let content = serde_json::to_value(&finding.content).expect("a finding");
        lines.push(format!("{kind}: {}{}", fields(&content), evidence(&finding.evidence)));
    }
}

/// What is said; what is not stays unsaid. Places and probabilities are left out: they change with
/// every fit.
fn fields(content: &Value) -> String {
    let said = |value: &Value| match value {
        Value::Null | Value::Bool(false) => None,
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        Value::Array(items) if items.is_empty() => None,
        // Of a modifier its name; its codes are the lexicon's.
        Value::Array(items) if items.iter().all(|item| item.get("name").is_some()) => {
            let names = items.iter().filter_map(|item| item["name"].as_str());
            Some(names.collect::<Vec<_>>().join("、"))
        }
        other => Some(other.to_string()),
    };
    let hidden = ["confidence", "bbox"];
    let fields = content.as_object().into_iter().flatten();
    let words: Vec<String> = fields
        .filter(|(name, _)| !hidden.contains(&name.as_str()))
        .filter_map(|(name, value)| Some(format!("{name}={}", said(value)?)))
        .collect();
    words.join(" ")
}

fn evidence(evidence: &Evidence) -> String {
    let codes: Vec<&str> = evidence.codes.values().map(String::as_str).collect();
    let doubts: Vec<&str> = evidence.doubts.iter().map(|doubt| doubt.kind.as_str()).collect();
    let codes = if codes.is_empty() { String::new() } else { format!(" [{}]", codes.join(" ")) };
    let doubts = if doubts.is_empty() { String::new() } else { format!(" ?{}", doubts.join(",")) };
    codes + &doubts
}
