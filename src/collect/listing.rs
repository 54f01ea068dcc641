//! Pages without a feed: the links of a page by CSS selectors, a site map (also of news), a JSON endpoint by pointers. What
//! counts is the list of links, not the text of the page: a new advert is no news.

use jiff::tz::TimeZone;
use scraper::{ElementRef, Html, Selector};
use serde_json::Value;
use url::Url;

use crate::domain::Picks;
use crate::text::{encoding, html};

use super::draft::{self, Draft, FeedDraft};
use super::feed::{FeedError, ReadFeed};
use super::spaces::Space;
use super::tree::{self, Element};

/// Largest page read, in bytes.
const MAX_BYTES: usize = 8 << 20;
/// Site maps of a list that are read.
const MOST_MAPS: usize = 3;
/// Bytes at the head of a document where its root is looked for.
const HEAD: usize = 4 << 10;
/// Links taken from one list.
const MOST_ITEMS: usize = 500;

/// Reads a page or a site map as a list of links, whichever it is.
///
/// # Errors
/// See [`FeedError`].
pub fn read_list(
    bytes: &[u8],
    url: Option<&Url>,
    content_type: Option<&str>,
    picks: &Picks,
    zone: &TimeZone,
) -> Result<ReadFeed, FeedError> {
    let nowhere;
    let url = match url {
        Some(url) => url,
        None => {
            // A page without an address has one all the same for its relative links to lean on.
            nowhere = Url::parse("http://page.invalid/").map_err(|error| FeedError::Malformed(error.to_string()))?;
            &nowhere
        }
    };
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(HEAD)]).to_ascii_lowercase();
    if head.contains("<urlset") || head.contains("<sitemapindex") {
        return read_sitemap(bytes, url, content_type, zone);
    }
    read_page(bytes, url, content_type, picks, zone)
}

/// Reads the items of a page: `picks.items` selects each, the others are looked for inside it.
pub(super) fn read_page(
    bytes: &[u8],
    url: &Url,
    content_type: Option<&str>,
    picks: &Picks,
    zone: &TimeZone,
) -> Result<ReadFeed, FeedError> {
    let page = text_of(bytes, content_type)?;
    match html::fit(&page) {
        Ok(_) => {}
        Err(html::Unfit::Deep) => return Err(FeedError::TooDeep),
        Err(html::Unfit::Crowded) => return Err(FeedError::TooLarge),
    }
    let document = Html::parse_document(&page);
    let select = |pick: &str| Selector::parse(pick).map_err(|_| FeedError::Pick(pick.to_owned()));
    let link = select(picks.link.as_deref().unwrap_or("a[href]"))?;
    // Where nobody says: whatever is marked as an article, else the links of headlines.
    let usual = ["article", "h2, h3, h4"];
    let items = match picks.items.as_deref() {
        Some(pick) => select(pick)?,
        None => {
            let tried = usual.iter().map(|pick| select(pick)).collect::<Result<Vec<_>, _>>()?;
            let enough = |pick: &Selector| {
                document.select(pick).filter(|item| item.select(&link).next().is_some()).nth(1).is_some()
            };
            let found = tried.iter().find(|pick| enough(pick)).or(tried.first()).cloned();
            found.ok_or_else(|| FeedError::Pick(usual.join(", ")))?
        }
    };
    let others = [&picks.title, &picks.date, &picks.text];
    let mut selectors = Vec::new();
    for pick in others {
        selectors.push(pick.as_deref().map(select).transpose()?);
    }
    let [title, date, text] = selectors.as_slice() else { return Err(FeedError::Empty) };
    let inside = |item: &ElementRef<'_>, selector: &Option<Selector>| -> Option<String> {
        let found = item.select(selector.as_ref()?).next()?;
        let said = ["datetime", "content"].iter().find_map(|name| found.attr(name)).map(str::to_owned);
        Some(said.unwrap_or_else(|| html::one_line(&found.text().collect::<String>()))).filter(|text| !text.is_empty())
    };
    let drafts: Vec<Draft> = document
        .select(&items)
        .filter_map(|item| {
            let anchor = if link.matches(&item) { item } else { item.select(&link).next()? };
            let link =
                url.join(anchor.attr("href")?.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
            let named = inside(&item, title).unwrap_or_else(|| html::one_line(&anchor.text().collect::<String>()));
            Some(Draft {
                link: Some(link.to_string()),
                title: named,
                published: inside(&item, date).into_iter().collect(),
                summary: inside(&item, text).map(|text| html_escape::encode_text(&text).into_owned()),
                base: Some(url.clone()),
                ..Draft::default()
            })
        })
        .take(MOST_ITEMS)
        .collect();
    let title = Selector::parse("title").ok().and_then(|title| document.select(&title).next());
    let language = Selector::parse("html[lang]").ok().and_then(|root| document.select(&root).next());
    let about = FeedDraft {
        title: title.map(|title| html::one_line(&title.text().collect::<String>())).unwrap_or_default(),
        link: Some(url.to_string()),
        language: language.and_then(|root| root.attr("lang")).map(str::to_owned),
        ..FeedDraft::default()
    };
    listed(about, drafts, zone, "no element of the page matches items and link: was the site rebuilt?")
}

