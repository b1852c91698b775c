//! Who is signed in: sessions in the database, and the person behind one.

use std::fmt;

use async_trait::async_trait;
use axum::{extract::FromRequestParts, http::request::Parts};
use chart::{Actor, TenantId, Timestamp, UserId};
use rand::RngCore;
use records::{
    RecordsError, sessions,
    users::{self, User},
};
use tower_sessions::{
    Session, SessionStore,
    session::{Id, Record},
    session_store,
};

use crate::{
    app::{App, Here},
    failure::UiError,
    frame::{Frame, Person, language_of},
    messages::Messages,
};

const USER: &str = "user";
const TENANT: &str = "tenant";
const TOKEN: &str = "csrf";
const USED_AT: &str = "used_at";

/// A session is written again once a minute of use, not with every request.
const TOUCH_AFTER_MILLIS: i64 = 60_000;

/// Sessions as rows of the clinic's database.
#[derive(Clone)]
pub(crate) struct Store {
    app: App,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Store")
    }
}

impl Store {
    pub(crate) const fn new(app: App) -> Self {
        Self { app }
    }
}

#[async_trait]
impl SessionStore for Store {
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        let row = Row::of(record)?;
        let mut tx = self.app.db.begin().await.map_err(backend)?;
        while !sessions::create(
            &mut tx,
            &record.id.to_string(),
            row.user,
            &row.data,
            row.expires_at,
        )
        .await
        .map_err(backend)?
        {
            record.id = Id::default();
        }
        tx.commit().await.map_err(backend)
    }

    async fn save(&self, record: &Record) -> session_store::Result<()> {
        let row = Row::of(record)?;
        let id = record.id.to_string();
        let mut tx = self.app.db.begin().await.map_err(backend)?;
        sessions::save(&mut tx, &id, row.user, &row.data, row.expires_at).await.map_err(backend)?;
        tx.commit().await.map_err(backend)
    }

    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        let now = (self.app.clock)();
        let mut tx = self.app.db.read().await.map_err(backend)?;
        let row = sessions::load(&mut tx, &id.to_string(), now).await.map_err(backend)?;
        let Some((data, expires_at)) = row else { return Ok(None) };
        let data = serde_json::from_str(&data)
            .map_err(|fault| session_store::Error::Decode(fault.to_string()))?;
        let expiry_date = time::OffsetDateTime::from_unix_timestamp(expires_at.as_millis() / 1000)
            .map_err(|fault| session_store::Error::Decode(fault.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> session_store::Result<()> {
        let mut tx = self.app.db.begin().await.map_err(backend)?;
        sessions::delete(&mut tx, &id.to_string()).await.map_err(backend)?;
        tx.commit().await.map_err(backend)
    }
}

/// A session as the table holds it.
struct Row {
    user: Option<UserId>,
    data: String,
    expires_at: Timestamp,
}

impl Row {
    fn of(record: &Record) -> session_store::Result<Self> {
        let data = serde_json::to_string(&record.data)
            .map_err(|fault| session_store::Error::Encode(fault.to_string()))?;
        let user = record.data.get(USER).and_then(|user| user.as_str()?.parse().ok());
        let expires_at = Timestamp::from_millis(record.expiry_date.unix_timestamp() * 1000);
        Ok(Self { user, data, expires_at })
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it stands in map_err")]
fn backend(error: RecordsError) -> session_store::Error {
    session_store::Error::Backend(error.to_string())
}

impl From<tower_sessions::session::Error> for UiError {
    fn from(error: tower_sessions::session::Error) -> Self {
        Self::Away(error.to_string())
    }
}

/// The signed-in person who makes this request.
#[derive(Clone)]
pub(crate) struct SignedIn {
    pub(crate) user: User,
    /// The session's token against forged forms.
    pub(crate) token: String,
    pub(crate) frame: Frame,
}

impl SignedIn {
    pub(crate) const fn tenant(&self) -> TenantId {
        self.user.tenant
    }

    pub(crate) const fn actor(&self) -> Actor {
        self.user.actor()
    }

    pub(crate) const fn words(&self) -> &'static Messages {
        self.frame.words
    }

    /// Refuses whoever does not administer the clinic.
    pub(crate) const fn administrator(&self) -> Result<(), UiError> {
        if self.user.role.may_administer() { Ok(()) } else { Err(self.forbidden()) }
    }

    /// Refuses whoever may not correct.
    pub(crate) const fn corrects(&self) -> Result<(), UiError> {
        if self.user.role.may_correct() { Ok(()) } else { Err(self.forbidden()) }
    }

    /// Refuses whoever may not confirm.
    pub(crate) const fn confirms(&self) -> Result<(), UiError> {
        if self.user.role.may_confirm() { Ok(()) } else { Err(self.forbidden()) }
    }

    const fn forbidden(&self) -> UiError {
        UiError::Forbidden(self.user.role)
    }
}

impl FromRequestParts<Here> for SignedIn {
    type Rejection = UiError;

    async fn from_request_parts(parts: &mut Parts, here: &Here) -> Result<Self, UiError> {
        let session = Session::from_request_parts(parts, here)
            .await
            .map_err(|(_, why)| UiError::Broken(why.to_owned()))?;
        let user: Option<UserId> = session.get(USER).await?;
        let tenant: Option<TenantId> = session.get(TENANT).await?;
        let token: Option<String> = session.get(TOKEN).await?;
        let (Some(user), Some(tenant), Some(token)) = (user, tenant, token) else {
            return Err(UiError::NotSignedIn);
        };
        let mut tx = here.app.db.read().await?;
        let user = users::find(&mut tx, tenant, user)
            .await?
            .filter(|user| user.active)
            .ok_or(UiError::NotSignedIn)?;
        touch(&session, here.now()).await?;
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        let mut frame = Frame::bare(language_of(&parts.headers), path);
        frame.person = Some(Person { name: user.name.clone(), role: user.role });
        frame.csrf.clone_from(&token);
        Ok(Self { user, token, frame })
    }
}

/// Puts off the end of the session.
async fn touch(session: &Session, now: Timestamp) -> Result<(), UiError> {
    let used_at: i64 = session.get(USED_AT).await?.unwrap_or_default();
    if now.as_millis() - used_at >= TOUCH_AFTER_MILLIS {
        session.insert(USED_AT, now.as_millis()).await?;
    }
    Ok(())
}

/// Opens a session for a person whose password was right; its token against forged forms. The
/// session's identifier is new, so that none planted before is of use.
pub(crate) async fn open(
    session: &Session,
    user: &User,
    now: Timestamp,
) -> Result<String, UiError> {
    session.cycle_id().await?;
    let mut random = [0_u8; 32];
    rand::rng().fill_bytes(&mut random);
    let token = hex::encode(random);
    session.insert(USER, user.id).await?;
    session.insert(TENANT, user.tenant).await?;
    session.insert(TOKEN, &token).await?;
    session.insert(USED_AT, now.as_millis()).await?;
    Ok(token)
}
