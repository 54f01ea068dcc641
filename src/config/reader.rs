//! Reading TOML key by key: every wrong type, missing or unknown key is noted with its place and reading goes on.
//!
//! `toml` with serde stops at the first error of a file; an admin deserves the whole list at once.

use std::ops::RangeInclusive;
use std::path::Path;

use jiff::civil::Date;

use super::files::{At, Entries, Files, Node, Place};

/// One table: each key is taken once; [`Table::finish`] notes those nobody asked for.
#[derive(Debug)]
pub(super) struct Table {
    what: &'static str,
    entries: Entries,
    known: Vec<&'static str>,
    /// Where it begins.
    pub place: Place,
}

impl Table {
    /// The whole of the file `name` in `dir`; what is wrong with it is noted.
    pub fn open(files: &mut Files, dir: &Path, name: &str) -> Option<Self> {
        let (entries, place) = files.open(dir, name)?;
        Some(Table::new("file", entries, place))
    }

    /// A table called `what` in messages.
    pub fn new(what: &'static str, entries: Entries, place: Place) -> Self {
        Table { what, entries, known: Vec::new(), place }
    }

    fn take(&mut self, key: &'static str) -> Option<At<Node>> {
        self.known.push(key);
        let at = self.entries.iter().position(|(name, _)| name.value == key)?;
        Some(self.entries.remove(at).1)
    }

    fn missing(&self, files: &mut Files, key: &str, example: &str) {
        files.error(
            &self.place,
            format!("this {} has no “{key}”", self.what),
            format!("add a line such as: {key} = {example}"),
        );
    }

    /// A text, if the key is there.
    pub fn text(&mut self, files: &mut Files, key: &'static str) -> Option<At<String>> {
        let at = self.take(key)?;
        as_text(files, key, at)
    }

    /// A text that must be there and not be empty.
    pub fn required_text(&mut self, files: &mut Files, key: &'static str, example: &str) -> Option<At<String>> {
        let Some(at) = self.take(key) else {
            self.missing(files, key, example);
            return None;
        };
        let text = as_text(files, key, at)?;
        if text.value.trim().is_empty() {
            files.error(
                &text.place,
                format!("“{key}” is empty"),
                format!("write something such as: {key} = {example}"),
            );
        }
        Some(text)
    }

    /// A list of texts; empty when the key is absent.
    pub fn texts(&mut self, files: &mut Files, key: &'static str) -> Vec<At<String>> {
        match self.take(key) {
            None => Vec::new(),
            Some(At { value: Node::Array(parts), .. }) => {
                parts.into_iter().filter_map(|part| as_text(files, key, part)).collect()
            }
            Some(other) => {
                wrong_type(files, key, "a list of texts", "[\"one\", \"two\"]", &other);
                Vec::new()
            }
        }
    }

    /// One of a closed set of words.
    pub fn word<T: Copy>(&mut self, files: &mut Files, key: &'static str, words: &[(&str, T)]) -> Option<At<T>> {
        let text = self.text(files, key)?;
        one_of(files, key, &text, words).map(|value| At { value, place: text.place })
    }

    /// True or false.
    pub fn boolean(&mut self, files: &mut Files, key: &'static str) -> Option<bool> {
        match self.take(key)? {
            At { value: Node::Bool(yes), .. } => Some(yes),
            other => {
                wrong_type(files, key, "true or false", "true", &other);
                None
            }
        }
    }

    /// A whole number within bounds.
    pub fn integer(&mut self, files: &mut Files, key: &'static str, bounds: RangeInclusive<i64>) -> Option<At<i64>> {
        match self.take(key)? {
            At { value: Node::Integer(value), place } if bounds.contains(&value) => Some(At { value, place }),
            At { value: Node::Integer(value), place } => {
                let (low, high) = bounds.into_inner();
                files.error(&place, format!("“{key}” is {value}"), format!("it goes from {low} to {high}"));
                None
            }
            other => {
                wrong_type(files, key, "a whole number", "3", &other);
                None
            }
        }
    }

    /// A number within bounds.
    pub fn number(&mut self, files: &mut Files, key: &'static str, bounds: RangeInclusive<f64>) -> Option<f64> {
        let at = self.take(key)?;
        let value = match at.value {
            Node::Float(value) => value,
            Node::Integer(value) => i32::try_from(value).map_or(f64::NAN, f64::from),
            _ => {
                wrong_type(files, key, "a number", "1.0", &at);
                return None;
            }
        };
        if bounds.contains(&value) {
            return Some(value);
        }
        let (low, high) = bounds.into_inner();
        files.error(&at.place, format!("“{key}” is {value}"), format!("it goes from {low} to {high}"));
        None
    }

    /// A day, as a TOML date or as a text.
    pub fn date(&mut self, files: &mut Files, key: &'static str) -> Option<At<Date>> {
        let at = self.take(key)?;
        as_date(files, key, at)
    }

