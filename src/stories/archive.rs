//! The weeks of items that newcomers are compared with, and where each newcomer belongs: a copy of a text, a telling of
//! an event, or a story of its own.
//!
//! Copies: containment of the sampled shingles of the shorter text. Events: candidates share a rare word, likelihoods
//! are clustered anew in the neighbourhood of each newcomer, so a story may also be split or merged by what comes later.

use std::collections::{BTreeSet, HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};

use crate::domain::{Confidentiality, ItemId, Language, StoryId};

use super::cluster::cluster;
use super::likeness::{Rarity, likelihood};
use super::postings::Postings;
use super::sketch::Piece;

/// Two tellings of one event are published within this time of each other.
const NEAR: SignedDuration = SignedDuration::from_hours(24 * 6);
/// Copies are looked for within this time.
const COPIED_WITHIN: SignedDuration = SignedDuration::from_hours(24 * 60);
/// Share of the shorter text's shingles that the longer one holds when one repeats the other. Copies with cuts,
/// boilerplate or a twentieth of the words changed stand at 0.8 and above; forms of one template below.
const CONTAINED: f64 = 0.7;
/// Sampled shingles that must be shared: about twenty of all.
const LEAST_SHARED: usize = 5;
/// A word that more items hold finds no candidates; it still counts in likelihoods.
const COMMON: usize = 250;
/// Candidates compared in full, the most promising first.
const MOST_CANDIDATES: usize = 80;
/// Likelihood below which two items are no neighbours.
const NEIGHBOURS: f32 = 0.04;
/// A background of fewer items is taken for one of so many: rarity would leap about while the archive is young.
const LEAST_BACKGROUND: u32 = 400;
/// Items of one neighbourhood that are clustered together.
const NEIGHBOURHOOD: usize = 600;

/// Where an item belongs, when that is new.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placement {
    /// The item.
    pub item: ItemId,
    /// Its story: its own, or one it shares.
    pub story: StoryId,
    /// The item whose text it repeats.
    pub copy_of: Option<ItemId>,
}

/// Items of the last weeks, ready to be compared.
#[derive(Debug, Default)]
pub struct Archive {
    pieces: Vec<Piece>,
    at: HashMap<ItemId, u32>,
    words: Postings,
    shingles: Postings,
    documents: HashMap<Language, u32>,
    frequency: HashMap<u32, u32>,
}

/// Rarity of words in one language of an archive.
struct Background<'a> {
    frequency: &'a HashMap<u32, u32>,
    documents: f32,
    rarest: f32,
}

impl Rarity for Background<'_> {
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^23, and a rarity needs three digits")]
    fn of(&self, word: u32) -> f32 {
        let seen = self.frequency.get(&word).copied().unwrap_or(0) as f32;
        (((self.documents + 1.0) / (seen + 0.5)).ln() / self.rarest).max(0.01)
    }
}

impl Archive {
    /// How many items it holds.
    pub fn len(&self) -> usize {
        self.pieces.len()
    }

    /// True for an archive without items.
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// When the oldest item was published.
    pub fn oldest(&self) -> Option<Timestamp> {
        self.pieces.iter().map(|piece| piece.published).min()
    }

    /// Adds items whose stories are known already.
    pub fn add(&mut self, pieces: Vec<Piece>) {
        let mut words = Vec::new();
        let mut shingles = Vec::new();
        for piece in pieces {
            if self.at.contains_key(&piece.id) {
                continue;
            }
            let number = u32::try_from(self.pieces.len()).unwrap_or(u32::MAX);
            self.at.insert(piece.id, number);
            *self.documents.entry(piece.language).or_default() += 1;
            for word in distinct_words(&piece) {
                *self.frequency.entry(word).or_default() += 1;
                words.push((word, number));
            }
            shingles.extend(piece.sketch.shingles.iter().map(|shingle| (*shingle, number)));
            self.pieces.push(piece);
        }
        self.words.add(words);
        self.shingles.add(shingles);
    }

