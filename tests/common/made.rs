//! People, items and stories made up for allotment, one of each kind, to be changed by whoever needs another.

#![allow(dead_code, reason = "each test takes what it needs")]

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;
use jiff::civil::Date;
use vigie::allot::{OpenMember, OpenStory, Posts, Request, Rules, Standing};
use vigie::domain::{
    Ambassador, Channel, Confidentiality, DateOrigin, EditorialLine, Expertise, Fit, Item, ItemId, Language, Ledger,
    Perishability, Published, Source, StoryId, Strength, Subject, Tagged, TopicMatch,
};
use vigie::tag::confidentiality;

/// Somebody who knows nothing yet.
pub fn person(id: impl Into<String>, language: Language) -> Ambassador {
    let id = id.into();
    Ambassador {
        name: format!("Personne {id}"),
        email: format!("{id}@example.org"),
        id,
        language,
        reads: vec![language],
        role: None,
        expertise: vec![],
        objectives: vec![],
        not_me: vec![],
        channels: vec![Channel::LinkedIn],
        channels_chosen: true,
        slots: 3,
        actions_per_month: None,
        group: None,
        letter: None,
        rest_every: None,
        absences: vec![],
        sponsor: false,
        enabled: true,
    }
}

/// An expert of a topic.
pub fn expert(topic: &str) -> Expertise {
    Expertise { subject: Subject::Topic(topic.into()), strength: Strength::Expert, by_role: false }
}

/// A public article.
pub fn item(id: i64, language: Language, at: Timestamp) -> Item {
    Item {
        id: ItemId(id),
        story: StoryId(id),
        copy_of: None,
        source: format!("s{}", id % 5),
        key: id.to_string(),
        link: Some(format!("https://example.org/{id}")),
        canonical: None,
        title: format!("Titre {id} avec 12 % de hausse"),
        authors: vec![],
        categories: vec![],
        published: Published { at, has_hour: true, origin: DateOrigin::Feed },
        collected: at,
        language,
        class: Confidentiality::Public,
        hold: None,
        released: None,
        waiting: None,
        marked: None,
        html: String::new(),
        text: "Un texte. ".repeat(20),
        full: true,
        access: None,
        from_archive: false,
    }
}

/// A topic found in a title.
pub fn found(topic: &str, score: f64) -> TopicMatch {
    TopicMatch { topic: topic.into(), score, in_title: vec![], in_text: vec![], close: vec![] }
}

/// How it fits somebody who knows it.
pub fn fit(topic: &TopicMatch, strength: Strength, score: f64) -> Fit {
    Fit { topic: topic.clone(), strength, by_role: false, term: None, written: vec![], score }
}

/// A story of one member; nothing for what stays inside.
pub fn open(item: Item, topic: TopicMatch, fits: HashMap<String, Fit>, now: Timestamp) -> Option<OpenStory> {
    let (id, story) = (item.id, item.story);
    let item = confidentiality::shareable(item, now).ok()?;
    let tags = Tagged { topics: vec![topic], ..Tagged::default() };
    Some(OpenStory {
        story,
        members: vec![OpenMember { item, tags, fits, angles: vec![], lasts: Perishability::Fresh }],
        all_items: vec![id],
        telling: story,
        from: None,
        unanswered: false,
    })
}

/// All that a request borrows, empty.
#[derive(Default)]
pub struct Week {
    pub line: EditorialLine,
    pub sources: Vec<Source>,
    pub given: Ledger,
    pub postponed: BTreeMap<(String, ItemId), Timestamp>,
    pub declined: HashMap<String, HashSet<ItemId>>,
    pub posts: Posts,
    pub holidays: Vec<Date>,
    pub own_days: HashMap<String, Date>,
    pub standing: Standing,
}

impl Week {
    /// A request of this week.
    pub fn request<'a>(
        &'a self,
        people: &'a [&'a Ambassador],
        leaves_on: Date,
        now: Timestamp,
        rules: Rules,
    ) -> Request<'a> {
        Request {
            line: &self.line,
            sources: &self.sources,
            people,
            given: &self.given,
            postponed: &self.postponed,
            declined: &self.declined,
            posts: &self.posts,
            told: None,
            holidays: &self.holidays,
            leaves_on,
            own_days: &self.own_days,
            standing: &self.standing,
            now,
            rules,
        }
    }
}

/// Caps and quotas, the rest as it is by default.
pub fn rules(caps: (usize, usize), floor: f64, quota: [usize; 3]) -> Rules {
    Rules { story_cap: caps.0, group_cap: caps.1, floor, quota, window_days: 14, cool_down_days: 180 }
}
