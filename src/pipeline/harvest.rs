//! A harvest: sources polled side by side, what they gave kept, stories grouped, the index brought up to date.

use std::collections::HashMap;

use futures_util::StreamExt;
use futures_util::stream;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Mutex;

use crate::collect::{self, Verdict, judge};
use crate::config::Schedule;
use crate::config::schedule::Crontab;
use crate::domain::{Cadence, ItemId, Source};
use crate::store::{PollRecord, SketchRecord, SourceState};
use crate::stories::{Archive, Piece, Sketch, source_number};
use crate::text::reading::Reading;

use super::keep::{Judges, Kept, UNREAD, keep, read_page};
use super::{PipelineError, Workshop, catch_up_index, days_before, retag};

/// Days of the archive that newcomers are compared with.
const BACKGROUND_DAYS: u16 = 60;

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
    retag(shop, now).await?;
    let judges = Judges::new(shop);
    let states = shop.store.source_states().await?;
    let turn = Mutex::new(());
    let mut report = HarvestReport::default();
    let at_once = shop.config.settings.fetching.at_once;
    let mut polls = stream::iter(sources)
        .map(|source| poll(shop, &judges, source, states.get(&source.id), &turn, now))
        .buffer_unordered(at_once);
    while let Some(event) = polls.next().await {
        let event = event?;
        tell(&event);
        report.polls.push(event);
    }
    read_again(shop, &judges, now).await?;
    (report.grouped, report.copies) = group(shop, now).await?;
    report.indexed = catch_up_index(shop, &|_| ()).await?;
    Ok(report)
}

/// One source, from the question to the transaction that ends it.
async fn poll(
    shop: &Workshop,
    judges: &Judges,
    source: &Source,
    remembered: Option<&SourceState>,
    turn: &Mutex<()>,
    now: Timestamp,
) -> Result<PollEvent, PipelineError> {
    let same_address = remembered.filter(|state| state.url == source.url);
    let validators = same_address.map(|state| (state.etag.as_deref(), state.last_modified.as_deref()));
    let answer = shop.web.fetch(collect::request(source, validators)).await;
    let failures = same_address.map_or(0, |state| state.failures);
    let old_hash = same_address.and_then(|state| state.body_hash.clone());
    let zone = shop.config.settings.time_zone.clone();
    let judged = {
        let asked = source.clone();
        let judging = move || judge(&asked, answer, failures, old_hash.as_deref(), &zone, now);
        // A feed that makes a reader panic costs its own poll only.
        match tokio::task::spawn_blocking(judging).await {
            Ok(judged) => judged,
            Err(_) => collect::gave_up(source, failures, now),
        }
    };
    let mut state = match remembered {
        Some(state) => SourceState { url: source.url.clone(), ..state.clone() },
        None => SourceState::new(&source.id, &source.url, now),
    };
    if same_address.is_none() {
        (state.etag, state.last_modified, state.body_hash) = (None, None, None);
        (state.gone, state.failures) = (false, 0);
    }
    let first_poll = state.is_first_poll();
    state.last_poll = Some(now);
    state.next_poll = next_poll(source, judged.next_poll, now, shop);
    if let Some((etag, last_modified)) = judged.validators {
        (state.etag, state.last_modified) = (etag, last_modified);
    }
    state.body_hash = judged.body_hash.or(state.body_hash);
    state.moved_to = judged.moved_to.or(state.moved_to);
    let succeed = |state: &mut SourceState| {
        (state.failures, state.error, state.error_kind) = (0, None, None);
        state.last_success = Some(now);
    };
    let mut kept = Kept::default();
    let outcome = match judged.verdict {
        Verdict::Items(feed) => {
            succeed(&mut state);
            state.title = feed.info.title.or(state.title);
            state.hub = feed.info.hub.or(state.hub);
            kept = keep(shop, judges, source, feed.items, first_poll, now).await?;
            None
        }
        Verdict::Unchanged => {
            succeed(&mut state);
            Some(PollOutcome::Unchanged)
        }
        Verdict::Gone => {
            (state.gone, state.error_kind) = (true, Some("http_410".into()));
            state.error = Some("the source says it is gone for good (410): remove it, or give its new address".into());
            Some(PollOutcome::Gone)
        }
        Verdict::Failed { kind, message } => {
            state.failures += 1;
            (state.error_kind, state.error) = (Some(kind), Some(message.clone()));
            Some(PollOutcome::Failed(message))
        }
    };
    // From here to the end one source at a time: two of them may give the same page at the same moment.
    let _turn = turn.lock().await;
    let elsewhere = settle_addresses(shop, source, &mut kept, now).await?;
    if !kept.new.is_empty() {
        state.last_new = Some(now);
    }
    let outcome = outcome.unwrap_or(PollOutcome::Items {
        new: kept.new.len(),
        revised: kept.revised.len(),
        elsewhere,
        dropped: kept.dropped.len(),
        pages: kept.pages,
    });
    let record =
        PollRecord { state, new: kept.new, revised: kept.revised, sightings: kept.sightings, dropped: kept.dropped };
    shop.store.record_poll(&record, now).await?;
    Ok(PollEvent { source: source.id.clone(), outcome })
}

