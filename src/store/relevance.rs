//! What people judged of items, and what was learnt of the archive for a line.

use std::collections::HashSet;

use jiff::Timestamp;

use crate::domain::{ItemId, Judgement};

use super::engine::on;
use super::items::{ItemRecord, read_all};
use super::{Result, Store, instant};

/// What was learnt for a line: kept as bytes, which only the scorer reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LearntRecord {
    /// When.
    pub at: Timestamp,
    /// Items there were then.
    pub items: i64,
    /// The model.
    pub model: Vec<u8>,
}

type JudgementRow = (i64, i64, String, Option<String>, bool, String, i64);

impl Store {
    /// Records what somebody judged. Earlier judgements stay; the last one counts.
    pub async fn record_judgement(&self, judgement: &Judgement) -> Result<()> {
        on!(self, write, |db| sqlx::query(
            // Two processes may record at the same instant: the order of ids is that of recording.
            "insert into judgement (id, item, topic, ambassador, relevant, who, at)
             select case when last.id >= $1 then last.id + 1 else $1 end, $2, $3, $4, $5, $6, $7
             from (select coalesce(max(id), 0) as id from judgement) last"
        )
        .bind(self.mint(judgement.at))
        .bind(judgement.item.0)
        .bind(&judgement.topic)
        .bind(judgement.ambassador.as_deref())
        .bind(judgement.relevant)
        .bind(&judgement.who)
        .bind(judgement.at.as_millisecond())
        .execute(db)
        .await
        .map(|_| ()))?;
        Ok(())
    }

    /// All judgements, the oldest first.
    pub async fn judgements(&self) -> Result<Vec<Judgement>> {
        let rows: Vec<JudgementRow> = on!(self, read, |db| sqlx::query_as(
            "select id, item, topic, ambassador, relevant, who, at from judgement order by id"
        )
        .fetch_all(db)
        .await)?;
        let read = |(_, item, topic, ambassador, relevant, who, at): JudgementRow| Judgement {
            item: ItemId(item),
            topic,
            ambassador,
            relevant,
            who,
            at: instant(at),
        };
        Ok(rows.into_iter().map(read).collect())
    }

    /// Items of which this person said that they are not for them: the last word counts.
    pub async fn declined_by(&self, ambassador: &str) -> Result<HashSet<ItemId>> {
        let rows: Vec<(i64, bool)> = on!(self, read, |db| sqlx::query_as(
            "select item, relevant from judgement where ambassador = $1 order by id"
        )
        .bind(ambassador)
        .fetch_all(db)
        .await)?;
        let mut declined = HashSet::new();
        for (item, relevant) in rows {
            if relevant {
                declined.remove(&ItemId(item));
            } else {
                declined.insert(ItemId(item));
            }
        }
        Ok(declined)
    }

    /// Forgets judgements: of a topic, of a person, of both together, or all of them. Gives how many.
    pub async fn forget_judgements(&self, topic: Option<&str>, ambassador: Option<&str>) -> Result<u64> {
        let done = on!(self, write, |db| sqlx::query(
            "delete from judgement where ($1 is null or topic = $1) and ($2 is null or ambassador = $2)"
        )
        .bind(topic)
        .bind(ambassador)
        .execute(db)
        .await
        .map(|done| done.rows_affected()))?;
        Ok(done)
    }

    /// What was learnt for a line, by its fingerprint.
    pub async fn learnt(&self, line: &str) -> Result<Option<LearntRecord>> {
        let row: Option<(i64, i64, Vec<u8>)> =
            on!(self, read, |db| sqlx::query_as("select at, items, model from learnt where line = $1")
                .bind(line)
                .fetch_optional(db)
                .await)?;
        Ok(row.map(|(at, items, model)| LearntRecord { at: instant(at), items, model }))
    }

    /// The same with no more than the first bytes of the model, which tell its version.
    pub async fn learnt_head(&self, line: &str) -> Result<Option<LearntRecord>> {
        let row: Option<(i64, i64, Vec<u8>)> =
            on!(self, read, |db| sqlx::query_as("select at, items, substr(model, 1, 8) from learnt where line = $1")
                .bind(line)
                .fetch_optional(db)
                .await)?;
        Ok(row.map(|(at, items, model)| LearntRecord { at: instant(at), items, model }))
    }

    /// Keeps what was learnt for a line. What was learnt for others goes: a line that comes back is learnt anew.
    pub async fn keep_learnt(&self, line: &str, learnt: &LearntRecord) -> Result<()> {
        on!(self, write, |db| async {
            sqlx::query("delete from learnt where line <> $1").bind(line).execute(db).await?;
            sqlx::query(
                "insert into learnt (line, at, items, model) values ($1, $2, $3, $4)
                 on conflict (line) do update set at = excluded.at, items = excluded.items, model = excluded.model",
            )
            .bind(line)
            .bind(learnt.at.as_millisecond())
            .bind(learnt.items)
            .bind(&learnt.model)
            .execute(db)
            .await
            .map(|_| ())
        }
        .await)?;
        Ok(())
    }

    /// Forgets what was learnt.
    pub async fn forget_learnt(&self) -> Result<()> {
        on!(self, write, |db| sqlx::query("delete from learnt").execute(db).await.map(|_| ()))?;
        Ok(())
    }

    /// Number of items.
    pub async fn item_count(&self) -> Result<i64> {
        Ok(on!(self, read, |db| sqlx::query_scalar("select count(*) from item").fetch_one(db).await)?)
    }

    /// The newest items.
    pub async fn newest(&self, limit: i64) -> Result<Vec<ItemRecord>> {
        let rows =
            on!(self, read, |db| sqlx::query_as("select * from item order by published desc, id desc limit $1")
                .bind(limit)
                .fetch_all(db)
                .await)?;
        read_all(rows)
    }

    /// The newest items of a source.
    pub async fn newest_of(&self, source: &str, limit: i64) -> Result<Vec<ItemRecord>> {
        let rows = on!(self, read, |db| sqlx::query_as(
            "select * from item where source = $1 order by published desc, id desc limit $2"
        )
        .bind(source)
        .bind(limit)
        .fetch_all(db)
        .await)?;
        read_all(rows)
    }

    /// Items published since an instant that other rules tagged, the newest first, those after `last` in that order.
    pub async fn tagged_by_others(
        &self,
        rules: &str,
        since: Timestamp,
        last: Option<(Timestamp, ItemId)>,
        limit: i64,
    ) -> Result<Vec<ItemRecord>> {
        let (at, id) = last.map_or((i64::MAX, i64::MAX), |(at, id)| (at.as_millisecond(), id.0));
        let rows = on!(self, read, |db| {
            sqlx::query_as(
            "select * from item where published >= $1 and published <= $2 and (published, id) < ($2, $3) and tagged_by <> $4
             order by published desc, id desc limit $5"
        )
        .bind(since.as_millisecond())
        .bind(at)
        .bind(id)
        .bind(rules)
        .bind(limit)
        .fetch_all(db)
        .await
        })?;
        read_all(rows)
    }
}