/// Reads a site map (sitemaps.org), with the titles and dates of a news one.
pub(super) fn read_sitemap(
    bytes: &[u8],
    url: &Url,
    content_type: Option<&str>,
    zone: &TimeZone,
) -> Result<ReadFeed, FeedError> {
    let text = text_of(bytes, content_type)?;
    let start = text.find('<').unwrap_or_default();
    let document = tree::read(&text[start..], Some(url), |_| false, &mut |_| ()).map_err(|_| FeedError::TooDeep)?;
    let Some(root) = document.root else { return Err(FeedError::Empty) };
    let said = |element: &Element, space, name: &str| {
        element.child(space, name).map(|child| child.text().trim().to_owned()).filter(|text| !text.is_empty())
    };
    if root.name == "sitemapindex" {
        let maps = root.elements().enumerate().filter_map(|(at, map)| {
            let address = url.join(&said(map, Space::Core, "loc")?).ok()?;
            let is_news = address.path().to_ascii_lowercase().contains("news");
            Some(((is_news, said(map, Space::Core, "lastmod"), at), address))
        });
        let mut maps: Vec<_> = maps.filter(|(_, address)| matches!(address.scheme(), "http" | "https")).collect();
        // News first, then what changed last, then what stands last: lists grow at their end.
        maps.sort_by(|(one, _), (other, _)| other.cmp(one));
        maps.truncate(MOST_MAPS);
        let maps: Vec<Url> = maps.into_iter().map(|(_, address)| address).collect();
        return Err(if maps.is_empty() {
            FeedError::Malformed("the list of site maps is empty".into())
        } else {
            FeedError::Index(maps)
        });
    }
    if root.name != "urlset" {
        return Err(FeedError::Other("no site map"));
    }
    let mut drafts: Vec<Draft> = root
        .elements()
        .filter(|entry| entry.name == "url")
        .filter_map(|entry| {
            let link =
                url.join(&said(entry, Space::Core, "loc")?).ok().filter(|link| link.scheme().starts_with("http"))?;
            let news = entry.child(Space::News, "news");
            let of_news = |name: &str| news.and_then(|news| said(news, Space::News, name));
            let title = of_news("title").map_or_else(|| from_path(&link), |title| html::title_line(&title));
            let changed = said(entry, Space::Core, "lastmod");
            Some(Draft {
                title,
                link: Some(link.to_string()),
                published: of_news("publication_date").or_else(|| changed.clone()).into_iter().collect(),
                updated: changed.into_iter().collect(),
                language: news.and_then(|news| said(news.child(Space::News, "publication")?, Space::News, "language")),
                base: Some(url.clone()),
                ..Draft::default()
            })
        })
        .collect();
    // The newest stand first in news, last elsewhere: by date, where there is one.
    drafts.sort_by(|one, other| other.published.cmp(&one.published));
    drafts.truncate(MOST_ITEMS);
    let about = FeedDraft { link: Some(url.to_string()), ..FeedDraft::default() };
    listed(about, drafts, zone, "the site map lists nothing")
}

/// Reads a JSON endpoint: `picks` are JSON pointers (RFC 6901), `items` to a list and the others inside each item.
pub(super) fn read_json(bytes: &[u8], url: &Url, picks: &Picks, zone: &TimeZone) -> Result<ReadFeed, FeedError> {
    if bytes.len() > MAX_BYTES {
        return Err(FeedError::TooLarge);
    }
    let document: Value = serde_json::from_slice(bytes).map_err(|error| FeedError::Malformed(error.to_string()))?;
    let pointer = picks.items.as_deref().unwrap_or_default();
    let list =
        document.pointer(pointer).and_then(Value::as_array).ok_or_else(|| FeedError::Pick(pointer.to_owned()))?;
    let said = |item: &Value, pick: &Option<String>, usual: &str| -> Option<String> {
        let value = item.pointer(pick.as_deref().unwrap_or(usual))?;
        let text = value.as_str().map(str::to_owned).or_else(|| value.is_number().then(|| value.to_string()))?;
        Some(text).filter(|text| !text.trim().is_empty())
    };
    let drafts = list
        .iter()
        .take(MOST_ITEMS)
        .filter_map(|item| {
            let link = url.join(said(item, &picks.link, "/url")?.trim()).ok()?;
            Some(Draft {
                link: Some(link.to_string()),
                title: html::title_line(&said(item, &picks.title, "/title").unwrap_or_default()),
                published: said(item, &picks.date, "/date").into_iter().collect(),
                summary: said(item, &picks.text, "/summary"),
                base: Some(url.clone()),
                ..Draft::default()
            })
        })
        .collect();
    let about = FeedDraft { link: Some(url.to_string()), ..FeedDraft::default() };
    listed(about, drafts, zone, "nothing in the list has an address: check the pointers items and link")
}

