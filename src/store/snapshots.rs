//! The last good list of each source without a feed: when its site is rebuilt, what it used to give is still known.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::engine::on;
use super::{Result, Store, StoreError, instant, pack, unpack};

/// A link of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedLink {
    /// Its title.
    pub title: String,
    /// Its address.
    pub link: Option<String>,
    /// The day it bears, year first.
    pub day: Option<String>,
}

impl Store {
    /// Remembers the list that a source gave, in the place of the one before.
    pub async fn remember_list(&self, source: &str, list: &[ListedLink], now: Timestamp) -> Result<()> {
        let unwritable = |error: serde_json::Error| StoreError::Value { table: "snapshot", what: error.to_string() };
        let packed = pack(&serde_json::to_string(list).map_err(unwritable)?);
        on!(self, write, |db| sqlx::query(
            "insert into snapshot (source, taken, list) values ($1, $2, $3)
             on conflict (source) do update set taken = excluded.taken, list = excluded.list",
        )
        .bind(source)
        .bind(now.as_millisecond())
        .bind(&packed)
        .execute(db)
        .await
        .map(|_| ()))?;
        Ok(())
    }

    /// The last good list of a source, and when it was taken.
    pub async fn last_list(&self, source: &str) -> Result<Option<(Timestamp, Vec<ListedLink>)>> {
        let row: Option<(i64, Vec<u8>)> =
            on!(self, read, |db| sqlx::query_as("select taken, list from snapshot where source = $1")
                .bind(source)
                .fetch_optional(db)
                .await)?;
        let Some((taken, packed)) = row else { return Ok(None) };
        let unreadable = |error: serde_json::Error| StoreError::Value { table: "snapshot", what: error.to_string() };
        Ok(Some((instant(taken), serde_json::from_str(&unpack(&packed)).map_err(unreadable)?)))
    }
}
