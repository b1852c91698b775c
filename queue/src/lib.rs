//! Work for the readers: jobs go in, deliveries come out, and nothing is lost in between.
//!
//! One contract ([`Queue`]), two transports: rows of the records database (`embedded`, nothing to
//! install) and RabbitMQ (`amqp://…`, many machines). Delivery is at-least-once; that the effect
//! happens once is up to the transaction that writes it. docs/queue.md tells the whole story.

mod backoff; // how long to wait before trying again
mod contract; // what both transports promise
mod delivery; // a job in hand, and the four ways to let go of it
mod error; // what can go wrong
mod job; // what is to be done: identifiers, nothing else
mod rabbit; // quorum queues, confirms, dead letters

pub use contract::{Clock, Dead, DeadLetter, Depth, Options, Queue, open};
pub use delivery::Delivery;
pub use error::QueueError;
pub use job::{Job, JobKind, Priority};
