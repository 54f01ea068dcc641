//! What angles are made of: openings, middles and questions of each family, in French and in English.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::domain::Language;

/// A family of angles.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Family {
    /// Its id, such as `field`.
    pub id: String,
    /// First sentences: they hold a true thing of the story, as `{hook}` or `{figure}`.
    pub openings: Vec<String>,
    /// Second sentences: they hold a true thing of the person, as `{you}`.
    pub middles: Vec<String>,
    /// Last sentences, which are questions; some hold `{audience}`.
    pub questions: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wordings {
    family: Vec<Family>,
}

static FRENCH: LazyLock<Vec<Family>> = LazyLock::new(|| read(include_str!("wordings/fr.toml")));
static ENGLISH: LazyLock<Vec<Family>> = LazyLock::new(|| read(include_str!("wordings/en.toml")));

fn read(text: &str) -> Vec<Family> {
    toml::from_str::<Wordings>(text).unwrap_or_default().family
}

/// The families of a language.
pub(super) fn families(language: Language) -> &'static [Family] {
    match language {
        Language::English => &ENGLISH,
        _ => &FRENCH,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use super::*;

    #[test]
    fn every_family_holds_a_true_thing_of_the_story_and_of_the_person_and_ends_on_a_question() {
        for language in [Language::French, Language::English] {
            let families = families(language);
            assert!(families.len() >= 8, "{} families", families.len());
            for family in families {
                let wanted = if family.id == "figure" { "{figure}" } else { "{hook}" };
                for opening in &family.openings {
                    assert_eq!(opening.matches(wanted).count(), 1, "{}: {opening}", family.id);
                    assert!(opening.ends_with('.'), "{opening}");
                }
                for middle in &family.middles {
                    assert_eq!(middle.matches("{you}").count(), 1, "{}: {middle}", family.id);
                }
                for question in &family.questions {
                    assert!(question.ends_with('?'), "{}: {question}", family.id);
                    assert!(!question.replace("{audience}", "").contains('{'), "{question}");
                }
                assert!(family.openings.len() >= 5 && family.middles.len() >= 5 && family.questions.len() >= 5);
            }
        }
    }

    #[test]
    fn no_two_openings_begin_alike() {
        for language in [Language::French, Language::English] {
            let start = |opening: &String| opening.split_whitespace().take(3).collect::<Vec<_>>().join(" ");
            let openings: Vec<String> = families(language).iter().flat_map(|one| &one.openings).map(start).collect();
            let distinct: HashSet<&String> = openings.iter().collect();
            assert!(distinct.len() * 20 >= openings.len() * 19, "{} of {}", distinct.len(), openings.len());
        }
    }

    /// Else two texts made of different sentences could be alike.
    #[test]
    fn no_two_sentences_share_three_words_in_a_row() {
        for language in [Language::French, Language::English] {
            let all = families(language).iter().flat_map(|one| [&one.openings, &one.middles, &one.questions]).flatten();
            let mut holders: HashMap<String, &String> = HashMap::new();
            for sentence in all {
                let lower = sentence.to_lowercase();
                let pieces = lower.split(['{', '}']).step_by(2);
                let runs = pieces.flat_map(|piece| {
                    let words: Vec<&str> =
                        piece.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
                    words.windows(3).map(|run| run.join(" ")).collect::<HashSet<_>>()
                });
                for run in runs {
                    let other = holders.insert(run.clone(), sentence);
                    assert!(other.is_none_or(|other| other == sentence), "{run}: {sentence} / {other:?}");
                }
            }
        }
    }
}
