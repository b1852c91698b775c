//! A piece of work, in the words every queue uses. Ids only: never a picture, never a patient.

use std::{fmt, str::FromStr};

use chart::{JobId, PageId, TenantId, Timestamp};
use serde::{Deserialize, Serialize};

/// What there is to do, once. Two deliveries of one job have the same id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Job {
    /// The name of this piece of work.
    pub id: JobId,
    /// What is to be done.
    pub kind: JobKind,
    /// For which clinic.
    pub tenant: TenantId,
    /// With which page.
    pub page: PageId,
    /// Who waits for it.
    pub priority: Priority,
}

impl Job {
    /// A new job to read a page.
    pub fn read_page(tenant: TenantId, page: PageId, priority: Priority, now: Timestamp) -> Self {
        Self { id: JobId::new(now), kind: JobKind::ReadPage, tenant, page, priority }
    }
}

/// What a worker can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobKind {
    /// Read a page and draft its findings.
    ReadPage,
}

impl JobKind {
    /// All kinds.
    pub const ALL: [Self; 1] = [Self::ReadPage];

    /// The word used in the database, in messages and in the names of queues.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ReadPage => "read_page",
        }
    }
}

impl fmt::Display for JobKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for JobKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| format!("{text:?} is no kind of job"))
    }
}

/// How urgent a job is among its clinic's jobs.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// A person waits for this page: an upload, a page sent to be read again.
    Awaited,
    /// Day's work.
    #[default]
    Normal,
    /// A campaign.
    Bulk,
}

impl Priority {
    /// All, most urgent first.
    pub const ALL: [Self; 3] = [Self::Awaited, Self::Normal, Self::Bulk];

    /// The number used in the database: the lower, the sooner.
    pub const fn rank(self) -> i64 {
        match self {
            Self::Awaited => 0,
            Self::Normal => 1,
            Self::Bulk => 2,
        }
    }

    /// The priority of that number; any above the last is the last.
    pub const fn from_rank(rank: i64) -> Self {
        match rank {
            ..=0 => Self::Awaited,
            1 => Self::Normal,
            _ => Self::Bulk,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_keep_their_order() {
        for pair in Priority::ALL.windows(2) {
            assert!(pair[0] < pair[1] && pair[0].rank() < pair[1].rank());
        }
        for priority in Priority::ALL {
            assert_eq!(Priority::from_rank(priority.rank()), priority);
        }
    }
}
