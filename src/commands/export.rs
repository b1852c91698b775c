//! `kamikarte export`: what clinicians confirmed, for other programs.

use std::{
    collections::{HashMap, hash_map::Entry},
    fs::File,
    io::{self, BufWriter, Write},
};

use anyhow::{Context, Result};
use chart::{Doubt, FindingId, PageId, TenantId, UserId};
use exchange::{CommittedRecord, Confirmation, Source};
use records::{
    Db, Tx,
    audit::{self, Action, Author, Event},
    committed::{self, Record, RecordFilter, Versions},
    findings, users,
};

use crate::{cli::ExportCommand, clock, config::Config, exit::Outcome, wiring};

/// Records read at a time.
const BATCH: u32 = 1000;

pub async fn run(config: &Config, command: ExportCommand) -> Result<Outcome> {
    let ExportCommand::Csv { output, all_versions } = command;
    let db = wiring::database(config).await?;
    let tenant = wiring::tenant(&db, config).await?;
    let versions = if all_versions { Versions::All } else { Versions::Latest };
    let records = collect(&db, tenant, versions).await?;
    let n_records = records.len();
    match output {
        Some(path) => {
            let file = File::create(&path)
                .with_context(|| format!("{} cannot be written", path.display()))?;
            let mut file = BufWriter::new(file);
            exchange::csv::write(records, &mut file)?;
            file.flush().with_context(|| format!("{} cannot be written", path.display()))?;
        }
        None => {
            exchange::csv::write(records, io::stdout().lock())?;
        }
    }
    // That patients' data left is an event of the chain.
    let mut tx = db.begin().await?;
    let event = Event::about("tenant", tenant, Action::RecordsExported)
        .after(&serde_json::json!({ "form": "csv", "records": n_records }));
    audit::append(&mut tx, tenant, Author::Program, event, clock::now()).await?;
    tx.commit().await?;
    eprintln!("{n_records} records");
    Ok(Outcome::Done)
}

async fn collect(db: &Db, tenant: TenantId, versions: Versions) -> Result<Vec<CommittedRecord>> {
    let mut tx = db.read().await?;
    let logins: HashMap<UserId, String> =
        users::list(&mut tx, tenant).await?.into_iter().map(|user| (user.id, user.login)).collect();
    let mut doubts = DoubtsOfPages::default();
    let mut filter = RecordFilter { versions, ..RecordFilter::default() };
    let mut collected = Vec::new();
    loop {
        let batch = committed::list(&mut tx, tenant, &filter, BATCH).await?;
        let Some(last) = batch.last() else { return Ok(collected) };
        filter.after = Some(last.id);
        for record in batch {
            let doubts = doubts.of(&mut tx, tenant, &record).await?;
            let login = logins.get(&record.confirmed_by).cloned().unwrap_or_default();
            collected.push(exported(record, doubts, login));
        }
    }
}

/// The doubts of findings, looked up a page at a time.
#[derive(Default)]
struct DoubtsOfPages {
    by_page: HashMap<PageId, HashMap<FindingId, Vec<Doubt>>>,
}

impl DoubtsOfPages {
    async fn of(&mut self, tx: &mut Tx, tenant: TenantId, record: &Record) -> Result<Vec<Doubt>> {
        let page = match self.by_page.entry(record.page) {
            Entry::Occupied(page) => page.into_mut(),
            Entry::Vacant(place) => {
                let findings = findings::of_page(tx, tenant, record.page).await?;
                let doubts = findings.into_iter().map(|finding| (finding.id, finding.doubts));
                place.insert(doubts.collect())
            }
        };
        Ok(page.get(&record.finding).cloned().unwrap_or_default())
    }
}

fn exported(record: Record, doubts: Vec<Doubt>, login: String) -> CommittedRecord {
    CommittedRecord {
        record: record.id,
        version: record.version,
        supersedes: record.supersedes,
        retracted: record.retracted,
        content: record.statement.content,
        codes: record.statement.codes,
        surface: record.surface,
        doubts,
        source: Source {
            chart: record.chart_label,
            page: record.page,
            page_number: record.page_number,
            file_name: record.file_name,
            scan_sha256: record.scan_sha256,
            bbox: record.bbox,
        },
        confirmation: Confirmation {
            login,
            name: record.confirmed_by_name,
            at: record.confirmed_at,
        },
    }
}
