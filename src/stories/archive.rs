//! The weeks of items that newcomers are compared with, and where each newcomer belongs: a copy of a text, a telling of
//! an event, or a story of its own.
//!
//! Copies: containment of the sampled shingles of the shorter text. Events: candidates share a rare word, likelihoods
//! are clustered anew in the neighbourhood of each newcomer, so a story may also be split or merged by what comes later.

use std::collections::{BTreeSet, HashMap, HashSet};

use foldhash::fast::FixedState;
use jiff::{SignedDuration, Timestamp};

use crate::domain::{Confidentiality, ItemId, Language, StoryId};

use super::cluster::cluster;
use super::copies::Copies;
use super::likeness::{Words, likelihood};
use super::sketch::{Piece, Sketch, TitleWord};

/// Two tellings of one event are published within this time of each other.
const NEAR: SignedDuration = SignedDuration::from_hours(24 * 6);
/// Copies are looked for within this time.
const COPIED_WITHIN: SignedDuration = SignedDuration::from_hours(24 * 60);
/// A word that more items hold finds no candidates; it still counts in likelihoods.
const COMMON: usize = 200;
/// Words, the rarest, that candidates are found by.
const TELLING: usize = 16;
/// Candidates compared in full, the most promising first.
const MOST_CANDIDATES: usize = 60;
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

/// An item of the archive, its words numbered.
#[derive(Debug)]
struct Kept {
    id: ItemId,
    story: StoryId,
    copy_of: Option<ItemId>,
    published: Timestamp,
    class: Confidentiality,
    language: Language,
    words: Words,
}

/// Items of the last weeks, ready to be compared.
#[derive(Debug, Default)]
pub struct Archive {
    kept: Vec<Kept>,
    at: HashMap<ItemId, u32, FixedState>,
    /// Number of each word: its place in the two lists below.
    numbers: HashMap<u32, u32, FixedState>,
    /// Which items hold each word, in order.
    holders: Vec<Vec<u32>>,
    /// Language each word is of.
    languages: Vec<Language>,
    documents: HashMap<Language, u32>,
    copies: Copies,
    /// Newcomers that were let in and have no story yet, with their shingles.
    waiting: Vec<(u32, Vec<u32>)>,
}

/// What is worked out once for a batch of newcomers.
struct Work {
    rarity: Vec<f32>,
    /// Scores of candidates, zero between two uses.
    scratch: Vec<f32>,
    neighbours: HashMap<u32, Vec<(u32, f32)>, FixedState>,
    /// Items that repeat each other's texts.
    copies: HashMap<u32, Vec<u32>>,
    /// Stories and originals as they were.
    before: HashMap<ItemId, (StoryId, Option<ItemId>)>,
}

impl Archive {
    /// How many items it holds.
    pub fn len(&self) -> usize {
        self.kept.len()
    }

    /// True for an archive without items.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// When the oldest item was published.
    pub fn oldest(&self) -> Option<Timestamp> {
        self.kept.iter().map(|item| item.published).min()
    }

    /// Adds items whose stories are known already.
    pub fn add(&mut self, pieces: Vec<Piece>) {
        let shingles = self.take_in(pieces);
        self.copies.add(shingles);
    }

    /// Lets newcomers in, whose stories [`Archive::settle`] finds: many come by parts, so that no more than a part of
    /// them is in memory twice.
    pub fn let_in(&mut self, newcomers: Vec<Piece>) {
        let shingles = self.take_in(newcomers);
        self.waiting.extend(shingles);
    }

    fn take_in(&mut self, pieces: Vec<Piece>) -> Vec<(u32, Vec<u32>)> {
        let mut shingles = Vec::with_capacity(pieces.len());
        for piece in pieces {
            if self.at.contains_key(&piece.id) {
                continue;
            }
            let place = u32::try_from(self.kept.len()).unwrap_or(u32::MAX);
            self.at.insert(piece.id, place);
            *self.documents.entry(piece.language).or_default() += 1;
            let words = self.number(&piece.sketch, piece.language, piece.source, place);
            shingles.push((place, piece.sketch.shingles));
            self.kept.push(Kept {
                id: piece.id,
                story: piece.story,
                copy_of: piece.copy_of,
                published: piece.published,
                class: piece.class,
                language: piece.language,
                words,
            });
        }
        shingles
    }

