//! Handing jobs out: one clinic after the other.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use chart::Timestamp;

use super::{DeadJob, JobRow, Lease, Leased, RETURNS_LIMIT, dead, is_available, moments};
use crate::{JobKind, RecordsError, Tx, db::Connection};

/// What a claim brought.
#[derive(Debug, Default)]
pub struct Claim {
    /// Jobs that are the worker's for now.
    pub leased: Vec<Leased>,
    /// Jobs that had been delivered to their limit and came back once more: they are dead now,
    /// their pages unreadable. For the log.
    pub buried: Vec<DeadJob>,
}

/// Leases up to `limit` jobs of a kind until `lease` from now. A job of which `delivery_limit`
/// attempts failed is buried instead, and one that came back [`RETURNS_LIMIT`] times because its
/// lease ran out.
pub async fn claim(
    tx: &mut Tx,
    kind: JobKind,
    limit: u32,
    lease: Duration,
    delivery_limit: u32,
    now: Timestamp,
) -> Result<Claim, RecordsError> {
    let mut claim = Claim::default();
    let moments = moments(lease, now);
    let mut line = Line::of(tx, kind, moments).await?;
    while claim.leased.len() < limit as usize {
        let Some(row) = line.next(tx, kind, moments).await? else { break };
        let job = row.job.job()?;
        // Whoever had it died, or was away for too long: the page is not to blame for that.
        let returns = row.returns + i64::from(row.lease.is_some());
        let failed = row.job.attempts - i64::from(row.lease.is_some());
        let reason = if failed >= i64::from(delivery_limit) {
            Some(format!("crashed: given up after {failed} attempts that never ended"))
        } else if returns >= i64::from(RETURNS_LIMIT) {
            Some(format!("crashed: given up after it came back {returns} times without a word"))
        } else {
            None
        };
        if let Some(reason) = reason {
            claim.buried.extend(dead::bury(tx, &row.job, &reason, now).await?);
            continue;
        }
        let token = format!("{:032x}", rand::random::<u128>());
        execute!(
            tx,
            "update job set attempts = $4, returns = $5, lease = $2, available_at = $3
             where job_id = $1",
            row.job.job_id.as_str(),
            token.as_str(),
            now.plus(lease).as_millis(),
            failed + 1,
            returns,
        )?;
        let attempt = u32::try_from(failed + 1).unwrap_or(u32::MAX);
        claim.leased.push(Leased { job, attempt, lease: Lease { job: job.id, token } });
    }
    line.save(tx).await?;
    Ok(claim)
}

/// A job with what its deliveries came to.
#[derive(sqlx::FromRow)]
struct WaitingRow {
    #[sqlx(flatten)]
    job: JobRow,
    returns: i64,
    /// Of a worker that did not come back.
    lease: Option<String>,
}

/// The clinics that have work, in turn.
struct Line {
    waiting: VecDeque<String>,
    /// Who was served in this claim, with a number that grows with each service.
    served: BTreeMap<String, i64>,
    last_number: i64,
}

impl Line {
    async fn of(
        tx: &mut Tx,
        kind: JobKind,
        [now, lease_end, queued_end]: [i64; 3],
    ) -> Result<Self, RecordsError> {
        let (last_number,) = one!(tx, (i64,), "select coalesce(max(served), 0) from job_turn")?;
        let waiting = all!(
            tx,
            (String,),
            concat!(
                "select tenant_id from job_turn t
                 where exists (select 1 from job j where j.tenant_id = t.tenant_id
                               and j.kind = $4 and j.dead_at is null and ",
                is_available!(),
                ") order by served, tenant_id"
            ),
            now,
            lease_end,
            queued_end,
            kind.as_str(),
        )?;
        let waiting = waiting.into_iter().map(|(tenant,)| tenant).collect();
        Ok(Self { waiting, served: BTreeMap::new(), last_number })
    }

    /// The next job in turn, locked; its clinic goes to the end of the line. A clinic without a
    /// job leaves the line: others may hold all of its jobs at this moment.
    async fn next(
        &mut self,
        tx: &mut Tx,
        kind: JobKind,
        moments: [i64; 3],
    ) -> Result<Option<WaitingRow>, RecordsError> {
        while let Some(tenant) = self.waiting.pop_front() {
            if let Some(row) = first_of(tx, &tenant, kind, moments).await? {
                self.last_number += 1;
                self.served.insert(tenant.clone(), self.last_number);
                self.waiting.push_back(tenant);
                return Ok(Some(row));
            }
        }
        Ok(None)
    }

    /// Writes down who was served. Last of all and in the order of the clinics' identifiers, so
    /// that two workers who claim at the same moment never wait for each other in a ring.
    async fn save(self, tx: &mut Tx) -> Result<(), RecordsError> {
        for (tenant, number) in self.served {
            execute!(tx, "update job_turn set served = $2 where tenant_id = $1", tenant, number,)?;
        }
        Ok(())
    }
}

async fn first_of(
    tx: &mut Tx,
    tenant: &str,
    kind: JobKind,
    [now, lease_end, queued_end]: [i64; 3],
) -> Result<Option<WaitingRow>, RecordsError> {
    macro_rules! select {
        ($lock:literal) => {
            concat!(
                "select job_id, tenant_id, kind, page_id, priority, attempts, returns, lease from job
                 where tenant_id = $4 and kind = $5 and dead_at is null and ",
                is_available!(),
                " order by priority, job_id limit 1",
                $lock
            )
        };
    }
    let sql = match tx.connection {
        Connection::Sqlite(_) => select!(""),
        Connection::Postgres(_) => select!(" for update skip locked"),
    };
    Ok(optional!(tx, WaitingRow, sql, now, lease_end, queued_end, tenant, kind.as_str())?)
}
