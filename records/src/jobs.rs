//! The embedded queue: jobs as rows, leased to workers.
//!
//! A job that is leased is one that is not available before the lease ends; a worker that dies
//! just never comes back, and the job is handed out again. What was tried and failed counts as an
//! attempt, the death of a worker does not. A job of which too many attempts failed is buried with
//! the reason, and its page becomes unreadable in the same transaction, so that no page is ever
//! stuck.
//!
//! The clinics take turns: the one that was served longest ago comes first, and within a clinic
//! the most urgent, then the oldest job. A clinic with a million pages delays another's ten by one
//! page each.

mod claim;
mod dead;

/// The condition that a job can be claimed at this moment: its time has come, or its lease or its
/// delay was written before the clock was set back. Parameters `$1` to `$3` are [`moments`].
macro_rules! is_available {
    () => {
        "(available_at <= $1
          or (lease is not null and available_at > $2)
          or (lease is null and queued_at > $3))"
    };
}
use is_available;

use std::{collections::BTreeSet, time::Duration};

use chart::{JobId, TenantId, Timestamp};

pub use claim::{Claim, claim};
pub(crate) use dead::forget_dead_of_page;
pub use dead::{DeadJob, dead_list, forget_dead, retry_dead};

use crate::{
    Job, RecordsError, Tx,
    column::{Row, to_json},
};

/// A job that a worker has for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leased {
    /// What there is to do.
    pub job: Job,
    /// Which attempt at it this is, from 1.
    pub attempt: u32,
    /// Shows that it is this worker's. Every later call about the job takes it.
    pub lease: Lease,
}

/// The right to finish a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    pub(crate) job: JobId,
    pub(crate) token: String,
}

/// How full the queue is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Depth {
    /// Jobs that wait, among them those that wait for a later attempt.
    pub waiting: u64,
    /// Jobs that a worker has.
    pub leased: u64,
    /// Jobs that were buried.
    pub dead: u64,
    /// Since when the oldest waiting job waits; one that was tried, since it was given back.
    pub oldest: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct JobRow {
    job_id: String,
    tenant_id: String,
    kind: String,
    page_id: String,
    priority: i64,
    attempts: i64,
}

impl JobRow {
    fn job(&self) -> Result<Job, RecordsError> {
        let of = Row { table: "job", key: &self.job_id };
        Ok(Job {
            id: of.word("job_id", &self.job_id)?,
            kind: of.word("kind", &self.kind)?,
            tenant: of.word("tenant_id", &self.tenant_id)?,
            page: of.word("page_id", &self.page_id)?,
            priority: crate::Priority::from_rank(self.priority),
        })
    }
}

/// A job that came back so often without a word kills whoever gets it, most likely. A far net: a page
/// in the hands of a worker that dies for other reasons comes back once for each death, and a page
/// that crashes or hangs its reading process costs an attempt, not its worker's life.
pub const RETURNS_LIMIT: u32 = 20;

/// No attempt is put off for longer; [`release`] sees to that.
pub const LONGEST_DELAY: Duration = Duration::from_hours(1);

/// Clocks of several machines may differ by this much; more means that one was set.
const CLOCKS_DIFFER: Duration = Duration::from_mins(1);

/// Now; beyond which no lease of `lease` reaches, with some patience for holders that have not
/// extended it yet since the clock was set back; beyond which nothing was put into the queue.
fn moments(lease: Duration, now: Timestamp) -> [i64; 3] {
    [now, now.plus(lease * 2), now.plus(CLOCKS_DIFFER)].map(Timestamp::as_millis)
}

/// Puts jobs into the queue that are not there already; how many.
pub async fn insert_if_absent(
    tx: &mut Tx,
    jobs: &[Job],
    now: Timestamp,
) -> Result<u64, RecordsError> {
    // In one order everywhere, so that relays do not wait for each other in a ring.
    let tenants: BTreeSet<TenantId> = jobs.iter().map(|job| job.tenant).collect();
    for tenant in tenants {
        execute!(
            tx,
            "insert into job_turn (tenant_id, served) values ($1, 0) on conflict do nothing",
            tenant.to_string(),
        )?;
    }
    let sql = on_elements!(
        tx,
        // Available at once, by whatever clock.
        "insert into job (job_id, tenant_id, kind, page_id, priority, available_at, queued_at)
         select value ->> 0, value ->> 1, value ->> 2, value ->> 3,
             cast(value ->> 4 as bigint), 0, $2
         from",
        // SQLite would read `on` as a join's.
        "where true on conflict do nothing"
    );
    let mut rows: Vec<_> = jobs
        .iter()
        .map(|job| (job.id, job.tenant, job.kind.as_str(), job.page, job.priority.rank()))
        .collect();
    rows.sort_unstable();
    Ok(execute!(tx, sql, to_json(&rows), now.as_millis())?)
}

