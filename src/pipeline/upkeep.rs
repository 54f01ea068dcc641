//! What keeps the derived in step with the truth: tags after a change of the line, the index after any change.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

use crate::domain::ItemId;
use crate::index::{Entry, Writer};
use crate::store::ItemRecord;
use crate::text::reading::Reading;

use super::keep::Judges;
use super::{PipelineError, Workshop, days_before, learning, with_class_in_force};

/// Items read from the store at once.
const BATCH: i64 = 250;
/// Items put into the index between two commits: each makes a segment, and segments are merged.
const COMMITTED: usize = 20_000;
/// Days of the archive that are tagged anew when only what was learnt has changed.
const RETAGGED_DAYS: u16 = 90;
/// Where the rules are kept by which the archive was last tagged to its end.
const TAGGED_BY: &str = "tagged_by";

/// Learns of the archive where that is due, then tags anew what other rules had tagged. Gives the number of items whose tags
/// were made again.
///
/// # Errors
/// When the store fails.
pub async fn learn_and_retag(shop: &Workshop, now: Timestamp) -> Result<usize, PipelineError> {
    learning::learn(shop, now).await?;
    retag(shop, now, usize::MAX).await
}

/// Tags anew what other rules had tagged, the newest first and `most` at once: the whole archive after a change of the line,
/// its last months and the library when only what was learnt is new. Gives the number of items whose tags were made again.
///
/// Items are taken a few hundred at a time, each in a transaction of its own: collecting goes on beside it, and memory does
/// not grow with the archive.
///
/// # Errors
/// When the store fails.
pub(super) async fn retag(shop: &Workshop, now: Timestamp, most: usize) -> Result<usize, PipelineError> {
    let judges = Judges::in_force(shop).await?;
    let before = shop.store.meta(TAGGED_BY).await?;
    if before.as_deref() == Some(judges.rules()) {
        return Ok(0);
    }
    let same_line = before.is_some_and(|rules| line_of(&rules) == line_of(judges.rules()));
    let since = if same_line { days_before(now, RETAGGED_DAYS) } else { Timestamp::MIN };
    let mut done = 0;
    let mut last = None;
    while done < most {
        let records = shop.store.tagged_by_others(judges.rules(), since, last, BATCH).await?;
        last = records.last().map(|record| (record.item.published.at, record.item.id));
        if records.is_empty() {
            done += retag_library(shop, &judges, now).await?;
            shop.store.set_meta(TAGGED_BY, judges.rules()).await?;
            break;
        }
        done += records.len();
        // What cannot be judged is not asked for again and again.
        if !judge_again(shop, &judges, records, now).await? {
            break;
        }
    }
    Ok(done)
}

/// Tags anew what lasts, however old it is.
async fn retag_library(shop: &Workshop, judges: &Judges, now: Timestamp) -> Result<usize, PipelineError> {
    let ids: Vec<ItemId> = shop.store.library().await?.into_keys().collect();
    let mut done = 0;
    for ids in ids.chunks(usize::try_from(BATCH).unwrap_or(1)) {
        let mut records = shop.store.items(ids).await?;
        records.retain(|record| record.tagged_by != judges.rules());
        done += records.len();
        judge_again(shop, judges, records, now).await?;
    }
    Ok(done)
}

/// Judges records and writes what comes of it; false when they cannot be judged.
async fn judge_again(
    shop: &Workshop,
    judges: &Judges,
    records: Vec<ItemRecord>,
    now: Timestamp,
) -> Result<bool, PipelineError> {
    let judges = judges.clone();
    let stale: Vec<_> =
        records.into_iter().map(|record| (with_class_in_force(shop, record.item), record.fingerprint)).collect();
    let judged = shop
        .busy(move || stale.into_iter().map(|(item, print)| judges.judge(item, print).write).collect::<Vec<_>>())
        .await;
    let Some(writes) = judged else { return Ok(false) };
    shop.store.revise(&writes, now).await?;
    Ok(true)
}

/// The part of the rules that is the line; the rest is what was learnt for it.
fn line_of(rules: &str) -> &str {
    rules.split_once('-').map_or(rules, |(line, _)| line)
}

/// Brings the index up to the store; gives the number of items put in. `tell` hears how many so far.
///
/// # Errors
/// When the store or the index fails; what was committed before stays.
pub async fn catch_up_index(shop: &Workshop, tell: &(dyn Fn(usize) + Sync)) -> Result<usize, PipelineError> {
    let mut done = 0;
    let mut up_to = shop.index.seq();
    let newest = up_to;
    let mut writer: Option<Writer<'_>> = None;
    let mut waiting = 0;
    loop {
        let records = shop.store.changed_after(up_to, BATCH).await?;
        let last = records.last().map(|record| record.seq);
        // Indexing is work for a processor, not for the runtime's threads.
        tokio::task::block_in_place(|| -> Result<(), PipelineError> {
            if last.is_some() {
                let mut open = match writer.take() {
                    Some(open) => open,
                    None => shop.index.writer()?,
                };
                put_in(&mut open, &records, newest)?;
                writer = Some(open);
            }
            waiting += records.len();
            if waiting >= COMMITTED || last.is_none() {
                if let Some(open) = writer.take() {
                    open.commit(last.unwrap_or(up_to))?;
                }
                waiting = 0;
            }
            Ok(())
        })?;
        let Some(last) = last else {
            return Ok(done);
        };
        up_to = last;
        done += records.len();
        tell(done);
    }
}

