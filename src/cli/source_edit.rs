//! `vigie source add|test|discover|import|export`: sources found, tried, written to the admin's files with every
//! comment kept.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::json;
use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, value};

use crate::collect::{ReadFeed, opml};
use crate::config::Config;
use crate::daemon::DataLock;
use crate::domain::{Confidentiality, Source};
use crate::net::Web;
use crate::pipeline::{Discovered, PollOutcome, Workshop, discover, read_now, take_in, try_source, web_client};
use crate::text::tokens::fold;
use crate::text::typography::shorten;
use crate::text::urls;

use super::output::{Paint, json as print_json, line, safe};
use super::{DONE, Now, PARTLY, load};

/// Items of a feed that a preview shows.
const SHOWN: usize = 5;

/// Arguments of `vigie source add`.
#[derive(Debug, Args)]
pub(super) struct AddArguments {
    /// Address of the feed, or of any page of the site
    url: String,
    /// Its id; made from its name when not given
    #[arg(long)]
    id: Option<String>,
    /// Name shown to people; its own title when not given
    #[arg(long)]
    name: Option<String>,
    /// public, shareable or internal
    #[arg(long, value_name = "CLASS", default_value = "public")]
    confidentiality: String,
    /// File of the configuration that it is written to
    #[arg(long, value_name = "FILE", default_value = "sources.toml")]
    file: PathBuf,
    /// Let it be on a private network or on this machine
    #[arg(long)]
    allow_private: bool,
    /// Show what would come, and write nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    now: Now,
}

/// Arguments of `vigie source discover` and `vigie source test`.
#[derive(Debug, Args)]
pub(super) struct LookArguments {
    /// An address, or the id of a source
    address: String,
    /// Let it be on a private network or on this machine
    #[arg(long)]
    allow_private: bool,
    /// One object a line instead of text
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    now: Now,
}

/// Arguments of `vigie source import`.
#[derive(Debug, Args)]
pub(super) struct ImportArguments {
    /// An OPML list
    file: PathBuf,
    /// Name of the file written in sources.d; that of the list when not given
    #[arg(long)]
    name: Option<String>,
}

/// Arguments of `vigie source export`.
#[derive(Debug, Args)]
pub(super) struct ExportArguments {
    /// Where to write the OPML list; the terminal when not given
    file: Option<PathBuf>,
}

pub(super) async fn add(dir: &Path, arguments: &AddArguments) -> anyhow::Result<u8> {
    let config = load(dir)?;
    let class = arguments.confidentiality.as_str();
    if !["public", "shareable", "internal"].contains(&class) {
        bail!("“{}” is no class: public, shareable or internal", safe(class));
    }
    let mut found = look(&config, &arguments.url, arguments.allow_private).await?;
    if found.is_empty() {
        bail!("no feed was found at {}, nor named there, nor in the usual places", safe(&arguments.url));
    }
    for other in found.iter().skip(1) {
        line(format!("also found: {} {}", safe(&other.url), safe(other.title.as_deref().unwrap_or_default())))?;
    }
    let chosen = found.remove(0);
    preview(&chosen.url, chosen.title.as_deref(), &chosen.feed)?;
    if let Some(known) = config.sources.iter().find(|source| same_address(&source.url, &chosen.url)) {
        bail!("it is there already, as “{}”", safe(&known.id));
    }
    let name = arguments.name.clone().or_else(|| chosen.title.clone()).unwrap_or_else(|| chosen.url.clone());
    let taken: HashSet<&str> = config.sources.iter().map(|source| source.id.as_str()).collect();
    let id = arguments.id.clone().unwrap_or_else(|| free_id(&name, &chosen.url, &taken));
    if arguments.dry_run {
        line(format!("nothing written; it would be “{}” in {}", safe(&id), arguments.file.display()))?;
        return Ok(DONE);
    }
    let mut settings = vec![("id", id.clone()), ("name", shorten(&name, 80)), ("url", chosen.url.clone())];
    settings.push(("confidentiality", class.to_owned()));
    if arguments.allow_private {
        settings.push(("allow_private", "true".to_owned()));
    }
    let path = dir.join(&arguments.file);
    let before = append(&path, &[settings])?;
    let config = match load(dir) {
        Ok(config) => config,
        // The file was good a moment ago: what we wrote does not fit, and goes.
        Err(error) => {
            restore(&path, before.as_deref())?;
            return Err(error);
        }
    };
    line(format!("“{}” is written to {}.", safe(&id), path.display()))?;
    first_poll(config, &id, chosen, arguments.now.get()).await
}

