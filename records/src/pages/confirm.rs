//! A clinician's word: drafts become records.
//!
//! Every finding that stands becomes a record. A finding whose record says the same already gets
//! no new one; one that says something else is superseded; one that was removed is retracted.
//! Nothing that was ever committed is changed or deleted. A page without findings is confirmed as
//! just that: a person looked, and there is nothing to take over.

use chart::{Actor, PageId, RecordId, TenantId, Timestamp};

use super::{
    Page,
    transition::{Step, lock, save},
};
use crate::{
    RecordsError, Tx,
    audit::Action,
    committed::{self, NewRecord},
    findings,
};

/// What a confirmation wrote.
#[derive(Debug, Clone)]
pub struct Confirmed {
    /// The page, now committed.
    pub page: Page,
    /// The records that were written; none where nothing differs from what was committed.
    pub records: Vec<RecordId>,
}

/// Confirms what stands on the page, as the clinician saw it.
pub async fn confirm(
    tx: &mut Tx,
    tenant: TenantId,
    id: PageId,
    seen: i64,
    clinician: Actor,
    now: Timestamp,
) -> Result<Confirmed, RecordsError> {
    let page = lock(tx, tenant, id, Some(seen)).await?;
    let state = page.state.clone().confirm(clinician, now)?;
    let findings = findings::of_page(tx, tenant, id).await?;
    let current = committed::current_of_page(tx, tenant, id).await?;
    let new: Vec<NewRecord> = findings
        .iter()
        .filter_map(|finding| {
            let earlier = current.iter().find(|record| record.finding == finding.id);
            NewRecord::of(finding, earlier)
        })
        .collect();
    let records = committed::insert(tx, tenant, &page, &new, clinician, now).await?;
    let step = Step { state, note: None, by: clinician.into(), action: Action::PageConfirmed };
    let page = save(tx, tenant, &page, step, now).await?;
    Ok(Confirmed { page, records })
}
