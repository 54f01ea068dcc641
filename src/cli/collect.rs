//! `vigie collect`, `vigie source list`, `vigie reindex`: sources asked now, their health, the index made again.

use std::path::Path;
use std::time::Duration;

use anyhow::bail;
use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::daemon::DataLock;
use crate::domain::{Confidentiality, Source, SourceKind};
use crate::index::SearchIndex;
use crate::pipeline::{
    PollEvent, PollOutcome, Workshop, catch_up_index, harvest, index_dir, make_data_dir, open_store,
};
use crate::store::SourceState;

use super::output::{Paint, json as print_json, line, pad, safe};
use super::source_edit::{self, AddArguments, ExportArguments, ImportArguments, LookArguments};
use super::{DONE, Now, PARTLY, load};

/// Arguments of `vigie collect`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Only these sources, by id
    sources: Vec<String>,
    /// One object a line instead of text
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    now: Now,
}

/// Commands on sources.
#[derive(Debug, Subcommand)]
pub(super) enum SourceCommand {
    /// Every source and how it is doing
    List {
        /// One object a line instead of text
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        now: Now,
    },
    /// Find the feed of an address, show what would come, and write it to the configuration
    Add(AddArguments),
    /// What a source, or an address, gives right now; nothing is stored
    Test(LookArguments),
    /// The feeds behind any page address
    Discover(LookArguments),
    /// Take over the list of another reader (OPML)
    Import(ImportArguments),
    /// Our sources as a list for other readers (OPML), our own settings included
    Export(ExportArguments),
}

/// Arguments of `vigie reindex`.
#[derive(Debug, Args)]
pub(super) struct ReindexArguments {}

pub(super) async fn run(dir: &Path, arguments: &Arguments) -> anyhow::Result<u8> {
    let config = load(dir)?;
    let chosen = choose(&config.sources, &arguments.sources)?;
    let data = config.data_dir();
    let _lock = DataLock::take(&data)?;
    let shop = Workshop::open(config, &data).await?;
    let now = arguments.now.get();
    let (sources, waiting) = askable(&shop, chosen, now).await?;
    let paint = Paint::stdout();
    for (source, why) in &waiting {
        if !arguments.json {
            line(format!("{} {} {}", paint.yellow("–"), pad(&source.id, 24), safe(why)))?;
        }
    }
    let bar = progress(sources.len());
    let tell = |event: &PollEvent| {
        let _ = bar
            .suspend(|| if arguments.json { print_json(&event_json(event)) } else { line(event_line(event, paint)) });
        bar.inc(1);
    };
    let report = harvest(&shop, &sources, now, &tell).await?;
    bar.finish_and_clear();
    if !arguments.json {
        let (items, stories) = shop.store.totals().await?;
        line("")?;
        line(format!(
            "{} new, {} joined a story, {} copies; {items} items in {stories} stories in all.",
            report.new_items(),
            report.grouped,
            report.copies
        ))?;
    }
    Ok(if report.failures() > 0 { PARTLY } else { DONE })
}

/// Sources by id; all enabled ones when none is named.
fn choose(sources: &[Source], ids: &[String]) -> anyhow::Result<Vec<Source>> {
    if ids.is_empty() {
        return Ok(sources.iter().filter(|source| source.enabled).cloned().collect());
    }
    let mut chosen = Vec::new();
    for id in ids {
        match sources.iter().find(|source| source.id == *id) {
            Some(source) => chosen.push(source.clone()),
            None => bail!("there is no source “{}”: see vigie source list", safe(id)),
        }
    }
    Ok(chosen)
}

/// The schedule does not matter here, but what servers ask for does: Retry-After and 410 are respected.
async fn askable(
    shop: &Workshop,
    chosen: Vec<Source>,
    now: Timestamp,
) -> anyhow::Result<(Vec<Source>, Vec<(Source, String)>)> {
    let states = shop.store.source_states().await?;
    let mut sources = Vec::new();
    let mut waiting = Vec::new();
    for source in chosen {
        let state = states.get(&source.id).filter(|state| state.url == source.url);
        let asked_to_wait = |state: &SourceState| state.wait_until.is_some_and(|until| until > now);
        match state {
            Some(state) if state.gone => waiting.push((source, "gone for good (410): not asked".to_owned())),
            Some(state) if asked_to_wait(state) => {
                let why = format!("asked us to wait, {}", ago(state.next_poll, now));
                waiting.push((source, why));
            }
            _ => sources.push(source),
        }
    }
    Ok((sources, waiting))
}

