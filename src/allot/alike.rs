//! How alike two texts are: runs of three words that both have, of all (Jaccard index over shingles; Broder, 1997).

use crate::text::tokens::word_hash;

/// How alike two texts of an edition may be.
pub(super) const ALIKE: f64 = 0.29;

/// A text without what it quotes.
pub(super) fn bare(text: &str) -> String {
    let mut depth = 0;
    let mut outside = |c: char| {
        depth += i32::from(matches!(c, '«' | '“')) - i32::from(matches!(c, '»' | '”'));
        depth == 0
    };
    text.chars().filter(|c| outside(*c)).collect()
}

/// Numbers of the words of a text.
pub(super) fn word_numbers(text: &str) -> Vec<u64> {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(word_hash).collect()
}

/// Numbers of the runs of three words, in ascending order.
pub(super) fn runs(words: &[u64]) -> Vec<u64> {
    let number = |run: &[u64]| run.iter().fold(0_u64, |sum, word| sum.rotate_left(21).wrapping_mul(31) ^ word);
    let mut runs: Vec<u64> = words.windows(3).map(number).collect();
    runs.sort_unstable();
    runs.dedup();
    runs
}

/// Runs that both have, of all.
pub(super) fn alike(one: &[u64], other: &[u64]) -> f64 {
    let both = one.iter().filter(|run| other.binary_search(run).is_ok()).count();
    let count = |number: usize| u32::try_from(number).map_or(f64::MAX, f64::from);
    count(both) / count((one.len() + other.len() - both).max(1))
}
