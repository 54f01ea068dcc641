//! Learning from an archive without a single judgement: what a topic's words find most surely shows which other words keep
//! company with it, and those find what its own words do not name.
//!
//! Self-training in three rounds (Rocchio's centroid of the items that stand out, weighted by how far they do, on the topic
//! on which they stand out most). It takes the place of pseudo-relevance feedback, which it beats on all our sets.

use std::collections::HashMap;

use super::feedback::{self, Case};
use super::model::{Archive, ByStem, Counts, Learnt, Model, Scale, as_f32};
use super::neighbours::Neighbours;
use super::query::{LANGUAGES, Query};
use super::scorer::{DIRECTION, Sample, Scorer, apart, fused};
use crate::text::vectors::{DIMENSIONS, Vector, dot, unit};

/// Rounds of learning.
const ROUNDS: usize = 3;
/// Deviations above the mean from which an item says something of its topic, and the most that counts.
const STANDS_OUT: f32 = 1.25;
const MOST: f32 = 4.0;
/// Judgements at which each relevant one counts half as much as it ever will.
const FEW: f32 = 3.0;
/// Deviations that the best topic of an item may be ahead of one that it still says something of.
const SLACK: f32 = 0.25;
/// Most items that are kept as neighbours of others.
const NEIGHBOURS: usize = 5_000;
/// Most words that keep company with a topic.
const COMPANY: usize = 500;
/// Share of company beside what was asked for, with a large archive, and the size at which it is half of that.
const TRUST: f32 = 0.65;
const HALF: f32 = 200.0;
/// Items that the usual coverage of a topic's vocabulary weighs as much as.
const COVERAGE: f32 = 50.0;

/// What scores usually are: means over sets of French and English texts.
const WORDS: Scale = Scale::usual(0.5, 0.6);
const MEANING: Scale = Scale::usual(0.0, 0.14);
const ASKED: Scale = Scale::usual(0.0, 0.8);
const BY_COMPANY: Scale = Scale::usual(0.0, 0.08);
const BY_DIRECTION: Scale = Scale::usual(0.0, 0.22);
const WHOLE: Scale = Scale::usual(0.0, 0.92);

/// What is known without items: of words, what `archive` knows.
pub(super) fn nothing(queries: &[Query], topic_of: &[usize], archive: Option<&Archive>) -> Model {
    let (none, counts) = Archive::of(std::iter::empty());
    asked(queries, topic_of, &[], archive.cloned().unwrap_or(none), &counts)
}

/// Learns a line from items.
pub(super) fn learn(scorer: &mut Scorer, items: &[Sample], judged: &Judgements) -> Model {
    let (archive, counts) = Archive::of(items.iter().map(|item| &item.features));
    let model = asked(&scorer.queries, &scorer.topic_of, items, archive, &counts);
    scorer.take(model.clone());
    if items.is_empty() {
        return model;
    }
    let mut model = with_company(model, scorer, items, judged);
    scorer.take(model.clone());
    for (topic, judged) in judged.iter().enumerate() {
        let cases: Vec<Case> = judged
            .iter()
            .filter_map(|(item, relevant)| {
                let item = items.get(*item)?;
                Some(Case {
                    stems: model.archive.weights(&item.features).collect(),
                    direction: model.archive.own_direction(&item.features),
                    logit: *scorer.logits(item).get(topic)?,
                    relevant: *relevant,
                })
            })
            .collect();
        let correction = feedback::correction(&cases);
        if let Some(topic) = model.topics.get_mut(topic) {
            topic.correction = correction;
        }
    }
    model
}

/// What people judged: for each topic, numbers of items and whether they are on it, oldest first.
pub type Judgements = Vec<Vec<(usize, bool)>>;

/// The archive's numbers, and each topic as it is asked for.
fn asked(queries: &[Query], topic_of: &[usize], items: &[Sample], archive: Archive, counts: &Counts) -> Model {
    let mut in_language = [0.0_f32; 3];
    items.iter().for_each(|item| in_language[item.features.language as usize] += 1.0);
    let mut literals = vec![0_u32; topic_of.len()];
    for (literal, _) in items.iter().flat_map(|item| &item.literals) {
        if let Some(count) = literals.get_mut(*literal as usize) {
            *count += 1;
        }
    }
    let topics = queries.iter().map(|query| {
        let stems: Vec<(u64, f32)> = query
            .stems
            .iter()
            .map(|(stem, (weight, frequency))| {
                let (count, usual) = counts.get(stem).copied().unwrap_or_default();
                (*stem, weight * archive.rarity_in(*stem, count, frequency.max(usual)))
            })
            .collect();
        let (mut lengths, mut coverage) = ([0.0_f32; 3], [1.0_f32; 3]);
        for language in LANGUAGES {
            let place = language as usize;
            let words = &query.vocabulary[place];
            let known = words.iter().filter(|stem| counts.contains_key(stem)).count();
            let share = known_share(known, words.len());
            let items = in_language[place];
            coverage[place] = ((items * share + COVERAGE) / (items + COVERAGE)).max(0.05);
            let squares = |all: bool| -> f32 {
                let of_language = query.stems_in(language).filter(|stem| all || counts.contains_key(stem));
                of_language.filter_map(|stem| query.stems.get(&stem)).map(|(weight, _)| weight * weight).sum()
            };
            // Few items know few of the words.
            let share = items / (items + COVERAGE);
            lengths[place] = (share * squares(false) + (1.0 - share) * squares(true)).sqrt().max(1.0);
        }
        Learnt {
            stems,
            lengths,
            coverage,
            words: [WORDS; 3],
            meaning: [MEANING; 3],
            asked: ASKED,
            company: Vec::new(),
            direction: vec![0.0; DIMENSIONS],
            by_company: BY_COMPANY,
            by_direction: BY_DIRECTION,
            whole: WHOLE,
            correction: None,
        }
    });
    Model {
        topics: topics.collect(),
        literals: literals.into_iter().map(|count| archive.rarity_of(count, 0.0)).collect(),
        trust: 0.0,
        with_outside: queries.iter().any(|query| !query.outside.is_empty()),
        neighbours: Neighbours::default(),
        archive,
    }
}

