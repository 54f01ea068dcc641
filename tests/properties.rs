//! Invariants that hold for any input: the hard rules of allotment, confidentiality, and readers that never panic.

#[path = "common/made.rs"]
mod made;

use std::collections::{BTreeSet, HashMap, HashSet};

use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::TimeZone;
use proptest::prelude::*;
use vigie::allot::{Allotment, OpenStory, allot};
use vigie::domain::{
    Ambassador, Audience, Channel, Confidentiality, EditorialLine, Fit, Given, Hold, Item, ItemId, Language, Objective,
    Source, StoryId, Strength, Subject, Suggestion, Topic, TopicMatch,
};
use vigie::tag::confidentiality;

const TOPICS: [&str; 3] = ["a", "b", "c"];

fn now() -> Timestamp {
    "2026-11-23T07:00:00Z".parse().expect("an instant")
}

fn line() -> EditorialLine {
    let topic = |id: &str| Topic {
        id: id.into(),
        label: format!("Sujet {id}"),
        translations: vec![],
        terms: vec![id.into()],
        about: String::new(),
        audience: "tous".into(),
        promise: None,
        angles: vec![],
        weight: 1.0,
    };
    let objective = |id: &str, priority, topic: &str| Objective {
        id: id.into(),
        label: id.into(),
        translations: vec![],
        audience: None,
        actor: None,
        priority,
        topics: vec![topic.into()],
        channels: vec![],
        horizon: None,
        indicators: vec![],
    };
    EditorialLine {
        topics: TOPICS.iter().map(|id| topic(id)).collect(),
        objectives: vec![objective("un", 1, "a"), objective("trois", 3, "b")],
        audiences: vec![Audience {
            id: "tous".into(),
            label: "Tous".into(),
            translations: vec![],
            personas: vec![],
            translated_personas: vec![],
        }],
        ..EditorialLine::default()
    }
}

fn item(id: i64, class: Confidentiality, language: Language, days: i64, held: bool) -> Item {
    let at = now().checked_sub(jiff::SignedDuration::from_hours(24 * days)).expect("an instant");
    Item { class, hold: held.then(|| Hold { why: "marqué".into(), until: None }), ..made::item(id, language, at) }
}

#[derive(Debug, Clone)]
struct Case {
    people: Vec<Ambassador>,
    stories: Vec<(Confidentiality, Language, i64, bool, usize, f64)>,
    given: Vec<(usize, usize)>,
    caps: (usize, usize),
}

fn case() -> impl Strategy<Value = Case> {
    let person = (0..3usize, 1..5usize, proptest::option::of(0..2usize), any::<bool>(), 0..4usize, any::<bool>())
        .prop_map(|(topic, slots, group, english, not_me, short)| (topic, slots, group, english, not_me, short));
    let class =
        prop_oneof![Just(Confidentiality::Public), Just(Confidentiality::Shareable), Just(Confidentiality::Internal)];
    let language = prop_oneof![3 => Just(Language::French), 1 => Just(Language::English)];
    let story = (class, language, 0..12i64, prop::bool::weighted(0.2), 0..3usize, 0.3..1.0f64);
    (
        prop::collection::vec(person, 1..9),
        prop::collection::vec(story, 0..25),
        prop::collection::vec((0..9usize, 0..25usize), 0..12),
        (1..4usize, 1..3usize),
    )
        .prop_map(|(people, stories, given, caps)| {
            let people = people
                .into_iter()
                .enumerate()
                .map(|(number, (topic, slots, group, english, not_me, short))| Ambassador {
                    expertise: vec![made::expert(TOPICS[topic])],
                    not_me: TOPICS
                        .get(not_me)
                        .filter(|id| **id != TOPICS[topic])
                        .map(|id| (*id).to_owned())
                        .into_iter()
                        .collect(),
                    channels: if short { vec![Channel::LinkedIn, Channel::Mastodon] } else { vec![Channel::LinkedIn] },
                    slots,
                    group: group.map(|group| format!("g{group}")),
                    ..made::person(format!("p{number}"), if english { Language::English } else { Language::French })
                })
                .collect();
            Case { people, stories, given, caps }
        })
}

