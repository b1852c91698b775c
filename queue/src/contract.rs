use async_trait::async_trait;
use chart::{JobId, Timestamp};
use records::audit::Author;

use crate::{Delivery, Job, QueueError};

/// What both transports promise.
///
/// * A job that [`publish`](Self::publish) confirmed is delivered until it is acknowledged or
///   buried, whatever dies.
/// * While nothing dies, it is delivered to one worker only.
/// * A job that somebody waits for goes before every other that waits, a campaign's after them
///   (embedded: among the jobs of its clinic; the clinics take turns).
/// * A job of which as many attempts failed as are allowed is buried, and its page becomes
///   unreadable; so is one that twenty workers in a row did not survive. Fewer deaths cost nothing.
#[async_trait]
pub trait Queue: Send + Sync {
    /// Hands over `jobs`; returns when all of them are safe. Fails within seconds if the
    /// transport is away; then publish all of them again later: some may have arrived, and
    /// arriving twice does no harm.
    async fn publish(&self, jobs: &[Job]) -> Result<(), QueueError>;

    /// Waits for the next job, however long that takes and however often the transport goes away
    /// meanwhile. Any number of tasks may wait at once; a call may be cancelled at any time.
    async fn next(&self) -> Result<Delivery, QueueError>;

    /// Whether it would take a job at this moment. A broker that is short of memory or disk takes
    /// none and answers all the same.
    async fn takes_jobs(&self) -> Result<(), QueueError> {
        Ok(())
    }

    /// How much there is to do.
    async fn depth(&self) -> Result<Depth, QueueError>;

    /// How many more jobs should be published now, besides those that somebody waits for: these are
    /// few, and go ahead of all others however full the transport is. A
    /// relay that keeps to it, and takes them from its outbox tenant by tenant, shares the workers
    /// fairly: a clinic's ten pages wait behind at most [`crate::Options::window`] others, not
    /// behind a million. The embedded queue is fair by itself and has room for all.
    async fn room(&self) -> Result<u64, QueueError>;

    /// No further job is wanted, though some are still in hand: what the transport had sent ahead
    /// goes to others at once and costs no attempt.
    async fn stop_taking(&self) {}

    /// Says good-bye to the transport, after the last delivery was let go of: what was said to it
    /// is sent before the process ends. Afterwards nothing is delivered any more.
    async fn close(&self) {}

    /// Dead letters, at most `limit`.
    async fn dead(&self, limit: usize) -> Result<Vec<DeadLetter>, QueueError>;

    /// Sends dead letters back to the workers with all their attempts before them, and their
    /// unreadable pages with them. Returns how many. Letters of pages that somebody typed in
    /// meanwhile, or that are gone, are forgotten; a message that is no job stays.
    async fn retry_dead(&self, which: &Dead, by: Author) -> Result<u64, QueueError>;

    /// Takes dead letters away for good, as after their pages were typed in by hand. Returns how
    /// many.
    async fn forget_dead(&self, which: &Dead) -> Result<u64, QueueError>;
}

/// Which dead letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dead {
    /// All.
    All,
    /// Those of these jobs.
    Of(Vec<JobId>),
}

/// How much there is to do, of all kinds, clinics and priorities together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Depth {
    /// Jobs that wait for a worker.
    pub waiting: u64,
    /// Jobs that wait for the delay of their retry to pass.
    pub delayed: u64,
    /// Jobs in the hands of workers; `None` where the transport does not tell (RabbitMQ).
    pub in_hand: Option<u64>,
    /// Dead letters.
    pub dead: u64,
}

/// A job that will not be delivered again by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// The job; `None` if the message could not be understood.
    pub job: Option<Job>,
    /// Why it was given up.
    pub reason: String,
    /// How many attempts were made.
    pub attempts: u32,
    /// Since when; `None` if the broker itself gave it up.
    pub buried_at: Option<Timestamp>,
}
