//! An item's words, read once and used for tagging, grouping and indexing.

use std::collections::HashSet;
use std::sync::LazyLock;

use foldhash::fast::FixedState;

use crate::domain::Language;

use super::tokens::{Token, tokenize};
use super::vectors::{self, DIMENSIONS, Vector, unit};

/// How much more a word of the title says than one of the text.
pub const TITLE_WEIGHT: f32 = 3.0;

/// The words of a title and of a text in one language.
#[derive(Debug, Clone)]
pub struct Reading {
    /// Words of the title.
    pub title: Vec<Token>,
    /// Words of the text.
    pub body: Vec<Token>,
    title_text: String,
    body_text: String,
    /// Language they were stemmed in.
    language: Language,
}

impl Reading {
    /// Reads a title and a text.
    pub fn new(title: &str, body: &str, language: Language) -> Self {
        Reading {
            title: tokenize(title, language),
            body: tokenize(body, language),
            title_text: title.to_owned(),
            body_text: body.to_owned(),
            language,
        }
    }

    /// The `count` words of the title from index `at`, as they are written there.
    pub fn title_words(&self, at: usize, count: usize) -> &str {
        written(&self.title, &self.title_text, at, count)
    }

    /// The `count` words of the text from index `at`, as they are written there.
    pub fn body_words(&self, at: usize, count: usize) -> &str {
        written(&self.body, &self.body_text, at, count)
    }

    /// Telling words that both hold, as this one writes them, those of its title first; at most `count`.
    pub fn shared_words(&self, other: &Reading, count: usize) -> Vec<String> {
        let theirs: HashSet<&str> = other.title.iter().chain(&other.body).map(|token| token.stem()).collect();
        let mut seen = HashSet::new();
        let of_title = self.title.iter().map(|token| (token, &self.title_text));
        let all = of_title.chain(self.body.iter().map(|token| (token, &self.body_text)));
        all.filter(|(token, _)| token.word().len() > 3 && !is_stop_word(token.word()) && theirs.contains(token.stem()))
            .filter(|(token, _)| seen.insert(token.stem()))
            .filter_map(|(token, text)| text.get(token.start..token.end).map(str::to_owned))
            .take(count)
            .collect()
    }

    /// The direction of its meaning, words of the title counting [`TITLE_WEIGHT`] times; at length 1, or all zeros.
    pub fn direction(&self) -> Vector {
        let mut sum = [0.0; DIMENSIONS];
        for (tokens, weight) in [(&self.title, TITLE_WEIGHT), (&self.body, 1.0)] {
            for token in tokens {
                vectors::add(token.known(), weight, &mut sum);
            }
        }
        unit(sum)
    }

    /// The title, and the text as far as so many bytes.
    pub fn beginning(&self, bytes: usize) -> String {
        let text = &self.body_text[..self.body_text.floor_char_boundary(bytes)];
        format!("{}. {text}", self.title_text)
    }

    /// The language the words were stemmed in.
    pub fn language(&self) -> Language {
        self.language
    }
}

fn written<'a>(tokens: &[Token], text: &'a str, at: usize, count: usize) -> &'a str {
    let range = tokens.get(at).zip(tokens.get((at + count.max(1) - 1).min(tokens.len().saturating_sub(1))));
    range.and_then(|(first, last)| text.get(first.start..last.end)).unwrap_or_default()
}

/// Words that say nothing of a subject, folded: articles, pronouns, prepositions, auxiliaries.
pub fn is_stop_word(word: &str) -> bool {
    word.len() <= LONGEST_STOP_WORD && STOP_WORDS.contains(word)
}

static STOP_WORDS: LazyLock<HashSet<&str, FixedState>> = LazyLock::new(|| STOP_LIST.split_whitespace().collect());
/// Bytes of the longest of them.
const LONGEST_STOP_WORD: usize = 8;

const STOP_LIST: &str = "a ai aie ainsi alors am an and ans apres are as at au aucun aussi autre autres aux avant avec \
        avoir be been but by can car ce ceci cela celle celles celui ces cet cette ceux chaque chez comme comment dans \
        de des deux did do does donc dont du elle elles en encore entre est et ete etre eu eux faire fait faut for from \
        had has have he her his how i if il ils in into is it its je la le les leur leurs lui ma mais me mes mieux moi \
        moins mon more most ne ni nos not notre nous of on one ont or ou our out par parce pas peu peut plus pour \
        pourquoi qu quand que quel quelle quelles quels qui s sa sans se sera ses she si son sont sous sur ta tes than \
        that the their them there these they this those to ton tous tout toute toutes trois un une us vers voici vos \
        votre vous was we were what when where which who why will with would y you your";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stop_words_are_whole_words() {
        assert!(is_stop_word("dans") && is_stop_word("the"));
        assert!(!is_stop_word("isolation") && !is_stop_word("ans ete"));
        assert_eq!(STOP_WORDS.iter().map(|word| word.len()).max(), Some(LONGEST_STOP_WORD));
    }
}
