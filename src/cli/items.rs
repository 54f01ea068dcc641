//! Files of items and of judgements, one JSON object a line, as `vigie stories` and `vigie line test` take them.

use std::io::Read;
use std::path::Path;

use anyhow::{Context, bail};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::text::dates::{self, DayOrder};
use crate::text::language;
use crate::text::reading::Reading;

/// An item as typed: one JSON object a line.
#[derive(Debug, Deserialize)]
pub(super) struct Given {
    pub id: Id,
    #[serde(default)]
    pub title: String,
    #[serde(default)]
    pub text: Option<String>,
    #[serde(default, alias = "language")]
    pub lang: Option<String>,
    #[serde(default)]
    pub published: Option<String>,
    #[serde(default)]
    pub url: Option<String>,
    #[serde(default)]
    pub source: Option<String>,
}

/// Ids are strings here; numbers are taken as they are written.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Id {
    Text(String),
    Number(serde_json::Number),
}

impl Id {
    pub fn text(&self) -> String {
        match self {
            Id::Text(text) => text.clone(),
            Id::Number(number) => number.to_string(),
        }
    }
}

impl Given {
    /// When it was published, where that can be read.
    pub fn published(&self) -> Option<Timestamp> {
        let order = DayOrder::of_language(self.lang.as_deref());
        Some(dates::read(self.published.as_deref()?, &TimeZone::UTC, order)?.at)
    }

    /// Its words, in the language that it says or seems to be in.
    pub fn reading(&self) -> Reading {
        let text = self.text.as_deref().unwrap_or_default();
        Reading::new(&self.title, text, language::detect(self.lang.as_deref(), &self.title, text))
    }
}

/// Reads the rows of a file; `-` is the standard input.
///
/// # Errors
/// When it cannot be read, holds nothing, or a row is of another form: then that row is named.
pub(super) fn rows<T: DeserializeOwned>(path: &Path) -> anyhow::Result<Vec<T>> {
    let name = path.display();
    let mut text = String::new();
    if path.as_os_str() == "-" {
        std::io::stdin().read_to_string(&mut text).context("the standard input cannot be read")?;
    } else {
        text = std::fs::read_to_string(path).with_context(|| format!("{name} cannot be read"))?;
    }
    let mut rows = Vec::new();
    for (number, row) in text.lines().enumerate().filter(|(_, row)| !row.trim().is_empty()) {
        rows.push(serde_json::from_str(row).with_context(|| format!("{name}:{}: of another form", number + 1))?);
    }
    if rows.is_empty() {
        bail!("{name} holds no items: one JSON object a line is expected");
    }
    Ok(rows)
}
