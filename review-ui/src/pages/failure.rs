//! What went wrong, what to do, and what was typed.

use askama::Template;

use crate::{carried::Carried, frame::Frame, messages::Text};

/// A page instead of the one that was asked for.
#[derive(Template)]
#[template(path = "failure.html")]
pub(crate) struct FailurePage {
    pub(crate) frame: Frame,
    pub(crate) title: Text,
    pub(crate) explain: Text,
    /// What was typed, to be read.
    pub(crate) shown: Vec<(String, String)>,
    /// What was typed, to be sent again.
    pub(crate) resend: Option<Carried>,
    /// A number to tell the administrator.
    pub(crate) reference: Option<String>,
}
