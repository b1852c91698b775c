//! What both transports promise, shown on real ones; and what happens to RabbitMQ on bad days.

mod clinic; // whose pages are to be read
mod places; // where a queue can be opened
mod promises; // one suite for every transport
mod rabbit; // the broker killed, frozen, misconfigured
mod relay; // from the outbox to a transport that fails when it is told to
