//! A week drafted: what may leave × who takes part → allotment → letters. Nothing is written here.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use jiff::civil::Date;

use crate::allot::{Allotment, OpenMember, OpenStory, Posts, Request, Rules, Standing, allot, is_away_all_week, rests};
use crate::config::{EmptyLetter, Schedule};
use crate::digest::{Composition, OwnArticle, Rendered, SuggestedItem, Templates, compose};
use crate::domain::{
    Ambassador, CalendarEntry, Confidentiality, EditionId, ExclusionScope, ItemId, Ledger, Share, StoryId, Suggestion,
    Tagged,
};
use crate::store::Consent;

use super::open::{self, OtherLine};
use super::{PipelineError, Workshop, days_before, evidence, learn_and_retag};

/// Days over which a topic taken often is noticed, and how often.
const DISCOVERY: (u16, usize) = (42, 5);
/// Days over which somebody's posts are remembered as theirs.
const POSTS: u16 = 180;
/// Days of the calendar that a letter tells, and dates at most.
const COMING: (i64, usize) = (14, 3);
/// Days in which answers to a post are worth a look.
const ANSWERS: i32 = 4;
/// Articles of their own that a letter tells somebody.
const OWN: usize = 1;
/// Family under which somebody's own article stands in the ledger.
pub(super) const OWN_ARTICLE: &str = "own";

/// The week that is asked for.
#[derive(Debug)]
pub struct Asked<'a> {
    /// The week.
    pub id: EditionId,
    /// When it is due.
    pub due: Timestamp,
    /// As of when.
    pub now: Timestamp,
    /// Those for whom it is drafted even if they do not take part.
    pub also: &'a [String],
    /// The story of which every refusal is kept.
    pub told: Option<StoryId>,
    /// What stands in the plan already.
    pub standing: Standing,
    /// When the plan was made: who said yes later gets a letter from the next week on.
    pub planned: Option<Timestamp>,
}

impl Asked<'_> {
    /// A week of which nothing stands yet.
    pub fn new(id: EditionId, due: Timestamp, now: Timestamp) -> Self {
        Asked { id, due, now, also: &[], told: None, standing: Standing::default(), planned: None }
    }
}

/// One person's letter, drafted.
#[derive(Debug, Clone)]
pub struct DraftLetter {
    /// For whom.
    pub ambassador: String,
    /// Subject.
    pub subject: String,
    /// Both parts.
    pub rendered: Rendered,
    /// When it leaves.
    pub leaves: Timestamp,
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
    /// Items of each story, whatever their age or class, and of the stories that tell the same event in another language.
    pub story_items: HashMap<StoryId, Vec<ItemId>>,
    /// Articles of their own that letters tell people, and (false) the other items of their stories.
    pub(super) own_given: Vec<(String, ItemId, bool)>,
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

/// What a replay puts in place of what the store keeps.
pub(super) struct Past<'a> {
    /// What people were given by then.
    pub ledger: &'a Ledger,
    /// The line it is replayed with.
    pub line: OtherLine<'a>,
}

/// A week allotted, and all that its letters are made of.
pub(super) struct AllottedWeek<'a> {
    people: Vec<&'a Ambassador>,
    consents: HashMap<String, Consent>,
    own_days: HashMap<String, Date>,
    leaves_on: Date,
    shares: Vec<Share>,
    posts: Posts,
    pages: Vec<CalendarEntry>,
    ledger: Ledger,
    open: open::Open,
    /// Who gets what.
    pub allotment: Allotment,
}

impl AllottedWeek<'_> {
    /// Title, address and source of every item suggested.
    pub(super) fn facts(&self, shop: &Workshop) -> HashMap<ItemId, SuggestedFacts> {
        let members = members(&self.open.stories);
        let items = self.allotment.suggestions.iter().filter_map(|suggestion| {
            let (_, member) = members.get(&suggestion.item)?;
            let item = member.item.get();
            let facts = SuggestedFacts {
                title: item.title.clone(),
                link: item.link.clone().unwrap_or_default(),
                source: source_name(shop, &item.source),
            };
            Some((item.id, facts))
        });
        items.collect()
    }

    /// Every item of the stories suggested, and of their like in another language.
    pub(super) fn items_given<'s>(&'s self) -> Vec<(&'s Suggestion, &'s [ItemId])> {
        let items: HashMap<StoryId, &'s [ItemId]> =
            self.open.stories.iter().map(|story| (story.story, story.all_items.as_slice())).collect();
        let given = |suggestion: &'s Suggestion| Some((suggestion, *items.get(&suggestion.story)?));
        self.allotment.suggestions.iter().filter_map(given).collect()
    }

    /// Those who take part, and stories that were there to be told.
    pub(super) fn size(&self) -> (usize, usize) {
        (self.people.len(), self.open.stories.len())
    }
}

