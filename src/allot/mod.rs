//! Who gets what, where, when and in which words. Pure: the same week asked twice gives the same answer.
//!
//! candidates (who could say what, and why not) → spread (who gets what, under the caps) → slots (channel, day) →
//! angles and reasons.

mod again;
mod alike;
mod angles;
pub mod assignment;
mod candidates;
mod exchange;
mod figure;
mod ready;
mod reasons;
mod seating;
mod shortlist;
mod slots;
mod spread;
mod standing;
mod wordings;

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;
use jiff::civil::Date;

use crate::domain::{
    Ambassador, Candidate, EditionId, EditorialLine, Fit, Item, ItemId, Kept, Ledger, Perishability, Shareable, Slot,
    Source, StoryId, Suggestion, Tagged,
};

pub use candidates::{Refusal, freshness};
pub use shortlist::shortlist;
pub use standing::Standing;

/// A story that may leave the house: each member is [`Shareable`] by type.
#[derive(Debug, Clone)]
pub struct OpenStory {
    /// The story.
    pub story: StoryId,
    /// Members that may be proposed, the first published first.
    pub members: Vec<OpenMember>,
    /// Every item of the story, those that stay inside included, and of the stories that tell the same event: whoever was
    /// given one has had the story.
    pub all_items: Vec<ItemId>,
    /// The first of the stories that tell the same event, in whatever language.
    pub telling: StoryId,
    /// The first half-day it may be told on, where the company's page tells it first.
    pub from: Option<Slot>,
    /// True when posts on it were counted and drew nothing: it does not come back.
    pub unanswered: bool,
}

/// A member of a story, with what the line made of it and how it fits each person.
#[derive(Debug, Clone)]
pub struct OpenMember {
    /// The item.
    pub item: Shareable<Item>,
    /// Topics and exclusions.
    pub tags: Tagged,
    /// How it fits people, by ambassador id; absent = outside what they know.
    pub fits: HashMap<String, Fit>,
    /// Ways into it that the comms team wrote: for a channel, or for all.
    pub angles: Vec<(Option<String>, String)>,
    /// How long it stays worth telling.
    pub lasts: Perishability,
}

/// The rules of one edition.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    /// People who may get one story.
    pub story_cap: usize,
    /// The same within one group of overlapping networks.
    pub group_cap: usize,
    /// Least gain worth a suggestion.
    pub floor: f64,
    /// Suggestions of priority 2, priority 3 and without objective that one letter may hold.
    pub quota: [usize; 3],
    /// Days after which something is old news.
    pub window_days: u16,
    /// Days after which a lasting content may come back to a person, on the same network.
    pub cool_down_days: u16,
}

/// Days on which people posted on topics, by person and topic.
pub type Posts = HashMap<String, HashMap<String, Vec<Date>>>;

/// All that an allotment depends on.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The editorial line.
    pub line: &'a EditorialLine,
    /// Sources, for trust, actors and excerpts.
    pub sources: &'a [Source],
    /// People who take part this week.
    pub people: &'a [&'a Ambassador],
    /// What each was ever given of the items in question.
    pub given: &'a Ledger,
    /// What each put off, and when: it may come once more.
    pub postponed: &'a BTreeMap<(String, ItemId), Timestamp>,
    /// Items of which each said that they are not for them.
    pub declined: &'a HashMap<String, HashSet<ItemId>>,
    /// What each posted on, and when.
    pub posts: &'a Posts,
    /// Days on which nothing is suggested.
    pub holidays: &'a [Date],
    /// The day the letters leave; suggestions are for the days after.
    pub leaves_on: Date,
    /// The day of those whose letter leaves on another day.
    pub own_days: &'a HashMap<String, Date>,
    /// What stands already.
    pub standing: &'a Standing,
    /// The instant that age is judged at.
    pub now: Timestamp,
    /// Caps and floor.
    pub rules: Rules,
    /// The story of which every refusal is told; of the others nobody asks.
    pub told: Option<StoryId>,
}

impl Request<'_> {
    /// The day on which somebody's letter leaves.
    pub fn leaves_on(&self, person: &Ambassador) -> Date {
        self.own_days.get(&person.id).copied().unwrap_or(self.leaves_on)
    }

    /// How many suggestions somebody may get.
    pub fn places(&self, person: &Ambassador) -> usize {
        self.standing.places.get(&person.id).map_or(person.slots, |places| person.slots.min(*places))
    }
}

/// A request with what it speaks of at hand.
struct Desk<'a> {
    request: &'a Request<'a>,
    people: HashMap<&'a str, &'a Ambassador>,
    sources: HashMap<&'a str, &'a Source>,
    members: HashMap<(StoryId, ItemId), &'a OpenMember>,
}

