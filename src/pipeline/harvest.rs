//! A harvest: sources polled side by side, what they gave kept, stories grouped, the index brought up to date.

use futures_util::StreamExt;
use futures_util::stream;
use jiff::Timestamp;

use crate::domain::{Item, ItemId, Source, Waiting};
use crate::net::Fetched;

use super::grouping::group;
use super::keep::{Judges, read_page};
use super::poll::{Round, poll};
use super::upkeep::pass_over;
use super::upkeep::retag;
use super::{PipelineError, Workshop, catch_up_index, days_before};

/// Polls without news that are remembered in one transaction: nothing is lost if the last ones are asked again.
const UNCHANGED_AT_ONCE: usize = 200;
/// Days in which a page of our own that could not be read is tried again.
const TRIED_AGAIN_DAYS: u16 = 60;

/// What came of one source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PollOutcome {
    /// Items, of which so many are new, edited, seen elsewhere before, left out.
    Items {
        /// New ones.
        new: usize,
        /// Edited ones.
        revised: usize,
        /// Known from another source.
        elsewhere: usize,
        /// Left out, with a reason each.
        dropped: usize,
        /// Pages read for their full text.
        pages: usize,
    },
    /// Nothing changed.
    Unchanged,
    /// It failed: why and what to do.
    Failed(String),
    /// It said 410.
    Gone,
}

/// One source is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PollEvent {
    /// The source.
    pub source: String,
    /// What came of it.
    pub outcome: PollOutcome,
}

/// What a harvest brought.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HarvestReport {
    /// Each source, in the order they answered.
    pub polls: Vec<PollEvent>,
    /// New items that joined a story.
    pub grouped: usize,
    /// New items that repeat the text of another.
    pub copies: usize,
    /// Items put into the index.
    pub indexed: usize,
}

impl HarvestReport {
    /// New items in all.
    pub fn new_items(&self) -> usize {
        let new = |event: &PollEvent| match event.outcome {
            PollOutcome::Items { new, .. } => new,
            _ => 0,
        };
        self.polls.iter().map(new).sum()
    }

    /// Sources that failed.
    pub fn failures(&self) -> usize {
        self.polls.iter().filter(|event| matches!(event.outcome, PollOutcome::Failed(_) | PollOutcome::Gone)).count()
    }
}

/// Sources that may be asked at `now`, and the next instant at which another one may.
///
/// A source never asked before is due; so is one whose address changed. One that said 410 is not, until its address
/// changes.
///
/// # Errors
/// When the store fails.
pub async fn due_sources(shop: &Workshop, now: Timestamp) -> Result<(Vec<Source>, Option<Timestamp>), PipelineError> {
    let states = shop.store.source_states().await?;
    let mut due = Vec::new();
    let mut next: Option<Timestamp> = None;
    for source in shop.config.sources.iter().filter(|source| source.enabled) {
        let state = states.get(&source.id).filter(|state| state.url == source.url);
        let at = match state {
            None => now,
            Some(state) if state.gone => continue,
            Some(state) => state.next_poll,
        };
        if at <= now {
            due.push(source.clone());
        } else {
            next = Some(next.map_or(at, |next| next.min(at)));
        }
    }
    Ok((due, next))
}

/// Items that other rules had tagged and that a harvest tags anew before it begins: the newest. The rest comes in its own
/// time (see `upkeep`).
const RETAGGED_FIRST: usize = 2_000;

/// Polls `sources` and takes in what they give. `tell` hears of each source as it ends.
///
/// # Errors
/// Only what stops everything: the store, the index. A bad source is an event of the report.
pub async fn harvest(
    shop: &Workshop,
    sources: &[Source],
    now: Timestamp,
    tell: &(dyn Fn(&PollEvent) + Sync),
) -> Result<HarvestReport, PipelineError> {
    retag(shop, now, RETAGGED_FIRST).await?;
    // What was left of an earlier harvest goes in first: the mark of the index then stands where this one begins.
    let indexed = if shop.indexing { catch_up_index(shop, &|_| ()).await? } else { 0 };
    let round = Round::begin(shop, now).await?;
    let states = shop.store.source_states().await?;
    let mut report = HarvestReport::default();
    let at_once = shop.config.settings.fetching.at_once;
    let mut polls = stream::iter(sources)
        .map(|source| poll(&round, source, states.get(&source.id), None))
        .buffer_unordered(at_once);
    let mut unchanged = Vec::new();
    while let Some(polled) = polls.next().await {
        let (event, state) = polled?;
        unchanged.extend(state);
        if unchanged.len() >= UNCHANGED_AT_ONCE {
            shop.store.record_unchanged(&std::mem::take(&mut unchanged)).await?;
        }
        tell(&event);
        report.polls.push(event);
    }
    shop.store.record_unchanged(&unchanged).await?;
    drop(polls);
    let changed = read_again(shop, &round.judges, now).await?;
    report.indexed = indexed + round.live.finish(&changed).await?;
    let grouped = group(shop, now).await?;
    (report.grouped, report.copies) = (grouped.joined, grouped.copies);
    pass_over(shop, &grouped.moved).await?;
    Ok(report)
}

/// Takes in an answer that was fetched already, as the first poll of a source: one visit when it is added, no more.
///
/// # Errors
/// Only what stops everything: the store, the index.
pub async fn take_in(
    shop: &Workshop,
    source: &Source,
    fetched: Fetched,
    now: Timestamp,
) -> Result<PollEvent, PipelineError> {
    catch_up_index(shop, &|_| ()).await?;
    let round = Round::begin(shop, now).await?;
    let (event, state) = poll(&round, source, None, Some(fetched)).await?;
    shop.store.record_unchanged(state.as_slice()).await?;
    round.live.finish(&[]).await?;
    let grouped = group(shop, now).await?;
    pass_over(shop, &grouped.moved).await?;
    Ok(event)
}

/// Our own items whose page could not be read wait for it: each harvest tries again. Gives those that changed.
async fn read_again(shop: &Workshop, judges: &Judges, now: Timestamp) -> Result<Vec<ItemId>, PipelineError> {
    let mut changed = Vec::new();
    let waiting = shop.store.waiting_for(Waiting::Unread, days_before(now, TRIED_AGAIN_DAYS)).await?;
    for record in waiting.into_iter().filter(|record| record.item.collected < now) {
        let Some(source) = shop.config.source(&record.item.source).filter(|source| source.enabled) else {
            continue;
        };
        // What something else holds is not asked about.
        let alone = judges.hold(&Item { waiting: None, ..record.item.clone() });
        if alone.is_some_and(|hold| hold.in_force(now)) {
            continue;
        }
        let item = read_page(shop, source, record.item, now).await?;
        if item.waiting == Some(Waiting::Unread) {
            continue;
        }
        changed.push(item.id);
        let judged = judges.judge(item, record.fingerprint);
        shop.store.revise(&[judged.write], now).await?;
    }
    Ok(changed)
}
