//! Same text: containment of the sampled shingles of the shorter of two texts.
//!
//! Containment sees what `SimHash` and Jaccard miss: a teaser, a newsletter extract, a copy with a third cut. All pairs of a
//! batch are found in one walk over the sorted shingles of the archive.

use std::collections::HashMap;

use foldhash::fast::FixedState;

/// Share of the shorter text's shingles that the longer one holds when one repeats the other. Copies with cuts,
/// boilerplate or a twentieth of the words changed stand at 0.8 and above; forms of one template below.
const CONTAINED: f64 = 0.7;
/// Sampled shingles that must be shared: about twenty of all.
const LEAST_SHARED: u32 = 5;
/// True when texts that share so many sampled shingles, of which the shorter has `shorter`, are one text.
pub(super) fn are_copies(shared: u32, shorter: u32) -> bool {
    shared >= LEAST_SHARED && f64::from(shared) >= CONTAINED * f64::from(shorter)
}

/// Items that hold a shingle, above which only the first is paired with the others: a wire story told everywhere.
const WIDESPREAD: usize = 40;
/// Counters of the first walk over pairs, for each shingle of the newcomers.
const COUNTERS_EACH: usize = 4;
const MOST_COUNTERS: usize = 1 << 24;
/// The side list joins the main one when it is this part of it: merging moves all of the main list.
const SIDE_PART: usize = 8;

/// A shingle and the place of an item that holds it.
type Held = (u32, u32);

/// Shingles of the texts of an archive.
#[derive(Debug, Default)]
pub(super) struct Copies {
    /// Sorted.
    main: Vec<Held>,
    /// What came lately, sorted: a few newcomers must not move the shingles of months.
    side: Vec<Held>,
    /// How many shingles each item has, by its place.
    sizes: HashMap<u32, u32, FixedState>,
}

impl Copies {
    /// Adds the shingles of items, by their places.
    pub fn add(&mut self, batch: Vec<(u32, Vec<u32>)>) {
        let held = self.count(batch);
        merge(&mut self.main, held);
    }

    /// Adds the shingles of newcomers, and gives the pairs of items that repeat each other of which one is new.
    pub fn meet(&mut self, newcomers: Vec<(u32, Vec<u32>)>) -> Vec<(u32, u32)> {
        let mut new = self.count(newcomers);
        new.sort_unstable();
        let pairs = self.pairs(&new);
        merge(&mut self.side, new);
        if self.side.len() > self.main.len() / SIDE_PART {
            merge(&mut self.main, std::mem::take(&mut self.side));
        }
        pairs
    }

    fn count(&mut self, batch: Vec<(u32, Vec<u32>)>) -> Vec<Held> {
        let mut held = Vec::with_capacity(batch.iter().map(|(_, shingles)| shingles.len()).sum());
        for (place, shingles) in batch {
            if let Ok(size @ 1..) = u32::try_from(shingles.len()) {
                self.sizes.insert(place, size);
                held.extend(shingles.into_iter().map(|shingle| (shingle, place)));
            }
        }
        held
    }

    fn pairs(&self, new: &[Held]) -> Vec<(u32, u32)> {
        // Most pairs share a shingle or two by chance. A first walk counts pairs by a hash, in little memory; the second
        // counts exactly those that may have shared enough.
        let counters = (new.len() * COUNTERS_EACH).next_power_of_two().min(MOST_COUNTERS);
        let mut roughly = vec![0_u8; counters];
        self.each_pair(new, |pair| {
            let bucket = &mut roughly[bucket(pair, counters)];
            *bucket = bucket.saturating_add(1);
        });
        let mut shared: HashMap<(u32, u32), u32, FixedState> = HashMap::default();
        self.each_pair(new, |pair| {
            if u32::from(roughly[bucket(pair, counters)]) >= LEAST_SHARED {
                *shared.entry(pair).or_default() += 1;
            }
        });
        let size = |place: &u32| self.sizes.get(place).copied().unwrap_or(0);
        let repeats = |((one, other), count): &((u32, u32), u32)| are_copies(*count, size(one).min(size(other)));
        let mut pairs: Vec<(u32, u32)> = shared.into_iter().filter(repeats).map(|(pair, _)| pair).collect();
        pairs.sort_unstable();
        pairs
    }

