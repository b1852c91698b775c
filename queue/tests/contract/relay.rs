//! From the outbox to a transport that fails when it is told to.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use chart::{JobId, Stage, Timestamp};
use queue::{Clock, Dead, DeadLetter, Delivery, Depth, Job, Priority, Queue, QueueError, relay};
use records::{audit::Author, outbox, pages};

use crate::{clinic::Clinic, places::Place};

/// More than one batch of a relay.
const MANY: usize = 1_300;

/// Keeps what is published.
#[derive(Default)]
struct Transport {
    published: Mutex<Vec<Job>>,
    calls: AtomicUsize,
    /// Number of the call that fails, from 1.
    fails_at: AtomicUsize,
    /// Takes what it is given and never says so.
    is_silent: AtomicBool,
    /// How much there is room for.
    room: Option<u64>,
}

impl Transport {
    fn published(&self) -> Vec<Job> {
        self.published.lock().unwrap().clone()
    }

    /// How often each job was published.
    fn times(&self) -> HashMap<JobId, usize> {
        let mut times = HashMap::new();
        for job in self.published() {
            *times.entry(job.id).or_default() += 1;
        }
        times
    }
}

#[async_trait]
impl Queue for Transport {
    async fn publish(&self, jobs: &[Job]) -> Result<(), QueueError> {
        let call = self.calls.fetch_add(1, Ordering::SeqCst) + 1;
        tokio::time::sleep(Duration::from_millis(20)).await;
        if call == self.fails_at.load(Ordering::SeqCst) {
            return Err(QueueError::Away("told to be".into()));
        }
        self.published.lock().unwrap().extend(jobs);
        if self.is_silent.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        Ok(())
    }

    async fn room(&self) -> Result<u64, QueueError> {
        Ok(self.room.unwrap_or(u64::MAX))
    }

    async fn next(&self) -> Result<Delivery, QueueError> {
        std::future::pending().await
    }

    async fn depth(&self) -> Result<Depth, QueueError> {
        Ok(Depth::default())
    }

    async fn dead(&self, _: usize) -> Result<Vec<DeadLetter>, QueueError> {
        Ok(Vec::new())
    }

    async fn retry_dead(&self, _: &Dead, _: Author) -> Result<u64, QueueError> {
        Ok(0)
    }

    async fn forget_dead(&self, _: &Dead) -> Result<u64, QueueError> {
        Ok(0)
    }
}

/// A clock that stands until it is set.
#[derive(Clone, Default)]
struct Hands(Arc<AtomicI64>);

impl Hands {
    fn clock(&self) -> Clock {
        let hands = Arc::clone(&self.0);
        Arc::new(move || Timestamp::from_millis(hands.load(Ordering::SeqCst)))
    }

    fn forward(&self, by: Duration) {
        self.0.fetch_add(i64::try_from(by.as_millis()).unwrap(), Ordering::SeqCst);
    }
}

/// Calls it until nothing is left.
async fn relay_all(place: &Place, transport: &Transport, clock: &Clock) {
    while relay(&place.records, transport, clock).await.unwrap() > 0 {}
}

/// What neither waits in the outbox nor is marked as waiting for a worker.
async fn is_left(place: &Place) -> (u64, u64) {
    let mut tx = place.records.read().await.unwrap();
    let (unpublished, _) = outbox::backlog(&mut tx, None).await.unwrap();
    let counts = pages::counts_by_stage(&mut tx, None).await.unwrap();
    let received = counts.iter().find(|count| count.stage == Stage::Received);
    (unpublished, received.map_or(0, |count| count.pages))
}

macro_rules! on_both {
    ($($name:ident)*) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $name() {
                super::$name(&super::Place::in_sqlite().await).await;
            })*
        }
        mod postgres {
            $(#[tokio::test]
            async fn $name() {
                super::$name(&super::Place::in_postgres().await).await;
            })*
        }
    };
}

on_both! {
    relays_side_by_side_publish_all_jobs_and_each_once
    what_a_transport_did_not_take_is_published_at_once_by_the_next
    what_a_relay_had_in_hand_when_it_died_is_published_by_another_in_a_while
    no_more_is_published_than_there_is_room_for_but_what_somebody_waits_for
    clinics_share_what_is_published
}

