//! A private queue for each test, with a clinic whose pages are to be read.

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, SystemTime},
};

use chart::Timestamp;
use queue::{Delivery, Job, Options, Priority, Queue};
use records::{Db, outbox, pages};
use test_support::{PostgresServer, rabbit::Broker};

use crate::clinic::Clinic;

/// Longest wait for something that should happen at once, on a machine that builds meanwhile.
pub const SOON: Duration = Duration::from_secs(30);

/// Where queues are opened that see each other's jobs.
pub struct Place {
    address: String,
    namespace: String,
    pub records: Db,
    pub clinic: Clinic,
    _folder: tempfile::TempDir,
}

impl Place {
    /// In rows of the place's own SQLite database.
    pub async fn in_sqlite() -> Self {
        Self::new("embedded".into()).await
    }

    /// In rows of a PostgreSQL database of the place's own.
    pub async fn in_postgres() -> Self {
        let database = || PostgresServer::shared().fresh_database();
        let database = tokio::task::spawn_blocking(database).await.unwrap();
        Self::with_records("embedded".into(), &database, tempfile::tempdir().unwrap()).await
    }

    /// In the broker that the tests of this binary share.
    pub async fn in_rabbit() -> Self {
        static BROKER: OnceLock<Broker> = OnceLock::new();
        let start = || BROKER.get_or_init(Broker::start).url();
        Self::new(tokio::task::spawn_blocking(start).await.unwrap()).await
    }

    /// In a broker of the test's own, or in none.
    pub async fn new(address: String) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = format!("sqlite:{}", folder.path().join("records.db").display());
        Self::with_records(address, &database, folder).await
    }

    async fn with_records(address: String, database: &str, folder: tempfile::TempDir) -> Self {
        static PLACES: AtomicU32 = AtomicU32::new(0);
        let namespace = format!("test-{}", PLACES.fetch_add(1, Ordering::Relaxed));
        let records = Db::connect(database).await.unwrap();
        records.migrate().await.unwrap();
        let clinic = Clinic::found(&records, "見本医院", now()).await;
        Self { address, namespace, records, clinic, _folder: folder }
    }

    /// Where the transport is.
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
        queue::open(&self.address, &self.records, options).unwrap()
    }

    /// `n` pages taken in; their jobs, taken from the outbox.
    pub async fn jobs(&self, n: u32, priority: Priority) -> Vec<Job> {
        self.clinic.take_in(&self.records, n as usize, priority, now()).await;
        self.relayed(n).await
    }

    pub async fn job(&self) -> Job {
        self.jobs(1, Priority::Normal).await.remove(0)
    }

    /// What stands in the outbox, marked as published.
    pub async fn relayed(&self, at_most: u32) -> Vec<Job> {
        let mut tx = self.records.begin().await.unwrap();
        let jobs = outbox::claim(&mut tx, Priority::Bulk, at_most, Duration::from_mins(1), now())
            .await
            .unwrap();
        let ids: Vec<_> = jobs.iter().map(|job| job.id).collect();
        outbox::mark_published(&mut tx, &ids, now()).await.unwrap();
        tx.commit().await.unwrap();
        jobs
    }

    /// Where the page of a job is.
    pub async fn stage(&self, job: &Job) -> chart::Stage {
        let mut tx = self.records.read().await.unwrap();
        pages::find(&mut tx, job.tenant, job.page).await.unwrap().unwrap().state.stage()
    }
}

#[expect(clippy::disallowed_methods, reason = "a test is its own binary")]
pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap())
}

/// The next delivery; fails the test if none comes.
pub async fn next(queue: &Arc<dyn Queue>) -> Delivery {
    tokio::time::timeout(SOON, queue.next()).await.expect("a delivery comes").unwrap()
}

/// Whether nothing is delivered for a moment.
pub async fn is_quiet(queue: &Arc<dyn Queue>) -> bool {
    tokio::time::timeout(Duration::from_millis(1_500), queue.next()).await.is_err()
}

/// Waits until `done` holds.
pub async fn eventually<F: Future<Output = bool>>(what: &str, mut done: impl FnMut() -> F) {
    let begun = tokio::time::Instant::now();
    while !done().await {
        assert!(begun.elapsed() < SOON, "waited in vain until {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
