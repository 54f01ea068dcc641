//! One scorer for all topics: words, meaning and the company that words keep, each measured against the archive, siblings
//! pushed down, told as a probability.

use std::collections::HashMap;

use crate::domain::{Language, Term, TermKind, TermSign, Topic};
use crate::text::outside::Outside;
use crate::text::reading::{Reading, TITLE_WEIGHT};
use crate::text::terms::TermIndex;
use crate::text::tokens::{Token, tokenize};
use crate::text::vectors::{self, DIMENSIONS, Vector, dot, unit};

use super::features::Features;
use super::learn::{self, Judgements};
use super::model::{ByStem, Learnt, Model, place};
use super::query::{self, Query};

/// Share of meaning beside words for a long text, what short ones add to it, and how soon.
const MEANING: f32 = 0.5;
const SHORT: f32 = 0.15;
const SOON: f32 = 100.0;
/// Share of the direction beside the words that keep company.
pub(super) const DIRECTION: f32 = 0.3;
/// How much of a stronger sibling's score is taken off.
const SIBLING: f32 = 0.5;
/// From the place of a score to a probability: fitted on sets of French and English texts, whole lines and parts of lines.
const SLOPE: f32 = 1.64;
const OFFSET: f32 = -2.65;
/// Share of a model from outside in the likeness of meaning, and the letters of a text that it reads.
const OUTSIDE: f32 = 0.5;
const OUTSIDE_LETTERS: usize = 4_000;
/// What a term of the line in the title adds.
const NAMED: f32 = 0.8;
/// Least logit of the best among the topics of which a term stands in the title: above the threshold.
const CAUGHT: f32 = -0.3;
/// The same, at most: what the rest of the text denies is not caught by a word of its title.
const NEAR: f32 = -1.4;
/// How much the weight of a topic moves it.
const WEIGHT: f32 = 1.5;

/// A text as the scorer sees it.
#[derive(Debug, Clone)]
pub struct Sample {
    pub(super) features: Features,
    /// Terms that stand in it as they are: their number and their weighted count.
    pub(super) literals: Vec<(u32, f32)>,
}

/// A line, ready for scoring.
#[derive(Debug)]
pub struct Scorer {
    pub(super) queries: Vec<Query>,
    literals: TermIndex,
    /// The topic of each literal.
    pub(super) topic_of: Vec<usize>,
    weights: Vec<f32>,
    model: Model,
    /// True for topics that are no siblings.
    alone: bool,
    /// Topics of each stem that is looked for, with its weight.
    asked: ByStem<Vec<(u32, f32)>>,
    /// Topics of each stem that keeps company with them.
    company: ByStem<Vec<(u32, f32)>>,
    /// Topics of each stem whose score people corrected.
    corrections: ByStem<Vec<(u32, f32)>>,
    corrected: bool,
    directions: Vec<Direction>,
    outside: Option<Outside>,
}

/// Directions of a topic: of its words, and of the items that are on it.
#[derive(Debug)]
struct Direction {
    asked: Vector,
    learnt: Vector,
    corrected: Vector,
}

/// The parts of a score, for each topic.
#[derive(Debug, Clone)]
pub(super) struct Parts {
    pub words: Vec<f32>,
    pub meaning: Vec<f32>,
}

impl Scorer {
    /// Prepares topics with what was learnt of them, and with a model of meaning from outside beside our own. What was learnt
    /// for another line, or without that model, is left aside.
    pub fn new(topics: &[Topic], model: Option<Model>, outside: Option<&Outside>) -> Self {
        let mut queries: Vec<Query> = topics.iter().map(|topic| Query::of(topic, outside)).collect();
        query::part(&mut queries);
        let mut scorer = Scorer::of(topics, queries, None);
        scorer.outside = outside.cloned();
        let fits = |model: &Model| {
            model.topics.len() == scorer.queries.len()
                && model.literals.len() == scorer.topic_of.len()
                && model.with_outside == scorer.model.with_outside
        };
        let model = model.filter(fits).unwrap_or_else(|| scorer.model.clone());
        scorer.take(model);
        scorer
    }

    /// Prepares topics that are no siblings of each other. Of what was learnt of an archive, how rare words are counts.
    pub fn alone(topics: &[Topic], learnt: Option<&Model>) -> Self {
        let queries = topics.iter().map(|topic| Query::of(topic, None)).collect();
        let mut scorer = Scorer::of(topics, queries, learnt);
        scorer.alone = true;
        scorer.take(scorer.model.clone());
        scorer
    }

    fn of(topics: &[Topic], queries: Vec<Query>, learnt: Option<&Model>) -> Self {
        let (mut literals, mut topic_of) = (TermIndex::default(), Vec::new());
        for (number, topic) in topics.iter().enumerate() {
            for term in as_they_stand(topic) {
                literals.add(&term);
                topic_of.push(number);
            }
        }
        Scorer {
            weights: topics.iter().map(|topic| topic.weight).collect(),
            model: learn::nothing(&queries, &topic_of, learnt.map(|model| &model.archive)),
            alone: false,
            queries,
            literals,
            topic_of,
            asked: HashMap::default(),
            company: HashMap::default(),
            corrections: HashMap::default(),
            corrected: false,
            directions: Vec::new(),
            outside: None,
        }
    }

