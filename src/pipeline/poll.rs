//! One source, from the question to the transaction that ends its poll.

use std::collections::HashMap;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Mutex;
use url::Url;

use crate::collect::{self, PollCounts, ReadFeed, Remembered, Verdict, judge};
use crate::config::Schedule;
use crate::config::schedule::Crontab;
use crate::domain::{Cadence, ItemId, RawItem, Source, SourceKind};
use crate::index::Entry;
use crate::net::{Authorization, Fetched, Request};
use crate::store::{ItemWrite, ListedLink, MailRecord, PollRecord, SourceState};

use super::calendars::poll_calendar;
use super::documents::poll_folder;
use super::harvest::{PollEvent, PollOutcome};
use super::keep::{Judged, Judges, Kept, keep};
use super::mailbox::poll_mailbox;
use super::upkeep::LiveIndex;
use super::{PipelineError, Workshop, tokens};

/// What the polls of one harvest share.
pub(super) struct Round<'a> {
    pub shop: &'a Workshop,
    pub judges: Judges,
    pub live: LiveIndex<'a>,
    /// Held from the look at what is known to the end of the transaction: two sources may give the same page at the same
    /// moment.
    turn: Mutex<()>,
    pub now: Timestamp,
}

impl<'a> Round<'a> {
    pub async fn begin(shop: &'a Workshop, now: Timestamp) -> Result<Self, PipelineError> {
        let judges = Judges::in_force(shop).await?;
        Ok(Round { shop, judges, live: LiveIndex::new(shop), turn: Mutex::new(()), now })
    }
}

/// One source, from the question to the transaction that ends it. `given` is an answer that was fetched already.
pub(super) async fn poll(
    round: &Round<'_>,
    source: &Source,
    remembered: Option<&SourceState>,
    given: Option<Fetched>,
) -> Result<(PollEvent, Option<SourceState>), PipelineError> {
    if matches!(source.kind, SourceKind::Imap | SourceKind::Maildir) {
        return poll_mailbox(round, source, remembered).await;
    }
    if matches!(source.kind, SourceKind::Folder | SourceKind::Library) {
        return poll_folder(round, source, remembered).await;
    }
    if source.kind == SourceKind::Calendar {
        return poll_calendar(round, source, remembered).await;
    }
    let (shop, now) = (round.shop, round.now);
    let same_address = remembered.filter(|state| state.url == source.url);
    // The rest of an answer that broke off is not sent for at once: a server that fails on it would fail each time.
    let whole = |state: &&SourceState| state.partial.is_none_or(|since| now.duration_since(since) < PARTIAL_FOR);
    let validators = same_address.filter(whole).map(|state| (state.etag.as_deref(), state.last_modified.as_deref()));
    let validated = same_address.and_then(|state| state.answered.as_deref());
    let secret = match tokens::authorization(&shop.config, &shop.web, source).await {
        Ok(secret) => secret,
        Err(why) => return Ok(shut_out(round, source, remembered, why)),
    };
    let answer = match given {
        Some(fetched) => Ok(fetched),
        None => {
            let asked = collect::request(source, validators, validated);
            let authorization = secret.as_ref().map(|secret| Authorization(secret.expose()));
            shop.web.fetch_what_comes(Request { authorization, ..asked }).await
        }
    };
    let memory = same_address.map(|state| Remembered {
        failures: state.failures,
        body_hash: state.body_hash.clone(),
        validators: (state.etag.clone(), state.last_modified.clone()),
        rhythm: state.rhythm,
    });
    let memory = memory.unwrap_or_default();
    let failures = memory.failures;
    let zone = shop.config.settings.time_zone.clone();
    let size = answer.as_ref().map_or(0, |fetched| fetched.body.len());
    let judged = {
        let asked = source.clone();
        let judging = move || judge(&asked, answer, &memory, &zone, now);
        // A feed that makes a reader panic costs its own poll only.
        let judged = match size {
            0 => Some(judging()),
            size if size > LARGE => shop.busy_alone(judging).await,
            _ => shop.busy(judging).await,
        };
        judged.unwrap_or_else(|| collect::gave_up(source, failures, now))
    };
    let mut state = begin(source, remembered, now);
    let first_poll = state.is_first_poll();
    state.next_poll = next_poll(source, judged.next_poll, now, shop);
    state.wait_until = judged.wait_until;
    state.rhythm = judged.rhythm.or(state.rhythm);
    if let Some((etag, last_modified)) = judged.validators {
        (state.etag, state.last_modified) = (etag, last_modified);
        state.answered.clone_from(&judged.answered);
    }
    state.body_hash = judged.body_hash.or(state.body_hash);
    let answered_whole = matches!(judged.verdict, Verdict::Items(_) | Verdict::Maps(_)) && !judged.partial;
    if judged.partial {
        (state.partial, state.body_hash) = (Some(now), None);
    } else if answered_whole {
        state.partial = None;
    }
    let succeed = |state: &mut SourceState| {
        state.succeed(now);
        // The same move, seen again and again, is one to follow; one that is no longer said never was.
        state.moved_since = match &judged.moved_to {
            Some(to) if state.moved_to.as_ref() == Some(to) => state.moved_since.or(Some(now)),
            Some(_) => Some(now),
            None => None,
        };
        state.moved_to.clone_from(&judged.moved_to);
    };
    let verdict = match judged.verdict {
        Verdict::Maps(maps) => read_maps(shop, source, &maps).await,
        verdict => verdict,
    };
    let outcome = match verdict {
        Verdict::Maps(_) => PollOutcome::Unchanged,
        Verdict::Items(feed) => {
            succeed(&mut state);
            state.title = feed.info.title.or(state.title);
            state.hub = feed.info.hub.or(state.hub);
            if judged.partial {
                state.alarm = feed.repairs.last().cloned();
            } else {
                watch(&mut state, &feed.items);
            }
            state.repairs = feed.repairs;
            if source.kind != SourceKind::Feed && state.alarm.is_none() {
                shop.store.remember_list(&source.id, &listed(&feed.items), now).await?;
            }
            let taken = take(round, source, feed.items, first_poll, Some(&mut state), Vec::new()).await?;
            return Ok((PollEvent { source: source.id.clone(), outcome: taken.outcome() }, None));
        }
        // What could not be read and has not changed can still not be read.
        Verdict::Unchanged if is_unreadable(&state) => PollOutcome::Failed(state.error.clone().unwrap_or_default()),
        Verdict::Unchanged => {
            succeed(&mut state);
            PollOutcome::Unchanged
        }
        Verdict::Gone => {
            (state.gone, state.error_kind) = (true, Some("http_410".into()));
            state.error = Some("the source says it is gone for good (410): remove it, or give its new address".into());
            PollOutcome::Gone
        }
        Verdict::Failed { kind, message } => {
            state.fail(kind, &message);
            PollOutcome::Failed(message)
        }
    };
    Ok((PollEvent { source: source.id.clone(), outcome }, Some(state)))
}

