//! Bytes of a feed to raw items: RSS, Atom, RDF and JSON Feed through feed-rs, with every repair noted.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use feed_rs::model::{Entry, Feed, Text};
use feed_rs::parser;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use thiserror::Error;
use url::Url;

use crate::domain::{DateOrigin, Published, RawItem};
use crate::text::{dates, encoding, html, urls};

/// Largest feed read, in bytes of text.
const MAX_BYTES: usize = 32 << 20;

/// What a feed says of itself.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FeedInfo {
    /// Its own id.
    pub id: Option<String>,
    /// Title.
    pub title: Option<String>,
    /// Address of the site.
    pub link: Option<String>,
    /// Description.
    pub description: Option<String>,
    /// Declared language tag.
    pub language: Option<String>,
    /// When it says it changed.
    pub updated: Option<Timestamp>,
    /// Minutes before it should be asked again (`ttl`).
    pub ttl_minutes: Option<u32>,
    /// WebSub hub.
    pub hub: Option<String>,
}

/// A feed, read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ReadFeed {
    /// What it says of itself.
    pub info: FeedInfo,
    /// Its items, in its order.
    pub items: Vec<RawItem>,
    /// What had to be mended or assumed.
    pub repairs: Vec<String>,
}

/// Why bytes are not a feed, told for the person who looks after the source.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum FeedError {
    /// Nothing at all.
    #[error("the answer is empty: the site may be under repair; it will be asked again later")]
    Empty,
    /// A web page.
    #[error("this is a web page, not a feed: look on it for a link named RSS or Atom and use that address")]
    Page,
    /// Some other kind of document.
    #[error("this is {0}, not a feed: check the address")]
    Other(&'static str),
    /// Too many bytes.
    #[error("the feed is too large to be read")]
    TooLarge,
    /// Elements too deep.
    #[error("its elements are nested too deep to be a real feed")]
    TooDeep,
    /// Broken XML or JSON.
    #[error("the feed is broken: {0}")]
    Malformed(String),
}

impl FeedError {
    /// The kind, in the machine form of `inspect`.
    pub fn kind(&self) -> &'static str {
        match self {
            FeedError::Empty => "empty",
            FeedError::Page | FeedError::Other(_) => "not_a_feed",
            FeedError::TooLarge => "too_large",
            FeedError::TooDeep => "too_deep",
            FeedError::Malformed(_) => "malformed",
        }
    }
}

/// Reads a feed. `url` is where it came from (relative links lean on it), `content_type` what the server said,
/// `zone` the zone of dates that carry none.
///
/// # Errors
/// See [`FeedError`]. A feed that holds items none of which could be read is an error, never an empty feed.
pub fn read_feed(
    bytes: &[u8],
    url: Option<&Url>,
    content_type: Option<&str>,
    zone: &TimeZone,
) -> Result<ReadFeed, FeedError> {
    if bytes.len() > MAX_BYTES {
        return Err(FeedError::TooLarge);
    }
    let mut repairs = Vec::new();
    let (text, mended) = encoding::decode(bytes, content_type);
    repairs.extend(mended);
    let start = sniff(&text)?;
    let text = text.get(start..).unwrap_or_default();
    if html::too_deep(text) {
        return Err(FeedError::TooDeep);
    }
    let without_declaration = drop_declaration(text);
    let zone_of_dates = zone.clone();
    let assumed = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&assumed);
    let parser = parser::Builder::new()
        .base_uri(url.map(Url::as_str))
        .sanitize_content(false)
        .id_generator(|_, _, _| String::new())
        .timestamp_parser(move |typed| {
            let date = dates::read(typed, &zone_of_dates)?;
            counter.fetch_add(usize::from(date.zone_assumed), Ordering::Relaxed);
            chrono::DateTime::from_timestamp_millis(date.at.as_millisecond())
        })
        .build();
    // feed-rs has panicked on odd encodings before; a panic must cost this feed only.
    let parsed = catch_unwind(AssertUnwindSafe(|| parser.parse(without_declaration.as_bytes())));
    let feed = match parsed {
        Ok(Ok(feed)) => feed,
        Ok(Err(error)) => return Err(FeedError::Malformed(html::one_line(&error.to_string()))),
        Err(_) => return Err(FeedError::Malformed("the reader gave up on it".into())),
    };
    let holds_items = ["<item", "<entry", "\"items\""].iter().any(|tag| without_declaration.contains(tag));
    let empty_list = without_declaration.starts_with('{') && feed.entries.is_empty();
    if feed.entries.is_empty() && holds_items && !empty_list {
        return Err(FeedError::Malformed("it holds items in a dialect that is not read".into()));
    }
    let assumed = assumed.load(Ordering::Relaxed);
    if assumed > 0 {
        let name = zone.iana_name().unwrap_or("UTC");
        repairs.push(format!("dates: {assumed} without a zone, read as {name}"));
    }
    Ok(convert(feed, url, repairs))
}

