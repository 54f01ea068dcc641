//! `vigie edition`: what an edition gave to whom, and what became of its letters.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Subcommand;
use jiff::Timestamp;
use serde_json::json;

use crate::digest::week;
use crate::domain::EditionId;
use crate::pipeline::{weeks_of_pages, weeks_of_people};
use crate::text::typography::moment;

use super::output::{Paint, json as print_json, line, pad, safe};
use super::{DONE, Now, PARTLY, load, open, stored};

/// Commands on editions.
#[derive(Debug, Subcommand)]
pub(super) enum EditionCommand {
    /// An edition as it was allotted, with the fate of each letter
    Show {
        /// The week, such as 2026-W48 [default: the last one]
        edition: Option<EditionId>,
        /// One object a line instead of text
        #[arg(long)]
        json: bool,
    },
    /// Calendar files (ICS) and tables (CSV): one for each person and network, one for each page of the company
    Calendars {
        /// The week, such as 2026-W48 [default: the last one]
        edition: Option<EditionId>,
        /// Folder they are written to
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
        #[command(flatten)]
        now: Now,
    },
}

pub(super) async fn run(dir: &Path, command: &EditionCommand) -> anyhow::Result<u8> {
    match command {
        EditionCommand::Show { edition, json } => show(dir, *edition, *json).await,
        EditionCommand::Calendars { edition, to, now } => calendars(dir, *edition, to, now.get()).await,
    }
}

async fn calendars(dir: &Path, edition: Option<EditionId>, to: &Path, now: Timestamp) -> anyhow::Result<u8> {
    let shop = open(dir).await?;
    let row = match edition {
        Some(id) => shop.store.edition(id).await?,
        None => shop.store.editions(1).await?.into_iter().next(),
    };
    let mut weeks = weeks_of_pages(&shop, now).await?;
    match row {
        Some(row) => weeks.extend(weeks_of_people(&shop, row.id, now).await?),
        None => eprintln!("vigie: there is no such edition: the calendars of people are left out"),
    }
    std::fs::create_dir_all(to).with_context(|| format!("{} cannot be made", to.display()))?;
    let zone = &shop.config.settings.time_zone;
    for one in &weeks {
        let write = |ending: &str, text: &str| {
            let path = to.join(format!("{}.{ending}", one.file));
            std::fs::write(&path, text).with_context(|| format!("{} cannot be written", path.display()))
        };
        write("ics", &week::to_ics(&one.name, &one.appointments, zone, now))?;
        write("csv", &week::to_csv(&one.appointments, zone, now)?)?;
        line(format!("{}  {} appointments", safe(&one.file), one.appointments.len()))?;
    }
    Ok(if weeks.is_empty() { PARTLY } else { DONE })
}

async fn show(dir: &Path, edition: Option<EditionId>, json: bool) -> anyhow::Result<u8> {
    let config = load(dir)?;
    let Some(store) = stored(&config).await? else {
        return Ok(PARTLY);
    };
    let row = match edition {
        Some(id) => store.edition(id).await?,
        None => store.editions(1).await?.into_iter().next(),
    };
    let Some(row) = row else {
        eprintln!("vigie: there is no such edition");
        return Ok(PARTLY);
    };
    let suggestions = store.suggestions(row.id).await?;
    let letters = store.letters(row.id).await?;
    let ids: Vec<_> = suggestions.iter().map(|suggestion| suggestion.item).collect();
    let records = store.items(&ids).await?;
    let title = |id| records.iter().find(|record| record.item.id == id).map_or("", |record| record.item.title.as_str());
    let paint = Paint::stdout();
    if !json {
        let planned = moment(row.planned, &config.settings.time_zone, config.settings.language);
        line(paint.cyan(&format!("{} · {planned}", row.id)))?;
        if let Some(why) = &row.skipped {
            line(format!("skipped: {why}"))?;
        }
    }
    for letter in &letters {
        let own = suggestions.iter().filter(|suggestion| suggestion.ambassador == letter.ambassador);
        if json {
            let given: Vec<serde_json::Value> = own
                .map(|suggestion| {
                    json!({
                        "story": suggestion.story.to_string(), "item": suggestion.item.to_string(),
                        "title": title(suggestion.item), "channel": suggestion.channel.as_str(),
                        "slot": suggestion.slot.to_string(), "objective": suggestion.objective, "gain": suggestion.gain,
                    })
                })
                .collect();
            print_json(&json!({
                "edition": row.id.to_string(), "ambassador": letter.ambassador, "state": letter.state.as_str(),
                "reply": letter.reply, "attempts": letter.attempts, "message_id": letter.message_id, "suggestions": given,
            }))?;
            continue;
        }
        line("")?;
        let reply = letter.reply.as_deref().map(|reply| format!(" ({})", safe(reply))).unwrap_or_default();
        line(format!("{} {}{}", paint.bold(&letter.ambassador), letter.state.as_str(), paint.dim(&reply)))?;
        for suggestion in own {
            let when = pad(&suggestion.slot.to_string(), 14);
            let channel = pad(suggestion.channel.as_str(), 9);
            line(format!("  {when} {channel} {}", safe(title(suggestion.item))))?;
        }
    }
    let served = |id: &str| suggestions.iter().any(|suggestion| suggestion.objective.as_deref() == Some(id));
    let unserved: Vec<&str> =
        config.line.objectives.iter().filter(|one| !served(&one.id)).map(|one| one.label.as_str()).collect();
    if !json && row.skipped.is_none() && !unserved.is_empty() {
        line(format!("\nObjectives that nothing of this edition serves: {}", safe(&unserved.join(", "))))?;
    }
    Ok(DONE)
}