    /// Adds newcomers and says what changes: their stories, and those of others that they join or part.
    pub fn place(&mut self, newcomers: Vec<Piece>) -> Vec<Placement> {
        let mut new: Vec<ItemId> = newcomers.iter().map(|piece| piece.id).collect();
        self.add(newcomers);
        new.sort_by_key(|id| self.piece_of(*id).map(|piece| (piece.published, *id)));
        let numbers: Vec<u32> = new.iter().filter_map(|id| self.at.get(id).copied()).collect();
        let mut before: HashMap<ItemId, (StoryId, Option<ItemId>)> = HashMap::new();
        for &number in &numbers {
            let original = self.original(number);
            let piece = &mut self.pieces[number as usize];
            before.insert(piece.id, (piece.story, piece.copy_of));
            piece.copy_of = original.or(piece.copy_of);
        }
        let mut neighbours: HashMap<u32, Vec<(u32, f32)>> = HashMap::new();
        let mut done: HashSet<u32> = HashSet::new();
        let mut scratch = vec![0.0; self.pieces.len()];
        for &number in &numbers {
            if done.contains(&number) {
                continue;
            }
            let neighbourhood = self.neighbourhood(number, &mut neighbours, &mut scratch);
            done.extend(&neighbourhood);
            self.settle(&neighbourhood, &neighbours, &mut before);
        }
        let mut changed: Vec<Placement> = before
            .into_iter()
            .filter_map(|(item, old)| {
                let piece = self.piece_of(item)?;
                let new = (piece.story, piece.copy_of);
                (new != old).then_some(Placement { item, story: piece.story, copy_of: piece.copy_of })
            })
            .collect();
        changed.sort_by_key(|placement| placement.item);
        changed
    }

    /// The story of an item that it holds.
    pub fn story_of(&self, item: ItemId) -> Option<StoryId> {
        self.piece_of(item).map(|piece| piece.story)
    }

    /// The item that this one repeats.
    pub fn copy_of(&self, item: ItemId) -> Option<ItemId> {
        self.piece_of(item).and_then(|piece| piece.copy_of)
    }

    fn piece_of(&self, item: ItemId) -> Option<&Piece> {
        self.pieces.get(*self.at.get(&item)? as usize)
    }

    /// The earliest item that `number` repeats, or that repeats it.
    fn original(&self, number: u32) -> Option<ItemId> {
        let piece = &self.pieces[number as usize];
        let mut shared: HashMap<u32, usize> = HashMap::new();
        for shingle in &piece.sketch.shingles {
            for (_, other) in self.shingles.of(*shingle) {
                *shared.entry(*other).or_default() += 1;
            }
        }
        let repeats = |(other, count): (&u32, &usize)| {
            let other = &self.pieces[*other as usize];
            let shorter = piece.sketch.shingles.len().min(other.sketch.shingles.len());
            other.id != piece.id
                && other.class == piece.class
                && *count >= LEAST_SHARED
                && ratio(*count, shorter) >= CONTAINED
                && piece.published.duration_since(other.published).abs() <= COPIED_WITHIN
        };
        let earliest = shared
            .iter()
            .filter(|entry| repeats(*entry))
            .map(|(other, _)| &self.pieces[*other as usize])
            .min_by_key(|other| (other.published, other.id))?;
        ((earliest.published, earliest.id) < (piece.published, piece.id))
            .then(|| earliest.copy_of.filter(|origin| *origin != piece.id).unwrap_or(earliest.id))
    }

    /// All that is linked to `number` by neighbours of neighbours.
    fn neighbourhood(
        &self,
        number: u32,
        neighbours: &mut HashMap<u32, Vec<(u32, f32)>>,
        scratch: &mut [f32],
    ) -> BTreeSet<u32> {
        let mut found = BTreeSet::from([number]);
        let mut open = vec![number];
        while let Some(next) = open.pop() {
            let list = neighbours.entry(next).or_insert_with(|| self.neighbours(next, scratch));
            for (other, _) in list.iter() {
                if found.len() < NEIGHBOURHOOD && found.insert(*other) {
                    open.push(*other);
                }
            }
        }
        found
    }

