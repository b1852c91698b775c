//! The one place that reads the clock; everything else is handed the time.

use chart::Timestamp;

/// The present moment.
#[expect(clippy::disallowed_methods, reason = "this is the place")]
pub fn now() -> Timestamp {
    Timestamp::from_millis(jiff::Timestamp::now().as_millisecond())
}
