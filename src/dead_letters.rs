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
    let which = which(queue, only).await?;
    queue.retry_dead(&which, by).await.context("telling the queue")
}

/// Takes letters off the list, all or those of the page named; how many.
pub async fn forget(queue: &dyn Queue, only: Option<PageId>) -> Result<u64> {
    let which = which(queue, only).await?;
    queue.forget_dead(&which).await.context("telling the queue")
}

async fn which(queue: &dyn Queue, only: Option<PageId>) -> Result<Dead> {
    let Some(page) = only else { return Ok(Dead::All) };
    let letters = queue.dead(usize::MAX).await.context("asking the queue")?;
    let jobs = letters.into_iter().filter_map(|letter| letter.job);
    Ok(Dead::Of(jobs.filter(|job| job.page == page).map(|job| job.id).collect()))
}
