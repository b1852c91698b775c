//! Rows of the records database behind the contract. The rows themselves, fairness and dead jobs
//! are `records::jobs`; here is who waits, who extends leases, and what happens when the database
//! is away.

mod held; // a job in hand

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use records::{Db, audit::Author, jobs};
use tokio::sync::{Mutex, Notify, oneshot};

use self::held::Held;
use crate::{
    Dead, DeadLetter, Delivery, Depth, Job, JobKind, Options, Queue, QueueError, backoff::Backoff,
};

/// How often a worker with nothing to do looks for jobs of other processes. Jobs of its own
/// process wake it at once.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Dead jobs that one transaction sends back.
const DEAD_AT_ONCE: u32 = 500;

/// The queue in the records database.
pub(crate) struct Embedded {
    shared: Arc<Shared>,
    /// Of all that wait, one looks at the table.
    turn: Mutex<()>,
}

struct Shared {
    records: Db,
    options: Options,
    /// Something may have become available in this process.
    news: Notify,
}

impl Embedded {
    pub(crate) fn new(records: Db, options: Options) -> Self {
        let shared = Shared { records, options, news: Notify::new() };
        Self { shared: Arc::new(shared), turn: Mutex::default() }
    }
}

#[async_trait]
impl Queue for Embedded {
    async fn publish(&self, jobs: &[Job]) -> Result<(), QueueError> {
        let now = self.shared.options.now();
        let mut tx = self.shared.records.begin().await?;
        jobs::insert_if_absent(&mut tx, jobs, now).await?;
        tx.commit().await?;
        self.shared.news.notify_one();
        Ok(())
    }

    async fn next(&self) -> Result<Delivery, QueueError> {
        let _turn = self.turn.lock().await;
        let mut backoff = Backoff::default();
        let mut idle = false;
        loop {
            match self.claim(idle).await {
                Ok(Some(delivery)) => return Ok(delivery),
                Ok(None) => {
                    backoff.reset();
                    idle = true;
                    // Not in step with other processes.
                    let pause = LOOK_EVERY.mul_f64(rand::random_range(0.75..1.25));
                    let _ = tokio::time::timeout(pause, self.shared.news.notified()).await;
                }
                Err(error) => {
                    let wait = backoff.after_failure();
                    let wait_ms = wait.as_millis() as u64;
                    tracing::warn!(%error, wait_ms, "taking no jobs; trying again");
                    tokio::time::sleep(wait).await;
                }
            }
        }
    }

    async fn depth(&self) -> Result<Depth, QueueError> {
        let now = self.shared.options.now();
        let mut tx = self.shared.records.read().await?;
        let depth = jobs::depth(&mut tx, None, now).await?;
        let lease = self.shared.options.lease;
        let available = jobs::count_available(&mut tx, lease, now).await?;
        Ok(Depth {
            waiting: available,
            delayed: depth.waiting.saturating_sub(available),
            in_hand: Some(depth.leased),
            dead: depth.dead,
        })
    }

    async fn room(&self) -> Result<u64, QueueError> {
        Ok(u64::MAX)
    }

    async fn dead(&self, limit: usize) -> Result<Vec<DeadLetter>, QueueError> {
        let mut tx = self.shared.records.read().await?;
        let limit = u32::try_from(limit).unwrap_or(u32::MAX);
        let dead = jobs::dead_list(&mut tx, None, limit).await?;
        Ok(dead.into_iter().map(DeadLetter::from).collect())
    }

    async fn retry_dead(&self, which: &Dead, by: Author) -> Result<u64, QueueError> {
        let mut sent_back = 0;
        loop {
            let mut tx = self.shared.records.begin().await?;
            let dead = match which {
                Dead::Of(jobs) => jobs.clone(),
                Dead::All => {
                    let dead = jobs::dead_list(&mut tx, None, DEAD_AT_ONCE).await?;
                    dead.into_iter().map(|dead| dead.job.id).collect()
                }
            };
            let now = self.shared.options.now();
            for job in &dead {
                sent_back += u64::from(jobs::retry_dead(&mut tx, *job, by, now).await?);
            }
            tx.commit().await?;
            if dead.is_empty() || matches!(which, Dead::Of(_)) {
                return Ok(sent_back);
            }
        }
    }

    async fn forget_dead(&self, which: &Dead) -> Result<u64, QueueError> {
        let mut tx = self.shared.records.begin().await?;
        let forgotten = match which {
            Dead::All => jobs::forget_dead(&mut tx, None).await?,
            Dead::Of(ids) => {
                let mut forgotten = 0;
                for id in ids {
                    forgotten += jobs::forget_dead(&mut tx, Some(*id)).await?;
                }
                forgotten
            }
        };
        tx.commit().await?;
        Ok(forgotten)
    }
}

impl Embedded {
    /// A job, if one is available. The claim is a task of its own: who waits may be cancelled
    /// between the commit and the return, and the job must not be lost until its lease ends.
    async fn claim(&self, idle: bool) -> Result<Option<Delivery>, QueueError> {
        let shared = Arc::clone(&self.shared);
        let (give, take) = oneshot::channel();
        tokio::spawn(async move {
            let claimed = shared.claim(idle).await;
            if let Err(Ok(Some(unwanted))) = give.send(claimed) {
                // If this fails the lease runs out.
                let _ = unwanted.hand_back().await;
            }
        });
        take.await.unwrap_or(Err(QueueError::Lost))
    }
}

impl Shared {
    async fn claim(self: Arc<Self>, idle: bool) -> Result<Option<Delivery>, QueueError> {
        let Options { lease, delivery_limit: limit, .. } = self.options;
        // An idle worker looks before it claims: a look takes no lock from those who write.
        if idle {
            let mut look = self.records.read().await?;
            if !jobs::is_any_available(&mut look, lease, self.options.now()).await? {
                return Ok(None);
            }
        }
        for kind in JobKind::ALL {
            let now = self.options.now();
            let mut tx = self.records.begin().await?;
            let claim = jobs::claim(&mut tx, kind, 1, lease, limit, now).await?;
            tx.commit().await?;
            for buried in claim.buried {
                tracing::warn!(job = %buried.job.id, page = %buried.job.page, reason = buried.reason, "job buried");
            }
            if let Some(jobs::Leased { job, attempt, lease }) = claim.leased.into_iter().next() {
                let held = Held::new(self, lease);
                return Ok(Some(Delivery::new(job, attempt, limit, Box::new(held))));
            }
        }
        Ok(None)
    }
}

impl From<jobs::DeadJob> for DeadLetter {
    fn from(dead: jobs::DeadJob) -> Self {
        Self {
            job: Some(dead.job),
            reason: dead.reason,
            attempts: dead.attempts,
            buried_at: Some(dead.dead_at),
        }
    }
}
