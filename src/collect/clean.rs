//! Clean feeds, read by feed-rs: well-formed, in the plain vocabulary that it reads whole.
//!
//! What is not clean by the rules here goes to our own reader, which loses nothing; both make the same drafts, and
//! `tests/feeds.rs` holds them against each other.

use std::panic::{AssertUnwindSafe, catch_unwind};

use feed_rs::model::{Entry, Feed, Text};
use feed_rs::parser;
use jiff::Timestamp;
use url::Url;

use crate::text::dates::read_standard;
use crate::text::html;
use crate::text::xml::{Token, Tokens};

use super::dialect::person;
use super::draft::{Draft, FeedDraft};

/// Elements and attributes that feed-rs reads as well as we do.
const RSS: &str = "rss channel title link description language copyright pubDate lastBuildDate category generator docs \
    ttl image url width height item comments enclosure guid content:encoded dc:creator atom:link";
const ATOM: &str = "feed title subtitle link id updated published rights generator icon logo entry summary content \
    author name email uri category";

/// True when feed-rs may read `text` (UTF-8, without its XML declaration): nothing to mend, nothing it would lose.
pub(super) fn is_clean(text: &str) -> bool {
    let mut tokens = Tokens::new(text);
    let mut open: Vec<&str> = Vec::new();
    let mut vocabulary: &str = "";
    let mut declarations: &str = "";
    let mut item_has_link = true;
    let mut leaf = false;
    while let Some(token) = tokens.next() {
        match token {
            Token::Open { name, attributes, empty } => {
                if leaf {
                    return false;
                }
                if open.is_empty() {
                    declarations = attributes;
                    vocabulary = match name {
                        "rss" if attributes.contains("version=\"2.0\"") && !attributes.contains("xmlns=") => RSS,
                        "feed" if attributes.contains("xmlns=\"http://www.w3.org/2005/Atom\"") => ATOM,
                        _ => return false,
                    };
                    let declared = |prefix: &str, address: &str| {
                        !attributes.contains(&format!("xmlns:{prefix}="))
                            || attributes.contains(&format!("xmlns:{prefix}=\"{address}\""))
                    };
                    let usual = declared("content", "http://purl.org/rss/1.0/modules/content/")
                        && declared("dc", "http://purl.org/dc/elements/1.1/")
                        && declared("atom", "http://www.w3.org/2005/Atom");
                    if !usual || attributes.contains("xml:base") {
                        return false;
                    }
                }
                let prefix = name.split_once(':').map(|(prefix, _)| prefix);
                if prefix.is_some_and(|prefix| !declarations.contains(&format!("xmlns:{prefix}="))) {
                    return false;
                }
                if !vocabulary.split_ascii_whitespace().any(|known| known == name)
                    || !plain_attributes(name, attributes)
                {
                    return false;
                }
                match name {
                    "item" | "entry" => item_has_link = false,
                    "link" => item_has_link = true,
                    _ => {}
                }
                if !empty {
                    open.push(name);
                    leaf = !matches!(name, "rss" | "channel" | "feed" | "item" | "entry" | "image" | "author");
                }
            }
            Token::Close(name) => {
                if open.pop() != Some(name) || (matches!(name, "item" | "entry") && !item_has_link) {
                    return false;
                }
                leaf = false;
            }
            Token::Text(text) if !leaf && !text.trim().is_empty() => return false,
            // Atom's category is empty: text in it is a mistake that feed-rs does not read.
            Token::Text(_) if vocabulary == ATOM && open.last() == Some(&"category") => return false,
            Token::Text(_) | Token::Cdata(_) => {}
        }
    }
    open.is_empty() && !vocabulary.is_empty() && tokens.repairs.is_empty()
}

fn plain_attributes(element: &str, attributes: &str) -> bool {
    if attributes.trim().is_empty() {
        return true;
    }
    match element {
        "link" if attributes.contains("rel=\"enclosure\"") => false,
        "rss" | "feed" | "link" | "atom:link" | "enclosure" | "category" | "generator" => {
            !attributes.contains("xml:base")
        }
        "guid" => attributes.contains("isPermaLink=\""),
        "title" => ["type=\"html\"", "type=\"text\""].contains(&attributes.trim()),
        // feed-rs does not tell what is said to be text from what nobody says anything of.
        "summary" | "content" | "subtitle" | "rights" => attributes.trim() == "type=\"html\"",
        _ => false,
    }
}

