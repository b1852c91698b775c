//! Connecting, transactions, migrations.
//!
//! SQLite has one writer: one connection that begins with `begin immediate`, so that nobody
//! waits for a lock in the middle of a transaction, and a handful that only read. Both databases
//! acknowledge a commit only when it lies on the disk.
//!
//! PostgreSQL may be on another machine, and the network between may forget a connection without a
//! word. sqlx waits for an answer for ever and knows no keepalive, so every answer has a limit here;
//! a connection that misses it is closed, and what was asked is told [`RecordsError::Unavailable`].
//!
//! PostgreSQL has many writers, who wait for each other's rows. Nobody waits in a ring, because
//! all lock in the same order: a job, its page, the head of the clinic's audit chain, the clinic's
//! turn in the queue. Where a ring should come about all the same, PostgreSQL breaks it and one
//! of the two is told [`RecordsError::Busy`]: run the whole transaction again.

use std::{future::Future, io, str::FromStr, time::Duration};

use sqlx::{
    Connection as _, PgConnection, PgPool, Postgres, Sqlite, SqlitePool, Transaction,
    migrate::Migrator,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::time::{Instant, sleep};

use crate::RecordsError;

static SQLITE_MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES_MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");

/// How long a writer of SQLite waits for a writer of another process. A worker's longest
/// transaction (one page's draft) takes milliseconds; a minute means that something hangs.
const BUSY_TIMEOUT: Duration = Duration::from_mins(1);

/// Pause of a process that came into another's way when both started.
const RACE_PAUSE: Duration = Duration::from_millis(20);

/// How long a request waits for a connection before it is told that the database is away.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(20);

/// Enough for the pages that people look at while one writes.
const SQLITE_READERS: u32 = 4;

/// Workers, relay and people of one process together.
const POSTGRES_CONNECTIONS: u32 = 16;

/// Whoever vanishes in the middle of a transaction (a cut cable, a frozen machine) holds its locks
/// no longer than this; no transaction of this program waits for anything but the database. And
/// whoever waits for a lock for longer is told that the database is busy.
const POSTGRES_OPTIONS: [(&str, &str); 5] = [
    ("idle_in_transaction_session_timeout", "60s"),
    ("lock_timeout", "30s"),
    ("tcp_keepalives_idle", "30"),
    ("tcp_keepalives_interval", "10"),
    ("tcp_keepalives_count", "3"),
];

/// How long PostgreSQL may take to answer, on a network that may be silent for ever.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// A statement that writes: longer than it may wait for a lock.
    pub(crate) writing: Duration,
    /// A statement that reads: somebody searches through a million pages.
    pub(crate) reading: Duration,
    /// A connection out of the pool or back into it: one small question.
    pub(crate) ping: Duration,
}

const PATIENCE: Patience = Patience {
    writing: Duration::from_secs(40),
    reading: Duration::from_mins(2),
    ping: Duration::from_secs(5),
};

/// What PostgreSQL answers in time.
pub(crate) fn within<T>(
    limit: Duration,
    answer: impl Future<Output = Result<T, sqlx::Error>>,
) -> impl Future<Output = Result<T, sqlx::Error>> {
    // On the heap: sqlx's futures are large, and every caller's would hold one.
    let answer = tokio::time::timeout(limit, Box::pin(answer));
    async move {
        answer.await.unwrap_or_else(|_| {
            let what = format!("no answer within {limit:?}");
            Err(sqlx::Error::Io(io::Error::new(io::ErrorKind::TimedOut, what)))
        })
    }
}

/// The clinic's database. Cheap to clone; all clones share the connections.
#[derive(Debug, Clone)]
pub struct Db {
    pub(crate) pools: Pools,
    patience: Patience,
}

#[derive(Debug, Clone)]
pub(crate) enum Pools {
    Sqlite { write: SqlitePool, read: SqlitePool },
    Postgres(PgPool),
}

/// A transaction on either database. Dropped without [`Tx::commit`], it leaves no trace.
#[derive(Debug)]
pub struct Tx {
    pub(crate) connection: Connection,
    pub(crate) patience: Duration,
}