fn known_share(known: usize, all: usize) -> f32 {
    let count = |number: usize| f32::from(u16::try_from(number).unwrap_or(u16::MAX));
    if all == 0 { 1.0 } else { count(known) / count(all) }
}

/// A table of a number for each item and topic, item by item.
struct Table {
    topics: usize,
    cells: Vec<f32>,
}

impl Table {
    fn new(items: usize, topics: usize) -> Self {
        Table { topics, cells: vec![0.0; items * topics] }
    }

    fn row(&self, item: usize) -> &[f32] {
        &self.cells[item * self.topics..(item + 1) * self.topics]
    }

    fn column(&self, topic: usize) -> impl Iterator<Item = f32> + '_ {
        self.cells.iter().skip(topic).step_by(self.topics.max(1)).copied()
    }

    fn set(&mut self, item: usize, topic: usize, value: f32) {
        self.cells[item * self.topics + topic] = value;
    }

    /// Puts each column in deviations from its mean.
    fn placed(&mut self, usual: Scale) -> Vec<Scale> {
        let scales: Vec<Scale> = (0..self.topics).map(|topic| Scale::of(self.column(topic), usual)).collect();
        for row in self.cells.chunks_mut(self.topics.max(1)) {
            row.iter_mut().zip(&scales).for_each(|(value, scale)| *value = scale.place(*value));
        }
        scales
    }
}

fn with_company(mut model: Model, scorer: &Scorer, items: &[Sample], judged: &Judgements) -> Model {
    let topics = model.topics.len();
    let (mut words, mut meaning) = (Table::new(items.len(), topics), Table::new(items.len(), topics));
    for (number, item) in items.iter().enumerate() {
        let parts = scorer.parts(item, &model.archive.own_direction(&item.features));
        for topic in 0..topics {
            words.set(number, topic, parts.words[topic]);
            meaning.set(number, topic, parts.meaning[topic]);
        }
    }
    for (number, topic) in model.topics.iter_mut().enumerate() {
        for language in LANGUAGES {
            let of_language = |table: &Table| -> Vec<f32> {
                let values = table.column(number).zip(items);
                values.filter(|(_, item)| item.features.language == language).map(|(value, _)| value).collect()
            };
            topic.words[language as usize] = Scale::of(of_language(&words).into_iter(), WORDS);
            topic.meaning[language as usize] = Scale::of(of_language(&meaning).into_iter(), MEANING);
        }
    }
    let mut asked = Table::new(items.len(), topics);
    for (number, item) in items.iter().enumerate() {
        for (place, topic) in model.topics.iter().enumerate() {
            asked.set(
                number,
                place,
                fused(&item.features, topic, words.row(number)[place], meaning.row(number)[place]),
            );
        }
    }
    let scales = asked.placed(ASKED);
    model.topics.iter_mut().zip(scales).for_each(|(topic, scale)| topic.asked = scale);
    let count = as_f32(model.archive.items);
    model.trust = TRUST * count / (count + HALF);
    let weights = Weights::of(&model.archive, items);
    let mut whole = Table { topics, cells: asked.cells.clone() };
    for _ in 0..ROUNDS {
        whole = round(&mut model, &asked, whole, &weights, judged);
    }
    whole.placed(WHOLE);
    let kept = (0..items.len()).step_by(items.len().div_ceil(NEIGHBOURS).max(1));
    let stems: Vec<Vec<(u64, f32)>> =
        kept.clone().map(|item| model.archive.weights(&items[item].features).collect()).collect();
    let places = kept.flat_map(|item| whole.row(item).to_vec()).collect();
    model.neighbours = Neighbours::of(&stems, places, topics);
    model
}

/// The items' stems and directions as the centroids need them.
struct Weights {
    stems: Vec<Vec<(u32, f32)>>,
    hashes: Vec<u64>,
    mean: Vec<f32>,
    directions: Vec<Vector>,
    mean_direction: Vector,
}

