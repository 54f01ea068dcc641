//! `vigie search`: everything that was collected, in French and English, as a table or as JSON.

use std::path::Path;

use anyhow::bail;
use clap::Args;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::json;

use crate::config::Config;
use crate::domain::{Hold, Item, ItemId, Language, Subject};
use crate::index::{Filters, SearchIndex, snippet};
use crate::pipeline::index_dir;
use crate::store::{ItemRecord, Store};
use crate::tag::doors::without_secrets;
use crate::text::reading::Reading;
use crate::text::typography::day_and_year;
use crate::text::vectors::{Vector, dot, set_apart};

use super::output::{Paint, json as print_json, line, safe, wrap};
use super::{DONE, Now, PARTLY, ambassador, load, stored};

/// Items among which those like one are looked for, the newest.
const LOOKED_AT: i64 = 4_000;

/// Arguments of `vigie search`.
#[derive(Debug, Args)]
#[command(
    after_help = "Words must all be there, in any form and in French or English; \"between quotes\" they stay together;\n\
                        title:word is in the title;\n\
                        isol* is a beginning; -word leaves out (after --, as in: vigie search -- chaleur -gaz). Without a word, the newest items come first."
)]
pub(super) struct Arguments {
    /// What to look for
    query: Vec<String>,
    /// Only this topic (may be repeated)
    #[arg(long, value_name = "ID")]
    topic: Vec<String>,
    /// Only this source (may be repeated)
    #[arg(long, value_name = "ID")]
    source: Vec<String>,
    /// Only this language: fr or en
    #[arg(long, value_name = "LANG")]
    language: Option<String>,
    /// Published on this day or later
    #[arg(long, value_name = "DAY")]
    since: Option<Date>,
    /// Published before this day
    #[arg(long, value_name = "DAY")]
    until: Option<Date>,
    /// Only the topics this person declares
    #[arg(long, value_name = "ID")]
    ambassador: Option<String>,
    /// Like this item, by meaning, in French and in English: its number; among the newest items
    #[arg(long, value_name = "ITEM", conflicts_with = "query")]
    like: Option<String>,
    /// How many at most
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    limit: u16,
    /// One object a line instead of text
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    now: Now,
}

pub(super) async fn run(dir: &Path, arguments: &Arguments) -> anyhow::Result<u8> {
    let config = load(dir)?;
    let filters = filters(&config, arguments)?;
    let Some(store) = stored(&config).await? else {
        return Ok(PARTLY);
    };
    let index = SearchIndex::open(&index_dir(&config.data_dir()), store.identity())?;
    if index.seq() < store.last_seq().await? {
        eprintln!(
            "vigie: the index is behind the store; vigie collect, vigie run or vigie reindex brings it up to date"
        );
    }
    if let Some(like) = &arguments.like {
        return alike(&config, &store, like, &filters, arguments).await;
    }
    let typed = arguments.query.join(" ");
    let results = index.search(&typed, &filters, usize::from(arguments.limit))??;
    let ids: Vec<_> = results.hits.iter().map(|hit| hit.item).collect();
    let records = store.items(&ids).await?;
    let paint = Paint::stdout();
    if results.forgiven && !arguments.json {
        line(paint.yellow("Nothing holds these words as typed; these hold words a letter or two away."))?;
    }
    for (rank, hit) in results.hits.iter().enumerate() {
        let Some(record) = records.iter().find(|record| record.item.id == hit.item) else {
            continue;
        };
        let found = snippet(&record.item.text, record.item.language, &results.stems);
        if arguments.json {
            print_json(&as_json(record, hit.score, &found.text, arguments.now.get()))?;
        } else {
            show(&config, rank + 1, record, &found, (paint, arguments.now.get()))?;
        }
    }
    if !arguments.json {
        let more = if results.total > results.hits.len() {
            format!(", the first {} shown (--limit shows more)", results.hits.len())
        } else {
            String::new()
        };
        line(paint.dim(&format!("{} found{more}.", results.total)))?;
    }
    Ok(if results.total > 0 { DONE } else { PARTLY })
}

/// Items near one in meaning, the nearest first.
async fn alike(
    config: &Config,
    store: &Store,
    like: &str,
    filters: &Filters,
    arguments: &Arguments,
) -> anyhow::Result<u8> {
    let Ok(id) = like.parse::<ItemId>() else {
        bail!("“{}” is not the number of an item: see vigie search --json", safe(like));
    };
    let Some(record) = store.item(id).await? else { bail!("there is no item {id}") };
    let direction = |item: &Item| Reading::new(&item.title, &item.text, item.language).direction();
    let fits = |record: &ItemRecord| {
        let item = &record.item;
        item.id != id
            && (filters.topics.is_empty()
                || record.tags.topics.iter().any(|found| filters.topics.contains(&found.topic)))
            && (filters.sources.is_empty() || filters.sources.contains(&item.source))
            && filters.language.is_none_or(|language| item.language == language)
            && filters.since.is_none_or(|since| item.published.at >= since)
            && filters.until.is_none_or(|until| item.published.at < until)
    };
    let mut records: Vec<ItemRecord> = vec![record];
    records.extend(store.newest(LOOKED_AT).await?.into_iter().filter(|record| record.item.id != id));
    let mut directions: Vec<Vector> = records.iter().map(|record| direction(&record.item)).collect();
    for language in [Language::French, Language::English, Language::Other] {
        let own: Vec<usize> = (0..records.len()).filter(|at| records[*at].item.language == language).collect();
        set_apart(&mut directions, &own);
    }
    let own = directions[0];
    let mut near: Vec<(f32, ItemRecord)> = records
        .into_iter()
        .zip(directions)
        .filter(|(record, _)| fits(record))
        .map(|(record, direction)| (dot(&own, &direction), record))
        .collect();
    near.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.item.id.cmp(&other.1.item.id)));
    near.truncate(usize::from(arguments.limit));
    let paint = Paint::stdout();
    for (rank, (score, record)) in near.iter().enumerate() {
        let found = snippet(&record.item.text, record.item.language, &[]);
        if arguments.json {
            print_json(&as_json(record, *score, &found.text, arguments.now.get()))?;
        } else {
            show(config, rank + 1, record, &found, (paint, arguments.now.get()))?;
        }
    }
    Ok(if near.is_empty() { PARTLY } else { DONE })
}

