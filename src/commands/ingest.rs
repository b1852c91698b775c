//! `kamikarte ingest`: files and folders are taken in.

use std::{
    io::Read,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, Result};
use chart::{Language, TenantId};
use indicatif::{ProgressBar, ProgressStyle};
use ingest::{Format, Intake, Refusal, Taken, sources, take_in};
use records::{Priority, audit::Author};

use crate::{clock, config::Config, exit::Outcome, telemetry::names, wiring};

/// Endings that scanners give their files.
const PICTURES: [&str; 6] = ["jpg", "jpeg", "png", "tif", "tiff", "pdf"];
/// What `Format::of` needs to see of a file.
const HEAD: u64 = 4096;

/// Files that are left alone and named; of more only the number is told.
const NAMED: usize = 10;

/// Where files go, and under which names.
pub struct Entrance {
    pub gate: ingest::Gate,
    pub tenant: TenantId,
    pub campaign: Option<String>,
    pub chart: Option<String>,
    /// How the files came, as the audit chain will say.
    pub source: &'static str,
}

pub async fn run(
    config: &Config,
    paths: &[PathBuf],
    campaign: Option<&str>,
    chart: Option<&str>,
) -> Result<Outcome> {
    let db = wiring::database(config).await?;
    let entrance = Entrance {
        tenant: wiring::tenant(&db, config).await?,
        gate: wiring::gate(config, &db)?,
        campaign: campaign.map(str::to_owned),
        chart: chart.map(str::to_owned),
        source: "command line",
    };
    let (files, skipped) = files(paths)?;
    for path in skipped.iter().take(NAMED) {
        eprintln!("{}: {}", path.display(), no_picture(config.language));
    }
    if skipped.len() > NAMED {
        eprintln!("{}", and_more(config.language, skipped.len() - NAMED));
    }
    // Drawn on a terminal only.
    let bar = ProgressBar::new(files.len() as u64).with_style(ProgressStyle::with_template(
        "{bar:32} {pos}/{len} files  {elapsed} (left: {eta})  {wide_msg}",
    )?);
    let mut tally = Tally { skipped: skipped.len(), ..Tally::default() };
    for path in files {
        bar.set_message(path.display().to_string());
        match entrance.take(&path, &bar).await {
            Ok(Fate::New { n_pages }) => {
                tally.files += 1;
                tally.pages += n_pages;
            }
            Ok(Fate::Duplicate) => tally.duplicates += 1,
            Ok(Fate::Refused(refusal)) => {
                tally.refused += 1;
                let why = refusal.explain(config.language);
                bar.suspend(|| eprintln!("{}: {why}", path.display()));
            }
            Err(error) => {
                tally.failed += 1;
                bar.suspend(|| eprintln!("{}: {error:#}", path.display()));
            }
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    println!("{}", tally.in_words(config.language));
    Ok(if tally.refused + tally.failed == 0 { Outcome::Done } else { Outcome::Partly })
}

/// What became of a file.
pub enum Fate {
    /// It was taken in.
    New {
        /// How many pages it has.
        n_pages: usize,
    },
    /// It was there already.
    Duplicate,
    /// It was not taken in.
    Refused(Refusal),
}

impl Entrance {
    /// Takes in one file. An error means that nobody knows yet: try again.
    pub async fn take(&self, path: &Path, bar: &ProgressBar) -> Result<Fate> {
        // A file beyond the limit need not fit into memory, and is not copied aside.
        if let Err(refusal) = self.gate.limits.check_bytes(std::fs::metadata(path)?.len()) {
            metrics::counter!(names::FILES_REFUSED).increment(1);
            return Ok(Fate::Refused(refusal));
        }
        let bytes = tokio::fs::read(path).await?;
        let intake = self.intake(path, bar);
        let taken = take_in(&self.gate, intake, bytes.into(), clock::now()).await?;
        Ok(match taken {
            Taken::New { pages, .. } => {
                metrics::counter!(names::PAGES_TAKEN_IN).increment(pages.len() as u64);
                Fate::New { n_pages: pages.len() }
            }
            Taken::Duplicate { .. } => Fate::Duplicate,
            Taken::Refused { refusal, .. } => {
                metrics::counter!(names::FILES_REFUSED).increment(1);
                Fate::Refused(refusal)
            }
        })
    }

    fn intake(&self, path: &Path, bar: &ProgressBar) -> Intake {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let (bar, shown) = (bar.clone(), name.clone());
        Intake {
            tenant: self.tenant,
            campaign: self.campaign.clone(),
            chart: self.chart.clone(),
            file_name: name,
            source: self.source.to_owned(),
            by: Author::Program,
            priority: if self.campaign.is_some() { Priority::Bulk } else { Priority::Normal },
            progress: Some(Arc::new(move |page, n_pages| {
                if n_pages > 1 {
                    bar.set_message(format!("{shown}: {page}/{n_pages}"));
                }
            })),
        }
    }
}

/// The files to take in, and those that lie in a folder among them but are no pictures by name
/// and content. A file that was named itself is always taken, and refused if need be.
fn files(paths: &[PathBuf]) -> Result<(Vec<PathBuf>, Vec<PathBuf>)> {
    let (mut files, mut skipped) = (Vec::new(), Vec::new());
    for path in paths {
        let found = sources::walk(&[path])
            .map_err(anyhow::Error::from)
            .context("nothing was taken in; check the path")?;
        if path.is_dir() {
            let (pictures, others): (Vec<_>, Vec<_>) =
                found.into_iter().partition(|file| might_be_a_picture(file));
            files.extend(pictures);
            skipped.extend(others);
        } else {
            files.extend(found);
        }
    }
    Ok((files, skipped))
}

fn might_be_a_picture(path: &Path) -> bool {
    let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    if PICTURES.contains(&ending.as_str()) {
        return true;
    }
    let mut head = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(HEAD).read_to_end(&mut head));
    // What cannot be read is not passed over: taking it in will say why.
    read.is_err() || Format::of(&head).is_ok()
}

const fn no_picture(language: Language) -> &'static str {
    match language {
        Language::Ja => "画像ではないので取り込みません",
        Language::En => "no picture; left alone",
    }
}

fn and_more(language: Language, n: usize) -> String {
    match language {
        Language::Ja => format!("ほか{n}件も画像ではないので取り込みません"),
        Language::En => format!("and {n} more that are no pictures"),
    }
}

/// What became of all files.
#[derive(Debug, Default)]
struct Tally {
    files: usize,
    pages: usize,
    duplicates: usize,
    refused: usize,
    failed: usize,
    skipped: usize,
}

impl Tally {
    fn in_words(&self, language: Language) -> String {
        let Self { files, pages, duplicates, refused, failed, skipped } = self;
        match language {
            Language::Ja => format!(
                "取込 {files}件（{pages}ページ）、取込済み {duplicates}件、受け付けず {refused}件、失敗 {failed}件、画像以外 {skipped}件"
            ),
            Language::En => format!(
                "{files} files taken in ({pages} pages), {duplicates} there already, {refused} refused, {failed} failed, {skipped} no pictures"
            ),
        }
    }
}
