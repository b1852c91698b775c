//! From the outbox to the queue.
//!
//! A job is written with its page in one transaction. The relay gives it to the queue and then
//! marks it. If it dies in between, the job is given once more: the worker that gets it second
//! finds the page read. With the broker away, intake goes on and the relay catches up.

use std::{sync::Arc, time::Duration};

use anyhow::Result;
use queue::{Backoff, Clock, Queue};
use records::{Db, outbox};
use tokio_util::sync::CancellationToken;

use crate::{clock, telemetry::names};

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
    let clock: Clock = Arc::new(clock::now);
    while !stop.is_cancelled() {
        if cleared.is_none_or(|at| clock::now().since(at) > CLEARED_EVERY) {
            cleared = Some(clock::now());
            if let Err(error) = clear(&db).await {
                tracing::warn!(error = format!("{error:#}"), "the outbox was not cleared");
            }
        }
        let pause = match queue::relay(&db, queue.as_ref(), &clock).await {
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
                tracing::warn!(%error, ?pause, "jobs wait in the outbox");
                pause
            }
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = stop.cancelled() => {}
        }
    }
}

async fn clear(db: &Db) -> Result<()> {
    let before = chart::Timestamp::from_millis(clock::now().as_millis() - KEPT.as_millis() as i64);
    let mut tx = db.begin().await?;
    outbox::forget_published(&mut tx, before).await?;
    records::sessions::delete_expired(&mut tx, clock::now()).await?;
    tx.commit().await?;
    Ok(())
}