fn filters(config: &Config, arguments: &Arguments) -> anyhow::Result<Filters> {
    for topic in &arguments.topic {
        if config.line.topic(topic).is_none() {
            let known: Vec<&str> = config.line.topics.iter().map(|topic| topic.id.as_str()).collect();
            bail!("there is no topic “{}”; known: {}", safe(topic), known.join(", "));
        }
    }
    for source in &arguments.source {
        if config.source(source).is_none() {
            bail!("there is no source “{}”: see vigie source list", safe(source));
        }
    }
    let mut topics = arguments.topic.clone();
    if let Some(id) = &arguments.ambassador {
        let person = ambassador(config, id)?;
        topics.extend(person.expertise.iter().filter_map(|expertise| match &expertise.subject {
            Subject::Topic(topic) => Some(topic.clone()),
            Subject::Terms(_) => None,
        }));
    }
    let language = match arguments.language.as_deref() {
        None => None,
        Some(tag) => match Language::from_tag(tag) {
            Language::Other => bail!("the language is fr or en"),
            known => Some(known),
        },
    };
    let zone = &config.settings.time_zone;
    let midnight =
        |day: Date, zone: &TimeZone| -> anyhow::Result<Timestamp> { Ok(day.to_zoned(zone.clone())?.timestamp()) };
    Ok(Filters {
        topics,
        sources: arguments.source.clone(),
        language,
        since: arguments.since.map(|day| midnight(day, zone)).transpose()?,
        until: arguments.until.map(|day| midnight(day, zone)).transpose()?,
    })
}

/// What holds an item now: an embargo that has ended holds it no more.
fn in_force(item: &Item, now: Timestamp) -> Option<&Hold> {
    item.hold.as_ref().filter(|hold| hold.in_force(now))
}

fn as_json(record: &ItemRecord, score: f32, snippet: &str, now: Timestamp) -> serde_json::Value {
    let item = &record.item;
    let published = if item.published.has_hour {
        item.published.at.to_string()
    } else {
        item.published.at.to_zoned(TimeZone::UTC).date().to_string()
    };
    json!({
        "id": item.id.to_string(),
        "story": item.story.to_string(),
        "title": item.title,
        "link": item.link.as_deref().map(without_secrets),
        "source": item.source,
        "published": published,
        "language": item.language.code(),
        "topics": record.tags.topics.iter().map(|topic| topic.topic.as_str()).collect::<Vec<_>>(),
        "held": in_force(item, now).map(|hold| json!({ "why": hold.why, "until": hold.until.map(|at| at.to_string()) })),
        "score": score,
        "snippet": snippet,
    })
}

fn show(
    config: &Config,
    rank: usize,
    record: &ItemRecord,
    found: &crate::index::Snippet,
    (paint, now): (Paint, Timestamp),
) -> anyhow::Result<()> {
    let item = &record.item;
    let day =
        day_and_year(item.published.at.to_zoned(config.settings.time_zone.clone()).date(), config.settings.language);
    let source = config.source(&item.source).map_or(item.source.as_str(), |source| source.name.as_str());
    let topics: Vec<&str> = record.tags.topics.iter().map(|topic| topic.topic.as_str()).collect();
    line(format!("{rank:>2}. {}", paint.bold(&safe(&item.title))))?;
    let topics = if topics.is_empty() { String::new() } else { format!(" · {}", topics.join(", ")) };
    let class = if in_force(item, now).is_some() { " · held back".to_owned() } else { format!(" · {}", item.class) };
    line(paint.dim(&format!("    {} · {day}{topics}{class} · {}", safe(source), item.id)))?;
    let mut text = found.text.clone();
    for (from, to) in found.marks.iter().rev() {
        let marked = paint.yellow(&text[*from..*to]);
        text.replace_range(*from..*to, &marked);
    }
    if !text.is_empty() {
        line(wrap(&text.replace(['\n', '\r', '\t'], " "), 96, "    "))?;
    }
    if let Some(link) = &item.link {
        line(paint.cyan(&format!("    {}", safe(&without_secrets(link)))))?;
    }
    line("")?;
    Ok(())
}
