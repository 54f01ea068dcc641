//! What the Monday brief tells, gathered from the store and from the week as it is, or as it would be.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;

use crate::digest::brief::{Again, Facts, Proposal, Stage, Story};
use crate::domain::{
    Confidentiality, EditionId, Item, ItemId, LetterState, StoryId, Suggestion, Term, TermKind, TermSign,
};
use crate::store::ItemRecord;
use crate::text::reading::Reading;
use crate::text::terms::TermIndex;

use super::edition::takes_part;
use super::{Asked, PipelineError, Workshop, days_before, draft, may_leave};

/// Days of news before the meeting, and of the calendar after it.
const DAYS: u16 = 7;
/// Stories that are told, and of one objective.
const STORIES: usize = 6;
const OF_ONE: usize = 2;
/// Lines of the calendar, of the press on the company, and of what may come back.
const AGENDA: usize = 4;
const ABOUT_US: usize = 3;
const AGAIN: usize = 3;
/// Failures in a row from which a source is in trouble.
const FAILURES: u32 = 3;

/// Gathers it as of `now`: of the week's edition if it is planned, else of the one that would be.
///
/// # Errors
/// See [`PipelineError`].
pub async fn brief(shop: &Workshop, now: Timestamp) -> Result<Facts, PipelineError> {
    let (config, settings) = (&shop.config, &shop.config.settings);
    let zone = settings.time_zone.clone();
    let this_week = EditionId::of(now.to_zoned(zone.clone()).date());
    let last = shop.store.editions(3).await?;
    let planned = last.iter().find(|row| row.is_open() || (row.id == this_week && row.frozen.is_some()));
    let stage = match planned {
        None => Stage::Drafted,
        Some(row) if row.frozen.is_some() => Stage::Left,
        Some(row) if row.approved.is_some() => Stage::Approved,
        Some(row) => Stage::Planned { waits: !may_leave(shop, row) },
    };
    let (edition, leaves, suggestions, without) = match planned {
        Some(row) => {
            let suggestions = shop.store.suggestions(row.id).await?;
            let consents = shop.store.consents().await?;
            let empty_handed = config
                .ambassadors
                .iter()
                .filter(|person| person.enabled && takes_part(&consents, &person.id))
                .filter(|person| suggestions.iter().all(|suggestion| suggestion.ambassador != person.id));
            {
                let without = empty_handed.count();
                (row.id, row.due, suggestions, without)
            }
        }
        None => {
            let due = settings.edition.schedule.next_after(now, &zone).unwrap_or(now);
            let week = EditionId::of(due.to_zoned(zone.clone()).date());
            let drafted = draft(shop, &Asked::new(week, due, now)).await?;
            let without = drafted.letters.iter().filter(|letter| letter.suggestions.is_empty()).count();
            (week, due, drafted.allotment.suggestions, without)
        }
    };
    let records = shop.store.published_since(days_before(now, DAYS)).await?;
    let records: Vec<ItemRecord> = records.into_iter().filter(|record| record.item.published.at <= now).collect();
    let stories = stories(shop, &records);
    let states = shop.store.source_states().await?;
    let in_trouble = |id: &str| states.get(id).is_some_and(|state| state.failures >= FAILURES || state.gone);
    let mut stuck = 0;
    for state in [LetterState::Failed, LetterState::Unknown] {
        stuck += shop.store.letters_in(state).await?.len();
    }
    let to = now.checked_add(jiff::SignedDuration::from_hours(24 * i64::from(DAYS))).unwrap_or(now);
    let agenda = shop.store.calendar(now, to).await?;
    let declared = |id: &str| config.ambassadors.iter().any(|one| one.enabled && one.expertise_in(id).is_some());
    Ok(Facts {
        language: settings.language,
        organisation: settings.organisation.clone(),
        edition,
        leaves,
        stage,
        about_us: about_us(shop, &records, &suggestions).await?,
        again: again(shop, now).await?,
        proposals: proposals(shop, &suggestions).await?,
        agenda: agenda
            .into_iter()
            .take(AGENDA)
            .map(|one| (one.starts.to_zoned(zone.clone()).date(), one.title))
            .collect(),
        zone,
        stories,
        topics: config.line.topics.iter().map(|topic| topic.label_in(settings.language).to_owned()).collect(),
        troubled: config
            .sources
            .iter()
            .filter(|source| source.enabled && in_trouble(&source.id))
            .map(|source| source.name.clone())
            .collect(),
        stuck,
        without,
        orphans: config
            .line
            .topics
            .iter()
            .filter(|topic| !declared(&topic.id))
            .map(|topic| topic.label_in(settings.language).to_owned())
            .collect(),
    })
}

