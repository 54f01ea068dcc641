//! Editions: what is planned for whom, how people changed it, and, once frozen, the ledger and the letters, in one
//! transaction.

use jiff::Timestamp;
use sqlx::FromRow;

use crate::domain::{
    Angle, Change, ChangeKind, Channel, EditionId, Given, ItemId, Ledger, Reason, StoryId, Suggestion,
};

use super::engine::{on, transaction};
use super::{Result, Store, StoreError, instant};

/// An edition as recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditionRow {
    /// The week.
    pub id: EditionId,
    /// When it is due.
    pub due: Timestamp,
    /// When it was planned.
    pub planned: Timestamp,
    /// Why it was skipped, if it was.
    pub skipped: Option<String>,
    /// When its letters were written: from then on nothing is planned again.
    pub frozen: Option<Timestamp>,
    /// Who approved it, and when.
    pub approved: Option<(String, Timestamp)>,
    /// Counts its changes: whoever changes it says which it saw.
    pub revision: i64,
}

impl EditionRow {
    /// True while people may still change it.
    pub fn is_open(&self) -> bool {
        self.frozen.is_none() && self.skipped.is_none()
    }
}

/// What a mail of the outbox is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MailKind {
    /// Somebody's letter.
    Letter,
    /// The brief of the week, for the lead.
    Brief,
    /// A day before the letters leave, and nobody approved them.
    DayBefore,
    /// The same two hours before.
    HoursBefore,
}

impl MailKind {
    /// Every kind.
    pub const ALL: [MailKind; 4] = [MailKind::Letter, MailKind::Brief, MailKind::DayBefore, MailKind::HoursBefore];

