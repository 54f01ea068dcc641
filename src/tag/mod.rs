//! What the editorial line makes of an item: topics, exclusions, confidentiality; and how it fits a person.

pub mod confidentiality;
pub mod doors;
mod exclusions;
mod expertise;
pub mod markings;
mod perishability;
pub mod relevance;
mod topics;

use crate::domain::{EditorialLine, ExclusionHit, Item, Tagged, Term, TopicMatch};
use crate::text::outside::Outside;
use crate::text::reading::Reading;
use crate::text::terms::TermIndex;

use relevance::{Judgements, Model, Sample, Scorer};

pub use expertise::{Evidence, ExpertiseMatcher, GivenAnswer, Phrases};
pub use perishability::perishability;
pub use topics::THRESHOLD;

/// The line, made ready for tagging many items.
#[derive(Debug)]
pub struct Tagger {
    topics: topics::TopicMatcher,
    exclusions: exclusions::ExclusionMatcher,
    actors: TermIndex,
    /// The actor of each term of `actors`.
    actor_of_term: Vec<String>,
}

impl Tagger {
    /// Prepares a line, with what was learnt of the archive for it.
    pub fn new(line: &EditorialLine, model: Option<Model>) -> Self {
        Tagger::with(line, model, None)
    }

    /// The same, with a model of meaning from outside.
    pub fn with(line: &EditorialLine, model: Option<Model>, outside: Option<&Outside>) -> Self {
        let mut actors = TermIndex::default();
        let mut actor_of_term = Vec::new();
        for actor in &line.actors {
            for term in actor.keywords.iter().filter_map(|typed| Term::parse(typed).ok()) {
                actors.add(&term);
                actor_of_term.push(actor.id.clone());
            }
        }
        Tagger {
            actors,
            actor_of_term,
            topics: topics::TopicMatcher::new(&line.topics, model, outside),
            exclusions: exclusions::ExclusionMatcher::new(&line.exclusions),
        }
    }

    /// Tags an item whose words were read.
    pub fn tag(&self, item: &Item, reading: &Reading) -> Tagged {
        Tagged {
            topics: self.topics.matches(reading, &item.categories, THRESHOLD),
            exclusions: self.exclusions.hits(&item.categories, &item.source, reading),
            actors: self.actors_in(reading),
        }
    }

    /// The scorer of its topics.
    pub fn scorer(&self) -> &Scorer {
        self.topics.scorer()
    }

    /// Learns from texts what is usual among them, and from what people judged of them.
    pub fn learn(&mut self, texts: &[Sample], judged: &Judgements) {
        self.topics.learn(texts, judged);
    }

    /// Topics of a text at or above the threshold, best first.
    pub fn scores_above(&self, reading: &Reading) -> Vec<TopicMatch> {
        self.topics.matches(reading, &[], THRESHOLD)
    }

    /// Every topic with its score, whatever it is, best first.
    pub fn scores(&self, reading: &Reading) -> Vec<TopicMatch> {
        self.topics.matches(reading, &[], 0.0)
    }

    /// Exclusions that a text falls under.
    pub fn excluded(&self, reading: &Reading, source: &str) -> Vec<ExclusionHit> {
        self.exclusions.hits(&[], source, reading)
    }

    /// Actors whose keywords stand in the title or the text.
    fn actors_in(&self, reading: &Reading) -> Vec<String> {
        let hits =
            [&reading.title, &reading.body].into_iter().flat_map(|words| self.actors.find(words, reading.language()));
        let terms: std::collections::BTreeSet<usize> = hits.map(|hit| hit.term).collect();
        let mut found: Vec<String> =
            terms.into_iter().filter_map(|term| self.actor_of_term.get(term).cloned()).collect();
        found.dedup();
        found
    }
}
