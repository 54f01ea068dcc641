//! What scoring needs of an item: its stems with their counts, its length, its direction of meaning.

use crate::domain::Language;
use crate::text::reading::{Reading, TITLE_WEIGHT, is_stop_word};
use crate::text::tokens::{Token, tokenize};
use crate::text::vectors::{self, DIMENSIONS, Vector, unit};

/// A stem of a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stem {
    /// Its hash, another in each language.
    pub hash: u64,
    /// How often it stands there, words of the title counting [`TITLE_WEIGHT`] times.
    pub count: f32,
    /// How often its most usual form stands in texts at large.
    pub frequency: f32,
}

/// An item, or any text, made ready for scoring.
#[derive(Debug, Clone)]
pub struct Features {
    /// Language its words were stemmed in.
    pub(super) language: Language,
    /// Its stems in the order of their hashes; stop words are not among them.
    pub(super) stems: Vec<Stem>,
    /// Weighted number of words.
    pub(super) length: f32,
    /// Weighted sum of its words' vectors, at length 1.
    pub(super) vector: Vector,
    /// Its direction in a model from outside, where there is one.
    pub(super) outside: Vec<f32>,
}

impl Features {
    /// The features of an item's words; its categories count as words of its text.
    pub fn of(reading: &Reading, categories: &[String]) -> Self {
        let language = reading.language();
        let mut features =
            Features { language, stems: Vec::new(), length: 0.0, vector: [0.0; DIMENSIONS], outside: Vec::new() };
        features.take(&reading.title, TITLE_WEIGHT);
        features.take(&reading.body, 1.0);
        for category in categories {
            features.take(&tokenize(category, language), 1.0);
        }
        features.stems.sort_unstable_by_key(|stem| stem.hash);
        features.stems.dedup_by(|later, first| {
            let same = later.hash == first.hash;
            if same {
                first.count += later.count;
                first.frequency = first.frequency.max(later.frequency);
            }
            same
        });
        features.vector = unit(features.vector);
        features
    }

    fn take(&mut self, tokens: &[Token], weight: f32) {
        for token in tokens {
            vectors::add(token.known(), weight, &mut self.vector);
            if !is_stop_word(token.word()) {
                let frequency = vectors::frequency(token.known()).unwrap_or(0.0);
                self.stems.push(Stem { hash: token.stem_hash(), count: weight, frequency });
                self.length += weight;
            }
        }
    }
}

/// The direction of a few words: not at length 1, so that several can be added.
pub(super) fn direction(text: &str, weight: f32, sum: &mut Vector) {
    for token in tokenize(text, Language::French) {
        vectors::add(token.known(), weight, sum);
    }
}