/// Where the document begins, or what it is instead of a feed.
fn sniff(text: &str) -> Result<usize, FeedError> {
    let trimmed = text.trim_start();
    if trimmed.is_empty() {
        return Err(FeedError::Empty);
    }
    let skipped = text.len() - trimmed.len();
    if trimmed.starts_with('{') {
        return Ok(skipped);
    }
    if trimmed.starts_with("%PDF") {
        return Err(FeedError::Other("a PDF document"));
    }
    let head = trimmed.get(..4096.min(trimmed.len())).unwrap_or(trimmed).to_ascii_lowercase();
    let feed_root =
        ["<rss", "<feed", "<rdf:rdf", "<channel", "<atom:feed"].iter().filter_map(|tag| head.find(tag)).min();
    let html_root = ["<!doctype html", "<html"].iter().filter_map(|tag| head.find(tag)).min();
    match (feed_root, html_root) {
        (Some(feed), Some(page)) if page < feed => Err(FeedError::Page),
        (Some(_), _) => Ok(skipped + head.find("<?xml").unwrap_or_else(|| head.find('<').unwrap_or(0))),
        (None, Some(_)) => Err(FeedError::Page),
        (None, None) if head.contains("<opml") => {
            Err(FeedError::Other("an OPML list: import it with vigie source import"))
        }
        (None, None) if head.contains("<urlset") || head.contains("<sitemapindex") => {
            Err(FeedError::Other("a site map"))
        }
        (None, None) if head.starts_with('<') && head.len() >= 4000 => Ok(skipped),
        (None, None) if head.starts_with('<') => Err(FeedError::Other("some other XML or HTML document")),
        (None, None) => Err(FeedError::Other("plain text or binary")),
    }
}

/// The text is UTF-8 by now, whatever its declaration says.
fn drop_declaration(text: &str) -> &str {
    match text.strip_prefix("<?xml") {
        Some(rest) => rest.split_once("?>").map_or(text, |(_, document)| document.trim_start()),
        None => text,
    }
}

fn convert(feed: Feed, url: Option<&Url>, repairs: Vec<String>) -> ReadFeed {
    let line =
        |text: &Option<Text>| text.as_ref().map(|text| html::to_line(&text.content)).filter(|line| !line.is_empty());
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let rel =
        |wanted: &str| feed.links.iter().find(|link| link.rel.as_deref() == Some(wanted)).map(|link| link.href.clone());
    let site = feed.links.iter().find(|link| matches!(link.rel.as_deref(), None | Some("alternate")));
    let info = FeedInfo {
        id: some(&feed.id),
        title: line(&feed.title),
        link: site.map(|link| link.href.clone()),
        description: line(&feed.description),
        language: feed.language.clone(),
        updated: feed.updated.and_then(instant),
        ttl_minutes: feed.ttl,
        hub: rel("hub"),
    };
    let items = feed.entries.iter().map(|entry| item(entry, feed.language.as_deref(), url)).collect();
    ReadFeed { info, items, repairs }
}

