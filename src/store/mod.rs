//! What lasts: items, polls, consent, editions, letters. The store is the truth; the index is derived from it.
//!
//! SQLite in WAL mode, `synchronous = full`, one writer connection and a few readers. SQL keeps to the dialect that
//! PostgreSQL reads too: `$1`, bigint instants and ids minted by the program, JSON as text.

mod editions;
mod items;
mod migrations;
mod outbox;
mod people;
mod polls;
mod robots;

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use thiserror::Error;

use crate::domain::Minter;

pub use editions::{EditionPlan, EditionRow, GivenRow, PlannedLetter};
pub use items::{Dropped, ItemRecord, ItemWrite, Sighting, SketchRecord};
pub use outbox::{Attempt, OutboxLetter};
pub use people::Consent;
pub use polls::{PollRecord, SourceState};
pub use robots::RobotsRecord;

/// What went wrong in the store, told for the person who runs it.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The file cannot be opened.
    #[error("the store {path} cannot be opened: {source}")]
    Open {
        /// The database file.
        path: PathBuf,
        /// What the engine said.
        source: sqlx::Error,
    },
    /// The file is not a sound database.
    #[error(
        "the store is damaged: {0}. Nothing will be sent. Put back a copy of vigie.db, or move the file away to start anew"
    )]
    Corrupt(String),
    /// No room left.
    #[error(
        "no room is left on the disk of the store: nothing was lost, nothing is acknowledged; make room and it goes on"
    )]
    Full,
    /// Somebody else keeps it locked.
    #[error("the store stays locked by another program; nothing was changed: stop it, or try again")]
    Busy,
    /// Made by a later version.
    #[error(
        "the store was written by a later version of Vigie (schema {found}, this one knows {known}): use that version"
    )]
    Newer {
        /// Schema number in the file.
        found: i64,
        /// The last one known here.
        known: i64,
    },
    /// A value that should not be there.
    #[error("the store holds something unreadable in {table}: {what}")]
    Value {
        /// Table and key.
        table: &'static str,
        /// What cannot be read.
        what: String,
    },
    /// The system gives no random number.
    #[error("this machine gives no random number: {0}")]
    Randomness(String),
    /// Anything else the engine says.
    #[error("the store failed: {0}")]
    Engine(sqlx::Error),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let code = match &error {
            sqlx::Error::Database(database) => database.code().and_then(|code| code.parse::<u32>().ok()),
            _ => None,
        };
        // Primary result codes of SQLite: https://www.sqlite.org/rescode.html
        match code.map(|code| code & 0xff) {
            Some(13) => StoreError::Full,
            Some(5 | 6) => StoreError::Busy,
            Some(11 | 26) => StoreError::Corrupt(error.to_string()),
            _ => StoreError::Engine(error),
        }
    }
}

/// Where the name of the store is kept.
const IDENTITY: &str = "store_identity";

/// Result of a store call.
pub type Result<T> = std::result::Result<T, StoreError>;

/// The store, open.
#[derive(Debug)]
pub struct Store {
    write: SqlitePool,
    read: SqlitePool,
    minter: Minter,
    identity: String,
}

