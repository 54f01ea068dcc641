//! Newcomers given their stories, among the sketches of the last weeks.

use jiff::Timestamp;

use crate::store::SketchRecord;
use crate::stories::{Archive, Piece, Sketch, source_number};
use crate::text::reading::Reading;

use super::{PipelineError, Workshop, days_before};

/// Sketches read from the store at once.
const PART: i64 = 2000;
/// Days of the archive that newcomers are compared with.
const BACKGROUND_DAYS: u16 = 60;

/// Groups what was not grouped yet; gives how many joined a story and how many are copies.
pub(super) async fn group(shop: &Workshop, now: Timestamp) -> Result<(usize, usize), PipelineError> {
    let key = "grouped_up_to";
    let up_to: i64 = shop.store.meta(key).await?.and_then(|value| value.parse().ok()).unwrap_or(0);
    let mut kept = shop.archive.lock().await;
    let since = days_before(now, BACKGROUND_DAYS);
    // Made anew once what it holds is much older than what it should.
    let stale = kept.oldest().is_some_and(|oldest| oldest < days_before(now, 2 * BACKGROUND_DAYS));
    let mut archive = if stale { Archive::default() } else { std::mem::take(&mut *kept) };
    if archive.is_empty() {
        let mut after = 0;
        loop {
            let known = shop.store.sketches(since, after, PART).await?;
            let Some(last) = known.last().map(|record| record.id.0) else { break };
            after = last;
            let of_before = known.into_iter().filter(|record| record.id.0 <= up_to).collect();
            archive.add(pieces(shop, of_before).await?);
            if after >= up_to {
                break;
            }
        }
    }
    let mut last = up_to;
    loop {
        let new = shop.store.sketches(Timestamp::MIN, last, PART).await?;
        let Some(newest) = new.last().map(|record| record.id.0) else { break };
        last = newest;
        archive.let_in(pieces(shop, new).await?);
    }
    if last == up_to {
        *kept = archive;
        return Ok((0, 0));
    }
    // Grouping is work for a processor, not for the runtime's threads.
    let (archive, changed) = tokio::task::block_in_place(|| {
        let changed = archive.settle();
        (archive, changed)
    });
    *kept = archive;
    let moves: Vec<_> = changed.iter().map(|one| (one.item, one.story, one.copy_of)).collect();
    shop.store.regroup(&moves, now).await?;
    shop.store.set_meta(key, &last.to_string()).await?;
    let copies = changed.iter().filter(|one| one.copy_of.is_some()).count();
    let joined = changed.iter().filter(|one| one.copy_of.is_none() && one.story.0 != one.item.0).count();
    Ok((joined, copies))
}

/// Sketches made pieces; those of an older version are made again from the texts.
async fn pieces(shop: &Workshop, records: Vec<SketchRecord>) -> Result<Vec<Piece>, PipelineError> {
    let mut pieces = Vec::with_capacity(records.len());
    for record in records {
        let sketch = match record.sketch.as_deref().and_then(Sketch::from_bytes) {
            Some(sketch) => sketch,
            None => match shop.store.item(record.id).await? {
                Some(found) => {
                    let item = found.item;
                    Sketch::of(&Reading::new(&item.title, &item.text, item.language))
                }
                None => continue,
            },
        };
        pieces.push(Piece {
            id: record.id,
            story: record.story,
            copy_of: record.copy_of,
            published: record.published,
            class: record.class,
            source: source_number(&record.source),
            language: record.language,
            sketch,
        });
    }
    Ok(pieces)
}
