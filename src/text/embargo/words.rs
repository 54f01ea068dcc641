//! The words of a clause, and where its lines and dashes part them.

use super::clock;

/// An hour and the offset glued to it: `18:00:00-05:00`, `18:00z`. What has a `t` is an instant of its own.
fn with_offset(word: &str) -> (&str, &str) {
    if !word.contains(':') || word.contains('t') || !word.starts_with(|c: char| c.is_ascii_digit()) {
        return (word, "");
    }
    match word.find(['+', '-', '\u{2212}', 'z']) {
        Some(at) if word[at..].starts_with('z') => (&word[..at], "utc"),
        Some(at) => word.split_at(at),
        None => (word, ""),
    }
}

/// Stands for signs that no word is.
const ODD: &str = "\u{fffd}";

/// Words, and for each whether it is the first of its line.
pub(super) struct Words<'a> {
    pub all: Vec<&'a str>,
    pub first: Vec<bool>,
    /// Whether a dash or a stroke stands before it.
    pub parted: Vec<bool>,
}

pub(super) fn words(text: &str) -> Words<'_> {
    let mut read = Words { all: Vec::new(), first: Vec::new(), parted: Vec::new() };
    for line in text.split('\n') {
        let (mut first, mut parted) = (true, false);
        let apart =
            |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '(' | ')' | '[' | ']' | '«' | '»' | '"' | '\'');
        for word in line.split(apart).flat_map(|word| word.split_inclusive(['–', '—', '|'])) {
            // Dashes and strokes apart begin something else; within a word they only part it.
            if matches!(word, "–" | "—" | "-" | "|") {
                parted = true;
                continue;
            }
            let word = word.trim_end_matches(['–', '—', '|']);
            // What is no word may change the moment all the same: `18h ?`, `+ 2h`.
            let odd = |c: char| matches!(c, '?' | '+' | '~' | '±' | '<' | '>' | '=' | '…');
            let clock = read.all.last().is_some_and(|last| clock::is_like(last));
            let zoned = read.all.last().is_some_and(|last| matches!(*last, "utc" | "gmt"));
            // The sign of an offset is part of it.
            let signed = (clock || zoned)
                && word.starts_with(['+', '-', '\u{2212}'])
                && word.chars().nth(1).is_some_and(|c| c.is_ascii_digit());
            let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
            if bare.is_empty() && !(word.contains(odd) || word.contains("..")) {
                continue;
            }
            let rest = if signed { word } else { word.trim_start_matches(|c: char| !c.is_alphanumeric()) };
            let marked =
                !signed && (word.starts_with(odd) && !bare.is_empty() || word.ends_with(odd) || word.ends_with("..."));
            let shown = rest.trim_end_matches(|c: char| !c.is_alphanumeric());
            let (shown, offset) = with_offset(shown);
            for piece in [shown, offset, if marked || bare.is_empty() { ODD } else { "" }] {
                if !piece.is_empty() {
                    read.all.push(piece);
                    read.first.push(std::mem::take(&mut first));
                    read.parted.push(std::mem::take(&mut parted));
                }
            }
        }
    }
    read
}

/// Words as the lines, or the parts behind dashes, that they stood in.
pub(super) fn in_pieces(words: &[&str], first: &[bool], parted: &[bool]) -> String {
    let mut pieces = String::new();
    for ((word, first), parted) in words.iter().zip(first).zip(parted) {
        pieces.push(if *first || *parted { '\n' } else { ' ' });
        pieces.push_str(word);
    }
    pieces
}