/// Puts records in; those numbered above `newest`, the mark of the last commit, were never in.
fn put_in(writer: &mut Writer<'_>, records: &[ItemRecord], newest: i64) -> Result<(), PipelineError> {
    for record in records {
        let reading = Reading::new(&record.item.title, &record.item.text, record.item.language);
        let entry = Entry::of(&record.item, &record.tags, &reading);
        // Numbers of items and of changes are minted by one minter, which only goes up.
        if entry.id().0 > newest { writer.add(entry)? } else { writer.replace(entry)? }
    }
    Ok(())
}

/// The index, written while a harvest goes on: what is kept goes in at once, so that its words are read once.
///
/// Nothing of it is to be seen before [`LiveIndex::finish`]; a harvest that ends before leaves the index as it was, and
/// the next [`catch_up_index`] brings it up.
pub(super) struct LiveIndex<'a> {
    shop: &'a Workshop,
    open: Mutex<Open<'a>>,
}

#[derive(Default)]
struct Open<'a> {
    writer: Option<Writer<'a>>,
    put: HashSet<ItemId>,
}

impl<'a> LiveIndex<'a> {
    pub fn new(shop: &'a Workshop) -> Self {
        LiveIndex { shop, open: Mutex::default() }
    }

    /// Puts in what a transaction has just kept: items never seen before, and edited ones.
    pub fn put(&self, new: Vec<Entry>, edited: Vec<Entry>) -> Result<(), PipelineError> {
        if (new.is_empty() && edited.is_empty()) || !self.shop.indexing {
            return Ok(());
        }
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let Open { writer, put } = &mut *open;
        let writer = match writer {
            Some(writer) => writer,
            None => writer.insert(self.shop.index.writer()?),
        };
        put.extend(new.iter().chain(&edited).map(Entry::id));
        for entry in new {
            writer.add(entry)?;
        }
        for entry in edited {
            writer.replace(entry)?;
        }
        Ok(())
    }

    /// Puts in whatever else changed, commits, and gives the memory of writing back. `changed_again` are items that may
    /// have changed after they were put in.
    pub async fn finish(self, changed_again: &[ItemId]) -> Result<usize, PipelineError> {
        let shop = self.shop;
        let Open { mut writer, mut put } = self.open.into_inner().unwrap_or_else(PoisonError::into_inner);
        for item in changed_again {
            put.remove(item);
        }
        let mut done = put.len();
        if !shop.indexing {
            return Ok(0);
        }
        let mut up_to = shop.index.seq();
        loop {
            let changed = shop.store.changed_since(up_to, BATCH * 20).await?;
            let Some((last, _)) = changed.last().copied() else { break };
            let others: Vec<ItemId> = changed.into_iter().map(|(_, id)| id).filter(|id| !put.contains(id)).collect();
            for ids in others.chunks(usize::try_from(BATCH).unwrap_or(1)) {
                let records = shop.store.items(ids).await?;
                let mut open = match writer.take() {
                    Some(open) => open,
                    None => shop.index.writer()?,
                };
                tokio::task::block_in_place(|| put_in(&mut open, &records, i64::MAX))?;
                writer = Some(open);
                done += records.len();
            }
            up_to = last;
        }
        if let Some(writer) = writer {
            tokio::task::block_in_place(|| writer.commit(up_to))?;
        }
        Ok(done)
    }
}

/// Tells the index that the last changes of the store, those of `moved` items from story to story, are none for it: it
/// knows no stories. Any other change is left to [`catch_up_index`].
pub(super) async fn pass_over(shop: &Workshop, moved: &HashSet<ItemId>) -> Result<(), PipelineError> {
    if !shop.indexing {
        return Ok(());
    }
    let mut up_to = shop.index.seq();
    let before = up_to;
    loop {
        let changed = shop.store.changed_since(up_to, BATCH * 20).await?;
        let Some((last, _)) = changed.last().copied() else { break };
        if !changed.iter().all(|(_, id)| moved.contains(id)) {
            return Ok(());
        }
        up_to = last;
    }
    if up_to > before {
        let writer = shop.index.writer()?;
        tokio::task::block_in_place(|| writer.commit(up_to))?;
    }
    Ok(())
}
