//! Slows down who guesses passwords, by user name.
//!
//! The records lock accounts by the same rule; this counts names that nobody has in the same
//! way, so that the answer does not tell which accounts exist.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use chart::Timestamp;
use records::users::{FIRST_LOCK, FREE_ATTEMPTS, LONGEST_LOCK};

/// Names remembered at once; beyond it those whose wait is over are forgotten.
const NAMES_REMEMBERED: usize = 10_000;

/// Wrong attempts by user name, in memory: a restart forgives.
#[derive(Debug, Default)]
pub(crate) struct Throttle(Mutex<HashMap<String, Attempts>>);

#[derive(Debug, Clone, Copy)]
struct Attempts {
    wrong: u32,
    closed_until: Timestamp,
}

impl Throttle {
    /// How long this name must still wait; `None` if it may try.
    pub(crate) fn wait(&self, login: &str, now: Timestamp) -> Option<Duration> {
        let attempts = *self.lock().get(&key(login))?;
        Some(attempts.closed_until.since(now)).filter(|wait| !wait.is_zero())
    }

    /// An attempt was wrong.
    pub(crate) fn wrong(&self, login: &str, now: Timestamp) {
        let mut names = self.lock();
        if names.len() >= NAMES_REMEMBERED {
            names.retain(|_, attempts| attempts.closed_until > now);
        }
        let attempts = names.entry(key(login)).or_insert(Attempts { wrong: 0, closed_until: now });
        attempts.wrong += 1;
        if let Some(beyond) = attempts.wrong.checked_sub(FREE_ATTEMPTS) {
            let wait = FIRST_LOCK.saturating_mul(1 << beyond.min(16)).min(LONGEST_LOCK);
            attempts.closed_until = now.plus(wait);
        }
    }

    /// The password was right.
    pub(crate) fn right(&self, login: &str) {
        self.lock().remove(&key(login));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Attempts>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn key(login: &str) -> String {
    login.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_slips_cost_nothing_and_guessing_costs_time() {
        let throttle = Throttle::default();
        let now = Timestamp::from_millis(1_000_000);
        for _ in 0..4 {
            throttle.wrong("sato", now);
        }
        assert_eq!(throttle.wait("sato", now), None);
        throttle.wrong("Sato ", now);
        assert_eq!(throttle.wait("sato", now), Some(FIRST_LOCK));
        for _ in 0..100 {
            throttle.wrong("sato", now);
        }
        assert_eq!(throttle.wait("sato", now), Some(LONGEST_LOCK));
        assert_eq!(throttle.wait("sato", now.plus(LONGEST_LOCK)), None);
        assert_eq!(throttle.wait("suzuki", now), None);
    }

    #[test]
    fn the_right_password_forgives() {
        let throttle = Throttle::default();
        let now = Timestamp::from_millis(1_000_000);
        for _ in 0..9 {
            throttle.wrong("sato", now);
        }
        throttle.right("sato");
        assert_eq!(throttle.wait("sato", now), None);
    }
}
