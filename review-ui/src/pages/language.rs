//! `GET /language/{tag}`: Japanese or English, remembered by a cookie.
//!
//! A link and no form: it changes nothing but what this browser is shown.

use axum::{
    extract::{Path, Query, State},
    http::header,
    response::{AppendHeaders, IntoResponse, Redirect, Response},
};
use chart::Language;
use serde::Deserialize;

use crate::{
    app::Here,
    failure::UiError,
    frame::{LANGUAGE_COOKIE, is_local},
};

/// Where to go on.
#[derive(Deserialize)]
pub(crate) struct Then {
    #[serde(default)]
    to: String,
}

pub(crate) async fn choose(
    State(here): State<Here>,
    Path(tag): Path<String>,
    Query(then): Query<Then>,
) -> Result<Response, UiError> {
    let language: Language = tag.parse().map_err(|_| UiError::NotFound)?;
    let to = if is_local(&then.to) { then.to.as_str() } else { "/" };
    let cookie = AppendHeaders([(header::SET_COOKIE, remember(language, here.app.settings.https))]);
    Ok((cookie, Redirect::to(to)).into_response())
}

/// The cookie, for a year.
pub(crate) fn remember(language: Language, https: bool) -> String {
    let secure = if https { "; Secure" } else { "" };
    format!(
        "{LANGUAGE_COOKIE}={language}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly{secure}"
    )
}
