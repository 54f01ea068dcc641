//! `vigie explain`: the whole truth on one item: seen where, kept why, tagged how, given to whom, or not, and why.

use std::path::Path;

use clap::Args;
use jiff::Timestamp;
use serde_json::json;

use crate::config::Config;
use crate::domain::{Item, ItemId, TopicMatch};
use crate::pipeline::{Workshop, preview};
use crate::store::{Dropped, ItemRecord};
use crate::tag::doors::without_secrets;
use crate::text::reading::Reading;
use crate::text::typography::moment;
use crate::text::urls;

use super::output::{Paint, json as print_json, line, pad, safe};
use super::{DONE, Now, PARTLY, ambassador, open};

/// Arguments of `vigie explain`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The item: its number, or its address
    item: String,
    /// Only what concerns this person
    ambassador: Option<String>,
    /// One object instead of text
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    now: Now,
}

pub(super) async fn run(dir: &Path, arguments: &Arguments) -> anyhow::Result<u8> {
    let shop = open(dir).await?;
    if let Some(id) = &arguments.ambassador {
        ambassador(&shop.config, id)?;
    }
    let found = find(&shop, &arguments.item).await?;
    if found.is_empty() {
        return explain_dropped(&shop, &arguments.item, arguments.json).await;
    }
    for record in found {
        explain(&shop, &record, arguments).await?;
    }
    Ok(DONE)
}

async fn find(shop: &Workshop, typed: &str) -> anyhow::Result<Vec<ItemRecord>> {
    if let Ok(id) = typed.parse::<ItemId>() {
        if let Some(record) = shop.store.item(id).await? {
            return Ok(vec![record]);
        }
    }
    match urls::parse_web(typed) {
        Some(url) => Ok(shop.store.at_address(&urls::canonical(&url)).await?),
        None => Ok(Vec::new()),
    }
}

async fn explain_dropped(shop: &Workshop, typed: &str, as_json: bool) -> anyhow::Result<u8> {
    let wanted = urls::parse_web(typed).map(|url| urls::canonical(&url));
    let same = |dropped: &Dropped| {
        let link = dropped.link.as_deref().and_then(urls::parse_web).map(|url| urls::canonical(&url));
        link.is_some() && link == wanted
    };
    let dropped = shop.store.dropped(None, Timestamp::MIN).await?;
    let Some(dropped) = dropped.into_iter().find(same) else {
        eprintln!("vigie: never seen: no source gave “{}”", safe(typed));
        return Ok(PARTLY);
    };
    if as_json {
        print_json(
            &json!({ "seen": true, "kept": false, "source": dropped.source, "at": dropped.at.to_string(), "reason": dropped.reason }),
        )?;
    } else {
        line(safe(&dropped.title))?;
        line(format!("  seen in {} at {}, left out: {}", dropped.source, dropped.at, safe(&dropped.reason)))?;
    }
    Ok(DONE)
}