/// Reads a clean feed; `None` when feed-rs stumbles, or finds a date that is not as the standards have it.
pub(super) fn read(text: &str, base: Option<&Url>) -> Option<(FeedDraft, Vec<Draft>)> {
    let parser = parser::Builder::new()
        .base_uri(base.map(Url::as_str))
        .sanitize_content(false)
        .id_generator(|_, _, _| String::new())
        .timestamp_parser(|typed| {
            let at = read_standard(typed)?;
            chrono::DateTime::from_timestamp_millis(at.as_millisecond())
        })
        .build();
    // feed-rs has panicked on odd encodings before; a panic must cost this reader only.
    let feed = catch_unwind(AssertUnwindSafe(|| parser.parse(text.as_bytes()))).ok()?.ok()?;
    if feed.entries.is_empty() {
        return None;
    }
    let dated = ["<pubDate", "<published", "<updated"].iter().any(|tag| text.contains(tag));
    if dated && feed.entries.iter().any(|entry| entry.published.is_none() && entry.updated.is_none()) {
        return None;
    }
    // An id that is a path needs the address it leans on.
    if feed.entries.iter().any(|entry| entry.id.contains('/') && !entry.id.contains(':')) {
        return None;
    }
    let drafts = feed.entries.iter().map(|entry| draft(entry, base)).collect();
    Some((about(&feed), drafts))
}

fn about(feed: &Feed) -> FeedDraft {
    let rel =
        |wanted: &str| feed.links.iter().find(|link| link.rel.as_deref() == Some(wanted)).map(|link| link.href.clone());
    let site = feed.links.iter().find(|link| matches!(link.rel.as_deref(), None | Some("alternate")));
    FeedDraft {
        id: Some(feed.id.clone()).filter(|id| !id.is_empty()),
        title: feed.title.as_ref().map(line).unwrap_or_default(),
        link: site.and_then(|link| web(&link.href, None)),
        description: feed.description.as_ref().map(markup).filter(|text| !text.trim().is_empty()),
        language: feed.language.clone(),
        updated: feed.updated.or(feed.published).iter().map(|at| at.to_rfc3339()).collect(),
        authors: feed
            .authors
            .iter()
            .filter_map(|author| author.name.as_deref().and_then(person).or_else(|| person(author.email.as_deref()?)))
            .collect(),
        ttl_minutes: feed.ttl,
        hub: rel("hub"),
        ..FeedDraft::default()
    }
}

fn line(text: &Text) -> String {
    match text.content_type.as_ref() {
        "text/plain" => html::title_line(&text.content),
        _ => html::to_line(&text.content),
    }
}

fn markup(text: &Text) -> String {
    html::twice_escaped(&text.content).unwrap_or_else(|| text.content.clone())
}

/// An address of the web, absolute.
fn web(href: &str, base: Option<&Url>) -> Option<String> {
    let url = match base {
        Some(base) => base.join(href.trim()).ok()?,
        None => Url::parse(href.trim()).ok()?,
    };
    matches!(url.scheme(), "http" | "https").then(|| url.to_string())
}

