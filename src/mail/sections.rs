//! Letters told in sections: a heading, its text, and the ways on inside its sentences or in a short list below them.

use std::collections::HashSet;

use super::anchors::letters;
use super::chunks::Chunk;
use super::labels::names_an_issue;
use super::phrases::{is_editorial, is_house};

/// Sections from which a letter is made of them.
const SECTIONS: usize = 3;
/// Most words of a title that is only bold.
const LONG_TITLE: usize = 14;
/// Words of a section, half of them at least, in a letter that is not an essay.
const SECTION: usize = 300;
/// Words of a section, half of them at most, in an issue that tells all its stories itself.
const SHORT_SECTION: usize = 160;
/// Words below a heading from which they tell its story rather than announce a list.
const OWN_WORDS: usize = 20;
/// Most entries below a section's text that are its own ways on; a longer list has stories of its own.
const OWN_ENTRIES: usize = 3;

/// A text that says something, rather than a date or a name.
pub(super) fn is_told(blurb: &str) -> bool {
    blurb.split_whitespace().count() >= 8
}

/// A letter of short sections that lead on inside their sentences, rather than an essay with headings.
pub(super) fn is_sectioned(chunks: &[Chunk]) -> bool {
    let words = |chunk: &Chunk| chunk.text.iter().map(|text| text.split_whitespace().count()).sum::<usize>();
    let sections = chunks.iter().filter(|chunk| chunk.set_apart && chunk.title.is_some() && words(chunk) >= 12);
    let (mut told, mut lengths) = (0, Vec::new());
    let mut titles = HashSet::new();
    for chunk in sections {
        told += 1;
        // The same headings again and again are those inside its stories.
        if !titles.insert(chunk.title.as_deref()) {
            return false;
        }
        if !chunk.inline.is_empty() || chunk.link.is_some() || chunk.more.is_some() {
            lengths.push(words(chunk));
        }
    }
    lengths.sort_unstable();
    let median = lengths.get(lengths.len().saturating_sub(1) / 2).copied().unwrap_or(usize::MAX);
    lengths.len() >= SECTIONS && lengths.len() * 3 >= told * 2 && median <= SECTION
}

/// Takes out a table of contents: what stands below one heading and is no more than the titles of others.
pub(super) fn without_contents(mut chunks: Vec<Chunk>) -> Vec<Chunk> {
    let set_apart = chunks.iter().filter(|chunk| chunk.set_apart);
    let titles: HashSet<String> = set_apart.filter_map(|chunk| chunk.title.as_deref().map(letters)).collect();
    let announced = |chunk: &Chunk| chunk.text.iter().filter(|text| titles.contains(&letters(text))).count();
    let is_contents = |chunk: &Chunk| {
        let leads = chunk.link.is_some() || chunk.more.is_some() || !chunk.inline.is_empty();
        !leads && !chunk.text.is_empty() && announced(chunk) * 3 >= chunk.text.len() * 2
    };
    let all: usize = chunks.iter().filter(|chunk| is_contents(chunk)).map(announced).sum();
    if all >= SECTIONS {
        chunks.retain(|chunk| !is_contents(chunk));
    }
    chunks
}

/// Gives stories that are told at length below a heading what is only set bold within them, and has no way on of its own.
pub(super) fn with_their_parts(chunks: Vec<Chunk>) -> Vec<Chunk> {
    let mut kept: Vec<Chunk> = Vec::with_capacity(chunks.len());
    let mut open = false;
    for chunk in chunks {
        let led = chunk.link.is_some() || chunk.more.is_some();
        let part = chunk.level == 0 && chunk.set_apart && chunk.pictured.is_none();
        let part = part && !led && !chunk.announced && !chunk.listed && !chunk.advert;
        match kept.last_mut() {
            Some(story) if open && part && chunk.section == story.section => {
                story.inline.extend(chunk.inline);
                story.text.extend(chunk.title);
                story.text.extend(chunk.text);
            }
            _ => {
                let told = chunk.told_words() >= OWN_WORDS && !led;
                open = chunk.level > 0 && chunk.title.is_some() && chunk.set_apart && told;
                kept.push(chunk);
            }
        }
    }
    kept
}

