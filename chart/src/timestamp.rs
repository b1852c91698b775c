//! A moment, as stored: whole milliseconds of UTC since 1970.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Milliseconds since 1970-01-01T00:00:00Z. Who needs the present moment is handed one; only
/// the binary reads the clock.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default,
)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From milliseconds since the epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the epoch.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// The moment `duration` later.
    #[must_use]
    pub fn plus(self, duration: std::time::Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }

    /// How long after `earlier` this is; zero if it is not.
    pub fn since(self, earlier: Self) -> std::time::Duration {
        std::time::Duration::from_millis(u64::try_from(self.0 - earlier.0).unwrap_or_default())
    }

    /// RFC 3339 in UTC, for files and logs.
    pub fn to_rfc3339(self) -> String {
        self.instant().to_string()
    }

    /// `2026-11-22 14:03` on the wall clock of `zone`, for people.
    pub fn to_local(self, zone: &jiff::tz::TimeZone) -> String {
        self.instant().to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
    }

    fn instant(self) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_rfc3339())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_written_in_utc_and_on_the_clinics_clock() {
        let moment = Timestamp::from_millis(1_700_000_000_123);
        assert_eq!(moment.to_rfc3339(), "2023-11-14T22:13:20.123Z");
        let japan = jiff::tz::TimeZone::fixed(jiff::tz::offset(9));
        assert_eq!(moment.to_local(&japan), "2023-11-15 07:13");
    }
}
