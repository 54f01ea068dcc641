//! Newcomers given their stories, among the sketches of the last weeks.

use std::collections::HashSet;

use jiff::Timestamp;

use crate::domain::ItemId;
use crate::store::SketchRecord;
use crate::stories::{Archive, Piece, Sketch, source_number};
use crate::text::reading::Reading;

use super::{PipelineError, Workshop, days_before};

/// Sketches read from the store at once.
const PART: i64 = 500;
/// Days of the archive that newcomers are compared with.
const BACKGROUND_DAYS: u16 = 60;

/// What grouping changed.
#[derive(Debug, Default)]
pub(super) struct Grouped {
    /// Items that joined a story.
    pub joined: usize,
    /// Items that repeat the text of another.
    pub copies: usize,
    /// All whose story or original is another now.
    pub moved: HashSet<ItemId>,
}

/// Groups what was not grouped yet.
pub(super) async fn group(shop: &Workshop, now: Timestamp) -> Result<Grouped, PipelineError> {
    let key = "grouped_up_to";
    let up_to: i64 = shop.store.meta(key).await?.and_then(|value| value.parse().ok()).unwrap_or(0);
    // Weeks of archive are not read for nothing.
    if shop.store.sketches(Timestamp::MIN, up_to, 1).await?.is_empty() {
        return Ok(Grouped::default());
    }
    let mut kept = shop.archive.lock().await;
    let since = days_before(now, BACKGROUND_DAYS);
    // Made anew once what it holds is much older than what it should.
    let stale = kept.oldest().is_some_and(|oldest| oldest < days_before(now, 2 * BACKGROUND_DAYS));
    // Put back only when all is recorded: an archive that knows more than the store is made anew.
    let mut archive = if stale { Archive::default() } else { std::mem::take(&mut *kept) };
    if archive.is_empty() {
        let mut after = 0;
        while after < up_to {
            let mut known = shop.store.sketches(since, after, PART).await?;
            let Some(last) = known.last().map(|record| record.id.0) else { break };
            after = last;
            known.retain(|record| record.id.0 <= up_to);
            sketch_anew(shop, &mut known).await?;
            let adding = move || {
                archive.add(pieces(known));
                archive
            };
            archive = shop.busy(adding).await.unwrap_or_default();
        }
    }
    let mut last = up_to;
    loop {
        let mut new = shop.store.sketches(Timestamp::MIN, last, PART).await?;
        let Some(newest) = new.last().map(|record| record.id.0) else { break };
        last = newest;
        sketch_anew(shop, &mut new).await?;
        let letting_in = move || {
            archive.let_in(pieces(new));
            archive
        };
        archive = shop.busy(letting_in).await.unwrap_or_default();
    }
    let settling = move || {
        let changed = archive.settle();
        (archive, changed)
    };
    let Some((archive, changed)) = shop.busy(settling).await else {
        tracing::error!("new items could not be grouped: they stay stories of their own; please report this");
        shop.store.set_meta(key, &last.to_string()).await?;
        return Ok(Grouped::default());
    };
    let moves: Vec<_> = changed.iter().map(|one| (one.item, one.story, one.copy_of)).collect();
    shop.store.regroup(&moves, now).await?;
    shop.store.set_meta(key, &last.to_string()).await?;
    *kept = archive;
    Ok(Grouped {
        joined: changed.iter().filter(|one| one.copy_of.is_none() && one.story.0 != one.item.0).count(),
        copies: changed.iter().filter(|one| one.copy_of.is_some()).count(),
        moved: changed.iter().map(|one| one.item).collect(),
    })
}

/// Makes the sketches that are missing, or were made by an older version, again from the texts.
async fn sketch_anew(shop: &Workshop, records: &mut [SketchRecord]) -> Result<(), PipelineError> {
    for record in records {
        if record.sketch.as_deref().is_some_and(Sketch::is_current) {
            continue;
        }
        if let Some(found) = shop.store.item(record.id).await? {
            let reading = Reading::new(&found.item.title, &found.item.text, found.item.language);
            record.sketch = Some(Sketch::of(&reading).to_bytes());
        }
    }
    Ok(())
}

fn pieces(records: Vec<SketchRecord>) -> Vec<Piece> {
    let piece = |record: SketchRecord| {
        Some(Piece {
            sketch: Sketch::from_bytes(record.sketch.as_deref()?)?,
            id: record.id,
            story: record.story,
            copy_of: record.copy_of,
            published: record.published,
            class: record.class,
            source: source_number(&record.source),
            language: record.language,
        })
    };
    records.into_iter().filter_map(piece).collect()
}
