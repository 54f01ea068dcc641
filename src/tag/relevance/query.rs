//! A topic as it is looked for: stems with weights in each language, terms found as they stand, a direction of meaning.

use std::collections::HashMap;

use crate::domain::{Language, Term, TermKind, TermSign, Topic};
use crate::text::outside::Outside;
use crate::text::reading::is_stop_word;
use crate::text::tokens::tokenize;
use crate::text::vectors::{self, DIMENSIONS, Vector, unit};

use super::features::direction;

/// Weight of a term of one word, and of a label of one word.
const TERM: f32 = 1.0;
/// Weight of each word of a phrase: alone it may mean something else, and the phrase itself counts besides.
const PART: f32 = 0.4;
/// Weight of a word of the sentence about the topic, and of a longer label.
const ABOUT: f32 = 0.5;
/// How much more of the directions of siblings a topic's own is made free of.
const SIBLINGS: f32 = 0.8;

/// The languages that items are analysed in.
pub(super) const LANGUAGES: [Language; 3] = [Language::French, Language::English, Language::Other];

/// A topic, ready to be looked for.
#[derive(Debug, Clone, Default)]
pub(super) struct Query {
    /// Stems by their hash, which is another in each language, with their weight and how often the word stands in texts.
    pub stems: HashMap<u64, (f32, f32)>,
    /// The same by language.
    by_language: [Vec<u64>; 3],
    /// The stems of its label and terms in each language: how many of them an archive knows says how far words can tell.
    pub vocabulary: [Vec<u64>; 3],
    /// Direction of its words, at length 1.
    pub vector: Vec<f32>,
    /// The same in a model from outside, where there is one.
    pub outside: Vec<f32>,
}

impl Query {
    /// Reads a topic.
    pub fn of(topic: &Topic, outside: Option<&Outside>) -> Self {
        let mut query = Query::default();
        let mut sum: Vector = [0.0; DIMENSIONS];
        let terms: Vec<Term> = topic.terms.iter().filter_map(|typed| Term::parse(typed).ok()).collect();
        let wanted = || terms.iter().filter(|term| term.sign != TermSign::Excluded);
        query.add(&topic.about, ABOUT, false);
        direction(&topic.about, ABOUT, &mut sum);
        for label in std::iter::once(&topic.label).chain(topic.translations.iter().map(|(_, label)| label)) {
            let alone = words(label) == 1;
            query.add(label, if alone { TERM } else { ABOUT }, true);
            direction(label, 1.0, &mut sum);
        }
        for term in wanted() {
            direction(&term.text, 1.0, &mut sum);
            if term.kind != TermKind::Prefix {
                let alone = term.kind == TermKind::Words && words(&term.text) == 1;
                query.add(&term.text, if alone { TERM } else { PART }, true);
            }
        }
        query.vector = unit(sum).to_vec();
        query.outside = outside.map_or_else(Vec::new, |outside| {
            let terms: Vec<&str> = wanted().map(|term| term.text.as_str()).collect();
            outside.direction(&format!("{}, {}. {}", topic.label, terms.join(", "), topic.about))
        });
        query
    }

    /// Its stems in a language.
    pub fn stems_in(&self, language: Language) -> impl Iterator<Item = u64> + '_ {
        self.by_language[language as usize].iter().copied()
    }

    fn add(&mut self, text: &str, weight: f32, names: bool) {
        for (number, language) in LANGUAGES.into_iter().enumerate() {
            for token in tokenize(text, language).iter().filter(|token| !is_stop_word(token.word())) {
                let hash = token.stem_hash();
                let frequency = vectors::frequency(token.known()).unwrap_or(0.0);
                if !self.by_language[number].contains(&hash) {
                    self.by_language[number].push(hash);
                }
                let known = self.stems.entry(hash).or_insert((weight, frequency));
                *known = (known.0.max(weight), known.1.max(frequency));
                if names && !self.vocabulary[number].contains(&hash) {
                    self.vocabulary[number].push(hash);
                }
            }
        }
    }
}

fn words(text: &str) -> usize {
    tokenize(text, Language::Other).iter().filter(|token| !is_stop_word(token.word())).count()
}

/// A direction of any length without a share of another, at length 1.
pub(super) fn free_of(direction: &[f32], mean: &[f32], share: f32) -> Vec<f32> {
    let own: Vec<f32> = direction.iter().zip(mean).map(|(value, mean)| value - share * mean).collect();
    let length = own.iter().map(|value| value * value).sum::<f32>().sqrt().max(1e-6);
    own.into_iter().map(|value| value / length).collect()
}

/// Makes each direction free of what all of them share: what tells a topic from its siblings is what counts.
pub(super) fn part(queries: &mut [Query]) {
    if queries.len() < 2 {
        return;
    }
    let mut mean = [0.0_f32; DIMENSIONS];
    let count = f32::from(u16::try_from(queries.len()).unwrap_or(u16::MAX));
    for query in queries.iter() {
        mean.iter_mut().zip(&query.vector).for_each(|(mean, value)| *mean += value / count);
    }
    let mut shared = vec![0.0_f32; queries[0].outside.len()];
    for query in queries.iter() {
        shared.iter_mut().zip(&query.outside).for_each(|(mean, value)| *mean += value / count);
    }
    for query in queries {
        query.outside = free_of(&query.outside, &shared, SIBLINGS);
        let mut own = [0.0_f32; DIMENSIONS];
        for (value, (direction, mean)) in own.iter_mut().zip(query.vector.iter().zip(&mean)) {
            *value = direction - SIBLINGS * mean;
        }
        query.vector = unit(own).to_vec();
    }
}