fn sources() -> Vec<Source> {
    (0..5)
        .map(|number| Source {
            id: format!("s{number}"),
            name: format!("Source {number}"),
            kind: vigie::domain::SourceKind::Feed,
            url: "https://example.org/".into(),
            confidentiality: Confidentiality::Public,
            classed: true,
            picks: vigie::domain::Picks::default(),
            cadence: vigie::domain::Cadence::Every(std::time::Duration::from_secs(3600)),
            full_text: vigie::domain::FullText::Never,
            excerpt: 0,
            allow_private: false,
            actor: None,
            written_by: None,
            language: None,
            time_zone: None,
            trust: 1.0,
            enabled: true,
            folder: None,
            letters: vec![],
            senders: vec![],
            verified_by: None,
            resolve_links: false,
        })
        .collect()
}

/// Stories of the case that may leave.
fn open(case: &Case) -> Vec<OpenStory> {
    let mut stories = Vec::new();
    for (number, (class, language, days, held, topic, score)) in case.stories.iter().enumerate() {
        let id = i64::try_from(number).expect("few") + 1;
        let found = TopicMatch { in_title: vec![TOPICS[*topic].into()], ..made::found(TOPICS[*topic], *score) };
        let declares =
            |person: &&Ambassador| matches!(&person.expertise[0].subject, Subject::Topic(own) if own == TOPICS[*topic]);
        let fit = |person: &Ambassador| (person.id.clone(), made::fit(&found, Strength::Expert, *score));
        let fits = case.people.iter().filter(declares).map(fit).collect();
        let item = item(id, *class, *language, *days, *held);
        stories.extend(made::open(item, found.clone(), fits, now()));
    }
    stories
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_hard_rule_of_allotment_is_ever_broken(case in case()) {
        let stories = open(&case);
        let people: Vec<&Ambassador> = case.people.iter().collect();
        let mut week = made::Week { line: line(), sources: sources(), holidays: vec![date(2026, 11, 25)], ..Default::default() };
        for (person, story) in &case.given {
            let item = ItemId(i64::try_from(*story).expect("few") + 1);
            let at = now().checked_sub(jiff::SignedDuration::from_hours(24 * 7)).expect("an instant");
            let line = Given { at, channel: Channel::LinkedIn, family: "field".into() };
            week.given.entry(format!("p{person}")).or_default().entry(item).or_default().push(line);
        }
        let request = week.request(&people, date(2026, 11, 23), now(), made::rules(case.caps, 0.2, [5, 1, 1]));
        let allotment = allot(&stories, &request);
        prop_assert_eq!(&allotment, &allot(&stories, &request), "the same week gives the same answer");
        let mut slots = HashSet::new();
        let mut texts: HashSet<(StoryId, String)> = HashSet::new();
        let mut takers: HashMap<StoryId, Vec<&Ambassador>> = HashMap::new();
        let mut lists: HashMap<&str, Vec<&vigie::domain::Suggestion>> = HashMap::new();
        for suggestion in &allotment.suggestions {
            let person = case.people.iter().find(|person| person.id == suggestion.ambassador).expect("a person");
            let story = stories.iter().find(|story| story.story == suggestion.story).expect("a story that may leave");
            let item = story.members[0].item.get();
            prop_assert!(item.class != Confidentiality::Internal && item.hold.is_none());
            prop_assert!(person.reads.contains(&item.language));
            prop_assert!(person.channels.contains(&suggestion.channel));
            prop_assert!(!week.given.get(&person.id).is_some_and(|items| items.contains_key(&suggestion.item)));
            prop_assert!(person.expertise.iter().any(|one| matches!(&one.subject, Subject::Topic(topic) if *topic == suggestion.topic)), "B3: never outside what they know");
            prop_assert!(!person.not_me.contains(&suggestion.topic));
            prop_assert!(suggestion.slot.date > date(2026, 11, 23) && suggestion.slot.date != date(2026, 11, 25));
            prop_assert!(slots.insert((suggestion.story, suggestion.slot)), "two people, one story, one slot");
            prop_assert!(texts.insert((suggestion.story, suggestion.angle().to_owned())), "the same text for two people");
            prop_assert!(suggestion.angle().ends_with('?'));
            prop_assert_eq!(suggestion.reasons.len(), 6);
            takers.entry(suggestion.story).or_default().push(person);
            lists.entry(&suggestion.ambassador).or_default().push(suggestion);
        }
        for people in takers.values() {
            prop_assert!(people.len() <= case.caps.0);
            for group in ["g0", "g1"] {
                prop_assert!(people.iter().filter(|person| person.group.as_deref() == Some(group)).count() <= case.caps.1);
            }
        }
        for (id, list) in lists {
            let person = case.people.iter().find(|person| person.id == id).expect("a person");
            prop_assert!(list.len() <= person.slots);
            prop_assert!(list.iter().filter(|one| one.objective.as_deref() == Some("trois")).count() <= 1);
            prop_assert!(list.iter().filter(|one| one.objective.is_none()).count() <= 1);
            let channels: HashSet<(&str, Channel)> = list.iter().map(|one| (one.angle(), one.channel)).collect();
            let distinct: HashSet<&str> = list.iter().map(|one| one.angle()).collect();
            prop_assert_eq!(channels.len(), distinct.len(), "B6: one text, one channel");
        }
    }

    #[test]
    fn what_is_internal_or_held_never_becomes_shareable(class in 0..3usize, held in any::<bool>(), text in ".{0,300}") {
        let class = [Confidentiality::Public, Confidentiality::Shareable, Confidentiality::Internal][class];
        let mut item = item(1, class, Language::French, 1, held);
        item.text = text;
        let item = vigie::domain::Item { hold: item.hold.clone().or_else(|| confidentiality::hold(&item, &TimeZone::UTC)), ..item };
        let free = class != Confidentiality::Internal && item.hold.is_none();
        prop_assert_eq!(confidentiality::shareable(item, now()).is_ok(), free);
    }

    #[test]
    fn readers_of_foreign_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..600), text in "\\PC{0,400}") {
        for bytes in [bytes.as_slice(), text.as_bytes(), format!("<rss><channel>{text}").as_bytes()] {
            let _ = vigie::collect::read_feed(bytes, None, None, &TimeZone::UTC);
            let _ = vigie::extract::extract(bytes, None, None);
        }
        for head in ["", "From: a@b.example\r\nContent-Type: text/html\r\n\r\n", "Subject: x\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n"] {
            let mail = [head.as_bytes(), &bytes, text.as_bytes()].concat();
            let _ = vigie::mail::read(&mail, &[]);
        }
        for head in ["BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:20261124T090000Z\r\nRRULE:", "[[event]]\ntitle = \"", ""] {
            let calendar = [head.as_bytes(), text.as_bytes(), &bytes].concat();
            let _ = vigie::collect::calendar::read("s", &calendar, &TimeZone::UTC, now());
        }
        for kind in [vigie::extract::document::FileKind::Markdown, vigie::extract::document::FileKind::Text] {
            let _ = vigie::extract::document::read(kind, format!("---\n{text}\n---\n\n{text}").as_bytes(), &TimeZone::UTC);
            let _ = vigie::extract::document::read(kind, &bytes, &TimeZone::UTC);
        }
        let line = vigie::text::html::to_line(&text);
        prop_assert!(!line.chars().any(|c| c.is_control() || c == char::from_u32(0x2028).expect("a character")));
        let _ = vigie::text::html::sanitise(&text, None);
        let _ = vigie::text::tokens::tokenize(&text, Language::French);
        let _ = vigie::text::dates::read(&text, &TimeZone::UTC, vigie::text::dates::DayOrder::DayFirst);
    }

    #[test]
    fn setting_french_twice_changes_nothing(text in "[a-zé'«» :;!?%.,]{0,80}") {
        let once = vigie::text::typography::french(&text);
        prop_assert_eq!(vigie::text::typography::french(&once), once);
    }

    #[test]
    fn a_canonical_address_is_its_own_canonical_form(path in "[a-z0-9/]{0,20}", query in "(id|utm_source|a)=[a-z0-9]{1,6}") {
        let url = url::Url::parse(&format!("https://www.example.org/{path}?{query}")).expect("an address");
        let canonical = vigie::text::urls::canonical(&url);
        let again = url::Url::parse(&format!("https://{canonical}")).expect("an address");
        prop_assert_eq!(vigie::text::urls::canonical(&again), canonical);
    }
}

