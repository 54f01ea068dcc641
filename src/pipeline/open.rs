//! What may leave the house in a week: stories of the window and what lasts, each member with its tags, its fits and how long
//! it stays worth telling.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::allot::{OpenMember, OpenStory, freshness, shortlist};
use crate::domain::{
    Ambassador, CalendarEntry, Half, ItemId, Kept, Language, LibraryEntry, Perishability, Share, Slot, StoryId,
};
use crate::store::ItemRecord;
use crate::stories::{Telling, links};
use crate::tag::relevance::Model;
use crate::tag::{ExpertiseMatcher, Phrases, Tagger, confidentiality, perishability};
use crate::text::reading::Reading;
use crate::text::tokens::plain;
use crate::text::urls;

use super::{PipelineError, Workshop, days_before, evidence, learning, with_class_in_force};

/// Stories among which tellings in two languages are looked for, the newest.
const MOST_TELLINGS: usize = 3_000;
/// Items given once among which what lasts is looked for, those given last.
const MOST_LASTING: i64 = 2_000;
/// When people begin to speak in the morning and in the afternoon.
const HALVES: [(Half, Time); 2] = [(Half::Am, Time::constant(9, 0, 0, 0)), (Half::Pm, Time::constant(14, 0, 0, 0))];
/// Days around an edition in which a page's dates are looked at.
const PAGE_DAYS: (i64, i64) = (21, 35);

/// A line that is not the one the store was tagged by: for replays.
pub(super) struct OtherLine<'a> {
    /// Tags by it.
    pub tagger: &'a Tagger,
    /// What was learnt for it.
    pub model: Option<&'a Model>,
}

/// What may leave, and what stays inside with the reason.
#[derive(Debug, Default)]
pub(super) struct Open {
    /// Stories with the members that may leave.
    pub stories: Vec<OpenStory>,
    /// Items that stay inside, and why.
    pub inside: Vec<(ItemId, String)>,
}

/// What is asked for.
pub(super) struct Asked<'a> {
    /// For whom.
    pub people: &'a [&'a Ambassador],
    /// All posts declared.
    pub shares: &'a [Share],
    /// Another line.
    pub other: Option<&'a OtherLine<'a>>,
    /// What stands in the plan: it is weighed in any case.
    pub kept: &'a [Kept],
    /// A story that is weighed for everybody.
    pub told: Option<StoryId>,
    /// As of when.
    pub now: Timestamp,
}

/// An item that may leave, on its way into its story.
struct Leaving {
    story: StoryId,
    member: OpenMember,
    phrases: Phrases,
}

/// Gathers it.
pub(super) async fn gather(shop: &Workshop, asked: &Asked<'_>) -> Result<Open, PipelineError> {
    let Asked { people, other, now, .. } = *asked;
    let settings = &shop.config.settings;
    let zone = &settings.time_zone;
    let library = shop.store.library().await?;
    let kept: Vec<ItemId> = asked.kept.iter().map(|kept| kept.item).collect();
    let records = records(shop, &library, kept, now).await?;
    let learnt = match other {
        Some(other) => other.model.cloned(),
        None => learning::in_force(shop).await?.model,
    };
    let known = evidence::gather(shop, people).await?;
    let matcher =
        tokio::task::block_in_place(|| ExpertiseMatcher::new(people.iter().copied(), learnt.as_ref(), &known));
    let mut leaving: Vec<Leaving> = Vec::new();
    let mut inside = Vec::new();
    for record in records.into_iter().filter(|record| record.item.published.at <= now) {
        let ItemRecord { item, mut tags, .. } = record;
        let item = with_class_in_force(shop, item);
        if shop.config.source(&item.source).is_none() {
            inside.push((item.id, "its source is no longer configured".to_owned()));
            continue;
        }
        let entry = library.get(&item.id);
        if entry.and_then(|entry| entry.expires).is_some_and(|at| at <= now) {
            inside.push((item.id, "the library says that its time is over".to_owned()));
            continue;
        }
        let (id, story) = (item.id, item.story);
        let reading = Reading::new(&item.title, &item.text, item.language);
        if let Some(other) = other {
            tags = other.tagger.tag(&item, &reading);
        }
        let phrases = matcher.read(&reading, &item.categories);
        let lasts = perishability(&item, entry, zone);
        match confidentiality::shareable(item, now) {
            Ok(item) => {
                let angles = entry.map(|entry| entry.angles.clone()).unwrap_or_default();
                let member = OpenMember { item, tags, fits: HashMap::new(), angles, lasts };
                leaving.push(Leaving { story, member, phrases });
            }
            Err(why) => inside.push((id, why)),
        }
    }
    tokio::task::block_in_place(|| weigh(shop, &mut leaving, &matcher, asked));
    let mut by_story: BTreeMap<StoryId, Vec<OpenMember>> = BTreeMap::new();
    for Leaving { story, member, .. } in leaving {
        by_story.entry(story).or_default().push(member);
    }
    let ids: Vec<StoryId> = by_story.keys().copied().collect();
    let mut items = shop.store.story_items(&ids).await?;
    let tellings = tokio::task::block_in_place(|| tellings(&by_story));
    let mut of_telling: BTreeMap<StoryId, Vec<ItemId>> = BTreeMap::new();
    for (story, items) in &items {
        of_telling.entry(tellings.get(story).copied().unwrap_or(*story)).or_default().extend(items);
    }
    let hours = |days: i64| SignedDuration::from_hours(24 * days);
    let (from, to) = (now.checked_sub(hours(PAGE_DAYS.0)), now.checked_add(hours(PAGE_DAYS.1)));
    let pages = shop.store.calendar(from.unwrap_or(now), to.unwrap_or(now)).await?;
    let pages = Pages::new(&pages, settings.edition.page_lag, zone);
    let unanswered = unanswered(asked.shares);
    let stories = by_story.into_iter().map(|(story, members)| {
        let own = items.remove(&story).unwrap_or_default();
        let telling = tellings.get(&story).copied().unwrap_or(story);
        let mut all_items = of_telling.get(&telling).cloned().unwrap_or(own);
        all_items.sort_unstable();
        OpenStory {
            story,
            telling,
            from: members.iter().filter_map(|member| pages.first_slot(member)).max(),
            unanswered: all_items.iter().any(|item| unanswered.contains(item)),
            members,
            all_items,
        }
    });
    Ok(Open { stories: stories.collect(), inside })
}

