//! Files as they came in, the same file once more, and files that were refused.
//!
//! The bytes themselves lie in the store of originals, under their SHA-256.

use chart::{CampaignId, ChartId, ScanId, TenantId, Timestamp, UserId};

use crate::{
    RecordsError, Tx,
    audit::{self, Action, Author, Event},
    column::{Row, optional_text},
};

/// A file that was taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scan {
    /// Its identifier.
    pub id: ScanId,
    /// The batch it came with.
    pub campaign: Option<CampaignId>,
    /// The chart it was said to belong to.
    pub chart: Option<ChartId>,
    /// SHA-256 of its bytes, lower-case hexadecimal.
    pub sha256: String,
    /// Its name when it came.
    pub file_name: String,
    /// What it is: `image/jpeg`, `application/pdf`.
    pub media_type: String,
    /// Its size.
    pub bytes: u64,
    /// How many pages it has.
    pub n_pages: u32,
    /// How it came: `upload`, `command line`, `watched folder`.
    pub source: String,
    /// Who brought it; `None` if the program fetched it.
    pub received_by: Option<UserId>,
    /// When it came.
    pub received_at: Timestamp,
}

/// What is known of a file before it is taken in.
#[derive(Debug, Clone)]
pub struct NewScan<'a> {
    /// The batch it came with.
    pub campaign: Option<CampaignId>,
    /// The chart it was said to belong to.
    pub chart: Option<ChartId>,
    /// SHA-256 of its bytes, lower-case hexadecimal.
    pub sha256: &'a str,
    /// Its name when it came.
    pub file_name: &'a str,
    /// What it is: `image/jpeg`, `application/pdf`.
    pub media_type: &'a str,
    /// Its size.
    pub bytes: u64,
    /// How many pages it has.
    pub n_pages: u32,
    /// How it came: `upload`, `command line`, `watched folder`.
    pub source: &'a str,
}

/// What became of a new file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inserted {
    /// It is new.
    New(ScanId),
    /// The clinic has these bytes already: nothing was written. See [`link_duplicate`].
    AlreadyThere(ScanId),
}

/// The same bytes once more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duplicate {
    /// The scan it is a double of.
    pub of: ScanId,
    /// Its name when it came this time.
    pub file_name: String,
    /// How it came this time.
    pub source: String,
    /// Who brought it.
    pub received_by: Option<UserId>,
    /// When.
    pub received_at: Timestamp,
}

/// A file that was not taken in, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedScan {
    /// Its identifier.
    pub id: ScanId,
    /// SHA-256 of its bytes, which are kept aside.
    pub sha256: String,
    /// Its name when it came.
    pub file_name: String,
    /// Its size.
    pub bytes: u64,
    /// The reason's key in the message files: `not_a_picture`.
    pub code: String,
    /// The facts for that message, as ingest wrote them down.
    pub facts: String,
    /// How it came.
    pub source: String,
    /// Who brought it.
    pub received_by: Option<UserId>,
    /// When.
    pub refused_at: Timestamp,
}

/// What is known of a file that is refused.
#[derive(Debug, Clone)]
pub struct NewRefusal<'a> {
    /// SHA-256 of its bytes.
    pub sha256: &'a str,
    /// Its name when it came.
    pub file_name: &'a str,
    /// Its size.
    pub bytes: u64,
    /// The reason's key in the message files.
    pub code: &'a str,
    /// The facts for that message: opaque here.
    pub facts: &'a str,
    /// How it came.
    pub source: &'a str,
}

#[derive(sqlx::FromRow)]
struct ScanRow {
    scan_id: String,
    campaign_id: Option<String>,
    chart_id: Option<String>,
    sha256: String,
    file_name: String,
    media_type: String,
    bytes: i64,
    n_pages: i64,
    source: String,
    received_by: Option<String>,
    received_at: i64,
}

impl TryFrom<ScanRow> for Scan {
    type Error = RecordsError;

