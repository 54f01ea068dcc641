//! How an item fits a person: their topics, their free phrases, what they wrote, what they answered, and what they never
//! want.
//!
//! The free phrases and the writings of all people are scored at once by the scorer of the line's topics, without siblings:
//! two people who know much the same are no rivals.

use std::collections::HashMap;

use crate::domain::{Ambassador, Expertise, Fit, Strength, Subject, Tagged, Term, Topic, TopicMatch};
use crate::text::reading::Reading;

use super::relevance::{Answer, Model, Seen, Taste, telling_words};
use super::topics::{THRESHOLD, TopicMatcher};

/// Telling words of a person's writings that are looked for.
const WRITTEN_WORDS: usize = 12;
/// Titles of theirs, the newest, that say what they write about.
const WRITTEN_TITLES: usize = 10;
/// Share of the relevance that writings alone are credited with: people write of what they practise.
const WRITTEN: f64 = 0.8;
/// Part of what a score lacks that writings on the same add to it.
const CONFIRMED: f64 = 0.25;

/// What is known of people beyond what they declare.
#[derive(Debug, Default)]
pub struct Evidence {
    /// What each wrote, the newest first.
    pub writings: HashMap<String, Vec<Reading>>,
    /// What each answered to suggestions, oldest first.
    pub answers: HashMap<String, Vec<GivenAnswer>>,
}

/// An answer of a person to an item.
#[derive(Debug, Clone)]
pub struct GivenAnswer {
    /// The item's words.
    pub reading: std::sync::Arc<Reading>,
    /// Its categories.
    pub categories: Vec<String>,
    /// What the line makes of it.
    pub tags: Tagged,
    /// They took it, or would have.
    pub taken: bool,
}

/// What people know, made ready for matching.
#[derive(Debug)]
pub struct ExpertiseMatcher {
    /// The free phrases of each person, by their number among `phrases`.
    free: HashMap<String, Vec<(usize, Strength)>>,
    /// What each wrote, by its number among `phrases`.
    written: HashMap<String, usize>,
    phrases: TopicMatcher,
    /// What the answers of each teach.
    tastes: HashMap<String, Taste>,
    /// Who declares a topic, and whose phrase or writings each of `phrases` is, by place.
    of_topic: HashMap<String, Vec<usize>>,
    of_phrase: Vec<Vec<usize>>,
}

/// How an item stands to all phrases: read once for all people.
#[derive(Debug, Default)]
pub struct Phrases {
    found: HashMap<usize, TopicMatch>,
    seen: Option<Seen>,
}

impl Phrases {
    /// Number of phrases that the item fits.
    pub fn len(&self) -> usize {
        self.found.len()
    }

    /// True when it fits none.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }
}

