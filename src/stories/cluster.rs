//! Average-link clustering of likelihoods: two groups merge while their members are alike on average, so stories do
//! not chain, and the result depends on the items alone, not on the order they came in.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BinaryHeap};

/// Mean likelihood from which two groups are one story, set for a precision above 0.9 on headlines. It is low because
/// likelihoods of pairs are: most tellings of one event share few words.
const ONE_STORY: f64 = 0.09;

/// Two groups that may merge.
#[derive(Debug, PartialEq)]
struct Pair {
    mean: f64,
    one: usize,
    other: usize,
}

impl Eq for Pair {}

impl Ord for Pair {
    fn cmp(&self, other: &Self) -> Ordering {
        self.mean.total_cmp(&other.mean).then_with(|| (other.one, other.other).cmp(&(self.one, self.other)))
    }
}

impl PartialOrd for Pair {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Groups the items `0..count` by the likelihoods of pairs (each once; those not named are 0). Each group is sorted.
pub(super) fn cluster(count: usize, likelihoods: &[(usize, usize, f64)]) -> Vec<Vec<usize>> {
    // Groups made by merging take the numbers from `count` on.
    let mut members: Vec<Option<Vec<usize>>> = (0..count).map(|item| Some(vec![item])).collect();
    let mut sums: Vec<BTreeMap<usize, f64>> = vec![BTreeMap::new(); count];
    let mut queue = BinaryHeap::new();
    for &(one, other, likelihood) in likelihoods {
        sums[one].insert(other, likelihood);
        sums[other].insert(one, likelihood);
        if likelihood >= ONE_STORY {
            queue.push(Pair { mean: likelihood, one: one.min(other), other: one.max(other) });
        }
    }
    while let Some(Pair { one, other, .. }) = queue.pop() {
        if members[one].is_none() || members[other].is_none() {
            continue;
        }
        let merged = members.len();
        let mut together = members[one].take().unwrap_or_default();
        together.extend(members[other].take().unwrap_or_default());
        let mut sum: BTreeMap<usize, f64> = BTreeMap::new();
        for part in [one, other] {
            for (neighbour, value) in std::mem::take(&mut sums[part]) {
                if neighbour != one && neighbour != other {
                    *sum.entry(neighbour).or_default() += value;
                }
            }
        }
        for (&neighbour, &value) in &sum {
            sums[neighbour].remove(&one);
            sums[neighbour].remove(&other);
            sums[neighbour].insert(merged, value);
            let theirs = members[neighbour].as_ref().map_or(0, Vec::len);
            let mean = value / pairs(together.len(), theirs);
            if mean >= ONE_STORY {
                queue.push(Pair { mean, one: neighbour, other: merged });
            }
        }
        sums.push(sum);
        members.push(Some(together));
    }
    let mut groups: Vec<Vec<usize>> = members.into_iter().flatten().collect();
    groups.iter_mut().for_each(|group| group.sort_unstable());
    groups.sort();
    groups
}

#[expect(clippy::cast_precision_loss, reason = "groups are far below 2^52")]
fn pairs(one: usize, other: usize) -> f64 {
    (one * other).max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_do_not_chain() {
        // 0–1–2–3, each alike to the next only.
        let chain = [(0, 1, 0.9), (1, 2, 0.3), (2, 3, 0.9)];
        assert_eq!(cluster(4, &chain), [vec![0, 1], vec![2, 3]]);
        let all = [(0, 1, 0.9), (1, 2, 0.8), (0, 2, 0.7)];
        assert_eq!(cluster(4, &all), [vec![0, 1, 2], vec![3]]);
    }

    #[test]
    fn the_order_of_pairs_does_not_matter() {
        let pairs = [(0, 1, 0.5), (2, 3, 0.5), (1, 2, 0.4), (0, 3, 0.3), (4, 0, 0.5)];
        let mut turned = pairs;
        turned.reverse();
        assert_eq!(cluster(5, &pairs), cluster(5, &turned));
    }
}
