//! `/pages/{id}/picture` and `/pages/{id}/thumbnail`: the paper, turned upright.

use axum::{
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};
use chart::PageId;
use ingest::Fingerprint;
use records::{pages, readings};

use crate::{
    app::{Here, Shared},
    failure::UiError,
    picture::{self, Picture, Size},
    session::SignedIn,
};

/// `GET /pages/{id}/picture`
pub(crate) async fn whole(
    by: SignedIn,
    State(here): State<Here>,
    Path(id): Path<PageId>,
) -> Result<Response, UiError> {
    answer(&here, &by, id, Size::Whole).await
}

/// `GET /pages/{id}/thumbnail`
pub(crate) async fn thumbnail(
    by: SignedIn,
    State(here): State<Here>,
    Path(id): Path<PageId>,
) -> Result<Response, UiError> {
    answer(&here, &by, id, Size::Thumbnail).await
}

async fn answer(here: &Here, by: &SignedIn, id: PageId, size: Size) -> Result<Response, UiError> {
    let picture = find(here, by, id, size).await?;
    // Patient data: shown, and kept nowhere.
    let headers = [(header::CONTENT_TYPE, picture.media_type), (header::CACHE_CONTROL, "no-store")];
    Ok((headers, picture.bytes).into_response())
}

async fn find(here: &Shared, by: &SignedIn, id: PageId, size: Size) -> Result<Picture, UiError> {
    let mut tx = here.app.db.read().await?;
    let page = pages::find(&mut tx, by.tenant(), id).await?.ok_or(UiError::NotFound)?;
    let was_read = pages_that_were_read(page.state.stage());
    let key = (id, was_read, size);
    if let Some(picture) = here.pictures.find(&key) {
        return Ok(picture);
    }
    let readings = readings::of_page(&mut tx, by.tenant(), id).await?;
    drop(tx);
    let orientation = readings.first().map(|reading| reading.text.orientation).unwrap_or_default();
    let fingerprint: Fingerprint = page.scan_sha256.parse().map_err(UiError::Broken)?;
    let original = here
        .app
        .originals
        .get(fingerprint)
        .await
        .map_err(|error| UiError::Away(error.to_string()))?;
    let limits = here.app.limits;
    let picture = tokio::task::spawn_blocking(move || {
        picture::make(original, page.number, orientation, size, &limits)
    })
    .await
    .map_err(|error| UiError::Broken(error.to_string()))??;
    here.pictures.keep(key, picture.clone());
    Ok(picture)
}

/// Whether a page at this point has its reading, and with it its orientation.
const fn pages_that_were_read(stage: chart::Stage) -> bool {
    use chart::Stage::{Queued, Reading, Received};
    !matches!(stage, Received | Queued | Reading)
}
