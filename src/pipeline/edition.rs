//! The journey of a week: what may leave × who takes part → allotment → letters, written in one transaction.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;
use jiff::civil::Date;

use crate::allot::{Allotment, OpenMember, OpenStory, Request, Rules, allot, is_away_all_week};
use crate::config::EmptyLetter;
use crate::deliver::{MessageParts, build, domain_of, message_id};
use crate::digest::{Composition, Rendered, SuggestedItem, Templates, compose};
use crate::domain::{Ambassador, EditionId, ExclusionScope, ItemId, Share, StoryId, Suggestion, Tagged};
use crate::store::{Consent, EditionPlan, ItemRecord, PlannedLetter};
use crate::stories::{Telling, links};
use crate::tag::{ExpertiseMatcher, confidentiality};
use crate::text::reading::Reading;

use super::{PipelineError, Workshop, days_before, evidence, learn_and_retag, learning, with_class_in_force};

/// Stories among which tellings in two languages are looked for, the newest.
const MOST_TELLINGS: usize = 3_000;
/// Days over which a topic taken often is noticed, and how often.
const DISCOVERY: (u16, usize) = (42, 5);

/// One person's letter, drafted.
#[derive(Debug, Clone)]
pub struct DraftLetter {
    /// For whom.
    pub ambassador: String,
    /// Subject.
    pub subject: String,
    /// Both parts.
    pub rendered: Rendered,
    /// What it suggests, by slot.
    pub suggestions: Vec<Suggestion>,
    /// Why it will not be sent, if so.
    pub skipped: Option<String>,
}

/// A week, drafted: nothing is written yet.
#[derive(Debug)]
pub struct EditionDraft {
    /// The week.
    pub id: EditionId,
    /// When it was due.
    pub due: Timestamp,
    /// Who gets what, and what was refused.
    pub allotment: Allotment,
    /// One letter per person who takes part, in the order of the configuration.
    pub letters: Vec<DraftLetter>,
    /// Title, address and source of every item suggested.
    pub items: HashMap<ItemId, SuggestedFacts>,
    /// Items of the week that stay inside, and why.
    pub inside: Vec<(ItemId, String)>,
    /// Items of each story suggested, whatever their age or class.
    story_items: HashMap<StoryId, Vec<ItemId>>,
}

/// What is said of a suggested item outside its letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuggestedFacts {
    /// Title.
    pub title: String,
    /// Address.
    pub link: String,
    /// Name of the source.
    pub source: String,
}

/// What planning came to.
#[derive(Debug)]
pub enum Planned {
    /// The edition is written, its letters are in the outbox.
    Written(Box<EditionDraft>),
    /// It was there already: nothing was changed.
    Already,
}

