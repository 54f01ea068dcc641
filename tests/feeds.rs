//! Feeds in the wild: one French feed, spoilt in every way met on the web, must give its items all the same; what is
//! cut loses only what was cut; and no bytes whatever give an empty feed without an error.

use jiff::tz::TimeZone;
use proptest::prelude::*;
use url::Url;
use vigie::collect::{FeedError, ReadFeed, read_feed};

const FEED: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel><title>Lettre de l’énergie</title><link>https://lettre.example.fr/</link><language>fr</language>
<item><title>À Besançon, l’école d’à côté se chauffe au bois</title><link>https://lettre.example.fr/a?x=1&amp;y=2</link>
<guid isPermaLink="false">urn:lettre:1</guid><pubDate>Wed, 03 Jun 2026 09:15:00 +0200</pubDate>
<dc:creator>Hélène Gaël</dc:creator><category>Énergie</category>
<description>&lt;p&gt;La chaufferie a coûté 12 % de moins &amp;amp; tient.&lt;/p&gt;</description></item>
<item><title>Programme : où en est-on ?</title><link>https://lettre.example.fr/b</link>
<guid isPermaLink="false">urn:lettre:2</guid><pubDate>Fri, 05 Jun 2026 12:00:00 GMT</pubDate>
<description>Étude auprès de 240 entreprises.</description></item>
</channel></rss>"#;

fn read_bytes(bytes: &[u8], content_type: Option<&str>) -> Result<ReadFeed, FeedError> {
    let url = Url::parse("https://lettre.example.fr/flux.xml").expect("an address");
    read_feed(bytes, Some(&url), content_type, &TimeZone::UTC)
}

/// Both items whole, whatever was done to the feed.
#[track_caller]
fn whole(name: &str, bytes: &[u8], content_type: Option<&str>) -> ReadFeed {
    let feed = read_bytes(bytes, content_type).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(feed.items.len(), 2, "{name}");
    let item = &feed.items[0];
    assert_eq!(item.title, "À Besançon, l’école d’à côté se chauffe au bois", "{name}");
    assert_eq!(item.link.as_deref(), Some("https://lettre.example.fr/a?x=1&y=2"), "{name}");
    assert_eq!(item.guid.as_deref(), Some("urn:lettre:1"), "{name}");
    assert_eq!(item.published.map(|date| date.at.to_string()).as_deref(), Some("2026-06-03T07:15:00Z"), "{name}");
    assert_eq!(item.authors, ["Hélène Gaël"], "{name}");
    let text = vigie::text::html::to_text(item.summary.as_deref().or(item.content.as_deref()).unwrap_or_default());
    assert_eq!(text, "La chaufferie a coûté 12 % de moins & tient.", "{name}");
    feed
}

#[test]
fn a_clean_feed_needs_no_repair() {
    assert!(whole("clean", FEED.as_bytes(), None).repairs.is_empty());
}

