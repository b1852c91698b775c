//! `/sign-in` and `/sign-out`.
//!
//! A form that was posted after its session had ended is carried through: its fields travel
//! hidden, and after the password the person sees them and sends them with one button.

use std::time::Duration;

use askama::Template;
use axum::{
    body::Bytes,
    extract::{Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{AppendHeaders, IntoResponse, Redirect, Response},
};
use records::{
    password, sessions,
    users::{self, User},
};
use serde::Deserialize;
use tower_sessions::Session;

use crate::{
    app::{Here, Shared},
    carried::{self, Carried},
    failure::UiError,
    fields::Fields,
    frame::{Frame, Person, is_local, language_of},
    messages::Text,
    pages::language::remember,
    posted::{Posted, own_origin},
    session,
    show::{ok, show},
};

/// The page that asks who is there.
#[derive(Template)]
#[template(path = "sign_in.html")]
pub(crate) struct SignInPage {
    pub(crate) frame: Frame,
    pub(crate) message: Option<Text>,
    pub(crate) fault: Option<Text>,
    pub(crate) login: String,
    /// Where to go afterwards.
    pub(crate) then: String,
    pub(crate) carried: Option<Carried>,
}

/// What stands in the address of the page.
#[derive(Deserialize, Default)]
pub(crate) struct Asked {
    #[serde(default)]
    then: String,
    #[serde(default)]
    signed_out: bool,
}

/// The address of this page for somebody who wanted to go to `path`.
pub(crate) fn address(path: &str) -> String {
    if path == "/" || !is_local(path) {
        return "/sign-in".to_owned();
    }
    let then: String = form_urlencoded::byte_serialize(path.as_bytes()).collect();
    format!("/sign-in?then={then}")
}

/// `GET /sign-in`
pub(crate) async fn page(headers: HeaderMap, Query(asked): Query<Asked>) -> Response {
    let frame = Frame::bare(language_of(&headers), &address(&asked.then));
    let message = asked.signed_out.then(|| frame.words.sign_in.signed_out.clone());
    ok(&SignInPage {
        frame,
        message,
        fault: None,
        login: String::new(),
        then: asked.then,
        carried: None,
    })
}

/// The answer to a form whose session has ended: sign in, and nothing typed is lost.
pub(crate) fn expired(frame: Frame, carried: Option<Carried>, status: StatusCode) -> Response {
    let say = &frame.words.sign_in;
    let message = if carried.is_some() { say.carried.clone() } else { say.expired.clone() };
    let frame = Frame { path: "/sign-in".to_owned(), ..frame };
    show(
        status,
        &SignInPage {
            frame,
            message: Some(message),
            fault: None,
            login: String::new(),
            then: String::new(),
            carried,
        },
    )
}

/// Why somebody was not let in.
enum Refused {
    Wrong,
    Wait(Duration),
}

/// `POST /sign-in`
pub(crate) async fn enter(
    State(here): State<Here>,
    session: Session,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, UiError> {
    own_origin(&headers)?;
    let fields = Fields::from_body(&body);
    let carried = Carried::from_fields(&fields);
    let then = fields.get("then").to_owned();
    match authenticate(&here, fields.get("login"), fields.get("password")).await? {
        Ok(user) => welcome(&here, &session, user, &then, carried).await,
        Err(refused) => {
            let frame = Frame::bare(language_of(&headers), &address(&then));
            let say = &frame.words.sign_in;
            let fault = match refused {
                Refused::Wrong => say.wrong.clone(),
                Refused::Wait(wait) => say.wait.with("seconds", wait.as_secs().max(1)),
            };
            let page = SignInPage {
                message: carried.as_ref().map(|_| say.carried.clone()),
                fault: Some(fault),
                login: fields.get("login").to_owned(),
                then,
                carried,
                frame,
            };
            Ok(show(StatusCode::UNAUTHORIZED, &page))
        }
    }
}

/// Looks up and checks. An unknown name, a wrong password and a stopped account get the same
/// answer after the same time.
async fn authenticate(
    here: &Shared,
    login: &str,
    password: &str,
) -> Result<Result<User, Refused>, UiError> {
    let now = here.now();
    if let Some(wait) = here.throttle.wait(login, now) {
        return Ok(Err(Refused::Wait(wait)));
    }
    let mut tx = here.app.db.read().await?;
    let user = users::find_by_login(&mut tx, login).await?;
    drop(tx);
    if let Some(locked_until) = user.as_ref().and_then(|user| user.locked_until)
        && now < locked_until
    {
        return Ok(Err(Refused::Wait(locked_until.since(now))));
    }
    let hash = user.as_ref().map(|user| user.password_hash.clone());
    let right = check(here, password.to_owned(), hash).await?;
    let mut tx = here.app.db.begin().await?;
    let answer = match user {
        Some(user) if right && user.active => {
            here.throttle.right(login);
            users::sign_in_succeeded(&mut tx, &user, now).await?;
            Ok(user)
        }
        user => {
            here.throttle.wrong(login, now);
            if let Some(user) = user {
                users::sign_in_failed(&mut tx, &user, now).await?;
            }
            Err(Refused::Wrong)
        }
    };
    tx.commit().await?;
    Ok(answer)
}

/// Hashing takes a core for a while: off the runtime, and not many at once.
async fn check(here: &Shared, password: String, hash: Option<String>) -> Result<bool, UiError> {
    let _turn = here.hashing.acquire().await.map_err(|error| UiError::Broken(error.to_string()))?;
    let checked = tokio::task::spawn_blocking(move || match hash {
        Some(hash) => password::verify(&password, &hash),
        None => password::verify_nobody(&password),
    })
    .await
    .map_err(|error| UiError::Broken(error.to_string()))?;
    Ok(checked?)
}

async fn welcome(
    here: &Shared,
    session: &Session,
    user: User,
    then: &str,
    carried: Option<Carried>,
) -> Result<Response, UiError> {
    let token = session::open(session, &user, here.now()).await?;
    let cookie =
        AppendHeaders([(header::SET_COOKIE, remember(user.language, here.app.settings.https))]);
    let Some(carried) = carried else {
        let to = if is_local(then) { then } else { "/" };
        return Ok((cookie, Redirect::to(to)).into_response());
    };
    let mut frame = Frame::bare(user.language, "/");
    frame.person = Some(Person { name: user.name, role: user.role });
    frame.csrf = token;
    Ok((cookie, carried::go_on(frame, carried)).into_response())
}

/// `POST /sign-out`
pub(crate) async fn leave(
    State(here): State<Here>,
    session: Session,
    posted: Posted,
) -> Result<Redirect, UiError> {
    let mut tx = here.app.db.begin().await?;
    if let Some(id) = session.id() {
        sessions::delete(&mut tx, &id.to_string()).await?;
    }
    users::signed_out(&mut tx, &posted.by.user, here.now()).await?;
    tx.commit().await?;
    session.flush().await?;
    Ok(Redirect::to("/sign-in?signed_out=true"))
}
