//! What words mean: a vector for each of many French and English word forms, near each other where meanings are.
//!
//! The table is a file of its own (`fr-en.vec`), made by `tools/vectors`, where its recipe, its sources and its quality are
//! told. It is part of the program and read in place: words stand in order, so that looking one up is a binary search,
//! and nothing is built when the program starts.

use std::cmp::Ordering;
use std::sync::LazyLock;

use super::tokens::fold;

/// Length of a vector.
pub const DIMENSIONS: usize = 256;

/// The bytes of the table.
static FILE: &[u8] = include_bytes!("fr-en.vec");
const MAGIC: &[u8] = b"VIGIEVEC";
const VERSION: u32 = 2;
/// A row's scale counts so many of these.
const SCALE_STEP: f32 = 1.0 / 1_048_576.0;
/// A component is its four bits less this, times the row's scale.
const MIDDLE: f32 = 7.5;
/// A byte of frequency `b` stands for 2^(-b/8).
const FREQUENCY_STEPS: f32 = 8.0;
/// Weight of a word in a text: a / (a + its frequency) (Arora, Liang, Ma: A Simple but Tough-to-Beat Baseline for Sentence
/// Embeddings, ICLR 2017).
const SIF: f32 = 1e-4;
/// Words that stand in for one that is not in the table, at most.
const NEIGHBOURS: usize = 8;
/// Letters that a neighbour shares at least.
const SHARED: usize = 5;

/// The table, or what is wrong with it.
static TABLE: LazyLock<Option<Table>> = LazyLock::new(|| Table::read(FILE));

/// A direction of meaning: the sum of what words add, of any length.
pub type Vector = [f32; DIMENSIONS];

/// What the table knows of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Known {
    /// Its row.
    Row(u32),
    /// It has none; so many rows from this one on begin as it does.
    Near(u32, u8),
    /// Nothing.
    #[default]
    Nothing,
}

/// Looks a word up: `lower` in lower case with its accents, straight apostrophes.
pub fn look_up(lower: &str) -> Known {
    TABLE.as_ref().map_or(Known::Nothing, |table| table.look_up(lower))
}

/// Adds `weight` times a word's vector to `sum`, rarer words counting more; gives how much it counted.
pub fn add(known: Known, weight: f32, sum: &mut Vector) -> f32 {
    match (known, TABLE.as_ref()) {
        (Known::Row(row), Some(table)) => {
            let weight = weight * table.weight(row as usize);
            table.add(row as usize, weight, sum);
            weight
        }
        (Known::Near(first, count), Some(table)) => {
            let (first, count) = (first as usize, usize::from(count));
            for row in first..first + count {
                table.add(row, weight / f32::from(u8::try_from(count).unwrap_or(u8::MAX)), sum);
            }
            weight
        }
        _ => 0.0,
    }
}

/// How often a word stands in either language, from 0 to 1; nothing for one that is not in the table.
pub fn frequency(known: Known) -> Option<f32> {
    match (known, TABLE.as_ref()) {
        (Known::Row(row), Some(table)) => Some(table.frequency(row as usize)),
        _ => None,
    }
}

/// Words of the table within `slips` slips of a hand from a folded word (optimal string alignment), the nearest and most
/// usual first; at most three.
pub fn spelled_like(folded: &str, slips: usize) -> Vec<String> {
    let Some(table) = TABLE.as_ref() else { return Vec::new() };
    let letters = folded.chars().count();
    let mut near: Vec<(usize, u8, usize)> = (0..table.count)
        .filter_map(|row| {
            let other = table.folded(row);
            let fits = other.chars().count().abs_diff(letters) <= slips;
            let distance = if fits { strsim::osa_distance(folded, &other) } else { usize::MAX };
            let rare = table.frequencies.get(row).copied().unwrap_or(u8::MAX);
            (distance <= slips).then_some((distance, rare, row))
        })
        .collect();
    near.sort_unstable();
    near.into_iter().take(3).map(|(_, _, row)| table.word(row).to_owned()).collect()
}

/// The vector at length 1; all zeros stay.
pub fn unit(mut vector: Vector) -> Vector {
    let length = dot(&vector, &vector).sqrt();
    if length > 1e-6 {
        vector.iter_mut().for_each(|value| *value /= length);
    }
    vector
}

/// Texts of a language from which it is known what they share.
const FEW: f32 = 50.0;

