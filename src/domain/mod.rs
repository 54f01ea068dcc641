//! The words of the trade: values only, no I/O, no async, no clock. Every other floor speaks in these types.

mod calendar;
mod change;
mod confidentiality;
mod edition;
mod ids;
mod item;
mod language;
mod letter;
mod line;
mod people;
mod reason;
mod source;
mod suggestion;
mod term;

pub use calendar::CalendarEntry;
pub use change::{Change, ChangeKind, Kept};
pub use confidentiality::{Confidentiality, Hold, Shareable, Waiting};
pub use edition::{EditionId, Half, Slot};
pub use ids::{ItemId, Minter, StoryId};
pub use item::{Access, DateOrigin, Item, LibraryEntry, Perishability, Published, RawItem};
pub use language::Language;
pub use letter::{LetterState, OnUnknown};
pub use line::{Actor, Audience, EditorialLine, Exclusion, ExclusionScope, MatchWhere, Objective, Topic, Translations};
pub use people::{Absence, Ambassador, Expertise, Role, Strength, Subject};
pub use reason::{Reason, ReasonKind};
pub use source::{Cadence, FullText, MailMode, MailRule, Picks, Source, SourceKind, is_localhost_name};
pub use suggestion::{
    Angle, Candidate, Channel, ExclusionHit, Figures, Fit, Given, Judgement, Ledger, Mix, Share, Suggestion, Tagged,
    TopicMatch,
};
pub use term::{Term, TermKind, TermSign};
