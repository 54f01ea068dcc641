//! Who could say what: every pair of story and person, either scored or refused with the reason.

use std::collections::{HashMap, HashSet};

use crate::domain::{
    Access, Ambassador, Candidate, Channel, Confidentiality, ExclusionScope, Item, ItemId, Kept, Mix, Objective,
    Perishability, Source, StoryId,
};

use super::again::{self, lasts};
use super::{Desk, OpenMember, OpenStory, Request};

/// Days after which the news of a story has lost two thirds of its freshness.
const FADES: f64 = 9.0;
/// Freshness of what lasts.
const LASTING: f64 = 0.7;
/// Channels of private life: never suggested unless listed, and never preferred.
const PRIVATE_LIFE: [Channel; 2] = [Channel::Facebook, Channel::Instagram];

/// Why a story is not for a person, this week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The story.
    pub story: StoryId,
    /// The person.
    pub ambassador: String,
    /// The reason, in words.
    pub why: String,
}

/// Candidates, refusals, and what stood in the plan but can no longer.
pub(super) type Found = (Vec<Candidate>, Vec<Refusal>, Vec<(Kept, String)>);

/// Scores or refuses every pair that fits, in the order of stories and people; of the story in question every pair. What
/// stands in the plan comes first, in its order.
pub(super) fn find(stories: &[OpenStory], desk: &Desk<'_>) -> Found {
    let mut candidates = Vec::new();
    let mut refusals = Vec::new();
    let mut lost = Vec::new();
    let mut seen: HashSet<(StoryId, &str)> = HashSet::new();
    let of_item: HashMap<ItemId, &OpenStory> =
        stories.iter().flat_map(|story| story.members.iter().map(move |one| (one.item.get().id, story))).collect();
    for kept in &desk.request.standing.kept {
        let found = match (desk.person(&kept.ambassador), of_item.get(&kept.item)) {
            (None, _) => Err("this person does not take part this week".to_owned()),
            (_, None) => Err("it may no longer leave, or is too old".to_owned()),
            (Some(person), Some(story)) if !seen.insert((story.story, person.id.as_str())) => {
                Err("it is there already: another source tells the same story".to_owned())
            }
            (Some(person), Some(story)) => judge(story, person, Some(kept), desk),
        };
        match found {
            Ok(candidate) => candidates.push(candidate),
            Err(why) => lost.push((kept.clone(), why)),
        }
    }
    let places: HashMap<&str, usize> =
        desk.request.people.iter().enumerate().map(|(place, person)| (person.id.as_str(), place)).collect();
    for story in stories {
        let told = desk.request.told == Some(story.story);
        let mut fitting: Vec<usize> = if told {
            (0..desk.request.people.len()).collect()
        } else {
            story
                .members
                .iter()
                .flat_map(|member| member.fits.keys())
                .filter_map(|id| places.get(id.as_str()).copied())
                .collect()
        };
        fitting.sort_unstable();
        fitting.dedup();
        for person in fitting.into_iter().map(|place| desk.request.people[place]) {
            if seen.contains(&(story.story, person.id.as_str())) {
                continue;
            }
            match judge(story, person, None, desk) {
                Ok(candidate) => candidates.push(candidate),
                Err(why) if told => {
                    refusals.push(Refusal { story: story.story, ambassador: person.id.clone(), why });
                }
                Err(_) => {}
            }
        }
    }
    (candidates, refusals, lost)
}

