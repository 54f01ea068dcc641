//! Feeds of the bundled press: RSS 2.0, Atom 1.0 and JSON Feed 1.1, as real publishers write them.

use std::fmt::Write;

use jiff::Timestamp;
use jiff::fmt::rfc2822;

use super::pages::{escape, paragraphs};
use super::press::{Content, Format, Outlet, PressItem};

/// Content type and text of an outlet's feed, as served at `port`.
pub(super) fn feed(outlet: &Outlet, port: u16) -> (&'static str, String) {
    let site = format!("http://{}:{port}", outlet.host);
    match outlet.format {
        Format::Rss => ("application/rss+xml; charset=utf-8", rss(outlet, &site)),
        Format::Atom => ("application/atom+xml; charset=utf-8", atom(outlet, &site)),
        Format::Json => ("application/feed+json; charset=utf-8", json(outlet, &site)),
    }
}

fn link(outlet: &Outlet, site: &str, item: &PressItem) -> String {
    let query = if outlet.tracking.is_empty() { String::new() } else { format!("?{}", outlet.tracking) };
    format!("{site}/{}{query}", item.slug)
}

fn rss(outlet: &Outlet, site: &str) -> String {
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n<channel>\n<title>{}</title>\n<link>{site}/</link>\n\
         <description>{}</description>\n<language>{}</language>\n",
        escape(&outlet.title),
        escape(&outlet.description),
        outlet.language,
    );
    for item in &outlet.items {
        let _ = write!(
            out,
            "<item>\n<title>{}</title>\n<link>{}</link>\n<guid isPermaLink=\"true\">{site}/{}</guid>\n\
             <dc:creator>{}</dc:creator>\n<pubDate>{}</pubDate>\n",
            escape(&item.title),
            escape(&link(outlet, site, item)),
            item.slug,
            escape(&item.author),
            rfc2822_date(item.published),
        );
        for category in &item.categories {
            let _ = writeln!(out, "<category>{}</category>", escape(category));
        }
        let _ = writeln!(out, "<description>{}</description>", escape(&format!("<p>{}</p>", escape(&item.teaser))));
        if outlet.content == Content::Full {
            let _ = writeln!(out, "<content:encoded><![CDATA[{}]]></content:encoded>", paragraphs(&item.body));
        }
        out.push_str("</item>\n");
    }
    out.push_str("</channel>\n</rss>\n");
    out
}

fn atom(outlet: &Outlet, site: &str) -> String {
    let newest = outlet.items.first().map_or(Timestamp::UNIX_EPOCH, |item| item.published);
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{}\">\n\
         <id>{site}/</id>\n<title>{}</title>\n<subtitle>{}</subtitle>\n<link href=\"{site}/\"/>\n\
         <link rel=\"self\" href=\"{site}{}\"/>\n<updated>{newest}</updated>\n",
        outlet.language,
        escape(&outlet.title),
        escape(&outlet.description),
        outlet.path,
    );
    for item in &outlet.items {
        let _ = write!(
            out,
            "<entry>\n<id>tag:{},2026:{}</id>\n<title>{}</title>\n<link rel=\"alternate\" type=\"text/html\" href=\"{}\"/>\n\
             <author><name>{}</name></author>\n<published>{}</published>\n<updated>{}</updated>\n",
            outlet.host,
            item.slug,
            escape(&item.title),
            escape(&link(outlet, site, item)),
            escape(&item.author),
            item.published,
            item.published,
        );
        for category in &item.categories {
            let _ = writeln!(out, "<category term=\"{}\"/>", escape(category));
        }
        let _ = writeln!(out, "<summary type=\"text\">{}</summary>", escape(&item.teaser));
        if outlet.content == Content::Full {
            let _ = writeln!(out, "<content type=\"html\">{}</content>", escape(&paragraphs(&item.body)));
        }
        out.push_str("</entry>\n");
    }
    out.push_str("</feed>\n");
    out
}

fn json(outlet: &Outlet, site: &str) -> String {
    let items: Vec<serde_json::Value> = outlet
        .items
        .iter()
        .map(|item| {
            let mut entry = serde_json::json!({
                "id": format!("{}/{}", outlet.host, item.slug),
                "url": link(outlet, site, item),
                "title": item.title,
                "summary": item.teaser,
                "date_published": item.published.to_string(),
                "authors": [{ "name": item.author }],
                "tags": item.categories,
            });
            let field = if outlet.content == Content::Full { "content_html" } else { "content_text" };
            entry[field] = match outlet.content {
                Content::Full => paragraphs(&item.body).into(),
                Content::Teaser => item.teaser.clone().into(),
            };
            entry
        })
        .collect();
    let feed = serde_json::json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": outlet.title,
        "description": outlet.description,
        "home_page_url": format!("{site}/"),
        "feed_url": format!("{site}{}", outlet.path),
        "language": outlet.language.code(),
        "items": items,
    });
    feed.to_string()
}

fn rfc2822_date(at: Timestamp) -> String {
    rfc2822::to_string(&at.to_zoned(jiff::tz::TimeZone::UTC)).unwrap_or_else(|_| at.to_string())
}
