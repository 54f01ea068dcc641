//! Same text: containment of 4-word shingles in the shorter of two texts.
//!
//! Containment sees what SimHash and Jaccard miss: a teaser, a newsletter extract, a copy with a third cut.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::text::tokens::Token;

/// Words of a shingle.
const WIDTH: usize = 4;
/// Share of the shorter text that must stand in the longer one.
const CONTAINED: f64 = 0.5;
/// Shingles that must be shared: below, a common phrase would do.
const LEAST_SHARED: usize = 20;

/// Texts already seen, by their shingles.
#[derive(Debug, Default)]
pub(super) struct Shingles {
    seen: HashMap<u64, Vec<usize>>,
    sizes: Vec<usize>,
}

impl Shingles {
    /// Finds the earliest text that `body` repeats or that repeats it, then adds `body`. Texts are numbered in the
    /// order they are added. `comparable` says which of them may be merged with this one.
    pub fn find_and_add(&mut self, body: &[Token], comparable: impl Fn(usize) -> bool) -> Option<usize> {
        let shingles = shingles(body);
        let mut shared: HashMap<usize, usize> = HashMap::new();
        for shingle in &shingles {
            for &other in self.seen.get(shingle).into_iter().flatten() {
                *shared.entry(other).or_default() += 1;
            }
        }
        let contained = |other: usize, shared: usize| {
            let shorter = shingles.len().min(self.sizes[other]);
            shared >= LEAST_SHARED && ratio(shared, shorter) >= CONTAINED && comparable(other)
        };
        let found = shared.iter().filter(|(other, shared)| contained(**other, **shared)).map(|(other, _)| *other).min();
        let number = self.sizes.len();
        self.sizes.push(shingles.len());
        for shingle in shingles {
            match self.seen.entry(shingle) {
                Entry::Occupied(mut list) => list.get_mut().push(number),
                Entry::Vacant(list) => {
                    list.insert(vec![number]);
                }
            }
        }
        found
    }
}

/// Distinct shingles of a text, as stable 64-bit hashes.
fn shingles(body: &[Token]) -> Vec<u64> {
    let mut hashes: Vec<u64> = body
        .windows(WIDTH)
        .map(|window| {
            let mut hasher = blake3::Hasher::new();
            for token in window {
                hasher.update(token.word.as_bytes()).update(b" ");
            }
            let mut first = [0; 8];
            first.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
            u64::from_le_bytes(first)
        })
        .collect();
    hashes.sort_unstable();
    hashes.dedup();
    hashes
}

#[expect(clippy::cast_precision_loss, reason = "counts of shingles are far below 2^52")]
fn ratio(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Language;
    use crate::text::tokens::tokenize;

    fn text(seed: usize, words: usize) -> Vec<Token> {
        let words: Vec<String> =
            (0..words).map(|at| format!("mot{}", (at * at * 31 + at * seed * 977 + seed) % 100_003)).collect();
        tokenize(&words.join(" "), Language::French)
    }

    #[test]
    fn a_teaser_and_a_cut_copy_are_seen_and_others_are_not() {
        let mut seen = Shingles::default();
        let whole = text(1, 300);
        assert_eq!(seen.find_and_add(&whole, |_| true), None);
        assert_eq!(seen.find_and_add(&text(2, 300), |_| true), None);
        assert_eq!(seen.find_and_add(&whole[..80], |_| true), Some(0));
        assert_eq!(seen.find_and_add(&whole[100..], |_| true), Some(0));
        assert_eq!(seen.find_and_add(&whole, |_| false), None, "never across a class");
    }

    #[test]
    fn a_shared_formula_is_no_copy() {
        let mut seen = Shingles::default();
        let mut one = text(3, 200);
        let mut other = text(4, 200);
        let formula = text(5, 15);
        one.extend(formula.clone());
        other.extend(formula);
        assert_eq!(seen.find_and_add(&one, |_| true), None);
        assert_eq!(seen.find_and_add(&other, |_| true), None);
    }
}
