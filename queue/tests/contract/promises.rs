use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex},
    time::Duration,
};

use queue::{Dead, Job, Priority};
use tokio::time::Instant;

use crate::places::{Place, eventually, is_quiet, job, jobs, next};

/// One test a transport and promise.
macro_rules! promises {
    ($($name:ident)*) => {
        mod rabbit {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    super::$name(&crate::places::Place::in_rabbit().await).await;
                }
            )*
        }
    };
}

promises! {
    a_job_is_delivered_and_gone_once_it_is_acknowledged
    a_waiting_worker_gets_what_is_published_later
    a_wait_that_is_cancelled_loses_nothing
    a_job_dropped_without_a_word_comes_again
    a_job_in_hand_longer_than_its_lease_stays_in_hand
    a_job_is_exhausted_after_its_limit_and_buried_with_the_reason
    a_job_that_nobody_gives_up_is_buried_all_the_same
    a_retry_waits_without_making_others_wait
    a_job_handed_back_has_not_been_attempted
    a_job_that_somebody_waits_for_goes_first
    dead_letters_can_be_sent_back_or_forgotten_one_by_one
    depth_tells_what_waits
    many_workers_share_the_jobs_and_none_is_done_twice
    a_worker_that_ends_leaves_its_jobs_to_others
}

async fn a_job_is_delivered_and_gone_once_it_is_acknowledged(place: &Place) {
    let queue = place.open();
    let published = job();
    queue.publish(std::slice::from_ref(&published)).await.unwrap();
    let delivery = next(&queue).await;
    assert_eq!(delivery.job, published);
    assert_eq!(delivery.attempt, 1);
    assert!(!delivery.is_exhausted() && !delivery.is_last_attempt());
    delivery.ack().await.unwrap();
    drop(queue);
    assert!(is_quiet(&place.open()).await);
}

async fn a_waiting_worker_gets_what_is_published_later(place: &Place) {
    let worker = place.open();
    let waiting = tokio::spawn(async move { next(&worker).await.ack().await });
    tokio::time::sleep(Duration::from_millis(300)).await;
    place.open().publish(&[job()]).await.unwrap();
    waiting.await.unwrap().unwrap();
}

