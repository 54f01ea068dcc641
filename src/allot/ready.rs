//! Short texts to make one's own: the title, a blank for the person's view, a question. Second choice, and none rather than
//! one like another.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::domain::{Ambassador, Channel, Item, Language, StoryId};
use crate::text::typography::{french, quoted, shorten};

use super::Desk;
use super::alike::{ALIKE, alike, runs, word_numbers};
use super::angles::{SEARCHES, Told, Ways};
use super::slots::Placed;
use super::wordings::families;

/// What an edition has given so far.
#[derive(Default)]
pub(super) struct ReadyTexts {
    /// Lead-ins and questions, by story.
    of_story: HashMap<StoryId, Vec<(usize, usize)>>,
    texts: HashMap<Language, Vec<ReadyText>>,
    searched: HashMap<Language, usize>,
    /// How often each question was asked.
    questions: HashMap<(Language, usize), usize>,
}

/// A text that was given: its lead-in, its question, and its runs of three words.
struct ReadyText {
    lead: usize,
    question: usize,
    runs: Vec<u64>,
}

/// Characters that a post may have on a network, with room for the person's own words.
fn limit(channel: Channel) -> usize {
    match channel {
        Channel::X => 280,
        Channel::Bluesky => 300,
        Channel::Mastodon => 500,
        Channel::LinkedIn | Channel::Facebook | Channel::Instagram | Channel::Internal => 700,
    }
}

/// Lead-ins of ready texts: a blank for the person's own view follows each.
const LEADS: [[&str; 2]; 12] = [
    [
        "Ce que j'en retiens, avec mon expérience du sujet : […]",
        "What I take from it, with my experience of the subject: […]",
    ],
    ["Vu de mon poste, voici ce qui compte : […]", "From where I work, here is what matters: […]"],
    ["En une phrase, l'essentiel serait pour moi : […]", "In one sentence, the heart of it would be: […]"],
    ["J'ajouterais un point dont on parle rarement : […]", "I would add a point seldom spoken of: […]"],
    ["Il me reste une interrogation après cette lecture : […]", "Having read it, one doubt stays with me: […]"],
    ["Dans mon équipe, la chose se présente ainsi : […]", "In my team, things look like this: […]"],
    ["Expliqué simplement à un proche, cela donnerait : […]", "Explained simply to a friend, it would go: […]"],
    ["Un exemple que je connais de l'intérieur : […]", "An example that I know from the inside: […]"],
    ["Pour les prochains mois, j'en garde ceci : […]", "For the months ahead, I keep this: […]"],
    ["Mon premier réflexe en découvrant ces lignes : […]", "My first thought on discovering these lines: […]"],
    ["Le détail sur lequel je m'arrêterais volontiers : […]", "The detail on which I would gladly dwell: […]"],
    ["Côté métier, une précision utile à donner : […]", "As a practitioner, one clarification worth giving: […]"],
];

/// A question that can be put to readers.
struct Asked {
    /// Where it stands: its family and its place there.
    of: (&'static str, usize),
    text: String,
    words: Vec<u64>,
}

static FOR_READERS: LazyLock<[Vec<Asked>; 2]> = LazyLock::new(|| {
    [Language::French, Language::English].map(|language| {
        let all = families(language).iter().flat_map(|family| {
            family.questions.iter().enumerate().map(|(place, text)| ((family.id.as_str(), place), text))
        });
        all.filter(|(_, text)| is_for_readers(text))
            .map(|(of, text)| (of, to_readers(text)))
            .map(|(of, text)| Asked { of, words: word_numbers(&text), text })
            .collect()
    })
});

static LEAD_WORDS: LazyLock<[Vec<Vec<u64>>; 2]> =
    LazyLock::new(|| [0, 1].map(|language| LEADS.iter().map(|lead| word_numbers(lead[language])).collect()));

/// Questions that can be put to readers as they are.
fn questions_for_readers(language: Language) -> &'static [Asked] {
    &FOR_READERS[usize::from(language == Language::English)]
}

fn lead_in(lead: usize, language: Language) -> &'static str {
    LEADS[lead][usize::from(language == Language::English)]
}

