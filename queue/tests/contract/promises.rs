use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex},
    time::Duration,
};

use chart::Stage;
use queue::{Dead, Priority};
use records::audit::Author;
use tokio::time::Instant;

use crate::places::{Place, eventually, is_quiet, next};

/// One test a transport and promise.
macro_rules! promises {
    (in $module:ident, $place:ident: $($name:ident)*) => {
        mod $module {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    super::$name(&crate::places::Place::$place().await).await;
                }
            )*
        }
    };
    ($($name:ident)*) => {
        promises!(in embedded_in_sqlite, in_sqlite: $($name)*);
        promises!(in embedded_in_postgres, in_postgres: $($name)*);
        promises!(in rabbit, in_rabbit: $($name)*);
    };
}

promises! {
    a_job_is_delivered_and_gone_once_it_is_acknowledged
    a_waiting_worker_gets_what_is_published_later
    a_wait_that_is_cancelled_loses_nothing
    a_job_dropped_without_a_word_comes_again
    a_job_in_hand_longer_than_its_lease_stays_in_hand
    a_job_whose_last_attempt_fails_is_buried_with_the_reason_and_its_page_unreadable
    a_job_that_kills_its_workers_is_buried_and_its_page_unreadable
    what_is_done_in_the_workers_own_transaction_does_not_come_again
    what_is_rolled_back_comes_again
    a_retry_waits_without_making_others_wait
    a_job_handed_back_has_not_been_attempted
    a_job_that_somebody_waits_for_goes_first
    dead_letters_can_be_sent_back_or_forgotten
    depth_tells_what_waits
    many_workers_share_the_jobs_and_none_is_done_twice
    a_worker_that_ends_leaves_its_jobs_to_others
}

async fn a_job_is_delivered_and_gone_once_it_is_acknowledged(place: &Place) {
    let queue = place.open();
    let published = place.job().await;
    queue.publish(&[published]).await.unwrap();
    let delivery = next(&queue).await;
    assert_eq!(delivery.job, published);
    assert_eq!(delivery.attempt, 1);
    assert!(!delivery.is_last_attempt());
    delivery.ack().await.unwrap();
    drop(queue);
    assert!(is_quiet(&place.open()).await);
}

async fn a_waiting_worker_gets_what_is_published_later(place: &Place) {
    let worker = place.open();
    let waiting = tokio::spawn(async move { next(&worker).await.ack().await });
    tokio::time::sleep(Duration::from_millis(300)).await;
    place.open().publish(&[place.job().await]).await.unwrap();
    waiting.await.unwrap().unwrap();
}

async fn a_wait_that_is_cancelled_loses_nothing(place: &Place) {
    let queue = place.open();
    let published = place.jobs(20, Priority::Normal).await;
    let relay = place.open();
    let publishing = tokio::spawn({
        let published = published.clone();
        async move {
            for job in published {
                relay.publish(&[job]).await.unwrap();
                tokio::time::sleep(Duration::from_millis(7)).await;
            }
        }
    });
    let mut seen = HashSet::new();
    let begun = Instant::now();
    while seen.len() < published.len() && begun.elapsed() < crate::places::SOON {
        if let Ok(delivery) = tokio::time::timeout(Duration::from_millis(15), queue.next()).await {
            let delivery = delivery.unwrap();
            seen.insert(delivery.job.id);
            delivery.ack().await.unwrap();
        }
    }
    publishing.await.unwrap();
    assert_eq!(seen.len(), published.len());
}

async fn a_job_dropped_without_a_word_comes_again(place: &Place) {
    let queue = place.open();
    queue.publish(&[place.job().await]).await.unwrap();
    let first = next(&queue).await;
    let id = first.job.id;
    drop(first);
    let second = next(&queue).await;
    assert_eq!((second.job.id, second.attempt), (id, 2));
    second.ack().await.unwrap();
    assert!(is_quiet(&queue).await);
}

async fn a_job_in_hand_longer_than_its_lease_stays_in_hand(place: &Place) {
    let (worker, other) = (place.open(), place.open());
    worker.publish(&[place.job().await]).await.unwrap();
    let delivery = next(&worker).await;
    // The lease of a place is two seconds.
    let waited = tokio::time::timeout(Duration::from_secs(5), other.next()).await;
    assert!(waited.is_err(), "delivered to another while in hand");
    delivery.ack().await.unwrap();
}

