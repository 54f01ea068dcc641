//! What transactions write, each statement once for both engines.

use jiff::Timestamp;
use sqlx::QueryBuilder;

use crate::domain::{Access, Change, LetterState, Suggestion, Tagged, Waiting};

use super::editions::PlannedLetter;
use super::items::{COLUMNS, Dropped, ItemWrite, Sighting, write_mark};
use super::mails::MailRecord;
use super::polls::SourceState;
use super::{CHUNK, Result, StoreError, pack, pack_bytes};

/// A list as JSON.
fn list(values: &[String]) -> String {
    serde_json::Value::from(values).to_string()
}

fn tags(tagged: &Tagged) -> Result<String> {
    serde_json::to_string(tagged).map_err(|error| StoreError::Value { table: "item", what: error.to_string() })
}

fn reasons(suggestion: &Suggestion) -> Result<String> {
    let wrong = |error: serde_json::Error| StoreError::Value { table: "suggestion", what: error.to_string() };
    serde_json::to_string(&suggestion.reasons).map_err(wrong)
}

/// What was fixed when an item was first seen.
const FIXED: [&str; 5] = ["id", "source", "key", "collected", "from_archive"];
/// Items written by one statement: a round trip to the engine costs more than the writing.
const ROWS: usize = 100;

/// Makes each function twice: its statements are bound to the types of one engine.
macro_rules! for_each_engine {
    ($($function:item)*) => {
        pub(super) mod sqlite {
            use super::{COLUMNS, CHUNK, Dropped, FIXED, ItemWrite, MailRecord, QueryBuilder, ROWS, Result, Sighting, SourceState, StoreError, Timestamp};
            use super::{Access, Change, LetterState, PlannedLetter, Suggestion, Waiting, list, pack, pack_bytes, reasons, tags, write_mark};
            type Db = sqlx::Sqlite;
            type Connection = sqlx::SqliteConnection;
            $($function)*
        }
        pub(super) mod postgres {
            use super::{COLUMNS, CHUNK, Dropped, FIXED, ItemWrite, MailRecord, QueryBuilder, ROWS, Result, Sighting, SourceState, StoreError, Timestamp};
            use super::{Access, Change, LetterState, PlannedLetter, Suggestion, Waiting, list, pack, pack_bytes, reasons, tags, write_mark};
            type Db = sqlx::Postgres;
            type Connection = sqlx::PgConnection;
            $($function)*
        }
    };
}

