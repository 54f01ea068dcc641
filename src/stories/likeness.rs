//! How likely two items tell one event: a logistic score over what their titles and openings share.
//!
//! The weights were fitted on French headlines of our own, which are not in the tree, apart from the stories they are judged on.
//! Rarity of words comes from all items in memory, weeks of them, so that the words of an event stay telling on the
//! day everybody uses them.

use super::sketch::TitleWord;

/// Sum, bias and weights of the score for titles alone.
const TITLE_BIAS: f32 = -13.53;
const COSINE: f32 = 8.62;
const RAREST: f32 = 6.69;
const NAMES: f32 = 1.03;
const OTHER_NAMES: f32 = -1.50;
const OTHER_FIGURES: f32 = -1.95;
const SHORTER: f32 = 0.41;
/// Words of a title that still make it surer.
const LONGEST: usize = 12;
/// The score where both have a text.
const TEXT_BIAS: f32 = -9.3;
const TEXT_COSINE: f32 = 32.4;
/// What two items of one source have against them: a source seldom tells an event twice.
const SAME_SOURCE: f32 = -1.5;

/// An item's words as an archive numbers them, each list in order of the numbers.
#[derive(Debug, Clone, Default)]
pub(super) struct Words {
    /// Words of the title.
    pub title: Vec<TitleWord>,
    /// Words of title and opening, with how much they count; empty when there is hardly any text.
    pub whole: Vec<(u32, u8)>,
    /// Its source.
    pub source: u32,
}

/// Rarity of words by their number: 1 for one never seen before, towards 0 for one in every item.
pub(super) type Rarity = [f32];

/// Likelihood, 0 to 1, that both tell the same event.
pub(super) fn likelihood(one: &Words, other: &Words, rarity: &Rarity) -> f32 {
    let score = if one.whole.is_empty() || other.whole.is_empty() {
        title_score(&one.title, &other.title, rarity)
    } else {
        text_score(&one.whole, &other.whole, rarity)
    };
    let score = if one.source == other.source { score + SAME_SOURCE } else { score };
    1.0 / (1.0 + (-score).exp())
}

fn of(rarity: &Rarity, word: u32) -> f32 {
    rarity.get(word as usize).copied().unwrap_or(1.0)
}

fn text_score(one: &[(u32, u8)], other: &[(u32, u8)], rarity: &Rarity) -> f32 {
    // Counts weigh by their square root, so a product of weights needs one root, and a square none.
    let square = |words: &[(u32, u8)]| -> f32 {
        words.iter().map(|(word, count)| f32::from(*count) * of(rarity, *word).powi(2)).sum()
    };
    let mut shared = 0.0;
    meet(
        one,
        other,
        |word| word.0,
        |left, right| {
            shared += (f32::from(left.1) * f32::from(right.1)).sqrt() * of(rarity, left.0).powi(2);
        },
    );
    if shared == 0.0 {
        return TEXT_BIAS;
    }
    TEXT_BIAS + TEXT_COSINE * shared / (square(one) * square(other)).sqrt().max(f32::EPSILON)
}

fn title_score(one: &[TitleWord], other: &[TitleWord], rarity: &Rarity) -> f32 {
    let length = |words: &[TitleWord]| words.iter().map(|word| of(rarity, word.word).powi(2)).sum::<f32>().sqrt();
    let names =
        |words: &[TitleWord]| -> f32 { words.iter().filter(|word| word.name).map(|word| of(rarity, word.word)).sum() };
    let (mut shared, mut rarest, mut shared_names, mut shared_figures) = (0.0, 0.0_f32, 0.0, false);
    meet(
        one,
        other,
        |word| word.word,
        |left, right| {
            let rare = of(rarity, left.word);
            shared += rare * rare;
            rarest = rarest.max(rare);
            if left.name || right.name {
                shared_names += rare;
            }
            shared_figures |= left.figure;
        },
    );
    let (own, others) = (names(one), names(other));
    let apart = if own > 0.0 && others > 0.0 { (own.min(others) - shared_names).max(0.0) } else { 0.0 };
    let figures = |words: &[TitleWord]| words.iter().any(|word| word.figure);
    let contradict = figures(one) && figures(other) && !shared_figures;
    let shorter = u8::try_from(one.len().min(other.len()).min(LONGEST)).unwrap_or_default();
    TITLE_BIAS
        + COSINE * shared / (length(one) * length(other)).max(f32::EPSILON)
        + RAREST * rarest
        + NAMES * shared_names
        + OTHER_NAMES * apart
        + OTHER_FIGURES * f32::from(u8::from(contradict))
        + SHORTER * f32::from(shorter)
}

/// Calls `both` for what stands in two sorted lists.
fn meet<T>(one: &[T], other: &[T], key: impl Fn(&T) -> u32, mut both: impl FnMut(&T, &T)) {
    let (mut left, mut right) = (0, 0);
    while let (Some(a), Some(b)) = (one.get(left), other.get(right)) {
        let (a_key, b_key) = (key(a), key(b));
        if a_key == b_key {
            both(a, b);
        }
        left += usize::from(a_key <= b_key);
        right += usize::from(b_key <= a_key);
    }
}
