//! From the outbox to a queue: claim, publish, mark. The loop around it is the program's.

use std::time::Duration;

use records::{Db, outbox};

use crate::{Clock, Priority, Queue, QueueError};

/// Jobs a pass: so many that claiming and marking them costs little beside publishing them, so few
/// that a pass stays far shorter than [`CLAIM`]. `examples/publish_rate` measures it.
const BATCH: u64 = 512;

/// How long claimed jobs are this relay's; another takes them over if it dies. A pass takes a fifth
/// of a second; where it takes longer, another relay may publish the same jobs, which is harmless.
const CLAIM: Duration = Duration::from_secs(10);

/// Gives `queue` jobs of the outbox, as many as it has room for; the number of jobs. Call it again
/// until there are none. What could not be published waits in the outbox as before.
pub async fn relay(records: &Db, queue: &dyn Queue, now: &Clock) -> Result<u64, QueueError> {
    // What somebody waits for goes ahead however full the queue is.
    let (least, limit) = match queue.room().await? {
        0 => (Priority::Awaited, BATCH),
        room => (Priority::Bulk, room.min(BATCH)),
    };
    let mut tx = records.begin().await?;
    let jobs = outbox::claim(&mut tx, least, limit as u32, CLAIM, now()).await?;
    if jobs.is_empty() {
        return Ok(0);
    }
    tx.commit().await?;
    let ids: Vec<_> = jobs.iter().map(|job| job.id).collect();
    let published = queue.publish(&jobs).await;
    let mut tx = records.begin().await?;
    match published {
        Ok(()) => outbox::mark_published(&mut tx, &ids, now()).await?,
        Err(_) => outbox::release(&mut tx, &ids, now()).await?,
    }
    tx.commit().await?;
    published?;
    Ok(jobs.len() as u64)
}
