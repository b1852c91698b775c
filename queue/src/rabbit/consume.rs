//! From the broker to whoever waits in `next`.
//!
//! One task keeps a connection, takes messages of every work queue and lays them into a
//! basket for each priority. Who waits takes from the most urgent basket first. When the connection breaks, what lies
//! in the baskets is worth nothing: the broker delivers it again.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use futures::{FutureExt, StreamExt, stream};
use lapin::{
    Consumer,
    message::Delivery as Message,
    options::{
        BasicAckOptions, BasicCancelOptions, BasicConsumeOptions, BasicNackOptions, BasicQosOptions,
    },
    types::{FieldTable, ShortString},
};
use records::{Tx, jobs::RETURNS_LIMIT};
use tokio::{
    sync::Notify,
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    task::JoinHandle,
    time::{Instant, sleep, timeout},
};

use super::{ANSWER_LIMIT, Shared, former, give_up::give_up, message, publish::Publisher};
use crate::{Delivery, Job, JobKind, Priority, QueueError, backoff::Backoff, delivery::Grip};

/// A connection that held this long was a good one: the next failure starts the waits anew.
const GOOD_CONNECTION: Duration = Duration::from_secs(30);

/// How long leaving in order may take; without it the broker finds out by itself.
const FAREWELL_LIMIT: Duration = Duration::from_secs(3);

/// Pause after a queue was deleted. The broker tells its consumers before it has forgotten the queue:
/// whoever asks again at once is taken on by the one that is going away, and hears nothing more, not
/// even when a queue of the same name is declared.
const DELETION_PAUSE: Duration = Duration::from_secs(2);

/// Pause before a message comes again that could be neither buried nor sent anew, as while the
/// database is away or the broker takes nothing.
const PAUSE: Duration = Duration::from_secs(5);

pub(super) struct Consumers {
    awaited: UnboundedReceiver<Received>,
    normal: UnboundedReceiver<Received>,
    bulk: UnboundedReceiver<Received>,
    shared: Arc<Shared>,
    publisher: Arc<Publisher>,
    farewell: Arc<Farewell>,
    pump: JoinHandle<()>,
}

/// How a worker leaves: first it wants no more, then it is done with what it has.
#[derive(Default)]
struct Farewell {
    no_more: Notify,
    /// Nothing comes any more.
    quiet: Notify,
    closing: Notify,
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
        let baskets = Baskets { awaited: awaited_in, normal: normal_in, bulk: bulk_in };
        let farewell = Arc::new(Farewell::default());
        let pump = tokio::spawn({
            let farewell = Arc::clone(&farewell);
            let (shared, publisher) = (Arc::clone(&shared), Arc::clone(&publisher));
            async move {
                tokio::select! {
                    () = keep_consuming(&shared, &baskets, &farewell) => {}
                    () = former::take_over(&shared, &publisher) => {}
                }
            }
        });
        Self { awaited, normal, bulk, shared, publisher, farewell, pump }
    }

    /// Lets the broker send no more, and gives back what lies in the baskets.
    pub(super) async fn stop_taking(&mut self) {
        self.farewell.no_more.notify_one();
        if timeout(FAREWELL_LIMIT, self.farewell.quiet.notified()).await.is_err() {
            return;
        }
        for basket in [&mut self.awaited, &mut self.normal, &mut self.bulk] {
            while let Ok(Received { message, .. }) = basket.try_recv() {
                let failed = message::failed_attempts(&message);
                // Published anew: a message that is returned counts as delivered once more.
                if let Ok(job) = message::parse(&message.data)
                    && self.publisher.back(&job, failed).await.is_ok()
                {
                    let _ = ack(&message).await;
                }
            }
        }
    }

    /// Closes the connection in order: an acknowledgement that was only just given reaches the
    /// broker. What lies in the baskets goes to others.
    pub(super) async fn close(mut self) {
        self.farewell.closing.notify_one();
        let _ = timeout(FAREWELL_LIMIT, &mut self.pump).await;
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
            let failed = message::failed_attempts(&received.message);
            let returns = message::returns(&received.message);
            let limit = self.shared.options.delivery_limit;
            let reason = match message::parse(&received.message.data) {
                Ok(job) if failed < limit && returns < RETURNS_LIMIT => {
                    let attempt = failed + 1;
                    let grip = Held {
                        job,
                        kind: received.kind,
                        attempt,
                        message: received.message,
                        shared: Arc::clone(&self.shared),
                        publisher: Arc::clone(&self.publisher),
                    };
                    return Ok(Delivery::new(job, attempt, limit, Box::new(grip)));
                }
                Ok(_) if failed < limit => {
                    format!("crashed: given up after it came back {returns} times without a word")
                }
                Ok(_) => format!("crashed: given up after {failed} attempts that never ended"),
                Err(reason) => reason,
            };
            self.bury(received, failed, reason);
        }
    }

    /// Buries what no worker shall see, in a task of its own.
    fn bury(&self, received: Received, attempts: u32, reason: String) {
        let (shared, publisher) = (Arc::clone(&self.shared), Arc::clone(&self.publisher));
        tokio::spawn(async move {
            let Received { kind, message } = received;
            let buried = give_up(&shared, &publisher, kind, &message, attempts, &reason).await;
            if let Err(error) = buried {
                tracing::warn!(%error, "a message could not be buried and will come again");
                give_back_in_a_while(message);
            }
        });
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

impl Baskets {
    fn lay(&self, priority: Priority, received: Received) -> Result<(), QueueError> {
        let basket = match priority {
            Priority::Awaited => &self.awaited,
            Priority::Normal => &self.normal,
            Priority::Bulk => &self.bulk,
        };
        basket.send(received).map_err(|_| QueueError::Lost)
    }
}

/// Connects, consumes, and does so again, for as long as the queue is open.
async fn keep_consuming(shared: &Shared, baskets: &Baskets, farewell: &Farewell) {
    let mut backoff = Backoff::default();
    loop {
        let begun = Instant::now();
        let Err(error) = consume(shared, baskets, farewell).await else { return };
        if begun.elapsed() > GOOD_CONNECTION {
            backoff.reset();
        }
        let wait = backoff.after_failure();
        tracing::warn!(%error, wait_ms = wait.as_millis() as u64, "taking no jobs; trying again");
        sleep(wait).await;
    }
}

/// Fills the baskets until something breaks, and tells what; or until it is told to close.
async fn consume(
    shared: &Shared,
    baskets: &Baskets,
    farewell: &Farewell,
) -> Result<(), QueueError> {
    let (connection, channel, consumers) = consumers(shared).await?;
    let tags: Vec<ShortString> = consumers.iter().map(|(.., consumer)| consumer.tag()).collect();
    tracing::info!("taking jobs from the broker");
    let mut messages =
        stream::select_all(consumers.into_iter().map(|(kind, priority, consumer)| {
            // A consumer that ends was cancelled by the broker, as when its queue was deleted.
            let end = stream::once(async {
                sleep(DELETION_PAUSE).await;
                Err(QueueError::Away("it cancelled the consumer".into()))
            });
            let messages = consumer.map(|message| message.map_err(QueueError::from)).chain(end);
            messages.map(move |message| (kind, priority, message)).boxed()
        }));
    loop {
        let next = tokio::select! {
            next = messages.next() => next,
            () = farewell.no_more.notified() => {
                for tag in tags {
                    channel.basic_cancel(tag, BasicCancelOptions::default()).await?;
                }
                // What came before the broker heard of it.
                while let Some(Some((kind, priority, Ok(message)))) =
                    messages.next().now_or_never()
                {
                    baskets.lay(priority, Received { kind, message })?;
                }
                farewell.quiet.notify_one();
                farewell.closing.notified().await;
                connection.close(200, "done".into()).await?;
                return Ok(());
            }
            () = farewell.closing.notified() => {
                connection.close(200, "done".into()).await?;
                return Ok(());
            }
        };
        let Some((kind, priority, message)) = next else {
            return Err(QueueError::Away("the connection ended".into()));
        };
        let message = message?;
        baskets.lay(priority, Received { kind, message })?;
    }
}

type Sources = (lapin::Connection, lapin::Channel, Vec<(JobKind, Priority, Consumer)>);

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
        Ok(consumers) => Ok((connection, channel, consumers?)),
        Err(_) => Err(QueueError::Away("it did not answer in time".into())),
    }
}

