//! Language of a text: what is declared, checked against function words; a detector only where they disagree.

use std::collections::HashMap;
use std::sync::LazyLock;

use foldhash::fast::FixedState;
use lingua::{LanguageDetector, LanguageDetectorBuilder};

use crate::domain::Language;

/// Words counted at the head of a text.
const SAMPLE: usize = 300;
/// Characters shown to the detector: it costs over a millisecond on 3 kB.
const EXTRACT: usize = 300;
/// Bytes of the longest word of the lists below, none of which has an accent.
const LONGEST: usize = 5;

const FRENCH: [&str; 32] = [
    "le", "la", "les", "des", "du", "une", "et", "est", "dans", "pour", "que", "qui", "sur", "au", "aux", "avec", "ce",
    "cette", "sont", "pas", "plus", "par", "ne", "se", "leur", "ont", "mais", "nous", "vous", "ses", "ces", "elle",
];
const ENGLISH: [&str; 32] = [
    "the", "of", "and", "to", "in", "is", "for", "that", "with", "are", "was", "this", "be", "by", "from", "at", "it",
    "has", "have", "its", "will", "an", "their", "which", "can", "not", "they", "were", "been", "how", "what", "you",
];

static FUNCTION_WORDS: LazyLock<HashMap<&[u8], Language, FixedState>> = LazyLock::new(|| {
    let of = |words: &'static [&str], language| words.iter().map(move |word| (word.as_bytes(), language));
    of(&FRENCH, Language::French).chain(of(&ENGLISH, Language::English)).collect()
});

static DETECTOR: LazyLock<LanguageDetector> = LazyLock::new(|| {
    LanguageDetectorBuilder::from_languages(&[lingua::Language::French, lingua::Language::English])
        .with_minimum_relative_distance(0.15)
        .build()
});

/// Language of a title and its text, of which `declared` (a BCP 47 tag) was said.
pub fn detect(declared: Option<&str>, title: &str, text: &str) -> Language {
    let said = declared.map(Language::from_tag);
    let counted = count(title, text);
    match (said, counted) {
        (Some(said), None) => said,
        (Some(said), Some(found)) if said == found => said,
        (None | Some(Language::Other), Some(found)) => found,
        _ => ask_detector(title, text).or(counted).or(said).unwrap_or(Language::Other),
    }
}

/// The language whose function words are at least twice as many, when there are enough of them to tell.
fn count(title: &str, text: &str) -> Option<Language> {
    let (mut french, mut english) = (0, 0);
    let words = [title, text].into_iter().flat_map(|part| part.split(|c: char| !c.is_alphabetic()));
    let mut lower = [0; LONGEST];
    for word in words.filter(|word| !word.is_empty()).take(SAMPLE) {
        let Some(lower) = lower.get_mut(..word.len()) else { continue };
        lower.copy_from_slice(word.as_bytes());
        lower.make_ascii_lowercase();
        match FUNCTION_WORDS.get(&*lower) {
            Some(Language::French) => french += 1,
            Some(_) => english += 1,
            None => {}
        }
    }
    if french >= 2 && french >= 2 * english {
        Some(Language::French)
    } else if english >= 2 && english >= 2 * french {
        Some(Language::English)
    } else {
        None
    }
}

fn ask_detector(title: &str, text: &str) -> Option<Language> {
    let extract: String = title.chars().chain(". ".chars()).chain(text.chars()).take(EXTRACT).collect();
    if extract.split_whitespace().count() < 3 {
        return None;
    }
    match DETECTOR.detect_language_of(extract)? {
        lingua::Language::French => Some(Language::French),
        lingua::Language::English => Some(Language::English),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FR: &str = "Le plan pour les écoles est lancé dans la région avec une aide de l’État.";
    const EN: &str = "The plan for schools has been launched in the region with support from the state.";

    #[test]
    fn words_win_over_a_wrong_declaration() {
        assert_eq!(detect(Some("fr-FR"), "", FR), Language::French);
        assert_eq!(detect(Some("en"), "", FR), Language::French);
        assert_eq!(detect(Some("fr"), "", EN), Language::English);
        assert_eq!(detect(None, "", EN), Language::English);
    }

    #[test]
    fn a_declaration_serves_where_there_are_too_few_words() {
        assert_eq!(detect(Some("en"), "", "BIM 2030"), Language::English);
        assert_eq!(detect(None, "", "BIM 2030"), Language::Other);
        let german = "Der Plan für Schulen wurde gestern in Berlin vorgestellt und beschlossen.";
        assert_eq!(detect(Some("de"), "", german), Language::Other);
    }
}
