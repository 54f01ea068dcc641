//! `vigie status`: what is there, what waits, what failed.

use std::path::Path;

use clap::Args;
use serde_json::json;

use crate::daemon::{DataLock, LockError};
use crate::domain::LetterState;
use crate::text::typography::moment;

use super::collect::ago;
use super::output::{Paint, json as print_json, line, pad, safe};
use super::{DONE, Now, PARTLY, load, stored};

/// Arguments of `vigie status`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// One object instead of text
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    now: Now,
}

pub(super) async fn run(dir: &Path, arguments: &Arguments) -> anyhow::Result<u8> {
    let config = load(dir)?;
    let data = config.data_dir();
    let Some(store) = stored(&config).await? else {
        return Ok(PARTLY);
    };
    let running = match DataLock::take(&data) {
        Ok(_) => None,
        Err(LockError::Held { who, .. }) => Some(who),
        Err(error) => return Err(error.into()),
    };
    let now = arguments.now.get();
    let (items, stories) = store.totals().await?;
    let states = store.source_states().await?;
    let failing: Vec<_> = config
        .sources
        .iter()
        .filter(|source| source.enabled)
        .filter_map(|source| Some((source, states.get(&source.id)?)))
        .filter(|(_, state)| state.error.is_some())
        .collect();
    let never = config.sources.iter().filter(|source| source.enabled && !states.contains_key(&source.id)).count();
    let letters = store.letter_counts().await?;
    let next = config.settings.edition.schedule.next_after(now, &config.settings.time_zone);
    let editions = store.editions(5).await?;
    let waiting = editions.iter().find(|row| row.is_open());
    let last = editions.first();
    if arguments.json {
        print_json(&json!({
            "running": running.is_some(),
            "items": items,
            "stories": stories,
            "sources": config.sources.len(),
            "sources_failing": failing.iter().map(|(source, _)| source.id.as_str()).collect::<Vec<_>>(),
            "sources_never_asked": never,
            "letters": letters.iter().map(|(state, count)| (state.as_str().to_owned(), json!(count))).collect::<serde_json::Map<_, _>>(),
            "last_edition": last.map(|edition| edition.id.to_string()),
            "open_edition": waiting.map(|row| json!({ "edition": row.id.to_string(), "approved": row.approved.is_some() })),
            "next_edition": next.map(|at| at.to_string()),
        }))?;
        return Ok(if failing.is_empty() { DONE } else { PARTLY });
    }
    let paint = Paint::stdout();
    line(match running {
        Some(who) => paint.green(&format!("The daemon runs ({who}).")),
        None => paint.yellow("The daemon does not run."),
    })?;
    line(format!("{items} items in {stories} stories from {} sources.", config.sources.len()))?;
    if never > 0 {
        line(format!("{never} sources were never asked yet."))?;
    }
    for (source, state) in &failing {
        let error = state.error.as_deref().unwrap_or_default();
        let next =
            if state.gone { "not asked any more".into() } else { format!("again {}", ago(state.next_poll, now)) };
        line(format!("{} {} {} ({next})", paint.red("✗"), pad(&source.id, 24), safe(error)))?;
    }
    for (state, count) in &letters {
        let word = match state {
            LetterState::Sent => "letters sent",
            LetterState::Rendered => "letters waiting for their first try",
            LetterState::Deferred => "letters to be tried again",
            LetterState::Attempting => "letters being tried",
            LetterState::Failed => "letters failed",
            LetterState::Unknown => "letters of unknown fate: decide with on_unknown",
            LetterState::Skipped => "people without a letter that week",
        };
        let word = if *count == 1 {
            word.replacen("letters", "letter", 1).replacen("people", "person", 1)
        } else {
            word.to_owned()
        };
        let text = format!("{count} {word}");
        line(match state {
            LetterState::Failed | LetterState::Unknown => paint.red(&text),
            _ => text,
        })?;
    }
    for state in [LetterState::Failed, LetterState::Unknown, LetterState::Deferred] {
        for letter in store.letters_in(state).await? {
            let why = letter.reply.as_deref().unwrap_or_default();
            let again = if state == LetterState::Deferred {
                format!(", again {}", ago(letter.next_try, now))
            } else {
                String::new()
            };
            line(format!(
                "  {} {} {}{again}: {}",
                letter.edition,
                pad(&letter.ambassador, 12),
                state.as_str(),
                safe(why)
            ))?;
        }
    }
    if let Some(edition) = last {
        let skipped = edition.skipped.as_ref().map(|why| format!(", skipped: {}", safe(why))).unwrap_or_default();
        line(format!("Last edition: {}{skipped}.", edition.id))?;
    }
    if let Some(row) = waiting {
        let approved = row.approved.as_ref().map(|(who, _)| format!("approved by {}", safe(who)));
        let approved = approved.unwrap_or_else(|| "nobody approved it yet".to_owned());
        line(format!("Edition {} may still be changed (vigie edition show); {approved}.", row.id))?;
    }
    if let Some(next) = next {
        line(format!("Next edition: {}.", moment(next, &config.settings.time_zone, config.settings.language)))?;
    }
    Ok(if failing.is_empty() { DONE } else { PARTLY })
}
