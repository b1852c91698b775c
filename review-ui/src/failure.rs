//! What goes wrong, as a status and a page that says what to do.
//!
//! A handler answers with a [`UiError`]; [`keep_what_was_typed`] around all handlers turns it
//! into a page in the person's language. If a form was posted, that page carries the form, so
//! that nothing typed is lost whatever happened: database away, session over, page changed.

use std::sync::Arc;

use axum::{
    body::{Body, Bytes},
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use chart::{Role, Stage, TransitionRefused};
use records::{RecordsError, Refusal};

use crate::{
    app::Here,
    carried::{self, Carried},
    fields::{CSRF, Fields},
    frame::{Frame, language_of},
    messages::{Messages, Text},
    pages::{failure::FailurePage, sign_in},
    show::show,
};

/// Why a request got no answer of its own.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UiError {
    #[error("nobody is signed in")]
    NotSignedIn,
    #[error("no such thing")]
    NotFound,
    #[error("a {0} may not do this")]
    Forbidden(Role),
    #[error("the form's token is not the session's")]
    TokenMismatch {
        /// The session's own token, for the page that asks the person to look and send again.
        token: String,
    },
    #[error("the form was sent from another site")]
    ForeignOrigin,
    #[error("somebody else was faster")]
    Conflict,
    #[error("the page is {0}")]
    State(Stage),
    #[error("the request is too large")]
    TooLarge,
    #[error("the request is malformed: {0}")]
    Malformed(&'static str),
    #[error("a part is away: {0}")]
    Away(String),
    #[error("{0}")]
    Broken(String),
}

impl UiError {
    /// The one place where errors become status codes.
    pub(crate) const fn status(&self) -> StatusCode {
        match self {
            Self::NotSignedIn => StatusCode::UNAUTHORIZED,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Forbidden(_) | Self::TokenMismatch { .. } | Self::ForeignOrigin => {
                StatusCode::FORBIDDEN
            }
            Self::Conflict | Self::State(_) => StatusCode::CONFLICT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::Away(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Broken(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Title and explanation for the person.
    pub(crate) fn explain(&self, words: &Messages) -> (Text, Text) {
        let say = &words.failure;
        let (title, explain) = match self {
            Self::NotFound => (&say.not_found_title, &say.not_found_explain),
            Self::Forbidden(role) => {
                let explain = say.forbidden_explain.with("role", words.role(role));
                return (say.forbidden_title.clone(), explain);
            }
            Self::NotSignedIn | Self::TokenMismatch { .. } | Self::ForeignOrigin => {
                (&say.mismatch_title, &say.mismatch_explain)
            }
            Self::Conflict => (&say.conflict_title, &say.conflict_explain),
            Self::State(stage) => {
                let explain = say.state_explain.with("stage", words.stage(stage));
                return (say.state_title.clone(), explain);
            }
            Self::TooLarge => (&say.too_large_title, &say.too_large_explain),
            Self::Malformed(_) => (&say.bad_title, &say.bad_explain),
            Self::Away(_) => (&say.away_title, &say.away_explain),
            Self::Broken(_) => (&say.broken_title, &say.broken_explain),
        };
        (title.clone(), explain.clone())
    }
}

impl IntoResponse for UiError {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

impl From<RecordsError> for UiError {
    fn from(error: RecordsError) -> Self {
        match error {
            RecordsError::NotFound { .. } => Self::NotFound,
            RecordsError::Conflict(_) => Self::Conflict,
            RecordsError::Refused(refusal) => match refusal {
                Refusal::Transition(TransitionRefused::State { from, .. })
                | Refusal::NotInReview { stage: from } => Self::State(from),
                Refusal::Transition(TransitionRefused::Role { role, .. })
                | Refusal::Role { role, .. } => Self::Forbidden(role),
                Refusal::Removed | Refusal::NotRemoved => Self::Conflict,
                Refusal::HasRecords => Self::State(Stage::Committed),
                Refusal::ReasonMissing | Refusal::Empty(_) => Self::Malformed("a text is missing"),
                Refusal::KindChanged => Self::Malformed("the kind of a finding cannot change"),
                Refusal::OffThePage { .. } => Self::Malformed("the place is not on the page"),
                Refusal::Taken { .. } => Self::Malformed("the name is taken"),
                Refusal::LastAdministrator => {
                    Self::Malformed("the last administrator cannot be taken away")
                }
            },
            error if error.is_transient() => Self::Away(error.to_string()),
            error => Self::Broken(error.to_string()),
        }
    }
}

/// Forms are small; a body beyond this is no form of ours.
const FORM_LIMIT: usize = 1 << 20;

/// Around all handlers: turns a [`UiError`] into a page, with the posted form in it.
pub(crate) async fn keep_what_was_typed(
    State(here): State<Here>,
    request: Request,
    next: Next,
) -> Response {
    let headers = request.headers().clone();
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned();
    let method = request.method().clone();
    let (request, typed) = match keep_body(request).await {
        Ok(kept) => kept,
        Err(error) => return page(&here, &error, &headers, &method, &path, None),
    };
    let mut response = next.run(request).await;
    let Some(error) = response.extensions_mut().remove::<Arc<UiError>>() else { return response };
    let typed = typed.map(|body| Fields::from_body(&body));
    let mut shown = page(&here, &error, &headers, &method, &path, typed);
    // The session's cookie may have been touched on the way.
    for cookie in response.headers().get_all(header::SET_COOKIE) {
        shown.headers_mut().append(header::SET_COOKIE, cookie.clone());
    }
    shown
}

/// The body of a posted form stays at hand; uploads pass through.
async fn keep_body(request: Request) -> Result<(Request, Option<Bytes>), UiError> {
    let is_form = request.method() == Method::POST
        && request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    if !is_form {
        return Ok((request, None));
    }
    let (parts, body) = request.into_parts();
    let bytes = axum::body::to_bytes(body, FORM_LIMIT).await.map_err(|_| UiError::TooLarge)?;
    Ok((Request::from_parts(parts, Body::from(bytes.clone())), Some(bytes)))
}

fn page(
    here: &Here,
    error: &UiError,
    headers: &HeaderMap,
    method: &Method,
    path: &str,
    typed: Option<Fields>,
) -> Response {
    let language = language_of(headers);
    let words = Messages::of(language);
    let reference = report(error, path, here);
    if path.starts_with("/api/") {
        let told = serde_json::json!({ "error": error.to_string() });
        return (error.status(), axum::Json(told)).into_response();
    }
    let frame = Frame::bare(language, path);
    match error {
        UiError::NotSignedIn if method != Method::POST => {
            Redirect::to(&sign_in::address(path)).into_response()
        }
        UiError::NotSignedIn => {
            let carried = typed
                .filter(|_| path != "/sign-out")
                .map(|fields| Carried { action: path.to_owned(), fields: fields.without(CSRF) });
            sign_in::expired(frame, carried, error.status())
        }
        UiError::TokenMismatch { token } => {
            let fields = typed.unwrap_or_default().without(CSRF);
            let carried = Carried { action: path.to_owned(), fields };
            carried::look_and_send(frame, &carried, token, error.status())
        }
        // The token of the form is kept: once the database is back, the session is too.
        _ => {
            let carried = typed
                .filter(|_| path != "/sign-in" && !matches!(error, UiError::ForeignOrigin))
                .map(|fields| Carried { action: path.to_owned(), fields });
            let may_resend = matches!(error, UiError::Away(_) | UiError::Broken(_));
            let (title, explain) = error.explain(words);
            show(
                error.status(),
                &FailurePage {
                    frame,
                    title,
                    explain,
                    shown: carried.as_ref().map_or_else(Vec::new, |it| carried::shown(words, it)),
                    resend: carried.filter(|_| may_resend),
                    reference,
                },
            )
        }
    }
}

/// Logs what is the machine's fault; the number is for the person to tell.
fn report(error: &UiError, path: &str, here: &Here) -> Option<String> {
    match error {
        UiError::Broken(why) => {
            let reference = format!("{:x}", here.now().as_millis());
            tracing::error!(%reference, path, error = %why, "a request failed");
            Some(reference)
        }
        UiError::Away(why) => {
            tracing::warn!(path, error = %why, "a request met a part that is away");
            None
        }
        _ => None,
    }
}