impl Store {
    /// Opens the database `vigie.db` of the data folder `dir`, made and migrated if need be.
    ///
    /// # Errors
    /// [`StoreError::Open`], [`StoreError::Corrupt`] or [`StoreError::Newer`]: nothing is ever replaced.
    pub async fn open(dir: &Path) -> Result<Self> {
        let path = dir.join("vigie.db");
        let opened = |source| match StoreError::from(source) {
            StoreError::Engine(source) => StoreError::Open { path: path.clone(), source },
            other => other,
        };
        let options = SqliteConnectOptions::new()
            .filename(&path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10));
        let write = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(Duration::from_secs(60))
            .connect_with(options.clone())
            .await
            .map_err(opened)?;
        migrations::run(&write).await?;
        let readers = options.read_only(true).create_if_missing(false);
        let read = SqlitePoolOptions::new().max_connections(4).connect_with(readers).await.map_err(opened)?;
        let highest: Option<i64> = sqlx::query_scalar(
            "select max(id) from (select max(seq) as id from item union all select max(id) from outbox
                 union all select max(id) from suggestion union all select max(id) from consent
                 union all select max(id) from share) as ids",
        )
        .fetch_one(&read)
        .await?;
        let node = getrandom::u32().map_err(|error| StoreError::Randomness(error.to_string()))?;
        let minter = Minter::above(highest.unwrap_or(0), node);
        let mut store = Store { write, read, minter, identity: String::new() };
        store.identity = match store.meta(IDENTITY).await? {
            Some(identity) => identity,
            None => {
                let drawn = getrandom::u64().map_err(|error| StoreError::Randomness(error.to_string()))?;
                store.set_meta(IDENTITY, &format!("{drawn:016x}")).await?;
                format!("{drawn:016x}")
            }
        };
        Ok(store)
    }

    /// A name drawn once: an index made from another store is told by it.
    pub fn identity(&self) -> &str {
        &self.identity
    }

    /// A new number, growing with time.
    pub fn mint(&self, now: Timestamp) -> i64 {
        self.minter.mint(now.as_millisecond())
    }

    /// A remembered value.
    pub async fn meta(&self, key: &str) -> Result<Option<String>> {
        let value = sqlx::query_scalar("select value from meta where key = $1").bind(key).fetch_optional(&self.read);
        Ok(value.await?)
    }

    /// Remembers a value.
    pub async fn set_meta(&self, key: &str, value: &str) -> Result<()> {
        sqlx::query(
            "insert into meta (key, value) values ($1, $2) on conflict (key) do update set value = excluded.value",
        )
        .bind(key)
        .bind(value)
        .execute(&self.write)
        .await?;
        Ok(())
    }

    /// Closes every connection; what was committed is on disk already.
    pub async fn close(self) {
        self.read.close().await;
        self.write.close().await;
    }
}

/// An instant from the store; one that cannot exist reads as 1970.
fn instant(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::UNIX_EPOCH)
}

thread_local! {
    // Making a context costs more than compressing a teaser with it.
    static COMPRESSOR: RefCell<Option<zstd::bulk::Compressor<'static>>> =
        RefCell::new(zstd::bulk::Compressor::new(COMPRESSION).ok());
    static DECOMPRESSOR: RefCell<Option<zstd::bulk::Decompressor<'static>>> =
        RefCell::new(zstd::bulk::Decompressor::new().ok());
}

/// Level of compression: texts are read and written far more often than a disk is full.
const COMPRESSION: i32 = 1;

/// Compresses a text for a binary column.
fn pack(text: &str) -> Vec<u8> {
    if text.is_empty() {
        return Vec::new();
    }
    let packed = COMPRESSOR.with_borrow_mut(|compressor| compressor.as_mut()?.compress(text.as_bytes()).ok());
    // Compressing to memory hardly fails; the text itself is the fallback, and `unpack` reads it back.
    packed.unwrap_or_else(|| text.as_bytes().to_vec())
}

/// Reads what [`pack`] wrote.
fn unpack(bytes: &[u8]) -> String {
    let mut room = (bytes.len() * 8).max(4096);
    let quick = DECOMPRESSOR.with_borrow_mut(|decompressor| {
        let decompressor = decompressor.as_mut()?;
        loop {
            match decompressor.decompress(bytes, room) {
                Ok(plain) => return Some(plain),
                Err(_) if room < LARGEST_TEXT => room *= 8,
                Err(_) => return None,
            }
        }
    });
    let plain = quick.or_else(|| zstd::decode_all(bytes).ok()).unwrap_or_else(|| bytes.to_vec());
    String::from_utf8(plain).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// No text of an item unpacks to more.
const LARGEST_TEXT: usize = 64 << 20;