#[test]
fn a_spoilt_feed_gives_its_items_all_the_same() {
    let spoilt = [
        ("bare ampersand", "12 % de moins &amp;amp; tient", "12 % de moins & tient"),
        ("undeclared entities", "À Besançon, l’école", "&Agrave; Besan&ccedil;on, l&rsquo;&eacute;cole"),
        ("windows characters", "l’école d’à", "l&#146;école d&#146;à"),
        ("double escaped", "À Besançon", "&amp;Agrave; Besan&amp;ccedil;on"),
        ("internal entities", "<rss version", "<!DOCTYPE rss [<!ENTITY x \"y\">]><rss version"),
        ("upper case", "<item><title>À", "<ITEM><TITLE>À"),
        ("markup in a title", "l’école d’à", "<b>l’école</b><br> d’à"),
        ("unclosed title", "bois</title>", "bois"),
        ("unclosed item", "</description></item>\n<item>", "</description>\n<item>"),
        ("unclosed link", "y=2</link>", "y=2"),
        (
            "raw HTML",
            "&lt;p&gt;La chaufferie a coûté 12 % de moins &amp;amp; tient.&lt;/p&gt;",
            "<p>La chaufferie a coûté 12 % de moins &amp; tient.<br></p>",
        ),
        ("no version", "<rss version=\"2.0\"", "<rss"),
        ("an odd version", "version=\"2.0\"", "version=\"0.94\""),
        ("unquoted attribute", "isPermaLink=\"false\"", "isPermaLink=false"),
        ("a default namespace", "<rss version", "<rss xmlns=\"http://backend.userland.com/RSS2\" version"),
        ("an undeclared prefix", " xmlns:dc=\"http://purl.org/dc/elements/1.1/\"", ""),
        ("a bad base", "<channel>", "<channel xml:base=\"http://[\">"),
        ("what PHP says first", "<?xml", "<br />\n<b>Warning</b>: include(/var/x) failed\n<?xml"),
        ("blank lines first", "<?xml", "\n\n \u{feff}<?xml"),
        ("a web page behind", "</rss>", "</rss><script>hit()</script></body></html>"),
        ("no end", "</channel></rss>", ""),
        ("a forbidden character", "12 %", "12\u{b} %"),
        ("a French date", "Wed, 03 Jun 2026 09:15:00 +0200", "mercredi 3 juin 2026 à 07h15"),
        ("a day in figures", "Wed, 03 Jun 2026 09:15:00 +0200", "03/06/2026 07:15"),
        (
            "Dublin Core",
            "<pubDate>Wed, 03 Jun 2026 09:15:00 +0200</pubDate>",
            "<dc:date>2026-06-03T09:15:00+02:00</dc:date>",
        ),
        (
            "an unclosed section",
            "<description>&lt;p&gt;La chaufferie a coûté 12 % de moins &amp;amp; tient.&lt;/p&gt;",
            "<description><![CDATA[<p>La chaufferie a coûté 12 % de moins &amp; tient.</p>",
        ),
    ];
    for (name, from, to) in spoilt {
        let text = FEED.replacen(from, to, 1);
        assert_ne!(text, FEED, "{name} changes nothing");
        let feed = whole(name, text.as_bytes(), None);
        let silent = [
            "no version",
            "an odd version",
            "a bad base",
            "blank lines first",
            "a web page behind",
            "Dublin Core",
            "double escaped",
            "a French date",
            "internal entities",
            "a default namespace",
            "markup in a title",
            "raw HTML",
        ];
        if !silent.contains(&name) {
            assert!(!feed.repairs.is_empty(), "{name}: mended and not told");
        }
    }
}

