use std::{fmt, time::Duration};

use async_trait::async_trait;
use records::Tx;

use crate::{Job, QueueError};

/// A job in hand. Let go of it by [`ack`](Self::ack), [`retry`](Self::retry),
/// [`hand_back`](Self::hand_back) or [`bury`](Self::bury); dropped without a word (a panic, a
/// cancelled task) it is delivered again.
///
/// Reasons are shown to people and must hold no patient's data.
pub struct Delivery {
    /// What to do.
    pub job: Job,
    /// Which attempt this is, from 1.
    pub attempt: u32,
    limit: u32,
    grip: Option<Box<dyn Grip>>,
}

/// A transport's hold on a delivered job.
#[async_trait]
pub(crate) trait Grip: Send + Sync {
    async fn done_in(&mut self, tx: &mut Tx) -> Result<(), QueueError>;
    async fn ack(self: Box<Self>) -> Result<(), QueueError>;
    async fn retry(self: Box<Self>, delay: Duration, reason: &str) -> Result<(), QueueError>;
    async fn hand_back(self: Box<Self>) -> Result<(), QueueError>;
    async fn bury(self: Box<Self>, reason: &str) -> Result<(), QueueError>;
    /// Lets go without waiting; called from `drop`.
    fn let_go(self: Box<Self>);
}

impl Delivery {
    pub(crate) fn new(job: Job, attempt: u32, limit: u32, grip: Box<dyn Grip>) -> Self {
        Self { job, attempt, limit, grip: Some(grip) }
    }

    /// Whether no attempt comes after this one.
    pub const fn is_last_attempt(&self) -> bool {
        self.attempt >= self.limit
    }

    /// Says in the transaction that writes the job's effect that the job is done. Commit it, then
    /// call [`ack`](Self::ack). With the embedded queue effect and acknowledgement are one then;
    /// with RabbitMQ this does nothing. An error means that the job is somebody else's by now:
    /// roll back.
    pub async fn done_in(&mut self, tx: &mut Tx) -> Result<(), QueueError> {
        match &mut self.grip {
            Some(grip) => grip.done_in(tx).await,
            None => Ok(()),
        }
    }

    /// The work is done and written. Call it after the commit, never before.
    pub async fn ack(mut self) -> Result<(), QueueError> {
        self.take_grip().ack().await
    }

    /// This attempt failed; another may succeed after `delay`, and other jobs do not wait for it.
    /// The last attempt buries the job. RabbitMQ rounds the delay up to the next of 1 s, 5 s,
    /// 30 s, 2 min, 10 min, 1 h, which is the longest.
    pub async fn retry(mut self, delay: Duration, reason: &str) -> Result<(), QueueError> {
        let grip = self.take_grip();
        if self.is_last_attempt() {
            grip.bury(reason).await
        } else {
            grip.retry(delay, reason).await
        }
    }

    /// Nothing was tried, as at a shutdown: somebody else should have it at once, and it does not
    /// count as an attempt.
    pub async fn hand_back(mut self) -> Result<(), QueueError> {
        self.take_grip().hand_back().await
    }

    /// No attempt will succeed: the job goes to the dead letters with `reason`, and its page
    /// becomes unreadable.
    pub async fn bury(mut self, reason: &str) -> Result<(), QueueError> {
        self.take_grip().bury(reason).await
    }

    fn take_grip(&mut self) -> Box<dyn Grip> {
        self.grip.take().expect("only methods that consume the delivery take it")
    }
}

impl Drop for Delivery {
    fn drop(&mut self) {
        if let Some(grip) = self.grip.take() {
            grip.let_go();
        }
    }
}

impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery")
            .field("job", &self.job)
            .field("attempt", &self.attempt)
            .finish_non_exhaustive()
    }
}
