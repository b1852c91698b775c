//! A template as an answer.

use askama::Template;
use axum::{
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
};

use crate::failure::UiError;

/// The page with its status. Pages hold patient data, so no cache may keep them.
pub(crate) fn show(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => (status, [(header::CACHE_CONTROL, "no-store")], Html(html)).into_response(),
        Err(error) => UiError::Broken(format!("a template failed: {error}")).into_response(),
    }
}

/// The page, and all is well.
pub(crate) fn ok(page: &impl Template) -> Response {
    show(StatusCode::OK, page)
}
