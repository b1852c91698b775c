//! From the outbox to the queue.
//!
//! A job is written with its page in one transaction. The relay gives it to the queue and then
//! marks it. If it dies in between, the job is given once more: the worker that gets it second
//! finds the page read. With the broker away, intake goes on and the relay catches up.

use std::{sync::Arc, time::Duration};

use anyhow::{Context, Result};
use queue::{Backoff, Priority, Queue};
use records::{Db, outbox};
use tokio_util::sync::CancellationToken;

use crate::{clock, telemetry::names};

/// Jobs a pass: enough to keep many confirms in flight, few enough that a pass stays short.
const BATCH: u64 = 256;
/// How long claimed jobs are this relay's; another takes them over if it dies. A pass takes a fifth
/// of a second; where it takes longer, another relay may publish the same jobs, which is harmless.
const LEASE: Duration = Duration::from_secs(10);
/// How long to sleep when there was nothing to do.
const IDLE: Duration = Duration::from_millis(300);
/// How long published jobs stay in the outbox, for whoever asks what happened.
const KEPT: Duration = Duration::from_hours(7 * 24);
/// How often those are cleared away.
const CLEARED_EVERY: Duration = Duration::from_hours(1);

/// Runs until `stop`.
pub async fn run(db: Db, queue: Arc<dyn Queue>, stop: CancellationToken) {
    let mut backoff = Backoff::default();
    let mut cleared = None;
    while !stop.is_cancelled() {
        if cleared.is_none_or(|at| clock::now().since(at) > CLEARED_EVERY) {
            cleared = Some(clock::now());
            if let Err(error) = clear(&db).await {
                tracing::warn!(error = format!("{error:#}"), "the outbox was not cleared");
            }
        }
        let pause = match pass(&db, queue.as_ref()).await {
            Ok(0) => {
                backoff.reset();
                IDLE
            }
            Ok(jobs) => {
                backoff.reset();
                metrics::counter!(names::JOBS_PUBLISHED).increment(jobs);
                continue;
            }
            Err(error) => {
                let pause = backoff.after_failure();
                tracing::warn!(error = format!("{error:#}"), ?pause, "jobs wait in the outbox");
                pause
            }
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = stop.cancelled() => {}
        }
    }
}

/// Gives the queue what it has room for; the number of jobs.
async fn pass(db: &Db, queue: &dyn Queue) -> Result<u64> {
    // What somebody waits for goes ahead however full the queue is.
    let (least, limit) = match queue.room().await.context("asking the queue")? {
        0 => (Priority::Awaited, BATCH),
        room => (Priority::Bulk, room.min(BATCH)),
    };
    let mut tx = db.begin().await?;
    let jobs = outbox::claim(&mut tx, least, limit as u32, LEASE, clock::now()).await?;
    if jobs.is_empty() {
        return Ok(0);
    }
    tx.commit().await?;
    let ids: Vec<_> = jobs.iter().map(|job| job.id).collect();
    let published = queue.publish(&jobs).await;
    let mut tx = db.begin().await?;
    match published {
        Ok(()) => outbox::mark_published(&mut tx, &ids, clock::now()).await?,
        Err(_) => outbox::release(&mut tx, &ids, clock::now()).await?,
    }
    tx.commit().await?;
    published.context("publishing to the queue")?;
    Ok(jobs.len() as u64)
}

async fn clear(db: &Db) -> Result<()> {
    let before = chart::Timestamp::from_millis(clock::now().as_millis() - KEPT.as_millis() as i64);
    let mut tx = db.begin().await?;
    outbox::forget_published(&mut tx, before).await?;
    records::sessions::delete_expired(&mut tx, clock::now()).await?;
    tx.commit().await?;
    Ok(())
}
