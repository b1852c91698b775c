//! The page's way from the scanner to the record.
//!
//! ```text
//! received ─▶ queued ─▶ reading ─▶ drafted ─▶ in review ─▶ ready to confirm ─▶ committed
//!                          │                     ▲  ▲              │              │
//!                          └──▶ unreadable ──────┘  └──────────────┴──────────────┘
//!                                (typed by hand)       (sent back)    (amended)
//! ```
//!
//! Every state but `committed` may also end as `rejected` (no chart page, wrong patient) or
//! `withdrawn` (the patient objects). A transition consumes the old state, is handed who and
//! when, and may refuse.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Actor, Role, Timestamp, UserId};

/// Where a page is, and what became true with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub enum PageState {
    /// Taken in; its job stands in the outbox.
    Received {
        /// Since when.
        at: Timestamp,
    },
    /// Its job is with the queue.
    Queued {
        /// Since when.
        at: Timestamp,
    },
    /// A worker reads it.
    Reading {
        /// Since when.
        at: Timestamp,
    },
    /// Findings were drafted; nobody looked yet.
    Drafted {
        /// Since when.
        at: Timestamp,
    },
    /// A person corrects it.
    InReview {
        /// Since when.
        at: Timestamp,
        /// Who opened it.
        by: UserId,
    },
    /// A clerk handed it over.
    ReadyToConfirm {
        /// Since when.
        at: Timestamp,
        /// Who handed it over.
        by: UserId,
    },
    /// A clinician confirmed it.
    Committed {
        /// When.
        at: Timestamp,
        /// Which clinician.
        by: UserId,
    },
    /// No attempt could read it; the picture is there to be typed in from.
    Unreadable {
        /// Since when.
        at: Timestamp,
        /// Why, for people.
        reason: String,
    },
    /// No page of this chart.
    Rejected {
        /// Since when.
        at: Timestamp,
        /// Who said so.
        by: UserId,
        /// Why.
        reason: String,
    },
    /// The patient objects.
    Withdrawn {
        /// Since when.
        at: Timestamp,
        /// Who took it back.
        by: UserId,
        /// Why.
        reason: String,
    },
}

/// The name of a state, without what belongs to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is documented at the state of its name")]
pub enum Stage {
    Received,
    Queued,
    Reading,
    Drafted,
    InReview,
    ReadyToConfirm,
    Committed,
    Unreadable,
    Rejected,
    Withdrawn,
}

impl Stage {
    /// All stages, in the order of the page's journey.
    pub const ALL: [Self; 10] = [
        Self::Received,
        Self::Queued,
        Self::Reading,
        Self::Drafted,
        Self::InReview,
        Self::ReadyToConfirm,
        Self::Committed,
        Self::Unreadable,
        Self::Rejected,
        Self::Withdrawn,
    ];

    /// The word used in the database and in files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Queued => "queued",
            Self::Reading => "reading",
            Self::Drafted => "drafted",
            Self::InReview => "in_review",
            Self::ReadyToConfirm => "ready_to_confirm",
            Self::Committed => "committed",
            Self::Unreadable => "unreadable",
            Self::Rejected => "rejected",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The stage of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == word)
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A transition that the page's state or the person's role does not allow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransitionRefused {
    /// The page is not where this starts from.
    #[error("a page that is {from} cannot become {to}")]
    State {
        /// Where it is.
        from: Stage,
        /// Where it should have gone.
        to: Stage,
    },
    /// The person may not do this.
    #[error("a {role} may not make a page {to}")]
    Role {
        /// What the person is.
        role: Role,
        /// Where the page should have gone.
        to: Stage,
    },
}

impl PageState {
    /// The name of this state.
    pub const fn stage(&self) -> Stage {
        match self {
            Self::Received { .. } => Stage::Received,
            Self::Queued { .. } => Stage::Queued,
            Self::Reading { .. } => Stage::Reading,
            Self::Drafted { .. } => Stage::Drafted,
            Self::InReview { .. } => Stage::InReview,
            Self::ReadyToConfirm { .. } => Stage::ReadyToConfirm,
            Self::Committed { .. } => Stage::Committed,
            Self::Unreadable { .. } => Stage::Unreadable,
            Self::Rejected { .. } => Stage::Rejected,
            Self::Withdrawn { .. } => Stage::Withdrawn,
        }
    }