/// What is remembered of a source, as its poll begins: an address of its own forgets that of another.
pub(super) fn begin(source: &Source, remembered: Option<&SourceState>, now: Timestamp) -> SourceState {
    let mut state = match remembered {
        Some(state) => SourceState { url: source.url.clone(), ..state.clone() },
        None => SourceState::new(&source.id, &source.url, now),
    };
    if remembered.is_none_or(|state| state.url != source.url) {
        (state.etag, state.last_modified, state.body_hash, state.cursor) = (None, None, None, None);
        (state.gone, state.failures, state.polls) = (false, 0, None);
    }
    state.first_poll = state.first_poll.or(Some(now));
    state.last_poll = Some(now);
    state
}

/// A source whose log-in fails before it is asked.
fn shut_out(
    round: &Round<'_>,
    source: &Source,
    remembered: Option<&SourceState>,
    why: String,
) -> (PollEvent, Option<SourceState>) {
    let mut state = begin(source, remembered, round.now);
    state.fail("login", &why);
    state.next_poll = round.now.checked_add(SignedDuration::from_hours(1)).unwrap_or(Timestamp::MAX);

    (PollEvent { source: source.id.clone(), outcome: PollOutcome::Failed(why) }, Some(state))
}

/// Reads the site maps of a list as one. One that fails costs itself; when all do, so does the source.
async fn read_maps(shop: &Workshop, source: &Source, maps: &[Url]) -> Verdict {
    let mut together: Option<ReadFeed> = None;
    let mut failed = String::new();
    for map in maps {
        let asked = Source { url: map.to_string(), ..source.clone() };
        let answer = match shop.web.fetch(collect::request(&asked, None, None)).await {
            Ok(fetched) if fetched.status == 200 => fetched,
            Ok(fetched) => {
                failed = format!("the site map {map} answers {}", fetched.status);
                continue;
            }
            Err(error) => {
                failed = error.to_string();
                continue;
            }
        };
        let zone = shop.config.settings.time_zone.clone();
        match shop.busy(move || collect::read_source(&asked, &answer, &zone)).await {
            Some(Ok(feed)) => match &mut together {
                Some(all) => all.items.extend(feed.items),
                None => together = Some(feed),
            },
            Some(Err(error)) => failed = format!("the site map {map}: {error}"),
            None => failed = format!("the site map {map}: the reader gave up on it"),
        }
    }
    match together {
        Some(feed) => Verdict::Items(Box::new(feed)),
        None => Verdict::Failed { kind: "malformed".into(), message: failed },
    }
}

/// Bytes of an answer above which it is read alone.
const LARGE: usize = 1 << 20;
/// How long the validators of an answer that broke off are used as if all had come.
const PARTIAL_FOR: SignedDuration = SignedDuration::from_hours(12);

/// True when the last answer was no feed: its validators are remembered all the same, so that it is not sent again.
fn is_unreadable(state: &SourceState) -> bool {
    match state.error_kind.as_deref() {
        Some("empty" | "not_a_feed" | "too_deep" | "malformed") => true,
        Some("broken") => state.partial.is_some(),
        _ => false,
    }
}