async fn relays_side_by_side_publish_all_jobs_and_each_once(place: &Place) {
    let (transport, clock) = (Transport::default(), Hands::default().clock());
    place.clinic.take_in(&place.records, MANY, Priority::Bulk, clock()).await;
    tokio::join!(
        relay_all(place, &transport, &clock),
        relay_all(place, &transport, &clock),
        relay_all(place, &transport, &clock),
    );
    // One of them may have looked while another still had all there was.
    relay_all(place, &transport, &clock).await;
    let times = transport.times();
    assert_eq!(times.len(), MANY);
    assert!(times.values().all(|&times| times == 1));
    assert_eq!(is_left(place).await, (0, 0));
}

async fn what_a_transport_did_not_take_is_published_at_once_by_the_next(place: &Place) {
    let (transport, clock) = (Transport::default(), Hands::default().clock());
    place.clinic.take_in(&place.records, MANY, Priority::Bulk, clock()).await;
    transport.fails_at.store(2, Ordering::SeqCst);
    let moved = relay(&place.records, &transport, &clock).await.unwrap();
    assert!(moved > 0 && moved < MANY as u64, "{moved}");
    assert_eq!(is_left(place).await, (MANY as u64 - moved, MANY as u64 - moved));
    transport.fails_at.store(3, Ordering::SeqCst);
    assert!(relay(&place.records, &transport, &clock).await.is_err());
    // The clock stands: nothing had to run out first.
    relay_all(place, &transport, &clock).await;
    let times = transport.times();
    assert_eq!(times.len(), MANY);
    assert!(times.values().all(|&times| times == 1));
    assert_eq!(is_left(place).await, (0, 0));
}

async fn what_a_relay_had_in_hand_when_it_died_is_published_by_another_in_a_while(place: &Place) {
    let (transport, hands) = (Transport::default(), Hands::default());
    let clock = hands.clock();
    place.clinic.take_in(&place.records, MANY, Priority::Bulk, clock()).await;
    transport.is_silent.store(true, Ordering::SeqCst);
    let dying = relay(&place.records, &transport, &clock);
    assert!(tokio::time::timeout(Duration::from_secs(1), dying).await.is_err());
    let in_hand: HashSet<_> = transport.published().iter().map(|job| job.id).collect();
    assert!(!in_hand.is_empty());
    transport.is_silent.store(false, Ordering::SeqCst);
    relay_all(place, &transport, &clock).await;
    assert!(is_left(place).await.0 >= in_hand.len() as u64);
    hands.forward(Duration::from_secs(11));
    relay_all(place, &transport, &clock).await;
    let times = transport.times();
    assert_eq!(times.len(), MANY);
    for (job, times) in times {
        assert_eq!(times, if in_hand.contains(&job) { 2 } else { 1 });
    }
    assert_eq!(is_left(place).await, (0, 0));
}

async fn no_more_is_published_than_there_is_room_for_but_what_somebody_waits_for(place: &Place) {
    let clock = Hands::default().clock();
    let few = Transport { room: Some(700), ..Transport::default() };
    place.clinic.take_in(&place.records, MANY, Priority::Bulk, clock()).await;
    assert_eq!(relay(&place.records, &few, &clock).await.unwrap(), 700);
    let none = Transport { room: Some(0), ..Transport::default() };
    assert_eq!(relay(&place.records, &none, &clock).await.unwrap(), 0);
    place.clinic.take_in(&place.records, 3, Priority::Awaited, clock()).await;
    assert_eq!(relay(&place.records, &none, &clock).await.unwrap(), 3);
    assert!(none.published().iter().all(|job| job.priority == Priority::Awaited));
}

async fn clinics_share_what_is_published(place: &Place) {
    let clock = Hands::default().clock();
    let other = Clinic::found(&place.records, "小診療所", clock()).await;
    place.clinic.take_in(&place.records, MANY, Priority::Bulk, clock()).await;
    other.take_in(&place.records, 200, Priority::Bulk, clock()).await;
    let transport = Transport { room: Some(500), ..Transport::default() };
    assert_eq!(relay(&place.records, &transport, &clock).await.unwrap(), 500);
    let of_other = transport.published().iter().filter(|job| job.tenant == other.tenant).count();
    assert_eq!(of_other, 200);
}