/// A bar on a terminal, nothing elsewhere.
pub(super) fn progress(length: usize) -> ProgressBar {
    let bar = ProgressBar::new(u64::try_from(length).unwrap_or(u64::MAX));
    if let Ok(style) = ProgressStyle::with_template("{bar:28.cyan/dim} {pos}/{len} {msg}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

/// One line on what came of a source.
pub(super) fn event_line(event: &PollEvent, paint: Paint) -> String {
    let name = pad(&event.source, 24);
    match &event.outcome {
        PollOutcome::Items { new, revised, elsewhere, dropped, pages } => {
            let mut parts = vec![format!("{new} new")];
            for (number, word) in
                [(revised, "edited"), (elsewhere, "known"), (dropped, "left out"), (pages, "pages read")]
            {
                if *number > 0 {
                    parts.push(format!("{number} {word}"));
                }
            }
            format!("{} {name} {}", paint.green("✓"), parts.join(", "))
        }
        PollOutcome::Unchanged => format!("{} {name} unchanged", paint.dim("·")),
        PollOutcome::Failed(why) => format!("{} {name} {}", paint.red("✗"), safe(why)),
        PollOutcome::Gone => format!("{} {name} gone for good (410)", paint.red("✗")),
    }
}

fn event_json(event: &PollEvent) -> serde_json::Value {
    match &event.outcome {
        PollOutcome::Items { new, revised, elsewhere, dropped, pages } => json!({
            "source": event.source, "outcome": "items", "new": new, "revised": revised, "elsewhere": elsewhere,
            "dropped": dropped, "pages": pages,
        }),
        PollOutcome::Unchanged => json!({ "source": event.source, "outcome": "unchanged" }),
        PollOutcome::Failed(why) => json!({ "source": event.source, "outcome": "failed", "error": why }),
        PollOutcome::Gone => json!({ "source": event.source, "outcome": "gone" }),
    }
}

pub(super) async fn source(dir: &Path, command: &SourceCommand) -> anyhow::Result<u8> {
    let (json, now) = match command {
        SourceCommand::List { json, now } => (json, now),
        SourceCommand::Add(arguments) => return source_edit::add(dir, arguments).await,
        SourceCommand::Test(arguments) => return source_edit::test(dir, arguments).await,
        SourceCommand::Discover(arguments) => return source_edit::discover_feeds(dir, arguments).await,
        SourceCommand::Import(arguments) => return source_edit::import(dir, arguments),
        SourceCommand::Export(arguments) => return source_edit::export(dir, arguments),
    };
    let config = load(dir)?;
    let data = config.data_dir();
    make_data_dir(&data)?;
    let store = open_store(&config, &data).await?;
    let states = store.source_states().await?;
    let now = now.get();
    let paint = Paint::stdout();
    let mut failing = false;
    for source in &config.sources {
        let state = states.get(&source.id);
        let (mark, health) = health(source, state, now);
        failing |= mark == '✗';
        if *json {
            print_json(&source_json(source, state, &health))?;
            continue;
        }
        let mark = match mark {
            '✓' => paint.green("✓"),
            '✗' => paint.red("✗"),
            '!' | 'z' => paint.yellow(&mark.to_string()),
            _ => paint.dim("·"),
        };
        let class = match source.confidentiality {
            Confidentiality::Public => "public",
            Confidentiality::Shareable => "shareable",
            Confidentiality::Internal => "internal",
        };
        line(format!("{mark} {} {} {health}", pad(&source.id, 24), paint.dim(&pad(class, 9))))?;
    }
    Ok(if failing { PARTLY } else { DONE })
}

fn health(source: &Source, state: Option<&SourceState>, now: Timestamp) -> (char, String) {
    if !source.enabled {
        return ('·', "switched off".into());
    }
    let Some(state) = state else {
        return ('·', "never asked".into());
    };
    if let Some(error) = &state.error {
        let times = if state.failures > 1 { format!(" ({} times in a row)", state.failures) } else { String::new() };
        return ('✗', format!("{}{times}", safe(error)));
    }
    if let Some(alarm) = &state.alarm {
        return ('!', safe(alarm));
    }
    if let (Some(to), Some(since)) = (&state.moved_to, state.moved_since) {
        if now.duration_since(since) >= MOVE_BELIEVED {
            return ('!', format!("it has moved for good, for days: write url = \"{}\"", safe(to)));
        }
    }
    if source_edit::sleeps(source, state.rhythm, state.last_new, now) {
        let last = state.last_new.map(|at| ago(at, now)).unwrap_or_default();
        return ('z', format!("it sleeps: last new {last}, where it used to give one every {}", span(state.rhythm)));
    }
    let last = state.last_new.map_or("nothing new yet".to_owned(), |at| format!("last new {}", ago(at, now)));
    let moved = state.moved_to.as_ref().map(|to| format!("; it has moved to {}", safe(to))).unwrap_or_default();
    let next =
        if state.next_poll > now { format!(", asked again {}", ago(state.next_poll, now)) } else { ", due".into() };
    // What a calendar leaves out on purpose is nothing to worry about, and worth knowing.
    let left_out = match source.kind {
        SourceKind::Calendar => state.repairs.iter().map(|note| format!("; {}", safe(note))).collect(),
        _ => String::new(),
    };
    ('✓', format!("{last}{next}{moved}{left_out}"))
}

/// Time a permanent move must have been said for before it is proposed.
const MOVE_BELIEVED: SignedDuration = SignedDuration::from_hours(3 * 24);

fn span(time: Option<Duration>) -> String {
    let hours = time.unwrap_or_default().as_secs() / 3600;
    if hours < 48 { format!("{} h", hours.max(1)) } else { format!("{} days", hours / 24) }
}

/// `3 h ago`, `in 20 min`.
pub(super) fn ago(at: Timestamp, now: Timestamp) -> String {
    let span: SignedDuration = now.duration_since(at);
    let minutes = span.abs().as_mins();
    let text = match minutes {
        0 => "a moment".to_owned(),
        1..=59 => format!("{minutes} min"),
        60..=2879 => format!("{} h", minutes / 60),
        _ => format!("{} days", minutes / 1440),
    };
    if span.is_negative() { format!("in {text}") } else { format!("{text} ago") }
}

fn source_json(source: &Source, state: Option<&SourceState>, health: &str) -> serde_json::Value {
    json!({
        "source": source.id,
        "name": source.name,
        "kind": source.kind.as_str(),
        "url": source.url,
        "confidentiality": source.confidentiality,
        "enabled": source.enabled,
        "health": health,
        "failures": state.map(|state| state.failures),
        "error_kind": state.and_then(|state| state.error_kind.clone()),
        "last_success": state.and_then(|state| state.last_success).map(|at| at.to_string()),
        "next_poll": state.map(|state| state.next_poll.to_string()),
        "moved_to": state.and_then(|state| state.moved_to.clone()),
        "hub": state.and_then(|state| state.hub.clone()),
        "moved_since": state.and_then(|state| state.moved_since).map(|at| at.to_string()),
        "rhythm_hours": state.and_then(|state| state.rhythm).map(|rhythm| rhythm.as_secs_f64() / 3600.0),
        "last_new": state.and_then(|state| state.last_new).map(|at| at.to_string()),
        "repairs": state.map(|state| state.repairs.clone()),
        "alarm": state.and_then(|state| state.alarm.clone()),
    })
}

pub(super) async fn reindex(dir: &Path, _: &ReindexArguments) -> anyhow::Result<u8> {
    let config = load(dir)?;
    let data = config.data_dir();
    let _lock = DataLock::take(&data)?;
    let mut shop = Workshop::open(config, &data).await?;
    shop.index = SearchIndex::wipe(&index_dir(&data), shop.store.identity())?;
    let (items, _) = shop.store.totals().await?;
    let bar = progress(usize::try_from(items).unwrap_or_default());
    let done = catch_up_index(&shop, &|done| bar.set_position(u64::try_from(done).unwrap_or(u64::MAX))).await?;
    bar.finish_and_clear();
    line(format!("{done} items are in the index again."))?;
    Ok(DONE)
}
