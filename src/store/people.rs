//! What people decide for themselves: consent, with who and when; and the posts they declare.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use jiff::civil::Date;
use sqlx::FromRow;

use crate::domain::{Channel, Figures, ItemId, Share};

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

#[derive(FromRow)]
struct ShareRow {
    ambassador: String,
    item: Option<i64>,
    channel: String,
    link: Option<String>,
    on_day: String,
    reactions: Option<i64>,
    comments: Option<i64>,
    reshares: Option<i64>,
    impressions: Option<i64>,
}

impl ShareRow {
    fn read(self) -> Result<Share> {
        let unreadable = |what: &str| StoreError::Value { table: "share", what: what.to_owned() };
        let count = |stored: Option<i64>| stored.and_then(|stored| u32::try_from(stored).ok());
        Ok(Share {
            ambassador: self.ambassador,
            item: self.item.map(ItemId),
            channel: Channel::from_word(&self.channel).ok_or_else(|| unreadable(&self.channel))?,
            link: self.link,
            on: self.on_day.parse().map_err(|_| unreadable(&self.on_day))?,
            figures: Figures {
                reactions: count(self.reactions),
                comments: count(self.comments),
                reshares: count(self.reshares),
                impressions: count(self.impressions),
            },
        })
    }
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
            "insert into share (id, ambassador, item, channel, link, on_day, at, reactions, comments, reshares,
                 impressions, measured)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        )
        .bind(self.mint(now))
        .bind(&share.ambassador)
        .bind(share.item.map(|id| id.0))
        .bind(share.channel.as_str())
        .bind(&share.link)
        .bind(share.on.to_string())
        .bind(now.as_millisecond())
        .bind(share.figures.reactions.map(i64::from))
        .bind(share.figures.comments.map(i64::from))
        .bind(share.figures.reshares.map(i64::from))
        .bind(share.figures.impressions.map(i64::from))
        .bind((share.figures != Figures::default()).then(|| now.as_millisecond()))
        .execute(db)
        .await
        .map(|_| ()))?;
        Ok(())
    }

    /// Records what a declared post drew; figures that are not given stay as they are. False when no such post was declared.
    pub async fn measure_share(&self, share: &Share, now: Timestamp) -> Result<bool> {
        let figures = &share.figures;
        let done = on!(self, write, |db| {
            sqlx::query(
            "update share set reactions = coalesce($1, reactions), comments = coalesce($2, comments),
                 reshares = coalesce($3, reshares), impressions = coalesce($4, impressions), measured = $5
             where ambassador = $6 and channel = $7 and on_day = $8 and coalesce(item, 0) = $9 and coalesce(link, '') = $10",
        )
        .bind(figures.reactions.map(i64::from))
        .bind(figures.comments.map(i64::from))
        .bind(figures.reshares.map(i64::from))
        .bind(figures.impressions.map(i64::from))
        .bind(now.as_millisecond())
        .bind(&share.ambassador)
        .bind(share.channel.as_str())
        .bind(share.on.to_string())
        .bind(share.item.map_or(0, |item| item.0))
        .bind(share.link.as_deref().unwrap_or_default())
        .execute(db)
        .await
        .map(|done| done.rows_affected())
        })?;
        Ok(done > 0)
    }

    /// Records that somebody puts a story off: it may come once more.
    pub async fn record_postponed(&self, ambassador: &str, item: ItemId, who: &str, now: Timestamp) -> Result<()> {
        on!(self, write, |db| sqlx::query(
            "insert into postponed (id, ambassador, item, who, at) values ($1, $2, $3, $4, $5)"
        )
        .bind(self.mint(now))
        .bind(ambassador)
        .bind(item.0)
        .bind(who)
        .bind(now.as_millisecond())
        .execute(db)
        .await
        .map(|_| ()))?;
        Ok(())
    }

    /// What each person put off, and when they did last.
    pub async fn postponed(&self) -> Result<BTreeMap<(String, ItemId), Timestamp>> {
        let rows: Vec<(String, i64, i64)> = on!(self, read, |db| sqlx::query_as(
            "select ambassador, item, max(at) from postponed group by ambassador, item"
        )
        .fetch_all(db)
        .await)?;
        Ok(rows.into_iter().map(|(ambassador, item, at)| ((ambassador, ItemId(item)), instant(at))).collect())
    }

    /// Posts declared for the days from `since` on, oldest first.
    pub async fn shares_since(&self, since: Date) -> Result<Vec<Share>> {
        let rows: Vec<ShareRow> = on!(self, read, |db| sqlx::query_as(
            "select ambassador, item, channel, link, on_day, reactions, comments, reshares, impressions from share
             where on_day >= $1 order by on_day, id",
        )
        .bind(since.to_string())
        .fetch_all(db)
        .await)?;
        rows.into_iter().map(ShareRow::read).collect()
    }
}
