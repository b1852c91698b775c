//! Every exchange and queue, declared here and nowhere else.
//!
//! ```text
//!                    ┌──────────────── work (topic) ◀────────────────┐
//!      #.read_page.awaited   #.….normal   #.….bulk                   │ time is up
//!              ▼                 ▼            ▼                      │
//!      read_page.awaited     ….normal      ….bulk     retry (topic) ─▶ retry.5s, retry.30s, …
//!              └─────────────┬───┴────────────┘          ▲
//!            delivered too   │                           │ a worker's `retry`
//!            often           ▼                           │
//!                     dead (topic) ─▶ read_page.dead   worker
//!                            ▲                           │ a worker's `bury`
//!                            └───────────────────────────┘
//! ```
//!
//! All names begin with the namespace and the generation. A queue's arguments can never change
//! once it exists, so a version that needs others raises [`GENERATION`]; see "Changing the
//! topology" in docs/queue.md.

use std::time::Duration;

use lapin::{
    Channel, ExchangeKind,
    options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions},
    types::{AMQPValue, FieldTable, ShortString},
};

use crate::{JobKind, Priority};

/// Raised whenever a name or an argument below changes.
pub(crate) const GENERATION: u32 = 1;

/// Deliveries of one message after which the broker itself gives it up. A backstop far above
/// [`records::jobs::RETURNS_LIMIT`], for a message that kills every process which receives it before
/// that process can look at the count.
const BROKER_DELIVERY_LIMIT: i32 = 50;

/// How long a worker may hold a job before the broker takes it back. The slowest page has minutes,
/// not an hour. Brokers before 3.12 ignore the argument and use their own `consumer_timeout`,
/// 30 minutes.
const CONSUMER_TIMEOUT: Duration = Duration::from_hours(1);

/// The lane of a job that was in hand before and comes back: the next more urgent one. In its own it
/// would wait again behind everything that was published meanwhile, as many as the window is wide.
const fn lane_of_return(priority: Priority) -> Priority {
    match priority {
        Priority::Awaited | Priority::Normal => Priority::Awaited,
        Priority::Bulk => Priority::Normal,
    }
}

/// The word for a priority in names: each has a queue, because quorum queues know none.
const fn lane(priority: Priority) -> &'static str {
    match priority {
        Priority::Awaited => "awaited",
        Priority::Normal => "normal",
        Priority::Bulk => "bulk",
    }
}

/// One retry queue of a fixed delay. Fixed, because messages of different delays in one queue
/// would wait for each other.
pub(super) struct Rung {
    name: &'static str,
    pub(super) delay: Duration,
}

/// The delays there are, shortest first.
pub(super) const LADDER: [Rung; 6] = [
    Rung { name: "1s", delay: Duration::from_secs(1) },
    Rung { name: "5s", delay: Duration::from_secs(5) },
    Rung { name: "30s", delay: Duration::from_secs(30) },
    Rung { name: "2min", delay: Duration::from_mins(2) },
    Rung { name: "10min", delay: Duration::from_mins(10) },
    Rung { name: "1h", delay: Duration::from_hours(1) },
];

/// The first rung that is at least `delay`, or the last.
fn rung(delay: Duration) -> &'static Rung {
    const LAST: &Rung = &LADDER[LADDER.len() - 1];
    LADDER.iter().find(|rung| rung.delay >= delay).unwrap_or(LAST)
}

/// The names within one namespace.
pub(super) struct Topology {
    namespace: String,
    generation: u32,
}

impl Topology {
    pub(super) fn new(namespace: &str, generation: u32) -> Self {
        Self { namespace: namespace.to_owned(), generation }
    }

