//! Editions: what was given to whom, written in one transaction with the letters that say so.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use sqlx::FromRow;

use crate::domain::{Angle, Channel, EditionId, ItemId, LetterState, Reason, StoryId, Suggestion};

use super::engine::{on, transaction};
use super::{Result, Store, StoreError, instant};

/// An edition as recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditionRow {
    /// The week.
    pub id: EditionId,
    /// When it was due.
    pub due: Timestamp,
    /// When it was planned.
    pub planned: Timestamp,
    /// Why it was skipped, if it was.
    pub skipped: Option<String>,
}

/// A letter ready for the outbox, or the reason there is none.
#[derive(Debug, Clone)]
pub struct PlannedLetter {
    /// For whom.
    pub ambassador: String,
    /// Where it goes.
    pub address: String,
    /// Message-ID, the same for every try.
    pub message_id: String,
    /// Subject.
    pub subject: String,
    /// The whole message, as it will be sent.
    pub message: Vec<u8>,
    /// Its HTML part alone, for the folder transport and for looking at it.
    pub html: String,
    /// Why there is no letter; `None` sends it.
    pub skipped: Option<String>,
}

/// All that planning an edition writes, at once.
#[derive(Debug, Clone)]
pub struct EditionPlan {
    /// The week.
    pub id: EditionId,
    /// When it was due.
    pub due: Timestamp,
    /// Who is given what.
    pub suggestions: Vec<Suggestion>,
    /// Every item of the stories given, by ambassador: whoever got one member has had the story.
    pub given: Vec<(String, ItemId)>,
    /// One letter per ambassador.
    pub letters: Vec<PlannedLetter>,
    /// Why nothing is sent at all, if so.
    pub skipped: Option<String>,
}

/// What somebody was given, and in which edition.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct GivenRow {
    /// Who.
    pub ambassador: String,
    /// The item.
    pub item: ItemId,
    /// The edition.
    pub edition: EditionId,
}

#[derive(FromRow)]
struct SuggestionRow {
    ambassador: String,
    story: i64,
    item: i64,
    topic: String,
    objective: Option<String>,
    channel: String,
    slot: String,
    angle_family: String,
    angle: String,
    reasons: String,
    easy: bool,
    gain: f64,
}

impl SuggestionRow {
    fn read(self) -> Result<Suggestion> {
        let unreadable = |what: String| StoreError::Value { table: "suggestion", what };
        let reasons: Vec<Reason> =
            serde_json::from_str(&self.reasons).map_err(|error| unreadable(error.to_string()))?;
        Ok(Suggestion {
            story: StoryId(self.story),
            item: ItemId(self.item),
            ambassador: self.ambassador,
            topic: self.topic,
            objective: self.objective,
            channel: Channel::from_word(&self.channel).ok_or_else(|| unreadable(self.channel.clone()))?,
            slot: self.slot.parse().map_err(unreadable)?,
            angle: Angle { family: self.angle_family, text: self.angle },
            // They are in the letter; what was proposed first is what comes back never.
            other_angles: Vec::new(),
            ready: None,
            reasons,
            easy: self.easy,
            gain: self.gain,
        })
    }
}

impl Store {
    /// An edition, if it was planned or skipped.
    pub async fn edition(&self, id: EditionId) -> Result<Option<EditionRow>> {
        let row: Option<(i64, i64, Option<String>)> =
            on!(self, read, |db| sqlx::query_as("select due, planned, skipped from edition where id = $1")
                .bind(id.to_string())
                .fetch_optional(db)
                .await)?;
        Ok(row.map(|(due, planned, skipped)| EditionRow { id, due: instant(due), planned: instant(planned), skipped }))
    }

    /// The last editions, newest first.
    pub async fn editions(&self, limit: i64) -> Result<Vec<EditionRow>> {
        let rows: Vec<(String, i64, i64, Option<String>)> = on!(self, read, |db| sqlx::query_as(
            "select id, due, planned, skipped from edition order by due desc limit $1"
        )
        .bind(limit)
        .fetch_all(db)
        .await)?;
        rows.into_iter()
            .map(|(id, due, planned, skipped)| {
                let id = id.parse().map_err(|what| StoreError::Value { table: "edition", what })?;
                Ok(EditionRow { id, due: instant(due), planned: instant(planned), skipped })
            })
            .collect()
    }

