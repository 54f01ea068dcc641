//! Topics of an item: the scorer says how likely each is, the terms of the line found in it say why, and required and
//! excluded terms decide.

use std::collections::BTreeMap;

use crate::domain::{Term, TermSign, Topic, TopicMatch};
use crate::text::outside::Outside;
use crate::text::reading::{Reading, is_stop_word};
use crate::text::terms::TermIndex;
use crate::text::tokens::{Token, tokenize};

use super::relevance::{Judgements, Model, Sample, Scorer};

/// Score from which an item is on a topic: more often right than wrong, over the sets it was fitted on.
pub const THRESHOLD: f64 = 0.4;
/// Words near a topic that are told, at most, and how near they must be.
const CLOSE: usize = 3;
const NEAR: f32 = 0.35;

/// Topics made ready for matching.
#[derive(Debug)]
pub(super) struct TopicMatcher {
    ids: Vec<String>,
    index: TermIndex,
    /// Topic and sign of each term of the index.
    rules: Vec<(usize, TermSign)>,
    scorer: Scorer,
    /// True when nobody is told which words are near: free phrases of people, of which there are many.
    silent: bool,
}

/// Where a term of the line stands in an item.
#[derive(Debug, Default)]
struct Found {
    in_title: bool,
    /// The words as the item writes them: they are true of it, the term of the line may not be.
    words: String,
}

impl TopicMatcher {
    /// Prepares topics with what was learnt of the archive for them, if anything.
    pub fn new(topics: &[Topic], model: Option<Model>, outside: Option<&Outside>) -> Self {
        let mut index = TermIndex::default();
        let mut rules = Vec::new();
        for (number, topic) in topics.iter().enumerate() {
            for term in topic.terms.iter().filter_map(|typed| Term::parse(typed).ok()) {
                index.add(&term);
                rules.push((number, term.sign));
            }
        }
        let ids = topics.iter().map(|topic| topic.id.clone()).collect();
        TopicMatcher { ids, index, rules, scorer: Scorer::new(topics, model, outside), silent: false }
    }

    /// Prepares topics that are no siblings: free phrases of people. Of what was learnt, only how rare words are counts.
    pub fn alone(topics: &[Topic], learnt: Option<&Model>) -> Self {
        let mut matcher = TopicMatcher::new(&[], None, None);
        for (number, topic) in topics.iter().enumerate() {
            for term in topic.terms.iter().filter_map(|typed| Term::parse(typed).ok()) {
                matcher.index.add(&term);
                matcher.rules.push((number, term.sign));
            }
        }
        matcher.ids = topics.iter().map(|topic| topic.id.clone()).collect();
        matcher.scorer = Scorer::alone(topics, learnt);
        matcher.silent = true;
        matcher
    }

    /// True without any topic.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The scorer within.
    pub fn scorer(&self) -> &Scorer {
        &self.scorer
    }

    /// Learns from texts.
    pub fn learn(&mut self, texts: &[Sample], judged: &Judgements) {
        self.scorer.learn(texts, judged);
    }

    /// Topics at or above `least`, best first.
    pub fn matches(&self, reading: &Reading, categories: &[String], least: f64) -> Vec<TopicMatch> {
        let sample = self.scorer.read(reading, categories);
        let found = self.found(reading, categories);
        let scores = self.scorer.scores(&sample, &self.in_title(&found));
        let mut matches: Vec<TopicMatch> = scores
            .into_iter()
            .map(f64::from)
            .enumerate()
            .filter(|(topic, score)| *score >= least && self.allows(*topic, &found))
            .map(|(topic, score)| self.told(topic, score, &found, reading))
            .collect();
        matches.sort_by(|one, other| other.score.total_cmp(&one.score).then_with(|| one.topic.cmp(&other.topic)));
        matches
    }

    /// Every term found, by its number.
    fn found(&self, reading: &Reading, categories: &[String]) -> BTreeMap<usize, Found> {
        let language = reading.language();
        let mut found: BTreeMap<usize, Found> = BTreeMap::new();
        let mut note = |term: usize, in_title: bool, words: &str| {
            let entry = found.entry(term).or_default();
            entry.in_title |= in_title;
            if entry.words.is_empty() {
                entry.words = lower(words);
            }
        };
        for hit in self.index.find(&reading.title, language) {
            note(hit.term, true, reading.title_words(hit.at, self.index.words(hit.term)));
        }
        for hit in self.index.find(&reading.body, language) {
            note(hit.term, false, reading.body_words(hit.at, self.index.words(hit.term)));
        }
        for category in categories {
            for hit in self.index.find(&tokenize(category, language), language) {
                note(hit.term, false, category);
            }
        }
        found
    }

    /// Topics of which a term stands in the title.
    fn in_title(&self, found: &BTreeMap<usize, Found>) -> Vec<bool> {
        let mut named = vec![false; self.ids.len()];
        for (term, _) in found.iter().filter(|(_, hit)| hit.in_title) {
            let (topic, sign) = self.rules[*term];
            named[topic] |= sign != TermSign::Excluded;
        }
        named
    }

