//! `vigie line test`: the line tried on a file of items, and measured against what people judged.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use serde::Deserialize;
use serde_json::json;

use crate::config;
use crate::domain::{EditorialLine, ExclusionScope, Language, Topic, TopicMatch};
use crate::tag::relevance::measure::{self, Judged, Measure, Measures};
use crate::tag::relevance::{Judgements as Known, Sample};
use crate::tag::{THRESHOLD, Tagger};
use crate::text::evidence;
use crate::text::outside::Outside;
use crate::text::reading::Reading;

use super::DONE;
use super::items::{Given, Id, rows};
use super::output::{Paint, json as print_json, line, safe};

/// Arguments of `vigie line test`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Items, one JSON object a line: {"id","title","text","lang"?,"published"?,"url"?}; "-" reads stdin
    #[arg(long, value_name = "ITEMS.jsonl")]
    input: PathBuf,
    /// What people judged, to learn from: {"topic","id","relevant"} a line
    #[arg(long, value_name = "FILE.jsonl")]
    judgements: Option<PathBuf>,
    /// What people judged, to measure against: the same form
    #[arg(long, value_name = "FILE.jsonl")]
    truth: Option<PathBuf>,
    /// Folder of a model of meaning from outside (model2vec): used beside the built-in vectors, and with --truth
    /// measured with and without
    #[arg(long, value_name = "DIR")]
    outside_model: Option<PathBuf>,
    /// Language of the reasons
    #[arg(long, value_name = "LANGUAGE", default_value = "fr", value_parser = ["fr", "en"])]
    language: String,
    /// Every topic of every item with its score, whatever the threshold
    #[arg(long)]
    scores: bool,
    /// One {"id","topics","excluded"} a line, in the order of the input
    #[arg(long)]
    json: bool,
}

/// One judgement as typed.
#[derive(Debug, Deserialize)]
struct Judgement {
    topic: String,
    id: Id,
    relevant: bool,
}

/// Judgements by topic and item.
type Judgements = HashMap<(String, String), bool>;

pub(super) fn run(dir: &Path, arguments: &Arguments) -> anyhow::Result<u8> {
    let line_of = match config::load_line(dir) {
        Ok(line) => line,
        Err(problems) => bail!("{problems}"),
    };
    if line_of.topics.is_empty() {
        bail!("{}: the line has no topic: nothing can be tried", dir.join("line.toml").display());
    }
    let items: Vec<Given> = rows(&arguments.input)?;
    let readings: Vec<Reading> = items.iter().map(Given::reading).collect();
    let outside = arguments.outside_model.as_deref().map(Outside::open).transpose()?;
    let language = if arguments.language == "en" { Language::English } else { Language::French };
    let judged =
        arguments.judgements.as_deref().map(|path| judgements(path, &line_of)).transpose()?.unwrap_or_default();
    let judged = of_topics(&judged, &items, &line_of);
    let scored = |outside: Option<&Outside>| {
        let mut tagger = Tagger::with(&line_of, None, outside);
        let samples: Vec<Sample> = readings.iter().map(|reading| tagger.scorer().read(reading, &[])).collect();
        tagger.learn(&samples, &judged);
        let scores: Vec<Vec<TopicMatch>> = readings.iter().map(|reading| tagger.scores(reading)).collect();
        (tagger, scores)
    };
    let (tagger, scores) = scored(outside.as_ref());
    if arguments.json {
        for ((item, reading), found) in items.iter().zip(&readings).zip(&scores) {
            let topics: Vec<_> = found
                .iter()
                .filter(|found| arguments.scores || found.score >= THRESHOLD)
                .map(|found| {
                    json!({ "topic": found.topic, "score": rounded(found.score), "why": evidence::told(found, language) })
                })
                .collect();
            let excluded = tagger.excluded(reading, "").into_iter().next();
            let excluded = excluded.map(|hit| json!({ "rule": hit.rule, "scope": scope(hit.scope) }));
            print_json(&json!({ "id": item.id.text(), "topics": topics, "excluded": excluded }))?;
        }
    } else {
        summary(&line_of, &items, &scores, language)?;
    }
    if let Some(path) = &arguments.truth {
        let truth = judgements(path, &line_of)?;
        let measured = |scores: &[Vec<TopicMatch>]| {
            let row = |(item, found): (&Given, &Vec<TopicMatch>)| Judged {
                scores: line_of.topics.iter().map(|topic| score_of(found, &topic.id)).collect(),
                relevant: of_item(&truth, item, &line_of),
            };
            measure::measure(&items.iter().zip(scores).map(row).collect::<Vec<Judged>>())
        };
        if outside.is_some() {
            told(&measured(&scores), Some("with the model from outside"), arguments.json)?;
            told(&measured(&scored(None).1), Some("without it"), arguments.json)?;
        } else {
            told(&measured(&scores), None, arguments.json)?;
        }
    }
    Ok(DONE)
}