async fn a_job_whose_last_attempt_fails_is_buried_with_the_reason_and_its_page_unreadable(
    place: &Place,
) {
    let queue = place.open_with(|options| options.delivery_limit = 2);
    let published = place.job().await;
    queue.publish(&[published]).await.unwrap();
    let first = next(&queue).await;
    assert!(!first.is_last_attempt());
    first.retry(Duration::ZERO, "時間切れ").await.unwrap();
    assert_eq!(place.stage(&published).await, Stage::Queued);
    let last = next(&queue).await;
    assert!(last.is_last_attempt());
    let reason = "時間切れ: no answer in 120 s";
    last.retry(Duration::ZERO, reason).await.unwrap();
    let dead = queue.dead(10).await.unwrap();
    assert_eq!(dead.len(), 1);
    assert_eq!(dead[0].job, Some(published));
    assert_eq!((dead[0].reason.as_str(), dead[0].attempts), (reason, 2));
    assert!(dead[0].buried_at.is_some());
    assert_eq!(place.stage(&published).await, Stage::Unreadable);
    assert!(is_quiet(&queue).await);
}

async fn a_job_that_kills_its_workers_is_buried_and_its_page_unreadable(place: &Place) {
    let queue = place.open_with(|options| options.delivery_limit = 3);
    let deadly = place.job().await;
    queue.publish(&[deadly]).await.unwrap();
    for attempt in 1..=3 {
        let delivery = next(&queue).await;
        assert_eq!(delivery.attempt, attempt);
        drop(delivery);
    }
    assert!(is_quiet(&queue).await);
    let dead = queue.dead(10).await.unwrap();
    assert_eq!((dead.len(), dead[0].attempts), (1, 3));
    assert_eq!(dead[0].reason, "crashed: given up after 3 attempts that never ended");
    assert_eq!(place.stage(&deadly).await, Stage::Unreadable);
}