/// Items taken in at once: of a feed of thousands, each part is kept before the next is read, and memory stays that of
/// one part. What acknowledges the answer, the validators above all, is written with the last part (L1).
const PART: usize = 250;

/// What came of the items of a poll.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Taken {
    new: usize,
    revised: usize,
    elsewhere: usize,
    dropped: usize,
    pages: usize,
}

impl Taken {
    pub fn add(&mut self, other: Taken) {
        self.new += other.new;
        self.revised += other.revised;
        self.elsewhere += other.elsewhere;
        self.dropped += other.dropped;
        self.pages += other.pages;
    }

    pub fn add_revised(&mut self, count: usize) {
        self.revised += count;
    }

    pub fn outcome(self) -> PollOutcome {
        let Taken { new, revised, elsewhere, dropped, pages } = self;
        PollOutcome::Items { new, revised, elsewhere, dropped, pages }
    }
}

/// Keeps the items of a poll, and with the last of them what acknowledges the poll: its state, its messages.
pub(super) async fn take(
    round: &Round<'_>,
    source: &Source,
    mut raws: Vec<RawItem>,
    first_poll: bool,
    mut state: Option<&mut SourceState>,
    mut mails: Vec<MailRecord>,
) -> Result<Taken, PipelineError> {
    let (shop, now) = (round.shop, round.now);
    let mut taken = Taken::default();
    loop {
        let rest = raws.split_off(PART.min(raws.len()));
        let mut kept = keep(shop, &round.judges, source, raws, first_poll, now).await?;
        let _turn = round.turn.lock().await;
        let elsewhere = settle_addresses(shop, source, &mut kept, now).await?;
        taken.add(Taken {
            new: kept.new.len(),
            revised: kept.revised.len(),
            elsewhere,
            dropped: kept.dropped.len(),
            pages: kept.pages,
        });
        if let Some(state) = state.as_deref_mut().filter(|_| taken.new > 0) {
            state.last_new = Some(now);
        }
        let Kept { new: fresh, revised: edits, sightings, dropped: left_out, .. } = kept;
        let (fresh, entries) = apart(fresh);
        let (edits, edited_entries) = apart(edits);
        let last = rest.is_empty();
        let state = state.as_deref().filter(|_| last).cloned();
        let mails = if last { std::mem::take(&mut mails) } else { Vec::new() };
        let record = PollRecord { state, new: fresh, revised: edits, sightings, dropped: left_out, mails };
        shop.store.record_poll(&record, now).await?;
        round.live.put(entries, edited_entries)?;
        if last {
            return Ok(taken);
        }
        raws = rest;
    }
}

fn apart(judged: Vec<Judged>) -> (Vec<ItemWrite>, Vec<Entry>) {
    judged.into_iter().map(|Judged { write, entry }| (write, entry)).unzip()
}

/// What a list held, as people look at it.
fn listed(items: &[RawItem]) -> Vec<ListedLink> {
    let day = |item: &RawItem| item.published.map(|date| date.at.to_zoned(TimeZone::UTC).date().to_string());
    let link = |item: &RawItem| ListedLink { title: item.title.clone(), link: item.link.clone(), day: day(item) };
    items.iter().map(link).collect()
}

/// Compares what a poll gave with the polls before it.
fn watch(state: &mut SourceState, items: &[RawItem]) {
    let history: Vec<PollCounts> =
        state.polls.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let latest = PollCounts::of(items);
    state.alarm = collect::alarm(&history, latest);
    let history = collect::remember(history, latest, state.alarm.is_some());
    state.polls = serde_json::to_string(&history).ok();
}

/// Same address, same class → same item: what stands in the store already becomes a sighting.
async fn settle_addresses(
    shop: &Workshop,
    source: &Source,
    kept: &mut Kept,
    now: Timestamp,
) -> Result<usize, PipelineError> {
    let addresses: Vec<String> = kept.new.iter().filter_map(|new| new.write.item.canonical.clone()).collect();
    let standing = shop.store.at_addresses(&addresses, source.confidentiality).await?;
    let mut own: HashMap<String, ItemId> = HashMap::new();
    let mut elsewhere = 0;
    let candidates = std::mem::take(&mut kept.new);
    for new in candidates {
        let address = new.write.item.canonical.clone();
        let found = address.as_ref().and_then(|address| standing.get(address).or_else(|| own.get(address)));
        // What the library or a mark says of it belongs to this telling of it.
        let own_word = new.write.library.is_some() || new.write.item.marked.is_some();
        match found.filter(|_| !own_word) {
            Some(item) => {
                elsewhere += 1;
                kept.sightings.push(crate::store::Sighting {
                    source: source.id.clone(),
                    key: new.write.item.key.clone(),
                    item: *item,
                    first_seen: now,
                });
            }
            None => {
                own.extend(address.map(|address| (address, new.write.item.id)));
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
