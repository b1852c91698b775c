//! `kamikarte doctor`: every dependency, and how to mend what is missing.

use std::{path::Path, time::Duration};

use anyhow::{Context, Result, bail, ensure};
use chart::Language;
use queue::QueueError;
use records::Db;

use crate::{
    config::{Config, without_password},
    dictionary,
    exit::Outcome,
    wiring,
};

/// Below this intake may soon fail: a day of a busy scanner.
const ENOUGH_DISK: u64 = 2 << 30;
/// How long a server may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Says what is checked, what was found, and what to do.
struct Examination {
    language: Language,
    n_faults: u32,
}

impl Examination {
    fn report(&mut self, what: (&str, &str), found: Result<String>, cure: (&str, &str)) {
        let pick = |(japanese, english): (&str, &str)| match self.language {
            Language::Ja => japanese.to_owned(),
            Language::En => english.to_owned(),
        };
        match found {
            Ok(fact) => println!("  ok    {}: {fact}", pick(what)),
            Err(error) => {
                println!("  FAULT {}: {error:#}", pick(what));
                println!("        → {}", pick(cure));
                self.n_faults += 1;
            }
        }
    }
}

pub async fn run(config: &Config) -> Result<Outcome> {
    let mut examination = Examination { language: config.language, n_faults: 0 };
    examination.report(
        ("データフォルダ", "data folder"),
        data_folder(&config.data_dir),
        (
            "書き込める、空きのある場所を --data-dir か KAMIKARTE_DATA_DIR で指定してください",
            "name a writable place with room by --data-dir or KAMIKARTE_DATA_DIR",
        ),
    );
    examination.report(
        ("読み取りモデル", "recognition models"),
        models(config).await,
        (
            "apt-get install tesseract-ocr-jpn tesseract-ocr-jpn-vert tesseract-ocr-osd",
            "apt-get install tesseract-ocr-jpn tesseract-ocr-jpn-vert tesseract-ocr-osd",
        ),
    );
    examination.report(
        ("形態素辞書と語彙", "dictionary and lexicon"),
        tokio::task::block_in_place(|| understanding(config)),
        (
            "apt-get install mecab-ipadic のあと kamikarte dictionary build",
            "apt-get install mecab-ipadic, then kamikarte dictionary build",
        ),
    );
    let (db, found) = match database(config).await {
        Ok(db) => {
            let fact = format!("{}, {}", db.kind(), without_password(&config.database_url()));
            (Some(db), Ok(fact))
        }
        Err(error) => (None, Err(error)),
    };
    examination.report(
        ("データベース", "database"),
        found,
        (
            "PostgreSQL が動いているか、database のアドレスとパスワードが正しいかを確かめてください（空にすると SQLite を使います）",
            "see that PostgreSQL runs and that the address and password in `database` are right (empty: SQLite)",
        ),
    );
    if let Some(db) = &db {
        examination.report(
            ("キュー", "queue"),
            queue(config, db).await,
            (
                "RabbitMQ が動いていてディスクとメモリに空きがあるか、queue のアドレスとパスワードが正しいかを確かめてください（embedded なら不要です）",
                "see that RabbitMQ runs and has disk and memory to spare, and that the address and password in `queue` are right (`embedded` needs none)",
            ),
        );
    }
    examination.report(
        ("原本の保管場所", "store of originals"),
        store(config).await,
        (
            "store のフォルダに書き込めるか、S3 のアドレスと鍵が正しいかを確かめてください",
            "see that the folder in `store` can be written to, or that the address and keys of S3 are right",
        ),
    );
    match examination.n_faults {
        0 => Ok(Outcome::Done),
        _ => Ok(Outcome::Failed),
    }
}

fn data_folder(folder: &Path) -> Result<String> {
    std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let probe = folder.join(".doctor");
    std::fs::write(&probe, b"can this be written?")
        .and_then(|()| std::fs::remove_file(&probe))
        .with_context(|| folder.display().to_string())?;
    let free = fs4::available_space(folder).context("asking for free space")?;
    let free_gib = free as f64 / f64::from(1 << 30);
    ensure!(free >= ENOUGH_DISK, "{}: only {free_gib:.1} GiB are free", folder.display());
    Ok(format!("{} ({free_gib:.0} GiB free)", folder.display()))
}

async fn models(config: &Config) -> Result<String> {
    Ok(wiring::pool(config, None)?.version().await?)
}

fn understanding(config: &Config) -> Result<String> {
    let resources = dictionary::ensure(config)?;
    let extractor = extract::Extractor::open(resources)?;
    Ok(extractor.lexicon_version().to_owned())
}

async fn database(config: &Config) -> Result<Db> {
    let Ok(db) = tokio::time::timeout(PATIENCE, wiring::database(config)).await else {
        bail!("no answer within {} s", PATIENCE.as_secs());
    };
    let db = db?;
    db.is_ready().await?;
    Ok(db)
}

async fn queue(config: &Config, db: &Db) -> Result<String> {
    let queue = wiring::queue(config, db)?;
    let asking = async {
        let depth = queue.depth().await?;
        queue.takes_jobs().await?;
        Ok::<_, QueueError>(depth)
    };
    let Ok(depth) = tokio::time::timeout(PATIENCE, asking).await else {
        bail!("no answer within {} s", PATIENCE.as_secs());
    };
    let depth = depth?;
    Ok(format!(
        "{}, {} waiting, {} dead",
        without_password(&config.queue),
        depth.waiting,
        depth.dead
    ))
}

async fn store(config: &Config) -> Result<String> {
    wiring::originals(config)?.is_ready().await?;
    Ok(without_password(&config.store_url()))
}
