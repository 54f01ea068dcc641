//! A programme over months: 200 people, 400 stories a week, 20 weeks; people change plans, put stories off, go away. No rule is
//! ever broken, the ledger is kept, texts are not alike, the same weeks give the same answers.

#[path = "common/draw.rs"]
mod draw;
#[path = "common/made.rs"]
mod made;

use std::collections::{HashMap, HashSet};

use draw::Draw;
use jiff::civil::{Date, Weekday, date};
use jiff::{SignedDuration, Timestamp, ToSpan};
use vigie::allot::{Allotment, OpenStory, Rules, Standing, allot, is_away_all_week, rests};
use vigie::domain::{
    Absence, Ambassador, Channel, Confidentiality, EditionId, EditorialLine, Fit, Given, Half, Item, ItemId, Kept,
    Language, Objective, Perishability, Slot, Strength, Suggestion,
};

const PEOPLE: u64 = 200;
const STORIES: u64 = 400;
const WEEKS: i64 = 20;
const TOPICS: u64 = 12;
const RULES: (usize, usize) = (3, 1);
const QUOTA: [usize; 3] = [5, 1, 1];
const COOL_DOWN: i64 = 60;

fn topic(number: u64) -> String {
    format!("t{number}")
}

/// Topics that serve objectives of all priorities, and some that serve none.
fn line() -> EditorialLine {
    let objective = |priority: u8, topics: std::ops::Range<u64>| Objective {
        id: format!("o{priority}"),
        label: format!("Objectif {priority}"),
        translations: vec![],
        audience: None,
        actor: None,
        priority,
        topics: topics.map(topic).collect(),
        channels: vec![],
        horizon: None,
        indicators: vec![],
    };
    EditorialLine {
        objectives: vec![objective(1, 0..6), objective(2, 6..9), objective(3, 9..11)],
        ..EditorialLine::default()
    }
}

fn team(draw: &mut Draw) -> Vec<Ambassador> {
    (0..PEOPLE)
        .map(|number| {
            let language = if number < PEOPLE * 3 / 4 { Language::French } else { Language::English };
            let away = date(2026, 9, 1) + i64::try_from(draw.below(140)).expect("few").days();
            Ambassador {
                expertise: (0..=draw.below(3)).map(|_| made::expert(&topic(draw.below(TOPICS)))).collect(),
                not_me: if draw.one_in(3) { vec![topic(draw.below(TOPICS))] } else { vec![] },
                reads: if draw.one_in(3) { vec![Language::French, Language::English] } else { vec![language] },
                channels: draw
                    .of(&[&[Channel::LinkedIn][..], &[Channel::LinkedIn, Channel::Mastodon], &[Channel::X]])
                    .to_vec(),
                slots: usize::try_from(2 + draw.below(3)).expect("few"),
                group: (!draw.one_in(4)).then(|| format!("g{}", draw.below(40))),
                rest_every: draw.one_in(5).then_some(4),
                absences: vec![Absence { from: away, to: away + i64::try_from(draw.below(12)).expect("few").days() }],
                ..made::person(format!("p{number}"), language)
            }
        })
        .collect()
}

/// Stories of a week, and how each fits people.
fn stories(week: i64, people: &[Ambassador], monday: Date, now: Timestamp, draw: &mut Draw) -> Vec<OpenStory> {
    let first = week * i64::try_from(STORIES).expect("few");
    let mut found = Vec::new();
    for number in 1..=i64::try_from(STORIES).expect("few") {
        let topic = made::found(
            &topic(draw.below(TOPICS)),
            0.5 + f64::from(u8::try_from(draw.below(50)).expect("few")) / 100.0,
        );
        let language = if draw.one_in(4) { Language::English } else { Language::French };
        let knows = |person: &&Ambassador| person.expertise_in(&topic.topic).is_some();
        let fits: HashMap<String, Fit> = people
            .iter()
            .filter(knows)
            .map(|person| (person.id.clone(), made::fit(&topic, Strength::Expert, topic.score)))
            .collect();
        let at = now.checked_sub(SignedDuration::from_hours(i64::try_from(1 + draw.below(160)).expect("few")));
        let class = draw.of(&[
            Confidentiality::Public,
            Confidentiality::Public,
            Confidentiality::Shareable,
            Confidentiality::Internal,
        ]);
        let id = first + number;
        let item = Item {
            class,
            title: format!("La nouvelle {id} : ce que le conseil {} en dit", draw.below(999)),
            source: format!("s{}", draw.below(40)),
            ..made::item(id, language, at.expect("an instant"))
        };
        let Some(mut story) = made::open(item, topic.clone(), fits, now) else { continue };
        story.members[0].lasts = match draw.below(12) {
            0 => Perishability::Evergreen,
            1 => Perishability::Dated(monday + i64::try_from(draw.below(6)).expect("few").days()),
            _ => Perishability::Fresh,
        };
        if draw.one_in(20) {
            story.from = Some(Slot { date: monday + 2.days(), half: Half::Pm });
        }
        story.unanswered = draw.one_in(10);
        found.push(story);
    }
    found
}

