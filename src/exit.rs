//! How a command ended, for whoever called it.

use std::{panic, process::ExitCode};

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

/// Ends the command without a word when nobody reads on what it prints: `kamikarte trace ID | head`.
/// Printing panics then, and a panic asks for a bug report.
pub fn quietly_when_nobody_reads_on() {
    let others = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        let said = panic.payload_as_str().unwrap_or_default();
        if said.starts_with("failed printing to stdout: Broken pipe") {
            std::process::exit(1);
        }
        others(panic);
    }));
}
