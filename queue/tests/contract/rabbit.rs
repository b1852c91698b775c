//! The broker on bad days.

use std::{collections::HashSet, sync::Arc, time::Duration};

use lapin::{
    BasicProperties, Channel, Connection, ConnectionProperties,
    options::{BasicGetOptions, BasicPublishOptions, QueueDeclareOptions, QueueDeleteOptions},
    types::{FieldTable, ShortString},
};
use queue::{Options, Priority, QueueError};
use records::audit::Author;
use test_support::rabbit::{Broker, Certificates};
use tokio::{sync::oneshot, time::Instant};

use crate::places::{Place, SOON, eventually, next, now};

/// A client that does as it likes.
async fn stranger(address: &str) -> (Connection, Channel) {
    let connection = Connection::connect(address, ConnectionProperties::default()).await.unwrap();
    let channel = connection.create_channel().await.unwrap();
    (connection, channel)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_is_no_job_goes_to_the_dead_letters_with_the_reason() {
    let place = Place::in_rabbit().await;
    let queue = place.open();
    queue.publish(&[place.job().await]).await.unwrap();
    let (_connection, channel) = stranger(place.address()).await;
    let exchange = format!("{}.1.work", place.namespace());
    let (options, nothing) = (BasicPublishOptions::default(), BasicProperties::default());
    channel
        .basic_publish(exchange.into(), "read_page.normal".into(), options, b"hello", nothing)
        .await
        .unwrap();
    next(&queue).await.ack().await.unwrap();
    let waiting = tokio::spawn({
        let queue = Arc::clone(&queue);
        async move { queue.next().await }
    });
    eventually("the message is dead", async || queue.dead(10).await.unwrap().len() == 1).await;
    waiting.abort();
    let letter = queue.dead(10).await.unwrap().remove(0);
    assert_eq!(letter.job, None);
    assert!(letter.reason.contains("no job"), "{}", letter.reason);
    assert_eq!(queue.retry_dead(&queue::Dead::All, Author::Program).await.unwrap(), 0);
    assert_eq!(queue.forget_dead(&queue::Dead::All).await.unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_that_no_queue_takes_is_an_error_and_the_next_attempt_mends_it() {
    let place = Place::in_rabbit().await;
    let queue = place.open();
    queue.publish(&[place.job().await]).await.unwrap();
    let (_connection, channel) = stranger(place.address()).await;
    let work = format!("{}.1.read_page.normal", place.namespace());
    channel.queue_delete(work.into(), QueueDeleteOptions::default()).await.unwrap();
    let refused = queue.publish(&[place.job().await]).await;
    assert!(matches!(refused, Err(QueueError::Refused { .. })), "{refused:?}");
    queue.publish(&[place.job().await]).await.unwrap();
    next(&queue).await.ack().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_whose_queue_was_deleted_goes_on_by_itself() {
    let place = Place::in_rabbit().await;
    let worker = place.open();
    worker.publish(&[place.job().await]).await.unwrap();
    next(&worker).await.ack().await.unwrap();
    let (_connection, channel) = stranger(place.address()).await;
    let work = format!("{}.1.read_page.normal", place.namespace());
    channel.queue_delete(work.into(), QueueDeleteOptions::default()).await.unwrap();
    // Until the worker has heard of it: RabbitMQ 3.10 lets a queue that is declared anew before that
    // inherit its consumer, who hears nothing until the broker's consumer timeout.
    tokio::time::sleep(Duration::from_millis(500)).await;
    let relay = place.open();
    relay.publish(&[place.job().await]).await.unwrap();
    next(&worker).await.ack().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_queue_with_other_properties_is_told_apart_from_a_broker_that_is_away() {
    let place = Place::in_rabbit().await;
    let (_connection, channel) = stranger(place.address()).await;
    let work = format!("{}.1.read_page.normal", place.namespace());
    channel
        .queue_declare(work.into(), QueueDeclareOptions::durable(), FieldTable::default())
        .await
        .unwrap();
    let refused = place.open().publish(&[place.job().await]).await;
    assert!(matches!(refused, Err(QueueError::Topology(_))), "{refused:?}");
}

/// A worker that is killed with the first message of the lane in hand, so many times.
async fn killed_with_it_in_hand(place: &Place, times: u32) {
    let work: ShortString = format!("{}.1.read_page.normal", place.namespace()).into();
    for _ in 0..times {
        let (connection, channel) = stranger(place.address()).await;
        eventually("the message is there again", async || {
            let taken = channel.basic_get(work.clone(), BasicGetOptions::default()).await;
            taken.unwrap().is_some()
        })
        .await;
        connection.close(200, "gone".into()).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn workers_that_die_cost_the_pages_in_their_hands_no_attempt() {
    let place = Place::in_rabbit().await;
    let queue = place.open_with(|options| options.delivery_limit = 3);
    let published = place.job().await;
    queue.publish(&[published]).await.unwrap();
    killed_with_it_in_hand(&place, 7).await;
    let first = next(&queue).await;
    assert_eq!((first.job, first.attempt), (published, 1));
    first.retry(Duration::ZERO, "a reading that failed").await.unwrap();
    let second = next(&queue).await;
    assert_eq!(second.attempt, 2);
    second.ack().await.unwrap();
    assert!(queue.dead(10).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_comes_back_does_not_wait_behind_its_whole_campaign_again() {
    let place = Place::in_rabbit().await;
    let queue = place.open();
    let campaign = place.jobs(60, Priority::Bulk).await;
    queue.publish(&campaign[..2]).await.unwrap();
    let failed = next(&queue).await;
    let failed_job = failed.job;
    queue.publish(&campaign[2..]).await.unwrap();
    failed.retry(Duration::ZERO, "a reading that failed").await.unwrap();
    let handed_back = next(&queue).await;
    let handed_back_job = handed_back.job;
    handed_back.hand_back().await.unwrap();
    // The shortest delay is a second.
    tokio::time::sleep(Duration::from_secs(3)).await;
    let mut first = HashSet::new();
    for _ in 0..4 {
        let delivery = next(&queue).await;
        first.insert(delivery.job);
        delivery.ack().await.unwrap();
    }
    assert!(first.contains(&failed_job) && first.contains(&handed_back_job), "{first:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_no_worker_survives_is_given_up_all_the_same() {
    let place = Place::in_rabbit().await;
    let queue = place.open();
    let (deadly, harmless) = (place.job().await, place.job().await);
    queue.publish(&[deadly]).await.unwrap();
    killed_with_it_in_hand(&place, 20).await;
    queue.publish(&[harmless]).await.unwrap();
    let delivery = next(&queue).await;
    assert_eq!(delivery.job, harmless);
    delivery.ack().await.unwrap();
    eventually("it is dead", async || queue.dead(10).await.unwrap().len() == 1).await;
    let letter = queue.dead(10).await.unwrap().remove(0);
    assert_eq!(letter.job, Some(deadly));
    assert_eq!(letter.reason, "crashed: given up after it came back 20 times without a word");
    assert_eq!(place.stage(&deadly).await, chart::Stage::Unreadable);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_version_with_other_queues_carries_over_what_an_earlier_one_left() {
    let place = Place::in_rabbit().await;
    let earlier = place.open();
    let published = place.jobs(6, Priority::Bulk).await;
    earlier.publish(&published).await.unwrap();
    let dead = next(&earlier).await;
    let dead_job = dead.job;
    dead.bury("no picture").await.unwrap();
    let put_off = next(&earlier).await;
    let put_off_job = put_off.job;
    put_off.retry(Duration::from_secs(5), "out of memory").await.unwrap();
    // Its worker ends; its relay still runs.
    drop(earlier);
    let earlier_relay = place.open();

    let later = place.open_with(|options| options.generation = 2);
    let mut seen = HashSet::new();
    let late = place.jobs(1, Priority::Normal).await;
    earlier_relay.publish(&late).await.unwrap();
    while seen.len() < published.len() {
        let delivery = next(&later).await;
        if delivery.job == put_off_job {
            assert_eq!(delivery.attempt, 2, "attempts are carried over");
        }
        seen.insert(delivery.job);
        delivery.ack().await.unwrap();
    }
    let expected = published.iter().chain(&late).copied().filter(|job| *job != dead_job);
    assert_eq!(seen, expected.collect());
    let letters = later.dead(10).await.unwrap();
    assert_eq!(letters.len(), 1);
    assert_eq!((letters[0].job, letters[0].reason.as_str()), (Some(dead_job), "no picture"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_window_leaves_room_for_other_clinics() {
    let place = Place::in_rabbit().await;
    let queue = place.open_with(|options| options.window = 10);
    assert_eq!(queue.room().await.unwrap(), 10);
    queue.publish(&place.jobs(7, Priority::Bulk).await).await.unwrap();
    queue.publish(&place.jobs(5, Priority::Awaited).await).await.unwrap();
    eventually("three more fit", async || queue.room().await.unwrap() == 3).await;
    queue.publish(&place.jobs(9, Priority::Normal).await).await.unwrap();
    eventually("the window is full", async || queue.room().await.unwrap() == 0).await;
}

/// Self-signed certificates for localhost, made by the system's openssl.
fn certificates(folder: &std::path::Path) -> [std::path::PathBuf; 3] {
    let at = |name: &str| folder.join(name);
    let run = |arguments: &str| {
        let made = std::process::Command::new("openssl")
            .args(arguments.split(' '))
            .current_dir(folder)
            .output()
            .expect("tests need openssl");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    };
    run("req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=test-authority \
         -keyout authority.key -out authority.pem");
    run("req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout server.key -out server.csr");
    std::fs::write(at("extensions"), "subjectAltName=DNS:localhost\n").unwrap();
    run("x509 -req -days 2 -in server.csr -CA authority.pem -CAkey authority.key \
         -CAcreateserial -extfile extensions -out server.pem");
    [at("authority.pem"), at("server.pem"), at("server.key")]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_tls_only_a_trusted_broker_is_used() {
    let folder = tempfile::tempdir().unwrap();
    let [authority, certificate, key] = certificates(folder.path());
    let broker = tokio::task::spawn_blocking({
        let authority = authority.clone();
        move || {
            let files =
                Certificates { authority: &authority, certificate: &certificate, key: &key };
            Broker::start_with_tls(&files)
        }
    })
    .await
    .unwrap();
    let place = Place::new(broker.tls_url()).await;
    let jobs = [place.job().await];
    let refused = place.open().publish(&jobs).await;
    assert!(matches!(refused, Err(QueueError::Away(_))), "{refused:?}");
    let trusted = std::fs::read_to_string(&authority).unwrap();
    let queue = place.open_with(|options| options.trusted_certificates = Some(trusted));
    queue.publish(&jobs).await.unwrap();
    next(&queue).await.ack().await.unwrap();
    tokio::task::spawn_blocking(move || drop(broker)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_freezes_is_noticed_and_work_goes_on_when_it_thaws() {
    let broker = tokio::task::spawn_blocking(Broker::start).await.unwrap();
    let place = Place::new(broker.url()).await;
    let (relay, worker) = (place.open(), place.open());
    relay.publish(&[place.job().await]).await.unwrap();
    next(&worker).await.ack().await.unwrap();
    let job = place.job().await;
    broker.freeze();
    let begun = Instant::now();
    assert!(relay.publish(&[job]).await.is_err());
    assert!(begun.elapsed() < Duration::from_secs(35), "{:?}", begun.elapsed());
    println!("a frozen broker was noticed after {:?}", begun.elapsed());
    broker.thaw();
    eventually("the relay is back", async || relay.publish(&[job]).await.is_ok()).await;
    let delivery = next(&worker).await;
    assert_eq!(delivery.job, job);
    delivery.ack().await.unwrap();
    tokio::task::spawn_blocking(move || drop(broker)).await.unwrap();
}

async fn with_disk_free_limit(broker: Broker, limit: &'static str) -> Broker {
    let set = move || {
        broker.set_disk_free_limit(limit);
        broker
    };
    tokio::task::spawn_blocking(set).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_short_of_disk_takes_nothing_and_workers_still_acknowledge() {
    let broker = tokio::task::spawn_blocking(Broker::start).await.unwrap();
    let place = Place::new(broker.url()).await;
    let (relay, worker) = (place.open(), place.open());
    relay.publish(&place.jobs(2, Priority::Normal).await).await.unwrap();
    let in_hand = next(&worker).await;

    let broker = with_disk_free_limit(broker, "9000GB").await;
    let job = place.job().await;
    let begun = Instant::now();
    for _ in 0..20 {
        let refused = relay.publish(&[job]).await;
        assert!(matches!(refused, Err(QueueError::Blocked)), "{refused:?}");
    }
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    // Whoever asks is told, though the broker answers.
    let other = place.open();
    other.depth().await.unwrap();
    assert!(matches!(other.takes_jobs().await, Err(QueueError::Blocked)));
    in_hand.ack().await.unwrap();
    next(&worker).await.ack().await.unwrap();

    let broker = with_disk_free_limit(broker, "50MB").await;
    eventually("the relay is back", async || relay.publish(&[job]).await.is_ok()).await;
    other.takes_jobs().await.unwrap();
    let delivery = next(&worker).await;
    assert_eq!(delivery.job, job);
    delivery.ack().await.unwrap();
    // What was sent before the broker had said so is read when it has room; nothing was after that.
    let a_moment = Duration::from_millis(1_500);
    let mut more = 0;
    while let Ok(delivery) = tokio::time::timeout(a_moment, worker.next()).await {
        let delivery = delivery.unwrap();
        assert_eq!(delivery.job, job);
        delivery.ack().await.unwrap();
        more += 1;
    }
    assert!(more <= 1, "{more}");
    tokio::task::spawn_blocking(move || drop(broker)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_password_is_told() {
    let place = Place::in_rabbit().await;
    let address = place.address().replace("guest:guest", "guest:wrong");
    let queue = queue::open(&address, &place.records, Options::new(Arc::new(now))).unwrap();
    let refused = queue.publish(&[place.job().await]).await.unwrap_err().to_string();
    assert!(refused.contains("password"), "{refused}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_the_broker_away_publishing_fails_at_once() {
    let [port] = test_support::rabbit::free_ports();
    let place = Place::new(format!("amqp://127.0.0.1:{port}")).await;
    let (queue, jobs) = (place.open(), [place.job().await]);
    let begun = Instant::now();
    for _ in 0..20 {
        assert!(matches!(queue.publish(&jobs).await, Err(QueueError::Away(_))));
    }
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_is_killed_loses_nothing_and_work_goes_on_by_itself() {
    let broker = tokio::task::spawn_blocking(Broker::start).await.unwrap();
    let place = Place::new(broker.url()).await;
    let (relay, worker) = (place.open(), place.open_with(|options| options.prefetch = 4));
    let before = place.jobs(300, Priority::Normal).await;
    relay.publish(&before).await.unwrap();
    let in_hand = next(&worker).await;
    let done_before = next(&worker).await;
    let mut done = HashSet::from([done_before.job.id]);
    done_before.ack().await.unwrap();

    // A worker waits all through the outage.
    let (stop, mut stopped) = oneshot::channel::<()>();
    let working = tokio::spawn({
        let worker = Arc::clone(&worker);
        async move {
            loop {
                let delivery = tokio::select! {
                    delivery = worker.next() => delivery.unwrap(),
                    _ = &mut stopped => return done,
                };
                let id = delivery.job.id;
                if delivery.ack().await.is_ok() {
                    done.insert(id);
                }
            }
        }
    });

    let mut broker = tokio::task::spawn_blocking(move || {
        let mut broker = broker;
        broker.kill();
        broker
    })
    .await
    .unwrap();
    let after = place.jobs(50, Priority::Normal).await;
    let begun = Instant::now();
    assert!(matches!(relay.publish(&after).await, Err(QueueError::Away(_))));
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    assert!(matches!(in_hand.ack().await, Err(QueueError::Lost)));

    let broker = tokio::task::spawn_blocking(move || {
        broker.restart();
        broker
    })
    .await
    .unwrap();
    let back = Instant::now();
    while relay.publish(&after).await.is_err() {
        assert!(back.elapsed() < SOON, "the relay did not come back");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    eventually("all is done", async || {
        let depth = relay.depth().await;
        depth.is_ok_and(|depth| depth.waiting == 0)
    })
    .await;
    println!("working again {:?} after the broker answered", back.elapsed());
    tokio::time::sleep(Duration::from_secs(1)).await;
    stop.send(()).unwrap();
    let done = working.await.unwrap();
    let expected: HashSet<_> = before.iter().chain(&after).map(|job| job.id).collect();
    assert_eq!(expected.difference(&done).count(), 0, "jobs were lost");
    tokio::task::spawn_blocking(move || drop(broker)).await.unwrap();
}
