//! Jobs that were given up, and sending them back.

use chart::{JobId, PageId, TenantId, Timestamp};

use super::JobRow;
use crate::{Job, RecordsError, Refusal, Tx, audit::Author, column::Row, pages};

/// A job that no further attempt is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadJob {
    /// What was to be done.
    pub job: Job,
    /// How often it was tried.
    pub attempts: u32,
    /// What went wrong the last time.
    pub reason: String,
    /// When it was given up.
    pub dead_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct DeadRow {
    #[sqlx(flatten)]
    job: JobRow,
    reason: Option<String>,
    dead_at: i64,
}

impl TryFrom<DeadRow> for DeadJob {
    type Error = RecordsError;

    fn try_from(row: DeadRow) -> Result<Self, RecordsError> {
        let of = Row { table: "job", key: &row.job.job_id };
        Ok(Self {
            job: row.job.job()?,
            attempts: of.number("attempts", row.job.attempts)?,
            reason: row.reason.unwrap_or_default(),
            dead_at: Timestamp::from_millis(row.dead_at),
        })
    }
}

/// The job is dead from now on, and its page unreadable. `None` if the page has moved on already:
/// only the word that the job was done did not come through, and the job is forgotten.
pub(super) async fn bury(
    tx: &mut Tx,
    row: &JobRow,
    reason: &str,
    now: Timestamp,
) -> Result<Option<DeadJob>, RecordsError> {
    let job = row.job()?;
    if !pages::give_up_with_its_job(tx, &job, reason, now).await? {
        execute!(tx, "delete from job where job_id = $1", row.job_id.as_str())?;
        return Ok(None);
    }
    execute!(
        tx,
        "update job set dead_at = $2, lease = null, reason = $3 where job_id = $1",
        row.job_id.as_str(),
        now.as_millis(),
        reason,
    )?;
    let attempts = u32::try_from(row.attempts).unwrap_or_default();
    Ok(Some(DeadJob { job, attempts, reason: reason.to_owned(), dead_at: now }))
}

/// Jobs that were given up, the last first. Of one clinic, or of all.
pub async fn dead_list(
    tx: &mut Tx,
    tenant: Option<TenantId>,
    limit: u32,
) -> Result<Vec<DeadJob>, RecordsError> {
    macro_rules! select {
        ($condition:literal) => {
            concat!(
                "select job_id, tenant_id, kind, page_id, priority, attempts, reason, dead_at
                 from job where dead_at is not null ",
                $condition,
                " order by dead_at desc, job_id limit $1"
            )
        };
    }
    let limit = i64::from(limit);
    let rows = match tenant {
        Some(tenant) => {
            all!(tx, DeadRow, select!("and tenant_id = $2"), limit, tenant.to_string())?
        }
        None => all!(tx, DeadRow, select!(""), limit)?,
    };
    rows.into_iter().map(DeadJob::try_from).collect()
}

/// Sends a dead job back to the workers, with all its attempts before it: its page becomes
/// `received` if it is still unreadable. `false` if there is no such dead job, or if a person has
/// typed the page in meanwhile; the job is then forgotten.
pub async fn retry_dead(
    tx: &mut Tx,
    id: JobId,
    by: Author,
    now: Timestamp,
) -> Result<bool, RecordsError> {
    let dead = optional!(
        tx,
        JobRow,
        "delete from job where job_id = $1 and dead_at is not null
         returning job_id, tenant_id, kind, page_id, priority, attempts",
        id.to_string(),
    )?;
    let Some(dead) = dead else { return Ok(false) };
    let job = dead.job()?;
    let Some(page) = pages::find(tx, job.tenant, job.page).await? else { return Ok(false) };
    match pages::retry(tx, job.tenant, job.page, page.version, by, now).await {
        Ok(_) => Ok(true),
        Err(RecordsError::Refused(Refusal::Transition(_))) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Forgets a dead job, or all of them; how many. Their pages stay as they are.
pub async fn forget_dead(tx: &mut Tx, id: Option<JobId>) -> Result<u64, RecordsError> {
    let forgotten = match id {
        Some(id) => {
            let sql = "delete from job where dead_at is not null and job_id = $1";
            execute!(tx, sql, id.to_string())?
        }
        None => execute!(tx, "delete from job where dead_at is not null")?,
    };
    Ok(forgotten)
}

/// Dead jobs of a page that is sent to the workers with a new job.
pub(crate) async fn forget_dead_of_page(
    tx: &mut Tx,
    tenant: TenantId,
    page: PageId,
) -> Result<(), RecordsError> {
    execute!(
        tx,
        "delete from job where tenant_id = $1 and page_id = $2 and dead_at is not null",
        tenant.to_string(),
        page.to_string(),
    )?;
    Ok(())
}
