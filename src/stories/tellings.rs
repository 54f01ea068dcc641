//! One event told in French and in English: linked by meaning, names and figures, never merged as one text.
//!
//! A logistic score over what both share, fitted on pairs of our own (`tests/fixtures/tellings`); a link stands where each is
//! the other's best. The weights are of the order of each other: no single sign is enough.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::domain::Language;
use crate::text::reading::{Reading, is_stop_word};
use crate::text::tokens::tokenize;
use crate::text::vectors::{Vector, dot, set_apart};

/// Bias and weights: likeness of meaning, shared names and figures (logarithms of their rarity), days between, the shared part
/// of the names, figures that contradict.
const BIAS: f32 = -4.34;
const MEANING: f32 = 7.24;
const NAMES: f32 = 1.58;
const FIGURES: f32 = 0.84;
const DAYS: f32 = -0.96;
const NAMES_SHARED: f32 = 1.56;
const OTHER_FIGURES: f32 = -1.1;
/// Likelihood from which two are linked.
const LINKED: f32 = 0.35;
/// Days that may lie between two tellings.
const MOST_DAYS: f32 = 6.0;
/// Texts that the rarity of a name is measured among, beside those at hand.
const OTHERS: f32 = 500.0;
/// Letters of a name that are compared: `Autriche` and `Austria` are not one, `européenne` and `European` are.
const LETTERS: usize = 6;
/// A text as its tellings are found by.
#[derive(Debug, Clone)]
pub struct Telling {
    language: Language,
    published: Timestamp,
    direction: Vector,
    names: BTreeSet<String>,
    figures: BTreeSet<String>,
}

impl Telling {
    /// Reads a text.
    pub fn of(title: &str, text: &str, reading: &Reading, published: Timestamp) -> Self {
        let mut names = names(text);
        if !is_title_case(title) {
            names.extend(self::names(title));
        }
        let mut figures = figures(title);
        figures.extend(self::figures(text));
        Telling { language: reading.language(), published, direction: reading.direction(), names, figures }
    }
}

/// Pairs of places in `texts`, the French one first, with how likely both tell one event.
pub fn links(texts: &[Telling]) -> Vec<(usize, usize, f32)> {
    let of =
        |language: Language| -> Vec<usize> { (0..texts.len()).filter(|at| texts[*at].language == language).collect() };
    let (french, english) = (of(Language::French), of(Language::English));
    let mut directions: Vec<Vector> = texts.iter().map(|text| text.direction).collect();
    set_apart(&mut directions, &french);
    set_apart(&mut directions, &english);
    let rarity = Rarity::of(texts);
    let mut best: BTreeMap<usize, (usize, f32)> = BTreeMap::new();
    for &one in &french {
        for &other in &english {
            let days = texts[one].published.duration_since(texts[other].published).as_secs_f32().abs() / 86_400.0;
            if days > MOST_DAYS {
                continue;
            }
            let meaning = dot(&directions[one], &directions[other]);
            let likelihood = likelihood(&texts[one], &texts[other], meaning, days, &rarity);
            for (from, to) in [(one, other), (other, one)] {
                let known = best.entry(from).or_insert((to, likelihood));
                if likelihood > known.1 {
                    *known = (to, likelihood);
                }
            }
        }
    }
    let mutual = french.into_iter().filter_map(|one| {
        let (other, likelihood) = *best.get(&one)?;
        (likelihood >= LINKED && best.get(&other)?.0 == one).then_some((one, other, likelihood))
    });
    mutual.collect()
}

/// How rare names and figures are.
struct Rarity<'a> {
    all: f32,
    names: BTreeMap<&'a str, f32>,
    figures: BTreeMap<&'a str, f32>,
}

impl<'a> Rarity<'a> {
    fn of(texts: &'a [Telling]) -> Self {
        let count = |of: fn(&Telling) -> &BTreeSet<String>| {
            let mut counts: BTreeMap<&str, f32> = BTreeMap::new();
            texts.iter().flat_map(of).for_each(|word| *counts.entry(word).or_default() += 1.0);
            counts
        };
        let all = f32::from(u16::try_from(texts.len()).unwrap_or(u16::MAX)) + OTHERS;
        Rarity { all, names: count(|text| &text.names), figures: count(|text| &text.figures) }
    }