fn draft(entry: &Entry, base: Option<&Url>) -> Draft {
    let mut alternate = entry.links.iter().filter(|link| matches!(link.rel.as_deref(), None | Some("alternate")));
    let media = entry.media.iter().flat_map(|media| &media.content).filter_map(|content| content.url.as_ref());
    let texts = |at: Option<chrono::DateTime<chrono::Utc>>| -> Vec<String> {
        at.and_then(|at| Timestamp::from_millisecond(at.timestamp_millis()).ok())
            .iter()
            .map(ToString::to_string)
            .collect()
    };
    Draft {
        guid: Some(entry.id.trim().to_owned()).filter(|id| !id.is_empty()),
        link: alternate.find_map(|link| web(&link.href, base)),
        title: entry.title.as_ref().map(line).unwrap_or_default(),
        authors: entry
            .authors
            .iter()
            .filter_map(|author| author.name.as_deref().and_then(person).or_else(|| person(author.email.as_deref()?)))
            .collect(),
        categories: entry
            .categories
            .iter()
            .map(|category| html::title_line(category.label.as_deref().unwrap_or(&category.term)))
            .filter(|name| !name.is_empty())
            .collect(),
        published: texts(entry.published),
        updated: texts(entry.updated),
        summary: entry.summary.as_ref().map(markup).filter(|text| !text.trim().is_empty()),
        content: entry
            .content
            .as_ref()
            .and_then(|content| content.body.clone())
            .map(|body| html::twice_escaped(&body).unwrap_or(body))
            .filter(|text| !text.trim().is_empty()),
        language: entry.language.clone(),
        enclosures: media.filter_map(|url| web(url.as_str(), None)).collect(),
        base: base.cloned(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::super::{dialect, draft, tree};
    use super::*;
    use crate::collect::ReadFeed;

    const RSS_FEED: &str = "<rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" \
        xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:atom=\"http://www.w3.org/2005/Atom\"><channel>\
        <title>Revue &amp; Cie</title><link>https://revue.example/</link><description>Tout &lt;b&gt;savoir&lt;/b&gt;</description>\
        <language>fr</language><ttl>90</ttl><atom:link href=\"https://revue.example/feed\" rel=\"self\"/>\
        <item><title>L’été &amp;eacute;nergique</title><link>https://revue.example/a?b=1&amp;c=2</link>\
        <guid isPermaLink=\"false\">42</guid><pubDate>Mon, 23 Nov 2026 08:00:00 +0100</pubDate>\
        <dc:creator><![CDATA[Hélène Gaël]]></dc:creator><category>Énergie</category><category><![CDATA[R&D]]></category>\
        <description>&lt;p&gt;Court&lt;/p&gt;</description><content:encoded><![CDATA[<p>Long <a href=\"/x\">lien</a></p>]]></content:encoded>\
        <enclosure url=\"https://revue.example/a.mp3\" length=\"1\" type=\"audio/mpeg\"/></item>\
        <item><title>Deux</title><link>/deux</link><pubDate>Sun, 22 Nov 2026 08:00:00 GMT</pubDate>\
        <description>Texte</description></item></channel></rss>";

    const ATOM_FEED: &str = "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>Carnet</title><id>urn:f</id>\
        <link href=\"https://carnet.example/\"/><updated>2026-11-23T08:00:00Z</updated><author><name>Noël</name></author>\
        <entry><title type=\"html\">Un &lt;b&gt;titre&lt;/b&gt;</title><id>urn:1</id><link href=\"https://carnet.example/1\"/>\
        <published>2026-11-20T08:00:00+01:00</published><updated>2026-11-21T08:00:00Z</updated><category term=\"a\" label=\"A\"/>\
        <summary>Bref</summary><content type=\"html\">&lt;p&gt;Tout&lt;/p&gt;</content></entry></feed>";

    fn both(text: &str) -> (ReadFeed, ReadFeed) {
        let base = Url::parse("https://revue.example/feed").expect("an address");
        let (feed, drafts) = read(text, Some(&base)).expect("feed-rs reads it");
        let by_feed_rs = draft::finish(feed, drafts, &TimeZone::UTC, Vec::new());
        let mut drafts = Vec::new();
        let document =
            tree::read(text, Some(&base), dialect::is_entry, &mut |entry| drafts.push(dialect::entry(&entry)))
                .expect("not too deep");
        let feed = dialect::feed(&document.root.expect("a root"));
        (by_feed_rs, draft::finish(feed, drafts, &TimeZone::UTC, Vec::new()))
    }

    #[test]
    fn feed_rs_and_our_own_reader_agree_on_clean_feeds() {
        for text in [RSS_FEED, ATOM_FEED] {
            assert!(is_clean(text), "{text}");
            let (one, mut other) = both(text);
            for (one, other) in one.items.iter().zip(&mut other.items) {
                // feed-rs copies the one date to the other.
                other.updated = other.updated.or(one.updated);
                assert_eq!(one, other);
            }
            assert_eq!(one.items.len(), other.items.len());
            assert_eq!(
                (one.info.title, one.info.link, one.info.description, one.info.language, one.info.ttl_minutes),
                (
                    other.info.title,
                    other.info.link,
                    other.info.description,
                    other.info.language,
                    other.info.ttl_minutes
                )
            );
        }
    }

    #[test]
    fn what_feed_rs_would_refuse_or_lose_is_not_clean() {
        for (from, to) in [
            ("version=\"2.0\"", "version=\"0.93\""),
            ("&amp; Cie", "& Cie"),
            ("<link>/deux</link>", ""),
            ("<ttl>90</ttl>", "<dc:date>2026-11-23</dc:date>"),
            ("</item></channel>", "</item>"),
            ("http://purl.org/dc/elements/1.1/", "http://example.org/"),
        ] {
            assert!(!is_clean(&RSS_FEED.replacen(from, to, 1)), "{to}");
        }
        assert!(!is_clean(&ATOM_FEED.replace("type=\"html\"", "type=\"xhtml\"")));
    }
}
