//! A page's row, joined with its scan, its chart and the person it is with.

use chart::{PageId, PageState, ScanId, Stage, TenantId, Timestamp};

use super::Page;
use crate::{Priority, RecordsError, Tx, column::Row};

#[derive(sqlx::FromRow)]
pub(super) struct PageRow {
    page_id: String,
    scan_id: String,
    scan_sha256: String,
    media_type: String,
    file_name: String,
    n_pages: i64,
    number: i64,
    chart_id: Option<String>,
    chart_label: Option<String>,
    campaign_id: Option<String>,
    width: i64,
    height: i64,
    dpi: Option<i64>,
    stage: String,
    stage_at: i64,
    stage_by: Option<String>,
    stage_by_name: Option<String>,
    stage_reason: Option<String>,
    note: Option<String>,
    patient_name: Option<String>,
    priority: i64,
    received_at: i64,
    version: i64,
    changed_by: Option<String>,
    changed_at: i64,
}

impl PageRow {
    fn state(&self) -> Result<PageState, RecordsError> {
        let of = Row { table: "page", key: &self.page_id };
        let stage = Stage::from_word(&self.stage)
            .ok_or_else(|| of.unreadable("stage", "an unknown stage"))?;
        let at = Timestamp::from_millis(self.stage_at);
        let by = || {
            let by = self.stage_by.as_deref();
            of.word("stage_by", by.ok_or_else(|| of.unreadable("stage_by", "nobody"))?)
        };
        let reason = || {
            let reason = self.stage_reason.clone();
            reason.ok_or_else(|| of.unreadable("stage_reason", "no reason"))
        };
        Ok(match stage {
            Stage::Received => PageState::Received { at },
            Stage::Queued => PageState::Queued { at },
            Stage::Reading => PageState::Reading { at },
            Stage::Drafted => PageState::Drafted { at },
            Stage::InReview => PageState::InReview { at, by: by()? },
            Stage::ReadyToConfirm => PageState::ReadyToConfirm { at, by: by()? },
            Stage::Committed => PageState::Committed { at, by: by()? },
            Stage::Unreadable => PageState::Unreadable { at, reason: reason()? },
            Stage::Rejected => PageState::Rejected { at, by: by()?, reason: reason()? },
            Stage::Withdrawn => PageState::Withdrawn { at, by: by()?, reason: reason()? },
        })
    }
}

impl TryFrom<PageRow> for Page {
    type Error = RecordsError;

    fn try_from(row: PageRow) -> Result<Self, RecordsError> {
        let of = Row { table: "page", key: &row.page_id };
        Ok(Self {
            id: of.word("page_id", &row.page_id)?,
            scan: of.word("scan_id", &row.scan_id)?,
            n_pages: of.number("n_pages", row.n_pages)?,
            number: of.number("number", row.number)?,
            chart: of.optional_word("chart_id", row.chart_id.as_deref())?,
            campaign: of.optional_word("campaign_id", row.campaign_id.as_deref())?,
            width: of.number("width", row.width)?,
            height: of.number("height", row.height)?,
            dpi: row.dpi.map(|dpi| of.number("dpi", dpi)).transpose()?,
            state: row.state()?,
            priority: Priority::from_rank(row.priority),
            received_at: Timestamp::from_millis(row.received_at),
            version: row.version,
            changed_by: of.optional_word("changed_by", row.changed_by.as_deref())?,
            changed_at: Timestamp::from_millis(row.changed_at),
            scan_sha256: row.scan_sha256,
            media_type: row.media_type,
            file_name: row.file_name,
            chart_label: row.chart_label,
            state_by_name: row.stage_by_name,
            note: row.note,
            patient_name: row.patient_name,
        })
    }
}

/// A page's columns with whatever is appended: `where p.…`. `s` is its scan, `c` its chart.
macro_rules! select_page {
    ($rest:literal) => {
        concat!(
            "select p.page_id, p.scan_id, s.sha256 as scan_sha256, s.media_type, s.file_name,
                 s.n_pages, p.number, p.chart_id, c.label as chart_label, p.campaign_id, p.width,
                 p.height, p.dpi, p.stage, p.stage_at, p.stage_by, u.name as stage_by_name,
                 p.stage_reason, p.note, p.patient_name, p.priority, p.received_at, p.version,
                 p.changed_by, p.changed_at
             from page p
             join scan s on s.scan_id = p.scan_id
             left join chart c on c.chart_id = p.chart_id
             left join user_account u on u.user_id = p.stage_by ",
            $rest
        )
    };
}
pub(super) use select_page;

pub(super) async fn find(
    tx: &mut Tx,
    tenant: TenantId,
    id: PageId,
) -> Result<Option<Page>, RecordsError> {
    optional!(
        tx,
        PageRow,
        select_page!("where p.tenant_id = $1 and p.page_id = $2"),
        tenant.to_string(),
        id.to_string(),
    )?
    .map(Page::try_from)
    .transpose()
}

pub(super) async fn of_scan(
    tx: &mut Tx,
    tenant: TenantId,
    scan: ScanId,
) -> Result<Vec<Page>, RecordsError> {
    all!(
        tx,
        PageRow,
        select_page!("where p.tenant_id = $1 and p.scan_id = $2 order by p.number"),
        tenant.to_string(),
        scan.to_string(),
    )?
    .into_iter()
    .map(Page::try_from)
    .collect()
}
