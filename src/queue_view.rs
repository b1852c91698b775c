//! What administrators see of the queue, over whichever transport is in use.

use std::sync::Arc;

use async_trait::async_trait;
use chart::PageId;
use queue::Queue;
use records::audit::Author;
use review_ui::{DeadJob, QueueAway, QueueDepth, QueueView};

use crate::{clock, dead_letters};

pub struct View {
    pub queue: Arc<dyn Queue>,
}

#[async_trait]
impl QueueView for View {
    async fn depth(&self) -> Result<QueueDepth, QueueAway> {
        let depth = self.queue.depth().await.map_err(away)?;
        Ok(QueueDepth {
            waiting: depth.waiting,
            in_work: depth.in_hand.unwrap_or_default(),
            dead: depth.dead,
        })
    }

    async fn dead(&self) -> Result<Vec<DeadJob>, QueueAway> {
        let letters = dead_letters::list(self.queue.as_ref()).await.map_err(away)?;
        let mut dead: Vec<DeadJob> = letters
            .into_iter()
            .filter_map(|letter| {
                Some(DeadJob {
                    page: letter.job?.page,
                    reason: letter.reason,
                    attempts: letter.attempts,
                    since: letter.buried_at.unwrap_or_else(clock::now),
                })
            })
            .collect();
        dead.sort_by_key(|job| std::cmp::Reverse(job.since));
        Ok(dead)
    }

    async fn retry_dead(&self, page: Option<PageId>) -> Result<u64, QueueAway> {
        dead_letters::retry(self.queue.as_ref(), page, Author::Program).await.map_err(away)
    }
}

fn away(error: impl std::fmt::Display) -> QueueAway {
    QueueAway(error.to_string())
}