impl<'a> Desk<'a> {
    fn new(stories: &'a [OpenStory], request: &'a Request<'a>) -> Self {
        let members = stories
            .iter()
            .flat_map(|story| story.members.iter().map(|member| ((story.story, member.item.get().id), member)));
        Desk {
            request,
            people: request.people.iter().map(|person| (person.id.as_str(), *person)).collect(),
            sources: request.sources.iter().map(|source| (source.id.as_str(), source)).collect(),
            members: members.collect(),
        }
    }

    fn person(&self, id: &str) -> Option<&'a Ambassador> {
        self.people.get(id).copied()
    }

    fn source_of(&self, item: &Item) -> Option<&'a Source> {
        self.sources.get(item.source.as_str()).copied()
    }

    /// The person, the item and the fit of a candidate.
    fn look_up(&self, candidate: &Candidate) -> Option<(&'a Ambassador, &'a Item, &'a Fit)> {
        let person = self.person(&candidate.ambassador)?;
        let member = self.members.get(&(candidate.story, candidate.item))?;
        Some((person, member.item.get(), member.fits.get(&person.id)?))
    }
}

/// An allotment and what it left out.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Allotment {
    /// Suggestions, by ambassador and slot.
    pub suggestions: Vec<Suggestion>,
    /// Why stories were not for people, by story and person.
    pub refusals: Vec<Refusal>,
    /// What stood in the plan and could not stay, in the order of what was kept, with the reason.
    pub lost: Vec<(Kept, String)>,
    /// Objectives that nothing of the week serves.
    pub unserved: Vec<String>,
}

/// Allots `stories` to people.
pub fn allot(stories: &[OpenStory], request: &Request<'_>) -> Allotment {
    let desk = Desk::new(stories, request);
    let (candidates, mut refusals, mut lost) = candidates::find(stories, &desk);
    let chosen = spread::choose(&candidates, &desk, &mut refusals, &mut lost);
    let placed = slots::place(chosen, &desk, &mut refusals, &mut lost);
    let angled = angles::find(placed, &desk);
    let mut suggestions = reasons::explain(angled, &desk);
    mark_easiest(&mut suggestions, stories);
    suggestions.sort_by(|one, other| {
        (&one.ambassador, one.slot, one.story).cmp(&(&other.ambassador, other.slot, other.story))
    });
    let served = |id: &str| suggestions.iter().any(|suggestion| suggestion.objective.as_deref() == Some(id));
    let unserved = request.line.objectives.iter().filter(|objective| !served(&objective.id)).map(|o| o.id.clone());
    Allotment { unserved: unserved.collect(), refusals, lost, suggestions }
}

/// True when `person` has no working day in the week after the letters leave.
pub fn is_away_all_week(person: &Ambassador, leaves_on: Date, holidays: &[Date]) -> bool {
    slots::open_slots(person, leaves_on, holidays).is_empty()
}

/// True when `edition` is one of the weeks in which `person` gets no letter: one in so many, another for each.
pub fn rests(person: &Ambassador, edition: EditionId) -> bool {
    let Some(every) = person.rest_every.filter(|every| *every > 1) else { return false };
    let epoch = jiff::civil::date(1970, 1, 5);
    let weeks = edition.monday().and_then(|monday| epoch.until(monday).ok()).map_or(0, |span| span.get_days() / 7);
    let own = i32::from(blake3::hash(person.id.as_bytes()).as_bytes()[1]);
    (weeks + own).rem_euclid(i32::from(every)) == 0
}

/// The shortest read of a person's week is flagged as the easy one, when there is a choice.
fn mark_easiest(suggestions: &mut [Suggestion], stories: &[OpenStory]) {
    let words: HashMap<ItemId, usize> = stories
        .iter()
        .flat_map(|story| &story.members)
        .map(|member| (member.item.get().id, member.item.get().words()))
        .collect();
    let mut easiest: HashMap<String, (usize, usize, usize)> = HashMap::new();
    for (at, suggestion) in suggestions.iter().enumerate() {
        let length = words.get(&suggestion.item).copied().unwrap_or(usize::MAX);
        let (count, best, chosen) = easiest.entry(suggestion.ambassador.clone()).or_insert((0, usize::MAX, at));
        *count += 1;
        if length < *best {
            (*best, *chosen) = (length, at);
        }
    }
    for (count, _, chosen) in easiest.into_values() {
        suggestions[chosen].easy = count > 1;
    }
}
