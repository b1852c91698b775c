//! How many jobs a second each transport takes, side by side with the bare client.
//!
//! `cargo run --release -p queue --example publish_rate [JOBS]` starts private servers: a broker,
//! PostgreSQL, and a SQLite file; docs/queue.md keeps the figures.

#[path = "../tests/contract/clinic.rs"]
mod clinic;

use std::{path::Path, sync::Arc, time::Duration};

use chart::{PageId, Timestamp};
use lapin::{
    BasicProperties, Connection, ConnectionProperties,
    options::{BasicPublishOptions, ConfirmSelectOptions, QueueDeclareOptions},
    types::{AMQPValue, FieldTable},
};
use queue::{Clock, Job, Options, Priority, Queue};
use records::Db;
use test_support::{PostgresServer, rabbit::Broker};
use tokio::time::Instant;

use crate::clinic::Clinic;

/// As many as a relay takes from its outbox at once.
const BATCH: usize = 500;

/// A window that is no limit: what is measured here is how fast a relay can go, not how fast
/// workers take away.
const NO_WINDOW: u64 = u64::MAX;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let n = std::env::args().nth(1).map_or(10_000, |n| n.parse().expect("a number of jobs"));
    let folder = tempfile::tempdir().unwrap();
    let (broker, postgres) =
        tokio::task::spawn_blocking(|| (Broker::start(), PostgresServer::start())).await.unwrap();
    for database in ["SQLite", "PostgreSQL"] {
        println!("\n{database}");
        for (place, queue) in [("fair-1", broker.url()), ("fair-2", "embedded".to_owned())] {
            let records = fresh(database, folder.path(), place, &postgres).await;
            fairness(&records, &queue, &format!("{place}-{}", database.to_lowercase())).await;
        }
        let records = fresh(database, folder.path(), "rate", &postgres).await;
        measure(&records, &broker.url(), n, &format!("rate-{}", database.to_lowercase())).await;
    }
    tokio::task::spawn_blocking(move || drop((broker, postgres))).await.unwrap();
}

async fn fresh(database: &str, folder: &Path, name: &str, postgres: &PostgresServer) -> Db {
    let url = match database {
        "SQLite" => format!("sqlite:{}", folder.join(name).display()),
        _ => tokio::task::block_in_place(|| postgres.fresh_database()),
    };
    let records = Db::connect(&url).await.unwrap();
    records.migrate().await.unwrap();
    records
}

async fn measure(records: &Db, broker: &str, n: usize, namespace: &str) {
    let clinic = Clinic::found(records, "見本医院", Timestamp::default()).await;
    let now: Clock = Arc::new(Timestamp::default);
    let options = || Options {
        namespace: namespace.to_owned(),
        window: NO_WINDOW,
        ..Options::new(Arc::clone(&now))
    };
    let rabbit = queue::open(broker, records, options()).unwrap();
    let embedded = queue::open("embedded", records, options()).unwrap();
    let jobs: Vec<Job> = (0..n)
        .map(|_| {
            let page = PageId::new(Timestamp::default());
            Job::read_page(clinic.tenant, page, Priority::Normal, Timestamp::default())
        })
        .collect();
    rabbit.publish(&jobs[..1]).await.unwrap();
    for _round in 0..3 {
        report("bare client, pipelined", n, bare(broker, &jobs).await);
        report("rabbit, in batches", n, in_batches(&rabbit, &jobs).await);
        for (name, queue) in [("rabbit", &rabbit), ("embedded", &embedded)] {
            let begun = Instant::now();
            clinic.take_in(records, n, Priority::Normal, Timestamp::default()).await;
            report("  pages and jobs written to the outbox", n, begun.elapsed());
            let begun = Instant::now();
            let mut relayed = 0;
            while relayed < n as u64 {
                relayed += queue::relay(records, queue.as_ref(), &now).await.unwrap();
            }
            report(&format!("outbox to {name}, one relay"), n, begun.elapsed());
        }
    }
    let some = n.min(2_000);
    let begun = Instant::now();
    for job in &jobs[..some] {
        rabbit.publish(std::slice::from_ref(job)).await.unwrap();
    }
    report("rabbit, one by one", some, begun.elapsed());
    for (name, queue) in [("rabbit, prefetch 1", &rabbit), ("embedded", &embedded)] {
        let begun = Instant::now();
        for _ in 0..some {
            queue.next().await.unwrap().ack().await.unwrap();
        }
        report(&format!("{name}, delivered and acknowledged"), some, begun.elapsed());
    }
}

