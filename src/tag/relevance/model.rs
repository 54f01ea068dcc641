//! What was learnt of an archive for a line: how rare words are, how high scores usually are, which words keep company with
//! a topic. Numbers only: kept in the store, and the same items get the same scores until it is learnt anew.

use std::collections::HashMap;

use foldhash::fast::FixedState;
use serde::{Deserialize, Serialize};

use crate::domain::Language;
use crate::text::vectors::{DIMENSIONS, Vector, unit};

use super::features::{Features, Stem};
use super::feedback::Correction;
use super::neighbours::Neighbours;
use super::query::free_of;

/// Strength of the archive's own numbers against the usual ones: so many items weigh as much as what is usual.
const USUAL: f32 = 200.0;
/// A few items say little of what all texts of a language share: so many count as ones that share nothing.
const FEW: f32 = 50.0;
/// Items that common words of the language stand for, beside those of the archive.
const LANGUAGE: f32 = 500.0;
/// Words of a text of the length that those stand for.
const LENGTH: f32 = 150.0;
/// Stop words stand between the words that are counted.
const WITH_STOP_WORDS: f32 = 1.8;
/// Saturation of repeated words, and how much longer texts must repeat more (BM25; Robertson and Zaragoza: The Probabilistic
/// Relevance Framework, 2009).
const K1: f32 = 2.0;
const B: f32 = 0.75;

/// Version of what is kept, raised with every change of the scorer, of its numbers or of the table of vectors.
const VERSION: u32 = 3;

/// Numbers by the hash of a stem.
pub(super) type ByStem<T> = HashMap<u64, T, FixedState>;

/// Mean and deviation of a score over an archive.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Scale {
    mean: f32,
    deviation: f32,
}

impl Scale {
    /// Of `values`, and of what is usual when they are few.
    pub fn of(values: impl Iterator<Item = f32>, usual: Scale) -> Self {
        let (mut count, mut sum, mut squares) =
            (USUAL, USUAL * usual.mean, USUAL * (usual.deviation.powi(2) + usual.mean.powi(2)));
        for value in values {
            count += 1.0;
            sum += value;
            squares += value * value;
        }
        let mean = sum / count;
        Scale { mean, deviation: (squares / count - mean * mean).max(1e-6).sqrt() }
    }

    /// What is usual.
    pub const fn usual(mean: f32, deviation: f32) -> Self {
        Scale { mean, deviation }
    }

    /// How far above the mean, in deviations.
    pub fn place(self, value: f32) -> f32 {
        (value - self.mean) / self.deviation
    }
}

/// How rare words are, and what a usual text of each language is like.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Archive {
    /// Items it was learnt from.
    pub(super) items: u32,
    /// Mean weighted length.
    pub(super) length: f32,
    /// Rarity (inverse document frequency) of stems that stand in at least two items.
    pub(super) rarity: ByStem<f32>,
    /// Mean direction of the items of each language.
    pub(super) means: [Vec<f32>; 3],
    /// The same in a model from outside; empty without one.
    pub(super) outside: [Vec<f32>; 3],
}

/// Items in which a stem stands, and how often its most usual form stands in texts at large.
pub(super) type Counts = ByStem<(u32, f32)>;

