//! Pages whose attempts are used up, and sending them to the workers again.

use anyhow::{Context, Result};
use chart::PageId;
use queue::{Dead, DeadLetter, Queue};
use records::audit::Author;

/// More than anybody looks through at once.
const SHOWN: usize = 1000;

/// The oldest dead letters.
pub async fn list(queue: &dyn Queue) -> Result<Vec<DeadLetter>> {
    queue.dead(SHOWN).await.context("asking the queue")
}

/// Sends pages to the workers again, all or the one named; the number of pages.
pub async fn retry(queue: &dyn Queue, only: Option<PageId>, by: Author) -> Result<u64> {
    let which = match only {
        None => Dead::All,
        Some(page) => {
            let jobs = list(queue).await?.into_iter().filter_map(|letter| letter.job);
            Dead::Of(jobs.filter(|job| job.page == page).map(|job| job.id).collect())
        }
    };
    queue.retry_dead(&which, by).await.context("telling the queue")
}
