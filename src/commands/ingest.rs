//! `kamikarte ingest`: files and folders are taken in.

use std::{
    io::Read,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, Result};
use bytes::Bytes;
use chart::{Language, ScanFault, TenantId};
use indicatif::{ProgressBar, ProgressStyle};
use ingest::{Format, Intake, Refusal, Source, Taken, sources, take_in};
use ocr::{ReadOptions, ReadyPage};
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
    /// Whether the scans are judged at once: somebody stands at the scanner.
    pub judges: bool,
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
        judges: true,
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
            Ok(Fate::New { n_pages, faults }) => {
                tally.files += 1;
                tally.pages += n_pages;
                for (page, fault) in faults {
                    let what = scan_fault(config.language, fault);
                    tally.faulty += 1;
                    bar.suspend(|| eprintln!("{} ({page}/{n_pages}): {what}", path.display()));
                }
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
        /// Pages that should be scanned again, and why. Empty if that was not looked at.
        faults: Vec<(u32, ScanFault)>,
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
        let bytes: Bytes = bytes.into();
        let taken = take_in(&self.gate, intake, bytes.clone(), clock::now()).await?;
        Ok(match taken {
            Taken::New { pages, .. } => {
                metrics::counter!(names::PAGES_TAKEN_IN).increment(pages.len() as u64);
                let faults = if self.judges { self.scan_faults(bytes).await } else { Vec::new() };
                Fate::New { n_pages: pages.len(), faults }
            }
            Taken::Duplicate { .. } => Fate::Duplicate,
            Taken::Refused { refusal, .. } => {
                metrics::counter!(names::FILES_REFUSED).increment(1);
                Fate::Refused(refusal)
            }
        })
    }

    /// What is wrong with the scans of a file that was just taken in. A page that cannot be
    /// judged has no fault here; reading it will say what is wrong.
    async fn scan_faults(&self, bytes: Bytes) -> Vec<(u32, ScanFault)> {
        let limits = self.gate.limits;
        let judged = tokio::task::spawn_blocking(move || {
            let Ok(source) = Source::open_original(bytes, &limits) else { return Vec::new() };
            let mut faults = Vec::new();
            for number in 1..=source.n_pages() {
                let Ok(picture) = source.page(number) else { continue };
                let Ok(page) = ocr::decode(&picture.encoded) else { continue };
                let ready = ReadyPage::prepare(&page, &ReadOptions::default());
                let quality = ocr::judge(&page, &ready);
                faults.extend(quality.faults.into_iter().map(|fault| (number, fault)));
            }
            faults
        });
        judged.await.unwrap_or_default()
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

/// What is wrong with a scan and what to do, for whoever stands at the scanner.
const fn scan_fault(language: Language, fault: ScanFault) -> &'static str {
    match (language, fault) {
        (Language::Ja, ScanFault::Blank) => "何も書かれていないようです。表裏を確かめてください",
        (Language::Ja, ScanFault::LowResolution) => {
            "文字が小さすぎます。300 dpi でスキャンし直してください"
        }
        (Language::Ja, ScanFault::Blurred) => {
            "ぼやけています。ガラスを拭くか、ピントを合わせて撮り直してください"
        }
        (Language::Ja, ScanFault::LowContrast) => {
            "薄すぎるか、暗すぎます。濃さを変えてスキャンし直してください"
        }
        (Language::Ja, ScanFault::CutOff) => {
            "端で文字が切れています。紙をまっすぐに置いてスキャンし直してください"
        }
        (Language::En, ScanFault::Blank) => {
            "nothing seems to be written on it; see whether it was scanned from the right side"
        }
        (Language::En, ScanFault::LowResolution) => {
            "the characters are too small; scan it again at 300 dpi"
        }
        (Language::En, ScanFault::Blurred) => {
            "it is blurred; wipe the glass, or focus and take the photo again"
        }
        (Language::En, ScanFault::LowContrast) => {
            "it is too pale or too dark; change the darkness and scan it again"
        }
        (Language::En, ScanFault::CutOff) => {
            "writing is cut off at the edge; lay the sheet straight and scan it again"
        }
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
    /// Faults of scans that were taken in.
    faulty: usize,
}

impl Tally {
    fn in_words(&self, language: Language) -> String {
        let Self { files, pages, duplicates, refused, failed, skipped, faulty } = self;
        match language {
            Language::Ja => format!(
                "取込 {files}件（{pages}ページ）、取込済み {duplicates}件、受け付けず {refused}件、失敗 {failed}件、画像以外 {skipped}件、スキャンの注意 {faulty}件"
            ),
            Language::En => format!(
                "{files} files taken in ({pages} pages), {duplicates} there already, {refused} refused, {failed} failed, {skipped} no pictures, {faulty} poor scans"
            ),
        }
    }
}
