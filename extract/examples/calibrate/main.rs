//! Fits `models/finding-confidence.json` on generated orders and diagnoses with the errors of
//! recognition, and prints how well it is calibrated on others of the same making.
//!
//! `cargo run --release -p extract --example calibrate [PAGES]`; the same seed, the same weights.

mod fit;
mod generated;
mod noise;

use std::{collections::BTreeMap, path::Path};

use chart::{Diagnosis, DiagnosisStatus, Finding, Medication, PageText, Rect};
use extract::{Extractor, Lexicon, confidence::features};
use fit::Sample;
use generated::{Disease, Names, Order, PROSE};
use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};

const SEED: u64 = 20_261_122;

fn main() {
    let pages = std::env::args().nth(1).and_then(|pages| pages.parse().ok()).unwrap_or(1500);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folder = root.join("models/lexicon");
    let extractor = Extractor::from_lexicon(Lexicon::from_folder(&folder).expect("models/lexicon"));
    let names = Names::open(&folder);
    let mut random = StdRng::seed_from_u64(SEED);
    let mut samples: BTreeMap<&'static str, Vec<Sample>> = BTreeMap::new();
    for _ in 0..pages {
        page(&extractor, &names, &mut random, &mut samples);
    }
    let mut models = serde_json::Map::new();
    for (target, samples) in &samples {
        // Every other finding fits, the others tell how well.
        let (even, odd): (Vec<_>, Vec<_>) =
            samples.iter().enumerate().partition(|(number, _)| number % 2 == 0);
        let even: Vec<&Sample> = even.into_iter().map(|(_, sample)| sample).collect();
        let odd: Vec<&Sample> = odd.into_iter().map(|(_, sample)| sample).collect();
        let weights = fit::fit(&even);
        let (error, lines) = fit::reliability(&weights, &odd);
        let right = odd.iter().filter(|sample| sample.right).count() as f32 / odd.len() as f32;
        println!("\n{target}: {} findings, {right:.3} right, ECE {error:.3}\n", odd.len());
        println!("| said | findings | mean | right | |\n| --- | --- | --- | --- | --- |");
        println!("{}", lines.join("\n"));
        models.insert((*target).to_owned(), serde_json::to_value(weights).expect("weights"));
    }
    let file = serde_json::json!({
        "description": "Logistic weights of the confidence of findings, by what they are the \
            probability of. Fitted by `cargo run --release -p extract --example calibrate` on \
            generated orders and diagnoses with recognition errors; no real page, no page of a \
            development set.",
        "pages": pages,
        "seed": SEED,
        "models": models,
    });
    let text = serde_json::to_string_pretty(&file).expect("JSON");
    std::fs::write(root.join("models/finding-confidence.json"), text + "\n").expect("models/");
}

/// Where something was written: from above to below.
type Span = (u32, u32);