impl ExpertiseMatcher {
    /// Prepares these people, whose places are those of their order here. What was learnt of the archive for the line says how rare words are for them too.
    pub fn new<'a>(
        people: impl IntoIterator<Item = &'a Ambassador>,
        learnt: Option<&Model>,
        evidence: &Evidence,
    ) -> Self {
        let mut everybody = HashMap::new();
        let mut numbers: HashMap<&[String], usize> = HashMap::new();
        let mut topics: Vec<Topic> = Vec::new();
        let mut free = HashMap::new();
        let mut written = HashMap::new();
        let mut of_topic: HashMap<String, Vec<usize>> = HashMap::new();
        let mut of_phrase: Vec<Vec<usize>> = Vec::new();
        for (place, person) in people.into_iter().enumerate() {
            everybody.insert(person.id.as_str(), person);
            if let Some(texts) = evidence.writings.get(&person.id).filter(|texts| !texts.is_empty()) {
                topics.push(as_written(topics.len(), texts, learnt));
                written.insert(person.id.clone(), topics.len() - 1);
                of_phrase.push(vec![place]);
            }
            let own: &mut Vec<(usize, Strength)> = free.entry(person.id.clone()).or_default();
            for expertise in &person.expertise {
                if let Subject::Terms(terms) = &expertise.subject {
                    let number = *numbers.entry(terms.as_slice()).or_insert_with(|| {
                        topics.push(as_topic(topics.len(), terms));
                        of_phrase.push(Vec::new());
                        topics.len() - 1
                    });
                    own.push((number, expertise.strength));
                    of_phrase[number].push(place);
                }
                if let Subject::Topic(topic) = &expertise.subject {
                    let declared = of_topic.entry(topic.clone()).or_default();
                    if declared.last() != Some(&place) {
                        declared.push(place);
                    }
                }
            }
        }
        let phrases = TopicMatcher::alone(&topics, learnt);
        let mut matcher = ExpertiseMatcher { free, written, phrases, tastes: HashMap::new(), of_topic, of_phrase };
        let tastes = evidence.answers.iter().filter_map(|(id, answers)| {
            let person = everybody.get(id.as_str())?;
            Some((id.clone(), Taste::of(&matcher.answers(person, answers))?))
        });
        matcher.tastes = tastes.collect();
        matcher
    }

    /// Answers with how well each item fitted without them. What is outside teaches nothing.
    fn answers(&self, person: &Ambassador, given: &[GivenAnswer]) -> Vec<Answer> {
        let one = |answer: &GivenAnswer| {
            let phrases = self.read(&answer.reading, &answer.categories);
            let fit = self.fit_without_answers(person, &answer.tags, &phrases)?;
            let seen = self.phrases.scorer().seen(&self.phrases.scorer().read(&answer.reading, &answer.categories));
            Some(Answer { seen, fit: fit.score, taken: answer.taken })
        };
        given.iter().filter_map(one).collect()
    }

    /// Places of the people who declare a topic of the line.
    pub fn declaring(&self, topic: &str) -> &[usize] {
        self.of_topic.get(topic).map_or(&[], Vec::as_slice)
    }

    /// Places of the people whose own phrases or writings an item is about.
    pub fn named_by(&self, phrases: &Phrases) -> Vec<usize> {
        let mut places: Vec<usize> =
            phrases.found.keys().filter_map(|number| self.of_phrase.get(*number)).flatten().copied().collect();
        places.sort_unstable();
        places.dedup();
        places
    }

    /// How an item stands to all free phrases.
    pub fn read(&self, reading: &Reading, categories: &[String]) -> Phrases {
        let seen = (!self.tastes.is_empty()).then(|| {
            let scorer = self.phrases.scorer();
            scorer.seen(&scorer.read(reading, categories))
        });
        if self.phrases.is_empty() {
            return Phrases { found: HashMap::new(), seen };
        }
        let found = self.phrases.matches(reading, categories, THRESHOLD);
        Phrases {
            found: found.into_iter().filter_map(|found| Some((found.topic.parse().ok()?, found))).collect(),
            seen,
        }
    }

    /// How an item fits `person`; `None` when it is outside what they know, or on a topic they never want.
    ///
    /// An item outside is never suggested, however hot it is (requirement B3).
    pub fn fit(&self, person: &Ambassador, tagged: &Tagged, phrases: &Phrases) -> Option<Fit> {
        let mut fit = self.fit_without_answers(person, tagged, phrases)?;
        if let (Some(taste), Some(seen)) = (self.tastes.get(&person.id), &phrases.seen) {
            fit.score = taste.fit(seen, fit.score);
        }
        Some(fit)
    }

    fn fit_without_answers(&self, person: &Ambassador, tagged: &Tagged, phrases: &Phrases) -> Option<Fit> {
        if tagged.topics.iter().any(|found| person.not_me.contains(&found.topic)) {
            return None;
        }
        let by_topic = tagged.topics.iter().filter_map(|found| {
            let Expertise { strength, by_role, .. } = *person.expertise_in(&found.topic)?;
            let score = found.score * strength.weight();
            Some(Fit { topic: found.clone(), strength, by_role, term: None, written: Vec::new(), score })
        });
        let best = tagged.topics.first();
        let by_terms = self.free.get(&person.id).into_iter().flatten().filter_map(|(number, strength)| {
            let own = phrases.found.get(number).filter(|own| !own.in_title.is_empty())?;
            let on_the_line = best?.clone();
            Some(Fit {
                score: own.score.max(on_the_line.score) * strength.weight(),
                topic: on_the_line,
                strength: *strength,
                by_role: false,
                term: own.in_title.first().cloned(),
                written: Vec::new(),
            })
        });
        let own_words = self.written.get(&person.id).and_then(|number| phrases.found.get(number)).and_then(|own| {
            let words: Vec<String> = own.in_title.iter().chain(&own.in_text).cloned().collect();
            // One word in passing is chance.
            (!own.in_title.is_empty() || words.len() >= 2).then_some((own.score, words))
        });
        // Of two equal ones the last counts: a declared topic says more than a free term, and that more than a text.
        let declared = by_terms.chain(by_topic).max_by(|one, other| one.score.total_cmp(&other.score));
        let Some(mut fit) = declared else {
            let (topic, (score, written)) = (best?.clone(), own_words?);
            let score = score.min(topic.score) * WRITTEN;
            return Some(Fit { topic, strength: Strength::Practises, by_role: false, term: None, written, score });
        };
        if let Some((score, words)) = own_words {
            fit.score += CONFIRMED * score * (1.0 - fit.score).max(0.0);
            fit.written = words;
        }
        Some(fit)
    }
}

