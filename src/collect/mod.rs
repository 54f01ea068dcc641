//! From a source to raw items: what to ask, what the answer means, when to ask again.

pub mod calendar;
mod clean;
mod dialect;
pub mod discover;
mod draft;
mod feed;
mod json_feed;
mod listing;
pub mod opml;
mod poll;
mod rhythm;
mod social;
mod spaces;
mod tree;
mod watch;

pub use feed::{FeedError, FeedInfo, ReadFeed, read_feed};
pub use listing::read_list;
pub use poll::{Polled, Remembered, Verdict, gave_up, judge, request};
pub use watch::{PollCounts, alarm, remember};

use jiff::tz::TimeZone;
use reqwest::header::CONTENT_TYPE;

use crate::domain::{Source, SourceKind};
use crate::net::Fetched;

/// Reads an answer as what its source is.
///
/// # Errors
/// See [`FeedError`].
pub fn read_source(source: &Source, fetched: &Fetched, zone: &TimeZone) -> Result<ReadFeed, FeedError> {
    let (body, url, kind) = (&fetched.body, &fetched.url, fetched.header(&CONTENT_TYPE));
    match source.kind {
        SourceKind::Feed => read_feed(body, Some(url), kind, zone),
        SourceKind::Page => listing::read_page(body, url, kind, &source.picks, zone),
        SourceKind::Sitemap => listing::read_sitemap(body, url, kind, zone),
        SourceKind::Json => listing::read_json(body, url, &source.picks, zone),
        SourceKind::Bluesky => social::read_bluesky(body, zone),
        SourceKind::X => social::read_x(body, zone),
        SourceKind::Reader => social::read_reader(body, zone),
        SourceKind::Imap | SourceKind::Maildir | SourceKind::Folder | SourceKind::Library | SourceKind::Calendar => {
            Err(FeedError::Other("no web page"))
        }
    }
}