/// What somebody in the comms team does to a plan.
fn changed(plan: &[Suggestion], people: &[Ambassador], stories: &[OpenStory], draw: &mut Draw) -> Standing {
    let mut standing = Standing::default();
    for own in plan {
        *standing.places.entry(own.ambassador.clone()).or_default() += 1;
        let place = Kept {
            ambassador: own.ambassador.clone(),
            item: own.item,
            channel: Some(own.channel),
            slot: Some(own.slot),
        };
        match draw.below(20) {
            0 => standing.barred.push((Some(own.ambassador.clone()), own.item)),
            1 => standing.barred.push((None, own.item)),
            _ => standing.kept.push(place),
        }
    }
    // Some ask for what they should not: rules win.
    for _ in 0..10 {
        let person = &people[usize::try_from(draw.below(PEOPLE)).expect("few")];
        let story = &stories[usize::try_from(draw.below(stories.len() as u64)).expect("few")];
        let kept = Kept {
            ambassador: person.id.clone(),
            item: story.members[0].item.get().id,
            channel: Some(draw.of(&Channel::ALL)),
            slot: None,
        };
        standing.kept.insert(0, kept);
    }
    let barred = standing.barred.clone();
    standing.kept.retain(|kept| {
        !barred
            .iter()
            .any(|(whom, item)| *item == kept.item && whom.as_ref().is_none_or(|whom| *whom == kept.ambassador))
    });
    standing
}

/// All that a week must keep to.
struct Check<'a> {
    people: &'a [Ambassador],
    stories: &'a [OpenStory],
    week: &'a made::Week,
    edition: EditionId,
    leaves_on: Date,
    now: Timestamp,
}

