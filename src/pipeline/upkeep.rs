//! What keeps the derived in step with the truth: tags after a change of the line, the index after any change.

use jiff::Timestamp;

use crate::index::{Entry, Writer};
use crate::store::ItemRecord;
use crate::text::reading::Reading;

use super::keep::Judges;
use super::{PipelineError, Workshop, days_before, rules_fingerprint, with_class_in_force};

/// Items read from the store at once.
const BATCH: i64 = 250;
/// Items put into the index between two commits: each makes a segment, and segments are merged.
const COMMITTED: usize = 20_000;
/// Days of the archive that are tagged anew when the line changes.
const RETAGGED_DAYS: u16 = 90;

/// Tags anew what another line had tagged, over the recent archive. Gives the number of items whose tags were made
/// again.
///
/// # Errors
/// When the store fails.
pub async fn retag(shop: &Workshop, now: Timestamp) -> Result<usize, PipelineError> {
    let fingerprint = rules_fingerprint(&shop.config);
    let key = "tagged_by";
    if shop.store.meta(key).await?.as_deref() == Some(fingerprint.as_str()) {
        return Ok(0);
    }
    let judges = Judges::new(shop);
    let mut stale = Vec::new();
    for record in shop.store.published_since(days_before(now, RETAGGED_DAYS)).await? {
        if record.tagged_by == fingerprint {
            continue;
        }
        let item = with_class_in_force(shop, record.item);
        stale.push(judges.judge(item, record.fingerprint));
    }
    shop.store.revise(&stale, now).await?;
    shop.store.set_meta(key, &fingerprint).await?;
    Ok(stale.len())
}

/// Brings the index up to the store; gives the number of items put in. `tell` hears how many so far.
///
/// # Errors
/// When the store or the index fails; what was committed before stays.
pub async fn catch_up_index(shop: &Workshop, tell: &(dyn Fn(usize) + Sync)) -> Result<usize, PipelineError> {
    let mut done = 0;
    let mut up_to = shop.index.seq();
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
                put(&mut open, &records)?;
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

fn put(writer: &mut Writer<'_>, records: &[ItemRecord]) -> Result<(), PipelineError> {
    for record in records {
        let reading = Reading::new(&record.item.title, &record.item.text, record.item.language);
        writer.put(&[Entry { item: &record.item, tags: &record.tags, reading: &reading }])?;
    }
    Ok(())
}