fn lead_words(language: Language) -> &'static [Vec<u64>] {
    &LEAD_WORDS[usize::from(language == Language::English)]
}

/// True for a question that can be put to readers as it is, rather than told of them.
fn is_for_readers(question: &str) -> bool {
    const OF_THEM: [&str; 7] = ["lecteur", "abonné", "réseau", "reader", "follower", "network", "{"];
    !OF_THEM.iter().any(|word| question.contains(word))
}

/// A question as readers hear it: without what tells the person to ask it.
fn to_readers(question: &str) -> String {
    let told = question.split_once(" : ").or_else(|| question.split_once(": ")).map_or(question, |(_, asked)| asked);
    let mut letters = told.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// A short text to make one's own: the title in quotation marks, a blank for the person's view, a question. No lead-in meets
/// one question twice, and of one story nobody gets the lead-in or the question of another.
pub(super) fn write(
    placed: &Placed,
    person: &Ambassador,
    item: &Item,
    turn: usize,
    desk: &Desk<'_>,
    (used, ways): (&mut ReadyTexts, &Ways),
) -> Option<String> {
    let (language, story) = (person.language, placed.candidate.telling);
    let all = questions_for_readers(language);
    let counted = |place: usize| used.questions.get(&(language, place)).copied().unwrap_or(0);
    let mut questions: Vec<usize> = (0..all.len()).map(|step| (turn * 7 + step) % all.len()).collect();
    questions.sort_by_key(|place| counted(*place));
    let source = desk.source_of(item).map_or(item.source.as_str(), |source| source.name.as_str());
    let named = word_numbers(source);
    let runs_of =
        |lead: usize, question: usize| runs(&[&named[..], &lead_words(language)[lead], &all[question].words].concat());
    let open = |lead: usize, question: usize| {
        let mut of_story = used.of_story.get(&story).into_iter().flatten();
        if of_story.any(|(other, asked)| *other == lead || *asked == question) {
            return false;
        }
        let own = runs_of(lead, question);
        let near =
            |other: &ReadyText| (other.lead == lead || other.question == question) && alike(&own, &other.runs) > ALIKE;
        let (family, place) = all[question].of;
        let asks_the_same = |(places, text): &Told| places[2] == place && alike(&own, text) > ALIKE;
        !used.texts.get(&language).is_some_and(|texts| texts.iter().any(near))
            && !ways.get(&(language, family.to_owned())).is_some_and(|told| told.iter().any(asks_the_same))
    };
    if used.searched.get(&language).is_some_and(|times| *times >= SEARCHES) {
        return None;
    }
    let found = questions.into_iter().find_map(|question| {
        let lead = (0..LEADS.len()).map(|step| (turn + step) % LEADS.len()).find(|lead| open(*lead, question))?;
        Some((lead, question))
    });
    let Some((lead, question)) = found else {
        *used.searched.entry(language).or_default() += 1;
        return None;
    };
    let (words, asked) = (lead_in(lead, language), &all[question].text);
    let link = item.link.as_deref().unwrap_or_default();
    // X and Bluesky count a link for less; the whole length is the safe side.
    let rest = words.chars().count() + asked.chars().count() + source.chars().count() + link.chars().count() + 14;
    let room = limit(placed.channel).saturating_sub(rest);
    if room < 40 {
        return None;
    }
    let text = ReadyText { lead, question, runs: runs_of(lead, question) };
    used.texts.entry(language).or_default().push(text);
    *used.questions.entry((language, question)).or_default() += 1;
    used.of_story.entry(story).or_default().push((lead, question));
    let title = quoted(&shorten(&item.title, room.min(160)), language);
    let text = format!("{title} ({source})\n{words}\n{asked}\n");
    let text = if language == Language::English { text } else { french(&text) };
    Some(format!("{text}{link}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_are_not_told_to_ask() {
        assert_eq!(to_readers("Demandez : et chez vous, combien ?"), "Et chez vous, combien ?");
        assert_eq!(to_readers("Ask: how is it on your side?"), "How is it on your side?");
        assert_eq!(to_readers("Qui a vu cela ?"), "Qui a vu cela ?");
    }
}