/// The answer that found the source is its first poll: nobody is asked twice. While the daemon holds the data, it asks.
async fn first_poll(config: Config, id: &str, chosen: Discovered, now: Timestamp) -> anyhow::Result<u8> {
    let data = config.data_dir();
    crate::pipeline::make_data_dir(&data)?;
    let Ok(_lock) = DataLock::take(&data) else {
        line("The daemon is running: it takes the source in when it reloads (systemctl reload vigie).")?;
        return Ok(DONE);
    };
    let Some(source) = config.source(id).cloned() else {
        bail!("the source “{}” is not in the configuration", safe(id))
    };
    let shop = Workshop::open(config, &data).await?;
    let event = take_in(&shop, &source, chosen.fetched, now).await?;
    if let PollOutcome::Items { new, elsewhere, .. } = event.outcome {
        line(format!("{new} items are in the archive, {elsewhere} were known; what comes from now on is news."))?;
    }
    Ok(DONE)
}

pub(super) async fn discover_feeds(dir: &Path, arguments: &LookArguments) -> anyhow::Result<u8> {
    let found = look(&load(dir)?, &arguments.address, arguments.allow_private).await?;
    for one in &found {
        if arguments.json {
            print_json(&json!({ "url": one.url, "title": one.title, "items": one.feed.items.len() }))?;
        } else {
            line(format!(
                "{}  {} ({} items)",
                safe(&one.url),
                safe(one.title.as_deref().unwrap_or("untitled")),
                one.feed.items.len()
            ))?;
        }
    }
    if found.is_empty() && !arguments.json {
        line("no feed found there, nor in the usual places")?;
    }
    Ok(if found.is_empty() { PARTLY } else { DONE })
}

pub(super) async fn test(dir: &Path, arguments: &LookArguments) -> anyhow::Result<u8> {
    let config = load(dir)?;
    if let Some(source) = config.source(&arguments.address) {
        return test_source(&config, source, arguments).await;
    }
    let found = look(&config, &arguments.address, arguments.allow_private).await?;
    let Some(first) = found.first() else { bail!("no feed was found at {}", safe(&arguments.address)) };
    show_test(&first.url, first.title.as_deref(), &first.feed, arguments.json)?;
    Ok(DONE)
}

/// A source of the configuration, read as what it is; when it cannot be, what it gave when it last could.
async fn test_source(config: &Config, source: &Source, arguments: &LookArguments) -> anyhow::Result<u8> {
    let source = Source { allow_private: source.allow_private || arguments.allow_private, ..source.clone() };
    if source.kind.is_inside() {
        return test_inside(config, &source, arguments).await;
    }
    let why = match read_now(config, &web_client(config)?, &source).await {
        Ok(feed) => {
            show_test(&source.url, feed.info.title.as_deref(), &feed, arguments.json)?;
            return Ok(DONE);
        }
        Err(why) => why,
    };
    let last = match super::stored(config).await? {
        Some(store) => store.last_list(&source.id).await?,
        None => None,
    };
    if arguments.json {
        let last = last.map(|(taken, list)| json!({ "taken": taken.to_string(), "items": list }));
        print_json(&json!({ "url": source.url, "error": why, "last_good": last }))?;
        return Ok(PARTLY);
    }
    line(format!("{}: {}", safe(&source.id), safe(&why)))?;
    if let Some((taken, list)) = last {
        let day = taken.to_zoned(config.settings.time_zone.clone()).date();
        line(format!("  the last list that was good, of {day}, held {} items:", list.len()))?;
        for link in list.iter().take(SHOWN) {
            line(format!("  {}  {}", link.day.as_deref().unwrap_or("undated   "), safe(&shorten(&link.title, 90))))?;
        }
    }
    Ok(PARTLY)
}

