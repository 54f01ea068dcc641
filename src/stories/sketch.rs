//! What grouping keeps of an item: the words of its title and opening as numbers, a sample of its shingles. A few
//! hundred bytes, made once when the item is read and kept with it, so that weeks of archive fit in memory.

use jiff::Timestamp;
use xxhash_rust::xxh3::xxh3_64;

use crate::domain::{Confidentiality, ItemId, Language, StoryId};
use crate::text::reading::{Reading, is_stop_word};
use crate::text::tokens::Token;

use super::copies::are_copies;

/// Words of the text that count as its opening.
const OPENING: usize = 90;
/// Words of the text from which its opening is compared too.
const ENOUGH_TEXT: usize = 25;
/// How much more a word of the title counts.
const TITLE_WEIGHT: u8 = 3;
/// Words of a shingle.
const WIDTH: usize = 4;
/// One shingle in so many is kept, chosen by its hash: the same ones in every text (`FracMinHash`).
pub(super) const SAMPLING: u64 = 4;
/// Most shingles kept of one text.
const MOST_SHINGLES: usize = 1200;
/// First byte of the stored form; another one means that the sketch must be made again.
const VERSION: u8 = 1;

/// A word of a title.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TitleWord {
    /// Its stem, as a number.
    pub word: u32,
    /// It is a name: a capital that no sentence begins with.
    pub name: bool,
    /// It is a figure.
    pub figure: bool,
}

/// The words and shingles of a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sketch {
    /// Words of the title, each once, in order of their number.
    pub(super) title: Vec<TitleWord>,
    /// Words of title and opening with how much they count, in order of their number; empty when there is hardly any
    /// text.
    pub(super) whole: Vec<(u32, u8)>,
    /// Sample of the shingles of the text, sorted.
    pub(super) shingles: Vec<u32>,
}

impl Sketch {
    /// Sketches what was read of an item.
    pub fn of(reading: &Reading) -> Self {
        let number = |token: &Token| u32::try_from(token.stem_hash() & u64::from(u32::MAX)).unwrap_or_default();
        let telling = |token: &&Token| token.word().len() > 1 && !is_stop_word(token.word());
        let mut title: Vec<TitleWord> = reading
            .title
            .iter()
            .enumerate()
            .filter(|(_, token)| telling(token))
            .map(|(at, token)| {
                let written = reading.title_words(at, 1);
                let capital = written.starts_with(char::is_uppercase);
                let acronym = capital && written.chars().count() > 1 && !written.contains(char::is_lowercase);
                let figure = token.word().starts_with(|c: char| c.is_ascii_digit());
                TitleWord { word: number(token), name: capital && (at > 0 || acronym), figure }
            })
            .collect();
        title.sort_by_key(|word| (word.word, !word.name));
        title.dedup_by_key(|word| word.word);
        let mut whole: Vec<(u32, u8)> = Vec::new();
        if reading.body.len() >= ENOUGH_TEXT {
            whole.extend(reading.title.iter().filter(telling).map(|token| (number(token), TITLE_WEIGHT)));
            whole.extend(reading.body.iter().take(OPENING).filter(telling).map(|token| (number(token), 1)));
            whole.sort_unstable_by_key(|(word, _)| *word);
            whole.dedup_by(|(word, count), (kept, total)| {
                let same = word == kept;
                if same {
                    *total = total.saturating_add(*count);
                }
                same
            });
        }
        Sketch { title, whole, shingles: shingles(&reading.body) }
    }

    /// True when one text repeats the other, or a part of it.
    pub fn repeats(&self, other: &Sketch) -> bool {
        let (short, long) = match self.shingles.len() <= other.shingles.len() {
            true => (&self.shingles, &other.shingles),
            false => (&other.shingles, &self.shingles),
        };
        let shared = short.iter().filter(|shingle| long.binary_search(shingle).is_ok()).count();
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        are_copies(count(shared), count(short.len()))
    }

