//! From a tagged item to a suggestion: what matched, who could say it, who was given it.

use std::collections::HashMap;
use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{ExclusionScope, ItemId, Kept, Reason, Slot, StoryId, Strength};

/// A network where people speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// LinkedIn, the default.
    LinkedIn,
    /// X.
    X,
    /// Bluesky.
    Bluesky,
    /// Mastodon.
    Mastodon,
    /// Facebook, private life unless listed.
    Facebook,
    /// Instagram, private life unless listed.
    Instagram,
    /// The company's own network or intranet.
    Internal,
}

impl Channel {
    /// Every channel.
    pub const ALL: [Channel; 7] = [
        Channel::LinkedIn,
        Channel::X,
        Channel::Bluesky,
        Channel::Mastodon,
        Channel::Facebook,
        Channel::Instagram,
        Channel::Internal,
    ];

    /// The word used in configuration, store and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Channel::LinkedIn => "linkedin",
            Channel::X => "x",
            Channel::Bluesky => "bluesky",
            Channel::Mastodon => "mastodon",
            Channel::Facebook => "facebook",
            Channel::Instagram => "instagram",
            Channel::Internal => "internal",
        }
    }

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Self> {
        Channel::ALL.into_iter().find(|channel| channel.as_str() == word)
    }

    /// True where posts are short (500 characters or fewer).
    pub fn is_short(self) -> bool {
        matches!(self, Channel::X | Channel::Bluesky | Channel::Mastodon)
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Channel::LinkedIn => "LinkedIn",
            Channel::X => "X",
            Channel::Bluesky => "Bluesky",
            Channel::Mastodon => "Mastodon",
            Channel::Facebook => "Facebook",
            Channel::Instagram => "Instagram",
            Channel::Internal => "intranet",
        })
    }
}

/// How well an item matches a topic, with the words that show it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TopicMatch {
    /// Topic id.
    pub topic: String,
    /// 0 to 1.
    pub score: f64,
    /// Terms found in the title, as the line writes them.
    pub in_title: Vec<String>,
    /// Terms found in the text only.
    pub in_text: Vec<String>,
    /// Words of the item that are near the topic, though the line does not name them.
    #[serde(default)]
    pub close: Vec<String>,
}

/// An exclusion that an item fell under.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExclusionHit {
    /// Label of the rule.
    pub rule: String,
    /// How far it goes.
    pub scope: ExclusionScope,
    /// What was found.
    pub found: String,
}

/// What the line makes of an item.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Tagged {
    /// Topics at or above the threshold, best first.
    pub topics: Vec<TopicMatch>,
    /// Exclusions it falls under.
    pub exclusions: Vec<ExclusionHit>,
    /// Actors whose keywords it holds, in the order of the line.
    #[serde(default)]
    pub actors: Vec<String>,
}

impl Tagged {
    /// Actors it is about: the one that its source watches, then those whose keywords it holds.
    pub fn about<'a>(&'a self, watched: Option<&'a str>) -> Vec<&'a str> {
        watched.into_iter().chain(self.actors.iter().map(String::as_str)).collect()
    }

    /// The widest exclusion, if any.
    pub fn exclusion(&self, scope: ExclusionScope) -> Option<&ExclusionHit> {
        self.exclusions.iter().find(|hit| hit.scope == scope)
    }
}

/// Why an item is for a person.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// The topic of the line it is proposed for.
    pub topic: TopicMatch,
    /// How well the person knows it.
    pub strength: Strength,
    /// True when that comes with their job.
    pub by_role: bool,
    /// The free term of theirs that it holds, when that is what fits.
    pub term: Option<String>,
    /// Words of the item that the person's own writings are about.
    pub written: Vec<String>,
    /// Relevance × strength, 0 to 1.
    pub score: f64,
}

/// Where a suggestion comes from: a letter is a mix of all (requirement D5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mix {
    /// The company's own content.
    Corporate,
    /// What a colleague wrote or posted.
    Colleague,
    /// What others publish.
    Trade,
}

