//! From the broker to whoever waits in `next`.
//!
//! One task keeps a connection, takes messages of every work queue and lays them into a
//! basket for each priority. Who waits takes from the most urgent basket first. When the connection breaks, what lies
//! in the baskets is worth nothing: the broker delivers it again.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use futures::{StreamExt, stream};
use lapin::{
    Consumer,
    message::Delivery as Message,
    options::{BasicAckOptions, BasicConsumeOptions, BasicNackOptions, BasicQosOptions},
    types::FieldTable,
};
use tokio::{
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    task::JoinHandle,
    time::{Instant, sleep, timeout},
};

use super::{ANSWER_LIMIT, Shared, message, publish::Publisher};
use crate::{Delivery, Job, JobKind, Priority, QueueError, backoff::Backoff, delivery::Grip};

/// A connection that held this long was a good one: the next failure starts the waits anew.
const GOOD_CONNECTION: Duration = Duration::from_secs(30);

/// Deliveries beyond the limit in which a worker may write down that the job failed. If it dies
/// each time, the job is buried without it.
const GRACE: u32 = 3;

pub(super) struct Consumers {
    awaited: UnboundedReceiver<Received>,
    normal: UnboundedReceiver<Received>,
    bulk: UnboundedReceiver<Received>,
    publisher: Arc<Publisher>,
    limit: u32,
    pump: JoinHandle<()>,
}

/// A message with the kind of the queue it came from.
struct Received {
    kind: JobKind,
    message: Message,
}

impl Consumers {
    pub(super) fn start(shared: Arc<Shared>, publisher: Arc<Publisher>) -> Self {
        let (awaited_in, awaited) = unbounded_channel();
        let (normal_in, normal) = unbounded_channel();
        let (bulk_in, bulk) = unbounded_channel();
        let limit = shared.options.delivery_limit;
        let pump = tokio::spawn(async move {
            let baskets = Baskets { awaited: awaited_in, normal: normal_in, bulk: bulk_in };
            keep_consuming(&shared, &baskets).await;
        });
        Self { awaited, normal, bulk, publisher, limit, pump }
    }

    /// Cancel-safe: nothing is awaited once a message was taken out of a basket, except for
    /// messages that no worker will see.
    pub(super) async fn next(&mut self) -> Result<Delivery, QueueError> {
        loop {
            let received = tokio::select! {
                biased;
                Some(received) = self.awaited.recv() => received,
                Some(received) = self.normal.recv() => received,
                Some(received) = self.bulk.recv() => received,
                else => return Err(QueueError::Lost),
            };
            // Came on a connection that broke meanwhile.
            if !received.message.acker.usable() {
                continue;
            }
            let attempt = message::attempt(&received.message);
            let reason = match message::parse(&received.message.data) {
                Ok(job) if attempt <= self.limit + GRACE => {
                    let grip = Held {
                        job,
                        kind: received.kind,
                        attempt,
                        message: received.message,
                        publisher: Arc::clone(&self.publisher),
                    };
                    return Ok(Delivery::new(job, attempt, self.limit, Box::new(grip)));
                }
                Ok(_) => format!("delivered {} times without an end", attempt - 1),
                Err(reason) => reason,
            };
            let publisher = Arc::clone(&self.publisher);
            tokio::spawn(async move {
                let Received { kind, message } = received;
                if let Err(error) = bury(&publisher, kind, &message, attempt - 1, &reason).await {
                    tracing::warn!(%error, "a message could not be buried and will come again");
                }
            });
        }
    }
}

impl Drop for Consumers {
    fn drop(&mut self) {
        // The connection goes with the task; what nobody acknowledged is delivered to others.
        self.pump.abort();
    }
}

struct Baskets {
    awaited: UnboundedSender<Received>,
    normal: UnboundedSender<Received>,
    bulk: UnboundedSender<Received>,
}

/// Connects, consumes, and does so again, for as long as the queue is open.
async fn keep_consuming(shared: &Shared, baskets: &Baskets) {
    let mut backoff = Backoff::default();
    loop {
        let begun = Instant::now();
        let error = consume(shared, baskets).await;
        if begun.elapsed() > GOOD_CONNECTION {
            backoff.reset();
        }
        let wait = backoff.after_failure();
        tracing::warn!(%error, wait_ms = wait.as_millis() as u64, "taking no jobs; trying again");
        sleep(wait).await;
    }
}

