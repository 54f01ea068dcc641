//! `vigie line judge`, `judgements`, `forget`: what the comms team says of items, kept, listed and taken back.

use std::path::Path;

use anyhow::bail;
use clap::Args;
use serde_json::json;

use crate::domain::{ItemId, Judgement};
use crate::pipeline::{Workshop, forget_judgements};
use crate::text::typography::moment;

use super::output::{json as print_json, line, safe};
use super::people::recorder;
use super::{DONE, Now, PARTLY, ambassador, load, stored};

/// Arguments of `vigie line judge`.
#[derive(Debug, Args)]
pub(super) struct JudgeArguments {
    /// The items, by number (see vigie search --json)
    #[arg(required = true)]
    items: Vec<String>,
    /// The topic
    #[arg(long, value_name = "ID")]
    topic: String,
    /// They are on the topic
    #[arg(long, conflicts_with = "not_relevant", required_unless_present = "not_relevant")]
    relevant: bool,
    /// They are not
    #[arg(long)]
    not_relevant: bool,
    /// Said for this person: they would take such items, or not; the topic itself is not judged
    #[arg(long, value_name = "ID")]
    ambassador: Option<String>,
    /// Who says so; the user of this session when nobody is named
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    #[command(flatten)]
    now: Now,
}

/// Arguments of `vigie line forget`.
#[derive(Debug, Args)]
pub(super) struct ForgetArguments {
    /// Judgements of this topic
    #[arg(long, value_name = "ID", required_unless_present_any = ["ambassador", "all"])]
    topic: Option<String>,
    /// Judgements for this person
    #[arg(long, value_name = "ID")]
    ambassador: Option<String>,
    /// All of them
    #[arg(long, conflicts_with_all = ["topic", "ambassador"])]
    all: bool,
}

pub(super) async fn judge(dir: &Path, arguments: &JudgeArguments) -> anyhow::Result<u8> {
    let config = load(dir)?;
    let Some(topic) = config.line.topics.iter().find(|topic| topic.id == arguments.topic) else {
        let known: Vec<&str> = config.line.topics.iter().map(|topic| topic.id.as_str()).collect();
        bail!("the line has no topic “{}”; it has: {}", safe(&arguments.topic), safe(&known.join(", ")));
    };
    let person = arguments.ambassador.as_deref().map(|id| ambassador(&config, id)).transpose()?;
    let Some(store) = stored(&config).await? else { return Ok(PARTLY) };
    let (who, at) = (recorder(arguments.by.as_ref()), arguments.now.get());
    let mut code = DONE;
    for typed in &arguments.items {
        let Ok(item) = typed.parse::<ItemId>() else {
            bail!("“{}” is not the number of an item: see vigie search --json", safe(typed));
        };
        let Some(record) = store.item(item).await? else {
            eprintln!("vigie: there is no item {item}");
            code = PARTLY;
            continue;
        };
        let relevant = arguments.relevant;
        let said_for = person.map(|person| person.id.clone());
        let judgement =
            Judgement { item, topic: topic.id.clone(), ambassador: said_for, relevant, who: who.clone(), at };
        store.record_judgement(&judgement).await?;
        let is = if relevant { "is" } else { "is not" };
        let said = match person {
            Some(person) => format!("{is} for {}", safe(&person.name)),
            None => format!("{is} on {}", safe(&topic.label)),
        };
        line(format!("{} {said}; recorded by {who}", safe(&record.item.title)))?;
    }
    Ok(code)
}

pub(super) async fn list(dir: &Path, as_json: bool) -> anyhow::Result<u8> {
    let config = load(dir)?;
    let Some(store) = stored(&config).await? else { return Ok(PARTLY) };
    let judgements = store.judgements().await?;
    let (zone, language) = (&config.settings.time_zone, config.settings.language);
    for judgement in &judgements {
        if as_json {
            // The form that vigie line test takes.
            print_json(&json!({
                "topic": judgement.topic, "id": judgement.item.to_string(), "relevant": judgement.relevant,
                "ambassador": judgement.ambassador, "by": judgement.who, "at": judgement.at.to_string(),
            }))?;
            continue;
        }
        let title = store.item(judgement.item).await?.map(|record| record.item.title).unwrap_or_default();
        let says = match (&judgement.ambassador, judgement.relevant) {
            (Some(person), true) => format!("for {person}, as"),
            (Some(person), false) => format!("not for {person}, as"),
            (None, true) => "on".to_owned(),
            (None, false) => "not on".to_owned(),
        };
        let at = moment(judgement.at, zone, language);
        line(format!("{}  {}", judgement.item, safe(&title)))?;
        line(format!("  {} {}; {} {at}", safe(&says), safe(&judgement.topic), safe(&judgement.who)))?;
    }
    if judgements.is_empty() && !as_json {
        line("Nobody judged anything yet: see vigie line judge --help.")?;
    }
    Ok(if judgements.is_empty() { PARTLY } else { DONE })
}

pub(super) async fn forget(dir: &Path, arguments: &ForgetArguments) -> anyhow::Result<u8> {
    let config = load(dir)?;
    let data = config.data_dir();
    let shop = Workshop::open(config, &data).await?;
    let forgotten = forget_judgements(&shop, arguments.topic.as_deref(), arguments.ambassador.as_deref()).await?;
    line(format!("{forgotten} judgement{} forgotten", if forgotten == 1 { "" } else { "s" }))?;
    Ok(if forgotten == 0 { PARTLY } else { DONE })
}