    /// Required terms are there, excluded ones are not.
    fn allows(&self, topic: usize, found: &BTreeMap<usize, Found>) -> bool {
        self.rules.iter().enumerate().filter(|(_, (of, _))| *of == topic).all(|(term, (_, sign))| match sign {
            TermSign::Plain => true,
            TermSign::Required => found.contains_key(&term),
            TermSign::Excluded => !found.contains_key(&term),
        })
    }

    fn told(&self, topic: usize, score: f64, found: &BTreeMap<usize, Found>, reading: &Reading) -> TopicMatch {
        let (mut in_title, mut in_text) = (Vec::new(), Vec::new());
        for (term, hit) in found {
            if self.rules[*term].0 != topic || hit.words.is_empty() {
                continue;
            }
            let list = if hit.in_title { &mut in_title } else { &mut in_text };
            if !list.contains(&hit.words) {
                list.push(hit.words.clone());
            }
        }
        let close = if self.silent { Vec::new() } else { self.close(topic, reading, &[&in_title, &in_text]) };
        TopicMatch { topic: self.ids[topic].clone(), score, in_title, in_text, close }
    }

    /// Words of the item that are near the topic, though the line does not name them: those of the title first.
    fn close(&self, topic: usize, reading: &Reading, named: &[&Vec<String>; 2]) -> Vec<String> {
        let is_named = |word: &str| named.iter().any(|list| list.iter().any(|words| words.contains(word)));
        let mut near: Vec<(f32, usize, &Token, &str)> = Vec::new();
        let of_title = (0..reading.title.len()).map(|at| (&reading.title[at], reading.title_words(at, 1)));
        let of_body = (0..reading.body.len()).map(|at| (&reading.body[at], reading.body_words(at, 1)));
        for (order, (token, written)) in of_title.chain(of_body).enumerate() {
            let telling = token.word().len() > 3 && !is_stop_word(token.word()) && !is_named(&lower(written));
            let nearness = if telling { self.scorer.nearness(topic, token) } else { 0.0 };
            if nearness >= NEAR && !near.iter().any(|(_, _, known, _)| known.stem() == token.stem()) {
                near.push((nearness, order, token, written));
            }
        }
        near.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
        near.into_iter().take(CLOSE).map(|(_, _, _, written)| lower(written)).collect()
    }
}

/// Lower case but for words all in capitals, such as BIM.
pub(super) fn lower(words: &str) -> String {
    let one = |word: &str| if word.chars().any(char::is_lowercase) { word.to_lowercase() } else { word.to_owned() };
    words.split_whitespace().map(one).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Language;

    fn topic(terms: &[&str]) -> Topic {
        Topic {
            id: "renovation".into(),
            label: "Rénovation".into(),
            translations: vec![],
            terms: terms.iter().map(|term| (*term).into()).collect(),
            about: String::new(),
            audience: "clients".into(),
            promise: None,
            angles: vec![],
            weight: 1.0,
        }
    }

    fn score(terms: &[&str], title: &str, text: &str) -> f64 {
        let matcher = TopicMatcher::new(&[topic(terms)], None, None);
        let reading = Reading::new(title, text, Language::French);
        matcher.matches(&reading, &[], THRESHOLD).first().map_or(0.0, |found| found.score)
    }

    #[test]
    fn a_title_counts_more_than_a_passing_word() {
        let passing = format!("{} isolation {}", "mot ".repeat(150), "mot ".repeat(150));
        assert!(score(&["isolation"], "L’isolation des combles", "") > THRESHOLD);
        assert_eq!(score(&["isolation"], "Autre chose", &passing), 0.0);
        assert!(
            score(&["isolation", "pompe à chaleur"], "Autre", "isolation, isolation et pompe à chaleur") > THRESHOLD
        );
    }

    #[test]
    fn required_and_excluded_terms_decide() {
        assert_eq!(score(&["isolation", "+bâtiment"], "L’isolation phonique", ""), 0.0);
        assert!(score(&["isolation", "+bâtiment"], "L’isolation du bâtiment", "") > 0.0);
        assert_eq!(score(&["isolation", "-\"immobilier de luxe\""], "Isolation et immobilier de luxe", ""), 0.0);
    }

    #[test]
    fn the_score_says_which_words_made_it() {
        let matcher = TopicMatcher::new(&[topic(&["pompe à chaleur", "isol*"])], None, None);
        let reading = Reading::new("Les pompes à chaleur", "Il faut isoler.", Language::French);
        let found = matcher.matches(&reading, &[], THRESHOLD);
        assert_eq!(
            (found[0].in_title.clone(), found[0].in_text.clone()),
            (vec!["pompes à chaleur".into()], vec!["isoler".into()])
        );
    }
}