/// Same address, same class → same item: what stands in the store already becomes a sighting.
async fn settle_addresses(
    shop: &Workshop,
    source: &Source,
    kept: &mut Kept,
    now: Timestamp,
) -> Result<usize, PipelineError> {
    let addresses: Vec<String> = kept.new.iter().filter_map(|new| new.item.canonical.clone()).collect();
    let standing = shop.store.at_addresses(&addresses, source.confidentiality).await?;
    let mut own: HashMap<String, ItemId> = HashMap::new();
    let mut elsewhere = 0;
    let candidates = std::mem::take(&mut kept.new);
    for new in candidates {
        let address = new.item.canonical.clone();
        let found = address.as_ref().and_then(|address| standing.get(address).or_else(|| own.get(address)));
        match found {
            Some(item) => {
                elsewhere += 1;
                kept.sightings.push(crate::store::Sighting {
                    source: source.id.clone(),
                    key: new.item.key.clone(),
                    item: *item,
                    first_seen: now,
                });
            }
            None => {
                own.extend(address.map(|address| (address, new.item.id)));
                kept.new.push(new);
            }
        }
    }
    Ok(elsewhere)
}

/// A crontab says itself when; the server's wishes and the back-off can only make it later.
fn next_poll(source: &Source, judged: Timestamp, now: Timestamp, shop: &Workshop) -> Timestamp {
    let Cadence::Cron(pattern) = &source.cadence else {
        return judged;
    };
    let next = Crontab::parse(pattern)
        .ok()
        .and_then(|crontab| Schedule::Cron(crontab).next_after(now, &shop.config.settings.time_zone));
    let tolerance = SignedDuration::from_mins(40);
    match next {
        Some(next) if judged.duration_since(now) > tolerance => next.max(judged),
        Some(next) => next,
        None => judged,
    }
}

/// Our own items whose page could not be read wait for it: each harvest tries again.
async fn read_again(shop: &Workshop, judges: &Judges, now: Timestamp) -> Result<(), PipelineError> {
    let waiting = shop.store.held_for(UNREAD, days_before(now, BACKGROUND_DAYS)).await?;
    for record in waiting.into_iter().filter(|record| record.item.collected < now) {
        let Some(source) = shop.config.source(&record.item.source).filter(|source| source.enabled) else {
            continue;
        };
        let item = read_page(shop, source, record.item, now).await?;
        if item.hold.as_ref().is_some_and(|hold| hold.why == UNREAD) {
            continue;
        }
        let write = judges.judge(item, record.fingerprint);
        shop.store.revise(&[write], now).await?;
    }
    Ok(())
}

/// Groups what was not grouped yet; gives how many joined a story and how many are copies.
async fn group(shop: &Workshop, now: Timestamp) -> Result<(usize, usize), PipelineError> {
    let key = "grouped_up_to";
    let up_to: i64 = shop.store.meta(key).await?.and_then(|value| value.parse().ok()).unwrap_or(0);
    let mut kept = shop.archive.lock().await;
    let since = days_before(now, BACKGROUND_DAYS);
    // Made anew once what it holds is much older than what it should.
    let stale = kept.oldest().is_some_and(|oldest| oldest < days_before(now, 2 * BACKGROUND_DAYS));
    let mut archive = if stale { Archive::default() } else { std::mem::take(&mut *kept) };
    if archive.is_empty() {
        let known = shop.store.sketches(since, 0).await?.into_iter().filter(|record| record.id.0 <= up_to).collect();
        archive.add(pieces(shop, known).await?);
    }
    let new = shop.store.sketches(Timestamp::MIN, up_to).await?;
    let Some(last) = new.last().map(|record| record.id) else {
        *kept = archive;
        return Ok((0, 0));
    };
    let newcomers = pieces(shop, new).await?;
    // Grouping is work for a processor, not for the runtime's threads.
    let (archive, changed) = tokio::task::block_in_place(|| {
        let changed = archive.place(newcomers);
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