/// How many pages of a campaign go before those of another clinic that come in its middle, and before
/// one that somebody waits for.
async fn fairness(records: &Db, address: &str, namespace: &str) {
    const CAMPAIGN: usize = 5_000;
    const OTHERS: usize = 10;
    let now: Clock = Arc::new(Timestamp::default);
    let options =
        Options { namespace: namespace.to_owned(), prefetch: 2, ..Options::new(Arc::clone(&now)) };
    let queue = queue::open(address, records, options).unwrap();
    let at = Timestamp::default();
    let large = Clinic::found(records, "大病院", at).await;
    let small = Clinic::found(records, "小診療所", at).await;
    large.take_in(records, CAMPAIGN, Priority::Bulk, at).await;
    let relay = tokio::spawn({
        let (records, queue) = (records.clone(), Arc::clone(&queue));
        async move {
            loop {
                if queue::relay(&records, queue.as_ref(), &now).await.unwrap() == 0 {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
    });
    let mut delivered = 0;
    let mut before = [0, 0];
    let mut left = [OTHERS, 1];
    let mut since = None;
    while left != [0, 0] {
        let delivery = queue.next().await.unwrap();
        let job = delivery.job;
        delivery.ack().await.unwrap();
        delivered += 1;
        if delivered == 300 {
            small.take_in(records, OTHERS, Priority::Bulk, at).await;
            large.take_in(records, 1, Priority::Awaited, at).await;
            since = Some(delivered);
        }
        let kind = usize::from(job.priority == Priority::Awaited);
        if let Some(since) = since
            && (kind == 1 || job.tenant == small.tenant)
        {
            left[kind] -= 1;
            before[kind] = delivered - since;
        }
    }
    relay.abort();
    println!(
        "{address:.4}…: a campaign of {CAMPAIGN} pages; of another clinic's {OTHERS} the last was \
         delivered as number {}, a page that somebody waits for as number {}",
        before[0], before[1],
    );
}

fn report(what: &str, n: usize, took: Duration) {
    println!("{what}: {n} in {took:.2?}, {:.0}/s", n as f64 / took.as_secs_f64());
}

async fn in_batches(queue: &Arc<dyn Queue>, jobs: &[Job]) -> Duration {
    let begun = Instant::now();
    for batch in jobs.chunks(BATCH) {
        queue.publish(batch).await.unwrap();
    }
    begun.elapsed()
}

/// The same messages to a durable quorum queue, with nothing of ours around.
async fn bare(url: &str, jobs: &[Job]) -> Duration {
    let connection = Connection::connect(url, ConnectionProperties::default()).await.unwrap();
    let channel = connection.create_channel().await.unwrap();
    channel.confirm_select(ConfirmSelectOptions::default()).await.unwrap();
    let mut arguments = FieldTable::default();
    arguments.insert("x-queue-type".into(), AMQPValue::LongString("quorum".into()));
    channel.queue_declare("bare".into(), QueueDeclareOptions::durable(), arguments).await.unwrap();
    let bodies: Vec<Vec<u8>> = jobs.iter().map(|job| serde_json::to_vec(job).unwrap()).collect();
    let begun = Instant::now();
    for batch in bodies.chunks(BATCH) {
        let mut confirms = Vec::with_capacity(batch.len());
        for body in batch {
            let properties = BasicProperties::default().with_delivery_mode(2);
            let options = BasicPublishOptions { mandatory: true, ..Default::default() };
            let sent = channel.basic_publish("".into(), "bare".into(), options, body, properties);
            confirms.push(sent.await.unwrap());
        }
        for confirm in confirms {
            assert!(confirm.await.unwrap().is_ack());
        }
    }
    begun.elapsed()
}
