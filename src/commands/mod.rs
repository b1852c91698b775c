//! One file a command.

pub mod audit;
pub mod config;
pub mod doctor;
pub mod export;
pub mod extract;
pub mod ingest;
pub mod lexicon;
pub mod masters;
pub mod queue;
pub mod read;
pub mod serve;
pub mod status;
pub mod trace;
pub mod user;
pub mod watch;
