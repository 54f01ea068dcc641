//! The words that tell somebody's writings from all others.

use std::collections::HashMap;

use crate::text::reading::{Reading, is_stop_word};
use crate::text::vectors;

use super::model::{Model, as_f32};

/// Letters of a telling word, at least.
const LETTERS: usize = 4;

/// The words of `texts` that tell most, as they are written there; at most `count`, the most telling first.
///
/// Each text gives a word's logarithm of its count times its rarity; a word of one text among several tells nothing of who
/// wrote them.
pub fn telling_words(texts: &[Reading], learnt: Option<&Model>, count: usize) -> Vec<String> {
    #[derive(Default)]
    struct Known {
        weight: f32,
        texts: u32,
        written: String,
    }
    let mut known: HashMap<u64, Known> = HashMap::new();
    for text in texts {
        let mut counts: HashMap<u64, (u32, f32, &str)> = HashMap::new();
        for (tokens, title) in [(&text.title, true), (&text.body, false)] {
            for (at, token) in tokens.iter().enumerate() {
                let telling = token.word().chars().count() >= LETTERS
                    && token.word().chars().all(char::is_alphabetic)
                    && !is_stop_word(token.word());
                if telling {
                    let written = if title { text.title_words(at, 1) } else { text.body_words(at, 1) };
                    let frequency = vectors::frequency(token.known()).unwrap_or(0.0);
                    counts.entry(token.stem_hash()).or_insert((0, frequency, written)).0 += if title { 3 } else { 1 };
                }
            }
        }
        for (stem, (number, frequency, written)) in counts {
            let rarity = match learnt {
                Some(model) => model.archive.rarity_in(stem, 0, frequency),
                None => (1e-3 / frequency.max(1e-7)).ln().max(0.1),
            };
            let own = known.entry(stem).or_default();
            own.weight += (1.0 + as_f32(number).ln()) * rarity;
            own.texts += 1;
            // One form for ever, whatever the order of texts.
            if own.written.is_empty() || written < own.written.as_str() {
                written.clone_into(&mut own.written);
            }
        }
    }
    let least = if texts.len() >= 3 { 2 } else { 1 };
    let mut words: Vec<(u64, Known)> = known.into_iter().filter(|(_, own)| own.texts >= least).collect();
    words.sort_by(|one, other| other.1.weight.total_cmp(&one.1.weight).then(one.0.cmp(&other.0)));
    words.into_iter().take(count).map(|(_, own)| own.written.to_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Language;

    #[test]
    fn words_that_come_back_and_are_rare_tell_and_others_do_not() {
        let texts: Vec<Reading> = [
            ("Le géocooling sans forage", "Nous avons posé un géocooling dans une école, et la ville a suivi."),
            ("Géocooling : deux ans après", "Les relevés de la ville disent ce que le géocooling a changé."),
            ("Ce que les écoles attendent", "Une école attend du géocooling qu’il se fasse oublier."),
        ]
        .map(|(title, text)| Reading::new(title, text, Language::French))
        .into();
        let words = telling_words(&texts, None, 3);
        assert_eq!(words.first().map(String::as_str), Some("géocooling"));
        assert!(!words.iter().any(|word| word == "forage"), "it stands in one text: {words:?}");
    }
}
