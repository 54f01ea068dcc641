//! What people change in the plan of an edition before it leaves.

use jiff::Timestamp;

use super::{Channel, ItemId, Slot};

/// A kind of change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// A suggestion stays, whatever is planned again; perhaps on another channel or half-day.
    Pin,
    /// A suggestion goes, and its place stays empty.
    Drop,
    /// A suggestion goes, and another takes its place.
    Swap,
    /// A person gets a story that was not proposed to them.
    Add,
    /// Nobody gets a story.
    Forbid,
    /// A story may be proposed again.
    Allow,
    /// A suggestion that no rule allows any more went by itself.
    Lost,
}

impl ChangeKind {
    /// Every kind.
    pub const ALL: [ChangeKind; 7] = [
        ChangeKind::Pin,
        ChangeKind::Drop,
        ChangeKind::Swap,
        ChangeKind::Add,
        ChangeKind::Forbid,
        ChangeKind::Allow,
        ChangeKind::Lost,
    ];

    /// The word used in store and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            ChangeKind::Pin => "pin",
            ChangeKind::Drop => "drop",
            ChangeKind::Swap => "swap",
            ChangeKind::Add => "add",
            ChangeKind::Forbid => "forbid",
            ChangeKind::Allow => "allow",
            ChangeKind::Lost => "lost",
        }
    }

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Self> {
        ChangeKind::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// One change of a plan: who did what, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What was done.
    pub kind: ChangeKind,
    /// For whom; nobody when it is for all.
    pub ambassador: Option<String>,
    /// An item of the story.
    pub item: ItemId,
    /// What takes its place, where that was said.
    pub other: Option<ItemId>,
    /// The channel asked for.
    pub channel: Option<Channel>,
    /// The half-day asked for.
    pub slot: Option<Slot>,
    /// The reason, if one was given.
    pub why: Option<String>,
    /// Who.
    pub who: String,
    /// When.
    pub at: Timestamp,
}

/// A story that a person keeps in the plan, with its place where that is settled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The person.
    pub ambassador: String,
    /// The item proposed.
    pub item: ItemId,
    /// Where, if settled.
    pub channel: Option<Channel>,
    /// When, if settled.
    pub slot: Option<Slot>,
}
