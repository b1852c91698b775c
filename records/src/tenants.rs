//! Clinics.

use chart::{TenantId, Timestamp};

use crate::{
    RecordsError, Refusal, Tx,
    audit::{self, Action, Author, Event},
    column::Row,
};

/// A clinic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// Its identifier.
    pub id: TenantId,
    /// Its name, unique in the installation.
    pub name: String,
    /// Since when.
    pub created_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct TenantRow {
    tenant_id: String,
    name: String,
    created_at: i64,
}

impl TryFrom<TenantRow> for Tenant {
    type Error = RecordsError;

    fn try_from(row: TenantRow) -> Result<Self, RecordsError> {
        let of = Row { table: "tenant", key: &row.tenant_id };
        Ok(Self {
            id: of.word("tenant_id", &row.tenant_id)?,
            created_at: Timestamp::from_millis(row.created_at),
            name: row.name,
        })
    }
}

/// Makes a clinic. [`Refusal::Taken`] if there is one of that name.
pub async fn create(tx: &mut Tx, name: &str, now: Timestamp) -> Result<Tenant, RecordsError> {
    let name = name.trim();
    if name.is_empty() {
        return Err(Refusal::Empty("the clinic's name").into());
    }
    let id = TenantId::new(now);
    let inserted = execute!(
        tx,
        "insert into tenant (tenant_id, name, created_at) values ($1, $2, $3)
         on conflict do nothing",
        id.to_string(),
        name,
        now.as_millis(),
    )?;
    if inserted == 0 {
        return Err(Refusal::Taken { what: "tenant", name: name.to_owned() }.into());
    }
    audit::found(tx, id).await?;
    let event = Event::about("tenant", id, Action::TenantCreated).after(&name);
    audit::append(tx, id, Author::Program, event, now).await?;
    Ok(Tenant { id, name: name.to_owned(), created_at: now })
}

/// The clinic of that name.
pub async fn find_by_name(tx: &mut Tx, name: &str) -> Result<Option<Tenant>, RecordsError> {
    optional!(
        tx,
        TenantRow,
        "select tenant_id, name, created_at from tenant where name = $1",
        name.trim(),
    )?
    .map(Tenant::try_from)
    .transpose()
}

/// The clinic of that identifier.
pub async fn find(tx: &mut Tx, id: TenantId) -> Result<Option<Tenant>, RecordsError> {
    optional!(
        tx,
        TenantRow,
        "select tenant_id, name, created_at from tenant where tenant_id = $1",
        id.to_string(),
    )?
    .map(Tenant::try_from)
    .transpose()
}

/// All clinics, by name.
pub async fn list(tx: &mut Tx) -> Result<Vec<Tenant>, RecordsError> {
    all!(tx, TenantRow, "select tenant_id, name, created_at from tenant order by name")?
        .into_iter()
        .map(Tenant::try_from)
        .collect()
}
