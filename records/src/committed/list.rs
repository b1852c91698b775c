//! Reading records: a page's, a clinic's for export, a finding's through its versions.

use std::collections::HashMap;

use chart::{ChartId, Content, FindingId, PageId, RecordId, TenantId, Timestamp};

use super::Record;
use crate::{
    RecordsError, Tx,
    column::{Row, optional_text},
    findings::Statement,
};

/// Which versions to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Versions {
    /// What is true now: the last version of each fact, without those taken back.
    #[default]
    Latest,
    /// Everything that was ever confirmed.
    All,
}

/// Which records to list. The default lists what is true now, of the whole clinic.
#[derive(Debug, Clone, Copy, Default)]
pub struct RecordFilter {
    /// Which versions.
    pub versions: Versions,
    /// Only a chart's.
    pub chart: Option<ChartId>,
    /// Only those after this one, for the next batch of a long list.
    pub after: Option<RecordId>,
}

#[derive(sqlx::FromRow)]
struct RecordRow {
    record_id: String,
    page_id: String,
    page_number: i64,
    scan_id: String,
    scan_sha256: String,
    file_name: String,
    chart_id: Option<String>,
    chart_label: Option<String>,
    finding_id: String,
    position: i64,
    reading_id: Option<String>,
    content: String,
    surface: String,
    x0: Option<i64>,
    y0: Option<i64>,
    x1: Option<i64>,
    y1: Option<i64>,
    retracted: bool,
    reason: Option<String>,
    confirmed_by: String,
    confirmed_by_name: String,
    confirmed_at: i64,
    version: i64,
    supersedes: Option<String>,
}

impl TryFrom<RecordRow> for Record {
    type Error = RecordsError;

    fn try_from(row: RecordRow) -> Result<Self, RecordsError> {
        let of = Row { table: "record", key: &row.record_id };
        Ok(Self {
            id: of.word("record_id", &row.record_id)?,
            page: of.word("page_id", &row.page_id)?,
            page_number: of.number("page_number", row.page_number)?,
            scan: of.word("scan_id", &row.scan_id)?,
            chart: of.optional_word("chart_id", row.chart_id.as_deref())?,
            finding: of.word("finding_id", &row.finding_id)?,
            position: of.number("position", row.position)?,
            reading: of.optional_word("reading_id", row.reading_id.as_deref())?,
            statement: of.json("content", &row.content)?,
            bbox: of.rect([row.x0, row.y0, row.x1, row.y1])?,
            confirmed_by: of.word("confirmed_by", &row.confirmed_by)?,
            confirmed_at: Timestamp::from_millis(row.confirmed_at),
            version: of.number("version", row.version)?,
            supersedes: of.optional_word("supersedes", row.supersedes.as_deref())?,
            scan_sha256: row.scan_sha256,
            file_name: row.file_name,
            chart_label: row.chart_label,
            surface: row.surface,
            retracted: row.retracted,
            reason: row.reason,
            confirmed_by_name: row.confirmed_by_name,
        })
    }
}

macro_rules! select_record {
    ($rest:literal) => {
        concat!(
            "select r.record_id, r.page_id, r.page_number, r.scan_id, r.scan_sha256, s.file_name,
                 r.chart_id, c.label as chart_label, r.finding_id, f.position, r.reading_id,
                 r.content, r.surface, r.x0, r.y0, r.x1, r.y1, r.retracted, r.reason,
                 r.confirmed_by, u.name as confirmed_by_name, r.confirmed_at, r.version,
                 r.supersedes
             from record r
             join scan s on s.scan_id = r.scan_id
             join finding f on f.finding_id = r.finding_id
             join user_account u on u.user_id = r.confirmed_by
             left join chart c on c.chart_id = r.chart_id ",
            $rest
        )
    };
}

fn records(rows: Vec<RecordRow>) -> Result<Vec<Record>, RecordsError> {
    rows.into_iter().map(Record::try_from).collect()
}

