//! What workers do with a page. None of it takes a version: the state alone decides, so that a
//! job that is delivered twice has its effect once.

use chart::{Findings, PageId, Stage, TenantId, Timestamp, TransitionRefused};

use super::{
    Page,
    transition::{Step, lock, save},
};
use crate::{
    Job, RecordsError, Refusal, Tx,
    audit::{Action, Author},
    findings,
    readings::{self, NewReading},
};

/// What a worker made of a page.
#[derive(Debug, Clone)]
pub struct Draft {
    /// What was read.
    pub reading: NewReading,
    /// What was understood. Rectangles are in pixels of the page as scanned: see
    /// [`Findings::move_boxes`].
    pub findings: Findings,
}

/// A worker takes the page up. Refused if it has moved on: then there is nothing to do, and the
/// job is done.
pub async fn start_reading(
    tx: &mut Tx,
    tenant: TenantId,
    id: PageId,
    now: Timestamp,
) -> Result<Page, RecordsError> {
    let page = lock(tx, tenant, id, None).await?;
    let state = page.state.clone().start_reading(now)?;
    let note = page.note.clone();
    let step = Step { state, note, by: Author::Program, action: Action::ReadingStarted };
    save(tx, tenant, &page, step, now).await
}

/// Saves the reading and its findings. Refused if another delivery of the job was faster, or if
/// somebody rejected the page meanwhile: then nothing is written.
pub async fn save_draft(
    tx: &mut Tx,
    tenant: TenantId,
    id: PageId,
    draft: &Draft,
    now: Timestamp,
) -> Result<Page, RecordsError> {
    let page = lock(tx, tenant, id, None).await?;
    let state = page.state.clone().draft(now)?;
    let reading = readings::insert(tx, tenant, id, &draft.reading, now).await?;
    findings::insert_drafted(tx, tenant, id, reading, draft.findings.clone(), now).await?;
    findings::name_patient(tx, tenant, id).await?;
    let note = page.note.clone();
    let step = Step { state, note, by: Author::Program, action: Action::PageDrafted };
    save(tx, tenant, &page, step, now).await
}

/// Makes the page unreadable: no further attempt will be made, and a person may type it in from
/// the picture. Refused if it has moved on.
pub async fn give_up(
    tx: &mut Tx,
    tenant: TenantId,
    id: PageId,
    reason: &str,
    now: Timestamp,
) -> Result<Page, RecordsError> {
    let page = lock(tx, tenant, id, None).await?;
    let state = page.state.clone().give_up(reason.to_owned(), now)?;
    let note = page.note.clone();
    let step = Step { state, note, by: Author::Program, action: Action::PageGivenUp };
    save(tx, tenant, &page, step, now).await
}

/// The same for the page of a job that will not be delivered again. Whether the job should be kept
/// as a dead letter: not if the page has moved on, for then its work was done or nobody wants it.
/// A page that is unreadable already, or that is not there, leaves its letter.
pub async fn give_up_with_its_job(
    tx: &mut Tx,
    job: &Job,
    reason: &str,
    now: Timestamp,
) -> Result<bool, RecordsError> {
    match give_up(tx, job.tenant, job.page, reason, now).await {
        Ok(_) | Err(RecordsError::NotFound { .. }) => Ok(true),
        Err(RecordsError::Refused(Refusal::Transition(TransitionRefused::State {
            from, ..
        }))) => Ok(from == Stage::Unreadable),
        Err(error) => Err(error),
    }
}
