//! What can go wrong, each with the facts a person needs.

use chart::{Role, Stage, Timestamp, TransitionRefused, UserId};

/// Why the records did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum RecordsError {
    /// There is no such row in this tenant.
    #[error("{what} {id} does not exist")]
    NotFound {
        /// The table's word: `page`, `finding`.
        what: &'static str,
        /// The identifier that was asked for.
        id: String,
    },
    /// Somebody else was faster. Load it again, look, and decide again.
    #[error(transparent)]
    Conflict(Box<Conflict>),
    /// A rule of the clinic forbids it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The database cannot be reached at present. Trying again later may help.
    #[error("the database cannot be reached: {0}")]
    Unavailable(#[source] sqlx::Error),
    /// Others are writing, and the wait took too long. Trying again helps.
    #[error("the database is busy: {0}")]
    Busy(#[source] sqlx::Error),
    /// There is no room left where the database lies. Nothing of the transaction was kept.
    #[error("the disk of the database is full; free some space and try again: {0}")]
    DiskFull(#[source] sqlx::Error),
    /// A row fits no type: another version wrote it, or a hand.
    #[error("table {table}, row {row}: column {column} holds what this version cannot read: {why}")]
    UnreadableRow {
        /// Table.
        table: &'static str,
        /// Column.
        column: &'static str,
        /// Primary key of the row.
        row: String,
        /// What was wrong with the value. Never the value of a patient's data.
        why: String,
    },
    /// The configured URL names no database that this program knows.
    #[error("{0}")]
    Url(String),
    /// The tables could not be brought to this version's form.
    #[error("the tables could not be migrated: {0}")]
    Migration(#[source] sqlx::migrate::MigrateError),
    /// A password could not be hashed, or a stored hash is none.
    #[error("password hash: {0}")]
    PasswordHash(String),
    /// Anything else the database said.
    #[error("database: {0}")]
    Database(#[source] sqlx::Error),
}

impl RecordsError {
    /// Whether the same call may succeed later without anybody changing anything but the world:
    /// the database is away, busy, or its disk is full.
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::Busy(_) | Self::DiskFull(_))
    }

    #[expect(clippy::needless_pass_by_value, reason = "identifiers are copied")]
    pub(crate) fn not_found(what: &'static str, id: impl ToString) -> Self {
        Self::NotFound { what, id: id.to_string() }
    }
}

impl From<TransitionRefused> for RecordsError {
    fn from(refused: TransitionRefused) -> Self {
        Self::Refused(Refusal::Transition(refused))
    }
}

impl From<sqlx::Error> for RecordsError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(database) => match database.code().as_deref() {
                // SQLite reports primary and extended codes as decimal numbers.
                Some("5" | "6" | "261" | "517" | "773" | "40001" | "40P01" | "55P03") => {
                    Self::Busy(error)
                }
                Some("13" | "53100") => Self::DiskFull(error),
                Some("14" | "53300" | "57P01" | "57P02" | "57P03") => Self::Unavailable(error),
                Some(code) if code.starts_with("08") => Self::Unavailable(error),
                _ => Self::Database(error),
            },
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => Self::Unavailable(error),
            _ => Self::Database(error),
        }
    }
}

/// What a person saw is no longer what stands there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{what} {id} was changed by {} at {changed_at}; load it again",
    changed_by_name.as_deref().unwrap_or("the program")
)]
pub struct Conflict {
    /// `page` or `finding`.
    pub what: &'static str,
    /// Which.
    pub id: String,
    /// The version the person saw.
    pub expected: i64,
    /// The version that stands there now.
    pub found: i64,
    /// Who changed it last; `None` if the program did.
    pub changed_by: Option<UserId>,
    /// Their name, for people.
    pub changed_by_name: Option<String>,
    /// When.
    pub changed_at: Timestamp,
}

/// A rule that forbids what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The page's state or the person's role does not allow the transition.
    #[error(transparent)]
    Transition(#[from] TransitionRefused),
    /// Findings change only while a person reviews the page.
    #[error("findings change only while the page is in review; it is {stage}")]
    NotInReview {
        /// Where the page is.
        stage: Stage,
    },
    /// The role may not do this.
    #[error("a {role} may not {act}")]
    Role {
        /// What the person is.
        role: Role,
        /// What they wanted to do: `change findings`.
        act: &'static str,
    },
    /// Removing, rejecting, withdrawing and sending back want a reason.
    #[error("a reason must be given")]
    ReasonMissing,
    /// A correction does not make a diagnosis of a medication: remove it and add the other.
    #[error("a correction cannot change the kind of a finding; remove it and add another")]
    KindChanged,
    /// The finding was removed; restore it first.
    #[error("the finding was removed; restore it first")]
    Removed,
    /// The finding stands; there is nothing to restore.
    #[error("the finding was not removed")]
    NotRemoved,
    /// The rectangle does not lie on the page.
    #[error("the rectangle does not lie on the page, which is {width} × {height} pixels")]
    OffThePage {
        /// Width of the page as scanned.
        width: u32,
        /// Height of the page as scanned.
        height: u32,
    },
    /// A page with committed records is amended, not rejected or withdrawn.
    #[error("the page has committed records; retract them by an amendment instead")]
    HasRecords,
    /// The name is taken.
    #[error("{what} {name:?} exists already")]
    Taken {
        /// `tenant` or `login`.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// Without an administrator nobody could let anybody in.
    #[error("the last active administrator of a clinic cannot be taken away")]
    LastAdministrator,
    /// Empty where a text is needed.
    #[error("{0} must not be empty")]
    Empty(&'static str),
}
