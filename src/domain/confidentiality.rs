//! Who may read what: three classes, holds, and the type that only what may leave the house can wear.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Confidentiality class of a source and of its items. What nobody classed is [`Confidentiality::Internal`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidentiality {
    /// Published by others for everybody.
    Public,
    /// Ours, and validated for sharing.
    Shareable,
    /// Everything else: for the comms team only.
    #[default]
    Internal,
}

impl Confidentiality {
    /// The word used in configuration, store and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Confidentiality::Public => "public",
            Confidentiality::Shareable => "shareable",
            Confidentiality::Internal => "internal",
        }
    }

    /// Reads the word; anything unknown is internal, the safe side.
    pub fn from_word(word: &str) -> Self {
        match word {
            "public" => Confidentiality::Public,
            "shareable" => Confidentiality::Shareable,
            _ => Confidentiality::Internal,
        }
    }
}

impl fmt::Display for Confidentiality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why an item is held back although its class would let it leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// What was found, in words: the marker and where it stood.
    pub why: String,
    /// End of an embargo; `None` holds until a person releases the item.
    pub until: Option<Timestamp>,
}

impl Hold {
    /// True while it holds at the instant `now`.
    pub fn in_force(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| until > now)
    }

    /// Both holds at once: one without an end wins, else the later end; each reason is said.
    #[must_use]
    pub fn and(self, other: Hold) -> Hold {
        let why = if self.why.contains(&other.why) { self.why } else { format!("{}; {}", self.why, other.why) };
        let until = match (self.until, other.until) {
            (Some(one), Some(other)) => Some(one.max(other)),
            _ => None,
        };
        Hold { why, until }
    }

    /// Two holds that may be there.
    pub fn both(one: Option<Hold>, other: Option<Hold>) -> Option<Hold> {
        match (one, other) {
            (Some(one), Some(other)) => Some(one.and(other)),
            (one, other) => one.or(other),
        }
    }
}

/// What an item waits for before anybody can judge it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waiting {
    /// Its page could not be read.
    Unread,
    /// Its page asks who reads.
    Closed,
    /// Its file is gone, or can no longer be read.
    Gone,
}

impl Waiting {
    /// The word of the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Waiting::Unread => "unread",
            Waiting::Closed => "closed",
            Waiting::Gone => "gone",
        }
    }

    /// Reads the word of the store.
    pub fn from_word(word: &str) -> Option<Self> {
        [Waiting::Unread, Waiting::Closed, Waiting::Gone].into_iter().find(|waiting| waiting.as_str() == word)
    }

    /// Why it is held, for people.
    pub fn why(self) -> &'static str {
        match self {
            Waiting::Unread => "its page could not be read, so nobody knows whether it may leave",
            Waiting::Closed => "its page asks for credentials: nobody outside could follow it",
            Waiting::Gone => "its file is gone from the folder, or can no longer be read",
        }
    }
}

/// Something that may leave the house: only a `Shareable` can enter a suggestion, a letter or an export.
///
/// The only way in is [`Shareable::admit`], which looks at the class and the hold; only `tag::confidentiality`
/// calls it (a test of the house keeps it so).
#[derive(Debug, Clone, PartialEq)]
pub struct Shareable<T>(T);

impl<T> Shareable<T> {
    /// Admits `value` if its `class` and `hold` let it leave at the instant `now`.
    ///
    /// # Errors
    /// Gives the value back with the reason, in words, when it must stay inside.
    pub fn admit(value: T, class: Confidentiality, hold: Option<&Hold>, now: Timestamp) -> Result<Self, (T, String)> {
        if class == Confidentiality::Internal {
            return Err((value, "internal: for the comms team only".to_owned()));
        }
        match hold {
            Some(Hold { why, until: Some(until) }) if now < *until => {
                let why = format!("held until {until}: {why}");
                Err((value, why))
            }
            Some(Hold { why, until: None }) => {
                let why = format!("held until somebody releases it: {why}");
                Err((value, why))
            }
            _ => Ok(Shareable(value)),
        }
    }

    /// The value.
    pub fn get(&self) -> &T {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    #[test]
    fn internal_never_leaves_and_an_embargo_ends_to_the_minute() {
        let now = at("2026-11-23T08:00:00Z");
        let embargo = Hold { why: "embargo".into(), until: Some(at("2026-11-23T08:01:00Z")) };
        assert!(Shareable::admit(1, Confidentiality::Internal, None, now).is_err());
        assert!(Shareable::admit(1, Confidentiality::Shareable, Some(&embargo), now).is_err());
        let later = at("2026-11-23T08:01:00Z");
        assert!(Shareable::admit(1, Confidentiality::Shareable, Some(&embargo), later).is_ok());
        assert_eq!(Confidentiality::default(), Confidentiality::Internal);
        assert_eq!(Confidentiality::from_word("confidentiel"), Confidentiality::Internal);
    }
}
