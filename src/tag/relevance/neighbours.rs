//! What the nearest items of the archive are on tells of what an item is on: items about one thing share more words with each
//! other than with the line (label propagation over nearest neighbours; Zhu and Ghahramani, 2002, one step of it).

use serde::{Deserialize, Serialize};

use super::model::{ByStem, Scale, as_f32};

/// Neighbours that are asked, and the least likeness of one. What is more alike than `SAME` is the item itself, or a copy.
const ASKED: usize = 15;
const LEAST: f32 = 0.04;
const SAME: f32 = 0.97;
/// Stems that are kept of an item: its most telling.
const STEMS: usize = 160;
/// Share of what neighbours say, and the items at which an archive has half of it.
const SHARE: f32 = 0.55;
const HALF: f32 = 300.0;

/// Items of the archive by their stems, with how far each stands out in each topic.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Neighbours {
    /// Items with each stem: their number, and the weight of the stem there.
    holders: ByStem<Vec<(u32, f32)>>,
    /// Places, item by item.
    places: Vec<f32>,
    /// How far the places usually stand out once neighbours were heard, by topic.
    scales: Vec<Scale>,
}

impl Neighbours {
    /// Of an archive: the weights of each item's stems at length 1, and the places of its items in each topic, item by item.
    pub fn of(items: &[Vec<(u64, f32)>], places: Vec<f32>, topics: usize) -> Self {
        let mut holders: ByStem<Vec<(u32, f32)>> = ByStem::default();
        for (number, stems) in (0_u32..).zip(items) {
            let mut stems = stems.clone();
            stems.sort_unstable_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
            for (stem, weight) in stems.into_iter().take(STEMS) {
                holders.entry(stem).or_default().push((number, weight));
            }
        }
        let mut neighbours = Neighbours { holders, places, scales: vec![Scale::usual(0.0, 1.0); topics] };
        let mut heard = Vec::with_capacity(neighbours.places.len());
        for (stems, own) in items.iter().zip(neighbours.places.chunks(topics.max(1))) {
            let mut own = own.to_vec();
            neighbours.hear(&mut own, stems.iter().copied());
            heard.extend(own);
        }
        let column = |topic: usize| heard.iter().skip(topic).step_by(topics.max(1)).copied();
        neighbours.scales = (0..topics).map(|topic| Scale::of(column(topic), Scale::usual(0.0, 1.0))).collect();
        neighbours
    }

    /// Moves the places of an item towards those of its neighbours. `stems` are the weights of its stems, at length 1.
    pub fn hear(&self, places: &mut [f32], stems: impl Iterator<Item = (u64, f32)>) {
        let topics = self.scales.len();
        if topics == 0 || topics != places.len() {
            return;
        }
        let items = self.places.len() / topics;
        let mut alike = vec![0.0_f32; items];
        for (stem, weight) in stems {
            for (item, other) in self.holders.get(&stem).into_iter().flatten() {
                alike[*item as usize] += weight * other;
            }
        }
        let mut nearest: Vec<(f32, usize)> = alike
            .into_iter()
            .enumerate()
            .map(|(item, alike)| (alike, item))
            .filter(|(alike, _)| (LEAST..SAME).contains(alike))
            .collect();
        let order = |one: &(f32, usize), other: &(f32, usize)| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1));
        if nearest.len() > ASKED {
            nearest.select_nth_unstable_by(ASKED - 1, order);
            nearest.truncate(ASKED);
        }
        nearest.sort_unstable_by(order);
        let sum: f32 = nearest.iter().map(|(alike, _)| alike * alike).sum();
        let count = as_f32(u32::try_from(items).unwrap_or(u32::MAX));
        let share = if sum > 0.0 { SHARE * count / (count + HALF) } else { 0.0 };
        for (topic, (place, scale)) in places.iter_mut().zip(&self.scales).enumerate() {
            let theirs: f32 =
                nearest.iter().map(|(alike, item)| alike * alike * self.places[item * topics + topic]).sum();
            *place = scale.place((1.0 - share) * *place + share * theirs / sum.max(f32::MIN_POSITIVE));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two groups of items of which each shares a word; one item of each group is not known by its own words.
    #[test]
    fn what_neighbours_are_on_moves_an_item_and_a_copy_says_nothing() {
        let item = |group: u64, own: u64| vec![(group, 0.6), (100 + own, 0.8)];
        let items: Vec<Vec<(u64, f32)>> = (0..40).map(|number| item(number % 2, number)).collect();
        let places: Vec<f32> =
            (0..40).flat_map(|number| if number % 2 == 0 { [2.0, -1.0] } else { [-1.0, 2.0] }).collect();
        let neighbours = Neighbours::of(&items, places, 2);
        let mut unknown = [0.0, 0.0];
        neighbours.hear(&mut unknown, item(0, 900).into_iter());
        assert!(unknown[0] > unknown[1] + 0.1, "{unknown:?}");
        let mut stranger = [0.5, 0.5];
        neighbours.hear(&mut stranger, [(7, 1.0)].into_iter());
        assert!((stranger[0] - stranger[1]).abs() < 0.05, "{stranger:?}");
        let alone = Neighbours::of(&items[..1], vec![2.0, -1.0], 2);
        let (mut copy, mut none) = ([0.0, 0.0], [0.0, 0.0]);
        alone.hear(&mut copy, items[0].clone().into_iter());
        alone.hear(&mut none, [(7, 1.0)].into_iter());
        assert_eq!(copy, none);
    }
}
