//! Waiting for the world: the database, the store or the disk is away, and comes back.
//!
//! What fails for such a reason is no page's fault and must cost no page an attempt. So the work
//! at hand is kept, and tried again until it goes through or the program is told to stop.

use std::future::Future;

use queue::Backoff;
use tokio_util::sync::CancellationToken;

/// The program was told to stop while it waited.
#[derive(Debug)]
pub struct Stopped;

/// Whether an error is the world's and not the work's.
pub trait Transient: std::fmt::Display {
    fn is_transient(&self) -> bool;
}

impl Transient for records::RecordsError {
    fn is_transient(&self) -> bool {
        self.is_transient()
    }
}

impl Transient for ingest::StoreError {
    fn is_transient(&self) -> bool {
        matches!(self, Self::Failed { .. })
    }
}

/// Does `work` until it succeeds or fails for a reason of its own.
pub async fn patiently<T, E, F>(
    stop: &CancellationToken,
    what: &str,
    mut work: impl FnMut() -> F,
) -> Result<Result<T, E>, Stopped>
where
    E: Transient,
    F: Future<Output = Result<T, E>>,
{
    let mut backoff = Backoff::default();
    loop {
        match work().await {
            Err(error) if error.is_transient() => {
                let pause = backoff.after_failure();
                tracing::warn!(%error, ?pause, "{what}: waiting");
                tokio::select! {
                    () = tokio::time::sleep(pause) => {}
                    () = stop.cancelled() => return Err(Stopped),
                }
            }
            other => return Ok(other),
        }
    }
}
