//! Messages that were read: where items come from, and what machines sent back.

use jiff::Timestamp;

use super::engine::on;
use super::{Result, Store, instant};

/// A message that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailRecord {
    /// The source it came by.
    pub source: String,
    /// Its `Message-ID`, else a hash of it.
    pub key: String,
    /// When it was sent, or read where it does not say.
    pub received: Timestamp,
    /// What it was (`mail::Mode`).
    pub mode: String,
    /// Subject, sender, query, notice, as JSON.
    pub says: String,
    /// Identities of its items within the source.
    pub items: Vec<String>,
}

type Row = (String, String, i64, String, String);

/// A message as stored; which items it gave is not read with it.
fn read((source, key, received, mode, says): Row) -> MailRecord {
    MailRecord { source, key, received: instant(received), mode, says, items: Vec::new() }
}

impl Store {
    /// Messages of a kind, the newest first; of all kinds when none is named.
    pub async fn mails(&self, source: &str, mode: Option<&str>, limit: i64) -> Result<Vec<MailRecord>> {
        let rows: Vec<Row> = on!(self, read, |db| sqlx::query_as(
            "select source, key, received, mode, says from mail
             where source = $1 and ($2 is null or mode = $2) order by received desc, key limit $3"
        )
        .bind(source)
        .bind(mode)
        .bind(limit)
        .fetch_all(db)
        .await)?;
        Ok(rows.into_iter().map(read).collect())
    }

    /// The messages an item came by, oldest first: kind, and what each says.
    pub async fn mails_of(&self, source: &str, item_key: &str) -> Result<Vec<MailRecord>> {
        let rows: Vec<Row> = on!(self, read, |db| sqlx::query_as(
            "select m.source, m.key, m.received, m.mode, m.says from mail_item i
             join mail m on m.source = i.source and m.key = i.mail
             where i.source = $1 and i.item_key = $2 order by m.received, m.key"
        )
        .bind(source)
        .bind(item_key)
        .fetch_all(db)
        .await)?;
        Ok(rows.into_iter().map(read).collect())
    }
}
