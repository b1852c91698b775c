//! A private queue for each test.

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, SystemTime},
};

use chart::{JobId, PageId, TenantId, Timestamp};
use queue::{Delivery, Job, JobKind, Options, Priority, Queue};
use test_support::rabbit::Broker;

/// Longest wait for something that should happen at once, on a machine that builds meanwhile.
pub const SOON: Duration = Duration::from_secs(30);

/// Where queues are opened that see each other's jobs.
pub struct Place {
    address: String,
    namespace: String,
}

impl Place {
    /// In the broker that the tests of this binary share.
    pub async fn in_rabbit() -> Self {
        static BROKER: OnceLock<Broker> = OnceLock::new();
        let start = || BROKER.get_or_init(Broker::start).url();
        Self::in_broker(tokio::task::spawn_blocking(start).await.unwrap())
    }

    /// In a broker of the test's own.
    pub fn in_broker(address: String) -> Self {
        static PLACES: AtomicU32 = AtomicU32::new(0);
        let namespace = format!("test-{}", PLACES.fetch_add(1, Ordering::Relaxed));
        Self { address, namespace }
    }

    pub fn address(&self) -> &str {
        &self.address
    }

    /// The names of this place in the broker begin so.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// As a process of its own would.
    pub fn open(&self) -> Arc<dyn Queue> {
        self.open_with(|_| {})
    }

    pub fn open_with(&self, set: impl FnOnce(&mut Options)) -> Arc<dyn Queue> {
        let mut options = Options::new(Arc::new(now));
        options.namespace.clone_from(&self.namespace);
        options.lease = Duration::from_secs(2);
        set(&mut options);
        queue::open(&self.address, options).unwrap()
    }
}

#[expect(clippy::disallowed_methods, reason = "a test is its own binary")]
pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap())
}

pub fn job() -> Job {
    Job {
        id: JobId::new(now()),
        kind: JobKind::ReadPage,
        tenant: TenantId::new(now()),
        page: PageId::new(now()),
        priority: Priority::Normal,
    }
}

pub fn jobs(n: usize) -> Vec<Job> {
    (0..n).map(|_| job()).collect()
}

/// The next delivery; fails the test if none comes.
pub async fn next(queue: &Arc<dyn Queue>) -> Delivery {
    tokio::time::timeout(SOON, queue.next()).await.expect("a delivery comes").unwrap()
}

/// Whether nothing is delivered for a moment.
pub async fn is_quiet(queue: &Arc<dyn Queue>) -> bool {
    tokio::time::timeout(Duration::from_millis(700), queue.next()).await.is_err()
}

/// Waits until `done` holds.
pub async fn eventually<F: Future<Output = bool>>(what: &str, mut done: impl FnMut() -> F) {
    let begun = tokio::time::Instant::now();
    while !done().await {
        assert!(begun.elapsed() < SOON, "waited in vain until {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
