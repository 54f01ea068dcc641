//! `vigie library` and `vigie calendar`: what the company itself has to say, and when.

use std::io::{Read, Write};
use std::path::Path;

use clap::Args;
use jiff::SignedDuration;
use serde_json::json;

use crate::extract::document;
use crate::tag::doors::without_secrets;
use crate::text::typography::{day, moment};

use super::output::{Paint, json as print_json, line, safe};
use super::{DONE, Now, PARTLY, load, stored};

/// Arguments of `vigie calendar`.
#[derive(Debug, Args)]
pub(super) struct CalendarArguments {
    /// Days ahead that are shown
    #[arg(long, value_name = "N", default_value_t = 30)]
    days: u16,
    /// One object a line
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    now: Now,
}

pub(super) async fn calendar(dir: &Path, arguments: &CalendarArguments) -> anyhow::Result<u8> {
    let config = load(dir)?;
    let Some(store) = stored(&config).await? else { return Ok(PARTLY) };
    let now = arguments.now.get();
    let (zone, language) = (&config.settings.time_zone, config.settings.language);
    let from = now.checked_sub(SignedDuration::from_hours(24))?;
    let to = now.checked_add(SignedDuration::from_hours(24 * i64::from(arguments.days)))?;
    let entries = store.calendar(from, to).await?;
    let paint = Paint::stdout();
    for entry in &entries {
        if arguments.json {
            print_json(&json!({
                "source": entry.source, "uid": entry.uid, "starts": entry.starts.to_string(), "all_day": entry.all_day,
                "ends": entry.ends.map(|at| at.to_string()), "title": entry.title, "notes": entry.notes, "link": entry.link,
                "categories": entry.categories,
            }))?;
            continue;
        }
        let at = if entry.all_day {
            day(entry.starts.to_zoned(zone.clone()).date(), language)
        } else {
            moment(entry.starts, zone, language)
        };
        line(format!("{}  {}", paint.cyan(&at), safe(&entry.title)))?;
        let mut about = vec![safe(&entry.source)];
        about.extend(entry.categories.iter().map(|category| safe(category)));
        about.extend(entry.link.iter().map(|link| safe(link)));
        line(paint.dim(&format!("    {}", about.join(" · "))))?;
    }
    if entries.is_empty() && !arguments.json {
        line("Nothing stands in the calendars: add a source with kind = \"calendar\", or look further with --days.")?;
    }
    Ok(if entries.is_empty() { PARTLY } else { DONE })
}

/// Arguments of `vigie library`.
#[derive(Debug, Args)]
pub(super) struct LibraryArguments {
    /// One object a line
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    now: Now,
}

pub(super) async fn library(dir: &Path, arguments: &LibraryArguments) -> anyhow::Result<u8> {
    let config = load(dir)?;
    let Some(store) = stored(&config).await? else { return Ok(PARTLY) };
    let now = arguments.now.get();
    let entries = store.library().await?;
    let ids: Vec<_> = entries.keys().copied().collect();
    let mut records = store.items(&ids).await?;
    records.sort_by(|one, other| one.item.title.cmp(&other.item.title));
    let paint = Paint::stdout();
    for record in &records {
        let item = &record.item;
        let Some(entry) = entries.get(&item.id) else { continue };
        let zone = &config.settings.time_zone;
        let expired = entry.expires.is_some_and(|at| at <= now);
        if arguments.json {
            let angles: Vec<_> =
                entry.angles.iter().map(|(channel, text)| json!({ "channel": channel, "text": text })).collect();
            print_json(&json!({
                "id": item.id.to_string(), "title": item.title, "link": item.link.as_deref().map(without_secrets), "source": item.source,
                "evergreen": entry.evergreen, "expires": entry.expires.map(|at| at.to_string()), "expired": expired,
                "held": item.hold.as_ref().map(|hold| hold.why.as_str()), "angles": angles,
            }))?;
            continue;
        }
        line(paint.bold(&safe(&item.title)))?;
        let life = match (entry.evergreen, entry.expires) {
            (_, Some(at)) if expired => paint.yellow(&format!("expired {}", at.to_zoned(zone.clone()).date())),
            (_, Some(at)) => format!("until {}", at.to_zoned(zone.clone()).date()),
            (true, None) => "evergreen".to_owned(),
            (false, None) => "dated".to_owned(),
        };
        let link = item
            .link
            .as_deref()
            .map_or_else(|| "no address yet: it cannot be suggested".to_owned(), |link| safe(&without_secrets(link)));
        line(format!("    {life} · {link}"))?;
        if let Some(hold) = &item.hold {
            line(paint.yellow(&format!("    held back: {}", safe(&hold.why))))?;
        }
        for (channel, text) in &entry.angles {
            line(paint.dim(&format!(
                "    {}: {}",
                channel.as_deref().map_or_else(|| "all channels".to_owned(), safe),
                safe(text)
            )))?;
        }
    }
    if records.is_empty() && !arguments.json {
        line("The library is empty: add a source with kind = \"library\" and a path.")?;
    }
    Ok(if records.is_empty() { PARTLY } else { DONE })
}

/// Opens the PDF or DOCX that comes on standard input, in this process alone and within limits.
pub(super) fn open_document() -> anyhow::Result<u8> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    // What a file may cost its reader. The allocator reserves more than it uses.
    let limit = |most: u64| Rlimit { current: Some(most), maximum: Some(most) };
    let _ = setrlimit(Resource::As, limit(4 << 30));
    let _ = setrlimit(Resource::Cpu, limit(20));
    let mut bytes = Vec::new();
    std::io::stdin().lock().take(document::MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    let read = document::read_closed(&bytes).map_err(|why| why.to_string());
    serde_json::to_writer(std::io::stdout().lock(), &read)?;
    std::io::stdout().flush()?;
    Ok(DONE)
}
