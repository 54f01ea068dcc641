//! The files of the configuration: opened, parsed with the place of every part, and what they define and refer to.

use std::collections::BTreeSet;
use std::fs;
use std::ops::Range;
use std::path::Path;

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
pub(super) enum Node {
    Text(String),
    Integer(i64),
    Float(f64),
    Bool(bool),
    Date(String),
    Array(Vec<At<Node>>),
    Table(Entries),
}

/// Keys and values of a table, in the order of the file.
pub(super) type Entries = Vec<(At<String>, At<Node>)>;

impl Node {
    /// What it is, in words.
    pub fn kind(&self) -> &'static str {
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
    pub doubtful: bool,
    pub problems: Problems,
    pub defined: Vec<(Named, At<String>)>,
    pub referred: Vec<(Named, At<String>)>,
}

impl Files {
    /// Opens and parses `name` in `dir`. Syntax errors are noted; what could be read is given all the same, so that
    /// ids defined there are known elsewhere.
    pub fn open(&mut self, dir: &Path, name: &str) -> Option<(Entries, Place)> {
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
        Some((entries(parsed.into_inner(), file), Place { file, span: 0..0 }))
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