    /// Numbers the words of a sketch, and notes that the item at `place` holds them.
    fn number(&mut self, sketch: &Sketch, language: Language, source: u32, place: u32) -> Words {
        let mut number = |word: u32| -> u32 {
            let next = u32::try_from(self.holders.len()).unwrap_or(u32::MAX);
            let number = *self.numbers.entry(word).or_insert(next);
            if number == next {
                self.holders.push(Vec::new());
                self.languages.push(language);
            }
            let holders = &mut self.holders[number as usize];
            if holders.last() != Some(&place) {
                holders.push(place);
            }
            number
        };
        let mut title: Vec<TitleWord> =
            sketch.title.iter().map(|word| TitleWord { word: number(word.word), ..*word }).collect();
        title.sort_unstable_by_key(|word| word.word);
        let mut whole: Vec<(u32, u8)> = sketch.whole.iter().map(|(word, count)| (number(*word), *count)).collect();
        whole.sort_unstable();
        Words { title, whole, source }
    }

    /// Adds newcomers and says what changes: their stories, and those of others that they join or part.
    pub fn place(&mut self, newcomers: Vec<Piece>) -> Vec<Placement> {
        self.let_in(newcomers);
        self.settle()
    }

    /// Finds where those who were let in belong, and says what changes.
    pub fn settle(&mut self) -> Vec<Placement> {
        let waiting = std::mem::take(&mut self.waiting);
        let mut places: Vec<u32> = waiting.iter().map(|(place, _)| *place).collect();
        places.sort_by_key(|place| self.rank(*place));
        let mut work = Work {
            rarity: self.rarity(),
            scratch: vec![0.0; self.kept.len()],
            neighbours: HashMap::default(),
            copies: HashMap::new(),
            before: HashMap::new(),
        };
        for (one, other) in self.copies.meet(waiting) {
            let (left, right) = (&self.kept[one as usize], &self.kept[other as usize]);
            if left.class == right.class && left.published.duration_since(right.published).abs() <= COPIED_WITHIN {
                work.copies.entry(one).or_default().push(other);
                work.copies.entry(other).or_default().push(one);
            }
        }
        self.name_originals(&mut work);
        let mut done: HashSet<u32> = HashSet::new();
        for &place in &places {
            if done.contains(&place) {
                continue;
            }
            let neighbourhood = self.neighbourhood(place, &mut work);
            done.extend(&neighbourhood);
            self.cluster(&neighbourhood, &mut work);
        }
        let mut changed: Vec<Placement> = work
            .before
            .into_iter()
            .filter_map(|(item, old)| {
                let kept = self.item(item)?;
                let new = (kept.story, kept.copy_of);
                (new != old).then_some(Placement { item, story: kept.story, copy_of: kept.copy_of })
            })
            .collect();
        changed.sort_by_key(|placement| placement.item);
        changed
    }

    /// The story of an item that it holds.
    pub fn story_of(&self, item: ItemId) -> Option<StoryId> {
        self.item(item).map(|kept| kept.story)
    }

    /// The item that this one repeats.
    pub fn copy_of(&self, item: ItemId) -> Option<ItemId> {
        self.item(item).and_then(|kept| kept.copy_of)
    }

    fn item(&self, item: ItemId) -> Option<&Kept> {
        self.kept.get(*self.at.get(&item)? as usize)
    }

    /// Order by date, not by arrival: ties fall the same way whatever came first.
    fn rank(&self, place: u32) -> (Timestamp, ItemId) {
        let kept = &self.kept[place as usize];
        (kept.published, kept.id)
    }

    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^23, and a rarity needs three digits")]
    fn rarity(&self) -> Vec<f32> {
        let documents =
            |language: &Language| self.documents.get(language).copied().unwrap_or(0).max(LEAST_BACKGROUND) as f32;
        let of = |(holders, language): (&Vec<u32>, &Language)| {
            let documents = documents(language);
            let rarest = ((documents + 1.0) / 1.5).ln();
            (((documents + 1.0) / (holders.len() as f32 + 0.5)).ln() / rarest).max(0.01)
        };
        self.holders.iter().zip(&self.languages).map(of).collect()
    }

    /// The first published of several copies is the original of the others.
    fn name_originals(&mut self, work: &mut Work) {
        let mut places: Vec<u32> = work.copies.keys().copied().collect();
        places.sort_by_key(|place| self.rank(*place));
        for place in places {
            let earliest =
                work.copies.get(&place).into_iter().flatten().min_by_key(|other| self.rank(**other)).copied();
            let Some(earliest) = earliest.filter(|other| self.rank(*other) < self.rank(place)) else { continue };
            let original = &self.kept[earliest as usize];
            let original = original.copy_of.unwrap_or(original.id);
            let kept = &mut self.kept[place as usize];
            if kept.copy_of.is_none() && original != kept.id {
                work.before.entry(kept.id).or_insert((kept.story, None));
                kept.copy_of = Some(original);
            }
        }
    }