async fn explain(shop: &Workshop, record: &ItemRecord, arguments: &Arguments) -> anyhow::Result<()> {
    let config = &shop.config;
    let item = &record.item;
    let now = arguments.now.get();
    let sightings = shop.store.sightings(item.id).await?;
    let story = shop.store.story(item.story).await?;
    let members: Vec<ItemId> = story.iter().map(|member| member.item.id).collect();
    let mut given = shop.store.given_items(&members).await?;
    let mut told = std::collections::HashSet::new();
    given.retain(|row| told.insert((row.ambassador.clone(), row.edition)));
    let also: Vec<String> = arguments.ambassador.iter().cloned().collect();
    let drafted = preview(shop, now, &also, Some(item.story)).await?;
    let others: Vec<ItemId> = drafted
        .story_items
        .get(&item.story)
        .into_iter()
        .flatten()
        .copied()
        .filter(|other| !members.contains(other))
        .collect();
    let tellings = shop.store.items(&others).await?;
    let inside = drafted.inside.iter().find(|(id, _)| *id == item.id).map(|(_, why)| why.as_str());
    let concerns = |ambassador: &str| arguments.ambassador.as_deref().is_none_or(|wanted| wanted == ambassador);
    let refused: Vec<(&str, &str)> = drafted
        .allotment
        .refusals
        .iter()
        .filter(|refusal| refusal.story == item.story && concerns(&refusal.ambassador))
        .map(|refusal| (refusal.ambassador.as_str(), refusal.why.as_str()))
        .collect();
    let would: Vec<&str> = drafted
        .allotment
        .suggestions
        .iter()
        .filter(|suggestion| suggestion.story == item.story && concerns(&suggestion.ambassador))
        .map(|suggestion| suggestion.ambassador.as_str())
        .collect();
    if arguments.json {
        return Ok(print_json(&json!({
            "id": item.id.to_string(), "story": item.story.to_string(), "title": item.title,
            "link": item.link.as_deref().map(without_secrets), "source": item.source, "published": item.published.at.to_string(), "published_from": item.published.origin,
            "certainty": item.published.origin.certainty(), "language": item.language.code(), "class": item.class,
            "held": item.hold.as_ref().map(|hold| hold.why.clone()), "inside": inside,
            "seen": sightings.iter().map(|(source, at)| json!({ "source": source, "at": at.to_string() })).collect::<Vec<_>>(),
            "topics": record.tags.topics, "exclusions": record.tags.exclusions,
            "members": members.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "tellings": tellings.iter().map(|other| json!({ "id": other.item.id.to_string(), "title": other.item.title })).collect::<Vec<_>>(),
            "copy_of": item.copy_of.map(|id| id.to_string()),
            "given": given.iter().map(|row| json!({ "ambassador": row.ambassador, "edition": row.edition.to_string() })).collect::<Vec<_>>(),
            "now_for": would,
            "now_not_for": refused.iter().map(|(who, why)| json!({ "ambassador": who, "why": why })).collect::<Vec<_>>(),
        }))?);
    }
    let paint = Paint::stdout();
    line(paint.bold(&safe(&item.title)))?;
    facts(config, record, &sightings, paint)?;
    for (label, text) in tags(record) {
        line(format!("  {} {text}", paint.dim(&pad(label, 11))))?;
    }
    let others: Vec<&ItemRecord> = story.iter().filter(|member| member.item.id != item.id).collect();
    if others.is_empty() {
        line(format!("  {} told by nobody else", paint.dim(&pad("story", 11))))?;
    }
    for other in others {
        line(format!("  {} {}: {}", paint.dim(&pad("story", 11)), other.item.source, safe(&other.item.title)))?;
        line(format!("  {} {}", pad("", 11), paint.dim(&safe(&told_together(item, &other.item)))))?;
    }
    for other in &tellings {
        let label = paint.dim(&pad("told also", 11));
        line(format!("  {label} {}: {}", other.item.source, safe(&other.item.title)))?;
    }
    for mail in shop.store.mails_of(&item.source, &item.key).await? {
        let says: serde_json::Value = serde_json::from_str(&mail.says).unwrap_or_default();
        let subject = says.get("subject").and_then(serde_json::Value::as_str).unwrap_or_default();
        line(format!(
            "  {} {} ({}, read as {})",
            paint.dim(&pad("by mail", 11)),
            safe(subject),
            mail.received,
            mail.mode
        ))?;
    }
    for row in given.iter().filter(|row| concerns(&row.ambassador)) {
        line(format!("  {} {} in {}", paint.green(&pad("given to", 11)), row.ambassador, row.edition))?;
    }
    if let Some(why) = inside {
        line(format!("  {} {}", paint.red(&pad("inside", 11)), safe(why)))?;
    }
    for who in would {
        line(format!("  {} {who}", paint.green(&pad("now for", 11))))?;
    }
    for (who, why) in refused {
        line(format!("  {} {}: {}", paint.yellow(&pad("not for", 11)), who, safe(why)))?;
    }
    Ok(())
}

/// Why two items are one story.
fn told_together(one: &Item, other: &Item) -> String {
    if one.copy_of == Some(other.id)
        || other.copy_of == Some(one.id)
        || (one.copy_of.is_some() && one.copy_of == other.copy_of)
    {
        return "the same text".to_owned();
    }
    let read = |item: &Item| Reading::new(&item.title, &item.text, item.language);
    let words = read(one).shared_words(&read(other), 6);
    if words.is_empty() { "by others of the story".to_owned() } else { format!("both speak of {}", words.join(", ")) }
}

fn facts(config: &Config, record: &ItemRecord, sightings: &[(String, Timestamp)], paint: Paint) -> anyhow::Result<()> {
    let item = &record.item;
    let zone = &config.settings.time_zone;
    let published = moment(item.published.at, zone, crate::domain::Language::English);
    let rows = [
        ("address", item.link.as_deref().map(without_secrets).unwrap_or_default()),
        ("published", format!("{published} (from: {})", item.published.origin.as_str())),
        ("language", item.language.code().to_owned()),
        ("class", item.class.to_string()),
        ("text", format!("{} words, {}", item.words(), if item.full { "the whole article" } else { "a teaser" })),
    ];
    for (label, text) in rows {
        line(format!("  {} {}", paint.dim(&pad(label, 11)), safe(&text)))?;
    }
    for (source, at) in sightings {
        line(format!(
            "  {} {source}, {}",
            paint.dim(&pad("seen in", 11)),
            moment(*at, zone, crate::domain::Language::English)
        ))?;
    }
    Ok(())
}

fn tags(record: &ItemRecord) -> Vec<(&'static str, String)> {
    let words = |found: &TopicMatch| {
        let mut parts = Vec::new();
        if !found.in_title.is_empty() {
            parts.push(format!("in the title: {}", found.in_title.join(", ")));
        }
        if !found.in_text.is_empty() {
            parts.push(format!("in the text: {}", found.in_text.join(", ")));
        }
        parts.join("; ")
    };
    let mut rows: Vec<(&'static str, String)> = record
        .tags
        .topics
        .iter()
        .map(|found| ("topic", format!("{} {:.2} ({})", found.topic, found.score, words(found))))
        .collect();
    if rows.is_empty() {
        rows.push(("topic", "none reaches the threshold: off the line".into()));
    }
    if !record.tags.actors.is_empty() {
        rows.push(("speaks of", record.tags.actors.join(", ")));
    }
    for hit in &record.tags.exclusions {
        rows.push(("exclusion", format!("“{}” ({}): {}", hit.rule, hit.scope.as_str(), hit.found)));
    }
    rows
}
