//! Ways into a story: each holds one true thing of it and one of the person, and ends on a question. Never an opinion,
//! never a text to paste; what the comms team wrote comes first.
//!
//! A text is an opening, a middle and a question of one family. Within an edition no two of the three are used together
//! twice, so that any two texts have at most one sentence in common, and openings are shared out. Everybody has a first way
//! before anybody has a second, and when no text is left that is unlike the others there is none rather than one alike.

use std::collections::{HashMap, HashSet};

use crate::domain::{Ambassador, Angle, Fit, Item, Language, StoryId, Strength};
use crate::text::typography::{day_and_month, french, in_sentence, quoted};

use super::alike::{ALIKE, alike, bare, runs, word_numbers};
use super::figure::figure;
use super::ready;
use super::slots::Placed;
use super::wordings::{Family, families};
use super::{Desk, Request};

/// Ways into one suggestion.
const WAYS: usize = 2;
/// Times that one opening is used in an edition, while others are left.
const SAME_OPENING: usize = 3;
/// How often a text is looked for in vain before an edition has no more of its kind.
pub(super) const SEARCHES: usize = 20;
/// Longest words of a title that are quoted as its subject.
const HOOK_WORDS: usize = 7;
/// Family of what the comms team wrote.
pub(super) const WRITTEN: &str = "house";

/// A placed candidate with its angles.
#[derive(Debug, Clone)]
pub(super) struct Angled {
    pub placed: Placed,
    pub angles: Vec<Angle>,
    pub ready: Option<String>,
}