/// What a person writes about, as a topic: its telling words, and the titles.
fn as_written(number: usize, texts: &[Reading], learnt: Option<&Model>) -> Topic {
    let titles: Vec<String> =
        texts.iter().take(WRITTEN_TITLES).map(|text| text.title_words(0, text.title.len()).to_owned()).collect();
    Topic { about: titles.join(". "), ..as_topic(number, &telling_words(texts, learnt, WRITTEN_WORDS)) }
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
        angles: vec![],
        weight: 1.0,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::domain::{Channel, Language};

    fn person(expertise: Vec<Expertise>) -> Ambassador {
        Ambassador {
            id: "elodie".into(),
            name: "Élodie Martin".into(),
            email: String::new(),
            language: Language::French,
            reads: vec![Language::French],
            role: None,
            expertise,
            objectives: vec![],
            not_me: vec!["luxe".into()],
            channels: vec![Channel::LinkedIn],
            channels_chosen: false,
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

    fn tags(topic: &str) -> Tagged {
        let found = TopicMatch { topic: topic.into(), score: 0.7, in_title: vec![], in_text: vec![], close: vec![] };
        Tagged { topics: vec![found], ..Tagged::default() }
    }

    fn reading(title: &str) -> Reading {
        Reading::new(title, "", Language::French)
    }

    fn evidence() -> Evidence {
        let texts = [
            "Le géocooling sans forage dans une école",
            "Géocooling : ce que disent deux ans de relevés",
            "Pourquoi le géocooling plaît aux maires",
        ];
        Evidence { writings: HashMap::from([("elodie".into(), texts.map(reading).into())]), answers: HashMap::new() }
    }

    #[test]
    fn what_a_person_wrote_makes_an_item_theirs_and_confirms_what_they_declare() {
        let item = reading("Le géocooling gagne les écoles de Nantes");
        let other = reading("Le recrutement des apprentis");
        let silent = person(vec![]);
        let matcher = ExpertiseMatcher::new([&silent], None, &evidence());
        let fit = matcher.fit(&silent, &tags("froid"), &matcher.read(&item, &[])).expect("her writings");
        assert!(fit.written.contains(&"géocooling".to_owned()) && fit.score > 0.3);
        assert!(matcher.fit(&silent, &tags("froid"), &matcher.read(&other, &[])).is_none());
        assert!(matcher.fit(&silent, &tags("luxe"), &matcher.read(&item, &[])).is_none(), "not me stays not me");
        let subject = Subject::Topic("froid".into());
        let declares = person(vec![Expertise { subject, strength: Strength::Practises, by_role: false }]);
        let without = ExpertiseMatcher::new([&declares], None, &Evidence::default());
        let with = ExpertiseMatcher::new([&declares], None, &evidence());
        let score = |matcher: &ExpertiseMatcher, text: &Reading| {
            matcher.fit(&declares, &tags("froid"), &matcher.read(text, &[])).map_or(0.0, |fit| fit.score)
        };
        assert!(score(&with, &item) > score(&without, &item));
        assert_eq!(score(&with, &other), score(&without, &other), "no writing of hers is about it");
    }

    #[test]
    fn what_a_person_answered_moves_what_is_like_it_and_brings_in_nothing_from_outside() {
        let subject = Subject::Topic("chantier".into());
        let person = person(vec![Expertise { subject, strength: Strength::Practises, by_role: false }]);
        let answer = |title: &str, taken| GivenAnswer {
            reading: Arc::new(reading(title)),
            categories: vec![],
            tags: tags("chantier"),
            taken,
        };
        let answers = (0..4)
            .flat_map(|_| [answer("Le recrutement des apprentis", true), answer("Le prix du béton monte", false)])
            .collect();
        let known = Evidence { writings: HashMap::new(), answers: HashMap::from([("elodie".into(), answers)]) };
        let matcher = ExpertiseMatcher::new([&person], None, &known);
        let score = |title: &str, topic: &str| {
            let phrases = matcher.read(&reading(title), &[]);
            matcher.fit(&person, &tags(topic), &phrases).map(|fit| fit.score)
        };
        assert!(score("Recruter des apprentis", "chantier") > score("Le béton coûte cher", "chantier"));
        assert_eq!(score("Recruter des apprentis", "finance"), None);
    }
}
