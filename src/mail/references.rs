//! Where the addresses of a text letter stand: in footnotes, between brackets, as Markdown has them.

use std::collections::{HashMap, HashSet};

use crate::text::urls;

use super::anchors;

/// Bytes of an address in a note, at most; and how many times the text what they make of it may be.
const LONGEST: usize = 2_000;
const GROWN: usize = 4;
/// Reference links from which a text is Markdown.
const REFERENCES: usize = 3;
/// Stands before an address that stood in a footnote; of private use, so that no letter holds it.
pub(super) const NOTE: char = '\u{E000}';
/// Words before the number of a footnote that are taken for what its address is of.
pub(super) const NOTED: usize = 3;
/// Most words of an anchor that only leads on.
const ANCHOR_WORDS: usize = 4;
/// Footnotes from which they are how a letter gives its addresses.
const FOOTNOTES: usize = 3;

/// A letter with numbered addresses below its paragraphs (`[3]: https://…`): each address stands where its number did.
pub(super) fn with_footnotes(text: &str) -> Option<String> {
    let note = |row: &str| -> Option<(String, String)> {
        let (number, rest) = row.trim().strip_prefix('[')?.split_once(']')?;
        let address = rest.trim_start_matches(':').trim();
        let fits = (1..=3).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
        (fits && address.len() <= LONGEST && address.contains("://") && urls::parse_web(address).is_some())
            .then(|| (number.to_owned(), address.to_owned()))
    };
    let notes: HashMap<String, String> = text.lines().filter_map(note).collect();
    if notes.len() < FOOTNOTES {
        return None;
    }
    let place = |row: &str| {
        let mut placed = String::with_capacity(row.len());
        let mut parts = row.split('[');
        placed.push_str(parts.next().unwrap_or_default());
        for part in parts {
            let noted = part.split_once(']').and_then(|(number, rest)| Some((notes.get(number)?, rest)));
            match noted {
                Some((address, rest)) => placed.push_str(&format!(" {NOTE}{address}{rest}")),
                None => placed.push_str(&format!("[{part}")),
            }
        }
        placed
    };
    let mut whole = String::with_capacity(text.len());
    for row in text.lines().filter(|row| note(row).is_none()) {
        whole.push_str(&place(row));
        whole.push('\n');
        if whole.len() > GROWN * text.len() {
            return None;
        }
    }
    Some(whole)
}

/// True for a text full of links in the form of Markdown (CommonMark 0.31, § 6.3), addresses inside or below.
pub(super) fn is_markdown(text: &str) -> bool {
    if text.matches("](http").count() >= REFERENCES {
        return true;
    }
    let used = text.match_indices("][").filter_map(|(at, _)| text[at + 2..].split_once(']')).map(|(number, _)| number);
    let used: HashSet<&str> = used.filter(|number| number.len() <= 4).collect();
    let defines = |row: &&str| {
        let number = row.trim_start().strip_prefix('[').and_then(|rest| rest.split_once("]: "));
        number.is_some_and(|(number, _)| used.contains(number))
    };
    !used.is_empty() && text.lines().filter(defines).take(REFERENCES).count() >= REFERENCES
}

/// Addresses that were glued to the word before them (`Un titrehttps://…`), with a blank between.
pub(super) fn with_blanks(text: &str) -> String {
    let mut parted = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("http") {
        let (before, address) = rest.split_at(at);
        let scheme = address.starts_with("http://") || address.starts_with("https://");
        let word = before.rsplit(char::is_whitespace).next().unwrap_or_default();
        parted.push_str(before);
        // Inside an address there may be another.
        if scheme
            && !word.contains(['/', '=', '&'])
            && word.ends_with(|c: char| c.is_alphabetic() || "?!”“»\"’".contains(c))
        {
            parted.push(' ');
        }
        let end = address.find(char::is_whitespace).unwrap_or(address.len());
        parted.push_str(&address[..end]);
        rest = &address[end..];
    }
    parted.push_str(rest);
    parted
}