/// A delivered message and what is needed to let go of it.
struct Held {
    job: Job,
    kind: JobKind,
    attempt: u32,
    message: Message,
    shared: Arc<Shared>,
    publisher: Arc<Publisher>,
}

#[async_trait]
impl Grip for Held {
    async fn done_in(&mut self, _: &mut Tx) -> Result<(), QueueError> {
        Ok(())
    }

    async fn ack(self: Box<Self>) -> Result<(), QueueError> {
        ack(&self.message).await
    }

    async fn retry(self: Box<Self>, delay: Duration, reason: &str) -> Result<(), QueueError> {
        let sent = self.publisher.later(&self.job, self.attempt, delay, reason).await;
        self.settle(sent).await
    }

    async fn hand_back(self: Box<Self>) -> Result<(), QueueError> {
        // Published anew: a message that is returned counts as delivered once more.
        let sent = self.publisher.back(&self.job, self.attempt.saturating_sub(1)).await;
        self.settle(sent).await
    }

    async fn bury(self: Box<Self>, reason: &str) -> Result<(), QueueError> {
        let Self { shared, publisher, kind, message, attempt, .. } = *self;
        let buried = give_up(&shared, &publisher, kind, &message, attempt, reason).await;
        if buried.is_err() {
            give_back_in_a_while(message);
        }
        buried
    }

    fn let_go(self: Box<Self>) {
        // Without a runtime the process is ending, and the connection ends with it.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                // On a connection that broke: the broker delivers it again by itself.
                if !self.message.acker.usable() {
                    return;
                }
                // An attempt that ended in the middle, as by a panic: it counts.
                let sent = self.publisher.back(&self.job, self.attempt).await;
                let _ = self.settle(sent).await;
            });
        }
    }
}

impl Held {
    /// Once the copy is safe the original may go; otherwise the original comes again.
    async fn settle(self, sent: Result<(), QueueError>) -> Result<(), QueueError> {
        match sent {
            Ok(()) => ack(&self.message).await,
            Err(error) => {
                give_back_in_a_while(self.message);
                Err(error)
            }
        }
    }
}

pub(super) async fn ack(message: &Message) -> Result<(), QueueError> {
    match timeout(ANSWER_LIMIT, message.acker.ack(BasicAckOptions::default())).await {
        Ok(Ok(true)) => Ok(()),
        Ok(Ok(false) | Err(_)) | Err(_) => Err(QueueError::Lost),
    }
}

/// In a task of its own: whoever had it goes on meanwhile. At once, a page that fails would be tried
/// again and again for as long as the broker takes nothing.
fn give_back_in_a_while(message: Message) {
    tokio::spawn(async move {
        sleep(PAUSE).await;
        let options = BasicNackOptions { requeue: true, multiple: false };
        // If this fails the connection is gone, and the broker gives the job to another by itself.
        let _ = timeout(ANSWER_LIMIT, message.acker.nack(options)).await;
    });
}