impl Weights {
    fn of(archive: &Archive, items: &[Sample]) -> Self {
        let mut numbers: ByStem<u32> = ByStem::default();
        let mut weights = Weights {
            stems: Vec::with_capacity(items.len()),
            hashes: Vec::new(),
            mean: Vec::new(),
            directions: items.iter().map(|item| archive.own_direction(&item.features)).collect(),
            mean_direction: [0.0; DIMENSIONS],
        };
        let share = 1.0 / as_f32(archive.items).max(1.0);
        for item in items {
            let mut row = Vec::with_capacity(item.features.stems.len());
            for (hash, weight) in archive.weights(&item.features) {
                let number = *numbers.entry(hash).or_insert_with(|| {
                    weights.hashes.push(hash);
                    weights.mean.push(0.0);
                    u32::try_from(weights.hashes.len() - 1).unwrap_or(u32::MAX)
                });
                weights.mean[number as usize] += weight * share;
                row.push((number, weight));
            }
            weights.stems.push(row);
        }
        for direction in &weights.directions {
            weights.mean_direction.iter_mut().zip(direction).for_each(|(mean, value)| *mean += value * share);
        }
        weights
    }
}

/// One round: who stands out, what they have in common, and who stands out by that.
fn round(model: &mut Model, asked: &Table, mut whole: Table, weights: &Weights, judged: &Judgements) -> Table {
    let topics = whole.topics;
    whole.placed(WHOLE);
    let mut sure = Table::new(weights.stems.len(), topics);
    for item in 0..weights.stems.len() {
        sure.cells[item * topics..(item + 1) * topics].copy_from_slice(&apart(whole.row(item)));
    }
    sure.placed(WHOLE);
    let mut next = Table::new(weights.stems.len(), topics);
    for topic in 0..topics {
        let said: HashMap<usize, bool> = judged.get(topic).into_iter().flatten().copied().collect();
        let number = as_f32(u32::try_from(said.len()).unwrap_or(u32::MAX));
        let trusted = MOST * number / (number + FEW);
        let (mut stems, mut direction, mut sum) = (vec![0.0_f32; weights.hashes.len()], [0.0_f32; DIMENSIONS], 0.0_f32);
        for (item, row) in weights.stems.iter().enumerate() {
            let places = sure.row(item);
            let others = places.iter().enumerate().filter(|(other, _)| *other != topic).map(|(_, place)| *place);
            let stands_out = (places[topic] - STANDS_OUT).clamp(0.0, MOST);
            let best = places[topic] >= others.fold(f32::MIN, f32::max) - SLACK;
            // What people said needs no standing out, and rules out what they refused.
            let weight = match said.get(&item) {
                Some(true) => stands_out.max(trusted),
                None if best => stands_out,
                Some(false) | None => 0.0,
            };
            if weight == 0.0 {
                continue;
            }
            sum += weight;
            row.iter().for_each(|(stem, value)| stems[*stem as usize] += weight * value);
            direction.iter_mut().zip(&weights.directions[item]).for_each(|(own, value)| *own += weight * value);
        }
        let sum = sum.max(1e-6);
        stems.iter_mut().zip(&weights.mean).for_each(|(own, mean)| *own = *own / sum - mean);
        direction.iter_mut().zip(&weights.mean_direction).for_each(|(own, mean)| *own = *own / sum - mean);
        let (stems, direction) = (strongest(stems), unit(direction));
        let by_company: Vec<f32> = weights.stems.iter().map(|row| sparse_dot(row, &stems)).collect();
        let by_direction: Vec<f32> = weights.directions.iter().map(|own| dot(own, &direction)).collect();
        let learnt = &mut model.topics[topic];
        learnt.by_company = Scale::of(by_company.iter().copied(), BY_COMPANY);
        learnt.by_direction = Scale::of(by_direction.iter().copied(), BY_DIRECTION);
        learnt.company = weights.hashes.iter().copied().zip(stems).filter(|(_, weight)| *weight != 0.0).collect();
        learnt.direction = direction.to_vec();
        for item in 0..weights.stems.len() {
            let company = (1.0 - DIRECTION) * learnt.by_company.place(by_company[item])
                + DIRECTION * learnt.by_direction.place(by_direction[item]);
            next.set(item, topic, (1.0 - model.trust) * asked.row(item)[topic] + model.trust * company);
        }
        learnt.whole = Scale::of(next.column(topic), WHOLE);
    }
    next
}

fn sparse_dot(row: &[(u32, f32)], dense: &[f32]) -> f32 {
    row.iter().map(|(stem, value)| dense[*stem as usize] * value).sum()
}

/// Only the strongest stay, at length 1.
fn strongest(mut stems: Vec<f32>) -> Vec<f32> {
    if stems.len() > COMPANY {
        let mut sizes: Vec<f32> = stems.iter().map(|weight| weight.abs()).collect();
        let (_, least, _) = sizes.select_nth_unstable_by(COMPANY - 1, |one, other| other.total_cmp(one));
        let least = *least;
        stems.iter_mut().filter(|weight| weight.abs() < least).for_each(|weight| *weight = 0.0);
    }
    let length = stems.iter().map(|weight| weight * weight).sum::<f32>().sqrt().max(1e-6);
    stems.iter_mut().for_each(|weight| *weight /= length);
    stems
}