/// Drafts a week for those who take part.
///
/// # Errors
/// See [`PipelineError`].
pub async fn draft(shop: &Workshop, asked: &Asked<'_>) -> Result<EditionDraft, PipelineError> {
    learn_and_retag(shop, asked.now).await?;
    let week = allotted(shop, asked, None).await?;
    letters(shop, asked, week).await
}

/// Allots a week.
pub(super) async fn allotted<'a>(
    shop: &'a Workshop,
    asked: &Asked<'_>,
    past: Option<&Past<'_>>,
) -> Result<AllottedWeek<'a>, PipelineError> {
    let (settings, now) = (&shop.config.settings, asked.now);
    let zone = &settings.time_zone;
    let consents = shop.store.consents().await?;
    let people: Vec<&Ambassador> = shop
        .config
        .ambassadors
        .iter()
        .filter(|person| person.enabled)
        .filter(|person| takes_part(&consents, &person.id) || asked.also.contains(&person.id) || past.is_some())
        .collect();
    let today = now.to_zoned(zone.clone()).date();
    let leaves_on = asked.due.to_zoned(zone.clone()).date().max(today);
    let own_days: HashMap<String, Date> = people
        .iter()
        .filter(|person| person.letter.is_some())
        .map(|person| (person.id.clone(), leaves_at(shop, person, asked.due).to_zoned(zone.clone()).date().max(today)))
        .collect();
    let mut shares = shop.store.shares_since(Date::MIN).await?;
    shares.retain(|share| share.on <= today);
    let wanted = open::Asked {
        people: &people,
        shares: &shares,
        other: past.map(|past| &past.line),
        kept: &asked.standing.kept,
        told: asked.told,
        now,
    };
    let open = open::gather(shop, &wanted).await?;
    let ledger = match past {
        Some(past) => past.ledger.clone(),
        None => {
            let all: Vec<ItemId> = open.stories.iter().flat_map(|story| story.all_items.iter().copied()).collect();
            shop.store.ledger(&all).await?
        }
    };
    let since = days_before(now, POSTS).to_zoned(zone.clone()).date();
    let posts = topics_of_shares(shop, shares.iter().filter(|share| share.on >= since)).await?;
    let declined = evidence::declined(shop).await?;
    let postponed = shop.store.postponed().await?;
    let here = |person: &&&Ambassador| {
        let day = own_days.get(&person.id).copied().unwrap_or(leaves_on);
        !is_away_all_week(person, day, &settings.holidays) && !rests(person, asked.id)
    };
    let present: Vec<&Ambassador> = people.iter().filter(here).copied().collect();
    let rules = &settings.edition;
    let request = Request {
        line: &shop.config.line,
        sources: &shop.config.sources,
        people: &present,
        given: &ledger,
        postponed: &postponed,
        declined: &declined,
        posts: &posts,
        told: asked.told,
        holidays: &settings.holidays,
        leaves_on,
        own_days: &own_days,
        standing: &asked.standing,
        now,
        rules: Rules {
            story_cap: rules.story_cap,
            group_cap: rules.group_cap,
            floor: rules.floor,
            quota: rules.quota,
            window_days: rules.window_days,
            cool_down_days: rules.cool_down_days,
        },
    };
    let allotment = tokio::task::block_in_place(|| allot(&open.stories, &request));
    let hours = jiff::SignedDuration::from_hours(24 * (COMING.0 + 7));
    let pages = shop.store.calendar(now, now.checked_add(hours).unwrap_or(now)).await?;
    Ok(AllottedWeek { people, consents, own_days, leaves_on, shares, posts, pages, ledger, open, allotment })
}

