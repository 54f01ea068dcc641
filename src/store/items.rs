//! Items: kept once, seen in many places, never lost.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use sqlx::{FromRow, QueryBuilder};

use crate::domain::{
    Access, Confidentiality, DateOrigin, Hold, Item, ItemId, Language, LibraryEntry, Published, StoryId, Tagged,
    Waiting,
};

use super::engine::{on, transaction};
use super::{CHUNK, Result, Store, StoreError, instant, unpack};

/// Columns of an item, in the order they are bound.
pub(super) const COLUMNS: [&str; 31] = [
    "id",
    "seq",
    "story",
    "copy_of",
    "source",
    "key",
    "link",
    "canonical",
    "title",
    "authors",
    "categories",
    "published",
    "has_hour",
    "published_from",
    "collected",
    "language",
    "class",
    "hold_why",
    "hold_until",
    "html",
    "body",
    "is_full",
    "from_archive",
    "fingerprint",
    "tags",
    "tagged_by",
    "sketch",
    "access",
    "released",
    "waiting",
    "marked",
];
/// An item to be written, for the first time or because its text, date or grouping changed.
#[derive(Debug, Clone)]
pub struct ItemWrite {
    /// The item.
    pub item: Item,
    /// What the line made of it.
    pub tags: Tagged,
    /// Fingerprint of the line that made `tags`.
    pub tagged_by: String,
    /// Hash of what the source said, so that an edit is seen.
    pub fingerprint: String,
    /// What grouping keeps of it (`stories::Sketch`, stored form).
    pub sketch: Vec<u8>,
    /// What the library says of it.
    pub library: Option<LibraryEntry>,
}

/// What grouping needs of an item.
#[derive(Debug, Clone)]
pub struct SketchRecord {
    /// Its number.
    pub id: ItemId,
    /// Its story.
    pub story: StoryId,
    /// The item whose text it repeats.
    pub copy_of: Option<ItemId>,
    /// Its source.
    pub source: String,
    /// When it was published.
    pub published: Timestamp,
    /// Its class.
    pub class: Confidentiality,
    /// Its language.
    pub language: Language,
    /// The stored form; `None` for items kept before there were sketches.
    pub sketch: Option<Vec<u8>>,
}

#[derive(FromRow)]
struct SketchRow {
    id: i64,
    story: i64,
    copy_of: Option<i64>,
    source: String,
    published: i64,
    class: String,
    language: String,
    sketch: Option<Vec<u8>>,
}

/// What tells whether a known item was edited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownItem {
    /// Its number.
    pub id: ItemId,
    /// The source it was first seen in.
    pub source: String,
    /// Hash of what the source said.
    pub fingerprint: String,
    /// Its address.
    pub link: Option<String>,
    /// Its canonical address.
    pub canonical: Option<String>,
}

#[derive(FromRow)]
struct KnownRow {
    seen_as: String,
    id: i64,
    source: String,
    fingerprint: String,
    link: Option<String>,
    canonical: Option<String>,
}

impl KnownRow {
    fn read(self) -> (String, KnownItem) {
        let KnownRow { seen_as, id, source, fingerprint, link, canonical } = self;
        (seen_as, KnownItem { id: ItemId(id), source, fingerprint, link, canonical })
    }
}

/// A known item seen in one more place.
#[derive(Debug, Clone)]
pub struct Sighting {
    /// Where.
    pub source: String,
    /// Its identity there.
    pub key: String,
    /// The item.
    pub item: ItemId,
    /// When.
    pub first_seen: Timestamp,
}

