//! `/api/v1/…`: the lists of the pages as JSON, for programs of the clinic that sign in like a
//! person does. Reading only: what changes a record wants a person's eyes.

use axum::{
    Json,
    extract::{Path, Query, State},
    http::header,
    response::{IntoResponse, Response},
};
use chart::{PageId, Stage};
use records::{
    findings::PageFinding,
    pages::{self, Page, PageFilter},
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{app::Here, failure::UiError, pages::review::see, session::SignedIn};

/// The description of these addresses.
const OPENAPI: &str = include_str!("../../static/openapi.json");

/// Rows of a list at most.
const MOST_ROWS: u32 = 200;

/// `GET /api/v1/openapi.json`
pub(crate) async fn description() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], OPENAPI).into_response()
}

/// What may stand in the address of the list.
#[derive(Deserialize)]
pub(crate) struct Asked {
    stage: Option<Stage>,
    #[serde(default)]
    q: String,
    limit: Option<u32>,
    #[serde(default)]
    offset: u64,
}

/// `GET /api/v1/pages`
pub(crate) async fn pages(
    by: SignedIn,
    State(here): State<Here>,
    Query(asked): Query<Asked>,
) -> Result<Json<Value>, UiError> {
    let search = Some(asked.q.as_str()).filter(|search| !search.is_empty());
    let filter = PageFilter { stage: asked.stage, search, ..PageFilter::default() };
    let limit = asked.limit.unwrap_or(MOST_ROWS).min(MOST_ROWS);
    let mut tx = here.app.db.read().await?;
    let count = pages::count(&mut tx, by.tenant(), &filter).await?;
    let listed = pages::list(&mut tx, by.tenant(), &filter, limit, asked.offset).await?;
    let pages: Vec<Value> = listed.iter().map(page_json).collect();
    Ok(Json(json!({ "count": count, "pages": pages })))
}

/// `GET /api/v1/pages/{id}`. Viewing is an event, here too.
pub(crate) async fn page(
    by: SignedIn,
    State(here): State<Here>,
    Path(id): Path<PageId>,
) -> Result<Json<Value>, UiError> {
    let seen = see(&here, &by, id).await?;
    let mut page = page_json(&seen.page);
    page["orientation"] = json!(seen.paper.orientation);
    page["engine"] = json!(seen.engine);
    page["findings"] = seen.findings.iter().map(finding_json).collect();
    Ok(Json(page))
}

fn page_json(page: &Page) -> Value {
    json!({
        "id": page.id,
        "file": page.file_name,
        "number": page.number,
        "chart": page.chart_label,
        "patient": page.patient_name,
        "width": page.width,
        "height": page.height,
        "state": page.state,
        "received_at": page.received_at.to_rfc3339(),
        "version": page.version,
    })
}

fn finding_json(finding: &PageFinding) -> Value {
    json!({
        "id": finding.id,
        "current": finding.current,
        "drafted": finding.drafted,
        "surface": finding.surface,
        "candidates": finding.candidates,
        "doubts": finding.doubts,
        "confidence": finding.confidence,
        "bbox": finding.bbox,
        "removed": finding.removed,
        "version": finding.version,
    })
}
