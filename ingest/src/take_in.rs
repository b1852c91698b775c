//! A file becomes a scan with its pages, or a refusal; either way nothing of it is lost.
//!
//! The order is the promise: first the bytes are kept for good, then one transaction writes the
//! scan, its pages and the jobs to read them. Whatever dies in between, the file has not been
//! taken in yet and may be sent again: the bytes are found in place and the rest is done. Sent
//! again after the transaction, it is recognised as the same file.

use std::{fmt, path::Path};

use bytes::Bytes;
use chart::{PageId, ScanId, TenantId, Timestamp};
use records::{
    Db, Priority, RecordsError,
    audit::Author,
    campaigns, charts, pages,
    pages::NewPage,
    scans::{self, Inserted, NewRefusal, NewScan},
};

use crate::{
    Fingerprint, Inspected, Inspector, Limits, Originals, PageSize, Progress, Refusal, StoreError,
};

/// What a file passes on its way in.
#[derive(Debug, Clone)]
pub struct Gate {
    /// Where scans, pages and their jobs are written.
    pub db: Db,
    /// Where its bytes are kept.
    pub originals: Originals,
    /// How much it may ask for.
    pub limits: Limits,
    /// Who looks into it first.
    pub inspector: Inspector,
}

/// What is known of a file when it comes.
#[derive(Clone)]
pub struct Intake {
    /// The clinic it belongs to.
    pub tenant: TenantId,
    /// Name of the batch it came with, if any.
    pub campaign: Option<String>,
    /// Label of the chart it is said to belong to, if anybody said so.
    pub chart: Option<String>,
    /// Its name when it came. Only the last part of a path is kept.
    pub file_name: String,
    /// How it came: `upload`, `command line`, `watched folder`.
    pub source: String,
    /// Who brought it.
    pub by: Author,
    /// Who waits for its pages.
    pub priority: Priority,
    /// Who wants to hear how far it is.
    pub progress: Option<Progress>,
}

/// What became of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// It is new, and its pages are on their way.
    New {
        /// The file.
        scan: ScanId,
        /// Its pages in order.
        pages: Vec<PageId>,
    },
    /// The clinic has these bytes already; that they came again was written down.
    Duplicate {
        /// The scan they came as first.
        of: ScanId,
    },
    /// It was not taken in. Its bytes are kept aside, and the refusal was written down.
    Refused {
        /// The row of the refusal.
        scan: ScanId,
        /// Why.
        refusal: Refusal,
    },
}

/// The file is fine or not, nobody knows: the store or the database failed. Send it again.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// The store of originals.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The database.
    #[error(transparent)]
    Records(#[from] RecordsError),
    /// The process that looks into files cannot be started.
    #[error("the process that looks into files cannot be started: {0}")]
    CannotInspect(#[source] std::io::Error),
    /// The program is being stopped.
    #[error("taking in was interrupted")]
    Interrupted,
}

/// Takes in one file. Where the disk of the originals is nearly full, nothing is taken in and
/// nothing decided: whoever sends files sends this one again later.
pub async fn take_in(
    gate: &Gate,
    intake: Intake,
    bytes: Bytes,
    now: Timestamp,
) -> Result<Taken, IngestError> {
    let Gate { db, originals, limits, inspector } = gate;
    let fingerprint = {
        let bytes = bytes.clone();
        off_the_runtime(move || Fingerprint::of(&bytes)).await?
    };
    let file_name = last_part(&intake.file_name).to_owned();
    let sha256 = fingerprint.to_string();
    if let Some(of) = link_duplicate(db, &intake, &file_name, &sha256, now).await? {
        // Heals a store that lost it; costs one look otherwise.
        originals.keep(fingerprint, bytes).await?;
        return Ok(Taken::Duplicate { of });
    }
    let n_bytes = bytes.len() as u64;
    originals.has_room_for(n_bytes, limits.min_free_bytes)?;
    match inspector.inspect(bytes.clone(), limits, intake.progress.clone()).await? {
        Ok(inspected) => {
            originals.keep(fingerprint, bytes).await?;
            write_scan(db, &intake, &file_name, &sha256, n_bytes, &inspected, now).await
        }
        Err(refusal) => {
            originals.keep_refused(fingerprint, bytes, &refusal).await?;
            let scan =
                write_refusal(db, &intake, &file_name, &sha256, n_bytes, &refusal, now).await?;
            Ok(Taken::Refused { scan, refusal })
        }
    }
}

async fn off_the_runtime<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, IngestError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| IngestError::Interrupted)
}

