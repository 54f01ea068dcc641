//! What is held back, and who released it.

use jiff::Timestamp;

use crate::domain::ItemId;

use super::engine::{on, transaction};
use super::items::{ItemRecord, read_all};
use super::{Result, Store, instant};

/// One release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// The item.
    pub item: ItemId,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub who: String,
    /// What had held it back.
    pub why: String,
    /// What that person noted.
    pub note: Option<String>,
}

impl Store {
    /// Items held back at `now`, the newest first. An embargo that ended holds nothing.
    pub async fn held(&self, now: Timestamp) -> Result<Vec<ItemRecord>> {
        let rows = on!(self, read, |db| {
            sqlx::query_as(
            "select * from item where hold_why is not null and (hold_until is null or hold_until > $1) order by id desc"
        )
        .bind(now.as_millisecond())
        .fetch_all(db)
        .await
        })?;
        read_all(rows)
    }

    /// Releases an item: the hold goes, who took it away and why it was there stay. False when nothing held it.
    pub async fn release(&self, item: ItemId, who: &str, note: Option<&str>, now: Timestamp) -> Result<bool> {
        let seq = self.mint(now);
        let mut released = false;
        transaction!(self, |connection| {
            let why: Option<(Option<String>,)> = sqlx::query_as("select hold_why from item where id = $1")
                .bind(item.0)
                .fetch_optional(&mut *connection)
                .await?;
            if let Some((Some(why),)) = why {
                sqlx::query(
                    "update item set hold_why = null, hold_until = null, waiting = null, released = $1, seq = $2 where id = $3",
                )
                .bind(now.as_millisecond())
                .bind(seq)
                .bind(item.0)
                .execute(&mut *connection)
                .await?;
                sqlx::query("insert into quarantine_release (item, at, who, why, note) values ($1, $2, $3, $4, $5)")
                    .bind(item.0)
                    .bind(now.as_millisecond())
                    .bind(who)
                    .bind(why)
                    .bind(note)
                    .execute(&mut *connection)
                    .await?;
                released = true;
            }
        });
        Ok(released)
    }

    /// Releases since an instant, the newest first.
    pub async fn releases(&self, since: Timestamp) -> Result<Vec<Release>> {
        let rows: Vec<(i64, i64, String, String, Option<String>)> = on!(self, read, |db| sqlx::query_as(
            "select item, at, who, why, note from quarantine_release where at >= $1 order by at desc, item"
        )
        .bind(since.as_millisecond())
        .fetch_all(db)
        .await)?;
        let read = |(item, at, who, why, note)| Release { item: ItemId(item), at: instant(at), who, why, note };
        Ok(rows.into_iter().map(read).collect())
    }
}
