//! XML as it is found on the web, cut into tokens without ever giving up: bare ampersands, HTML entities, attributes
//! without quotes, unclosed comments. Each liberty taken is counted.
//!
//! Only the tokens are made here; what they nest to is judged by who knows the vocabulary.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

/// A liberty taken to go on reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Repair {
    /// An `&` that begins no reference is text.
    BareAmpersand,
    /// An HTML entity that XML does not know.
    HtmlEntity,
    /// A reference to a C1 control is the windows-1252 character of that number.
    WindowsCharacter,
    /// A character that XML forbids is left out.
    ForbiddenCharacter,
    /// A `<` that begins no tag is text.
    BareBracket,
    /// An attribute without quotes, without value, or whose quote never closes.
    Attribute,
    /// A tag, comment or section that never closes.
    Unclosed,
    /// An element closed because another one closed or began.
    AutoClosed,
    /// A closing tag that closes nothing.
    StrayClosing,
    /// Names in capitals.
    UpperCase,
    /// A prefix that nothing declares.
    UndeclaredPrefix,
    /// A vocabulary under another address than its own.
    OddNamespace,
}

impl Repair {
    /// For the person who looks after the source.
    pub fn describe(self) -> &'static str {
        match self {
            Repair::BareAmpersand => "& that begins no entity, kept as text",
            Repair::HtmlEntity => "HTML entity that XML does not know, resolved",
            Repair::WindowsCharacter => "control character of windows-1252, resolved",
            Repair::ForbiddenCharacter => "character that XML forbids, left out",
            Repair::BareBracket => "< that begins no tag, kept as text",
            Repair::Attribute => "attribute without proper quotes, read",
            Repair::Unclosed => "tag, comment or section that never ends",
            Repair::AutoClosed => "element that was not closed, closed",
            Repair::StrayClosing => "closing tag without opening one, ignored",
            Repair::UpperCase => "tag in capitals, read",
            Repair::UndeclaredPrefix => "prefix that is not declared, taken for the usual one",
            Repair::OddNamespace => "vocabulary under an odd address, recognised",
        }
    }
}

/// How often each liberty was taken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Repairs(BTreeMap<Repair, usize>);

impl Repairs {
    /// Counts one more.
    pub fn note(&mut self, repair: Repair) {
        *self.0.entry(repair).or_default() += 1;
    }

    /// True when the text was read as it stands.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// One line each, most telling first.
    pub fn lines(&self) -> Vec<String> {
        self.0.iter().map(|(repair, count)| format!("{count} × {}", repair.describe())).collect()
    }
}

