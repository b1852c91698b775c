//! The chain itself: how an event is hashed, how the next one is appended, how all are checked.
//!
//! ```text
//! hash = SHA-256 of the JSON array, without spaces, in UTF-8, in lower-case hexadecimal:
//! [previous hash, tenant, seq, at, event, user, role, action, subject kind, subject, page,
//!  before, after]
//! ```
//!
//! `seq` and `at` are numbers, everything else is a string or null; `before` and `after` are the
//! stored JSON texts as strings, so nothing depends on how a JSON library prints numbers.

use std::fmt;

use chart::TenantId;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::{RecordsError, Tx, column::to_json, db::Connection};

/// What stands before the first event.
const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Events that are checked at a time: the memory that a chain of any length takes.
const BATCH: i64 = 1000;

#[derive(Debug, sqlx::FromRow)]
pub(super) struct EventRow {
    pub(super) event_id: String,
    pub(super) tenant_id: String,
    pub(super) seq: i64,
    pub(super) at: i64,
    pub(super) user_id: Option<String>,
    pub(super) role: Option<String>,
    pub(super) action: String,
    pub(super) subject_kind: String,
    pub(super) subject_id: String,
    pub(super) page_id: Option<String>,
    pub(super) before: Option<String>,
    pub(super) after: Option<String>,
    pub(super) previous_hash: String,
    pub(super) hash: String,
}

impl EventRow {
    /// As they stand in the table.
    fn columns(&self) -> impl Serialize + '_ {
        (
            &self.event_id,
            &self.tenant_id,
            self.seq,
            self.at,
            &self.user_id,
            &self.role,
            &self.action,
            &self.subject_kind,
            &self.subject_id,
            &self.page_id,
            &self.before,
            &self.after,
            &self.previous_hash,
            &self.hash,
        )
    }

    pub(super) fn computed_hash(&self) -> String {
        let text = to_json(&(
            &self.previous_hash,
            &self.tenant_id,
            self.seq,
            self.at,
            &self.event_id,
            &self.user_id,
            &self.role,
            &self.action,
            &self.subject_kind,
            &self.subject_id,
            &self.page_id,
            &self.before,
            &self.after,
        ));
        hex::encode(Sha256::digest(text.as_bytes()))
    }
}

/// Begins the chain of a new clinic.
pub(crate) async fn found(tx: &mut Tx, tenant: TenantId) -> Result<(), RecordsError> {
    execute!(
        tx,
        "insert into audit_head (tenant_id, seq, hash) values ($1, 0, $2)",
        tenant.to_string(),
        GENESIS,
    )?;
    Ok(())
}

/// Makes every other change of this clinic wait until this transaction ends. On SQLite a writing
/// transaction does that anyway.
pub(crate) async fn lock_chain(tx: &mut Tx, tenant: TenantId) -> Result<(), RecordsError> {
    if let Connection::Postgres(_) = tx.connection {
        execute!(
            tx,
            "select seq from audit_head where tenant_id = $1 for update",
            tenant.to_string(),
        )?;
    }
    Ok(())
}

/// Takes the next `n` places in the chain: the number of the first, and the hash of the event before
/// it. Locks the head.
pub(super) async fn extend(
    tx: &mut Tx,
    tenant: TenantId,
    n: usize,
) -> Result<(i64, String), RecordsError> {
    optional!(
        tx,
        (i64, String),
        "update audit_head set seq = seq + $2 where tenant_id = $1 returning seq - $2 + 1, hash",
        tenant.to_string(),
        n as i64,
    )?
    .ok_or_else(|| RecordsError::not_found("tenant", tenant))
}

/// Writes the events of the places that [`extend`] took, of which the last has the hash `head`.
pub(super) async fn save(
    tx: &mut Tx,
    tenant: TenantId,
    events: &[EventRow],
    head: &str,
) -> Result<(), RecordsError> {
    execute!(tx, "update audit_head set hash = $2 where tenant_id = $1", tenant.to_string(), head,)?;
    let sql = on_elements!(
        tx,
        "insert into audit_event
             (event_id, tenant_id, seq, at, user_id, role, action, subject_kind, subject_id,
              page_id, before, after, previous_hash, hash)
         select value ->> 0, value ->> 1, cast(value ->> 2 as bigint), cast(value ->> 3 as bigint),
             value ->> 4, value ->> 5, value ->> 6, value ->> 7, value ->> 8, value ->> 9,
             value ->> 10, value ->> 11, value ->> 12, value ->> 13
         from",
        ""
    );
    let rows: Vec<_> = events.iter().map(EventRow::columns).collect();
    execute!(tx, sql, to_json(&rows))?;
    Ok(())
}

/// What [`verify`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChainVerdict {
    /// Every event follows the one before it, and the last is the head.
    Whole {
        /// How many there are.
        events: u64,
        /// The last one's hash. Written down elsewhere, it proves later that nothing was cut off.
        head: String,
    },
    /// The first place where the chain does not hold.
    Broken {
        /// The number of the event that does not fit, or is missing.
        seq: u64,
        /// How.
        fault: ChainFault,
    },
}

/// How a chain is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChainFault {
    /// There is no event of this number.
    Missing,
    /// The event does not have the content that was hashed.
    Altered,
    /// The event is whole, but follows another one than the one before it.
    Misplaced,
    /// The events go on or end elsewhere than the head says.
    HeadDiffers,
}

impl fmt::Display for ChainFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "the event is missing",
            Self::Altered => "the event is not what was written",
            Self::Misplaced => "the event does not follow the one before it",
            Self::HeadDiffers => "the chain does not end where its head says",
        })
    }
}

/// Walks a clinic's chain from its beginning. Use a reading transaction, so that what is appended
/// meanwhile is not taken for a fault.
pub async fn verify(tx: &mut Tx, tenant: TenantId) -> Result<ChainVerdict, RecordsError> {
    let head = optional!(
        tx,
        (i64, String),
        "select seq, hash from audit_head where tenant_id = $1",
        tenant.to_string(),
    )?;
    let broken = |seq: i64, fault| ChainVerdict::Broken { seq: seq.unsigned_abs(), fault };
    let (mut seq, mut hash) = (0_i64, GENESIS.to_owned());
    loop {
        let batch = batch_after(tx, tenant, seq).await?;
        if batch.is_empty() {
            break;
        }
        for event in batch {
            seq += 1;
            if event.seq != seq {
                return Ok(broken(seq, ChainFault::Missing));
            }
            if event.computed_hash() != event.hash {
                return Ok(broken(seq, ChainFault::Altered));
            }
            if event.previous_hash != hash {
                return Ok(broken(seq, ChainFault::Misplaced));
            }
            hash = event.hash;
        }
    }
    Ok(match head {
        Some((head_seq, head_hash)) if head_seq == seq && head_hash == hash => {
            ChainVerdict::Whole { events: seq.unsigned_abs(), head: hash }
        }
        Some((head_seq, _)) if head_seq > seq => broken(seq + 1, ChainFault::Missing),
        _ => broken(seq, ChainFault::HeadDiffers),
    })
}

async fn batch_after(
    tx: &mut Tx,
    tenant: TenantId,
    seq: i64,
) -> Result<Vec<EventRow>, RecordsError> {
    Ok(all!(
        tx,
        EventRow,
        "select event_id, tenant_id, seq, at, user_id, role, action, subject_kind, subject_id,
             page_id, before, after, previous_hash, hash
         from audit_event where tenant_id = $1 and seq > $2 order by seq limit $3",
        tenant.to_string(),
        seq,
        BATCH,
    )?)
}
