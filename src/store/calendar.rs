//! The calendar of the company's pages, and what the library says of its contents.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::domain::{CalendarEntry, ItemId, LibraryEntry};

use super::engine::{on, transaction};
use super::{Result, SourceState, Store, instant};

impl Store {
    /// Replaces the entries of a calendar, and ends its poll, in one transaction.
    pub async fn record_calendar(&self, state: &SourceState, entries: &[CalendarEntry]) -> Result<()> {
        transaction!(self, |connection| {
            sqlx::query("delete from calendar_entry where source = $1")
                .bind(&state.source)
                .execute(&mut *connection)
                .await?;
            for entry in entries {
                sqlx::query(
                    "insert into calendar_entry (source, uid, starts, ends, all_day, title, notes, link, categories)
                     values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (source, uid, starts) do nothing",
                )
                .bind(&state.source)
                .bind(&entry.uid)
                .bind(entry.starts.as_millisecond())
                .bind(entry.ends.map(Timestamp::as_millisecond))
                .bind(entry.all_day)
                .bind(&entry.title)
                .bind(&entry.notes)
                .bind(&entry.link)
                .bind(serde_json::Value::from(entry.categories.clone()).to_string())
                .execute(&mut *connection)
                .await?;
            }
            statements::save_state(&mut *connection, state).await?;
        });
        Ok(())
    }

    /// What stands in the calendars between two instants, the first first.
    pub async fn calendar(&self, from: Timestamp, to: Timestamp) -> Result<Vec<CalendarEntry>> {
        type Row = (String, String, i64, Option<i64>, bool, String, String, Option<String>, String);
        let rows: Vec<Row> = on!(self, read, |db| sqlx::query_as(
            "select source, uid, starts, ends, all_day, title, notes, link, categories from calendar_entry
             where starts >= $1 and starts < $2 order by starts, source, uid"
        )
        .bind(from.as_millisecond())
        .bind(to.as_millisecond())
        .fetch_all(db)
        .await)?;
        let read = |(source, uid, starts, ends, all_day, title, notes, link, categories): Row| CalendarEntry {
            source,
            uid,
            starts: instant(starts),
            ends: ends.map(instant),
            all_day,
            title,
            notes,
            link,
            categories: serde_json::from_str(&categories).unwrap_or_default(),
        };
        Ok(rows.into_iter().map(read).collect())
    }

    /// What the library says of each of its contents.
    pub async fn library(&self) -> Result<HashMap<ItemId, LibraryEntry>> {
        let rows: Vec<(i64, String)> =
            on!(self, read, |db| sqlx::query_as("select item, entry from library").fetch_all(db).await)?;
        let read = |(item, entry): (i64, String)| Some((ItemId(item), serde_json::from_str(&entry).ok()?));
        Ok(rows.into_iter().filter_map(read).collect())
    }
}