/// Runs of three words outside quotation marks, in ascending order.
fn runs(text: &str) -> Vec<String> {
    let mut bare = String::new();
    let mut depth = 0;
    for c in text.lines().filter(|line| !line.starts_with("https://")).flat_map(|line| line.chars().chain([' '])) {
        match c {
            '«' | '“' => depth += 1,
            '»' | '”' => depth -= 1,
            c if depth == 0 => bare.push(c),
            _ => {}
        }
    }
    let lower = bare.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let runs: BTreeSet<String> = words.windows(3).map(|run| run.join(" ")).collect();
    runs.into_iter().collect()
}

/// The two texts that are most alike, and how much.
fn most_alike(texts: &[String]) -> (f64, usize, usize) {
    let runs: Vec<Vec<String>> = texts.iter().map(|text| runs(text)).collect();
    let mut holders: HashMap<&str, Vec<usize>> = HashMap::new();
    let mut most = (0.0, 0, 0);
    for (one, own) in runs.iter().enumerate() {
        let mut shared: HashMap<usize, usize> = HashMap::new();
        for run in own {
            let others = holders.entry(run).or_default();
            others.iter().for_each(|other| *shared.entry(*other).or_default() += 1);
            others.push(one);
        }
        for (other, shared) in shared {
            #[expect(clippy::cast_precision_loss, reason = "words of a text")]
            let share = shared as f64 / (own.len() + runs[other].len() - shared) as f64;
            if share > most.0 {
                most = (share, one, other);
            }
        }
    }
    most
}