/// Says how each item fits those it is weighed for.
fn weigh(shop: &Workshop, leaving: &mut [Leaving], matcher: &ExpertiseMatcher, asked: &Asked<'_>) {
    let people = asked.people;
    let place_of: HashMap<&str, usize> =
        people.iter().enumerate().map(|(place, person)| (person.id.as_str(), place)).collect();
    let mut pools: BTreeMap<(&str, Language), Vec<(usize, f64)>> = BTreeMap::new();
    let mut whom: Vec<Vec<usize>> = Vec::with_capacity(leaving.len());
    for (number, one) in leaving.iter().enumerate() {
        let item = one.member.item.get();
        let age = asked.now.duration_since(item.published.at).as_secs_f64() / 86_400.0;
        let trust = shop.config.source(&item.source).map_or(1.0, |source| f64::from(source.trust));
        for found in &one.member.tags.topics {
            let worth = found.score * freshness(age) * trust;
            pools.entry((&found.topic, item.language)).or_default().push((number, worth));
        }
        whom.push(if asked.told == Some(one.story) {
            (0..people.len()).collect()
        } else {
            matcher.named_by(&one.phrases)
        });
    }
    let cap = shop.config.settings.edition.story_cap;
    for ((topic, language), items) in pools {
        let able: Vec<usize> =
            matcher.declaring(topic).iter().copied().filter(|place| people[*place].reads.contains(&language)).collect();
        let seats = able.iter().map(|place| people[*place].slots).sum();
        for (item, person) in shortlist(&items, &able, seats, cap) {
            whom[item].push(person);
        }
    }
    let of_item: HashMap<ItemId, usize> =
        leaving.iter().enumerate().map(|(number, one)| (one.member.item.get().id, number)).collect();
    for kept in asked.kept {
        if let (Some(item), Some(person)) = (of_item.get(&kept.item), place_of.get(kept.ambassador.as_str())) {
            whom[*item].push(*person);
        }
    }
    for (one, mut whom) in leaving.iter_mut().zip(whom) {
        whom.sort_unstable();
        whom.dedup();
        let fit = |place: usize| {
            let person = people[place];
            Some((person.id.clone(), matcher.fit(person, &one.member.tags, &one.phrases)?))
        };
        one.member.fits = whom.into_iter().filter_map(fit).collect();
    }
}

