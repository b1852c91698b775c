//! `/healthz`, `/readyz`, `/metrics`: for machines that watch this one. No patient data.

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use crate::app::Here;

/// `GET /healthz`: the process answers.
pub(crate) async fn alive() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

/// `GET /readyz`: every part that the pages need answers; 503 with the name of one that does not.
pub(crate) async fn ready(State(here): State<Here>) -> Response {
    let (database, queue, originals) =
        tokio::join!(here.app.db.is_ready(), here.app.queue.depth(), here.app.originals.is_ready());
    let parts = [
        ("database", database.map_err(|error| error.to_string())),
        ("queue", queue.map(|_| ()).map_err(|error| error.to_string())),
        ("originals", originals.map_err(|error| error.to_string())),
    ];
    let all_ready = parts.iter().all(|(_, state)| state.is_ok());
    let shown: serde_json::Map<String, Value> = parts
        .into_iter()
        .map(|(part, state)| {
            let state = match state {
                Ok(()) => json!({ "status": "ok" }),
                // The facts stand in the log; this address is open to whoever asks.
                Err(why) => {
                    tracing::warn!(part, error = %why, "a part is not ready");
                    json!({ "status": "away" })
                }
            };
            (part.to_owned(), state)
        })
        .collect();
    let status = if all_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(Value::Object(shown))).into_response()
}

/// `GET /metrics`, in the format of Prometheus.
pub(crate) async fn metrics(State(here): State<Here>) -> Response {
    match &here.app.settings.metrics {
        Some(metrics) => {
            ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], metrics())
                .into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
