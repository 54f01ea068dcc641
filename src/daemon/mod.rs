//! When: sources on their own schedules, an edition at its civil time, letters when they may be tried again.
//!
//! Two loops run side by side, so that a slow source never delays an edition. SIGTERM stops them at a safe point,
//! SIGHUP puts a new configuration in force between two turns. The wall clock is looked at every half minute at
//! least: a machine that slept makes up for what was due.

mod due;
mod lock;
mod systemd;
mod watch;

use std::collections::HashSet;
use std::time::Duration;

use jiff::Timestamp;
use thiserror::Error;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc::Receiver;
use tokio_util::sync::CancellationToken;

use crate::config::{Config, Problems, Unapproved};
use crate::pipeline::{
    PipelineError, Planned, PollEvent, PollOutcome, Workshop, catch_up_index, deliver, due_sources, freeze, harvest,
    learn_and_retag, may_leave, plan, plan_and_freeze, recover_attempts, skip, tell_lead,
};
use crate::store::{EditionRow, StoreError};

pub use due::{Due, edition_due, review_due};
pub use lock::{DataLock, LockError};

/// Longest sleep between two looks at the clock.
const LOOK: Duration = Duration::from_secs(30);
/// Wait after a failure of the store or the index before going on.
const RECOVERY: Duration = Duration::from_secs(60);
/// How long a letter in flight may take to end when asked to stop.
const LAST_LETTER: Duration = Duration::from_secs(8);
/// How long a turn may take to end before a reload.
const LAST_TURN: Duration = Duration::from_secs(60);
/// News that wait to be collected.
const NEWS: usize = 64;
/// How long news gather before they are collected.
const BUNCH: Duration = Duration::from_secs(1);
/// Where the first start is remembered: editions due before are none of ours.
const START: &str = "programme_start";

