//! `vigie quarantine`: what is held back, why, and who released what.

use std::path::Path;

use anyhow::bail;
use clap::Subcommand;
use jiff::Timestamp;
use serde_json::json;

use crate::domain::{ItemId, Judgement};
use crate::tag::doors::without_secrets;
use crate::text::typography::moment;

use super::output::{Paint, json as print_json, line, safe};
use super::people::recorder;
use super::{DONE, Now, PARTLY, load, stored};

/// Commands on what is held back.
#[derive(Debug, Subcommand)]
pub(super) enum QuarantineCommand {
    /// Items held back by a marker, an embargo or a page that could not be read, and why
    List {
        /// Also what was released, when, by whom and why it had been held
        #[arg(long)]
        released: bool,
        /// One object a line
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        now: Now,
    },
    /// Let items leave although something held them back. Their class stays: what is internal stays inside
    Release {
        /// The items, by number (see vigie quarantine list)
        #[arg(required = true)]
        items: Vec<String>,
        /// Who releases them; the user of this session when nobody is named
        #[arg(long, value_name = "NAME")]
        by: Option<String>,
        /// Why it is right
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
        /// One JSON object for each item that was released
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        now: Now,
    },
}

pub(super) async fn run(dir: &Path, command: &QuarantineCommand) -> anyhow::Result<u8> {
    match command {
        QuarantineCommand::List { released, json, now } => list(dir, *released, *json, now.get()).await,
        QuarantineCommand::Release { items, by, note, json, now } => {
            release(dir, items, &recorder(by.as_ref()), note.as_deref(), *json, now.get()).await
        }
    }
}

async fn list(dir: &Path, released: bool, as_json: bool, now: Timestamp) -> anyhow::Result<u8> {
    let config = load(dir)?;
    let Some(store) = stored(&config).await? else { return Ok(PARTLY) };
    let (zone, language) = (&config.settings.time_zone, config.settings.language);
    let paint = Paint::stdout();
    let held = store.held(now).await?;
    for record in &held {
        let item = &record.item;
        let Some(hold) = &item.hold else { continue };
        let class = config.source(&item.source).map_or(item.class, |source| source.confidentiality);
        if as_json {
            print_json(&json!({
                "id": item.id.to_string(), "title": item.title, "source": item.source, "class": class.as_str(),
                "link": item.link.as_deref().map(without_secrets), "why": hold.why, "until": hold.until.map(|at| at.to_string()), "released": null,
            }))?;
            continue;
        }
        let end = hold
            .until
            .map_or("until somebody releases it".to_owned(), |at| format!("until {}", moment(at, zone, language)));
        line(format!("{}  {}", paint.bold(&item.id.to_string()), safe(&item.title)))?;
        line(format!("  {} · {}, {end}", safe(&item.source), paint.yellow(&safe(&hold.why))))?;
    }
    if !as_json && held.is_empty() {
        line("Nothing is held back.")?;
    }
    if released {
        for release in store.releases(Timestamp::MIN).await? {
            let title = store.item(release.item).await?.map(|record| record.item.title).unwrap_or_default();
            if as_json {
                print_json(&json!({
                    "id": release.item.to_string(), "title": title, "why": release.why,
                    "released": release.at.to_string(), "by": release.who, "note": release.note,
                }))?;
                continue;
            }
            let note = release.note.as_deref().map_or(String::new(), |note| format!(" ({})", safe(note)));
            let at = moment(release.at, zone, language);
            line(format!("{}  {}", release.item, safe(&title)))?;
            line(paint.dim(&format!(
                "  released {at} by {}{note}; it was held by {}",
                safe(&release.who),
                safe(&release.why)
            )))?;
        }
    }
    Ok(if held.is_empty() && !released { PARTLY } else { DONE })
}

async fn release(
    dir: &Path,
    items: &[String],
    who: &str,
    note: Option<&str>,
    as_json: bool,
    now: Timestamp,
) -> anyhow::Result<u8> {
    let config = load(dir)?;
    let Some(store) = stored(&config).await? else { return Ok(PARTLY) };
    let mut ids = Vec::new();
    for typed in items {
        let Ok(id) = typed.parse::<ItemId>() else {
            bail!("“{}” is not the number of an item: see vigie quarantine list", safe(typed));
        };
        ids.push(id);
    }
    let mut code = DONE;
    for id in ids {
        let record = store.item(id).await?;
        match record {
            Some(record) if store.release(id, who, note, now).await? => {
                if as_json {
                    let why = record.item.hold.as_ref().map(|hold| hold.why.as_str());
                    print_json(&json!({
                        "id": id.to_string(), "title": record.item.title, "why": why,
                        "released": now.to_string(), "by": who, "note": note,
                    }))?;
                } else {
                    line(format!("{id} is released by {who}: {}", safe(&record.item.title)))?;
                }
                // Whoever lets an item go out says that it belongs to the line.
                if let Some(best) = record.tags.topics.first() {
                    let topic = best.topic.clone();
                    let who = who.to_owned();
                    let judgement = Judgement { item: id, topic, ambassador: None, relevant: true, who, at: now };
                    store.record_judgement(&judgement).await?;
                }
            }
            Some(_) => {
                eprintln!("vigie: nothing holds {id} back");
                code = PARTLY;
            }
            None => {
                eprintln!("vigie: there is no item {id}");
                code = PARTLY;
            }
        }
    }
    Ok(code)
}
