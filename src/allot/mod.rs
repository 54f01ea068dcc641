//! Who gets what, where, when and in which words. Pure: the same week asked twice gives the same answer.
//!
//! candidates (who could say what, and why not) → spread (who gets what, under the caps) → slots (channel, day) →
//! angles and reasons.

mod angles;
mod candidates;
mod reasons;
mod slots;
mod spread;

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use jiff::civil::Date;

use crate::domain::{Ambassador, EditorialLine, Fit, Item, ItemId, Shareable, Source, StoryId, Suggestion, Tagged};

pub use candidates::Refusal;

/// A story that may leave the house: each member is [`Shareable`] by type.
#[derive(Debug, Clone)]
pub struct OpenStory {
    /// The story.
    pub story: StoryId,
    /// Members that may be proposed, the first published first.
    pub members: Vec<OpenMember>,
    /// Every item of the story, those that stay inside included: whoever was given one has had the story.
    pub all_items: Vec<ItemId>,
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
    /// Days on which nothing is suggested.
    pub holidays: &'a [Date],
    /// The day the letters leave; suggestions are for the days after.
    pub leaves_on: Date,
    /// The instant that age is judged at.
    pub now: Timestamp,
    /// Caps and floor.
    pub rules: Rules,
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
    let (candidates, mut refusals) = candidates::find(stories, request);
    let chosen = spread::choose(&candidates, request, &mut refusals);
    let placed = slots::place(chosen, request, &mut refusals);
    let angled = angles::find(placed, stories, request);
    let mut suggestions = reasons::explain(angled, stories, request);
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