#[test]
fn a_wrong_or_missing_encoding_is_seen_through() {
    let latin: Vec<u8> = encoding_rs::WINDOWS_1252.encode(FEED).0.into_owned();
    let undeclared: Vec<u8> = encoding_rs::WINDOWS_1252.encode(&FEED.replace(" encoding=\"utf-8\"", "")).0.into_owned();
    whole("declared UTF-8, is windows-1252", &latin, None);
    whole("undeclared windows-1252", &undeclared, None);
    whole("said by HTTP alone", &undeclared, Some("text/xml; charset=iso-8859-1"));
    whole("HTTP says latin1, is UTF-8", FEED.as_bytes(), Some("text/xml; charset=iso-8859-1"));
    whole("declared UTF-16, is UTF-8", FEED.replace("utf-8", "utf-16").as_bytes(), None);
    let mut one_bad = FEED.as_bytes().to_vec();
    let at = FEED.find("240 entreprises").expect("the text");
    one_bad.insert(at, 0xff);
    whole("one bad byte", &one_bad, None);
    for (name, mark, units) in [
        ("UTF-16BE", vec![0xfe, 0xff], FEED.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>()),
        ("UTF-16LE", vec![], FEED.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("UTF-32", vec![], FEED.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect()),
    ] {
        whole(name, &[mark, units].concat(), None);
    }
}

#[test]
fn what_is_cut_loses_only_what_was_cut() {
    let second = FEED.find("où en est-on").expect("the second item");
    let feed = read_bytes(&FEED.as_bytes()[..second], None).expect("what was whole");
    assert_eq!(feed.items.len(), 1);
    assert!(feed.repairs.iter().any(|repair| repair.contains("cut off inside an item")), "{:?}", feed.repairs);
    let first = FEED.find("Besançon").expect("the first item");
    assert_eq!(read_bytes(&FEED.as_bytes()[..first], None).unwrap_err().kind(), "malformed");
}

#[test]
fn dialects_of_twenty_five_years_are_read() {
    let read = |text: &str| {
        let feed = read_bytes(text.as_bytes(), None).unwrap_or_else(|error| panic!("{error}: {text}"));
        let item = feed.items.into_iter().next().expect("an item");
        (item.title, item.link.unwrap_or_default())
    };
    let wanted = ("Titre".to_owned(), "https://a.example/1".to_owned());
    for text in [
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://my.netscape.com/rdf/simple/0.9/'>\
         <channel><title>C</title></channel><item><title>Titre</title><link>https://a.example/1</link></item></rdf:RDF>",
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'>\
         <channel rdf:about='x'/><item rdf:about='https://a.example/1'><title>Titre</title></item></rdf:RDF>",
        "<rss version='0.91'><channel><item><title>Titre</title><link>https://a.example/1</link></item></channel></rss>",
        "<rss><channel><item><title>Titre</title><guid>https://a.example/1</guid></item></channel></rss>",
        "<rss version='2.0' xmlns:feedburner='http://rssnamespace.org/feedburner/ext/1.0'><channel><item><title>Titre</title>\
         <link>https://proxy.example/z</link><feedburner:origLink>https://a.example/1</feedburner:origLink></item></channel></rss>",
        "<feed version='0.3' xmlns='http://purl.org/atom/ns#'><entry><title mode='escaped'>Titre</title>\
         <link rel='alternate' type='text/html' href='https://a.example/1'/><modified>2026-06-03T09:15:00Z</modified></entry></feed>",
        "<feed xmlns='https://www.w3.org/2005/Atom'><entry><title type='text/plain'>Titre</title>\
         <link href='https://a.example/1'/></entry></feed>",
        "<atom:feed xmlns:atom='http://www.w3.org/2005/Atom'><atom:entry><atom:title type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>\
         Titre</div></atom:title><atom:link href='https://a.example/1'/></atom:entry></atom:feed>",
        "<CHANNEL HREF='https://a.example/'><ITEM HREF='https://a.example/1'><TITLE>Titre</TITLE></ITEM></CHANNEL>",
        "{\"items\": [{\"id\": 7, \"url\": \"https://a.example/1\", \"title\": \"Titre\", \"author\": \"Ada\", \"tags\": [1]}]}",
    ] {
        assert_eq!(read(text), wanted, "{text}");
    }
}

#[test]
fn what_is_no_feed_says_what_it_is() {
    let kind = |text: &str| read_bytes(text.as_bytes(), None).unwrap_err();
    assert_eq!(kind("<!DOCTYPE html><html><head><title>x</title></head></html>"), FeedError::Page);
    assert!(kind("<opml version='2.0'><body/></opml>").to_string().contains("vigie source import"));
    assert!(kind("<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'/>").to_string().contains("sitemap"));
    assert!(kind("{\"ok\": true}").to_string().contains("no JSON Feed"));
    assert_eq!(kind("%PDF-1.7 …").kind(), "not_a_feed");
}

proptest! {
    #[test]
    fn no_bytes_give_an_empty_feed_in_silence(cuts in prop::collection::vec((0..FEED.len(), 0..60usize, prop::collection::vec(any::<u8>(), 0..12)), 1..6)) {
        let mut bytes = FEED.as_bytes().to_vec();
        for (at, length, insert) in cuts {
            let at = at.min(bytes.len());
            let end = (at + length).min(bytes.len());
            bytes.splice(at..end, insert);
        }
        if let Ok(feed) = read_bytes(&bytes, None) {
            let holds = String::from_utf8_lossy(&bytes).to_ascii_lowercase().contains("<item>");
            prop_assert!(!feed.items.is_empty() || !holds);
        }
    }
}
