//! Topics of an item, by the terms of the line: a simple lexical score that explains itself.
//!
//! Each term found adds to its topic: more in the title, more when it is a phrase, with diminishing returns for
//! repetition in a long text. The sum is squashed to 0..1, so that a score means the same for every topic.

use std::collections::BTreeMap;

use crate::domain::{Term, TermKind, TermSign, Topic, TopicMatch};
use crate::text::reading::Reading;
use crate::text::terms::TermIndex;
use crate::text::tokens::tokenize;

/// Score from which an item is on a topic.
pub const THRESHOLD: f64 = 0.45;

#[derive(Debug)]
struct Rule {
    topic: usize,
    sign: TermSign,
    weight: f64,
}

/// Topics made ready for matching.
#[derive(Debug)]
pub(super) struct TopicMatcher {
    ids: Vec<(String, f64)>,
    index: TermIndex,
    rules: Vec<Rule>,
}

#[derive(Debug, Default)]
struct Found {
    in_title: bool,
    in_text: u32,
    /// The words as the item writes them: they are true of it, the term of the line may not be.
    words: String,
}

impl TopicMatcher {
    pub fn new(topics: &[Topic]) -> Self {
        let mut matcher = TopicMatcher { ids: Vec::new(), index: TermIndex::default(), rules: Vec::new() };
        for (number, topic) in topics.iter().enumerate() {
            matcher.ids.push((topic.id.clone(), f64::from(topic.weight)));
            for typed in &topic.terms {
                let Ok(term) = Term::parse(typed) else {
                    continue;
                };
                let rule = matcher.index.add(&term);
                let phrase = matcher.index.words(rule) > 1;
                matcher.rules.push(Rule {
                    topic: number,
                    sign: term.sign,
                    weight: match term.kind {
                        TermKind::Prefix => 0.85,
                        _ if phrase => 1.25,
                        _ => 1.0,
                    },
                });
            }
        }
        matcher
    }

    /// Topics at or above [`THRESHOLD`], best first.
    pub fn matches(&self, reading: &Reading, categories: &[String]) -> Vec<TopicMatch> {
        let language = reading.language();
        let mut found: BTreeMap<usize, Found> = BTreeMap::new();
        for hit in self.index.find(&reading.title, language) {
            let entry = found.entry(hit.term).or_default();
            entry.in_title = true;
            if entry.words.is_empty() {
                entry.words = lower(reading.title_words(hit.at, self.index.words(hit.term)));
            }
        }
        for hit in self.index.find(&reading.body, language) {
            let entry = found.entry(hit.term).or_default();
            entry.in_text += 1;
            if entry.words.is_empty() {
                entry.words = lower(reading.body_words(hit.at, self.index.words(hit.term)));
            }
        }
        for category in categories {
            for hit in self.index.find(&tokenize(category, language), language) {
                let entry = found.entry(hit.term).or_default();
                entry.in_text += 1;
                if entry.words.is_empty() {
                    entry.words = lower(category);
                }
            }
        }
        let length = f64::from(u32::try_from(reading.body.len()).unwrap_or(u32::MAX));
        let mut matches: Vec<TopicMatch> = (0..self.ids.len())
            .filter_map(|topic| self.score(topic, &found, length))
            .filter(|found| found.score >= THRESHOLD)
            .collect();
        matches.sort_by(|one, other| other.score.total_cmp(&one.score).then_with(|| one.topic.cmp(&other.topic)));
        matches
    }

    fn score(&self, topic: usize, found: &BTreeMap<usize, Found>, length: f64) -> Option<TopicMatch> {
        let mut sum = 0.0;
        let (mut in_title, mut in_text) = (Vec::new(), Vec::new());
        for (number, rule) in self.rules.iter().enumerate().filter(|(_, rule)| rule.topic == topic) {
            let Some(hit) = found.get(&number) else {
                if rule.sign == TermSign::Required {
                    return None;
                }
                continue;
            };
            if rule.sign == TermSign::Excluded {
                return None;
            }
            let times = f64::from(hit.in_text);
            let text = 1.1 * times / (times + 0.7 + length / 600.0);
            sum += rule.weight * (f64::from(u8::from(hit.in_title)) + text);
            let list = if hit.in_title { &mut in_title } else { &mut in_text };
            if !hit.words.is_empty() && !list.contains(&hit.words) {
                list.push(hit.words.clone());
            }
        }
        let (id, weight) = &self.ids[topic];
        (sum > 0.0).then(|| TopicMatch { topic: id.clone(), score: 1.0 - (-sum * weight).exp(), in_title, in_text })
    }
}

/// Lower case but for words all in capitals, such as BIM.
fn lower(words: &str) -> String {
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
            weight: 1.0,
        }
    }

    fn score(terms: &[&str], title: &str, text: &str) -> f64 {
        let matcher = TopicMatcher::new(&[topic(terms)]);
        let reading = Reading::new(title, text, Language::French);
        matcher.matches(&reading, &[]).first().map_or(0.0, |found| found.score)
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
        let matcher = TopicMatcher::new(&[topic(&["pompe à chaleur", "isol*"])]);
        let reading = Reading::new("Les pompes à chaleur", "Il faut isoler.", Language::French);
        let found = matcher.matches(&reading, &[]);
        assert_eq!(
            (found[0].in_title.clone(), found[0].in_text.clone()),
            (vec!["pompes à chaleur".into()], vec!["isoler".into()])
        );
    }
}
