//! Signed-in browsers. The data is opaque here; review-ui knows what it means.
//!
//! Sessions bear no tenant: a session exists before anybody has signed in.

use chart::{Timestamp, UserId};

use crate::{RecordsError, Tx, column::optional_text};

/// Saves a session that must be new; `false` if there is one of that id already.
pub async fn create(
    tx: &mut Tx,
    id: &str,
    user: Option<UserId>,
    data: &str,
    expires_at: Timestamp,
) -> Result<bool, RecordsError> {
    let inserted = execute!(
        tx,
        "insert into session (session_id, user_id, data, expires_at) values ($1, $2, $3, $4)
         on conflict do nothing",
        id,
        optional_text(user),
        data,
        expires_at.as_millis(),
    )?;
    Ok(inserted == 1)
}

/// Saves a session, over what it held before.
pub async fn save(
    tx: &mut Tx,
    id: &str,
    user: Option<UserId>,
    data: &str,
    expires_at: Timestamp,
) -> Result<(), RecordsError> {
    execute!(
        tx,
        "insert into session (session_id, user_id, data, expires_at) values ($1, $2, $3, $4)
         on conflict (session_id) do update
         set user_id = excluded.user_id, data = excluded.data, expires_at = excluded.expires_at",
        id,
        optional_text(user),
        data,
        expires_at.as_millis(),
    )?;
    Ok(())
}

/// The data and expiry of a session that has not expired.
pub async fn load(
    tx: &mut Tx,
    id: &str,
    now: Timestamp,
) -> Result<Option<(String, Timestamp)>, RecordsError> {
    let row = optional!(
        tx,
        (String, i64),
        "select data, expires_at from session where session_id = $1 and expires_at > $2",
        id,
        now.as_millis(),
    )?;
    Ok(row.map(|(data, expires_at)| (data, Timestamp::from_millis(expires_at))))
}

/// Ends a session.
pub async fn delete(tx: &mut Tx, id: &str) -> Result<(), RecordsError> {
    execute!(tx, "delete from session where session_id = $1", id)?;
    Ok(())
}

/// Ends all sessions of a person: a new password, a lost tablet, somebody who left.
pub async fn delete_of_user(tx: &mut Tx, user: UserId) -> Result<u64, RecordsError> {
    Ok(execute!(tx, "delete from session where user_id = $1", user.to_string())?)
}

/// Removes what has expired; how many.
pub async fn delete_expired(tx: &mut Tx, now: Timestamp) -> Result<u64, RecordsError> {
    Ok(execute!(tx, "delete from session where expires_at <= $1", now.as_millis())?)
}
