//! Work for the readers: jobs go in, deliveries come out, and nothing is lost in between.
//!
//! One contract ([`Queue`]), two transports: rows of the records database (`embedded`, nothing to
//! install) and RabbitMQ (`amqp://…`, many machines). Delivery is at-least-once; that the effect
//! happens once is up to the transaction that writes it. docs/queue.md tells the whole story.

mod contract; // what both transports promise
mod delivery; // a job in hand, and the ways to let go of it
mod options; // how the queue is to work
mod relay; // from the outbox to a queue

mod embedded; // rows of the records database
mod rabbit; // quorum queues, confirms, dead letters

mod backoff; // how long to wait before trying again
mod error; // what can go wrong

use std::sync::Arc;

pub use backoff::Backoff;
pub use contract::{Dead, DeadLetter, Depth, Queue};
pub use delivery::Delivery;
pub use error::QueueError;
pub use options::{Clock, Options};
pub use records::{Job, JobKind, Priority};
pub use relay::relay;

/// The queue at `address`: `embedded` for rows of `records`, or `amqp://…`, `amqps://…` for
/// RabbitMQ, which need not be there yet. `records` is asked for a page's state in both cases
/// when its job is given up or sent back.
pub fn open(
    address: &str,
    records: &records::Db,
    options: Options,
) -> Result<Arc<dyn Queue>, QueueError> {
    options.check()?;
    if address == "embedded" {
        return Ok(Arc::new(embedded::Embedded::new(records.clone(), options)));
    }
    Ok(Arc::new(rabbit::Rabbit::open(address, records.clone(), options)?))
}