    /// Those of earlier versions.
    pub(super) fn former(&self) -> impl Iterator<Item = Self> + '_ {
        (1..self.generation).map(|generation| Self::new(&self.namespace, generation))
    }

    /// Where jobs are published.
    pub(super) fn work_exchange(&self) -> ShortString {
        self.named("work")
    }

    /// Where jobs are published that shall come back later, by [`Self::retry_key`].
    pub(super) fn retry_exchange(&self) -> ShortString {
        self.named("retry")
    }

    /// Where dead letters are published, by [`Self::dead_key`].
    pub(super) fn dead_exchange(&self) -> ShortString {
        self.named("dead")
    }

    pub(super) fn work_key(kind: JobKind, priority: Priority) -> ShortString {
        format!("{kind}.{}", lane(priority)).into()
    }

    /// For a job that was in hand before.
    pub(super) fn return_key(kind: JobKind, priority: Priority) -> ShortString {
        Self::work_key(kind, lane_of_return(priority))
    }

    /// The rung's name goes before the key with which the message shall come back.
    pub(super) fn retry_key(kind: JobKind, priority: Priority, delay: Duration) -> ShortString {
        format!("{}.{}", rung(delay).name, Self::return_key(kind, priority)).into()
    }

    pub(super) fn dead_key(kind: JobKind) -> ShortString {
        kind.as_str().into()
    }

    pub(super) fn work(&self, kind: JobKind, priority: Priority) -> ShortString {
        self.named(&format!("{kind}.{}", lane(priority)))
    }

    pub(super) fn retry(&self, rung: &Rung) -> ShortString {
        self.named(&format!("retry.{}", rung.name))
    }

    pub(super) fn dead(&self, kind: JobKind) -> ShortString {
        self.named(&format!("{kind}.dead"))
    }

    fn named(&self, name: &str) -> ShortString {
        format!("{}.{}.{name}", self.namespace, self.generation).into()
    }

    /// Declares all of it; changes nothing that is there already.
    pub(super) async fn declare(&self, channel: &Channel) -> lapin::Result<()> {
        for exchange in [self.work_exchange(), self.retry_exchange(), self.dead_exchange()] {
            let options = ExchangeDeclareOptions { durable: true, ..Default::default() };
            channel
                .exchange_declare(exchange, ExchangeKind::Topic, options, FieldTable::default())
                .await?;
        }
        for kind in JobKind::ALL {
            self.declare_kind(channel, kind).await?;
        }
        for rung in &LADDER {
            let arguments = arguments(&[
                ("x-message-ttl", AMQPValue::LongLongInt(rung.delay.as_millis() as i64)),
                ("x-dead-letter-exchange", text(self.work_exchange().as_str())),
                // Keeps the message here until the work queue has confirmed it.
                ("x-dead-letter-strategy", text("at-least-once")),
                ("x-overflow", text("reject-publish")),
            ]);
            let binding = format!("{}.#", rung.name).into();
            self.queue(channel, self.retry(rung), arguments, self.retry_exchange(), binding)
                .await?;
        }
        Ok(())
    }

    async fn declare_kind(&self, channel: &Channel, kind: JobKind) -> lapin::Result<()> {
        let dead = self.dead(kind);
        self.queue(channel, dead, arguments(&[]), self.dead_exchange(), Self::dead_key(kind))
            .await?;
        for priority in Priority::ALL {
            let arguments = arguments(&[
                ("x-delivery-limit", AMQPValue::LongInt(BROKER_DELIVERY_LIMIT)),
                ("x-dead-letter-exchange", text(self.dead_exchange().as_str())),
                ("x-dead-letter-routing-key", text(Self::dead_key(kind).as_str())),
                ("x-dead-letter-strategy", text("at-least-once")),
                ("x-overflow", text("reject-publish")),
                ("x-consumer-timeout", AMQPValue::LongLongInt(CONSUMER_TIMEOUT.as_millis() as i64)),
            ]);
            // `#` stands for nothing (published) or for a rung (come back).
            let binding = format!("#.{kind}.{}", lane(priority)).into();
            let queue = self.work(kind, priority);
            self.queue(channel, queue, arguments, self.work_exchange(), binding).await?;
        }
        Ok(())
    }

    async fn queue(
        &self,
        channel: &Channel,
        name: ShortString,
        arguments: FieldTable,
        exchange: ShortString,
        binding: ShortString,
    ) -> lapin::Result<()> {
        channel.queue_declare(name.clone(), QueueDeclareOptions::durable(), arguments).await?;
        let options = QueueBindOptions::default();
        channel.queue_bind(name, exchange, binding, options, FieldTable::default()).await
    }
}

fn arguments(more: &[(&str, AMQPValue)]) -> FieldTable {
    let mut table = FieldTable::default();
    table.insert("x-queue-type".into(), text("quorum"));
    for (name, value) in more {
        table.insert((*name).into(), value.clone());
    }
    table
}

fn text(value: &str) -> AMQPValue {
    AMQPValue::LongString(value.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delay_is_rounded_up_to_the_next_rung_and_to_an_hour_at_most() {
        let key = |seconds| {
            let delay = Duration::from_secs(seconds);
            Topology::retry_key(JobKind::ReadPage, Priority::Bulk, delay).to_string()
        };
        assert_eq!(key(0), "1s.read_page.normal");
        assert_eq!(key(5), "5s.read_page.normal");
        assert_eq!(key(6), "30s.read_page.normal");
        assert_eq!(key(1_000_000), "1h.read_page.normal");
    }

    #[test]
    fn installations_that_share_a_broker_share_no_name() {
        let (ours, theirs) = (Topology::new("clinic-a", 1), Topology::new("clinic-b", 1));
        assert_ne!(ours.work_exchange(), theirs.work_exchange());
        assert_ne!(ours.dead(JobKind::ReadPage), theirs.dead(JobKind::ReadPage));
    }
}
