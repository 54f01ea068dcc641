//! States of a letter, from planned to its end.

use serde::{Deserialize, Serialize};

/// Where a letter stands. `Sent`, `Failed` and `Skipped` are final.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LetterState {
    /// Written whole in the outbox, never tried.
    Rendered,
    /// A try began and its end is not recorded.
    Attempting,
    /// The server accepted it.
    Sent,
    /// Refused for now; to be tried again.
    Deferred,
    /// Refused for good, or too old to be worth sending.
    Failed,
    /// The try ended between the last byte and the answer: nobody knows.
    Unknown,
    /// No letter this week for this person, with the reason.
    Skipped,
}

impl LetterState {
    /// The word used in store and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            LetterState::Rendered => "rendered",
            LetterState::Attempting => "attempting",
            LetterState::Sent => "sent",
            LetterState::Deferred => "deferred",
            LetterState::Failed => "failed",
            LetterState::Unknown => "unknown",
            LetterState::Skipped => "skipped",
        }
    }

    /// Reads the word of the store.
    pub fn from_word(word: &str) -> Option<Self> {
        [
            LetterState::Rendered,
            LetterState::Attempting,
            LetterState::Sent,
            LetterState::Deferred,
            LetterState::Failed,
            LetterState::Unknown,
            LetterState::Skipped,
        ]
        .into_iter()
        .find(|state| state.as_str() == word)
    }
}

/// What is done with a try of unknown fate (RFC 1047's window).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnUnknown {
    /// Send again: same bytes, same Message-ID.
    #[default]
    Resend,
    /// Leave it for a person to decide.
    Hold,
}