    /// All that is linked to `place` by neighbours of neighbours.
    fn neighbourhood(&self, place: u32, work: &mut Work) -> BTreeSet<u32> {
        let mut found = BTreeSet::from([place]);
        let mut open = vec![place];
        while let Some(next) = open.pop() {
            if !work.neighbours.contains_key(&next) {
                let list = self.neighbours(next, work);
                work.neighbours.insert(next, list);
            }
            for (other, _) in work.neighbours.get(&next).into_iter().flatten() {
                if found.len() < NEIGHBOURHOOD && found.insert(*other) {
                    open.push(*other);
                }
            }
        }
        found
    }

    /// Items that may tell the same event, with the likelihood; copies at 1.
    fn neighbours(&self, place: u32, work: &mut Work) -> Vec<(u32, f32)> {
        let item = &self.kept[place as usize];
        let mut telling: Vec<u32> = item.words.title.iter().map(|word| word.word).collect();
        telling.extend(item.words.whole.iter().map(|(word, _)| *word));
        telling.sort_unstable();
        telling.dedup();
        telling.retain(|word| (2..=COMMON).contains(&self.holders[*word as usize].len()));
        telling.sort_by_key(|word| self.holders[*word as usize].len());
        let mut touched: Vec<u32> = Vec::new();
        for word in telling.into_iter().take(TELLING) {
            let rare = work.rarity[word as usize].powi(2);
            for &other in &self.holders[word as usize] {
                let score = &mut work.scratch[other as usize];
                if *score == 0.0 {
                    touched.push(other);
                }
                *score += rare;
            }
        }
        let mut candidates: Vec<(f32, u32)> =
            touched.iter().map(|other| (std::mem::take(&mut work.scratch[*other as usize]), *other)).collect();
        candidates.retain(|(_, other)| comparable(item, &self.kept[*other as usize]));
        let best = |one: &(f32, u32), other: &(f32, u32)| {
            other.0.total_cmp(&one.0).then_with(|| self.rank(one.1).cmp(&self.rank(other.1)))
        };
        if candidates.len() > MOST_CANDIDATES {
            candidates.select_nth_unstable_by(MOST_CANDIDATES, best);
            candidates.truncate(MOST_CANDIDATES);
        }
        let mut found: Vec<(u32, f32)> = candidates
            .into_iter()
            .map(|(_, other)| (other, likelihood(&item.words, &self.kept[other as usize].words, &work.rarity)))
            .filter(|(_, likely)| *likely >= NEIGHBOURS)
            .collect();
        let known = item.copy_of.and_then(|original| self.at.get(&original)).copied();
        for copy in work.copies.get(&place).into_iter().flatten().copied().chain(known) {
            found.retain(|(other, _)| *other != copy);
            found.push((copy, 1.0));
        }
        found.sort_by_key(|(other, _)| *other);
        // The list was made in the room of all candidates.
        found.shrink_to_fit();
        found
    }

    /// Clusters a neighbourhood and gives each group its story.
    fn cluster(&mut self, neighbourhood: &BTreeSet<u32>, work: &mut Work) {
        let mut order: Vec<u32> = neighbourhood.iter().copied().collect();
        order.sort_by_key(|place| self.rank(*place));
        let number: HashMap<u32, usize> = order.iter().enumerate().map(|(at, place)| (*place, at)).collect();
        let mut likelihoods: HashMap<(usize, usize), f64> = HashMap::new();
        for (at, place) in order.iter().enumerate() {
            for (other, likely) in work.neighbours.get(place).into_iter().flatten() {
                if let Some(&other) = number.get(other) {
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
            for place in members {
                let kept = &mut self.kept[place as usize];
                work.before.entry(kept.id).or_insert((kept.story, kept.copy_of));
                kept.story = story;
            }
        }
    }

    /// The story most members had, the oldest of equals; a newcomer's own when others have taken theirs.
    fn story_for(&self, members: &[u32], taken: &HashSet<StoryId>) -> StoryId {
        let item = |place: &u32| &self.kept[*place as usize];
        let mut votes: HashMap<StoryId, usize> = HashMap::new();
        for place in members {
            *votes.entry(item(place).story).or_default() += 1;
        }
        votes
            .into_iter()
            .filter(|(story, _)| !taken.contains(story))
            .max_by_key(|(story, count)| (*count, std::cmp::Reverse(*story)))
            .map(|(story, _)| story)
            .or_else(|| {
                members.iter().map(|place| StoryId(item(place).id.0)).filter(|story| !taken.contains(story)).min()
            })
            .unwrap_or(StoryId(item(&members[0]).id.0))
    }
}

fn comparable(one: &Kept, other: &Kept) -> bool {
    let inside = |item: &Kept| item.class == Confidentiality::Internal;
    one.id != other.id
        && inside(one) == inside(other)
        && one.language == other.language
        && one.published.duration_since(other.published).abs() <= NEAR
}
