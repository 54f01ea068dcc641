//! Who gets what, where, when and in which words. Pure: the same week asked twice gives the same answer.
//!
//! candidates (who could say what, and why not) → spread (who gets what, under the caps) → slots (channel, day) →
//! angles and reasons.

mod angles;
pub mod assignment;
mod candidates;
mod figure;
mod reasons;
mod slots;
mod spread;
mod wordings;

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use jiff::civil::Date;

use crate::domain::{
    Ambassador, Candidate, EditorialLine, Fit, Item, ItemId, Shareable, Source, StoryId, Suggestion, Tagged,
};

pub use candidates::Refusal;

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
}

/// All that an allotment depends on.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The editorial line.
    pub line: &'a EditorialLine,
    /// Sources, for trust, actors and excerpts.
    pub sources: &'a [Source],
    /// People who take part this week.
    pub people: &'a [&'a Ambassador],
    /// Items that each was ever given.
    pub given: &'a HashMap<String, HashSet<ItemId>>,
    /// Items of which each said that they are not for them.
    pub declined: &'a HashMap<String, HashSet<ItemId>>,
    /// Days on which nothing is suggested.
    pub holidays: &'a [Date],
    /// The day the letters leave; suggestions are for the days after.
    pub leaves_on: Date,
    /// The instant that age is judged at.
    pub now: Timestamp,
    /// Caps and floor.
    pub rules: Rules,
    /// The story of which every refusal is told; of the others nobody asks.
    pub told: Option<StoryId>,
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
    /// Objectives that nothing of the week serves.
    pub unserved: Vec<String>,
}

/// Allots `stories` to people.
pub fn allot(stories: &[OpenStory], request: &Request<'_>) -> Allotment {
    let desk = Desk::new(stories, request);
    let (candidates, mut refusals) = candidates::find(stories, &desk);
    let chosen = spread::choose(&candidates, &desk, &mut refusals);
    let placed = slots::place(chosen, &desk, &mut refusals);
    let angled = angles::find(placed, &desk);
    let mut suggestions = reasons::explain(angled, &desk);
    mark_easiest(&mut suggestions, stories);
    suggestions.sort_by(|one, other| {
        (&one.ambassador, one.slot, one.story).cmp(&(&other.ambassador, other.slot, other.story))
    });
    let served = |id: &str| suggestions.iter().any(|suggestion| suggestion.objective.as_deref() == Some(id));
    let unserved = request.line.objectives.iter().filter(|objective| !served(&objective.id)).map(|o| o.id.clone());
    Allotment { unserved: unserved.collect(), refusals, suggestions }
}

/// True when `person` has no working day in the week after the letters leave.
pub fn is_away_all_week(person: &Ambassador, leaves_on: Date, holidays: &[Date]) -> bool {
    slots::open_slots(person, leaves_on, holidays).is_empty()
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
