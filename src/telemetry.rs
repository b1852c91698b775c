//! Logs and metrics. Neither ever holds patient data: identifiers, counts and times only.

use std::io::IsTerminal;

use anyhow::{Context, Result};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;

use crate::config::{Config, LogFormat};

/// Logs go to standard error; standard output belongs to results. A command that ends by itself
/// says what it did in its own words, so only warnings of its parts are logged.
pub fn start_logs(config: &Config, goes_on: bool) -> Result<()> {
    let filter = if goes_on || config.log != Config::DEFAULT_LOG { &config.log } else { "warn" };
    let filter = EnvFilter::try_new(filter)
        .with_context(|| format!("log = {:?} is no filter such as info", config.log))?;
    let logs = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    match config.log_format {
        LogFormat::Text => logs.with_target(false).init(),
        LogFormat::Json => logs.json().flatten_event(true).init(),
    }
    Ok(())
}

/// Names of what is counted; `/metrics` shows them.
pub mod names {
    /// Pages taken in.
    pub const PAGES_TAKEN_IN: &str = "kamikarte_pages_taken_in_total";
    /// Files refused at intake.
    pub const FILES_REFUSED: &str = "kamikarte_files_refused_total";
    /// Jobs handed to the queue by the relay.
    pub const JOBS_PUBLISHED: &str = "kamikarte_jobs_published_total";
    /// Pages read and drafted.
    pub const PAGES_READ: &str = "kamikarte_pages_read_total";
    /// Attempts at a page that failed.
    pub const ATTEMPTS_FAILED: &str = "kamikarte_read_attempts_failed_total";
    /// Pages left to people after all attempts.
    pub const PAGES_UNREADABLE: &str = "kamikarte_pages_unreadable_total";
    /// Seconds from taking a page out of the queue to its committed draft.
    pub const READ_SECONDS: &str = "kamikarte_read_seconds";
}

/// Starts counting; the handle renders what `/metrics` answers.
pub fn start_metrics() -> Result<PrometheusHandle> {
    use names::{
        ATTEMPTS_FAILED, FILES_REFUSED, JOBS_PUBLISHED, PAGES_READ, PAGES_TAKEN_IN,
        PAGES_UNREADABLE, READ_SECONDS,
    };
    let handle = PrometheusBuilder::new()
        .set_buckets(&[0.5, 1.0, 2.0, 3.0, 5.0, 8.0, 13.0, 21.0, 34.0, 60.0, 120.0])
        .and_then(PrometheusBuilder::install_recorder)
        .context("starting the metrics")?;
    metrics::describe_counter!(PAGES_TAKEN_IN, "Pages taken in");
    metrics::describe_counter!(FILES_REFUSED, "Files refused at intake");
    metrics::describe_counter!(JOBS_PUBLISHED, "Jobs handed to the queue");
    metrics::describe_counter!(PAGES_READ, "Pages read and drafted");
    metrics::describe_counter!(ATTEMPTS_FAILED, "Attempts at a page that failed");
    metrics::describe_counter!(PAGES_UNREADABLE, "Pages left to people after all attempts");
    metrics::describe_histogram!(
        READ_SECONDS,
        metrics::Unit::Seconds,
        "From taking a page out of the queue to its committed draft"
    );
    Ok(handle)
}
