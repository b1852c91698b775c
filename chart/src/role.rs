//! Who may do what.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::UserId;

/// What a person is in the clinic. A clinician may do all that a clerk may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// 入力者: corrects drafts and hands them over.
    Clerk,
    /// 確認医師: confirms; the only role whose word commits.
    Clinician,
    /// 管理者: users, queue, settings. Reads pages, confirms nothing.
    Administrator,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 3] = [Self::Clerk, Self::Clinician, Self::Administrator];

    /// The word used in the database, on the command line and in files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Clerk => "clerk",
            Self::Clinician => "clinician",
            Self::Administrator => "administrator",
        }
    }

    /// May correct, add and delete findings and hand a page over.
    pub const fn may_correct(self) -> bool {
        matches!(self, Self::Clerk | Self::Clinician)
    }

    /// May confirm a page, which commits it.
    pub const fn may_confirm(self) -> bool {
        matches!(self, Self::Clinician)
    }

    /// May manage users and the queue.
    pub const fn may_administer(self) -> bool {
        matches!(self, Self::Administrator)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| format!("{text:?} is none of clerk, clinician, administrator"))
    }
}

/// A person who acts, with the role they act in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Actor {
    /// Who.
    pub user: UserId,
    /// As what.
    pub role: Role,
}
