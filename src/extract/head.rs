//! What a page says of itself: title, authors, language, canonical address, site, image; from JSON-LD, metas and
//! markup, in that order of trust.

use scraper::{Html, Selector};
use serde_json::Value;
use url::Url;

use crate::text::tokens::fold;
use crate::text::{html, urls};

/// The head of a page, read.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Head {
    pub title: Option<String>,
    pub authors: Vec<String>,
    pub language: Option<String>,
    pub canonical_url: Option<String>,
    /// The address it claims to be known by, on whatever domain.
    pub claimed_url: Option<String>,
    pub site: Option<String>,
    pub image: Option<String>,
}

/// Reads the head of `document`; `linked` is its JSON-LD.
pub(super) fn read(document: &Html, linked: &[Value], url: Option<&Url>) -> Head {
    let article = linked.iter().find(|block| is_article(block));
    let field = |name: &str| article.and_then(|article| article.get(name));
    let site = meta(document, &["og:site_name", "application-name"]).or_else(|| {
        let publisher = field("publisher")?.get("name")?.as_str()?;
        Some(html::to_line(publisher)).filter(|name| !name.is_empty())
    });
    let canonical = first_attribute(document, "link[rel='canonical']", "href").or_else(|| meta(document, &["og:url"]));
    let image = meta(document, &["og:image", "twitter:image"]).or_else(|| {
        field("image").and_then(|image| image.as_str().or_else(|| image.get("url")?.as_str()).map(str::to_owned))
    });
    Head {
        title: title(document, field("headline").and_then(Value::as_str), site.as_deref(), url),
        authors: authors(document, field("author")),
        language: first_attribute(document, "html", "lang")
            .or_else(|| field("inLanguage").and_then(Value::as_str).map(str::to_owned))
            .or_else(|| meta(document, &["og:locale", "content-language", "dc.language", "language"]))
            .map(|tag| tag.trim().replace('_', "-"))
            .filter(|tag| !tag.is_empty()),
        claimed_url: canonical.as_deref().and_then(|typed| join(url, typed)),
        canonical_url: canonical.and_then(|typed| accept_canonical(&typed, url)),
        site,
        image: image.and_then(|typed| join(url, &typed)),
    }
}

/// Every object of the page's JSON-LD, lists and graphs opened.
pub(super) fn linked_data(document: &Html) -> Vec<Value> {
    let Ok(selector) = Selector::parse("script[type*='ld+json']") else { return Vec::new() };
    let mut blocks = Vec::new();
    for script in document.select(&selector) {
        let text: String = script.text().collect();
        let text = text.trim().trim_start_matches("<!--").trim_end_matches("-->").trim_end_matches(';');
        // Raw line ends in strings are the usual fault.
        let mended = || text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>();
        let value = serde_json::from_str::<Value>(text).or_else(|_| serde_json::from_str(&mended()));
        if let Ok(value) = value {
            open(value, &mut blocks, 0);
        }
    }
    blocks
}

fn open(value: Value, blocks: &mut Vec<Value>, depth: usize) {
    match value {
        Value::Array(list) if depth < 4 => list.into_iter().for_each(|one| open(one, blocks, depth + 1)),
        Value::Object(mut object) => {
            let inner: Vec<Value> =
                ["@graph", "mainEntity", "mainEntityOfPage"].iter().filter_map(|name| object.remove(*name)).collect();
            blocks.push(Value::Object(object));
            if depth < 4 {
                inner.into_iter().for_each(|one| open(one, blocks, depth + 1));
            }
        }
        _ => {}
    }
}

/// The `@type` of an object, several joined.
pub(super) fn kind_of(block: &Value) -> String {
    block.get("@type").map(ToString::to_string).unwrap_or_default()
}

/// True for an article of some kind.
pub(super) fn is_article(block: &Value) -> bool {
    let kind = kind_of(block);
    ["Article", "Posting", "Report", "AnalysisNews", "OpinionNews"].iter().any(|word| kind.contains(word))
}