/// What an edition has used so far.
#[derive(Default)]
struct Used {
    /// Two sentences of one family that stood together: their places, and which two they are.
    together: HashSet<(Language, String, u8, usize, usize)>,
    openings: HashMap<(Language, String, usize), usize>,
    told: Ways,
    /// How often a family was asked in vain.
    in_vain: HashMap<(Language, &'static str), usize>,
    house: HashSet<String>,
    /// People whose earlier post was spoken of.
    posts: HashSet<String>,
    of_story: HashMap<StoryId, HashSet<String>>,
    of_person: HashMap<String, HashSet<String>>,
}

/// The places of a text, and its runs of three words.
pub(super) type Told = ([usize; 3], Vec<u64>);
/// Texts of each family.
pub(super) type Ways = HashMap<(Language, String), Vec<Told>>;

/// Gives each placed candidate its angles.
pub(super) fn find(placed: Vec<Placed>, desk: &Desk<'_>) -> Vec<Angled> {
    let mut used = Used::default();
    let mut angled = Vec::with_capacity(placed.len());
    let mut filled = Vec::with_capacity(placed.len());
    for placed in placed {
        let Some((person, item, fit)) = desk.look_up(&placed.candidate) else {
            continue;
        };
        let mut hasher = blake3::Hasher::new();
        hasher.update(item.title.as_bytes()).update(person.id.as_bytes());
        let turn = usize::from(hasher.finalize().as_bytes()[0]);
        let angles = house(&placed, fit, desk, &mut used).into_iter().collect();
        filled.push((person, item, Words::of(person, item, fit, desk.request), turn));
        angled.push(Angled { placed, angles, ready: None });
    }
    for ways in 1..=WAYS {
        for (one, (person, _, words, turn)) in angled.iter_mut().zip(&filled) {
            if one.angles.len() < ways {
                one.angles.extend(compose(&one.placed, person, words, turn + one.angles.len(), &mut used));
            }
        }
    }
    let mut short = ready::ReadyTexts::default();
    for (one, (person, item, _, turn)) in angled.iter_mut().zip(&filled) {
        one.ready = ready::write(&one.placed, person, item, *turn, desk, (&mut short, &used.told));
    }
    angled
}

/// An angle that the comms team wrote for the content or for its topic, if it was given to nobody yet.
fn house(placed: &Placed, fit: &Fit, desk: &Desk<'_>, used: &mut Used) -> Option<Angle> {
    if placed.candidate.used_angles.iter().any(|family| family == WRITTEN) {
        return None;
    }
    let channel = placed.channel.as_str();
    let of_content = desk.members.get(&(placed.candidate.story, placed.candidate.item)).map(|member| &member.angles);
    let of_content = of_content
        .into_iter()
        .flatten()
        .filter(|(wanted, _)| wanted.as_deref().is_none_or(|wanted| wanted == channel))
        .map(|(_, text)| text);
    let of_topic = desk.request.line.topic(&fit.topic.topic).into_iter().flat_map(|topic| &topic.angles);
    let text = of_content.chain(of_topic).find(|text| !used.house.contains(*text))?.clone();
    used.house.insert(text.clone());
    Some(Angle { family: WRITTEN.to_owned(), text })
}

/// The true things that texts are filled with.
struct Words {
    hook: String,
    figure: Option<String>,
    you: String,
    /// An earlier post of theirs on the topic.
    post: Option<String>,
    audience: String,
}

impl Words {
    fn of(person: &Ambassador, item: &Item, fit: &Fit, request: &Request<'_>) -> Self {
        let language = person.language;
        let described = request.line.topic(&fit.topic.topic);
        let label = in_sentence(described.map_or(fit.topic.topic.as_str(), |topic| topic.label_in(language)));
        let audience = described.and_then(|topic| request.line.audience(&topic.audience));
        let audience = in_sentence(audience.map_or(label.as_str(), |audience| audience.label_in(language)));
        // A phrase of the title reads well between quotation marks; a bare keyword does not, the label of its topic does.
        let phrase = fit.topic.in_title.iter().find(|words| words.contains(' ')).cloned();
        let hook = phrase.or_else(|| subject(&item.title)).unwrap_or_else(|| label.clone());
        // What was quoted once is called the subject.
        let known = fit.term.as_deref().unwrap_or(&label);
        let knows = (known != hook).then(|| quoted(known, language));
        let on = |quoted: &str, plain: &str| match &knows {
            Some(knows) => format!("{quoted} {knows}"),
            None => plain.to_owned(),
        };
        let written = fit.written.first().map(|word| quoted(word, language));
        let you = match (fit.strength, written) {
            (_, Some(written)) => language
                .pick(format!("ce que vous avez écrit sur {written}"), format!("what you wrote about {written}")),
            _ if fit.by_role => {
                language.pick(on("votre métier, côté", "votre métier"), on("your job and its share of", "your job"))
            }
            (Strength::Expert, _) => language.pick(
                on("votre expertise sur", "votre expertise du sujet"),
                on("your expertise on", "your expertise on the subject"),
            ),
            (Strength::Practises, _) => language.pick(
                on("votre pratique de", "votre pratique du sujet"),
                on("your practice of", "your practice of it"),
            ),
            (Strength::Curious, _) => language.pick(
                on("votre curiosité pour", "votre curiosité pour le sujet"),
                on("your curiosity about", "your curiosity about the subject"),
            ),
        };
        let posted = request.posts.get(&person.id).and_then(|own| own.get(&fit.topic.topic)?.iter().max());
        let subject = quoted(&label, language);
        let post = posted.map(|on| {
            let day = day_and_month(*on, language);
            language
                .pick(format!("votre publication du {day} sur {subject}"), format!("your post of {day} on {subject}"))
        });
        Words { hook: quoted(&hook, language), figure: figure(&item.title), you, post, audience }
    }

    fn text(&self, family: &Family, [opening, middle, question]: [usize; 3], you: &str, language: Language) -> String {
        let parts = [&family.openings[opening], &family.middles[middle], &family.questions[question]];
        parts.map(|part| self.fill(part, you, language)).join(" ")
    }

