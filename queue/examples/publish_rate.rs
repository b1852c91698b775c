//! How many jobs a second each transport takes, side by side with the bare client.
//!
//! `cargo run --release -p queue --example publish_rate [JOBS]` starts a private broker and a
//! private SQLite database; docs/queue.md keeps the figures.

use std::{sync::Arc, time::Duration};

use chart::{PageId, TenantId, Timestamp};
use lapin::{
    BasicProperties, Connection, ConnectionProperties,
    options::{BasicPublishOptions, ConfirmSelectOptions, QueueDeclareOptions},
    types::{AMQPValue, FieldTable},
};
use queue::{Job, Options, Priority, Queue};
use records::{Db, tenants};
use test_support::rabbit::Broker;
use tokio::time::Instant;

/// As many as a relay takes from its outbox at once.
const BATCH: usize = 500;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let n = std::env::args().nth(1).map_or(10_000, |n| n.parse().expect("a number of jobs"));
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("records.db").display());
    let records = Db::connect(&url).await.unwrap();
    records.migrate().await.unwrap();
    let broker = tokio::task::spawn_blocking(Broker::start).await.unwrap();
    let jobs = jobs(&records, n).await;

    let now = Timestamp::default;
    let rabbit = queue::open(&broker.url(), &records, Options::new(Arc::new(now))).unwrap();
    rabbit.publish(&jobs[..1]).await.unwrap();
    let embedded = queue::open("embedded", &records, Options::new(Arc::new(now))).unwrap();
    for _round in 0..3 {
        report("bare client, pipelined", n, bare(&broker.url(), &jobs).await);
        report("rabbit, in batches", n, in_batches(&rabbit, &jobs).await);
    }
    let some = n.min(2_000);
    let begun = Instant::now();
    for job in &jobs[..some] {
        rabbit.publish(std::slice::from_ref(job)).await.unwrap();
    }
    report("rabbit, one by one", some, begun.elapsed());
    report("embedded, in batches", n, in_batches(&embedded, &jobs).await);
    let begun = Instant::now();
    for _ in 0..some {
        embedded.next().await.unwrap().ack().await.unwrap();
    }
    report("embedded, claimed and acknowledged", some, begun.elapsed());
    let begun = Instant::now();
    for _ in 0..some {
        rabbit.next().await.unwrap().ack().await.unwrap();
    }
    report("rabbit, delivered and acknowledged, prefetch 1", some, begun.elapsed());
    tokio::task::spawn_blocking(move || drop(broker)).await.unwrap();
}

fn report(what: &str, n: usize, took: Duration) {
    println!("{what}: {n} in {took:.2?}, {:.0}/s", n as f64 / took.as_secs_f64());
}

async fn jobs(records: &Db, n: usize) -> Vec<Job> {
    let now = Timestamp::default();
    let mut tx = records.begin().await.unwrap();
    let tenant: TenantId = tenants::create(&mut tx, "見本医院", now).await.unwrap().id;
    tx.commit().await.unwrap();
    (0..n).map(|_| Job::read_page(tenant, PageId::new(now), Priority::Normal, now)).collect()
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
