//! What lasts: items, polls, consent, editions, letters. The store is the truth; the index is derived from it.
//!
//! SQLite in WAL mode with `synchronous = full`, or PostgreSQL; one connection writes and a few read. Every statement is
//! written once, in the dialect both read: `$1`, bigint instants and ids minted by the program, JSON as text.

mod calendar;
mod editions;
mod engine;
mod items;
mod mails;
mod migrations;
mod outbox;
mod people;
mod polls;
mod quarantine;
mod relevance;
mod robots;
mod snapshots;
mod write;

use std::cell::RefCell;
use std::fmt;
use std::path::Path;

use jiff::Timestamp;
use thiserror::Error;

use crate::domain::Minter;

use self::engine::{Engine, on};

pub use editions::{EditionPlan, EditionRow, Frozen, GivenRow, MailKind, PlannedLetter};
pub use items::{Dropped, ItemRecord, ItemWrite, KnownItem, Sighting, SketchRecord};
pub use mails::MailRecord;
pub use outbox::{Attempt, OutboxLetter};
pub use people::Consent;
pub use polls::{PollRecord, SourceState};
pub use quarantine::Release;
pub use relevance::LearntRecord;
pub use robots::RobotsRecord;
pub use snapshots::ListedLink;

/// What went wrong in the store, told for the person who runs it.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The database cannot be opened.
    #[error("the store {place} cannot be opened: {source}")]
    Open {
        /// The file, or the server and the database.
        place: Place,
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
        engine::meaning(&error).unwrap_or(StoreError::Engine(error))
    }
}

/// Where a store is, without what is secret in its address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place(String);

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where the name of the store is kept.
const IDENTITY: &str = "store_identity";

/// Result of a store call.
pub type Result<T> = std::result::Result<T, StoreError>;

/// Values bound in one `in (…)` list.
const CHUNK: usize = 500;

/// The store, open.
#[derive(Debug)]
pub struct Store {
    engine: Engine,
    minter: Minter,
    identity: String,
}

impl Store {
    /// Opens the database `vigie.db` of the data folder `dir`, made and migrated if need be.
    ///
    /// # Errors
    /// [`StoreError::Open`], [`StoreError::Corrupt`] or [`StoreError::Newer`]: nothing is ever replaced.
    pub async fn open(dir: &Path) -> Result<Self> {
        Self::ready(Engine::sqlite(dir).await?).await
    }

    /// Opens the PostgreSQL database at `url` (`postgres://user:password@host/name`), which must exist; its tables are
    /// made and migrated if need be.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub async fn connect(url: &str) -> Result<Self> {
        Self::ready(Engine::postgres(url).await?).await
    }

    async fn ready(engine: Engine) -> Result<Self> {
        let mut store = Store { engine, minter: Minter::above(0, 0), identity: String::new() };
        migrations::run(&store).await?;
        let highest: Option<i64> = on!(store, read, |db| {
            sqlx::query_scalar(
                "select max(id) from (select max(seq) as id from item union all select max(id) from outbox
                     union all select max(id) from suggestion union all select max(id) from consent
                     union all select max(id) from share) as ids",
            )
            .fetch_one(db)
            .await
        })?;
        let node = getrandom::u32().map_err(|error| StoreError::Randomness(error.to_string()))?;
        store.minter = Minter::above(highest.unwrap_or(0), node);
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
        Ok(on!(self, read, |db| {
            sqlx::query_scalar("select value from meta where key = $1").bind(key).fetch_optional(db).await
        })?)
    }

    /// Remembers a value.
    pub async fn set_meta(&self, key: &str, value: &str) -> Result<()> {
        on!(self, write, |db| sqlx::query(
            "insert into meta (key, value) values ($1, $2) on conflict (key) do update set value = excluded.value",
        )
        .bind(key)
        .bind(value)
        .execute(db)
        .await
        .map(|_| ()))?;
        Ok(())
    }

    /// Forgets a value.
    pub async fn remove_meta(&self, key: &str) -> Result<()> {
        on!(self, write, |db| sqlx::query("delete from meta where key = $1").bind(key).execute(db).await.map(|_| ()))?;
        Ok(())
    }

    /// Closes every connection; what was committed is on disk already.
    pub async fn close(self) {
        self.engine.close().await;
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

/// Level of compression, one of the quick ones: what is written is short, and the index holds no second copy of it.
const COMPRESSION: i32 = -1;

/// What a packed column begins with (RFC 8878, 3.1.1).
const MAGIC: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];

/// Compresses a text for a binary column.
fn pack(text: &str) -> Vec<u8> {
    pack_bytes(text.as_bytes())
}

/// Compresses a binary column.
fn pack_bytes(bytes: &[u8]) -> Vec<u8> {
    if bytes.is_empty() {
        return Vec::new();
    }
    let packed = COMPRESSOR.with_borrow_mut(|compressor| compressor.as_mut()?.compress(bytes).ok());
    // Compressing to memory hardly fails; the bytes themselves are the fallback, and `unpack` reads them back.
    packed.unwrap_or_else(|| bytes.to_vec())
}

/// Reads what [`pack`] wrote.
fn unpack(bytes: &[u8]) -> String {
    let plain = unpack_bytes(bytes);
    String::from_utf8(plain).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// Reads what [`pack_bytes`] wrote; what was never packed is as it is.
fn unpack_bytes(bytes: &[u8]) -> Vec<u8> {
    if !bytes.starts_with(&MAGIC) {
        return bytes.to_vec();
    }
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
    quick.or_else(|| zstd::decode_all(bytes).ok()).unwrap_or_else(|| bytes.to_vec())
}

/// No text of an item unpacks to more.
const LARGEST_TEXT: usize = 64 << 20;
