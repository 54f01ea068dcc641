//! What people decide for themselves: consent, with who and when; and the posts they declare.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::domain::{Channel, ItemId, Share};

use super::engine::on;
use super::{Result, Store, StoreError, instant};

/// The last word of a person on taking part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// True when they take part.
    pub given: bool,
    /// Who recorded it.
    pub who: String,
    /// When.
    pub at: Timestamp,
}

impl Store {
    /// Records that somebody takes part, or no longer does. Earlier lines stay.
    pub async fn record_consent(&self, ambassador: &str, given: bool, who: &str, now: Timestamp) -> Result<()> {
        on!(self, write, |db| sqlx::query(
            "insert into consent (id, ambassador, given, who, at) values ($1, $2, $3, $4, $5)"
        )
        .bind(self.mint(now))
        .bind(ambassador)
        .bind(given)
        .bind(who)
        .bind(now.as_millisecond())
        .execute(db)
        .await
        .map(|_| ()))?;
        Ok(())
    }

    /// The last word of each person who ever said one.
    pub async fn consents(&self) -> Result<HashMap<String, Consent>> {
        let rows: Vec<(String, bool, String, i64)> =
            on!(self, read, |db| sqlx::query_as("select ambassador, given, who, at from consent order by id")
                .fetch_all(db)
                .await)?;
        let read = |(ambassador, given, who, at)| (ambassador, Consent { given, who, at: instant(at) });
        Ok(rows.into_iter().map(read).collect())
    }

    /// True when the last word of this person is that they take part.
    pub async fn takes_part(&self, ambassador: &str) -> Result<bool> {
        let last: Option<bool> = on!(self, read, |db| sqlx::query_scalar(
            "select given from consent where ambassador = $1 order by id desc limit 1"
        )
        .bind(ambassador)
        .fetch_optional(db)
        .await)?;
        Ok(last.unwrap_or(false))
    }

    /// Records a post that somebody declares.
    pub async fn record_share(&self, share: &Share, now: Timestamp) -> Result<()> {
        on!(self, write, |db| sqlx::query(
            "insert into share (id, ambassador, item, channel, link, on_day, at) values ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(self.mint(now))
        .bind(&share.ambassador)
        .bind(share.item.map(|id| id.0))
        .bind(share.channel.as_str())
        .bind(&share.link)
        .bind(share.on.to_string())
        .bind(now.as_millisecond())
        .execute(db)
        .await
        .map(|_| ()))?;
        Ok(())
    }

    /// Posts declared for the days from `since` on, oldest first.
    pub async fn shares_since(&self, since: Date) -> Result<Vec<Share>> {
        type Row = (String, Option<i64>, String, Option<String>, String);
        let rows: Vec<Row> = on!(self, read, |db| sqlx::query_as(
            "select ambassador, item, channel, link, on_day from share where on_day >= $1 order by on_day, id",
        )
        .bind(since.to_string())
        .fetch_all(db)
        .await)?;
        let unreadable = |what: &str| StoreError::Value { table: "share", what: what.to_owned() };
        rows.into_iter()
            .map(|(ambassador, item, channel, link, on)| {
                Ok(Share {
                    ambassador,
                    item: item.map(ItemId),
                    channel: Channel::from_word(&channel).ok_or_else(|| unreadable(&channel))?,
                    link,
                    on: on.parse().map_err(|_| unreadable(&on))?,
                })
            })
            .collect()
    }
}
