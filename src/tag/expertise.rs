//! How an item fits a person: their topics, their free phrases, and what they never want.
//!
//! The free phrases of all people are scored at once by the scorer of the line's topics, without siblings: two people who know
//! much the same are no rivals.

use std::collections::HashMap;

use crate::domain::{Ambassador, Expertise, Fit, Strength, Subject, Tagged, Term, Topic, TopicMatch};
use crate::text::reading::Reading;

use super::relevance::Model;
use super::topics::{THRESHOLD, TopicMatcher};

/// Free phrases of people, made ready for matching.
#[derive(Debug)]
pub struct ExpertiseMatcher {
    /// The free phrases of each person, by their number among `phrases`.
    free: HashMap<String, Vec<(usize, Strength)>>,
    phrases: TopicMatcher,
}

/// How an item stands to all free phrases: read once for all people.
#[derive(Debug, Default)]
pub struct Phrases(HashMap<usize, TopicMatch>);

impl Phrases {
    /// Number of phrases that the item fits.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True when it fits none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl ExpertiseMatcher {
    /// Prepares these people. What was learnt of the archive for the line says how rare words are for them too.
    pub fn new<'a>(people: impl IntoIterator<Item = &'a Ambassador>, learnt: Option<&Model>) -> Self {
        let mut numbers: HashMap<&[String], usize> = HashMap::new();
        let mut topics: Vec<Topic> = Vec::new();
        let mut free = HashMap::new();
        for person in people {
            let own: &mut Vec<(usize, Strength)> = free.entry(person.id.clone()).or_default();
            for expertise in &person.expertise {
                if let Subject::Terms(terms) = &expertise.subject {
                    let number = *numbers.entry(terms.as_slice()).or_insert_with(|| {
                        topics.push(as_topic(topics.len(), terms));
                        topics.len() - 1
                    });
                    own.push((number, expertise.strength));
                }
            }
        }
        ExpertiseMatcher { free, phrases: TopicMatcher::alone(&topics, learnt) }
    }

    /// How an item stands to all free phrases.
    pub fn read(&self, reading: &Reading, categories: &[String]) -> Phrases {
        if self.phrases.is_empty() {
            return Phrases::default();
        }
        let found = self.phrases.matches(reading, categories, THRESHOLD);
        Phrases(found.into_iter().filter_map(|found| Some((found.topic.parse().ok()?, found))).collect())
    }

    /// How an item fits `person`; `None` when it is outside what they know, or on a topic they never want.
    ///
    /// An item outside is never suggested, however hot it is (requirement B3).
    pub fn fit(&self, person: &Ambassador, tagged: &Tagged, phrases: &Phrases) -> Option<Fit> {
        if tagged.topics.iter().any(|found| person.not_me.contains(&found.topic)) {
            return None;
        }
        let by_topic = tagged.topics.iter().filter_map(|found| {
            let Expertise { strength, by_role, .. } = *person.expertise_in(&found.topic)?;
            Some(Fit { topic: found.clone(), strength, by_role, term: None, score: found.score * strength.weight() })
        });
        let best = tagged.topics.first();
        let by_terms = self.free.get(&person.id).into_iter().flatten().filter_map(|(number, strength)| {
            let own = phrases.0.get(number).filter(|own| !own.in_title.is_empty())?;
            let on_the_line = best?.clone();
            Some(Fit {
                score: own.score.max(on_the_line.score) * strength.weight(),
                topic: on_the_line,
                strength: *strength,
                by_role: false,
                term: own.in_title.first().cloned(),
            })
        });
        // Of two equal ones the last counts: a declared topic says more than a free term.
        by_terms.chain(by_topic).max_by(|one, other| one.score.total_cmp(&other.score))
    }
}

fn as_topic(number: usize, terms: &[String]) -> Topic {
    Topic {
        id: number.to_string(),
        label: String::new(),
        translations: Vec::new(),
        terms: terms.iter().filter(|typed| Term::parse(typed).is_ok()).cloned().collect(),
        about: String::new(),
        audience: String::new(),
        promise: None,
        weight: 1.0,
    }
}