/// The week's stories by objective, each objective's most told first. What stays inside is not told, even here: the page is
/// printed and passed round.
fn stories(shop: &Workshop, records: &[ItemRecord]) -> Vec<Story> {
    let config = &shop.config;
    let mut groups: BTreeMap<StoryId, Vec<&ItemRecord>> = BTreeMap::new();
    for record in records.iter().filter(|record| is_open(shop, &record.item)) {
        groups.entry(record.item.story).or_default().push(record);
    }
    let mut stories: Vec<(u8, usize, Story)> = Vec::new();
    for members in groups.into_values() {
        let Some(best) = members.iter().max_by(|one, other| {
            let score = |record: &ItemRecord| record.tags.topics.first().map_or(0.0, |found| found.score);
            score(one).total_cmp(&score(other)).then(other.item.id.cmp(&one.item.id))
        }) else {
            continue;
        };
        let Some(topic) = best.tags.topics.first() else { continue };
        let watched = config.source(&best.item.source).and_then(|source| source.actor.as_deref());
        let objective = config.line.objective_for(&topic.topic, &best.tags.about(watched));
        let sources: HashSet<&str> = members.iter().map(|record| record.item.source.as_str()).collect();
        let priority = objective.map_or(4, |objective| objective.priority);
        let story = Story {
            objective: objective.map(|objective| objective.label.clone()),
            priority,
            title: best.item.title.clone(),
            language: best.item.language,
            link: best.item.link.clone(),
            sources: sources.len(),
            ours: members.iter().any(|record| record.item.class == Confidentiality::Shareable),
        };
        stories.push((priority, sources.len(), story));
    }
    stories.sort_by_key(|one| (one.0, std::cmp::Reverse(one.1)));
    let mut of_objective: HashMap<Option<String>, usize> = HashMap::new();
    let kept = stories.into_iter().map(|(_, _, story)| story).filter(|story| {
        let count = of_objective.entry(story.objective.clone()).or_default();
        *count += 1;
        story.objective.is_some() && *count <= OF_ONE
    });
    kept.take(STORIES).collect()
}

fn is_open(shop: &Workshop, item: &Item) -> bool {
    let class = shop.config.source(&item.source).map_or(item.class, |source| source.confidentiality);
    class != Confidentiality::Internal && item.hold.is_none()
}

/// What others publish on the company by its name, of which nobody is told this week or was told before.
async fn about_us(
    shop: &Workshop,
    records: &[ItemRecord],
    suggestions: &[Suggestion],
) -> Result<Vec<(String, String)>, PipelineError> {
    let mut names = TermIndex::default();
    let name = shop.config.settings.organisation.clone();
    names.add(&Term { text: name, kind: TermKind::Exact, sign: TermSign::Plain });
    let mut told: HashSet<StoryId> = suggestions.iter().map(|suggestion| suggestion.story).collect();
    let mut found = Vec::new();
    for record in records {
        let item = &record.item;
        let others =
            shop.config.source(&item.source).is_some_and(|source| source.confidentiality == Confidentiality::Public);
        if !others || !is_open(shop, item) || told.contains(&item.story) || found.len() >= ABOUT_US {
            continue;
        }
        let reading = Reading::new(&item.title, &item.text, item.language);
        let named = [&reading.title, &reading.body].iter().any(|words| !names.find(words, item.language).is_empty());
        if !named {
            continue;
        }
        let members: Vec<ItemId> = shop.store.story(item.story).await?.iter().map(|member| member.item.id).collect();
        told.insert(item.story);
        if shop.store.given_items(&members).await?.is_empty() {
            let source = shop.config.source(&item.source).map_or(item.source.clone(), |source| source.name.clone());
            found.push((item.title.clone(), source));
        }
    }
    Ok(found)
}

