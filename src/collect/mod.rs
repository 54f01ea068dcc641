//! From a source to raw items: what to ask, what the answer means, when to ask again.

mod clean;
mod dialect;
pub mod discover;
mod draft;
mod feed;
mod json_feed;
pub mod opml;
mod poll;
mod rhythm;
mod tree;
mod watch;

pub use feed::{FeedError, FeedInfo, ReadFeed, read_feed};
pub use poll::{Polled, Remembered, Verdict, gave_up, judge, request};
pub use watch::{PollCounts, alarm, remember};

use jiff::tz::TimeZone;
use reqwest::header::CONTENT_TYPE;

use crate::domain::{Source, SourceKind};
use crate::net::Fetched;

/// Reads an answer as what its source is.
fn read_source(source: &Source, fetched: &Fetched, zone: &TimeZone) -> Result<ReadFeed, FeedError> {
    match source.kind {
        SourceKind::Feed => read_feed(&fetched.body, Some(&fetched.url), fetched.header(&CONTENT_TYPE), zone),
    }
}
