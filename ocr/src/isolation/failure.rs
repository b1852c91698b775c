use std::time::Duration;

/// What happened to a page that a child was given.
#[derive(Debug, thiserror::Error)]
pub enum ReadFailure {
    /// The page took longer than allowed; its child was ended.
    #[error("the page took longer than {} s to read", limit.as_secs_f32())]
    Timeout {
        /// The limit.
        limit: Duration,
    },
    /// The child died of this page.
    #[error("the reading process died ({status})")]
    Crashed {
        /// Signal or exit code, in words.
        status: String,
    },
    /// The page wanted more memory than a child may use.
    #[error("the page needs more than {} MiB of memory to read", limit_bytes >> 20)]
    OutOfMemory {
        /// The limit.
        limit_bytes: u64,
    },
    /// The picture cannot be read by any attempt.
    #[error("the page cannot be read: {0}")]
    Refused(String),
    /// The attempt failed, the child lives.
    #[error("the page was not read: {0}")]
    Failed(String),
    /// No child could be started: a model or the program is missing. Not the page's fault.
    #[error("no reading process can be started: {0}")]
    CannotStart(String),
}

impl ReadFailure {
    /// Whether no further attempt can end otherwise.
    pub const fn is_final(&self) -> bool {
        matches!(self, Self::Refused(_))
    }

    /// Whether this says something about the page; otherwise the installation is at fault, and
    /// the page should wait without losing an attempt.
    pub const fn is_about_the_page(&self) -> bool {
        !matches!(self, Self::CannotStart(_))
    }
}