/// Something left out, with the reason.
#[derive(Debug, Clone, PartialEq)]
pub struct Dropped {
    /// Where it was seen.
    pub source: String,
    /// Its identity there.
    pub key: String,
    /// Its title.
    pub title: String,
    /// Its address.
    pub link: Option<String>,
    /// Why it was left out.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

/// An item with what surrounds it in the store.
#[derive(Debug, Clone)]
pub struct ItemRecord {
    /// Sequence number of its last change.
    pub seq: i64,
    /// The item.
    pub item: Item,
    /// What the line made of it.
    pub tags: Tagged,
    /// Fingerprint of the line that made `tags`.
    pub tagged_by: String,
    /// Hash of what the source said.
    pub fingerprint: String,
}

#[derive(FromRow)]
pub(super) struct ItemRow {
    id: i64,
    seq: i64,
    story: i64,
    copy_of: Option<i64>,
    source: String,
    key: String,
    link: Option<String>,
    canonical: Option<String>,
    title: String,
    authors: String,
    categories: String,
    published: i64,
    has_hour: bool,
    published_from: String,
    collected: i64,
    language: String,
    class: String,
    hold_why: Option<String>,
    hold_until: Option<i64>,
    /// Left out where only the text matters.
    #[sqlx(default)]
    html: Vec<u8>,
    body: Vec<u8>,
    is_full: bool,
    from_archive: bool,
    fingerprint: String,
    tags: String,
    tagged_by: String,
    access: Option<String>,
    released: Option<i64>,
    waiting: Option<String>,
    marked: Option<String>,
}

impl ItemRow {
    fn read(self) -> Result<ItemRecord> {
        let unreadable = |what: String| StoreError::Value { table: "item", what };
        let list = |text: &str| serde_json::from_str(text).map_err(|error| unreadable(format!("{}: {error}", self.id)));
        let tags = serde_json::from_str(&self.tags).map_err(|error| unreadable(format!("{}: {error}", self.id)))?;
        let origin = DateOrigin::ALL
            .into_iter()
            .find(|origin| origin.as_str() == self.published_from)
            .unwrap_or(DateOrigin::Collected);
        Ok(ItemRecord {
            seq: self.seq,
            item: Item {
                id: ItemId(self.id),
                story: StoryId(self.story),
                copy_of: self.copy_of.map(ItemId),
                authors: list(&self.authors)?,
                categories: list(&self.categories)?,
                source: self.source,
                key: self.key,
                link: self.link,
                canonical: self.canonical,
                title: self.title,
                published: Published { at: instant(self.published), has_hour: self.has_hour, origin },
                collected: instant(self.collected),
                language: Language::from_tag(&self.language),
                class: Confidentiality::from_word(&self.class),
                hold: self.hold_why.map(|why| Hold { why, until: self.hold_until.map(instant) }),
                released: self.released.map(instant),
                waiting: self.waiting.as_deref().and_then(Waiting::from_word),
                marked: self.marked.as_deref().map(read_mark),
                access: self.access.as_deref().and_then(Access::from_word),
                html: unpack(&self.html),
                text: unpack(&self.body),
                full: self.is_full,
                from_archive: self.from_archive,
            },
            tags,
            tagged_by: self.tagged_by,
            fingerprint: self.fingerprint,
        })
    }
}

/// A mark as stored: an instant or nothing, a blank, and why.
fn read_mark(text: &str) -> Hold {
    let (until, why) = text.split_once(' ').unwrap_or(("-", text));
    Hold { why: why.to_owned(), until: until.parse().ok().map(instant) }
}

/// The stored form of a mark.
pub(super) fn write_mark(mark: &Hold) -> String {
    let until = mark.until.map_or_else(|| "-".to_owned(), |at| at.as_millisecond().to_string());
    format!("{until} {}", mark.why)
}

pub(super) fn read_all(rows: Vec<ItemRow>) -> Result<Vec<ItemRecord>> {
    rows.into_iter().map(ItemRow::read).collect()
}

impl Store {
    /// One item.
    pub async fn item(&self, id: ItemId) -> Result<Option<ItemRecord>> {
        let row: Option<ItemRow> = on!(self, read, |db| sqlx::query_as("select * from item where id = $1")
            .bind(id.0)
            .fetch_optional(db)
            .await)?;
        row.map(ItemRow::read).transpose()
    }

    /// Items of these numbers, in no particular order; unknown numbers are left out.
    pub async fn items(&self, ids: &[ItemId]) -> Result<Vec<ItemRecord>> {
        let mut found = Vec::with_capacity(ids.len());
        for chunk in ids.chunks(CHUNK) {
            let rows = on!(self, read, |db| {
                let mut query = QueryBuilder::new("select * from item where id in (");
                let mut list = query.separated(", ");
                for id in chunk {
                    list.push_bind(id.0);
                }
                query.push(")");
                query.build_query_as().fetch_all(db).await
            })?;
            found.extend(read_all(rows)?);
        }
        Ok(found)
    }

    /// Sequence and item number of the next items that changed after the sequence number `after`, oldest change first.
    pub async fn changed_since(&self, after: i64, limit: i64) -> Result<Vec<(i64, ItemId)>> {
        let rows: Vec<(i64, i64)> = on!(self, read, |db| {
            let sql = "select seq, id from item where seq > $1 order by seq limit $2";
            sqlx::query_as(sql).bind(after).bind(limit).fetch_all(db).await
        })?;
        Ok(rows.into_iter().map(|(seq, id)| (seq, ItemId(id))).collect())
    }