#[derive(Debug)]
pub(crate) enum Connection {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

impl Db {
    /// Opens the database of a `sqlite:` or `postgres:` URL. A SQLite file is made if there is
    /// none; its folder must exist. Does not migrate.
    ///
    /// A PostgreSQL server that is away at this moment is an error, and none that stays: the
    /// caller may try again.
    pub async fn connect(url: &str) -> Result<Self, RecordsError> {
        Self::connect_with(url, PATIENCE).await
    }

    pub(crate) async fn connect_with(url: &str, patience: Patience) -> Result<Self, RecordsError> {
        let pools = match url.split_once(':').map(|(scheme, _)| scheme) {
            Some("sqlite") => connect_sqlite(url).await?,
            Some("postgres" | "postgresql") => connect_postgres(url, patience).await?,
            // The URL itself may hold a password, so it is not repeated.
            _ => {
                let known = "the database URL must begin with sqlite: or postgres:";
                return Err(RecordsError::Url(known.to_owned()));
            }
        };
        Ok(Self { pools, patience })
    }

    /// Brings the tables to this version's form. Safe to call by several processes at once, and
    /// again.
    pub async fn migrate(&self) -> Result<(), RecordsError> {
        match &self.pools {
            Pools::Sqlite { write, .. } => migrate_sqlite(write).await,
            // sqlx takes an advisory lock.
            Pools::Postgres(pool) => POSTGRES_MIGRATIONS.run(pool).await.map_err(migration_error),
        }
    }

    /// Whether the database answers and its tables are there.
    pub async fn is_ready(&self) -> Result<(), RecordsError> {
        let mut tx = self.read().await?;
        one!(tx, (i64,), "select count(*) from tenant")?;
        Ok(())
    }

    /// Opens a writing transaction.
    pub async fn begin(&self) -> Result<Tx, RecordsError> {
        let connection = match &self.pools {
            Pools::Sqlite { write, .. } => {
                Connection::Sqlite(Box::pin(write.begin_with("begin immediate")).await?)
            }
            Pools::Postgres(pool) => {
                Connection::Postgres(within(self.patience.writing, pool.begin()).await?)
            }
        };
        Ok(Tx { connection, patience: self.patience.writing })
    }

    /// Opens a transaction that reads one moment's state and can write nothing.
    pub async fn read(&self) -> Result<Tx, RecordsError> {
        let connection = match &self.pools {
            Pools::Sqlite { read, .. } => Connection::Sqlite(Box::pin(read.begin()).await?),
            Pools::Postgres(pool) => {
                let begun = pool.begin_with("begin isolation level repeatable read read only");
                Connection::Postgres(within(self.patience.reading, begun).await?)
            }
        };
        Ok(Tx { connection, patience: self.patience.reading })
    }

    /// Which database it is, for `doctor` and logs.
    pub const fn kind(&self) -> &'static str {
        match self.pools {
            Pools::Sqlite { .. } => "SQLite",
            Pools::Postgres(_) => "PostgreSQL",
        }
    }

    /// Closes all connections, once those in use are given back.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { write, read } => {
                read.close().await;
                write.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }
}

impl Tx {
    /// Makes everything of it true at once. When this returns, it lies on the disk.
    pub async fn commit(self) -> Result<(), RecordsError> {
        match self.connection {
            Connection::Sqlite(transaction) => transaction.commit().await?,
            Connection::Postgres(transaction) => {
                within(self.patience, transaction.commit()).await?;
            }
        }
        Ok(())
    }

    /// Takes everything of it back, at once rather than when the connection is next used.
    pub async fn rollback(self) -> Result<(), RecordsError> {
        match self.connection {
            Connection::Sqlite(transaction) => transaction.rollback().await?,
            Connection::Postgres(transaction) => {
                within(self.patience, transaction.rollback()).await?;
            }
        }
        Ok(())
    }
}