fn judgements(path: &Path, line_of: &EditorialLine) -> anyhow::Result<Judgements> {
    let typed: Vec<Judgement> = rows(path)?;
    let mut judgements = Judgements::new();
    for judgement in typed {
        let known = line_of.topics.iter().any(|topic| topic.id == judgement.topic);
        if !known {
            return Err(anyhow::anyhow!("the line has no topic “{}”", safe(&judgement.topic)))
                .with_context(|| path.display().to_string());
        }
        judgements.insert((judgement.topic, judgement.id.text()), judgement.relevant);
    }
    Ok(judgements)
}

fn of_topics(judgements: &Judgements, items: &[Given], line_of: &EditorialLine) -> Known {
    let of_topic = |topic: &Topic| {
        let said = |item: &Given| judgements.get(&(topic.id.clone(), item.id.text())).copied();
        items.iter().enumerate().filter_map(|(number, item)| Some((number, said(item)?))).collect()
    };
    line_of.topics.iter().map(of_topic).collect()
}

fn of_item(judgements: &Judgements, item: &Given, line_of: &EditorialLine) -> Vec<Option<bool>> {
    let id = item.id.text();
    line_of.topics.iter().map(|topic| judgements.get(&(topic.id.clone(), id.clone())).copied()).collect()
}

#[expect(clippy::cast_possible_truncation, reason = "scores lie between 0 and 1")]
fn score_of(found: &[TopicMatch], topic: &str) -> f32 {
    found.iter().find(|found| found.topic == topic).map_or(0.0, |found| found.score as f32)
}

/// Six digits: as many as tell scores apart, and the same on every machine.
fn rounded(score: f64) -> f64 {
    (score * 1e6).round() / 1e6
}

fn scope(scope: ExclusionScope) -> &'static str {
    match scope {
        ExclusionScope::NeverIndex => "never_index",
        ExclusionScope::NeverSuggest => "never_suggest",
        ExclusionScope::Caution => "caution",
    }
}

/// What each topic caught, with its best items.
fn summary(
    line_of: &EditorialLine,
    items: &[Given],
    scores: &[Vec<TopicMatch>],
    language: Language,
) -> anyhow::Result<()> {
    let paint = Paint::stdout();
    for topic in &line_of.topics {
        let mut caught: Vec<(&Given, &TopicMatch)> = items
            .iter()
            .zip(scores)
            .filter_map(|(item, found)| Some((item, found.iter().find(|found| found.topic == topic.id)?)))
            .filter(|(_, found)| found.score >= THRESHOLD)
            .collect();
        caught.sort_by(|one, other| other.1.score.total_cmp(&one.1.score));
        line(format!("{}: {} of {} items", paint.bold(&safe(&topic.label)), caught.len(), items.len()))?;
        for (item, found) in caught.iter().take(3) {
            line(format!("  {:.2}  {}", found.score, safe(&item.title)))?;
            line(paint.dim(&format!("        {}", safe(&evidence::told(found, language).join(" ; ")))))?;
        }
    }
    let none = scores.iter().filter(|found| found.iter().all(|found| found.score < THRESHOLD)).count();
    line(format!("{none} of {} items are on no topic.", items.len()))?;
    Ok(())
}

fn told(measures: &Measures, how: Option<&str>, as_json: bool) -> anyhow::Result<()> {
    if as_json {
        print_json(&match how {
            Some(how) => json!({ "measures": measures, "how": how }),
            None => json!({ "measures": measures }),
        })?;
        return Ok(());
    }
    if let Some(how) = how {
        line(format!("{how}:"))?;
    }
    let row = |name: &str, measure: Measure| {
        line(format!("{name:<24} {:.3}  ({:.3} to {:.3})", measure.value, measure.interval.0, measure.interval.1))
    };
    row("macro-F1 of best topic", measures.macro_f1)?;
    row("best topic is right", measures.hit)?;
    row("average precision", measures.average_precision)?;
    row("precision at 5", measures.precision_at_5)?;
    row("nDCG at 10", measures.ndcg_at_10)?;
    Ok(())
}