/// The title that agrees best with the others, without the name of the site.
fn title(document: &Html, headline: Option<&str>, site: Option<&str>, url: Option<&Url>) -> Option<String> {
    let host = url.and_then(Url::host_str).unwrap_or_default().trim_start_matches("www.").to_owned();
    let clean = |title: String| without_site(&title, site, &host);
    let heading = article_heading(document).map(clean);
    let social = meta(document, &["og:title", "twitter:title", "dc.title", "citation_title"]).map(clean);
    let headline = headline.map(html::to_line).filter(|line| !line.is_empty()).map(clean);
    let page = first_text(document, "title").map(clean);
    // What a reader sees is the heading, where another source bears it out.
    let says =
        |one: &str, other: &Option<String>| other.as_deref().is_some_and(|other| fold(other).contains(&fold(one)));
    let borne_out = heading.clone().filter(|line| {
        line.split_whitespace().count() > 1 && (says(line, &social) || says(line, &headline) || says(line, &page))
    });
    borne_out.or(social).or(headline).or(heading).or(page)
}

/// The first `h1` that is not the name of the site.
fn article_heading(document: &Html) -> Option<String> {
    let selector = Selector::parse("h1").ok()?;
    let lines: Vec<String> = document
        .select(&selector)
        .map(|heading| html::one_line(&heading.text().collect::<String>()))
        .filter(|line| !line.is_empty())
        .collect();
    lines.iter().find(|line| line.split_whitespace().count() > 2).or(lines.first()).cloned()
}

/// `Le titre | Le site` → `Le titre`; also where the tail is the host's own name.
fn without_site(title: &str, site: Option<&str>, host: &str) -> String {
    let bare = |text: &str| -> String { fold(text).chars().filter(char::is_ascii_alphanumeric).collect() };
    let host_name = bare(host.split('.').next().unwrap_or_default());
    let is_site = |part: &str| {
        let part = bare(part);
        !part.is_empty()
            && (site.is_some_and(|site| bare(site) == part)
                || part == bare(host)
                || (part.len() > 3 && part == host_name))
    };
    for separator in [" | ", " - ", " – ", " — ", " · ", " : ", " » ", " • "] {
        if let Some((head, tail)) = title.rsplit_once(separator) {
            if is_site(tail) && !head.trim().is_empty() {
                return head.trim().to_owned();
            }
        }
        if let Some((head, tail)) = title.split_once(separator) {
            if is_site(head) && !tail.trim().is_empty() {
                return tail.trim().to_owned();
            }
        }
    }
    title.to_owned()
}

