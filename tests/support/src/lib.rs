//! Real servers for tests: private, on free ports, gone when the test is.

pub mod rabbit; // a RabbitMQ broker
