//! What is known of people beyond what they declare: what they wrote, and what they answered.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::{Ambassador, ItemId};
use crate::tag::{Evidence, GivenAnswer};
use crate::text::reading::Reading;

use super::{PipelineError, Workshop};

/// Writings of a person that are read, the newest first.
const WRITINGS: i64 = 60;
/// Answers of a person that are learnt from, the newest.
const ANSWERS: usize = 150;

/// Gathers it for `people`.
pub(super) async fn gather(shop: &Workshop, people: &[&Ambassador]) -> Result<Evidence, PipelineError> {
    let mut evidence = Evidence::default();
    for source in &shop.config.sources {
        let Some(author) = source.written_by.as_ref().filter(|author| people.iter().any(|one| one.id == **author))
        else {
            continue;
        };
        let own = shop.store.newest_of(&source.id, WRITINGS).await?;
        let texts = own.iter().map(|record| Reading::new(&record.item.title, &record.item.text, record.item.language));
        evidence.writings.entry(author.clone()).or_default().extend(texts);
    }
    let mut said: HashMap<&str, Vec<(ItemId, Timestamp, bool)>> = HashMap::new();
    let judgements = shop.store.judgements().await?;
    for judgement in &judgements {
        let Some(person) = people.iter().find(|person| judgement.ambassador.as_ref() == Some(&person.id)) else {
            continue;
        };
        let own = said.entry(person.id.as_str()).or_default();
        // The last word on an item counts.
        own.retain(|(item, ..)| *item != judgement.item);
        own.push((judgement.item, judgement.at, judgement.relevant));
    }
    let mut wanted: Vec<ItemId> = Vec::new();
    for own in said.values_mut() {
        own.drain(..own.len().saturating_sub(ANSWERS));
        wanted.extend(own.iter().map(|(item, ..)| *item));
    }
    wanted.sort_unstable();
    wanted.dedup();
    let mut read: HashMap<ItemId, GivenAnswer> = HashMap::new();
    for record in shop.store.items(&wanted).await? {
        let item = record.item;
        let reading = Arc::new(Reading::new(&item.title, &item.text, item.language));
        let answer = GivenAnswer { reading, categories: item.categories, tags: record.tags, taken: true };
        read.insert(item.id, answer);
    }
    for (person, own) in said {
        let answers =
            own.iter().filter_map(|(item, _, taken)| Some(GivenAnswer { taken: *taken, ..read.get(item)?.clone() }));
        evidence.answers.insert(person.to_owned(), answers.collect());
    }
    Ok(evidence)
}

/// Items of which people said that they are not for them: the last word counts.
pub(super) async fn declined(shop: &Workshop) -> Result<HashMap<String, HashSet<ItemId>>, PipelineError> {
    let mut declined: HashMap<String, HashSet<ItemId>> = HashMap::new();
    for judgement in shop.store.judgements().await? {
        let Some(person) = judgement.ambassador else { continue };
        let own = declined.entry(person).or_default();
        if judgement.relevant {
            own.remove(&judgement.item);
        } else {
            own.insert(judgement.item);
        }
    }
    Ok(declined)
}