/// A letter that calls itself an issue and tells all of its stories itself, each below its heading: its sections, what is
/// headed below them gathered into them; nothing for one that tells a single thing.
pub(super) fn of_issue(chunks: &[Chunk], subject: &str) -> Option<Vec<Chunk>> {
    let title = |chunk: &Chunk| chunk.title.clone().filter(|_| chunk.set_apart && !chunk.run_in && !chunk.advert);
    let first = chunks.iter().find_map(|chunk| chunk.section.clone().or_else(|| title(chunk)));
    if !names_an_issue(subject) && !first.is_some_and(|first| names_an_issue(&first)) {
        return None;
    }
    let told = |chunk: &Chunk| chunk.told_words() >= OWN_WORDS;
    let plain = |title: &str| title.split(' ').count() <= LONG_TITLE && !title.ends_with(['.', ':', ',', ';']);
    let at_level = |level: u8| {
        let headed = chunks.iter().filter(|chunk| chunk.level == level && told(chunk));
        headed.filter(|chunk| title(chunk).is_some_and(|title| level > 0 || plain(&title))).count()
    };
    // Of equals the higher heading.
    let level = (1..=6).rev().max_by_key(|level| at_level(*level)).filter(|level| at_level(*level) >= SECTIONS);
    let level = level.or_else(|| Some(0).filter(|level| at_level(*level) >= SECTIONS))?;
    let opens = |chunk: &Chunk| {
        let bold = level == 0 && chunk.level == 0 && title(chunk).is_some_and(|title| plain(&title));
        title(chunk).is_some() && ((1..=level).contains(&chunk.level) || bold)
    };
    let mut sections: Vec<Chunk> = Vec::new();
    for chunk in chunks {
        match sections.last_mut().filter(|_| !opens(chunk)) {
            Some(section) => {
                section.inline.extend(chunk.link.iter().chain(&chunk.more).chain(&chunk.inline).cloned());
                section.text.extend(chunk.title.iter().chain(&chunk.text).cloned());
            }
            None if opens(chunk) => sections.push(chunk.clone()),
            None => {}
        }
    }
    sections.retain(|section| {
        let names = |heading: &String| is_editorial(heading) || is_house(heading);
        told(section) && !section.title.iter().chain(&section.section).any(names)
    });
    // The chapters of an essay are longer.
    let mut lengths: Vec<usize> = sections.iter().map(Chunk::told_words).collect();
    lengths.sort_unstable();
    if lengths.get(lengths.len() / 2).is_some_and(|median| *median > SHORT_SECTION) {
        return None;
    }
    for section in &mut sections {
        section.announced = true;
        section.more = section.more.take().or_else(|| section.inline.first().cloned());
    }
    (sections.len() >= SECTIONS).then_some(sections)
}

/// Gives sections the few entries of a list that stand below their text: they are ways on from one story.
pub(super) fn with_their_entries(chunks: Vec<Chunk>) -> Vec<Chunk> {
    let mut kept: Vec<Chunk> = Vec::with_capacity(chunks.len());
    let mut rest = chunks.into_iter().peekable();
    while let Some(mut chunk) = rest.next() {
        let words: usize = chunk.text.iter().map(|text| text.split_whitespace().count()).sum();
        let told =
            chunk.set_apart && chunk.title.is_some() && chunk.link.is_none() && !chunk.run_in && words >= OWN_WORDS;
        let mut entries = Vec::new();
        let below = |next: &Chunk| next.entry || next.bullet && !next.set_apart && next.text.is_empty();
        while told && rest.peek().is_some_and(|next| below(next) && next.section == chunk.section) {
            entries.extend(rest.next());
        }
        if entries.len() > OWN_ENTRIES {
            kept.push(chunk);
            kept.extend(entries);
            continue;
        }
        for entry in entries {
            chunk.inline.extend(entry.link);
            chunk.text.extend(entry.text);
        }
        kept.push(chunk);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::chunks::made::{TOLD, headed};

    fn titles(chunks: Vec<Chunk>) -> Vec<String> {
        chunks.into_iter().filter_map(|chunk| chunk.title).collect()
    }

    #[test]
    fn an_issue_that_tells_everything_itself_is_its_sections_and_an_essay_is_none() {
        let mut letter = ["Le parking ferme", "Deux chiens en gériatrie", "La prime de nuit"]
            .map(|title| headed(title, None))
            .to_vec();
        let mut below = headed("Ce qu'il faut savoir", None);
        below.level = 0;
        letter.insert(1, below);
        assert_eq!(
            of_issue(&letter, "La lettre du personnel n° 87").map(titles),
            Some(vec!["Le parking ferme".into(), "Deux chiens en gériatrie".into(), "La prime de nuit".into()])
        );
        assert!(of_issue(&letter, "Pourquoi les hôpitaux manquent de lits").is_none());
        for chunk in &mut letter {
            chunk.text = vec![TOLD.repeat(12)];
        }
        assert!(of_issue(&letter, "La lettre du personnel n° 87").is_none());
    }

    #[test]
    fn what_is_bold_within_a_story_is_of_that_story() {
        let mut part = headed("Ce qui change en janvier", None);
        part.level = 0;
        let kept =
            with_their_parts(vec![headed("Le réseau de chaleur", None), part.clone(), headed("Un autre sujet", None)]);
        assert_eq!(titles(kept.clone()), ["Le réseau de chaleur", "Un autre sujet"]);
        assert!(kept[0].text.contains(&"Ce qui change en janvier".to_owned()));
        let led = headed("Le réseau de chaleur", Some("https://a.example/1"));
        assert_eq!(with_their_parts(vec![led, part]).len(), 2);
    }
}