/// Everything that was ever confirmed of a page, oldest first.
pub async fn of_page(
    tx: &mut Tx,
    tenant: TenantId,
    page: PageId,
) -> Result<Vec<Record>, RecordsError> {
    records(all!(
        tx,
        RecordRow,
        select_record!("where r.tenant_id = $1 and r.page_id = $2 order by r.record_id"),
        tenant.to_string(),
        page.to_string(),
    )?)
}

/// The last version of each fact of a page, retracted ones too.
pub(crate) async fn current_of_page(
    tx: &mut Tx,
    tenant: TenantId,
    page: PageId,
) -> Result<Vec<Record>, RecordsError> {
    records(all!(
        tx,
        RecordRow,
        select_record!(
            "where r.tenant_id = $1 and r.page_id = $2
                 and not exists (select 1 from record l where l.supersedes = r.record_id)"
        ),
        tenant.to_string(),
        page.to_string(),
    )?)
}

pub(crate) async fn exist_of_page(
    tx: &mut Tx,
    tenant: TenantId,
    page: PageId,
) -> Result<bool, RecordsError> {
    let found = optional!(
        tx,
        (String,),
        "select record_id from record where tenant_id = $1 and page_id = $2 limit 1",
        tenant.to_string(),
        page.to_string(),
    )?;
    Ok(found.is_some())
}

/// A finding's records through all versions, oldest first.
pub async fn history(
    tx: &mut Tx,
    tenant: TenantId,
    finding: FindingId,
) -> Result<Vec<Record>, RecordsError> {
    records(all!(
        tx,
        RecordRow,
        select_record!("where r.tenant_id = $1 and r.finding_id = $2 order by r.version"),
        tenant.to_string(),
        finding.to_string(),
    )?)
}

/// A clinic's records in the order in which they were confirmed, within a confirmation in the
/// order of the page; `limit` of them. A long list is read in batches: the last record of one is
/// `after` of the next.
pub async fn list(
    tx: &mut Tx,
    tenant: TenantId,
    filter: &RecordFilter,
    limit: u32,
) -> Result<Vec<Record>, RecordsError> {
    let versions = match filter.versions {
        Versions::Latest => {
            "and not r.retracted
             and not exists (select 1 from record l where l.supersedes = r.record_id)"
        }
        Versions::All => "",
    };
    let chart = if filter.chart.is_some() { "r.chart_id = $3" } else { "$3 = ''" };
    let sql = format!(
        "{} {versions} and {chart} order by r.record_id limit $4",
        select_record!("where r.tenant_id = $1 and r.record_id > $2"),
    );
    records(all!(
        tx,
        RecordRow,
        sqlx::AssertSqlSafe(sql),
        tenant.to_string(),
        optional_text(filter.after).unwrap_or_default(),
        optional_text(filter.chart).unwrap_or_default(),
        i64::from(limit),
    )?)
}

/// The drugs and diseases that were confirmed last, `most` at most, by name, each with how often.
/// What was taken back since counts too: it was written all the same.
pub async fn names_used(
    tx: &mut Tx,
    tenant: TenantId,
    most: u32,
) -> Result<HashMap<String, u32>, RecordsError> {
    let rows = all!(
        tx,
        (String, String),
        "select record_id, content from record
         where tenant_id = $1 and kind in ('medication', 'diagnosis')
         order by record_id desc limit $2",
        tenant.to_string(),
        i64::from(most),
    )?;
    let mut used = HashMap::new();
    for (id, content) in rows {
        let of = Row { table: "record", key: &id };
        let statement: Statement = of.json("content", &content)?;
        let name = match statement.content {
            Content::Medication(medication) => medication.name,
            Content::Diagnosis(diagnosis) => diagnosis.name,
            _ => continue,
        };
        *used.entry(name).or_default() += 1;
    }
    Ok(used)
}