/// A piece of the document.
#[derive(Debug, Clone, PartialEq)]
pub enum Token<'a> {
    /// An opening tag.
    Open {
        /// Name as written, prefix included.
        name: &'a str,
        /// What stands between the name and the end of the tag.
        attributes: &'a str,
        /// `<name/>`.
        empty: bool,
    },
    /// A closing tag: its name as written.
    Close(&'a str),
    /// Text, references resolved.
    Text(Cow<'a, str>),
    /// The inside of a CDATA section.
    Cdata(Cow<'a, str>),
}

/// Most entities that a document type may declare, and the longest value of one: none is ever nested or fetched.
const MOST_ENTITIES: usize = 200;
const LONGEST_ENTITY: usize = 2000;
/// Longest attribute value looked for, in bytes, before its quote counts as forgotten.
const LONGEST_VALUE: usize = 1 << 16;

/// Cuts a document into tokens.
#[derive(Debug)]
pub struct Tokens<'a> {
    text: &'a str,
    at: usize,
    entities: HashMap<&'a str, &'a str>,
    /// Name of the tag that opened last.
    last_open: &'a str,
    /// Liberties taken so far.
    pub repairs: Repairs,
}

impl<'a> Tokens<'a> {
    /// Reads `text` from its beginning.
    pub fn new(text: &'a str) -> Self {
        Tokens { text, at: 0, entities: HashMap::new(), last_open: "", repairs: Repairs::default() }
    }

    /// Where the next token begins, in bytes.
    pub fn position(&self) -> usize {
        self.at
    }

    /// The next token; `None` at the end.
    #[expect(clippy::should_implement_trait, reason = "tokens borrow the text and count repairs as they go")]
    pub fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
            let Some(after) = rest.strip_prefix('<') else {
                return Some(self.text_until_tag(rest));
            };
            match after.as_bytes().first() {
                Some(b'!') if after.starts_with("![CDATA[") => return Some(self.cdata(rest)),
                Some(b'!') if after.starts_with("!--") => self.skip_past(rest, 4, "-->"),
                Some(b'!') if after.get(1..8).is_some_and(|word| word.eq_ignore_ascii_case("DOCTYPE")) => {
                    self.doctype(rest);
                }
                Some(b'!') => self.skip_past(rest, 2, ">"),
                Some(b'?') => self.skip_past(rest, 2, "?>"),
                Some(b'/') if after.as_bytes().get(1).is_some_and(|&byte| begins_name(byte)) => {
                    return Some(self.closing(rest));
                }
                Some(&byte) if begins_name(byte) => return Some(self.opening(rest)),
                _ => return Some(self.text_until_tag(rest)),
            }
        }
    }

    fn text_until_tag(&mut self, rest: &'a str) -> Token<'a> {
        let bytes = rest.as_bytes();
        let mut from = 0;
        let end = loop {
            match find(&bytes[from..], b'<') {
                None => break bytes.len(),
                Some(at) if begins_markup(&bytes[from + at + 1..]) => break from + at,
                Some(at) => {
                    self.repairs.note(Repair::BareBracket);
                    from += at + 1;
                }
            }
        };
        self.at += end;
        Token::Text(self.resolve(&rest[..end]))
    }

    fn cdata(&mut self, rest: &'a str) -> Token<'a> {
        const OPENING: &str = "<![CDATA[";
        let inside = &rest[OPENING.len()..];
        let end = inside.find("]]>");
        // Another section that begins before this one ends shows that its end was forgotten: the element's will do.
        let forgotten = end.is_none_or(|end| inside[..end].contains(OPENING));
        let (content, length) = match (end, forgotten.then(|| self.closing_of_last(inside)).flatten()) {
            (_, Some(close)) => {
                self.repairs.note(Repair::Unclosed);
                (&inside[..close], OPENING.len() + close)
            }
            (Some(end), None) => (&inside[..end], OPENING.len() + end + 3),
            (None, None) => {
                self.repairs.note(Repair::Unclosed);
                (inside, rest.len())
            }
        };
        self.at += length;
        Token::Cdata(self.without_forbidden(Cow::Borrowed(content)))
    }

    /// Where the element that opened last is closed.
    fn closing_of_last(&self, inside: &str) -> Option<usize> {
        let wanted = self.last_open;
        let mut from = 0;
        while let Some(found) = inside.get(from..)?.find("</") {
            let at = from + found;
            if !wanted.is_empty() && name_of(&inside[at + 2..]).eq_ignore_ascii_case(wanted) {
                return Some(at);
            }
            from = at + 2;
        }
        None
    }

    /// Passes over what ends with `end`, or, if it never does, over this tag alone.
    fn skip_past(&mut self, rest: &str, from: usize, end: &str) {
        let found = rest.get(from..).and_then(|inside| inside.find(end)).map(|at| from + at + end.len());
        self.at += found.unwrap_or_else(|| {
            self.repairs.note(Repair::Unclosed);
            rest.find('>').map_or(rest.len(), |at| at + 1)
        });
    }

    /// Passes over `<!DOCTYPE … [ … ]>`; internal entities with a plain value are remembered.
    fn doctype(&mut self, rest: &'a str) {
        let subset = rest.find('[').filter(|open| rest.find('>').is_none_or(|close| *open < close));
        let Some(open) = subset else {
            return self.skip_past(rest, 2, ">");
        };
        let inside = &rest[open + 1..];
        let close = inside.find(']').unwrap_or(inside.len());
        for declaration in inside[..close].split("<!ENTITY").skip(1).take(MOST_ENTITIES) {
            let declaration = declaration.trim_start();
            let Some((name, value)) = declaration.split_once(char::is_whitespace) else { continue };
            let value = value.trim_start();
            let Some(quote) = value.chars().next().filter(|c| matches!(c, '"' | '\'')) else { continue };
            let value = value[1..].split(quote).next().unwrap_or_default();
            if value.len() <= LONGEST_ENTITY && name != "%" {
                self.entities.entry(name).or_insert(value);
            }
        }
        let after = inside.get(close..).and_then(|tail| tail.find('>')).map(|at| open + 1 + close + at + 1);
        self.at += after.unwrap_or_else(|| {
            self.repairs.note(Repair::Unclosed);
            rest.find('>').map_or(rest.len(), |at| at + 1)
        });
    }

    fn closing(&mut self, rest: &'a str) -> Token<'a> {
        let name = name_of(&rest[2..]);
        let tail = &rest.as_bytes()[2 + name.len()..];
        let end = tail.iter().position(|byte| matches!(byte, b'>' | b'<'));
        match end {
            Some(at) if tail[at] == b'>' => self.at += 2 + name.len() + at + 1,
            Some(at) => {
                self.repairs.note(Repair::Unclosed);
                self.at += 2 + name.len() + at;
            }
            None => {
                self.repairs.note(Repair::Unclosed);
                self.at += rest.len();
            }
        }
        Token::Close(name)
    }

    fn opening(&mut self, rest: &'a str) -> Token<'a> {
        let name = name_of(&rest[1..]);
        self.last_open = name;
        let start = 1 + name.len();
        let (length, closed) = tag_end(&rest.as_bytes()[start..]);
        if !closed {
            self.repairs.note(Repair::Unclosed);
        }
        let mut attributes = &rest[start..start + length];
        self.at += start + length + usize::from(closed);
        let empty = closed && attributes.ends_with('/') && !ends_in_unquoted_value(attributes);
        if empty {
            attributes = &attributes[..attributes.len() - 1];
        }
        Token::Open { name, attributes, empty }
    }

    /// The attributes of an opening tag: names as written, values resolved.
    pub fn attributes(&mut self, text: &'a str) -> Vec<(&'a str, Cow<'a, str>)> {
        let mut found = Vec::new();
        let mut rest = text.trim_start();
        while !rest.is_empty() {
            let end = rest.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(rest.len());
            let name = rest[..end].trim_matches(['/', '"', '\'']);
            rest = rest[end..].trim_start();
            let Some(after) = rest.strip_prefix('=') else {
                if !name.is_empty() {
                    self.repairs.note(Repair::Attribute);
                    found.push((name, Cow::Borrowed("")));
                }
                continue;
            };
            let after = after.trim_start();
            let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''));
            let quoted = quote.and_then(|quote| after[1..].split_once(quote));
            let (value, left) = match quoted {
                Some(parts) => parts,
                None => {
                    self.repairs.note(Repair::Attribute);
                    let bare = after.trim_start_matches(['"', '\'']);
                    let end = bare.find(char::is_whitespace).unwrap_or(bare.len());
                    bare.split_at(end)
                }
            };
            if !name.is_empty() {
                found.push((name, self.resolve(value)));
            }
            rest = left.trim_start();
        }
        found
    }

    /// Resolves references, and drops what XML 1.0 (§ 2.2) forbids.
    fn resolve(&mut self, text: &'a str) -> Cow<'a, str> {
        if !text.contains('&') {
            return self.without_forbidden(Cow::Borrowed(text));
        }
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = find(rest.as_bytes(), b'&') {
            out.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            let (resolved, length) = self.reference(rest);
            out.push_str(&resolved);
            rest = &rest[length..];
        }
        out.push_str(rest);
        self.without_forbidden(Cow::Owned(out))
    }

    /// What stands for the reference whose text, after `&`, begins `rest`; and how much of it that takes.
    fn reference(&mut self, rest: &'a str) -> (Cow<'a, str>, usize) {
        let end = rest.bytes().take(40).position(|byte| !(byte.is_ascii_alphanumeric() || byte == b'#')).unwrap_or(0);
        let name = &rest[..end];
        let semicolon = rest.as_bytes().get(end) == Some(&b';');
        let length = end + usize::from(semicolon);
        if let Some(number) = name.strip_prefix('#') {
            let value = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok(),
                None => number.parse().ok(),
            };
            if let Some(value) = value {
                return (Cow::Owned(self.character(value)), length);
            }
        } else if semicolon {
            match name {
                "amp" => return ("&".into(), length),
                "lt" => return ("<".into(), length),
                "gt" => return (">".into(), length),
                "quot" => return ("\"".into(), length),
                "apos" => return ("'".into(), length),
                _ => {}
            }
            if let Some(value) = self.entities.get(name) {
                // One level: an entity within an entity stays text, so none can grow.
                return (html_escape::decode_html_entities(*value), length);
            }
            if let Some(value) = html_entity(name) {
                self.repairs.note(Repair::HtmlEntity);
                return (value.into(), length);
            }
        }
        self.repairs.note(Repair::BareAmpersand);
        ("&".into(), 0)
    }

    fn character(&mut self, number: u32) -> String {
        if (0x80..0xa0).contains(&number) {
            self.repairs.note(Repair::WindowsCharacter);
            let byte = [u8::try_from(number).unwrap_or(b' ')];
            return encoding_rs::WINDOWS_1252.decode_without_bom_handling(&byte).0.into_owned();
        }
        match char::from_u32(number) {
            Some(character) => character.to_string(),
            None => {
                self.repairs.note(Repair::ForbiddenCharacter);
                String::new()
            }
        }
    }

    fn without_forbidden(&mut self, text: Cow<'a, str>) -> Cow<'a, str> {
        let suspect = |byte: u8| (byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r')) || matches!(byte, 0xc2 | 0xef);
        let forbidden = |c: char| {
            (c.is_ascii_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{7f}'))
                || matches!(c, '\u{fffe}' | '\u{ffff}' | '\u{feff}')
        };
        let windows = |c: char| ('\u{80}'..'\u{a0}').contains(&c);
        if !text.bytes().any(suspect) || !text.contains(|c| forbidden(c) || windows(c)) {
            return text;
        }
        let mut out = String::with_capacity(text.len());
        for c in text.chars() {
            if windows(c) {
                out.push_str(&self.character(u32::from(c)));
            } else if forbidden(c) {
                self.repairs.note(Repair::ForbiddenCharacter);
            } else {
                out.push(c);
            }
        }
        Cow::Owned(out)
    }
}

/// What HTML calls `&name;`.
pub fn html_entity(name: &str) -> Option<&'static str> {
    let table = html_escape::NAMED_ENTITIES;
    let found = table.binary_search_by_key(&name.as_bytes(), |(known, _)| known).ok()?;
    Some(table[found].1)
}

fn find(bytes: &[u8], wanted: u8) -> Option<usize> {
    memchr::memchr(wanted, bytes)
}

fn begins_name(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

fn begins_markup(after: &[u8]) -> bool {
    match after.first() {
        Some(b'!' | b'?') => true,
        Some(b'/') => after.get(1).is_some_and(|&byte| begins_name(byte)),
        Some(&byte) => begins_name(byte),
        None => false,
    }
}

fn name_of(text: &str) -> &str {
    let end = text.bytes().position(|byte| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>' | b'<' | b'='));
    &text[..end.unwrap_or(text.len())]
}

/// Where the tag ends that goes on with `bytes`: at its `>`, quotes minded, or before a `<` that shows it was never
/// closed.
fn tag_end(bytes: &[u8]) -> (usize, bool) {
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'>' => return (at, true),
            b'<' => return (at, false),
            b'"' | b'\'' if preceded_by_equals(&bytes[..at]) => {
                let inside = &bytes[at + 1..bytes.len().min(at + 1 + LONGEST_VALUE)];
                match find(inside, byte) {
                    // A forgotten quote would run to that of the next tag: `<a href="x>text</a> <b c="d">`.
                    Some(close) if plausible_value(&inside[..close], &inside[close + 1..]) => at += close + 2,
                    _ => at += 1,
                }
            }
            _ => at += 1,
        }
    }
    (bytes.len(), false)
}

fn preceded_by_equals(before: &[u8]) -> bool {
    before.iter().rev().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'=')
}

/// A value with both brackets in it is one only when the tag goes on properly behind it.
fn plausible_value(value: &[u8], after: &[u8]) -> bool {
    let crosses_tags = value.contains(&b'>') && value.contains(&b'<');
    !crosses_tags || matches!(after.first(), None | Some(b'>' | b'/' | b' ' | b'\t' | b'\n' | b'\r'))
}

/// `<a href=http://x/>`: the slash belongs to the value.
fn ends_in_unquoted_value(attributes: &str) -> bool {
    let last = attributes.trim_end_matches('/').split_whitespace().next_back().unwrap_or_default();
    last.contains('=') && !last.ends_with(['"', '\''])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> (Vec<String>, Repairs) {
        let mut tokens = Tokens::new(text);
        let mut out = Vec::new();
        while let Some(token) = tokens.next() {
            out.push(match token {
                Token::Open { name, attributes, empty } => {
                    let list: Vec<String> = tokens
                        .attributes(attributes)
                        .into_iter()
                        .map(|(name, value)| format!("{name}={value}"))
                        .collect();
                    format!("+{name}({}){}", list.join(";"), if empty { "/" } else { "" })
                }
                Token::Close(name) => format!("-{name}"),
                Token::Text(text) => format!("'{text}'"),
                Token::Cdata(text) => format!("[{text}]"),
            });
        }
        (out, tokens.repairs)
    }

    #[test]
    fn sound_xml_needs_no_repair() {
        let (tokens, repairs) = all("<?xml version='1.0'?><!-- c --><a b='1 &lt; 2'><c/>x &amp; y<![CDATA[<d>]]></a>");
        assert_eq!(tokens, ["+a(b=1 < 2)", "+c()/", "'x & y'", "[<d>]", "-a"]);
        assert!(repairs.is_empty());
    }

    #[test]
    fn what_is_broken_is_read_and_counted() {
        let (tokens, repairs) = all("<a href=http://x/?b=1&c=2>R&D &eacute;&#146; 3 < 4 &nbsp;\u{0}</a>");
        assert_eq!(tokens, ["+a(href=http://x/?b=1&c=2)", "'R&D é’ 3 < 4 \u{a0}'", "-a"]);
        assert!(!repairs.is_empty());
        assert_eq!(all("<a b=\"1>x</a><c d=\"2\">").0.len(), 4);
        assert_eq!(all("<a><![CDATA[never").0, ["+a()", "[never]"]);
        assert_eq!(all("text <"), (vec!["'text <'".to_owned()], all("text <").1));
    }

    #[test]
    fn internal_entities_are_read_once_and_never_grow() {
        let bomb = "<!DOCTYPE r [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'><!ENTITY x SYSTEM 'file:///etc/passwd'>]><r>&a; &b; &x;</r>";
        assert_eq!(all(bomb).0, ["+r()", "'ha &a;&a; &x;'", "-r"]);
    }

    #[test]
    fn no_text_is_too_odd() {
        for odd in [
            "<",
            "</",
            "<a",
            "<a b",
            "<a b=",
            "<a b='",
            "&",
            "&#",
            "&#x;",
            "<!",
            "<!DOCTYPE",
            "<![CDATA[",
            "<!DOCTYPE a [",
            "</a",
            "<é",
            "&é;",
        ] {
            let _ = all(odd);
        }
    }
}
