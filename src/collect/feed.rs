//! Bytes of a feed and what came with them → items, and a list of the repairs that were needed.
//!
//! bytes → text (encoding) → what kind of document → feed-rs for clean XML, our own lenient reader for the rest, JSON
//! Feed apart → drafts → items.

use jiff::Timestamp;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use thiserror::Error;
use url::Url;

use crate::domain::RawItem;
use crate::text::encoding;

use super::{clean, dialect, draft, json_feed, tree};

/// Largest feed read, in bytes.
const MAX_BYTES: usize = 32 << 20;
/// Bytes above which a feed is not given to feed-rs.
const LARGE: usize = 1 << 20;
/// Bytes at the head of a document where its root is looked for.
const HEAD: usize = 64 << 10;

/// What a feed says of itself.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FeedInfo {
    /// Its own id.
    pub id: Option<String>,
    /// Title.
    pub title: Option<String>,
    /// Address of the site.
    pub link: Option<String>,
    /// Description, as HTML.
    pub description: Option<String>,
    /// Declared language tag.
    pub language: Option<String>,
    /// When it says it changed.
    pub updated: Option<Timestamp>,
    /// Minutes before it should be asked again (`ttl`, `sy:updatePeriod`).
    pub ttl_minutes: Option<u32>,
    /// Hours of the day, in UTC, at which it wants no visit (`skipHours`).
    pub skip_hours: Vec<i8>,
    /// Days on which it wants no visit (`skipDays`).
    pub skip_days: Vec<Weekday>,
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
    /// A selector or pointer of the source fits nothing.
    #[error("“{0}” leads to nothing there, or is no selector: correct items, title, link, date or text of the source")]
    Pick(String),
    /// A list of site maps: those worth reading, the likeliest to have news first.
    #[error("this is a list of site maps: {}", .0.iter().map(Url::as_str).collect::<Vec<_>>().join(", "))]
    Index(Vec<Url>),
    /// Broken XML or JSON.
    #[error("the feed is broken: {0}")]
    Malformed(String),
}

impl FeedError {
    /// The kind, in the machine form of `inspect`.
    pub fn kind(&self) -> &'static str {
        match self {
            FeedError::Empty => "empty",
            FeedError::Page | FeedError::Other(_) | FeedError::Index(_) | FeedError::Pick(_) => "not_a_feed",
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
    let (text, mended) = encoding::decode(bytes, content_type);
    let mut repairs: Vec<String> = mended.into_iter().collect();
    let text = match sniff(&text)? {
        Root::Json(at) => {
            let (feed, drafts, liberties) = json_feed::read(text.get(at..).unwrap_or_default(), url)?;
            repairs.extend(liberties);
            return Ok(draft::finish(feed, drafts, zone, repairs));
        }
        Root::Xml(at) => {
            if !text.get(..at).unwrap_or_default().trim().is_empty() {
                repairs.push("text before the beginning of the document, left out".to_owned());
            }
            drop_declaration(text.get(at..).unwrap_or_default())
        }
    };
    // feed-rs holds a whole feed several times over; our own reader goes entry by entry.
    if repairs.is_empty() && text.len() <= LARGE && clean::is_clean(text) {
        if let Some((feed, drafts)) = clean::read(text, url) {
            return Ok(draft::finish(feed, drafts, zone, repairs));
        }
    }
    let mut drafts = Vec::new();
    let document = tree::read(text, url, dialect::is_entry, &mut |element| drafts.push(dialect::entry(&element)))
        .map_err(|_| FeedError::TooDeep)?;
    repairs.extend(document.repairs.lines());
    if document.cut {
        repairs.push("cut off inside an item: that item is left for the next time".to_owned());
    } else if document.unfinished {
        repairs.push("cut off before its end: every item that was whole is kept".to_owned());
    }
    // A lone Atom entry is a document too (RFC 4287 § 2).
    let about = document.root.as_ref().map(dialect::feed);
    if about.is_none() && drafts.is_empty() && !document.cut {
        return Err(FeedError::Malformed("it ends before it begins".into()));
    }
    if drafts.is_empty() && holds_items(text) {
        return Err(FeedError::Malformed(if document.cut {
            "it is cut off inside its first item".into()
        } else {
            "it holds items that cannot be read".into()
        }));
    }
    Ok(draft::finish(about.unwrap_or_default(), drafts, zone, repairs))
}

/// True when an item's tag stands in the text: then an empty feed is an error.
fn holds_items(text: &str) -> bool {
    let tag = |rest: &str, name: &str| {
        rest.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
            && rest.as_bytes().get(name.len()).is_none_or(|byte| !byte.is_ascii_alphanumeric())
    };
    memchr::memchr_iter(b'<', text.as_bytes()).filter_map(|at| text.get(at + 1..)).any(|rest| {
        // A prefix may stand before the name.
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))).unwrap_or(rest.len());
        let local = rest.get(end..).and_then(|after| after.strip_prefix(':')).unwrap_or(rest);
        tag(local, "item") || tag(local, "entry")
    })
}

