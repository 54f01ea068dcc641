//! Learning what is usual in the archive, and what people judged of it, for the line in force.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use crate::domain::{EditorialLine, ItemId, Judgement, Topic};
use crate::store::{ItemRecord, LearntRecord};
use crate::tag::Tagger;
use crate::tag::relevance::measure::{self, Judged};
use crate::tag::relevance::{Judgements, Model};
use crate::text::outside::Outside;
use crate::text::reading::Reading;

use super::{PipelineError, Workshop};

/// Items from which an archive says what is usual, and the newest that are looked at.
const ENOUGH: i64 = 200;
const LOOKED_AT: i64 = 4_000;
/// Judgements of each kind from which they tell whether a model from outside helps.
const ENOUGH_JUDGED: usize = 10;
/// Days after which it is learnt anew if something was added, and the growth after which it is learnt at once.
const DAYS: i64 = 7;
const GROWTH: i64 = 2;

/// What items are scored by: what was learnt for the line, and a name for it.
#[derive(Debug, Clone)]
pub(super) struct Learning {
    /// What was learnt; nothing while the archive is small.
    pub model: Option<Model>,
    /// Names it among the rules of tagging.
    pub name: String,
}

impl Learning {
    /// The line, ready for tagging by what was learnt: with the model from outside if that was found to help.
    pub fn tagger(self, shop: &Workshop) -> Tagger {
        let helps = self.model.as_ref().is_some_and(Model::with_outside);
        Tagger::with(&shop.config.line, self.model, shop.outside.as_ref().filter(|_| helps))
    }
}

/// What is in force, as it was kept.
pub(super) async fn in_force(shop: &Workshop) -> Result<Learning, PipelineError> {
    let nothing = Learning { model: None, name: "0".into() };
    let Some(record) = shop.store.learnt(&line_fingerprint(shop)).await? else { return Ok(nothing) };
    // A model of another version is as good as none: it is learnt anew.
    Ok(match Model::from_bytes(&record.model) {
        Some(model) => Learning { model: Some(model), name: record.at.as_millisecond().to_string() },
        None => nothing,
    })
}

/// When what is in force was learnt.
pub(super) async fn learnt_at(shop: &Workshop) -> Result<Option<Timestamp>, PipelineError> {
    Ok(shop.store.learnt_head(&line_fingerprint(shop)).await?.map(|record| record.at))
}

/// Learns where it is due: nothing was learnt yet, the archive has grown, time has passed, or people judged. True when it
/// did.
pub(super) async fn learn(shop: &Workshop, now: Timestamp) -> Result<bool, PipelineError> {
    let line = line_fingerprint(shop);
    let items = shop.store.item_count().await?;
    let judgements = shop.store.judgements().await?;
    let forgotten = shop.store.meta(FORGOTTEN).await?.is_some();
    if items < ENOUGH && judgements.is_empty() {
        if forgotten {
            shop.store.forget_learnt().await?;
            shop.store.remove_meta(FORGOTTEN).await?;
        }
        return Ok(forgotten);
    }
    if let Some(last) = shop.store.learnt_head(&line).await? {
        let old = now.duration_since(last.at) > SignedDuration::from_hours(24 * DAYS) && items > last.items;
        let grown = items >= last.items * GROWTH;
        let judged = forgotten || judgements.iter().any(|judgement| judgement.at >= last.at);
        if !(old || grown || judged) && Model::is_current(&last.model) {
            return Ok(false);
        }
    }
    let Some(model) = model_of(shop, judgements).await? else { return Ok(false) };
    let model = model.to_bytes();
    shop.store.keep_learnt(&line, &LearntRecord { at: now, items, model }).await?;
    shop.store.remove_meta(FORGOTTEN).await?;
    tracing::info!(items, "what is usual in the archive was learnt for the line");
    Ok(true)
}

/// What the archive says for the line that is configured, without keeping it: for lines that are only tried. Nothing while
/// the archive is small.
pub(super) async fn tried(shop: &Workshop) -> Result<Option<Model>, PipelineError> {
    let judgements = shop.store.judgements().await?;
    if shop.store.item_count().await? < ENOUGH && judgements.is_empty() {
        return Ok(None);
    }
    model_of(shop, judgements).await
}