async fn connect_sqlite(url: &str) -> Result<Pools, RecordsError> {
    let options = SqliteConnectOptions::from_str(url)
        .map_err(|error| RecordsError::Url(format!("the sqlite: URL cannot be read: {error}")))?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .optimize_on_close(true, 400);
    let file = options.get_filename();
    if file.as_os_str().is_empty() || url.contains(":memory:") || url.contains("mode=memory") {
        let why = "a SQLite database in memory would forget everything: name a file, sqlite:FILE";
        return Err(RecordsError::Url(why.to_owned()));
    }
    let pool = || {
        SqlitePoolOptions::new()
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .max_lifetime(None)
            // Where neither commit nor rollback could be written because the disk was full, the
            // connection stays in its transaction and would refuse every other: it is replaced.
            .before_acquire(|connection, _| {
                Box::pin(async move { Ok(!connection.is_in_transaction()) })
            })
    };
    // The writer comes first: it makes the file and turns on the write-ahead log.
    let write = unhindered(|| {
        let opening = pool().max_connections(1).idle_timeout(None).connect_with(options.clone());
        async { Ok(opening.await?) }
    })
    .await?;
    let read = pool()
        .max_connections(SQLITE_READERS)
        .connect_with(options.optimize_on_close(false, None).pragma("query_only", "on"))
        .await?;
    Ok(Pools::Sqlite { write, read })
}

async fn connect_postgres(url: &str, patience: Patience) -> Result<Pools, RecordsError> {
    let options = PgConnectOptions::from_str(url)
        .map_err(|_| {
            let form = "the postgres: URL cannot be read; its form is postgres://USER:PASSWORD@HOST:PORT/DATABASE";
            RecordsError::Url(form.to_owned())
        })?
        .application_name("kamikarte")
        .options(POSTGRES_OPTIONS);
    let pool = PgPoolOptions::new()
        .max_connections(POSTGRES_CONNECTIONS)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        // sqlx asks the same questions, without a limit.
        .test_before_acquire(false)
        .before_acquire(move |connection, _| Box::pin(answers(connection, patience.ping)))
        .after_release(move |connection, _| Box::pin(answers(connection, patience.ping)))
        .connect_with(options)
        .await?;
    Ok(Pools::Postgres(pool))
}

/// Asks whether the other end is still there; where it is silent, the connection is closed. On the
/// way back into the pool this also waits for the end of what was given up in the middle.
async fn answers(connection: &mut PgConnection, limit: Duration) -> Result<bool, sqlx::Error> {
    within(limit, connection.ping()).await.map(|()| true)
}

/// sqlx takes no lock on SQLite: of two processes that start at once, one may find the tables
/// half made by the other. It then waits and looks again.
async fn migrate_sqlite(write: &SqlitePool) -> Result<(), RecordsError> {
    const ATTEMPTS: u32 = 5;
    let mut attempt = 1;
    loop {
        let run = || async { SQLITE_MIGRATIONS.run(write).await.map_err(migration_error) };
        match unhindered(run).await {
            Err(RecordsError::Busy(error)) => return Err(RecordsError::Busy(error)),
            Err(_) if attempt < ATTEMPTS => attempt += 1,
            done => return done,
        }
        sleep(RACE_PAUSE).await;
    }
}

/// Does a step again for as long as another process is in its way. SQLite waits for a lock by itself,
/// but says at once that it is busy where both could wait for ever: when two turn on the write-ahead
/// log, or have read and now want to write.
async fn unhindered<T, F>(mut step: impl FnMut() -> F) -> Result<T, RecordsError>
where
    F: Future<Output = Result<T, RecordsError>>,
{
    let begun = Instant::now();
    loop {
        match step().await {
            Err(RecordsError::Busy(_)) if begun.elapsed() < BUSY_TIMEOUT => {
                sleep(RACE_PAUSE).await;
            }
            done => return done,
        }
    }
}

fn migration_error(error: sqlx::migrate::MigrateError) -> RecordsError {
    match error {
        sqlx::migrate::MigrateError::Execute(error) => match RecordsError::from(error) {
            RecordsError::Database(error) => {
                RecordsError::Migration(sqlx::migrate::MigrateError::Execute(error))
            }
            known => known,
        },
        other => RecordsError::Migration(other),
    }
}
