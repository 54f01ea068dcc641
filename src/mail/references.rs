//! Where the addresses of a text letter stand: in footnotes, between brackets, as Markdown has them.

use std::collections::{HashMap, HashSet};

use crate::text::urls;

/// Bytes of an address in a note, at most; and how many times the text what they make of it may be.
const LONGEST: usize = 2_000;
const GROWN: usize = 4;
/// Reference links from which a text is Markdown.
const REFERENCES: usize = 3;
/// Stands before an address that stood in a footnote; of private use, so that no letter holds it.
pub(super) const NOTE: char = '\u{E000}';
/// Words before the number of a footnote that are taken for what its address is of.
pub(super) const NOTED: usize = 3;
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

/// Addresses between brackets without the blanks that programs put beside them: `Un titre ( https://… )`.
pub(super) fn with_brackets(text: &str) -> String {
    let mut joined = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("http") {
        let (before, address) = rest.split_at(at);
        let bare = before.trim_end();
        let blanks = before[bare.len()..].matches('\n').count() <= 1 && before.len() > bare.len();
        let open =
            bare.ends_with(['(', '[']) && blanks && (address.starts_with("http://") || address.starts_with("https://"));
        let end = address.find(char::is_whitespace).unwrap_or(address.len());
        let after = address[end..].trim_start();
        let close = if bare.ends_with('(') { ')' } else { ']' };
        let gap = &address[end..address.len() - after.len()];
        if open && after.starts_with(close) && gap.matches('\n').count() <= 1 {
            joined.push_str(bare);
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
