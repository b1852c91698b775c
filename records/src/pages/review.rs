//! What people do with a page. Every function takes the version that the person saw.

use chart::{Actor, ChartId, PageId, Stage, TenantId, Timestamp, TransitionRefused};

use super::{
    Page,
    transition::{Step, lock, save, touch},
};
use crate::{
    Job, Priority, RecordsError, Refusal, Tx,
    audit::{self, Action, Author, Event},
    charts,
    column::required_reason,
    committed, jobs, outbox,
};

/// A person begins to review a page, takes it over from another one, takes it back from the
/// clinician's list, or begins to amend a committed one. Nothing changes, not even the version,
/// if it is in their review already.
pub async fn open(
    tx: &mut Tx,
    tenant: TenantId,
    id: PageId,
    seen: i64,
    actor: Actor,
    now: Timestamp,
) -> Result<Page, RecordsError> {
    let page = lock(tx, tenant, id, Some(seen)).await?;
    let state = page.state.clone().open(actor, now)?;
    if page.state.stage() == Stage::InReview && page.state.by() == Some(actor.user) {
        return Ok(page);
    }
    let note = page.note.clone();
    let step = Step { state, note, by: actor.into(), action: Action::PageOpened };
    save(tx, tenant, &page, step, now).await
}

/// The clerk is done, with a note for the clinician or without.
pub async fn hand_over(
    tx: &mut Tx,
    tenant: TenantId,
    id: PageId,
    seen: i64,
    actor: Actor,
    note: Option<&str>,
    now: Timestamp,
) -> Result<Page, RecordsError> {
    let page = lock(tx, tenant, id, Some(seen)).await?;
    let state = page.state.clone().hand_over(actor, now)?;
    let note = note.map(str::trim).filter(|note| !note.is_empty()).map(str::to_owned);
    let step = Step { state, note, by: actor.into(), action: Action::PageHandedOver };
    save(tx, tenant, &page, step, now).await
}

/// The clinician sends a page back into review, with the reason as its note.
pub async fn send_back(
    tx: &mut Tx,
    tenant: TenantId,
    id: PageId,
    seen: i64,
    actor: Actor,
    reason: &str,
    now: Timestamp,
) -> Result<Page, RecordsError> {
    let reason = required_reason(reason)?;
    let page = lock(tx, tenant, id, Some(seen)).await?;
    if page.state.stage() != Stage::ReadyToConfirm {
        let from = page.state.stage();
        return Err(TransitionRefused::State { from, to: Stage::InReview }.into());
    }
    let state = page.state.clone().open(actor, now)?;
    let step = Step { state, note: Some(reason), by: actor.into(), action: Action::PageSentBack };
    save(tx, tenant, &page, step, now).await
}

/// It is no page of a chart, or not of this patient's.
pub async fn reject(
    tx: &mut Tx,
    tenant: TenantId,
    id: PageId,
    seen: i64,
    actor: Actor,
    reason: &str,
    now: Timestamp,
) -> Result<Page, RecordsError> {
    let reason = required_reason(reason)?;
    let page = lock(tx, tenant, id, Some(seen)).await?;
    let state = page.state.clone().reject(actor, reason, now)?;
    refuse_if_committed(tx, tenant, id).await?;
    let step = Step { state, note: None, by: actor.into(), action: Action::PageRejected };
    save(tx, tenant, &page, step, now).await
}

/// The patient objects to the page being taken over.
pub async fn withdraw(
    tx: &mut Tx,
    tenant: TenantId,
    id: PageId,
    seen: i64,
    actor: Actor,
    reason: &str,
    now: Timestamp,
) -> Result<Page, RecordsError> {
    let reason = required_reason(reason)?;
    let page = lock(tx, tenant, id, Some(seen)).await?;
    let state = page.state.clone().withdraw(actor, reason, now)?;
    refuse_if_committed(tx, tenant, id).await?;
    let step = Step { state, note: None, by: actor.into(), action: Action::PageWithdrawn };
    save(tx, tenant, &page, step, now).await
}

/// Sends an unreadable page to the workers again, with a new job that goes first. Dead jobs of
/// the page are forgotten.
pub async fn retry(
    tx: &mut Tx,
    tenant: TenantId,
    id: PageId,
    seen: i64,
    by: impl Into<Author>,
    now: Timestamp,
) -> Result<Page, RecordsError> {
    let page = lock(tx, tenant, id, Some(seen)).await?;
    let state = page.state.clone().retry(now)?;
    jobs::forget_dead_of_page(tx, tenant, id).await?;
    let job = Job::read_page(tenant, id, Priority::Awaited, now);
    outbox::insert(tx, &[job], now).await?;
    let note = page.note.clone();
    let step = Step { state, note, by: by.into(), action: Action::PageRetried };
    save(tx, tenant, &page, step, now).await
}

/// Puts a page into a chart, or takes it out of any. Refused once it has committed records, which
/// name the chart. The new version of the page.
pub async fn assign_chart(
    tx: &mut Tx,
    tenant: TenantId,
    id: PageId,
    seen: i64,
    to: Option<ChartId>,
    actor: Actor,
    now: Timestamp,
) -> Result<i64, RecordsError> {
    if !actor.role.may_correct() {
        return Err(Refusal::Role { role: actor.role, act: "put a page into a chart" }.into());
    }
    let page = lock(tx, tenant, id, Some(seen)).await?;
    if page.chart == to {
        return Ok(page.version);
    }
    refuse_if_committed(tx, tenant, id).await?;
    if let Some(chart) = to {
        let found = charts::find(tx, tenant, chart).await?;
        found.ok_or_else(|| RecordsError::not_found("chart", chart))?;
    }
    execute!(
        tx,
        "update page set chart_id = $3 where tenant_id = $1 and page_id = $2",
        tenant.to_string(),
        id.to_string(),
        crate::column::optional_text(to),
    )?;
    let event = Event::about_page(id, Action::PageAssigned).before(&page.chart).after(&to);
    audit::append(tx, tenant, actor.into(), event, now).await?;
    touch(tx, tenant, &page, actor.into(), now).await
}

/// A page that is open for an amendment still has its records; they would outlive it.
async fn refuse_if_committed(
    tx: &mut Tx,
    tenant: TenantId,
    id: PageId,
) -> Result<(), RecordsError> {
    if committed::exist_of_page(tx, tenant, id).await? {
        return Err(Refusal::HasRecords.into());
    }
    Ok(())
}