impl Archive {
    /// Learns from items; gives also in how many of them each stem stands.
    pub fn of<'a>(items: impl Iterator<Item = &'a Features> + Clone) -> (Self, Counts) {
        let mut counts: Counts = HashMap::default();
        let (mut number, mut length) = (0_u32, USUAL * LENGTH);
        let mut means = [[0.0_f32; DIMENSIONS]; 3];
        let mut of_language = [0.0_f32; 3];
        let mut outside: [Vec<f32>; 3] = Default::default();
        for item in items {
            number += 1;
            let shared = &mut outside[item.language as usize];
            shared.resize(item.outside.len().max(shared.len()), 0.0);
            shared.iter_mut().zip(&item.outside).for_each(|(mean, value)| *mean += value);
            length += item.length;
            of_language[item.language as usize] += 1.0;
            means[item.language as usize].iter_mut().zip(&item.vector).for_each(|(mean, value)| *mean += value);
            for stem in &item.stems {
                let (count, frequency) = counts.entry(stem.hash).or_insert((0, stem.frequency));
                *count += 1;
                *frequency = frequency.max(stem.frequency);
            }
        }
        for (mean, count) in means.iter_mut().zip(of_language) {
            mean.iter_mut().for_each(|value| *value /= count + FEW);
        }
        for (mean, count) in outside.iter_mut().zip(of_language) {
            mean.iter_mut().for_each(|value| *value /= count + FEW);
        }
        let mut archive = Archive {
            items: number,
            length: length / (as_f32(number) + USUAL),
            rarity: HashMap::default(),
            means: means.map(|mean| mean.to_vec()),
            outside,
        };
        for (stem, (count, frequency)) in &counts {
            if *count >= 2 {
                let rarity = archive.rarity_of(*count, *frequency);
                archive.rarity.insert(*stem, rarity);
            }
        }
        (archive, counts)
    }

    /// Rarity of what stands in `count` items of the archive, and so often in texts at large.
    pub(super) fn rarity_of(&self, count: u32, frequency: f32) -> f32 {
        let usual = LANGUAGE * (1.0 - (-self.length * WITH_STOP_WORDS * frequency).exp());
        let (all, with) = (as_f32(self.items) + LANGUAGE, as_f32(count) + usual);
        (1.0 + (all - with + 0.5).max(0.0) / (with + 0.5)).ln()
    }

    /// Rarity of a stem: as the archive knows it, else of its counts.
    pub(super) fn rarity_in(&self, stem: u64, count: u32, frequency: f32) -> f32 {
        self.rarity.get(&stem).copied().unwrap_or_else(|| self.rarity_of(count, frequency))
    }

    /// A count as BM25 takes it, in a text of this length.
    pub(super) fn saturated(&self, count: f32, length: f32) -> f32 {
        count * (K1 + 1.0) / (count + K1 * (1.0 - B + B * length / self.length))
    }

    /// A text's direction, free of what all texts of its language share, at length 1.
    pub(super) fn own_direction(&self, item: &Features) -> Vector {
        let mut own = item.vector;
        own.iter_mut().zip(&self.means[item.language as usize]).for_each(|(value, mean)| *value -= mean);
        unit(own)
    }

    /// A text's direction in a model from outside, free of what all texts of its language share, at length 1.
    pub(super) fn own_outside(&self, item: &Features) -> Vec<f32> {
        let mean = &self.outside[item.language as usize];
        if mean.is_empty() { item.outside.clone() } else { free_of(&item.outside, mean, 1.0) }
    }

    /// The weights of a text's stems (logarithm of the count times rarity), at length 1.
    pub(super) fn weights<'a>(&'a self, item: &'a Features) -> impl Iterator<Item = (u64, f32)> + Clone + 'a {
        let raw = move |stem: &Stem| {
            let rarity = self.rarity.get(&stem.hash)?;
            Some((stem.hash, (1.0 + stem.count.ln().max(0.0)) * rarity))
        };
        let length = item.stems.iter().filter_map(raw).map(|(_, weight)| weight * weight).sum::<f32>().sqrt();
        item.stems.iter().filter_map(raw).map(move |(hash, weight)| (hash, weight / length.max(1e-6)))
    }
}

/// What was learnt of one topic.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Learnt {
    /// Weight times rarity of the stems of its words, as looked for.
    pub stems: Vec<(u64, f32)>,
    /// Length of those weights in each language.
    pub lengths: [f32; 3],
    /// How far its words can tell in each language, 0 to 1.
    pub coverage: [f32; 3],
    /// How high the lexical score and the likeness of meaning usually are, in each language.
    pub words: [Scale; 3],
    pub meaning: [Scale; 3],
    /// How high both together usually are.
    pub asked: Scale,
    /// Words that keep company with it in the archive: weights of stems at length 1, and a direction.
    pub company: Vec<(u64, f32)>,
    pub direction: Vec<f32>,
    /// How high the likeness to both usually is.
    pub by_company: Scale,
    pub by_direction: Scale,
    /// How high all together usually are.
    pub whole: Scale,
    /// What people's judgements add.
    pub correction: Option<Correction>,
}

/// A line as learnt from an archive.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Model {
    pub(super) archive: Archive,
    /// Rarity of the terms that are looked for as they stand, in the order of the line.
    pub(super) literals: Vec<f32>,
    /// What was learnt of each topic, in the order of the line.
    pub(super) topics: Vec<Learnt>,
    /// How much the company of words counts, 0 to 1: nothing without an archive.
    pub(super) trust: f32,
    /// It was learnt with a model from outside.
    pub(super) with_outside: bool,
    /// Items that others are compared with.
    pub(super) neighbours: Neighbours,
}

impl Model {
    /// As it is kept: the version of this form, and the numbers.
    pub fn to_bytes(&self) -> Vec<u8> {
        postcard::to_extend(self, VERSION.to_le_bytes().to_vec()).unwrap_or_default()
    }

    /// True when it was learnt with a model from outside.
    pub fn with_outside(&self) -> bool {
        self.with_outside
    }

    /// True for what was kept in the form of this version.
    pub fn is_current(bytes: &[u8]) -> bool {
        bytes.starts_with(&VERSION.to_le_bytes())
    }

    /// Reads what was kept; nothing of another version.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Self::is_current(bytes).then(|| postcard::from_bytes(&bytes[VERSION.to_le_bytes().len()..]).ok())?
    }
}

/// The language of an item as a place in the arrays above.
pub(super) fn place(language: Language) -> usize {
    language as usize
}

/// Counts are far below the numbers that `f32` holds exactly.
#[expect(clippy::cast_precision_loss, reason = "counts of items and words")]
pub(super) fn as_f32(count: u32) -> f32 {
    count as f32
}
