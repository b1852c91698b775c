use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use chart::{JobId, Timestamp};

use crate::{Delivery, Job, QueueError, rabbit::Rabbit};

/// Tells the present moment; handed in, because only the binary reads the clock.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// What both transports promise.
///
/// * A job that [`publish`](Self::publish) confirmed is delivered until it is acknowledged or
///   buried, whatever dies.
/// * While nothing dies, it is delivered to one worker only.
/// * A job that somebody waits for goes before every other that waits, a campaign's after them.
#[async_trait]
pub trait Queue: Send + Sync {
    /// Hands over `jobs`; returns when all of them are safe. Fails within seconds if the
    /// transport is away; then publish all of them again later: some may have arrived, and
    /// arriving twice does no harm.
    async fn publish(&self, jobs: &[Job]) -> Result<(), QueueError>;

    /// Waits for the next job, however long that takes and however often the transport goes away
    /// meanwhile. Any number of tasks may wait at once; a call may be cancelled at any time.
    async fn next(&self) -> Result<Delivery, QueueError>;

    /// How much there is to do.
    async fn depth(&self) -> Result<Depth, QueueError>;

    /// How many more jobs should be published now, not counting those that somebody waits for. A
    /// relay that keeps to it, and takes them from its outbox tenant by tenant, shares the workers
    /// fairly: a clinic's ten pages wait behind at most [`Options::window`] others, not behind a
    /// million.
    async fn room(&self) -> Result<u64, QueueError>;

    /// The oldest dead letters, at most `limit`.
    async fn dead(&self, limit: usize) -> Result<Vec<DeadLetter>, QueueError>;

    /// Sends dead letters back to the workers, their attempts counted from the start. Returns how
    /// many. A letter that is no job stays.
    async fn retry_dead(&self, which: &Dead) -> Result<u64, QueueError>;

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

impl Dead {
    pub(crate) fn includes(&self, job: Option<&Job>) -> bool {
        match self {
            Self::All => true,
            Self::Of(jobs) => job.is_some_and(|job| jobs.contains(&job.id)),
        }
    }
}

/// How much there is to do, of all kinds together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Depth {
    /// Jobs that wait for a worker and somebody waits for.
    pub awaited: u64,
    /// Jobs of the day that wait for a worker.
    pub normal: u64,
    /// Jobs of campaigns that wait for a worker.
    pub bulk: u64,
    /// Jobs that wait for the delay of their retry to pass.
    pub delayed: u64,
    /// Jobs in the hands of workers; `None` where the transport does not tell (RabbitMQ).
    pub in_hand: Option<u64>,
    /// Dead letters.
    pub dead: u64,
}

impl Depth {
    /// All that a worker will get some day.
    pub const fn to_do(&self) -> u64 {
        self.awaited + self.normal + self.bulk + self.delayed
    }
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

/// How the queue is to work. All processes of an installation should use the same.
#[derive(Clone)]
pub struct Options {
    /// Prefix of every name in the broker, so that installations can share one.
    pub namespace: String,
    /// How many jobs of a priority a worker process holds at once: its threads.
    pub prefetch: u16,
    /// Attempts before a job is given up, 1 to 20.
    pub delivery_limit: u32,
    /// Embedded queue: how long a job stays with a worker that gives no sign of life. While a
    /// delivery is in hand its lease is extended by itself.
    pub lease: Duration,
    /// RabbitMQ: how many jobs may wait in the broker; see [`Queue::room`].
    pub window: u64,
    /// RabbitMQ over TLS: certificates to trust besides the system's, as PEM.
    pub trusted_certificates: Option<String>,
    /// The present moment.
    pub clock: Clock,
}

impl Options {
    /// The usual: one thread, five attempts, a lease of a minute.
    pub fn new(clock: Clock) -> Self {
        Self {
            namespace: "kamikarte".into(),
            prefetch: 1,
            delivery_limit: 5,
            lease: Duration::from_mins(1),
            window: 1_000,
            trusted_certificates: None,
            clock,
        }
    }

    fn check(&self) -> Result<(), QueueError> {
        let problem = if !(1..=20).contains(&self.delivery_limit) {
            "the delivery limit must be 1 to 20"
        } else if self.prefetch == 0 {
            "a worker must hold at least one job at once"
        } else if self.lease < Duration::from_secs(1) {
            "the lease must be at least a second"
        } else if self.namespace.is_empty() || self.namespace.len() > 60 {
            "the namespace of the queue must have 1 to 60 characters"
        } else {
            return Ok(());
        };
        Err(QueueError::Options(problem.into()))
    }
}

/// The queue at `address`. RabbitMQ need not be there yet.
pub fn open(address: &str, options: Options) -> Result<Arc<dyn Queue>, QueueError> {
    options.check()?;
    Ok(Arc::new(Rabbit::open(address, options)?))
}
