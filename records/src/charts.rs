//! Charts: one patient's paper each.

use chart::{ChartId, TenantId, Timestamp};

use crate::{RecordsError, Refusal, Tx, column::Row};

/// One patient's paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    /// Its identifier.
    pub id: ChartId,
    /// What stands on the folder: the chart number. Unique in the clinic.
    pub label: String,
    /// Since when.
    pub created_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct ChartRow {
    chart_id: String,
    label: String,
    created_at: i64,
}

impl TryFrom<ChartRow> for Chart {
    type Error = RecordsError;

    fn try_from(row: ChartRow) -> Result<Self, RecordsError> {
        let of = Row { table: "chart", key: &row.chart_id };
        Ok(Self {
            id: of.word("chart_id", &row.chart_id)?,
            created_at: Timestamp::from_millis(row.created_at),
            label: row.label,
        })
    }
}

/// The chart of that label, made now if there is none.
pub async fn find_or_create(
    tx: &mut Tx,
    tenant: TenantId,
    label: &str,
    now: Timestamp,
) -> Result<Chart, RecordsError> {
    let label = label.trim();
    if label.is_empty() {
        return Err(Refusal::Empty("the chart's label").into());
    }
    execute!(
        tx,
        "insert into chart (chart_id, tenant_id, label, created_at) values ($1, $2, $3, $4)
         on conflict do nothing",
        ChartId::new(now).to_string(),
        tenant.to_string(),
        label,
        now.as_millis(),
    )?;
    one!(
        tx,
        ChartRow,
        "select chart_id, label, created_at from chart where tenant_id = $1 and label = $2",
        tenant.to_string(),
        label,
    )?
    .try_into()
}

/// The chart of that identifier.
pub async fn find(
    tx: &mut Tx,
    tenant: TenantId,
    id: ChartId,
) -> Result<Option<Chart>, RecordsError> {
    optional!(
        tx,
        ChartRow,
        "select chart_id, label, created_at from chart where tenant_id = $1 and chart_id = $2",
        tenant.to_string(),
        id.to_string(),
    )?
    .map(Chart::try_from)
    .transpose()
}

/// The chart of that label.
pub async fn find_by_label(
    tx: &mut Tx,
    tenant: TenantId,
    label: &str,
) -> Result<Option<Chart>, RecordsError> {
    optional!(
        tx,
        ChartRow,
        "select chart_id, label, created_at from chart where tenant_id = $1 and label = $2",
        tenant.to_string(),
        label.trim(),
    )?
    .map(Chart::try_from)
    .transpose()
}

/// All of a clinic, by label.
pub async fn list(tx: &mut Tx, tenant: TenantId) -> Result<Vec<Chart>, RecordsError> {
    all!(
        tx,
        ChartRow,
        "select chart_id, label, created_at from chart where tenant_id = $1 order by label",
        tenant.to_string(),
    )?
    .into_iter()
    .map(Chart::try_from)
    .collect()
}
