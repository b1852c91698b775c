//! Who did what, when, with what before and after: a chain of hashes per clinic.
//!
//! Every event is written in the transaction that it tells of and carries the hash of the event
//! before it, so that a change, a deletion or another order shows ([`verify`]). Appending locks
//! the row of the clinic's chain head until the commit: two events can never follow the same one.
//!
//! What a chain inside one database cannot show is that its end was cut off together with its
//! head. Whoever wants that too writes the head's hash down elsewhere, now and then:
//! [`ChainVerdict::Whole`] names it.

mod chain;

use chart::{Actor, EventId, PageId, Role, TenantId, Timestamp, UserId};
use serde::Serialize;

pub use chain::{ChainFault, ChainVerdict, verify};
pub(crate) use chain::{found, lock_chain};

use crate::{
    RecordsError, Tx,
    column::{Row, optional_text, to_json},
};

/// Whose doing an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Author {
    /// A worker, the relay, or the command line.
    Program,
    /// A person who signed in.
    Person(Actor),
}

impl From<Actor> for Author {
    fn from(actor: Actor) -> Self {
        Self::Person(actor)
    }
}

impl Author {
    /// The person, if it is one.
    pub const fn user(self) -> Option<UserId> {
        match self {
            Self::Program => None,
            Self::Person(actor) => Some(actor.user),
        }
    }

    /// The role the person acted in.
    pub const fn role(self) -> Option<Role> {
        match self {
            Self::Program => None,
            Self::Person(actor) => Some(actor.role),
        }
    }
}

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)*) => {
        /// What was done.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Action {
            $($(#[$doc])* $name,)*
        }

        impl Action {
            /// All actions, for the pages' words and for tests.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The word in the chain and the key of the message files.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }
        }
    };
}

actions! {
    /// A clinic was made.
    TenantCreated = "tenant.created",
    /// An account was made.
    UserCreated = "user.created",
    /// A password was set.
    PasswordChanged = "user.password_changed",
    /// A person was let in again.
    UserActivated = "user.activated",
    /// A person was let out.
    UserDeactivated = "user.deactivated",
    /// A person became something else.
    RoleChanged = "user.role_changed",
    /// A person signed in.
    SignedIn = "user.signed_in",
    /// A password was wrong.
    SignInFailed = "user.sign_in_failed",
    /// A person signed out.
    SignedOut = "user.signed_out",
    /// A file was taken in.
    ScanReceived = "scan.received",
    /// The same bytes came again.
    ScanDuplicate = "scan.duplicate",
    /// A file was refused and kept aside.
    ScanRefused = "scan.refused",
    /// A page began its way.
    PageReceived = "page.received",
    /// A worker took it up.
    ReadingStarted = "page.reading_started",
    /// Its findings were drafted.
    PageDrafted = "page.drafted",
    /// No attempt could read it.
    PageGivenUp = "page.given_up",
    /// It was sent to the workers again.
    PageRetried = "page.retried",
    /// A person began to review it.
    PageOpened = "page.opened",
    /// A clerk handed it over.
    PageHandedOver = "page.handed_over",
    /// A clinician sent it back.
    PageSentBack = "page.sent_back",
    /// A clinician confirmed it.
    PageConfirmed = "page.confirmed",
    /// It is no page of this chart.
    PageRejected = "page.rejected",
    /// The patient objects.
    PageWithdrawn = "page.withdrawn",
    /// It was put into another chart.
    PageAssigned = "page.assigned",
    /// A person looked at it.
    PageViewed = "page.viewed",
    /// A finding was corrected.
    FindingCorrected = "finding.corrected",
    /// A drafted finding was compared with the paper and left as it is.
    FindingChecked = "finding.checked",
    /// A finding was added by hand.
    FindingAdded = "finding.added",
    /// A finding was removed.
    FindingRemoved = "finding.removed",
    /// A removed finding was put back.
    FindingRestored = "finding.restored",
    /// Records left the system.
    RecordsExported = "records.exported",
}

/// What is to be written down. Who and when are given to [`append`].
#[derive(Debug, Clone)]
pub struct Event {
    subject_kind: &'static str,
    subject_id: String,
    page: Option<PageId>,
    action: Action,
    before: Option<String>,
    after: Option<String>,
}

impl Event {
    /// Something happened to the `subject_kind` (a table's word) of that id.
    #[expect(clippy::needless_pass_by_value, reason = "identifiers are copied")]
    pub fn about(subject_kind: &'static str, subject_id: impl ToString, action: Action) -> Self {
        let subject_id = subject_id.to_string();
        Self { subject_kind, subject_id, page: None, action, before: None, after: None }
    }

    /// Something happened to a page.
    pub fn about_page(page: PageId, action: Action) -> Self {
        Self { page: Some(page), ..Self::about("page", page, action) }
    }

    /// The page that the subject belongs to: the event shows in the page's history.
    #[must_use]
    pub fn on_page(self, page: PageId) -> Self {
        Self { page: Some(page), ..self }
    }

    /// What it was before.
    #[must_use]
    pub fn before(self, before: &impl Serialize) -> Self {
        Self { before: Some(to_json(before)), ..self }
    }

    /// What it is now.
    #[must_use]
    pub fn after(self, after: &impl Serialize) -> Self {
        Self { after: Some(to_json(after)), ..self }
    }
}

/// Appends an event to the clinic's chain.
pub async fn append(
    tx: &mut Tx,
    tenant: TenantId,
    by: Author,
    event: Event,
    now: Timestamp,
) -> Result<(), RecordsError> {
    append_all(tx, tenant, by, vec![event], now).await
}