/// Learns from the newest items and from those that were judged.
async fn model_of(shop: &Workshop, judgements: Vec<Judgement>) -> Result<Option<Model>, PipelineError> {
    let mut records = shop.store.newest(LOOKED_AT).await?;
    // The last word on an item counts.
    let mut said: HashMap<(ItemId, String), bool> = HashMap::new();
    for judgement in judgements.into_iter().filter(|judgement| judgement.ambassador.is_none()) {
        said.insert((judgement.item, judgement.topic), judgement.relevant);
    }
    let known: std::collections::HashSet<ItemId> = records.iter().map(|record| record.item.id).collect();
    let mut others: Vec<ItemId> = said.keys().map(|(item, _)| *item).filter(|item| !known.contains(item)).collect();
    others.sort_unstable();
    others.dedup();
    records.extend(shop.store.items(&others).await?);
    let line_of = shop.config.line.clone();
    let outside = shop.outside.clone();
    let learnt = shop.busy(move || {
        let topics: Vec<&str> = line_of.topics.iter().map(|topic| topic.id.as_str()).collect();
        let judged = by_topic(&records, &said, &topics);
        let readings: Vec<(Reading, Vec<String>)> = records
            .into_iter()
            .map(|ItemRecord { item, .. }| (Reading::new(&item.title, &item.text, item.language), item.categories))
            .collect();
        let alone = learnt_with(&line_of, &readings, &judged, None);
        match outside {
            Some(outside) if helps(&line_of, &readings, &judged, &outside) => {
                learnt_with(&line_of, &readings, &judged, Some(&outside))
            }
            _ => alone,
        }
    });
    Ok(learnt.await)
}

fn learnt_with(
    line: &EditorialLine,
    readings: &[(Reading, Vec<String>)],
    judged: &Judgements,
    outside: Option<&Outside>,
) -> Model {
    let mut tagger = Tagger::with(line, None, outside);
    let texts: Vec<_> =
        readings.iter().map(|(reading, categories)| tagger.scorer().read(reading, categories)).collect();
    tagger.learn(&texts, judged);
    tagger.scorer().model().clone()
}

/// True when the model from outside orders what people judged better than ours alone does, and they judged enough to tell.
fn helps(line: &EditorialLine, readings: &[(Reading, Vec<String>)], judged: &Judgements, outside: &Outside) -> bool {
    let said = |relevant: bool| judged.iter().flatten().filter(|(_, own)| *own == relevant).count();
    if said(true) < ENOUGH_JUDGED || said(false) < ENOUGH_JUDGED {
        tracing::info!("too few judgements to tell whether the model from outside helps: done without");
        return false;
    }
    let nothing: Judgements = Vec::new();
    let precision = |outside: Option<&Outside>| {
        let model = learnt_with(line, readings, &nothing, outside);
        let tagger = Tagger::with(line, Some(model), outside);
        let rows: Vec<Judged> = readings
            .iter()
            .enumerate()
            .map(|(number, (reading, _))| {
                let relevant =
                    judged.iter().map(|topic| topic.iter().find(|(item, _)| *item == number).map(|own| own.1));
                let relevant: Vec<Option<bool>> = relevant.collect();
                let found = if relevant.iter().all(Option::is_none) { Vec::new() } else { tagger.scores(reading) };
                let score = |topic: &Topic| found.iter().find(|own| own.topic == topic.id).map_or(0.0, |own| own.score);
                #[expect(clippy::cast_possible_truncation, reason = "scores lie between 0 and 1")]
                let scores = line.topics.iter().map(|topic| score(topic) as f32).collect();
                Judged { scores, relevant }
            })
            .collect();
        measure::measure(&rows).average_precision.value
    };
    let (with, without) = (precision(Some(outside)), precision(None));
    tracing::info!(with, without, "average precision over what people judged, with the model from outside and without");
    with > without
}

/// Set when judgements were forgotten: what was learnt from them must go.
pub(super) const FORGOTTEN: &str = "judgements_forgotten";

/// Forgets judgements, and what was learnt from them at the next turn. Gives how many.
///
/// # Errors
/// When the store fails.
pub async fn forget_judgements(
    shop: &Workshop,
    topic: Option<&str>,
    ambassador: Option<&str>,
) -> Result<u64, PipelineError> {
    let forgotten = shop.store.forget_judgements(topic, ambassador).await?;
    shop.store.set_meta(FORGOTTEN, "yes").await?;
    Ok(forgotten)
}

fn by_topic(records: &[ItemRecord], said: &HashMap<(ItemId, String), bool>, topics: &[&str]) -> Judgements {
    let of_topic = |topic: &&str| {
        let judged = records
            .iter()
            .enumerate()
            .filter_map(|(number, record)| Some((number, *said.get(&(record.item.id, (*topic).to_owned()))?)));
        judged.collect()
    };
    topics.iter().map(of_topic).collect()
}

/// Names the topics that a model is of.
fn line_fingerprint(shop: &Workshop) -> String {
    let topics = format!("{:?}", shop.config.line.topics);
    blake3::hash(topics.as_bytes()).to_hex()[..16].to_owned()
}
