//! How an item fits a person: their topics, their free terms, and what they never want.

use std::collections::HashMap;

use crate::domain::{Ambassador, Expertise, Fit, Strength, Subject, Tagged, Term, Topic};
use crate::text::reading::Reading;

use super::topics::{THRESHOLD, TopicMatcher};

/// Free terms of people, made ready for matching.
#[derive(Debug)]
pub struct ExpertiseMatcher {
    free: HashMap<String, Vec<(TopicMatcher, Strength)>>,
}

impl ExpertiseMatcher {
    /// Prepares these people.
    pub fn new<'a>(people: impl IntoIterator<Item = &'a Ambassador>) -> Self {
        let free = people.into_iter().map(|person| {
            let terms = person.expertise.iter().filter_map(|expertise| match &expertise.subject {
                Subject::Terms(terms) => Some((TopicMatcher::new(&[as_topic(terms)], None), expertise.strength)),
                Subject::Topic(_) => None,
            });
            (person.id.clone(), terms.collect())
        });
        ExpertiseMatcher { free: free.collect() }
    }

    /// How an item fits `person`; `None` when it is outside what they know, or on a topic they never want.
    ///
    /// An item outside is never suggested, however hot it is (requirement B3).
    pub fn fit(&self, person: &Ambassador, tagged: &Tagged, reading: &Reading) -> Option<Fit> {
        if tagged.topics.iter().any(|found| person.not_me.contains(&found.topic)) {
            return None;
        }
        let by_topic = tagged.topics.iter().filter_map(|found| {
            let Expertise { strength, by_role, .. } = *person.expertise_in(&found.topic)?;
            Some(Fit { topic: found.clone(), strength, by_role, term: None, score: found.score * strength.weight() })
        });
        let best = tagged.topics.first();
        let by_terms = self.free.get(&person.id).into_iter().flatten().filter_map(|(matcher, strength)| {
            let own =
                matcher.matches(reading, &[], THRESHOLD).into_iter().next().filter(|own| !own.in_title.is_empty())?;
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

fn as_topic(terms: &[String]) -> Topic {
    Topic {
        id: String::new(),
        label: String::new(),
        translations: Vec::new(),
        terms: terms.iter().filter(|typed| Term::parse(typed).is_ok()).cloned().collect(),
        about: String::new(),
        audience: String::new(),
        promise: None,
        weight: 1.0,
    }
}
