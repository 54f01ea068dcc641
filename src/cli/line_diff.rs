//! `vigie line diff`: what a changed line would have caught and dropped over the past weeks, and what to look at in it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use anyhow::bail;
use clap::Args;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::config;
use crate::domain::{EditorialLine, Item, ItemId, Judgement, Language, Topic};
use crate::tag::relevance::Judgements;
use crate::tag::{THRESHOLD, Tagger};
use crate::text::reading::{Reading, is_stop_word};
use crate::text::tokens::tokenize;

use super::output::{Paint, json as print_json, line, safe};
use super::{DONE, Now, PARTLY, load, stored};

/// Items that are looked at, the newest.
const MOST: i64 = 4_000;
/// Examples of each kind.
const EXAMPLES: usize = 3;
/// Part of the items from which a topic catches everything.
const EVERYTHING: f64 = 0.3;
/// Items of a language from which it says whether a topic's words are found in it, and the share below which they are not.
const ENOUGH: usize = 50;
const HARDLY: f32 = 0.25;
/// Words proposed for a topic, and in how many of its items each must stand.
const PROPOSED: usize = 5;
const AT_LEAST: usize = 3;

/// Arguments of `vigie line diff`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Folder with the line.toml to compare with the one in force
    #[arg(value_name = "DIR")]
    other: PathBuf,
    /// Weeks of the archive that are looked at
    #[arg(long, default_value_t = 4, value_name = "N")]
    weeks: u16,
    /// One object a topic instead of text
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    now: Now,
}

/// Items on each topic, by the place of the item.
type Caught = BTreeMap<String, Vec<(usize, f64)>>;

pub(super) async fn run(dir: &Path, arguments: &Arguments) -> anyhow::Result<u8> {
    let config = load(dir)?;
    let other = match config::load_line(&arguments.other) {
        Ok(line) => line,
        Err(problems) => bail!("{problems}"),
    };
    let Some(store) = stored(&config).await? else { return Ok(PARTLY) };
    let now = arguments.now.get();
    let since =
        now.checked_sub(SignedDuration::from_hours(24 * 7 * i64::from(arguments.weeks))).unwrap_or(Timestamp::MIN);
    let items: Vec<Item> = store
        .newest(MOST)
        .await?
        .into_iter()
        .map(|record| record.item)
        .filter(|item| item.published.at >= since && item.published.at <= now)
        .collect();
    if items.is_empty() {
        eprintln!("vigie: nothing was published in these {} weeks", arguments.weeks);
        return Ok(PARTLY);
    }
    let readings: Vec<Reading> =
        items.iter().map(|item| Reading::new(&item.title, &item.text, item.language)).collect();
    let judgements = store.judgements().await?;
    let (before, _) = caught(&config.line, &items, &readings, &judgements);
    let (after, tagger) = caught(&other, &items, &readings, &judgements);
    let names: Vec<&str> = {
        let mut seen = HashSet::new();
        let all = other.topics.iter().chain(&config.line.topics).map(|topic| topic.id.as_str());
        all.filter(|id| seen.insert(*id)).collect()
    };
    for id in names {
        let nothing = Vec::new();
        let (old, new) = (before.get(id).unwrap_or(&nothing), after.get(id).unwrap_or(&nothing));
        let only = |one: &[(usize, f64)], two: &[(usize, f64)]| -> Vec<(usize, f64)> {
            one.iter().filter(|(item, _)| !two.iter().any(|(other, _)| other == item)).copied().collect()
        };
        let (added, dropped) = (only(new, old), only(old, new));
        let place = other.topics.iter().position(|topic| topic.id == id);
        let notes = place.map(|place| notes(&other.topics[place], place, new, &items, &tagger)).unwrap_or_default();
        let proposed = place.map(|place| proposed(&other.topics[place], new, &readings)).unwrap_or_default();
        if arguments.json {
            let told = |list: &[(usize, f64)]| -> Vec<_> {
                list.iter().map(|(item, score)| json!({ "id": items[*item].id.to_string(), "title": items[*item].title, "score": score })).collect()
            };
            print_json(&json!({
                "topic": id, "before": old.len(), "after": new.len(), "of": items.len(),
                "added": told(&added), "dropped": told(&dropped), "notes": notes, "proposed_terms": proposed,
            }))?;
            continue;
        }
        let paint = Paint::stdout();
        let state = if place.is_none() {
            " (no longer in the line)"
        } else if config.line.topics.iter().any(|topic| topic.id == id) {
            ""
        } else {
            " (new)"
        };
        line(format!("{}{state}: {} items, then {}", paint.bold(&safe(id)), old.len(), new.len()))?;
        for (sign, list) in [("+", &added), ("-", &dropped)] {
            for (item, score) in list.iter().take(EXAMPLES) {
                line(format!("  {sign} {score:.2}  {}", safe(&items[*item].title)))?;
            }
            if list.len() > EXAMPLES {
                line(paint.dim(&format!("  {sign} and {} more", list.len() - EXAMPLES)))?;
            }
        }
        for note in notes {
            line(paint.yellow(&format!("  {note}")))?;
        }
        if !proposed.is_empty() {
            line(paint.dim(&format!("  often said there, and not a term: {}", safe(&proposed.join(", ")))))?;
        }
    }
    if !arguments.json {
        line(format!("Over {} items of {} weeks. Nothing was changed.", items.len(), arguments.weeks))?;
    }
    Ok(DONE)
}