    fn try_from(row: ScanRow) -> Result<Self, RecordsError> {
        let of = Row { table: "scan", key: &row.scan_id };
        Ok(Self {
            id: of.word("scan_id", &row.scan_id)?,
            campaign: of.optional_word("campaign_id", row.campaign_id.as_deref())?,
            chart: of.optional_word("chart_id", row.chart_id.as_deref())?,
            bytes: of.number("bytes", row.bytes)?,
            n_pages: of.number("n_pages", row.n_pages)?,
            received_by: of.optional_word("received_by", row.received_by.as_deref())?,
            received_at: Timestamp::from_millis(row.received_at),
            sha256: row.sha256,
            file_name: row.file_name,
            media_type: row.media_type,
            source: row.source,
        })
    }
}

macro_rules! select_scan {
    ($rest:literal) => {
        concat!(
            "select scan_id, campaign_id, chart_id, sha256, file_name, media_type, bytes, n_pages,
                 source, received_by, received_at
             from scan ",
            $rest
        )
    };
}

/// The scan of these bytes, if the clinic has them.
pub async fn find_by_sha256(
    tx: &mut Tx,
    tenant: TenantId,
    sha256: &str,
) -> Result<Option<Scan>, RecordsError> {
    optional!(
        tx,
        ScanRow,
        select_scan!("where tenant_id = $1 and sha256 = $2"),
        tenant.to_string(),
        sha256,
    )?
    .map(Scan::try_from)
    .transpose()
}

/// The scan of that identifier.
pub async fn find(tx: &mut Tx, tenant: TenantId, id: ScanId) -> Result<Option<Scan>, RecordsError> {
    optional!(
        tx,
        ScanRow,
        select_scan!("where tenant_id = $1 and scan_id = $2"),
        tenant.to_string(),
        id.to_string(),
    )?
    .map(Scan::try_from)
    .transpose()
}

