//! How large a storm is. Without variables: the short form of the normal test run.

use std::{str::FromStr, time::Duration};

/// Read once a scenario.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// The same seed draws the same faults.
    pub seed: u64,
    /// Pages of the campaign.
    pub jobs: usize,
    /// Processes to kill; other faults come on top.
    pub kills: usize,
    /// Files that mean harm.
    pub hostile: usize,
    /// The real engine instead of one of known duration.
    pub real_reader: bool,
    /// Copies of the samples instead of small pictures that only the fake engine can read.
    pub real_pages: bool,
    /// PostgreSQL and RabbitMQ on disks of their own that can be filled.
    pub small_servers: bool,
    /// How long the fake engine takes for a page.
    pub page: Duration,
}

impl Options {
    pub fn from_environment() -> Self {
        let real_reader = std::env::var("STORM_READER").is_ok_and(|reader| reader == "real");
        Self {
            seed: variable("STORM_SEED").unwrap_or_else(rand::random),
            jobs: variable("STORM_JOBS").unwrap_or(160),
            kills: variable("STORM_KILLS").unwrap_or(6),
            hostile: variable("STORM_HOSTILE").unwrap_or(150),
            real_reader,
            real_pages: real_reader,
            small_servers: false,
            page: Duration::from_millis(variable("STORM_PAGE_MS").unwrap_or(300)),
        }
    }

    /// Whether times are measured that others would disturb.
    pub const fn is_long(&self) -> bool {
        self.jobs >= 500 || self.kills >= 20
    }
}

fn variable<T: FromStr>(name: &str) -> Option<T> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name}={text} is no number")))
}