/// Items of the window, what stands in the plan, what of the library lasts, and what was given before and may come back.
async fn records(
    shop: &Workshop,
    library: &HashMap<ItemId, LibraryEntry>,
    mut kept: Vec<ItemId>,
    now: Timestamp,
) -> Result<Vec<ItemRecord>, PipelineError> {
    let window = days_before(now, shop.config.settings.edition.window_days);
    let mut records = shop.store.published_since(window).await?;
    let known: HashSet<ItemId> = records.iter().map(|record| record.item.id).collect();
    kept.sort_unstable();
    kept.dedup();
    kept.retain(|id| !known.contains(id));
    // What was young enough when it was planned does not age while people look at it.
    records.extend(shop.store.items(&kept).await?);
    let mut older: Vec<ItemId> = library.iter().filter(|(_, entry)| entry.evergreen).map(|(id, _)| *id).collect();
    older.extend(shop.store.given_until(window, MOST_LASTING).await?);
    older.sort_unstable();
    older.dedup();
    older.retain(|id| !known.contains(id) && kept.binary_search(id).is_err());
    let zone = &shop.config.settings.time_zone;
    let lasting = |record: &ItemRecord| {
        perishability(&record.item, library.get(&record.item.id), zone) == Perishability::Evergreen
    };
    records.extend(shop.store.items(&older).await?.into_iter().filter(lasting));
    records.sort_by_key(|record| (record.item.published.at, record.item.id));
    Ok(records)
}

/// Items of which every post that somebody counted drew nothing.
fn unanswered(shares: &[Share]) -> HashSet<ItemId> {
    let mut drew: HashMap<ItemId, u32> = HashMap::new();
    for (item, answers) in shares.iter().filter_map(|share| Some((share.item?, share.figures.answers()?))) {
        let sum = drew.entry(item).or_default();
        *sum = sum.saturating_add(answers);
    }
    drew.into_iter().filter(|(_, sum)| *sum == 0).map(|(item, _)| item).collect()
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

/// What the company's pages tell, and from when on people may follow.
struct Pages {
    by_address: HashMap<String, Slot>,
    by_title: HashMap<String, Slot>,
}

impl Pages {
    fn new(entries: &[CalendarEntry], lag: std::time::Duration, zone: &TimeZone) -> Self {
        let mut pages = Pages { by_address: HashMap::new(), by_title: HashMap::new() };
        for entry in entries {
            let lag = SignedDuration::try_from(lag).unwrap_or_default();
            let Some(slot) = entry.starts.checked_add(lag).ok().and_then(|at| first_half(at, zone)) else { continue };
            if let Some(url) = entry.link.as_deref().and_then(urls::parse_web) {
                keep_first(&mut pages.by_address, urls::canonical(&url), slot);
            }
            keep_first(&mut pages.by_title, plain(&entry.title), slot);
        }
        pages
    }

    fn first_slot(&self, member: &OpenMember) -> Option<Slot> {
        let item = member.item.get();
        let by_address = item.canonical.as_ref().and_then(|address| self.by_address.get(address));
        by_address.or_else(|| self.by_title.get(&plain(&item.title))).copied()
    }
}

/// A post that is told again later was told at its first date.
fn keep_first(slots: &mut HashMap<String, Slot>, key: String, slot: Slot) {
    let known = slots.entry(key).or_insert(slot);
    *known = slot.min(*known);
}

/// The first half-day that begins at or after an instant.
fn first_half(at: Timestamp, zone: &TimeZone) -> Option<Slot> {
    let local = at.to_zoned(zone.clone());
    let date: Date = local.date();
    let half = HALVES.into_iter().find(|(_, begins)| *begins >= local.time());
    match half {
        Some((half, _)) => Some(Slot { date, half }),
        None => Some(Slot { date: date.tomorrow().ok()?, half: Half::Am }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_speak_in_the_half_day_after_the_page() {
        let zone = TimeZone::get("Europe/Paris").expect("the zone");
        let slot = |at: &str| first_half(at.parse().expect("an instant"), &zone).expect("a slot").to_string();
        assert_eq!(slot("2026-11-24T07:00:00Z"), "2026-11-24/am");
        assert_eq!(slot("2026-11-24T08:30:00Z"), "2026-11-24/pm");
        assert_eq!(slot("2026-11-24T15:00:00Z"), "2026-11-25/am");
    }

    #[test]
    fn what_drew_nothing_is_known_once_somebody_counted() {
        use crate::domain::{Channel, Figures};
        let share = |item: i64, reactions: Option<u32>| Share {
            ambassador: "a".into(),
            item: Some(ItemId(item)),
            channel: Channel::LinkedIn,
            link: None,
            on: jiff::civil::date(2026, 1, 1),
            figures: Figures { reactions, ..Figures::default() },
        };
        let found = unanswered(&[share(1, Some(0)), share(2, None), share(3, Some(0)), share(3, Some(4))]);
        assert_eq!(found, HashSet::from([ItemId(1)]));
    }
}