/// Takes from the vectors of one language, those at the places `own`, what they all share: then texts of two languages can be
/// compared.
pub fn set_apart(vectors: &mut [Vector], own: &[usize]) {
    let mut mean = [0.0_f32; DIMENSIONS];
    let count = f32::from(u16::try_from(own.len()).unwrap_or(u16::MAX)) + FEW;
    for vector in own.iter().filter_map(|at| vectors.get(*at)) {
        mean.iter_mut().zip(vector).for_each(|(mean, value)| *mean += value / count);
    }
    for at in own {
        if let Some(vector) = vectors.get_mut(*at) {
            vector.iter_mut().zip(&mean).for_each(|(value, mean)| *value -= mean);
            *vector = unit(*vector);
        }
    }
}

/// The inner product; of two of length 1, the cosine of their angle.
pub fn dot(one: &Vector, other: &Vector) -> f32 {
    // Eight sums side by side, which the processor adds at once.
    let mut sums = [0.0_f32; 8];
    for (left, right) in one.chunks_exact(8).zip(other.chunks_exact(8)) {
        for lane in 0..8 {
            sums[lane] += left[lane] * right[lane];
        }
    }
    sums.iter().sum()
}

/// The sections of a file, all of them little-endian.
#[derive(Debug)]
struct Table {
    count: usize,
    offsets: &'static [u8],
    words: &'static [u8],
    frequencies: &'static [u8],
    scales: &'static [u8],
    rows: &'static [u8],
}

impl Table {
    /// Finds the sections; nothing of a file of another form is used.
    fn read(file: &'static [u8]) -> Option<Self> {
        let mut rest = file.strip_prefix(MAGIC)?;
        let mut number = || {
            let (head, tail) = rest.split_first_chunk::<4>()?;
            rest = tail;
            Some(u32::from_le_bytes(*head))
        };
        let (version, count, dimensions, letters) = (number()?, number()?, number()?, number()?);
        if version != VERSION || usize::try_from(dimensions).ok()? != DIMENSIONS {
            return None;
        }
        let (count, letters) = (usize::try_from(count).ok()?, usize::try_from(letters).ok()?);
        let mut section = |length: usize| {
            let (own, tail) = rest.split_at_checked(length.next_multiple_of(4))?;
            rest = tail;
            own.get(..length)
        };
        let offsets = section((count + 1) * 4)?;
        let words = section(letters)?;
        let _languages = section(count)?;
        let frequencies = section(count)?;
        let scales = section(count * 2)?;
        let rows = section(count * DIMENSIONS / 2)?;
        Some(Table { count, offsets, words, frequencies, scales, rows })
    }

    fn word(&self, row: usize) -> &str {
        let range = number(self.offsets, row)..number(self.offsets, row + 1);
        self.words.get(range).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
    }

    fn frequency(&self, row: usize) -> f32 {
        (-f32::from(self.frequencies.get(row).copied().unwrap_or(u8::MAX)) / FREQUENCY_STEPS).exp2()
    }

    fn weight(&self, row: usize) -> f32 {
        SIF / (SIF + self.frequency(row))
    }

    fn add(&self, row: usize, weight: f32, sum: &mut Vector) {
        let Some(bytes) = self.rows.get(row * DIMENSIONS / 2..(row + 1) * DIMENSIONS / 2) else { return };
        let scale = self.scales.get(row * 2..row * 2 + 2).map_or(0, |two| u16::from_le_bytes([two[0], two[1]]));
        let weight = weight * f32::from(scale) * SCALE_STEP;
        for (pair, byte) in sum.chunks_exact_mut(2).zip(bytes) {
            pair[0] += weight * (f32::from(byte & 15) - MIDDLE);
            pair[1] += weight * (f32::from(byte >> 4) - MIDDLE);
        }
    }

    /// Words stand in the order of their folded forms, and of themselves where those are the same.
    fn look_up(&self, lower: &str) -> Known {
        let as_row = |row: usize| u32::try_from(row).map_or(Known::Nothing, Known::Row);
        let folded = fold(lower);
        let place = search(self.count, |row| self.folded(row).as_str().cmp(&folded)).unwrap_or_else(|place| place);
        let same = |row: &usize| *row < self.count && self.folded(*row) == folded;
        let first = (0..=place).rev().take_while(same).last().unwrap_or(place);
        let alike: Vec<usize> = (first..self.count).take_while(same).collect();
        // Capitals lose their accents, and hands forget them: then the most frequent word that is the same without.
        let exact = alike.iter().copied().find(|row| self.word(*row) == lower);
        let frequent =
            || alike.iter().copied().max_by(|one, other| self.frequency(*one).total_cmp(&self.frequency(*other)));
        match exact.or_else(frequent) {
            Some(row) => as_row(row),
            None => self.near(&folded, place),
        }
    }