    fn fill(&self, template: &str, you: &str, language: Language) -> String {
        let figure = self.figure.as_ref().map(|figure| quoted(figure, language));
        let filled = template
            .replace("{hook}", &self.hook)
            .replace("{figure}", figure.as_deref().unwrap_or(&self.hook))
            .replace("{you}", you)
            .replace("{audience}", &self.audience);
        match language {
            Language::English => filled,
            _ => french(&filled),
        }
    }
}

/// What a title speaks of, in its own words: its part before a colon, when that is short.
fn subject(title: &str) -> Option<String> {
    let (before, _) = title.split_once(" : ").or_else(|| title.split_once(": "))?;
    let words = before.split_whitespace().count();
    ((2..=HOOK_WORDS).contains(&words) && before.chars().count() >= 8).then(|| before.trim().to_owned())
}

/// A text unlike all others, of a family that neither the story nor the person has had where there is one.
fn compose(placed: &Placed, person: &Ambassador, words: &Words, turn: usize, used: &mut Used) -> Option<Angle> {
    let language = person.language;
    let all = families(language);
    let story = placed.candidate.telling;
    let told = used.of_story.get(&story).cloned().unwrap_or_default();
    let own = used.of_person.get(&person.id).cloned().unwrap_or_default();
    // What comes back comes from another side.
    let had = &placed.candidate.used_angles;
    let possible = |family: &&Family| (family.id != "figure" || words.figure.is_some()) && !had.contains(&family.id);
    let order: Vec<&'static Family> =
        (0..all.len()).map(|step| &all[(turn + step) % all.len()]).filter(possible).collect();
    // A figure is the truest thing there is: whoever can have that family has it first.
    let figure = order.iter().copied().filter(|family| family.id == "figure");
    let fresh = |family: &&Family| !told.contains(&family.id) && !own.contains(&family.id);
    let new_here = |family: &&Family| !told.contains(&family.id);
    let ranked: Vec<&'static Family> = figure
        .filter(fresh)
        .chain(order.iter().copied().filter(fresh))
        .chain(order.iter().copied().filter(new_here))
        .chain(order.iter().copied())
        .collect();
    // Their last post is spoken of once a letter.
    let you = words.post.as_ref().filter(|_| !used.posts.contains(&person.id)).unwrap_or(&words.you);
    let mut places = None;
    for most in [SAME_OPENING, usize::MAX] {
        for family in &ranked {
            if used.in_vain.get(&(language, family.id.as_str())).is_some_and(|times| *times >= SEARCHES) {
                continue;
            }
            let unlike = |places: &[usize; 3]| {
                let own = runs(&word_numbers(&bare(&words.text(family, *places, you, language))));
                let near = |(others, text): &Told| {
                    others.iter().zip(places).any(|(other, own)| other == own) && alike(&own, text) > ALIKE
                };
                !used.told.get(&(language, family.id.clone())).is_some_and(|told| told.iter().any(near))
            };
            places = free(family, language, turn, most, used, &unlike).map(|places| (*family, places));
            if places.is_some() {
                break;
            }
            if most == usize::MAX {
                *used.in_vain.entry((language, family.id.as_str())).or_default() += 1;
            }
        }
        if places.is_some() {
            break;
        }
    }
    let (family, [opening, middle, question]) = places?;
    for (which, one, other) in [(0, opening, middle), (1, opening, question), (2, middle, question)] {
        used.together.insert((language, family.id.clone(), which, one, other));
    }
    *used.openings.entry((language, family.id.clone(), opening)).or_default() += 1;
    used.of_story.entry(story).or_default().insert(family.id.clone());
    used.of_person.entry(person.id.clone()).or_default().insert(family.id.clone());
    let places = [opening, middle, question];
    let text = words.text(family, places, you, language);
    let told = (places, runs(&word_numbers(&bare(&text))));
    used.told.entry((language, family.id.clone())).or_default().push(told);
    if words.post.is_some() {
        used.posts.insert(person.id.clone());
    }
    Some(Angle { family: family.id.clone(), text })
}

/// Places of an opening, a middle and a question of which no two stood together, the least used opening first; a long sentence
/// alone can make two texts alike.
fn free(
    family: &Family,
    language: Language,
    turn: usize,
    most: usize,
    used: &Used,
    unlike: &dyn Fn(&[usize; 3]) -> bool,
) -> Option<[usize; 3]> {
    let counted = |place: usize| used.openings.get(&(language, family.id.clone(), place)).copied().unwrap_or(0);
    let apart = |which: u8, one: usize, other: usize| {
        !used.together.contains(&(language, family.id.clone(), which, one, other))
    };
    let turned = |count: usize| (0..count).map(move |step| (turn + step) % count);
    let mut openings: Vec<usize> = turned(family.openings.len()).filter(|place| counted(*place) < most).collect();
    openings.sort_by_key(|place| counted(*place));
    openings.into_iter().find_map(|opening| {
        let middles = turned(family.middles.len()).filter(|middle| apart(0, opening, *middle));
        middles.into_iter().find_map(|middle| {
            let fits = |question: &usize| {
                apart(1, opening, *question) && apart(2, middle, *question) && unlike(&[opening, middle, *question])
            };
            turned(family.questions.len()).find(fits).map(|question| [opening, middle, question])
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_subject_of_a_title_is_what_stands_before_its_colon() {
        assert_eq!(subject("Pompes à chaleur : le bilan").as_deref(), Some("Pompes à chaleur"));
        assert_eq!(subject("Le bilan de l’année"), None);
        assert_eq!(subject("Oui : non"), None);
    }
}
