//! Publishing with pipelined confirms, on a connection of its own: a broker that is short of
//! memory stops reading from connections that publish, and workers must still acknowledge.

use std::{sync::Arc, time::Duration};

use lapin::{
    BasicProperties, Channel, Confirmation, Connection, ConnectionStatus,
    options::{BasicPublishOptions, QueueDeclareOptions},
    types::{FieldTable, ShortString},
};
use tokio::{
    sync::Mutex,
    time::{Instant, sleep, timeout},
};

use super::{ANSWER_LIMIT, Shared, message, topology::Topology};
use crate::{Job, QueueError, backoff::Backoff};

/// Messages on their way at once: a relay's batch and some more. `examples/publish_rate` measures
/// what that gives; see docs/queue.md.
const IN_FLIGHT: usize = 512;

/// How long a batch may wait for its confirms. A quorum of disks has to write it.
const CONFIRM_LIMIT: Duration = Duration::from_secs(30);

/// How often it is looked whether the broker takes nothing, while confirms are waited for.
const BLOCKED_LOOK: Duration = Duration::from_millis(100);

/// The name of no queue of anybody's.
const NOWHERE: &str = "kamikarte.nowhere";

/// Why the broker did not confirm a message. The queue whose log met a full disk may stay dead though
/// there is room again (RabbitMQ 3.10).
const NOT_STORED: &str = "it could not be stored; if the broker's disk was full and has room again, \
    restart the broker";

pub(super) struct Publisher {
    shared: Arc<Shared>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    live: Option<Live>,
    /// Number of the latest connection.
    connections: u64,
    backoff: Backoff,
    /// Why and until when not to try again.
    away: Option<(Instant, String)>,
}

struct Live {
    connection: Connection,
    channel: Channel,
}

/// One message with where it goes.
struct Parcel {
    job: chart::JobId,
    exchange: ShortString,
    key: ShortString,
    body: Vec<u8>,
    properties: BasicProperties,
}