/// Why the daemon stops by itself.
#[derive(Debug, Error)]
pub enum DaemonError {
    /// A pass cannot go on and waiting will not help.
    #[error(transparent)]
    Pipeline(#[from] PipelineError),
    /// Signals cannot be heard.
    #[error("signals cannot be heard: {0}")]
    Signals(std::io::Error),
}

/// The time of day; tests give their own.
pub type Clock<'a> = &'a (dyn Fn() -> Timestamp + Sync);

/// Runs until SIGTERM or SIGINT. `reload` reads the configuration again at SIGHUP; a refused one changes nothing.
///
/// # Errors
/// See [`DaemonError`].
pub async fn run(
    mut shop: Workshop,
    clock: Clock<'_>,
    reload: &(dyn Fn() -> Result<Config, Problems> + Sync),
) -> Result<(), DaemonError> {
    let mut terminate = listen(SignalKind::terminate())?;
    let mut interrupt = listen(SignalKind::interrupt())?;
    let mut hangup = listen(SignalKind::hangup())?;
    prepare(&shop, clock()).await?;
    systemd::ready();
    let _watchdog = systemd::watchdog();
    tracing::info!(sources = shop.config.sources.len(), people = shop.config.ambassadors.len(), "vigie runs");
    loop {
        let stop = CancellationToken::new();
        let ended = {
            let (tell, mut told) = tokio::sync::mpsc::channel(NEWS);
            let loops = async {
                let watching = async {
                    watch::watch(&shop, &tell, &stop).await;
                    Ok(())
                };
                let collecting = collect_loop(&shop, clock, &stop, &mut told);
                let tagging = retag_loop(&shop, clock, &stop);
                tokio::try_join!(collecting, edition_loop(&shop, clock, &stop), watching, tagging).map(|_| ())
            };
            tokio::pin!(loops);
            let end = tokio::select! {
                ended = &mut loops => return ended.map_err(DaemonError::from),
                _ = terminate.recv() => End::Stop,
                _ = interrupt.recv() => End::Stop,
                _ = hangup.recv() => End::Reload,
            };
            stop.cancel();
            if end == End::Stop {
                systemd::stopping();
                tracing::info!("stopping");
            }
            // What is between two letters ends at once; a letter in flight gets a moment, and is left `attempting`
            // on disk if that is not enough.
            let patience = if end == End::Stop { LAST_LETTER } else { LAST_TURN };
            let _ = tokio::time::timeout(patience, &mut loops).await;
            end
        };
        if ended == End::Stop {
            tracing::info!("stopped");
            return Ok(());
        }
        systemd::reloading();
        match reload() {
            Ok(config) if config.settings.data != shop.config.settings.data => {
                tracing::error!(
                    "the data folder cannot change while the daemon runs: the old configuration stays, restart it"
                );
            }
            Ok(config) => {
                shop.reconfigure(config)?;
                tracing::info!("the new configuration is in force");
            }
            Err(problems) => {
                tracing::error!(
                    errors = problems.list.len(),
                    "the new configuration is refused, the old one stays\n{problems}"
                );
            }
        }
        let recovered = recover_attempts(&shop, clock()).await?;
        if recovered > 0 {
            tracing::warn!(recovered, "letters of unknown fate");
        }
        systemd::ready();
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Stop,
    Reload,
}

fn listen(kind: SignalKind) -> Result<Signal, DaemonError> {
    signal(kind).map_err(DaemonError::Signals)
}

/// One turn of everything that is due, then back: for those who prefer a timer to a daemon. True when every source
/// and every letter went well.
///
/// # Errors
/// What stops a pass.
pub async fn run_once(shop: &Workshop, clock: Clock<'_>) -> Result<bool, PipelineError> {
    prepare(shop, clock()).await?;
    let (due, _) = due_sources(shop, clock()).await?;
    let harvest = harvest(shop, &due, clock(), &log_poll).await?;
    edition_turn(shop, clock).await?;
    let delivery = deliver(shop, clock, &|| false).await?;
    let letters = delivery.failed.is_empty() && delivery.deferred.is_empty() && delivery.unknown.is_empty();
    Ok(harvest.failures() == 0 && letters)
}

/// What every start begins with: letters whose try never ended, the index behind the store, the first start noted.
async fn prepare(shop: &Workshop, now: Timestamp) -> Result<(), PipelineError> {
    let recovered = recover_attempts(shop, now).await?;
    if recovered > 0 {
        tracing::warn!(recovered, "letters of unknown fate were found: a try had not ended");
    }
    let indexed = catch_up_index(shop, &|_| ()).await?;
    if indexed > 0 {
        tracing::info!(indexed, "the index was behind the store");
    }
    if shop.store.meta(START).await?.is_none() {
        shop.store.set_meta(START, &now.to_string()).await?;
        let settings = &shop.config.settings;
        if let Some(first) = settings.edition.schedule.next_after(now, &settings.time_zone) {
            tracing::info!("the programme starts now: its first edition is due at {first}");
        }
    }
    Ok(())
}

/// Tags the archive anew beside everything else, when the line or what was learnt for it has changed.
async fn retag_loop(shop: &Workshop, clock: Clock<'_>, stop: &CancellationToken) -> Result<(), PipelineError> {
    while !stop.is_cancelled() {
        let turn = async {
            let done = learn_and_retag(shop, clock()).await?;
            if done > 0 {
                tracing::info!(items = done, "the archive was tagged anew");
            }
            Ok(None)
        };
        // Dropped in the middle, it goes on next time: each part ends in one transaction.
        let wait = tokio::select! {
            result = turn => wait_after(result, clock)?,
            () = stop.cancelled() => break,
        };
        sleep(wait, stop).await;
    }
    Ok(())
}

async fn collect_loop(
    shop: &Workshop,
    clock: Clock<'_>,
    stop: &CancellationToken,
    told: &mut Receiver<String>,
) -> Result<(), PipelineError> {
    let mut news: HashSet<String> = HashSet::new();
    while !stop.is_cancelled() {
        let turn = async {
            let (mut due, next) = due_sources(shop, clock()).await?;
            let known: HashSet<String> = due.iter().map(|source| source.id.clone()).collect();
            let awake = std::mem::take(&mut news);
            due.extend(
                shop.config
                    .sources
                    .iter()
                    .filter(|source| awake.contains(&source.id) && !known.contains(&source.id))
                    .cloned(),
            );
            if !due.is_empty() {
                let report = harvest(shop, &due, clock(), &log_poll).await?;
                tracing::info!(
                    sources = report.polls.len(),
                    failures = report.failures(),
                    new_items = report.new_items(),
                    grouped = report.grouped,
                    copies = report.copies,
                    "harvest done"
                );
            }
            Ok(next)
        };
        // Dropping a harvest in the middle is safe: each source ends in one transaction.
        let wait = tokio::select! {
            result = turn => wait_after(result, clock)?,
            () = stop.cancelled() => break,
        };
        tokio::select! {
            () = sleep(wait, stop) => {}
            Some(source) = told.recv() => {
                news.insert(source);
                // Letters come in bunches: a moment later they are one visit.
                tokio::time::sleep(BUNCH).await;
            }
        }
        while let Ok(source) = told.try_recv() {
            news.insert(source);
        }
    }
    Ok(())
}

async fn edition_loop(shop: &Workshop, clock: Clock<'_>, stop: &CancellationToken) -> Result<(), PipelineError> {
    while !stop.is_cancelled() {
        let turn = async {
            let next = edition_turn(shop, clock).await?;
            let report = deliver(shop, clock, &|| stop.is_cancelled()).await?;
            if let Some(why) = &report.stopped {
                tracing::error!("the relay refuses us, no other letter is tried for now: {why}");
            }
            let retry = shop.store.next_letter().await?;
            Ok([next, retry].into_iter().flatten().min())
        };
        let wait = wait_after(turn.await, clock)?;
        sleep(wait, stop).await;
    }
    Ok(())
}

/// Plans what is to be looked at, freezes what is due, or notes that it was missed; tells the lead; gives the next moment.
async fn edition_turn(shop: &Workshop, clock: Clock<'_>) -> Result<Option<Timestamp>, PipelineError> {
    let now = clock();
    let (settings, edition) = (&shop.config.settings, &shop.config.settings.edition);
    let zone = &settings.time_zone;
    let start = shop.store.meta(START).await?.and_then(|text| text.parse().ok()).unwrap_or(now);
    if let Some((id, at)) = edition.review.as_ref().and_then(|review| review_due(&edition.schedule, review, zone, now))
    {
        if let Some(planned) = plan(shop, id, at, now).await? {
            tracing::info!(edition = %id, suggestions = planned.suggestions.len(), "edition planned, it may be looked at");
        }
    }
    let waiting = shop.store.editions(3).await?;
    for row in waiting.iter().filter(|row| row.is_open() && row.due <= now) {
        freeze_or_give_up(shop, row, now).await?;
    }
    match edition_due(&edition.schedule, zone, edition.grace, start, now) {
        Due::Plan { id, at } if shop.store.edition(id).await?.is_none() => {
            if edition.unapproved == Unapproved::Hold {
                // Nobody can have approved it: it waits for its time of grace.
                plan(shop, id, at, now).await?;
            } else {
                frozen(plan_and_freeze(shop, id, at, now).await?);
            }
        }
        Due::Missed { id, at } if shop.store.edition(id).await?.is_none() => {
            let why = format!("missed: due at {at}, and the grace time had passed when the program was there again");
            skip(shop, id, at, &why, now).await?;
            tracing::warn!(edition = %id, "{why}");
        }
        Due::Nothing | Due::Plan { .. } | Due::Missed { .. } => {}
    }
    for kind in tell_lead(shop, start, now).await? {
        tracing::info!(kind = kind.as_str(), "a mail for the lead is written");
    }
    let review = edition.review.as_ref().and_then(|review| review.next_after(now, zone));
    let brief = settings.lead.as_ref().and_then(|_| edition.brief.next_after(now, zone));
    Ok([edition.schedule.next_after(now, zone), review, brief].into_iter().flatten().min())
}

/// Freezes a planned edition whose time has come, unless it waits for somebody to approve it; gives it up when its time of
/// grace is over.
async fn freeze_or_give_up(shop: &Workshop, row: &EditionRow, now: Timestamp) -> Result<(), PipelineError> {
    let late = Duration::try_from(now.duration_since(row.due)).unwrap_or_default();
    if late > shop.config.settings.edition.grace {
        let why = if may_leave(shop, row) {
            format!("missed: due at {}, and the grace time had passed when the program was there again", row.due)
        } else {
            format!("given up: due at {}, and nobody approved it in time", row.due)
        };
        skip(shop, row.id, row.due, &why, now).await?;
        tracing::warn!(edition = %row.id, "{why}");
    } else if may_leave(shop, row) {
        frozen(freeze(shop, row.id, now).await?);
    }
    Ok(())
}

fn frozen(planned: Planned) {
    if let Planned::Written(draft) = planned {
        let letters = draft.letters.iter().filter(|letter| letter.skipped.is_none()).count();
        let (suggestions, lost) = (draft.allotment.suggestions.len(), draft.allotment.lost.len());
        tracing::info!(edition = %draft.id, letters, suggestions, lost, "edition frozen, its letters are written");
    }
}

/// The wait after a turn: until the next thing due, or a pause after a failure that may pass by itself.
fn wait_after(result: Result<Option<Timestamp>, PipelineError>, clock: Clock<'_>) -> Result<Duration, PipelineError> {
    match result {
        Ok(next) => {
            let wait = next.map(|next| next.duration_since(clock()));
            Ok(wait.and_then(|wait| Duration::try_from(wait).ok()).unwrap_or(if next.is_some() {
                Duration::ZERO
            } else {
                LOOK
            }))
        }
        Err(error @ PipelineError::Store(StoreError::Corrupt(_) | StoreError::Newer { .. })) => Err(error),
        Err(error) => {
            systemd::status(&format!("in trouble: {error}"));
            tracing::error!("{error}; it goes on in {} s", RECOVERY.as_secs());
            Ok(RECOVERY)
        }
    }
}

/// Sleeps, never longer than [`LOOK`]: the monotonic clock stands still while a machine sleeps, the civil one does not.
async fn sleep(wait: Duration, stop: &CancellationToken) {
    tokio::select! {
        () = tokio::time::sleep(wait.clamp(Duration::from_millis(200), LOOK)) => {}
        () = stop.cancelled() => {}
    }
}

fn log_poll(event: &PollEvent) {
    let source = event.source.as_str();
    match &event.outcome {
        PollOutcome::Items { new, revised, elsewhere, dropped, pages } => {
            tracing::info!(source, new, revised, elsewhere, dropped, pages, "collected");
        }
        PollOutcome::Unchanged => tracing::debug!(source, "unchanged"),
        PollOutcome::Failed(why) => tracing::warn!(source, "not collected: {why}"),
        PollOutcome::Gone => tracing::warn!(source, "gone for good (410): it will not be asked again"),
    }
}
