//! Ambassadors: volunteers, what they know, and what they accept.

use jiff::civil::{Date, Time, Weekday};
use serde::{Deserialize, Serialize};

use super::{Channel, Item, Language, Source};

/// How well somebody knows a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Strength {
    /// Interested, learning.
    Curious,
    /// Does it at work.
    Practises,
    /// Is known for it.
    Expert,
}

impl Strength {
    /// Share of the relevance that such a person is credited with, 0 to 1.
    pub fn weight(self) -> f64 {
        match self {
            Strength::Expert => 1.0,
            Strength::Practises => 0.8,
            Strength::Curious => 0.55,
        }
    }

    /// The word used in the configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Strength::Expert => "expert",
            Strength::Practises => "practises",
            Strength::Curious => "curious",
        }
    }
}

/// What an expertise is about: a topic of the line, or free terms.
#[derive(Debug, Clone, PartialEq)]
pub enum Subject {
    /// A topic of the line, by id.
    Topic(String),
    /// Free terms, in the syntax of topics.
    Terms(Vec<String>),
}

/// One thing a person knows.
#[derive(Debug, Clone, PartialEq)]
pub struct Expertise {
    /// What about.
    pub subject: Subject,
    /// How well.
    pub strength: Strength,
    /// True when it comes with their job rather than from their own words.
    pub by_role: bool,
}

/// Days off, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Absence {
    /// First day away.
    pub from: Date,
    /// Last day away.
    pub to: Date,
}

/// A job that brings default topics and objectives to those who hold it.
#[derive(Debug, Clone, PartialEq)]
pub struct Role {
    /// Stable id.
    pub id: String,
    /// Name shown to people.
    pub label: String,
    /// Topics that come with the job (as "practises", unless the person says otherwise).
    pub topics: Vec<String>,
    /// Objectives that come with the job.
    pub objectives: Vec<String>,
}

/// A volunteer. Whether they consented is not here: consent lives in the store only.
#[derive(Debug, Clone, PartialEq)]
pub struct Ambassador {
    /// Stable id.
    pub id: String,
    /// Full name.
    pub name: String,
    /// Where letters go.
    pub email: String,
    /// Language of their letters.
    pub language: Language,
    /// Languages they read.
    pub reads: Vec<Language>,
    /// Job, by id.
    pub role: Option<String>,
    /// What they know, their role's topics included.
    pub expertise: Vec<Expertise>,
    /// Objectives their role serves; they count a little more for this person.
    pub objectives: Vec<String>,
    /// Topics they never want.
    pub not_me: Vec<String>,
    /// Networks they opted into; LinkedIn when they said nothing.
    pub channels: Vec<Channel>,
    /// True when they named their networks themselves.
    pub channels_chosen: bool,
    /// Suggestions a week.
    pub slots: usize,
    /// Soft target of actions a month, if they set one.
    pub actions_per_month: Option<u32>,
    /// People whose networks overlap carry the same group.
    pub group: Option<String>,
    /// Their own day and hour for the letter, within the seven days from the edition on.
    pub letter: Option<(Weekday, Time)>,
    /// One week in so many without a letter.
    pub rest_every: Option<u16>,
    /// Days off.
    pub absences: Vec<Absence>,
    /// Member of the management, who leads by example.
    pub sponsor: bool,
    /// False keeps them out without removing them.
    pub enabled: bool,
}

impl Ambassador {
    /// First word of the name.
    pub fn first_name(&self) -> &str {
        self.name.split_whitespace().next().unwrap_or(&self.name)
    }

    /// The strongest expertise in a topic of the line, if they have one.
    pub fn expertise_in(&self, topic: &str) -> Option<&Expertise> {
        let of_topic = |one: &&Expertise| matches!(&one.subject, Subject::Topic(id) if id == topic);
        self.expertise.iter().filter(of_topic).max_by_key(|one| one.strength)
    }

    /// True for what they wrote themselves: their own source, or their name among the authors.
    pub fn wrote(&self, item: &Item, source: Option<&Source>) -> bool {
        let lower = |text: &'_ str| text.trim().chars().flat_map(char::to_lowercase).collect::<Vec<char>>();
        let same =
            |author: &&String| author.trim().len() == self.name.trim().len() && lower(author) == lower(&self.name);
        source.is_some_and(|source| source.written_by.as_ref() == Some(&self.id))
            || item.authors.iter().any(|author| same(&author))
    }

    /// True when they are away on `date`.
    pub fn is_away(&self, date: Date) -> bool {
        self.absences.iter().any(|absence| absence.from <= date && date <= absence.to)
    }
}
