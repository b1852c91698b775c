//! What all transitions share: lock, compare, save.

use chart::{PageId, PageState, Stage, TenantId, Timestamp};

use super::{Page, row};
use crate::{
    Conflict, RecordsError, Refusal, Tx,
    audit::{self, Action, Author, Event},
    column::optional_text,
    db::Connection,
    users,
};

/// Loads a page so that no other transaction changes it before this one ends. With `seen`, only
/// if it is still what a person saw.
pub(crate) async fn lock(
    tx: &mut Tx,
    tenant: TenantId,
    id: PageId,
    seen: Option<i64>,
) -> Result<Page, RecordsError> {
    // A writing transaction of SQLite is the only one.
    if let Connection::Postgres(_) = tx.connection {
        execute!(
            tx,
            "select page_id from page where tenant_id = $1 and page_id = $2 for update",
            tenant.to_string(),
            id.to_string(),
        )?;
    }
    let page = row::find(tx, tenant, id).await?;
    let page = page.ok_or_else(|| RecordsError::not_found("page", id))?;
    match seen {
        Some(seen) if seen != page.version => Err(changed_since(tx, tenant, &page, seen).await?),
        _ => Ok(page),
    }
}

async fn changed_since(
    tx: &mut Tx,
    tenant: TenantId,
    page: &Page,
    seen: i64,
) -> Result<RecordsError, RecordsError> {
    let changed_by = match page.changed_by {
        Some(user) => users::find(tx, tenant, user).await?,
        None => None,
    };
    Ok(RecordsError::Conflict(Box::new(Conflict {
        what: "page",
        id: page.id.to_string(),
        expected: seen,
        found: page.version,
        changed_by: page.changed_by,
        changed_by_name: changed_by.map(|user| user.name),
        changed_at: page.changed_at,
    })))
}

/// Refuses unless a person reviews the page.
pub(crate) fn in_review(page: &Page) -> Result<(), Refusal> {
    match page.state.stage() {
        Stage::InReview => Ok(()),
        stage => Err(Refusal::NotInReview { stage }),
    }
}

/// What a locked page becomes.
pub(super) struct Step {
    pub(super) state: PageState,
    pub(super) note: Option<String>,
    pub(super) by: Author,
    pub(super) action: Action,
}

/// Saves the new state with its event, and loads the page anew.
pub(super) async fn save(
    tx: &mut Tx,
    tenant: TenantId,
    page: &Page,
    step: Step,
    now: Timestamp,
) -> Result<Page, RecordsError> {
    let event = Event::about_page(page.id, step.action)
        .before(&page.state)
        .after(&(&step.state, &step.note));
    execute!(
        tx,
        "update page set stage = $3, stage_at = $4, stage_by = $5, stage_reason = $6, note = $7,
             version = version + 1, changed_by = $8, changed_at = $9
         where tenant_id = $1 and page_id = $2",
        tenant.to_string(),
        page.id.to_string(),
        step.state.stage().as_str(),
        step.state.at().as_millis(),
        optional_text(step.state.by()),
        step.state.reason(),
        step.note,
        optional_text(step.by.user()),
        now.as_millis(),
    )?;
    audit::append(tx, tenant, step.by, event, now).await?;
    let saved = row::find(tx, tenant, page.id).await?;
    saved.ok_or_else(|| RecordsError::not_found("page", page.id))
}

/// Notes that something on a locked page changed, so that nobody confirms what they did not see.
/// The new version.
pub(crate) async fn touch(
    tx: &mut Tx,
    tenant: TenantId,
    page: &Page,
    by: Author,
    now: Timestamp,
) -> Result<i64, RecordsError> {
    execute!(
        tx,
        "update page set version = version + 1, changed_by = $3, changed_at = $4
         where tenant_id = $1 and page_id = $2",
        tenant.to_string(),
        page.id.to_string(),
        optional_text(by.user()),
        now.as_millis(),
    )?;
    Ok(page.version + 1)
}
