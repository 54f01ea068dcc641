//! The two languages Vigie analyses, and the rest.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Language of a text or of a person's letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Language {
    /// French.
    #[serde(rename = "fr")]
    French,
    /// English.
    #[serde(rename = "en")]
    English,
    /// Anything else, or not known (`und` in BCP 47).
    #[serde(rename = "und")]
    Other,
}

impl Language {
    /// BCP 47 code: `fr`, `en` or `und`.
    pub fn code(self) -> &'static str {
        match self {
            Language::French => "fr",
            Language::English => "en",
            Language::Other => "und",
        }
    }

    /// Reads a BCP 47 tag by its first part (`fr-CA` is French); anything unknown is [`Language::Other`].
    pub fn from_tag(tag: &str) -> Self {
        match tag.split(['-', '_']).next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
            "fr" => Language::French,
            "en" => Language::English,
            _ => Language::Other,
        }
    }

    /// Chooses between a French and an English wording; French for anything else.
    pub fn pick<T>(self, french: T, english: T) -> T {
        match self {
            Language::English => english,
            Language::French | Language::Other => french,
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
