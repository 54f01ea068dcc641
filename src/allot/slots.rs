//! Where and when: a channel the person opted into, a half-day of the week, no two people on one story in one slot.

use std::collections::{HashMap, HashSet};

use jiff::civil::{Date, Weekday};

use crate::domain::{Ambassador, Candidate, Channel, Half, Kept, Slot, StoryId};

use super::{Desk, Refusal};

/// Days of the week after the letter that suggestions may be for.
const DAYS: usize = 6;

/// A candidate with its place in the week.
#[derive(Debug, Clone)]
pub(super) struct Placed {
    pub candidate: Candidate,
    pub channel: Channel,
    pub slot: Slot,
}

/// Gives each chosen candidate a channel and a slot; one that fits nowhere is refused. What has a place in the plan keeps it,
/// as long as it can.
pub(super) fn place(
    chosen: Vec<Candidate>,
    desk: &Desk<'_>,
    refusals: &mut Vec<Refusal>,
    lost: &mut Vec<(Kept, String)>,
) -> Vec<Placed> {
    let request = desk.request;
    let mut chosen = chosen;
    // The best of each person choose first, person after person, so that nobody gets only what is left.
    let settled = |candidate: &Candidate| candidate.kept.as_ref().is_some_and(|kept| kept.slot.is_some());
    chosen.sort_by(|one, other| {
        settled(other)
            .cmp(&settled(one))
            .then_with(|| other.gain.total_cmp(&one.gain))
            .then_with(|| (one.story, &one.ambassador).cmp(&(other.story, &other.ambassador)))
    });
    let mut taken: HashSet<(StoryId, Slot)> = HashSet::new();
    let mut days_of_story: HashMap<StoryId, Vec<Date>> = HashMap::new();
    let mut days_of_person: HashMap<String, Vec<Date>> = HashMap::new();
    let mut channels_of_person: HashMap<String, Vec<Channel>> = HashMap::new();
    let mut placed = Vec::new();
    for candidate in chosen {
        let Some(person) = desk.person(&candidate.ambassador) else {
            continue;
        };
        let own_days = days_of_person.entry(person.id.clone()).or_default();
        let story_days = days_of_story.entry(candidate.telling).or_default();
        let asked = candidate.kept.as_ref().and_then(|kept| kept.slot);
        let slot = open_slots(person, request.leaves_on(person), request.holidays)
            .into_iter()
            .enumerate()
            .filter(|(_, slot)| !taken.contains(&(candidate.telling, *slot)))
            .filter(|(_, slot)| candidate.from.is_none_or(|from| *slot >= from))
            .filter(|(_, slot)| candidate.until.is_none_or(|until| slot.date <= until))
            .min_by_key(|(order, slot)| {
                let crowded = own_days.iter().filter(|day| **day == slot.date).count();
                let same_day = story_days.iter().filter(|day| **day == slot.date).count();
                (asked.is_some_and(|asked| asked != *slot), crowded, same_day, *order)
            });
        let Some((_, slot)) = slot else {
            let why = if candidate.from.is_some() {
                "the company's page tells it too late in the week for anybody to follow"
            } else {
                "no free half-day is left for it this week"
            };
            match &candidate.kept {
                Some(kept) => lost.push((kept.clone(), why.to_owned())),
                None => refusals.push(Refusal {
                    story: candidate.story,
                    ambassador: candidate.ambassador.clone(),
                    why: why.to_owned(),
                }),
            }
            continue;
        };
        taken.insert((candidate.telling, slot));
        own_days.push(slot.date);
        story_days.push(slot.date);
        let used = channels_of_person.entry(person.id.clone()).or_default();
        let asked = candidate.kept.as_ref().and_then(|kept| kept.channel);
        let channel = asked
            .filter(|channel| candidate.channels.contains(channel))
            .unwrap_or_else(|| pick_channel(&candidate.channels, used));
        used.push(channel);
        placed.push(Placed { candidate, channel, slot });
    }
    placed
}

/// The first channel of the list, unless it is used twice already and another one is still unused.
fn pick_channel(channels: &[Channel], used: &[Channel]) -> Channel {
    let times = |channel: &Channel| used.iter().filter(|one| *one == channel).count();
    let first = channels.first().copied().unwrap_or(Channel::LinkedIn);
    if times(&first) < 2 {
        return first;
    }
    channels.iter().copied().find(|channel| times(channel) == 0).unwrap_or(first)
}

/// Half-days after the letter on which the person is there, in an order of their own: mornings for some, afternoons
/// for others, so that colleagues do not all speak on Tuesday morning.
pub(super) fn open_slots(person: &Ambassador, leaves_on: Date, holidays: &[Date]) -> Vec<Slot> {
    let mut days = Vec::new();
    let mut day = leaves_on;
    for _ in 0..DAYS {
        let Ok(next) = day.tomorrow() else { break };
        day = next;
        let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        if !weekend && !holidays.contains(&day) && !person.is_away(day) {
            days.push(day);
        }
    }
    let digest = blake3::hash(person.id.as_bytes());
    let turn = usize::from(digest.as_bytes()[0]);
    let (first, second) = if turn.is_multiple_of(2) { (Half::Am, Half::Pm) } else { (Half::Pm, Half::Am) };
    let shift = if days.is_empty() { 0 } else { (turn / 2) % days.len() };
    let rotated = days.iter().cycle().skip(shift).take(days.len());
    let halves = |half: Half| rotated.clone().map(move |date| Slot { date: *date, half });
    halves(first).chain(halves(second)).collect()
}
