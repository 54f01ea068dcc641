//! From the address of any page to its feeds: what the page names, what its platform is known for, and a few usual
//! paths. Nothing is fetched here.

use scraper::{Html, Selector};
use url::Url;

use crate::text::html;

/// An address that may be a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Where.
    pub url: Url,
    /// What the page calls it.
    pub title: Option<String>,
}

/// Paths where feeds usually stand, asked one at a time until one answers.
const USUAL: [&str; 9] = [
    "/feed",
    "/rss",
    "/feed.xml",
    "/rss.xml",
    "/atom.xml",
    "/index.xml",
    "/rss/feed.xml",
    "/feed.json",
    "/feeds/posts/default",
];

/// Feeds that a page names: `<link rel="alternate">` first, links that look like feeds then.
pub fn named(page: &str, url: &Url) -> Vec<Candidate> {
    if html::fit(page).is_err() {
        return Vec::new();
    }
    let document = Html::parse_document(page);
    let base = select(&document, "base[href]")
        .next()
        .and_then(|base| url.join(base.attr("href")?).ok())
        .unwrap_or_else(|| url.clone());
    let mut found: Vec<Candidate> = Vec::new();
    let mut add = |href: &str, title: Option<&str>| {
        let Ok(url) = base.join(href.trim()) else { return };
        if matches!(url.scheme(), "http" | "https") && !found.iter().any(|known| known.url == url) {
            let title = title.map(html::one_line).filter(|title| !title.is_empty());
            found.push(Candidate { url, title });
        }
    };
    for link in select(&document, "link[href]") {
        let rel = link.attr("rel").unwrap_or_default().to_ascii_lowercase();
        let kind = link.attr("type").unwrap_or_default().to_ascii_lowercase();
        let is_feed = ["rss", "atom", "rdf", "feed+json"].iter().any(|word| kind.contains(word));
        if (rel.contains("alternate") && is_feed) || rel == "feed" {
            add(link.attr("href").unwrap_or_default(), link.attr("title"));
        }
    }
    for link in select(&document, "a[href]") {
        let href = link.attr("href").unwrap_or_default();
        let lower = href.to_ascii_lowercase();
        let path = lower.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
        let looks = [".rss", ".atom", "/feed", "/rss", "/rss.xml", "/feed.xml", "/atom.xml"]
            .iter()
            .any(|end| path.ends_with(end));
        if looks && !lower.starts_with("feed:") {
            add(href, Some(&link.text().collect::<String>()));
        }
    }
    found.truncate(12);
    found
}

fn select<'a>(document: &'a Html, selector: &'static str) -> impl Iterator<Item = scraper::ElementRef<'a>> {
    let selector = Selector::parse(selector).ok();
    let found: Vec<scraper::ElementRef<'a>> = selector.iter().flat_map(|selector| document.select(selector)).collect();
    found.into_iter()
}

/// Feeds that a platform is known to offer for such an address.
pub fn of_platform(url: &Url) -> Vec<Candidate> {
    let host = url.host_str().unwrap_or_default().trim_start_matches("www.");
    let parts: Vec<&str> = url.path().split('/').filter(|part| !part.is_empty()).collect();
    let on = |domain: &str| host == domain || host.ends_with(&format!(".{domain}"));
    let paths: Vec<String> = match parts.as_slice() {
        ["channel", id, ..] if on("youtube.com") => vec![format!("/feeds/videos.xml?channel_id={id}")],
        ["user", name, ..] if on("youtube.com") => vec![format!("/feeds/videos.xml?user={name}")],
        ["playlist"] if on("youtube.com") => {
            let list = url.query_pairs().find(|(name, _)| name == "list").map(|(_, value)| value.into_owned());
            list.map(|list| format!("/feeds/videos.xml?playlist_id={list}")).into_iter().collect()
        }
        [owner, name, ..] if on("github.com") => {
            ["releases", "tags", "commits"].iter().map(|what| format!("/{owner}/{name}/{what}.atom")).collect()
        }
        [user] if on("github.com") => vec![format!("/{user}.atom")],
        ["r", name, ..] if on("reddit.com") => vec![format!("/r/{name}/.rss")],
        ["profile", name, ..] if on("bsky.app") => vec![format!("/profile/{name}/rss")],
        [name, ..] if host == "medium.com" => vec![format!("/feed/{name}")],
        _ if on("medium.com") || on("substack.com") || on("wordpress.com") => vec!["/feed".to_owned()],
        _ if on("tumblr.com") => vec!["/rss".to_owned()],
        _ if on("blogspot.com") => vec!["/feeds/posts/default".to_owned()],
        // Mastodon, on any host: `/@name`, and its hashtags.
        [name] if name.starts_with('@') => vec![format!("/{name}.rss")],
        ["tags", tag] => vec![format!("/tags/{tag}.rss")],
        _ => Vec::new(),
    };
    candidates(url, paths)
}

/// The usual paths: below the page first, as blogs stand in a folder, then at the root.
pub fn usual(url: &Url) -> Vec<Candidate> {
    let folder = url.path().trim_end_matches('/');
    let below = (!folder.is_empty()).then(|| format!("{folder}/feed"));
    candidates(url, below.into_iter().chain(USUAL.iter().map(ToString::to_string)).collect())
}

fn candidates(url: &Url, paths: Vec<String>) -> Vec<Candidate> {
    paths.iter().filter_map(|path| url.join(path).ok()).map(|url| Candidate { url, title: None }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(address: &str) -> Option<String> {
        of_platform(&Url::parse(address).expect("an address")).first().map(|found| found.url.to_string())
    }

    #[test]
    fn platforms_have_their_own_ways() {
        for (page, feed) in [
            (
                "https://www.youtube.com/channel/UCabc/videos",
                "https://www.youtube.com/feeds/videos.xml?channel_id=UCabc",
            ),
            ("https://mastodon.example/@ada", "https://mastodon.example/@ada.rss"),
            ("https://medium.com/@ada/un-titre", "https://medium.com/feed/@ada"),
            ("https://ada.substack.com/p/x", "https://ada.substack.com/feed"),
            ("https://github.com/ada/engine", "https://github.com/ada/engine/releases.atom"),
            ("https://bsky.app/profile/ada.example", "https://bsky.app/profile/ada.example/rss"),
        ] {
            assert_eq!(first(page).as_deref(), Some(feed), "{page}");
        }
        assert_eq!(first("https://example.org/blog"), None);
    }

    #[test]
    fn a_page_names_its_feeds() {
        let url = Url::parse("https://example.org/blog/").expect("an address");
        let page = "<link rel='alternate' type='application/rss+xml' title='Le blog' href='../rss.xml'>\
            <link rel='alternate' type='text/html' hreflang='en' href='/en'><a href='/podcast/feed'>Écouter</a><a href='/x'>x</a>";
        let found: Vec<(String, Option<String>)> =
            named(page, &url).into_iter().map(|found| (found.url.to_string(), found.title)).collect();
        assert_eq!(
            found,
            [
                ("https://example.org/rss.xml".to_owned(), Some("Le blog".to_owned())),
                ("https://example.org/podcast/feed".to_owned(), Some("Écouter".to_owned())),
            ]
        );
        assert_eq!(usual(&url)[0].url.as_str(), "https://example.org/blog/feed");
    }
}
