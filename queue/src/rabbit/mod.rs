//! RabbitMQ behind the contract. docs/queue.md has the drawing.

mod consume; // from the broker to whoever waits in `next`
mod dead; // looking through the dead letters
mod former; // what an earlier version left
mod give_up; // no further attempt: the dead letter and its page
mod link; // one connection that comes back
mod message; // jobs as messages
mod publish; // pipelined confirms
pub(crate) mod topology; // every name and argument, in one place

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use records::{Db, audit::Author};
use tokio::sync::Mutex;

use self::{consume::Consumers, link::Address, publish::Publisher, topology::Topology};
use crate::{
    Dead, DeadLetter, Delivery, Depth, Job, JobKind, Options, Priority, Queue, QueueError,
};

/// Longest wait for one answer of the broker (not for a confirm).
const ANSWER_LIMIT: Duration = Duration::from_secs(10);

/// The queue in a broker.
pub(crate) struct Rabbit {
    publisher: Arc<Publisher>,
    shared: Arc<Shared>,
    consumers: Mutex<Option<Consumers>>,
}

/// What every part of the transport needs to know.
struct Shared {
    address: Address,
    topology: Topology,
    options: Options,
    records: Db,
}

impl Rabbit {
    pub(crate) fn open(address: &str, records: Db, options: Options) -> Result<Self, QueueError> {
        let shared = Arc::new(Shared {
            address: Address::parse(address, &options)?,
            topology: Topology::new(&options.namespace, options.generation),
            options,
            records,
        });
        let publisher = Arc::new(Publisher::new(Arc::clone(&shared)));
        Ok(Self { publisher, shared, consumers: Mutex::default() })
    }
}

#[async_trait]
impl Queue for Rabbit {
    async fn publish(&self, jobs: &[Job]) -> Result<(), QueueError> {
        self.publisher.publish(jobs).await
    }

    async fn next(&self) -> Result<Delivery, QueueError> {
        // The first to wait starts the consumers; a process that only publishes has none.
        self.consumers
            .lock()
            .await
            .get_or_insert_with(|| {
                Consumers::start(Arc::clone(&self.shared), Arc::clone(&self.publisher))
            })
            .next()
            .await
    }

    async fn takes_jobs(&self) -> Result<(), QueueError> {
        self.publisher.probe().await
    }

    async fn depth(&self) -> Result<Depth, QueueError> {
        let topology = &self.shared.topology;
        let mut depth = Depth::default();
        for kind in JobKind::ALL {
            for priority in Priority::ALL {
                depth.waiting += self.publisher.length(&topology.work(kind, priority)).await?;
            }
            depth.dead += self.publisher.length(&topology.dead(kind)).await?;
        }
        for rung in topology::LADDER {
            depth.delayed += self.publisher.length(&topology.retry(&rung)).await?;
        }
        Ok(depth)
    }

    async fn room(&self) -> Result<u64, QueueError> {
        let mut waiting = 0;
        for kind in JobKind::ALL {
            for priority in [Priority::Normal, Priority::Bulk] {
                let queue = self.shared.topology.work(kind, priority);
                waiting += self.publisher.length(&queue).await?;
            }
        }
        Ok(self.shared.options.window.saturating_sub(waiting))
    }

    async fn stop_taking(&self) {
        if let Some(consumers) = self.consumers.lock().await.as_mut() {
            consumers.stop_taking().await;
        }
    }

    async fn close(&self) {
        if let Some(consumers) = self.consumers.lock().await.take() {
            consumers.close().await;
        }
    }

    async fn dead(&self, limit: usize) -> Result<Vec<DeadLetter>, QueueError> {
        dead::list(&self.shared, &self.publisher, limit).await
    }

    async fn retry_dead(&self, which: &Dead, by: Author) -> Result<u64, QueueError> {
        dead::retry(&self.shared, &self.publisher, which, by).await
    }

    async fn forget_dead(&self, which: &Dead) -> Result<u64, QueueError> {
        dead::forget(&self.shared, &self.publisher, which).await
    }
}
