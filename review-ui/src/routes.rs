//! Which address is which page.

use std::any::Any;

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    middleware,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use time::Duration;
use tower_http::{catch_panic::CatchPanicLayer, trace::TraceLayer};
use tower_sessions::{Expiry, SessionManagerLayer, cookie::SameSite};

use crate::{
    app::{App, Here, Shared},
    assets,
    failure::{self, UiError},
    headers, pages,
    session::Store,
};

/// The name of the session's cookie.
const SESSION_COOKIE: &str = "kamikarte";

/// All pages over what the binary gives.
pub fn router(app: App) -> Router {
    let idle = Duration::try_from(app.settings.idle_timeout).unwrap_or(Duration::minutes(30));
    let sessions = SessionManagerLayer::new(Store::new(app.clone()))
        .with_name(SESSION_COOKIE)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_secure(app.settings.https)
        .with_expiry(Expiry::OnInactivity(idle));
    let upload_limit = app.settings.upload_limit;
    let here = Shared::new(app);
    let signed_in = review()
        .merge(administration())
        .route(
            "/intake",
            get(pages::intake::page)
                .post(pages::intake::receive)
                .layer(DefaultBodyLimit::max(upload_limit)),
        )
        .route("/sign-in", get(pages::sign_in::page).post(pages::sign_in::enter))
        .route("/sign-out", post(pages::sign_in::leave))
        .route("/api/v1/pages", get(pages::api::pages))
        .route("/api/v1/pages/{id}", get(pages::api::page))
        .route("/api/v1/suggestions", get(pages::suggest::suggestions))
        .fallback(async || UiError::NotFound)
        .layer(sessions);
    Router::new()
        .route("/language/{tag}", get(pages::language::choose))
        .route("/static/{fingerprint}/{name}", get(assets::serve))
        .route("/api/v1/openapi.json", get(pages::api::description))
        .route("/healthz", get(pages::health::alive))
        .route("/readyz", get(pages::health::ready))
        .route("/metrics", get(pages::health::metrics))
        .merge(signed_in)
        // Inside, so that even a fault of ours gives back what was typed.
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(here.clone(), failure::keep_what_was_typed))
        .layer(middleware::from_fn_with_state(here.clone(), headers::guard))
        .layer(TraceLayer::new_for_http().make_span_with(span))
        .with_state(here)
}

/// What logs say of a request: never what was searched or typed, which stands in the query.
fn span(request: &Request) -> tracing::Span {
    tracing::debug_span!("request", method = %request.method(), path = request.uri().path())
}

#[expect(clippy::needless_pass_by_value, reason = "the layer hands it over so")]
fn panicked(what: Box<dyn Any + Send>) -> Response {
    let what = what.downcast_ref::<String>().map_or("a handler panicked", String::as_str);
    UiError::Broken(what.to_owned()).into_response()
}

/// The work itself.
fn review() -> Router<Here> {
    Router::new()
        .route("/", get(pages::work_list::page))
        .route("/pages/next", get(pages::work_list::next))
        .route("/pages/{id}", get(pages::review::page))
        .route("/pages/{id}/picture", get(pages::picture::whole))
        .route("/pages/{id}/thumbnail", get(pages::picture::thumbnail))
        .route("/pages/{id}/history", get(pages::history::page))
        .route("/pages/{id}/open", post(pages::review::open))
        .route("/pages/{id}/findings", post(pages::add::save))
        .route("/pages/{id}/findings/new/{kind}", get(pages::add::page))
        .route("/pages/{id}/findings/{finding}", post(pages::finding::correct))
        .route("/pages/{id}/findings/{finding}/remove", post(pages::finding::remove))
        .route("/pages/{id}/findings/{finding}/restore", post(pages::finding::restore))
        .route(
            "/pages/{id}/hand-over",
            get(pages::hand_over::page).post(pages::hand_over::hand_over),
        )
        .route("/pages/{id}/send-back", post(pages::hand_over::send_back))
        .route("/pages/{id}/confirm", get(pages::confirm::page).post(pages::confirm::confirm))
        .route("/pages/{id}/chart", post(pages::chart::assign))
        .route("/pages/{id}/end", post(pages::end::end))
        .route("/pages/{id}/retry", post(pages::end::retry))
}

/// For administrators.
fn administration() -> Router<Here> {
    Router::new()
        .route("/queue", get(pages::queue::page))
        .route("/queue/retry", post(pages::queue::retry))
        .route("/users", get(pages::users::page).post(pages::users::add))
        .route("/users/{id}/active", post(pages::users::set_active))
        .route("/users/{id}/password", post(pages::users::set_password))
        .route("/audit", get(pages::audit::page))
        .route("/audit/verify", post(pages::audit::verify))
}