    /// The next items that changed after the sequence number `after`, oldest change first.
    pub async fn changed_after(&self, after: i64, limit: i64) -> Result<Vec<ItemRecord>> {
        let columns: Vec<&str> = COLUMNS.into_iter().filter(|column| !matches!(*column, "html" | "sketch")).collect();
        let query = format!("select {} from item where seq > $1 order by seq limit $2", columns.join(", "));
        // The names are ours, compiled in: nothing from outside is in the text.
        let rows = on!(self, read, |db| sqlx::query_as(sqlx::AssertSqlSafe(query))
            .bind(after)
            .bind(limit)
            .fetch_all(db)
            .await)?;
        read_all(rows)
    }

    /// Items published since `since`, oldest first.
    pub async fn published_since(&self, since: Timestamp) -> Result<Vec<ItemRecord>> {
        let rows =
            on!(self, read, |db| sqlx::query_as("select * from item where published >= $1 order by published, id")
                .bind(since.as_millisecond())
                .fetch_all(db)
                .await)?;
        read_all(rows)
    }

    /// Members of a story, the first published first.
    pub async fn story(&self, story: StoryId) -> Result<Vec<ItemRecord>> {
        let rows = on!(self, read, |db| sqlx::query_as("select * from item where story = $1 order by published, id")
            .bind(story.0)
            .fetch_all(db)
            .await)?;
        read_all(rows)
    }

    /// Which of these identities of a source are known, and what tells whether they were edited since.
    pub async fn known(&self, source: &str, keys: &[String]) -> Result<HashMap<String, KnownItem>> {
        let mut known = HashMap::new();
        for chunk in keys.chunks(CHUNK) {
            let rows: Vec<KnownRow> = on!(self, read, |db| {
                let mut query = QueryBuilder::new(
                    "select s.key as seen_as, i.id, i.source, i.fingerprint, i.link, i.canonical
                     from sighting s join item i on i.id = s.item where s.source = ",
                );
                query.push_bind(source).push(" and s.key in (");
                let mut list = query.separated(", ");
                for key in chunk {
                    list.push_bind(key);
                }
                query.push(")");
                query.build_query_as().fetch_all(db).await
            })?;
            known.extend(rows.into_iter().map(KnownRow::read));
        }
        Ok(known)
    }

    /// Which of these identities of a source were left out before.
    pub async fn dropped_keys(&self, source: &str, keys: &[String]) -> Result<HashSet<String>> {
        let mut dropped = HashSet::new();
        for chunk in keys.chunks(CHUNK) {
            let rows: Vec<String> = on!(self, read, |db| {
                let mut query = QueryBuilder::new("select key from dropped where source = ");
                query.push_bind(source).push(" and key in (");
                let mut list = query.separated(", ");
                for key in chunk {
                    list.push_bind(key);
                }
                query.push(")");
                query.build_query_scalar().fetch_all(db).await
            })?;
            dropped.extend(rows);
        }
        Ok(dropped)
    }

    /// Items that stand at one of these canonical addresses, in the same confidentiality class: never across.
    pub async fn at_addresses(&self, addresses: &[String], class: Confidentiality) -> Result<HashMap<String, ItemId>> {
        let mut found = HashMap::new();
        for chunk in addresses.chunks(CHUNK) {
            let rows: Vec<(String, i64)> = on!(self, read, |db| {
                let mut query = QueryBuilder::new("select canonical, id from item where class = ");
                query.push_bind(class.as_str()).push(" and canonical in (");
                let mut list = query.separated(", ");
                for address in chunk {
                    list.push_bind(address);
                }
                query.push(") order by id desc");
                query.build_query_as().fetch_all(db).await
            })?;
            found.extend(rows.into_iter().map(|(address, id)| (address, ItemId(id))));
        }
        Ok(found)
    }

    /// Every item at a canonical address.
    pub async fn at_address(&self, address: &str) -> Result<Vec<ItemRecord>> {
        let rows = on!(self, read, |db| sqlx::query_as("select * from item where canonical = $1 order by id")
            .bind(address)
            .fetch_all(db)
            .await)?;
        read_all(rows)
    }

    /// Where an item was seen: source and instant, the first first.
    pub async fn sightings(&self, item: ItemId) -> Result<Vec<(String, Timestamp)>> {
        let rows: Vec<(String, i64)> = on!(self, read, |db| sqlx::query_as(
            "select source, first_seen from sighting where item = $1 order by first_seen, source"
        )
        .bind(item.0)
        .fetch_all(db)
        .await)?;
        Ok(rows.into_iter().map(|(source, at)| (source, instant(at))).collect())
    }

