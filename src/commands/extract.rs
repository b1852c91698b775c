//! `kamikarte extract`: findings of text that an OCR of any make has read.

use std::{io::Read, path::Path};

use anyhow::{Context, Result};
use chart::{Evidence, Findings, PageText};
use serde::Serialize;

use crate::{config::Config, exit::Outcome, wiring};

/// Findings in the form of `read`, without what only a picture can tell.
#[derive(Serialize)]
struct Printed<'a> {
    file: &'a Path,
    width: u32,
    height: u32,
    #[serde(flatten)]
    findings: Findings,
    lexicon: &'a str,
}

/// Prints one JSON object a file, or why each of its findings was read so.
pub fn run(config: &Config, files: &[std::path::PathBuf], explain: bool) -> Result<Outcome> {
    let extractor = wiring::extractor(config)?;
    let mut outcome = Outcome::Done;
    for file in files {
        match page_text(file) {
            Ok(page) if explain => {
                println!("{}", file.display());
                explained(&extractor.findings(&page));
            }
            Ok(page) => {
                let printed = Printed {
                    file,
                    width: page.width,
                    height: page.height,
                    findings: extractor.findings(&page),
                    lexicon: extractor.lexicon_version(),
                };
                println!("{}", serde_json::to_string(&printed)?);
            }
            Err(error) => {
                outcome = Outcome::Partly;
                eprintln!("{}: {error:#}", file.display());
            }
        }
    }
    Ok(outcome)
}

/// Every finding with its lines, the steps that led to it, its candidates and its doubts.
fn explained(findings: &Findings) {
    for finding in &findings.medications {
        step("medication", &finding.content.name, &finding.evidence);
    }
    for finding in &findings.diagnoses {
        step("diagnosis", &finding.content.name, &finding.evidence);
    }
    for finding in &findings.allergies {
        step("allergy", &finding.content.substance, &finding.evidence);
    }
    for finding in &findings.observations {
        step("observation", &finding.content.item, &finding.evidence);
    }
}

fn step(kind: &str, name: &str, evidence: &Evidence) {
    println!("\n{kind} {name}: {:.2} likely", evidence.confidence);
    for (field, likely) in &evidence.field_confidence {
        println!("  {field}: {likely:.2}");
    }
    println!("  written: {}", evidence.surface);
    println!("  lines: {:?}", evidence.lines);
    for reason in &evidence.reasons {
        println!("  because {reason}");
    }
    for candidate in &evidence.candidates {
        let codes: Vec<&str> = candidate.codes.values().map(String::as_str).collect();
        println!(
            "  candidate {:.2} {} [{}] {}",
            candidate.score,
            candidate.name,
            codes.join(" "),
            candidate.reason
        );
    }
    for doubt in &evidence.doubts {
        println!("  doubt {} {}", doubt.kind, doubt.facts);
    }
}

fn page_text(file: &Path) -> Result<PageText> {
    let json = if file == Path::new("-") {
        let mut json = String::new();
        std::io::stdin().read_to_string(&mut json).context("reading standard input")?;
        json
    } else {
        std::fs::read_to_string(file)?
    };
    serde_json::from_str(&json).context(
        "this is not {\"width\",\"height\",\"lines\":[{\"text\",\"bbox\":[x0,y0,x1,y1],…}]}",
    )
}
