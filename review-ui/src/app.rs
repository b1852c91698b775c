//! What the pages are given by the binary, and what they keep between requests.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use chart::{PageId, Timestamp};
use ingest::{Gate, Inspector, Limits, Originals};
use lexicon::Lexicon;
use records::Db;
use tokio::sync::Semaphore;

use crate::{picture::Pictures, throttle::Throttle, used::Used};

/// Where "now" comes from.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The text of `/metrics`, made when it is asked for.
pub type Metrics = Arc<dyn Fn() -> String + Send + Sync>;

/// All that the pages need.
#[derive(Clone)]
pub struct App {
    /// The clinic's database.
    pub db: Db,
    /// The store of originals.
    pub originals: Originals,
    /// How much one file may ask for.
    pub limits: Limits,
    /// Who looks into a file first.
    pub inspector: Inspector,
    /// The queue, as far as administrators see it.
    pub queue: Arc<dyn QueueView>,
    /// Names and codes, for suggestions and for what is typed.
    pub lexicon: Arc<Lexicon>,
    /// The present moment.
    pub clock: Clock,
    /// The clinic's time zone, for moments shown to people.
    pub zone: jiff::tz::TimeZone,
    /// Small choices.
    pub settings: Settings,
}

impl App {
    /// What an uploaded file passes.
    pub(crate) fn gate(&self) -> Gate {
        Gate {
            db: self.db.clone(),
            originals: self.originals.clone(),
            limits: self.limits,
            inspector: self.inspector.clone(),
        }
    }
}

/// Small choices of the configuration.
#[derive(Clone)]
pub struct Settings {
    /// Whether the pages are reached by HTTPS; the session's cookie is `Secure` then.
    pub https: bool,
    /// How long a session outlives its last use.
    pub idle_timeout: Duration,
    /// The largest upload in one request, in bytes.
    pub upload_limit: usize,
    /// What `/metrics` answers; without it the address does not exist.
    pub metrics: Option<Metrics>,
}

impl Default for Settings {
    /// Plain HTTP on the same machine; half an hour, so that a physician called away finds the
    /// page closed and what was typed kept; uploads of 2 GiB, a scanner's busy day.
    fn default() -> Self {
        Self {
            https: false,
            idle_timeout: Duration::from_mins(30),
            upload_limit: 2 << 30,
            metrics: None,
        }
    }
}

/// What administrators see of the queue. The binary implements it over the transport in use.
#[async_trait]
pub trait QueueView: Send + Sync {
    /// How many jobs wait, are in work, and have stopped.
    async fn depth(&self) -> Result<QueueDepth, QueueAway>;
    /// The jobs that stopped, newest first.
    async fn dead(&self) -> Result<Vec<DeadJob>, QueueAway>;
    /// Sends stopped jobs back: the one of that page, or all. Says how many.
    async fn retry_dead(&self, page: Option<PageId>) -> Result<u64, QueueAway>;
}

/// How much there is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct QueueDepth {
    /// Jobs that no worker has taken.
    pub waiting: u64,
    /// Jobs that a worker holds.
    pub in_work: u64,
    /// Jobs that were given up.
    pub dead: u64,
}

/// A job that was given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadJob {
    /// The page it would have read.
    pub page: PageId,
    /// Why it was given up, as the worker said.
    pub reason: String,
    /// How often it was tried.
    pub attempts: u32,
    /// When it was given up.
    pub since: Timestamp,
}

/// The queue cannot be reached at present.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the queue cannot be reached: {0}")]
pub struct QueueAway(pub String);

/// The app with what lives between requests.
pub(crate) struct Shared {
    pub(crate) app: App,
    pub(crate) throttle: Throttle,
    pub(crate) pictures: Pictures,
    /// What each clinic names most.
    pub(crate) used: Used,
    /// Password hashes in work. Each takes a core and tens of megabytes for a moment.
    pub(crate) hashing: Semaphore,
}

/// The state of every handler.
pub(crate) type Here = Arc<Shared>;

/// Two cores at most go to passwords, so that reviewing stays quick while many sign in.
const HASHES_AT_ONCE: usize = 2;

impl Shared {
    pub(crate) fn new(app: App) -> Here {
        Arc::new(Self {
            app,
            throttle: Throttle::default(),
            pictures: Pictures::default(),
            used: Used::default(),
            hashing: Semaphore::new(HASHES_AT_ONCE),
        })
    }

    /// The present moment.
    pub(crate) fn now(&self) -> Timestamp {
        (self.app.clock)()
    }

    /// A moment on the clinic's clock.
    pub(crate) fn local(&self, moment: Timestamp) -> String {
        moment.to_local(&self.app.zone)
    }
}