for_each_engine! {
    /// Writes items, new or changed, with their sequence numbers.
    pub async fn write_items(
        connection: &mut Connection,
        writes: &[(&ItemWrite, i64)],
    ) -> Result<()> {
        for chunk in writes.chunks(ROWS) {
            let mut rows = Vec::with_capacity(chunk.len());
            for (write, seq) in chunk {
                rows.push((*write, *seq, tags(&write.tags)?));
            }
            let mut query = QueryBuilder::<Db>::new(format!("insert into item ({}) ", COLUMNS.join(", ")));
            query.push_values(rows, |mut row, (write, seq, tags)| {
                let item = &write.item;
                row.push_bind(item.id.0)
                    .push_bind(seq)
                    .push_bind(item.story.0)
                    .push_bind(item.copy_of.map(|id| id.0))
                    .push_bind(&item.source)
                    .push_bind(&item.key)
                    .push_bind(&item.link)
                    .push_bind(&item.canonical)
                    .push_bind(&item.title)
                    .push_bind(list(&item.authors))
                    .push_bind(list(&item.categories))
                    .push_bind(item.published.at.as_millisecond())
                    .push_bind(item.published.has_hour)
                    .push_bind(item.published.origin.as_str())
                    .push_bind(item.collected.as_millisecond())
                    .push_bind(item.language.code())
                    .push_bind(item.class.as_str())
                    .push_bind(item.hold.as_ref().map(|hold| hold.why.clone()))
                    .push_bind(item.hold.as_ref().and_then(|hold| hold.until).map(|at| at.as_millisecond()))
                    .push_bind(pack(&item.html))
                    .push_bind(pack(&item.text))
                    .push_bind(item.full)
                    .push_bind(item.from_archive)
                    .push_bind(&write.fingerprint)
                    .push_bind(tags)
                    .push_bind(&write.tagged_by)
                    .push_bind(&write.sketch)
                    .push_bind(item.access.map(Access::as_str))
                    .push_bind(item.released.map(|at| at.as_millisecond()))
                    .push_bind(item.waiting.map(Waiting::as_str))
                    .push_bind(item.marked.as_ref().map(write_mark));
            });
            let changing = COLUMNS.iter().filter(|column| !FIXED.contains(column));
            let updates: Vec<String> = changing.map(|column| format!("{column} = excluded.{column}")).collect();
            query.push(format!(" on conflict (id) do update set {}", updates.join(", ")));
            query.build().execute(&mut *connection).await?;
        }
        for (write, _) in writes {
            if let Some(entry) = &write.library {
                let entry = serde_json::to_string(entry)
                    .map_err(|error| StoreError::Value { table: "library", what: error.to_string() })?;
                sqlx::query(
                    "insert into library (item, entry) values ($1, $2) on conflict (item) do update set entry = excluded.entry",
                )
                .bind(write.item.id.0)
                .bind(entry)
                .execute(&mut *connection)
                .await?;
            }
        }
        let sightings: Vec<Sighting> = writes
            .iter()
            .map(|(write, _)| Sighting {
                source: write.item.source.clone(),
                key: write.item.key.clone(),
                item: write.item.id,
                first_seen: write.item.collected,
            })
            .collect();
        insert_sightings(connection, &sightings).await
    }

    /// Moves items, each a row of item, story, original and sequence number.
    pub async fn regroup(connection: &mut Connection, moves: Vec<(i64, i64, Option<i64>, i64)>) -> Result<()> {
        // Both engines name the columns of such a list in this way.
        let mut query = QueryBuilder::<Db>::new(
            "update item set story = moved.column2, copy_of = moved.column3, seq = moved.column4 from (",
        );
        query.push_values(moves, |mut row, (item, story, copy_of, seq)| {
            row.push_bind(item).push_bind(story).push_bind(copy_of).push_bind(seq);
        });
        query.push(") as moved where item.id = moved.column1");
        query.build().execute(&mut *connection).await?;
        Ok(())
    }

    /// Notes where known items were seen.
    pub async fn insert_sightings(
        connection: &mut Connection,
        sightings: &[Sighting],
    ) -> Result<()> {
        for chunk in sightings.chunks(CHUNK) {
            let mut query = QueryBuilder::<Db>::new("insert into sighting (source, key, item, first_seen) ");
            query.push_values(chunk, |mut row, sighting| {
                row.push_bind(&sighting.source)
                    .push_bind(&sighting.key)
                    .push_bind(sighting.item.0)
                    .push_bind(sighting.first_seen.as_millisecond());
            });
            query.push(" on conflict (source, key) do nothing");
            query.build().execute(&mut *connection).await?;
        }
        Ok(())
    }

    /// Notes a message that was read, and which items it gave.
    pub async fn insert_mail(connection: &mut Connection, mail: &MailRecord) -> Result<()> {
        sqlx::query(
            "insert into mail (source, key, received, mode, says) values ($1, $2, $3, $4, $5)
             on conflict (source, key) do update set mode = excluded.mode, says = excluded.says",
        )
        .bind(&mail.source)
        .bind(&mail.key)
        .bind(mail.received.as_millisecond())
        .bind(&mail.mode)
        .bind(&mail.says)
        .execute(&mut *connection)
        .await?;
        for chunk in mail.items.chunks(CHUNK) {
            let mut query = QueryBuilder::<Db>::new("insert into mail_item (source, mail, item_key) ");
            query.push_values(chunk, |mut row, key| {
                row.push_bind(&mail.source).push_bind(&mail.key).push_bind(key);
            });
            query.push(" on conflict (source, item_key, mail) do nothing");
            query.build().execute(&mut *connection).await?;
        }
        Ok(())
    }

    /// Notes what was left out, and why.
    pub async fn insert_dropped(connection: &mut Connection, dropped: &Dropped) -> Result<()> {
        sqlx::query(
            "insert into dropped (source, key, title, link, reason, at) values ($1, $2, $3, $4, $5, $6)
             on conflict (source, key) do update set reason = excluded.reason, title = excluded.title",
        )
        .bind(&dropped.source)
        .bind(&dropped.key)
        .bind(&dropped.title)
        .bind(&dropped.link)
        .bind(&dropped.reason)
        .bind(dropped.at.as_millisecond())
        .execute(&mut *connection)
        .await?;
        Ok(())
    }

    /// Remembers a source.
    pub async fn save_state(connection: &mut Connection, state: &SourceState) -> Result<()> {
        let instant = |at: Option<Timestamp>| at.map(|at| at.as_millisecond());
        sqlx::query(
            "insert into source_state (source, url, title, etag, last_modified, body_hash, next_poll, last_poll,
                 last_success, last_new, failures, error_kind, error, gone, moved_to, hub, first_poll, moved_since, rhythm,
                 wait_until, polls, repairs, alarm, answered, partial, cursor)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26)
             on conflict (source) do update set url = excluded.url, title = excluded.title, etag = excluded.etag,
                 last_modified = excluded.last_modified, body_hash = excluded.body_hash, next_poll = excluded.next_poll,
                 last_poll = excluded.last_poll, last_success = excluded.last_success, last_new = excluded.last_new,
                 failures = excluded.failures, error_kind = excluded.error_kind, error = excluded.error,
                 gone = excluded.gone, moved_to = excluded.moved_to, hub = excluded.hub, first_poll = excluded.first_poll,
                 moved_since = excluded.moved_since, rhythm = excluded.rhythm, wait_until = excluded.wait_until,
                 polls = excluded.polls, repairs = excluded.repairs, alarm = excluded.alarm,
                 answered = excluded.answered, partial = excluded.partial, cursor = excluded.cursor",
        )
        .bind(&state.source)
        .bind(&state.url)
        .bind(&state.title)
        .bind(&state.etag)
        .bind(&state.last_modified)
        .bind(&state.body_hash)
        .bind(state.next_poll.as_millisecond())
        .bind(instant(state.last_poll))
        .bind(instant(state.last_success))
        .bind(instant(state.last_new))
        .bind(i64::from(state.failures))
        .bind(&state.error_kind)
        .bind(&state.error)
        .bind(state.gone)
        .bind(&state.moved_to)
        .bind(&state.hub)
        .bind(instant(state.first_poll))
        .bind(instant(state.moved_since))
        .bind(state.rhythm.map(|rhythm| i64::try_from(rhythm.as_millis()).unwrap_or(i64::MAX)))
        .bind(instant(state.wait_until))
        .bind(&state.polls)
        .bind((!state.repairs.is_empty()).then(|| serde_json::Value::from(state.repairs.clone()).to_string()))
        .bind(&state.alarm)
        .bind(&state.answered)
        .bind(instant(state.partial))
        .bind(&state.cursor)
        .execute(&mut *connection)
        .await?;
        Ok(())
    }

    /// Writes the plan of an edition in place of the one before.
    pub async fn save_suggestions(
        connection: &mut Connection,
        edition: &str,
        suggestions: &[Suggestion],
        numbers: &[i64],
    ) -> Result<()> {
        sqlx::query("delete from suggestion where edition = $1").bind(edition).execute(&mut *connection).await?;
        for (suggestion, number) in suggestions.iter().zip(numbers) {
            sqlx::query(
                "insert into suggestion (id, edition, ambassador, story, item, topic, objective, channel, slot,
                     angle_family, angle, reasons, easy, gain)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
            )
            .bind(number)
            .bind(edition)
            .bind(&suggestion.ambassador)
            .bind(suggestion.story.0)
            .bind(suggestion.item.0)
            .bind(&suggestion.topic)
            .bind(&suggestion.objective)
            .bind(suggestion.channel.as_str())
            .bind(suggestion.slot.to_string())
            .bind(suggestion.family())
            .bind(suggestion.angle())
            .bind(reasons(suggestion)?)
            .bind(suggestion.easy)
            .bind(suggestion.gain)
            .execute(&mut *connection)
            .await?;
        }
        Ok(())
    }

    /// Adds to what changed in an edition.
    pub async fn save_changes(
        connection: &mut Connection,
        edition: &str,
        changes: &[Change],
        numbers: &[i64],
    ) -> Result<()> {
        for (change, number) in changes.iter().zip(numbers) {
            sqlx::query(
                "insert into edition_change (id, edition, kind, ambassador, item, other, channel, slot, why, who, at)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            )
            .bind(number)
            .bind(edition)
            .bind(change.kind.as_str())
            .bind(&change.ambassador)
            .bind(change.item.0)
            .bind(change.other.map(|item| item.0))
            .bind(change.channel.map(|channel| channel.as_str()))
            .bind(change.slot.map(|slot| slot.to_string()))
            .bind(&change.why)
            .bind(&change.who)
            .bind(change.at.as_millisecond())
            .execute(&mut *connection)
            .await?;
        }
        Ok(())
    }

    /// Puts a mail in the outbox, once: false when it is there.
    pub async fn save_letter(
        connection: &mut Connection,
        edition: &str,
        letter: &PlannedLetter,
        number: i64,
        now: Timestamp,
    ) -> Result<bool> {
        let state = match letter.skipped {
            Some(_) => LetterState::Skipped,
            None => LetterState::Rendered,
        };
        let done = sqlx::query(
            "insert into outbox (id, edition, kind, ambassador, address, message_id, subject, message, html, state,
                 attempts, leaves, next_try, reply, created, changed)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11, $11, $12, $13, $13)
             on conflict (edition, kind, ambassador) do nothing",
        )
        .bind(number)
        .bind(edition)
        .bind(letter.kind.as_str())
        .bind(&letter.ambassador)
        .bind(&letter.address)
        .bind(&letter.message_id)
        .bind(&letter.subject)
        .bind(pack_bytes(&letter.message))
        .bind(pack(&letter.html))
        .bind(state.as_str())
        .bind(letter.leaves.as_millisecond())
        .bind(&letter.skipped)
        .bind(now.as_millisecond())
        .execute(&mut *connection)
        .await?;
        Ok(done.rows_affected() == 1)
    }
}
