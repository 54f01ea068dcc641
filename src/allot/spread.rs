//! Who gets what: the most worth overall, under caps that are never broken, and nobody left short who need not be.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::domain::{Ambassador, Candidate, Kept, Mix, StoryId};

use super::assignment::{Holder, Problem, Seat, solve};
use super::{Desk, Refusal, Request};

/// Chooses among `candidates`; those of the story in question that are not chosen are refused with the cap that stopped them.
///
/// What stands in the plan stays, in its order, as long as no cap stands in the way.
pub(super) fn choose(
    candidates: &[Candidate],
    desk: &Desk<'_>,
    refusals: &mut Vec<Refusal>,
    lost: &mut Vec<(Kept, String)>,
) -> Vec<Candidate> {
    let request = desk.request;
    let mut staying = Chosen::default();
    let mut stays: HashSet<usize> = HashSet::new();
    for (number, candidate) in candidates.iter().enumerate() {
        let Some(kept) = &candidate.kept else { continue };
        match obstacle(candidate, &staying, desk) {
            Some(why) => lost.push((kept.clone(), why)),
            None => {
                staying.add(candidate);
                stays.insert(number);
            }
        }
    }
    let places: HashMap<&str, u32> =
        (0_u32..).zip(request.people).map(|(place, person)| (person.id.as_str(), place)).collect();
    let mut stories: BTreeMap<StoryId, u32> = BTreeMap::new();
    for candidate in candidates {
        let next = u32::try_from(stories.len()).unwrap_or(u32::MAX);
        stories.entry(candidate.telling).or_insert(next);
    }
    let mut groups: HashMap<&str, u32> = HashMap::new();
    let holders = request.people.iter().map(|person| {
        let next = u32::try_from(groups.len()).unwrap_or(u32::MAX);
        let group = person.group.as_deref().map(|group| *groups.entry(group).or_insert(next));
        Holder { slots: request.places(person), group }
    });
    let people: Vec<Holder> = holders.collect();
    let mut names: HashMap<Kind<'_>, u32> = HashMap::new();
    let mut seats = Vec::with_capacity(candidates.len());
    let mut of_seat = Vec::with_capacity(candidates.len());
    for (number, candidate) in candidates.iter().enumerate() {
        let added = candidate.kept.is_none();
        if (added && request.standing.closed) || (!added && !stays.contains(&number)) {
            continue;
        }
        let (Some(person), Some(story)) = (places.get(candidate.ambassador.as_str()), stories.get(&candidate.telling))
        else {
            continue;
        };
        let slots = request.people[*person as usize].slots;
        let kinds = kinds(candidate, slots, request).into_iter().map(|(kind, cap)| {
            let next = u32::try_from(names.len()).unwrap_or(u32::MAX);
            (*names.entry(kind).or_insert(next), u8::try_from(cap).unwrap_or(u8::MAX))
        });
        seats.push(Seat { person: *person, story: *story, gain: candidate.gain, kinds: kinds.collect() });
        of_seat.push(number);
    }
    let problem = Problem {
        people,
        stories: stories.len(),
        story_cap: request.rules.story_cap,
        group_cap: request.rules.group_cap,
        fixed: (0..of_seat.len()).filter(|seat| stays.contains(&of_seat[*seat])).collect(),
        seats,
    };
    let chosen: Vec<Candidate> = solve(&problem).into_iter().map(|seat| candidates[of_seat[seat]].clone()).collect();
    if let Some(story) = request.told {
        let mut all = Chosen::default();
        chosen.iter().for_each(|own| all.add(own));
        let took = |candidate: &Candidate| {
            chosen.iter().any(|own| own.story == candidate.story && own.ambassador == candidate.ambassador)
        };
        for candidate in candidates.iter().filter(|candidate| candidate.story == story && !took(candidate)) {
            let why = obstacle(candidate, &all, desk).unwrap_or_else(|| "others were worth more".into());
            refusals.push(Refusal { story, ambassador: candidate.ambassador.clone(), why });
        }
    }
    chosen
}

