//! How long to wait before trying again: longer each time, never in step with the others.

use std::time::Duration;

/// The first wait. A broker that restarts on the same machine is back within seconds.
const FIRST: Duration = Duration::from_millis(200);

/// The longest wait: how late work may go on after a broker was away for hours. The promise is
/// to be working again within ten seconds.
const LONGEST: Duration = Duration::from_secs(8);

/// Counts failures in a row and tells how long to wait after each: 0.1 to 0.2 s at first, twice as
/// long each time, 4 to 8 s in the end, by chance within those bounds.
#[derive(Debug, Default)]
pub struct Backoff {
    failures: u32,
}

impl Backoff {
    /// The wait before the next attempt.
    pub fn after_failure(&mut self) -> Duration {
        let ceiling = FIRST.saturating_mul(1 << self.failures.min(10)).min(LONGEST);
        self.failures = self.failures.saturating_add(1);
        // Half fixed, half by chance: a hundred workers that lost the broker at the same moment
        // come back spread out.
        ceiling.mul_f64(rand::random_range(0.5..1.0))
    }

    /// All is well again.
    pub fn reset(&mut self) {
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_a_limit_and_start_again_after_success() {
        let mut backoff = Backoff::default();
        assert!(backoff.after_failure() <= FIRST);
        for _ in 0..1_000 {
            assert!(backoff.after_failure() <= LONGEST);
        }
        assert!(backoff.after_failure() >= LONGEST / 2);
        backoff.reset();
        assert!(backoff.after_failure() <= FIRST);
    }

    #[test]
    fn two_that_failed_together_do_not_come_back_together() {
        let waits: Vec<Duration> = (0..20).map(|_| Backoff::default().after_failure()).collect();
        assert!(waits.iter().any(|wait| *wait != waits[0]));
    }
}
