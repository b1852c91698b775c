//! What both transports promise, shown on real ones; and what happens to RabbitMQ on bad days.

mod places; // where a queue can be opened
mod promises; // one suite for every transport
mod rabbit; // the broker killed, frozen, misconfigured
