//! What the clinic keeps: the only crate that speaks SQL, on SQLite and on PostgreSQL.
//!
//! One file a table. Functions are named for what the clinic does, are handed the transaction,
//! the tenant and the moment, and check everything that must hold before they write: the page's
//! state, the person's role, the version that the person had before their eyes. Whatever changes
//! something writes its event to the audit chain in the same transaction.
//!
//! In comes what was taken in, read and decided; out go rows as types of `chart`, and
//! [`RecordsError`]s that say what to do.

#[macro_use]
mod query; // one text per query, run on either database
mod column; // columns to types, and rows that fit none
mod db; // connecting, transactions, migrations
mod error;

pub mod campaigns;
pub mod charts;
pub mod scans; // files as they came in, doubles, refused ones
pub mod tenants;

pub mod password; // argon2id
pub mod sessions;
pub mod users;

pub mod pages; // the way of a page, and who may move it
pub mod readings;

pub mod corrections; // what people changed
pub mod findings; // drafts and what people made of them

pub mod committed; // what a clinician confirmed: the table `record`

pub mod audit; // who did what, in a chain of hashes

pub mod job; // a piece of work, as every queue carries it
pub mod jobs; // the embedded queue
pub mod outbox; // jobs on their way to the queue

pub use db::{Db, Tx};
pub use error::{Conflict, RecordsError, Refusal};
pub use job::{Job, JobKind, Priority};

#[cfg(test)]
mod tests;
