//! Words of a text: split, folded and stemmed in one pass, the same way for items, terms and queries.
//!
//! French is stemmed before its accents are folded (the Snowball French algorithm needs them); elisions (l', d',
//! qu', jusqu'…) fall, with either apostrophe, and *aujourd'hui* stays whole. Stems are remembered: the stemmer is
//! the dearest step of all.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use foldhash::fast::FixedState;
use frostem::{Algorithm, Stemmer};
use unicode_normalization::UnicodeNormalization;
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use crate::domain::Language;

use super::vectors::{self, Known};

/// Version of the analysis; an index made by another one is rebuilt. Raise it when the rules of this file change.
/// It names the release of the stemmer too, whose rules may move.
pub const ANALYSIS_VERSION: &str = "1-frostem-1.20260821";

/// Stems remembered per language before the memory starts afresh; a month of press holds about 60,000 forms.
const REMEMBERED: usize = 80_000;

/// One word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// First byte in the text.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    form: Arc<Form>,
}

impl Token {
    /// Lower case, accents and ligatures folded.
    pub fn word(&self) -> &str {
        &self.form.text[..self.form.word_end]
    }

    /// Stem in the text's language, folded.
    pub fn stem(&self) -> &str {
        match self.form.stem {
            Stem::Beginning(end) => &self.form.text[..end],
            Stem::Other => &self.form.text[self.form.word_end..],
        }
    }

    /// A hash of the word, the same for ever (see [`word_hash`]).
    pub fn hash(&self) -> u64 {
        self.form.hash
    }

    /// What the table of vectors knows of the word.
    pub fn known(&self) -> Known {
        self.form.known
    }

    /// A hash of the stem, the same for ever and another in each language (see [`stem_hash`]).
    pub fn stem_hash(&self) -> u64 {
        self.form.stem_hash
    }
}

/// The hash of a folded word (xxh3).
pub fn word_hash(word: &str) -> u64 {
    xxh3_64(word.as_bytes())
}

/// The hash of a stem in its language (xxh3): words of two languages are never the same.
pub fn stem_hash(stem: &str, language: Language) -> u64 {
    xxh3_64_with_seed(stem.as_bytes(), language as u64)
}

/// What is remembered of a word: most stems are its beginning, so both lie in one text.
#[derive(Debug, PartialEq, Eq)]
struct Form {
    text: Box<str>,
    word_end: usize,
    stem: Stem,
    hash: u64,
    stem_hash: u64,
    known: Known,
}

#[derive(Debug, PartialEq, Eq)]
enum Stem {
    /// So many bytes of the word.
    Beginning(usize),
    /// What stands behind the word.
    Other,
}

impl Form {
    fn of(surface: &str, language: Language) -> Self {
        let lower = lower(surface);
        let known = vectors::look_up(&lower);
        let (word, stem) = (fold(&lower), stem(&lower, language));
        let (word_end, hash, stem_hash) = (word.len(), word_hash(&word), stem_hash(&stem, language));
        if word.starts_with(&stem) {
            return Form { text: word.into(), word_end, stem: Stem::Beginning(stem.len()), hash, stem_hash, known };
        }
        Form { text: (word + &stem).into(), word_end, stem: Stem::Other, hash, stem_hash, known }
    }
}

/// Lower case without accents: `Œuvre Élaborée` → `oeuvre elaboree`.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            ascii if ascii.is_ascii() => folded.push(ascii.to_ascii_lowercase()),
            // The letters of French and its neighbours, which the tables below would take long to find.
            'à' | 'â' | 'ä' | 'á' | 'ã' | 'å' | 'À' | 'Â' | 'Ä' | 'Á' | 'Ã' | 'Å' => folded.push('a'),
            'é' | 'è' | 'ê' | 'ë' | 'É' | 'È' | 'Ê' | 'Ë' => folded.push('e'),
            'î' | 'ï' | 'í' | 'ì' | 'Î' | 'Ï' | 'Í' | 'Ì' => folded.push('i'),
            'ô' | 'ö' | 'ó' | 'ò' | 'õ' | 'ø' | 'Ô' | 'Ö' | 'Ó' | 'Ò' | 'Õ' | 'Ø' => folded.push('o'),
            'ù' | 'û' | 'ü' | 'ú' | 'Ù' | 'Û' | 'Ü' | 'Ú' => folded.push('u'),
            'ç' | 'Ç' => folded.push('c'),
            'ñ' | 'Ñ' => folded.push('n'),
            'œ' | 'Œ' => folded.push_str("oe"),
            'æ' | 'Æ' => folded.push_str("ae"),
            'ß' => folded.push_str("ss"),
            'ł' | 'Ł' => folded.push('l'),
            '’' | 'ʼ' => folded.push('\''),
            '«' | '»' | '–' | '—' => folded.push(character),
            other => folded.extend(
                std::iter::once(other)
                    .nfkd()
                    .flat_map(char::to_lowercase)
                    .filter(|c| !unicode_normalization::char::is_combining_mark(*c)),
            ),
        }
    }
    folded
}

