use chart::JobId;

/// What can go wrong with the queue. None of it loses a job: what was not confirmed stays in the
/// outbox, what was not acknowledged is delivered again.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    /// The address in the configuration cannot be used. The address itself may hold a password
    /// and is not repeated.
    #[error("the queue's address is none of `embedded`, amqp://… or amqps://…: {0}")]
    Address(String),
    /// A setting is outside its bounds.
    #[error("{0}")]
    Options(String),
    /// Nobody answers at the broker's address, or it went away in the middle. Work goes on by
    /// itself when it is back.
    #[error("the broker is away: {0}")]
    Away(String),
    /// The broker is short of memory or disk and takes nothing for the moment.
    #[error("the broker takes no messages for the moment (short of memory or disk)")]
    Blocked,
    /// The broker did not take responsibility for a job.
    #[error("the broker refused job {job}: {cause}")]
    Refused {
        /// Which.
        job: JobId,
        /// What it said.
        cause: String,
    },
    /// The records database did not do its part.
    #[error(transparent)]
    Records(#[from] records::RecordsError),
    /// A queue or exchange of that name exists with other properties than this version declares.
    #[error(
        "the broker has a queue or exchange of ours with other properties ({0}); \
         see \"Changing the topology\" in docs/queue.md"
    )]
    Topology(String),
    /// The delivery is not in hand any more: the connection it came on broke, or its lease ran
    /// out. The job is or will be delivered again; if its effect was written, that delivery finds
    /// it done.
    #[error("the job is not in hand any more and will be delivered again")]
    Lost,
}

impl QueueError {
    /// Whether the same call may succeed later without anybody changing a setting.
    pub const fn is_transient(&self) -> bool {
        match self {
            Self::Away(_) | Self::Blocked | Self::Refused { .. } | Self::Lost => true,
            Self::Records(error) => error.is_transient(),
            Self::Address(_) | Self::Options(_) | Self::Topology(_) => false,
        }
    }
}
