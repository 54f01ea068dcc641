//! The passage of a text where the words of a query stand closest.

use crate::domain::Language;
use crate::text::tokens::tokenize;

/// Characters of a text that are looked at: the best passage is nearly always before.
const LOOKED_AT: usize = 20_000;
/// Words of a snippet.
const WORDS: usize = 32;

/// A passage and the byte ranges of it that match.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Snippet {
    /// The passage, on one line, with ellipses where it was cut.
    pub text: String,
    /// Byte ranges to show apart.
    pub marks: Vec<(usize, usize)>,
}

/// Finds the passage of `text` that holds most of `stems`.
pub fn snippet(text: &str, language: Language, stems: &[String]) -> Snippet {
    let cut = text.char_indices().nth(LOOKED_AT).map_or(text.len(), |(at, _)| at);
    let text = &text[..cut];
    let tokens = tokenize(text, language);
    if tokens.is_empty() {
        return Snippet::default();
    }
    let matches: Vec<bool> = tokens.iter().map(|token| stems.iter().any(|stem| *stem == token.stem())).collect();
    let score = |start: usize| {
        let window = start..(start + WORDS).min(tokens.len());
        let mut seen: Vec<&str> = window.clone().filter(|at| matches[*at]).map(|at| tokens[at].stem()).collect();
        let all = seen.len();
        seen.sort_unstable();
        seen.dedup();
        seen.len() * 100 + all
    };
    // A passage begins a few words before a match, so that it can be understood.
    let starts = matches.iter().enumerate().filter(|(_, hit)| **hit).map(|(at, _)| at.saturating_sub(6));
    let first = starts.max_by_key(|start| (score(*start), std::cmp::Reverse(*start))).unwrap_or(0);
    let last = (first + WORDS).min(tokens.len()) - 1;
    let (from, to) = (tokens[first].start, tokens[last].end);
    let mut out = String::new();
    if first > 0 {
        out.push('…');
    }
    let mut marks = Vec::new();
    let mut at = from;
    for number in first..=last {
        let token = &tokens[number];
        out.push_str(&text[at..token.start].replace(['\n', '\r', '\t'], " "));
        let begin = out.len();
        out.push_str(&text[token.start..token.end]);
        if matches[number] {
            marks.push((begin, out.len()));
        }
        at = token.end;
    }
    debug_assert_eq!(at, to);
    if last + 1 < tokens.len() {
        out.push('…');
    }
    Snippet { text: out, marks }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_passage_holds_the_words_and_marks_them() {
        let text = format!("{} Les pompes à chaleur séduisent. {}", "mot ".repeat(80), "fin ".repeat(80));
        let stems = vec!["pomp".to_owned(), "chaleur".to_owned()];
        let found = snippet(&text, Language::French, &stems);
        let marked: Vec<&str> = found.marks.iter().map(|(from, to)| &found.text[*from..*to]).collect();
        assert_eq!(marked, ["pompes", "chaleur"]);
        assert!(found.text.starts_with('…') && found.text.ends_with('…'), "{}", found.text);
    }
}