    /// Items that may tell the same event, with the likelihood; copies at 1.
    fn neighbours(&self, number: u32, scratch: &mut [f32]) -> Vec<(u32, f32)> {
        let piece = &self.pieces[number as usize];
        let background = self.background(piece.language);
        let mut touched: Vec<u32> = Vec::new();
        for word in distinct_words(piece) {
            let holders = self.words.of(word);
            if holders.len() > COMMON {
                continue;
            }
            let rare = background.of(word).powi(2);
            for (_, other) in holders {
                let score = &mut scratch[*other as usize];
                if *score == 0.0 {
                    touched.push(*other);
                }
                *score += rare;
            }
        }
        let mut candidates: Vec<(f32, u32)> =
            touched.iter().map(|other| (std::mem::take(&mut scratch[*other as usize]), *other)).collect();
        candidates.retain(|(_, other)| comparable(piece, &self.pieces[*other as usize]));
        let best = |one: &(f32, u32), other: &(f32, u32)| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1));
        if candidates.len() > MOST_CANDIDATES {
            candidates.select_nth_unstable_by(MOST_CANDIDATES, best);
            candidates.truncate(MOST_CANDIDATES);
        }
        let mut found: Vec<(u32, f32)> = candidates
            .into_iter()
            .map(|(_, other)| (other, likelihood(piece, &self.pieces[other as usize], &background)))
            .filter(|(_, likely)| *likely >= NEIGHBOURS)
            .collect();
        for copy in piece.copy_of.iter().filter_map(|original| self.at.get(original)) {
            found.retain(|(other, _)| other != copy);
            found.push((*copy, 1.0));
        }
        found.sort_by_key(|(other, _)| *other);
        found
    }

    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^23")]
    fn background(&self, language: Language) -> Background<'_> {
        let documents = self.documents.get(&language).copied().unwrap_or(0).max(LEAST_BACKGROUND) as f32;
        Background { frequency: &self.frequency, documents, rarest: ((documents + 1.0) / 1.5).ln().max(1.0) }
    }

    /// Clusters a neighbourhood and gives each group its story.
    fn settle(
        &mut self,
        neighbourhood: &BTreeSet<u32>,
        neighbours: &HashMap<u32, Vec<(u32, f32)>>,
        before: &mut HashMap<ItemId, (StoryId, Option<ItemId>)>,
    ) {
        // By date, not by arrival: ties fall the same way whatever came first.
        let mut order: Vec<u32> = neighbourhood.iter().copied().collect();
        order.sort_by_key(|number| (self.pieces[*number as usize].published, self.pieces[*number as usize].id));
        let place: HashMap<u32, usize> = order.iter().enumerate().map(|(at, number)| (*number, at)).collect();
        let mut likelihoods: HashMap<(usize, usize), f64> = HashMap::new();
        for (at, number) in order.iter().enumerate() {
            for (other, likely) in neighbours.get(number).into_iter().flatten() {
                if let Some(&other) = place.get(other) {
                    let value = likelihoods.entry((at.min(other), at.max(other))).or_default();
                    *value = value.max(f64::from(*likely));
                }
            }
        }
        let mut list: Vec<(usize, usize, f64)> =
            likelihoods.into_iter().map(|((one, other), likely)| (one, other, likely)).collect();
        list.sort_by_key(|(one, other, _)| (*one, *other));
        let mut groups = cluster(order.len(), &list);
        // The largest group keeps a story that several lay claim to.
        groups.sort_by_key(|group| (std::cmp::Reverse(group.len()), group[0]));
        let mut taken: HashSet<StoryId> = HashSet::new();
        for group in groups {
            let members: Vec<u32> = group.iter().map(|at| order[*at]).collect();
            let story = self.story_for(&members, &taken);
            taken.insert(story);
            for number in members {
                let piece = &mut self.pieces[number as usize];
                before.entry(piece.id).or_insert((piece.story, piece.copy_of));
                piece.story = story;
            }
        }
    }

    /// The story most members had, the oldest of equals; a newcomer's own when others have taken theirs.
    fn story_for(&self, members: &[u32], taken: &HashSet<StoryId>) -> StoryId {
        let mut votes: HashMap<StoryId, usize> = HashMap::new();
        for number in members {
            *votes.entry(self.pieces[*number as usize].story).or_default() += 1;
        }
        votes
            .into_iter()
            .filter(|(story, _)| !taken.contains(story))
            .max_by_key(|(story, count)| (*count, std::cmp::Reverse(*story)))
            .map(|(story, _)| story)
            .or_else(|| {
                let own = members.iter().map(|number| StoryId(self.pieces[*number as usize].id.0));
                own.filter(|story| !taken.contains(story)).min()
            })
            .unwrap_or(StoryId(self.pieces[members[0] as usize].id.0))
    }
}

fn distinct_words(piece: &Piece) -> Vec<u32> {
    let mut words: Vec<u32> = piece.sketch.title.iter().map(|word| word.word).collect();
    words.extend(piece.sketch.whole.iter().map(|(word, _)| *word));
    words.sort_unstable();
    words.dedup();
    words
}

fn comparable(one: &Piece, other: &Piece) -> bool {
    let inside = |piece: &Piece| piece.class == Confidentiality::Internal;
    one.id != other.id
        && inside(one) == inside(other)
        && one.language == other.language
        && one.published.duration_since(other.published).abs() <= NEAR
}

#[expect(clippy::cast_precision_loss, reason = "counts of shingles are far below 2^52")]
fn ratio(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}