    fn sum<'b>(&self, counts: &BTreeMap<&str, f32>, words: impl Iterator<Item = &'b String>) -> f32 {
        words.map(|word| (self.all / (counts.get(word.as_str()).copied().unwrap_or(0.0) + 0.5)).ln()).sum()
    }
}

fn likelihood(one: &Telling, other: &Telling, meaning: f32, days: f32, rarity: &Rarity<'_>) -> f32 {
    let shared_names = rarity.sum(&rarity.names, one.names.intersection(&other.names));
    let shared_figures = rarity.sum(&rarity.figures, one.figures.intersection(&other.figures));
    let fewer = rarity.sum(&rarity.names, one.names.iter()).min(rarity.sum(&rarity.names, other.names.iter()));
    let part = if fewer > 0.0 { shared_names / fewer } else { 0.0 };
    let contradict = !one.figures.is_empty() && !other.figures.is_empty() && shared_figures == 0.0;
    let score = BIAS
        + MEANING * meaning
        + NAMES * shared_names.ln_1p()
        + FIGURES * shared_figures.ln_1p()
        + DAYS * days
        + NAMES_SHARED * part
        + if contradict { OTHER_FIGURES } else { 0.0 };
    1.0 / (1.0 + (-score).exp())
}

/// Words with a capital inside a sentence, folded, by their first letters.
fn names(text: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for token in tokenize(text, Language::Other) {
        let capital = text[token.start..token.end].starts_with(char::is_uppercase);
        let before = text[..token.start].trim_end();
        let joined = before.len() == token.start && before.ends_with('-');
        let begins =
            before.is_empty() || before.ends_with(['.', '!', '?', ':', '«', '“', '"', '…', '—', '–', '-']) && !joined;
        if capital && !begins && token.word().chars().count() > 2 && !is_stop_word(token.word()) {
            names.insert(token.word().chars().take(LETTERS).collect());
        }
    }
    names
}

/// True for a title whose words all begin with capitals, as some English papers set them: they tell no names.
fn is_title_case(title: &str) -> bool {
    let tokens = tokenize(title, Language::Other);
    let long: Vec<&str> =
        tokens.iter().map(|token| &title[token.start..token.end]).filter(|word| word.chars().count() > 3).collect();
    let capitals = long.iter().filter(|word| word.starts_with(char::is_uppercase)).count();
    long.len() > 3 && capitals * 10 >= long.len() * 6
}

/// Numbers of two digits and more, written as both languages would: `12 000`, `12,000` and `12000` are one, years are none.
fn figures(text: &str) -> BTreeSet<String> {
    let mut figures = BTreeSet::new();
    let mut written = String::new();
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        let inside = !written.is_empty()
            && matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '.' | ',')
            && characters.peek().is_some_and(char::is_ascii_digit);
        if c.is_ascii_digit() || inside {
            written.push(c);
        } else if !written.is_empty() {
            figures.extend(figure(&std::mem::take(&mut written)));
        }
    }
    figures.extend(figure(&written));
    figures
}

fn figure(written: &str) -> Option<String> {
    let bare: String = written.chars().filter(|c| c.is_ascii_digit() || matches!(c, '.' | ',')).collect();
    let parts: Vec<&str> = bare.split(['.', ',']).collect();
    let value = match parts.as_slice() {
        [whole] => (*whole).to_owned(),
        [_, thousands @ ..] if thousands.iter().all(|part| part.len() == 3) => parts.concat(),
        [whole, rest] if !rest.trim_end_matches('0').is_empty() => format!("{whole}.{}", rest.trim_end_matches('0')),
        [whole, _] => (*whole).to_owned(),
        _ => parts.concat(),
    };
    let year = value.len() == 4 && value.starts_with("20");
    (value.len() >= 2 && !year).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_of_both_languages_are_one() {
        assert_eq!(figures("12 000 salariés, 3,5 % et 1,2 milliard en 2026"), figures("12,000 staff, 3.5% and 1.2bn"));
        assert_eq!(figures("12\u{202f}000").into_iter().collect::<Vec<_>>(), ["12000"]);
    }

    #[test]
    fn names_stand_inside_sentences() {
        let found = names("Hier, la Commission européenne a reçu Marie Durand. Elle repart.");
        assert!(
            found.contains("commis") && found.contains("durand") && !found.contains("hier") && !found.contains("elle")
        );
        assert!(
            is_title_case("Heat Pump Maker Opens Second Plant")
                && !is_title_case("Heat pump maker opens second plant in Lyon")
        );
    }
}
