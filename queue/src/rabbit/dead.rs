//! Looking through the dead letters. AMQP has no way to look without taking: letters are taken
//! one by one, unacknowledged, and those that stay are given back at the end. While somebody
//! looks, another who looks sees none.

use lapin::{
    Channel,
    message::BasicGetMessage,
    options::{BasicAckOptions, BasicGetOptions, BasicNackOptions},
};
use tokio::time::timeout;

use super::{ANSWER_LIMIT, Shared, message, publish::Publisher};
use crate::{Dead, DeadLetter, JobKind, QueueError};

/// What becomes of a letter that was asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Retried,
    Forgotten,
}

pub(super) async fn list(
    shared: &Shared,
    publisher: &Publisher,
    limit: usize,
) -> Result<Vec<DeadLetter>, QueueError> {
    let mut letters = Vec::new();
    for kind in JobKind::ALL {
        let channel = publisher.extra_channel().await?;
        let mut last = None;
        while letters.len() < limit {
            let Some(message) = take_one(shared, &channel, kind).await? else { break };
            letters.push(message::dead_letter(&message.delivery));
            last = Some(message.delivery.delivery_tag);
        }
        give_back(&channel, last).await?;
    }
    Ok(letters)
}

/// Takes the letters of `which` out of the dead queues.
pub(super) async fn take(
    shared: &Shared,
    publisher: &Publisher,
    which: &Dead,
    fate: Fate,
) -> Result<u64, QueueError> {
    let mut taken = 0;
    for kind in JobKind::ALL {
        let channel = publisher.extra_channel().await?;
        let mut last_kept = None;
        while let Some(message) = take_one(shared, &channel, kind).await? {
            let job = message::parse(&message.delivery.data).ok();
            match job {
                Some(job) if which.includes(Some(&job)) => {
                    if fate == Fate::Retried {
                        // If this fails the letter is given back with the channel.
                        publisher.again(&job, 0).await?;
                    }
                    message.delivery.acker.ack(BasicAckOptions::default()).await?;
                    taken += 1;
                }
                None if fate == Fate::Forgotten && which.includes(None) => {
                    message.delivery.acker.ack(BasicAckOptions::default()).await?;
                    taken += 1;
                }
                _ => last_kept = Some(message.delivery.delivery_tag),
            }
        }
        give_back(&channel, last_kept).await?;
    }
    Ok(taken)
}

async fn take_one(
    shared: &Shared,
    channel: &Channel,
    kind: JobKind,
) -> Result<Option<BasicGetMessage>, QueueError> {
    let queue = shared.topology.dead(kind);
    match timeout(ANSWER_LIMIT, channel.basic_get(queue, BasicGetOptions::default())).await {
        Ok(message) => Ok(message?),
        Err(_) => Err(QueueError::Away("it did not answer in time".into())),
    }
}

/// Gives back every letter up to `last` that was not acknowledged.
async fn give_back(channel: &Channel, last: Option<u64>) -> Result<(), QueueError> {
    if let Some(last) = last {
        let options = BasicNackOptions { multiple: true, requeue: true };
        channel.basic_nack(last, options).await?;
    }
    channel.close(200, "done".into()).await?;
    Ok(())
}