/// What a letter holds no more of than so much.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Kind<'a> {
    Priority(u8),
    Topic(&'a str),
    Source(&'a str),
    Mix(Mix),
    /// What comes back.
    Again,
    /// One event, whoever tells it in whatever language.
    Telling(StoryId),
}

/// The kinds that a candidate is of, with how many of each one letter holds.
fn kinds<'a>(candidate: &'a Candidate, slots: usize, request: &Request<'_>) -> Vec<(Kind<'a>, usize)> {
    let quota = request.rules.quota;
    let half = slots.div_ceil(2);
    let mut kinds = vec![
        (Kind::Topic(&candidate.topic), half),
        (Kind::Source(&candidate.source), half),
        (Kind::Telling(candidate.telling), 1),
    ];
    if candidate.again {
        kinds.push((Kind::Again, 1));
    }
    match candidate.priority {
        1 => {}
        2 => kinds.push((Kind::Priority(2), quota[0])),
        3 => kinds.push((Kind::Priority(3), quota[1])),
        other => kinds.push((Kind::Priority(other), quota[2])),
    }
    match candidate.mix {
        Mix::Trade => {}
        Mix::Corporate => kinds.push((Kind::Mix(Mix::Corporate), half)),
        Mix::Colleague => kinds.push((Kind::Mix(Mix::Colleague), 1)),
    }
    kinds
}

/// Candidates that were chosen, by person and by event.
#[derive(Default)]
struct Chosen<'a> {
    of_person: HashMap<&'a str, Vec<&'a Candidate>>,
    of_telling: HashMap<StoryId, Vec<&'a Candidate>>,
}

impl<'a> Chosen<'a> {
    fn add(&mut self, candidate: &'a Candidate) {
        self.of_person.entry(&candidate.ambassador).or_default().push(candidate);
        self.of_telling.entry(candidate.telling).or_default().push(candidate);
    }
}

/// The cap that stands in the way of a candidate, in words.
fn obstacle(candidate: &Candidate, chosen: &Chosen<'_>, desk: &Desk<'_>) -> Option<String> {
    let request = desk.request;
    let Some(person) = desk.person(&candidate.ambassador) else { return Some("not taking part".into()) };
    let nobody = Vec::new();
    let list = chosen.of_person.get(person.id.as_str()).unwrap_or(&nobody);
    if list.iter().any(|own| own.telling == candidate.telling) {
        return Some("given this week".into());
    }
    if list.len() >= request.places(person) && request.places(person) < person.slots {
        return Some("the plan of this edition is made; vigie edition add puts it there".into());
    }
    if list.len() >= request.places(person) {
        return Some(format!("{} has {} better ones already", person.name, list.len()));
    }
    for (kind, cap) in kinds(candidate, person.slots, request) {
        let same = |own: &&&Candidate| kinds(own, person.slots, request).iter().any(|(other, _)| *other == kind);
        if list.iter().filter(same).count() >= cap {
            return Some(match kind {
                Kind::Priority(_) => format!("no more than {cap} of this priority in one letter"),
                Kind::Topic(_) => "enough on this topic in one letter".into(),
                Kind::Source(_) => "enough from this source in one letter".into(),
                Kind::Again => "one thing that comes back in one letter".into(),
                Kind::Telling(_) => "the same event is told to them already".into(),
                Kind::Mix(Mix::Colleague) => "one post of a colleague in one letter".into(),
                Kind::Mix(_) => "enough from the company itself in one letter".into(),
            });
        }
    }
    let takers: Vec<&Ambassador> = chosen
        .of_telling
        .get(&candidate.telling)
        .into_iter()
        .flatten()
        .filter_map(|own| desk.person(&own.ambassador))
        .collect();
    if takers.len() >= request.rules.story_cap {
        return Some(format!("{} colleagues have this story already", takers.len()));
    }
    let group = person.group.as_ref()?;
    let same = takers.iter().filter(|taker| taker.group.as_ref() == Some(group)).count();
    (same >= request.rules.group_cap).then(|| format!("a colleague of the group “{group}” has this story already"))
}