async fn link_duplicate(
    db: &Db,
    intake: &Intake,
    file_name: &str,
    sha256: &str,
    now: Timestamp,
) -> Result<Option<ScanId>, RecordsError> {
    let mut tx = db.read().await?;
    let there = scans::find_by_sha256(&mut tx, intake.tenant, sha256).await?;
    drop(tx);
    let Some(there) = there else { return Ok(None) };
    let mut tx = db.begin().await?;
    scans::link_duplicate(
        &mut tx,
        intake.tenant,
        there.id,
        file_name,
        &intake.source,
        intake.by,
        now,
    )
    .await?;
    tx.commit().await?;
    Ok(Some(there.id))
}

async fn write_scan(
    db: &Db,
    intake: &Intake,
    file_name: &str,
    sha256: &str,
    bytes: u64,
    inspected: &Inspected,
    now: Timestamp,
) -> Result<Taken, IngestError> {
    let tenant = intake.tenant;
    let mut tx = db.begin().await?;
    let campaign = match &intake.campaign {
        Some(name) => Some(campaigns::find_or_create(&mut tx, tenant, name, now).await?.id),
        None => None,
    };
    let chart = match &intake.chart {
        Some(label) => Some(charts::find_or_create(&mut tx, tenant, label, now).await?.id),
        None => None,
    };
    let new = NewScan {
        campaign,
        chart,
        sha256,
        file_name,
        media_type: inspected.format.media_type(),
        bytes,
        n_pages: inspected.pages.len() as u32,
        source: &intake.source,
    };
    let scan = match scans::insert(&mut tx, tenant, &new, intake.by, now).await? {
        Inserted::New(scan) => scan,
        // Two brought the same file at once, and the other was faster.
        Inserted::AlreadyThere(of) => {
            let source = &intake.source;
            scans::link_duplicate(&mut tx, tenant, of, file_name, source, intake.by, now).await?;
            tx.commit().await?;
            return Ok(Taken::Duplicate { of });
        }
    };
    let priority = intake.priority;
    let new: Vec<_> = inspected
        .pages
        .iter()
        .map(|&PageSize { number, width, height, dpi }| NewPage {
            scan,
            number,
            chart,
            campaign,
            width,
            height,
            dpi,
            priority,
        })
        .collect();
    let ids = pages::insert_all(&mut tx, tenant, &new, intake.by, now).await?;
    tx.commit().await?;
    tracing::info!(%scan, pages = ids.len(), bytes, source = %intake.source, "scan taken in");
    Ok(Taken::New { scan, pages: ids })
}

async fn write_refusal(
    db: &Db,
    intake: &Intake,
    file_name: &str,
    sha256: &str,
    bytes: u64,
    refusal: &Refusal,
    now: Timestamp,
) -> Result<ScanId, RecordsError> {
    let facts = refusal.to_facts();
    let code = refusal.code();
    let new = NewRefusal { sha256, file_name, bytes, code, facts: &facts, source: &intake.source };
    let mut tx = db.begin().await?;
    let scan = scans::insert_refused(&mut tx, intake.tenant, &new, intake.by, now).await?;
    tx.commit().await?;
    tracing::info!(%scan, code, bytes, source = %intake.source, "scan refused");
    Ok(scan)
}

/// The name without the folders it came from, which may name people.
fn last_part(file_name: &str) -> &str {
    let name = file_name.rsplit('\\').next().unwrap_or(file_name);
    Path::new(name).file_name().and_then(|name| name.to_str()).unwrap_or(name)
}

impl fmt::Debug for Intake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // File names and labels may hold a patient's name.
        f.debug_struct("Intake")
            .field("tenant", &self.tenant)
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
