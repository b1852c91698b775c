//! `kamikarte masters`: official files are taken in, listed, taken back.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use chart::Language;
use indicatif::{ProgressBar, ProgressStyle};
use jiff::civil::Date;
use lexicon::masters::{
    Edition, Imported, ImportedFile, LARGEST, MastersError, Outcome as Change, Standing, Store,
};

use crate::{cli::MastersCommand, clock, config::Config, exit::Outcome};

/// Faults of one file that are named; of more only the number is told.
const NAMED: usize = 20;

pub fn run(config: &Config, command: MastersCommand) -> Result<Outcome> {
    let store = Store::in_data_dir(&config.data_dir);
    match command {
        MastersCommand::Import { files, date } => import(config, &store, &files, date),
        MastersCommand::List { all, json } => list(config, &store, all, json),
        MastersCommand::Rollback { edition } => {
            let taken = store
                .take_back(edition.as_deref())
                .map_err(|error| in_words(config.language, &error))?;
            for edition in taken {
                println!("{}", taken_back(config.language, &edition));
            }
            Ok(Outcome::Done)
        }
    }
}

fn import(
    config: &Config,
    store: &Store,
    files: &[PathBuf],
    date: Option<Date>,
) -> Result<Outcome> {
    let language = config.language;
    let now = clock::now();
    let today = jiff::Timestamp::from_millisecond(now.as_millis())
        .context("the clock")?
        .to_zoned(config.zone()?)
        .date();
    let mut import = store.import(now, today).map_err(|error| in_words(language, &error))?;
    let mut files = in_folders(files);
    // Drawn on a terminal only.
    let bar = ProgressBar::new(files.len() as u64).with_style(ProgressStyle::with_template(
        "{bar:32} {pos}/{len} files  {elapsed}  {wide_msg}",
    )?);
    let mut whole = true;
    let mut n_taken = 0;
    // A difference finds what it changes: full files are larger and come first.
    files.sort_by_key(|path| {
        std::cmp::Reverse(std::fs::metadata(path).map_or(u64::MAX, |metadata| metadata.len()))
    });
    for path in &files {
        bar.set_message(path.display().to_string());
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        match bytes(path).and_then(|bytes| import.file(&name, &bytes, date)) {
            Ok(file) => {
                n_taken += 1;
                bar.suspend(|| whole &= tell(language, path, &file));
            }
            Err(error) => {
                whole = false;
                bar.suspend(|| eprintln!("{:#}", in_words(language, &error)));
            }
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(match (n_taken, whole) {
        (0, _) => Outcome::Failed,
        (_, false) => Outcome::Partly,
        (_, true) => Outcome::Done,
    })
}

/// The files, and for each folder those in it.
fn in_folders(given: &[PathBuf]) -> Vec<PathBuf> {
    let files_of = |path: &PathBuf| {
        let Ok(folder) = std::fs::read_dir(path) else { return vec![path.clone()] };
        let inside = folder.filter_map(|entry| Some(entry.ok()?.path()));
        let hidden = |path: &PathBuf| {
            path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'))
        };
        inside.filter(|path| path.is_file() && !hidden(path)).collect()
    };
    given.iter().flat_map(files_of).collect()
}

/// The bytes of a file, if it can be a master.
fn bytes(path: &Path) -> Result<Vec<u8>, MastersError> {
    let failed = |source| MastersError::Read { path: path.to_owned(), source };
    let size = std::fs::metadata(path).map_err(failed)?.len();
    if size > LARGEST {
        let file = path.display().to_string();
        return Err(MastersError::TooLarge { file, megabytes: size >> 20, most: LARGEST >> 20 });
    }
    std::fs::read(path).map_err(failed)
}

/// Says what became of a file; whether all of it was taken in.
fn tell(language: Language, path: &Path, file: &ImportedFile) -> bool {
    let mut whole = true;
    for imported in &file.editions {
        println!("{}", outcome(language, imported));
        for fault in imported.faults.iter().take(NAMED) {
            eprintln!("{}", fault.in_words(language));
        }
        if let Some(more) = imported.faults.len().checked_sub(NAMED + 1) {
            eprintln!("{}", and_more(language, more + 1));
        }
        if let Some(before) = imported.shrunk_from {
            eprintln!("{}", shrunk(language, imported.edition.kept, before));
        }
        whole &= imported.edition.kept == imported.edition.rows;
    }
    if !file.others.is_empty() {
        let names = file.others.join(", ");
        match language {
            Language::Ja => eprintln!("{}: マスターではないファイル: {names}", path.display()),
            Language::En => eprintln!("{}: no masters: {names}", path.display()),
        }
    }
    whole
}

fn outcome(language: Language, imported: &Imported) -> String {
    let Edition { id, kind, date, rows, kept, .. } = &imported.edition;
    let title = kind.title(language);
    let lost = rows - kept;
    match language {
        Language::Ja => {
            let what = match &imported.outcome {
                Change::Added => "取り込みました".to_owned(),
                Change::ThereAlready => "取込済みです".to_owned(),
                Change::UsedAgain => "再び使います".to_owned(),
                Change::Replaced(other) => format!("{other} と置き換えました"),
            };
            let difference = if imported.edition.is_difference { "差分 " } else { "" };
            let lost = if lost == 0 { String::new() } else { format!("、除外 {lost}行") };
            format!("{title} {difference}{date}: {kept}行{lost}、{what} ({id})")
        }
        Language::En => {
            let what = match &imported.outcome {
                Change::Added => "taken in".to_owned(),
                Change::ThereAlready => "there already".to_owned(),
                Change::UsedAgain => "used again".to_owned(),
                Change::Replaced(other) => format!("takes the place of {other}"),
            };
            let difference = if imported.edition.is_difference { "difference " } else { "" };
            let lost = if lost == 0 { String::new() } else { format!(", {lost} left out") };
            format!("{title} {difference}{date}: {kept} rows{lost}, {what} ({id})")
        }
    }
}

fn list(config: &Config, store: &Store, all: bool, json: bool) -> Result<Outcome> {
    let mut editions = store.editions().map_err(|error| in_words(config.language, &error))?;
    editions.retain(|edition| all || edition.is_used());
    if json {
        println!("{}", serde_json::to_string_pretty(&editions)?);
        return Ok(Outcome::Done);
    }
    if editions.is_empty() {
        eprintln!(
            "{}",
            match config.language {
                Language::Ja =>
                    "取り込んだマスターはありません。kamikarte masters import で取り込みます",
                Language::En => "no masters; `kamikarte masters import` takes them in",
            }
        );
    }
    let zone = config.zone()?;
    for edition in editions {
        println!("{}", line(config.language, &zone, &edition)?);
    }
    Ok(Outcome::Done)
}

fn line(language: Language, zone: &jiff::tz::TimeZone, edition: &Edition) -> Result<String> {
    let imported = jiff::Timestamp::from_millisecond(edition.imported_at)
        .context("the manifest holds no moment")?
        .to_zoned(zone.clone())
        .strftime("%Y-%m-%d %H:%M")
        .to_string();
    let Edition { id, kind, date, rows, kept, faults, parts, .. } = edition;
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let parts = parts.join("・");
    let title = kind.title(language);
    Ok(match language {
        Language::Ja => {
            let difference = if edition.is_difference { " 差分" } else { "" };
            let standing = match &edition.standing {
                Standing::Used => String::new(),
                Standing::TakenBack => "  取り消し済み".into(),
                Standing::Replaced { by } => format!("  {by} に置き換え"),
            };
            format!(
                "{date}  {title}{difference} {parts}\n    {kept}/{rows}行、不備 {faults}件、取込 {imported}、{}  {id}{standing}",
                edition.name
            )
        }
        Language::En => {
            let difference = if edition.is_difference { ", difference" } else { "" };
            let standing = match &edition.standing {
                Standing::Used => String::new(),
                Standing::TakenBack => "  taken back".into(),
                Standing::Replaced { by } => format!("  replaced by {by}"),
            };
            format!(
                "{date}  {title}{difference} {parts}\n    {kept} of {rows} rows, {faults} faults, imported {imported}, {}  {id}{standing}",
                edition.name
            )
        }
    })
}

fn taken_back(language: Language, edition: &Edition) -> String {
    let (title, date, id) = (edition.kind.title(language), edition.date, &edition.id);
    match language {
        Language::Ja => format!("{title} {date} を取り消しました ({id})"),
        Language::En => format!("{title} {date} taken back ({id})"),
    }
}

fn and_more(language: Language, n: usize) -> String {
    match language {
        Language::Ja => format!("ほか{n}件の不備があります"),
        Language::En => format!("and {n} more faults"),
    }
}

fn shrunk(language: Language, kept: usize, before: usize) -> String {
    match language {
        Language::Ja => format!(
            "前の版は{before}行でしたが、この版は{kept}行です。ダウンロードが途中で切れていないか確かめてください（kamikarte masters rollback で戻せます）"
        ),
        Language::En => format!(
            "the edition before has {before} rows and this one {kept}; see that the download was not cut short (`kamikarte masters rollback` takes it back)"
        ),
    }
}

/// The error with its cause, in the person's language.
pub fn in_words(language: Language, error: &MastersError) -> anyhow::Error {
    let words = error.in_words(language);
    match std::error::Error::source(error) {
        Some(cause) => anyhow!("{words}: {cause}"),
        None => anyhow!(words),
    }
}