/// A row's end behind each address between brackets of which the anchor only leads on, where the next title stands right
/// behind it: `Lire l'article [https://…] Un titre`.
pub(super) fn with_ends(text: &str) -> String {
    let mut ended = String::with_capacity(text.len());
    for row in text.lines() {
        let mut rest = row;
        while let Some(at) = bracket(rest) {
            let close = if rest[at..].starts_with('[') { ']' } else { ')' };
            let Some(end) = rest[at..].find(close).map(|end| at + end + 1) else { break };
            let anchor = anchors::letters(&rest[..at]);
            let words = anchor.split(' ').filter(|word| !word.is_empty()).count();
            let leads = (1..=ANCHOR_WORDS).contains(&words) && anchors::is_more(&anchor, words);
            ended.push_str(&rest[..end]);
            let behind = rest[end..].trim_start();
            if leads && behind.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit()) {
                ended.push_str("\n\n");
                rest = behind;
            } else {
                if rest[end..].starts_with(|c: char| c.is_alphanumeric() || c == '•') {
                    ended.push(' ');
                }
                rest = &rest[end..];
            }
        }
        ended.push_str(rest);
        ended.push('\n');
    }
    ended
}

/// The beginning of a text, in which an address and its anchor end.
fn near(text: &str) -> &str {
    let end = (0..=text.len().min(LONGEST)).rev().find(|end| text.is_char_boundary(*end)).unwrap_or_default();
    &text[..end]
}

/// Where the first bracket stands that an address follows.
fn bracket(text: &str) -> Option<usize> {
    let mut addresses = text.match_indices("http").map(|(at, _)| at);
    addresses.find(|at| text[..*at].ends_with(['[', '('])).map(|at| at - 1)
}

/// Anchors behind their addresses, as Zimbra writes them (`[ https://… | Un titre ]`), before them: `Un titre (https://…)`.
pub(super) fn with_anchors_first(text: &str) -> String {
    let mut turned = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("[ http") {
        let (before, link) = rest.split_at(at);
        turned.push_str(before);
        let (address, anchor) =
            near(link).split_once(']').map_or(("", ""), |(inside, _)| inside[2..].split_once(" |").unwrap_or_default());
        let fits = !address.is_empty() && !address.contains(char::is_whitespace) && !anchor.contains('[');
        if fits {
            turned.push_str(&format!("{} ({address})", anchor.trim()));
            rest = &link["[ ".len() + address.len() + " |".len() + anchor.len() + 1..];
        } else {
            turned.push_str("[ ");
            rest = &link[2..];
        }
    }
    turned.push_str(rest);
    turned
}

/// Addresses between brackets without the blanks that programs put beside them: `Un titre ( https://… )`.
pub(super) fn with_brackets(text: &str) -> String {
    let mut joined = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("http") {
        let (before, address) = rest.split_at(at);
        let bare = before.trim_end();
        let near = before[bare.len()..].matches('\n').count() <= 1;
        let open =
            bare.ends_with(['(', '[']) && near && (address.starts_with("http://") || address.starts_with("https://"));
        let end = address.find(char::is_whitespace).unwrap_or(address.len());
        let after = address[end..].trim_start();
        let close = if bare.ends_with('(') { ')' } else { ']' };
        let gap = &address[end..address.len() - after.len()];
        let blanks = before.len() > bare.len() || !gap.is_empty();
        if open && blanks && after.starts_with(close) && gap.matches('\n').count() <= 1 {
            // On a row of its own it is of the row above.
            match bare.strip_suffix("\n(").filter(|above| !above.trim_end_matches(' ').ends_with('\n')) {
                Some(above) => joined.push_str(&format!("{above} (")),
                None => joined.push_str(bare),
            }
            joined.push_str(&address[..end]);
            rest = after;
        } else {
            joined.push_str(before);
            joined.push_str(&address[..end]);
            rest = &address[end..];
        }
    }
    joined.push_str(rest);
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_found_however_programs_set_them() {
        assert_eq!(
            with_anchors_first("Voir [ https://a.example/1 | le programme ] en ligne"),
            "Voir le programme (https://a.example/1) en ligne"
        );
        assert_eq!(with_anchors_first("[ http sans fin"), "[ http sans fin");
        assert_eq!(with_blanks("Un titrehttps://a.example/un fin"), "Un titre https://a.example/un fin");
        let inner = "https://a.example/?u=https://b.example/";
        assert_eq!(with_blanks(inner), inner);
        assert_eq!(with_brackets("Lire la suite\n( https://a.example/1 )"), "Lire la suite (https://a.example/1)");
        assert_eq!(with_brackets("Un titre (https://a.example/1 )."), "Un titre (https://a.example/1).");
        assert_eq!(
            with_ends("Lire l'article [https://a.example/1] UN AUTRE TITRE").trim_end(),
            "Lire l'article [https://a.example/1]\n\nUN AUTRE TITRE"
        );
        let sentence = "Une étude (https://a.example/1) Montre que";
        assert_eq!(with_ends(sentence).trim_end(), sentence);
    }
}
