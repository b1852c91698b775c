use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use records::{RecordsError, Tx, jobs};
use tokio::task::JoinHandle;

use super::Shared;
use crate::{QueueError, backoff::Backoff, delivery::Grip};

/// How often settling a job is tried while the database is busy or away. With the waits of
/// [`Backoff`] that is about ten seconds; then the lease decides.
const ATTEMPTS: u32 = 6;

/// A leased row. As long as this lives, a task extends the lease.
pub(super) struct Held {
    shared: Arc<Shared>,
    lease: jobs::Lease,
    heartbeat: JoinHandle<()>,
    /// The worker's own transaction deletes the row.
    done_elsewhere: bool,
}

/// The ways to let go of a row.
enum Settlement<'a> {
    Complete,
    Release { delay: Duration, reason: &'a str },
    HandBack,
    Bury { reason: &'a str },
}

impl Held {
    pub(super) fn new(shared: Arc<Shared>, lease: jobs::Lease) -> Self {
        let heartbeat = tokio::spawn(extend(Arc::clone(&shared), lease.clone()));
        Self { shared, lease, heartbeat, done_elsewhere: false }
    }

    async fn settle(&self, settlement: Settlement<'_>) -> Result<(), QueueError> {
        let mut backoff = Backoff::default();
        let mut attempt = 1;
        loop {
            match self.try_to_settle(&settlement).await {
                Ok(true) => {
                    self.shared.news.notify_one();
                    return Ok(());
                }
                Ok(false) => return Err(QueueError::Lost),
                Err(error) if error.is_transient() && attempt < ATTEMPTS => {
                    attempt += 1;
                    tokio::time::sleep(backoff.after_failure()).await;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// `false` if the lease had ended.
    async fn try_to_settle(&self, settlement: &Settlement<'_>) -> Result<bool, RecordsError> {
        let now = self.shared.options.now();
        let mut tx = self.shared.records.begin().await?;
        let settled = match *settlement {
            Settlement::Complete => jobs::complete(&mut tx, &self.lease).await?,
            Settlement::Release { delay, reason } => {
                jobs::release(&mut tx, &self.lease, delay, reason, now).await?
            }
            Settlement::HandBack => jobs::hand_back(&mut tx, &self.lease).await?,
            Settlement::Bury { reason } => jobs::bury(&mut tx, &self.lease, reason, now).await?,
        };
        tx.commit().await?;
        Ok(settled)
    }
}

#[async_trait]
impl Grip for Held {
    async fn done_in(&mut self, tx: &mut Tx) -> Result<(), QueueError> {
        if !jobs::complete(tx, &self.lease).await? {
            return Err(QueueError::Lost);
        }
        self.done_elsewhere = true;
        Ok(())
    }

    async fn ack(self: Box<Self>) -> Result<(), QueueError> {
        if self.done_elsewhere { Ok(()) } else { self.settle(Settlement::Complete).await }
    }

    async fn retry(self: Box<Self>, delay: Duration, reason: &str) -> Result<(), QueueError> {
        self.settle(Settlement::Release { delay, reason }).await
    }

    async fn hand_back(self: Box<Self>) -> Result<(), QueueError> {
        self.settle(Settlement::HandBack).await
    }

    async fn bury(self: Box<Self>, reason: &str) -> Result<(), QueueError> {
        self.settle(Settlement::Bury { reason }).await
    }

    fn let_go(self: Box<Self>) {
        // Without a runtime the process is ending; then the lease runs out.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                let reason = "an attempt ended without a word";
                let settlement = Settlement::Release { delay: Duration::ZERO, reason };
                // Lost is right where the worker's own transaction deleted the row.
                let _ = self.settle(settlement).await;
            });
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.heartbeat.abort();
    }
}

/// Extends the lease three times within its duration, until it is aborted or too late.
async fn extend(shared: Arc<Shared>, lease: jobs::Lease) {
    let duration = shared.options.lease;
    loop {
        tokio::time::sleep(duration / 3).await;
        match try_to_extend(&shared, &lease, duration).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => tracing::warn!(%error, "a job's lease could not be extended"),
        }
    }
}

async fn try_to_extend(
    shared: &Shared,
    lease: &jobs::Lease,
    duration: Duration,
) -> Result<bool, RecordsError> {
    let mut tx = shared.records.begin().await?;
    let extended = jobs::extend(&mut tx, lease, duration, shared.options.now()).await?;
    tx.commit().await?;
    Ok(extended)
}
