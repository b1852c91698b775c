//! The pages over a clinic of invented people, for looking at them: `cargo run -p review-ui
//! --example preview`, then http://127.0.0.1:8099. Everything lies in a temporary folder.
//!
//! Sign in as `sato` (clerk), `tanaka` (clinician) or `kanri` (administrator); the password is
//! printed. Pages are drafted from the truth of samples/, with a few doubts put in.

#[expect(dead_code, reason = "the tests use more of it")]
#[path = "../tests/pages/clinic.rs"]
mod clinic;

use std::path::Path;

use chart::{
    Candidate, Doubt, DoubtKind, Evidence, Finding, Findings, Orientation, PageText, Rect,
};
use clinic::Clinic;
use serde_json::Value;

const SAMPLES: [&str; 6] = [
    "04-second-sheet-print.jpg",
    "05-second-sheet-hand.jpg",
    "06-second-sheet-german.jpg",
    "07-second-sheet-upside-down.jpg",
    "09-prescription-hand.jpg",
    "12-lab-print.png",
];

#[tokio::main]
async fn main() {
    let clinic = Clinic::open().await;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../samples");
    for name in SAMPLES {
        let Ok(bytes) = std::fs::read(folder.join(name)) else { continue };
        let page = clinic.received(name, bytes).await;
        let truth = folder.join(name).with_extension("truth.json");
        let truth: Value = serde_json::from_slice(&std::fs::read(truth).unwrap()).unwrap();
        let (findings, text) = drafts(&truth);
        clinic.draft(page, findings, text).await;
        println!("http://127.0.0.1:8099/pages/{page}  {name}");
    }
    clinic.received("09-copy.jpg", clinic::picture()).await;
    println!("sato, tanaka, kanri: {}", clinic::PASSWORD);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8099").await.unwrap();
    axum::serve(listener, clinic.router.clone()).await.unwrap();
}

/// Findings of the truth, as a reader might have drafted them.
fn drafts(truth: &Value) -> (Findings, PageText) {
    let degrees = truth["orientation"].as_u64().unwrap_or_default() as u16;
    let orientation = Orientation::from_degrees(degrees).unwrap_or_default();
    let text = PageText { orientation, engine: "見本".to_owned(), ..PageText::default() };
    let fields = &truth["fields"];
    let mut findings = Findings {
        patient: serde_json::from_value(fields["patient"].clone()).unwrap_or_default(),
        medications: many(&fields["medications"], truth),
        diagnoses: many(&fields["diagnoses"], truth),
        allergies: many(&fields["allergies"], truth),
        observations: many(&fields["observations"], truth),
        ..Findings::default()
    };
    findings.patient.confidence = 0.97;
    if let Some(first) = findings.medications.first_mut() {
        first.content.dose_basis = None;
        first.evidence.confidence = 0.6;
        first.evidence.doubts = vec![
            Doubt::about(DoubtKind::UnknownBasis, "dose", ""),
            Doubt::about(DoubtKind::NameByLikeness, "name", ""),
        ];
        let name = first.content.name.clone();
        first.evidence.candidates = vec![
            Candidate {
                name: format!("{name}「見本」"),
                score: 0.9,
                reason: "1 edit".into(),
                ..Candidate::default()
            },
            Candidate { name, score: 0.6, reason: "2 edits".into(), ..Candidate::default() },
        ];
    }
    if let Some(last) = findings.diagnoses.last_mut() {
        last.evidence.doubts = vec![Doubt::about(DoubtKind::AmbiguousDate, "onset", "H10 / 1998")];
    }
    (findings, text)
}

fn many<T: serde::de::DeserializeOwned>(list: &Value, truth: &Value) -> Vec<Finding<T>> {
    let list = list.as_array().cloned().unwrap_or_default();
    list.into_iter()
        .filter_map(|item| {
            let bbox: Rect = serde_json::from_value(item["bbox"].clone()).ok()?;
            let content = serde_json::from_value(item).ok()?;
            let surface = written_in(truth, bbox);
            let evidence = Evidence { surface, bbox, confidence: 0.97, ..Evidence::default() };
            Some(Finding { content, evidence })
        })
        .collect()
}

/// The words of the lines whose middle lies in the rectangle.
fn written_in(truth: &Value, bbox: Rect) -> String {
    let lines = truth["lines"].as_array().cloned().unwrap_or_default();
    let inside = lines.iter().filter(|line| {
        serde_json::from_value::<Rect>(line["bbox"].clone()).is_ok_and(|place| {
            let (x, y) = (u32::midpoint(place.x0, place.x1), u32::midpoint(place.y0, place.y1));
            (bbox.x0..bbox.x1).contains(&x) && (bbox.y0..bbox.y1).contains(&y)
        })
    });
    let words: Vec<&str> = inside.filter_map(|line| line["text"].as_str()).collect();
    words.join(" ")
}