fn page(
    extractor: &Extractor,
    names: &Names,
    random: &mut StdRng,
    samples: &mut BTreeMap<&'static str, Vec<Sample>>,
) {
    let level = noise::level(random);
    let mut lines = Vec::new();
    let mut y = 100;
    let mut write = |random: &mut StdRng, text: &str| -> Span {
        let indent = text.chars().take_while(|char| *char == ' ').count() as u32 * 20;
        let text = text.trim();
        let width = text.chars().count() as u32 * 40;
        let bbox = Rect::new(100 + indent, y, 100 + indent + width, y + 44);
        lines.extend(noise::read(random, text, bbox, level));
        y += 60;
        (y - 60, y - 16)
    };
    let mut diseases: Vec<(Span, Disease)> = Vec::new();
    let mut orders: Vec<(Span, Order)> = Vec::new();
    for number in 1..=random.random_range(2..5) {
        let disease = names.disease(random, number);
        diseases.push((write(random, &disease.line), disease));
    }
    for _ in 0..random.random_range(1..4) {
        let prose = PROSE.choose(random).copied().unwrap_or_default();
        write(random, prose);
    }
    for number in 1..=random.random_range(2..6) {
        let order = names.order(random, number);
        let spans: Vec<Span> = order.lines.iter().map(|line| write(random, line)).collect();
        let span = (spans[0].0, spans[spans.len() - 1].1);
        orders.push((span, order));
    }
    let page = PageText { width: 2480, height: 3508, lines, ..PageText::default() };
    let found = extractor.findings(&page);
    let mut say = |target, features: &[(&'static str, f32)], right| {
        samples.entry(target).or_default().push(Sample { features: features.to_vec(), right });
    };
    for finding in &found.medications {
        let features = features_of(&page, finding, finding.evidence.surface.chars().count());
        let order = nearest(&orders, finding.evidence.bbox);
        let right = order.map(|order| medication(&finding.content, order)).unwrap_or_default();
        for (target, right) in [
            "medication.name",
            "medication.strength",
            "medication.dose",
            "medication.frequency",
            "medication.days",
        ]
        .into_iter()
        .zip(right)
        {
            say(target, &features, right);
        }
        say("medication", &features, right.iter().all(|right| *right));
    }
    for finding in &found.diagnoses {
        let words = finding.evidence.surface.chars().count();
        let features = features_of(&page, finding, words);
        let disease = nearest(&diseases, finding.evidence.bbox);
        let (name, status) =
            disease.map(|disease| diagnosis(&finding.content, disease)).unwrap_or_default();
        say("diagnosis.name", &features, name);
        say("diagnosis.status", &features, status);
        say("diagnosis", &features, name && status);
    }
}

fn features_of<T>(page: &PageText, finding: &Finding<T>, words: usize) -> Vec<(&'static str, f32)> {
    let lines = finding.evidence.lines.iter().filter_map(|line| page.lines.get(*line));
    let (mut sum, mut count) = (0.0, 0.0);
    for line in lines {
        let length = line.text.chars().count() as f32;
        sum += length * line.confidence;
        count += length;
    }
    let read = if count > 0.0 { sum / count } else { 1.0 };
    features(read, words, score(&finding.evidence.reasons), &finding.evidence.doubts)
}

/// How near the name was to the lexicon, as the reasons of the finding say it.
fn score(reasons: &[String]) -> f32 {
    let said = reasons.iter().find_map(|reason| reason.split("score ").nth(1));
    said.and_then(|said| said.trim_end_matches(')').split(')').next()?.parse().ok()).unwrap_or(1.0)
}

/// What was written where the finding stands.
fn nearest<T>(written: &[(Span, T)], bbox: Rect) -> Option<&T> {
    let middle = bbox.y0 + 22;
    written.iter().find(|((y0, y1), _)| (*y0..=*y1).contains(&middle)).map(|(_, what)| what)
}

fn medication(found: &Medication, order: &Order) -> [bool; 5] {
    let strength = found.strength.as_ref() == order.strength.as_ref();
    let dose = found.dose.and_then(|dose| dose.to_string().parse::<f64>().ok());
    let dose = dose.is_some_and(|dose| (dose - order.dose).abs() < 1e-9);
    let usage = found.prn == order.prn
        && (order.prn || (found.times_per_day == order.times && found.timing == order.timing));
    [found.name.starts_with(&order.stem), strength, dose, usage, found.days == order.days]
}

fn diagnosis(found: &Diagnosis, disease: &Disease) -> (bool, bool) {
    let plain = |name: &str| -> String {
        use std::fmt::Write as _;
        let mut plain = String::new();
        for char in name.chars() {
            let char = match u32::from(char) {
                wide @ 0xff01..=0xff5e => char::from_u32(wide - 0xfee0).unwrap_or(char),
                _ => char,
            };
            let _ = write!(plain, "{char}");
        }
        plain
    };
    let status =
        if disease.suspected { DiagnosisStatus::Suspected } else { DiagnosisStatus::Confirmed };
    // A modifier that was taken off the name is still there.
    let modifiers: String = found.modifiers.iter().map(|modifier| modifier.name.as_str()).collect();
    let name = plain(&found.name) == plain(&disease.name)
        || plain(&format!("{modifiers}{}", found.name)) == plain(&disease.name);
    (name, found.status == status)
}
