//! Real servers for tests: private, on free ports, gone when the test is.
//!
//! Each stores in a folder of its own and ends when its value is dropped or when the test process
//! is gone, however it went.

pub mod cable; // a network that can be cut
pub mod disk; // a file system that can be full
mod keeper; // a process that does not outlive this one
mod postgres;
pub mod rabbit; // a RabbitMQ broker

pub use postgres::PostgresServer;
