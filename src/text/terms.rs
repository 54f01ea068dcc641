//! Terms looked for in a text: all rules at once, in one walk over its tokens.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use crate::domain::{Language, Term, TermKind};

use super::tokens::{Token, stem_hash, tokenize, word_hash};

/// One place where a term stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// Number of the term, in the order it was added.
    pub term: usize,
    /// Index of its first token.
    pub at: usize,
}

/// Terms made ready for looking up: by first stem, by first word, by prefix.
#[derive(Debug, Default)]
pub struct TermIndex {
    terms: Vec<Ready>,
    /// By the hash of the first word's stem, which is another in each language.
    by_stem: FirstWords,
    /// By the hash of the first word.
    by_word: FirstWords,
    /// By their first byte.
    prefixes: HashMap<u8, Vec<(String, usize)>, FixedState>,
}

/// Terms by their first word, of which the hash is known already: every word of every text is looked up here.
type FirstWords = HashMap<u64, Vec<usize>, FixedState>;

#[derive(Debug)]
struct Ready {
    /// Stems of each word, in French, in English and unstemmed; words for exact terms.
    french: Vec<String>,
    english: Vec<String>,
    words: Vec<String>,
    exact: bool,
}

impl TermIndex {
    /// Adds a term and gives its number.
    pub fn add(&mut self, term: &Term) -> usize {
        let number = self.terms.len();
        let read = |language| tokenize(&term.text, language);
        let stems = |language| read(language).into_iter().map(|token| token.stem().to_string()).collect::<Vec<_>>();
        let words: Vec<String> = read(Language::Other).into_iter().map(|token| token.word().to_string()).collect();
        let ready = Ready {
            french: stems(Language::French),
            english: stems(Language::English),
            words,
            exact: term.kind == TermKind::Exact,
        };
        match term.kind {
            TermKind::Prefix => {
                let prefix = super::tokens::fold(&term.text);
                if let Some(first) = prefix.bytes().next() {
                    self.prefixes.entry(first).or_default().push((prefix, number));
                }
            }
            TermKind::Exact => {
                if let Some(first) = ready.words.first() {
                    self.by_word.entry(word_hash(first)).or_default().push(number);
                }
            }
            TermKind::Words => {
                for (language, stems) in [
                    (Language::French, &ready.french),
                    (Language::English, &ready.english),
                    (Language::Other, &ready.words),
                ] {
                    if let Some(first) = stems.first() {
                        self.by_stem.entry(stem_hash(first, language)).or_default().push(number);
                    }
                }
            }
        }
        self.terms.push(ready);
        number
    }

    /// Number of words of a term.
    pub fn words(&self, term: usize) -> usize {
        self.terms[term].words.len()
    }

    /// Every place of every term in `tokens`, a text in `language`.
    pub fn find(&self, tokens: &[Token], language: Language) -> Vec<Hit> {
        let mut hits = Vec::new();
        for (at, token) in tokens.iter().enumerate() {
            let by_stem = self.by_stem.get(&token.stem_hash()).into_iter().flatten();
            let by_word = self.by_word.get(&token.hash()).into_iter().flatten();
            for &term in by_stem.chain(by_word) {
                if self.stands_at(term, &tokens[at..], language) {
                    hits.push(Hit { term, at });
                }
            }
            let first = token.word().as_bytes().first();
            for (prefix, term) in first.and_then(|first| self.prefixes.get(first)).into_iter().flatten() {
                if token.word().starts_with(prefix.as_str()) {
                    hits.push(Hit { term: *term, at });
                }
            }
        }
        hits
    }

    fn stands_at(&self, term: usize, tokens: &[Token], language: Language) -> bool {
        let ready = &self.terms[term];
        let compare = |wanted: &[String], of: fn(&Token) -> &str| {
            wanted.len() <= tokens.len() && wanted.iter().zip(tokens).all(|(word, token)| word == of(token))
        };
        if ready.exact {
            return compare(&ready.words, |token| token.word());
        }
        let stems = match language {
            Language::French => &ready.french,
            Language::English => &ready.english,
            Language::Other => &ready.words,
        };
        compare(stems, |token| token.stem())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(typed: &str, text: &str, language: Language) -> bool {
        let mut index = TermIndex::default();
        index.add(&Term::parse(typed).expect("a good term"));
        !index.find(&tokenize(text, language), language).is_empty()
    }

    #[test]
    fn words_match_by_stem_and_in_a_row() {
        assert!(finds("pompe à chaleur", "Les pompes à chaleur séduisent", Language::French));
        assert!(!finds("pompe à chaleur", "La chaleur de la pompe", Language::French));
        assert!(finds("heat pump", "Two heat pumps", Language::English));
    }

    #[test]
    fn exact_phrases_do_not_stem_and_prefixes_do_not_end() {
        assert!(finds("\"heat pump\"", "A Heat Pump", Language::English));
        assert!(!finds("\"heat pump\"", "heat pumps", Language::English));
        assert!(finds("isol*", "Isolants biosourcés", Language::French));
        assert!(finds("réno*", "RENOVER", Language::French));
    }
}