    /// The stored form.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![VERSION];
        let count = |number: usize, bytes: &mut Vec<u8>| {
            bytes.extend(u16::try_from(number).unwrap_or(u16::MAX).to_le_bytes());
        };
        count(self.title.len(), &mut bytes);
        for word in &self.title {
            bytes.extend(word.word.to_le_bytes());
            bytes.push(u8::from(word.name) | (u8::from(word.figure) << 1));
        }
        count(self.whole.len(), &mut bytes);
        for (word, times) in &self.whole {
            bytes.extend(word.to_le_bytes());
            bytes.push(*times);
        }
        count(self.shingles.len(), &mut bytes);
        for shingle in &self.shingles {
            bytes.extend(shingle.to_le_bytes());
        }
        bytes
    }

    /// True for bytes that [`Sketch::from_bytes`] would not refuse at once: those of this version.
    pub fn is_current(bytes: &[u8]) -> bool {
        bytes.first() == Some(&VERSION)
    }

    /// Reads what [`Sketch::to_bytes`] wrote; `None` for anything else, other versions included.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes.strip_prefix(&[VERSION])?;
        let count = |rest: &mut &[u8]| -> Option<usize> {
            let (head, tail) = rest.split_first_chunk::<2>()?;
            *rest = tail;
            Some(usize::from(u16::from_le_bytes(*head)))
        };
        let word = |rest: &mut &[u8]| -> Option<u32> {
            let (head, tail) = rest.split_first_chunk::<4>()?;
            *rest = tail;
            Some(u32::from_le_bytes(*head))
        };
        let byte = |rest: &mut &[u8]| -> Option<u8> {
            let (head, tail) = rest.split_first()?;
            *rest = tail;
            Some(*head)
        };
        let mut sketch = Sketch::default();
        for _ in 0..count(&mut rest)? {
            let (word, flags) = (word(&mut rest)?, byte(&mut rest)?);
            sketch.title.push(TitleWord { word, name: flags & 1 != 0, figure: flags & 2 != 0 });
        }
        for _ in 0..count(&mut rest)? {
            sketch.whole.push((word(&mut rest)?, byte(&mut rest)?));
        }
        for _ in 0..count(&mut rest)? {
            sketch.shingles.push(word(&mut rest)?);
        }
        rest.is_empty().then_some(sketch)
    }
}

/// A sample of the distinct shingles of a text.
fn shingles(body: &[Token]) -> Vec<u32> {
    let words: Vec<u64> = body.iter().map(|token| token.hash()).collect();
    let mut kept: Vec<u32> = words
        .windows(WIDTH)
        .filter_map(|window| {
            let mut bytes = [0; WIDTH * 8];
            for (slot, word) in bytes.chunks_exact_mut(8).zip(window) {
                slot.copy_from_slice(&word.to_le_bytes());
            }
            let hash = xxh3_64(&bytes);
            (hash >> 32).is_multiple_of(SAMPLING).then(|| u32::try_from(hash & u64::from(u32::MAX)).unwrap_or_default())
        })
        .collect();
    kept.sort_unstable();
    kept.dedup();
    kept.truncate(MOST_SHINGLES);
    kept
}

/// An item, as grouping sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    /// Its number.
    pub id: ItemId,
    /// Its story so far; a newcomer is alone in its own.
    pub story: StoryId,
    /// The item whose text it was found to repeat.
    pub copy_of: Option<ItemId>,
    /// When it was published.
    pub published: Timestamp,
    /// Its class: internal items never group with others.
    pub class: Confidentiality,
    /// Its source, as a number (see [`source_number`]).
    pub source: u32,
    /// Language of its words.
    pub language: Language,
    /// Its words and shingles.
    pub sketch: Sketch,
}

/// A source as a number that takes less room than its id.
pub fn source_number(id: &str) -> u32 {
    u32::try_from(xxh3_64(id.as_bytes()) & u64::from(u32::MAX)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sketch_survives_its_stored_form_and_odd_bytes_are_refused() {
        let text = "La chaufferie de Besançon a coûté 12 % de moins que prévu. ".repeat(20);
        let sketch = Sketch::of(&Reading::new("À Besançon, 12 écoles au bois", &text, Language::French));
        assert!(sketch.title.iter().any(|word| word.name) && sketch.title.iter().any(|word| word.figure));
        let bytes = sketch.to_bytes();
        assert_eq!(Sketch::from_bytes(&bytes), Some(sketch));
        assert_eq!(Sketch::from_bytes(&bytes[..bytes.len() - 1]), None);
        assert_eq!(Sketch::from_bytes(&[9, 0, 0]), None);
        assert_eq!(Sketch::from_bytes(&[]), None);
    }
}
