//! No further attempt: the page becomes unreadable, the message a dead letter. In this order: if
//! something breaks in between, the message comes again, finds the page unreadable, and is buried
//! then.

use lapin::message::Delivery as Message;
use records::pages;

use super::{Shared, consume, message, publish::Publisher};
use crate::{JobKind, QueueError};

/// Buries a message of the work queue of `kind`.
pub(super) async fn give_up(
    shared: &Shared,
    publisher: &Publisher,
    kind: JobKind,
    message: &Message,
    attempts: u32,
    reason: &str,
) -> Result<(), QueueError> {
    if let Ok(job) = message::parse(&message.data) {
        let now = shared.options.now();
        let mut tx = shared.records.begin().await?;
        if !pages::give_up_with_its_job(&mut tx, &job, reason, now).await? {
            // Its work was done; only the acknowledgement did not come through.
            return consume::ack(message).await;
        }
        tx.commit().await?;
        tracing::warn!(job = %job.id, page = %job.page, reason, "job buried");
    }
    publisher.bury(kind, message.data.clone(), attempts, reason).await?;
    consume::ack(message).await
}