/// Writes the letters of a week.
pub(super) async fn letters(
    shop: &Workshop,
    asked: &Asked<'_>,
    week: AllottedWeek<'_>,
) -> Result<EditionDraft, PipelineError> {
    let (settings, now) = (&shop.config.settings, asked.now);
    let zone = &settings.time_zone;
    let today = now.to_zoned(zone.clone()).date();
    let members = members(&week.open.stories);
    let templates = Templates::load(Some(&shop.config.dir.join("templates")))?;
    let since = days_before(now, DISCOVERY.0).to_zoned(zone.clone()).date();
    let mut shares_of: HashMap<&str, Vec<&Share>> = HashMap::new();
    for share in &week.shares {
        shares_of.entry(share.ambassador.as_str()).or_default().push(share);
    }
    let mut of_person: HashMap<&str, Vec<Suggestion>> = HashMap::new();
    for suggestion in &week.allotment.suggestions {
        of_person.entry(suggestion.ambassador.as_str()).or_default().push(suggestion.clone());
    }
    let mut drafted = Vec::with_capacity(week.people.len());
    let mut own_given = Vec::new();
    let articles = own_articles(shop, &week);
    for person in &week.people {
        let leaves_on = week.own_days.get(&person.id).copied().unwrap_or(week.leaves_on);
        let skipped = if is_away_all_week(person, leaves_on, &settings.holidays) {
            Some("away all week")
        } else if rests(person, asked.id) {
            Some("a week of rest")
        } else if asked.planned.is_some_and(|planned| week.consents.get(&person.id).is_some_and(|own| own.at > planned))
        {
            Some("said yes after the plan was made")
        } else {
            None
        };
        let suggestions = of_person.remove(person.id.as_str()).unwrap_or_default();
        let suggested = suggestions.iter().filter_map(|suggestion| {
            let (story, member) = members.get(&suggestion.item)?;
            Some(suggested_item(shop, suggestion, story, member))
        });
        let told = week.ledger.get(&person.id);
        let new = |(story, _): &&(&OpenStory, OwnArticle)| {
            !story.all_items.iter().any(|item| told.is_some_and(|told| told.contains_key(item)))
        };
        let own: Vec<&(&OpenStory, OwnArticle)> =
            articles.get(person.id.as_str()).into_iter().flatten().filter(new).take(OWN).collect();
        let shares = shares_of.remove(person.id.as_str()).unwrap_or_default();
        let composition = Composition {
            person,
            edition: asked.id,
            organisation: &settings.organisation,
            line: &shop.config.line,
            suggestions: suggested.collect(),
            since: week.consents.get(&person.id).map(|consent| consent.at),
            actions: shares.iter().filter(|share| share.on >= today.first_of_month()).count(),
            weeks_in_a_row: weeks_in_a_row(&shares, today),
            discovered: discovered(shop, person, &week.posts, since),
            own: own.iter().map(|(_, article)| article.clone()).collect(),
            coming: coming(shop, &week.pages, leaves_on),
            answer: shares
                .iter()
                .filter(|share| {
                    share.on <= leaves_on && share.on.until(leaves_on).is_ok_and(|span| span.get_days() <= ANSWERS)
                })
                .max_by_key(|share| share.on)
                .map(|share| (share.on, share.channel)),
            charter: (shop.config.charter.is_some() || settings.charter_url.is_some())
                .then_some(settings.charter_url.as_deref()),
            zone,
            today: leaves_on,
        };
        let view = compose(&composition);
        let nothing = suggestions.is_empty() && own.is_empty() && settings.edition.empty == EmptyLetter::Skip;
        let skipped = skipped.or(nothing.then_some("nothing worth suggesting this week"));
        if skipped.is_none() {
            own_given.extend(own.iter().flat_map(|(story, article)| {
                story.all_items.iter().map(|item| (person.id.clone(), *item, *item == article.item))
            }));
        }
        drafted.push(DraftLetter {
            ambassador: person.id.clone(),
            rendered: templates.render(&view)?,
            subject: view.subject,
            leaves: leaves_at(shop, person, asked.due),
            suggestions,
            skipped: skipped.map(str::to_owned),
        });
    }
    Ok(EditionDraft {
        id: asked.id,
        due: asked.due,
        items: week.facts(shop),
        story_items: week.open.stories.iter().map(|story| (story.story, story.all_items.clone())).collect(),
        own_given,
        allotment: week.allotment,
        letters: drafted,
        inside: week.open.inside,
    })
}

/// When somebody's letter leaves: with the edition, or at their own hour of the seven days from then on.
pub(super) fn leaves_at(shop: &Workshop, person: &Ambassador, due: Timestamp) -> Timestamp {
    let Some((day, time)) = person.letter else { return due };
    let just_before = due.checked_sub(jiff::SignedDuration::from_millis(1)).unwrap_or(due);
    Schedule::Weekly(day, time).next_after(just_before, &shop.config.settings.time_zone).unwrap_or(due)
}

pub(super) fn takes_part(consents: &HashMap<String, Consent>, ambassador: &str) -> bool {
    consents.get(ambassador).is_some_and(|consent| consent.given)
}

