//! Who gets what: the most worth overall, under caps that are never broken, and nobody forgotten.
//!
//! Greedy by gain (ties by ids, so that a rerun is identical), then a repair: somebody left short takes a story from
//! a colleague who keeps enough.

use std::collections::{BTreeMap, HashMap};

use crate::domain::{Ambassador, Candidate, StoryId};

use super::{Refusal, Request};

/// Suggestions that everybody should have before somebody gets more.
const ENOUGH: usize = 3;

/// Chooses among `candidates`; those not chosen are refused with the cap that stopped them.
pub(super) fn choose(candidates: &[Candidate], request: &Request<'_>, refusals: &mut Vec<Refusal>) -> Vec<Candidate> {
    let people: HashMap<&str, &Ambassador> =
        request.people.iter().map(|person| (person.id.as_str(), *person)).collect();
    let mut order: Vec<&Candidate> = candidates.iter().collect();
    order.sort_by(|one, other| {
        other
            .gain
            .total_cmp(&one.gain)
            .then_with(|| (one.story, &one.ambassador).cmp(&(other.story, &other.ambassador)))
    });
    let mut plan = Plan { request, people, lists: BTreeMap::new(), takers: HashMap::new() };
    for candidate in &order {
        if plan.obstacle(candidate).is_none() {
            plan.give(candidate);
        }
    }
    repair(&mut plan, &order);
    for candidate in &order {
        let has = plan.list(&candidate.ambassador).iter().any(|given| given.story == candidate.story);
        if has {
            continue;
        }
        let why = plan.obstacle(candidate).unwrap_or_else(|| "others were worth more".into());
        refusals.push(Refusal { story: candidate.story, ambassador: candidate.ambassador.clone(), why });
    }
    plan.lists.into_values().flatten().cloned().collect()
}

struct Plan<'a> {
    request: &'a Request<'a>,
    people: HashMap<&'a str, &'a Ambassador>,
    lists: BTreeMap<&'a str, Vec<&'a Candidate>>,
    takers: HashMap<StoryId, Vec<&'a str>>,
}

impl<'a> Plan<'a> {
    fn list(&self, ambassador: &str) -> &[&'a Candidate] {
        self.lists.get(ambassador).map_or(&[], Vec::as_slice)
    }

    /// The cap that stands in the way of a candidate, in words.
    fn obstacle(&self, candidate: &Candidate) -> Option<String> {
        let rules = self.request.rules;
        let Some(person) = self.people.get(candidate.ambassador.as_str()) else {
            return Some("not taking part".into());
        };
        let list = self.list(&candidate.ambassador);
        if list.iter().any(|given| given.story == candidate.story) {
            return Some("given this week".into());
        }
        if list.len() >= person.slots {
            return Some(format!("{} has {} better ones already", person.name, list.len()));
        }
        let same_priority = list.iter().filter(|given| given.priority == candidate.priority).count();
        let quota = match candidate.priority {
            1 => usize::MAX,
            2 => rules.quota[0],
            3 => rules.quota[1],
            _ => rules.quota[2],
        };
        if same_priority >= quota {
            return Some(format!("no more than {quota} of this priority in one letter"));
        }
        let same_topic = list.iter().filter(|given| given.topic == candidate.topic).count();
        if same_topic >= person.slots.div_ceil(2) {
            return Some("enough on this topic in one letter".into());
        }
        let same_source = list.iter().filter(|given| given.source == candidate.source).count();
        if same_source >= person.slots.div_ceil(2) {
            return Some("enough from this source in one letter".into());
        }
        let takers = self.takers.get(&candidate.story).map_or(&[][..], Vec::as_slice);
        if takers.len() >= rules.story_cap {
            return Some(format!("{} colleagues have this story already", takers.len()));
        }
        if let Some(group) = &person.group {
            let in_group = takers
                .iter()
                .filter(|taker| self.people.get(*taker).is_some_and(|other| other.group.as_ref() == Some(group)));
            if in_group.count() >= rules.group_cap {
                return Some(format!("a colleague of the group “{group}” has this story already"));
            }
        }
        None
    }

    fn give(&mut self, candidate: &'a Candidate) {
        self.lists.entry(&candidate.ambassador).or_default().push(candidate);
        self.takers.entry(candidate.story).or_default().push(&candidate.ambassador);
    }

    fn take_back(&mut self, candidate: &'a Candidate) {
        if let Some(list) = self.lists.get_mut(candidate.ambassador.as_str()) {
            list.retain(|given| given.story != candidate.story);
        }
        if let Some(takers) = self.takers.get_mut(&candidate.story) {
            takers.retain(|taker| *taker != candidate.ambassador);
        }
    }
}

/// Somebody with fewer than [`ENOUGH`] takes over a story from somebody who has more than that, or who can be given
/// another one in its place.
fn repair<'a>(plan: &mut Plan<'a>, order: &[&'a Candidate]) {
    let short: Vec<&str> = plan
        .request
        .people
        .iter()
        .filter(|person| plan.list(&person.id).len() < ENOUGH.min(person.slots))
        .map(|person| person.id.as_str())
        .collect();
    for person in short {
        let wanted = plan.people.get(person).map_or(ENOUGH, |person| ENOUGH.min(person.slots));
        for candidate in order.iter().filter(|candidate| candidate.ambassador == person) {
            if plan.list(person).len() >= wanted {
                break;
            }
            take_over(plan, candidate, order);
        }
    }
}

fn take_over<'a>(plan: &mut Plan<'a>, candidate: &'a Candidate, order: &[&'a Candidate]) {
    if plan.obstacle(candidate).is_none() {
        plan.give(candidate);
        return;
    }
    let holders: Vec<&'a Candidate> = order
        .iter()
        .copied()
        .filter(|other| other.story == candidate.story && other.ambassador != candidate.ambassador)
        .filter(|other| plan.list(&other.ambassador).iter().any(|given| given.story == other.story))
        .collect();
    for held in holders {
        plan.take_back(held);
        if plan.obstacle(candidate).is_none() {
            plan.give(candidate);
            let instead = order
                .iter()
                .copied()
                .find(|other| other.ambassador == held.ambassador && plan.obstacle(other).is_none());
            if let Some(instead) = instead {
                plan.give(instead);
                return;
            }
            if plan.list(&held.ambassador).len() >= ENOUGH {
                return;
            }
            plan.take_back(candidate);
        }
        plan.give(held);
    }
}