impl Publisher {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { shared, state: Mutex::default() }
    }

    /// Sends jobs to the workers.
    pub(super) async fn publish(&self, jobs: &[Job]) -> Result<(), QueueError> {
        for batch in jobs.chunks(IN_FLIGHT) {
            let parcels = batch.iter().map(|job| self.to_work(job, 0, None)).collect();
            self.send(parcels).await?;
        }
        Ok(())
    }

    /// Sends a job to the workers that was attempted `attempts` times.
    pub(super) async fn again(&self, job: &Job, attempts: u32) -> Result<(), QueueError> {
        self.send(vec![self.to_work(job, attempts, None)]).await
    }

    /// Sends a job back to the workers that was with one of them, ahead of what was not.
    pub(super) async fn back(&self, job: &Job, attempts: u32) -> Result<(), QueueError> {
        let key = Topology::return_key(job.kind, job.priority);
        self.send(vec![Parcel { key, ..self.to_work(job, attempts, None) }]).await
    }

    /// Sends a job to the workers, in a while.
    pub(super) async fn later(
        &self,
        job: &Job,
        attempts: u32,
        delay: Duration,
        reason: &str,
    ) -> Result<(), QueueError> {
        let parcel = Parcel {
            exchange: self.shared.topology.retry_exchange(),
            key: Topology::retry_key(job.kind, job.priority, delay),
            ..self.to_work(job, attempts, Some(reason))
        };
        self.send(vec![parcel]).await
    }

    /// Sends a message to the dead letters of `kind`.
    pub(super) async fn bury(
        &self,
        kind: crate::JobKind,
        body: Vec<u8>,
        attempts: u32,
        reason: &str,
    ) -> Result<(), QueueError> {
        let now = self.shared.options.now();
        let job = message::parse(&body).ok();
        let parcel = Parcel {
            job: job.as_ref().map_or_else(|| chart::JobId::new(now), |job| job.id),
            exchange: self.shared.topology.dead_exchange(),
            key: Topology::dead_key(kind),
            properties: message::dead_properties(job.as_ref(), attempts, reason, now),
            body,
        };
        self.send(vec![parcel]).await
    }

    /// Sends a dead letter of an earlier version to the dead letters of this one, as it is.
    pub(super) async fn carry_dead(
        &self,
        kind: crate::JobKind,
        letter: &lapin::message::Delivery,
    ) -> Result<(), QueueError> {
        let job = message::parse(&letter.data).ok();
        let parcel = Parcel {
            job: job.map_or_else(|| chart::JobId::new(self.shared.options.now()), |job| job.id),
            exchange: self.shared.topology.dead_exchange(),
            key: Topology::dead_key(kind),
            properties: letter.properties.clone(),
            body: letter.data.clone(),
        };
        self.send(vec![parcel]).await
    }

    /// Whether the broker takes messages. It tells only those who send some, and takes the first of a
    /// connection all the same: so two are sent to no queue, one after the other, which it confirms
    /// and forgets.
    pub(super) async fn probe(&self) -> Result<(), QueueError> {
        let (_, channel, status) = self.channel().await?;
        let sending = async {
            for _ in 0..2 {
                let options = BasicPublishOptions::default();
                let (nobody, plain) = (ShortString::default(), BasicProperties::default());
                channel.basic_publish(nobody, NOWHERE.into(), options, &[], plain).await?.await?;
            }
            Ok::<_, lapin::Error>(())
        };
        tokio::select! {
            sent = timeout(ANSWER_LIMIT, sending) => match sent {
                Ok(sent) => Ok(sent?),
                Err(_) => Err(QueueError::Away("it did not answer in time".into())),
            },
            () = blocked(&status) => Err(QueueError::Blocked),
        }
    }

    /// How many messages of `queue` wait.
    pub(super) async fn length(&self, queue: &ShortString) -> Result<u64, QueueError> {
        let (number, channel, _) = self.channel().await?;
        let options = QueueDeclareOptions::durable().passive();
        let asking = channel.queue_declare(queue.clone(), options, FieldTable::default());
        let answer = match timeout(ANSWER_LIMIT, asking).await {
            Ok(answer) => answer.map_err(QueueError::from),
            Err(_) => Err(QueueError::Away("it did not answer in time".into())),
        };
        match answer {
            Ok(queue) => Ok(queue.message_count().into()),
            Err(error) => Err(self.forget_connection(number, error).await),
        }
    }

    /// A further channel of this connection.
    pub(super) async fn extra_channel(&self) -> Result<Channel, QueueError> {
        self.channel().await?;
        let state = self.state.lock().await;
        let live = state.live.as_ref().ok_or(QueueError::Lost)?;
        Ok(live.connection.create_channel().await?)
    }

    fn to_work(&self, job: &Job, attempts: u32, reason: Option<&str>) -> Parcel {
        Parcel {
            job: job.id,
            exchange: self.shared.topology.work_exchange(),
            key: Topology::work_key(job.kind, job.priority),
            body: message::body(job),
            properties: message::properties(job, attempts, reason),
        }
    }

    /// Sends all parcels, then waits for the broker's word on each.
    async fn send(&self, parcels: Vec<Parcel>) -> Result<(), QueueError> {
        let (number, channel, status) = self.channel().await?;
        let sent = tokio::select! {
            sent = timeout(CONFIRM_LIMIT, send_on(&channel, parcels)) => match sent {
                Ok(sent) => sent,
                Err(_) => Err(QueueError::Away("it confirmed nothing in time".into())),
            },
            // The connection is kept, and what was sent with it: on a new one the broker would say
            // so only after the next batch, and read each of them when it has room again.
            () = blocked(&status) => return Err(QueueError::Blocked),
        };
        match sent {
            Ok(()) => Ok(()),
            // The next attempt connects and declares anew, which also mends a deleted queue.
            Err(error) => Err(self.forget_connection(number, error).await),
        }
    }

    /// The channel with the number and the state of its connection, connecting if need be; at once
    /// an error while the broker is away.
    async fn channel(&self) -> Result<(u64, Channel, ConnectionStatus), QueueError> {
        let mut state = self.state.lock().await;
        if let Some(live) = &state.live {
            let status = live.connection.status().clone();
            if status.connected() && live.channel.status().connected() {
                return if status.blocked() {
                    Err(QueueError::Blocked)
                } else {
                    Ok((state.connections, live.channel.clone(), status))
                };
            }
            state.live = None;
        }
        if let Some((until, cause)) = &state.away
            && Instant::now() < *until
        {
            return Err(QueueError::Away(cause.clone()));
        }
        let name = format!("{} publisher", self.shared.options.namespace);
        match self.shared.address.connect(&name, &self.shared.topology).await {
            Ok((connection, channel)) => {
                state.backoff.reset();
                state.away = None;
                let status = connection.status().clone();
                state.live = Some(Live { connection, channel: channel.clone() });
                state.connections += 1;
                Ok((state.connections, channel, status))
            }
            Err(error) => {
                let wait = state.backoff.after_failure();
                let cause = match &error {
                    QueueError::Away(cause) => cause.clone(),
                    other => other.to_string(),
                };
                state.away = Some((Instant::now() + wait, cause));
                Err(error)
            }
        }
    }

    /// Gives connection `number` up, unless another caller did and has a new one.
    async fn forget_connection(&self, number: u64, error: QueueError) -> QueueError {
        let mut state = self.state.lock().await;
        if state.connections == number {
            state.live = None;
        }
        error
    }
}

/// Returns once the broker says that it takes nothing.
async fn blocked(status: &ConnectionStatus) {
    while !status.blocked() {
        sleep(BLOCKED_LOOK).await;
    }
}

async fn send_on(channel: &Channel, parcels: Vec<Parcel>) -> Result<(), QueueError> {
    // Mandatory: what no queue takes comes back instead of vanishing.
    let options = BasicPublishOptions { mandatory: true, ..Default::default() };
    let mut awaited = Vec::with_capacity(parcels.len());
    for parcel in parcels {
        let Parcel { job, exchange, key, body, properties } = parcel;
        awaited
            .push((job, channel.basic_publish(exchange, key, options, &body, properties).await?));
    }
    for (job, confirm) in awaited {
        match confirm.await? {
            Confirmation::Ack(None) => {}
            Confirmation::Ack(Some(returned)) => {
                let cause = format!("no queue takes it ({})", returned.reply_text);
                return Err(QueueError::Refused { job, cause });
            }
            Confirmation::Nack(_) => {
                return Err(QueueError::Refused { job, cause: NOT_STORED.into() });
            }
            Confirmation::NotRequested => {
                return Err(QueueError::Refused { job, cause: "confirms are off".into() });
            }
        }
    }
    Ok(())
}