/// Drafts the edition `id`, due at `due`, as of `now`, for those who take part, and for `also` even if they do not. Of the
/// story `told` every refusal is kept.
///
/// # Errors
/// See [`PipelineError`].
pub async fn draft(
    shop: &Workshop,
    id: EditionId,
    due: Timestamp,
    now: Timestamp,
    also: &[String],
    told: Option<StoryId>,
) -> Result<EditionDraft, PipelineError> {
    learn_and_retag(shop, now).await?;
    let settings = &shop.config.settings;
    let zone = &settings.time_zone;
    let consents = shop.store.consents().await?;
    let people: Vec<&Ambassador> = shop
        .config
        .ambassadors
        .iter()
        .filter(|person| person.enabled)
        .filter(|person| takes_part(&consents, &person.id) || also.contains(&person.id))
        .collect();
    let today = now.to_zoned(zone.clone()).date();
    let leaves_on = due.to_zoned(zone.clone()).date().max(today);
    let (stories, inside) = open_stories(shop, &people, now).await?;
    let given = shop.store.given().await?;
    let declined = evidence::declined(shop).await?;
    let present: Vec<&Ambassador> =
        people.iter().copied().filter(|person| !is_away_all_week(person, leaves_on, &settings.holidays)).collect();
    let request = Request {
        line: &shop.config.line,
        sources: &shop.config.sources,
        people: &present,
        given: &given,
        declined: &declined,
        told,
        holidays: &settings.holidays,
        leaves_on,
        now,
        rules: Rules {
            story_cap: settings.edition.story_cap,
            group_cap: settings.edition.group_cap,
            floor: settings.edition.floor,
            quota: settings.edition.quota,
        },
    };
    let allotment = tokio::task::block_in_place(|| allot(&stories, &request));
    let members = members(&stories);
    let templates = Templates::load(Some(&shop.config.dir.join("templates")))?;
    let shares = shop.store.shares_since(days_before(now, DISCOVERY.0).to_zoned(zone.clone()).date()).await?;
    let taken = topics_of_shares(shop, &shares).await?;
    let mut letters = Vec::with_capacity(people.len());
    for person in &people {
        let own: Vec<Suggestion> =
            allotment.suggestions.iter().filter(|suggestion| suggestion.ambassador == person.id).cloned().collect();
        let suggested = own.iter().filter_map(|suggestion| {
            let (story, member) = members.get(&suggestion.item)?;
            Some(suggested_item(shop, suggestion, story, member))
        });
        let composition = Composition {
            person,
            edition: id,
            organisation: &settings.organisation,
            line: &shop.config.line,
            suggestions: suggested.collect(),
            since: consents.get(&person.id).map(|consent| consent.at),
            actions: actions_this_month(&shares, &person.id, today),
            discovered: discovered(shop, person, &taken),
            has_charter: shop.config.charter.is_some(),
            zone,
            today: leaves_on,
        };
        let view = compose(&composition);
        let skipped = if present.iter().all(|present| present.id != person.id) {
            Some("away all week".to_owned())
        } else if own.is_empty() && settings.edition.empty == EmptyLetter::Skip {
            Some("nothing worth suggesting this week".to_owned())
        } else {
            None
        };
        letters.push(DraftLetter {
            ambassador: person.id.clone(),
            rendered: templates.render(&view)?,
            subject: view.subject,
            suggestions: own,
            skipped,
        });
    }
    let items = allotment.suggestions.iter().filter_map(|suggestion| {
        let (_, member) = members.get(&suggestion.item)?;
        let item = member.item.get();
        let facts = SuggestedFacts {
            title: item.title.clone(),
            link: item.link.clone().unwrap_or_default(),
            source: source_name(shop, &item.source),
        };
        Some((item.id, facts))
    });
    Ok(EditionDraft {
        id,
        due,
        items: items.collect(),
        story_items: stories.iter().map(|story| (story.story, story.all_items.clone())).collect(),
        allotment,
        letters,
        inside,
    })
}

/// Plans the edition `id`: drafts it and writes it with its letters, once (S1). A second call changes nothing.
///
/// # Errors
/// See [`PipelineError`].
pub async fn plan(shop: &Workshop, id: EditionId, due: Timestamp, now: Timestamp) -> Result<Planned, PipelineError> {
    if shop.store.edition(id).await?.is_some() {
        return Ok(Planned::Already);
    }
    let draft = draft(shop, id, due, now, &[], None).await?;
    let key = letter_key(shop).await?;
    let mail = &shop.config.settings.mail;
    let mut letters = Vec::with_capacity(draft.letters.len());
    for letter in &draft.letters {
        let Some(person) = shop.config.ambassador(&letter.ambassador) else {
            continue;
        };
        let message_id = message_id(id, &person.id, &key, &domain_of(&mail.from));
        let built = build(&MessageParts {
            from: &mail.from,
            reply_to: mail.reply_to.as_deref(),
            to_name: &person.name,
            to_address: &person.email,
            subject: &letter.subject,
            text: &letter.rendered.text,
            html: &letter.rendered.html,
            language: person.language,
            message_id: &message_id,
            list: &shop.config.settings.organisation,
            date: now,
        });
        // One address that cannot be written to does not stop the others: it has its row and its reason.
        let (message, skipped) = match built {
            Ok(message) => (message, letter.skipped.clone()),
            Err(error) => (Vec::new(), Some(error.to_string())),
        };
        letters.push(PlannedLetter {
            ambassador: person.id.clone(),
            address: person.email.clone(),
            message_id,
            subject: letter.subject.clone(),
            message,
            html: letter.rendered.html.clone(),
            skipped,
        });
    }
    let given = draft.allotment.suggestions.iter().flat_map(|suggestion| {
        let items = draft.story_items.get(&suggestion.story).cloned().unwrap_or_default();
        items.into_iter().map(|item| (suggestion.ambassador.clone(), item))
    });
    let plan = EditionPlan {
        id,
        due,
        suggestions: draft.allotment.suggestions.clone(),
        given: given.collect(),
        letters,
        skipped: None,
    };
    match shop.store.record_edition(&plan, now).await? {
        true => Ok(Planned::Written(Box::new(draft))),
        false => Ok(Planned::Already),
    }
}

