//! The people who sign in.
//!
//! A login is unique in the whole installation, not only in its clinic, because whoever signs in
//! has not yet said which clinic is theirs: [`find_by_login`] is how the clinic is known.
//!
//! Changes lock the clinic's audit chain first. Two administrators who take each other's account
//! away at the same moment then do it one after the other, and guesses made at the same time are
//! all counted.

use std::time::Duration;

use chart::{Actor, Language, Role, TenantId, Timestamp, UserId};

use crate::{
    RecordsError, Refusal, Tx,
    audit::{self, Action, Author, Event},
    column::{Row, optional_moment},
    sessions,
};

/// A person of a clinic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Their identifier.
    pub id: UserId,
    /// Their clinic.
    pub tenant: TenantId,
    /// What they type to sign in; lower case.
    pub login: String,
    /// Their name, for people.
    pub name: String,
    /// What they are.
    pub role: Role,
    /// The language of their pages.
    pub language: Language,
    /// For [`crate::password::verify`].
    pub password_hash: String,
    /// Whether they may sign in at all.
    pub active: bool,
    /// Failed sign-ins since the last that succeeded.
    pub failed_attempts: u32,
    /// Until when no password opens.
    pub locked_until: Option<Timestamp>,
    /// When they last signed in.
    pub last_sign_in_at: Option<Timestamp>,
    /// Since when there is this account.
    pub created_at: Timestamp,
}

impl User {
    /// Who they act as.
    pub const fn actor(&self) -> Actor {
        Actor { user: self.id, role: self.role }
    }

    /// Whether sign-in is closed to them for now, whatever the password.
    pub fn is_locked(&self, now: Timestamp) -> bool {
        self.locked_until.is_some_and(|until| now < until)
    }
}

/// What an account is made of.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// What they type to sign in; kept trimmed and in lower case.
    pub login: String,
    /// Their name, for people.
    pub name: String,
    /// What they are.
    pub role: Role,
    /// The language of their pages.
    pub language: Language,
    /// From [`crate::password::hash`].
    pub password_hash: String,
}

/// Failed sign-ins before the first lock. A person mistypes three times; a guesser does not stop.
pub const FREE_ATTEMPTS: u32 = 5;
/// The first lock; it doubles with every further failure.
pub const FIRST_LOCK: Duration = Duration::from_mins(1);
/// The longest lock: nobody is kept out of their clinic for a day by somebody else's guessing.
pub const LONGEST_LOCK: Duration = Duration::from_mins(30);

#[derive(sqlx::FromRow)]
struct UserRow {
    user_id: String,
    tenant_id: String,
    login: String,
    name: String,
    role: String,
    language: String,
    password_hash: String,
    active: bool,
    failed_attempts: i64,
    locked_until: Option<i64>,
    last_sign_in_at: Option<i64>,
    created_at: i64,
}

impl TryFrom<UserRow> for User {
    type Error = RecordsError;

    fn try_from(row: UserRow) -> Result<Self, RecordsError> {
        let of = Row { table: "user_account", key: &row.user_id };
        Ok(Self {
            id: of.word("user_id", &row.user_id)?,
            tenant: of.word("tenant_id", &row.tenant_id)?,
            role: of.word("role", &row.role)?,
            language: of.word("language", &row.language)?,
            failed_attempts: of.number("failed_attempts", row.failed_attempts)?,
            locked_until: optional_moment(row.locked_until),
            last_sign_in_at: optional_moment(row.last_sign_in_at),
            created_at: Timestamp::from_millis(row.created_at),
            active: row.active,
            login: row.login,
            name: row.name,
            password_hash: row.password_hash,
        })
    }
}

macro_rules! select_user {
    ($rest:literal) => {
        concat!(
            "select user_id, tenant_id, login, name, role, language, password_hash, active,
                 failed_attempts, locked_until, last_sign_in_at, created_at
             from user_account ",
            $rest
        )
    };
}