/// What a line catches, the surest first; and its tagger, which learnt from these items.
fn caught(line_of: &EditorialLine, items: &[Item], readings: &[Reading], judgements: &[Judgement]) -> (Caught, Tagger) {
    let mut tagger = Tagger::new(line_of, None);
    let samples: Vec<_> =
        readings.iter().zip(items).map(|(reading, item)| tagger.scorer().read(reading, &item.categories)).collect();
    // The last word on an item counts.
    let mut said: HashMap<(&str, ItemId), bool> = HashMap::new();
    for judgement in judgements.iter().filter(|judgement| judgement.ambassador.is_none()) {
        said.insert((judgement.topic.as_str(), judgement.item), judgement.relevant);
    }
    let of_topic = |topic: &Topic| {
        let own = |item: &Item| said.get(&(topic.id.as_str(), item.id)).copied();
        items.iter().enumerate().filter_map(|(number, item)| Some((number, own(item)?))).collect()
    };
    let judged: Judgements = line_of.topics.iter().map(of_topic).collect();
    tagger.learn(&samples, &judged);
    let mut caught = Caught::new();
    for (number, (item, reading)) in items.iter().zip(readings).enumerate() {
        for found in tagger.tag(item, reading).topics {
            caught.entry(found.topic).or_default().push((number, found.score));
        }
    }
    caught.values_mut().for_each(|list| list.sort_by(|one, other| other.1.total_cmp(&one.1)));
    (caught, tagger)
}

/// What the admin should look at in a topic.
fn notes(topic: &Topic, place: usize, caught: &[(usize, f64)], items: &[Item], tagger: &Tagger) -> Vec<String> {
    let mut notes = Vec::new();
    let share = f64::from(u32::try_from(caught.len()).unwrap_or(u32::MAX))
        / f64::from(u32::try_from(items.len()).unwrap_or(1).max(1));
    if caught.is_empty() {
        notes.push(format!("catches nothing from {THRESHOLD}: are its terms those that the press uses?"));
    } else if share > EVERYTHING {
        notes.push(format!("catches {:.0} % of everything: which term is too common?", share * 100.0));
    }
    for (language, name) in [(Language::French, "French"), (Language::English, "English")] {
        let count = items.iter().filter(|item| item.language == language).count();
        if count >= ENOUGH && tagger.scorer().coverage(place, language) < HARDLY {
            notes.push(format!(
                "its words are hardly found in {name} texts ({count} of them): there, meaning alone finds it; add a term or two"
            ));
        }
    }
    if topic.about.is_empty() {
        notes.push("has no `about`: one sentence helps to tell it from its neighbours".to_owned());
    }
    notes
}

/// Words that stand in many items of a topic and in few others, and that the topic does not name.
fn proposed(topic: &Topic, caught: &[(usize, f64)], readings: &[Reading]) -> Vec<String> {
    let on: HashSet<usize> = caught.iter().map(|(item, _)| *item).collect();
    let told = [topic.label.as_str(), topic.about.as_str()].into_iter().chain(topic.terms.iter().map(String::as_str));
    let named: HashSet<u64> = told
        .flat_map(|text| [Language::French, Language::English].map(|language| tokenize(text, language)))
        .flatten()
        .map(|token| token.stem_hash())
        .collect();
    // Stem: how many items on the topic, how many in all, and the form met first.
    let mut counts: HashMap<u64, (usize, usize, String)> = HashMap::new();
    for (number, reading) in readings.iter().enumerate() {
        let mut seen = HashSet::new();
        let of_title = (0..reading.title.len()).map(|at| (&reading.title[at], reading.title_words(at, 1)));
        let of_body = (0..reading.body.len()).map(|at| (&reading.body[at], reading.body_words(at, 1)));
        for (token, written) in of_title.chain(of_body) {
            let telling = token.word().len() > 4
                && !is_stop_word(token.word())
                && token.word().chars().all(char::is_alphabetic)
                && !named.contains(&token.stem_hash());
            if telling && seen.insert(token.stem_hash()) {
                let entry = counts.entry(token.stem_hash()).or_insert_with(|| (0, 0, written.to_lowercase()));
                entry.0 += usize::from(on.contains(&number));
                entry.1 += 1;
            }
        }
    }
    let ratio = |(inside, all, _): &(usize, usize, String)| {
        let count = |number: usize| f64::from(u32::try_from(number).unwrap_or(u32::MAX));
        count(*inside) * (count(*inside) / count(*all).max(1.0))
    };
    let mut words: Vec<_> =
        counts.into_values().filter(|(inside, all, _)| *inside >= AT_LEAST && inside * 2 > *all).collect();
    words.sort_by(|one, other| ratio(other).total_cmp(&ratio(one)).then_with(|| one.2.cmp(&other.2)));
    words.into_iter().take(PROPOSED).map(|(_, _, word)| word).collect()
}