impl Check<'_> {
    fn of(&self, allotment: &Allotment) {
        let stories: HashMap<i64, &OpenStory> = self.stories.iter().map(|story| (story.story.0, story)).collect();
        let people: HashMap<&str, &Ambassador> =
            self.people.iter().map(|person| (person.id.as_str(), person)).collect();
        let mut slots = HashSet::new();
        let mut takers: HashMap<i64, Vec<&Ambassador>> = HashMap::new();
        let mut lists: HashMap<&str, Vec<&Suggestion>> = HashMap::new();
        for own in &allotment.suggestions {
            let (person, story) = (people[own.ambassador.as_str()], stories[&own.story.0]);
            let item = story.members[0].item.get();
            assert!(item.class != Confidentiality::Internal);
            assert!(!rests(person, self.edition) && !is_away_all_week(person, self.leaves_on, &self.week.holidays));
            assert!(person.reads.contains(&item.language) && person.channels.contains(&own.channel));
            assert!(person.expertise_in(&own.topic).is_some() && !person.not_me.contains(&own.topic));
            let day = own.slot.date;
            assert!(day > self.leaves_on && day <= self.leaves_on + 6.days() && !person.is_away(day));
            assert!(
                !self.week.holidays.contains(&day) && !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
            );
            assert!(story.from.is_none_or(|from| own.slot >= from), "before the company's page");
            if let Perishability::Dated(until) = story.members[0].lasts {
                assert!(day <= until, "after its date");
            }
            assert!(slots.insert((own.story, own.slot)), "two people, one story, one slot");
            assert!(own.angle().ends_with('?') && own.reasons.len() == 6);
            let barred = |whom: &Option<String>, item: &ItemId| {
                *item == own.item && whom.as_ref().is_none_or(|whom| *whom == own.ambassador)
            };
            assert!(!self.week.standing.barred.iter().any(|(whom, item)| barred(whom, item)), "taken out by people");
            self.had(own, story, person);
            takers.entry(own.story.0).or_default().push(person);
            lists.entry(&own.ambassador).or_default().push(own);
        }
        for own in takers.values() {
            assert!(own.len() <= RULES.0);
            for person in own.iter().filter(|person| person.group.is_some()) {
                assert!(own.iter().filter(|other| other.group == person.group).count() <= RULES.1);
            }
        }
        for (id, own) in &lists {
            let places = self.week.standing.places.get(*id).copied().unwrap_or(people[id].slots);
            assert!(own.len() <= places && own.len() <= people[id].slots);
            assert!(own.iter().filter(|one| one.objective.is_none()).count() <= QUOTA[2]);
            let old = |one: &&&Suggestion| self.week.given.get(*id).is_some_and(|had| had.contains_key(&one.item));
            assert!(own.iter().filter(old).count() <= 1, "one thing that comes back");
        }
    }

    /// What a person had before comes back only as it may.
    fn had(&self, own: &Suggestion, story: &OpenStory, person: &Ambassador) {
        let Some(had) = self.week.given.get(&person.id).and_then(|had| had.get(&own.item)) else { return };
        let last = had.iter().map(|one| one.at).max().expect("a line");
        let later =
            self.week.postponed.get(&(person.id.clone(), own.item)).is_some_and(|at| *at >= last) && had.len() == 1;
        let days = |at: Timestamp| self.now.duration_since(at).as_hours() / 24;
        let rested = story.members[0].lasts == Perishability::Evergreen
            && !story.unanswered
            && days(last) >= 14
            && had.iter().all(|one| one.channel != own.channel || days(one.at) >= COOL_DOWN);
        assert!(later || rested, "{} was given {} {} days ago", person.id, own.item, days(last));
        assert!(had.iter().all(|one| one.family != own.family()), "from the same side");
    }
}

/// Runs of three words outside what is quoted.
fn runs(text: &str, language: Language) -> HashSet<String> {
    let (open, close) = if language == Language::English { ('“', '”') } else { ('«', '»') };
    let (mut bare, mut depth) = (String::new(), 0);
    for c in text.lines().filter(|line| !line.starts_with("https://")).flat_map(|line| line.chars().chain([' '])) {
        depth += i32::from(c == open) - i32::from(c == close);
        if depth == 0 {
            bare.push(c);
        }
    }
    let lower = bare.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.windows(3).map(|run| run.join(" ")).collect()
}

/// Any two texts for two people share at most three tenths of their runs.
fn texts_differ(allotment: &Allotment, people: &[Ambassador]) {
    let languages: HashMap<&str, Language> =
        people.iter().map(|person| (person.id.as_str(), person.language)).collect();
    let mut texts: Vec<(&str, &str, HashSet<String>)> = Vec::new();
    for own in &allotment.suggestions {
        let language = languages[own.ambassador.as_str()];
        let angles = own.angles.iter().map(|angle| angle.text.as_str());
        let all = angles.chain(own.ready.as_deref());
        texts.extend(all.map(|text| (own.ambassador.as_str(), text, runs(text, language))));
    }
    for (place, (whom, text, one)) in texts.iter().enumerate() {
        for (_, like, other) in texts.iter().skip(place + 1).filter(|(other, ..)| other != whom) {
            let both = one.intersection(other).count();
            let all = one.len() + other.len() - both;
            assert!(both * 10 <= all * 3, "{both} of {all}:\n{text}\n{like}");
        }
    }
}

