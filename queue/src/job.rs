//! What is to be done. A job names things; it never carries a picture or a patient's data.

use std::{fmt, str::FromStr};

use chart::{JobId, PageId, TenantId};
use serde::{Deserialize, Serialize};

/// One piece of work. It may be delivered twice; who works on it looks at the page's state first.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Job {
    /// The outbox row it comes from.
    pub id: JobId,
    /// What to do.
    pub kind: JobKind,
    /// Whose page it is.
    pub tenant: TenantId,
    /// Which page.
    pub page: PageId,
    /// Whether somebody waits for it.
    pub priority: Priority,
}

/// The kinds of work, each with a queue of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum JobKind {
    /// Read a page and draft its findings.
    ReadPage,
}

impl JobKind {
    /// All kinds.
    pub const ALL: [Self; 1] = [Self::ReadPage];

    /// The word used in the database and in the names of queues.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ReadPage => "read-page",
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

/// Whether somebody waits. An urgent job goes before every one that nobody waits for.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Default,
)]
#[serde(rename_all = "lowercase")]
pub enum Priority {
    /// Part of a large batch.
    #[default]
    Bulk,
    /// A person sits in front of it.
    Urgent,
}

impl Priority {
    /// All priorities, the first served first.
    pub const ALL: [Self; 2] = [Self::Urgent, Self::Bulk];

    /// The word used in the names of queues.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bulk => "bulk",
            Self::Urgent => "urgent",
        }
    }
}

impl fmt::Display for Priority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use chart::Timestamp;

    use super::*;

    #[test]
    fn a_message_holds_identifiers_only() {
        let now = Timestamp::from_millis(1_700_000_000_000);
        let job = Job {
            id: JobId::new(now),
            kind: JobKind::ReadPage,
            tenant: TenantId::new(now),
            page: PageId::new(now),
            priority: Priority::Urgent,
        };
        let json = serde_json::to_value(&job).unwrap();
        let names: Vec<&String> = json.as_object().unwrap().keys().collect();
        assert_eq!(names, ["id", "kind", "page", "priority", "tenant"]);
        assert_eq!(json["kind"], "read-page");
        assert_eq!(serde_json::from_value::<Job>(json).unwrap(), job);
    }

    #[test]
    fn kinds_keep_their_words() {
        for kind in JobKind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(kind));
        }
        assert!("write-poem".parse::<JobKind>().is_err());
    }
}
