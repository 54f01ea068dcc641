//! The outbox: one row per ambassador and edition, its state on disk before and after each try (S2, S3).

use jiff::Timestamp;
use sqlx::FromRow;

use crate::domain::{EditionId, LetterState};

use super::editions::{MailKind, PlannedLetter};
use super::engine::{on, transaction};
use super::{Result, Store, StoreError, instant, unpack, unpack_bytes};

/// A letter of the outbox.
#[derive(Debug, Clone)]
pub struct OutboxLetter {
    /// Its number.
    pub id: i64,
    /// The week.
    pub edition: EditionId,
    /// What it is.
    pub kind: MailKind,
    /// For whom.
    pub ambassador: String,
    /// Where it goes.
    pub address: String,
    /// Message-ID.
    pub message_id: String,
    /// Subject.
    pub subject: String,
    /// The whole message.
    pub message: Vec<u8>,
    /// Its HTML part.
    pub html: String,
    /// Where it stands.
    pub state: LetterState,
    /// Tries begun.
    pub attempts: u32,
    /// When it was to leave.
    pub leaves: Timestamp,
    /// When it may be tried again.
    pub next_try: Timestamp,
    /// Last answer of the server, or the reason there is no letter.
    pub reply: Option<String>,
    /// When it was written.
    pub created: Timestamp,
}

/// How a try ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The new state.
    pub state: LetterState,
    /// What the server said, or what went wrong.
    pub reply: String,
    /// When to try again, for a deferred letter.
    pub next_try: Timestamp,
}

#[derive(FromRow)]
struct LetterRow {
    id: i64,
    edition: String,
    kind: String,
    ambassador: String,
    address: String,
    message_id: String,
    subject: String,
    message: Vec<u8>,
    html: Vec<u8>,
    state: String,
    attempts: i64,
    leaves: i64,
    next_try: i64,
    reply: Option<String>,
    created: i64,
}

impl LetterRow {
    fn read(self) -> Result<OutboxLetter> {
        let unreadable = |what: String| StoreError::Value { table: "outbox", what };
        Ok(OutboxLetter {
            id: self.id,
            edition: self.edition.parse().map_err(unreadable)?,
            kind: MailKind::from_word(&self.kind).ok_or_else(|| unreadable(self.kind.clone()))?,
            ambassador: self.ambassador,
            address: self.address,
            message_id: self.message_id,
            subject: self.subject,
            message: unpack_bytes(&self.message),
            html: unpack(&self.html),
            state: LetterState::from_word(&self.state).ok_or_else(|| unreadable(self.state.clone()))?,
            attempts: u32::try_from(self.attempts).unwrap_or(u32::MAX),
            leaves: instant(self.leaves),
            next_try: instant(self.next_try),
            reply: self.reply,
            created: instant(self.created),
        })
    }
}

const COLUMNS: &str = "select id, edition, kind, ambassador, address, message_id, subject, message, html, state, \
                       attempts, leaves, next_try, reply, created from outbox";

impl Store {
    /// Mails that may be tried now, the oldest first.
    pub async fn due_letters(&self, now: Timestamp) -> Result<Vec<OutboxLetter>> {
        let sql = format!("{COLUMNS} where state in ('rendered', 'deferred') and next_try <= $1 order by id");
        let rows: Vec<LetterRow> = on!(self, read, |db| sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(now.as_millisecond())
            .fetch_all(db)
            .await)?;
        rows.into_iter().map(LetterRow::read).collect()
    }

    /// Mails in one state, the oldest first.
    pub async fn letters_in(&self, state: LetterState) -> Result<Vec<OutboxLetter>> {
        let sql = format!("{COLUMNS} where state = $1 order by id");
        let rows: Vec<LetterRow> =
            on!(self, read, |db| sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(state.as_str()).fetch_all(db).await)?;
        rows.into_iter().map(LetterRow::read).collect()
    }

    /// Letters of an edition, by ambassador.
    pub async fn letters(&self, edition: EditionId) -> Result<Vec<OutboxLetter>> {
        let sql = format!("{COLUMNS} where edition = $1 and kind = 'letter' order by ambassador");
        let rows: Vec<LetterRow> = on!(self, read, |db| sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(edition.to_string())
            .fetch_all(db)
            .await)?;
        rows.into_iter().map(LetterRow::read).collect()
    }

    /// Puts a mail in the outbox, once: false when one of its kind is there for this week and person.
    pub async fn post(&self, edition: EditionId, letter: &PlannedLetter, now: Timestamp) -> Result<bool> {
        let (id, number) = (edition.to_string(), self.mint(now));
        Ok(transaction!(self, |connection| {
            statements::save_letter(&mut *connection, &id, letter, number, now).await?
        }))
    }

