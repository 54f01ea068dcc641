//! Same event, told by others: weighted words of title and opening, compared with the members of recent stories.
//!
//! The weight of a word is its rarity in the whole background, so that the words of the event itself stay telling on
//! the day everybody uses them. A newcomer joins the story it resembles on average, so that stories do not chain.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use crate::domain::{Confidentiality, ItemId, Language, StoryId};
use crate::text::reading::{Reading, is_stop_word};

use super::copies::Shingles;

/// Words of the text that count as its opening.
const OPENING: usize = 90;
/// Two tellings of one event are published within this time of each other.
const NEAR: SignedDuration = SignedDuration::from_hours(24 * 6);
/// Mean resemblance to the members of a story from which a newcomer joins it. Both thresholds were set on the bundled
/// press (`tests/stories.rs`): B-cubed precision 1.00 and recall 0.90 there.
const JOINS: f64 = 0.19;
/// Resemblance below which not even the nearest member counts.
const NEAREST: f64 = 0.245;

/// An item, as grouping sees it.
#[derive(Debug, Clone)]
pub struct Piece<'a> {
    /// Its number.
    pub id: ItemId,
    /// Its story so far; a newcomer is alone in its own.
    pub story: StoryId,
    /// When it was published.
    pub published: Timestamp,
    /// Its class: internal items never group with others.
    pub class: Confidentiality,
    /// Its source: two items of one source are two stories unless they say the same.
    pub source: &'a str,
    /// Its words.
    pub reading: &'a Reading,
}

/// Where a newcomer was put.
#[derive(Debug, Clone, PartialEq)]
pub struct Placement {
    /// The item.
    pub item: ItemId,
    /// Its story: its own, or the one it joined.
    pub story: StoryId,
    /// The item whose text it repeats.
    pub copy_of: Option<ItemId>,
    /// Why, in words; `None` when it stays alone.
    pub why: Option<String>,
}

/// Places `new` items among `known` ones, the earliest published first. Both serve as background.
pub fn place(new: &[Piece<'_>], known: &[Piece<'_>]) -> Vec<Placement> {
    let background = Background::of(known.iter().chain(new));
    let mut shingles = Shingles::default();
    let mut placed: Vec<Placed<'_>> = Vec::with_capacity(known.len() + new.len());
    for piece in known {
        shingles.find_and_add(&piece.reading.body, |_| false);
        placed.push(Placed { story: piece.story, vector: background.vector(piece.reading), piece });
    }
    let mut order: Vec<&Piece<'_>> = new.iter().collect();
    order.sort_by_key(|piece| (piece.published, piece.id));
    let mut placements = Vec::with_capacity(new.len());
    for piece in order {
        let vector = background.vector(piece.reading);
        let copied = shingles.find_and_add(&piece.reading.body, |other| placed[other].piece.class == piece.class);
        let placement = match copied.map(|other| &placed[other]) {
            Some(original) => Placement {
                item: piece.id,
                story: original.story,
                copy_of: Some(original.piece.id),
                why: Some("the same text".to_owned()),
            },
            None => match best_story(piece, &vector, &placed) {
                Some((story, words)) => Placement {
                    item: piece.id,
                    story,
                    copy_of: None,
                    why: Some(format!("the same event: {}", words.join(", "))),
                },
                None => Placement { item: piece.id, story: piece.story, copy_of: None, why: None },
            },
        };
        placed.push(Placed { story: placement.story, vector, piece });
        placements.push(placement);
    }
    placements
}

struct Placed<'a> {
    story: StoryId,
    vector: Vector,
    piece: &'a Piece<'a>,
}

/// Words and their weights, of length one.
type Vector = HashMap<String, f64>;

