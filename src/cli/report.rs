//! `vigie report`: what the programme did, laid out by objective and never by person.

use std::collections::BTreeMap;
use std::path::Path;

use clap::Args;
use jiff::civil::Date;
use serde_json::json;

use crate::domain::{ItemId, Objective};
use crate::text::typography::{count, day_and_year, list, set};

use super::output::{Paint, json as print_json, line, safe, wrap};
use super::{DONE, Now, PARTLY, load, stored};

/// Arguments of `vigie report`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// From this day on [default: the last four weeks]
    #[arg(long, value_name = "DAY")]
    since: Option<Date>,
    /// One object a line, an objective each, instead of text
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    now: Now,
}

/// What was done for one objective.
#[derive(Debug, Default)]
struct Done {
    collected: usize,
    suggested: usize,
    shared: usize,
}

pub(super) async fn run(dir: &Path, arguments: &Arguments) -> anyhow::Result<u8> {
    let config = load(dir)?;
    let Some(store) = stored(&config).await? else {
        return Ok(PARTLY);
    };
    let zone = &config.settings.time_zone;
    let today = arguments.now.get().to_zoned(zone.clone()).date();
    let since = match arguments.since {
        Some(since) => since,
        None => today.checked_sub(jiff::SignedDuration::from_hours(24 * 28))?,
    };
    let start = since.to_zoned(zone.clone())?.timestamp();
    let objective_of = |topic: &str, actors: &[&str]| {
        config.line.objective_for(topic, actors).map(|objective| objective.id.clone()).unwrap_or_default()
    };
    let mut done: BTreeMap<String, Done> = BTreeMap::new();
    let mut of_item: BTreeMap<ItemId, String> = BTreeMap::new();
    for record in store.published_since(start).await? {
        let Some(topic) = record.tags.topics.first() else {
            continue;
        };
        let watched = config.source(&record.item.source).and_then(|source| source.actor.as_deref());
        let objective = objective_of(&topic.topic, &record.tags.about(watched));
        done.entry(objective.clone()).or_default().collected += 1;
        of_item.insert(record.item.id, objective);
    }
    for edition in store.editions(60).await?.into_iter().filter(|edition| edition.due >= start) {
        for suggestion in store.suggestions(edition.id).await? {
            done.entry(suggestion.objective.unwrap_or_default()).or_default().suggested += 1;
        }
    }
    for share in store.shares_since(since).await? {
        let objective = share.item.and_then(|item| of_item.get(&item).cloned()).unwrap_or_default();
        done.entry(objective).or_default().shared += 1;
    }
    let mut objectives: Vec<&Objective> = config.line.objectives.iter().collect();
    objectives.sort_by_key(|objective| objective.priority);
    let language = config.settings.language;
    let paint = Paint::stdout();
    if !arguments.json {
        let title = language
            .pick("Ce que la veille a servi, objectif par objectif", "What the watch served, objective by objective");
        let from = language.pick("depuis le", "since");
        line(paint.bold(&format!("{title} ({from} {})", day_and_year(since, language))))?;
    }
    let nothing = Done::default();
    for objective in objectives {
        let done = done.get(&objective.id).unwrap_or(&nothing);
        if arguments.json {
            print_json(&json!({
                "objective": objective.id, "label": objective.label, "priority": objective.priority,
                "indicators": objective.indicators, "collected": done.collected, "suggested": done.suggested,
                "shared": done.shared,
            }))?;
            continue;
        }
        let priority = language.pick("priorité", "priority");
        line(format!("\n{} ({priority} {})", paint.cyan(&safe(&objective.label)), objective.priority))?;
        if !objective.indicators.is_empty() {
            let label = set(language.pick("Se mesure à : ", "Measured by: "), language);
            line(wrap(&format!("{label}{}", safe(&objective.indicators.join(" ; "))), 90, "  "))?;
        }
        line(format!("  {}", told(done, language)))?;
    }
    let rest = done.get("").unwrap_or(&nothing);
    if arguments.json {
        print_json(&json!({
            "objective": null, "label": "veille métier", "collected": rest.collected, "suggested": rest.suggested,
            "shared": rest.shared,
        }))?;
    } else {
        line(format!(
            "\n{}",
            paint.cyan(language.pick("Veille métier (sans objectif)", "No objective (“veille métier”)"))
        ))?;
        line(format!("  {}", told(rest, language)))?;
    }
    Ok(DONE)
}

fn told(done: &Done, language: crate::domain::Language) -> String {
    let part = |number, french: [&str; 2], english: [&str; 2]| {
        let [one, many] = language.pick(french, english);
        count(number, one, many, language)
    };
    let parts = [
        part(done.collected, ["article collecté", "articles collectés"], ["item collected", "items collected"]),
        part(done.suggested, ["proposition", "propositions"], ["suggestion", "suggestions"]),
        part(
            done.shared,
            ["prise de parole déclarée", "prises de parole déclarées"],
            ["declared post", "declared posts"],
        ),
    ];
    format!("{}.", list(&parts, language))
}
