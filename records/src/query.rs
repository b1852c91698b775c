//! One text per query for both databases.
//!
//! sqlx types a query by its database, so the same body has to be compiled twice; these macros
//! write it down once. A text that must differ gives both: `sqlite "…", postgres "…"`.

/// Runs `$body` with `$connection` bound to whichever connection the transaction holds.
macro_rules! on {
    ($tx:expr, $connection:ident => $body:expr) => {
        match &mut $tx.connection {
            $crate::db::Connection::Sqlite(transaction) => {
                let $connection = &mut **transaction;
                $body
            }
            $crate::db::Connection::Postgres(transaction) => {
                let $connection = &mut **transaction;
                $crate::db::within($tx.patience, async { $body }).await
            }
        }
    };
}

/// The rows of a query, as `Vec<$row>`.
macro_rules! all {
    ($tx:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        on!($tx, connection => sqlx::query_as::<_, $row>($sql)
            $(.bind($bind))*
            .fetch_all(connection)
            .await)
    };
}

/// The one row of a query, if there is one.
macro_rules! optional {
    ($tx:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        on!($tx, connection => sqlx::query_as::<_, $row>($sql)
            $(.bind($bind))*
            .fetch_optional(connection)
            .await)
    };
}

/// The one row of a query that always has one.
macro_rules! one {
    ($tx:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        on!($tx, connection => sqlx::query_as::<_, $row>($sql)
            $(.bind($bind))*
            .fetch_one(connection)
            .await)
    };
}

/// Runs a statement; the number of rows it touched.
macro_rules! execute {
    ($tx:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        on!($tx, connection => sqlx::query($sql)
            $(.bind($bind))*
            .execute(connection)
            .await
            .map(|done| done.rows_affected()))
    };
}

/// A statement on the elements of the JSON array `$1`, in one journey to the server for all of them:
/// each is `value`, of which `value ->> 0` is the first member as text.
macro_rules! on_elements {
    ($tx:expr, $before:literal, $after:literal) => {
        match $tx.connection {
            $crate::db::Connection::Sqlite(_) => concat!($before, " json_each($1) ", $after),
            $crate::db::Connection::Postgres(_) => {
                concat!($before, " jsonb_array_elements($1::jsonb) ", $after)
            }
        }
    };
}
