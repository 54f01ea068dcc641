//! The calendar of the company's pages: what the company itself will say, and when.

use jiff::Timestamp;

/// One date of a calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarEntry {
    /// Id of the source.
    pub source: String,
    /// Its identity, the same after an edit; one rule gives many dates under one identity.
    pub uid: String,
    /// When it begins.
    pub starts: Timestamp,
    /// When it ends, where that is said.
    pub ends: Option<Timestamp>,
    /// True when only its day is known.
    pub all_day: bool,
    /// What it is.
    pub title: String,
    /// What is said of it.
    pub notes: String,
    /// Where more is.
    pub link: Option<String>,
    /// Its categories: pages, channels, topics, as the company names them.
    pub categories: Vec<String>,
}