    /// What was left out at an address, or everything since an instant when no address is given.
    pub async fn dropped(&self, link: Option<&str>, since: Timestamp) -> Result<Vec<Dropped>> {
        type Row = (String, String, String, Option<String>, String, i64);
        let rows: Vec<Row> = on!(self, read, |db| sqlx::query_as(
            "select source, key, title, link, reason, at from dropped
             where at >= $1 and ($2 is null or link = $2) order by at, source, key",
        )
        .bind(since.as_millisecond())
        .bind(link)
        .fetch_all(db)
        .await)?;
        let read =
            |(source, key, title, link, reason, at): Row| Dropped { source, key, title, link, reason, at: instant(at) };
        Ok(rows.into_iter().map(read).collect())
    }

    /// What grouping needs of the next items published since `since` and numbered after `after`, in order of their number.
    pub async fn sketches(&self, since: Timestamp, after: i64, limit: i64) -> Result<Vec<SketchRecord>> {
        let rows: Vec<SketchRow> = on!(self, read, |db| sqlx::query_as(
            "select id, story, copy_of, source, published, class, language, sketch from item
             where published >= $1 and id > $2 order by id limit $3",
        )
        .bind(since.as_millisecond())
        .bind(after)
        .bind(limit)
        .fetch_all(db)
        .await)?;
        let read = |row: SketchRow| SketchRecord {
            id: ItemId(row.id),
            story: StoryId(row.story),
            copy_of: row.copy_of.map(ItemId),
            published: instant(row.published),
            class: Confidentiality::from_word(&row.class),
            language: Language::from_tag(&row.language),
            source: row.source,
            sketch: row.sketch,
        };
        Ok(rows.into_iter().map(read).collect())
    }

    /// Moves items to other stories, all in one transaction.
    pub async fn regroup(&self, moves: &[(ItemId, StoryId, Option<ItemId>)], now: Timestamp) -> Result<()> {
        if moves.is_empty() {
            return Ok(());
        }
        transaction!(self, |connection| {
            for chunk in moves.chunks(CHUNK) {
                let rows = chunk
                    .iter()
                    .map(|(item, story, copy_of)| (item.0, story.0, copy_of.map(|id| id.0), self.mint(now)));
                statements::regroup(&mut *connection, rows.collect()).await?;
            }
        });
        Ok(())
    }

    /// Items that wait for something, the oldest first.
    pub async fn waiting_for(&self, what: Waiting, since: Timestamp) -> Result<Vec<ItemRecord>> {
        let rows = on!(self, read, |db| sqlx::query_as(
            "select * from item where waiting = $1 and published >= $2 order by id"
        )
        .bind(what.as_str())
        .bind(since.as_millisecond())
        .fetch_all(db)
        .await)?;
        read_all(rows)
    }

    /// Every item of each of these stories, whatever its age.
    pub async fn story_items(&self, stories: &[StoryId]) -> Result<HashMap<StoryId, Vec<ItemId>>> {
        let mut found: HashMap<StoryId, Vec<ItemId>> = HashMap::new();
        for chunk in stories.chunks(CHUNK) {
            let rows: Vec<(i64, i64)> = on!(self, read, |db| {
                let mut query = QueryBuilder::new("select story, id from item where story in (");
                let mut list = query.separated(", ");
                for story in chunk {
                    list.push_bind(story.0);
                }
                query.push(") order by id");
                query.build_query_as().fetch_all(db).await
            })?;
            for (story, item) in rows {
                found.entry(StoryId(story)).or_default().push(ItemId(item));
            }
        }
        Ok(found)
    }

    /// Writes what changed in known items, all in one transaction.
    pub async fn revise(&self, revisions: &[ItemWrite], now: Timestamp) -> Result<()> {
        if revisions.is_empty() {
            return Ok(());
        }
        transaction!(self, |connection| {
            let writes: Vec<(&ItemWrite, i64)> = revisions.iter().map(|write| (write, self.mint(now))).collect();
            statements::write_items(connection, &writes).await?;
        });
        Ok(())
    }

    /// Number of items, and of stories.
    pub async fn totals(&self) -> Result<(i64, i64)> {
        Ok(on!(self, read, |db| sqlx::query_as("select count(*), count(distinct story) from item")
            .fetch_one(db)
            .await)?)
    }

    /// The highest sequence number; 0 in an empty store.
    pub async fn last_seq(&self) -> Result<i64> {
        let last: Option<i64> =
            on!(self, read, |db| sqlx::query_scalar("select max(seq) from item").fetch_one(db).await)?;
        Ok(last.unwrap_or(0))
    }
}
