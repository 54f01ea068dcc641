//! Ways into a story: each holds one true thing of it (a word or a figure of its title) and ends on a question. Never
//! an opinion, never a text to paste: two people on one story get two families, and so does one person's week.

use std::collections::{HashMap, HashSet};

use crate::domain::{Ambassador, Angle, Language, StoryId, TopicMatch};
use crate::text::typography::{french, in_sentence, quoted};

use super::slots::Placed;
use super::{Desk, Request};

/// A placed candidate with its angle.
#[derive(Debug, Clone)]
pub(super) struct Angled {
    pub placed: Placed,
    pub angle: Angle,
}

/// A family: long and short wording, in French and in English. `{hook}` is a phrase of the title or the label of
/// the topic, `{figure}` a figure of the title, `{audience}` the label of the audience.
struct Family {
    id: &'static str,
    long: [&'static str; 2],
    short: [&'static str; 2],
}

const FAMILIES: [Family; 8] = [
    Family {
        id: "field",
        long: [
            "Un souvenir de terrain sur {hook} : ce qui s'est passé, ce que vous en avez retenu. Et vos lecteurs, \
             qu'ont-ils vécu ?",
            "Something you saw at work on {hook}: what happened, what you took from it. What have your readers been \
             through?",
        ],
        short: ["Sur {hook}, qu'avez-vous vécu de plus parlant ?", "On {hook}, what have you seen that says it all?"],
    },
    Family {
        id: "figure",
        long: [
            "{figure} : vu de votre métier, est-ce beaucoup, est-ce peu ? Donnez un ordre de grandeur de chez vous, puis \
             demandez : et chez vous, combien ?",
            "{figure}: from where you stand, is that a lot or not much? Give an order of magnitude of your own, then ask: \
             how is it on your side?",
        ],
        short: ["{figure} : est-ce ce que vous constatez aussi ?", "{figure}: is that what you see too?"],
    },
    Family {
        id: "peers",
        long: [
            "Une question à vos pairs, celles et ceux qui travaillent sur {hook} : après cette lecture, par quoi \
             commenceriez-vous ?",
            "A question for your peers, those who work on {hook}: after reading this, where would you start?",
        ],
        short: ["Sur {hook}, par quoi commencez-vous ?", "On {hook}, where do you start?"],
    },
    Family {
        id: "client",
        long: [
            "Imaginez la question de votre public ({audience}) : « qu'est-ce que cela change pour nous ? » Sur {hook}, que \
             répondriez-vous en trois phrases ?",
            "Picture your audience ({audience}) asking: “what does this change for us?” On {hook}, what would you answer \
             in three sentences?",
        ],
        short: [
            "Sur {hook}, qu'est-ce que cela change pour votre public ({audience}) ?",
            "On {hook}, what does this change for your audience ({audience})?",
        ],
    },
    Family {
        id: "doubt",
        long: [
            "Un point de l'article vous laisse-t-il sceptique ? Dites lequel, et ce qu'il faudrait vérifier. Qui aurait un \
             exemple contraire sur {hook} ?",
            "Does anything in the article leave you doubtful? Say what, and what should be checked. Who has a \
             counter-example on {hook}?",
        ],
        short: [
            "Que faudrait-il vérifier avant de conclure, sur {hook} ?",
            "What should be checked before concluding, on {hook}?",
        ],
    },
    Family {
        id: "change",
        long: [
            "Prenez un projet en cours et une seule conséquence concrète de ce que vous venez de lire sur {hook}. \
             Qu'allez-vous faire autrement d'ici un an ?",
            "Take one project under way and one practical consequence of what you just read on {hook}. What will you do \
             differently within a year?",
        ],
        short: [
            "Après cette lecture sur {hook}, qu'allez-vous faire autrement ?",
            "After reading this on {hook}, what will you do differently?",
        ],
    },
    Family {
        id: "then_now",
        long: [
            "Il y a cinq ans, que disait-on dans vos réunions sur {hook} ? Racontez l'avant, l'après, et demandez : \
             qu'est-ce qui a vraiment bougé ?",
            "Five years ago, what was said in your meetings on {hook}? Tell the before and the after, then ask: what has \
             really moved?",
        ],
        short: [
            "Sur {hook}, qu'est-ce qui a vraiment bougé depuis cinq ans ?",
            "On {hook}, what has really moved in five years?",
        ],
    },
    Family {
        id: "colleague",
        long: [
            "À qui pensez-vous en lisant cela ? Nommez, avec son accord, la personne qui vous a fait progresser sur \
             {hook}. Et vos lecteurs, de qui ont-ils appris ?",
            "Who comes to mind as you read this? Name, with their agreement, the person who taught you most on {hook}. Who \
             did your readers learn from?",
        ],
        short: ["Sur {hook}, de qui avez-vous le plus appris ?", "On {hook}, who taught you most?"],
    },
];

/// Gives each placed candidate an angle; families do not repeat within a story, nor within a person's week while
/// there is another one.
pub(super) fn find(placed: Vec<Placed>, desk: &Desk<'_>) -> Vec<Angled> {
    let mut of_story: HashMap<StoryId, HashSet<&'static str>> = HashMap::new();
    let mut of_person: HashMap<String, HashSet<&'static str>> = HashMap::new();
    let mut angled = Vec::with_capacity(placed.len());
    for placed in placed {
        let Some((person, item, fit)) = desk.look_up(&placed.candidate) else {
            continue;
        };
        let told = of_story.entry(placed.candidate.telling).or_default();
        let own = of_person.entry(person.id.clone()).or_default();
        let figure = figure(&item.title);
        let possible = |family: &&Family| family.id != "figure" || figure.is_some();
        let mut hasher = blake3::Hasher::new();
        hasher.update(item.title.as_bytes()).update(person.id.as_bytes());
        let start = usize::from(hasher.finalize().as_bytes()[0]);
        let turn = || (0..FAMILIES.len()).map(|step| &FAMILIES[(start + step) % FAMILIES.len()]).filter(possible);
        let family = turn()
            .find(|family| !told.contains(family.id) && !own.contains(family.id))
            .or_else(|| turn().find(|family| !told.contains(family.id)))
            .unwrap_or(&FAMILIES[0]);
        told.insert(family.id);
        own.insert(family.id);
        let text = word(family, &placed, person, &fit.topic, figure.as_deref(), desk.request);
        angled.push(Angled { placed, angle: Angle { family: family.id.to_owned(), text } });
    }
    angled
}

fn word(
    family: &Family,
    placed: &Placed,
    person: &Ambassador,
    topic: &TopicMatch,
    figure: Option<&str>,
    request: &Request<'_>,
) -> String {
    let english = usize::from(person.language == Language::English);
    let template = if placed.channel.is_short() { family.short[english] } else { family.long[english] };
    let described = request.line.topic(&topic.topic);
    let label = described.map_or(topic.topic.as_str(), |topic| topic.label_in(person.language));
    let label = in_sentence(label);
    let audience = described.and_then(|topic| request.line.audience(&topic.audience));
    let audience = in_sentence(audience.map_or(label.as_str(), |audience| audience.label_in(person.language)));
    // A phrase of the title reads well between quotation marks; a bare keyword does not, the label of its topic does.
    let phrase = topic.in_title.iter().find(|words| words.contains(' '));
    let hook = phrase.map_or(label.as_str(), String::as_str);
    let filled = template
        .replace("{hook}", &quoted(hook, person.language))
        .replace("{figure}", &quoted(figure.unwrap_or(hook), person.language))
        .replace("{audience}", &audience);
    match person.language {
        Language::English => filled,
        _ => french(&filled),
    }
}

/// A figure of a title with the word it counts: `61 %`, `212 logements`, `1,2 milliard`. Years are not figures.
fn figure(title: &str) -> Option<String> {
    let words: Vec<&str> = title.split_whitespace().collect();
    let bare = |word: &str| {
        word.trim_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '%' | '€' | '°' | '−' | '+')).to_owned()
    };
    let numeric = |word: &str| {
        word.trim_start_matches(['−', '+']).starts_with(|c: char| c.is_ascii_digit())
            && word.chars().all(|c| c.is_ascii_digit() || matches!(c, ',' | '.' | '%' | '€' | '−' | '+'))
    };
    for (at, typed) in words.iter().enumerate() {
        let number = bare(typed);
        let year = number.len() == 4 && (number.starts_with("19") || number.starts_with("20"));
        if !numeric(&number) || year || number.len() > 9 {
            continue;
        }
        let mut parts = vec![number];
        for next in words.iter().skip(at + 1).take(2) {
            let next = bare(next);
            let counts_on = numeric(&next) && next.len() == 3;
            if next.is_empty() || matches!(next.as_str(), "à" | "et" | "de" | "des" | "and" | "of" | "to") {
                break;
            }
            parts.push(next);
            if !counts_on {
                break;
            }
        }
        return (parts.len() > 1 || parts[0].contains(['%', '€'])).then(|| parts.join("\u{a0}"));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_found_with_what_they_count_and_years_are_not() {
        let found = |title: &str| figure(title).map(|text| text.replace('\u{a0}', " "));
        assert_eq!(found("Écoles : 61 % des classes").as_deref(), Some("61 %"));
        assert_eq!(found("À Villeurbanne, 212 logements rénovés").as_deref(), Some("212 logements"));
        assert_eq!(found("Tilleuls : −57 % de chauffage").as_deref(), Some("−57 %"));
        assert_eq!(found("Plan pour 4 000 écoles").as_deref(), Some("4 000 écoles"));
        assert_eq!(found("Ce qui change en 2027"), None);
        assert_eq!(found("Aucun chiffre ici"), None);
    }

    #[test]
    fn every_angle_ends_on_a_question_in_both_languages() {
        for family in &FAMILIES {
            for text in family.long.iter().chain(&family.short) {
                assert!(text.ends_with('?'), "{}: {text}", family.id);
            }
        }
    }
}