async fn a_wait_that_is_cancelled_loses_nothing(place: &Place) {
    let queue = place.open();
    let published = jobs(20);
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
        if let Ok(delivery) = tokio::time::timeout(Duration::from_millis(5), queue.next()).await {
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
    queue.publish(&[job()]).await.unwrap();
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
    worker.publish(&[job()]).await.unwrap();
    let delivery = next(&worker).await;
    // The lease of a place is two seconds.
    let waited = tokio::time::timeout(Duration::from_secs(5), other.next()).await;
    assert!(waited.is_err(), "delivered to another while in hand");
    delivery.ack().await.unwrap();
}

async fn a_job_is_exhausted_after_its_limit_and_buried_with_the_reason(place: &Place) {
    let queue = place.open_with(|options| options.delivery_limit = 2);
    let published = job();
    queue.publish(std::slice::from_ref(&published)).await.unwrap();
    drop(next(&queue).await);
    let last = next(&queue).await;
    assert!(last.is_last_attempt() && !last.is_exhausted());
    drop(last);
    let exhausted = next(&queue).await;
    assert!(exhausted.is_exhausted());
    exhausted.bury("時間切れ: the reader gave no answer in 120 s").await.unwrap();
    let dead = queue.dead(10).await.unwrap();
    assert_eq!(dead.len(), 1);
    assert_eq!(dead[0].job.as_ref(), Some(&published));
    assert_eq!(dead[0].reason, "時間切れ: the reader gave no answer in 120 s");
    assert_eq!(dead[0].attempts, 3);
    assert!(dead[0].buried_at.is_some());
    assert!(is_quiet(&queue).await);
}

async fn a_job_that_nobody_gives_up_is_buried_all_the_same(place: &Place) {
    let queue = place.open_with(|options| options.delivery_limit = 1);
    queue.publish(&[job()]).await.unwrap();
    let mut deliveries = 0;
    while let Ok(delivery) = tokio::time::timeout(Duration::from_secs(3), queue.next()).await {
        deliveries += 1;
        assert!(deliveries < 20, "comes again for ever");
        drop(delivery);
    }
    assert!(deliveries > 1);
    let dead = queue.dead(10).await.unwrap();
    assert_eq!(dead.len(), 1);
    assert!(dead[0].reason.contains("without an end"), "{}", dead[0].reason);
}

async fn a_retry_waits_without_making_others_wait(place: &Place) {
    let queue = place.open();
    let slow = job();
    queue.publish(std::slice::from_ref(&slow)).await.unwrap();
    let begun = Instant::now();
    next(&queue).await.retry(Duration::from_secs(1), "out of memory").await.unwrap();
    let others = jobs(5);
    queue.publish(&others).await.unwrap();
    for _ in &others {
        let delivery = next(&queue).await;
        assert_ne!(delivery.job.id, slow.id);
        delivery.ack().await.unwrap();
    }
    let again = next(&queue).await;
    assert_eq!((again.job.id, again.attempt), (slow.id, 2));
    assert!(begun.elapsed() >= Duration::from_secs(1), "{:?}", begun.elapsed());
    again.retry(Duration::from_secs(1), "out of memory").await.unwrap();
    let third = next(&queue).await;
    assert_eq!((third.job.id, third.attempt), (slow.id, 3));
    third.ack().await.unwrap();
}

async fn a_job_handed_back_has_not_been_attempted(place: &Place) {
    let queue = place.open();
    queue.publish(&[job()]).await.unwrap();
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
    let bulk = |job| Job { priority: Priority::Bulk, ..job };
    queue.publish(&jobs(30)).await.unwrap();
    queue.publish(&jobs(30).into_iter().map(bulk).collect::<Vec<_>>()).await.unwrap();
    let urgent = Job { priority: Priority::Awaited, ..job() };
    queue.publish(std::slice::from_ref(&urgent)).await.unwrap();
    let worker = place.open();
    let mut position = 0;
    loop {
        let delivery = next(&worker).await;
        let found = delivery.job == urgent;
        delivery.ack().await.unwrap();
        if found {
            break;
        }
        position += 1;
    }
    // Both kinds arrive from the broker in their own time; a few others may be there first.
    assert!(position <= 5, "{position} other jobs went first");
}

async fn dead_letters_can_be_sent_back_or_forgotten_one_by_one(place: &Place) {
    let queue = place.open();
    let published = jobs(4);
    queue.publish(&published).await.unwrap();
    for _ in &published {
        next(&queue).await.bury("no picture").await.unwrap();
    }
    assert_eq!(queue.dead(10).await.unwrap().len(), 4);
    assert_eq!(queue.dead(3).await.unwrap().len(), 3);

    let [back, gone, ..] = &published[..] else { unreachable!() };
    assert_eq!(queue.retry_dead(&Dead::Of(vec![back.id])).await.unwrap(), 1);
    let again = next(&queue).await;
    assert_eq!((again.job.id, again.attempt), (back.id, 1));
    again.ack().await.unwrap();

    assert_eq!(queue.forget_dead(&Dead::Of(vec![gone.id])).await.unwrap(), 1);
    let left: HashSet<_> =
        queue.dead(10).await.unwrap().into_iter().filter_map(|letter| letter.job).collect();
    assert_eq!(left, published[2..].iter().copied().collect());

    assert_eq!(queue.retry_dead(&Dead::All).await.unwrap(), 2);
    assert!(queue.dead(10).await.unwrap().is_empty());
    for _ in 0..2 {
        next(&queue).await.ack().await.unwrap();
    }
    assert!(is_quiet(&queue).await);
}

async fn depth_tells_what_waits(place: &Place) {
    let queue = place.open_with(|options| options.window = 10);
    assert_eq!(queue.room().await.unwrap(), 10);
    queue.publish(&jobs(3)).await.unwrap();
    let urgent = Job { priority: Priority::Awaited, ..job() };
    queue.publish(&[urgent]).await.unwrap();
    eventually("three jobs and an awaited one wait", async || {
        let depth = queue.depth().await.unwrap();
        (depth.normal, depth.awaited, depth.delayed, depth.dead) == (3, 1, 0, 0)
    })
    .await;
    let worker = place.open();
    next(&worker).await.retry(Duration::from_mins(10), "later").await.unwrap();
    next(&worker).await.bury("never").await.unwrap();
    drop(worker);
    eventually("one is delayed and one is dead", async || {
        let depth = queue.depth().await.unwrap();
        (depth.normal + depth.awaited, depth.delayed, depth.dead) == (2, 1, 1)
    })
    .await;
}

async fn many_workers_share_the_jobs_and_none_is_done_twice(place: &Place) {
    let published = jobs(400);
    place.open().publish(&published).await.unwrap();
    let done: Arc<Mutex<HashMap<_, u32>>> = Arc::default();
    let mut workers = Vec::new();
    for _process in 0..4 {
        let queue = place.open_with(|options| options.prefetch = 3);
        for _thread in 0..3 {
            let (queue, done) = (Arc::clone(&queue), Arc::clone(&done));
            workers.push(tokio::spawn(async move {
                let mut mine = 0;
                while let Ok(delivery) =
                    tokio::time::timeout(Duration::from_secs(4), queue.next()).await
                {
                    let delivery = delivery.unwrap();
                    tokio::time::sleep(Duration::from_millis(2)).await;
                    *done.lock().unwrap().entry(delivery.job.id).or_default() += 1;
                    delivery.ack().await.unwrap();
                    mine += 1;
                }
                mine
            }));
        }
    }
    for worker in workers {
        assert!(worker.await.unwrap() > 0, "a worker got nothing");
    }
    let done = done.lock().unwrap();
    assert_eq!(done.len(), published.len());
    assert!(done.values().all(|&times| times == 1));
}

async fn a_worker_that_ends_leaves_its_jobs_to_others(place: &Place) {
    let published = jobs(6);
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
