//! Reading TOML key by key: every wrong type, missing or unknown key is noted with its place and reading goes on.
//!
//! `toml` with serde stops at the first error of a file; an admin deserves the whole list at once.

use std::collections::BTreeSet;
use std::fs;
use std::ops::{Range, RangeInclusive};
use std::path::Path;

use jiff::civil::Date;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problem::{Problem, Problems, Severity, locate};

/// A place in one of the files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    file: usize,
    span: Range<usize>,
}

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct At<T> {
    pub value: T,
    pub place: Place,
}

/// What an id names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    Topic,
    Objective,
    Audience,
    Actor,
    Source,
    Role,
    Ambassador,
}

impl Named {
    pub fn word(self) -> &'static str {
        match self {
            Named::Topic => "topic",
            Named::Objective => "objective",
            Named::Audience => "audience",
            Named::Actor => "actor",
            Named::Source => "source",
            Named::Role => "role",
            Named::Ambassador => "ambassador",
        }
    }
}

/// A TOML value, owned, with the place of every part.
#[derive(Debug, Clone)]
enum Node {
    Text(String),
    Integer(i64),
    Float(f64),
    Bool(bool),
    Date(String),
    Array(Vec<At<Node>>),
    Table(Entries),
}

type Entries = Vec<(At<String>, At<Node>)>;

impl Node {
    fn kind(&self) -> &'static str {
        match self {
            Node::Text(_) => "a text",
            Node::Integer(_) => "a whole number",
            Node::Float(_) => "a number",
            Node::Bool(_) => "true or false",
            Node::Date(_) => "a date",
            Node::Array(_) => "a list",
            Node::Table(_) => "a table",
        }
    }
}

/// The files opened so far, with what they define, what they refer to, and what is wrong with them.
#[derive(Debug, Default)]
pub(super) struct Files {
    texts: Vec<(String, String)>,
    broken: BTreeSet<usize>,
    /// True when a file or a part of one could not be read, so that what it defines is not known.
    doubtful: bool,
    pub problems: Problems,
    pub defined: Vec<(Named, At<String>)>,
    pub referred: Vec<(Named, At<String>)>,
}

impl Files {
    /// Opens and parses `name` in `dir`. Syntax errors are noted; what could be read is given all the same, so that
    /// ids defined there are known elsewhere.
    pub fn open(&mut self, dir: &Path, name: &str) -> Option<Table> {
        let text = match fs::read_to_string(dir.join(name)) {
            Ok(text) => text,
            Err(error) => {
                let hint = match error.kind() {
                    std::io::ErrorKind::NotFound => "write a starter configuration with: vigie init",
                    std::io::ErrorKind::InvalidData => "save the file in UTF-8",
                    _ => "check its owner and permissions",
                };
                self.doubtful = true;
                self.problems.error_without_place(name, &format!("cannot be read: {error}"), hint);
                return None;
            }
        };
        let file = self.texts.len();
        self.texts.push((name.to_owned(), text.clone()));
        let (parsed, errors) = DeTable::parse_recoverable(&text);
        for error in errors {
            let span = error.span().unwrap_or(0..0);
            let place = Place { file, span };
            let message = error.message().lines().next().unwrap_or("not TOML").to_owned();
            let hint = if message.contains("duplicate key") || message.contains("already exists") {
                "a part that may be repeated takes two brackets, as in [[source]]; the rest is judged once the syntax is right"
            } else if message.contains("unclosed") {
                "close it with the same number of brackets or quotes; the rest is judged once the syntax is right"
            } else {
                "the rest of this file is judged once its syntax is right"
            };
            self.note(Severity::Error, &place, message, hint.into());
            self.broken.insert(file);
        }
        Some(Table {
            what: "file",
            entries: entries(parsed.into_inner(), file),
            known: Vec::new(),
            place: Place { file, span: 0..0 },
        })
    }

    /// True when something could not be read, so that what it defines is not known.
    pub fn is_incomplete(&self) -> bool {
        self.doubtful || !self.broken.is_empty()
    }

    /// Notes an error.
    pub fn error(&mut self, place: &Place, message: impl Into<String>, hint: impl Into<String>) {
        if !self.broken.contains(&place.file) {
            self.note(Severity::Error, place, message.into(), hint.into());
        }
    }

    /// Notes a warning.
    pub fn warning(&mut self, place: &Place, message: impl Into<String>, hint: impl Into<String>) {
        if !self.broken.contains(&place.file) {
            self.note(Severity::Warning, place, message.into(), hint.into());
        }
    }

    fn note(&mut self, severity: Severity, place: &Place, message: String, hint: String) {
        let (file, text) = &self.texts[place.file];
        let (at, excerpt) = locate(text, place.span.clone());
        let whole_file = place.span == (0..0);
        self.problems.list.push(Problem {
            severity,
            file: file.clone(),
            place: Some(at),
            excerpt: (!whole_file).then_some(excerpt),
            message,
            hint,
        });
    }

    /// Notes that `at` defines an id; a second definition is an error.
    pub fn define(&mut self, named: Named, at: &At<String>) {
        if self.definition(named, &at.value).is_some() {
            self.error(
                &at.place,
                format!("the {} “{}” is defined twice", named.word(), at.value),
                "give each its own id",
            );
        }
        self.defined.push((named, at.clone()));
    }

    /// Notes that `at` names something defined elsewhere.
    pub fn refer(&mut self, named: Named, at: &At<String>) {
        self.referred.push((named, at.clone()));
    }

    /// The place where an id is defined.
    pub fn definition(&self, named: Named, id: &str) -> Option<Place> {
        self.defined.iter().find(|(kind, at)| *kind == named && at.value == id).map(|(_, at)| at.place.clone())
    }

    /// blake3 of all texts, in hexadecimal.
    pub fn fingerprint(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        for (name, text) in &self.texts {
            hasher.update(name.as_bytes()).update(&[0]).update(text.as_bytes()).update(&[0]);
        }
        hasher.finalize().to_hex().to_string()
    }
}

fn entries(table: DeTable<'_>, file: usize) -> Entries {
    let mut entries: Entries = table
        .into_iter()
        .map(|(key, value)| {
            let place = Place { file, span: key.span() };
            let key = At { value: key.into_inner().into_owned(), place };
            (key, node(value, file))
        })
        .collect();
    entries.sort_by_key(|(key, _)| key.place.span.start);
    entries
}

fn node(value: Spanned<DeValue<'_>>, file: usize) -> At<Node> {
    let place = Place { file, span: value.span() };
    let value = match value.into_inner() {
        DeValue::String(text) => Node::Text(text.into_owned()),
        DeValue::Boolean(yes) => Node::Bool(yes),
        DeValue::Datetime(date) => Node::Date(date.to_string()),
        DeValue::Integer(number) => {
            let read = i64::from_str_radix(number.as_str(), number.radix());
            read.map_or_else(|_| Node::Text(number.to_string()), Node::Integer)
        }
        DeValue::Float(number) => Node::Float(number.as_str().parse().unwrap_or(f64::NAN)),
        DeValue::Array(array) => Node::Array(array.into_iter().map(|value| node(value, file)).collect()),
        DeValue::Table(table) => Node::Table(entries(table, file)),
    };
    At { value, place }
}

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
            At { value: Node::Table(entries), place } => Some(Table { what: key, entries, known: Vec::new(), place }),
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
                    tables.push(Table { what: key, entries, known: Vec::new(), place });
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