    /// Writes an edition with its suggestions, ledger and letters, all or nothing. An edition already there is left
    /// untouched, and `false` comes back (S1).
    pub async fn record_edition(&self, plan: &EditionPlan, now: Timestamp) -> Result<bool> {
        let id = plan.id.to_string();
        transaction!(self, |connection| {
            let written = sqlx::query(
                "insert into edition (id, due, planned, skipped) values ($1, $2, $3, $4) on conflict (id) do nothing",
            )
            .bind(&id)
            .bind(plan.due.as_millisecond())
            .bind(now.as_millisecond())
            .bind(&plan.skipped)
            .execute(&mut *connection)
            .await?;
            if written.rows_affected() == 0 {
                return Ok(false);
            }
            for suggestion in &plan.suggestions {
                let reasons = serde_json::to_string(&suggestion.reasons)
                    .map_err(|error| StoreError::Value { table: "suggestion", what: error.to_string() })?;
                sqlx::query(
                    "insert into suggestion (id, edition, ambassador, story, item, topic, objective, channel, slot,
                         angle_family, angle, reasons, easy, gain)
                     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
                )
                .bind(self.mint(now))
                .bind(&id)
                .bind(&suggestion.ambassador)
                .bind(suggestion.story.0)
                .bind(suggestion.item.0)
                .bind(&suggestion.topic)
                .bind(&suggestion.objective)
                .bind(suggestion.channel.as_str())
                .bind(suggestion.slot.to_string())
                .bind(&suggestion.angle.family)
                .bind(&suggestion.angle.text)
                .bind(reasons)
                .bind(suggestion.easy)
                .bind(suggestion.gain)
                .execute(&mut *connection)
                .await?;
            }
            for (ambassador, item) in &plan.given {
                sqlx::query(
                    "insert into given (ambassador, item, edition, at) values ($1, $2, $3, $4)
                     on conflict (ambassador, item) do nothing",
                )
                .bind(ambassador)
                .bind(item.0)
                .bind(&id)
                .bind(now.as_millisecond())
                .execute(&mut *connection)
                .await?;
            }
            for letter in &plan.letters {
                let state = match letter.skipped {
                    Some(_) => LetterState::Skipped,
                    None => LetterState::Rendered,
                };
                sqlx::query(
                    "insert into outbox (id, edition, ambassador, address, message_id, subject, message, html, state,
                         attempts, next_try, reply, created, changed)
                     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, $11, $10, $10)",
                )
                .bind(self.mint(now))
                .bind(&id)
                .bind(&letter.ambassador)
                .bind(&letter.address)
                .bind(&letter.message_id)
                .bind(&letter.subject)
                .bind(&letter.message)
                .bind(letter.html.as_bytes())
                .bind(state.as_str())
                .bind(now.as_millisecond())
                .bind(&letter.skipped)
                .execute(&mut *connection)
                .await?;
            }
        });
        Ok(true)
    }

    /// Suggestions of an edition, by ambassador and slot.
    pub async fn suggestions(&self, id: EditionId) -> Result<Vec<Suggestion>> {
        let rows: Vec<SuggestionRow> = on!(self, read, |db| sqlx::query_as(
            "select * from suggestion where edition = $1 order by ambassador, slot, id"
        )
        .bind(id.to_string())
        .fetch_all(db)
        .await)?;
        rows.into_iter().map(SuggestionRow::read).collect()
    }

    /// Items suggested to one person in an edition.
    pub async fn suggested_items(&self, id: EditionId, ambassador: &str) -> Result<Vec<ItemId>> {
        let rows: Vec<i64> = on!(self, read, |db| sqlx::query_scalar(
            "select item from suggestion where edition = $1 and ambassador = $2 order by id"
        )
        .bind(id.to_string())
        .bind(ambassador)
        .fetch_all(db)
        .await)?;
        Ok(rows.into_iter().map(ItemId).collect())
    }

    /// Items that each ambassador was ever given.
    pub async fn given(&self) -> Result<HashMap<String, HashSet<ItemId>>> {
        let rows: Vec<(String, i64)> =
            on!(self, read, |db| sqlx::query_as("select ambassador, item from given").fetch_all(db).await)?;
        let mut given: HashMap<String, HashSet<ItemId>> = HashMap::new();
        for (ambassador, item) in rows {
            given.entry(ambassador).or_default().insert(ItemId(item));
        }
        Ok(given)
    }

    /// Who was given an item of a story, and when.
    pub async fn given_items(&self, items: &[ItemId]) -> Result<Vec<GivenRow>> {
        let mut found = Vec::new();
        for item in items {
            let rows: Vec<(String, String)> = on!(self, read, |db| sqlx::query_as(
                "select ambassador, edition from given where item = $1 order by at, ambassador"
            )
            .bind(item.0)
            .fetch_all(db)
            .await)?;
            for (ambassador, edition) in rows {
                let edition = edition.parse().map_err(|what| StoreError::Value { table: "given", what })?;
                found.push(GivenRow { ambassador, item: *item, edition });
            }
        }
        Ok(found)
    }
}