fn judge(story: &OpenStory, person: &Ambassador, kept: Option<&Kept>, desk: &Desk<'_>) -> Result<Candidate, String> {
    let request = desk.request;
    let past = again::judge(story, person, request)?;
    let barred = |whom: Option<&String>, item: &ItemId| {
        whom.is_none_or(|whom| *whom == person.id) && story.all_items.contains(item)
    };
    let bar = request.standing.barred.iter().find(|(whom, item)| barred(whom.as_ref(), item));
    // What somebody puts in a list after all is meant for that list.
    if let Some((whom, _)) = bar.filter(|_| kept.is_none()) {
        return Err(match whom {
            Some(_) => "taken out of this person's letter by the comms team".into(),
            None => "forbidden for this edition by the comms team".into(),
        });
    }
    let declined = request.declined.get(&person.id);
    if declined.is_some_and(|declined| story.all_items.iter().any(|item| declined.contains(item))) {
        return Err("they said that it is not for them".into());
    }
    let members: Vec<&OpenMember> =
        story.members.iter().filter(|member| member.tags.exclusion(ExclusionScope::NeverSuggest).is_none()).collect();
    if members.is_empty() {
        let hit = story.members.iter().find_map(|member| member.tags.exclusion(ExclusionScope::NeverSuggest));
        return Err(
            hit.map_or("nothing of it may leave".into(), |hit| format!("excluded by “{}”: {}", hit.rule, hit.found))
        );
    }
    if members.iter().all(|member| member.tags.topics.is_empty()) {
        return Err("off the line: no topic reaches the threshold".into());
    }
    let unwanted =
        members.iter().flat_map(|member| &member.tags.topics).find(|found| person.not_me.contains(&found.topic));
    if let Some(found) = unwanted {
        return Err(format!("not me: {}", found.topic));
    }
    let by_them = |member: &&OpenMember| {
        let item = member.item.get();
        person.wrote(item, desk.source_of(item))
    };
    if members.iter().any(by_them) {
        return Err("their own writing".into());
    }
    let readable = |member: &&OpenMember| person.reads.contains(&member.item.get().language);
    if !members.iter().any(readable) {
        return Err("in a language this person does not read".into());
    }
    let leaves_on = request.leaves_on(person);
    let over = |member: &&OpenMember| matches!(member.lasts, Perishability::Dated(until) if until <= leaves_on);
    if members.iter().all(&over) {
        return Err("its date has passed, or comes before anybody could speak of it".into());
    }
    let wanted = |member: &OpenMember| kept.is_some_and(|kept| kept.item == member.item.get().id);
    let best = members
        .iter()
        .copied()
        .filter(readable)
        .filter(|member| !over(member))
        .filter_map(|member| Some((member, member.fits.get(&person.id)?)))
        .map(|(member, fit)| {
            (member, fit, preference(member.item.get(), person, desk) + if wanted(member) { 100.0 } else { 0.0 })
        })
        .max_by(|(one, _, a), (other, _, b)| {
            let earlier =
                |member: &OpenMember| std::cmp::Reverse((member.item.get().published.at, member.item.get().id));
            a.total_cmp(b).then_with(|| earlier(one).cmp(&earlier(other)))
        });
    let Some((member, fit, _)) = best else {
        return Err("outside what this person knows".into());
    };
    let item = member.item.get();
    if item.link.is_none() {
        return Err("it has no address to share".into());
    }
    let source = desk.source_of(item);
    // The actor that the source watches, and those that the item speaks of.
    let watched = source.and_then(|source| source.actor.as_deref());
    let objective = request.line.objective_for(&fit.topic.topic, &member.tags.about(watched));
    let priority = objective.map_or(4, |objective| objective.priority);
    let own_objective = objective.is_some_and(|objective| person.objectives.contains(&objective.id));
    let age = item_age_days(item, request);
    let again = past.again || (lasts(member) && age >= f64::from(request.rules.window_days));
    // What lasts does not fade, but it is no news either.
    let fresh = freshness(age).max(if lasts(member) { LASTING } else { 0.0 });
    let gain = fit.score
        * priority_weight(priority)
        * fresh
        * source.map_or(1.0, |source| f64::from(source.trust))
        * if own_objective { 1.1 } else { 1.0 };
    if gain < request.rules.floor && kept.is_none() {
        return Err(format!("below the floor: worth {gain:.2}, the floor is {:.2}", request.rules.floor));
    }
    Ok(Candidate {
        story: story.story,
        telling: story.telling,
        mix: mix(item, source),
        item: item.id,
        source: item.source.clone(),
        ambassador: person.id.clone(),
        topic: fit.topic.topic.clone(),
        objective: objective.map(|objective| objective.id.clone()),
        priority,
        channels: channels(person, objective).into_iter().filter(|one| !past.resting.contains(one)).collect(),
        kept: kept.cloned(),
        again,
        used_angles: past.used_angles,
        from: story.from,
        until: match member.lasts {
            Perishability::Dated(until) => Some(until),
            _ => None,
        },
        gain,
    })
}

/// Where an item comes from.
fn mix(item: &Item, source: Option<&Source>) -> Mix {
    match source {
        Some(source) if source.written_by.is_some() => Mix::Colleague,
        _ if item.class == Confidentiality::Shareable => Mix::Corporate,
        _ => Mix::Trade,
    }
}

/// Which member of a story to propose: one that all can read, in the person's own language, told by who made the news
/// rather than by who repeats it, from the most trusted source, whole.
fn preference(item: &Item, person: &Ambassador, desk: &Desk<'_>) -> f64 {
    let points = |given: bool, points: f64| if given { points } else { 0.0 };
    let source = desk.source_of(item);
    let closed = matches!(item.access, Some(Access::Paywall | Access::Consent | Access::Blocked));
    points(!closed, 4.0)
        + points(item.language == person.language, 2.0)
        + points(source.is_some_and(|source| source.actor.is_some()), 0.75)
        + points(item.copy_of.is_none(), 0.5)
        + source.map_or(1.0, |source| f64::from(source.trust))
        + points(item.full, 0.5)
}

pub(super) fn item_age_days(item: &Item, request: &Request<'_>) -> f64 {
    (request.now.duration_since(item.published.at).as_secs_f64() / 86_400.0).max(0.0)
}

/// What is left of the worth of a story after so many days.
pub fn freshness(days: f64) -> f64 {
    0.45 + 0.55 * (-days.max(0.0) / FADES).exp()
}

fn priority_weight(priority: u8) -> f64 {
    match priority {
        1 => 1.0,
        2 => 0.85,
        3 => 0.7,
        _ => 0.6,
    }
}

/// The person's channels, those of the objective first, private-life networks last.
fn channels(person: &Ambassador, objective: Option<&Objective>) -> Vec<Channel> {
    let wanted = |channel: &Channel| objective.is_some_and(|objective| objective.channels.contains(channel));
    let mut channels = person.channels.clone();
    channels.sort_by_key(|channel| (!wanted(channel), PRIVATE_LIFE.contains(channel)));
    channels
}