    /// The word of the store.
    pub fn as_str(self) -> &'static str {
        match self {
            MailKind::Letter => "letter",
            MailKind::Brief => "brief",
            MailKind::DayBefore => "day_before",
            MailKind::HoursBefore => "hours_before",
        }
    }

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Self> {
        MailKind::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// A mail ready for the outbox, or the reason there is none.
#[derive(Debug, Clone)]
pub struct PlannedLetter {
    /// What it is.
    pub kind: MailKind,
    /// For whom: an ambassador, or the lead's address.
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
    /// When it leaves.
    pub leaves: Timestamp,
    /// Why there is no letter; `None` sends it.
    pub skipped: Option<String>,
}

/// A plan of an edition: nobody was given anything yet.
#[derive(Debug, Clone)]
pub struct EditionPlan {
    /// The week.
    pub id: EditionId,
    /// When it is due.
    pub due: Timestamp,
    /// Who is proposed what.
    pub suggestions: Vec<Suggestion>,
    /// Why nothing is sent at all, if so.
    pub skipped: Option<String>,
}

/// What freezing an edition writes, at once, beside its last plan.
#[derive(Debug, Clone, Default)]
pub struct Frozen {
    /// Every item of the stories given, by ambassador: whoever got one member has had the story.
    pub given: Vec<(String, ItemId, Given)>,
    /// One letter per ambassador.
    pub letters: Vec<PlannedLetter>,
    /// What the plan lost by itself since it was made, and why.
    pub lost: Vec<Change>,
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
struct EditionColumns {
    id: String,
    due: i64,
    planned: i64,
    skipped: Option<String>,
    frozen: Option<i64>,
    approved: Option<i64>,
    approved_by: Option<String>,
    revision: i64,
}

impl EditionColumns {
    fn read(self) -> Result<EditionRow> {
        Ok(EditionRow {
            id: self.id.parse().map_err(|what| StoreError::Value { table: "edition", what })?,
            due: instant(self.due),
            planned: instant(self.planned),
            skipped: self.skipped,
            frozen: self.frozen.map(instant),
            approved: self.approved.map(|at| (self.approved_by.unwrap_or_default(), instant(at))),
            revision: self.revision,
        })
    }
}

#[derive(FromRow)]
struct ChangeRow {
    kind: String,
    ambassador: Option<String>,
    item: i64,
    other: Option<i64>,
    channel: Option<String>,
    slot: Option<String>,
    why: Option<String>,
    who: String,
    at: i64,
}

impl ChangeRow {
    fn read(self) -> Result<Change> {
        let unreadable = |what: &str| StoreError::Value { table: "edition_change", what: what.to_owned() };
        let channel = |word: String| Channel::from_word(&word).ok_or_else(|| unreadable(&word));
        Ok(Change {
            kind: ChangeKind::from_word(&self.kind).ok_or_else(|| unreadable(&self.kind))?,
            ambassador: self.ambassador,
            item: ItemId(self.item),
            other: self.other.map(ItemId),
            channel: self.channel.map(channel).transpose()?,
            slot: self.slot.map(|slot| slot.parse().map_err(|_| unreadable(&slot))).transpose()?,
            why: self.why,
            who: self.who,
            at: instant(self.at),
        })
    }
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
        let first = Angle { family: self.angle_family, text: self.angle };
        Ok(Suggestion {
            story: StoryId(self.story),
            item: ItemId(self.item),
            ambassador: self.ambassador,
            topic: self.topic,
            objective: self.objective,
            channel: Channel::from_word(&self.channel).ok_or_else(|| unreadable(self.channel.clone()))?,
            slot: self.slot.parse().map_err(unreadable)?,
            // The others are in the letter; what was proposed first is what comes back never.
            angles: Some(first).filter(|angle| !angle.text.is_empty()).into_iter().collect(),
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
        let row: Option<EditionColumns> = on!(self, read, |db| sqlx::query_as(
            "select id, due, planned, skipped, frozen, approved, approved_by, revision from edition where id = $1"
        )
        .bind(id.to_string())
        .fetch_optional(db)
        .await)?;
        row.map(EditionColumns::read).transpose()
    }

    /// The last editions, newest first.
    pub async fn editions(&self, limit: i64) -> Result<Vec<EditionRow>> {
        let rows: Vec<EditionColumns> = on!(self, read, |db| {
            sqlx::query_as(
            "select id, due, planned, skipped, frozen, approved, approved_by, revision from edition order by due desc limit $1"
        )
        .bind(limit)
        .fetch_all(db)
        .await
        })?;
        rows.into_iter().map(EditionColumns::read).collect()
    }

    /// Writes a plan. An edition already there is left untouched, and `false` comes back (S1).
    pub async fn record_edition(&self, plan: &EditionPlan, now: Timestamp) -> Result<bool> {
        let id = plan.id.to_string();
        let numbers: Vec<i64> = plan.suggestions.iter().map(|_| self.mint(now)).collect();
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
            statements::save_suggestions(&mut *connection, &id, &plan.suggestions, &numbers).await?;
        });
        Ok(true)
    }

    /// Replaces the plan of an edition that is still open, and records what changed it. An approval is for what was seen: it
    /// does not outlive a change of the plan. False when it was frozen or changed since `row` was read: then nothing is written.
    pub async fn replan_edition(
        &self,
        row: &EditionRow,
        suggestions: &[Suggestion],
        changes: &[Change],
        now: Timestamp,
    ) -> Result<bool> {
        let id = row.id.to_string();
        let numbers: Vec<i64> = suggestions.iter().map(|_| self.mint(now)).collect();
        let change_numbers: Vec<i64> = changes.iter().map(|_| self.mint(now)).collect();
        transaction!(self, |connection| {
            let open = sqlx::query(
                "update edition set approved = null, approved_by = null, revision = revision + 1
                 where id = $1 and revision = $2 and frozen is null and skipped is null",
            )
            .bind(&id)
            .bind(row.revision)
            .execute(&mut *connection)
            .await?;
            if open.rows_affected() == 0 {
                return Ok(false);
            }
            statements::save_suggestions(&mut *connection, &id, suggestions, &numbers).await?;
            statements::save_changes(&mut *connection, &id, changes, &change_numbers).await?;
        });
        Ok(true)
    }

    /// Freezes an edition: its last plan, the ledger and its letters, all or nothing. False when it was frozen, skipped or
    /// changed meanwhile: then nothing is written.
    pub async fn freeze_edition(
        &self,
        id: EditionId,
        revision: i64,
        suggestions: &[Suggestion],
        frozen: &Frozen,
        now: Timestamp,
    ) -> Result<bool> {
        let id = id.to_string();
        let numbers: Vec<i64> = suggestions.iter().map(|_| self.mint(now)).collect();
        let letter_numbers: Vec<i64> = frozen.letters.iter().map(|_| self.mint(now)).collect();
        let change_numbers: Vec<i64> = frozen.lost.iter().map(|_| self.mint(now)).collect();
        transaction!(self, |connection| {
            let open = sqlx::query(
                "update edition set frozen = $2
                     where id = $1 and revision = $3 and frozen is null and skipped is null",
            )
            .bind(&id)
            .bind(now.as_millisecond())
            .bind(revision)
            .execute(&mut *connection)
            .await?;
            if open.rows_affected() == 0 {
                return Ok(false);
            }
            statements::save_suggestions(&mut *connection, &id, suggestions, &numbers).await?;
            statements::save_changes(&mut *connection, &id, &frozen.lost, &change_numbers).await?;
            for (ambassador, item, given) in &frozen.given {
                sqlx::query(
                    "insert into given (ambassador, item, edition, channel, family, at) values ($1, $2, $3, $4, $5, $6)
                     on conflict (ambassador, item, edition) do nothing",
                )
                .bind(ambassador)
                .bind(item.0)
                .bind(&id)
                .bind(given.channel.as_str())
                .bind(&given.family)
                .bind(given.at.as_millisecond())
                .execute(&mut *connection)
                .await?;
            }
            for (letter, number) in frozen.letters.iter().zip(&letter_numbers) {
                statements::save_letter(&mut *connection, &id, letter, *number, now).await?;
            }
        });
        Ok(true)
    }

    /// Records that somebody approved an edition that is still open. False when there is none.
    pub async fn approve_edition(&self, id: EditionId, who: &str, now: Timestamp) -> Result<bool> {
        let done = on!(self, write, |db| {
            sqlx::query(
            "update edition set approved = $2, approved_by = $3 where id = $1 and frozen is null and skipped is null",
        )
        .bind(id.to_string())
        .bind(now.as_millisecond())
        .bind(who)
        .execute(db)
        .await
        .map(|done| done.rows_affected())
        })?;
        Ok(done == 1)
    }

    /// Gives up an edition that is still open, with the reason. False when there is none.
    pub async fn skip_edition(&self, id: EditionId, why: &str) -> Result<bool> {
        let done = on!(self, write, |db| sqlx::query(
            "update edition set skipped = $2 where id = $1 and frozen is null and skipped is null",
        )
        .bind(id.to_string())
        .bind(why)
        .execute(db)
        .await
        .map(|done| done.rows_affected()))?;
        Ok(done == 1)
    }

    /// What people changed in an edition, and what it lost by itself, in order.
    pub async fn changes(&self, id: EditionId) -> Result<Vec<Change>> {
        let rows: Vec<ChangeRow> = on!(self, read, |db| {
            sqlx::query_as(
            "select kind, ambassador, item, other, channel, slot, why, who, at from edition_change where edition = $1
             order by id"
        )
        .bind(id.to_string())
        .fetch_all(db)
        .await
        })?;
        rows.into_iter().map(ChangeRow::read).collect()
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

    /// Articles of their own that an edition told somebody of.
    pub async fn own_articles(&self, id: EditionId, ambassador: &str) -> Result<Vec<ItemId>> {
        let rows: Vec<i64> = on!(self, read, |db| sqlx::query_scalar(
            "select item from given where edition = $1 and ambassador = $2 and family = 'own' order by item"
        )
        .bind(id.to_string())
        .bind(ambassador)
        .fetch_all(db)
        .await)?;
        Ok(rows.into_iter().map(ItemId).collect())
    }

    /// What people were given of `items`.
    pub async fn ledger(&self, items: &[ItemId]) -> Result<Ledger> {
        let mut ledger = Ledger::new();
        for part in items.chunks(500) {
            let places = (1..=part.len()).map(|place| format!("${place}")).collect::<Vec<_>>().join(", ");
            let sql = format!("select ambassador, item, channel, family, at from given where item in ({places})");
            let rows: Vec<(String, i64, String, String, i64)> = on!(self, read, |db| {
                let mut query = sqlx::query_as(sqlx::AssertSqlSafe(sql));
                for item in part {
                    query = query.bind(item.0);
                }
                query.fetch_all(db).await
            })?;
            for (ambassador, item, channel, family, at) in rows {
                let channel = Channel::from_word(&channel)
                    .ok_or_else(|| StoreError::Value { table: "given", what: channel.clone() })?;
                let given = Given { at: instant(at), channel, family };
                ledger.entry(ambassador).or_default().entry(ItemId(item)).or_default().push(given);
            }
        }
        Ok(ledger)
    }

    /// Items given to anybody until `until`, those given last first.
    pub async fn given_until(&self, until: Timestamp, limit: i64) -> Result<Vec<ItemId>> {
        let rows: Vec<i64> = on!(self, read, |db| sqlx::query_scalar(
            "select item from given where at <= $1 group by item order by max(at) desc, item limit $2"
        )
        .bind(until.as_millisecond())
        .bind(limit)
        .fetch_all(db)
        .await)?;
        Ok(rows.into_iter().map(ItemId).collect())
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
