//! Batches of scanning.

use chart::{CampaignId, TenantId, Timestamp};

use crate::{RecordsError, Refusal, Tx, column::Row};

/// A batch of scanning with a manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Campaign {
    /// Its identifier.
    pub id: CampaignId,
    /// Its name, unique in the clinic.
    pub name: String,
    /// Since when.
    pub created_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct CampaignRow {
    campaign_id: String,
    name: String,
    created_at: i64,
}

impl TryFrom<CampaignRow> for Campaign {
    type Error = RecordsError;

    fn try_from(row: CampaignRow) -> Result<Self, RecordsError> {
        let of = Row { table: "campaign", key: &row.campaign_id };
        Ok(Self {
            id: of.word("campaign_id", &row.campaign_id)?,
            created_at: Timestamp::from_millis(row.created_at),
            name: row.name,
        })
    }
}

/// The campaign of that name, made now if there is none.
pub async fn find_or_create(
    tx: &mut Tx,
    tenant: TenantId,
    name: &str,
    now: Timestamp,
) -> Result<Campaign, RecordsError> {
    let name = name.trim();
    if name.is_empty() {
        return Err(Refusal::Empty("the campaign's name").into());
    }
    execute!(
        tx,
        "insert into campaign (campaign_id, tenant_id, name, created_at) values ($1, $2, $3, $4)
         on conflict do nothing",
        CampaignId::new(now).to_string(),
        tenant.to_string(),
        name,
        now.as_millis(),
    )?;
    one!(
        tx,
        CampaignRow,
        "select campaign_id, name, created_at from campaign where tenant_id = $1 and name = $2",
        tenant.to_string(),
        name,
    )?
    .try_into()
}

/// The campaign of that identifier.
pub async fn find(
    tx: &mut Tx,
    tenant: TenantId,
    id: CampaignId,
) -> Result<Option<Campaign>, RecordsError> {
    optional!(
        tx,
        CampaignRow,
        "select campaign_id, name, created_at from campaign where tenant_id = $1 and campaign_id = $2",
        tenant.to_string(),
        id.to_string(),
    )?
    .map(Campaign::try_from)
    .transpose()
}

/// The campaign of that name.
pub async fn find_by_name(
    tx: &mut Tx,
    tenant: TenantId,
    name: &str,
) -> Result<Option<Campaign>, RecordsError> {
    optional!(
        tx,
        CampaignRow,
        "select campaign_id, name, created_at from campaign where tenant_id = $1 and name = $2",
        tenant.to_string(),
        name.trim(),
    )?
    .map(Campaign::try_from)
    .transpose()
}

/// All of a clinic, by name.
pub async fn list(tx: &mut Tx, tenant: TenantId) -> Result<Vec<Campaign>, RecordsError> {
    all!(
        tx,
        CampaignRow,
        "select campaign_id, name, created_at from campaign where tenant_id = $1 order by name",
        tenant.to_string(),
    )?
    .into_iter()
    .map(Campaign::try_from)
    .collect()
}
