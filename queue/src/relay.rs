//! From the outbox to a queue: claim, publish, mark. The loop around it is the program's.
//!
//! While one batch is with the queue, the one before it is marked and the next is claimed, in one
//! transaction: the database and the broker each wait for their own disks, and not for each other.

use std::time::Duration;

use chart::JobId;
use records::{Db, RecordsError, outbox};

use crate::{Clock, Job, Priority, Queue, QueueError};

/// Jobs a batch: so many that claiming and marking them costs little beside publishing them, so few
/// that a batch stays far shorter than [`CLAIM`]. `examples/publish_rate` measures it.
const BATCH: u64 = 512;

/// Jobs that one call moves at most: a second or two, after which the caller may want to stop.
const AT_MOST: u64 = 8 * BATCH;

/// How long claimed jobs are this relay's; another takes them over if it dies. A batch takes a fifth
/// of a second; where it takes longer, another relay may publish the same jobs, which is harmless.
const CLAIM: Duration = Duration::from_secs(10);

/// Gives `queue` jobs of the outbox, as many as it has room for; the number of jobs. Call it again
/// until there are none. What could not be published waits in the outbox as before, and where none
/// could be, the call fails.
pub async fn relay(records: &Db, queue: &dyn Queue, now: &Clock) -> Result<u64, QueueError> {
    // What somebody waits for goes ahead however full the queue is.
    let (least, room) = match queue.room().await? {
        0 => (Priority::Awaited, BATCH),
        room => (Priority::Bulk, room.min(AT_MOST)),
    };
    let outbox = Outbox { records, now, least };
    let (mut moved, mut left) = (0, room);
    let mut unmarked = Vec::new();
    let mut batch = outbox.step(&unmarked, left.min(BATCH)).await?;
    let mut failure = None;
    while !batch.is_empty() && failure.is_none() {
        left -= batch.len() as u64;
        let step = outbox.step(&unmarked, left.min(BATCH));
        let (published, claimed) = tokio::join!(queue.publish(&batch), step);
        let ids = batch.iter().map(|job| job.id);
        let next = match claimed {
            Ok(next) => {
                unmarked.clear();
                next
            }
            Err(error) => {
                failure = Some(error.into());
                Vec::new()
            }
        };
        match published {
            Ok(()) => {
                moved += batch.len() as u64;
                unmarked.extend(ids);
                batch = next;
            }
            Err(error) => {
                outbox.give_back(ids.chain(next.iter().map(|job| job.id)).collect()).await?;
                failure = Some(error);
            }
        }
    }
    if !unmarked.is_empty() {
        outbox.step(&unmarked, 0).await?;
    }
    match failure {
        // The next call meets it again, if it lasts.
        Some(error) if moved == 0 => Err(error),
        _ => Ok(moved),
    }
}

struct Outbox<'a> {
    records: &'a Db,
    now: &'a Clock,
    /// The least urgent jobs that are wanted.
    least: Priority,
}

impl Outbox<'_> {
    /// Claims up to `limit` further jobs and marks those that the queue has.
    async fn step(&self, published: &[JobId], limit: u64) -> Result<Vec<Job>, RecordsError> {
        if published.is_empty() && limit == 0 {
            return Ok(Vec::new());
        }
        let now = (self.now)();
        let mut tx = self.records.begin().await?;
        let claimed = match limit {
            0 => Vec::new(),
            limit => outbox::claim(&mut tx, self.least, limit as u32, CLAIM, now).await?,
        };
        // After the claim: a worker that got such a job waits for its page's row.
        if !published.is_empty() {
            outbox::mark_published(&mut tx, published, now).await?;
        }
        tx.commit().await?;
        Ok(claimed)
    }

    /// These were claimed and not published.
    async fn give_back(&self, ids: Vec<JobId>) -> Result<(), RecordsError> {
        let mut tx = self.records.begin().await?;
        outbox::release(&mut tx, &ids, (self.now)()).await?;
        tx.commit().await
    }
}
