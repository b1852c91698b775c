//! The way of a page, and who may move it.
//!
//! Every transition is one function: it locks the page, compares the version that the person saw
//! with the one that stands there, asks [`chart::PageState`] whether it may, and writes the new
//! state with its audit event. Where somebody else was faster it refuses with a
//! [`crate::Conflict`] that says who and when.

mod confirm; // what becomes a record
mod list; // work lists and counts
mod reading; // what workers do
mod review; // what people do
mod row;
mod transition;

use chart::{CampaignId, ChartId, PageId, PageState, ScanId, TenantId, Timestamp, UserId};

pub use confirm::{Confirmed, confirm};
pub use list::{PageFilter, StageCount, count, counts_by_stage, list, next_waiting, oldest_unread};
pub use reading::{Draft, give_up, give_up_with_its_job, save_draft, start_reading};
pub use review::{assign_chart, hand_over, open, reject, retry, send_back, withdraw};
pub(crate) use transition::{in_review, lock, touch};

use crate::{
    Job, Priority, RecordsError, Tx,
    audit::{self, Action, Author, Event},
    column::{optional_text, to_json},
    outbox,
};

/// One side of one sheet, with what every list and page about it needs to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Its identifier.
    pub id: PageId,
    /// The file it came in.
    pub scan: ScanId,
    /// SHA-256 of that file: where the original lies in the store.
    pub scan_sha256: String,
    /// What that file is: `image/jpeg`, `application/pdf`.
    pub media_type: String,
    /// That file's name when it came.
    pub file_name: String,
    /// How many pages that file has.
    pub n_pages: u32,
    /// Which of them this is, from 1.
    pub number: u32,
    /// The chart it belongs to, if anybody said so yet.
    pub chart: Option<ChartId>,
    /// That chart's label.
    pub chart_label: Option<String>,
    /// The batch it came with.
    pub campaign: Option<CampaignId>,
    /// Width of the picture as scanned, in pixels.
    pub width: u32,
    /// Height of the picture as scanned, in pixels.
    pub height: u32,
    /// Resolution, if the file says it.
    pub dpi: Option<u32>,
    /// Where it is on its way, and since when.
    pub state: PageState,
    /// Name of the person who brought it there, for people.
    pub state_by_name: Option<String>,
    /// What the last person wants the next one to know.
    pub note: Option<String>,
    /// The patient's name as its header says now, for lists.
    pub patient_name: Option<String>,
    /// How urgent it is.
    pub priority: Priority,
    /// When it was taken in.
    pub received_at: Timestamp,
    /// Grows with every change of the page or of a finding on it. Who changes the page shows
    /// which version they saw.
    pub version: i64,
    /// Who changed it last; `None` if the program did.
    pub changed_by: Option<UserId>,
    /// When.
    pub changed_at: Timestamp,
}

/// What is known of a page when it is taken in.
#[derive(Debug, Clone)]
pub struct NewPage {
    /// The file it came in.
    pub scan: ScanId,
    /// Which page of that file, from 1.
    pub number: u32,
    /// The chart it is said to belong to.
    pub chart: Option<ChartId>,
    /// The batch it came with.
    pub campaign: Option<CampaignId>,
    /// Width of the picture as scanned, in pixels.
    pub width: u32,
    /// Height of the picture as scanned, in pixels.
    pub height: u32,
    /// Resolution, if the file says it.
    pub dpi: Option<u32>,
    /// Who waits for it.
    pub priority: Priority,
}

/// Pages that one statement writes.
const AT_ONCE: usize = 500;

/// Writes a page and the job to read it, together.
pub async fn insert(
    tx: &mut Tx,
    tenant: TenantId,
    new: &NewPage,
    by: Author,
    now: Timestamp,
) -> Result<PageId, RecordsError> {
    let id = PageId::new(now);
    insert_some(tx, tenant, &[(id, new)], by, now).await?;
    Ok(id)
}

/// Writes the pages of a file and the jobs to read them, together; their identifiers, in order.
pub async fn insert_all(
    tx: &mut Tx,
    tenant: TenantId,
    new: &[NewPage],
    by: Author,
    now: Timestamp,
) -> Result<Vec<PageId>, RecordsError> {
    let pages: Vec<_> = new.iter().map(|page| (PageId::new(now), page)).collect();
    for some in pages.chunks(AT_ONCE) {
        insert_some(tx, tenant, some, by, now).await?;
    }
    Ok(pages.into_iter().map(|(id, _)| id).collect())
}

async fn insert_some(
    tx: &mut Tx,
    tenant: TenantId,
    pages: &[(PageId, &NewPage)],
    by: Author,
    now: Timestamp,
) -> Result<(), RecordsError> {
    let state = PageState::Received { at: now };
    let sql = on_elements!(
        tx,
        "insert into page
             (page_id, scan_id, chart_id, campaign_id, number, width, height, dpi, priority,
              tenant_id, stage, stage_at, received_at, changed_by, changed_at)
         select value ->> 0, value ->> 1, value ->> 2, value ->> 3, cast(value ->> 4 as bigint),
             cast(value ->> 5 as bigint), cast(value ->> 6 as bigint),
             cast(value ->> 7 as bigint), cast(value ->> 8 as bigint), $2, $3, $4, $4, $5, $4
         from",
        ""
    );
    let rows: Vec<_> = pages
        .iter()
        .map(|(id, new)| {
            let &NewPage { scan, number, chart, campaign, width, height, dpi, priority } = *new;
            (id, scan, chart, campaign, number, width, height, dpi, priority.rank())
        })
        .collect();
    execute!(
        tx,
        sql,
        to_json(&rows),
        tenant.to_string(),
        state.stage().as_str(),
        now.as_millis(),
        optional_text(by.user()),
    )?;
    let jobs: Vec<_> =
        pages.iter().map(|&(id, new)| Job::read_page(tenant, id, new.priority, now)).collect();
    outbox::insert(tx, &jobs, now).await?;
    let received = |&(id, _)| Event::about_page(id, Action::PageReceived).after(&state);
    audit::append_all(tx, tenant, by, pages.iter().map(received).collect(), now).await
}

/// The page of that identifier.
pub async fn find(tx: &mut Tx, tenant: TenantId, id: PageId) -> Result<Option<Page>, RecordsError> {
    row::find(tx, tenant, id).await
}

/// The pages of a scan, in order.
pub async fn of_scan(
    tx: &mut Tx,
    tenant: TenantId,
    scan: ScanId,
) -> Result<Vec<Page>, RecordsError> {
    row::of_scan(tx, tenant, scan).await
}