/// Makes an account. [`Refusal::Taken`] if the login is.
pub async fn create(
    tx: &mut Tx,
    tenant: TenantId,
    new: NewUser,
    by: impl Into<Author>,
    now: Timestamp,
) -> Result<User, RecordsError> {
    let login = normal_login(&new.login);
    if login.is_empty() {
        return Err(Refusal::Empty("the login").into());
    }
    let id = UserId::new(now);
    let inserted = execute!(
        tx,
        "insert into user_account
             (user_id, tenant_id, login, name, role, language, password_hash, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict do nothing",
        id.to_string(),
        tenant.to_string(),
        login.as_str(),
        new.name.trim(),
        new.role.as_str(),
        new.language.tag(),
        new.password_hash.as_str(),
        now.as_millis(),
    )?;
    if inserted == 0 {
        return Err(Refusal::Taken { what: "login", name: login }.into());
    }
    let event = Event::about("user", id, Action::UserCreated).after(&(&login, new.role));
    audit::append(tx, tenant, by.into(), event, now).await?;
    get(tx, tenant, id).await
}

/// The person of that identifier.
pub async fn find(tx: &mut Tx, tenant: TenantId, id: UserId) -> Result<Option<User>, RecordsError> {
    optional!(
        tx,
        UserRow,
        select_user!("where tenant_id = $1 and user_id = $2"),
        tenant.to_string(),
        id.to_string(),
    )?
    .map(User::try_from)
    .transpose()
}

/// The person who signs in with this login, of whichever clinic.
pub async fn find_by_login(tx: &mut Tx, login: &str) -> Result<Option<User>, RecordsError> {
    optional!(tx, UserRow, select_user!("where login = $1"), normal_login(login))?
        .map(User::try_from)
        .transpose()
}

/// All people of a clinic, by login.
pub async fn list(tx: &mut Tx, tenant: TenantId) -> Result<Vec<User>, RecordsError> {
    all!(tx, UserRow, select_user!("where tenant_id = $1 order by login"), tenant.to_string(),)?
        .into_iter()
        .map(User::try_from)
        .collect()
}

/// Gives a person a new password, unlocks them, and ends all their sessions.
pub async fn set_password_hash(
    tx: &mut Tx,
    tenant: TenantId,
    id: UserId,
    password_hash: &str,
    by: impl Into<Author>,
    now: Timestamp,
) -> Result<(), RecordsError> {
    audit::lock_chain(tx, tenant).await?;
    get(tx, tenant, id).await?;
    execute!(
        tx,
        "update user_account set password_hash = $3, failed_attempts = 0, locked_until = null
         where tenant_id = $1 and user_id = $2",
        tenant.to_string(),
        id.to_string(),
        password_hash,
    )?;
    sessions::delete_of_user(tx, id).await?;
    let event = Event::about("user", id, Action::PasswordChanged);
    audit::append(tx, tenant, by.into(), event, now).await
}

/// Lets a person in, or out for good. Who is let out loses their sessions.
pub async fn set_active(
    tx: &mut Tx,
    tenant: TenantId,
    id: UserId,
    active: bool,
    by: impl Into<Author>,
    now: Timestamp,
) -> Result<(), RecordsError> {
    audit::lock_chain(tx, tenant).await?;
    let user = get(tx, tenant, id).await?;
    if user.active == active {
        return Ok(());
    }
    if !active {
        keep_an_administrator(tx, &user).await?;
        sessions::delete_of_user(tx, id).await?;
    }
    execute!(
        tx,
        "update user_account set active = $3 where tenant_id = $1 and user_id = $2",
        tenant.to_string(),
        id.to_string(),
        active,
    )?;
    let action = if active { Action::UserActivated } else { Action::UserDeactivated };
    audit::append(tx, tenant, by.into(), Event::about("user", id, action), now).await
}

/// Makes a person something else. They sign in anew.
pub async fn set_role(
    tx: &mut Tx,
    tenant: TenantId,
    id: UserId,
    role: Role,
    by: impl Into<Author>,
    now: Timestamp,
) -> Result<(), RecordsError> {
    audit::lock_chain(tx, tenant).await?;
    let user = get(tx, tenant, id).await?;
    if user.role == role {
        return Ok(());
    }
    keep_an_administrator(tx, &user).await?;
    sessions::delete_of_user(tx, id).await?;
    execute!(
        tx,
        "update user_account set role = $3 where tenant_id = $1 and user_id = $2",
        tenant.to_string(),
        id.to_string(),
        role.as_str(),
    )?;
    let event = Event::about("user", id, Action::RoleChanged).before(&user.role).after(&role);
    audit::append(tx, tenant, by.into(), event, now).await
}

/// Changes the language of a person's pages.
pub async fn set_language(
    tx: &mut Tx,
    tenant: TenantId,
    id: UserId,
    language: Language,
) -> Result<(), RecordsError> {
    execute!(
        tx,
        "update user_account set language = $3 where tenant_id = $1 and user_id = $2",
        tenant.to_string(),
        id.to_string(),
        language.tag(),
    )?;
    Ok(())
}

/// Notes that a person signed in.
pub async fn sign_in_succeeded(
    tx: &mut Tx,
    user: &User,
    now: Timestamp,
) -> Result<(), RecordsError> {
    audit::lock_chain(tx, user.tenant).await?;
    execute!(
        tx,
        "update user_account set failed_attempts = 0, locked_until = null, last_sign_in_at = $3
         where tenant_id = $1 and user_id = $2",
        user.tenant.to_string(),
        user.id.to_string(),
        now.as_millis(),
    )?;
    let event = Event::about("user", user.id, Action::SignedIn);
    audit::append(tx, user.tenant, user.actor().into(), event, now).await
}

/// Notes that a sign-in failed; the moment until which the account is locked, if it is now.
pub async fn sign_in_failed(
    tx: &mut Tx,
    user: &User,
    now: Timestamp,
) -> Result<Option<Timestamp>, RecordsError> {
    audit::lock_chain(tx, user.tenant).await?;
    execute!(
        tx,
        "update user_account set failed_attempts = failed_attempts + 1
         where tenant_id = $1 and user_id = $2",
        user.tenant.to_string(),
        user.id.to_string(),
    )?;
    let failed_attempts = get(tx, user.tenant, user.id).await?.failed_attempts;
    let locked_until = lock_after(failed_attempts).map(|lock| now.plus(lock));
    execute!(
        tx,
        "update user_account set locked_until = $3 where tenant_id = $1 and user_id = $2",
        user.tenant.to_string(),
        user.id.to_string(),
        locked_until.map(Timestamp::as_millis),
    )?;
    let event = Event::about("user", user.id, Action::SignInFailed).after(&failed_attempts);
    audit::append(tx, user.tenant, Author::Program, event, now).await?;
    Ok(locked_until)
}

/// Notes that a person signed out. Their session is deleted by [`sessions::delete`].
pub async fn signed_out(tx: &mut Tx, user: &User, now: Timestamp) -> Result<(), RecordsError> {
    let event = Event::about("user", user.id, Action::SignedOut);
    audit::append(tx, user.tenant, user.actor().into(), event, now).await
}

async fn get(tx: &mut Tx, tenant: TenantId, id: UserId) -> Result<User, RecordsError> {
    find(tx, tenant, id).await?.ok_or_else(|| RecordsError::not_found("user", id))
}

/// Refuses if `leaving` is the last administrator who can sign in.
async fn keep_an_administrator(tx: &mut Tx, leaving: &User) -> Result<(), RecordsError> {
    if leaving.role != Role::Administrator || !leaving.active {
        return Ok(());
    }
    let (others,) = one!(
        tx,
        (i64,),
        "select count(*) from user_account
         where tenant_id = $1 and user_id <> $2 and role = 'administrator' and active",
        leaving.tenant.to_string(),
        leaving.id.to_string(),
    )?;
    if others == 0 { Err(Refusal::LastAdministrator.into()) } else { Ok(()) }
}

fn normal_login(login: &str) -> String {
    login.trim().to_lowercase()
}

fn lock_after(failed_attempts: u32) -> Option<Duration> {
    let beyond = failed_attempts.checked_sub(FREE_ATTEMPTS)?;
    Some(FIRST_LOCK.saturating_mul(1 << beyond.min(16)).min(LONGEST_LOCK))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guesser_waits_longer_each_time_and_a_typist_never() {
        assert_eq!(lock_after(FREE_ATTEMPTS - 1), None);
        assert_eq!(lock_after(FREE_ATTEMPTS), Some(FIRST_LOCK));
        assert_eq!(lock_after(FREE_ATTEMPTS + 2), Some(FIRST_LOCK * 4));
        assert_eq!(lock_after(u32::MAX), Some(LONGEST_LOCK));
    }
}