/// The worker is still at it: it has the job for another `lease` from now. `false` if the lease
/// had ended and the job is somebody else's.
pub async fn extend(
    tx: &mut Tx,
    lease: &Lease,
    by: Duration,
    now: Timestamp,
) -> Result<bool, RecordsError> {
    let extended = execute!(
        tx,
        "update job set available_at = $3 where job_id = $1 and lease = $2",
        lease.job.to_string(),
        lease.token.as_str(),
        now.plus(by).as_millis(),
    )?;
    Ok(extended == 1)
}

/// The job is done. `false` if the lease had ended: somebody else does it again, which does no
/// harm. Call it in the transaction that saves the job's effect.
pub async fn complete(tx: &mut Tx, lease: &Lease) -> Result<bool, RecordsError> {
    let completed = execute!(
        tx,
        "delete from job where job_id = $1 and lease = $2",
        lease.job.to_string(),
        lease.token.as_str(),
    )?;
    Ok(completed == 1)
}

/// Gives the job back for an attempt after `delay` (at most [`LONGEST_DELAY`]), with what went
/// wrong. `false` if the lease had ended.
pub async fn release(
    tx: &mut Tx,
    lease: &Lease,
    delay: Duration,
    reason: &str,
    now: Timestamp,
) -> Result<bool, RecordsError> {
    let released = execute!(
        tx,
        "update job set available_at = $3, queued_at = $4, lease = null, returns = 0, reason = $5
         where job_id = $1 and lease = $2",
        lease.job.to_string(),
        lease.token.as_str(),
        now.plus(delay.min(LONGEST_DELAY)).as_millis(),
        now.as_millis(),
        reason,
    )?;
    Ok(released == 1)
}

/// Gives the job back as if it had never been delivered: a worker that shuts down.
pub async fn hand_back(tx: &mut Tx, lease: &Lease) -> Result<bool, RecordsError> {
    let handed_back = execute!(
        tx,
        "update job set available_at = 0, lease = null, returns = 0, attempts = attempts - 1
         where job_id = $1 and lease = $2",
        lease.job.to_string(),
        lease.token.as_str(),
    )?;
    Ok(handed_back == 1)
}

/// No further attempt: the job is kept as dead with the reason, and its page becomes unreadable; of
/// a page that has moved on, the job is forgotten. `false` if the lease had ended.
pub async fn bury(
    tx: &mut Tx,
    lease: &Lease,
    reason: &str,
    now: Timestamp,
) -> Result<bool, RecordsError> {
    // Locked first, as everywhere: the job, then its page.
    let held = optional!(
        tx,
        JobRow,
        "update job set lease = null where job_id = $1 and lease = $2
         returning job_id, tenant_id, kind, page_id, priority, attempts",
        lease.job.to_string(),
        lease.token.as_str(),
    )?;
    let Some(held) = held else { return Ok(false) };
    dead::bury(tx, &held, reason, now).await?;
    Ok(true)
}

/// How full the queue is. Of one clinic, or of all.
pub async fn depth(
    tx: &mut Tx,
    tenant: Option<TenantId>,
    now: Timestamp,
) -> Result<Depth, RecordsError> {
    macro_rules! select {
        ($condition:literal) => {
            concat!(
                "select
                     count(case when dead_at is null
                                and (lease is null or available_at <= $1) then 1 end),
                     count(case when dead_at is null
                                and lease is not null and available_at > $1 then 1 end),
                     count(case when dead_at is not null then 1 end),
                     min(case when dead_at is null and lease is null then queued_at end)
                 from job ",
                $condition
            )
        };
    }
    type Counts = (i64, i64, i64, Option<i64>);
    let (waiting, leased, dead, oldest) = match tenant {
        Some(tenant) => {
            one!(tx, Counts, select!("where tenant_id = $2"), now.as_millis(), tenant.to_string(),)?
        }
        None => one!(tx, Counts, select!(""), now.as_millis())?,
    };
    Ok(Depth {
        waiting: waiting.unsigned_abs(),
        leased: leased.unsigned_abs(),
        dead: dead.unsigned_abs(),
        oldest: oldest.map(Timestamp::from_millis),
    })
}

/// Jobs of all clinics that could be claimed at this moment by a worker of such leases.
pub async fn count_available(
    tx: &mut Tx,
    lease: Duration,
    now: Timestamp,
) -> Result<u64, RecordsError> {
    let [now, lease_end, queued_end] = moments(lease, now);
    let (available,) = one!(
        tx,
        (i64,),
        concat!("select count(*) from job where dead_at is null and ", is_available!()),
        now,
        lease_end,
        queued_end,
    )?;
    Ok(available.unsigned_abs())
}

/// Whether there is any such job: stops at the first, where counting would walk through a million.
pub async fn is_any_available(
    tx: &mut Tx,
    lease: Duration,
    now: Timestamp,
) -> Result<bool, RecordsError> {
    let [now, lease_end, queued_end] = moments(lease, now);
    let found = optional!(
        tx,
        (i64,),
        concat!(
            "select cast(1 as bigint) from job where dead_at is null and ",
            is_available!(),
            " limit 1"
        ),
        now,
        lease_end,
        queued_end,
    )?;
    Ok(found.is_some())
}