fn item(entry: &Entry, feed_language: Option<&str>, base: Option<&Url>) -> RawItem {
    let title = entry.title.as_ref().map(|title| html::to_line(&title.content)).unwrap_or_default();
    let absolute = |href: &str| match base {
        Some(base) => base.join(href.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https")),
        None => urls::parse_web(href),
    };
    let mut alternate = entry.links.iter().filter(|link| matches!(link.rel.as_deref(), None | Some("alternate")));
    let link = alternate
        .find_map(|link| absolute(&link.href))
        .or_else(|| urls::parse_web(&entry.id))
        .map(|url| url.to_string());
    let published = entry.published.or(entry.updated).and_then(instant).map(|at| Published {
        at,
        has_hour: at.as_second().rem_euclid(86_400) != 0,
        origin: DateOrigin::Feed,
    });
    let media = entry.media.iter().flat_map(|media| &media.content).filter_map(|content| content.url.as_ref());
    RawItem {
        guid: (!entry.id.trim().is_empty()).then(|| entry.id.trim().to_owned()),
        link,
        title,
        authors: entry
            .authors
            .iter()
            .filter_map(|person| person.name.as_deref())
            .map(html::to_line)
            .filter(|name| !name.is_empty())
            .collect(),
        categories: entry
            .categories
            .iter()
            .map(|category| html::to_line(category.label.as_deref().unwrap_or(&category.term)))
            .filter(|name| !name.is_empty())
            .collect(),
        published,
        updated: entry.updated.and_then(instant),
        summary: entry.summary.as_ref().map(|text| text.content.clone()).filter(|text| !text.trim().is_empty()),
        content: entry.content.as_ref().and_then(|content| content.body.clone()).filter(|text| !text.trim().is_empty()),
        language: entry.language.clone().or_else(|| feed_language.map(str::to_owned)),
        enclosures: media.map(Url::to_string).collect(),
    }
}

fn instant(at: chrono::DateTime<chrono::Utc>) -> Option<Timestamp> {
    Timestamp::from_millisecond(at.timestamp_millis()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<ReadFeed, FeedError> {
        let url = Url::parse("https://example.org/feed.xml").expect("an address");
        read_feed(text.as_bytes(), Some(&url), None, &TimeZone::UTC)
    }

    const RSS: &str = "<?xml version='1.0' encoding='iso-8859-1'?><rss version='2.0'><channel><title>Revue</title>\
        <item><title>L&apos;été &amp; l&apos;école</title><link>/a?b=1</link><guid isPermaLink='false'>42</guid>\
        <pubDate>Mon, 23 Nov 2026 08:00:00 +0100</pubDate><description>&lt;p&gt;Un texte.&lt;/p&gt;</description></item>\
        </channel></rss>";

    #[test]
    fn a_plain_feed_is_read() {
        let feed = read(RSS).expect("a feed");
        assert_eq!(feed.info.title.as_deref(), Some("Revue"));
        let item = &feed.items[0];
        assert_eq!(item.title, "L'été & l'école");
        assert_eq!(item.link.as_deref(), Some("https://example.org/a?b=1"));
        assert_eq!(item.guid.as_deref(), Some("42"));
        assert_eq!(item.published.map(|date| date.at.to_string()).as_deref(), Some("2026-11-23T07:00:00Z"));
    }

    #[test]
    fn bytes_decide_over_a_wrong_label() {
        let latin: Vec<u8> = RSS.chars().map(|c| u8::try_from(u32::from(c)).expect("latin")).collect();
        let feed = read_feed(&latin, None, None, &TimeZone::UTC).expect("a feed");
        assert_eq!(feed.items[0].title, "L'été & l'école");
        let mut utf16 = vec![0xfe, 0xff];
        utf16.extend(RSS.encode_utf16().flat_map(u16::to_be_bytes));
        assert!(read_feed(&utf16, None, None, &TimeZone::UTC).is_ok());
    }

    #[test]
    fn what_is_no_feed_says_what_it_is() {
        assert_eq!(read("").unwrap_err(), FeedError::Empty);
        assert_eq!(read(" \n ").unwrap_err(), FeedError::Empty);
        assert_eq!(read("<!DOCTYPE html><html><body>bonjour</body></html>").unwrap_err(), FeedError::Page);
        assert_eq!(read("%PDF-1.7").unwrap_err().kind(), "not_a_feed");
        assert_eq!(read("<opml version='2.0'><body/></opml>").unwrap_err().kind(), "not_a_feed");
        assert_eq!(read(&format!("<rss><channel>{}", "<a>".repeat(900))).unwrap_err(), FeedError::TooDeep);
        assert_eq!(read("<rss version='2.0'><channel><item><title>x").unwrap_err().kind(), "malformed");
    }

    #[test]
    fn an_item_without_id_gets_no_invented_one() {
        let text = RSS.replace("<guid isPermaLink='false'>42</guid>", "");
        assert_eq!(read(&text).expect("a feed").items[0].guid, None);
    }
}