    /// A list of days.
    pub fn dates(&mut self, files: &mut Files, key: &'static str) -> Vec<At<Date>> {
        match self.take(key) {
            None => Vec::new(),
            Some(At { value: Node::Array(parts), .. }) => {
                parts.into_iter().filter_map(|part| as_date(files, key, part)).collect()
            }
            Some(other) => {
                wrong_type(files, key, "a list of days", "[\"2026-12-25\"]", &other);
                Vec::new()
            }
        }
    }

    /// A table within.
    pub fn table(&mut self, files: &mut Files, key: &'static str) -> Option<Table> {
        match self.take(key)? {
            At { value: Node::Table(entries), place } => Some(Table::new(key, entries, place)),
            other => {
                wrong_type(files, key, "a table", &format!("[{key}]"), &other);
                None
            }
        }
    }

    /// A list of tables, `[[key]]` or inline.
    pub fn tables(&mut self, files: &mut Files, key: &'static str) -> Vec<Table> {
        let parts = match self.take(key) {
            None => return Vec::new(),
            Some(At { value: Node::Array(parts), .. }) => parts,
            Some(At { value: Node::Table(_), place }) => {
                files.doubtful = true;
                files.error(
                    &place,
                    format!("[{key}] is written once"),
                    format!("write it with two brackets: [[{key}]]"),
                );
                return Vec::new();
            }
            Some(other) => {
                wrong_type(files, key, "a list of tables", &format!("[[{key}]]"), &other);
                return Vec::new();
            }
        };
        let mut tables = Vec::new();
        for part in parts {
            match part {
                At { value: Node::Table(entries), place } => {
                    tables.push(Table::new(key, entries, place));
                }
                other => wrong_type(files, key, "a table", "{ … }", &other),
            }
        }
        tables
    }

    /// Refuses a key that must not be there, at its place.
    pub fn forbid(&mut self, files: &mut Files, key: &str, message: &str, hint: &str) {
        if let Some(at) = self.entries.iter().position(|(name, _)| name.value == key) {
            let (name, _) = self.entries.remove(at);
            files.error(&name.place, message, hint);
        }
    }

    /// True when the key stands in the file and was not taken yet.
    pub fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|(name, _)| name.value == key)
    }

    /// Notes every key that nobody asked for, with the nearest known one.
    pub fn finish(self, files: &mut Files) {
        for (key, value) in &self.entries {
            // A whole part of the file was not read: what it would have defined is not known to be missing.
            files.doubtful |= self.what == "file" && matches!(value.value, Node::Array(_) | Node::Table(_));
            let message = if self.what == "file" {
                format!("unknown key “{}”", key.value)
            } else {
                format!("unknown key “{}” in {}", key.value, self.what)
            };
            files.error(&key.place, message, suggest(&key.value, self.known.iter().copied()));
        }
    }
}

/// "did you mean", when something near enough is known; else the list of what is known.
pub(super) fn suggest<'a>(typed: &str, known: impl Iterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.collect();
    let near = known
        .iter()
        .map(|name| (strsim::damerau_levenshtein(&typed.to_lowercase(), &name.to_lowercase()), name))
        .min()
        .filter(|(distance, name)| *distance <= 1 + name.chars().count().max(typed.chars().count()) / 3);
    match near {
        Some((_, name)) => format!("did you mean “{name}”?"),
        None if known.is_empty() => "none is defined".to_owned(),
        None => {
            let shown: Vec<&str> = known.iter().take(24).copied().collect();
            format!("known: {}{}", shown.join(", "), if known.len() > 24 { ", …" } else { "" })
        }
    }
}

/// Looks a word up in a closed set.
pub(super) fn one_of<T: Copy>(files: &mut Files, key: &str, text: &At<String>, words: &[(&str, T)]) -> Option<T> {
    let found = words.iter().find(|(word, _)| *word == text.value).map(|(_, value)| *value);
    if found.is_none() {
        let hint = suggest(&text.value, words.iter().map(|(word, _)| *word));
        files.error(&text.place, format!("“{}” is not a value of “{key}”", text.value), hint);
    }
    found
}

fn as_text(files: &mut Files, key: &str, at: At<Node>) -> Option<At<String>> {
    match at {
        At { value: Node::Text(value), place } => Some(At { value, place }),
        other => {
            wrong_type(files, key, "a text between quotes", "\"…\"", &other);
            None
        }
    }
}

fn as_date(files: &mut Files, key: &str, at: At<Node>) -> Option<At<Date>> {
    let (Node::Text(text) | Node::Date(text)) = &at.value else {
        wrong_type(files, key, "a day", "\"2026-12-25\"", &at);
        return None;
    };
    match text.parse() {
        Ok(value) => Some(At { value, place: at.place }),
        Err(_) => {
            files.error(&at.place, format!("“{text}” is not a day that exists"), "write it like \"2026-12-25\"");
            None
        }
    }
}

fn wrong_type(files: &mut Files, key: &str, wanted: &str, example: &str, found: &At<Node>) {
    files.error(
        &found.place,
        format!("“{key}” is {}, it must be {wanted}", found.value.kind()),
        format!("such as: {example}"),
    );
}