    /// True when a mail of this kind is in the outbox for this week and person, in whatever state.
    pub async fn is_posted(&self, edition: EditionId, kind: MailKind, ambassador: &str) -> Result<bool> {
        let found: Option<i64> = on!(self, read, |db| sqlx::query_scalar(
            "select id from outbox where edition = $1 and kind = $2 and ambassador = $3"
        )
        .bind(edition.to_string())
        .bind(kind.as_str())
        .bind(ambassador)
        .fetch_optional(db)
        .await)?;
        Ok(found.is_some())
    }

    /// Takes back what was not tried yet, is to be tried again or is of unknown fate: a letter, or all of an edition. Whoever
    /// cannot have got it was not given what stood in it. Gives the number of letters taken back.
    pub async fn cancel_letters(
        &self,
        edition: EditionId,
        ambassador: Option<&str>,
        why: &str,
        now: Timestamp,
    ) -> Result<u64> {
        let id = edition.to_string();
        Ok(transaction!(self, |connection| {
            let done = sqlx::query(
                "update outbox set state = 'skipped', reply = $2, changed = $3
                 where edition = $1 and kind = 'letter' and state in ('rendered', 'deferred', 'unknown')
                   and (cast($4 as text) is null or ambassador = $4)",
            )
            .bind(&id)
            .bind(why)
            .bind(now.as_millisecond())
            .bind(ambassador)
            .execute(&mut *connection)
            .await?;
            sqlx::query(
                "delete from given where edition = $1 and ambassador in
                   (select ambassador from outbox where edition = $1 and kind = 'letter' and state = 'skipped'
                      and attempts = 0)",
            )
            .bind(&id)
            .execute(&mut *connection)
            .await?;
            done.rows_affected()
        }))
    }

    /// Marks that a try begins, on disk, before a byte of the message leaves. False when somebody else took it.
    pub async fn begin_attempt(&self, letter: i64, now: Timestamp) -> Result<bool> {
        let taken = on!(self, write, |db| sqlx::query(
            "update outbox set state = 'attempting', attempts = attempts + 1, changed = $2
             where id = $1 and state in ('rendered', 'deferred')",
        )
        .bind(letter)
        .bind(now.as_millisecond())
        .execute(db)
        .await
        .map(|done| done.rows_affected()))?;
        Ok(taken == 1)
    }

    /// Records how a try ended. A letter once sent stays sent.
    pub async fn end_attempt(&self, letter: i64, attempt: &Attempt, now: Timestamp) -> Result<()> {
        on!(self, write, |db| sqlx::query(
            "update outbox set state = $2, reply = $3, next_try = $4, changed = $5 where id = $1 and state <> 'sent'",
        )
        .bind(letter)
        .bind(attempt.state.as_str())
        .bind(&attempt.reply)
        .bind(attempt.next_try.as_millisecond())
        .bind(now.as_millisecond())
        .execute(db)
        .await
        .map(|_| ()))?;
        Ok(())
    }

    /// Takes a letter back before a try, with the reason: whoever does not get it was not given what stands in it.
    pub async fn withdraw(&self, letter: &OutboxLetter, why: &str, now: Timestamp) -> Result<()> {
        transaction!(self, |connection| {
            sqlx::query(
                "update outbox set state = 'skipped', reply = $2, changed = $3
                 where id = $1 and state in ('rendered', 'deferred')",
            )
            .bind(letter.id)
            .bind(why)
            .bind(now.as_millisecond())
            .execute(&mut *connection)
            .await?;
            // A try may have arrived, whatever was said of it.
            if letter.attempts == 0 {
                sqlx::query("delete from given where edition = $1 and ambassador = $2")
                    .bind(letter.edition.to_string())
                    .bind(&letter.ambassador)
                    .execute(&mut *connection)
                    .await?;
            }
        });
        Ok(())
    }

    /// Number of letters in each state.
    pub async fn letter_counts(&self) -> Result<Vec<(LetterState, i64)>> {
        let rows: Vec<(String, i64)> = on!(self, read, |db| sqlx::query_as(
            "select state, count(*) from outbox where kind = 'letter' group by state order by state"
        )
        .fetch_all(db)
        .await)?;
        Ok(rows.into_iter().filter_map(|(state, count)| Some((LetterState::from_word(&state)?, count))).collect())
    }

    /// The next instant at which a letter may be tried.
    pub async fn next_letter(&self) -> Result<Option<Timestamp>> {
        let next: Option<i64> = on!(self, read, |db| sqlx::query_scalar(
            "select min(next_try) from outbox where state in ('rendered', 'deferred')"
        )
        .fetch_one(db)
        .await)?;
        Ok(next.map(instant))
    }
}
