//! What people changed, one row a change. Append-only. What a lexicon or an engine can learn from.

use std::{fmt, str::FromStr};

use chart::{Actor, CorrectionId, FindingId, PageId, Role, TenantId, Timestamp, UserId};

use crate::{
    RecordsError, Tx,
    column::{Row, to_json},
    findings::Statement,
};

/// What was done to a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CorrectionAction {
    /// It says something else now, or stands elsewhere.
    Corrected,
    /// A person compared the draft with the paper and left it as it is.
    Checked,
    /// A person added it.
    Added,
    /// It was taken away.
    Removed,
    /// It was put back.
    Restored,
}

impl CorrectionAction {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Corrected, Self::Checked, Self::Added, Self::Removed, Self::Restored];

    /// The word used in the database and in files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Corrected => "corrected",
            Self::Checked => "checked",
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Restored => "restored",
        }
    }
}

impl fmt::Display for CorrectionAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for CorrectionAction {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|action| action.as_str() == text)
            .ok_or_else(|| format!("{text:?} is no correction"))
    }
}

/// One change a person made to a finding.
#[derive(Debug, Clone, PartialEq)]
pub struct Correction {
    /// Its identifier.
    pub id: CorrectionId,
    /// The page.
    pub page: PageId,
    /// The finding.
    pub finding: FindingId,
    /// What was done.
    pub action: CorrectionAction,
    /// What the finding said before; `None` if it was added.
    pub before: Option<Statement>,
    /// What it says since; `None` if it was removed.
    pub after: Option<Statement>,
    /// Why, if the person said so.
    pub reason: Option<String>,
    /// Who.
    pub by: UserId,
    /// Their name today, for people.
    pub by_name: String,
    /// As what they acted.
    pub role: Role,
    /// When.
    pub at: Timestamp,
}

pub(crate) struct NewCorrection<'a> {
    pub(crate) page: PageId,
    pub(crate) finding: FindingId,
    pub(crate) action: CorrectionAction,
    pub(crate) before: Option<&'a Statement>,
    pub(crate) after: Option<&'a Statement>,
    pub(crate) reason: Option<&'a str>,
}

pub(crate) async fn insert(
    tx: &mut Tx,
    tenant: TenantId,
    new: &NewCorrection<'_>,
    actor: Actor,
    now: Timestamp,
) -> Result<(), RecordsError> {
    execute!(
        tx,
        "insert into correction
             (correction_id, tenant_id, page_id, finding_id, action, before, after, reason,
              corrected_by, role, corrected_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        CorrectionId::new(now).to_string(),
        tenant.to_string(),
        new.page.to_string(),
        new.finding.to_string(),
        new.action.as_str(),
        new.before.map(to_json),
        new.after.map(to_json),
        new.reason,
        actor.user.to_string(),
        actor.role.as_str(),
        now.as_millis(),
    )?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct CorrectionRow {
    correction_id: String,
    page_id: String,
    finding_id: String,
    action: String,
    before: Option<String>,
    after: Option<String>,
    reason: Option<String>,
    corrected_by: String,
    by_name: String,
    role: String,
    corrected_at: i64,
}

impl TryFrom<CorrectionRow> for Correction {
    type Error = RecordsError;

    fn try_from(row: CorrectionRow) -> Result<Self, RecordsError> {
        let of = Row { table: "correction", key: &row.correction_id };
        Ok(Self {
            id: of.word("correction_id", &row.correction_id)?,
            page: of.word("page_id", &row.page_id)?,
            finding: of.word("finding_id", &row.finding_id)?,
            action: of.word("action", &row.action)?,
            before: row.before.map(|before| of.json("before", &before)).transpose()?,
            after: row.after.map(|after| of.json("after", &after)).transpose()?,
            by: of.word("corrected_by", &row.corrected_by)?,
            role: of.word("role", &row.role)?,
            at: Timestamp::from_millis(row.corrected_at),
            by_name: row.by_name,
            reason: row.reason,
        })
    }
}

/// Everything people changed on a page, oldest first.
pub async fn of_page(
    tx: &mut Tx,
    tenant: TenantId,
    page: PageId,
) -> Result<Vec<Correction>, RecordsError> {
    all!(
        tx,
        CorrectionRow,
        "select c.correction_id, c.page_id, c.finding_id, c.action, c.before, c.after, c.reason,
             c.corrected_by, u.name as by_name, c.role, c.corrected_at
         from correction c join user_account u on u.user_id = c.corrected_by
         where c.tenant_id = $1 and c.page_id = $2
         order by c.corrected_at, c.correction_id",
        tenant.to_string(),
        page.to_string(),
    )?
    .into_iter()
    .map(Correction::try_from)
    .collect()
}
