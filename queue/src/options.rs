use std::{sync::Arc, time::Duration};

use chart::Timestamp;

use crate::{QueueError, rabbit::topology::GENERATION};

/// Tells the present moment; handed in, because only the binary reads the clock.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// How the queue is to work. All processes of an installation should use the same.
#[derive(Clone)]
pub struct Options {
    /// RabbitMQ: prefix of every name in the broker, so that installations can share one.
    pub namespace: String,
    /// RabbitMQ: number that stands in all names after the namespace. A version whose queues need
    /// other arguments raises it; its workers carry over what stands under lower numbers.
    pub generation: u32,
    /// RabbitMQ: how many jobs of a priority a worker process holds at once: its threads.
    pub prefetch: u16,
    /// Attempts before a job is given up, 1 to 20.
    pub delivery_limit: u32,
    /// Embedded: how long a job stays with a worker that gives no sign of life. While a delivery
    /// is in hand its lease is extended by itself.
    pub lease: Duration,
    /// RabbitMQ: how many jobs may wait in the broker; see [`crate::Queue::room`].
    pub window: u64,
    /// RabbitMQ over TLS: certificates to trust besides the system's, as PEM.
    pub trusted_certificates: Option<String>,
    /// The present moment.
    pub clock: Clock,
}

impl Options {
    /// The usual: one thread, five attempts, a lease of a minute, a window of a thousand jobs.
    pub fn new(clock: Clock) -> Self {
        Self {
            namespace: "kamikarte".into(),
            generation: GENERATION,
            prefetch: 1,
            delivery_limit: 5,
            lease: Duration::from_mins(1),
            window: 1_000,
            trusted_certificates: None,
            clock,
        }
    }

    pub(crate) fn check(&self) -> Result<(), QueueError> {
        let problem = if !(1..=20).contains(&self.delivery_limit) {
            "the queue's delivery limit must be 1 to 20"
        } else if self.generation == 0 {
            "the queue's generation must be 1 or more"
        } else if self.prefetch == 0 {
            "a worker must hold at least one job at once"
        } else if self.lease < Duration::from_secs(1) {
            "the queue's lease must be at least a second"
        } else if self.namespace.is_empty() || self.namespace.len() > 60 {
            "the queue's namespace must have 1 to 60 characters"
        } else {
            return Ok(());
        };
        Err(QueueError::Options(problem.into()))
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_outside_their_bounds_are_refused() {
        let usual = || Options::new(Arc::new(Timestamp::default));
        assert!(usual().check().is_ok());
        assert!(Options { delivery_limit: 0, ..usual() }.check().is_err());
        assert!(Options { delivery_limit: 21, ..usual() }.check().is_err());
        assert!(Options { prefetch: 0, ..usual() }.check().is_err());
        assert!(Options { lease: Duration::ZERO, ..usual() }.check().is_err());
        assert!(Options { namespace: "n".repeat(61), ..usual() }.check().is_err());
    }
}