fn text_of(bytes: &[u8], content_type: Option<&str>) -> Result<String, FeedError> {
    match bytes.len() {
        0 => Err(FeedError::Empty),
        length if length > MAX_BYTES => Err(FeedError::TooLarge),
        _ => Ok(encoding::decode(bytes, content_type).0.into_owned()),
    }
}

/// A list without anything in it is an error, not an empty list. A link that stands twice counts once.
fn listed(about: FeedDraft, mut drafts: Vec<Draft>, zone: &TimeZone, nothing: &str) -> Result<ReadFeed, FeedError> {
    let mut seen = std::collections::HashSet::new();
    drafts.retain(|draft| seen.insert(draft.link.clone()));
    if drafts.is_empty() {
        return Err(FeedError::Malformed(nothing.to_owned()));
    }
    Ok(draft::finish(about, drafts, zone, Vec::new()))
}

/// The words of an address, for what has no title until its page is read.
fn from_path(url: &Url) -> String {
    let last = url.path_segments().and_then(|mut parts| parts.rfind(|part| !part.is_empty())).unwrap_or_default();
    let words = last.rsplit_once('.').map_or(last, |(name, _)| name).replace(['-', '_', '+'], " ");
    html::one_line(&words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url() -> Url {
        Url::parse("https://ville.example/actualites/").expect("an address")
    }

    fn picks(items: &str) -> Picks {
        Picks { items: Some(items.to_owned()), ..Picks::default() }
    }

    #[test]
    fn a_page_gives_its_links_by_selectors() {
        let page = "<html lang='fr'><title>Actualités</title><div class='card'><h2>La chaufferie</h2><a href='a'>Lire</a>\
            <time datetime='2026-06-03'>hier</time><p>Un chapô.</p></div><div class='card'><h2>Sans lien</h2></div>\
            <div class='card'><h2>Deux</h2><a href='a'>encore</a></div></html>";
        let picks =
            Picks { title: Some("h2".into()), date: Some("time".into()), text: Some("p".into()), ..picks(".card") };
        let feed = read_page(page.as_bytes(), &url(), None, &picks, &TimeZone::UTC).expect("a list");
        assert_eq!(feed.items.len(), 1);
        let item = &feed.items[0];
        assert_eq!(
            (item.title.as_str(), item.link.as_deref()),
            ("La chaufferie", Some("https://ville.example/actualites/a"))
        );
        assert_eq!(item.published.map(|date| date.at.to_string()).as_deref(), Some("2026-06-03T00:00:00Z"));
        let rebuilt = read_page(page.as_bytes(), &url(), None, &self::picks(".teaser"), &TimeZone::UTC).unwrap_err();
        assert!(rebuilt.to_string().contains("rebuilt"), "{rebuilt}");
        assert!(matches!(
            read_page(page.as_bytes(), &url(), None, &self::picks("::["), &TimeZone::UTC),
            Err(FeedError::Pick(_))
        ));
    }

    #[test]
    fn site_maps_of_pages_and_of_news_are_read() {
        let map = "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'>\
            <url><loc>https://ville.example/une-vieille-page.html</loc><lastmod>2026-01-02</lastmod></url>\
            <url><loc>/x</loc><news:news><news:publication><news:name>V</news:name><news:language>fr</news:language></news:publication>\
            <news:publication_date>2026-06-03T08:00:00+02:00</news:publication_date><news:title>La &amp; le</news:title></news:news></url></urlset>";
        let feed = read_sitemap(map.as_bytes(), &url(), None, &TimeZone::UTC).expect("a list");
        let titles: Vec<&str> = feed.items.iter().map(|item| item.title.as_str()).collect();
        assert_eq!(titles, ["La & le", "une vieille page"]);
        let map = |name: &str, day: &str| format!("<sitemap><loc>/{name}.xml</loc><lastmod>{day}</lastmod></sitemap>");
        let index = format!(
            "<sitemapindex>{}{}{}{}</sitemapindex>",
            map("pages", "2026-06-01"),
            map("articles-1", "2026-05-01"),
            map("articles-2", "2026-06-03"),
            map("news", "2026-01-01")
        );
        let Err(FeedError::Index(maps)) = read_sitemap(index.as_bytes(), &url(), None, &TimeZone::UTC) else {
            panic!("a list of site maps")
        };
        let paths: Vec<&str> = maps.iter().map(Url::path).collect();
        assert_eq!(paths, ["/news.xml", "/articles-2.xml", "/pages.xml"]);
    }

    #[test]
    fn an_endpoint_is_read_by_pointers() {
        let json = br#"{"data":{"list":[{"name":"Un","go":"/1","at":1780470900},{"name":"Sans adresse"}]}}"#;
        let picks = Picks {
            title: Some("/name".into()),
            link: Some("/go".into()),
            date: Some("/at".into()),
            ..picks("/data/list")
        };
        let feed = read_json(json, &url(), &picks, &TimeZone::UTC).expect("a list");
        assert_eq!(feed.items.len(), 1);
        assert_eq!(feed.items[0].link.as_deref(), Some("https://ville.example/1"));
        assert!(feed.items[0].published.is_some());
        assert!(read_json(json, &url(), &self::picks("/nothing"), &TimeZone::UTC).is_err());
    }
}
