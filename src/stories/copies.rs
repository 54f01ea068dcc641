//! Same text: containment of the sampled shingles of the shorter of two texts.
//!
//! Containment sees what `SimHash` and Jaccard miss: a teaser, a newsletter extract, a copy with a third cut. All pairs of a
//! batch are found in one walk over the sorted shingles of the archive.

use std::collections::{HashMap, HashSet};

/// Share of the shorter text's shingles that the longer one holds when one repeats the other. Copies with cuts,
/// boilerplate or a twentieth of the words changed stand at 0.8 and above; forms of one template below.
const CONTAINED: f64 = 0.7;
/// Sampled shingles that must be shared: about twenty of all.
const LEAST_SHARED: u32 = 5;
/// Items that hold a shingle, above which only the first is paired with the others: a wire story told everywhere.
const WIDESPREAD: usize = 40;
/// Counters of the first walk over pairs.
const BUCKETS: usize = 1 << 24;

/// Shingles of the texts of an archive.
#[derive(Debug, Default)]
pub(super) struct Copies {
    /// Shingles and the items that hold them, sorted.
    held: Vec<(u32, u32)>,
    /// How many shingles each item has, by its place.
    sizes: HashMap<u32, u32>,
}

impl Copies {
    /// Adds the shingles of items, by their places.
    pub fn add(&mut self, batch: Vec<(u32, Vec<u32>)>) {
        for (place, shingles) in batch {
            if let Ok(size @ 1..) = u32::try_from(shingles.len()) {
                self.sizes.insert(place, size);
                self.held.extend(shingles.into_iter().map(|shingle| (shingle, place)));
            }
        }
        self.held.sort_unstable();
    }

    /// Pairs of items that repeat each other, of which at least one is among `new`.
    pub fn pairs(&self, new: &[u32]) -> Vec<(u32, u32)> {
        let new: HashSet<u32> = new.iter().copied().collect();
        // Most pairs share a shingle or two by chance. A first walk counts pairs by a hash, in little memory; the second
        // counts exactly those that may have shared enough.
        let mut roughly = vec![0_u8; BUCKETS];
        self.each_pair(&new, |pair| {
            let bucket = &mut roughly[bucket(pair)];
            *bucket = bucket.saturating_add(1);
        });
        let mut shared: HashMap<(u32, u32), u32> = HashMap::new();
        self.each_pair(&new, |pair| {
            if u32::from(roughly[bucket(pair)]) >= LEAST_SHARED {
                *shared.entry(pair).or_default() += 1;
            }
        });
        let size = |place: &u32| self.sizes.get(place).copied().unwrap_or(0);
        let repeats = |((one, other), count): &((u32, u32), u32)| {
            *count >= LEAST_SHARED && f64::from(*count) >= CONTAINED * f64::from(size(one).min(size(other)))
        };
        let mut pairs: Vec<(u32, u32)> = shared.into_iter().filter(repeats).map(|(pair, _)| pair).collect();
        pairs.sort_unstable();
        pairs
    }

    /// Calls `visit` with each pair once for each shingle that both hold.
    fn each_pair(&self, new: &HashSet<u32>, mut visit: impl FnMut((u32, u32))) {
        for group in self.held.chunk_by(|one, other| one.0 == other.0) {
            if group.len() < 2 || !group.iter().any(|(_, place)| new.contains(place)) {
                continue;
            }
            let firsts = if group.len() > WIDESPREAD { 1 } else { group.len() };
            for (at, (_, one)) in group.iter().enumerate().take(firsts) {
                for (_, other) in &group[at + 1..] {
                    if new.contains(one) || new.contains(other) {
                        visit((*one, *other));
                    }
                }
            }
        }
    }
}

fn bucket((one, other): (u32, u32)) -> usize {
    let mixed = (u64::from(one) << 32 | u64::from(other)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    usize::try_from(mixed >> 40).unwrap_or_default() % BUCKETS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_repeats_the_whole_and_a_formula_does_not() {
        let mut copies = Copies::default();
        copies.add(vec![(0, (0..100).collect()), (1, (200..300).chain(0..8).collect())]);
        copies.add(vec![(2, (40..70).collect())]);
        assert_eq!(copies.pairs(&[0, 1, 2]), [(0, 2)]);
        assert_eq!(copies.pairs(&[1]), []);
    }
}
