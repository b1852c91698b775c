//! `/users`: who may sign in.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use chart::{Role, UserId};
use records::{
    RecordsError, Refusal, password,
    users::{self, NewUser, User},
};
use serde::Deserialize;

use crate::{
    app::{Here, Shared},
    content_form::value_of,
    failure::UiError,
    fields::Fields,
    frame::Frame,
    messages::Text,
    posted::Posted,
    session::SignedIn,
    show::show,
};

/// The shortest password: NIST SP 800-63B (revision 3) asks for 8; two more cost an unsure hand
/// little, and guessing is slowed down besides.
const SHORTEST_PASSWORD: usize = 10;

/// Everybody who may sign in, and a form for one more.
#[derive(Template)]
#[template(path = "users.html")]
pub(crate) struct UsersPage {
    pub(crate) frame: Frame,
    pub(crate) message: Option<Text>,
    pub(crate) fault: Option<Text>,
    pub(crate) users: Vec<UserView>,
    pub(crate) roles: [Role; 3],
    /// What was typed into the form, kept after a fault.
    pub(crate) typed: Fields,
}

/// A person, for the list.
pub(crate) struct UserView {
    pub(crate) id: UserId,
    pub(crate) name: String,
    pub(crate) login: String,
    pub(crate) role: Role,
    pub(crate) active: bool,
}

/// Whom something was just done to.
#[derive(Deserialize)]
pub(crate) struct Done {
    added: Option<UserId>,
    changed: Option<UserId>,
}

/// `GET /users`
pub(crate) async fn page(
    by: SignedIn,
    State(here): State<Here>,
    Query(done): Query<Done>,
) -> Result<Response, UiError> {
    by.administrator()?;
    let say = &by.words().users;
    let people = list(&here, &by).await?;
    let name = |id: UserId| people.iter().find(|user| user.id == id).map(|user| &user.name);
    let message = match (done.added.and_then(name), done.changed.and_then(name)) {
        (Some(name), _) => Some(say.added.with("name", name)),
        (_, Some(name)) => Some(say.changed.with("name", name)),
        _ => None,
    };
    Ok(shown(by, StatusCode::OK, people, message, None, Fields::default()))
}

async fn list(here: &Shared, by: &SignedIn) -> Result<Vec<User>, UiError> {
    let mut tx = here.app.db.read().await?;
    Ok(users::list(&mut tx, by.tenant()).await?)
}

fn shown(
    by: SignedIn,
    status: StatusCode,
    people: Vec<User>,
    message: Option<Text>,
    fault: Option<Text>,
    typed: Fields,
) -> Response {
    let users = people
        .into_iter()
        .map(|user| UserView {
            id: user.id,
            name: user.name,
            login: user.login,
            role: user.role,
            active: user.active,
        })
        .collect();
    show(status, &UsersPage { frame: by.frame, message, fault, users, roles: Role::ALL, typed })
}

/// `POST /users`
pub(crate) async fn add(State(here): State<Here>, posted: Posted) -> Result<Response, UiError> {
    let Posted { by, fields, .. } = posted;
    by.administrator()?;
    let say = &by.words().users;
    let (Some(login), Some(name), Some(role)) =
        (fields.some("login"), fields.some("display_name"), value_of(fields.get("role")))
    else {
        return again(&here, by, say.name_missing.clone(), fields).await;
    };
    let Some(password_hash) = hash(&here, fields.get("password")).await? else {
        return again(&here, by, say.password_short.clone(), fields).await;
    };
    let new = NewUser { login, name, role, language: by.frame.language, password_hash };
    let mut tx = here.app.db.begin().await?;
    match users::create(&mut tx, by.tenant(), new, by.actor(), here.now()).await {
        Ok(user) => {
            tx.commit().await?;
            Ok(Redirect::to(&format!("/users?added={}", user.id)).into_response())
        }
        Err(RecordsError::Refused(Refusal::Taken { .. })) => {
            tx.rollback().await?;
            again(&here, by, say.login_taken.clone(), fields).await
        }
        Err(error) => Err(error.into()),
    }
}

/// The form again, with what was typed (but for the password) and what is wrong with it.
async fn again(
    here: &Shared,
    by: SignedIn,
    fault: Text,
    typed: Fields,
) -> Result<Response, UiError> {
    let people = list(here, &by).await?;
    let typed = typed.without("password");
    Ok(shown(by, StatusCode::UNPROCESSABLE_ENTITY, people, None, Some(fault), typed))
}

/// The hash of a password; `None` if it is too short.
async fn hash(here: &Shared, password: &str) -> Result<Option<String>, UiError> {
    if password.chars().count() < SHORTEST_PASSWORD {
        return Ok(None);
    }
    let _turn = here.hashing.acquire().await.map_err(|error| UiError::Broken(error.to_string()))?;
    let password = password.to_owned();
    let hash = tokio::task::spawn_blocking(move || password::hash(&password))
        .await
        .map_err(|error| UiError::Broken(error.to_string()))?;
    Ok(Some(hash?))
}

/// `POST /users/{id}/active`
pub(crate) async fn set_active(
    State(here): State<Here>,
    Path(id): Path<UserId>,
    posted: Posted,
) -> Result<Response, UiError> {
    let Posted { by, fields, .. } = posted;
    by.administrator()?;
    let active = fields.get("active") == "yes";
    if id == by.user.id && !active {
        let fault = by.words().users.yourself.clone();
        return again(&here, by, fault, Fields::default()).await;
    }
    let mut tx = here.app.db.begin().await?;
    users::set_active(&mut tx, by.tenant(), id, active, by.actor(), here.now()).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("/users?changed={id}")).into_response())
}

/// `POST /users/{id}/password`
pub(crate) async fn set_password(
    State(here): State<Here>,
    Path(id): Path<UserId>,
    posted: Posted,
) -> Result<Response, UiError> {
    let Posted { by, fields, .. } = posted;
    by.administrator()?;
    let Some(hash) = hash(&here, fields.get("password")).await? else {
        let fault = by.words().users.password_short.clone();
        return again(&here, by, fault, Fields::default()).await;
    };
    let mut tx = here.app.db.begin().await?;
    users::set_password_hash(&mut tx, by.tenant(), id, &hash, by.actor(), here.now()).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("/users?changed={id}")).into_response())
}