/// Appends events to the clinic's chain, in this order.
pub(crate) async fn append_all(
    tx: &mut Tx,
    tenant: TenantId,
    by: Author,
    events: Vec<Event>,
    now: Timestamp,
) -> Result<(), RecordsError> {
    let (mut seq, mut previous_hash) = chain::extend(tx, tenant, events.len()).await?;
    let mut rows = Vec::with_capacity(events.len());
    for event in events {
        let mut row = chain::EventRow {
            event_id: EventId::new(now).to_string(),
            tenant_id: tenant.to_string(),
            seq,
            at: now.as_millis(),
            user_id: optional_text(by.user()),
            role: optional_text(by.role()),
            action: event.action.as_str().to_owned(),
            subject_kind: event.subject_kind.to_owned(),
            subject_id: event.subject_id,
            page_id: optional_text(event.page),
            before: event.before,
            after: event.after,
            previous_hash: previous_hash.clone(),
            hash: String::new(),
        };
        row.hash = row.computed_hash();
        previous_hash.clone_from(&row.hash);
        seq += 1;
        rows.push(row);
    }
    chain::save(tx, tenant, &rows, &previous_hash).await
}

/// Somebody looked at a page's picture and findings.
pub async fn page_viewed(
    tx: &mut Tx,
    tenant: TenantId,
    page: PageId,
    actor: Actor,
    now: Timestamp,
) -> Result<(), RecordsError> {
    append(tx, tenant, actor.into(), Event::about_page(page, Action::PageViewed), now).await
}

/// An event as it stands in the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEvent {
    /// Its identifier.
    pub id: EventId,
    /// Its place in the clinic's chain, from 1.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// Who; `None` if the program.
    pub user: Option<UserId>,
    /// Their name today, for people.
    pub user_name: Option<String>,
    /// As what they acted.
    pub role: Option<Role>,
    /// A word of [`Action`], or one that a later version wrote.
    pub action: String,
    /// To which kind of thing: a table's word.
    pub subject_kind: String,
    /// To which.
    pub subject_id: String,
    /// The page it belongs to.
    pub page: Option<PageId>,
    /// What it was before, as JSON.
    pub before: Option<String>,
    /// What it became, as JSON.
    pub after: Option<String>,
    /// Its hash.
    pub hash: String,
}

/// Which events to list. The default lists the newest of all.
#[derive(Debug, Clone, Default)]
pub struct EventFilter<'a> {
    /// Only a page's.
    pub page: Option<PageId>,
    /// Only those about the thing of this identifier.
    pub subject: Option<&'a str>,
    /// Only a person's.
    pub user: Option<UserId>,
    /// Only those before this one, for the next sheet of a list.
    pub before_seq: Option<u64>,
}

#[derive(sqlx::FromRow)]
struct ListedRow {
    event_id: String,
    seq: i64,
    at: i64,
    user_id: Option<String>,
    user_name: Option<String>,
    role: Option<String>,
    action: String,
    subject_kind: String,
    subject_id: String,
    page_id: Option<String>,
    before: Option<String>,
    after: Option<String>,
    hash: String,
}

impl TryFrom<ListedRow> for AuditEvent {
    type Error = RecordsError;

    fn try_from(row: ListedRow) -> Result<Self, RecordsError> {
        let of = Row { table: "audit_event", key: &row.event_id };
        Ok(Self {
            id: of.word("event_id", &row.event_id)?,
            seq: of.number("seq", row.seq)?,
            at: Timestamp::from_millis(row.at),
            user: of.optional_word("user_id", row.user_id.as_deref())?,
            role: of.optional_word("role", row.role.as_deref())?,
            page: of.optional_word("page_id", row.page_id.as_deref())?,
            user_name: row.user_name,
            action: row.action,
            subject_kind: row.subject_kind,
            subject_id: row.subject_id,
            before: row.before,
            after: row.after,
            hash: row.hash,
        })
    }
}

/// Events, the newest first.
pub async fn list(
    tx: &mut Tx,
    tenant: TenantId,
    filter: &EventFilter<'_>,
    limit: u32,
) -> Result<Vec<AuditEvent>, RecordsError> {
    // Each clause names its parameter whether it filters or not, so that all are always bound.
    let clause = |given: bool, filtering: &'static str, idle: &'static str| {
        if given { filtering } else { idle }
    };
    let sql = format!(
        "select e.event_id, e.seq, e.at, e.user_id, u.name as user_name, e.role, e.action,
             e.subject_kind, e.subject_id, e.page_id, e.before, e.after, e.hash
         from audit_event e left join user_account u on u.user_id = e.user_id
         where e.tenant_id = $1 and e.seq < $2 and {} and {} and {}
         order by e.seq desc limit $6",
        clause(filter.page.is_some(), "e.page_id = $3", "$3 = ''"),
        clause(filter.subject.is_some(), "e.subject_id = $4", "$4 = ''"),
        clause(filter.user.is_some(), "e.user_id = $5", "$5 = ''"),
    );
    all!(
        tx,
        ListedRow,
        sqlx::AssertSqlSafe(sql.clone()),
        tenant.to_string(),
        filter.before_seq.map_or(i64::MAX, |seq| i64::try_from(seq).unwrap_or(i64::MAX)),
        optional_text(filter.page).unwrap_or_default(),
        filter.subject.unwrap_or_default(),
        optional_text(filter.user).unwrap_or_default(),
        i64::from(limit),
    )?
    .into_iter()
    .map(AuditEvent::try_from)
    .collect()
}