/// Fills the baskets until something breaks, and tells what.
async fn consume(shared: &Shared, baskets: &Baskets) -> QueueError {
    let consumers = match consumers(shared).await {
        Ok(consumers) => consumers,
        Err(error) => return error,
    };
    tracing::info!("taking jobs from the broker");
    let (_connection, consumers) = consumers;
    let mut messages =
        stream::select_all(consumers.into_iter().map(|(kind, priority, consumer)| {
            // A consumer that ends was cancelled by the broker, as when its queue was deleted.
            let end =
                stream::once(async { Err(QueueError::Away("it cancelled the consumer".into())) });
            let messages = consumer.map(|message| message.map_err(QueueError::from)).chain(end);
            messages.map(move |message| (kind, priority, message)).boxed()
        }));
    while let Some((kind, priority, message)) = messages.next().await {
        let message = match message {
            Ok(message) => message,
            Err(error) => return error,
        };
        let basket = match priority {
            Priority::Awaited => &baskets.awaited,
            Priority::Normal => &baskets.normal,
            Priority::Bulk => &baskets.bulk,
        };
        if basket.send(Received { kind, message }).is_err() {
            return QueueError::Lost;
        }
    }
    QueueError::Away("the connection ended".into())
}

type Sources = (lapin::Connection, Vec<(JobKind, Priority, Consumer)>);

async fn consumers(shared: &Shared) -> Result<Sources, QueueError> {
    let name = format!("{} worker", shared.options.namespace);
    let (connection, channel) = shared.address.connect(&name, &shared.topology).await?;
    let starting = async {
        // Per consumer, that is per queue: quorum queues know no other.
        channel.basic_qos(shared.options.prefetch, BasicQosOptions::default()).await?;
        let mut consumers = Vec::new();
        for kind in JobKind::ALL {
            for priority in Priority::ALL {
                let queue = shared.topology.work(kind, priority);
                let (options, none) = (BasicConsumeOptions::default(), FieldTable::default());
                let consumer = channel.basic_consume(queue, "".into(), options, none).await?;
                consumers.push((kind, priority, consumer));
            }
        }
        Ok::<_, lapin::Error>(consumers)
    };
    match timeout(ANSWER_LIMIT, starting).await {
        Ok(consumers) => Ok((connection, consumers?)),
        Err(_) => Err(QueueError::Away("it did not answer in time".into())),
    }
}

/// A delivered message and what is needed to let go of it.
struct Held {
    job: Job,
    kind: JobKind,
    attempt: u32,
    message: Message,
    publisher: Arc<Publisher>,
}

#[async_trait]
impl Grip for Held {
    async fn ack(self: Box<Self>) -> Result<(), QueueError> {
        ack(&self.message).await
    }

    async fn retry(self: Box<Self>, delay: Duration, reason: &str) -> Result<(), QueueError> {
        let sent = self.publisher.later(&self.job, self.attempt, delay, reason).await;
        self.settle(sent).await
    }

    async fn hand_back(self: Box<Self>) -> Result<(), QueueError> {
        // Published anew: a message that is returned counts as delivered once more.
        let sent = self.publisher.again(&self.job, self.attempt.saturating_sub(1)).await;
        self.settle(sent).await
    }

    async fn bury(self: Box<Self>, reason: &str) -> Result<(), QueueError> {
        bury(&self.publisher, self.kind, &self.message, self.attempt, reason).await
    }

    fn let_go(self: Box<Self>) {
        // Without a runtime the process is ending, and the connection ends with it.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move { give_back(&self.message).await });
        }
    }
}

impl Held {
    /// Once the copy is safe the original may go; otherwise the original comes again.
    async fn settle(&self, sent: Result<(), QueueError>) -> Result<(), QueueError> {
        match sent {
            Ok(()) => ack(&self.message).await,
            Err(error) => {
                give_back(&self.message).await;
                Err(error)
            }
        }
    }
}

async fn bury(
    publisher: &Publisher,
    kind: JobKind,
    message: &Message,
    attempts: u32,
    reason: &str,
) -> Result<(), QueueError> {
    match publisher.bury(kind, message.data.clone(), attempts, reason).await {
        Ok(()) => ack(message).await,
        Err(error) => {
            give_back(message).await;
            Err(error)
        }
    }
}

async fn ack(message: &Message) -> Result<(), QueueError> {
    match timeout(ANSWER_LIMIT, message.acker.ack(BasicAckOptions::default())).await {
        Ok(Ok(true)) => Ok(()),
        Ok(Ok(false) | Err(_)) | Err(_) => Err(QueueError::Lost),
    }
}

async fn give_back(message: &Message) {
    let options = BasicNackOptions { requeue: true, multiple: false };
    // If this fails the connection is gone, and the broker gives the job to another by itself.
    let _ = timeout(ANSWER_LIMIT, message.acker.nack(options)).await;
}