/// What people wrote themselves that is out, by who wrote it, the newest first (requirement D13).
fn own_articles<'a>(shop: &Workshop, week: &'a AllottedWeek<'_>) -> HashMap<&'a str, Vec<(&'a OpenStory, OwnArticle)>> {
    let mut by_name: HashMap<String, Vec<&Ambassador>> = HashMap::new();
    for person in &week.people {
        by_name.entry(person.name.trim().to_lowercase()).or_default().push(person);
    }
    let mut own: HashMap<&str, Vec<(Timestamp, &OpenStory, OwnArticle)>> = HashMap::new();
    for story in &week.open.stories {
        for member in &story.members {
            let item = member.item.get();
            let source = shop.config.source(&item.source);
            let named = item.authors.iter().filter_map(|author| by_name.get(&author.trim().to_lowercase())).flatten();
            let by_source = source.and_then(|source| source.written_by.as_deref());
            let by_source = by_source.and_then(|id| week.people.iter().find(|person| person.id == id));
            let writers: Vec<&Ambassador> = named.chain(by_source).copied().collect();
            let Some(link) = item.link.clone().filter(|_| !writers.is_empty()) else { continue };
            if member.tags.exclusion(ExclusionScope::NeverSuggest).is_some() {
                continue;
            }
            let article = OwnArticle {
                item: item.id,
                title: item.title.clone(),
                language: item.language,
                link,
                source: source_name(shop, &item.source),
            };
            for person in writers {
                let list = own.entry(person.id.as_str()).or_default();
                if list.iter().all(|(_, known, _)| known.story != story.story) {
                    list.push((item.published.at, story, article.clone()));
                }
            }
        }
    }
    let newest_first = |(person, mut list): (_, Vec<(Timestamp, &'a OpenStory, OwnArticle)>)| {
        list.sort_by_key(|(at, story, _)| (std::cmp::Reverse(*at), story.story));
        (person, list.into_iter().map(|(_, story, article)| (story, article)).collect())
    };
    own.into_iter().map(newest_first).collect()
}

/// The next dates of the company's pages, of those calendars that everybody may see (requirement D11).
fn coming(shop: &Workshop, pages: &[CalendarEntry], from: Date) -> Vec<(Date, String)> {
    let open = |entry: &&CalendarEntry| {
        let source = shop.config.source(&entry.source);
        source.is_some_and(|source| source.confidentiality != Confidentiality::Internal)
    };
    let zone = &shop.config.settings.time_zone;
    let mut coming: Vec<(Date, String)> = pages
        .iter()
        .filter(open)
        .map(|entry| (entry.starts.to_zoned(zone.clone()).date(), entry.title.clone()))
        .filter(|(date, _)| {
            let ahead = from.until(*date).map_or(-1, |span| i64::from(span.get_days()));
            (0..=COMING.0).contains(&ahead)
        })
        .collect();
    coming.dedup_by(|one, other| one.1 == other.1);
    coming.truncate(COMING.1);
    coming
}

/// Weeks in a row in which somebody posted, up to the last one or this one (requirement D4).
fn weeks_in_a_row(shares: &[&Share], today: Date) -> usize {
    let weeks: HashSet<EditionId> = shares.iter().map(|share| EditionId::of(share.on)).collect();
    let back = |weeks: i64| today.checked_sub(jiff::Span::new().weeks(weeks)).ok().map(EditionId::of);
    let begins = i64::from(!weeks.contains(&EditionId::of(today)));
    (begins..520).take_while(|ago| back(*ago).is_some_and(|week| weeks.contains(&week))).count()
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

/// Topics of the items that people declared to have shared: who, on what, when.
async fn topics_of_shares(shop: &Workshop, shares: impl Iterator<Item = &Share>) -> Result<Posts, PipelineError> {
    let shares: Vec<&Share> = shares.collect();
    let ids: HashSet<ItemId> = shares.iter().filter_map(|share| share.item).collect();
    let ids: Vec<ItemId> = ids.into_iter().collect();
    let tags: HashMap<ItemId, Tagged> =
        shop.store.items(&ids).await?.into_iter().map(|record| (record.item.id, record.tags)).collect();
    let mut posts = Posts::new();
    for share in shares {
        let best = share.item.and_then(|item| tags.get(&item)?.topics.first());
        if let Some(best) = best {
            posts.entry(share.ambassador.clone()).or_default().entry(best.topic.clone()).or_default().push(share.on);
        }
    }
    Ok(posts)
}

/// The topic that a person takes often without declaring it (requirement B11).
fn discovered<'a>(shop: &'a Workshop, person: &Ambassador, posts: &Posts, since: Date) -> Option<(&'a str, usize)> {
    let declares = |topic: &str| person.expertise_in(topic).is_some();
    let (topic, times) = posts
        .get(&person.id)?
        .iter()
        .map(|(topic, days)| (topic, days.iter().filter(|day| **day >= since).count()))
        .filter(|(topic, times)| *times >= DISCOVERY.1 && !declares(topic))
        .max_by_key(|(topic, times)| (*times, std::cmp::Reverse(*topic)))?;
    Some((shop.config.line.topic(topic)?.label.as_str(), times))
}