/// A mailbox, a folder or a calendar: what would come now, and what each message was taken for.
async fn test_inside(config: &Config, source: &Source, arguments: &LookArguments) -> anyhow::Result<u8> {
    let tried = try_source(config, &web_client(config)?, source, arguments.now.get()).await;
    let trial = match tried {
        Ok(trial) => trial,
        Err(why) if arguments.json => {
            print_json(&json!({ "url": source.url, "error": why }))?;
            return Ok(PARTLY);
        }
        Err(why) => bail!("{}: {}", safe(&source.id), safe(&why)),
    };
    if arguments.json {
        let held: Vec<_> = trial.held.iter().map(|(title, why)| json!({ "title": title, "why": why })).collect();
        print_json(&json!({ "url": source.url, "items": trial.items.len(), "notes": trial.notes, "held": held }))?;
        return Ok(DONE);
    }
    let paint = Paint::stdout();
    line(paint.bold(&safe(&source.name)))?;
    for note in &trial.notes {
        line(format!("  {}", safe(note)))?;
    }
    for item in trial.items.iter().take(SHOWN) {
        let day = item.published.map(|date| date.at.to_zoned(config.settings.time_zone.clone()).date().to_string());
        line(format!("  {}  {}", day.unwrap_or_else(|| "undated   ".into()), safe(&shorten(&item.title, 90))))?;
    }
    if trial.items.len() > SHOWN {
        line(format!("  … and {} more", trial.items.len() - SHOWN))?;
    }
    for (title, why) in trial.held.iter().take(SHOWN) {
        line(format!("  {} {}: {}", paint.yellow("would be held back:"), safe(&shorten(title, 90)), safe(why)))?;
    }
    if trial.held.len() > SHOWN {
        line(format!("  … and {} more would be held back", trial.held.len() - SHOWN))?;
    }
    Ok(DONE)
}

fn show_test(url: &str, title: Option<&str>, feed: &ReadFeed, as_json: bool) -> anyhow::Result<()> {
    if as_json {
        return Ok(print_json(
            &json!({ "url": url, "title": title, "items": feed.items.len(), "repairs": feed.repairs }),
        )?);
    }
    preview(url, title, feed)
}

async fn look(config: &Config, address: &str, allow_private: bool) -> anyhow::Result<Vec<Discovered>> {
    let typed = if address.contains("://") { address.to_owned() } else { format!("https://{address}") };
    let Some(url) = urls::parse_web(&typed) else { bail!("“{}” is no web address", safe(address)) };
    let web: Web = web_client(config)?;
    Ok(discover(&web, &url, allow_private).await?)
}

/// What would come from it.
fn preview(url: &str, title: Option<&str>, feed: &ReadFeed) -> anyhow::Result<()> {
    let paint = Paint::stdout();
    let ReadFeed { items, repairs, .. } = feed;
    line(paint.bold(&safe(title.unwrap_or("untitled"))))?;
    line(format!("  {}  {} items", safe(url), items.len()))?;
    for item in items.iter().take(SHOWN) {
        let day = item.published.map(|date| date.at.to_zoned(TimeZone::UTC).date().to_string());
        line(format!("  {}  {}", day.unwrap_or_else(|| "undated   ".into()), safe(&shorten(&item.title, 90))))?;
    }
    if items.len() > SHOWN {
        line(format!("  … and {} more", items.len() - SHOWN))?;
    }
    let whole = items.iter().filter(|item| item.content.as_ref().is_some_and(|text| text.len() > 1500)).count();
    let texts =
        if whole * 2 > items.len() { "whole articles" } else { "teasers: pages that match the line will be read" };
    line(format!("  {texts}"))?;
    for repair in repairs {
        line(format!("  {} {}", paint.yellow("mended:"), safe(repair)))?;
    }
    Ok(())
}

pub(super) fn import(dir: &Path, arguments: &ImportArguments) -> anyhow::Result<u8> {
    let config = load(dir)?;
    let name = arguments.file.display();
    let text = fs::read_to_string(&arguments.file).with_context(|| format!("{name} cannot be read"))?;
    let Some(outlines) = opml::read(&text) else { bail!("{name} is no OPML list") };
    let mut taken: HashSet<String> = config.sources.iter().map(|source| source.id.clone()).collect();
    let mut known: Vec<String> = config.sources.iter().map(|source| source.url.clone()).collect();
    let mut tables = Vec::new();
    let mut skipped = 0;
    for outline in outlines {
        let good = urls::parse_web(&outline.url).is_some();
        if !good || known.iter().any(|url| same_address(url, &outline.url)) {
            skipped += 1;
            continue;
        }
        let own = |key: &str| outline.settings.iter().find(|(name, _)| name == key).map(|(_, value)| value.clone());
        let borrowed: HashSet<&str> = taken.iter().map(String::as_str).collect();
        let id = own("id").filter(|id| !borrowed.contains(id.as_str()));
        let id = id.unwrap_or_else(|| free_id(&outline.title, &outline.url, &borrowed));
        let title = if outline.title.is_empty() { id.clone() } else { outline.title.clone() };
        let mut table = vec![("id", id.clone()), ("name", title), ("url", outline.url.clone())];
        table.push((
            "confidentiality",
            own("confidentiality").unwrap_or_else(|| Confidentiality::Public.as_str().to_owned()),
        ));
        if !outline.folders.is_empty() {
            table.push(("folder", outline.folders.join(" / ")));
        }
        for (key, setting) in &outline.settings {
            if let Some(key) = opml::setting(key).filter(|key| !matches!(*key, "id" | "confidentiality")) {
                table.push((key, setting.clone()));
            }
        }
        taken.insert(id);
        known.push(outline.url);
        tables.push(table);
    }
    if tables.is_empty() {
        line(format!("nothing to import: {skipped} are known already or are no web addresses"))?;
        return Ok(PARTLY);
    }
    let stem = arguments.name.clone().or_else(|| Some(arguments.file.file_stem()?.to_string_lossy().into_owned()));
    let folder = dir.join("sources.d");
    fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let path = folder.join(format!("{}.toml", slug(&stem.unwrap_or_default()).unwrap_or_else(|| "import".into())));
    let before = append(&path, &tables)?;
    if let Err(error) = load(dir) {
        restore(&path, before.as_deref())?;
        return Err(error);
    }
    line(format!(
        "{} sources written to {}, {skipped} known already or no web addresses.",
        tables.len(),
        path.display()
    ))?;
    Ok(DONE)
}