/// Lasting contents of the library that were suggested to nobody for half a year, those never suggested first.
async fn again(shop: &Workshop, now: Timestamp) -> Result<Vec<Again>, PipelineError> {
    let library = shop.store.library().await?;
    let lasting = |entry: &crate::domain::LibraryEntry| entry.evergreen && entry.expires.is_none_or(|at| at > now);
    let mut ids: Vec<ItemId> = library.iter().filter(|(_, entry)| lasting(entry)).map(|(id, _)| *id).collect();
    ids.sort_unstable();
    let given = shop.store.given_items(&ids).await?;
    let shares = shop.store.shares_since(jiff::civil::Date::MIN).await?;
    let today = now.to_zoned(shop.config.settings.time_zone.clone()).date();
    let mut found: Vec<Again> = Vec::new();
    for record in shop.store.items(&ids).await? {
        let item = record.item;
        if !is_open(shop, &item) {
            continue;
        }
        let last = given.iter().filter(|row| row.item == item.id).filter_map(|row| row.edition.monday()).max();
        let cool = last.is_none_or(|last| {
            today
                .since(last)
                .is_ok_and(|span| span.get_days() >= i32::from(shop.config.settings.edition.cool_down_days))
        });
        if cool {
            let posts = shares.iter().filter(|share| share.item == Some(item.id)).count();
            found.push(Again { title: item.title, last, posts });
        }
    }
    found.sort_by(|one, other| {
        (one.last, std::cmp::Reverse(one.posts)).cmp(&(other.last, std::cmp::Reverse(other.posts)))
    });
    found.truncate(AGAIN);
    Ok(found)
}

pub(super) async fn proposals(shop: &Workshop, suggestions: &[Suggestion]) -> Result<Vec<Proposal>, PipelineError> {
    let ids: Vec<ItemId> = suggestions.iter().map(|suggestion| suggestion.item).collect();
    let records = shop.store.items(&ids).await?;
    let open: HashMap<ItemId, Item> = records
        .into_iter()
        .filter(|record| is_open(shop, &record.item))
        .map(|record| (record.item.id, record.item))
        .collect();
    let language = shop.config.settings.language;
    let mut rows: Vec<(&Suggestion, Proposal)> = suggestions
        .iter()
        .filter_map(|suggestion| {
            let item = open.get(&suggestion.item)?;
            let topic = shop.config.line.topic(&suggestion.topic);
            let proposal = Proposal {
                who: shop.config.ambassador(&suggestion.ambassador)?.name.clone(),
                title: item.title.clone(),
                topic: topic.map_or(suggestion.topic.clone(), |topic| topic.label_in(language).to_owned()),
                channel: suggestion.channel,
                slot: suggestion.slot,
            };
            Some((suggestion, proposal))
        })
        .collect();
    // One of each person before the second of anybody: the table is short, and is about who.
    let mut place: HashMap<&str, usize> = HashMap::new();
    let mut turns: HashMap<(String, ItemId), usize> = HashMap::new();
    rows.sort_by(|one, other| other.0.gain.total_cmp(&one.0.gain).then(one.0.ambassador.cmp(&other.0.ambassador)));
    for (suggestion, _) in &rows {
        let turn = place.entry(suggestion.ambassador.as_str()).or_default();
        turns.insert((suggestion.ambassador.clone(), suggestion.item), *turn);
        *turn += 1;
    }
    rows.sort_by_key(|(suggestion, proposal)| {
        let turn = turns.get(&(suggestion.ambassador.clone(), suggestion.item)).copied().unwrap_or_default();
        (turn, proposal.slot, suggestion.ambassador.clone())
    });
    Ok(rows.into_iter().map(|(_, proposal)| proposal).collect())
}
