//! Fits `models/finding-confidence.json` on pages that were drawn by lot and that the reader has
//! read, and prints how well it is calibrated on pages that did not fit it.
//!
//! ```sh
//! samples/generate/practice target/practice 400
//! cargo run --release -p ocr --example page_texts target/practice/*.{jpg,png} > target/read.ndjson
//! cargo run --release -p extract --example calibrate target/practice target/read.ndjson
//! ```
//!
//! The readings stand in the order in which the pictures were named to `page_texts`: that of their
//! names. Several files of readings are taken one after the other. `--check` writes nothing: it says
//! how well the weights in use are calibrated on all pages, and what was read wrongly.

mod fit;
mod truth;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use chart::{Finding, PageText};
use extract::{
    Extractor, Lexicon,
    confidence::{WEIGHED, Weights},
};
use fit::Sample;
use truth::Truth;

fn main() {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let check = arguments.iter().any(|argument| argument == "--check");
    arguments.retain(|argument| argument != "--check");
    let [folder, readings @ ..] = arguments.as_slice() else {
        panic!("calibrate FOLDER READINGS.ndjson… [--check]")
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let lexicon = Lexicon::from_folder(&root.join("models/lexicon")).expect("models/lexicon");
    let extractor = Extractor::from_lexicon(lexicon);
    let truths = truths(Path::new(folder));
    let pages: Vec<PageText> = readings.iter().flat_map(|file| pages(Path::new(file))).collect();
    assert_eq!(truths.len(), pages.len(), "one reading for each page that has its truth");
    let mut samples: BTreeMap<&'static str, Vec<(usize, Sample)>> = BTreeMap::new();
    for (number, (truth, page)) in truths.iter().zip(&pages).enumerate() {
        let found = extractor.findings(page);
        let mut note = |target, features: &[(String, f32)], right| {
            let sample = Sample { features: features.to_vec(), right };
            samples.entry(target).or_default().push((number, sample));
        };
        for finding in &found.medications {
            let right = truth.medication(finding);
            let features = features(finding);
            for (target, right) in MEDICATION_FIELDS.iter().zip(right) {
                note(target, &features, right);
            }
            note("medication", &features, right.iter().all(|right| *right));
            if check && right.contains(&false) {
                println!("{} {right:?}", truth.difference(finding));
            }
        }
        for finding in &found.diagnoses {
            let (name, status) = truth.diagnosis(finding);
            let features = features(finding);
            note("diagnosis.name", &features, name);
            note("diagnosis.status", &features, status);
            note("diagnosis", &features, name && status);
            if check && !(name && status) {
                println!("{} {name} {status}", truth.disease_difference(finding));
            }
        }
    }
    let models = if check { in_use(&root) } else { BTreeMap::new() };
    let mut fitted = BTreeMap::new();
    for (target, samples) in &samples {
        // Every other page fits, the others tell how well; what is written is fitted on all of them.
        let of = |half: usize| {
            let half = move |(number, _): &&(usize, Sample)| check || number % 2 == half;
            samples.iter().filter(half).map(|(_, sample)| sample).collect::<Vec<_>>()
        };
        let (fitting, telling) = (of(0), of(1));
        let weights = models.get(*target).cloned().unwrap_or_else(|| fit::fit(&fitting));
        let (error, lines) = fit::reliability(&weights, &telling);
        let chance = fit::expected_by_chance(&weights, &telling);
        let right = telling.iter().filter(|sample| sample.right).count() as f32;
        println!(
            "\n{target}: {} findings, {:.3} right, ECE {error:.3} (by chance alone {chance:.3}), \
             AUROC {:.3}\n",
            telling.len(),
            right / telling.len() as f32,
            fit::ranking(&weights, &telling),
        );
        println!("| said | findings | mean | right | |\n| --- | --- | --- | --- | --- |");
        println!("{}", lines.join("\n"));
        let all: Vec<&Sample> = samples.iter().map(|(_, sample)| sample).collect();
        fitted.insert(*target, if check { weights } else { fit::fit(&all) });
    }
    if !check {
        write(&root, &fitted, truths.len());
    }
}

const MEDICATION_FIELDS: [&str; 6] = [
    "medication.name",
    "medication.strength",
    "medication.dose",
    "medication.frequency",
    "medication.days",
    "medication.status",
];

fn write(root: &Path, models: &BTreeMap<&str, Weights>, pages: usize) {
    let file = serde_json::json!({
        "description": "Logistic weights of the confidence of findings, by what they are the \
            probability of. Fitted by `cargo run --release -p extract --example calibrate` on pages \
            drawn by lot (samples/generate/practice) that the reader has read; no real page, no page \
            of a development set.",
        "pages": pages,
        "models": models,
    });
    let text = serde_json::to_string_pretty(&file).expect("JSON");
    fs::write(root.join("models/finding-confidence.json"), text + "\n").expect("models/");
}

fn in_use(root: &Path) -> BTreeMap<String, Weights> {
    let text = fs::read(root.join("models/finding-confidence.json")).expect("models/");
    let file: serde_json::Value = serde_json::from_slice(&text).expect("JSON");
    serde_json::from_value(file["models"].clone()).expect("weights by target")
}

/// The truths of a folder, by the names of their pictures.
fn truths(folder: &Path) -> Vec<Truth> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the folder of pages")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.to_string_lossy().ends_with(".truth.json"))
        .collect();
    files.sort();
    files.iter().map(|file| Truth::open(file)).collect()
}

fn pages(file: &Path) -> Vec<PageText> {
    let text = fs::read_to_string(file).expect("readings");
    text.lines().map(|line| serde_json::from_str(line).expect("a page")).collect()
}

/// What the confidence of a finding was weighed from, as its reasons tell it.
fn features<T>(finding: &Finding<T>) -> Vec<(String, f32)> {
    let told = finding.evidence.reasons.iter().find_map(|reason| reason.strip_prefix(WEIGHED));
    let features = told.into_iter().flat_map(|told| told.split(", "));
    features
        .filter_map(|feature| {
            let (name, value) = feature.split_once(' ')?;
            Some((name.to_owned(), value.parse().ok()?))
        })
        .collect()
}
