//! How good a scoring is against what people judged: the measures of the field, each with an interval of confidence.
//!
//! Macro-F1 of each item's best topic; mean over topics of average precision, of precision among the first five, and of
//! nDCG among the first ten (Järvelin and Kekäläinen, 2002). Intervals by bootstrap over items (Efron, 1979).

use serde::Serialize;

/// Resamples of the bootstrap.
const RESAMPLES: usize = 200;

/// What people judged and what was scored, item by item: for each topic, `None` when nobody judged.
#[derive(Debug, Clone, Default)]
pub struct Judged {
    /// Scores, in the order of topics.
    pub scores: Vec<f32>,
    /// Judgements, in the order of topics.
    pub relevant: Vec<Option<bool>>,
}

/// A measure with the interval in which it lies in 95 of 100 resamples.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Measure {
    /// The measure.
    pub value: f64,
    /// Its interval.
    pub interval: (f64, f64),
}

/// All measures.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Measures {
    /// Macro-F1 of the best topic of each item that is on one.
    pub macro_f1: Measure,
    /// Share of those items whose best topic is one of theirs.
    pub hit: Measure,
    /// Mean average precision.
    pub average_precision: Measure,
    /// Mean precision among the first five.
    pub precision_at_5: Measure,
    /// Mean nDCG among the first ten.
    pub ndcg_at_10: Measure,
}

/// Measures scores against judgements.
pub fn measure(items: &[Judged]) -> Measures {
    let all: Vec<usize> = (0..items.len()).collect();
    let whole = figures(items, &all);
    let mut resampled: Vec<[f64; 5]> = Vec::with_capacity(RESAMPLES);
    // A generator of our own: the same intervals for ever (Steele, Lea, Flood: SplitMix, 2014).
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut next = move || {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    };
    let bound = u64::try_from(items.len().max(1)).unwrap_or(u64::MAX);
    for _ in 0..RESAMPLES {
        let drawn: Vec<usize> = all.iter().map(|_| usize::try_from(next() % bound).unwrap_or_default()).collect();
        resampled.push(figures(items, &drawn));
    }
    let with_interval = |place: usize| {
        let mut values: Vec<f64> = resampled.iter().map(|figures| figures[place]).collect();
        values.sort_by(f64::total_cmp);
        let at = |share: usize| values.get(values.len() * share / 1000).copied().unwrap_or(whole[place]);
        Measure { value: whole[place], interval: (at(25), at(974)) }
    };
    Measures {
        macro_f1: with_interval(0),
        hit: with_interval(1),
        average_precision: with_interval(2),
        precision_at_5: with_interval(3),
        ndcg_at_10: with_interval(4),
    }
}

/// The five figures over the items drawn.
fn figures(items: &[Judged], drawn: &[usize]) -> [f64; 5] {
    let topics = items.iter().map(|item| item.relevant.len()).max().unwrap_or(0);
    let (mut right, mut wrong, mut missed) = (vec![0.0; topics], vec![0.0; topics], vec![0.0; topics]);
    let (mut hits, mut labelled) = (0.0, 0.0);
    for item in drawn.iter().map(|at| &items[*at]) {
        let relevant = |topic: usize| item.relevant.get(topic).copied().flatten() == Some(true);
        if !(0..topics).any(relevant) {
            continue;
        }
        labelled += 1.0;
        let best = (0..item.scores.len())
            .max_by(|one, other| item.scores[*one].total_cmp(&item.scores[*other]).then(other.cmp(one)));
        let Some(best) = best else { continue };
        if relevant(best) {
            hits += 1.0;
            right[best] += 1.0;
        } else {
            wrong[best] += 1.0;
            // An item on several topics is missed by each of them.
            (0..topics).filter(|topic| relevant(*topic)).for_each(|topic| missed[topic] += 1.0);
        }
    }
    let f1 = |topic: usize| {
        let all = 2.0 * right[topic] + wrong[topic] + missed[topic];
        if all == 0.0 { None } else { Some(2.0 * right[topic] / all) }
    };
    let rankings: Vec<[f64; 3]> = (0..topics).filter_map(|topic| ranking(items, drawn, topic)).collect();
    let mean = |values: &[f64]| -> f64 {
        if values.is_empty() { 0.0 } else { values.iter().sum::<f64>() / count(values.len()) }
    };
    let column = |place: usize| -> Vec<f64> { rankings.iter().map(|ranking| ranking[place]).collect() };
    [
        mean(&(0..topics).filter_map(f1).collect::<Vec<f64>>()),
        if labelled == 0.0 { 0.0 } else { hits / labelled },
        mean(&column(0)),
        mean(&column(1)),
        mean(&column(2)),
    ]
}

/// Average precision, precision at five and nDCG at ten of one topic; nothing when no item is on it.
fn ranking(items: &[Judged], drawn: &[usize], topic: usize) -> Option<[f64; 3]> {
    let mut ranked: Vec<(f32, usize, bool)> = drawn
        .iter()
        .filter_map(|at| {
            Some((*items[*at].scores.get(topic)?, *at, items[*at].relevant.get(topic).copied().flatten()?))
        })
        .collect();
    ranked.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
    let all = ranked.iter().filter(|(_, _, relevant)| *relevant).count();
    if all == 0 {
        return None;
    }
    let (mut found, mut precision, mut first_five, mut gain) = (0.0, 0.0, 0.0, 0.0);
    for (place, _) in ranked.iter().enumerate().filter(|(_, (_, _, relevant))| *relevant) {
        found += 1.0;
        precision += found / count(place + 1);
        first_five += if place < 5 { 1.0 } else { 0.0 };
        gain += if place < 10 { 1.0 / count(place + 2).log2() } else { 0.0 };
    }
    let ideal: f64 = (0..all.min(10)).map(|place| 1.0 / count(place + 2).log2()).sum();
    Some([precision / count(all), first_five / 5.0, gain / ideal])
}

fn count(number: usize) -> f64 {
    u32::try_from(number).map_or(f64::MAX, f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(scores: [f32; 2], on: usize) -> Judged {
        Judged { scores: scores.to_vec(), relevant: vec![Some(on == 0), Some(on == 1)] }
    }

    #[test]
    fn a_perfect_scoring_has_perfect_measures_and_a_wrong_one_has_none() {
        let right: Vec<Judged> = (0..20).map(|number| item([0.9, 0.1], 0).turned(number % 2 == 1)).collect();
        let measures = measure(&right);
        for measure in [measures.macro_f1, measures.hit, measures.average_precision, measures.ndcg_at_10] {
            assert!((measure.value - 1.0).abs() < 1e-9 && measure.interval.0 > 0.99, "{measure:?}");
        }
        let wrong: Vec<Judged> = (0..20).map(|number| item([0.1, 0.9], 0).turned(number % 2 == 1)).collect();
        assert_eq!(measure(&wrong).macro_f1.value, 0.0);
    }

    #[test]
    fn average_precision_counts_what_stands_before() {
        let items = vec![item([0.9, 0.0], 1), item([0.8, 0.0], 0), item([0.7, 0.0], 1), item([0.6, 0.0], 0)];
        let [precision, five, _] = ranking(&items, &[0, 1, 2, 3], 0).expect("a ranking");
        assert!((precision - 0.5).abs() < 1e-9 && (five - 0.4).abs() < 1e-9);
    }

    impl Judged {
        fn turned(mut self, turned: bool) -> Self {
            if turned {
                self.scores.reverse();
                self.relevant.reverse();
            }
            self
        }
    }
}