/// Writes down a file that was taken in. Its pages follow in the same transaction, by
/// [`crate::pages::insert`].
pub async fn insert(
    tx: &mut Tx,
    tenant: TenantId,
    new: &NewScan<'_>,
    by: Author,
    now: Timestamp,
) -> Result<Inserted, RecordsError> {
    let id = ScanId::new(now);
    let inserted = execute!(
        tx,
        "insert into scan
             (scan_id, tenant_id, campaign_id, chart_id, sha256, file_name, media_type, bytes,
              n_pages, source, received_by, received_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         on conflict do nothing",
        id.to_string(),
        tenant.to_string(),
        optional_text(new.campaign),
        optional_text(new.chart),
        new.sha256,
        new.file_name,
        new.media_type,
        new.bytes.cast_signed(),
        i64::from(new.n_pages),
        new.source,
        optional_text(by.user()),
        now.as_millis(),
    )?;
    if inserted == 0 {
        let there = find_by_sha256(tx, tenant, new.sha256).await?;
        let there = there.ok_or_else(|| RecordsError::not_found("scan", new.sha256))?;
        return Ok(Inserted::AlreadyThere(there.id));
    }
    let event = Event::about("scan", id, Action::ScanReceived).after(&(
        new.file_name,
        new.sha256,
        new.n_pages,
    ));
    audit::append(tx, tenant, by, event, now).await?;
    Ok(Inserted::New(id))
}

/// Writes down that the bytes of a scan came again.
pub async fn link_duplicate(
    tx: &mut Tx,
    tenant: TenantId,
    of: ScanId,
    file_name: &str,
    source: &str,
    by: Author,
    now: Timestamp,
) -> Result<(), RecordsError> {
    execute!(
        tx,
        "insert into scan_duplicate
             (duplicate_id, tenant_id, scan_id, file_name, source, received_by, received_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        ScanId::new(now).to_string(),
        tenant.to_string(),
        of.to_string(),
        file_name,
        source,
        optional_text(by.user()),
        now.as_millis(),
    )?;
    let event = Event::about("scan", of, Action::ScanDuplicate).after(&file_name);
    audit::append(tx, tenant, by, event, now).await
}

#[derive(sqlx::FromRow)]
struct DuplicateRow {
    duplicate_id: String,
    scan_id: String,
    file_name: String,
    source: String,
    received_by: Option<String>,
    received_at: i64,
}

impl TryFrom<DuplicateRow> for Duplicate {
    type Error = RecordsError;

    fn try_from(row: DuplicateRow) -> Result<Self, RecordsError> {
        let of = Row { table: "scan_duplicate", key: &row.duplicate_id };
        Ok(Self {
            of: of.word("scan_id", &row.scan_id)?,
            received_by: of.optional_word("received_by", row.received_by.as_deref())?,
            received_at: Timestamp::from_millis(row.received_at),
            file_name: row.file_name,
            source: row.source,
        })
    }
}

/// When the bytes of a scan came again, oldest first.
pub async fn duplicates_of(
    tx: &mut Tx,
    tenant: TenantId,
    scan: ScanId,
) -> Result<Vec<Duplicate>, RecordsError> {
    all!(
        tx,
        DuplicateRow,
        "select duplicate_id, scan_id, file_name, source, received_by, received_at
         from scan_duplicate where tenant_id = $1 and scan_id = $2 order by duplicate_id",
        tenant.to_string(),
        scan.to_string(),
    )?
    .into_iter()
    .map(Duplicate::try_from)
    .collect()
}

/// Writes down that a file was refused.
pub async fn insert_refused(
    tx: &mut Tx,
    tenant: TenantId,
    new: &NewRefusal<'_>,
    by: Author,
    now: Timestamp,
) -> Result<ScanId, RecordsError> {
    let id = ScanId::new(now);
    execute!(
        tx,
        "insert into refused_scan
             (refused_scan_id, tenant_id, sha256, file_name, bytes, code, facts, source,
              received_by, refused_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        id.to_string(),
        tenant.to_string(),
        new.sha256,
        new.file_name,
        new.bytes.cast_signed(),
        new.code,
        new.facts,
        new.source,
        optional_text(by.user()),
        now.as_millis(),
    )?;
    let event = Event::about("refused_scan", id, Action::ScanRefused).after(&(
        new.file_name,
        new.sha256,
        new.code,
    ));
    audit::append(tx, tenant, by, event, now).await?;
    Ok(id)
}

#[derive(sqlx::FromRow)]
struct RefusedRow {
    refused_scan_id: String,
    sha256: String,
    file_name: String,
    bytes: i64,
    code: String,
    facts: String,
    source: String,
    received_by: Option<String>,
    refused_at: i64,
}

impl TryFrom<RefusedRow> for RefusedScan {
    type Error = RecordsError;

    fn try_from(row: RefusedRow) -> Result<Self, RecordsError> {
        let of = Row { table: "refused_scan", key: &row.refused_scan_id };
        Ok(Self {
            id: of.word("refused_scan_id", &row.refused_scan_id)?,
            bytes: of.number("bytes", row.bytes)?,
            received_by: of.optional_word("received_by", row.received_by.as_deref())?,
            refused_at: Timestamp::from_millis(row.refused_at),
            sha256: row.sha256,
            file_name: row.file_name,
            code: row.code,
            facts: row.facts,
            source: row.source,
        })
    }
}

/// Refused files, the newest first.
pub async fn refused_list(
    tx: &mut Tx,
    tenant: TenantId,
    limit: u32,
) -> Result<Vec<RefusedScan>, RecordsError> {
    all!(
        tx,
        RefusedRow,
        "select refused_scan_id, sha256, file_name, bytes, code, facts, source, received_by,
             refused_at
         from refused_scan where tenant_id = $1 order by refused_scan_id desc limit $2",
        tenant.to_string(),
        i64::from(limit),
    )?
    .into_iter()
    .map(RefusedScan::try_from)
    .collect()
}
