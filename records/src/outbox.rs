//! Jobs on their way to the queue.
//!
//! A job is written with its page, in one transaction; a relay gives it to the queue afterwards.
//! Whatever dies in between, the job is still here. Several relays at once do no harm: each
//! claims what it publishes, and what a dead relay claimed is free again after a while.

use std::time::Duration;

use chart::{JobId, TenantId, Timestamp};

use crate::{
    Job, Priority, RecordsError, Tx,
    column::{Row, to_json},
    db::Connection,
};

#[derive(sqlx::FromRow)]
struct JobRow {
    job_id: String,
    tenant_id: String,
    kind: String,
    page_id: String,
    priority: i64,
}

impl TryFrom<JobRow> for Job {
    type Error = RecordsError;

    fn try_from(row: JobRow) -> Result<Self, RecordsError> {
        let of = Row { table: "outbox", key: &row.job_id };
        Ok(Self {
            id: of.word("job_id", &row.job_id)?,
            kind: of.word("kind", &row.kind)?,
            tenant: of.word("tenant_id", &row.tenant_id)?,
            page: of.word("page_id", &row.page_id)?,
            priority: Priority::from_rank(row.priority),
        })
    }
}

/// Writes jobs. Called where their pages are written.
pub(crate) async fn insert(tx: &mut Tx, jobs: &[Job], now: Timestamp) -> Result<(), RecordsError> {
    let sql = on_elements!(
        tx,
        "insert into outbox (job_id, tenant_id, kind, page_id, priority, created_at)
         select value ->> 0, value ->> 1, value ->> 2, value ->> 3,
             cast(value ->> 4 as bigint), $2
         from",
        ""
    );
    let rows: Vec<_> = jobs
        .iter()
        .map(|job| (job.id, job.tenant, job.kind.as_str(), job.page, job.priority.rank()))
        .collect();
    execute!(tx, sql, to_json(&rows), now.as_millis())?;
    Ok(())
}

/// Jobs that no queue has yet, of `at_least` urgency or more, most urgent first within a clinic, the
/// clinics sharing `limit` evenly. They are this relay's until `lease` has passed: publish them,
/// then [`mark_published`], or [`release`] what could not be published.
pub async fn claim(
    tx: &mut Tx,
    at_least: Priority,
    limit: u32,
    lease: Duration,
    now: Timestamp,
) -> Result<Vec<Job>, RecordsError> {
    // What is claimed for longer than anybody claims was claimed before the clock was set back.
    let moments = [now, now.plus(lease * 2)].map(Timestamp::as_millis);
    let waiting = all!(
        tx,
        (String,),
        "select tenant_id from tenant t
         where exists (select 1 from outbox o where o.tenant_id = t.tenant_id
                       and o.published_at is null and o.priority <= $3
                       and (o.claimed_until <= $1 or o.claimed_until > $2))
         order by tenant_id",
        moments[0],
        moments[1],
        at_least.rank(),
    )?;
    let mut jobs = Vec::new();
    let mut left = i64::from(limit);
    // What one clinic does not use falls to the others, in the same round or the next.
    loop {
        let before = left;
        for (tenants_left, (tenant,)) in (1..=waiting.len() as i64).rev().zip(&waiting) {
            let share = (left + tenants_left - 1) / tenants_left;
            let claimed = claim_of(tx, tenant, at_least, share, now.plus(lease), moments).await?;
            left -= claimed.len() as i64;
            jobs.extend(claimed);
        }
        if left == 0 || left == before {
            break;
        }
    }
    jobs.sort_unstable_by_key(|job: &Job| (job.priority, job.id));
    Ok(jobs)
}

async fn claim_of(
    tx: &mut Tx,
    tenant: &str,
    at_least: Priority,
    limit: i64,
    until: Timestamp,
    [now, claims_end]: [i64; 2],
) -> Result<Vec<Job>, RecordsError> {
    macro_rules! update {
        ($of_these:literal, $lock:literal) => {
            concat!(
                "update outbox set claimed_until = $2 where job_id ",
                $of_these,
                "(select job_id from outbox
                  where tenant_id = $1 and published_at is null and priority <= $6
                  and (claimed_until <= $3 or claimed_until > $4)
                  order by priority, job_id limit $5",
                $lock,
                ")) returning job_id, tenant_id, kind, page_id, priority"
            )
        };
    }
    let sql = match tx.connection {
        Connection::Sqlite(_) => update!("in (", ""),
        // By the index whatever PostgreSQL believes about the table.
        Connection::Postgres(_) => update!("= any(array", " for update skip locked"),
    };
    let until = until.as_millis();
    all!(tx, JobRow, sql, tenant, until, now, claims_end, limit, at_least.rank())?
        .into_iter()
        .map(Job::try_from)
        .collect()
}