/// A week of people of one language: five for each of `stories`, one story each.
fn week_of(language: Language, stories: i64) -> Allotment {
    let mut people = Vec::new();
    let mut open = Vec::new();
    for story in 0..stories {
        let own: Vec<String> = (0..5).map(|number| format!("p{}", story * 5 + number)).collect();
        let found = made::found(TOPICS[usize::try_from(story % 3).expect("few")], 0.9);
        let strengths = [Strength::Expert, Strength::Practises, Strength::Curious];
        let fits: HashMap<String, Fit> = own
            .iter()
            .enumerate()
            .map(|(number, id)| {
                let strength = strengths[number % 3];
                let fit = Fit { by_role: number == 4, ..made::fit(&found, strength, 0.9) };
                (id.clone(), fit)
            })
            .collect();
        let mut item = item(story + 1, Confidentiality::Public, language, 1, false);
        item.title = format!("Sujet numéro {story} : ce que la région a décidé hier");
        open.extend(made::open(item, found, fits, now()));
        people.extend(own.into_iter().map(|id| made::person(id, language)));
    }
    let people: Vec<&Ambassador> = people.iter().collect();
    let week = made::Week { line: line(), sources: sources(), ..Default::default() };
    let request = week.request(&people, date(2026, 11, 23), now(), made::rules((5, 5), 0.1, [5, 5, 5]));
    allot(&open, &request)
}

fn texts_of(suggestions: &[Suggestion]) -> Vec<String> {
    let angles = suggestions.iter().flat_map(|one| one.angles.iter().map(|angle| angle.text.clone()));
    angles.chain(suggestions.iter().filter_map(|one| one.ready.clone())).collect()
}

#[test]
fn texts_for_twenty_stories_and_five_people_each_are_not_alike() {
    for language in [Language::French, Language::English] {
        let suggestions = week_of(language, 20).suggestions;
        assert_eq!(suggestions.len(), 100);
        let mut openings: HashMap<String, usize> = HashMap::new();
        for angle in suggestions.iter().flat_map(|one| &one.angles) {
            assert!(angle.text.ends_with('?'), "{}", angle.text);
            let opening: Vec<&str> = angle.text.split_whitespace().take(6).collect();
            *openings.entry(opening.join(" ")).or_default() += 1;
        }
        assert!(suggestions.iter().all(|one| one.angles.len() == 2));
        let ready = suggestions.iter().filter(|one| one.ready.is_some()).count();
        assert!(ready >= 60, "{ready} ready texts");
        let most = openings.values().max().copied().unwrap_or_default();
        assert!(most <= 3, "an opening comes back {most} times");
        let texts = texts_of(&suggestions);
        let (share, one, other) = most_alike(&texts);
        assert!(share <= 0.3, "{share:.2}\n{}\n{}", texts[one], texts[other]);
    }
}

#[test]
fn when_no_unlike_text_is_left_there_is_none_and_second_ways_go_first() {
    for language in [Language::French, Language::English] {
        let suggestions = week_of(language, 1_400).suggestions;
        assert_eq!(suggestions.len(), 7_000);
        let with = |ways: usize| suggestions.iter().filter(|one| one.angles.len() >= ways).count();
        println!("{} suggestions of 7,000 have a way in, {} a second one", with(1), with(2));
        assert!(with(1) >= 3_000 && with(1) < 7_000, "{} have a way in", with(1));
        let texts = texts_of(&suggestions);
        let (share, one, other) = most_alike(&texts);
        assert!(share <= 0.3, "{share:.2}\n{}\n{}", texts[one], texts[other]);
    }
}