/// Where a feed begins.
enum Root {
    Json(usize),
    Xml(usize),
}

/// Finds where the document begins, or what it is instead of a feed.
fn sniff(text: &str) -> Result<Root, FeedError> {
    let invisible = |c: char| c.is_whitespace() || c.is_control() || c == '\u{feff}';
    let trimmed = text.trim_start_matches(invisible);
    if trimmed.is_empty() {
        return Err(FeedError::Empty);
    }
    let skipped = text.len() - trimmed.len();
    if trimmed.starts_with(['{', '[']) {
        return Ok(Root::Json(skipped));
    }
    if trimmed.starts_with("%PDF") {
        return Err(FeedError::Other("a PDF document"));
    }
    let mut end = HEAD.min(trimmed.len());
    while !trimmed.is_char_boundary(end) {
        end -= 1;
    }
    let head = trimmed[..end].to_ascii_lowercase();
    let roots = roots(&head);
    let name_of = |root: &str| root.rsplit(':').next().unwrap_or_default().to_owned();
    let feed = roots.iter().find(|(_, name)| matches!(name_of(name).as_str(), "rss" | "feed" | "rdf" | "channel"));
    let other = roots.iter().find(|(_, name)| !matches!(*name, "br" | "b" | "p" | "font" | "i" | "strong"));
    match (feed, other) {
        (Some((at, _)), Some((before, "html" | "head" | "body"))) if before < at => Err(FeedError::Page),
        (Some((at, _)), _) => {
            Ok(Root::Xml(skipped + head[..*at].rfind("<?xml").or(head[..*at].rfind("<!doctype")).unwrap_or(*at)))
        }
        (None, Some((_, name))) => match name_of(name).as_str() {
            "html" | "head" | "body" | "div" | "script" | "meta" | "title" => Err(FeedError::Page),
            "opml" => Err(FeedError::Other("an OPML list: import it with vigie source import")),
            "urlset" | "sitemapindex" => Err(FeedError::Other("a site map: give the source kind = \"sitemap\"")),
            "item" | "entry" => Ok(Root::Xml(skipped)),
            _ if head.contains("<!doctype html") => Err(FeedError::Page),
            _ => Err(FeedError::Other("some other XML document")),
        },
        (None, None) if head.contains("<!doctype html") => Err(FeedError::Page),
        (None, None) if head.starts_with('<') => Err(FeedError::Other("some other XML or HTML document")),
        (None, None) => Err(FeedError::Other("plain text or binary")),
    }
}

/// The first elements of a document, with where they begin: enough of them to see past what a broken server says
/// before the feed.
fn roots(head: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(next) = head.get(at..).and_then(|rest| rest.find('<')) {
        at += next;
        let rest = &head[at..];
        if rest.starts_with("<!--") {
            at += rest.find("-->").unwrap_or(rest.len());
            continue;
        }
        let name = rest[1..].split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, ':' | '_' | '-'))).next();
        if let Some(name) = name.filter(|name| name.starts_with(|c: char| c.is_ascii_alphabetic())) {
            found.push((at, name));
            if found.len() > 40 {
                break;
            }
        }
        at += 1;
    }
    found
}

/// The text is UTF-8 by now, whatever its declaration says.
fn drop_declaration(text: &str) -> &str {
    match text.get(..5).filter(|start| start.eq_ignore_ascii_case("<?xml")) {
        Some(_) => match text.split_once("?>") {
            Some((declaration, document)) if !declaration[1..].contains('<') => document.trim_start(),
            // It never ends, or at the end of something else: the document begins at the next tag.
            _ => text[1..].find('<').map_or(text, |at| &text[1 + at..]),
        },
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<ReadFeed, FeedError> {
        let url = Url::parse("https://example.org/feed.xml").expect("an address");
        read_feed(text.as_bytes(), Some(&url), None, &TimeZone::UTC)
    }

    #[test]
    fn a_declaration_that_never_ends_takes_no_item_with_it() {
        let feed = "<?xml version='1.0'\n<rss><channel><item><title>Un</title><link>https://a.example/1</link></item>\
                    <?php echo 1 ?><item><title>Deux</title><link>https://a.example/2</link></item></channel></rss>";
        assert_eq!(read(feed).expect("a feed").items.len(), 2);
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
