//! What is remembered of each source, and the one transaction that ends a poll.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use sqlx::FromRow;

use super::engine::{on, transaction};
use super::{Dropped, ItemWrite, MailRecord, Result, Sighting, Store, instant};

/// What is remembered of a source between two polls.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceState {
    /// Id of the source.
    pub source: String,
    /// Address that the validators belong to.
    pub url: String,
    /// Title the source gives itself.
    pub title: Option<String>,
    /// `ETag`, byte for byte.
    pub etag: Option<String>,
    /// `Last-Modified`, byte for byte.
    pub last_modified: Option<String>,
    /// blake3 of the last body.
    pub body_hash: Option<String>,
    /// When it may be asked again.
    pub next_poll: Timestamp,
    /// When it was last asked.
    pub last_poll: Option<Timestamp>,
    /// When it last answered well.
    pub last_success: Option<Timestamp>,
    /// When it last had something new.
    pub last_new: Option<Timestamp>,
    /// Failures in a row.
    pub failures: u32,
    /// Kind of the last failure.
    pub error_kind: Option<String>,
    /// The last failure, for people.
    pub error: Option<String>,
    /// It said 410 Gone.
    pub gone: bool,
    /// Where it says it has moved for good.
    pub moved_to: Option<String>,
    /// Its WebSub hub.
    pub hub: Option<String>,
    /// Address that gave the validators, at the end of its redirects.
    pub answered: Option<String>,
    /// When it was first asked.
    pub first_poll: Option<Timestamp>,
    /// Since when it says that it has moved for good.
    pub moved_since: Option<Timestamp>,
    /// Time between two of its items.
    pub rhythm: Option<Duration>,
    /// Until when it asked to be left alone.
    pub wait_until: Option<Timestamp>,
    /// What its last polls gave, as JSON (`collect::PollCounts`).
    pub polls: Option<String>,
    /// What had to be mended in the last poll that gave items.
    pub repairs: Vec<String>,
    /// What is odd about what it gave last.
    pub alarm: Option<String>,
    /// When its answer broke off, if only a part of its last one came.
    pub partial: Option<Timestamp>,
    /// How far a mailbox or folder was read, as its reader writes it.
    pub cursor: Option<String>,
}

impl SourceState {
    /// A source never asked, due at once.
    pub fn new(source: &str, url: &str, now: Timestamp) -> Self {
        SourceState {
            source: source.to_owned(),
            url: url.to_owned(),
            title: None,
            etag: None,
            last_modified: None,
            body_hash: None,
            next_poll: now,
            last_poll: None,
            last_success: None,
            last_new: None,
            failures: 0,
            error_kind: None,
            error: None,
            gone: false,
            moved_to: None,
            hub: None,
            answered: None,
            first_poll: None,
            moved_since: None,
            rhythm: None,
            wait_until: None,
            polls: None,
            repairs: Vec::new(),
            alarm: None,
            partial: None,
            cursor: None,
        }
    }

    /// It answered well at `now`.
    pub fn succeed(&mut self, now: Timestamp) {
        (self.failures, self.error, self.error_kind) = (0, None, None);
        self.last_success = Some(now);
    }

    /// It failed once more: the kind in one word, and why, for people.
    pub fn fail(&mut self, kind: impl Into<String>, why: &str) {
        self.failures += 1;
        (self.error_kind, self.error) = (Some(kind.into()), Some(why.to_owned()));
    }

    /// True when it never answered well: its first items are archive.
    pub fn is_first_poll(&self) -> bool {
        self.last_success.is_none()
    }
}

/// All that a poll, or a part of a large one, changes: written whole or not at all.
#[derive(Debug, Clone)]
pub struct PollRecord {
    /// The source, with its new validators; `None` while more of the same answer is to come.
    pub state: Option<SourceState>,
    /// Items never seen before.
    pub new: Vec<ItemWrite>,
    /// Items seen again with another text.
    pub revised: Vec<ItemWrite>,
    /// Known items now also seen here.
    pub sightings: Vec<Sighting>,
    /// What was left out.
    pub dropped: Vec<Dropped>,
    /// Messages that were read.
    pub mails: Vec<MailRecord>,
}

#[derive(FromRow)]
struct StateRow {
    source: String,
    url: String,
    title: Option<String>,
    etag: Option<String>,
    last_modified: Option<String>,
    body_hash: Option<String>,
    next_poll: i64,
    last_poll: Option<i64>,
    last_success: Option<i64>,
    last_new: Option<i64>,
    failures: i64,
    error_kind: Option<String>,
    error: Option<String>,
    gone: bool,
    moved_to: Option<String>,
    hub: Option<String>,
    answered: Option<String>,
    first_poll: Option<i64>,
    moved_since: Option<i64>,
    rhythm: Option<i64>,
    wait_until: Option<i64>,
    polls: Option<String>,
    repairs: Option<String>,
    alarm: Option<String>,
    partial: Option<i64>,
    cursor: Option<String>,
}

impl From<StateRow> for SourceState {
    fn from(row: StateRow) -> Self {
        SourceState {
            source: row.source,
            url: row.url,
            title: row.title,
            etag: row.etag,
            last_modified: row.last_modified,
            body_hash: row.body_hash,
            next_poll: instant(row.next_poll),
            last_poll: row.last_poll.map(instant),
            last_success: row.last_success.map(instant),
            last_new: row.last_new.map(instant),
            failures: u32::try_from(row.failures).unwrap_or(u32::MAX),
            error_kind: row.error_kind,
            error: row.error,
            gone: row.gone,
            moved_to: row.moved_to,
            hub: row.hub,
            answered: row.answered,
            first_poll: row.first_poll.map(instant),
            moved_since: row.moved_since.map(instant),
            rhythm: row.rhythm.and_then(|ms| u64::try_from(ms).ok()).map(Duration::from_millis),
            wait_until: row.wait_until.map(instant),
            polls: row.polls,
            repairs: row.repairs.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default(),
            alarm: row.alarm,
            partial: row.partial.map(instant),
            cursor: row.cursor,
        }
    }
}

impl Store {
    /// Every source ever asked, by id.
    pub async fn source_states(&self) -> Result<HashMap<String, SourceState>> {
        let rows: Vec<StateRow> =
            on!(self, read, |db| sqlx::query_as("select * from source_state").fetch_all(db).await)?;
        Ok(rows.into_iter().map(|row| (row.source.clone(), row.into())).collect())
    }

    /// Ends a poll: validators and items in one transaction, so that an acknowledged answer is never lost (L1).
    pub async fn record_poll(&self, poll: &PollRecord, now: Timestamp) -> Result<()> {
        transaction!(self, |connection| {
            let writes: Vec<(&ItemWrite, i64)> =
                poll.new.iter().chain(&poll.revised).map(|write| (write, self.mint(now))).collect();
            statements::write_items(connection, &writes).await?;
            statements::insert_sightings(connection, &poll.sightings).await?;
            for dropped in &poll.dropped {
                statements::insert_dropped(connection, dropped).await?;
            }
            for mail in &poll.mails {
                statements::insert_mail(connection, mail).await?;
            }
            if let Some(state) = &poll.state {
                statements::save_state(connection, state).await?;
            }
        });
        Ok(())
    }
}

impl Store {
    /// Remembers polls that brought nothing, all in one transaction.
    pub async fn record_unchanged(&self, states: &[SourceState]) -> Result<()> {
        if states.is_empty() {
            return Ok(());
        }
        transaction!(self, |connection| {
            for state in states {
                statements::save_state(connection, state).await?;
            }
        });
        Ok(())
    }
}
