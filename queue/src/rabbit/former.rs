//! What an earlier version left in the broker. A version whose queues need other arguments gives
//! all names a new generation; its workers carry over whatever stands under the names of before,
//! for as long as those are there. Workers and relays of both versions may run meanwhile: what an
//! old relay still publishes is carried over by the next round.
//!
//! Nothing is deleted: an old relay might publish between the look and the deletion. Who knows
//! that no old version runs any more deletes the empty queues by hand (docs/queue.md).

use std::time::Duration;

use lapin::{
    Channel, ErrorKind,
    message::{BasicGetMessage, Delivery as Message},
    options::{BasicGetOptions, QueueDeclareOptions},
    protocol::{AMQPErrorKind, AMQPSoftError},
    types::{FieldTable, ShortString},
};
use tokio::time::{sleep, timeout};

use super::{ANSWER_LIMIT, Shared, consume, message, publish::Publisher, topology::Topology};
use crate::{JobKind, Priority, QueueError};

/// How often a worker looks. A retry of an earlier version may come back an hour later.
const LOOK_EVERY: Duration = Duration::from_secs(20);

/// Carries over what there is, again and again.
pub(super) async fn take_over(shared: &Shared, publisher: &Publisher) {
    let formers: Vec<Topology> = shared.topology.former().collect();
    if formers.is_empty() {
        return std::future::pending().await;
    }
    loop {
        for former in &formers {
            if let Err(error) = carry_over(shared, publisher, former).await {
                tracing::debug!(%error, "an earlier version's jobs wait");
            }
        }
        sleep(LOOK_EVERY).await;
    }
}

/// One round.
async fn carry_over(
    shared: &Shared,
    publisher: &Publisher,
    former: &Topology,
) -> Result<(), QueueError> {
    let mut carried = 0_u64;
    for kind in JobKind::ALL {
        for priority in Priority::ALL {
            let queue = former.work(kind, priority);
            if let Some(channel) = open(publisher, &queue).await? {
                while let Some(message) = take_one(&channel, &queue).await? {
                    to_work(shared, publisher, kind, &message.delivery).await?;
                    carried += 1;
                }
            }
        }
        let queue = former.dead(kind);
        if let Some(channel) = open(publisher, &queue).await? {
            while let Some(message) = take_one(&channel, &queue).await? {
                publisher.carry_dead(kind, &message.delivery).await?;
                consume::ack(&message.delivery).await?;
                carried += 1;
            }
        }
    }
    if carried > 0 {
        tracing::info!(carried, "jobs of an earlier version were carried over");
    }
    Ok(())
}

/// The job with the attempts that were made; what is no job goes to the dead letters.
async fn to_work(
    shared: &Shared,
    publisher: &Publisher,
    kind: JobKind,
    message: &Message,
) -> Result<(), QueueError> {
    let attempts = message::failed_attempts(message);
    match message::parse(&message.data) {
        Ok(job) => publisher.again(&job, attempts.min(shared.options.delivery_limit)).await?,
        Err(reason) => publisher.bury(kind, message.data.clone(), attempts, &reason).await?,
    }
    consume::ack(message).await
}

/// A channel of its own, if the queue is there: asking for one that is not closes the channel.
async fn open(publisher: &Publisher, queue: &ShortString) -> Result<Option<Channel>, QueueError> {
    let channel = publisher.extra_channel().await?;
    let options = QueueDeclareOptions::durable().passive();
    let asking = channel.queue_declare(queue.clone(), options, FieldTable::default());
    match timeout(ANSWER_LIMIT, asking).await {
        Ok(Ok(_)) => Ok(Some(channel)),
        Ok(Err(error)) if is_missing(&error) => Ok(None),
        Ok(Err(error)) => Err(error.into()),
        Err(_) => Err(QueueError::Away("it did not answer in time".into())),
    }
}

fn is_missing(error: &lapin::Error) -> bool {
    let missing = AMQPErrorKind::Soft(AMQPSoftError::NOTFOUND);
    matches!(error.kind(), ErrorKind::ProtocolError(error) if *error.kind() == missing)
}

async fn take_one(
    channel: &Channel,
    queue: &ShortString,
) -> Result<Option<BasicGetMessage>, QueueError> {
    match timeout(ANSWER_LIMIT, channel.basic_get(queue.clone(), BasicGetOptions::default())).await
    {
        Ok(message) => Ok(message?),
        Err(_) => Err(QueueError::Away("it did not answer in time".into())),
    }
}