fn authors(document: &Html, linked: Option<&Value>) -> Vec<String> {
    let mut found: Vec<String> = match linked {
        Some(Value::Array(list)) => list.iter().filter_map(author_name).collect(),
        Some(one) => author_name(one).into_iter().collect(),
        None => Vec::new(),
    };
    if found.is_empty() {
        let named = meta_all(
            document,
            &[
                "author",
                "article:author",
                "dc.creator",
                "dcterms.creator",
                "citation_author",
                "parsely-author",
                "sailthru.author",
            ],
        );
        found = named.into_iter().filter(|name| !name.contains("://")).collect();
    }
    if found.is_empty() {
        let marked = "[rel='author'], [itemprop='author'] [itemprop='name'], [itemprop='author'], .byline-name, .author-name, \
                      .byline .author, .article-author, .post-author, .entry-author, .author";
        found = first_text(document, marked).into_iter().collect();
    }
    let mut names: Vec<String> = Vec::new();
    for name in found.iter().filter_map(|name| person(name)) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// `Par Ada Martin` → `Ada Martin`; nothing where no name can be.
fn person(text: &str) -> Option<String> {
    let line = html::to_line(text);
    let mut name = line.as_str();
    for prefix in
        ["Par ", "par ", "By ", "by ", "Von ", "Por ", "Da ", "Publié par ", "Posted by ", "Written by ", "Écrit par "]
    {
        name = name.strip_prefix(prefix).unwrap_or(name);
    }
    let name = name.trim().trim_start_matches('@').trim_end_matches([',', '|', '-', ':']).trim();
    (!name.is_empty() && name.split_whitespace().count() <= 8 && !name.contains("://")).then(|| name.to_owned())
}

fn author_name(value: &Value) -> Option<String> {
    let name = value.as_str().or_else(|| value.get("name")?.as_str())?;
    Some(html::to_line(name)).filter(|name| !name.is_empty())
}

/// The first meta of that name, in order of preference.
pub(super) fn meta(document: &Html, names: &[&str]) -> Option<String> {
    names.iter().find_map(|wanted| meta_all(document, &[wanted]).into_iter().next())
}

fn meta_all(document: &Html, names: &[&str]) -> Vec<String> {
    let Ok(selector) = Selector::parse("meta[content]") else { return Vec::new() };
    let metas: Vec<(&str, &str)> = document
        .select(&selector)
        .filter_map(|tag| {
            let tag = tag.value();
            let name = tag
                .attr("property")
                .or_else(|| tag.attr("name"))
                .or_else(|| tag.attr("itemprop"))
                .or_else(|| tag.attr("http-equiv"))?;
            Some((name, tag.attr("content")?))
        })
        .collect();
    for wanted in names {
        let found: Vec<String> = metas
            .iter()
            .filter(|(name, _)| name.eq_ignore_ascii_case(wanted))
            .map(|(_, content)| html::to_line(content))
            .filter(|content| !content.is_empty())
            .collect();
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

fn first_text(document: &Html, selector: &str) -> Option<String> {
    let selector = Selector::parse(selector).ok()?;
    document
        .select(&selector)
        .map(|element| html::one_line(&element.text().collect::<String>()))
        .find(|line| !line.is_empty())
}

fn first_attribute(document: &Html, selector: &str, attribute: &str) -> Option<String> {
    let selector = Selector::parse(selector).ok()?;
    let found = document.select(&selector).find_map(|element| element.attr(attribute));
    found.map(str::to_owned).filter(|value| !value.trim().is_empty())
}

fn join(base: Option<&Url>, typed: &str) -> Option<String> {
    match base {
        Some(base) => base.join(typed).ok().filter(|url| matches!(url.scheme(), "http" | "https")).map(String::from),
        None => urls::parse_web(typed).map(String::from),
    }
}

/// A canonical address is believed only on the registrable domain of the page itself, and not where a whole site
/// names its front page.
fn accept_canonical(typed: &str, url: Option<&Url>) -> Option<String> {
    let found = urls::parse_web(&join(url, typed)?)?;
    let Some(page) = url else { return Some(found.to_string()) };
    let domain = |url: &Url| {
        let host = url.host_str().unwrap_or_default().to_ascii_lowercase();
        psl::domain_str(&host).map_or(host.clone(), str::to_owned)
    };
    let front_page = found.path() == "/" && found.query().is_none() && page.path() != "/";
    (domain(&found) == domain(page) && !front_page).then(|| found.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(page: &str) -> Head {
        let document = Html::parse_document(page);
        let url = Url::parse("https://www.revue.example.org/2026/11/23/titre").expect("an address");
        read(&document, &linked_data(&document), Some(&url))
    }

    #[test]
    fn the_name_of_the_site_is_no_part_of_the_title() {
        assert_eq!(head("<title>Le titre du jour | Revue</title>").title.as_deref(), Some("Le titre du jour"));
        assert_eq!(head("<title>Revue - Le titre du jour</title>").title.as_deref(), Some("Le titre du jour"));
        let both = "<meta property='og:title' content='Titre pour les réseaux'><h1>Le titre du jour</h1><title>Le titre du jour</title>";
        assert_eq!(head(both).title.as_deref(), Some("Le titre du jour"));
    }

    #[test]
    fn authors_come_without_by() {
        assert_eq!(head("<meta name='author' content='Par Ada Martin'>").authors, ["Ada Martin"]);
        assert_eq!(head("<p class='author'>By Ada Martin</p>").authors, ["Ada Martin"]);
    }

    #[test]
    fn a_canonical_address_must_be_of_the_same_domain_and_a_page() {
        let canonical = |href: &str| head(&format!("<link rel='canonical' href='{href}'>")).canonical_url;
        assert_eq!(canonical("https://revue.example.org/titre").as_deref(), Some("https://revue.example.org/titre"));
        assert_eq!(canonical("https://evil.example/x"), None);
        assert_eq!(canonical("https://www.revue.example.org/"), None);
    }
}