/// The words of a text, folded, one blank between them: for comparing, never for showing.
pub fn plain(text: &str) -> String {
    let folded = fold(text);
    folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Splits `text` into tokens, stemmed in `language` (not stemmed in [`Language::Other`]).
pub fn tokenize(text: &str, language: Language) -> Vec<Token> {
    let token = |(start, end)| Token { start, end, form: form(&text[start..end], language) };
    words(text).into_iter().map(token).collect()
}

/// Forms by the surface of the word.
type Forms = RwLock<HashMap<Box<str>, Arc<Form>, FixedState>>;

/// Words met before. Shared by all threads: each would learn the same words. Sixteen parts for each language, so that
/// they seldom wait for each other.
static KNOWN: LazyLock<Vec<Forms>> = LazyLock::new(|| (0..3 * PARTS).map(|_| RwLock::default()).collect());
const PARTS: usize = 16;
/// Bytes of the longest surface remembered: no word is longer, and rubbish must not stay in memory.
const LONGEST_REMEMBERED: usize = 40;

fn form(surface: &str, language: Language) -> Arc<Form> {
    if surface.len() > LONGEST_REMEMBERED {
        return Arc::new(Form::of(surface, language));
    }
    let part = surface.bytes().fold(0_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(byte))) % PARTS;
    let part = &KNOWN[language as usize * PARTS + part];
    if let Some(form) = part.read().unwrap_or_else(PoisonError::into_inner).get(surface) {
        return Arc::clone(form);
    }
    let found = Arc::new(Form::of(surface, language));
    let mut known = part.write().unwrap_or_else(PoisonError::into_inner);
    if known.len() >= REMEMBERED / PARTS {
        known.clear();
    }
    known.insert(surface.into(), Arc::clone(&found));
    found
}

/// Stem of one word in lower case with its accents, folded.
pub fn stem(lower: &str, language: Language) -> String {
    let algorithm = match language {
        Language::French => Algorithm::French,
        Language::English => Algorithm::English,
        Language::Other => return fold(lower),
    };
    fold(&Stemmer::new(algorithm).stem(lower))
}

fn lower(surface: &str) -> Cow<'_, str> {
    if surface.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) {
        Cow::Borrowed(surface)
    } else {
        Cow::Owned(surface.nfc().flat_map(char::to_lowercase).map(|c| if c == '’' { '\'' } else { c }).collect())
    }
}

fn is_apostrophe(character: char) -> bool {
    matches!(character, '\'' | '’' | 'ʼ')
}

fn is_word(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_alphanumeric();
    }
    // Below the first combining mark, and among quotation marks and dashes, there are none.
    let may_combine = character >= '\u{300}' && !('\u{2000}'..='\u{20cf}').contains(&character);
    character.is_alphanumeric() || (may_combine && unicode_normalization::char::is_combining_mark(character))
}

/// Byte ranges of words; an apostrophe inside a word is looked at by [`split_apostrophe`].
fn words(text: &str) -> Vec<(usize, usize)> {
    let mut ranges = Vec::with_capacity(text.len() / 6);
    let mut start = None;
    let mut apostrophe = false;
    let mut previous_was_word = false;
    let mut end = |from: usize, to: usize, apostrophe: bool| {
        if apostrophe {
            split_apostrophe(text, from, to, &mut ranges);
        } else {
            ranges.push((from, to));
        }
    };
    let mut characters = text.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let word = is_word(character);
        let joins = !word
            && previous_was_word
            && is_apostrophe(character)
            && characters.peek().is_some_and(|(_, next)| is_word(*next));
        match (word || joins, start) {
            (true, None) => (start, apostrophe) = (Some(at), false),
            (false, Some(from)) => {
                end(from, at, apostrophe);
                start = None;
            }
            _ => {}
        }
        apostrophe |= joins;
        previous_was_word = word;
    }
    if let Some(from) = start {
        end(from, text.len(), apostrophe);
    }
    ranges
}

/// Drops the elided article of `l'isolation`, the possessive of `company's`, and keeps `aujourd'hui`.
fn split_apostrophe(text: &str, start: usize, end: usize, ranges: &mut Vec<(usize, usize)>) {
    let piece = &text[start..end];
    let Some(at) = piece.find(is_apostrophe) else {
        ranges.push((start, end));
        return;
    };
    let (head, tail) = piece.split_at(at);
    let mark = tail.chars().next().map_or(0, char::len_utf8);
    let tail_start = start + at + mark;
    if is_elision(head) {
        split_apostrophe(text, tail_start, end, ranges);
    } else if matches!(&tail[mark..], "s" | "S") {
        ranges.push((start, start + at));
    } else {
        ranges.push((start, end));
    }
}

fn is_elision(head: &str) -> bool {
    const ELISIONS: [&str; 13] = ["l", "d", "j", "m", "t", "s", "n", "c", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu"];
    ELISIONS.iter().any(|elision| elision.eq_ignore_ascii_case(head))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stems(text: &str, language: Language) -> Vec<String> {
        tokenize(text, language).into_iter().map(|token| token.stem().to_string()).collect()
    }

    fn same(one: &str, other: &str, language: Language) {
        assert_eq!(stems(one, language), stems(other, language), "{one} / {other}");
    }

    #[test]
    fn elisions_fall_with_either_apostrophe_and_aujourdhui_stays() {
        same("l'isolation", "isolation", Language::French);
        same("L’Isolation", "isolation", Language::French);
        same("jusqu’à", "à", Language::French);
        same("qu'elle", "elle", Language::French);
        assert_eq!(tokenize("aujourd’hui", Language::French).len(), 1);
        same("aujourd’hui", "aujourd'hui", Language::French);
    }

    #[test]
    fn forms_case_accents_and_ligatures_meet() {
        same("rénovations", "RÉNOVATION", Language::French);
        same("événement", "évènement", Language::Other);
        same("œuvre", "oeuvre", Language::French);
        same("heat pumps", "Heat Pump", Language::English);
        same("the company's", "the company", Language::English);
    }

    #[test]
    fn offsets_point_into_the_text() {
        let text = "D’été, l’Œuvre";
        let tokens = tokenize(text, Language::French);
        let found: Vec<&str> = tokens.iter().map(|token| &text[token.start..token.end]).collect();
        assert_eq!(found, ["été", "Œuvre"]);
    }

    #[test]
    fn a_decomposed_accent_is_the_same_word() {
        same("re\u{301}novation", "rénovation", Language::French);
    }
}
