//! Correcting, adding, removing and putting back.

use chart::{Actor, FindingId, FindingKind, PageId, Rect, TenantId, Timestamp};
use serde::Serialize;

use super::{PageFinding, Removal, Statement, row};
use crate::{
    Conflict, RecordsError, Refusal, Tx,
    audit::{self, Action, Event},
    column::required_reason,
    corrections::{self, CorrectionAction, NewCorrection},
    pages::{self, Page},
    users,
};

/// What a finding became, and with it the page.
#[derive(Debug, Clone, PartialEq)]
pub struct Changed {
    /// The finding as it stands now.
    pub finding: PageFinding,
    /// The page's version as it is now: what a form of the page has to show from here on.
    pub page_version: i64,
}

/// What a person says a finding is.
#[derive(Debug, Clone, PartialEq)]
pub struct Correction {
    /// What it says. Of the same kind as before.
    pub statement: Statement,
    /// Where it stands; `None` leaves the rectangle as it is.
    pub bbox: Option<Rect>,
    /// Why, if the person said so.
    pub reason: Option<String>,
}

/// What a person adds by hand.
#[derive(Debug, Clone, PartialEq)]
pub struct NewFinding {
    /// What it says.
    pub statement: Statement,
    /// The words as written on the page; may be empty.
    pub surface: String,
    /// Where it stands, in pixels of the page as scanned, if the person showed it.
    pub bbox: Option<Rect>,
}

/// What the chain and the correction keep of a finding.
#[derive(Serialize)]
struct Kept<'a> {
    #[serde(flatten)]
    statement: &'a Statement,
    bbox: Option<Rect>,
    #[serde(skip_serializing_if = "Option::is_none")]
    removed: Option<&'a Removal>,
}

impl<'a> Kept<'a> {
    const fn of(finding: &'a PageFinding) -> Self {
        Self { statement: &finding.current, bbox: finding.bbox, removed: finding.removed.as_ref() }
    }
}

/// Replaces what a finding says. A draft that is saved as it is has been checked: that a person
/// looked is kept, with their name. What says the same already and has been seen before is left
/// alone: no version, no correction.
pub async fn correct(
    tx: &mut Tx,
    tenant: TenantId,
    id: FindingId,
    seen: i64,
    correction: Correction,
    actor: Actor,
    now: Timestamp,
) -> Result<Changed, RecordsError> {
    let (page, before) = lock(tx, tenant, id, seen, actor).await?;
    if !before.stands() {
        return Err(Refusal::Removed.into());
    }
    if before.kind() != correction.statement.content.kind() {
        return Err(Refusal::KindChanged.into());
    }
    let bbox = correction.bbox.or(before.bbox);
    on_the_page(&page, bbox)?;
    let same = before.current == correction.statement && before.bbox == bbox;
    if same && before.changed_by.is_some() {
        return Ok(Changed { finding: before, page_version: page.version });
    }
    let after = PageFinding { current: correction.statement, bbox, ..before.clone() };
    let action = if same { CorrectionAction::Checked } else { CorrectionAction::Corrected };
    let change = Change { action, reason: correction.reason };
    save(tx, tenant, &page, &before, after, change, actor, now).await
}

/// Takes a finding away. It stays visible as removed.
pub async fn remove(
    tx: &mut Tx,
    tenant: TenantId,
    id: FindingId,
    seen: i64,
    reason: &str,
    actor: Actor,
    now: Timestamp,
) -> Result<Changed, RecordsError> {
    let reason = required_reason(reason)?;
    let (page, before) = lock(tx, tenant, id, seen, actor).await?;
    if !before.stands() {
        return Err(Refusal::Removed.into());
    }
    let removal = Removal { by: actor.user, at: now, reason: reason.clone() };
    let after = PageFinding { removed: Some(removal), ..before.clone() };
    let change = Change { action: CorrectionAction::Removed, reason: Some(reason) };
    save(tx, tenant, &page, &before, after, change, actor, now).await
}

/// Puts a removed finding back, as it was when it was removed.
pub async fn restore(
    tx: &mut Tx,
    tenant: TenantId,
    id: FindingId,
    seen: i64,
    actor: Actor,
    now: Timestamp,
) -> Result<Changed, RecordsError> {
    let (page, before) = lock(tx, tenant, id, seen, actor).await?;
    if before.stands() {
        return Err(Refusal::NotRemoved.into());
    }
    let after = PageFinding { removed: None, ..before.clone() };
    let change = Change { action: CorrectionAction::Restored, reason: None };
    save(tx, tenant, &page, &before, after, change, actor, now).await
}