    /// Since when the page is in this state.
    pub const fn at(&self) -> Timestamp {
        match self {
            Self::Received { at }
            | Self::Queued { at }
            | Self::Reading { at }
            | Self::Drafted { at }
            | Self::InReview { at, .. }
            | Self::ReadyToConfirm { at, .. }
            | Self::Committed { at, .. }
            | Self::Unreadable { at, .. }
            | Self::Rejected { at, .. }
            | Self::Withdrawn { at, .. } => *at,
        }
    }

    /// The person who brought the page into this state, if a person did.
    pub const fn by(&self) -> Option<UserId> {
        match self {
            Self::InReview { by, .. }
            | Self::ReadyToConfirm { by, .. }
            | Self::Committed { by, .. }
            | Self::Rejected { by, .. }
            | Self::Withdrawn { by, .. } => Some(*by),
            _ => None,
        }
    }

    /// The reason, where the state has one.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Unreadable { reason, .. }
            | Self::Rejected { reason, .. }
            | Self::Withdrawn { reason, .. } => Some(reason),
            _ => None,
        }
    }

    /// The relay gave the job to the queue. A worker may have been faster: refused then.
    pub fn queue(self, now: Timestamp) -> Result<Self, TransitionRefused> {
        match self {
            Self::Received { .. } => Ok(Self::Queued { at: now }),
            other => Err(other.cannot_become(Stage::Queued)),
        }
    }

    /// A worker takes it up; again if an earlier attempt died.
    pub fn start_reading(self, now: Timestamp) -> Result<Self, TransitionRefused> {
        match self {
            Self::Received { .. } | Self::Queued { .. } | Self::Reading { .. } => {
                Ok(Self::Reading { at: now })
            }
            other => Err(other.cannot_become(Stage::Reading)),
        }
    }

    /// The reading is done and its findings stand.
    pub fn draft(self, now: Timestamp) -> Result<Self, TransitionRefused> {
        match self {
            Self::Reading { .. } => Ok(Self::Drafted { at: now }),
            other => Err(other.cannot_become(Stage::Drafted)),
        }
    }

    /// No further attempt will be made.
    pub fn give_up(self, reason: String, now: Timestamp) -> Result<Self, TransitionRefused> {
        match self {
            Self::Received { .. } | Self::Queued { .. } | Self::Reading { .. } => {
                Ok(Self::Unreadable { at: now, reason })
            }
            other => Err(other.cannot_become(Stage::Unreadable)),
        }
    }

    /// Somebody sends an unreadable page to the workers again.
    pub fn retry(self, now: Timestamp) -> Result<Self, TransitionRefused> {
        match self {
            Self::Unreadable { .. } => Ok(Self::Received { at: now }),
            other => Err(other.cannot_become(Stage::Received)),
        }
    }

    /// A person begins to correct, to type in an unreadable page, to take one back from the
    /// clinician's list, or to amend a committed one (for which only a clinician may).
    pub fn open(self, actor: Actor, now: Timestamp) -> Result<Self, TransitionRefused> {
        let allowed = match self {
            Self::Committed { .. } => actor.role.may_confirm(),
            _ => actor.role.may_correct(),
        };
        if !allowed {
            return Err(TransitionRefused::Role { role: actor.role, to: Stage::InReview });
        }
        match self {
            Self::Drafted { .. }
            | Self::InReview { .. }
            | Self::Unreadable { .. }
            | Self::ReadyToConfirm { .. }
            | Self::Committed { .. } => Ok(Self::InReview { at: now, by: actor.user }),
            other => Err(other.cannot_become(Stage::InReview)),
        }
    }

    /// The clerk is done; the clinician's turn.
    pub fn hand_over(self, actor: Actor, now: Timestamp) -> Result<Self, TransitionRefused> {
        if !actor.role.may_correct() {
            return Err(TransitionRefused::Role { role: actor.role, to: Stage::ReadyToConfirm });
        }
        match self {
            Self::InReview { .. } => Ok(Self::ReadyToConfirm { at: now, by: actor.user }),
            other => Err(other.cannot_become(Stage::ReadyToConfirm)),
        }
    }

    /// The clinician confirms. The one way to `committed`.
    pub fn confirm(self, actor: Actor, now: Timestamp) -> Result<Self, TransitionRefused> {
        if !actor.role.may_confirm() {
            return Err(TransitionRefused::Role { role: actor.role, to: Stage::Committed });
        }
        match self {
            Self::InReview { .. } | Self::ReadyToConfirm { .. } => {
                Ok(Self::Committed { at: now, by: actor.user })
            }
            other => Err(other.cannot_become(Stage::Committed)),
        }
    }

    /// No chart page, or not this patient's.
    pub fn reject(
        self,
        actor: Actor,
        reason: String,
        now: Timestamp,
    ) -> Result<Self, TransitionRefused> {
        self.end(actor, Stage::Rejected, Self::Rejected { at: now, by: actor.user, reason })
    }

    /// The patient objects.
    pub fn withdraw(
        self,
        actor: Actor,
        reason: String,
        now: Timestamp,
    ) -> Result<Self, TransitionRefused> {
        self.end(actor, Stage::Withdrawn, Self::Withdrawn { at: now, by: actor.user, reason })
    }

    fn end(self, actor: Actor, to: Stage, ended: Self) -> Result<Self, TransitionRefused> {
        if !actor.role.may_correct() {
            return Err(TransitionRefused::Role { role: actor.role, to });
        }
        match self {
            Self::Committed { .. } | Self::Rejected { .. } | Self::Withdrawn { .. } => {
                Err(self.cannot_become(to))
            }
            _ => Ok(ended),
        }
    }

    const fn cannot_become(&self, to: Stage) -> TransitionRefused {
        TransitionRefused::State { from: self.stage(), to }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

    fn actor(role: Role) -> Actor {
        Actor { user: UserId::new(NOW), role }
    }

    fn in_review() -> PageState {
        PageState::Drafted { at: NOW }.open(actor(Role::Clerk), NOW).unwrap()
    }

    #[test]
    fn a_page_goes_from_the_scanner_to_the_record() {
        let clerk = actor(Role::Clerk);
        let clinician = actor(Role::Clinician);
        let committed = PageState::Received { at: NOW }
            .queue(NOW)
            .and_then(|page| page.start_reading(NOW))
            .and_then(|page| page.draft(NOW))
            .and_then(|page| page.open(clerk, NOW))
            .and_then(|page| page.hand_over(clerk, NOW))
            .and_then(|page| page.confirm(clinician, NOW));
        assert_eq!(committed, Ok(PageState::Committed { at: NOW, by: clinician.user }));
    }

    #[test]
    fn only_a_clinician_commits() {
        for role in [Role::Clerk, Role::Administrator] {
            let refused = in_review().confirm(actor(role), NOW);
            assert_eq!(refused, Err(TransitionRefused::Role { role, to: Stage::Committed }));
        }
    }

    #[test]
    fn a_draft_nobody_looked_at_cannot_be_confirmed() {
        let refused = PageState::Drafted { at: NOW }.confirm(actor(Role::Clinician), NOW);
        assert!(refused.is_err());
    }

    #[test]
    fn a_second_reading_of_a_drafted_page_is_refused() {
        assert!(PageState::Drafted { at: NOW }.start_reading(NOW).is_err());
        assert!(PageState::Drafted { at: NOW }.draft(NOW).is_err());
    }

    #[test]
    fn a_clerk_cannot_reopen_what_a_clinician_committed() {
        let clinician = actor(Role::Clinician);
        let committed = in_review().confirm(clinician, NOW).unwrap();
        assert!(committed.clone().open(actor(Role::Clerk), NOW).is_err());
        assert!(committed.open(clinician, NOW).is_ok());
    }

    #[test]
    fn what_was_committed_is_neither_rejected_nor_withdrawn() {
        let clinician = actor(Role::Clinician);
        let committed = in_review().confirm(clinician, NOW).unwrap();
        assert!(committed.clone().reject(clinician, "別人".into(), NOW).is_err());
        assert!(committed.withdraw(clinician, "申出".into(), NOW).is_err());
    }

    #[test]
    fn stages_keep_their_words() {
        for stage in Stage::ALL {
            assert_eq!(Stage::from_word(stage.as_str()), Some(stage));
        }
    }
}
