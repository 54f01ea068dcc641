//! From a source to raw items: what to ask, what the answer means, when to ask again.

mod clean;
mod dialect;
mod draft;
mod feed;
mod json_feed;
mod poll;
mod rhythm;
mod tree;

pub use feed::{FeedError, FeedInfo, ReadFeed, read_feed};
pub use poll::{Polled, Verdict, gave_up, judge, request};
