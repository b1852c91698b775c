//! Looking through the dead letters. AMQP has no way to look without taking: letters are taken
//! one by one, unacknowledged, and those that stay are given back at the end. While somebody
//! looks, another who looks sees none.

use chart::Stage;
use lapin::{
    Channel,
    message::BasicGetMessage,
    options::{BasicAckOptions, BasicGetOptions, BasicNackOptions},
};
use records::{RecordsError, Refusal, audit::Author, pages};
use tokio::time::timeout;

use super::{ANSWER_LIMIT, Shared, message, publish::Publisher};
use crate::{Dead, DeadLetter, Job, JobKind, QueueError};

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

/// Sends letters back to the workers; see [`crate::Queue::retry_dead`].
pub(super) async fn retry(
    shared: &Shared,
    publisher: &Publisher,
    which: &Dead,
    by: Author,
) -> Result<u64, QueueError> {
    let mut sent_back = 0;
    for kind in JobKind::ALL {
        let channel = publisher.extra_channel().await?;
        let mut last_kept = None;
        while let Some(letter) = take_one(shared, &channel, kind).await? {
            let tag = letter.delivery.delivery_tag;
            match message::parse(&letter.delivery.data) {
                Ok(job) if which.includes(&job) => {
                    // If this fails, the letter is given back with its channel.
                    sent_back += u64::from(send_back(shared, publisher, &job, by).await?);
                    letter.delivery.acker.ack(BasicAckOptions::default()).await?;
                }
                _ => last_kept = Some(tag),
            }
        }
        give_back(&channel, last_kept).await?;
    }
    Ok(sent_back)
}

/// Takes letters away; see [`crate::Queue::forget_dead`].
pub(super) async fn forget(
    shared: &Shared,
    publisher: &Publisher,
    which: &Dead,
) -> Result<u64, QueueError> {
    let mut forgotten = 0;
    for kind in JobKind::ALL {
        let channel = publisher.extra_channel().await?;
        let mut last_kept = None;
        while let Some(letter) = take_one(shared, &channel, kind).await? {
            let tag = letter.delivery.delivery_tag;
            let wanted = match message::parse(&letter.delivery.data) {
                Ok(job) => which.includes(&job),
                Err(_) => *which == Dead::All,
            };
            if wanted {
                letter.delivery.acker.ack(BasicAckOptions::default()).await?;
                forgotten += 1;
            } else {
                last_kept = Some(tag);
            }
        }
        give_back(&channel, last_kept).await?;
    }
    Ok(forgotten)
}

/// An unreadable page gets a new job through the outbox. A page that still waits for its worker,
/// because the broker itself gave the message up, gets this job again. `false` if the page has
/// moved on or is gone.
async fn send_back(
    shared: &Shared,
    publisher: &Publisher,
    job: &Job,
    by: Author,
) -> Result<bool, QueueError> {
    let now = shared.options.now();
    let mut tx = shared.records.begin().await?;
    let Some(page) = pages::find(&mut tx, job.tenant, job.page).await? else { return Ok(false) };
    if matches!(page.state.stage(), Stage::Received | Stage::Queued | Stage::Reading) {
        drop(tx);
        publisher.again(job, 0).await?;
        return Ok(true);
    }
    match pages::retry(&mut tx, job.tenant, job.page, page.version, by, now).await {
        Ok(_) => {
            tx.commit().await?;
            Ok(true)
        }
        Err(RecordsError::Refused(Refusal::Transition(_))) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

impl Dead {
    fn includes(&self, job: &Job) -> bool {
        match self {
            Self::All => true,
            Self::Of(jobs) => jobs.contains(&job.id),
        }
    }
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