    /// Calls `visit` once for each shingle that both of a pair hold, the one with the lower place first, for pairs of
    /// which one is new.
    fn each_pair(&self, new: &[Held], mut visit: impl FnMut((u32, u32))) {
        let (mut in_main, mut in_side) = (0, 0);
        for group in new.chunk_by(|one, other| one.0 == other.0) {
            let shingle = group[0].0;
            in_main = gallop(&self.main, in_main, shingle);
            in_side = gallop(&self.side, in_side, shingle);
            let of = |list: &[Held], from: usize| list[from..].iter().take_while(|held| held.0 == shingle).count();
            let (main_end, side_end) = (in_main + of(&self.main, in_main), in_side + of(&self.side, in_side));
            let known = || self.main[in_main..main_end].iter().chain(&self.side[in_side..side_end]).map(|held| held.1);
            let fresh = || group.iter().map(|held| held.1);
            let holders = main_end - in_main + side_end - in_side + group.len();
            if holders > WIDESPREAD {
                // The first only, whichever it is.
                if let Some(first) = known().chain(fresh()).min() {
                    for other in fresh().filter(|other| *other != first) {
                        visit((first, other));
                    }
                }
                continue;
            }
            for (at, one) in fresh().enumerate() {
                for other in known().chain(fresh().skip(at + 1)) {
                    visit((one.min(other), one.max(other)));
                }
            }
        }
    }
}

/// Merges unsorted shingles into sorted ones.
fn merge(sorted: &mut Vec<Held>, mut more: Vec<Held>) {
    if sorted.is_empty() {
        more.sort_unstable();
        *sorted = more;
        return;
    }
    sorted.append(&mut more);
    // A sort that takes what is sorted as it is, and merges.
    sorted.sort_by(Held::cmp);
}

/// The first place from `from` on that holds `shingle` or a later one: steps that double, then halve.
fn gallop(list: &[Held], from: usize, shingle: u32) -> usize {
    let mut step = 1;
    let mut low = from;
    while low + step < list.len() && list[low + step].0 < shingle {
        low += step;
        step *= 2;
    }
    let high = (low + step + 1).min(list.len());
    low + list[low..high].partition_point(|held| held.0 < shingle)
}

fn bucket((one, other): (u32, u32), counters: usize) -> usize {
    let mixed = (u64::from(one) << 32 | u64::from(other)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    usize::try_from(mixed >> 40).unwrap_or_default() % counters
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_repeats_the_whole_and_a_formula_does_not() {
        let mut copies = Copies::default();
        copies.add(vec![(0, (0..100).collect()), (1, (200..300).chain(0..8).collect())]);
        assert_eq!(copies.meet(vec![(2, (40..70).collect())]), [(0, 2)]);
        assert_eq!(copies.meet(vec![(3, (1000..1020).collect())]), []);
        // One that came lately, one of long ago, and a pair of newcomers.
        let newcomers = vec![(4, (1000..1020).collect()), (5, (10..40).collect()), (6, (12..40).collect())];
        assert_eq!(copies.meet(newcomers), [(0, 5), (0, 6), (3, 4), (5, 6)]);
    }

    #[test]
    fn a_wire_story_told_everywhere_is_paired_with_its_first_telling() {
        let mut copies = Copies::default();
        copies.add((0..60).map(|place| (place, (0..20).collect())).collect());
        assert_eq!(copies.meet(vec![(60, (0..20).collect()), (61, (0..20).collect())]), [(0, 60), (0, 61)]);
    }
}
