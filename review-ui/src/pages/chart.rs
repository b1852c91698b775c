//! `POST /pages/{id}/chart`: the page belongs into another patient's chart.

use axum::{
    extract::{Path, State},
    response::Redirect,
};
use chart::PageId;
use records::{charts, pages};

use crate::{app::Here, failure::UiError, pages::review::seen_version, posted::Posted};

/// Moves the page into the chart of that number, which is made if there is none. An empty
/// number takes the page out of its chart.
pub(crate) async fn assign(
    State(here): State<Here>,
    Path(id): Path<PageId>,
    posted: Posted,
) -> Result<Redirect, UiError> {
    let Posted { by, fields, .. } = posted;
    by.corrects()?;
    let seen = seen_version(&fields)?;
    let (tenant, actor, now) = (by.tenant(), by.actor(), here.now());
    let mut tx = here.app.db.begin().await?;
    let to = match fields.some("chart") {
        Some(label) => Some(charts::find_or_create(&mut tx, tenant, &label, now).await?.id),
        None => None,
    };
    pages::assign_chart(&mut tx, tenant, id, seen, to, actor, now).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("/pages/{id}")))
}
