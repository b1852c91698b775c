//! Pages whose attempts are used up, and sending them to the workers again.

use anyhow::{Context, Result};
use chart::{PageId, Stage};
use queue::{Dead, DeadLetter, Queue};
use records::{Db, audit::Author, pages};

use crate::clock;

/// More than anybody looks through at once.
const SHOWN: usize = 1000;

/// The oldest dead letters.
pub async fn list(queue: &dyn Queue) -> Result<Vec<DeadLetter>> {
    queue.dead(SHOWN).await.context("asking the queue")
}

/// Sends pages to the workers again, all or the one named; the number of pages. Each
/// gets a new job through the outbox; a letter whose page was typed in meanwhile is forgotten.
pub async fn retry(
    db: &Db,
    queue: &dyn Queue,
    only: Option<PageId>,
    by: Author,
) -> Result<u64> {
    let mut n_sent = 0;
    for letter in list(queue).await? {
        let Some(dead) = letter.job.filter(|dead| only.is_none_or(|page| page == dead.page)) else {
            continue;
        };
        let mut tx = db.begin().await?;
        if let Some(page) = pages::find(&mut tx, dead.tenant, dead.page).await?
            && page.state.stage() == Stage::Unreadable
        {
            pages::retry(&mut tx, dead.tenant, dead.page, page.version, by, clock::now()).await?;
            n_sent += 1;
        }
        tx.commit().await?;
        queue.forget_dead(&Dead::Of(vec![dead.id])).await.context("telling the queue")?;
    }
    Ok(n_sent)
}
