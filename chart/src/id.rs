//! One identifier type a thing, so that a page can never be taken for a scan.
//!
//! All are ULIDs: 26 characters that sort by the time of their making.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use ulid::Ulid;

use crate::Timestamp;

/// A text that is no identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not an identifier (26 characters of a ULID)")]
pub struct InvalidId {
    text: String,
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Ulid);

        impl $name {
            /// A new identifier, made at `now`; eighty random bits tell it from its neighbours.
            pub fn new(now: Timestamp) -> Self {
                let milliseconds = u64::try_from(now.as_millis()).unwrap_or_default();
                Self(Ulid::from_parts(milliseconds, rand::random()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Ulid::from_string(text).map(Self).map_err(|_| InvalidId { text: text.to_owned() })
            }
        }
    )*};
}

ids! {
    /// A clinic.
    TenantId;
    /// A batch of scanning with a manifest.
    CampaignId;
    /// One patient's paper.
    ChartId;
    /// A file as it came in.
    ScanId;
    /// One side of one sheet.
    PageId;
    /// What one engine version made of a page.
    ReadingId;
    /// A drafted medication, diagnosis, allergy, observation or header field.
    FindingId;
    /// One change a person made to a finding.
    CorrectionId;
    /// A committed, versioned fact.
    RecordId;
    /// A person who signs in.
    UserId;
    /// One entry of the audit chain.
    EventId;
    /// A piece of work in the queue.
    JobId;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_survives_its_text() {
        let page = PageId::new(Timestamp::from_millis(1_700_000_000_000));
        assert_eq!(page.to_string().parse(), Ok(page));
    }

    #[test]
    fn later_identifiers_sort_after_earlier_ones() {
        let earlier = PageId::new(Timestamp::from_millis(1));
        let later = PageId::new(Timestamp::from_millis(2));
        assert!(earlier < later);
        assert!(earlier.to_string() < later.to_string());
    }

    #[test]
    fn what_is_no_identifier_is_refused() {
        assert!("page-7".parse::<PageId>().is_err());
    }
}
