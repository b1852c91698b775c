//! `kamikarte read`: pages of files, one JSON object a page, no database.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use chart::{Findings, Language, Rect};
use futures::{StreamExt, stream};
use ingest::PagePicture;
use serde::Serialize;

use crate::{
    cli::ReadFormat,
    config::Config,
    exit::Outcome,
    reading::{PageReader, PageReading},
    wiring,
};

/// The printed contract (docs/formats.md). Rectangles are pixels of the page as scanned.
#[derive(Serialize)]
struct PrintedPage<'a> {
    file: &'a Path,
    page: u32,
    width: u32,
    height: u32,
    orientation: u16,
    text: String,
    lines: Vec<PrintedLine<'a>>,
    #[serde(flatten)]
    findings: &'a Findings,
    engine: &'a str,
    lexicon: &'a str,
    elapsed_ms: u128,
}

#[derive(Serialize)]
struct PrintedLine<'a> {
    text: &'a str,
    bbox: Rect,
    confidence: f32,
    vertical: bool,
    struck: bool,
}

/// One page of one file, or why there is none.
struct Piece {
    file: PathBuf,
    picture: Result<PagePicture, String>,
}

/// Reads every page of every file; pages are printed in order.
pub async fn run(
    config: &Config,
    files: Vec<PathBuf>,
    format: ReadFormat,
    debug: Option<PathBuf>,
) -> Result<Outcome> {
    if let Some(folder) = &debug {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("making the folder {}", folder.display()))?;
    }
    let reader = wiring::page_reader(config, debug.clone())?;
    let limits = wiring::limits(config);
    let language = config.language;
    let mut n_failed = 0_u32;

    let mut pages = stream::iter(files)
        .map(|file| stream::iter(pieces(file, limits, language)))
        .flatten()
        .map(|piece| read_piece(&reader, piece))
        .buffered(reader.size())
        .boxed();
    while let Some((file, read)) = pages.next().await {
        match read {
            Ok((picture, reading)) => {
                if let Some(folder) = &debug {
                    name_debug_folder(folder, &file, &picture)?;
                }
                print(format, &file, &picture, &reading, reader.lexicon_version())
                    .context("writing to standard output")?;
            }
            Err(why) => {
                n_failed += 1;
                eprintln!("{}: {why}", file.display());
            }
        }
    }
    Ok(if n_failed == 0 { Outcome::Done } else { Outcome::Partly })
}

async fn read_piece(
    reader: &PageReader,
    piece: Piece,
) -> (PathBuf, Result<(PagePicture, PageReading), String>) {
    let read = match piece.picture {
        Ok(picture) => match reader.read(&picture).await {
            Ok(reading) => Ok((picture, reading)),
            Err(failure) => Err(format!("page {}: {failure}", picture.number)),
        },
        Err(why) => Err(why),
    };
    (piece.file, read)
}

/// The reader knows a page by its bytes alone; people know it by its file and number.
fn name_debug_folder(folder: &Path, file: &Path, picture: &PagePicture) -> Result<()> {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let named = folder.join(format!("{stem}-{}", picture.number));
    let written = folder.join(ocr::debug_folder_of(&picture.encoded));
    // The same page may be read twice in one call.
    if !written.exists() {
        return Ok(());
    }
    if named.exists() {
        std::fs::remove_dir_all(&named)
            .with_context(|| format!("replacing {}", named.display()))?;
    }
    std::fs::rename(&written, &named).with_context(|| format!("naming {}", named.display()))
}

/// The pages of a file, decoded one at a time as the reader comes to them.
fn pieces(
    file: PathBuf,
    limits: ingest::Limits,
    language: Language,
) -> Box<dyn Iterator<Item = Piece> + Send> {
    let source = std::fs::read(&file).map_err(|error| error.to_string()).and_then(|bytes| {
        ingest::Source::open(bytes, &limits).map_err(|refusal| refusal.explain(language))
    });
    match source {
        Ok(source) => Box::new((1..=source.n_pages()).map(move |number| Piece {
            file: file.clone(),
            picture: source.page(number).map_err(|refusal| refusal.explain(language)),
        })),
        Err(why) => Box::new(std::iter::once(Piece { file, picture: Err(why) })),
    }
}

fn print(
    format: ReadFormat,
    file: &Path,
    picture: &PagePicture,
    reading: &PageReading,
    lexicon: &str,
) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match format {
        ReadFormat::Text => writeln!(out, "{}", reading.text.text())?,
        ReadFormat::Json => {
            let lines = reading.text.lines.iter().map(|line| PrintedLine {
                text: &line.text,
                bbox: reading.scanned(line.bbox, picture),
                confidence: line.confidence,
                vertical: line.vertical,
                struck: line.struck,
            });
            let page = PrintedPage {
                file,
                page: picture.number,
                width: picture.width,
                height: picture.height,
                orientation: reading.text.orientation.degrees(),
                text: reading.text.text(),
                lines: lines.collect(),
                findings: &reading.findings,
                engine: &reading.text.engine,
                lexicon,
                elapsed_ms: reading.elapsed.as_millis(),
            };
            serde_json::to_writer(&mut out, &page)?;
            writeln!(out)?;
        }
    }
    out.flush()
}
