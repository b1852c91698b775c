//! `POST /pages/{id}/end` and `/pages/{id}/retry`: out of the way, or read once more.

use axum::{
    extract::{Path, State},
    response::Redirect,
};
use chart::PageId;
use records::pages;

use crate::{app::Here, failure::UiError, pages::review::seen_version, posted::Posted};

/// No chart page, or the patient objects; either with a reason.
pub(crate) async fn end(
    State(here): State<Here>,
    Path(id): Path<PageId>,
    posted: Posted,
) -> Result<Redirect, UiError> {
    let Posted { by, fields, .. } = posted;
    by.corrects()?;
    let seen = seen_version(&fields)?;
    let (tenant, actor, now) = (by.tenant(), by.actor(), here.now());
    let reason = fields.get("reason");
    let mut tx = here.app.db.begin().await?;
    match fields.get("how") {
        "reject" => pages::reject(&mut tx, tenant, id, seen, actor, reason, now).await?,
        "withdraw" => pages::withdraw(&mut tx, tenant, id, seen, actor, reason, now).await?,
        _ => return Err(UiError::Malformed("neither rejected nor withdrawn")),
    };
    tx.commit().await?;
    Ok(Redirect::to(&format!("/?done={id}")))
}

/// The workers try once more.
pub(crate) async fn retry(
    State(here): State<Here>,
    Path(id): Path<PageId>,
    posted: Posted,
) -> Result<Redirect, UiError> {
    let Posted { by, fields, .. } = posted;
    by.corrects()?;
    let seen = seen_version(&fields)?;
    let mut tx = here.app.db.begin().await?;
    pages::retry(&mut tx, by.tenant(), id, seen, by.actor(), here.now()).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("/pages/{id}")))
}