pub(super) fn export(dir: &Path, arguments: &ExportArguments) -> anyhow::Result<u8> {
    let config = load(dir)?;
    let list = opml::write(&config.settings.organisation, &config.sources);
    match &arguments.file {
        Some(path) => {
            fs::write(path, list).with_context(|| format!("{} cannot be written", path.display()))?;
            line(format!("{} sources are in {}.", config.sources.len(), path.display()))?;
        }
        None => line(list.trim_end())?,
    }
    Ok(DONE)
}

/// Appends tables to a file of sources; gives what it held before.
fn append(path: &Path, tables: &[Vec<(&str, String)>]) -> anyhow::Result<Option<String>> {
    let before = if path.exists() {
        Some(fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?)
    } else {
        None
    };
    let mut document: DocumentMut = before.as_deref().unwrap_or_default().parse()?;
    let list = document.entry("source").or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
    let Some(list) = list.as_array_of_tables_mut() else {
        bail!("{}: “source” is no list of tables: write [[source]]", path.display());
    };
    for settings in tables {
        let mut table = Table::new();
        for (key, setting) in settings {
            table[key] = typed(key, setting);
        }
        list.push(table);
    }
    // Whole or not at all: a crash must not leave half a configuration.
    let draft = path.with_extension("toml.new");
    fs::write(&draft, document.to_string()).with_context(|| format!("{} cannot be written", draft.display()))?;
    fs::rename(&draft, path).with_context(|| format!("{} cannot be written", path.display()))?;
    Ok(before)
}

fn typed(key: &str, setting: &str) -> Item {
    match key {
        "allow_private" | "enabled" => value(setting == "true"),
        "excerpt" => setting.parse::<i64>().map_or_else(|_| value(setting), value),
        "trust" => setting.parse::<f64>().map_or_else(|_| value(setting), value),
        _ => value(setting),
    }
}

fn restore(path: &Path, before: Option<&str>) -> anyhow::Result<()> {
    match before {
        Some(text) => fs::write(path, text)?,
        None => fs::remove_file(path)?,
    }
    Ok(())
}

fn same_address(one: &str, other: &str) -> bool {
    let canonical = |typed: &str| urls::parse_web(typed).map(|url| urls::canonical(&url));
    one == other || (canonical(one).is_some() && canonical(one) == canonical(other))
}

/// `Le blog d’Ada` → `le-blog-d-ada`.
fn slug(text: &str) -> Option<String> {
    let words: Vec<String> = fold(text)
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(6)
        .map(str::to_owned)
        .collect();
    (!words.is_empty()).then(|| words.join("-"))
}

fn free_id(name: &str, url: &str, taken: &HashSet<&str>) -> String {
    let host = urls::parse_web(url).and_then(|url| slug(url.host_str()?));
    let base = slug(name).or(host).unwrap_or_else(|| "source".to_owned());
    let numbered = (2..).map(|number| format!("{base}-{number}"));
    std::iter::once(base.clone()).chain(numbered).find(|id| !taken.contains(id.as_str())).unwrap_or(base)
}

/// True for a source that is silent for much longer than it ever was, judged by its own rhythm.
pub(super) fn sleeps(
    source: &Source,
    rhythm: Option<std::time::Duration>,
    last_new: Option<Timestamp>,
    now: Timestamp,
) -> bool {
    let Some((rhythm, last)) = rhythm.zip(last_new) else { return false };
    let silent = std::time::Duration::try_from(now.duration_since(last)).unwrap_or_default();
    source.enabled && silent > (rhythm * 6).max(std::time::Duration::from_secs(7 * 24 * 3600))
}
