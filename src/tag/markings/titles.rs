//! Titles and subjects taken apart: what answers and forwards put before them, what stands in brackets, what ends them.

use crate::text::tokens::fold;

/// Characters of a title that are looked at, and pieces of it between brackets.
const TITLE: usize = 300;
const BRACKETS: usize = 8;

/// A piece of a title; `certain` where somebody set it there to be read first.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part<'a> {
    pub text: &'a str,
    pub certain: bool,
}

/// A title without what answers and forwards put before it, what stands in brackets at its head, and what ends it in
/// brackets or behind a dash.
pub(super) fn parts_of_title(title: &str, letter: bool) -> Vec<Part<'_>> {
    let end = title.char_indices().nth(TITLE).map_or(title.len(), |(end, _)| end);
    let mut rest = title[..end].trim();
    let passed_on = is_passed_on(title);
    let mut parts = Vec::new();
    loop {
        // `[EXT] [Confidentiel] …`: what lists and servers put before it, and what people do.
        if let Some((inner, after)) = rest
            .strip_prefix(['[', '('])
            .filter(|_| parts.len() < BRACKETS)
            .and_then(|rest| rest.split_once([']', ')']))
        {
            parts.push(Part { text: rest, certain: passed_on || letter });
            parts.push(Part { text: inner, certain: true });
            rest = after.trim_start();
            continue;
        }
        match rest.split_once(':').filter(|(prefix, _)| answers(prefix)) {
            Some((_, after)) => rest = after.trim_start(),
            None => break,
        }
    }
    parts.push(Part { text: rest, certain: passed_on || letter });
    let closed = rest.strip_suffix([')', ']']).and_then(|rest| rest.rsplit_once(['(', '['])).map(|(_, inner)| inner);
    let dashed = [" – ", " — ", " - ", " | "].iter().flat_map(|dash| rest.split(dash).skip(1));
    // At the end a marking is nothing but that.
    parts.extend(closed.into_iter().chain(dashed).map(|text| Part { text, certain: letter }));
    parts
}

/// What answers and forwards put before a subject.
fn answers(prefix: &str) -> bool {
    ["re", "rep", "aw", "sv", "tr", "fw", "fwd", "wg", "i"].contains(&fold(prefix.trim()).as_str())
}

/// True for the subject of a letter that somebody passed on.
pub(super) fn is_passed_on(title: &str) -> bool {
    let prefixes = title.split(':').map(|prefix| fold(prefix.trim())).take(4);
    let mut own = prefixes.take_while(|prefix| answers(prefix));
    own.any(|prefix| ["tr", "fw", "fwd", "wg", "i"].contains(&prefix.as_str()))
}