/// Records that an edition was missed and is not made up, so that nobody wonders.
///
/// # Errors
/// When the store fails.
pub async fn skip(
    shop: &Workshop,
    id: EditionId,
    due: Timestamp,
    why: &str,
    now: Timestamp,
) -> Result<(), PipelineError> {
    let plan = EditionPlan {
        id,
        due,
        suggestions: Vec::new(),
        given: Vec::new(),
        letters: Vec::new(),
        skipped: Some(why.to_owned()),
    };
    shop.store.record_edition(&plan, now).await?;
    Ok(())
}

fn takes_part(consents: &HashMap<String, Consent>, ambassador: &str) -> bool {
    consents.get(ambassador).is_some_and(|consent| consent.given)
}

/// Stories of the window with the members that may leave, and the items that stay inside with the reason.
async fn open_stories(
    shop: &Workshop,
    people: &[&Ambassador],
    now: Timestamp,
) -> Result<(Vec<OpenStory>, Vec<(ItemId, String)>), PipelineError> {
    let since = days_before(now, shop.config.settings.edition.window_days);
    let records = shop.store.published_since(since).await?;
    let library = shop.store.library().await?;
    let learnt = learning::in_force(shop).await?.model;
    let known = evidence::gather(shop, people).await?;
    let matcher =
        tokio::task::block_in_place(|| ExpertiseMatcher::new(people.iter().copied(), learnt.as_ref(), &known));
    let mut by_story: BTreeMap<StoryId, Vec<OpenMember>> = BTreeMap::new();
    let mut inside = Vec::new();
    for record in records.into_iter().filter(|record| record.item.published.at <= now) {
        let ItemRecord { item, tags, .. } = record;
        let item = with_class_in_force(shop, item);
        if shop.config.source(&item.source).is_none() {
            inside.push((item.id, "its source is no longer configured".to_owned()));
            continue;
        }
        if library.get(&item.id).and_then(|entry| entry.expires).is_some_and(|at| at <= now) {
            inside.push((item.id, "the library says that its time is over".to_owned()));
            continue;
        }
        let (id, story) = (item.id, item.story);
        let phrases = matcher.read(&Reading::new(&item.title, &item.text, item.language), &item.categories);
        match confidentiality::shareable(item, now) {
            Ok(item) => {
                let fits =
                    people.iter().filter_map(|person| Some((person.id.clone(), matcher.fit(person, &tags, &phrases)?)));
                let fits = fits.collect();
                let angles = library.get(&id).map(|entry| entry.angles.clone()).unwrap_or_default();
                by_story.entry(story).or_default().push(OpenMember { item, tags, fits, angles });
            }
            Err(why) => inside.push((id, why)),
        }
    }
    let ids: Vec<StoryId> = by_story.keys().copied().collect();
    let mut items = shop.store.story_items(&ids).await?;
    let tellings = tokio::task::block_in_place(|| tellings(&by_story));
    let mut of_telling: BTreeMap<StoryId, Vec<ItemId>> = BTreeMap::new();
    for (story, items) in &items {
        of_telling.entry(tellings.get(story).copied().unwrap_or(*story)).or_default().extend(items);
    }
    let stories = by_story.into_iter().map(|(story, members)| {
        let own = items.remove(&story).unwrap_or_default();
        let telling = tellings.get(&story).copied().unwrap_or(story);
        let mut all_items = of_telling.get(&telling).cloned().unwrap_or(own);
        all_items.sort_unstable();
        OpenStory { story, members, all_items, telling }
    });
    Ok((stories.collect(), inside))
}

