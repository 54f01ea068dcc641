//! Letters told in sections: a heading, its text, and the ways on inside its sentences or in a short list below them.

use std::collections::HashSet;

use super::anchors::letters;
use super::chunks::Chunk;

/// Sections from which a letter is made of them.
const SECTIONS: usize = 3;
/// Words of a section, half of them at least, in a letter that is not an essay.
const SECTION: usize = 300;
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

/// Gives sections the few entries of a list that stand below their text: they are ways on from one story.
pub(super) fn with_their_entries(chunks: Vec<Chunk>) -> Vec<Chunk> {
    let mut kept: Vec<Chunk> = Vec::with_capacity(chunks.len());
    let mut rest = chunks.into_iter().peekable();
    while let Some(mut chunk) = rest.next() {
        let words: usize = chunk.text.iter().map(|text| text.split_whitespace().count()).sum();
        let told = chunk.set_apart && chunk.title.is_some() && chunk.link.is_none() && words >= OWN_WORDS;
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