/// Adds what the program did not find. Takes no version: adding takes nothing away from what
/// anybody else does on the page at the same time.
pub async fn add(
    tx: &mut Tx,
    tenant: TenantId,
    page: PageId,
    new: NewFinding,
    actor: Actor,
    now: Timestamp,
) -> Result<Changed, RecordsError> {
    may_change(actor)?;
    let page = pages::lock(tx, tenant, page, None).await?;
    pages::in_review(&page)?;
    on_the_page(&page, new.bbox)?;
    let there = row::of_page(tx, tenant, page.id).await?;
    let finding = PageFinding {
        id: FindingId::new(now),
        page: page.id,
        reading: None,
        position: there.iter().map(|finding| finding.position).max().unwrap_or_default() + 1,
        drafted: None,
        current: new.statement,
        surface: new.surface,
        candidates: Vec::new(),
        doubts: Vec::new(),
        confidence: None,
        bbox: new.bbox.filter(|bbox| !bbox.is_empty()),
        added_by: Some(actor.user),
        removed: None,
        changed_by: Some(actor.user),
        changed_at: now,
        version: 1,
    };
    row::insert(tx, tenant, &finding, now).await?;
    let change = Change { action: CorrectionAction::Added, reason: None };
    let page_version = note(tx, tenant, &page, None, &finding, change, actor, now).await?;
    Ok(Changed { finding, page_version })
}

struct Change {
    action: CorrectionAction,
    reason: Option<String>,
}

fn may_change(actor: Actor) -> Result<(), Refusal> {
    if actor.role.may_correct() {
        return Ok(());
    }
    Err(Refusal::Role { role: actor.role, act: "change findings" })
}

fn on_the_page(page: &Page, bbox: Option<Rect>) -> Result<(), Refusal> {
    match bbox {
        Some(bbox) if bbox.x1 > page.width || bbox.y1 > page.height => {
            Err(Refusal::OffThePage { width: page.width, height: page.height })
        }
        _ => Ok(()),
    }
}

/// Loads a finding that a person saw at `seen`, with its page, which stays locked.
async fn lock(
    tx: &mut Tx,
    tenant: TenantId,
    id: FindingId,
    seen: i64,
    actor: Actor,
) -> Result<(Page, PageFinding), RecordsError> {
    may_change(actor)?;
    let not_found = || RecordsError::not_found("finding", id);
    let page = row::find(tx, tenant, id).await?.ok_or_else(not_found)?.page;
    let page = pages::lock(tx, tenant, page, None).await?;
    // Once more, now that nobody else can change it.
    let finding = row::find(tx, tenant, id).await?.ok_or_else(not_found)?;
    if finding.version != seen {
        return Err(changed_since(tx, tenant, &finding, seen).await?);
    }
    pages::in_review(&page)?;
    Ok((page, finding))
}

async fn changed_since(
    tx: &mut Tx,
    tenant: TenantId,
    finding: &PageFinding,
    seen: i64,
) -> Result<RecordsError, RecordsError> {
    let changed_by = match finding.changed_by {
        Some(user) => users::find(tx, tenant, user).await?,
        None => None,
    };
    Ok(RecordsError::Conflict(Box::new(Conflict {
        what: "finding",
        id: finding.id.to_string(),
        expected: seen,
        found: finding.version,
        changed_by: finding.changed_by,
        changed_by_name: changed_by.map(|user| user.name),
        changed_at: finding.changed_at,
    })))
}

#[expect(clippy::too_many_arguments, reason = "the whole of one change, used in three places")]
async fn save(
    tx: &mut Tx,
    tenant: TenantId,
    page: &Page,
    before: &PageFinding,
    after: PageFinding,
    change: Change,
    actor: Actor,
    now: Timestamp,
) -> Result<Changed, RecordsError> {
    let finding = PageFinding {
        changed_by: Some(actor.user),
        changed_at: now,
        version: before.version + 1,
        ..after
    };
    row::update(tx, tenant, &finding).await?;
    let page_version = note(tx, tenant, page, Some(before), &finding, change, actor, now).await?;
    Ok(Changed { finding, page_version })
}

/// Writes the correction and the event, and raises the page's version, which is returned.
#[expect(clippy::too_many_arguments, reason = "the whole of one change, used in two places")]
async fn note(
    tx: &mut Tx,
    tenant: TenantId,
    page: &Page,
    before: Option<&PageFinding>,
    after: &PageFinding,
    change: Change,
    actor: Actor,
    now: Timestamp,
) -> Result<i64, RecordsError> {
    let correction = NewCorrection {
        page: page.id,
        finding: after.id,
        action: change.action,
        before: before.map(|before| &before.current),
        after: Some(&after.current).filter(|_| after.stands()),
        reason: change.reason.as_deref(),
    };
    corrections::insert(tx, tenant, &correction, actor, now).await?;
    if after.kind() == FindingKind::Patient {
        row::name_patient(tx, tenant, page.id).await?;
    }
    let action = match change.action {
        CorrectionAction::Corrected => Action::FindingCorrected,
        CorrectionAction::Checked => Action::FindingChecked,
        CorrectionAction::Added => Action::FindingAdded,
        CorrectionAction::Removed => Action::FindingRemoved,
        CorrectionAction::Restored => Action::FindingRestored,
    };
    let event = Event::about("finding", after.id, action).on_page(page.id).after(&Kept::of(after));
    let event = match before {
        Some(before) => event.before(&Kept::of(before)),
        None => event,
    };
    let version = pages::touch(tx, tenant, page, actor.into(), now).await?;
    audit::append(tx, tenant, actor.into(), event, now).await?;
    Ok(version)
}
