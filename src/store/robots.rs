//! robots.txt of the hosts whose pages are read, kept a day.

use jiff::Timestamp;
use sqlx::FromRow;

use super::engine::on;
use super::{Result, Store, instant};

/// What a host's robots.txt said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RobotsRecord {
    /// When it was asked.
    pub fetched: Timestamp,
    /// False when nothing may be read, as while the server is in trouble (RFC 9309 § 2.3.1.4).
    pub allowed: bool,
    /// The file; `None` where there is none.
    pub body: Option<Vec<u8>>,
}

#[derive(FromRow)]
struct RobotsRow {
    fetched: i64,
    allowed: bool,
    body: Option<Vec<u8>>,
}

impl Store {
    /// What is remembered of the robots.txt of `origin` (`https://example.org:8443`).
    pub async fn robots(&self, origin: &str) -> Result<Option<RobotsRecord>> {
        let row: Option<RobotsRow> =
            on!(self, read, |db| sqlx::query_as("select fetched, allowed, body from robots where origin = $1")
                .bind(origin)
                .fetch_optional(db)
                .await)?;
        let read =
            |row: RobotsRow| RobotsRecord { fetched: instant(row.fetched), allowed: row.allowed, body: row.body };
        Ok(row.map(read))
    }

    /// Remembers a robots.txt.
    pub async fn remember_robots(&self, origin: &str, record: &RobotsRecord) -> Result<()> {
        on!(self, write, |db| sqlx::query(
            "insert into robots (origin, fetched, allowed, body) values ($1, $2, $3, $4)
             on conflict (origin) do update set fetched = excluded.fetched, allowed = excluded.allowed,
                 body = excluded.body",
        )
        .bind(origin)
        .bind(record.fetched.as_millisecond())
        .bind(record.allowed)
        .bind(&record.body)
        .execute(db)
        .await
        .map(|_| ()))?;
        Ok(())
    }
}
