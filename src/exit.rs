//! How a command ended, for whoever called it.

use std::process::ExitCode;

/// What the exit status says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// 0: all was done.
    Done,
    /// 1: it could not be done.
    Failed,
    /// 2: something was done; what was not has its line on standard error.
    Partly,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Done => Self::SUCCESS,
            Outcome::Failed => Self::FAILURE,
            Outcome::Partly => Self::from(2),
        }
    }
}