/// So many weeks: what left in each.
fn weeks(people: &[Ambassador], seed: u64, count: i64) -> Vec<Allotment> {
    let mut draw = Draw(seed);
    let holidays = vec![date(2026, 11, 11), date(2026, 12, 25)];
    let mut week = made::Week { line: line(), holidays, ..Default::default() };
    let rules = Rules { cool_down_days: u16::try_from(COOL_DOWN).expect("few"), ..made::rules(RULES, 0.1, QUOTA) };
    let mut lasting: Vec<OpenStory> = Vec::new();
    let mut all = Vec::new();
    for number in 0..count {
        let monday = date(2026, 9, 7) + number.weeks();
        let now = monday.at(7, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC).expect("an instant").timestamp();
        let mut open = stories(number, people, monday, now, &mut draw);
        open.extend(lasting.iter().cloned());
        let edition = EditionId::of(monday);
        let here: Vec<&Ambassador> = people
            .iter()
            .filter(|person| !rests(person, edition) && !is_away_all_week(person, monday, &week.holidays))
            .collect();
        week.standing = Standing::default();
        let planned = allot(&open, &week.request(&here, monday, now, rules));
        Check { people, stories: &open, week: &week, edition, leaves_on: monday, now }.of(&planned);
        // Somebody changes the plan, then it is frozen: nothing is added that nobody saw.
        week.standing = changed(&planned.suggestions, people, &open, &mut draw);
        let reviewed = allot(&open, &week.request(&here, monday, now, rules));
        Check { people, stories: &open, week: &week, edition, leaves_on: monday, now }.of(&reviewed);
        let stays = |kept: &Kept| {
            reviewed.suggestions.iter().any(|own| own.item == kept.item && own.ambassador == kept.ambassador)
                || reviewed.lost.iter().any(|(lost, _)| lost == kept)
        };
        assert!(week.standing.kept.iter().all(stays), "what is kept stays, or it is said why not");
        let frozen = if number % 4 == 0 {
            frozen(&open, &here, &mut week, &reviewed, people, (monday, now, rules))
        } else {
            reviewed
        };
        for own in &frozen.suggestions {
            let line = Given { at: now, channel: own.channel, family: own.family().to_owned() };
            week.given.entry(own.ambassador.clone()).or_default().entry(own.item).or_default().push(line);
            if draw.one_in(30) {
                week.postponed.insert((own.ambassador.clone(), own.item), now + SignedDuration::from_hours(30));
            }
        }
        let lasts = |story: &&OpenStory| {
            story.members[0].lasts == Perishability::Evergreen
                || frozen.suggestions.iter().any(|own| {
                    own.story == story.story && week.postponed.contains_key(&(own.ambassador.clone(), own.item))
                })
        };
        lasting = open.iter().filter(lasts).cloned().collect();
        all.push(frozen);
    }
    all
}

/// The plan of `reviewed`, frozen: what was seen is what leaves.
fn frozen(
    open: &[OpenStory],
    here: &[&Ambassador],
    week: &mut made::Week,
    reviewed: &Allotment,
    people: &[Ambassador],
    (monday, now, rules): (Date, Timestamp, Rules),
) -> Allotment {
    let asked: HashMap<String, usize> = people.iter().map(|person| (person.id.clone(), person.slots)).collect();
    week.standing = Standing::as_it_is(&reviewed.suggestions, &asked);
    let frozen = allot(open, &week.request(here, monday, now, rules));
    assert!(frozen.lost.is_empty(), "{:?}", frozen.lost);
    let places = |allotment: &Allotment| -> Vec<(String, ItemId, Slot, Channel)> {
        let of = |own: &Suggestion| (own.ambassador.clone(), own.item, own.slot, own.channel);
        allotment.suggestions.iter().map(of).collect()
    };
    assert_eq!(places(&frozen), places(reviewed));
    frozen
}

#[test]
fn over_twenty_weeks_no_rule_is_broken_and_the_same_weeks_give_the_same_answers() {
    let people = team(&mut Draw(5));
    let first = weeks(&people, 11, WEEKS);
    assert_eq!(first[..3], weeks(&people, 11, 3)[..]);
    for week in first.iter().step_by(4) {
        texts_differ(week, &people);
    }
    let suggestions: usize = first.iter().map(|week| week.suggestions.len()).sum();
    let again = first.iter().flat_map(|week| &week.suggestions).fold(HashMap::new(), |mut seen, own| {
        *seen.entry((own.ambassador.as_str(), own.item)).or_insert(0) += 1;
        seen
    });
    let again = again.values().filter(|times| **times > 1).count();
    println!("{suggestions} suggestions in {WEEKS} weeks, {again} of them came back to somebody");
    assert!(suggestions > 4_000, "{suggestions}");
    assert!(again > 20, "the test says nothing of what comes back");
}