/// Stories that tell one event in French and in English, each with the first of its like.
fn tellings(stories: &BTreeMap<StoryId, Vec<OpenMember>>) -> HashMap<StoryId, StoryId> {
    let wanted = stories.iter().filter(|(_, members)| members.iter().any(|member| !member.fits.is_empty()));
    let (ids, texts): (Vec<StoryId>, Vec<Telling>) = wanted
        .filter_map(|(story, members)| {
            let item = members.first()?.item.get();
            let reading = Reading::new(&item.title, &item.text, item.language);
            Some((*story, Telling::of(&item.title, &item.text, &reading, item.published.at)))
        })
        .rev()
        .take(MOST_TELLINGS)
        .unzip();
    let mut first = HashMap::new();
    for (one, other, _) in links(&texts) {
        let (one, other) = (ids[one].min(ids[other]), ids[one].max(ids[other]));
        first.insert(one, one);
        first.insert(other, one);
    }
    first
}

fn members(stories: &[OpenStory]) -> HashMap<ItemId, (&OpenStory, &OpenMember)> {
    stories
        .iter()
        .flat_map(|story| story.members.iter().map(move |member| (member.item.get().id, (story, member))))
        .collect()
}

fn suggested_item<'a>(
    shop: &'a Workshop,
    suggestion: &'a Suggestion,
    story: &'a OpenStory,
    member: &'a OpenMember,
) -> SuggestedItem<'a> {
    let own = &member.item.get().source;
    let mut also: Vec<String> = Vec::new();
    let nameable = |member: &&OpenMember| member.tags.exclusion(ExclusionScope::NeverSuggest).is_none();
    for other in story.members.iter().filter(nameable) {
        let name = source_name(shop, &other.item.get().source);
        if other.item.get().source != *own && !also.contains(&name) {
            also.push(name);
        }
    }
    also.truncate(4);
    SuggestedItem {
        suggestion,
        item: &member.item,
        tags: &member.tags,
        source: shop.config.source(own),
        also_told_by: also,
    }
}

fn source_name(shop: &Workshop, id: &str) -> String {
    shop.config.source(id).map_or_else(|| id.to_owned(), |source| source.name.clone())
}

fn actions_this_month(shares: &[Share], ambassador: &str, today: Date) -> usize {
    let first = today.first_of_month();
    shares.iter().filter(|share| share.ambassador == ambassador && share.on >= first).count()
}

/// Topics of the items that people declared to have shared, by ambassador.
async fn topics_of_shares(
    shop: &Workshop,
    shares: &[Share],
) -> Result<HashMap<String, HashMap<String, usize>>, PipelineError> {
    let ids: HashSet<ItemId> = shares.iter().filter_map(|share| share.item).collect();
    let ids: Vec<ItemId> = ids.into_iter().collect();
    let tags: HashMap<ItemId, Tagged> =
        shop.store.items(&ids).await?.into_iter().map(|record| (record.item.id, record.tags)).collect();
    let mut taken: HashMap<String, HashMap<String, usize>> = HashMap::new();
    for share in shares {
        let best = share.item.and_then(|item| tags.get(&item)?.topics.first());
        if let Some(best) = best {
            *taken.entry(share.ambassador.clone()).or_default().entry(best.topic.clone()).or_default() += 1;
        }
    }
    Ok(taken)
}

/// The topic that a person takes often without declaring it (requirement B11).
fn discovered<'a>(
    shop: &'a Workshop,
    person: &Ambassador,
    taken: &HashMap<String, HashMap<String, usize>>,
) -> Option<(&'a str, usize)> {
    let declares = |topic: &str| person.expertise_in(topic).is_some();
    let own = taken.get(&person.id)?;
    let (topic, times) = own
        .iter()
        .filter(|(topic, times)| **times >= DISCOVERY.1 && !declares(topic))
        .max_by_key(|(topic, times)| (**times, std::cmp::Reverse(*topic)))?;
    Some((shop.config.line.topic(topic)?.label.as_str(), *times))
}

/// The key that Message-IDs are made with, drawn once and kept in the store.
async fn letter_key(shop: &Workshop) -> Result<[u8; 32], PipelineError> {
    let name = "letter_key";
    if let Some(key) = shop.store.meta(name).await?.and_then(|hex| blake3::Hash::from_hex(hex).ok()) {
        return Ok(*key.as_bytes());
    }
    let mut key = [0; 32];
    getrandom::fill(&mut key).map_err(|error| PipelineError::Machine(error.to_string()))?;
    shop.store.set_meta(name, &blake3::Hash::from_bytes(key).to_hex()).await?;
    Ok(key)
}