    /// Learns from texts what is usual, and which words keep company with the topics; puts it in force.
    pub fn learn(&mut self, texts: &[Sample], judged: &Judgements) {
        let model = learn::learn(self, texts, judged);
        self.take(model);
    }

    /// Puts what was learnt in force.
    pub(super) fn take(&mut self, model: Model) {
        self.asked = postings(&model, |topic| &topic.stems);
        self.company = postings(&model, |topic| &topic.company);
        let none = Vec::new();
        self.corrections =
            postings(&model, |topic| topic.correction.as_ref().map_or(&none, |correction| &correction.stems));
        self.corrected = model.topics.iter().any(|topic| topic.correction.is_some());
        self.directions = self
            .queries
            .iter()
            .zip(&model.topics)
            .map(|(query, topic)| Direction {
                asked: as_vector(&query.vector),
                learnt: as_vector(&topic.direction),
                corrected: as_vector(topic.correction.as_ref().map_or(&[], |correction| &correction.direction)),
            })
            .collect();
        self.model = model;
    }

    /// What is in force.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Reads a text, whose categories count as words of it.
    pub fn read(&self, reading: &Reading, categories: &[String]) -> Sample {
        let mut features = Features::of(reading, categories);
        if let Some(outside) = &self.outside {
            features.outside = outside.direction(&reading.beginning(OUTSIDE_LETTERS));
        }
        Sample { features, literals: self.literal_counts(reading) }
    }

    fn literal_counts(&self, reading: &Reading) -> Vec<(u32, f32)> {
        let mut counts: Vec<(u32, f32)> = Vec::new();
        for (words, weight) in [(&reading.title, TITLE_WEIGHT), (&reading.body, 1.0)] {
            for hit in self.literals.find(words, reading.language()) {
                let term = u32::try_from(hit.term).unwrap_or(u32::MAX);
                match counts.iter_mut().find(|(known, _)| *known == term) {
                    Some((_, count)) => *count += weight,
                    None => counts.push((term, weight)),
                }
            }
        }
        counts
    }

    /// How likely an item is on each topic, 0 to 1, in the order of the line.
    ///
    /// `named` are the topics of which a term stands in the title: whoever wrote the term meant such items.
    pub fn scores(&self, text: &Sample, named: &[bool]) -> Vec<f32> {
        let mut logits = self.logits(text);
        logits.iter_mut().zip(named).filter(|(_, named)| **named).for_each(|(logit, _)| *logit += NAMED);
        let best = logits.iter().enumerate().filter(|(topic, _)| named.get(*topic).is_some_and(|named| *named));
        let best = best.max_by(|one, other| one.1.total_cmp(other.1)).map(|(topic, _)| topic);
        if let Some(best) = best.filter(|best| !self.alone && logits[*best] > NEAR) {
            logits[best] = logits[best].max(CAUGHT);
        }
        logits.into_iter().map(|logit| 1.0 / (1.0 + (-logit).exp())).collect()
    }

    pub(super) fn logits(&self, text: &Sample) -> Vec<f32> {
        let own = self.model.archive.own_direction(&text.features);
        let places = self.places(text, &own);
        let mut logits = if self.alone { places } else { apart(&places) };
        for (logit, weight) in logits.iter_mut().zip(&self.weights) {
            *logit = SLOPE * *logit + OFFSET + WEIGHT * weight.max(0.01).ln();
        }
        if self.corrected {
            for (stem, weight) in self.model.archive.weights(&text.features) {
                for (topic, other) in self.corrections.get(&stem).into_iter().flatten() {
                    logits[*topic as usize] += weight * other;
                }
            }
            for ((logit, topic), direction) in logits.iter_mut().zip(&self.model.topics).zip(&self.directions) {
                if let Some(correction) = &topic.correction {
                    *logit += correction.bias + dot(&own, &direction.corrected);
                }
            }
        }
        logits
    }

    /// How much of a topic's vocabulary the archive holds in a language, 0 to 1.
    pub fn coverage(&self, topic: usize, language: Language) -> f32 {
        self.model.topics.get(topic).map_or(0.0, |learnt| learnt.coverage[place(language)])
    }

    /// How near a word's meaning is to a topic, -1 to 1.
    pub fn nearness(&self, topic: usize, word: &Token) -> f32 {
        let mut sum = [0.0; DIMENSIONS];
        vectors::add(word.known(), 1.0, &mut sum);
        self.directions.get(topic).map_or(0.0, |direction| dot(&unit(sum), &direction.asked))
    }