fn best_story(piece: &Piece<'_>, vector: &Vector, placed: &[Placed<'_>]) -> Option<(StoryId, Vec<String>)> {
    let mut likeness: HashMap<StoryId, (f64, f64, usize)> = HashMap::new();
    for other in placed {
        if !comparable(piece, other.piece) {
            continue;
        }
        let resemblance = cosine(vector, &other.vector);
        let (sum, best, members) = likeness.entry(other.story).or_default();
        *sum += resemblance;
        *best = best.max(resemblance);
        *members += 1;
    }
    let mean = |sum: f64, members: usize| sum / f64::from(u32::try_from(members).unwrap_or(u32::MAX));
    let (story, _) = likeness
        .into_iter()
        .filter(|(_, (sum, best, members))| mean(*sum, *members) >= JOINS && *best >= NEAREST)
        .map(|(story, (sum, _, members))| (story, mean(sum, members)))
        .max_by(|(story, one), (other_story, other)| one.total_cmp(other).then(other_story.cmp(story)))?;
    let mut shared: HashMap<&str, f64> = HashMap::new();
    for other in placed.iter().filter(|other| other.story == story) {
        for (word, weight) in &other.vector {
            if let Some(own) = vector.get(word) {
                *shared.entry(word).or_default() += weight * own;
            }
        }
    }
    let mut words: Vec<(&str, f64)> = shared.into_iter().collect();
    words.sort_by(|(word, one), (other_word, other)| other.total_cmp(one).then(word.cmp(other_word)));
    Some((story, words.into_iter().take(4).map(|(word, _)| word.to_owned()).collect()))
}

fn comparable(one: &Piece<'_>, other: &Piece<'_>) -> bool {
    let inside = |piece: &Piece<'_>| piece.class == Confidentiality::Internal;
    inside(one) == inside(other)
        && one.source != other.source
        && one.reading.language() == other.reading.language()
        && one.published.duration_since(other.published).abs() <= NEAR
}

fn cosine(one: &Vector, other: &Vector) -> f64 {
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    short.iter().filter_map(|(word, weight)| long.get(word).map(|other| weight * other)).sum()
}

/// How rare words are.
struct Background {
    documents: f64,
    frequency: HashMap<(Language, String), u32>,
}

impl Background {
    fn of<'a>(pieces: impl Iterator<Item = &'a Piece<'a>>) -> Self {
        let mut documents = 0.0;
        let mut frequency: HashMap<(Language, String), u32> = HashMap::new();
        for piece in pieces {
            documents += 1.0;
            let mut words: Vec<&str> = telling(piece.reading).map(|(stem, _)| stem).collect();
            words.sort_unstable();
            words.dedup();
            for word in words {
                *frequency.entry((piece.reading.language(), word.to_owned())).or_default() += 1;
            }
        }
        Background { documents, frequency }
    }

    fn vector(&self, reading: &Reading) -> Vector {
        let mut counts: HashMap<&str, f64> = HashMap::new();
        for (stem, weight) in telling(reading) {
            *counts.entry(stem).or_default() += weight;
        }
        let mut vector: Vector = counts
            .into_iter()
            .map(|(stem, count)| {
                let seen = self.frequency.get(&(reading.language(), stem.to_owned())).copied().unwrap_or(0);
                let rarity = ((self.documents + 1.0) / (f64::from(seen) + 0.5)).ln();
                (stem.to_owned(), count.sqrt() * rarity.max(0.05))
            })
            .collect();
        let length = vector.values().map(|weight| weight * weight).sum::<f64>().sqrt();
        if length > 0.0 {
            vector.values_mut().for_each(|weight| *weight /= length);
        }
        vector
    }
}

/// Stems that may tell an event apart, title words counting three times.
fn telling(reading: &Reading) -> impl Iterator<Item = (&str, f64)> {
    let title = reading.title.iter().map(|token| (token, 3.0));
    let opening = reading.body.iter().take(OPENING).map(|token| (token, 1.0));
    title
        .chain(opening)
        .filter(|(token, _)| token.word.len() > 1 && !is_stop_word(&token.word))
        .map(|(token, weight)| (token.stem.as_str(), weight))
}