/// A story that one ambassador could be given, scored.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The story.
    pub story: StoryId,
    /// The first of the stories that tell the same event, perhaps in another language: caps count them as one.
    pub telling: StoryId,
    /// Where it comes from.
    pub mix: Mix,
    /// The member of the story that is proposed to this person.
    pub item: ItemId,
    /// The ambassador.
    pub ambassador: String,
    /// The source of that item.
    pub source: String,
    /// The topic it is proposed for.
    pub topic: String,
    /// The objective it serves; `None` is "veille métier".
    pub objective: Option<String>,
    /// Priority of that objective; 4 for none.
    pub priority: u8,
    /// Channels to choose from, best first.
    pub channels: Vec<Channel>,
    /// Its place in the plan, when it stands there already.
    pub kept: Option<Kept>,
    /// True when it comes back: it was given before, or it is lasting and older than the news.
    pub again: bool,
    /// Families of the angles that this person was given for it.
    pub used_angles: Vec<String>,
    /// The first half-day it may be told on: the company's page goes first.
    pub from: Option<Slot>,
    /// The last day it may be told on.
    pub until: Option<Date>,
    /// What it is worth, above 0: relevance × fit × priority × freshness × trust.
    pub gain: f64,
}

/// A line of thought to make one's own, ending on a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Angle {
    /// Family id, such as `field` or `figure`.
    pub family: String,
    /// The text, in the reader's language.
    pub text: String,
}

/// A story given to a person: where, when, how and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Suggestion {
    /// The story.
    pub story: StoryId,
    /// The member proposed.
    pub item: ItemId,
    /// The ambassador.
    pub ambassador: String,
    /// The topic.
    pub topic: String,
    /// The objective; `None` is "veille métier".
    pub objective: Option<String>,
    /// Where to say it.
    pub channel: Channel,
    /// When to say it.
    pub slot: Slot,
    /// Ways into it, the first first; none where no text unlike all others was left.
    pub angles: Vec<Angle>,
    /// A short text to make one's own, within the limit of the channel.
    pub ready: Option<String>,
    /// Why, one sentence of each kind.
    pub reasons: Vec<Reason>,
    /// The easiest of the person's week.
    pub easy: bool,
    /// What it was worth.
    pub gain: f64,
}

impl Suggestion {
    /// The family of the first way in; empty when there is none.
    pub fn family(&self) -> &str {
        self.angles.first().map_or("", |angle| &angle.family)
    }

    /// The text of the first way in; empty when there is none.
    pub fn angle(&self) -> &str {
        self.angles.first().map_or("", |angle| &angle.text)
    }
}

/// One line of the ledger: what somebody was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// When.
    pub at: Timestamp,
    /// For which network.
    pub channel: Channel,
    /// Family of the angle.
    pub family: String,
}

/// What each person was given, by item.
pub type Ledger = HashMap<String, HashMap<ItemId, Vec<Given>>>;

/// What somebody said of an item: on a topic or not; or, for a person, for them or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// The item.
    pub item: ItemId,
    /// The topic.
    pub topic: String,
    /// The person for whom it is said; nobody when it is said of the topic itself.
    pub ambassador: Option<String>,
    /// True when it is.
    pub relevant: bool,
    /// Who said so.
    pub who: String,
    /// When.
    pub at: Timestamp,
}

/// A post that somebody declares to have made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// Who.
    pub ambassador: String,
    /// The item they spoke of, when it is one of ours.
    pub item: Option<ItemId>,
    /// Where.
    pub channel: Channel,
    /// Address of the post, if they gave it.
    pub link: Option<String>,
    /// Which day.
    pub on: Date,
    /// What it drew, once that is known.
    pub figures: Figures,
}

/// What a post drew, as far as somebody counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    /// Likes and the like.
    pub reactions: Option<u32>,
    /// Comments.
    pub comments: Option<u32>,
    /// Shares by others.
    pub reshares: Option<u32>,
    /// Times it was shown.
    pub impressions: Option<u32>,
}

impl Figures {
    /// How often people answered in any way; `None` while nobody counted.
    pub fn answers(&self) -> Option<u32> {
        let known: Vec<u32> = [self.reactions, self.comments, self.reshares].into_iter().flatten().collect();
        (!known.is_empty()).then(|| known.iter().fold(0_u32, |sum, one| sum.saturating_add(*one)))
    }
}