/// The condition that `job_id` is in the JSON array `$1`.
macro_rules! by_ids {
    ($before:literal, $after:literal) => {
        (
            concat!($before, " job_id in (select value from json_each($1)) ", $after),
            concat!(
                $before,
                // By the index whatever PostgreSQL believes about the table.
                " job_id = any(array(select json_array_elements_text($1::json))) ",
                $after
            ),
        )
    };
}

async fn execute_by_ids(
    tx: &mut Tx,
    (sqlite, postgres): (&'static str, &'static str),
    ids: &[JobId],
    now: Timestamp,
) -> Result<u64, RecordsError> {
    let sql = match tx.connection {
        Connection::Sqlite(_) => sqlite,
        Connection::Postgres(_) => postgres,
    };
    Ok(execute!(tx, sql, to_json(&ids), now.as_millis())?)
}

/// The queue has these jobs. Their pages become `queued`, except where a worker was faster.
///
/// This step of a page leaves no audit event: the row here keeps the moment.
pub async fn mark_published(
    tx: &mut Tx,
    ids: &[JobId],
    now: Timestamp,
) -> Result<(), RecordsError> {
    // The transition `PageState::queue` for many pages at once.
    let queued = by_ids!(
        "update page set stage = 'queued', stage_at = $2, version = version + 1, changed_by = null,
             changed_at = $2
         where stage = 'received' and page_id in (select page_id from outbox where",
        ")"
    );
    execute_by_ids(tx, queued, ids, now).await?;
    let published =
        by_ids!("update outbox set published_at = coalesce(published_at, $2) where", "");
    execute_by_ids(tx, published, ids, now).await?;
    Ok(())
}

/// These could not be published: any relay may try again from `at` on.
pub async fn release(tx: &mut Tx, ids: &[JobId], at: Timestamp) -> Result<(), RecordsError> {
    let released = by_ids!("update outbox set claimed_until = $2 where", "");
    execute_by_ids(tx, released, ids, at).await?;
    Ok(())
}

/// Jobs that no queue has yet, claimed or not, without claiming them: for a look.
pub async fn unpublished(tx: &mut Tx, limit: u32) -> Result<Vec<Job>, RecordsError> {
    all!(
        tx,
        JobRow,
        "select job_id, tenant_id, kind, page_id, priority from outbox
         where published_at is null order by job_id limit $1",
        i64::from(limit),
    )?
    .into_iter()
    .map(Job::try_from)
    .collect()
}

/// How many jobs no queue has yet, and since when the oldest waits. Of one clinic, or of all.
pub async fn backlog(
    tx: &mut Tx,
    tenant: Option<TenantId>,
) -> Result<(u64, Option<Timestamp>), RecordsError> {
    let (jobs, oldest) = match tenant {
        Some(tenant) => one!(
            tx,
            (i64, Option<i64>),
            "select count(*), min(created_at) from outbox
             where published_at is null and tenant_id = $1",
            tenant.to_string(),
        )?,
        None => one!(
            tx,
            (i64, Option<i64>),
            "select count(*), min(created_at) from outbox where published_at is null",
        )?,
    };
    Ok((jobs.unsigned_abs(), oldest.map(Timestamp::from_millis)))
}

/// The queue has lost what it was given, or is another one: the job of each page that no worker has
/// finished is to be published once more; how many these are. Where the queue has it after all, the
/// second delivery finds the page read.
pub async fn refill(tx: &mut Tx, now: Timestamp) -> Result<u64, RecordsError> {
    // A page that was sent to be read again has several; the latest counts.
    let known = execute!(
        tx,
        "update outbox set published_at = null, claimed_until = 0
         where published_at is not null and job_id in (
             select max(o.job_id) from outbox o join page p on p.page_id = o.page_id
             where p.stage in ('queued', 'reading') group by o.page_id)"
    )?;
    // What was published long ago is forgotten here.
    let forgotten = all!(
        tx,
        (String, String, i64),
        "select tenant_id, page_id, priority from page
         where stage in ('queued', 'reading')
         and not exists (select 1 from outbox o where o.page_id = page.page_id)
         order by page_id"
    )?;
    let mut jobs = Vec::with_capacity(forgotten.len());
    for (tenant_id, page_id, priority) in &forgotten {
        let of = Row { table: "page", key: page_id };
        let (tenant, page) = (of.word("tenant_id", tenant_id)?, of.word("page_id", page_id)?);
        jobs.push(Job::read_page(tenant, page, Priority::from_rank(*priority), now));
    }
    insert(tx, &jobs, now).await?;
    Ok(known + jobs.len() as u64)
}

/// Forgets jobs that the queue got before `before`; how many.
pub async fn forget_published(tx: &mut Tx, before: Timestamp) -> Result<u64, RecordsError> {
    Ok(execute!(tx, "delete from outbox where published_at < $1", before.as_millis())?)
}
