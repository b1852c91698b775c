//! How long understanding takes: the lines of samples/ as they truly are, through `extract`.
//! `cargo bench --bench understanding`; the figures of record stand in docs/accuracy.md.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use chart::{Line, PageText, Rect};
use extract::{Extractor, Lexicon};
use serde_json::Value;

const ROUNDS: usize = 20;

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let opening = Instant::now();
    let lexicon = Lexicon::from_folder(&root.join("models/lexicon")).expect("models/lexicon");
    let extractor = Extractor::from_lexicon(lexicon);
    println!("opening the lexicon: {:?}", opening.elapsed());
    let pages = pages(&root.join("samples"));
    let mut times: Vec<Duration> = Vec::new();
    for page in pages.iter().cycle().take(pages.len() * ROUNDS) {
        let start = Instant::now();
        std::hint::black_box(extractor.findings(page));
        times.push(start.elapsed());
    }
    times.sort_unstable();
    let at = |share: usize| times[(times.len() - 1) * share / 100];
    println!(
        "{} pages, {ROUNDS} rounds: median {:?}, p99 {:?}, longest {:?}",
        pages.len(),
        at(50),
        at(99),
        at(100)
    );
}

/// The true lines of every sample page.
fn pages(folder: &Path) -> Vec<PageText> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("samples/")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.to_string_lossy().ends_with(".truth.json"))
        .collect();
    files.sort();
    files.iter().map(|file| page(file)).collect()
}

fn page(file: &Path) -> PageText {
    let truth: Value = serde_json::from_slice(&fs::read(file).expect("truth")).expect("truth");
    let side = |name: &str| truth[name].as_u64().unwrap_or_default() as u32;
    let lines = truth["lines"].as_array().into_iter().flatten().map(|line| Line {
        text: line["text"].as_str().unwrap_or_default().to_owned(),
        bbox: serde_json::from_value::<Rect>(line["bbox"].clone()).unwrap_or_default(),
        struck: line["kind"] == "struck",
        ..Line::default()
    });
    PageText {
        width: side("width"),
        height: side("height"),
        lines: lines.collect(),
        ..PageText::default()
    }
}