    /// The words around `place` that share the longest beginning with `folded`: most of it, and most of theirs.
    fn near(&self, folded: &str, place: usize) -> Known {
        let letters = folded.chars().count();
        if letters < SHARED || folded.bytes().any(|byte| byte.is_ascii_digit()) {
            return Known::Nothing;
        }
        let shares = |at: usize| {
            let other = self.folded(at);
            let shared = folded.chars().zip(other.chars()).take_while(|(one, other)| one == other).count();
            let enough = shared >= SHARED && shared * 10 >= letters * 7 && shared * 10 >= other.chars().count() * 7;
            if enough { shared } else { 0 }
        };
        let around = place.saturating_sub(NEIGHBOURS)..(place + NEIGHBOURS).min(self.count);
        let best = around.clone().map(shares).max().unwrap_or(0);
        if best == 0 {
            return Known::Nothing;
        }
        // Those that share as much stand side by side, but for longer words between them.
        let Some(first) = around.clone().find(|at| shares(*at) == best) else { return Known::Nothing };
        let count = (first..around.end).take_while(|at| shares(*at) == best).count().min(NEIGHBOURS);
        match (u32::try_from(first), u8::try_from(count)) {
            (Ok(first), Ok(count)) => Known::Near(first, count),
            _ => Known::Nothing,
        }
    }

    fn folded(&self, row: usize) -> String {
        fold(self.word(row))
    }
}

fn number(section: &[u8], at: usize) -> usize {
    section.get(at * 4..).and_then(|rest| rest.first_chunk::<4>()).map_or(0, |four| u32::from_le_bytes(*four) as usize)
}

/// Binary search among `count` entries in order.
fn search(count: usize, compare: impl Fn(usize) -> Ordering) -> Result<usize, usize> {
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = low + (high - low) / 2;
        match compare(middle) {
            Ordering::Less => low = middle + 1,
            Ordering::Greater => high = middle,
            Ordering::Equal => return Ok(middle),
        }
    }
    Err(low)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vector(word: &str) -> Vector {
        let mut sum = [0.0; DIMENSIONS];
        add(look_up(word), 1.0, &mut sum);
        unit(sum)
    }

    fn near(one: &str, other: &str) -> f32 {
        dot(&vector(one), &vector(other))
    }

    #[test]
    fn the_table_is_the_one_that_its_checksum_names() {
        let named = include_str!("../../tools/vectors/fr-en.blake3");
        assert_eq!(blake3::hash(FILE).to_hex().as_str(), named.split_whitespace().next().unwrap_or_default());
        let table = TABLE.as_ref().expect("it can be read");
        assert!(table.count >= 60_000 && FILE.len() <= 12_000_000);
        let folded: Vec<String> = (0..table.count).map(|row| table.folded(row)).collect();
        assert!(folded.windows(2).all(|pair| pair[0] <= pair[1]), "words stand in order");
    }

    #[test]
    fn meanings_meet_across_forms_and_languages() {
        for (one, other) in
            [("maison", "maisons"), ("maison", "house"), ("chauffage", "heating"), ("élection", "election")]
        {
            assert!(near(one, other) > 0.4, "{one} and {other}: {}", near(one, other));
        }
        assert!(near("chauffage", "election") < 0.3 && near("maison", "virus") < 0.35);
    }

    #[test]
    fn accents_may_be_missing_and_unknown_forms_have_neighbours() {
        assert!(matches!(look_up("energie"), Known::Row(_)));
        assert!(near("energie", "énergie") > 0.6 && near("CHAUFFAGE".to_lowercase().as_str(), "chauffage") > 0.99);
        assert!(near("énergie", "electricity") > 0.3);
        assert_ne!(look_up("marché"), look_up("marche"));
        assert!(matches!(look_up("thermodynamiquementissime"), Known::Nothing));
        assert_eq!((look_up("2026"), look_up("")), (Known::Nothing, Known::Nothing));
        let guessed = look_up("photovoltaïquement");
        assert!(matches!(guessed, Known::Near(..)), "{guessed:?}");
        assert!(near("photovoltaïquement", "solar") > 0.3);
    }
}
