//! The two engines, and the one way to say a statement to either.
//!
//! Every statement is written once, in the dialect both read. What differs is the word that begins a transaction and
//! the names of two types of columns; both are here.

use std::path::Path;
use std::time::Duration;

use sqlx::pool::PoolOptions;
use sqlx::postgres::{PgConnectOptions, PgDatabaseError};
use sqlx::sqlite::{SqliteConnectOptions, SqliteError, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, Database, Pool, Postgres, Sqlite};

use super::{Place, Result, StoreError};

/// Connections that read; one writes, so that sequence numbers are committed in their order.
const READERS: u32 = 2;
/// How long a statement waits for its connection.
const PATIENCE: Duration = Duration::from_secs(60);

/// A store open on one engine.
#[derive(Debug)]
pub(super) enum Engine {
    Sqlite(Pools<Sqlite>),
    Postgres(Pools<Postgres>),
}

/// The connections of a store.
#[derive(Debug)]
pub(super) struct Pools<D: Database> {
    pub write: Pool<D>,
    pub read: Pool<D>,
}

/// Evaluates an expression with `$db` as the pool of one side (`read` or `write`) of the engine that is open.
macro_rules! on {
    ($store:expr, $side:ident, |$db:ident| $body:expr) => {
        match &$store.engine {
            $crate::store::engine::Engine::Sqlite(pools) => {
                let $db = &pools.$side;
                $body
            }
            $crate::store::engine::Engine::Postgres(pools) => {
                let $db = &pools.$side;
                $body
            }
        }
    };
}

/// Runs a block in one transaction, committed at its end and undone by an early return. `$connection` is what its
/// statements are said to; inside, `statements` are those of `store::write` for the engine that is open.
macro_rules! transaction {
    ($store:expr, |$connection:ident| $body:block) => {
        match &$store.engine {
            $crate::store::engine::Engine::Sqlite(pools) => {
                #[allow(unused_imports, reason = "not every transaction shares its statements")]
                use $crate::store::write::sqlite as statements;
                // A reader that turns writer in the middle may find the door shut; one that says so first waits.
                let mut transaction = pools.write.begin_with("begin immediate").await?;
                let $connection = &mut *transaction;
                let done = $body;
                transaction.commit().await?;
                done
            }
            $crate::store::engine::Engine::Postgres(pools) => {
                #[allow(unused_imports, reason = "not every transaction shares its statements")]
                use $crate::store::write::postgres as statements;
                let mut transaction = pools.write.begin().await?;
                let $connection = &mut *transaction;
                let done = $body;
                transaction.commit().await?;
                done
            }
        }
    };
}

pub(super) use {on, transaction};

impl Engine {
    /// Opens the file `vigie.db` of the data folder `dir`, made if need be.
    pub async fn sqlite(dir: &Path) -> Result<Self> {
        let path = dir.join("vigie.db");
        let opened = |source| match StoreError::from(source) {
            StoreError::Engine(source) => StoreError::Open { place: Place(path.display().to_string()), source },
            other => other,
        };
        let options = SqliteConnectOptions::new()
            .filename(&path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10));
        // A file does not hang up: asking a connection whether it still stands costs as much as a statement.
        let write = pool(1).test_before_acquire(false).connect_with(options.clone()).await.map_err(opened)?;
        // The file must be there before it is opened for reading only.
        let readers = options.read_only(true).create_if_missing(false);
        let read = pool(READERS).test_before_acquire(false).connect_lazy_with(readers);
        Ok(Engine::Sqlite(Pools { write, read }))
    }

    /// Opens the database at `url` (`postgres://user:password@host/name`), which must exist.
    pub async fn postgres(url: &str) -> Result<Self> {
        let unreadable = |source| StoreError::Open { place: Place("PostgreSQL".into()), source };
        let options: PgConnectOptions = url.parse().map_err(unreadable)?;
        // The address may hold a password: only what names the place is shown.
        let name = options.get_database().unwrap_or_else(|| options.get_username()).to_owned();
        let host =
            options.get_socket().map_or_else(|| options.get_host().to_owned(), |path| path.display().to_string());
        let place = Place(format!("PostgreSQL {host}/{name}"));
        let opened = |source| match StoreError::from(source) {
            StoreError::Engine(source) => StoreError::Open { place: place.clone(), source },
            other => other,
        };
        let options = options.application_name("vigie").disable_statement_logging();
        // A pool would try for a minute where nobody listens: the first connection is made by hand, and tells at once.
        options.connect().await.map_err(opened)?.close().await.map_err(opened)?;
        let write = pool(1).connect_lazy_with(options.clone());
        let read = pool(READERS).connect_lazy_with(options);
        Ok(Engine::Postgres(Pools { write, read }))
    }

    /// The text of a migration in this engine's names of types.
    ///
    /// Texts are compared by their bytes, as dates written year first and ids need; PostgreSQL would sort them by the
    /// customs of a country.
    pub fn dialect(&self, migration: &str) -> String {
        match self {
            Engine::Sqlite(_) => migration.replace("{bytes}", "blob"),
            Engine::Postgres(_) => {
                let columns = migration.lines().map(|line| match line.trim_start().starts_with("--") {
                    true => line.to_owned(),
                    false => line.replace(" text", " text collate \"C\""),
                });
                columns.collect::<Vec<_>>().join("\n").replace("{bytes}", "bytea")
            }
        }
    }

    /// Closes every connection.
    pub async fn close(self) {
        match self {
            Engine::Sqlite(pools) => {
                pools.read.close().await;
                pools.write.close().await;
            }
            Engine::Postgres(pools) => {
                pools.read.close().await;
                pools.write.close().await;
            }
        }
    }
}

fn pool<D: Database>(connections: u32) -> PoolOptions<D> {
    PoolOptions::new().max_connections(connections).acquire_timeout(PATIENCE)
}

/// What an engine means by an error, when it is one that people can act on.
pub(super) fn meaning(error: &sqlx::Error) -> Option<StoreError> {
    let database = error.as_database_error()?;
    let code = database.code()?;
    if database.try_downcast_ref::<SqliteError>().is_some() {
        // Primary result codes: https://www.sqlite.org/rescode.html
        return match code.parse::<u32>().ok()? & 0xff {
            13 => Some(StoreError::Full),
            5 | 6 => Some(StoreError::Busy),
            11 | 26 => Some(StoreError::Corrupt(error.to_string())),
            _ => None,
        };
    }
    database.try_downcast_ref::<PgDatabaseError>()?;
    // SQLSTATE: https://www.postgresql.org/docs/current/errcodes-appendix.html
    match code.as_ref() {
        "53100" => Some(StoreError::Full),
        "40001" | "40P01" | "55P03" => Some(StoreError::Busy),
        "XX001" | "XX002" => Some(StoreError::Corrupt(error.to_string())),
        _ => None,
    }
}
