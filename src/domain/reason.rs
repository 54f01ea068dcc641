//! Reasons: nothing is suggested, dropped or moved without one.

use serde::{Deserialize, Serialize};

/// What a sentence of a suggestion speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReasonKind {
    /// The topic and the words that showed it.
    Topic,
    /// The objective it serves, or "veille métier".
    Objective,
    /// Whom it is for.
    Audience,
    /// Why this person rather than a colleague.
    You,
    /// Why this channel.
    Channel,
    /// Why that day.
    Day,
}

/// A reason, in a sentence a person can read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// What it speaks of.
    pub kind: ReasonKind,
    /// The sentence, in the reader's language.
    pub text: String,
}
