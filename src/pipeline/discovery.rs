//! The feeds behind an address, found by asking as little as possible.

use std::collections::HashSet;

use jiff::tz::TimeZone;
use reqwest::header::CONTENT_TYPE;
use url::Url;

use crate::collect::discover::{Candidate, named, of_platform, usual};
use crate::collect::{FeedError, ReadFeed, read_feed, read_source, request};
use crate::config::Config;
use crate::domain::Source;
use crate::net::{Authorization, FetchError, Fetched, Request, Web};
use crate::text::encoding;

use super::tokens;

/// Named feeds that are looked into, at most.
const LOOKED_INTO: usize = 6;

/// A feed that was found, with the answer that proves it.
#[derive(Debug)]
pub struct Discovered {
    /// Its address.
    pub url: String,
    /// What the page calls it, or it itself.
    pub title: Option<String>,
    /// What it holds.
    pub feed: ReadFeed,
    /// The answer, so that nobody need ask again.
    pub fetched: Fetched,
}

/// Finds the feeds of `address`: itself, those it names, those its platform offers, then the usual paths, one at a time
/// until the first that answers.
///
/// # Errors
/// When the address itself cannot be fetched.
pub async fn discover(web: &Web, address: &Url, allow_private: bool) -> Result<Vec<Discovered>, FetchError> {
    let page = get(web, address.as_str(), allow_private).await?;
    if let Some(feed) = read(&page) {
        return Ok(vec![found(address.to_string(), None, feed, page)]);
    }
    let text = encoding::decode(&page.body, page.header(&CONTENT_TYPE)).0;
    let mut seen = HashSet::new();
    let mut feeds = Vec::new();
    let known = named(&text, &page.url).into_iter().chain(of_platform(address));
    for candidate in known.filter(|candidate| seen.insert(candidate.url.clone())).take(LOOKED_INTO) {
        feeds.extend(ask(web, &candidate, allow_private).await);
    }
    if feeds.is_empty() {
        for candidate in usual(&page.url) {
            if let Some(first) = ask(web, &candidate, allow_private).await {
                feeds.push(first);
                break;
            }
        }
    }
    Ok(feeds)
}

/// Reads a source as a collection would, and keeps nothing; of a list of site maps, the first.
///
/// # Errors
/// Why nothing can be read there, for the person who looks after it.
pub async fn read_now(config: &Config, web: &Web, source: &Source) -> Result<ReadFeed, String> {
    let zone = &config.settings.time_zone;
    let secret = tokens::authorization(config, web, source).await?;
    let authorization = secret.as_ref().map(|secret| Authorization(secret.expose()));
    match read_once(web, source, authorization, zone).await? {
        Err(FeedError::Index(maps)) => {
            let first = maps.first().map(Url::to_string).unwrap_or_default();
            let map = Source { url: first, ..source.clone() };
            read_once(web, &map, authorization, zone).await?.map_err(|error| error.to_string())
        }
        read => read.map_err(|error| error.to_string()),
    }
}

async fn read_once(
    web: &Web,
    source: &Source,
    authorization: Option<Authorization<'_>>,
    zone: &TimeZone,
) -> Result<Result<ReadFeed, FeedError>, String> {
    let fetched =
        web.fetch(Request { authorization, ..request(source, None, None) }).await.map_err(|error| error.to_string())?;
    if !(200..300).contains(&fetched.status) {
        return Err(format!("the site answers {}", fetched.status));
    }
    Ok(read_source(source, &fetched, zone))
}

async fn get(web: &Web, url: &str, allow_private: bool) -> Result<Fetched, FetchError> {
    let accept = "application/atom+xml, application/rss+xml, application/feed+json, text/html;q=0.9, */*;q=0.5";
    web.fetch(Request::get(url, accept, allow_private)).await
}

async fn ask(web: &Web, candidate: &Candidate, allow_private: bool) -> Option<Discovered> {
    let fetched = get(web, candidate.url.as_str(), allow_private).await.ok()?;
    let feed = read(&fetched)?;
    Some(found(candidate.url.to_string(), candidate.title.clone(), feed, fetched))
}

/// An answer is a feed when it can be read as one.
fn read(fetched: &Fetched) -> Option<ReadFeed> {
    let good = (200..300).contains(&fetched.status);
    let kind = fetched.header(&CONTENT_TYPE);
    good.then(|| read_feed(&fetched.body, Some(&fetched.url), kind, &TimeZone::UTC).ok())?
}

fn found(url: String, named: Option<String>, feed: ReadFeed, fetched: Fetched) -> Discovered {
    Discovered { url, title: feed.info.title.clone().or(named), feed, fetched }
}