    /// How far above what is usual each topic stands, in deviations.
    fn places(&self, text: &Sample, own: &Vector) -> Vec<f32> {
        let features = &text.features;
        let Parts { words, meaning } = self.parts(text, own);
        let mut company = vec![0.0_f32; self.queries.len()];
        if self.model.trust > 0.0 {
            for (stem, weight) in self.model.archive.weights(features) {
                for (topic, other) in self.company.get(&stem).into_iter().flatten() {
                    company[*topic as usize] += weight * other;
                }
            }
        }
        let place = |(number, topic): (usize, &Learnt)| {
            let asked = topic.asked.place(fused(features, topic, words[number], meaning[number]));
            if self.model.trust == 0.0 {
                return topic.whole.place(asked);
            }
            let learnt = (1.0 - DIRECTION) * topic.by_company.place(company[number])
                + DIRECTION * topic.by_direction.place(dot(own, &self.directions[number].learnt));
            topic.whole.place((1.0 - self.model.trust) * asked + self.model.trust * learnt)
        };
        let mut places: Vec<f32> = self.model.topics.iter().enumerate().map(place).collect();
        self.model.neighbours.hear(&mut places, self.model.archive.weights(features));
        places
    }

    /// Lexical score and likeness of meaning, for each topic.
    pub(super) fn parts(&self, text: &Sample, own: &Vector) -> Parts {
        let Sample { features, literals } = text;
        let archive = &self.model.archive;
        let mut words = vec![0.0_f32; self.queries.len()];
        for stem in &features.stems {
            let Some(topics) = self.asked.get(&stem.hash) else { continue };
            let count = archive.saturated(stem.count, features.length);
            for (topic, weight) in topics {
                words[*topic as usize] += weight * count;
            }
        }
        for (literal, count) in literals {
            let number = *literal as usize;
            let (Some(topic), Some(rarity)) = (self.topic_of.get(number), self.model.literals.get(number)) else {
                continue;
            };
            words[*topic] += rarity * archive.saturated(*count, features.length);
        }
        let language = place(features.language);
        for (word, topic) in words.iter_mut().zip(&self.model.topics) {
            *word = (*word / topic.lengths[language].max(1e-3)).ln_1p();
        }
        let mut meaning: Vec<f32> = self.directions.iter().map(|direction| dot(own, &direction.asked)).collect();
        if self.outside.is_some() && !features.outside.is_empty() {
            let theirs = archive.own_outside(features);
            for (meaning, query) in meaning.iter_mut().zip(&self.queries) {
                let other: f32 = theirs.iter().zip(&query.outside).map(|(one, other)| one * other).sum();
                *meaning = (1.0 - OUTSIDE) * *meaning + OUTSIDE * other;
            }
        }
        Parts { words, meaning }
    }
}

/// Words and meaning together: meaning counts more for short texts, and for languages that the topic's words are not in.
pub(super) fn fused(features: &Features, topic: &Learnt, words: f32, meaning: f32) -> f32 {
    let language = place(features.language);
    let share = MEANING + SHORT * (-features.length / SOON).exp();
    (1.0 - share) * topic.coverage[language].sqrt() * topic.words[language].place(words)
        + share * topic.meaning[language].place(meaning)
}

/// Takes off what a stronger sibling has.
pub(super) fn apart(places: &[f32]) -> Vec<f32> {
    let best = |except: usize| {
        places.iter().enumerate().filter(|(number, _)| *number != except).map(|(_, place)| *place).fold(0.0, f32::max)
    };
    let Some((top, _)) = places.iter().enumerate().max_by(|one, other| one.1.total_cmp(other.1)) else {
        return Vec::new();
    };
    let (first, second) = (places[top].max(0.0), best(top));
    places
        .iter()
        .enumerate()
        .map(|(number, place)| place - SIBLING * if number == top { second } else { first })
        .collect()
}

/// Terms that are more than one stem: phrases, exact words, prefixes; and labels of several words.
fn as_they_stand(topic: &Topic) -> impl Iterator<Item = Term> {
    let terms = topic.terms.iter().filter_map(|typed| Term::parse(typed).ok());
    let label = Term { text: topic.label.clone(), kind: TermKind::Words, sign: TermSign::Plain };
    terms.chain(std::iter::once(label)).filter(|term| {
        term.sign != TermSign::Excluded
            && (term.kind != TermKind::Words || tokenize(&term.text, Language::Other).len() > 1)
    })
}

fn postings<'a>(model: &'a Model, of: impl Fn(&'a Learnt) -> &'a Vec<(u64, f32)>) -> ByStem<Vec<(u32, f32)>> {
    let mut postings: ByStem<Vec<(u32, f32)>> = HashMap::default();
    for (number, topic) in (0_u32..).zip(&model.topics) {
        for (stem, weight) in of(topic) {
            postings.entry(*stem).or_default().push((number, *weight));
        }
    }
    postings
}

fn as_vector(values: &[f32]) -> Vector {
    let mut vector = [0.0; DIMENSIONS];
    vector.iter_mut().zip(values).for_each(|(own, value)| *own = *value);
    vector
}