async fn what_is_done_in_the_workers_own_transaction_does_not_come_again(place: &Place) {
    let queue = place.open();
    queue.publish(&[place.job().await]).await.unwrap();
    let mut delivery = next(&queue).await;
    let mut tx = place.records.begin().await.unwrap();
    delivery.done_in(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    delivery.ack().await.unwrap();
    assert!(is_quiet(&queue).await);
}

async fn what_is_rolled_back_comes_again(place: &Place) {
    let queue = place.open();
    queue.publish(&[place.job().await]).await.unwrap();
    let mut delivery = next(&queue).await;
    let mut tx = place.records.begin().await.unwrap();
    delivery.done_in(&mut tx).await.unwrap();
    tx.rollback().await.unwrap();
    drop(delivery);
    let again = next(&queue).await;
    assert_eq!(again.attempt, 2);
    again.ack().await.unwrap();
}

async fn a_retry_waits_without_making_others_wait(place: &Place) {
    let queue = place.open();
    let slow = place.job().await;
    queue.publish(&[slow]).await.unwrap();
    let begun = Instant::now();
    next(&queue).await.retry(Duration::from_secs(1), "out of memory").await.unwrap();
    let others = place.jobs(5, Priority::Normal).await;
    queue.publish(&others).await.unwrap();
    for _ in 0..=others.len() {
        let delivery = next(&queue).await;
        if delivery.job.id == slow.id {
            assert_eq!(delivery.attempt, 2);
            assert!(begun.elapsed() >= Duration::from_secs(1), "{:?}", begun.elapsed());
        }
        delivery.ack().await.unwrap();
    }
    assert!(is_quiet(&queue).await);
}

async fn a_job_handed_back_has_not_been_attempted(place: &Place) {
    let queue = place.open();
    queue.publish(&[place.job().await]).await.unwrap();
    drop(next(&queue).await);
    for _ in 0..10 {
        let delivery = next(&queue).await;
        assert_eq!(delivery.attempt, 2);
        delivery.hand_back().await.unwrap();
    }
    next(&queue).await.ack().await.unwrap();
}

async fn a_job_that_somebody_waits_for_goes_first(place: &Place) {
    let queue = place.open();
    queue.publish(&place.jobs(30, Priority::Bulk).await).await.unwrap();
    queue.publish(&place.jobs(30, Priority::Normal).await).await.unwrap();
    let awaited = place.jobs(1, Priority::Awaited).await;
    queue.publish(&awaited).await.unwrap();
    let worker = place.open();
    let mut position = 0;
    loop {
        let delivery = next(&worker).await;
        let found = delivery.job == awaited[0];
        delivery.ack().await.unwrap();
        if found {
            break;
        }
        position += 1;
    }
    // The lanes of the broker arrive in their own time; a few others may be there first.
    assert!(position <= 5, "{position} other jobs went first");
}

async fn dead_letters_can_be_sent_back_or_forgotten(place: &Place) {
    let queue = place.open();
    let published = place.jobs(5, Priority::Normal).await;
    queue.publish(&published).await.unwrap();
    for _ in &published {
        next(&queue).await.bury("no picture").await.unwrap();
    }
    assert_eq!(queue.dead(10).await.unwrap().len(), 5);
    assert_eq!(queue.dead(3).await.unwrap().len(), 3);

    // Sent back, a page is taken in again: its new job goes through the outbox.
    let back = &published[0];
    let sent = queue.retry_dead(&Dead::Of(vec![back.id]), Author::Program).await.unwrap();
    assert_eq!(sent, 1);
    assert_eq!(place.stage(back).await, Stage::Received);
    queue.publish(&place.relayed(10).await).await.unwrap();
    let again = next(&queue).await;
    assert_eq!((again.job.page, again.attempt), (back.page, 1));
    again.ack().await.unwrap();

    assert_eq!(queue.forget_dead(&Dead::Of(vec![published[1].id])).await.unwrap(), 1);
    assert_eq!(place.stage(&published[1]).await, Stage::Unreadable);
    let left: HashSet<_> =
        queue.dead(10).await.unwrap().into_iter().filter_map(|letter| letter.job).collect();
    assert_eq!(left, published[2..].iter().copied().collect());

    assert_eq!(queue.retry_dead(&Dead::All, Author::Program).await.unwrap(), 3);
    assert!(queue.dead(10).await.unwrap().is_empty());
    assert_eq!(place.relayed(10).await.len(), 3);
}

async fn depth_tells_what_waits(place: &Place) {
    let queue = place.open();
    queue.publish(&place.jobs(3, Priority::Normal).await).await.unwrap();
    queue.publish(&place.jobs(1, Priority::Awaited).await).await.unwrap();
    eventually("four wait", async || {
        let depth = queue.depth().await.unwrap();
        (depth.waiting, depth.delayed, depth.dead) == (4, 0, 0)
    })
    .await;
    let worker = place.open();
    next(&worker).await.retry(Duration::from_mins(10), "later").await.unwrap();
    next(&worker).await.bury("never").await.unwrap();
    drop(worker);
    eventually("one is delayed and one is dead", async || {
        let depth = queue.depth().await.unwrap();
        (depth.waiting, depth.delayed, depth.dead) == (2, 1, 1)
    })
    .await;
}

async fn many_workers_share_the_jobs_and_none_is_done_twice(place: &Place) {
    let published = place.jobs(300, Priority::Normal).await;
    place.open().publish(&published).await.unwrap();
    let done: Arc<Mutex<HashMap<_, u32>>> = Arc::default();
    let mut workers = Vec::new();
    for _process in 0..3 {
        let queue = place.open_with(|options| options.prefetch = 3);
        for _thread in 0..3 {
            let (queue, done) = (Arc::clone(&queue), Arc::clone(&done));
            workers.push(tokio::spawn(async move {
                while let Ok(delivery) =
                    tokio::time::timeout(Duration::from_secs(4), queue.next()).await
                {
                    let delivery = delivery.unwrap();
                    tokio::time::sleep(Duration::from_millis(2)).await;
                    *done.lock().unwrap().entry(delivery.job.id).or_default() += 1;
                    delivery.ack().await.unwrap();
                }
            }));
        }
    }
    for worker in workers {
        worker.await.unwrap();
    }
    let done = done.lock().unwrap();
    assert_eq!(done.len(), published.len());
    assert!(done.values().all(|&times| times == 1));
}

async fn a_worker_that_ends_leaves_its_jobs_to_others(place: &Place) {
    let published = place.jobs(6, Priority::Normal).await;
    place.open().publish(&published).await.unwrap();
    let ending = place.open_with(|options| options.prefetch = 4);
    let in_hand = next(&ending).await;
    drop((ending, in_hand));
    let other = place.open();
    let mut seen = HashSet::new();
    while seen.len() < published.len() {
        let delivery = next(&other).await;
        seen.insert(delivery.job.id);
        delivery.ack().await.unwrap();
    }
}
